//! A PostgreSQL server for one run: made, started, and gone afterwards.

use std::fmt;
use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use super::wire::{Address, Connection};
use crate::process::{Child, Identity, Start, on_path, tail};
use crate::random_hex;

/// The oldest PostgreSQL that tests run on: `STRATEGY` and ICU as the collation
/// of a whole server came with it.
pub const OLDEST: u32 = 15;

/// Whether commits outlive a crash of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing waits for the disk. For tests, which lose nothing by a crash.
    None,
    /// PostgreSQL's own defaults. For tests and measurements of durability.
    Full,
}

/// Why no server could be started, in words for the person who runs the tests.
#[derive(Debug)]
pub struct NotStarted(String);

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL was not started: {}", self.0)
    }
}

impl std::error::Error for NotStarted {}

impl NotStarted {
    pub(super) fn because(reason: String) -> Self {
        Self(reason)
    }
}

impl From<io::Error> for NotStarted {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// A running server with its data in a temporary directory. Dropping it stops
/// the server and removes the data; should this process be killed, the kernel
/// stops the server.
///
/// It listens on the loopback interface only, asks for a random password there,
/// and collates as English does (ICU `en-GB`), so that a test which relies on
/// byte order fails here and not in an operator's database.
#[derive(Debug)]
pub struct Cluster {
    // The order matters: the server stops before its directory goes.
    server: Child,
    address: Address,
    runs: Runs,
    directory: TempDir,
}

/// How a server is run, so that it can be run again.
#[derive(Debug)]
struct Runs {
    machine: Machine,
    data: PathBuf,
    settings: &'static [&'static str],
}

impl Runs {
    fn at(&self, directory: &Path, port: u16) -> Start {
        self.machine
            .server(directory, &self.data, port, self.settings)
    }
}

impl Cluster {
    /// Makes and starts a server.
    ///
    /// # Errors
    /// When PostgreSQL 15 or later is not installed, or will not start.
    pub fn start(durability: Durability) -> Result<Self, NotStarted> {
        let machine = Machine::find()?;
        let directory = machine.directory()?;
        let (data, password) = machine.make(directory.path())?;
        let settings: &'static [&'static str] = match durability {
            Durability::None => &CARELESS,
            Durability::Full => &ALONE,
        };
        let runs = Runs {
            machine,
            data,
            settings,
        };

        // Between finding a free port and using it somebody may take it: try again.
        let mut last = NotStarted("no free port".to_owned());
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            let start = runs.at(directory.path(), port);
            let address = superuser(&password, port);
            let mut server = Child::start(start)?;
            match ready(&mut server, &address, &directory.path().join(LOG)) {
                Ok(connection) => {
                    let address = owner(connection, address)?;
                    return Ok(Self {
                        server,
                        address,
                        runs,
                        directory,
                    });
                }
                Err(problem) => last = problem,
            }
        }
        Err(last)
    }

    /// The `postgres://` URL of a role that may create databases. Hand it to tests
    /// in [`VARIABLE`](super::VARIABLE).
    #[must_use]
    pub fn url(&self) -> String {
        self.address.url(&self.address.database)
    }

    /// Stops the server and keeps its data.
    pub fn stop(&mut self) {
        self.server.end(Duration::from_secs(30));
    }

    /// Starts the server where and as it was before [`Cluster::stop`].
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> Result<(), NotStarted> {
        let start = self.runs.at(self.directory.path(), self.address.port);
        self.server = Child::start(start)?;
        let log = self.directory.path().join(LOG);
        ready(&mut self.server, &self.address, &log).map(drop)
    }

    /// Whether the server still runs, and if not, how it ended.
    pub fn has_ended(&mut self) -> Option<String> {
        self.server.has_ended()
    }
}

pub(super) const LOG: &str = "server.log";

const ALONE: [&str; 2] = ["wal_level=minimal", "max_wal_senders=0"];
const CARELESS: [&str; 7] = [
    "wal_level=minimal",
    "max_wal_senders=0",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "checkpoint_timeout=1h",
    "max_wal_size=4GB",
];

/// What servers are made with on this machine.
#[derive(Debug)]
pub(super) struct Machine {
    binaries: PathBuf,
    pub(super) identity: Option<Identity>,
}

impl Machine {
    pub(super) fn find() -> Result<Self, NotStarted> {
        let binaries = binaries().ok_or_else(|| {
            NotStarted(format!(
                "no initdb of PostgreSQL {OLDEST} or later on this machine"
            ))
        })?;
        let identity = identity()?;
        Ok(Self { binaries, identity })
    }

    pub(super) fn binary(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }

    /// A directory for one server, which whoever runs it can reach.
    pub(super) fn directory(&self) -> Result<TempDir, NotStarted> {
        let directory = tempfile::Builder::new()
            .prefix("chancery-postgres-")
            .tempdir_in(temporary(self.identity))?;
        if let Some(Identity { uid, gid }) = self.identity {
            chown(directory.path(), Some(uid), Some(gid))?;
        }
        Ok(directory)
    }

    /// Where the data are, and the password of their superuser.
    pub(super) fn make(&self, directory: &Path) -> Result<(PathBuf, String), NotStarted> {
        let password = random_hex();
        let data = make(&self.binaries, directory, &password, self.identity)?;
        Ok((data, password))
    }

    pub(super) fn server(
        &self,
        directory: &Path,
        data: &Path,
        port: u16,
        settings: &[&str],
    ) -> Start {
        server(
            &self.binaries,
            directory,
            data,
            port,
            settings,
            self.identity,
        )
    }
}

pub(super) fn superuser(password: &str, port: u16) -> Address {
    Address {
        user: "postgres".to_owned(),
        password: password.to_owned(),
        host: "127.0.0.1".to_owned(),
        port,
        database: "postgres".to_owned(),
    }
}

/// Where `initdb` and `postgres` are: the newest that Debian or Red Hat
/// installed beside each other, else what is on the search path.
#[must_use]
pub fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix) in [("/usr/lib/postgresql", ""), ("/usr", "pgsql-")] {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(prefix));
            if let Some(version) = version.and_then(|version| version.parse().ok()) {
                versions.push((version, entry.path().join("bin")));
            }
        }
    }
    versions.retain(|(version, bin)| *version >= OLDEST && bin.join("initdb").is_file());
    versions.sort();
    versions.pop().map(|(_, bin)| bin).or_else(|| {
        let initdb = on_path("initdb")?;
        let output = Command::new(&initdb).arg("--version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // "initdb (PostgreSQL) 16.4 (Homebrew)"
        let major = text.split_whitespace().nth(2)?.split('.').next()?;
        (major.parse::<u32>().ok()? >= OLDEST).then_some(())?;
        initdb.parent().map(Path::to_owned)
    })
}

/// PostgreSQL refuses to run as root: root runs it as `postgres` or `nobody`.
fn identity() -> Result<Option<Identity>, NotStarted> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .into_iter()
        .find_map(Identity::of)
        .map(Some)
        .ok_or_else(|| {
            NotStarted("root may not run it and there is no user postgres or nobody".to_owned())
        })
}

/// Another user may be unable to reach root's own temporary directory.
fn temporary(identity: Option<Identity>) -> PathBuf {
    if identity.is_some() {
        "/tmp".into()
    } else {
        std::env::temp_dir()
    }
}

fn make(
    binaries: &Path,
    directory: &Path,
    password: &str,
    identity: Option<Identity>,
) -> Result<PathBuf, NotStarted> {
    let data = directory.join("data");
    let secret = directory.join("password");
    fs::write(&secret, password)?;
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600))?;
    let mut initdb = Command::new(binaries.join("initdb"));
    initdb
        .arg("--pgdata")
        .arg(&data)
        .arg("--pwfile")
        .arg(&secret)
        .args([
            "--username=postgres",
            "--auth=password",
            "--no-sync",
            "--encoding=UTF8",
        ])
        .args(["--locale=C", "--locale-provider=icu", "--icu-locale=en-GB"])
        .current_dir(directory)
        .stdin(Stdio::null());
    if let Some(Identity { uid, gid }) = identity {
        chown(&secret, Some(uid), Some(gid))?;
        initdb.uid(uid).gid(gid);
    }
    let output = initdb.output()?;
    fs::remove_file(&secret)?;
    if output.status.success() {
        Ok(data)
    } else {
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(NotStarted(format!("initdb: {}", complaint.trim())))
    }
}

fn server(
    binaries: &Path,
    directory: &Path,
    data: &Path,
    port: u16,
    more: &[&str],
    identity: Option<Identity>,
) -> Start {
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "unix_socket_directories=".to_owned(),
        "max_connections=300".to_owned(),
        "jit=off".to_owned(),
        "timezone=UTC".to_owned(),
    ];
    settings.extend(more.iter().map(|setting| (*setting).to_owned()));
    let mut arguments = vec!["-D".to_owned(), data.display().to_string()];
    for setting in settings {
        arguments.extend(["-c".to_owned(), setting]);
    }
    Start {
        program: binaries.join("postgres"),
        arguments,
        directory: directory.to_owned(),
        log: LOG,
        identity,
        // SIGINT is PostgreSQL's "fast shutdown": sessions are ended, nothing is waited for.
        ends_on: Signal::INT,
        // Ctrl-C reaches the tests first; the server goes when they are done with it.
        own_group: true,
    }
}

/// Waits until the server lets us in.
pub(super) fn ready(
    server: &mut Child,
    address: &Address,
    log: &Path,
) -> Result<Connection, NotStarted> {
    const STEP: Duration = Duration::from_millis(20);
    let mut last = String::new();
    for _ in 0..3_000 {
        if let Some(verdict) = server.has_ended() {
            return Err(NotStarted(format!("it ended with {verdict}{}", tail(log))));
        }
        match Connection::open(address) {
            Ok(connection) => return Ok(connection),
            Err(error) => last = error.to_string(),
        }
        #[allow(
            clippy::disallowed_methods,
            reason = "nothing tells us when a server is ready but asking it"
        )]
        thread::sleep(STEP);
    }
    Err(NotStarted(format!(
        "it is not ready after a minute: {last}{}",
        tail(log)
    )))
}

/// Makes the role that tests use: able to create databases, no superuser.
pub(super) fn owner(
    mut connection: Connection,
    mut address: Address,
) -> Result<Address, NotStarted> {
    let password = random_hex();
    connection.run(&format!(
        "CREATE ROLE chancery LOGIN CREATEDB PASSWORD '{password}'"
    ))?;
    connection.run("CREATE DATABASE chancery OWNER chancery")?;
    "chancery".clone_into(&mut address.user);
    "chancery".clone_into(&mut address.database);
    address.password = password;
    Ok(address)
}
