//! What only one process of the realm does at a time, for as long as it takes.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::{Arg, Id, Realm, thing};
use crate::{Error, Result};

/// The turn of whoever needs stored content to stay as it is: a backup that copies it, a collection
/// of garbage, a rotation of keys.
pub(crate) const CONTENT: &str = "content";

/// How long it lasts without being renewed: what others wait at most after a process was killed.
const LEASE: Duration = Duration::from_secs(10);

/// A turn that nobody else has until it is released, or until some seconds after this process ended.
pub(crate) struct Hold {
    realm: Realm,
    name: &'static str,
    holder: i64,
    renewing: JoinHandle<()>,
}

impl Realm {
    /// Waits a while for the turn of this name; [`Error::Conflict`] while somebody else keeps it.
    pub(crate) async fn hold(&self, name: &'static str) -> Result<Hold> {
        let holder: Id<thing::Interval> = self.new_id();
        let mut tries = tokio::time::interval(LEASE / 20);
        for _ in 0..30 {
            tries.tick().await;
            let now = self.now();
            let until = now.plus(LEASE);
            if self.db().lease(name, holder.raw(), now, until).await? {
                return Ok(Hold {
                    realm: self.clone(),
                    name,
                    holder: holder.raw(),
                    renewing: tokio::spawn(renew(self.clone(), name, holder.raw())),
                });
            }
        }
        Err(Error::Conflict(
            "a backup, a rotation of keys or a collection of garbage is under way: try again when it has ended".to_owned(),
        ))
    }
}

async fn renew(realm: Realm, name: &'static str, holder: i64) {
    let mut ticks = tokio::time::interval(LEASE / 4);
    loop {
        ticks.tick().await;
        let now = realm.now();
        match realm.db().lease(name, holder, now, now.plus(LEASE)).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(name, "somebody else took the turn"),
            Err(error) => tracing::warn!(name, %error, "the turn could not be renewed"),
        }
    }
}

impl Hold {
    /// Gives the turn back at once.
    pub(crate) async fn release(self) -> Result<()> {
        self.renewing.abort();
        self.realm
            .upkeep(
                "DELETE FROM leases WHERE name = $1 AND holder = $2",
                vec![Arg::from(self.name), Arg::from(self.holder)],
            )
            .await?;
        Ok(())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}
