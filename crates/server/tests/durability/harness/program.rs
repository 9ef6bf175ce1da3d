//! The program, serving a realm until it is ended.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use super::place::Place;

/// A running `chancery serve`.
pub struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts it and waits until it serves.
    pub fn start(place: &Place) -> Self {
        Self::start_with(place, &[])
    }

    /// The same, with more in its environment.
    pub fn start_with(place: &Place, environment: &[(&str, &str)]) -> Self {
        let mut program = Self::launch_with(place, environment);
        let mut lines = BufReader::new(program.child.stdout.take().unwrap()).lines();
        let address = place.address().replace("127.0.0.1", "localhost");
        let ready = lines.any(|line| line.is_ok_and(|line| line.contains(&address)));
        assert!(
            ready,
            "the program ended without serving:\n{}",
            program.log()
        );
        // The rest of what it prints is read too, or it would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        program
    }

    /// Starts it and does not wait.
    pub fn launch(place: &Place) -> Self {
        Self::launch_with(place, &[])
    }

    fn launch_with(place: &Place, environment: &[(&str, &str)]) -> Self {
        let log = place.log().to_owned();
        let errors = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let child = place
            .command(&["serve"])
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        Self { child, log }
    }

    /// Ends it at once (SIGKILL).
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has (SIGTERM).
    pub fn stop(mut self) {
        let asked = std::process::Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(asked.success());
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "{ended}\n{}", self.log());
    }

    /// What it said on standard error, in all its lives.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
