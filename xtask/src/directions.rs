//! Arrows between the crates point one way: server → web → chancery → the leaves.

use std::fs;
use std::path::{Path, PathBuf};

use crate::metadata::{Package, packages};
use crate::{Failure, command};

/// A crate and which of ours it may use.
struct Room {
    name: &'static str,
    may_use: &'static [&'static str],
    because: &'static str,
}

const LEAF: &str = "`ledger`, `vault`, `inspect`, `markings`, `clamd` and `index` know nothing of people and sites; \
                    each could be published alone.";
const APART: &str = "What it makes is handed over as bytes; it knows nothing of the product.";
const FACE: &str = "Arrows point one way: server → web, api, dav → chancery → ledger, vault, inspect, markings, clamd, index.";
const BLIND: &str =
    "`web`, `api` and `dav` never see sqlx, rusqlite, a connection or a path on disk.";
const INWARD: &str = "Within `chancery`, capabilities use `kernel` and each other's public verbs; \
                      `kernel` knows no capability; there are no circles.";

const ROOMS: &[Room] = &[
    Room {
        name: "ledger",
        may_use: &[],
        because: LEAF,
    },
    Room {
        name: "vault",
        may_use: &[],
        because: LEAF,
    },
    Room {
        name: "inspect",
        may_use: &[],
        because: LEAF,
    },
    Room {
        name: "markings",
        may_use: &[],
        because: LEAF,
    },
    Room {
        name: "clamd",
        may_use: &[],
        because: LEAF,
    },
    Room {
        name: "index",
        may_use: &[],
        because: LEAF,
    },
    Room {
        name: "assets",
        may_use: &[],
        because: APART,
    },
    Room {
        name: "demo",
        may_use: &[],
        because: APART,
    },
    Room {
        name: "testkit",
        may_use: &[],
        because: "The tests of every crate may use it, so it uses none.",
    },
    Room {
        name: "xtask",
        may_use: &["testkit"],
        because: "It is built before anything else can be.",
    },
    Room {
        name: "chancery",
        may_use: &["ledger", "vault", "inspect", "markings", "clamd", "index"],
        because: FACE,
    },
    Room {
        name: "wire",
        may_use: &["chancery"],
        because: FACE,
    },
    Room {
        name: "web",
        may_use: &["chancery", "assets", "wire"],
        because: FACE,
    },
    Room {
        name: "api",
        may_use: &["chancery", "wire"],
        because: FACE,
    },
    Room {
        name: "dav",
        may_use: &["chancery", "wire"],
        because: FACE,
    },
    Room {
        name: "server",
        may_use: &["*"],
        because: FACE,
    },
    Room {
        name: "tests",
        may_use: &["*"],
        because: FACE,
    },
    Room {
        name: "bench",
        may_use: &["chancery", "server", "testkit", "inspect", "markings"],
        because: "It starts the program as anybody does, and fills its realm through the product's verbs; reading and judging files it measures by themselves.",
    },
];

/// The faces, which reach rows and content through `chancery` alone.
const FACES: &[&str] = &["web", "api", "dav", "wire"];

/// What only tests may use, wherever they are: it has no part in the program.
const FOR_TESTS: &[&str] = &["testkit", "assets", "demo"];

/// `cargo xtask directions`.
pub(crate) fn directions() -> Result<(), Failure> {
    let top = command::top();
    let mut breaches = between(&packages()?);
    for face in FACES {
        breaches.extend(files_of_a_face(
            face,
            &sources(&top.join("crates").join(face).join("src"))?,
        ));
    }
    breaches.extend(within(&sources(&top.join("crates/chancery/src"))?));
    if breaches.is_empty() {
        println!("every arrow points the right way");
        return Ok(());
    }
    Err(Failure::new(breaches.join("\n")))
}

/// Breaches of the directions between crates.
fn between(packages: &[Package]) -> Vec<String> {
    let ours: Vec<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut breaches = Vec::new();
    for package in packages {
        let name = package.name.as_str();
        let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
            breaches.push(format!(
                "`{name}` is a new crate: say in xtask/src/directions.rs what it may use, and why."
            ));
            continue;
        };
        for dependency in &package.dependencies {
            let used = dependency.name.as_str();
            let allowed = room.may_use.contains(&"*")
                || room.may_use.contains(&used)
                || used == name
                || (dependency.for_tests && FOR_TESTS.contains(&used));
            if ours.contains(&used) && !allowed {
                breaches.push(format!("`{name}` uses `{used}`. {}", room.because));
            }
            if used == "testkit" && !dependency.for_tests && !["xtask", "bench"].contains(&name) {
                breaches.push(format!(
                    "`{name}` uses `testkit` in its program, not only in its tests."
                ));
            }
            if FACES.contains(&name) && ["sqlx", "rusqlite"].contains(&used) {
                breaches.push(format!("`{name}` uses `{used}`. {BLIND}"));
            }
        }
    }
    breaches
}

/// A source file: its path below `src`, and its text.
type Source = (PathBuf, String);

/// Breaches in the sources of a face, which touches no file itself.
fn files_of_a_face(face: &str, sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, line, code) in code(sources) {
        if let Some(used) = ["std::fs", "tokio::fs"]
            .into_iter()
            .find(|used| code.contains(used))
        {
            let path = path.display();
            breaches.push(format!(
                "crates/{face}/src/{path}:{line} uses {used}. {BLIND}"
            ));
        }
    }
    breaches
}

/// Breaches within `chancery`: a capability is a folder with a `mod.rs`.
fn within(sources: &[Source]) -> Vec<String> {
    let capabilities: Vec<&str> = sources
        .iter()
        .filter(|(path, _)| path.ends_with("mod.rs") && path.components().count() == 2)
        .filter_map(|(path, _)| path.parent()?.to_str())
        .filter(|name| *name != "kernel")
        .collect();
    let mut breaches = Vec::new();
    let mut arrows: Vec<(&str, &str)> = Vec::new();
    for (path, line, code) in code(sources) {
        let Some(from) = path.iter().next().and_then(|first| first.to_str()) else {
            continue;
        };
        for to in capabilities.iter().copied().filter(|to| names(code, to)) {
            if from == "kernel" {
                let path = path.display();
                breaches.push(format!(
                    "crates/chancery/src/{path}:{line} knows `{to}`. {INWARD}"
                ));
            } else if from != to && capabilities.contains(&from) {
                arrows.push((from, to));
            }
        }
    }
    if let Some(circle) = circle(&capabilities, &arrows) {
        breaches.push(format!(
            "crates/chancery goes in a circle: {}. {INWARD}",
            circle.join(" → ")
        ));
    }
    breaches
}

/// Whether a line names `crate::people` and not only `crate::people_of_note`.
fn names(code: &str, capability: &str) -> bool {
    code.split("crate::").skip(1).any(|rest| {
        rest.strip_prefix(capability).is_some_and(|after| {
            !after.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        })
    })
}

/// The lines of code, without comments and without the files that hold tests.
fn code(sources: &[Source]) -> impl Iterator<Item = (&Path, usize, &str)> {
    sources
        .iter()
        .filter(|(path, _)| {
            !path
                .iter()
                .any(|part| part == "tests" || part == "tests.rs")
        })
        .flat_map(|(path, text)| {
            text.lines()
                .take_while(|line| !line.trim_start().starts_with("mod tests {"))
                .enumerate()
                .filter(|(_, line)| !line.trim_start().starts_with("//"))
                .map(move |(index, line)| (path.as_path(), index + 1, line))
        })
}

/// Some circle among the arrows, its first name repeated at the end.
fn circle<'a>(names: &[&'a str], arrows: &[(&'a str, &'a str)]) -> Option<Vec<&'a str>> {
    fn walk<'a>(path: &mut Vec<&'a str>, arrows: &[(&'a str, &'a str)]) -> bool {
        let last = path[path.len() - 1];
        for (_, to) in arrows.iter().filter(|(from, _)| *from == last) {
            if *to == path[0] {
                path.push(to);
                return true;
            }
            if !path.contains(to) {
                path.push(to);
                if walk(path, arrows) {
                    return true;
                }
                path.pop();
            }
        }
        false
    }
    let mut arrows = arrows.to_vec();
    arrows.sort_unstable();
    arrows.dedup();
    names.iter().find_map(|name| {
        let mut path = vec![*name];
        walk(&mut path, &arrows).then_some(path)
    })
}

/// The Rust files below a folder; none if there is no such folder yet.
fn sources(folder: &Path) -> Result<Vec<Source>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path)?;
                found.push((path.strip_prefix(folder).unwrap_or(&path).to_owned(), text));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests;
