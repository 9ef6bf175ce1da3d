//! Running other programs.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::Pid;

use crate::{Failure, interrupt};

/// The top of the checkout.
pub(crate) fn top() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("xtask is one folder below the top")
        .to_owned()
}

/// A program to be run at the top of the checkout.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(top());
    // `cargo run` describes this package to us in the environment. Passed on, build
    // scripts that watch these variables would run again for no reason.
    for (name, _) in std::env::vars_os() {
        let described = name.to_str().is_some_and(|name| {
            [
                "CARGO_PKG_",
                "CARGO_MANIFEST_",
                "CARGO_BIN_",
                "CARGO_CRATE_",
                "CARGO_PRIMARY_",
            ]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        });
        if described {
            command.env_remove(&name);
        }
    }
    command
}

/// Cargo with these words. In continuous integration the lock file is not to change.
pub(crate) fn cargo(words: &[&str]) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words);
    if continuous_integration() && !matches!(words.first(), Some(&("fmt" | "deny" | "install"))) {
        command.arg("--locked");
    }
    command
}

/// Runs a build and says where the program of this name is.
pub(crate) fn built(mut build: Command, name: &str) -> Result<PathBuf, Failure> {
    build.arg("--message-format=json-render-diagnostics");
    let mut child = build.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().expect("it was asked for");
    let mut program = None;
    for line in BufReader::new(output).lines() {
        let message: serde_json::Value = serde_json::from_str(&line?)?;
        if message["target"]["name"] == name
            && let Some(path) = message["executable"].as_str()
        {
            program = Some(PathBuf::from(path));
        }
    }
    if !child.wait()?.success() {
        return Err(Failure::new(format!("{name} could not be built")));
    }
    program.ok_or_else(|| Failure::new(format!("cargo built no program {name}")))
}

/// Whether this is a run of continuous integration.
pub(crate) fn continuous_integration() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}

/// Runs a command with our own input and output, and fails if it fails.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let written = written(command);
    println!("$ {written}");
    let mut child = command
        .spawn()
        .map_err(|error| Failure::new(format!("{written}: {error}")))?;
    interrupt::child(Some(Pid::from_child(&child)));
    let status = child.wait();
    interrupt::child(None);
    match status? {
        _ if interrupt::came() => Err(Failure::new("interrupted")),
        status if status.success() => Ok(()),
        status => Err(Failure::new(format!("{written}: {status}"))),
    }
}

/// What a command prints, or nothing if it is missing or fails.
pub(crate) fn answer(name: &str, words: &[&str]) -> Option<String> {
    let output = program(name)
        .args(words)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command as a person would type it.
fn written(command: &Command) -> String {
    let program = Path::new(command.get_program());
    std::iter::once(program.file_name().unwrap_or(program.as_os_str()))
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
