//! `cargo xtask postgres`: a server for tests that are run by hand.

use std::thread;
use std::time::Duration;

use testkit::postgres::{Cluster, Durability, VARIABLE};

use crate::{Failure, interrupt};

/// Starts a server, says where it is, and keeps it until Ctrl-C.
pub(crate) fn keep(durable: bool) -> Result<(), Failure> {
    interrupt::expect()?;
    let mut cluster = Cluster::start(if durable {
        Durability::Full
    } else {
        Durability::None
    })?;
    println!("export {VARIABLE}='{}'", cluster.url());
    eprintln!(
        "PostgreSQL is ready. Paste the line above into the shell that runs the tests. Ctrl-C ends it."
    );
    while !interrupt::came() {
        if let Some(verdict) = cluster.has_ended() {
            return Err(Failure::new(format!(
                "PostgreSQL ended by itself: {verdict}"
            )));
        }
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
