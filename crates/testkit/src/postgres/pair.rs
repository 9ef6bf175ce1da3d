//! A primary and a standby that follows it with streaming replication: what is acknowledged by one
//! is on the disk of both.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::cluster::{self, LOG, Machine, NotStarted};
use super::wire::{Address, Connection};
use crate::process::{Child, Identity};

/// Two servers. Dropping them stops both and removes their data.
#[derive(Debug)]
pub struct Pair {
    primary: Child,
    standby: Child,
    /// The role that programs use, at the primary and at the standby.
    addresses: [Address; 2],
    /// Who may promote.
    superuser: Address,
    _directories: [TempDir; 2],
}

const REPLICATES: [&str; 3] = ["wal_level=replica", "max_wal_senders=8", "hot_standby=on"];

impl Pair {
    /// Makes and starts both, and waits until the standby follows and commits wait for it.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, or will not start.
    pub fn start() -> Result<Self, NotStarted> {
        let machine = Machine::find()?;
        let directories = [machine.directory()?, machine.directory()?];
        let (data, password) = machine.make(directories[0].path())?;
        let (primary, superuser, connection) =
            run(&machine, directories[0].path(), &data, &password)?;
        let address = cluster::owner(connection, superuser.clone())?;

        let copy = directories[1].path().join("data");
        copy_from(&machine, &superuser, &copy)?;
        let (standby, standing_by, _) = run(&machine, directories[1].path(), &copy, &password)?;

        let mut connection = Connection::open(&superuser)?;
        connection.run("ALTER SYSTEM SET synchronous_standby_names = 'standby'")?;
        connection.run("SELECT pg_reload_conf()")?;
        let follows = "SELECT 1 / count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        until(|| connection.run(follows).is_ok())?;
        let other = Address {
            port: standing_by.port,
            ..address.clone()
        };
        Ok(Self {
            primary,
            standby,
            addresses: [address, other],
            superuser: standing_by,
            _directories: directories,
        })
    }

    /// One `postgres://` URL that names both servers, the primary first.
    #[must_use]
    pub fn url(&self) -> String {
        let [primary, standby] = &self.addresses;
        let one = primary.url(&primary.database);
        let hosts = format!("{}:{}", primary.host, primary.port);
        one.replace(
            &hosts,
            &format!("{hosts},{}:{}", standby.host, standby.port),
        )
    }

    /// The `postgres://` URL of the standby alone.
    #[must_use]
    pub fn standby_url(&self) -> String {
        self.addresses[1].url(&self.addresses[1].database)
    }

    /// Kills the primary, as a power cut would.
    pub fn kill_primary(&mut self) {
        self.primary.kill();
    }

    /// Makes the standby the primary; returns once it takes writes.
    ///
    /// # Errors
    /// When it does not.
    pub fn promote(&mut self) -> Result<(), NotStarted> {
        if let Some(verdict) = self.standby.has_ended() {
            return Err(NotStarted::because(format!(
                "the standby ended with {verdict}"
            )));
        }
        let mut connection = Connection::open(&self.superuser)?;
        connection.run("SELECT pg_promote()")?;
        until(|| {
            connection
                .run("SELECT 1 / (NOT pg_is_in_recovery())::int")
                .is_ok()
        })
    }
}

fn run(
    machine: &Machine,
    directory: &Path,
    data: &Path,
    password: &str,
) -> Result<(Child, Address, Connection), NotStarted> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let start = machine.server(directory, data, port, &REPLICATES);
    let address = cluster::superuser(password, port);
    let mut server = Child::start(start)?;
    let connection = cluster::ready(&mut server, &address, &directory.join(LOG))?;
    Ok((server, address, connection))
}

fn copy_from(machine: &Machine, superuser: &Address, data: &Path) -> Result<(), NotStarted> {
    let from = superuser.url("postgres");
    let and = if from.contains('?') { '&' } else { '?' };
    let from = format!("{from}{and}application_name=standby");
    let mut copy = Command::new(machine.binary("pg_basebackup"));
    copy.arg("--pgdata").arg(data).args([
        "--write-recovery-conf",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--no-sync",
        "--dbname",
        &from,
    ]);
    let home = data.parent().unwrap_or(data);
    copy.current_dir(home).stdin(Stdio::null());
    if let Some(Identity { uid, gid }) = machine.identity {
        chown(home, Some(uid), Some(gid))?;
        copy.uid(uid).gid(gid);
    }
    let output = copy.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(NotStarted::because(format!("pg_basebackup: {said}")));
    }
    // The server refuses a directory that others can read.
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(data, mode)?;
    Ok(())
}

fn until(mut holds: impl FnMut() -> bool) -> Result<(), NotStarted> {
    for _ in 0..3_000 {
        if holds() {
            return Ok(());
        }
        #[allow(
            clippy::disallowed_methods,
            reason = "nothing tells us when a server follows but asking it"
        )]
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(NotStarted::because(
        "the standby is not ready after a minute".to_owned(),
    ))
}
