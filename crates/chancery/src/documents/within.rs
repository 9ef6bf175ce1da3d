//! The parts of these verbs that another capability's transaction is made of: a file program moves, copies
//! and locks in one request what is several steps on a page. Whoever calls them has decided, and brings
//! the entries of the journal.

use vault::{Address, Deposit};

pub(crate) use super::content::deposit_for;
use super::content::{self, Content, Stored};
use super::sql::{self, LabelRow};
pub(crate) use super::versions::called;
use super::versions::in_bin;
use crate::Result;
use crate::kernel::{Action, Actor, Id, Queries as _, Time, Write, args, thing};
use crate::libraries::TAKE_ROW;
use crate::libraries::columns::NEW_CELLS;
use crate::libraries::rules::{ItemName, media_type};

/// Finds or makes the row of deposited content.
pub(crate) async fn keep<A: Action>(w: &mut Write<A>, deposit: Deposit) -> Result<Stored> {
    content::keep(w, deposit).await
}

/// Adds a document with its first version: gives its id and that of the version.
pub(crate) async fn add<A: Action>(
    w: &mut Write<A>,
    library: Id<thing::Library>,
    folder: i64,
    name: &ItemName,
    content_id: i64,
    size: u64,
) -> Result<(Id<thing::Document>, Id<thing::Version>)> {
    let (at, by) = (w.at(), w.by());
    let document: Id<thing::Document> = w.new_id();
    let kind = media_type(&name.name);
    w.execute(
        sql::INSERT_DOCUMENT,
        args![
            document, library, folder, &name.name, &name.key, at, by, size, &kind
        ],
    )
    .await?;
    let placement: Id<thing::Interval> = w.new_id();
    w.execute(
        sql::INSERT_PLACEMENT,
        args![placement, document, library, at, Time::FOREVER],
    )
    .await?;
    w.execute(NEW_CELLS, args![at, library, document]).await?;
    let (version, _) = insert_version(w, document, 1, content_id, size, kind).await?;
    Ok((document, version))
}

async fn insert_version<A: Action>(
    w: &mut Write<A>,
    document: Id<thing::Document>,
    number: u64,
    content_id: i64,
    size: u64,
    kind: String,
) -> Result<(Id<thing::Version>, String)> {
    let (at, by) = (w.at(), w.by());
    let version: Id<thing::Version> = w.new_id();
    let row: LabelRow = w
        .one(
            sql::INSERT_VERSION,
            args![
                version, document, number, content_id, size, kind, "", by, at, 0_i64
            ],
        )
        .await?;
    Ok((version, called(row.major, row.minor)))
}

/// Makes the next version after `current` of a document of this name: gives its number, its id, and what it is called
/// where publishing is required.
pub(crate) async fn publish<A: Action>(
    w: &mut Write<A>,
    document: Id<thing::Document>,
    name: &str,
    current: u64,
    content_id: i64,
    size: u64,
) -> Result<(u64, Id<thing::Version>, String)> {
    let (at, by) = (w.at(), w.by());
    let (number, kind) = (current + 1, media_type(name));
    let advanced = w
        .execute(sql::ADVANCE, args![document, number, size, &kind, at, by])
        .await?;
    if advanced == 0 {
        return Err(in_bin());
    }
    let (version, label) = insert_version(w, document, number, content_id, size, kind).await?;
    Ok((number, version, label))
}

/// Takes the row of an item for this transaction, if it is not in the bin: whoever would change it waits.
pub(crate) async fn take_row<A: Action>(w: &mut Write<A>, item: Id<thing::Item>) -> Result<()> {
    w.execute(TAKE_ROW, args![item]).await?;
    Ok(())
}

/// Takes the document for whoever acts, until then.
pub(crate) async fn hold<A: Action>(
    w: &mut Write<A>,
    document: Id<thing::Document>,
    note: &str,
    until: Time,
) -> Result<Id<thing::CheckOut>> {
    let (at, by) = (w.at(), w.by());
    // The row is taken first: a deletion or move at this moment waits, and then sees the hold.
    if w.execute(TAKE_ROW, args![document]).await? == 0 {
        return Err(in_bin());
    }
    let id: Id<thing::CheckOut> = w.new_id();
    w.execute(
        sql::INSERT_CHECK_OUT,
        args![id, document, by, note, at, until],
    )
    .await?;
    Ok(id)
}

/// Lets a check-out last until then.
pub(crate) async fn renew<A: Action>(w: &mut Write<A>, hold: i64, until: Time) -> Result<()> {
    w.execute(sql::RENEW, args![hold, until]).await?;
    Ok(())
}

/// Ends a check-out with this outcome.
pub(crate) async fn end_hold<A: Action>(w: &mut Write<A>, hold: i64, how: &str) -> Result<()> {
    let at = w.at();
    w.execute(sql::END_CHECK_OUT, args![hold, at, how]).await?;
    Ok(())
}

/// Ends a draft.
pub(crate) async fn end_draft<A: Action>(w: &mut Write<A>, draft: i64) -> Result<()> {
    let at = w.at();
    w.execute(sql::END_DRAFT, args![draft, at]).await?;
    Ok(())
}

/// Keeps a draft of whoever acts, in place of an earlier one; gives its id.
pub(crate) async fn save_draft<A: Action>(
    w: &mut Write<A>,
    document: Id<thing::Document>,
    name: &str,
    earlier: Option<i64>,
    stored: Stored,
    based_on: u64,
) -> Result<Id<thing::Draft>> {
    if let Some(earlier) = earlier {
        end_draft(w, earlier).await?;
    }
    let (at, by) = (w.at(), w.by());
    let id: Id<thing::Draft> = w.new_id();
    w.execute(
        sql::INSERT_DRAFT,
        args![
            id,
            document,
            by,
            stored.id,
            stored.size,
            media_type(name),
            at,
            based_on,
            Time::FOREVER
        ],
    )
    .await?;
    Ok(id)
}

/// Notes of which version of which document this one began as a copy.
pub(crate) async fn copied_from<A: Action>(
    w: &mut Write<A>,
    copy: Id<thing::Document>,
    of: Id<thing::Document>,
    version: u64,
) -> Result<()> {
    w.execute(sql::COPIED, args![copy, of, version]).await?;
    Ok(())
}

/// Content whose row is known already.
pub(crate) fn stored(id: i64, size: u64) -> Stored {
    Stored {
        id,
        size,
        known: true,
    }
}

/// Content that is no version of a document.
pub(crate) async fn content(
    actor: &Actor,
    name: String,
    media_type: String,
    size: u64,
    etag: String,
    address: &Address,
    inline: Option<Vec<u8>>,
) -> Result<Content> {
    let blob = actor.realm().vault().open(address, inline).await?;
    Ok(Content {
        name,
        media_type,
        size,
        etag,
        blob,
        watch: None,
    })
}
