#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may panic, and a process of a test says that it is ready"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Command as Starter;

use super::*;

/// Nothing here takes so long, on however slow a machine: it is how long a test hangs that fails.
const FOR_EVER: Duration = Duration::from_mins(1);
/// How many rooms a starter begins.
const ROOMS: usize = 12;
/// How long these stand, if nobody takes them down.
const STANDS: Duration = Duration::from_secs(20);

async fn room(time: Duration) -> Room {
    Room::find(Vec::new(), 1024 * 1024, time)
        .await
        .expect("bubblewrap, which `cargo xtask test` installs")
}

/// Who is in a room, or builds one, for a program with this argument.
fn there(mark: &str) -> usize {
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|process| std::fs::read(process.ok()?.path().join("cmdline")).ok())
        .filter(|line| {
            let mut words = line.split(|byte| *byte == 0);
            words.any(|word| word == mark.as_bytes())
        })
        .count()
}

async fn is_empty(mark: &str) {
    let mut often = tokio::time::interval(Duration::from_millis(50));
    while there(mark) > 0 {
        often.tick().await;
    }
}

/// A name that is in no other process.
fn mark(what: &str) -> String {
    format!("{what}-{}", std::process::id())
}

#[tokio::test]
async fn a_room_ends_when_its_time_is_over_whatever_goes_on_in_there() {
    let room = room(Duration::from_secs(1)).await;
    let mark = mark("over");
    let script = "trap '' TERM ALRM HUP; (sleep 1000) & sleep 1000";
    let mut standing = room.start("sh", &["-c", script, &mark]).unwrap();
    let pipes = standing.pipes().unwrap();
    let status = timeout(FOR_EVER, standing.0.wait())
        .await
        .expect("it ends")
        .unwrap();
    assert!(!status.success());
    timeout(FOR_EVER, is_empty(&mark))
        .await
        .expect("nobody is left");
    drop(pipes);
}

#[tokio::test]
async fn a_room_that_was_told_of_nothing_ends_when_its_time_is_over() {
    let room = room(Duration::from_secs(3)).await;
    let mark = mark("within");
    let command = room.command("sh", &["-c", "echo stands; sleep 1000", &mark]);
    // As where whoever built it was killed before bubblewrap had asked to be told: without the clock around it, too.
    let arguments = command
        .as_std()
        .get_args()
        .skip_while(|word| *word != room.bubblewrap.as_os_str())
        .skip(1)
        .filter(|word| *word != "--die-with-parent");
    let mut builder = Starter::new(&room.bubblewrap)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut output = BufReader::new(builder.stdout.take().unwrap());
    output.read_line(&mut said).unwrap();
    assert_eq!(said, "stands\n");
    builder.kill().unwrap();
    builder.wait().unwrap();
    assert!(there(&mark) > 0, "it outlives whoever built it");
    timeout(FOR_EVER, is_empty(&mark))
        .await
        .expect("nobody is left");
}

#[tokio::test]
async fn a_room_does_not_end_with_the_thread_that_asked_for_it() {
    let room = room(Duration::from_secs(100)).await;
    let runtime = tokio::runtime::Handle::current();
    let asked = std::thread::spawn(move || {
        let _here = runtime.enter();
        room.start("sh", &["-c", "echo stands; exec sleep 1000"])
    });
    let mut standing = asked.join().unwrap().unwrap();
    let (_input, mut output) = standing.pipes().unwrap();
    let mut said = [0; 7];
    let stood = timeout(FOR_EVER, output.read_exact(&mut said)).await;
    stood.expect("it is built").unwrap();
    let ended = timeout(Duration::from_millis(500), standing.0.wait()).await;
    assert!(ended.is_err(), "{ended:?}");
}

#[tokio::test]
async fn dropping_a_room_takes_it_down_however_far_it_is_built() {
    let room = room(Duration::from_secs(100)).await;
    let mark = mark("dropped");
    for milliseconds in 0..40 {
        let mut standing = room.start("sleep", &["1000", &mark]).unwrap();
        let _ = timeout(Duration::from_millis(milliseconds), standing.0.wait()).await;
    }
    timeout(FOR_EVER, is_empty(&mark))
        .await
        .expect("nobody is left");
}

/// How a starter is told what its rooms are called.
const CALLED: &str = "CHANCERY_TEST_ROOMS";

/// What the next test starts and kills: it begins one room after the other.
#[tokio::test]
#[ignore = "another test starts it, in a process of its own"]
#[allow(
    clippy::disallowed_methods,
    reason = "a process of a test is told by its environment what to do"
)]
async fn whoever_starts_rooms() {
    let Ok(mark) = std::env::var(CALLED) else {
        return;
    };
    let room = room(STANDS).await;
    let mut rooms = Vec::new();
    println!("\nready");
    std::io::stdout().flush().unwrap();
    while rooms.len() < ROOMS {
        rooms.push(room.start("sleep", &["1000", &mark]).unwrap());
    }
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn no_room_is_left_of_whoever_was_killed() {
    let mark = mark("killed");
    for round in 0..10 {
        let mut starter = Starter::new(std::env::current_exe().unwrap())
            .args(["--exact", "room::tests::whoever_starts_rooms"])
            .args(["--ignored", "--nocapture"])
            .env(CALLED, &mark)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(starter.stdout.take().unwrap()).lines();
        assert!(output.any(|line| line.unwrap() == "ready"));
        // Some are being built, and some stand.
        let wanted = 1 + round * ROOMS / 10;
        let begun = async {
            let mut often = tokio::time::interval(Duration::from_millis(1));
            while there(&mark) < wanted {
                often.tick().await;
            }
        };
        timeout(FOR_EVER, begun).await.expect("rooms are begun");
        starter.kill().unwrap();
        starter.wait().unwrap();
    }
    timeout(FOR_EVER, is_empty(&mark))
        .await
        .expect("nobody is left");
}
