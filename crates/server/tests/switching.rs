//! Whether markings are read is the realm's, as an operator meets it: a node that would read nothing where others do does not serve,
//! and reading is switched off for all of them at the machine.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod program;

use program::Realm;
use rustix::process::Signal;

const OFF: &str = "policy = \"off\"";
const OFFICIAL: &str = "policy = \"official\"";

#[test]
fn a_node_whose_settings_say_off_does_not_serve_a_realm_that_reads() {
    let realm = Realm::new();
    // Made with off it serves as ever.
    let mut served = realm.serve();
    served.signal(Signal::TERM);
    assert!(served.ended().success());
    let (went, said) = realm.command(&["rules", "show"]);
    assert!(
        !went && said.contains("markings are not read in this realm"),
        "{said}"
    );

    // A node with a policy in its settings puts it in force, and another says off.
    realm.replace(OFF, OFFICIAL);
    let (went, said) = realm.command(&["rules", "show"]);
    assert!(went && said.contains("in force as"), "{said}");
    realm.replace(OFFICIAL, OFF);
    let (went, said) = realm.command(&["serve"]);
    assert!(!went, "{said}");
    for words in ["markings.policy is \"off\"", "chancery rules off"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // What else is done at the machine works, by the rules of the realm.
    let (went, said) = realm.command(&["rules", "show"]);
    assert!(went && said.contains("in force as"), "{said}");

    let (went, said) = realm.command(&["rules", "off"]);
    assert!(!went && said.contains("--reason"), "{said}");
    let (went, said) = realm.command(&["rules", "off", "--reason", "Tesseract is away"]);
    assert!(went && said.contains("No markings are read"), "{said}");
    let mut served = realm.serve();
    served.signal(Signal::TERM);
    assert!(served.ended().success());
    // Settings that name a policy do not switch it on again.
    realm.replace(OFF, OFFICIAL);
    let (went, said) = realm.command(&["rules", "show"]);
    assert!(!went && said.contains("chancery rules on"), "{said}");
    let (went, said) = realm.command(&["rules", "on"]);
    assert!(went && said.contains("Markings are read again"), "{said}");
    let (went, said) = realm.command(&["rules", "show"]);
    assert!(went && said.contains("in force as"), "{said}");
    let (went, said) = realm.command(&["rules", "take-over"]);
    assert!(!went && said.contains("No newer program judges"), "{said}");
}
