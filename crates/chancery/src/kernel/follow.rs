//! Followers of the journal: search, feeds, mail and notices read entries by position, each
//! remembering its own, and can be rebuilt from 0.

use async_trait::async_trait;

use super::db::Tx;
use super::{Arg, Entry, FromRow as _, Id, Queries, Realm, Row, Time};
use crate::Result;

/// Something that reads the journal in order and keeps what it makes of it.
#[async_trait]
pub trait Follower: Send + Sync + 'static {
    /// Its name, under which its position is remembered.
    fn name(&self) -> &'static str;

    /// Takes the next entries. What it writes is committed together with its new position, so
    /// each entry is taken once, whatever happens in between.
    async fn follow(&self, following: &mut Following<'_>, entries: &[Entry]) -> Result<()>;
}

/// The transaction that a follower writes in.
pub struct Following<'a> {
    tx: &'a mut Tx,
    realm: &'a Realm,
}

impl Following<'_> {
    /// The present moment.
    pub fn now(&self) -> Time {
        self.realm.now()
    }

    /// Where it happens.
    pub(crate) fn realm(&self) -> &Realm {
        self.realm
    }

    /// A new id.
    pub(crate) fn new_id<T: ?Sized>(&self) -> Id<T> {
        self.realm.new_id()
    }

    /// Runs a statement that changes rows.
    pub(crate) async fn execute(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64> {
        self.tx.execute(sql, args).await
    }
}

impl Queries for Following<'_> {
    async fn rows(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.tx.rows(sql, args).await
    }
}

const BATCH: i64 = 200;
const NEXT: &str = "SELECT id, at, person_id, session_id, action, sort, site_id, library_id, item_id, subject_id, data, position
  FROM journal WHERE position > $1 AND position > 0 ORDER BY position LIMIT $2";
const REACHED: &str = "SELECT position AS value FROM followers WHERE name = $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[NEXT, REACHED];

fn value(rows: &[Row]) -> Result<i64> {
    rows.first().map_or(Ok(0), |row| row.get("value"))
}

impl Realm {
    /// Lets a follower catch up; says how many entries it took.
    pub async fn follow(&self, follower: &dyn Follower) -> Result<u64> {
        let mut total = 0;
        loop {
            let taken = self.follow_batch(follower).await?;
            if taken == 0 {
                return Ok(total);
            }
            total += taken;
        }
    }

    async fn follow_batch(&self, follower: &dyn Follower) -> Result<u64> {
        let name = follower.name();
        // Looking first keeps an idle follower from taking the one writer of SQLite.
        let reached = value(&self.db().rows(REACHED, vec![Arg::from(name)]).await?)?;
        let ahead = self
            .db()
            .rows(NEXT, vec![Arg::from(reached), Arg::from(1_i64)])
            .await?;
        if ahead.is_empty() {
            return Ok(0);
        }
        let mut tx = self.db().begin().await?;
        tx.lock(i64::from_be_bytes(*b"follower")).await?;
        let reached = value(&tx.rows(REACHED, vec![Arg::from(name)]).await?)?;
        let rows = tx
            .rows(NEXT, vec![Arg::from(reached), Arg::from(BATCH)])
            .await?;
        let Some(last) = rows.last() else {
            return Ok(0);
        };
        let last: i64 = last.get("position")?;
        let entries = rows
            .iter()
            .map(Entry::from_row)
            .collect::<Result<Vec<_>>>()?;
        let mut following = Following {
            tx: &mut tx,
            realm: self,
        };
        follower.follow(&mut following, &entries).await?;
        tx.execute(
            "INSERT INTO followers (name, position) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET position = excluded.position",
            vec![Arg::from(name), Arg::from(last)],
        )
        .await?;
        tx.commit().await?;
        Ok(entries.len() as u64)
    }
}
