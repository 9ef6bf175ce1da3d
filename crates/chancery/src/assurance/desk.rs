//! Who is read next: so many versions at a time, each written down when it is ready, and the next taken in its place at once.
//!
//! **Invariant:** what takes long keeps nothing closed but itself. As long as a place is free, what somebody has brought is begun the
//! moment it is there; what was read before, for other rules or for a trial, leaves a place free for it. What has been looked at for
//! [`QUICK`] takes long: that fills all places but one, whoever brought it, and what would fill the last one too makes room and is
//! begun again when there is a place for what takes long. So one place changes hands within that time.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::timeout;

use super::reading::{Came, Leave, QUICK};
use super::scan::read_one;
use super::sql::{self, WaitingRow};
use super::trial::{self, Trying, try_one};
use super::{ReadMarkings, rulebook};
use crate::Result;
use crate::kernel::{Actor, Id, Queries as _, Realm, Rules, Time, args};

/// How many versions are read at a time by one node.
pub(super) const AT_ONCE: usize = 4;
/// How many of those may be versions that take long.
pub(super) const LONG_AT_ONCE: usize = AT_ONCE - 1;
/// How many of those may be versions that were read before.
const AGAIN_AT_ONCE: usize = AT_ONCE - 1;
/// How long it is looked for something new, at the most, where nothing was committed here.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is asked whether other rules are in force.
const REFRESH: Duration = Duration::from_secs(5);

/// Something to be done about a version.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) row: WaitingRow,
    pub(super) rules: Arc<Rules>,
    pub(super) what: What,
    /// Whether it is to make room for others.
    pub(super) leave: Leave,
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Nobody has read it yet.
    Read,
    /// It was judged by other rules.
    ReadAgain,
    /// Rules that are proposed are tried on it.
    Try,
}

impl Task {
    /// One for each row.
    fn all(rows: Vec<WaitingRow>, rules: &Arc<Rules>, what: What) -> impl Iterator<Item = Self> {
        rows.into_iter().map(move |row| Self {
            row,
            rules: Arc::clone(rules),
            what,
            leave: Leave::default(),
        })
    }

    /// Does it; says what came of it.
    async fn perform(self, realm: &Realm) -> Result<Came> {
        match self.what {
            What::Read | What::ReadAgain => {
                read_one(realm, &self.rules, &self.row, &self.leave).await
            }
            What::Try => try_one(realm, &self.rules, &self.row, &self.leave).await,
        }
    }
}

/// Reads what is brought until the future is dropped; where nothing waits, tries rules that are proposed.
pub async fn keep_reading(realm: &Realm) {
    keep_busy(realm, |task| task.perform(realm)).await;
}

/// The same with whatever does what is to be done about a version.
pub(super) async fn keep_busy<F>(realm: &Realm, perform: impl Fn(Task) -> F)
where
    F: Future<Output = Result<Came>>,
{
    let mut under_way = FuturesUnordered::new();
    let mut taken = Taken::default();
    let mut desk = Desk::default();
    let mut look = true;
    loop {
        if look && taken.0.len() < AT_ONCE {
            for task in desk.next(realm, &taken).await {
                let id = task.row.id.raw();
                let quick = (!task.row.takes_long).then_some(QUICK);
                taken.0.insert(id, Place::of(&task));
                let doing = Box::pin(one(task, &perform));
                under_way.push(for_a_while(id, doing, quick));
            }
        }
        look = tokio::select! {
            Some((id, doing)) = under_way.next(), if !under_way.is_empty() => match doing {
                Doing::Ended(came) => {
                    taken.0.remove(&id);
                    // What was not ours to do, or failed, is looked at again a little later.
                    came != Came::NotOurs
                }
                Doing::TakesLong(doing) => {
                    taken.takes_long(id);
                    under_way.push(for_a_while(id, doing, None));
                    false
                }
            },
            () = realm.arrival(PATIENCE) => true,
        };
    }
}

/// What is under way. The claims say so too, but only once they are made.
#[derive(Debug, Default)]
struct Taken(HashMap<i64, Place>);

/// What is known of one that is under way.
#[derive(Debug)]
struct Place {
    is_again: bool,
    takes_long: bool,
    leave: Leave,
}

impl Place {
    fn of(task: &Task) -> Self {
        Self {
            is_again: task.what != What::Read,
            takes_long: task.row.takes_long,
            leave: task.leave.clone(),
        }
    }
}

impl Taken {
    /// How many more may be begun that are known to take long.
    fn room_for_long(&self) -> usize {
        LONG_AT_ONCE.saturating_sub(self.0.values().filter(|one| one.takes_long).count())
    }

    /// It has turned out that this one takes long: it stays where there is a place for that, and makes room for others elsewhere.
    fn takes_long(&mut self, id: i64) {
        let room = self.room_for_long();
        match self.0.get_mut(&id) {
            Some(place) if room > 0 => place.takes_long = true,
            Some(place) => place.leave.now(),
            None => {}
        }
    }
}

/// How far something is that was begun.
enum Doing<D> {
    Ended(Came),
    /// It is not ready yet.
    TakesLong(Pin<Box<D>>),
}

/// Goes on with something, until it has ended or that took as long as this.
async fn for_a_while<D: Future<Output = Came>>(
    id: i64,
    mut doing: Pin<Box<D>>,
    quick: Option<Duration>,
) -> (i64, Doing<D>) {
    let Some(quick) = quick else {
        return (id, Doing::Ended(doing.await));
    };
    match timeout(quick, &mut doing).await {
        Ok(came) => (id, Doing::Ended(came)),
        Err(_) => (id, Doing::TakesLong(doing)),
    }
}

/// Does one thing; says what came of it.
async fn one<F>(task: Task, perform: &impl Fn(Task) -> F) -> Came
where
    F: Future<Output = Result<Came>>,
{
    let (document, version) = (task.row.document_id, task.row.number);
    // What panics on one version must not leave all others unread; its turn ends by itself.
    match AssertUnwindSafe(async { perform(task).await })
        .catch_unwind()
        .await
    {
        Ok(Ok(came)) => came,
        Ok(Err(error)) => {
            tracing::warn!(%error, %document, version, "a version could not be read; trying again");
            Came::NotOurs
        }
        Err(_) => {
            tracing::error!(%document, version, "reading a version panicked; going on with others");
            Came::NotOurs
        }
    }
}

/// What is known of what waits.
#[derive(Debug, Default)]
struct Desk {
    refreshed_at: Time,
    trying: Trying,
}

impl Desk {
    /// What is to be done now, besides what is under way.
    async fn next(&mut self, realm: &Realm, taken: &Taken) -> Vec<Task> {
        match AssertUnwindSafe(self.find(realm, taken))
            .catch_unwind()
            .await
        {
            Ok(Ok(tasks)) => tasks,
            Ok(Err(error)) => {
                tracing::warn!(%error, "what waits to be read could not be found out; trying again");
                Vec::new()
            }
            Err(_) => {
                tracing::error!("finding out what waits to be read panicked; trying again");
                self.trying = Trying::default();
                Vec::new()
            }
        }
    }

    async fn find(&mut self, realm: &Realm, taken: &Taken) -> Result<Vec<Task>> {
        if realm.now() >= self.refreshed_at.plus(REFRESH) {
            rulebook::refresh(realm).await?;
            self.refreshed_at = realm.now();
        }
        let Some(rules) = realm.rules_to_read_by() else {
            return Ok(Vec::new());
        };
        let free = AT_ONCE.saturating_sub(taken.0.len());
        let again = taken.0.values().filter(|one| one.is_again).count();
        let room = taken.room_for_long();
        // What is under way may not be claimed yet, and be found once more.
        let most = (free + taken.0.len()) as u64;
        let others = |rows: Vec<WaitingRow>, most: usize| {
            let mut room = room;
            rows.into_iter()
                .filter(|row| !taken.0.contains_key(&row.id.raw()))
                .filter(|row| {
                    let fits = !row.takes_long || room > 0;
                    room -= usize::from(fits && row.takes_long);
                    fits
                })
                .take(most)
                .collect::<Vec<_>>()
        };
        let rows = others(waiting(realm, most).await?, free);
        let mut tasks: Vec<Task> = Task::all(rows, &rules, What::Read).collect();
        let free = (free - tasks.len()).min(AGAIN_AT_ONCE.saturating_sub(again));
        if !tasks.is_empty() || free == 0 {
            return Ok(tasks);
        }
        let rows = others(behind(realm, rules.id, most, room).await?, free);
        tasks.extend(Task::all(rows, &rules, What::ReadAgain));
        if !tasks.is_empty() {
            return Ok(tasks);
        }
        if let Some(proposed) = self.trying.rules(realm).await? {
            let rows = others(trial::waiting(realm, &proposed, most, room).await?, free);
            tasks.extend(Task::all(rows, &proposed, What::Try));
        }
        Ok(tasks)
    }
}

/// What nobody has read, nor reads at the moment: as many as this of what takes long, and as many of the rest.
pub(super) async fn waiting(realm: &Realm, most: u64) -> Result<Vec<WaitingRow>> {
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    proof.all(sql::WAITING, args![proof.at(), most]).await
}

/// What was judged by earlier rules than these, and nobody reads at the moment; what takes long only where there is room for it.
pub(super) async fn behind(
    realm: &Realm,
    rules: Id<crate::kernel::thing::Rulebook>,
    most: u64,
    room_for_long: usize,
) -> Result<Vec<WaitingRow>> {
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    let room = room_for_long as u64;
    proof
        .all(sql::BEHIND, args![proof.at(), rules, most, room])
        .await
}
