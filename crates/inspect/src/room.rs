//! A room for a program of others: the programs of the system to be read, memory to be written, and nothing else; no network, no
//! other process, no key, no database, no way to make a room within it. bubblewrap builds it.
//!
//! It is for programs that open too much to be shut in as a worker shuts itself in. Content goes in and comes out through
//! pipes, and lies meanwhile in that memory alone, which is gone with the process.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// How long a room takes to be built at most.
const BUILT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone)]
pub(crate) struct Room {
    bubblewrap: PathBuf,
    /// What is let in beside the programs of the system, to be read.
    folders: Vec<PathBuf>,
    /// How much memory it has to be written, in bytes.
    size: u64,
}

impl Room {
    /// Finds bubblewrap and builds a room to see that it can. Says what is missing.
    pub(crate) async fn find(folders: Vec<PathBuf>, size: u64) -> Result<Self, String> {
        let bubblewrap = on_path("bwrap").ok_or("bubblewrap (bwrap) is not installed")?;
        let room = Self {
            bubblewrap,
            folders,
            size,
        };
        match timeout(BUILT, room.command("true", &[]).output()).await {
            Ok(Ok(output)) if output.status.success() => Ok(room),
            Ok(Ok(output)) => Err(format!(
                "bubblewrap cannot build a room here ({})",
                output.status
            )),
            Ok(Err(error)) => Err(format!("bubblewrap cannot be started: {error}")),
            Err(_) => Err("bubblewrap does not end".to_owned()),
        }
    }

    /// The same, larger or smaller.
    pub(crate) fn sized(mut self, size: u64) -> Self {
        self.size = size;
        self
    }

    /// A program in the room, with pipes.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.bubblewrap);
        command.args([
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
            .args(["--chdir", "/room", "--"])
            .arg(program)
            .args(arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        command
    }
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
