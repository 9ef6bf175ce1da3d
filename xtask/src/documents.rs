//! What the documents say exists, does: links within the project, and the code and tests that
//! docs/asvs.md names as evidence.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Failure, command};

/// Where documents are.
const PLACES: &[&str] = &["", "docs", "benches"];
/// The document whose names in code marks are evidence.
const EVIDENCE: &str = "docs/asvs.md";

/// Fails with everything that is said to exist and does not.
pub(crate) fn documents() -> Result<(), Failure> {
    let top = command::top();
    let mut missing = Vec::new();
    for place in PLACES {
        for document in markdown(&top.join(place)) {
            let text = fs::read_to_string(&document)?;
            let here = document.parent().unwrap_or(&top).to_owned();
            missing.extend(
                links(&text)
                    .filter(|link| !here.join(link).exists())
                    .map(|link| format!("{}: {link}", document.display())),
            );
        }
    }
    let text = fs::read_to_string(top.join(EVIDENCE))?;
    let mut tests = HashSet::new();
    functions(&top.join("crates"), &mut tests)?;
    missing.extend(
        code_marks(&text)
            .filter(|name| match kind(name) {
                Kind::Path => !top.join("crates").join(name).exists() && !top.join(name).exists(),
                Kind::Test => !tests.contains(*name),
                Kind::Other => false,
            })
            .map(|name| format!("{EVIDENCE}: {name}")),
    );
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "the documents name what is not there:\n  {}",
            missing.join("\n  ")
        )))
    }
}

fn markdown(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    found.sort();
    found
}

/// The targets of links and pictures that lead to a file of the project.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains("://"))
}

/// What stands in code marks, outside blocks of code.
fn code_marks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

enum Kind {
    Path,
    Test,
    Other,
}

/// A path has a slash and an extension; a test is at least three words joined by low lines.
fn kind(name: &str) -> Kind {
    let word = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    if name.contains('/') && Path::new(name).extension().is_some() && !name.contains(' ') {
        Kind::Path
    } else if name.matches('_').count() >= 2
        && name.chars().all(|letter| word(letter) || letter == '_')
    {
        Kind::Test
    } else {
        Kind::Other
    }
}

/// The names of every function in the Rust files below a directory.
fn functions(directory: &Path, names: &mut HashSet<String>) -> Result<(), Failure> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            functions(&path, names)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path)?;
            names.extend(
                text.split("fn ")
                    .skip(1)
                    .filter_map(|rest| rest.split(['(', '<']).next())
                    .map(str::to_owned),
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_names_are_told_from_words() {
        let text = "See [this](docs/a.md#part), ![that](b.png), [web](https://x.example) and `a_b_c`, `web/src/x.rs`, `a b`.";
        assert_eq!(links(text).collect::<Vec<_>>(), ["docs/a.md", "b.png"]);
        let kinds: Vec<&str> = code_marks(text)
            .map(|name| match kind(name) {
                Kind::Path => "path",
                Kind::Test => "test",
                Kind::Other => "other",
            })
            .collect();
        assert_eq!(kinds, ["test", "path", "other"]);
    }
}
