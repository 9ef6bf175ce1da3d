//! Other servers of WebDAV on the same machine and disk, with the same files: what ours is measured against.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::geteuid;
use tokio::process::{Child, Command};

use crate::Outcome;
use crate::program::{Cpu, Served, free_port, resident, used_by};
use crate::requests::noise;
use crate::scene::{SMALL, SMALL_FILES, Size, UPLOADS, returns};
use crate::wire::Wire;

/// Whom Debian's apache runs as, when it is started by root.
const APACHE: (&str, u32) = ("www-data", 33);

const MODULES: [&str; 4] = ["mpm_event", "authz_core", "dav", "dav_fs"];

/// Which other server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Apache with `mod_dav`. It does not wait for the disk, and nobody signs in.
    Apache,
    /// The same over a directory that is synchronous (`chattr +S`): every write waits for the disk.
    ApacheSynchronous,
    /// `rclone serve webdav`. It does not wait for the disk, and nobody signs in.
    Rclone,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Apache, Self::ApacheSynchronous, Self::Rclone];

    fn name(self) -> &'static str {
        match self {
            Self::Apache => "apache mod_dav",
            Self::ApacheSynchronous => "apache mod_dav, chattr +S",
            Self::Rclone => "rclone serve webdav",
        }
    }
}

/// A running server. It goes with this value.
pub(crate) struct Peer {
    kind: Kind,
    child: Child,
    pid: u32,
    address: SocketAddr,
}

impl Peer {
    /// Starts it over the files of a directory.
    pub(crate) async fn start(kind: Kind, directory: &Path, files: &Path) -> Outcome<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let mut command = match kind {
            Kind::Apache | Kind::ApacheSynchronous => apache(directory, files, address)?,
            Kind::Rclone => {
                let mut command = Command::new("rclone");
                command.args(["serve", "webdav"]).arg(files);
                command.args(["--addr", &address.to_string()]);
                // Its own configuration, in which there is nothing.
                command.env("RCLONE_CONFIG", directory.join("rclone.conf"));
                command
            }
        };
        let log = fs::File::create(directory.join("peer.log"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().ok_or("the other server ended at once")?;
        let peer = Self {
            kind,
            child,
            pid,
            address,
        };
        let begun = Instant::now();
        while Wire::open(address).await.is_err() {
            if begun.elapsed() > Duration::from_secs(20) {
                let said = fs::read_to_string(directory.join("peer.log"))?;
                return Err(format!("{} did not start: {said}", kind.name()).into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(peer)
    }

    pub(crate) fn memory(&self) -> f64 {
        resident(self.pid)
    }

    pub(crate) async fn stop(mut self) -> Outcome {
        if let Some(pid) = i32::try_from(self.pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        tokio::time::timeout(Duration::from_mins(1), self.child.wait()).await??;
        Ok(())
    }
}

impl Served for Peer {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn name(&self) -> &'static str {
        self.kind.name()
    }

    fn cpu(&self) -> Cpu {
        Cpu {
            server: used_by(self.pid),
            database: Duration::ZERO,
        }
    }
}

fn apache(directory: &Path, files: &Path, address: SocketAddr) -> Outcome<Command> {
    let mut text = String::new();
    for module in MODULES {
        let _ = writeln!(
            text,
            "LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so"
        );
    }
    let state = directory.join("apache");
    fs::create_dir_all(&state)?;
    let _ = write!(
        text,
        "ServerRoot {state}\nServerName localhost\nListen {address}\nPidFile {state}/pid\nErrorLog {state}/error.log\n\
         DocumentRoot {files}\nDavLockDB {state}/locks\nKeepAlive On\nMaxKeepAliveRequests 0\nLogLevel error\n\
         <Directory {files}>\n  Dav On\n  Require all granted\n  AllowOverride None\n</Directory>\n",
        state = state.display(),
        files = files.display(),
    );
    if geteuid().is_root() {
        let _ = write!(text, "User {0}\nGroup {0}\n", APACHE.0);
        chown(&state, Some(APACHE.1), Some(APACHE.1))?;
    }
    let config = state.join("apache.conf");
    fs::write(&config, text)?;
    let mut command = Command::new("/usr/sbin/apache2");
    command.arg("-DFOREGROUND").arg("-f").arg(config);
    Ok(command)
}

/// Makes the same directories and files as the libraries of the scene have.
pub(crate) fn files(directory: &Path, size: Size, synchronous: bool) -> Outcome<PathBuf> {
    let files = directory.join("files");
    for count in size.libraries {
        let library = files.join(returns(count));
        fs::create_dir_all(&library)?;
        let content = noise(count, SMALL);
        let first = library.join("Return 0.txt");
        fs::write(&first, &content)?;
        // Names are what is listed: the content is one.
        for number in 1..count {
            let name = library.join(format!("Return {number}.txt"));
            // A file system has a most of names for one file.
            if number % 50_000 == 0 {
                fs::write(name, &content)?;
            } else {
                let of = number / 50_000 * 50_000;
                fs::hard_link(library.join(format!("Return {of}.txt")), name)?;
            }
        }
    }
    let small = files.join(SMALL_FILES);
    fs::create_dir_all(&small)?;
    for number in 0..size.small {
        fs::write(
            small.join(format!("File {number}.bin")),
            noise(1_000_000 + number, SMALL),
        )?;
    }
    let uploads = files.join(UPLOADS);
    fs::create_dir_all(&uploads)?;
    if synchronous {
        let done = std::process::Command::new("chattr")
            .arg("+S")
            .arg(&uploads)
            .status()?;
        if !done.success() {
            return Err("this file system has no synchronous directories (chattr +S)".into());
        }
    }
    if geteuid().is_root() {
        // A name each is enough: what is only read may be anybody's.
        chown(&uploads, Some(APACHE.1), Some(APACHE.1))?;
    }
    // Whoever serves them is somebody else.
    for above in files.ancestors().take(2) {
        let mut mode = fs::metadata(above)?.permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
        fs::set_permissions(above, mode)?;
    }
    Ok(files)
}
