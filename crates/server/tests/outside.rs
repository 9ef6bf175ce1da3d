//! What the program asks of others: a scanner of malware, and a mail server.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod program;

use program::{Realm, until};
use testkit::post::Mood;
use testkit::{Clamd, Post};

#[test]
fn the_program_says_whether_clamd_answers() {
    let realm = Realm::new();
    let program = realm.serve();
    until("it says that nobody looks", || {
        program
            .log()
            .contains("nobody looks for malware: malware.clamd is not set")
    });
    drop(program);

    let mut clamd = Clamd::start().unwrap();
    realm.say("malware", &format!("clamd = \"{}\"", clamd.address()));
    let (right, said) = realm.command(&["check"]);
    assert!(
        right && said.contains("right  malware: unix:/") && said.contains(" is ClamAV "),
        "{said}"
    );
    let program = realm.serve();
    until("it names the version", || {
        let log = program.log();
        log.contains("clamd looks for malware") && log.contains("ClamAV ")
    });
    drop(program);

    clamd.kill();
    let (right, said) = realm.command(&["check"]);
    assert!(
        !right && said.contains("WRONG  malware: clamd is away"),
        "{said}"
    );
    // It serves all the same, and says so.
    let program = realm.serve();
    until("it says that clamd is away", || {
        let log = program.log();
        log.contains("nobody looks for malware until clamd answers") && log.contains("Block")
    });
}

#[test]
fn a_test_message_says_what_happened() {
    let realm = Realm::new();
    let test = |address: &str| realm.command(&["mail", "test", address]);
    let (sent, said) = test("amara@example.org");
    assert!(!sent && said.contains("mail.server: is not set"), "{said}");

    let mut post = Post::start().unwrap();
    let settings = format!(
        "server = \"smtp://127.0.0.1:{}\"\nwithout_tls = true\nfrom = \"Test <noreply@test.example>\"",
        post.port()
    );
    realm.say("mail", &settings);
    let (sent, said) = test("amara@example.org");
    assert!(sent && said.contains("The mail server took it"), "{said}");
    let letters = post.letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "amara@example.org");
    assert_eq!(
        letters[0].header("Subject").unwrap(),
        "A test message from Test realm"
    );
    let link = format!("\r\nhttp://localhost:{}\r\n", realm.port());
    assert!(letters[0].body().contains(&link), "{}", letters[0].text);

    for (address, word) in [
        ("nobody@example.org", "No such mailbox"),
        ("full@example.org", "two days"),
        ("no address", "not one that can be written to"),
    ] {
        let (sent, said) = test(address);
        assert!(!sent && said.contains(word), "{address}: {said}");
    }
    let (right, said) = realm.command(&["check"]);
    assert!(right && said.contains("right  mail: 127.0.0.1:"), "{said}");
    post.mood(Mood::Busy, true);
    let (sent, said) = test("amara@example.org");
    assert!(!sent && said.contains("People's messages wait"), "{said}");
    post.kill();
    let (sent, said) = test("amara@example.org");
    assert!(!sent && said.contains("the mail server: "), "{said}");
    let (right, said) = realm.command(&["check"]);
    assert!(!right && said.contains("WRONG  mail: "), "{said}");
    assert_eq!(post.letters().len(), 1);

    // It serves all the same, and says whom it sends by.
    let program = realm.serve();
    until("it says that people are written to", || {
        program.log().contains("people are written to")
    });
}
