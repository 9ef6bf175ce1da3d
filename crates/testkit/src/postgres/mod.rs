//! PostgreSQL for tests.
//!
//! The run starts one server ([`Cluster`]: `cargo xtask test` does, or `cargo
//! xtask postgres` for tests run by hand) and hands its address to the tests in
//! an environment variable, because under nextest every test is a process of its
//! own. Each test then takes a database of its own with [`fresh`].
//!
//! A database, not a schema: advisory locks and notifications belong to a whole
//! database, and tests of leases and listeners must not meet each other's. It
//! costs about 25 ms to make and 15 ms to drop, against 1 ms for a schema.

mod cluster;
mod pair;
mod wire;

pub use cluster::{Cluster, Durability, NotStarted, OLDEST, binaries};
pub use pair::Pair;

use crate::random_hex;
use wire::{Address, Connection};

/// The environment variable that holds the address of the run's server.
pub const VARIABLE: &str = "CHANCERY_TEST_POSTGRES";

/// The address of the run's server, as a `postgres://` URL of a role that may
/// create databases and is no superuser, just as in production.
///
/// # Panics
/// When the run has started none.
#[must_use]
pub fn url() -> String {
    #[allow(
        clippy::disallowed_methods,
        reason = "the run hands its server to the tests this way"
    )]
    let url = std::env::var(VARIABLE);
    url.unwrap_or_else(|_| {
        panic!(
            "this test needs PostgreSQL and {VARIABLE} is not set: run it with `cargo xtask test`, \
             or start a server with `cargo xtask postgres` and export the address it prints"
        )
    })
}

/// A database that one test has to itself, dropped with this value.
#[derive(Debug)]
pub struct FreshDatabase {
    /// Where it is, as a `postgres://` URL.
    pub url: String,
    server: Address,
    name: String,
}

/// Creates an empty database for one test, on the run's server.
///
/// # Panics
/// When there is no server, or it refuses.
#[must_use]
pub fn fresh() -> FreshDatabase {
    let server = Address::parse(&url()).unwrap_or_else(|problem| panic!("{VARIABLE}: {problem}"));
    let name = format!("test_{}", random_hex());
    // Copying template0's files is twice as quick as writing them through the
    // log, which is the default since PostgreSQL 15.
    let sql = format!("CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy");
    Connection::open(&server)
        .and_then(|mut connection| connection.run(&sql))
        .unwrap_or_else(|error| panic!("creating a database for this test: {error}"));
    FreshDatabase {
        url: server.url(&name),
        server,
        name,
    }
}

impl FreshDatabase {
    /// Waits until nobody is connected to it any more: what a process that was killed had sent
    /// before is carried out by then, or dropped.
    ///
    /// # Panics
    /// When somebody still is after a minute.
    pub fn wait_until_left(&self) {
        let sql = format!(
            "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = '{}') THEN RAISE 'busy'; END IF; END $$",
            self.name
        );
        let mut connection = Connection::open(&self.server)
            .unwrap_or_else(|error| panic!("asking who is connected: {error}"));
        for _ in 0..6_000 {
            if connection.run(&sql).is_ok() {
                return;
            }
            #[allow(
                clippy::disallowed_methods,
                reason = "nothing tells us when a connection has ended but asking"
            )]
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("{} still has visitors after a minute", self.name);
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        // Best effort: the whole server goes at the end of the run.
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let _ = Connection::open(&self.server).and_then(|mut connection| connection.run(&sql));
    }
}
