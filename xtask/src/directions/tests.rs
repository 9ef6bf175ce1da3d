//! Right and wrong arrows.

use super::*;
use crate::metadata::Dependency;

fn package(name: &str, uses: &[&str], tests_use: &[&str]) -> Package {
    let dependency = |for_tests| {
        move |name: &&str| Dependency {
            name: (*name).to_owned(),
            for_tests,
        }
    };
    Package {
        name: name.to_owned(),
        has_library: true,
        dependencies: uses
            .iter()
            .map(dependency(false))
            .chain(tests_use.iter().map(dependency(true)))
            .collect(),
    }
}

fn source(path: &str, text: &str) -> Source {
    (path.into(), text.to_owned())
}

#[test]
fn the_house_as_planned_is_right() {
    let house = [
        package("ledger", &["sha2"], &["testkit"]),
        package("testkit", &["tempfile"], &["testkit", "assets"]),
        package("vault", &[], &[]),
        package("assets", &[], &[]),
        package(
            "chancery",
            &["ledger", "vault", "sqlx"],
            &["testkit", "demo"],
        ),
        package("web", &["chancery", "assets", "axum"], &["testkit"]),
        package("demo", &[], &[]),
        package(
            "server",
            &["web", "chancery", "vault", "ledger", "demo"],
            &["testkit"],
        ),
        package("xtask", &["testkit"], &[]),
    ];
    assert_eq!(between(&house), [""; 0]);
}

#[test]
fn each_wrong_arrow_is_named_with_its_reason() {
    let leaf = between(&[
        package("vault", &["ledger"], &[]),
        package("ledger", &[], &[]),
    ]);
    assert_eq!(leaf, [format!("`vault` uses `ledger`. {LEAF}")]);
    let face = between(&[
        package("web", &["vault", "sqlx"], &["ledger"]),
        package("vault", &[], &[]),
        package("ledger", &[], &[]),
    ]);
    assert_eq!(
        face,
        [
            format!("`web` uses `vault`. {FACE}"),
            format!("`web` uses `sqlx`. {BLIND}"),
            format!("`web` uses `ledger`. {FACE}"),
        ]
    );
    let program = between(&[
        package("server", &["testkit"], &[]),
        package("testkit", &[], &[]),
    ]);
    assert!(program[0].contains("not only in its tests"), "{program:?}");
    assert!(between(&[package("shed", &[], &[])])[0].contains("new crate"));
}

#[test]
fn a_face_touches_no_file() {
    let sources = [
        source("lib.rs", "// std::fs is not for us\nuse tokio::fs::File;"),
        source("tests.rs", "use std::fs;"),
    ];
    assert_eq!(
        files_of_a_face("web", &sources),
        [format!("crates/web/src/lib.rs:2 uses tokio::fs. {BLIND}")]
    );
}

#[test]
fn the_kernel_knows_no_capability_and_capabilities_go_in_no_circle() {
    let mut sources = vec![
        source(
            "kernel/mod.rs",
            "/// See [`crate::people`].\nuse crate::kernel::db;",
        ),
        source(
            "people/mod.rs",
            "use crate::kernel::Actor;\nuse crate::people_of_note::X;",
        ),
        source("sites/mod.rs", "use crate::people::Person;"),
        source("people/tests.rs", "use crate::sites::Site;"),
    ];
    assert_eq!(within(&sources), [""; 0]);

    sources.push(source("kernel/access.rs", "\nuse crate::people::Person;"));
    sources.push(source("people/sql.rs", "fn f(site: crate::sites::Site) {}"));
    let breaches = within(&sources);
    assert!(
        breaches[0].starts_with("crates/chancery/src/kernel/access.rs:2 knows `people`."),
        "{breaches:?}"
    );
    assert!(
        breaches[1].contains("people → sites → people"),
        "{breaches:?}"
    );
}
