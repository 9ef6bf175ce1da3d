//! What a program asks to be done once, and on which condition.
//!
//! A program that does not hear the answer asks again. With a key of its own for each thing that it
//! wants done ([`Once`]), the second asking finds the first: the key is written in the commit of the
//! change itself, and a unique index decides between two at the same moment. With the edition of
//! what it looked at ([`Expectation`]), a change is made to that edition or not at all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::db::Tx;
use super::{Actor, Arg, Column as _, Entry, FromRow as _, Id, Realm, Row, Time};
use crate::{Error, Result};

/// How long it is known that something was done.
const REMEMBERED: Duration = Duration::from_hours(24);
/// How many rows one sweep removes with one statement.
const SWEEP_SIZE: i64 = 1000;

const FIND: &str = "SELECT d.fingerprint, d.status, d.headers, d.body,
    j.id, j.at, j.person_id, j.session_id, j.action, j.sort, j.site_id, j.library_id, j.item_id, j.subject_id, j.data
  FROM done_once d JOIN journal j ON j.id = d.entry_id
 WHERE d.person_id = $1 AND d.token_id = $2 AND d.once_key = $3 AND d.done_at > $4";
/// A key that is a day old may be used again, whether or not it was swept away.
const PUT: &str = "INSERT INTO done_once
    (id, person_id, token_id, once_key, fingerprint, entry_id, done_at, status, headers, body)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', $8)
  ON CONFLICT (person_id, token_id, once_key) DO UPDATE SET fingerprint = excluded.fingerprint,
    entry_id = excluded.entry_id, done_at = excluded.done_at, status = 0, headers = '', body = excluded.body
  WHERE done_once.done_at <= $9";
const KEEP: &str = "UPDATE done_once SET status = $1, headers = $2, body = $3
  WHERE person_id = $4 AND token_id = $5 AND once_key = $6 AND fingerprint = $7 AND status = 0";
const SWEEP: &str = "DELETE FROM done_once WHERE id IN (
    SELECT id FROM done_once WHERE done_at <= $1 ORDER BY done_at LIMIT $2)";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[FIND, PUT, KEEP, SWEEP];

/// Something to be done once, however often it is asked for.
#[derive(Debug)]
pub struct Once {
    key: String,
    fingerprint: [u8; 32],
    kept: AtomicBool,
    lost: AtomicBool,
}

impl Once {
    /// Under this key; the fingerprint tells whether another asking means the same.
    pub fn new(key: String, fingerprint: [u8; 32]) -> Self {
        Self {
            key,
            fingerprint,
            kept: AtomicBool::new(false),
            lost: AtomicBool::new(false),
        }
    }

    /// Whether something was done under it now.
    pub fn was_kept(&self) -> bool {
        self.kept.load(Ordering::Acquire)
    }

    /// Whether somebody else did it under the same key at the same moment, so that nothing was done now.
    pub fn was_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    pub(super) fn keep(&self) {
        self.kept.store(true, Ordering::Release);
    }

    /// Writes the key in the transaction of the change. What is done afterwards in the same request
    /// belongs to it.
    pub(super) async fn put(&self, tx: &mut Tx, actor: &Actor, at: Time, entry: i64) -> Result<()> {
        if self.was_kept() {
            return Ok(());
        }
        let id: Id<super::thing::Interval> = actor.new_id();
        let (person, token) = owner(actor);
        let put = tx
            .execute(
                PUT,
                vec![
                    Arg::from(id),
                    Arg::from(person),
                    Arg::from(token),
                    Arg::from(&self.key),
                    Arg::from(self.fingerprint.to_vec()),
                    Arg::from(entry),
                    Arg::from(at),
                    Arg::from(Vec::new()),
                    Arg::from(at.minus(REMEMBERED)),
                ],
            )
            .await?;
        if put == 0 {
            self.lost.store(true, Ordering::Release);
            return Err(Error::Conflict(
                "This was asked for twice at the same moment, and is done once".to_owned(),
            ));
        }
        Ok(())
    }
}

fn owner(actor: &Actor) -> (i64, i64) {
    (
        actor.person_id().map_or(0, Id::raw),
        actor.token().map_or(0, Id::raw),
    )
}

/// What was done under a key before.
#[derive(Debug, Clone)]
pub struct Done {
    /// Whether it was asked for with the same fingerprint.
    pub same: bool,
    /// The first answer, when it was kept.
    pub answer: Option<Outcome>,
    /// What the journal knows of it: all there is when the first answer was lost.
    pub entry: Entry,
}

/// An answer, as it is kept to be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its status.
    pub status: u16,
    /// What belongs to it besides, in the words of whoever keeps it.
    pub headers: String,
    /// Its content.
    pub body: Vec<u8>,
}

impl Actor {
    /// What this person (by this token) had done under the key within the last day.
    pub async fn done_already(&self, once: &Once) -> Result<Option<Done>> {
        let (person, token) = owner(self);
        let rows = self
            .realm()
            .db()
            .rows(
                FIND,
                vec![
                    Arg::from(person),
                    Arg::from(token),
                    Arg::from(&once.key),
                    Arg::from(self.now().minus(REMEMBERED)),
                ],
            )
            .await?;
        rows.first().map(|row| done(row, once)).transpose()
    }

    /// Keeps the answer to what was done under the key. Nobody's act: what was done is in the journal.
    pub async fn keep_outcome(&self, once: &Once, outcome: &Outcome) -> Result<()> {
        let (person, token) = owner(self);
        let args = vec![
            Arg::from(u32::from(outcome.status)),
            Arg::from(&outcome.headers),
            Arg::from(outcome.body.clone()),
            Arg::from(person),
            Arg::from(token),
            Arg::from(&once.key),
            Arg::from(once.fingerprint.to_vec()),
        ];
        self.realm().upkeep(KEEP, args).await?;
        Ok(())
    }
}

fn done(row: &Row, once: &Once) -> Result<Done> {
    let status = u16::try_from(u32::read(row, "status")?).map_err(Error::unavailable)?;
    let answer = if status == 0 {
        None
    } else {
        Some(Outcome {
            status,
            headers: row.get("headers")?,
            body: row.get("body")?,
        })
    };
    Ok(Done {
        same: Vec::read(row, "fingerprint")? == once.fingerprint,
        answer,
        entry: Entry::from_row(row)?,
    })
}

impl Realm {
    /// Forgets what was done once more than a day ago; says how many there were.
    pub(crate) async fn forget_done_once(&self) -> Result<u64> {
        let before = self.now().minus(REMEMBERED);
        let mut total = 0;
        loop {
            let args = vec![Arg::from(before), Arg::from(SWEEP_SIZE)];
            let swept = self.upkeep(SWEEP, args).await?;
            total += swept;
            if swept < SWEEP_SIZE.unsigned_abs() {
                return Ok(total);
            }
        }
    }
}

/// The editions of a thing that somebody has seen, one of which it must still be.
#[derive(Debug)]
pub struct Expectation {
    editions: Vec<String>,
    met: AtomicBool,
}

impl Expectation {
    /// One of these.
    pub fn new(editions: Vec<String>) -> Self {
        Self {
            editions,
            met: AtomicBool::new(false),
        }
    }

    /// Compares, under the lock: [`Error::Changed`] when it is another edition now.
    pub(crate) fn meets(&self, edition: &str) -> Result<()> {
        self.would_meet(edition)?;
        self.met.store(true, Ordering::Release);
        Ok(())
    }

    /// Compares, before the lock is held: what is another edition already will not be expected again.
    pub(crate) fn would_meet(&self, edition: &str) -> Result<()> {
        if self.editions.iter().any(|expected| expected == edition) {
            Ok(())
        } else {
            Err(Error::Changed)
        }
    }

    /// That nobody commits on a condition which nobody looked at.
    pub(super) fn was_met(&self) -> Result<()> {
        if self.met.load(Ordering::Acquire) {
            Ok(())
        } else {
            Err(Error::invalid(
                "If-Match",
                "This is not done on a condition. Ask for it without one",
            ))
        }
    }
}
