//! `cargo xtask postgres`: a server for tests that are run by hand.

use testkit::postgres::{Cluster, Durability, VARIABLE};

use crate::{Failure, interrupt};

/// Starts a server, says where it is, and keeps it until Ctrl-C.
pub(crate) fn keep(durable: bool) -> Result<(), Failure> {
    let cluster = Cluster::start(if durable {
        Durability::Full
    } else {
        Durability::None
    })?;
    println!("export {VARIABLE}='{}'", cluster.url());
    eprintln!(
        "PostgreSQL is ready. Paste the line above into the shell that runs the tests. Ctrl-C ends it."
    );
    interrupt::wait()?;
    drop(cluster);
    Ok(())
}
