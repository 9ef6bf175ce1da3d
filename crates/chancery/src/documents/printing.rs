//! The pages of an office document: a PDF, made by LibreOffice shut in ([`inspect::Printer`]), and kept, encrypted, beside
//! the content that it was made of, for whoever may see that and asks next.

use futures::{Stream, TryStreamExt as _};
use inspect::{Failure, prints};
use tokio_util::io::StreamReader;
use vault::Kept;

use super::content::content;
use super::reading::unread;
use super::sql::{self, StoredRow};
use super::versions::called;
use super::watch::Door;
use super::{Content, OpenVersion, Reading, Unread, VersionOpened};
use crate::kernel::{Actor, Id, Queries as _, Read, Time, args, record, thing};
use crate::{Error, Result};

/// How long it is not tried again after the pages could not be made.
const RETRY: std::time::Duration = std::time::Duration::from_hours(24);
/// The most that pages may come to, in bytes: a small document must not fill the disk.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The pages made of the content `$1` as it is read by the kind `$2`, if somebody asked for them before.
const FIND: &str = "SELECT p.failure, p.size, p.address, p.inline, p.made_at FROM printed p
  WHERE p.content_id = $1 AND p.kind = $2";
/// Not for content that was destroyed while they were made.
const KEEP: &str = "INSERT INTO printed (id, content_id, kind, failure, size, address, inline, made_at)
  SELECT CAST($1 AS BIGINT), t.id, CAST($3 AS TEXT), '', CAST($4 AS BIGINT), $5, $6, CAST($7 AS BIGINT)
    FROM contents t WHERE t.id = $2
  ON CONFLICT (content_id, kind) DO UPDATE SET failure = excluded.failure, size = excluded.size,
    address = excluded.address, inline = excluded.inline, made_at = excluded.made_at";
/// Pages that another node has made meanwhile stay.
const NOTE: &str = "INSERT INTO printed (id, content_id, kind, failure, size, address, inline, made_at)
  SELECT CAST($1 AS BIGINT), t.id, CAST($3 AS TEXT), CAST($4 AS TEXT), 0, $5, NULL, CAST($6 AS BIGINT)
    FROM contents t WHERE t.id = $2
  ON CONFLICT (content_id, kind) DO UPDATE SET failure = excluded.failure, made_at = excluded.made_at
   WHERE printed.failure <> ''";
/// Pages of content that is not there any more, and those that were made before `$1`.
pub(super) const FORGET: &str = "DELETE FROM printed WHERE made_at <= $1
  OR NOT EXISTS (SELECT 1 FROM contents t WHERE t.id = printed.content_id)";
/// The addresses of pages that are in the vault, after `$1`, in their order.
pub(super) const IN_VAULT: &str = "SELECT DISTINCT p.address FROM printed p
  WHERE p.inline IS NULL AND p.size > 0 AND p.address > $1 ORDER BY p.address LIMIT $2";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[FIND, KEEP, NOTE, FORGET, IN_VAULT];

record! {
    struct PrintedRow {
        failure: String,
        size: u64,
        address: Vec<u8>,
        inline: Option<Vec<u8>>,
        made_at: Time,
    }
}

/// Whether the pages of a document of this name and media type (RFC 6838) can be had in this realm: from the document
/// itself, where it is a PDF, or made of it.
pub fn has_pages(actor: &Actor, name: &str, media_type: &str) -> bool {
    media_type == "application/pdf"
        || (actor.realm().printer().is_some() && prints(name, media_type).is_some())
}

/// The pages of a version as a PDF. It is opened for this: decided about, and in the journal. The first time takes some
/// seconds, while LibreOffice makes them.
pub async fn pages(
    actor: &Actor,
    id: Id<thing::Document>,
    number: u64,
) -> Result<Reading<Content>> {
    if number == 0 {
        return Err(Error::NotFound);
    }
    let mut proof = actor.read::<OpenVersion>(id).await?;
    let row: StoredRow = proof
        .one(sql::VERSION, args![proof.target(), number])
        .await?;
    let (name, media_type) = (row.name.clone(), row.media_type.clone());
    let (content_id, etag) = (row.content_id, format!("\"{}-pages\"", row.row_id));
    let event = VersionOpened {
        document: name.clone(),
        version: row.number,
        label: called(row.major, row.minor),
    };
    let original = content(actor, row).await?;
    proof.record(&event).await?;
    let found = match prints(&name, &media_type) {
        _ if media_type == "application/pdf" => Ok(original),
        None => Err(Unread::NotText),
        Some(kind) => made(&mut proof, content_id, kind, &original).await?,
    };
    Ok(Reading {
        found: found.map(|mut pages| {
            if media_type != "application/pdf" {
                pages.name = format!("{name}.pdf");
                "application/pdf".clone_into(&mut pages.media_type);
                pages.etag = etag;
            }
            pages.watched(actor, id, Door::Opened)
        }),
        name,
        version: number,
        media_type,
    })
}

/// The pages as they were kept, or made now.
async fn made(
    proof: &mut Read<OpenVersion>,
    content_id: i64,
    kind: &'static str,
    original: &Content,
) -> Result<std::result::Result<Content, Unread>> {
    if let Some(kept) = kept(proof, content_id, kind, original).await? {
        return Ok(kept);
    }
    let realm = proof.actor().realm().clone();
    let Some(printer) = realm.printer() else {
        return Ok(Err(Unread::NoReader));
    };
    if original.size > printer.limits().input {
        return Ok(Err(Unread::TooLarge));
    }
    let turn = match printer.turn().await {
        Ok(turn) => turn,
        Err(failure) => return Ok(Err(unread(failure))),
    };
    // It can take minutes until they are there, in which a right can end or the document be sealed.
    *proof = decided_again(proof).await?;
    // Whoever had the turn before may have made them.
    if let Some(kept) = kept(proof, content_id, kind, original).await? {
        return Ok(kept);
    }
    let printing = printer.print(turn, kind, original.clone().read(0..u64::MAX));
    match printing.await {
        Ok(pages) => {
            if !keep(proof, content_id, kind, pages).await? {
                note(proof, content_id, kind, Unread::TooLarge).await?;
                return Ok(Err(Unread::TooLarge));
            }
            *proof = decided_again(proof).await?;
            let kept = kept(proof, content_id, kind, original).await?;
            // Its content was destroyed meanwhile.
            kept.ok_or(Error::NotFound)
        }
        Err(failure) => {
            let told = failure.to_string();
            let theirs = matches!(
                failure,
                Failure::Unreadable(_) | Failure::Crashed(_) | Failure::TimedOut
            );
            let failure = unread(failure);
            if theirs {
                tracing::info!(%told, "the pages of a document could not be made");
                note(proof, content_id, kind, failure).await?;
            }
            Ok(Err(failure))
        }
    }
}

async fn decided_again(proof: &Read<OpenVersion>) -> Result<Read<OpenVersion>> {
    proof.actor().read::<OpenVersion>(proof.target()).await
}

async fn kept(
    proof: &mut Read<OpenVersion>,
    content_id: i64,
    kind: &str,
    original: &Content,
) -> Result<Option<std::result::Result<Content, Unread>>> {
    let row: Option<PrintedRow> = proof.first(FIND, args![content_id, kind]).await?;
    let Some(row) = row else {
        return Ok(None);
    };
    if !row.failure.is_empty() {
        let waits = row.made_at.plus(RETRY) > proof.at();
        return Ok(waits.then_some(Err(match row.failure.as_str() {
            TIMED_OUT => Unread::TimedOut,
            TOO_LARGE => Unread::TooLarge,
            _ => Unread::Broken,
        })));
    }
    let row = StoredRow {
        name: original.name.clone(),
        number: 0,
        row_id: Id::from_raw(0),
        content_id,
        size: row.size,
        media_type: "application/pdf".to_owned(),
        address: row.address,
        inline: row.inline,
        major: 0,
        minor: 0,
    };
    match content(proof.actor(), row).await {
        Ok(pages) => Ok(Some(Ok(pages))),
        // They are made again, which takes less than finding out what befell them.
        Err(error) => {
            tracing::warn!(%error, "kept pages of a document are not to be had");
            Ok(None)
        }
    }
}

const TIMED_OUT: &str = "timed out";
const TOO_LARGE: &str = "too large";

/// Keeps pages; false where there is too much of them.
async fn keep(
    proof: &Read<OpenVersion>,
    content_id: i64,
    kind: &str,
    pages: impl Stream<Item = std::io::Result<bytes::Bytes>> + Send + Unpin,
) -> Result<bool> {
    let realm = proof.actor().realm();
    let pages = StreamReader::new(pages.into_stream());
    let deposit = match realm.vault().deposit(pages, LARGEST).await {
        Err(vault::Error::TooLarge { .. }) => return Ok(false),
        deposit => deposit?,
    };
    let inline = match deposit.kept {
        Kept::Inline(bytes) => Some(bytes),
        Kept::Stored => None,
    };
    let id: Id<thing::Content> = realm.new_id();
    let address = deposit.address.as_bytes().to_vec();
    let args = args![
        id,
        content_id,
        kind,
        deposit.size,
        address,
        inline,
        realm.now()
    ];
    realm.upkeep(KEEP, args).await?;
    Ok(true)
}

/// That the pages could not be made, so that it is not tried at every glance.
async fn note(proof: &Read<OpenVersion>, content_id: i64, kind: &str, why: Unread) -> Result<()> {
    let realm = proof.actor().realm();
    let id: Id<thing::Content> = realm.new_id();
    let why = match why {
        Unread::TimedOut => TIMED_OUT,
        Unread::TooLarge => TOO_LARGE,
        _ => "broken",
    };
    let nothing: Vec<u8> = Vec::new();
    let args = args![id, content_id, kind, why, nothing, realm.now()];
    realm.upkeep(NOTE, args).await?;
    Ok(())
}
