//! What strangers, slow clients and mistakes cost at most, asked of the real program over raw sockets.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod program;

use std::fmt::Write as _;
use std::io::Write as _;

use program::{Realm, read, status};

#[test]
fn slow_heads_and_idle_connections_are_let_go() {
    let realm = Realm::new();
    realm.say("limits", "head_seconds = 1\nkeep_alive_seconds = 1");
    let program = realm.serve();
    let mut slow = program.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
    let mut silent = program.connect();
    let mut idle = program.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let answer = read(&mut slow);
    assert_eq!(status(&answer), 408, "{answer}");
    assert!(answer.contains("Try again"), "{answer}");
    read(&mut silent);
    assert!(read(&mut idle).ends_with("alive\n"));
    // A second request whose head never ends, on a connection that had a good one.
    let mut again = program.connect();
    again
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heal")
        .unwrap();
    let answers = read(&mut again);
    assert!(answers.contains("alive\n"), "{answers}");
}

#[test]
fn slow_bodies_are_let_go_and_told() {
    let realm = Realm::new();
    realm.say(
        "limits",
        "stall_seconds = 1\nslowest_bytes_per_second = 1024",
    );
    let program = realm.serve();
    let head = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";
    let mut silent = program.connect();
    silent.write_all(head.as_bytes()).unwrap();
    silent.write_all(b"email=").unwrap();
    // A byte now and then is no better.
    let trickle = {
        let mut trickle = program.connect();
        trickle.write_all(head.as_bytes()).unwrap();
        std::thread::spawn(move || {
            let mut answer = String::new();
            program::until("the trickle is let go", || {
                let _ = trickle.write_all(b"x");
                trickle
                    .set_read_timeout(Some(std::time::Duration::from_millis(20)))
                    .unwrap();
                answer.push_str(&read(&mut trickle));
                !answer.is_empty()
            });
            answer
        })
    };
    for answer in [read(&mut silent), trickle.join().unwrap()] {
        assert_eq!(status(&answer), 408, "{answer}");
        assert!(answer.contains("Try again"), "{answer}");
    }
    assert_eq!(status(&program.get("/sign-in")), 200);
}

#[test]
fn heads_that_are_too_large_are_refused() {
    let realm = Realm::new();
    let program = realm.serve();
    let with = |headers: &str| {
        program.send(&format!(
            "GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"
        ))
    };
    let mut many = String::new();
    for number in 0..10_000 {
        let _ = write!(many, "X-{number}: 1\r\n");
    }
    assert_eq!(status(&with(&many)), 431);
    assert_eq!(
        status(&with(&format!("X: {}\r\n", "x".repeat(1024 * 1024)))),
        431
    );
    let long = status(&program.get(&format!("/{}", "x".repeat(100_000))));
    assert!(matches!(long, 414 | 431), "{long}");
    assert_eq!(status(&with("X: y\r\n")), 200);
}

#[test]
fn one_address_has_so_many_connections_and_no_more() {
    let realm = Realm::new();
    realm.say("limits", "connections_per_address = 40");
    let program = realm.serve();
    let mut all: Vec<_> = (0..500).map(|_| program.connect()).collect();
    let turned_away = all
        .split_off(40)
        .into_iter()
        .filter_map(|mut stream| {
            let answer = read(&mut stream);
            (!answer.is_empty()).then_some(answer)
        })
        .collect::<Vec<_>>();
    assert_eq!(turned_away.len(), 460);
    for answer in &turned_away {
        assert_eq!(status(answer), 429, "{answer}");
        assert!(answer.contains("Retry-After: 5"), "{answer}");
    }
    // Those inside are served, and a place that is given back is used again.
    let mut inside = all.pop().unwrap();
    inside
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    assert_eq!(status(&read(&mut inside)), 200);
    program::until("a place is given back", || {
        status(&program.get("/healthz")) == 200
    });
}
