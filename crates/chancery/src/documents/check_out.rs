//! Taking the exclusive right to make the next version, keeping it, and giving it back.

use tokio::io::AsyncRead;

use super::content;
use super::rules::{comment as checked, i_hold, may_check_in, nobody_holds, note as checked_note};
use super::sql::{self, Draft, HeldRow, LeftRow};
use super::versions::{Next, in_bin, look, publish, signed};
use super::{
    CheckIn, CheckOut, CheckOutDiscarded, CheckOutReleased, CheckOutRenewed, CheckedIn, CheckedOut,
    DiscardCheckOut, DraftLine, DraftSaved, HeldLine, LeftDraft, NewVersion, ReleaseCheckOut,
    RenewCheckOut, SaveDraft,
};
use crate::kernel::{Action, Actor, Id, Queries as _, Scope, Time, Write, args, thing};
use crate::libraries::TAKE_ROW;
use crate::libraries::rules::media_type;
use crate::libraries::{as_expected, as_expected_yet};
use crate::{Error, Result};

/// Takes the exclusive right to make the next version; says until when it lasts.
pub async fn check_out(actor: &Actor, document: Id<thing::Document>, note: &str) -> Result<Time> {
    let mut w = actor.write::<CheckOut>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let me = actor.me()?;
    let note = checked_note(note)?;
    let at = w.at();
    // The row is taken first: a deletion or move at this moment waits, and then sees the hold.
    if w.execute(TAKE_ROW, args![document]).await? == 0 {
        return Err(in_bin());
    }
    let now = look(&mut w, at, document, me).await?;
    nobody_holds(&now, me)?;
    let until = at.plus(actor.realm().settings().limits.check_out);
    let id: Id<thing::CheckOut> = w.new_id();
    w.execute(
        sql::INSERT_CHECK_OUT,
        args![id, document, me, &note, at, until],
    )
    .await?;
    w.commit(CheckedOut {
        document: now.name,
        note,
    })
    .await?;
    Ok(until)
}

/// Keeps one's check-out for as long again from now; says until when it lasts.
pub async fn renew(actor: &Actor, document: Id<thing::Document>) -> Result<Time> {
    let mut w = actor.write::<RenewCheckOut>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let me = actor.me()?;
    let at = w.at();
    let now = look(&mut w, at, document, me).await?;
    let hold = i_hold(&now, me)?;
    let until = at.plus(actor.realm().settings().limits.check_out);
    w.execute(sql::RENEW, args![hold.id, until]).await?;
    w.commit(CheckOutRenewed { document: now.name }).await?;
    Ok(until)
}

/// Keeps work on a document that one holds, where only oneself can see it. An earlier draft makes
/// room for it.
pub async fn save_draft(
    actor: &Actor,
    document: Id<thing::Document>,
    content: impl AsyncRead + Send + Unpin,
) -> Result<()> {
    let mut proof = actor.read::<SaveDraft>(document).await?;
    as_expected_yet(&mut proof, document.item()).await?;
    let me = actor.me()?;
    let at = proof.at();
    i_hold(&look(&mut proof, at, document, me).await?, me)?;
    let deposit = content::deposit(&proof, content).await?;

    let mut w = actor.write::<SaveDraft>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let at = w.at();
    let now = look(&mut w, at, document, me).await?;
    i_hold(&now, me)?;
    let stored = content::keep(&mut w, deposit).await?;
    end_draft(&mut w, now.draft.as_ref()).await?;
    let id: Id<thing::Draft> = w.new_id();
    w.execute(
        sql::INSERT_DRAFT,
        args![
            id,
            document,
            me,
            stored.id,
            stored.size,
            media_type(&now.name),
            at,
            now.version,
            Time::FOREVER
        ],
    )
    .await?;
    w.commit(DraftSaved {
        document: now.name,
        size: stored.size,
    })
    .await
}

/// Publishes the next version, from this content or else from one's draft, and gives the document
/// back. Says which version that is, or `None` when the content is that of the current version:
/// then no version is made, and the check-out counts as discarded.
///
/// Whoever has a draft left over from a check-out that ended may publish it while nobody holds the
/// document. Without content: `None::<tokio::io::Empty>`.
pub async fn check_in(
    actor: &Actor,
    document: Id<thing::Document>,
    content: Option<impl AsyncRead + Send + Unpin>,
    comment: &str,
) -> Result<Option<NewVersion>> {
    let mut proof = actor.read::<CheckIn>(document).await?;
    as_expected_yet(&mut proof, document.item()).await?;
    let me = actor.me()?;
    let at = proof.at();
    let now = look(&mut proof, at, document, me).await?;
    may_check_in(&now, me)?;
    let comment = checked(comment)?;
    let deposit = match content {
        Some(content) => Some(content::deposit(&proof, content).await?),
        None if now.draft.is_none() => return Err(nothing_to_check_in()),
        None => None,
    };

    let mut w = actor.write::<CheckIn>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let at = w.at();
    let now = look(&mut w, at, document, me).await?;
    may_check_in(&now, me)?;
    let next = match (deposit, &now.draft) {
        (Some(deposit), _) => {
            let stored = content::keep(&mut w, deposit).await?;
            Next {
                content_id: stored.id,
                size: stored.size,
                media_type: media_type(&now.name),
                comment: comment.clone(),
                restored_from: 0,
            }
        }
        (None, Some(draft)) => Next {
            content_id: draft.content_id,
            size: draft.size,
            media_type: draft.media_type.clone(),
            comment: comment.clone(),
            restored_from: 0,
        },
        (None, None) => return Err(nothing_to_check_in()),
    };
    if next.content_id == now.content_id {
        // Nothing happened but that it was given back, and that is what the journal says.
        drop(w);
        discard(actor, document).await?;
        return Ok(None);
    }
    let (version, label) = publish(&mut w, &now, next).await?;
    if let Some(hold) = &now.hold {
        w.execute(sql::END_CHECK_OUT, args![hold.id, at, "checked in"])
            .await?;
    }
    end_draft(&mut w, now.draft.as_ref()).await?;
    let made = NewVersion::of(version, &label);
    w.commit(CheckedIn {
        document: now.name,
        version: signed(version),
        label,
        comment,
    })
    .await?;
    Ok(Some(made))
}

fn nothing_to_check_in() -> Error {
    Error::invalid(
        "file",
        "Choose the file to check in. If you changed nothing, discard your check-out",
    )
}

/// Gives the document back without a new version, and gives up one's draft. Also for a draft that
/// was left over when its check-out ended.
pub async fn discard(actor: &Actor, document: Id<thing::Document>) -> Result<()> {
    let mut w = actor.write::<DiscardCheckOut>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let me = actor.me()?;
    let at = w.at();
    let now = look(&mut w, at, document, me).await?;
    match now.hold.as_ref().filter(|hold| hold.holder_id == me) {
        Some(hold) => {
            w.execute(sql::END_CHECK_OUT, args![hold.id, at, "discarded"])
                .await?;
        }
        None if now.draft.is_none() => i_hold(&now, me).map(|_| ())?,
        None => {}
    }
    end_draft(&mut w, now.draft.as_ref()).await?;
    w.commit(CheckOutDiscarded { document: now.name }).await
}

/// Takes a document back from its holder, for an owner. The holder keeps their draft and is told.
pub async fn release(actor: &Actor, document: Id<thing::Document>) -> Result<()> {
    let mut w = actor.write::<ReleaseCheckOut>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let me = actor.me()?;
    let at = w.at();
    let now = look(&mut w, at, document, me).await?;
    let Some(hold) = now.hold else {
        return Err(Error::Conflict(
            "Nobody has this checked out any more".to_owned(),
        ));
    };
    w.execute(sql::END_CHECK_OUT, args![hold.id, at, "released"])
        .await?;
    w.place_mut().subject = Some(hold.holder_id.raw());
    w.commit(CheckOutReleased {
        document: now.name,
        holder: hold.holder,
        holder_id: hold.holder_id.to_string(),
    })
    .await
}

/// The actions that end a draft.
trait EndsDraft: Action {}
impl EndsDraft for SaveDraft {}
impl EndsDraft for CheckIn {}
impl EndsDraft for DiscardCheckOut {}

async fn end_draft<A: EndsDraft>(w: &mut Write<A>, draft: Option<&Draft>) -> Result<()> {
    if let Some(draft) = draft {
        w.execute(sql::END_DRAFT, args![draft.id, w.at()]).await?;
    }
    Ok(())
}

/// What I have checked out, what ends first before the rest; at most 200.
pub async fn held_by_me(scope: &mut Scope) -> Result<Vec<HeldLine>> {
    let rows: Vec<HeldRow> = scope.all(sql::HELD_BY_ME, args![]).await?;
    Ok(rows
        .into_iter()
        .map(|row| HeldLine {
            id: row.id,
            name: row.name,
            site: row.site,
            library: row.library,
            since: row.since,
            until: row.until,
            note: row.note,
            draft: row.draft,
        })
        .collect())
}

/// My drafts whose check-out has ended, newest first; at most 200.
pub async fn my_drafts(scope: &mut Scope) -> Result<Vec<LeftDraft>> {
    let rows: Vec<LeftRow> = scope.all(sql::MY_DRAFTS, args![]).await?;
    Ok(rows
        .into_iter()
        .map(|row| LeftDraft {
            id: row.id,
            name: row.name,
            site: row.site,
            library: row.library,
            draft: DraftLine {
                saved_at: row.saved_at,
                size: row.size,
                based_on: row.based_on,
                stale: row.stale,
            },
            held: row.held,
        })
        .collect())
}
