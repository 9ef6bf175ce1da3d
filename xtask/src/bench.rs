//! `cargo xtask bench`: what is measured, on the real program.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;

use crate::Failure;
use crate::command::{self, built, cargo};
use crate::machine::{Need, provide};

/// Measurements are made on this profile, and say so.
const PROFILE: &str = "bench-like";

/// What it takes.
pub(crate) const NEEDS: &[Need] = &[Need::Rust, Need::C, Need::Node, Need::Postgres];

/// What the person asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// A run of seconds, on what is built for tests.
    quick: bool,
    /// Of WebDAV, beside other servers.
    dav: bool,
    /// Of files that are read for their markings.
    scan: bool,
    profile: Option<String>,
    /// The measures and databases, handed on.
    arguments: Vec<OsString>,
}

impl Wanted {
    pub(crate) fn parse(arguments: &mut lexopt::Parser) -> Result<Self, Failure> {
        let mut wanted = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("quick") => wanted.quick = true,
                Value(what) if what == "dav" => wanted.dav = true,
                Value(what) if what == "scan" => wanted.scan = true,
                Long("profile") => wanted.profile = Some(arguments.value()?.string()?),
                Long(name @ ("only" | "on")) => {
                    let name = format!("--{name}");
                    wanted.arguments.extend([name.into(), arguments.value()?]);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(wanted)
    }

    /// A run that shows that the measurements work, for `cargo xtask test`.
    pub(crate) fn quick() -> Self {
        Self {
            quick: true,
            ..Self::default()
        }
    }

    fn profile(&self) -> &str {
        let usual = if self.quick { "dev" } else { PROFILE };
        self.profile.as_deref().unwrap_or(usual)
    }
}

/// Builds both programs and runs the one that measures. A whole run writes its results into `benches/`.
pub(crate) fn bench(wanted: &Wanted) -> Result<(), Failure> {
    provide(NEEDS)?;
    if wanted.dav {
        provide(&[Need::Files, Need::Apache])?;
    }
    if wanted.scan {
        provide(&[Need::Office])?;
        crate::corpus::make()?;
    }
    let program = build(wanted.profile(), "chancery")?;
    let mut bench = command::program(build(wanted.profile(), "bench")?);
    bench.arg("--program").arg(program);
    bench.args(["--profile", wanted.profile()]);
    bench.args(&wanted.arguments);
    if wanted.dav {
        bench.arg("dav");
    }
    if wanted.scan {
        // What is there: those that others made, and those that `cargo xtask corpus` made.
        bench.arg("scan");
        for corpus in ["../shared/corpus", "target/corpus/files"] {
            bench.arg("--corpus").arg(command::top().join(corpus));
        }
    }
    if wanted.quick {
        bench.arg("--quick");
    } else if wanted.arguments.is_empty() {
        bench.arg("--out").arg(command::top().join("benches"));
    }
    command::run(&mut bench)
}

/// Both packages each time, so that what they share is built once, with the features of both.
fn build(profile: &str, name: &str) -> Result<PathBuf, Failure> {
    let packages = ["--package", "server", "--package", "bench", "--bins"];
    let mut build = cargo(&["build"]);
    build.args(packages).args(["--profile", profile]);
    built(build, name)
}
