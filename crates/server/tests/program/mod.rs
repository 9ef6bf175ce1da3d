//! The program as an operator runs it: a realm of its own, real processes, real sockets.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the program"
)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A realm that nobody has used yet.
pub struct Realm {
    directory: TempDir,
    port: u16,
}

/// The program, serving a realm.
pub struct Program {
    child: Child,
    port: u16,
    log: Arc<Mutex<String>>,
}

/// An address that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Asks again until it is so; whoever polls another process cannot do better.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let tries = 600;
    for _ in 0..tries {
        if so() {
            return;
        }
        pause();
    }
    panic!("it never came to this: {what}");
}

#[allow(clippy::disallowed_methods, reason = "polls another process")]
fn pause() {
    std::thread::sleep(PATIENCE / 600);
}

impl Realm {
    /// Made with `chancery init` on SQLite.
    pub fn new() -> Self {
        Self::on("sqlite:realm.db")
    }

    /// The same on another database.
    pub fn on(database: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let made = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["init", "--name", "Test realm", "--designation", "OFFICIAL"])
            .args(["--run-by", "Testers", "--database", database])
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .current_dir(directory.path())
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self { directory, port }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Says more in a section of the configuration.
    pub fn say(&self, section: &str, lines: &str) {
        let file = self.path("realm.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let heading = format!("[{section}]\n");
        let text = if text.contains(&heading) {
            text.replace(&heading, &format!("{heading}{lines}\n"))
        } else {
            format!("{text}\n{heading}{lines}\n")
        };
        std::fs::write(file, text).unwrap();
    }

    /// Replaces a part of the configuration.
    pub fn replace(&self, from: &str, to: &str) {
        let file = self.path("realm.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(file, text.replace(from, to)).unwrap();
    }

    /// A command of the program about this realm: whether it went well, and all that it said.
    pub fn command(&self, words: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(words)
            .current_dir(self.directory.path())
            .env("CHANCERY_LOG", "warn")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// Serves it.
    pub fn serve(&self) -> Program {
        Program::start(self.directory.path(), self.port, &["serve"])
    }
}

impl Program {
    /// Runs the program in a directory until it says where it is.
    pub fn start(directory: &Path, port: u16, words: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(words)
            .current_dir(directory)
            .env("CHANCERY_LOG", "info,sqlx=warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                let mut line = String::new();
                while errors.read_line(&mut line).is_ok_and(|read| read > 0) {
                    log.lock().unwrap().push_str(&line);
                    line.clear();
                }
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let serves = lines.any(|line| line.is_ok_and(|line| line.contains(" is at http")));
        let program = Self { child, port, log };
        assert!(serves, "it ended without serving:\n{}", program.log());
        std::thread::spawn(move || lines.for_each(drop));
        program
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// A connection to it.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Asks for a page, over a connection of its own; the whole answer.
    pub fn get(&self, path: &str) -> String {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ))
    }

    /// Sends these bytes; everything that comes back until the other side closes.
    pub fn send(&self, request: &str) -> String {
        let mut stream = self.connect();
        // The other side may have heard enough before we have said everything.
        let _ = stream.write_all(request.as_bytes());
        read(&mut stream)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until it ends.
    pub fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        until("the program ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Whether it runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything until the other side closes.
pub fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read) = stream.read(&mut piece) {
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The status of a raw answer; 0 when there was none.
pub fn status(answer: &str) -> u16 {
    answer
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}
