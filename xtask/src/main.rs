//! `cargo xtask`: everything that a developer of Chancery does from a checkout.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks to the person who typed it"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "a developer's command reads the environment and the clock of the machine it runs on"
)]

mod bench;
mod command;
mod corpus;
mod directions;
mod documents;
mod interrupt;
mod machine;
mod metadata;
mod postgres;
mod readme;
mod run;
mod schemathesis;
mod served;
mod test;

use std::ffi::OsString;
use std::fmt;
use std::process::ExitCode;

use lexopt::prelude::*;

const USAGE: &str = "\
cargo xtask COMMAND

  run [--release] [-- ARGUMENTS]
        Build the program and open the demonstration realm in ./realm, making it the
        first time. ARGUMENTS go to `chancery demo`, for example
        cargo xtask run -- --database postgres://…
  test [--only STEP]… [--skip STEP]… [-p PACKAGE]… [-- ARGUMENTS]
        Run every check, installing what is missing where it may. ARGUMENTS go to
        cargo nextest, for example a part of a test's name.
  bench [dav] [--quick] [--only MEASURE]… [--on DATABASE]… [--profile PROFILE]
        Measure the program, on SQLite and PostgreSQL. A whole run takes about ten
        minutes and writes benches/results.md and results.json. MEASURE is how a
        measure's name begins: start, memory, page, download, upload, large, sign-in.
  postgres [--durable]
        Start a PostgreSQL for tests run by hand and keep it until Ctrl-C.
  schemathesis
        Send every operation of the API what fits its description and what does not.
  corpus
        Make files of every format with every marking in every place, files with none and
        files that are meant to deceive, and report what the marking scan makes of them.
  documents
        Check that what the documents link to and name as evidence exists.
  openapi
        Write docs/openapi.json anew, as the API describes itself.
  directions
        Check that the crates depend on each other in the allowed directions only.
";

/// Why a command did not succeed, in words for the person who typed it.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

macro_rules! failure_from {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        }
    )*};
}
failure_from!(
    std::io::Error,
    lexopt::Error,
    serde_json::Error,
    testkit::postgres::NotStarted
);

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            // The shell's convention for a command that Ctrl-C ended.
            ExitCode::from(if interrupt::came() { 130 } else { 1 })
        }
    }
}

fn dispatch() -> Result<(), Failure> {
    let mut arguments = lexopt::Parser::from_env();
    let Some(first) = arguments.next()? else {
        print!("{USAGE}");
        return Ok(());
    };
    match first {
        Value(name) if name == "run" => run::run(&run::Wanted::parse(&mut arguments)?),
        Value(name) if name == "test" => test::test(&test::Wanted::parse(&mut arguments)?),
        Value(name) if name == "bench" => bench::bench(&bench::Wanted::parse(&mut arguments)?),
        Value(name) if name == "postgres" => {
            let mut durable = false;
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("durable") => durable = true,
                    other => return Err(other.unexpected().into()),
                }
            }
            postgres::keep(durable)
        }
        Value(name) if name == "schemathesis" => schemathesis::check(),
        Value(name) if name == "corpus" => corpus::corpus(),
        Value(name) if name == "documents" => documents::documents(),
        Value(name) if name == "openapi" => openapi(),
        Value(name) if name == "directions" => directions::directions(),
        Short('h') | Long("help") => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(Failure(format!("{}\n\n{USAGE}", other.unexpected()))),
    }
}

/// `cargo xtask openapi`.
fn openapi() -> Result<(), Failure> {
    let words = ["run", "--quiet", "--package", "api", "--example", "openapi"];
    let said = command::cargo(&words).output()?;
    if !said.status.success() {
        return Err(Failure(String::from_utf8_lossy(&said.stderr).into_owned()));
    }
    std::fs::write(command::top().join("docs/openapi.json"), said.stdout)?;
    println!("docs/openapi.json is what is served");
    Ok(())
}

/// Everything after `--`.
fn rest(arguments: &mut lexopt::Parser) -> Result<Vec<OsString>, Failure> {
    Ok(arguments.raw_args()?.collect())
}
