//! Waiting a moment for what was just brought to be read, for pages that say what became of it.

use std::time::Duration;

use super::{Closing, sealed};
use crate::Result;
use crate::kernel::{Actor, Id, Realm, thing};

/// How long it takes until it is looked again.
const STEP: Duration = Duration::from_millis(150);

/// Whether what is brought to this realm is read for its marking, and is its author's alone until then.
pub fn reads(realm: &Realm) -> bool {
    realm.rules().is_some()
}

/// Waits until none of these documents is being read, for so long at the most; where markings are not read, not at all. What
/// whoever asks does not see is not waited for.
pub async fn until_read(
    actor: &Actor,
    documents: &[Id<thing::Document>],
    longest: Duration,
) -> Result<()> {
    if !reads(actor.realm()) {
        return Ok(());
    }
    let looking = async {
        for document in documents {
            while is_being_read(actor, *document).await? {
                pause().await;
            }
        }
        Ok(())
    };
    // What is not read by then is read later, and its page says so.
    tokio::time::timeout(longest, looking)
        .await
        .unwrap_or(Ok(()))
}

async fn is_being_read(actor: &Actor, document: Id<thing::Document>) -> Result<bool> {
    match sealed(actor, document).await {
        Ok(page) => Ok(page.closing == Some(Closing::BeingRead)),
        Err(crate::Error::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "whichever node reads it says so in the database alone"
)]
async fn pause() {
    tokio::time::sleep(STEP).await;
}
