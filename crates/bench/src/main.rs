//! What is measured, and the program that measures it.
//!
//! It makes a realm of its own, starts the real program over it, and asks it over HTTP on
//! loopback. It never fails for being slow: what it says are figures, and whoever reads them judges.
//! `cargo xtask bench` builds both programs and runs this one; `benches/README.md` says how to read
//! the results.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks to the person who typed it"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "measuring reads the clock, and waits for a process to answer by asking it"
)]
#![allow(
    clippy::cast_precision_loss,
    reason = "figures are read by people: nobody counts to 2^52 here"
)]

mod dav;
mod figures;
mod load;
mod measures;
mod painted;
mod peers;
mod program;
mod report;
mod requests;
mod scan;
mod scene;
mod visible;
mod wire;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::*;

use scene::Engine;

/// Whatever went wrong, in words: a measurement that cannot be made ends the run.
type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// What the person asked for.
#[derive(Debug)]
struct Wanted {
    /// The program that is measured.
    program: PathBuf,
    /// Which profile it was built with, for the report.
    profile: String,
    /// A run of seconds that shows that everything works; its figures mean nothing.
    quick: bool,
    /// Measures whose name begins so; all when empty.
    only: Vec<String>,
    engines: Vec<Engine>,
    /// Of WebDAV, beside other servers.
    dav: bool,
    /// Of files that are read for their markings.
    scan: bool,
    /// Where the files are that it reads.
    corpora: Vec<PathBuf>,
    /// Where the results are written.
    out: Option<PathBuf>,
    /// Make the realm in this directory and leave it there, for a profiler.
    keep: Option<PathBuf>,
    /// In this database instead of SQLite's, if it is to be kept.
    database: Option<String>,
}

impl Wanted {
    fn parse() -> Outcome<Self> {
        let mut wanted = Self {
            program: PathBuf::new(),
            profile: "unknown".to_owned(),
            quick: false,
            only: Vec::new(),
            engines: Vec::new(),
            dav: false,
            scan: false,
            corpora: Vec::new(),
            out: None,
            keep: None,
            database: None,
        };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("program") => wanted.program = arguments.value()?.into(),
                Long("profile") => wanted.profile = arguments.value()?.string()?,
                Long("quick") => wanted.quick = true,
                Long("only") => wanted.only.push(arguments.value()?.string()?),
                Long("on") => wanted.engines.push(arguments.value()?.parse()?),
                Value(what) if what == "dav" => wanted.dav = true,
                Value(what) if what == "scan" => wanted.scan = true,
                Long("corpus") => wanted.corpora.push(arguments.value()?.into()),
                Long("keep") => wanted.keep = Some(arguments.value()?.into()),
                Long("database") => wanted.database = Some(arguments.value()?.string()?),
                Long("out") => wanted.out = Some(arguments.value()?.into()),
                other => return Err(other.unexpected().into()),
            }
        }
        if wanted.engines.is_empty() {
            wanted.engines = vec![Engine::Sqlite, Engine::Postgres];
        }
        if wanted.program.as_os_str().is_empty() {
            return Err(
                "name the program to measure with --program, or run `cargo xtask bench`".into(),
            );
        }
        Ok(wanted)
    }

    /// Whether a measure of this name was asked for.
    fn asks(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.starts_with(only.as_str()))
    }
}

fn main() -> ExitCode {
    let outcome = Wanted::parse().and_then(|wanted| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?
            .block_on(run(&wanted))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(wanted: &Wanted) -> Outcome {
    if let Some(directory) = &wanted.keep {
        return measures::keep(wanted, directory).await;
    }
    if wanted.dav {
        return dav::measure(wanted).await;
    }
    if wanted.scan {
        return scan::measure(wanted).await;
    }
    let mut report = report::Report::new(wanted);
    for engine in &wanted.engines {
        measures::measure(wanted, *engine, &mut report).await?;
    }
    print!("{}", report.table());
    if let Some(out) = &wanted.out {
        report.write(out, "results")?;
    }
    Ok(())
}
