//! `cargo xtask test`: every check, one after the other, until one fails.

use std::ffi::OsString;
use std::process::Stdio;
use std::time::{Duration, Instant};

use lexopt::prelude::*;
use testkit::postgres::{Cluster, Durability, VARIABLE};

use crate::command::{self, cargo};
use crate::machine::{Need, provide};
use crate::{
    Failure, bench, directions, documents, interrupt, metadata, readme, rest, schemathesis,
};

/// What the person asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    only: Vec<String>,
    skip: Vec<String>,
    packages: Vec<String>,
    arguments: Vec<OsString>,
}

impl Wanted {
    pub(crate) fn parse(arguments: &mut lexopt::Parser) -> Result<Self, Failure> {
        let mut wanted = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("only") => wanted.only.push(step(arguments.value()?.string()?)?),
                Long("skip") => wanted.skip.push(step(arguments.value()?.string()?)?),
                Short('p') | Long("package") => wanted.packages.push(arguments.value()?.string()?),
                // The first word after `--`: from here on they are nextest's.
                Value(word) => wanted.arguments = [vec![word], rest(arguments)?].concat(),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(wanted)
    }

    fn includes(&self, step: &Step) -> bool {
        let names = |list: &[String]| list.iter().any(|name| name == step.name);
        (self.only.is_empty() || names(&self.only)) && !names(&self.skip)
    }

    /// Cargo with these words, for the packages asked for or for all.
    fn cargo(&self, words: &[&str], all: &str) -> std::process::Command {
        let mut cargo = cargo(words);
        for package in &self.packages {
            cargo.args(["--package", package]);
        }
        if self.packages.is_empty() {
            cargo.arg(all);
        }
        cargo
    }
}

fn step(name: String) -> Result<String, Failure> {
    if STEPS.iter().any(|step| step.name == name) {
        return Ok(name);
    }
    let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    Err(Failure::new(format!(
        "there is no step {name}; the steps are {}",
        names.join(", ")
    )))
}

/// One check.
struct Step {
    name: &'static str,
    needs: &'static [Need],
    check: fn(&Wanted) -> Result<Passed, Failure>,
}

/// A check that found nothing wrong.
enum Passed {
    Wholly,
    /// As far as could be checked here, and why no further.
    InPart(String),
}

const BUILD: &[Need] = &[Need::Rust, Need::C, Need::Node];

const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        needs: &[Need::Rust, Need::Format],
        check: fmt,
    },
    Step {
        name: "directions",
        needs: &[Need::Rust],
        check: |_| directions::directions().map(wholly),
    },
    Step {
        name: "documents",
        needs: &[Need::Rust],
        check: |_| documents::documents().map(wholly),
    },
    Step {
        name: "deny",
        needs: &[Need::Rust, Need::Deny],
        check: deny,
    },
    Step {
        name: "advisories",
        needs: &[Need::Rust, Need::Deny],
        check: advisories,
    },
    Step {
        name: "clippy",
        needs: &[Need::Rust, Need::Lints, Need::C, Need::Node],
        check: clippy,
    },
    Step {
        name: "nextest",
        needs: &[
            Need::Rust,
            Need::C,
            Need::Node,
            Need::Postgres,
            Need::Browser,
            Need::Authority,
            Need::Files,
            Need::Clamd,
            Need::Post,
            Need::Words,
            Need::Nextest,
        ],
        check: nextest,
    },
    Step {
        name: "doctests",
        needs: BUILD,
        check: doctests,
    },
    Step {
        name: "bench",
        needs: bench::NEEDS,
        check: |_| bench::bench(&bench::Wanted::quick()).map(wholly),
    },
    Step {
        name: "schemathesis",
        needs: &[Need::Rust, Need::C, Need::Node, Need::Python],
        check: |_| schemathesis::check().map(wholly),
    },
    Step {
        name: "readme",
        needs: BUILD,
        check: |_| readme::check().map(wholly),
    },
];

/// Runs the steps asked for and prints how long each took.
pub(crate) fn test(wanted: &Wanted) -> Result<(), Failure> {
    interrupt::expect()?;
    let steps: Vec<&Step> = STEPS.iter().filter(|step| wanted.includes(step)).collect();
    let mut times: Vec<(&str, Duration, String)> = Vec::new();

    let mut needs: Vec<Need> = Vec::new();
    for need in steps.iter().flat_map(|step| step.needs) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    let mut outcome = timed(&mut times, "machine", || provide(&needs).map(wholly));
    for step in steps {
        if outcome.is_err() {
            break;
        }
        outcome = timed(&mut times, step.name, || (step.check)(wanted));
    }
    println!();
    for (name, time, verdict) in &times {
        println!("{name:<12}{:>8.1} s  {verdict}", time.as_secs_f64());
    }
    outcome
}

fn timed(
    times: &mut Vec<(&'static str, Duration, String)>,
    name: &'static str,
    check: impl FnOnce() -> Result<Passed, Failure>,
) -> Result<(), Failure> {
    println!("\n── {name}");
    let begun = Instant::now();
    let outcome = check();
    let verdict = match &outcome {
        Ok(Passed::Wholly) => "passed".to_owned(),
        Ok(Passed::InPart(why)) => format!("passed in part: {why}"),
        Err(_) => "FAILED".to_owned(),
    };
    times.push((name, begun.elapsed(), verdict));
    outcome
        .map(|_| ())
        .map_err(|failure| Failure::new(format!("\nstep {name} failed: {failure}")))
}

fn wholly((): ()) -> Passed {
    Passed::Wholly
}

fn fmt(wanted: &Wanted) -> Result<Passed, Failure> {
    command::run(&mut wanted.cargo(&["fmt", "--check"], "--all")).map(wholly)
}

fn clippy(wanted: &Wanted) -> Result<Passed, Failure> {
    let mut clippy = wanted.cargo(&["clippy", "--all-targets"], "--workspace");
    command::run(clippy.args(["--", "-D", "warnings"])).map(wholly)
}

fn deny(_: &Wanted) -> Result<Passed, Failure> {
    let words = [
        "deny",
        "--workspace",
        "--all-features",
        "check",
        "bans",
        "licenses",
        "sources",
    ];
    // Duplicates are for whoever looks for them; here they would hide what fails.
    command::run(cargo(&words).args(["--hide-inclusion-graph", "-A", "duplicate"])).map(wholly)
}

/// Advisories live in a git repository, which not every network reaches.
fn advisories(_: &Wanted) -> Result<Passed, Failure> {
    let fetched = cargo(&["deny", "fetch", "db"])
        .stdin(Stdio::null())
        .output()?;
    if !fetched.status.success() {
        let why = "the advisory database could not be fetched";
        println!(
            "{why}:\n{}",
            String::from_utf8_lossy(&fetched.stderr).trim()
        );
        return Ok(Passed::InPart(format!("{why}, so no advisory was checked")));
    }
    let words = [
        "deny",
        "--workspace",
        "--all-features",
        "check",
        "--disable-fetch",
        "advisories",
    ];
    command::run(&mut cargo(&words)).map(wholly)
}

fn nextest(wanted: &Wanted) -> Result<Passed, Failure> {
    let cluster = Cluster::start(Durability::None)?;
    let mut nextest = wanted.cargo(&["nextest", "run"], "--workspace");
    nextest.env(VARIABLE, cluster.url()).args(&wanted.arguments);
    if command::continuous_integration() {
        nextest.arg("--no-fail-fast");
    }
    command::run(&mut nextest).map(wholly)
}

/// Cargo refuses `--doc` for a package that is no library.
fn doctests(wanted: &Wanted) -> Result<Passed, Failure> {
    let mut doctests = cargo(&["test", "--doc", "--quiet"]);
    let mut any = false;
    for package in metadata::packages()? {
        let asked = wanted.packages.is_empty() || wanted.packages.contains(&package.name);
        if asked && package.has_library {
            doctests.args(["--package", &package.name]);
            any = true;
        }
    }
    if !any {
        return Ok(Passed::InPart("no library among these packages".to_owned()));
    }
    command::run(&mut doctests).map(wholly)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn parse(words: &[&str]) -> Result<Wanted, Failure> {
        Wanted::parse(&mut lexopt::Parser::from_args(words))
    }

    fn chosen(words: &[&str]) -> Vec<&'static str> {
        let wanted = parse(words).unwrap();
        STEPS
            .iter()
            .filter(|step| wanted.includes(step))
            .map(|step| step.name)
            .collect()
    }

    #[test]
    fn steps_are_chosen_by_name() {
        assert_eq!(chosen(&[]).len(), STEPS.len());
        assert_eq!(chosen(&["--only", "fmt", "--only=deny"]), ["fmt", "deny"]);
        assert!(!chosen(&["--skip", "readme"]).contains(&"readme"));
        let unknown = parse(&["--only", "formatting"]).unwrap_err().to_string();
        assert!(unknown.contains("the steps are fmt, "), "{unknown}");
    }

    #[test]
    fn packages_and_words_for_nextest_are_passed_on() {
        let wanted = parse(&[
            "-p",
            "vault",
            "--package=ledger",
            "--",
            "segment",
            "--no-capture",
        ])
        .unwrap();
        assert_eq!(wanted.packages, ["vault", "ledger"]);
        assert_eq!(wanted.arguments, ["segment", "--no-capture"]);
        let words: Vec<_> = wanted
            .cargo(&["clippy"], "--workspace")
            .get_args()
            .map(ToOwned::to_owned)
            .collect();
        assert!(words.contains(&"vault".into()) && !words.contains(&"--workspace".into()));
    }
}
