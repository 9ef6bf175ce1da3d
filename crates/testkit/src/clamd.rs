//! A clamd of a test's own: ClamAV's real daemon, with one signature, on a socket and a port of its own.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::process::{Child, Start, on_path, tail};

/// What the one signature is called, as clamd names what it finds.
pub const SIGNATURE: &str = "Chancery.Test.Eicar.UNOFFICIAL";

/// The longest stream that it takes, in bytes, and the largest content that it looks through.
pub const LARGEST: u64 = 1024 * 1024;

/// The file that every scanner takes for malware and that does nothing (EICAR). It is put together here, because a scanner of
/// whoever keeps this source would find it too.
#[must_use]
pub fn eicar() -> Vec<u8> {
    [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}",
        "$EICAR",
        "-STANDARD-",
        "ANTIVIRUS-TEST",
        "-FILE!$",
        "H+H*",
    ]
    .concat()
    .into_bytes()
}

/// A running clamd. Dropping it ends it.
#[derive(Debug)]
pub struct Clamd {
    // The order matters: it ends before its directory goes.
    child: Child,
    port: u16,
    program: PathBuf,
    directory: TempDir,
}

impl Clamd {
    /// Starts one, and waits until it answers.
    ///
    /// # Errors
    /// When clamd is not installed, or does not start: in words for the person who runs the tests.
    pub fn start() -> io::Result<Self> {
        let program = program()
            .ok_or_else(|| io::Error::other("clamd is not installed (on Debian: clamav-daemon)"))?;
        let directory = tempfile::Builder::new()
            .prefix("chancery-clamd-")
            .tempdir()?;
        let signatures = directory.path().join("signatures");
        std::fs::create_dir(&signatures)?;
        let mut hex = String::new();
        for byte in eicar() {
            let _ = write!(hex, "{byte:02x}");
        }
        let name = SIGNATURE.trim_end_matches(".UNOFFICIAL");
        std::fs::write(signatures.join("test.ndb"), format!("{name}:0:*:{hex}\n"))?;
        // Between finding a free port and using it somebody may take it: try again.
        let mut last = io::Error::other("no free port");
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            match run(&program, directory.path(), port) {
                Ok(child) => {
                    return Ok(Self {
                        child,
                        port,
                        program,
                        directory,
                    });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Its address on this machine: `unix:/…`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("unix:{}", socket(self.directory.path()).display())
    }

    /// Its address on the network, `host:port`.
    #[must_use]
    pub fn on_network(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Ends it at once, in the middle of what it does.
    pub fn kill(&mut self) {
        self.child.kill();
    }

    /// Starts it again where it was.
    ///
    /// # Errors
    /// As [`Clamd::start`].
    pub fn start_again(&mut self) -> io::Result<()> {
        self.child.kill();
        self.child = run(&self.program, self.directory.path(), self.port)?;
        Ok(())
    }
}

fn socket(directory: &Path) -> PathBuf {
    directory.join("clamd.ctl")
}

/// Where the program is: on Debian it is where only root looks for programs.
#[must_use]
pub fn program() -> Option<PathBuf> {
    on_path("clamd")
        .or_else(|| Some(PathBuf::from("/usr/sbin/clamd")).filter(|file| file.is_file()))
}

fn run(program: &Path, directory: &Path, port: u16) -> io::Result<Child> {
    const LOG: &str = "clamd.err";
    let (shown, socket) = (directory.display(), socket(directory));
    let settings = directory.join("clamd.conf");
    std::fs::write(
        &settings,
        format!(
            "Foreground yes\nLogFile {shown}/clamd.log\nDatabaseDirectory {shown}/signatures\nTemporaryDirectory {shown}\n\
             LocalSocket {}\nFixStaleSocket yes\nTCPSocket {port}\nTCPAddr 127.0.0.1\nMaxThreads 4\n\
             StreamMaxLength {LARGEST}\nMaxFileSize {LARGEST}\nMaxScanSize {LARGEST}\nAlertExceedsMax yes\nSelfCheck 0\n",
            socket.display()
        ),
    )?;
    let mut child = Child::start(Start {
        program: program.to_owned(),
        arguments: vec![format!("--config-file={}", settings.display())],
        directory: directory.to_owned(),
        log: LOG,
        identity: None,
        ends_on: Signal::TERM,
        own_group: true,
    })?;
    let patience = Duration::from_secs(30);
    let begun = now();
    while now().duration_since(begun) < patience {
        if answers(&socket) {
            return Ok(child);
        }
        if let Some(how) = child.has_ended() {
            let said = [
                tail(&directory.join("clamd.log")),
                tail(&directory.join(LOG)),
            ]
            .concat();
            return Err(io::Error::other(format!("clamd ended: {how}{said}")));
        }
        pause();
    }
    let said = tail(&directory.join("clamd.log"));
    Err(io::Error::other(format!(
        "clamd does not answer after {patience:?}{said}"
    )))
}

fn answers(socket: &Path) -> bool {
    let Ok(mut stream) = UnixStream::connect(socket) else {
        return false;
    };
    let mut said = Vec::new();
    let asked = stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .and_then(|()| stream.write_all(b"zPING\0"))
        .and_then(|()| stream.read_to_end(&mut said));
    asked.is_ok() && said == b"PONG\0"
}

#[allow(
    clippy::disallowed_methods,
    reason = "how long a program takes to start"
)]
fn now() -> Instant {
    Instant::now()
}

#[allow(
    clippy::disallowed_methods,
    reason = "a daemon says nothing when it begins to listen"
)]
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}
