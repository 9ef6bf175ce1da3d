//! Publishing a version, and unpublishing a document.

use super::request::waiting;
use super::rules::{self, Label, State};
use super::sql::{self, StateRow, UnpublishedRow, VersionRow, WaitingRow, WithdrawnRow};
use super::{
    DocumentUnpublished, Publication, PublishVersion, UnpublishDocument, Unpublished,
    VersionPublished, ViewPublication,
};
use crate::kernel::{Actor, Id, Queries, Time, args, thing};
use crate::libraries::{TAKE_ROW, as_expected};
use crate::{Error, Result};

impl StateRow {
    /// As it is for this person, or for the console, which is 0.
    pub(super) fn state(&self, me: i64) -> State {
        State {
            approval: self.approval,
            latest: self.version,
            shown: self.published,
            asked: self.request_number.unwrap_or(0),
            mine: me != 0 && self.asked_by == Some(me),
        }
    }
}

/// How it stands; none where its library does not require publishing.
pub(super) async fn stands(
    proof: &mut impl Queries,
    at: Time,
    document: Id<thing::Document>,
) -> Result<Option<StateRow>> {
    proof.first(sql::STATE, args![at, document]).await
}

pub(super) async fn label(
    proof: &mut impl Queries,
    document: Id<thing::Document>,
    number: u64,
) -> Result<(Label, u64)> {
    let row: VersionRow = proof.one(sql::LABEL, args![document, number]).await?;
    let label = Label {
        major: row.major,
        minor: row.minor,
    };
    Ok((label, row.greatest))
}

/// How a document stands towards its readers; to these, that they see what they see, and nothing of drafts. None where its library does not require
/// publishing, and of what is in the recycle bin. At most five queries.
pub async fn publication(
    actor: &Actor,
    document: Id<thing::Document>,
) -> Result<Option<Publication>> {
    let mut proof = actor.read::<ViewPublication>(document).await?;
    let at = proof.at();
    let Some(row) = stands(&mut proof, at, document).await? else {
        return Ok(None);
    };
    let (latest, _) = label(&mut proof, document, row.version).await?;
    let shown = match row.published {
        0 => None,
        number if number == row.version => Some((number, latest)),
        number => Some((number, label(&mut proof, document, number).await?.0)),
    };
    // What waits for an owner is a draft.
    let reads = proof.standing().sees_only_published();
    let request: Option<WaitingRow> = match row.request_number {
        Some(_) if !reads => proof.first(sql::REQUEST, args![at, document]).await?,
        _ => None,
    };
    let withdrawn: Option<WithdrawnRow> = match row.request_number {
        None if !reads => proof.first(sql::WITHDRAWN, args![at, document]).await?,
        _ => None,
    };
    let unpublished = match row.published {
        0 if !reads => unpublished(&mut proof, at, document).await?,
        _ => None,
    };
    let me = actor.me()?.raw();
    Ok(Some(Publication {
        approval: row.approval,
        latest: (row.version, latest),
        shown,
        request: request.map(waiting),
        withdrawn: withdrawn.map(|row| row.0),
        unpublished,
        can: rules::can(proof.standing(), row.state(me)),
        name: row.name,
    }))
}

/// That a document of which nothing is published was unpublished, by whom and why; none where nothing ever was, or where
/// it came from a library in which it ceased to be otherwise.
pub(crate) async fn unpublished(
    proof: &mut impl Queries,
    at: Time,
    document: Id<thing::Document>,
) -> Result<Option<Unpublished>> {
    let row: Option<UnpublishedRow> = proof.first(sql::UNPUBLISHED, args![at, document]).await?;
    Ok(row.map(|row| row.0))
}

/// Lets readers see this version from now on: the latest, or that which somebody asked an owner to publish. Gives what it
/// is called from now on. Readers are told the comment.
pub async fn publish(
    actor: &Actor,
    document: Id<thing::Document>,
    number: u64,
    comment: &str,
) -> Result<String> {
    publish_it(actor, document, number, comment, false).await
}

/// The same as an answer to whoever asked for it: [`Error::Conflict`] where nobody waits for this version any more.
pub async fn publish_asked(
    actor: &Actor,
    document: Id<thing::Document>,
    number: u64,
    comment: &str,
) -> Result<String> {
    publish_it(actor, document, number, comment, true).await
}

async fn publish_it(
    actor: &Actor,
    document: Id<thing::Document>,
    number: u64,
    comment: &str,
    answers: bool,
) -> Result<String> {
    let mut w = actor.write::<PublishVersion>(document).await?;
    // Whoever publishes several at once, with this among them, is before this or after it.
    w.execute(TAKE_ROW, args![document]).await?;
    as_expected(&mut w, document.item()).await?;
    let (at, by) = (w.at(), w.by());
    let row = stands(&mut w, at, document)
        .await?
        .ok_or_else(rules::not_required)?;
    rules::decides(w.standing(), row.approval)?;
    if answers && row.request_number != Some(number) {
        return Err(not_waiting(&mut w, at, document, number).await);
    }
    rules::publishable(row.state(by), number)?;
    let comment = rules::line("comment", comment)?;
    let (was, greatest) = label(&mut w, document, number).await?;
    let called = was.published(greatest);
    let shown = w
        .execute(sql::SHOW, args![document, number, at, row.library_id])
        .await?;
    if shown == 0 {
        return Err(elsewhere());
    }
    if called != was {
        w.execute(sql::NAME_IT, args![document, number, called.major])
            .await?;
    }
    let id: Id<thing::Interval> = w.new_id();
    w.execute(
        &sql::publish(1),
        args![id, document, number, by, at, at, Time::FOREVER],
    )
    .await?;
    let outcome = if row.request_number == Some(number) {
        "published"
    } else {
        "overtaken"
    };
    w.execute(
        sql::CLOSE_REQUESTS,
        args![at, document, outcome, by, &comment],
    )
    .await?;
    w.place_mut().subject = row.asked_by.filter(|asker| *asker != 0);
    let label = called.to_string();
    w.commit(VersionPublished {
        document: row.name,
        version: i64::try_from(number).unwrap_or(i64::MAX),
        label: label.clone(),
        comment,
        several: false,
        quiet: false,
    })
    .await?;
    Ok(label)
}

/// Lets readers see no version of it any more. Who has read one stays in the trail.
pub async fn unpublish(actor: &Actor, document: Id<thing::Document>, reason: &str) -> Result<()> {
    let mut w = actor.write::<UnpublishDocument>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let at = w.at();
    let row = stands(&mut w, at, document)
        .await?
        .ok_or_else(rules::not_required)?;
    rules::decides(w.standing(), row.approval)?;
    let reason = rules::reason(reason)?;
    if row.published == 0 {
        return Err(Error::Conflict("Readers see no version of it".to_owned()));
    }
    if w.execute(sql::HIDE, args![document, row.library_id])
        .await?
        == 0
    {
        return Err(elsewhere());
    }
    w.execute(sql::CLOSE_PUBLICATIONS, args![at, document])
        .await?;
    w.commit(DocumentUnpublished {
        document: row.name,
        reason,
    })
    .await
}

/// That nobody waits for this, and why where that is because it was withdrawn.
pub(super) async fn not_waiting(
    proof: &mut impl Queries,
    at: Time,
    document: Id<thing::Document>,
    number: u64,
) -> Error {
    let row: Result<Option<WithdrawnRow>> = proof.first(sql::WITHDRAWN, args![at, document]).await;
    match row {
        Ok(row) => {
            let withdrawn = row.map(|row| row.0);
            let withdrawn = withdrawn.filter(|one| one.version.0 == number);
            Error::Conflict(rules::not_waiting(withdrawn.as_ref()))
        }
        Err(error) => error,
    }
}

pub(super) fn elsewhere() -> Error {
    Error::Conflict(
        "Somebody else moved, deleted or published it at this moment. Look again".to_owned(),
    )
}
