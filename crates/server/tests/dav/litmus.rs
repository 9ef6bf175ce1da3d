//! litmus, the conformance suite of WebDAV: every test of every suite.

use std::process::Command;

use crate::Scene;

/// Where Debian keeps its suites.
const SUITES: &str = "/usr/libexec/litmus";

#[test]
fn litmus_finds_nothing_wrong() {
    every_suite(&Scene::set());
}

#[test]
fn litmus_finds_nothing_wrong_on_postgresql() {
    let database = testkit::postgres::fresh();
    every_suite(&Scene::on(&database.url));
}

fn every_suite(scene: &Scene) {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("htdocs")).unwrap();
    std::fs::write(place.path().join("htdocs/foo"), "This\nis\na test file.\n").unwrap();
    let mut faults = String::new();
    for suite in ["basic", "copymove", "props", "locks", "http"] {
        let output = Command::new(format!("{SUITES}/{suite}"))
            .args([&scene.url(), "ann", scene.ann().secret()])
            .current_dir(place.path())
            .output()
            .unwrap_or_else(|error| {
                panic!("litmus is needed (on Debian: apt-get install litmus): {error}")
            });
        let said = String::from_utf8_lossy(&output.stdout).replace('\r', "\n");
        let summary = said
            .lines()
            .find(|line| line.contains("summary for"))
            .unwrap_or("no summary");
        #[allow(
            clippy::print_stdout,
            reason = "whoever runs it wants to see the table"
        )]
        {
            println!("{summary}");
        }
        if !output.status.success() || !summary.contains("0 failed. 100.0%") {
            faults.push_str(&said);
        }
    }
    assert!(faults.is_empty(), "{faults}");
    scene.check();
}
