//! `cargo xtask run`: the demonstration realm, from a bare checkout.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use lexopt::prelude::*;

use crate::command::{self, built, cargo};
use crate::machine::{Need, require};
use crate::{Failure, rest};

/// Where the demonstration realm is kept unless the person says otherwise.
const REALM: &str = "realm";

/// What the person asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    release: bool,
    arguments: Vec<OsString>,
}

impl Wanted {
    pub(crate) fn parse(arguments: &mut lexopt::Parser) -> Result<Self, Failure> {
        let mut wanted = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("release") => wanted.release = true,
                // The first word after `--`: from here on they are the program's.
                Value(word) => wanted.arguments = [vec![word], rest(arguments)?].concat(),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(wanted)
    }

    /// The words for the program.
    fn words(&self) -> Vec<OsString> {
        let mut words = vec![OsString::from("demo")];
        let named = self.arguments.iter().any(|word| {
            word.to_str()
                .is_some_and(|word| word == "--directory" || word.starts_with("--directory="))
        });
        if !named {
            words.extend([
                "--directory".into(),
                command::top().join(REALM).into_os_string(),
            ]);
        }
        words.extend(self.arguments.iter().cloned());
        words
    }
}

/// Builds the program and becomes it, so that Ctrl-C reaches it and nobody else,
/// and its own ending is ours.
pub(crate) fn run(wanted: &Wanted) -> Result<(), Failure> {
    require(&[Need::Rust, Need::C, Need::Node])?;
    let program = build(wanted.release)?;
    let error = Command::new(&program).args(wanted.words()).exec();
    Err(Failure::new(format!("{}: {error}", program.display())))
}

/// Builds the program and says where it is.
pub(crate) fn build(release: bool) -> Result<PathBuf, Failure> {
    let mut build = cargo(&["build", "--package", "server", "--bin", "chancery"]);
    if release {
        build.arg("--release");
    }
    eprintln!("Building the program; the first time this takes some minutes.");
    built(build, "chancery")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn parse(words: &[&str]) -> Result<Wanted, Failure> {
        Wanted::parse(&mut lexopt::Parser::from_args(words))
    }

    #[test]
    fn what_stands_after_the_dashes_goes_to_the_program() {
        let wanted = parse(&["--release", "--", "--database", "postgres://x"]).unwrap();
        assert!(wanted.release);
        let words = wanted.words();
        assert_eq!(words[..2], ["demo", "--directory"]);
        assert_eq!(words[3..], ["--database", "postgres://x"]);
        assert_eq!(
            parse(&["--", "--directory=elsewhere"]).unwrap().words(),
            ["demo", "--directory=elsewhere"]
        );
        assert!(parse(&["--relaese"]).is_err());
    }
}
