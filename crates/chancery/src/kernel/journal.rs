//! The one append-only record of everything that happened.
//!
//! Entries are inserted in the transaction of the change they describe, by any node. A single
//! sealer ([`super::seal`]) then gives them consecutive positions and chains them.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;

use super::{Action, Actor, Arg, Column as _, FromRow, Id, Realm, Row, Sort, Time, Who, thing};
use crate::{Error, NoRoom, Result};

/// Where something happened, and whom it concerns: what a trail is filtered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// On which site.
    pub site: Option<Id<thing::Site>>,
    /// In which library.
    pub library: Option<Id<thing::Library>>,
    /// To which document or folder.
    pub item: Option<Id<thing::Item>>,
    /// Concerning which person, team or organisation.
    pub subject: Option<i64>,
}

impl Place {
    /// The realm as a whole.
    pub const NOWHERE: Self = Self {
        site: None,
        library: None,
        item: None,
        subject: None,
    };
}

/// An entry before it has a position.
#[derive(Debug, Clone)]
pub(super) struct NewEntry {
    at: Time,
    person: i64,
    session: i64,
    action: &'static str,
    sort: Sort,
    place: Place,
    data: String,
}

impl NewEntry {
    pub(super) fn of<A: Action>(
        actor: &Actor,
        at: Time,
        place: Place,
        event: &A::Event,
    ) -> Result<Self> {
        let (person, session) = match actor.who() {
            // Ids are never the same twice, so a token's stands where a session's does.
            Who::Person { id, session } => (
                id.raw(),
                session
                    .map(Id::raw)
                    .or(actor.token().map(Id::raw))
                    .unwrap_or(0),
            ),
            Who::Nobody | Who::Console => (0, 0),
        };
        Ok(Self {
            at,
            person,
            session,
            action: A::NAME,
            sort: A::SORT,
            place,
            data: serde_json::to_string(event).map_err(Error::unavailable)?,
        })
    }
}

/// How many entries one statement inserts: 11 arguments each, well under SQLite's and PostgreSQL's limits.
const BATCH: usize = 64;
const COLUMNS: usize = 11;

fn insert_statement(count: usize) -> String {
    let mut sql = String::from(
        "INSERT INTO journal (id, at, person_id, session_id, action, sort, site_id, library_id, item_id, subject_id, data) VALUES ",
    );
    for row in 0..count {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=COLUMNS {
            let number = row * COLUMNS + column;
            sql.push_str(if column == 1 { "$" } else { ", $" });
            sql.push_str(&number.to_string());
        }
        sql.push(')');
    }
    sql
}

/// The statements that insert entries, with their arguments; and the id of the last entry. Ids are of
/// the moment `at` of a write, so that entries of one target follow each other as its writes do.
pub(super) fn insertions(
    realm: &Realm,
    at: Option<Time>,
    entries: &[NewEntry],
) -> (Vec<(String, Vec<Arg>)>, i64) {
    let mut last = 0;
    let batches = entries.chunks(BATCH).map(|batch| {
        let mut args = Vec::with_capacity(batch.len() * COLUMNS);
        for entry in batch {
            let id: Id<thing::Entry> = match at {
                Some(at) => realm.new_id_at(at),
                None => realm.new_id(),
            };
            last = id.raw();
            args.push(Arg::from(id));
            args.push(Arg::from(entry.at));
            args.push(Arg::from(entry.person));
            args.push(Arg::from(entry.session));
            args.push(Arg::from(entry.action));
            args.push(Arg::from(entry.sort.name()));
            args.push(Arg::from(entry.place.site.map_or(0, Id::raw)));
            args.push(Arg::from(entry.place.library.map_or(0, Id::raw)));
            args.push(Arg::from(entry.place.item.map_or(0, Id::raw)));
            args.push(Arg::from(entry.place.subject.unwrap_or(0)));
            args.push(Arg::from(entry.data.as_str()));
        }
        (insert_statement(batch.len()), args)
    });
    (batches.collect(), last)
}

/// One line of the journal, as it is read back. 0 stands for none in every id.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Its id: entries are listed by it, newest first.
    pub id: Id<thing::Entry>,
    /// When it happened.
    pub at: Time,
    /// Who did it; 0 for the console and for nobody.
    pub person_id: i64,
    /// On which device they were signed in, or by which token a program acted for them.
    pub session_id: i64,
    /// What they did.
    pub action: String,
    /// What it is about.
    pub sort: String,
    /// Where.
    pub site_id: i64,
    /// Where.
    pub library_id: i64,
    /// To which document or folder.
    pub item_id: i64,
    /// Concerning which person, team or organisation.
    pub subject_id: i64,
    /// What the journal keeps of it.
    pub data: Value,
}

impl FromRow for Entry {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            at: row.get("at")?,
            person_id: row.get("person_id")?,
            session_id: row.get("session_id")?,
            action: row.get("action")?,
            sort: row.get("sort")?,
            site_id: row.get("site_id")?,
            library_id: row.get("library_id")?,
            item_id: row.get("item_id")?,
            subject_id: row.get("subject_id")?,
            data: serde_json::from_str(&String::read(row, "data")?).map_err(Error::unavailable)?,
        })
    }
}

type Waiting = Vec<(NewEntry, oneshot::Sender<Kept>)>;
/// Why it was not kept, where that can be said to people.
type Kept = std::result::Result<(), Option<NoRoom>>;

/// Readings of many requests go into the journal with one commit: whoever finds nobody at work
/// takes everything that waits, and goes on until nothing does.
#[derive(Clone, Default)]
pub(super) struct Readings(Arc<Mutex<Desk>>);

#[derive(Default)]
struct Desk {
    waiting: Waiting,
    attended: bool,
}

impl Readings {
    /// Returns once the entry is on the disk.
    pub(super) async fn record(&self, realm: &Realm, entry: NewEntry) -> Result<()> {
        let (done, kept) = oneshot::channel();
        let attend = {
            let mut desk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            desk.waiting.push((entry, done));
            !std::mem::replace(&mut desk.attended, true)
        };
        if attend {
            // A task of its own: a reader who goes away must not leave the others waiting.
            let (desk, realm) = (self.clone(), realm.clone());
            tokio::spawn(async move {
                let leaving = Leaving(desk);
                leaving.0.attend(&realm).await;
            });
        }
        match kept.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Some(full))) => Err(Error::unavailable(full)),
            Ok(Err(None)) | Err(_) => {
                Err(Error::unavailable("the reading could not be journalled"))
            }
        }
    }

    async fn attend(&self, realm: &Realm) {
        loop {
            let batch = {
                let mut desk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                if desk.waiting.is_empty() {
                    desk.attended = false;
                    return;
                }
                std::mem::take(&mut desk.waiting)
            };
            let (entries, waiting): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let kept: Kept = keep(realm, &entries).await.map_err(|error| {
                tracing::error!(%error, "readings could not be journalled");
                match error {
                    Error::Unavailable(source) => source.downcast_ref().cloned(),
                    _ => None,
                }
            });
            for reader in waiting {
                // A reader who went away no longer minds.
                let _ = reader.send(kept.clone());
            }
        }
    }
}

/// Whoever attended is gone, however that came about: the next reader finds the desk free, and
/// whoever still waits hears that nothing was kept.
struct Leaving(Readings);

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut desk = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if std::thread::panicking() {
            desk.waiting.clear();
            desk.attended = false;
        }
    }
}

async fn keep(realm: &Realm, entries: &[NewEntry]) -> Result<()> {
    let mut tx = realm.db().begin().await?;
    for (sql, args) in insertions(realm, None, entries).0 {
        tx.execute(&sql, args).await?;
    }
    tx.commit().await?;
    realm.wake();
    Ok(())
}
