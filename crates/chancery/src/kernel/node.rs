//! The nodes of a realm: the processes that serve it over one database.
//!
//! A node keeps nothing that matters. What it has is a row that it keeps fresh, by which others know
//! that it lives and which schema it needs, and a clock that is put right by the database's.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::db::Tx;
use super::migrate::{self, NEWEST};
use super::{Arg, Db, Id, Realm, Row, Time, thing};
use crate::{Error, Result};

/// How often a node says that it lives.
pub(super) const BEAT: Duration = Duration::from_secs(5);
/// Who has not said so for this long does not.
pub(super) const ALIVE: Duration = Duration::from_secs(30);
/// Then its row goes.
const FORGOTTEN: Duration = Duration::from_hours(1);
/// As many nodes as ids can tell apart.
const SLOTS: i64 = 64;

const LATEST: &str = "SELECT at AS value FROM journal ORDER BY id DESC LIMIT 1";
const TAKEN: &str = "SELECT slot AS value FROM nodes WHERE seen_at > $1";
const NODES: &str = "SELECT version, schema_number, started_at, seen_at FROM nodes WHERE seen_at > $1 ORDER BY started_at, id";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[LATEST, TAKEN, NODES];

super::record! {
    /// A process that serves the realm.
    pub struct NodeLine {
        /// Its program.
        pub version: String,
        /// The newest migration that it knows.
        pub schema_number: i64,
        /// Since when.
        pub started_at: Time,
        /// When it last said that it lives.
        pub seen_at: Time,
    }
}

/// What a process is among the nodes.
#[derive(Debug, Default)]
pub(super) struct Node {
    id: OnceLock<Id<thing::Interval>>,
    /// The schema went beyond what this program can work on.
    outdated: AtomicBool,
}

impl Realm {
    /// Who this process is, to those who wait for its leases.
    pub(super) fn node_id(&self) -> Id<thing::Interval> {
        *self.node().id.get_or_init(|| self.new_id())
    }

    /// Whether the schema went beyond what this program can work on, while it was not heard of.
    pub(super) fn outdated(&self) -> bool {
        self.node().outdated.load(Ordering::Relaxed)
    }

    /// Makes this process one of the realm's nodes, in the turn of those who change the schema.
    /// Refused where the schema is not for this program.
    pub async fn join(&self) -> Result<()> {
        let mut tx = self.db().begin().await?;
        tx.lock(migrate::TURN).await?;
        let outcome = migrate::check_known(&mut tx).await;
        self.node()
            .outdated
            .store(outcome.is_err(), Ordering::Relaxed);
        outcome?;
        let now = self.now();
        tx.execute(
            "DELETE FROM nodes WHERE seen_at <= $1",
            vec![Arg::from(now.minus(FORGOTTEN))],
        )
        .await?;
        let rows = tx.rows(TAKEN, vec![Arg::from(now.minus(ALIVE))]).await?;
        let taken = rows
            .iter()
            .map(|row: &Row| row.get::<i64>("value"))
            .collect::<Result<Vec<_>>>()?;
        let slot = (0..SLOTS)
            .find(|slot| !taken.contains(slot))
            .ok_or_else(|| Error::unavailable("64 nodes serve this realm already"))?;
        tx.execute(
            "INSERT INTO nodes (id, slot, version, schema_number, started_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)",
            vec![
                Arg::from(self.node_id()),
                Arg::from(slot),
                Arg::from(env!("CARGO_PKG_VERSION")),
                Arg::from(NEWEST),
                Arg::from(now),
            ],
        )
        .await?;
        tx.commit().await?;
        self.ids().use_slot(slot);
        Ok(())
    }

    /// Says that this node lives, and puts its clock right. One that was taken for dead joins again.
    pub(super) async fn beat(&self) -> Result<()> {
        self.synchronise().await?;
        let beat = "UPDATE nodes SET seen_at = $2 WHERE id = $1";
        let args = vec![Arg::from(self.node_id()), Arg::from(self.now())];
        if self.upkeep(beat, args).await? == 0 {
            self.join().await?;
        }
        Ok(())
    }

    /// Ends being a node, and lets another seal at once.
    pub async fn leave(&self) -> Result<()> {
        let me = || vec![Arg::from(self.node_id())];
        self.upkeep_all(vec![
            ("DELETE FROM nodes WHERE id = $1", me()),
            ("UPDATE leases SET until_at = 0 WHERE holder = $1", me()),
        ])
        .await?;
        Ok(())
    }

    /// The nodes that live.
    pub async fn nodes(&self) -> Result<Vec<NodeLine>> {
        let rows = self
            .db()
            .rows(NODES, vec![Arg::from(self.now().minus(ALIVE))])
            .await?;
        rows.iter().map(super::FromRow::from_row).collect()
    }

    /// Has the clock of this process begin where the journal ends, should the machine's be a little
    /// behind that: what was written is in the past.
    pub(super) async fn begin_clock(&self) -> Result<()> {
        /// More than that was written by a clock that was wrong.
        const LITTLE: Duration = Duration::from_mins(1);
        if !self.clock().is_a_machines() {
            return Ok(());
        }
        let rows = self.db().rows(LATEST, Vec::new()).await?;
        if let Some(latest) = rows.first() {
            let latest: Time = latest.get("value")?;
            if latest <= self.now().plus(LITTLE) {
                self.clock().not_before(latest);
            }
        }
        Ok(())
    }

    /// Puts the clock of this process right by the database's, where there is one that all share.
    pub(super) async fn synchronise(&self) -> Result<()> {
        /// The quickest answer says most exactly when it was given; this is quick enough.
        const QUICK: Duration = Duration::from_millis(2);
        /// And this is too slow to learn from.
        const SLOW: Duration = Duration::from_millis(100);
        let clock = self.clock();
        let mut best: Option<(i64, Time, Time, Time)> = None;
        for _ in 0..5 {
            let asked = clock.own();
            let Some(told) = self.db().time().await? else {
                return Ok(());
            };
            let answered = clock.own();
            let took = answered.micros() - asked.micros();
            if took >= 0 && best.is_none_or(|(least, ..)| took < least) {
                best = Some((took, asked, told, answered));
            }
            if asked.plus(QUICK) >= answered {
                break;
            }
        }
        match best {
            Some((_, asked, told, answered)) if answered <= asked.plus(SLOW) => {
                clock.put_right(asked, told, answered);
            }
            _ => tracing::warn!("the database answers too slowly to put the clock right by it"),
        }
        Ok(())
    }
}

impl Db {
    /// How many nodes live whose program does not know this migration.
    pub(super) async fn nodes_before(tx: &mut Tx, migration: i64, now: Time) -> Result<i64> {
        let rows = tx
            .rows(
                "SELECT COUNT(*) AS value FROM nodes WHERE schema_number < $1 AND seen_at > $2",
                vec![Arg::from(migration), Arg::from(now.minus(ALIVE))],
            )
            .await?;
        rows.first().map_or(Ok(0), |row| row.get("value"))
    }
}
