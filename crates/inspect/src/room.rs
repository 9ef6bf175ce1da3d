//! A room for a program of others: the programs of the system to be read, memory to be written, and nothing else; no network, no
//! other process, no key, no database, no way to make a room within it. bubblewrap builds it.
//!
//! It is for programs that open too much to be shut in as a worker shuts itself in. Content goes in and comes out through
//! pipes, and lies meanwhile in that memory alone, which is gone with the process.
//!
//! **Invariant:** no room outlives whoever started it for longer than it was to stand at most. bubblewrap asks the system to be
//! killed with its parent, which says nothing where that ended before it asked, and lets a room that is half built wait for ever.
//! So there are two clocks (timeout, of coreutils): one around the room, which at its end, or when it is told that its
//! parent has ended (setpriv, of util-linux), kills bubblewrap and what it builds; and one in the room, which ends it from within.

use std::io;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::{LazyLock, mpsc};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long a room takes to be built at most.
const BUILT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone)]
pub(crate) struct Room {
    bubblewrap: PathBuf,
    /// Ends a program after some time.
    clock: PathBuf,
    /// Tells the clock when whoever started it has ended.
    teller: Option<PathBuf>,
    /// What is let in beside the programs of the system, to be read.
    folders: Vec<PathBuf>,
    /// How much memory it has to be written, in bytes.
    size: u64,
    /// How long it stands at most.
    time: Duration,
}

/// A room that stands. Dropping it takes it down with all that is in there, however far it is built.
#[derive(Debug)]
pub(crate) struct Standing(pub(crate) Child);

impl Standing {
    /// Its pipes, once.
    pub(crate) fn pipes(&mut self) -> io::Result<(ChildStdin, ChildStdout)> {
        match (self.0.stdin.take(), self.0.stdout.take()) {
            (Some(input), Some(output)) => Ok((input, output)),
            _ => Err(io::Error::other("it has no pipes")),
        }
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        // What bubblewrap is building is in the group of the clock. Once it stands, it goes with bubblewrap. A process that
        // was waited for has no id any more: nobody else's group is meant.
        let leader = self.0.id().and_then(|id| i32::try_from(id).ok());
        if let Some(leader) = leader.and_then(Pid::from_raw) {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Room {
    /// Finds bubblewrap and builds a room to see that it can. Says what is missing.
    pub(crate) async fn find(
        folders: Vec<PathBuf>,
        size: u64,
        time: Duration,
    ) -> Result<Self, String> {
        let bubblewrap = on_path("bwrap").ok_or("bubblewrap (bwrap) is not installed")?;
        let clock = on_path("timeout").ok_or("timeout (coreutils) is not installed")?;
        let mut room = Self {
            bubblewrap,
            clock,
            teller: on_path("setpriv"),
            folders,
            size,
            time,
        };
        let mut stands = room.stands().await;
        if stands.is_err() && room.teller.is_some() {
            // An older one cannot do that: a room whose starter was killed stands until its time is over then.
            room.teller = None;
            stands = room.stands().await;
        }
        stands.map(|()| room)
    }

    /// Whether it can be built.
    async fn stands(&self) -> Result<(), String> {
        match timeout(BUILT, self.said("true", &[])).await {
            Ok(Ok(output)) if output.status.success() => Ok(()),
            Ok(Ok(output)) => Err(format!(
                "bubblewrap cannot build a room here ({})",
                output.status
            )),
            Ok(Err(error)) => Err(format!("bubblewrap cannot be started: {error}")),
            Err(_) => Err("bubblewrap does not end".to_owned()),
        }
    }

    /// The same, larger or smaller, for a longer or shorter time.
    pub(crate) fn with(mut self, size: u64, time: Duration) -> Self {
        self.size = size;
        self.time = time;
        self
    }

    /// What a program says in the room, to which nothing is said.
    pub(crate) async fn said(&self, program: &str, arguments: &[&str]) -> io::Result<Output> {
        let mut standing = self.start(program, arguments)?;
        let (input, mut output) = standing.pipes()?;
        drop(input);
        let mut stdout = Vec::new();
        output.read_to_end(&mut stdout).await?;
        Ok(Output {
            status: standing.0.wait().await?,
            stdout,
            stderr: Vec::new(),
        })
    }

    /// A program in the room, with pipes.
    pub(crate) fn start(&self, program: &str, arguments: &[&str]) -> io::Result<Standing> {
        spawn(self.command(program, arguments)).map(Standing)
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let seconds = self.time.as_secs().max(1).to_string();
        let clock = ["--signal=KILL", &seconds];
        let mut command = match &self.teller {
            Some(teller) => {
                let mut command = Command::new(teller);
                command.args(["--pdeathsig", "ALRM"]).arg(&self.clock);
                command
            }
            None => Command::new(&self.clock),
        };
        command.args(clock).arg(&self.bubblewrap).args([
            "--unshare-all",
            "--unshare-user",
            "--disable-userns",
            "--uid",
            "65534",
            "--gid",
            "65534",
            "--hostname",
            "room",
            "--die-with-parent",
            "--new-session",
            "--cap-drop",
            "ALL",
            "--clearenv",
            "--setenv",
            "HOME",
            "/room",
            "--setenv",
            "TMPDIR",
            "/room",
            "--setenv",
            "PATH",
            "/usr/bin:/bin",
            "--setenv",
            "LANG",
            "C.UTF-8",
            // No printer, no screen, no colours of a desktop.
            "--setenv",
            "SAL_USE_VCLPLUGIN",
            "svp",
            // One thread: how many are at work is decided outside.
            "--setenv",
            "OMP_THREAD_LIMIT",
            "1",
            "--ro-bind",
            "/usr",
            "/usr",
        ]);
        for folder in ["/bin", "/lib", "/lib64", "/lib32", "/sbin"] {
            match std::fs::read_link(folder) {
                Ok(target) => command.arg("--symlink").arg(target).arg(folder),
                Err(_) => command.args(["--ro-bind-try", folder, folder]),
            };
        }
        // Where fonts are, and what a program of Debian may be a link through.
        for folder in ["/etc/fonts", "/etc/alternatives"] {
            command.args(["--ro-bind-try", folder, folder]);
        }
        for folder in &self.folders {
            command.arg("--ro-bind-try").arg(folder).arg(folder);
        }
        command
            .args(["--proc", "/proc", "--dev", "/dev", "--size"])
            .arg(self.size.to_string())
            // Nothing but the room can be written, so that it alone is how much memory can be taken.
            .args(["--tmpfs", "/room", "--symlink", "room", "/tmp"])
            .args(["--remount-ro", "/", "--remount-ro", "/dev"])
            .args(["--chdir", "/room", "--", "timeout"])
            .args(clock)
            .arg(program)
            .args(arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        command
    }
}

/// What is to be started, for whom, and where to say what came of it.
type Order = (Command, Handle, mpsc::Sender<io::Result<Child>>);

/// Starts rooms. To the system a parent is a thread: what asks to end with its parent ends with the thread that started it, and
/// threads of a runtime come and go. This one ends with the process.
static STARTER: LazyLock<io::Result<mpsc::Sender<Order>>> = LazyLock::new(|| {
    let (orders, taken) = mpsc::channel::<Order>();
    std::thread::Builder::new()
        .name("rooms".to_owned())
        .spawn(move || {
            for (mut command, runtime, answer) in taken {
                let _here = runtime.enter();
                // Whoever asked waits for it.
                let _ = answer.send(command.spawn());
            }
        })
        .map(|_| orders)
});

fn spawn(command: Command) -> io::Result<Child> {
    let gone = || io::Error::other("nobody starts rooms any more");
    let (answer, answered) = mpsc::channel();
    let orders = STARTER.as_ref().map_err(|_| gone())?;
    let order = (command, Handle::current(), answer);
    orders.send(order).map_err(|_| gone())?;
    answered.recv().map_err(|_| gone())?
}

/// Where a program is.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    #[allow(
        clippy::disallowed_methods,
        reason = "where programs are is said by the environment"
    )]
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests;
