//! A child process that ends when the process that started it does.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// The user and group that a child runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Identity {
    /// Looks a user up in `/etc/passwd` by name.
    pub(crate) fn of(user: &str) -> Option<Self> {
        let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
        Self::among(&passwd, user)
    }

    fn among(passwd: &str, user: &str) -> Option<Self> {
        passwd.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, uid, gid, ..] = fields[..] else {
                return None;
            };
            (name == user).then_some(Self {
                uid: uid.parse().ok()?,
                gid: gid.parse().ok()?,
            })
        })
    }
}

/// What to start.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// Where it runs, and where its standard error goes.
    pub(crate) directory: PathBuf,
    /// The name, in `directory`, of the file that takes its standard error.
    pub(crate) log: &'static str,
    /// Another user, where this one may not run the program.
    pub(crate) identity: Option<Identity>,
    /// What asks the program to end in good order.
    pub(crate) ends_on: Signal,
    /// A process group of its own keeps a terminal's Ctrl-C away from it.
    pub(crate) own_group: bool,
}

/// A running child. Dropping it ends the child.
///
/// One thread starts the child, reads what it says and waits for it. That is
/// more than convenience: Linux ties the parent-death signal to the *thread*
/// that started the child, so that thread has to last as long as the child.
#[derive(Debug)]
pub(crate) struct Child {
    pid: Pid,
    ends_on: Signal,
    said: Receiver<String>,
    ended: Receiver<String>,
    over: bool,
}

impl Child {
    pub(crate) fn start(start: Start) -> io::Result<Self> {
        let (tell_started, started) = mpsc::channel();
        let (say, said) = mpsc::channel();
        let (tell_ended, ended) = mpsc::channel();
        let ends_on = start.ends_on;
        thread::spawn(move || {
            let mut child = match command(&start).and_then(|mut command| command.spawn()) {
                Ok(child) => child,
                Err(error) => {
                    let _ = tell_started.send(Err(error));
                    return;
                }
            };
            let _ = tell_started.send(Ok(Pid::from_child(&child)));
            if let Some(output) = child.stdout.take() {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    // Nobody listens any longer: read on, so that the child never blocks.
                    let _ = say.send(line);
                }
            }
            let verdict = match child.wait() {
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            };
            let _ = tell_ended.send(verdict);
        });
        let pid = started
            .recv()
            .map_err(|_| io::Error::other("the thread that starts the child ended"))??;
        Ok(Self {
            pid,
            ends_on,
            said,
            ended,
            over: false,
        })
    }

    /// The next line on the child's standard output, or none within `patience`.
    pub(crate) fn next_line(&self, patience: Duration) -> Option<String> {
        self.said.recv_timeout(patience).ok()
    }

    /// How it ended, if it has.
    pub(crate) fn has_ended(&mut self) -> Option<String> {
        if self.over {
            return Some("it had ended before".to_owned());
        }
        let verdict = self.ended.try_recv().ok()?;
        self.over = true;
        Some(verdict)
    }

    /// Ends it at once, without a chance to do anything about it.
    pub(crate) fn kill(&mut self) {
        if !self.over && kill_process(self.pid, Signal::KILL).is_ok() {
            let _ = self.ended.recv_timeout(Duration::from_secs(10));
            self.over = true;
        }
    }

    /// Asks it to end, and makes it after `patience`.
    pub(crate) fn end(&mut self, patience: Duration) {
        if self.over {
            return;
        }
        while self.said.try_recv().is_ok() {}
        for signal in [self.ends_on, Signal::KILL] {
            if kill_process(self.pid, signal).is_err() {
                break;
            }
            match self.ended.recv_timeout(patience) {
                Ok(_) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        self.over = true;
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end(Duration::from_secs(10));
    }
}

fn command(start: &Start) -> io::Result<Command> {
    let log = std::fs::File::create(start.directory.join(start.log))?;
    // util-linux's setpriv asks the kernel to end the child when we are killed
    // outright and have no time to do it. Elsewhere only our own ending does.
    let mut command = match on_path("setpriv") {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            let name = if start.ends_on == Signal::INT {
                "INT"
            } else {
                "TERM"
            };
            command
                .args(["--pdeathsig", name, "--"])
                .arg(&start.program);
            command
        }
        None => Command::new(&start.program),
    };
    command
        .args(&start.arguments)
        .current_dir(&start.directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log);
    if let Some(Identity { uid, gid }) = start.identity {
        command.uid(uid).gid(gid);
    }
    if start.own_group {
        command.process_group(0);
    }
    Ok(command)
}

/// The first executable of this name on the search path.
pub fn on_path(name: impl AsRef<OsStr>) -> Option<PathBuf> {
    #[allow(
        clippy::disallowed_methods,
        reason = "where programs are is the machine's to say"
    )]
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name.as_ref()))
        .find(|file| file.is_file())
}

/// The end of a log, for a message about why a child did not start.
pub(crate) fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let mut tail = String::new();
    for line in &lines[lines.len().saturating_sub(15)..] {
        let _ = write!(tail, "\n    {line}");
    }
    tail
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_user_is_found_by_the_whole_name_only() {
        let passwd =
            "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533::/:/bin/false\nbroken\n";
        assert_eq!(
            Identity::among(passwd, "nobody"),
            Some(Identity {
                uid: 65534,
                gid: 65533
            })
        );
        assert_eq!(Identity::among(passwd, "no"), None);
        assert_eq!(Identity::among(passwd, "broken"), None);
    }

    #[test]
    fn a_dropped_child_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let child = Child::start(Start {
            program: "/bin/sleep".into(),
            arguments: vec!["600".into()],
            directory: directory.path().into(),
            log: "log",
            identity: None,
            ends_on: Signal::TERM,
            own_group: false,
        })
        .unwrap();
        let pid = child.pid;
        assert!(rustix::process::test_kill_process(pid).is_ok());
        drop(child);
        assert!(rustix::process::test_kill_process(pid).is_err());
    }
}
