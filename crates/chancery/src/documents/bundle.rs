//! Many documents at once, to be taken along in one file.

use std::collections::VecDeque;

use super::{Content, open};
use crate::kernel::{Actor, Id, Time, thing};
use crate::libraries::{Gathered, Gathering, gather, head};
use crate::{Error, Result};

/// The documents in what somebody selected, one after the other. Nothing is kept but what comes next, so there may be
/// any number of them; each is decided about and is in the journal when its turn comes, before its first byte leaves.
pub struct Bundle {
    actor: Actor,
    gathering: Gathering,
    next: VecDeque<Gathered>,
    /// What it is called: the library, or the one thing that was selected.
    pub name: String,
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bundle")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A document of a bundle, when its turn has come.
#[derive(Debug)]
pub struct Bundled {
    /// From what was selected: `Minutes/2026/April.odt`.
    pub path: String,
    /// When it was last changed.
    pub changed_at: Time,
    /// Its content; `None` when this person may not have it any more, or it is sealed.
    pub content: Option<Content>,
}

/// Begins to take along what was selected in a library: documents, and folders with all that is in them; with nothing
/// selected, all of it.
pub async fn bundle(
    actor: &Actor,
    library: Id<thing::Library>,
    items: &[Id<thing::Item>],
) -> Result<Bundle> {
    let mut gathering = gather(actor, library, items).await?;
    let name = match gathering.name.take() {
        Some(name) => name,
        None => head(actor, library).await?.name,
    };
    Ok(Bundle {
        actor: actor.clone(),
        gathering,
        next: VecDeque::new(),
        name,
    })
}

impl Bundle {
    /// The next document; `None` at the end. Fails with [`Error::SignedOut`] once whoever asked is nobody any more, and
    /// with [`Error::NotFound`] once they may not see the library.
    pub async fn next(&mut self) -> Result<Option<Bundled>> {
        if self.next.is_empty() {
            self.next = self.gathering.next(&self.actor).await?.into();
        }
        let Some(document) = self.next.pop_front() else {
            return Ok(None);
        };
        let content = match open(&self.actor, document.id, None, true).await {
            Ok(content) => Some(content),
            Err(Error::NotFound | Error::Sealed | Error::BeingRead | Error::Conflict(_)) => None,
            Err(other) => return Err(other),
        };
        Ok(Some(Bundled {
            path: document.path,
            changed_at: document.changed_at,
            content,
        }))
    }
}
