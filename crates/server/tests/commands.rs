//! The program's commands, run as an operator runs them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

fn chancery(directory: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args(words)
        .current_dir(directory)
        .env("CHANCERY_LOG", "warn")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn init(directory: &Path, database: &str) {
    let made = chancery(
        directory,
        &[
            "init",
            "--name",
            "Test realm",
            "--designation",
            "OFFICIAL",
            "--run-by",
            "Testers",
            "--database",
            database,
        ],
    );
    assert!(made.status.success(), "{}", said(&made));
}

fn a_realm_from_nothing(database: &str) {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    init(here, database);
    let keys = here.join("keys.txt");
    assert_eq!(
        std::fs::metadata(&keys).unwrap().permissions().mode() & 0o777,
        0o600
    );

    if database.starts_with("sqlite:") {
        let file = std::fs::metadata(here.join("realm.db")).unwrap();
        assert_eq!(
            file.permissions().mode() & 0o777,
            0o600,
            "its owner's alone"
        );
    }

    let again = chancery(
        here,
        &["init", "--name", "x", "--designation", "x", "--run-by", "x"],
    );
    assert!(!again.status.success() && said(&again).contains("is there already"));

    let added = chancery(
        here,
        &[
            "person",
            "add",
            "--operator",
            "--organisation",
            "Testers",
            "--name",
            "First Operator",
            "--email",
            "first@test.example",
        ],
    );
    assert!(
        added.status.success() && said(&added).contains("/welcome/"),
        "{}",
        said(&added)
    );
    let twice = chancery(
        here,
        &[
            "person",
            "add",
            "--organisation",
            "Testers",
            "--name",
            "Second",
            "--email",
            "First@Test.example",
        ],
    );
    assert!(
        !twice.status.success() && said(&twice).contains("email"),
        "{}",
        said(&twice)
    );
    let reset = chancery(here, &["person", "reset", "--email", "first@test.example"]);
    assert!(
        reset.status.success() && said(&reset).contains("/welcome/"),
        "{}",
        said(&reset)
    );
    let nobody = chancery(here, &["person", "reset", "--email", "nobody@test.example"]);
    assert!(!nobody.status.success() && said(&nobody).contains("nobody@test.example"));

    let token = |may: &str| {
        let words = ["person", "token", "--email", "first@test.example"];
        let more = ["--name", "Nightly copy", "--may", may];
        chancery(here, &[words.as_slice(), &more].concat())
    };
    let made = token("read");
    let secret = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    assert!(
        made.status.success() && secret.starts_with("chancery_") && secret.len() == 52,
        "{}",
        said(&made)
    );
    let refused = token("rule");
    assert!(!refused.status.success() && said(&refused).contains("what it may do"));

    let migrated = chancery(here, &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    let checked = chancery(here, &["check"]);
    assert!(
        checked.status.success() && said(&checked).contains("Everything is right"),
        "{}",
        said(&checked)
    );

    // Keys that others can read, or that are gone, are a fault and never made anew.
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    let open = chancery(here, &["check"]);
    assert!(
        !open.status.success() && said(&open).contains("600"),
        "{}",
        said(&open)
    );
    std::fs::rename(&keys, here.join("elsewhere")).unwrap();
    let gone = chancery(here, &["migrate"]);
    assert!(!gone.status.success(), "{}", said(&gone));
    assert!(!keys.exists());
}

#[test]
fn a_realm_from_nothing_on_sqlite() {
    a_realm_from_nothing("sqlite:realm.db");
}

#[test]
fn a_realm_from_nothing_on_postgres() {
    a_realm_from_nothing(&testkit::postgres::fresh().url);
}

#[test]
fn what_is_wrong_in_the_configuration_is_named() {
    let directory = tempfile::tempdir().unwrap();
    init(directory.path(), "sqlite:realm.db");
    let wrong = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args(["check"])
        .current_dir(directory.path())
        .env("CHANCERY__REALM__TIME_ZONE", "Europe/Londinium")
        .output()
        .unwrap();
    assert!(!wrong.status.success());
    assert!(said(&wrong).contains("realm.time_zone"), "{}", said(&wrong));
    let none = chancery(directory.path(), &["--config", "nowhere.toml", "serve"]);
    assert!(said(&none).contains("chancery init"), "{}", said(&none));
}

/// The same demonstration on PostgreSQL: made, checked, whole.
#[test]
fn the_demonstration_realm_on_postgres() {
    let directory = tempfile::tempdir().unwrap();
    let database = testkit::postgres::fresh();
    let made = chancery(
        directory.path(),
        &[
            "demo",
            "--make-only",
            "--directory",
            "realm",
            "--database",
            &database.url,
        ],
    );
    assert!(made.status.success(), "{}", said(&made));
    let checked = chancery(directory.path(), &["--config", "realm/realm.toml", "check"]);
    assert!(checked.status.success(), "{}", said(&checked));
}

/// What systemd itself says about the unit, where there is a systemd to ask.
#[test]
fn the_unit_for_systemd_is_right() {
    let directory = tempfile::tempdir().unwrap();
    let unit = include_str!("../../../docs/chancery.service");
    assert!(unit.contains("NoNewPrivileges=yes") && unit.contains("ProtectSystem=strict"));
    let program = env!("CARGO_BIN_EXE_chancery");
    let file = directory.path().join("chancery.service");
    std::fs::write(&file, unit.replace("/usr/local/bin/chancery", program)).unwrap();
    let Ok(verified) = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&file)
        .output()
    else {
        return;
    };
    let text = said(&verified);
    // Other units of the machine may have faults of their own.
    assert!(!text.contains("chancery.service"), "{text}");
}

#[test]
fn scan_says_what_a_file_carries_and_answers_by_the_policy() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = directory.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let scan = |words: &[&str], file: &std::path::Path| {
        let said = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .arg("scan")
            .args(words)
            .arg(file)
            .output()
            .unwrap();
        let text = String::from_utf8(said.stdout).unwrap();
        (said.status.code(), text)
    };
    let restricted = write("minutes.txt", "RESTRICTED - POLICY\n\nWe met.\n");
    let (code, said) = scan(&["--policy", "il2"], &restricted);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("RESTRICTED - POLICY (gpms)"), "{said}");
    assert!(said.contains("text, line 1"), "{said}");
    assert_eq!(scan(&["--policy", "il3"], &restricted).0, Some(0));
    let prose = write("prose.txt", "The trade secret was kept.\n");
    assert_eq!(scan(&[], &prose).0, Some(0));
    // A picture is not read, so nobody can say.
    let picture = write("scan.gif", "GIF89a0000000");
    let (code, said) = scan(&["--format", "json"], &picture);
    assert_eq!(code, Some(3), "{said}");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["verdict"], "unread");
    // A policy and a scheme of one's own.
    let scheme = write(
        "acme.toml",
        "id = 'acme'\nname = 'Acme'\nsources = ['Handbook']\n[[level]]\nid = 'red'\nname = 'ACME RED'\nrank = 1\nwritten = ['ACME RED']\n",
    );
    let policy = format!(
        "{}\n[markings.acme]\nred = {{ outcome = \"above\", number = 3 }}\n",
        markings::Policy::text("il3")
            .unwrap()
            .replace("\"pspf\"]", "\"pspf\", \"acme\"]")
    );
    let policy = write("acme-policy.toml", &policy);
    let red = write("red.txt", "ACME RED\n\nWe met.\n");
    let words = [
        "--scheme",
        scheme.to_str().unwrap(),
        "--policy",
        policy.to_str().unwrap(),
    ];
    assert_eq!(scan(&words, &red).0, Some(2));
    let (code, _) = scan(&["--policy", "nowhere.toml"], &red);
    assert_eq!(code, Some(1));
}
