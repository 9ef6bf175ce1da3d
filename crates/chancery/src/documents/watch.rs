//! Whether content that is on its way out may still be had. A slow reader takes hours over a large document, in which a
//! right can end and the document be sealed: it is decided about again while it leaves, and what may not be had any more
//! breaks off.

use std::fmt;
use std::time::Duration;

use super::{DownloadVersion, OpenDraft, OpenVersion};
use crate::kernel::{Actor, Id, Time, thing};
use crate::{Error, Result};

/// How long a decision is good for. A document that has left by then was decided about once.
const GOOD_FOR: Duration = Duration::from_secs(1);
/// For how long a database that cannot be asked does not break off what was allowed.
const BLIND: Duration = Duration::from_secs(30);

/// How content was come by: what is decided about again.
#[derive(Debug, Clone, Copy)]
pub(super) enum Door {
    Opened,
    Downloaded,
    Draft,
}

/// Whoever reads a document, and when that was last decided about.
#[derive(Clone)]
pub(super) struct Watch {
    actor: Actor,
    document: Id<thing::Document>,
    door: Door,
    decided: Time,
    looked: Time,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("document", &self.document)
            .field("door", &self.door)
            .field("decided", &self.decided)
            .finish_non_exhaustive()
    }
}

impl Watch {
    /// Of somebody about whom it was decided just now.
    pub(super) fn begin(actor: &Actor, document: Id<thing::Document>, door: Door) -> Self {
        let now = actor.now();
        Self {
            actor: actor.clone(),
            document,
            door,
            decided: now,
            looked: now,
        }
    }

    /// Decides again, where that is due.
    pub(super) async fn look(&mut self) -> Result<()> {
        let now = self.actor.now();
        if now < self.looked.plus(GOOD_FOR) {
            return Ok(());
        }
        self.looked = now;
        match self.decide().await {
            // What is being read is a version that came since.
            Ok(()) | Err(Error::BeingRead) => self.decided = now,
            Err(Error::Unavailable(_) | Error::Busy(_)) if now < self.decided.plus(BLIND) => {}
            Err(error) => {
                tracing::info!(document = %self.document, %error, "content broke off on its way out");
                return Err(error);
            }
        }
        Ok(())
    }

    async fn decide(&self) -> Result<()> {
        let (actor, document) = (&self.actor, self.document);
        match self.door {
            Door::Opened => actor.read::<OpenVersion>(document).await.map(drop),
            Door::Downloaded => actor.read::<DownloadVersion>(document).await.map(drop),
            Door::Draft => actor.read::<OpenDraft>(document).await.map(drop),
        }
    }
}
