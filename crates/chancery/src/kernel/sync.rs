//! Group commit for SQLite: many commits share one `fdatasync` of the write-ahead log.
//!
//! SQLite runs with `synchronous=NORMAL`: a commit appends its frames to the log without waiting
//! for the disk. It is acknowledged here only after an `fdatasync` of the log that began after
//! the commit ended. Frames are therefore either in a synced log, or in the database file, which
//! a checkpoint syncs before it resets the log.
//!
//! A sync that fails is never tried again: the system may have dropped what it could not write, and
//! the next sync would report success for the rest. Nothing is written any more until a restart
//! has read what the disk really holds.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, watch};

use crate::{Error, Result};

/// Waits, together with everybody else who waits, for the log to reach the disk.
#[derive(Clone)]
pub(super) struct SharedSync(Arc<Inner>);

struct Inner {
    log: PathBuf,
    asked: AtomicU64,
    synced: watch::Sender<u64>,
    turn: Mutex<()>,
    open: std::sync::Mutex<Option<File>>,
    failed: AtomicBool,
}

impl SharedSync {
    /// For the log of this database file.
    pub(super) fn new(log: PathBuf) -> Self {
        Self(Arc::new(Inner {
            log,
            asked: AtomicU64::new(0),
            synced: watch::Sender::new(0),
            turn: Mutex::default(),
            open: std::sync::Mutex::default(),
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

    /// A sync of SQLite's own failed.
    pub(super) fn fail(&self) {
        self.0.failed.store(true, Ordering::SeqCst);
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
            // Whoever gets the turn syncs for everybody, on this thread, as SQLite itself would: nobody
            // can go away in the middle of it. The turn is waited for and not only tried: its last
            // holder may have looked for work just before this ticket was drawn.
            tokio::select! {
                changed = synced.changed() => changed.map_err(Error::unavailable)?,
                _turn = self.0.turn.lock() => self.0.sync_up_to(ticket),
            }
        }
    }
}

impl Inner {
    /// Everything that was asked for until now, unless somebody synced this ticket meanwhile.
    fn sync_up_to(&self, ticket: u64) {
        let upto = self.asked.load(Ordering::SeqCst);
        if *self.synced.borrow() >= ticket {
            return;
        }
        if let Err(error) = self.sync() {
            tracing::error!(%error, "the write-ahead log could not be synced");
            self.failed.store(true, Ordering::SeqCst);
        }
        self.synced.send_replace(upto);
    }

    /// The log stays open: the system reports a write that failed once to each open file, and a
    /// file opened afterwards hears nothing of it. Where the log is another file by now (the last
    /// connection to the old one was closed), that one is opened.
    fn sync(&self) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match open.take() {
            Some(file) if is_still(&file, &self.log)? => file,
            _ => File::open(&self.log)?,
        };
        file.sync_data()?;
        *open = Some(file);
        Ok(())
    }
}

fn is_still(file: &File, path: &Path) -> io::Result<bool> {
    let (open, found) = (file.metadata()?, std::fs::metadata(path)?);
    Ok(open.dev() == found.dev() && open.ino() == found.ino())
}
