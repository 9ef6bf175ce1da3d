//! Whether markings are read at all in a realm, and by which program: said at the machine itself, for every node at once, and kept
//! with the realm.
//!
//! **Invariant:** what a node's own settings say opens nothing. Where rules are in force, a version is its author's alone until it
//! was read by them (`opens_at!`), whichever node takes it in.

use super::decide::checked;
use super::rulebook::{PROGRAM, Written, bring_in_force, is_newer};
use super::sql::{self, RulebookRow};
use super::{ChangeRules, ReadingStopped, StopReading, Unread};
use crate::kernel::{Actor, Id, Queries as _, Time, args, thing};
use crate::{Error, Result};

/// What rules are called that say that nothing is read.
const OFF: &str = "off";

/// Stops reading documents for their markings, on every node. Seals and markings stay as they are, and what comes from now on is open
/// at once. What nobody has read yet is opened only where that is said; says how many versions that were. Problems are on `reason`
/// and `unread`.
pub async fn stop_reading(actor: &Actor, reason: &str, open_unread: bool) -> Result<u64> {
    let mut w = actor.write::<StopReading>(Id::REALM).await?;
    let reason = checked(reason)?;
    let at = w.at();
    let row: Option<RulebookRow> = w.first(sql::RULEBOOK, args![at]).await?;
    if row.is_none_or(|row| row.is_off()) {
        return Err(Error::Conflict(
            "Markings are not read in this realm".to_owned(),
        ));
    }
    let unread = Unread::of(&mut w).await?.versions;
    if unread > 0 && !open_unread {
        return Err(Error::invalid(
            "unread",
            format!(
                "{unread} versions were not read yet, and only their authors can open them. Wait until they are, or say that they are opened unread"
            ),
        ));
    }
    let id: Id<thing::Rulebook> = w.new_id();
    w.execute(sql::END_RULEBOOKS, args![at]).await?;
    w.execute(
        sql::PUT_RULEBOOK,
        args![id, OFF, "", "[]", PROGRAM, 0_i64, at, Time::FOREVER],
    )
    .await?;
    w.execute(sql::OPEN_UNREAD, args![at]).await?;
    w.commit(ReadingStopped { reason, unread }).await?;
    actor.realm().judge_nothing();
    Ok(unread)
}

/// Begins to read again by the rules that were in force before that was stopped. Everything is read, what came meanwhile too, and
/// stays open until then.
pub async fn read_again(actor: &Actor) -> Result<String> {
    let mut w = actor.write::<ChangeRules>(Id::REALM).await?;
    let at = w.at();
    let row: Option<RulebookRow> = w.first(sql::RULEBOOK, args![at]).await?;
    if !row.is_some_and(|row| row.is_off()) {
        return Err(Error::Conflict(
            "Reading was not switched off in this realm".to_owned(),
        ));
    }
    let last: Option<RulebookRow> = w.first(sql::LAST_RULEBOOK, args![at]).await?;
    let last = last
        .ok_or_else(|| Error::Conflict("No rules were in force in this realm before".to_owned()))?;
    let written = Written::of(&last)?;
    let name = written.checked(last.id)?.policy.name;
    bring_in_force(w, &written).await?;
    Ok(name)
}

/// Has this program judge, where a newer one did: for a realm that goes back to the release before. Everything is read again.
pub async fn take_over(actor: &Actor) -> Result<String> {
    let mut w = actor.write::<ChangeRules>(Id::REALM).await?;
    let at = w.at();
    let row: Option<RulebookRow> = w.first(sql::RULEBOOK, args![at]).await?;
    let row = row
        .filter(|row| !row.is_off() && is_newer(&row.program, PROGRAM))
        .ok_or_else(|| Error::Conflict("No newer program judges in this realm".to_owned()))?;
    let written = Written::of(&row)?;
    let name = written.checked(row.id)?.policy.name;
    bring_in_force(w, &written).await?;
    Ok(name)
}
