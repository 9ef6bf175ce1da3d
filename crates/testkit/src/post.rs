//! A mail server of a test's own (aiosmtpd, in Python): it keeps what it is sent, and refuses what it is told to.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::process::{Child, Start, tail};

/// The system's Python, whose packages Debian's are; another one may come first on the search path.
pub const PYTHON: &str = "/usr/bin/python3";

const PROGRAM: &str = include_str!("post.py");
const LOG: &str = "post.err";

/// How it is spoken to.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// Its certificate and key in PEM, when it speaks TLS.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// TLS from the first byte, rather than after STARTTLS.
    pub implicit: bool,
    /// Who may send, and their password. Anybody otherwise.
    pub user: Option<(String, String)>,
}

/// Something that it does while it is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It says to everything that one should come again later.
    Busy,
    /// It takes nothing from whom it is sent by.
    Stranger,
    /// It takes the whole message and does not answer.
    Hang,
    /// It takes no message, whatever is in it.
    Broken,
}

/// A message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// From whom the envelope says that it is.
    pub from: String,
    /// Whom the envelope says that it is for.
    pub to: String,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// Who signed in to send it; empty for nobody.
    pub user: String,
    /// Its head and body, as they came.
    pub text: String,
}

impl Letter {
    /// The whole value of a header, unfolded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\r\n\r\n").next()?.replace("\r\n ", " ");
        let mut values = head.split("\r\n").filter_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        });
        values.next()
    }

    /// What stands below its head.
    #[must_use]
    pub fn body(&self) -> &str {
        self.text
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body)
    }
}

/// A running mail server. Nobody's post goes further than it; dropping it ends it.
#[derive(Debug)]
pub struct Post {
    child: Child,
    port: u16,
    manner: Manner,
    directory: TempDir,
}

impl Post {
    /// Starts one that anybody may send by, in clear.
    ///
    /// # Errors
    /// When aiosmtpd is not installed, or does not start.
    pub fn start() -> io::Result<Self> {
        Self::with(Manner::default())
    }

    /// Starts one.
    ///
    /// # Errors
    /// As [`Post::start`].
    pub fn with(manner: Manner) -> io::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("chancery-post-")
            .tempdir()?;
        let (child, port) = run(&manner, directory.path(), 0)?;
        Ok(Self {
            child,
            port,
            manner,
            directory,
        })
    }

    /// The port of 127.0.0.1 where it is.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Puts it into a mood, or out of it.
    ///
    /// # Panics
    /// When its directory is gone.
    pub fn mood(&self, mood: Mood, on: bool) {
        let name = match mood {
            Mood::Busy => "busy",
            Mood::Stranger => "stranger",
            Mood::Hang => "hang",
            Mood::Broken => "broken",
        };
        let file = self.directory.path().join(name);
        if on {
            std::fs::write(file, "").expect("its directory is there");
        } else {
            let _ = std::fs::remove_file(file);
        }
    }

    /// Whether it keeps somebody waiting for its answer to a message, by [`Mood::Hang`].
    #[must_use]
    pub fn hangs(&self) -> bool {
        self.directory.path().join("hanging").exists()
    }

    /// Every message that it took, in order.
    ///
    /// # Panics
    /// When its directory cannot be read.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        let entries = std::fs::read_dir(self.directory.path()).expect("its directory is there");
        let mut files: Vec<PathBuf> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "eml"))
            .collect();
        files.sort();
        files.iter().filter_map(|file| letter(file)).collect()
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.child.kill();
    }

    /// Starts it again where it was; it has what it took.
    ///
    /// # Errors
    /// As [`Post::start`].
    pub fn start_again(&mut self) -> io::Result<()> {
        self.child.kill();
        let (child, _) = run(&self.manner, self.directory.path(), self.port)?;
        self.child = child;
        Ok(())
    }
}

fn letter(file: &Path) -> Option<Letter> {
    let bytes = std::fs::read(file).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut parts = text.splitn(5, '\n');
    Some(Letter {
        from: parts.next()?.to_owned(),
        to: parts.next()?.to_owned(),
        encrypted: parts.next()? == "tls",
        user: parts.next()?.to_owned(),
        text: parts.next()?.to_owned(),
    })
}

fn run(manner: &Manner, directory: &Path, port: u16) -> io::Result<(Child, u16)> {
    let program = directory.join("post.py");
    std::fs::write(&program, PROGRAM)?;
    let text = |path: &Path| path.display().to_string();
    let mut arguments = vec![text(&program), "--directory".to_owned(), text(directory)];
    arguments.extend(["--port".to_owned(), port.to_string()]);
    if let Some((certificate, key)) = &manner.certificate {
        arguments.extend(["--certificate".to_owned(), text(certificate)]);
        arguments.extend(["--key".to_owned(), text(key)]);
    }
    if manner.implicit {
        arguments.push("--implicit".to_owned());
    }
    if let Some((user, password)) = &manner.user {
        arguments.extend(["--user".to_owned(), user.clone()]);
        arguments.extend(["--password".to_owned(), password.clone()]);
    }
    let child = Child::start(Start {
        program: PYTHON.into(),
        arguments,
        directory: directory.to_owned(),
        log: LOG,
        identity: None,
        ends_on: Signal::TERM,
        own_group: true,
    })?;
    let said = child.next_line(Duration::from_secs(30));
    match said.and_then(|line| line.parse().ok()) {
        Some(port) => Ok((child, port)),
        None => Err(io::Error::other(format!(
            "the mail server did not start (on Debian: python3-aiosmtpd){}",
            tail(&directory.join(LOG))
        ))),
    }
}
