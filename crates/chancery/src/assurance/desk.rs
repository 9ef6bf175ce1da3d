//! Who is read next: so many versions at a time, each written down when it is ready, and the next taken in its place at once.
//!
//! **Invariant:** what takes long keeps nothing closed but itself. As long as a place is free, what somebody has brought is begun the
//! moment it is there; what was read before, for other rules or for a trial, leaves a place free for it.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};

use super::scan::read_one;
use super::sql::{self, WaitingRow};
use super::trial::{self, Trying, try_one};
use super::{ReadMarkings, rulebook};
use crate::Result;
use crate::kernel::{Actor, Id, Queries as _, Realm, Rules, Time, args};

/// How many versions are read at a time by one node.
pub(super) const AT_ONCE: usize = 4;
/// How many of those may be versions that were read before.
const AGAIN_AT_ONCE: usize = AT_ONCE - 1;
/// How long it is looked for something new, at the most, where nothing was committed here.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is asked whether other rules are in force.
const REFRESH: Duration = Duration::from_secs(5);

/// Something to be done about a version.
#[derive(Debug, Clone)]
pub(super) enum Task {
    /// Nobody has read it yet.
    Read(WaitingRow, Arc<Rules>),
    /// It was judged by other rules.
    ReadAgain(WaitingRow, Arc<Rules>),
    /// Rules that are proposed are tried on it.
    Try(WaitingRow, Arc<Rules>),
}

impl Task {
    pub(super) fn row(&self) -> &WaitingRow {
        match self {
            Self::Read(row, _) | Self::ReadAgain(row, _) | Self::Try(row, _) => row,
        }
    }

    fn is_again(&self) -> bool {
        !matches!(self, Self::Read(..))
    }

    /// Does it; says whether it was ours to do.
    async fn perform(self, realm: &Realm) -> Result<bool> {
        match self {
            Self::Read(row, rules) | Self::ReadAgain(row, rules) => {
                read_one(realm, &rules, &row).await
            }
            Self::Try(row, rules) => try_one(realm, &rules, &row).await,
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
    F: Future<Output = Result<bool>>,
{
    let mut under_way = FuturesUnordered::new();
    // What is under way, and whether it was read before. The claims say so too, but only once they are made.
    let mut taken: HashMap<i64, bool> = HashMap::new();
    let mut desk = Desk::default();
    let mut look = true;
    loop {
        if look && taken.len() < AT_ONCE {
            for task in desk.next(realm, &taken).await {
                let (id, is_again) = (task.row().id.raw(), task.is_again());
                taken.insert(id, is_again);
                let doing = one(task, &perform);
                under_way.push(async move { (id, doing.await) });
            }
        }
        look = tokio::select! {
            Some((id, done)) = under_way.next(), if !under_way.is_empty() => {
                taken.remove(&id);
                // What was not ours to do, or failed, is looked at again a little later.
                done
            }
            () = realm.arrival(PATIENCE) => true,
        };
    }
}

/// Does one thing; says whether it was done.
async fn one<F>(task: Task, perform: &impl Fn(Task) -> F) -> bool
where
    F: Future<Output = Result<bool>>,
{
    let (document, version) = (task.row().document_id, task.row().number);
    // What panics on one version must not leave all others unread; its turn ends by itself.
    match AssertUnwindSafe(async { perform(task).await })
        .catch_unwind()
        .await
    {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => {
            tracing::warn!(%error, %document, version, "a version could not be read; trying again");
            false
        }
        Err(_) => {
            tracing::error!(%document, version, "reading a version panicked; going on with others");
            false
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
    async fn next(&mut self, realm: &Realm, taken: &HashMap<i64, bool>) -> Vec<Task> {
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

    async fn find(&mut self, realm: &Realm, taken: &HashMap<i64, bool>) -> Result<Vec<Task>> {
        if realm.now() >= self.refreshed_at.plus(REFRESH) {
            rulebook::refresh(realm).await?;
            self.refreshed_at = realm.now();
        }
        let Some(rules) = realm.rules_to_read_by() else {
            return Ok(Vec::new());
        };
        let free = AT_ONCE.saturating_sub(taken.len());
        let again = taken.values().filter(|is_again| **is_again).count();
        // What is under way may not be claimed yet, and be found once more.
        let most = (free + taken.len()) as u64;
        let others = |rows: Vec<WaitingRow>, most: usize| {
            rows.into_iter()
                .filter(|row| !taken.contains_key(&row.id.raw()))
                .take(most)
                .collect::<Vec<_>>()
        };
        let waiting = others(waiting(realm, most).await?, free);
        let mut tasks: Vec<Task> = waiting
            .into_iter()
            .map(|row| Task::Read(row, Arc::clone(&rules)))
            .collect();
        let free = (free - tasks.len()).min(AGAIN_AT_ONCE.saturating_sub(again));
        if !tasks.is_empty() || free == 0 {
            return Ok(tasks);
        }
        let behind = others(behind(realm, rules.id, most).await?, free);
        tasks.extend(
            behind
                .into_iter()
                .map(|row| Task::ReadAgain(row, Arc::clone(&rules))),
        );
        if !tasks.is_empty() {
            return Ok(tasks);
        }
        if let Some(proposed) = self.trying.rules(realm).await? {
            let rows = others(trial::waiting(realm, &proposed, most).await?, free);
            tasks.extend(
                rows.into_iter()
                    .map(|row| Task::Try(row, Arc::clone(&proposed))),
            );
        }
        Ok(tasks)
    }
}

/// What nobody has read, nor reads at the moment.
pub(super) async fn waiting(realm: &Realm, most: u64) -> Result<Vec<WaitingRow>> {
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    proof.all(sql::WAITING, args![proof.at(), most]).await
}

/// What was judged by earlier rules than these, and nobody reads at the moment.
pub(super) async fn behind(
    realm: &Realm,
    rules: Id<crate::kernel::thing::Rulebook>,
    most: u64,
) -> Result<Vec<WaitingRow>> {
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    proof.all(sql::BEHIND, args![proof.at(), rules, most]).await
}
