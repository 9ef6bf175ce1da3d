//! A few connections to PostgreSQL that readings use again and again, whichever was used last first.
//!
//! A connection plans a statement the first time that it runs it, which takes longer than most statements do. The pool
//! hands out whichever connection has waited longest, and asks each whether it is still there when it comes back: so each of
//! sixteen plans every statement, and each reading is followed by another question. One page is a dozen readings, one after
//! the other: they find what they need planned already on a connection that is not put back in between.

use std::sync::{Mutex, PoisonError};

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use tokio::runtime::Handle;

/// How many connections are kept from the pool at most, while nobody uses them: the rest is for whoever writes.
const KEPT: usize = 4;
/// After how many readings a connection goes back to the pool, which ends those that are too old.
const USES: u32 = 10_000;

/// A connection, and how often it was used.
pub(super) struct Hot {
    pub(super) connection: PoolConnection<Postgres>,
    uses: u32,
}

/// Those of one pool that nobody uses at this moment; none once the pool has ended.
pub(super) struct Kept(Mutex<Option<Vec<Hot>>>);

impl Default for Kept {
    fn default() -> Self {
        Self(Mutex::new(Some(Vec::with_capacity(KEPT))))
    }
}

impl Kept {
    /// The one that was used last, or another of the pool.
    pub(super) async fn take(&self, pool: &PgPool) -> sqlx::Result<Hot> {
        let kept = self.with(|kept| kept.as_mut().and_then(Vec::pop));
        match kept {
            Some(hot) => Ok(hot),
            None => Ok(Hot {
                connection: pool.acquire().await?,
                uses: 0,
            }),
        }
    }

    /// Keeps a connection whose reading went well for the next one; unless others wait for one. Whatever is not kept goes
    /// back to the pool as it is dropped.
    pub(super) fn keep(&self, pool: &PgPool, mut hot: Hot) {
        hot.uses += 1;
        if hot.uses >= USES || all_in_use(pool) {
            return;
        }
        // What is left over is dropped once the list is free again.
        let _over = self.with(|kept| match kept {
            Some(kept) if kept.len() < KEPT => {
                kept.push(hot);
                None
            }
            _ => Some(hot),
        });
    }

    /// Whoever is about to wait for one of the pool, while some are kept from it, does not wait for those.
    pub(super) fn share(&self, pool: &PgPool) {
        if all_in_use(pool) {
            let _shared = self.with(|kept| kept.as_mut().map(std::mem::take));
        }
    }

    /// How many nobody uses.
    pub(super) fn idle(&self) -> usize {
        self.with(|kept| kept.as_ref().map_or(0, Vec::len))
    }

    /// None is kept any more: a pool closes when all its connections have come back.
    pub(super) fn end(&self) {
        let _ended = self.with(Option::take);
    }

    fn with<T>(&self, work: impl FnOnce(&mut Option<Vec<Hot>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Kept {
    /// A connection goes back to its pool by a task: without anybody to run that, it is only ended.
    fn drop(&mut self) {
        if Handle::try_current().is_err() {
            let kept = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
            for hot in kept.take().into_iter().flatten() {
                drop(hot.connection.detach());
            }
        }
    }
}

/// Whether the next to ask the pool for a connection has to wait.
fn all_in_use(pool: &PgPool) -> bool {
    pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
}
