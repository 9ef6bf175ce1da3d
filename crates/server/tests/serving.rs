//! Serving, being watched, and stopping.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod program;

use std::io::Write as _;
use std::net::TcpStream;

use program::{Realm, read, status, until};
use rustix::process::Signal;

#[test]
fn it_says_that_it_lives_and_whether_it_is_ready() {
    let realm = Realm::new();
    let program = realm.serve();
    let lives = program.get("/healthz");
    assert_eq!(status(&lives), 200);
    assert!(lives.ends_with("alive\n"), "{lives}");
    assert!(!lives.contains("set-cookie"), "{lives}");
    let ready = program.get("/readyz");
    assert_eq!(status(&ready), 200, "{ready}");
    assert!(ready.contains(r#""ready":true"#), "{ready}");

    // The disk with the content is gone, and comes back.
    std::fs::rename(realm.path("vault"), realm.path("elsewhere")).unwrap();
    until("it is not ready without its store", || {
        let ready = program.get("/readyz");
        status(&ready) == 503 && ready.contains(r#""store":"does not answer""#)
    });
    assert_eq!(status(&program.get("/healthz")), 200);
    std::fs::rename(realm.path("elsewhere"), realm.path("vault")).unwrap();
    until("it is ready again", || {
        status(&program.get("/readyz")) == 200
    });
}

#[test]
fn readiness_goes_first_and_a_second_signal_ends_at_once() {
    let realm = Realm::new();
    realm.say("server", "drain_seconds = 60");
    let mut program = realm.serve();
    program.signal(Signal::TERM);
    until("it is no longer ready", || {
        let ready = program.get("/readyz");
        status(&ready) == 503 && ready.contains(r#""stopping":true"#)
    });
    assert_eq!(status(&program.get("/sign-in")), 200);
    program.signal(Signal::TERM);
    assert!(!program.ended().success());
    let (right, said) = realm.command(&["check"]);
    assert!(right, "{said}");
}

#[test]
fn a_request_under_way_is_finished_before_it_ends() {
    let realm = Realm::new();
    let mut program = realm.serve();
    let mut slow = program.connect();
    let form = "email=nobody%40test.example&password=x";
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        form.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    slow.write_all(&form.as_bytes()[..10]).unwrap();
    // An idle connection is no reason to wait.
    let mut idle = program.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    assert_eq!(status(&program.get("/healthz")), 200);
    program.signal(Signal::TERM);
    until("nobody new is let in", || {
        TcpStream::connect(program.address()).is_err()
    });
    assert!(read(&mut idle).contains("alive"));
    assert!(program.runs());
    slow.write_all(&form.as_bytes()[10..]).unwrap();
    let answer = read(&mut slow);
    assert_eq!(status(&answer), 403, "{answer}");
    let status = program.ended();
    assert!(status.success(), "{status}: {}", program.log());
}

#[test]
fn what_is_never_finished_is_cut_off_at_the_deadline() {
    let realm = Realm::new();
    realm.say("server", "finish_seconds = 1");
    let mut program = realm.serve();
    let mut never = program.connect();
    never
        .write_all(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n1")
        .unwrap();
    assert_eq!(status(&program.get("/healthz")), 200);
    program.signal(Signal::INT);
    let status = program.ended();
    assert!(status.success(), "{status}: {}", program.log());
    assert_eq!(read(&mut never), "");
}
