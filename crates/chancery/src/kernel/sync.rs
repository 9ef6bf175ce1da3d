//! Group commit for SQLite: many commits share one `fdatasync` of the write-ahead log.
//!
//! SQLite runs with `synchronous=NORMAL`: a commit appends its frames to the log without waiting
//! for the disk. It is acknowledged here only after an `fdatasync` of the log that began after
//! the commit ended. Frames are therefore either in a synced log, or in the database file, which
//! a checkpoint syncs before it resets the log.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::{Mutex, watch};

use crate::{Error, Result};

/// Waits, together with everybody else who waits, for the log to reach the disk.
#[derive(Clone)]
pub(super) struct SharedSync(Arc<Inner>);

struct Inner {
    log: PathBuf,
    asked: AtomicU64,
    synced: watch::Sender<u64>,
    turn: Arc<Mutex<()>>,
    failed: AtomicBool,
}

impl SharedSync {
    /// For the log of this database file.
    pub(super) fn new(log: PathBuf) -> Self {
        Self(Arc::new(Inner {
            log,
            asked: AtomicU64::new(0),
            synced: watch::Sender::new(0),
            turn: Arc::default(),
            failed: AtomicBool::new(false),
        }))
    }

    /// An earlier sync failed: what the disk holds is unknown until a restart reads it.
    pub(super) fn check(&self) -> Result<()> {
        if self.0.failed.load(Ordering::SeqCst) {
            return Err(Error::unavailable(
                "the disk refused to keep an earlier write; restart after mending it",
            ));
        }
        Ok(())
    }

    /// Returns once everything committed before this call is on the disk.
    pub(super) async fn wait(&self) -> Result<()> {
        let ticket = self.0.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut synced = self.0.synced.subscribe();
        loop {
            self.check()?;
            if *synced.borrow_and_update() >= ticket {
                return Ok(());
            }
            // Whoever gets the turn syncs for everybody. The turn is waited for and not only tried:
            // its last holder may have looked for work just before this ticket was drawn.
            tokio::select! {
                changed = synced.changed() => changed.map_err(Error::unavailable)?,
                turn = Arc::clone(&self.0.turn).lock_owned() => {
                    // In a task of its own: a caller that goes away must not leave the others waiting.
                    let inner = Arc::clone(&self.0);
                    tokio::spawn(async move {
                        let _turn = turn;
                        inner.sync_until_caught_up().await;
                    });
                }
            }
        }
    }
}

impl Inner {
    async fn sync_until_caught_up(&self) {
        loop {
            let upto = self.asked.load(Ordering::SeqCst);
            if *self.synced.borrow() >= upto {
                return;
            }
            let log = self.log.clone();
            // Opened anew each time (microseconds beside a sync): the log is a new file after
            // the last connection to it was closed.
            let outcome = tokio::task::spawn_blocking(move || {
                std::fs::File::open(&log).and_then(|file| file.sync_data())
            })
            .await;
            match outcome {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::error!(%error, "the write-ahead log could not be synced");
                    self.failed.store(true, Ordering::SeqCst);
                }
                Err(error) => {
                    tracing::error!(%error, "the sync of the write-ahead log did not finish");
                    self.failed.store(true, Ordering::SeqCst);
                }
            }
            self.synced.send_replace(upto);
        }
    }
}
