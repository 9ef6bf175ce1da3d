//! The program is killed while file programs write: whatever was acknowledged is there afterwards, and nothing else
//! is left than what was on its way.

use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::Signal;

use crate::Scene;
use crate::people::Who;
use crate::program::Program;

/// How long it writes before it is killed: another moment each time.
const ROUNDS: [u64; 4] = [40, 110, 230, 370];

/// What one writer was told: of each document its last acknowledged content, and whether another was on its way.
struct Wrote {
    name: String,
    text: String,
    /// Sent, and not answered.
    next: String,
}

/// Puts, or locks, saves three times and gives back, until nobody answers any more.
fn write(who: Who<'_>, writer: usize, round: usize, stop: &AtomicBool) -> Vec<Wrote> {
    let locks = writer > 0;
    let mut all = Vec::new();
    for number in 0.. {
        let name = format!("{writer} {round} {number}.txt");
        let path = format!("/{}", name.replace(' ', "%20"));
        let text = format!("content {number} of round {round}");
        let mut wrote = Wrote {
            name,
            text: String::new(),
            next: text.clone(),
        };
        let put = who.ask("PUT", &path, &[], &text).status;
        if put == 201 {
            wrote.text.clone_from(&text);
        }
        let mut alive = put == 201;
        if alive && locks {
            let answer = who.lock_as(&path, "exclusive", "0");
            alive = answer.status == 200;
            let token = format!("({})", answer.header("lock-token"));
            for save in 0..3 {
                wrote.next = format!("{text}, save {save}");
                alive =
                    alive && who.ask("PUT", &path, &[("If", &token)], &wrote.next).status == 204;
            }
            if alive && who.unlock(&path, &token) == 204 {
                wrote.text.clone_from(&wrote.next);
            } else {
                alive = false;
            }
        }
        all.push(wrote);
        if !alive || stop.load(Ordering::Relaxed) {
            break;
        }
    }
    all
}

#[allow(
    clippy::disallowed_methods,
    reason = "it is killed after a moment, wherever it is then"
)]
fn moment(millis: u64) {
    std::thread::sleep(std::time::Duration::from_millis(millis));
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let mut scene = Scene::set();
    for (round, millis) in ROUNDS.into_iter().enumerate() {
        let stop = AtomicBool::new(false);
        let wrote = std::thread::scope(|threads| {
            let writers = [0, 1, 2].map(|writer| {
                let (who, stop) = (if writer > 0 { scene.ann() } else { scene.bob() }, &stop);
                threads.spawn(move || write(who, writer, round, stop))
            });
            moment(millis);
            scene.program.signal(Signal::KILL);
            stop.store(true, Ordering::Relaxed);
            let all: Vec<Wrote> = writers
                .into_iter()
                .flat_map(|writer| writer.join().unwrap())
                .collect();
            all
        });
        scene.program.ended();
        scene.check();
        scene.program = scene.realm.serve();
        let ann = scene.ann();
        for document in wrote.iter().filter(|document| !document.text.is_empty()) {
            let found = ann.get(&format!("/{}", document.name.replace(' ', "%20")));
            // Whoever held a lock sees what was saved under it, acknowledged or just on its way.
            assert_eq!(found.status, 200, "{}", document.name);
            let right = found.body == document.text || found.body.starts_with(&document.text);
            assert!(
                right,
                "{}: {:?} for {:?}",
                document.name, found.body, document.text
            );
        }
    }
    scene.check();
}

/// A text that says what it is marked, or nothing.
fn paper(number: usize) -> (String, String, bool) {
    let secret = number.is_multiple_of(3);
    let heading = if secret { "SECRET" } else { "Minutes" };
    (
        format!("/Paper%20{number}.txt"),
        format!("{heading}\n\nThe heron of paper {number} flies at dusk.\n"),
        secret,
    )
}

/// The program, which reads what is brought.
fn reading(scene: &Scene) -> Program {
    Program::start_with(
        &scene.realm.path("."),
        scene.realm.port(),
        &["serve"],
        &[("CHANCERY__MARKINGS__POLICY", "official")],
    )
}

/// The program is killed while it reads what was brought: nothing is opened that was not read, everything is read afterwards, and
/// what may not be here is sealed once.
#[test]
fn what_was_being_read_is_read_after_a_kill() {
    const PAPERS: usize = 18;
    let mut scene = Scene::set();
    scene.program.signal(Signal::KILL);
    scene.program.ended();
    scene.program = reading(&scene);
    let mut brought = 0;
    for millis in [5, 60, 200] {
        let bob = scene.bob();
        for number in brought..brought + PAPERS {
            let (path, text, _) = paper(number);
            assert_eq!(bob.ask("PUT", &path, &[], &text).status, 201, "{path}");
        }
        brought += PAPERS;
        moment(millis);
        scene.program.signal(Signal::KILL);
        scene.program.ended();
        scene.check();
        scene.program = reading(&scene);
        // Some are read and some are not: nobody else has a word of those that may not be here.
        for number in 0..brought {
            let (path, _, secret) = paper(number);
            let seen = scene.ann().get(&path);
            assert!(!secret || !seen.body.contains("heron"), "{path}");
        }
    }
    crate::program::until("everything was read", || {
        (0..brought).all(|number| {
            let (path, _, secret) = paper(number);
            let seen = if secret { scene.bob() } else { scene.ann() }.get(&path);
            secret != (seen.status == 200)
        })
    });
    for number in 0..brought {
        let (path, text, secret) = paper(number);
        for who in [scene.ann(), scene.bob()] {
            let seen = who.get(&path);
            assert_eq!(seen.body == text, !secret, "{path}: {}", seen.status);
        }
    }
    let alerts = scene
        .ann()
        .api("GET", &format!("/libraries/{}/alerts", scene.library), None);
    assert_eq!(alerts.status, 200, "{}", alerts.body);
    let alerts: serde_json::Value = serde_json::from_str(&alerts.body).unwrap();
    assert_eq!(
        alerts["items"].as_array().unwrap().len(),
        brought / 3,
        "one for each, however often reading was begun: {alerts}"
    );
    scene.check();
}
