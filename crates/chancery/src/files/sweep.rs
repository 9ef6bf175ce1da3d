//! What file programs left behind: locks that ended by themselves, with the work that was put under them, and
//! scraps that are a day old.

use super::SweepFiles;
use super::sql::{self, EndedRow};
use crate::documents;
use crate::kernel::{Actor, Id, Queries as _, Read, Realm, args};
use crate::{Error, Result};

/// What became of locks that ended by themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Locks that ended.
    pub locks: u64,
    /// Documents whose work was published because the program that put it there never came back.
    pub published: u64,
    /// Scraps that were a day old.
    pub scraps: u64,
}

/// Clears away locks that have ended and scraps that are a day old. Work that was put under a lock that
/// ended by itself is published, as it would have been if the lock had been given back, unless somebody
/// has changed the document since or holds it.
pub async fn sweep(realm: &Realm) -> Result<Swept> {
    let mut proof: Read<SweepFiles> = Actor::console(realm).read(Id::REALM).await?;
    let at = proof.at();
    let rows: Vec<EndedRow> = proof.all(sql::ENDED, args![at]).await?;
    let mut swept = Swept::default();
    for row in rows {
        if row.check_out_id != 0 && publish_left(realm, &row).await? {
            swept.published += 1;
        }
        swept.locks += realm.upkeep(sql::SWEEP_LOCK, args![row.id, at]).await?;
    }
    swept.scraps = realm.upkeep(sql::SWEEP_SCRAPS, args![at]).await?;
    Ok(swept)
}

async fn publish_left(realm: &Realm, row: &EndedRow) -> Result<bool> {
    let actor = Actor::person(realm, row.person_id);
    let page = match documents::document(&actor, row.document_id, None).await {
        Ok(page) => page,
        // Whoever put it there may not do so any more: the draft stays theirs.
        Err(Error::Unavailable(source)) => return Err(Error::Unavailable(source)),
        Err(_) => return Ok(false),
    };
    let due = page.can.publish_draft
        && page
            .draft
            .is_some_and(|draft| !draft.stale && draft.saved_at >= row.from_at);
    if !due {
        return Ok(false);
    }
    match documents::check_in(&actor, row.document_id, None::<tokio::io::Empty>, "").await {
        Ok(version) => Ok(version.is_some()),
        Err(Error::Unavailable(source)) => Err(Error::Unavailable(source)),
        Err(_) => Ok(false),
    }
}
