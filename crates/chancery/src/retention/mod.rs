//! What must be kept. A library, or a document of it, that is under legal hold is deleted by nobody and moved to no other
//! library, until an owner lifts the hold and says why. It can be read, and new versions of it can be made: the earlier
//! ones stay, as always.
//!
//! **Invariant:** a hold and a deletion take the same turn, the library's, so neither overtakes the other; that nothing
//! held goes is asked in the transaction of the deletion or move, by `is_legally_held!`.
//!
//! And how long the rest is kept: the recycle bin's time, rules that keep things for years, rules that delete what nobody
//! changed for years (`keep`, `disposal`), and what goes for good (`gone`). A hold wins over every rule.

mod actions;
mod disposal;
mod gone;
mod keep;
mod keep_sql;
mod rules;
mod sql;
#[cfg(test)]
mod tests;

pub use actions::*;
pub use disposal::{Upkept, upkeep};
pub use gone::{GoneLine, GonePage, Removal, gone, gone_list, removal, remove_for_good};
pub(crate) use gone::{destroy, may_go};
pub use keep::{
    Due, Kept, OwnRule, RetentionPage, document_retention, retention, set_document_retention,
    set_retention,
};
pub use rules::{BIN_DAYS_LEAST, BIN_DAYS_MOST, Keep, NOTICE_DAYS, Retention, Since, YEARS_MOST};

use crate::kernel::{Actor, Id, Queries as _, Time, Write, args, thing};
use crate::libraries::{LibraryHead, head_of};
use crate::people::Author;
use crate::people::text::clean_line;
use crate::{Error, Result};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// A legal hold in force.
#[derive(Debug, Clone)]
pub struct LegalHold {
    /// Which.
    pub id: Id<thing::LegalHold>,
    /// The document that is held, and its name; the whole library for none.
    pub document: Option<(Id<thing::Document>, String)>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Time,
    /// Who placed it.
    pub placed_by: Author,
}

/// Puts a document of a library, or all of the library, under legal hold. Problems are on `reason`; a hold on what is
/// held in the same way already is [`Error::Conflict`].
pub async fn place_legal_hold(
    actor: &Actor,
    library: Id<thing::Library>,
    document: Option<Id<thing::Document>>,
    reason: &str,
) -> Result<Id<thing::LegalHold>> {
    let mut w = actor.write::<PlaceLegalHold>(library).await?;
    let me = actor.me()?;
    let reason = checked(reason)?;
    let (at, library) = (w.at(), w.target());
    let held = document.map_or(0, Id::raw);
    let name = name_of(&mut w, library, held).await?;
    let (already,): (i64,) = w.one(sql::HELD, args![at, library, held]).await?;
    if already > 0 {
        return Err(Error::Conflict(format!(
            "“{name}” is under legal hold already"
        )));
    }
    let id: Id<thing::LegalHold> = w.new_id();
    w.execute(
        sql::PLACE,
        args![id, library, held, &reason, me, at, Time::FOREVER],
    )
    .await?;
    w.place_mut().item = document.map(Id::<thing::Document>::item);
    w.commit(LegalHoldPlaced { name, reason }).await?;
    Ok(id)
}

/// Lifts a legal hold. Problems are on `reason`; [`Error::NotFound`] when there is none of this id in force here.
pub async fn lift_legal_hold(
    actor: &Actor,
    library: Id<thing::Library>,
    hold: Id<thing::LegalHold>,
    reason: &str,
) -> Result<()> {
    let mut w = actor.write::<LiftLegalHold>(library).await?;
    let reason = checked(reason)?;
    let (at, library) = (w.at(), w.target());
    let lifted: Option<(i64,)> = w.first(sql::LIFT, args![at, library, hold]).await?;
    let (document,) = lifted.ok_or(Error::NotFound)?;
    let name = name_of(&mut w, library, document).await?;
    w.place_mut().item = (document != 0).then(|| Id::from_raw(document));
    w.commit(LegalHoldLifted { name, reason }).await
}

/// The library and what is under legal hold in it, the newest hold first; at most 500.
pub async fn legal_holds(
    actor: &Actor,
    library: Id<thing::Library>,
) -> Result<(LibraryHead, Vec<LegalHold>)> {
    let mut proof = actor.read::<ViewLegalHolds>(library).await?;
    let head = head_of(&mut proof).await?;
    let rows: Vec<sql::HoldRow> = proof
        .all(sql::LIST, args![proof.at(), actor.me()?, proof.target()])
        .await?;
    let holds = rows.into_iter().map(|row| LegalHold {
        id: row.id,
        document: (row.document_id != 0).then(|| {
            let name = row.document.unwrap_or_default();
            (Id::from_raw(row.document_id), name)
        }),
        reason: row.reason,
        since: row.from_at,
        placed_by: row.placed_by,
    });
    Ok((head, holds.collect()))
}

fn checked(reason: &str) -> Result<String> {
    let reason =
        clean_line(reason, LONGEST_REASON).map_err(|unfit| Error::invalid("reason", unfit))?;
    if reason.is_empty() {
        return Err(Error::invalid("reason", "Say why, in a few words"));
    }
    Ok(reason)
}

async fn name_of<A: crate::kernel::Action>(
    w: &mut Write<A>,
    library: Id<thing::Library>,
    document: i64,
) -> Result<String> {
    let named: Option<(String,)> = if document == 0 {
        w.first(sql::LIBRARY, args![library]).await?
    } else {
        let me = w.actor().me()?;
        w.first(sql::DOCUMENT, args![w.at(), me, library, document])
            .await?
    };
    named.map(|(name,)| name).ok_or(Error::NotFound)
}
