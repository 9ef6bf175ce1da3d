//! A worker that a hostile file has taken over gets nowhere, and whoever asked it lives on.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output};
use std::time::Duration;

use inspect::{Failure, Inspector, Limits};

const MISCHIEF: &str = env!("CARGO_BIN_EXE_inspect-mischief");

fn act(what: &str) -> Output {
    Command::new(MISCHIEF).arg(what).output().unwrap()
}

fn said(what: &str) -> String {
    String::from_utf8(act(what).stdout).unwrap()
}

#[test]
fn the_walls_stand_and_say_so() {
    let said = said("look");
    assert!(said.starts_with("limits: in place; landlock: "), "{said}");
    assert!(said.contains("seccomp: in place"), "{said}");
}

#[test]
fn nothing_is_opened_reached_or_started_from_within() {
    for what in [
        "open",
        "look around",
        "write",
        "connect",
        "listen",
        "send",
        "talk",
        "start",
        "become",
        "multiply",
    ] {
        let said = said(what);
        assert!(said.contains("not permitted"), "{what}: {said}");
    }
    assert!(!std::path::Path::new("/tmp/chancery-mischief").exists());
}

#[test]
fn memory_comes_to_an_end() {
    let output = act("allocate");
    assert!(output.status.signal().is_some(), "{output:?}");
}

#[test]
fn computing_time_comes_to_an_end() {
    const SIGXCPU: i32 = 24;
    assert_eq!(act("spin").status.signal(), Some(SIGXCPU));
}

#[test]
fn the_stack_comes_to_an_end() {
    let output = act("overflow");
    assert!(output.status.signal().is_some(), "{output:?}");
}

/// An inspector whose worker does this, started under its name.
struct Taken {
    inspector: Inspector,
    directory: std::path::PathBuf,
}

fn taken(what: &str, limits: Limits) -> Taken {
    let directory = std::env::temp_dir().join(format!("inspect-{}-{what}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let program = directory.join(what);
    let _ = std::fs::remove_file(&program);
    std::os::unix::fs::symlink(MISCHIEF, &program).unwrap();
    Taken {
        inspector: Inspector::at(program, limits),
        directory,
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

async fn ask(taken: &Taken) -> Failure {
    let file = bytes::Bytes::from(vec![b'x'; 1 << 20]);
    let content = futures::stream::iter([Ok(file)]);
    let outcome = taken.inspector.text("a.txt", "text/plain", content).await;
    outcome.unwrap_err()
}

#[tokio::test]
async fn a_worker_that_never_answers_is_ended() {
    let limits = Limits {
        time: Duration::from_millis(300),
        ..Limits::default()
    };
    for what in ["keep silent", "spin"] {
        let failure = ask(&taken(what, limits)).await;
        assert!(matches!(failure, Failure::TimedOut), "{what}: {failure:?}");
    }
}

#[tokio::test]
async fn a_worker_that_crashes_or_babbles_is_told_about() {
    for what in ["allocate", "overflow", "babble", "flood"] {
        let failure = ask(&taken(what, Limits::default())).await;
        assert!(
            matches!(failure, Failure::Crashed(_)),
            "{what}: {failure:?}"
        );
    }
}

#[tokio::test]
async fn whoever_waits_too_long_for_a_turn_is_told() {
    let taken = taken(
        "keep silent",
        Limits {
            at_once: 1,
            patience: Duration::from_millis(100),
            time: Duration::from_millis(600),
            ..Limits::default()
        },
    );
    let (first, second) = tokio::join!(ask(&taken), ask(&taken));
    assert!(matches!(first, Failure::TimedOut), "{first:?}");
    assert!(matches!(second, Failure::TimedOut), "{second:?}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told_about() {
    let inspector = Inspector::at("/nowhere/chancery", Limits::default());
    let failure = inspector.check().await.unwrap_err();
    assert!(matches!(failure, Failure::NoWorker(_)), "{failure:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_seccomp_nothing_is_read() {
    let taken = taken("without seccomp", Limits::default());
    let failure = ask(&taken).await;
    assert!(
        matches!(&failure, Failure::NoWorker(why) if why.contains("seccomp")),
        "{failure:?}"
    );
    let checked = taken.inspector.check().await;
    assert!(matches!(checked, Err(Failure::NoWorker(_))), "{checked:?}");
}

#[tokio::test]
async fn content_that_breaks_off_is_told_about() {
    let taken = taken("keep silent", Limits::default());
    let broken = futures::stream::iter([Err(std::io::Error::other("the disk is gone"))]);
    let failure = taken.inspector.text("a.txt", "text/plain", broken).await;
    assert!(matches!(failure, Err(Failure::Content(_))), "{failure:?}");
}
