//! Asking an owner to publish, and being told no.

use super::rules::{self, Label};
use super::sql::{self, WaitingRow};
use super::version::{elsewhere, label, not_waiting, stands};
use super::{
    PublicationRequested, RequestPublication, RequestWithdrawn, SendBack, VersionSentBack,
    ViewRequests, Waiting, WithdrawRequest,
};
use crate::kernel::{Actor, Id, Queries as _, Scope, Time, args, thing};
use crate::libraries::{LibraryHead, TAKE_ROW, as_expected, head_of};
use crate::{Error, Result};

/// How many requests a page shows.
const PAGE: usize = 100;

pub(super) fn waiting(row: WaitingRow) -> Waiting {
    Waiting {
        document: row.document_id,
        name: row.name,
        version: (
            row.number,
            Label {
                major: row.major,
                minor: row.minor,
            },
        ),
        moved_on: row.latest > row.number,
        note: row.note,
        asked_at: row.asked_at,
        asked_by: row.asked_by,
        place: row.site.zip(row.library),
    }
}

/// Asks an owner to publish this version, which is the latest. What was asked for before is overtaken.
pub async fn ask_to_publish(
    actor: &Actor,
    document: Id<thing::Document>,
    number: u64,
    note: &str,
) -> Result<()> {
    let mut w = actor.write::<RequestPublication>(document).await?;
    // Whoever asks, publishes or adds a version at this moment is before this or after it.
    w.execute(TAKE_ROW, args![document]).await?;
    as_expected(&mut w, document.item()).await?;
    let (at, me) = (w.at(), actor.me()?);
    let row = stands(&mut w, at, document)
        .await?
        .ok_or_else(rules::not_required)?;
    if !row.approval {
        return Err(rules::contributors_publish());
    }
    let mut state = row.state(me.raw());
    if state.asked == number {
        return Err(Error::Conflict(
            "This version waits for an owner already".to_owned(),
        ));
    }
    // Only the latest can be asked for.
    state.asked = 0;
    rules::publishable(state, number)?;
    let note = rules::line("note", note)?;
    let (called, _) = label(&mut w, document, number).await?;
    w.execute(
        sql::CLOSE_REQUESTS,
        args![at, document, "overtaken", me, ""],
    )
    .await?;
    let id: Id<thing::Interval> = w.new_id();
    w.execute(
        sql::ASK,
        args![id, document, number, &note, me, at, Time::FOREVER],
    )
    .await?;
    w.commit(PublicationRequested {
        document: row.name,
        version: i64::try_from(number).unwrap_or(i64::MAX),
        label: called.in_words(number),
        note,
        several: false,
        quiet: false,
    })
    .await
}

/// Sends this version, which somebody asked to be published, back to them with the reason.
pub async fn send_back(
    actor: &Actor,
    document: Id<thing::Document>,
    number: u64,
    reason: &str,
) -> Result<()> {
    let mut w = actor.write::<SendBack>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let (at, me) = (w.at(), actor.me()?);
    let row = stands(&mut w, at, document)
        .await?
        .ok_or_else(rules::not_required)?;
    if row.request_number != Some(number) {
        return Err(not_waiting(&mut w, at, document, number).await);
    }
    let reason = rules::reason(reason)?;
    let (called, _) = label(&mut w, document, number).await?;
    let closed = w
        .execute(
            sql::CLOSE_REQUESTS,
            args![at, document, "sent back", me, &reason],
        )
        .await?;
    if closed == 0 {
        return Err(elsewhere());
    }
    w.place_mut().subject = row.asked_by.filter(|asker| *asker != 0);
    w.commit(VersionSentBack {
        document: row.name,
        version: i64::try_from(number).unwrap_or(i64::MAX),
        label: called.in_words(number),
        reason,
    })
    .await
}

/// Takes back what one asked an owner to publish, while it waits.
pub async fn withdraw(actor: &Actor, document: Id<thing::Document>, number: u64) -> Result<()> {
    let mut w = actor.write::<WithdrawRequest>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let (at, me) = (w.at(), actor.me()?);
    let row = stands(&mut w, at, document)
        .await?
        .ok_or_else(rules::not_required)?;
    if row.request_number != Some(number) {
        return Err(not_waiting(&mut w, at, document, number).await);
    }
    if row.asked_by != Some(me.raw()) {
        return Err(Error::Refused(
            "Only whoever asked for it can withdraw the request. An owner can send it back",
        ));
    }
    let (called, _) = label(&mut w, document, number).await?;
    let closed = w
        .execute(
            sql::CLOSE_REQUESTS,
            args![at, document, "withdrawn", me, ""],
        )
        .await?;
    if closed == 0 {
        return Err(elsewhere());
    }
    w.commit(RequestWithdrawn {
        document: row.name,
        version: i64::try_from(number).unwrap_or(i64::MAX),
        label: called.in_words(number),
    })
    .await
}

/// What waits for approval in a library, the longest first, 100 at a time: for those who change it. `after` is what the
/// page before gave to go on from.
pub async fn requests(
    actor: &Actor,
    library: Id<thing::Library>,
    after: Option<i64>,
) -> Result<(LibraryHead, Vec<Waiting>, Option<i64>)> {
    let mut proof = actor.read::<ViewRequests>(library).await?;
    let head = head_of(&mut proof).await?;
    let mut rows: Vec<WaitingRow> = proof
        .all(
            sql::WAITING,
            args![
                proof.at(),
                actor.me()?,
                proof.target(),
                after.unwrap_or(0),
                PAGE as u64 + 1
            ],
        )
        .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((head, rows.into_iter().map(waiting).collect(), next))
}

/// What waits for my approval in the libraries that I own, the longest first; at most 50.
pub async fn waiting_for_me(scope: &mut Scope) -> Result<Vec<Waiting>> {
    let rows: Vec<WaitingRow> = scope.all(sql::WAITING_FOR_ME, args![50_u64]).await?;
    Ok(rows.into_iter().map(waiting).collect())
}
