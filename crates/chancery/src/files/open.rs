//! Reading content at an address.

use super::{Looked, What, scraps};
use crate::documents::{self, Content};
use crate::kernel::{Actor, Id};
use crate::{Error, Result};

/// Opens what was found: the published version, or the person's own draft while they hold the document. That it is
/// read is in the trail before this returns; a scrap is in no trail.
pub async fn open(actor: &Actor, looked: &Looked) -> Result<Content> {
    match (&looked.what, &looked.spot) {
        (What::Document(entry), _) if entry.draft => {
            documents::open_draft(actor, Id::from_raw(entry.id.raw())).await
        }
        (What::Document(entry), _) => {
            documents::open(actor, Id::from_raw(entry.id.raw()), None, true).await
        }
        (What::Scrap(entry), Some(spot)) => match entry.stands_for {
            Some(document) => documents::open(actor, document, None, true).await,
            None => scraps::open(actor, spot, entry).await,
        },
        _ => Err(Error::NotFound),
    }
}
