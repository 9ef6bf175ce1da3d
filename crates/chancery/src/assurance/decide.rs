//! What officers decide about alerts.

use super::alerts::{AlertLine, Decided, Sealed};
use super::ended::Ended;
use super::record::put_marking;
use super::rules::row_of;
use super::sql;
use super::{
    Downgrade, Downgraded, FalseAlarm, FindFalseAlarm, KeepSealed, KeptSealed, TakeInHand,
    TakenInHand, ViewAlerts, says,
};
use crate::kernel::{Action, Actor, Id, Queries as _, Time, Write, args, thing};
use crate::people::text::clean_line;
use crate::{Error, Result};

/// The longest reason, in characters.
pub(super) const LONGEST_REASON: usize = 500;

/// Why an officer does not decide about a version of their own.
pub(super) const ANOTHER_DECIDES: &str =
    "You added this version yourself. Another assurance officer decides about it";

/// The alert as it is now, for officers.
pub(super) async fn found(actor: &Actor, alert: Id<thing::Alert>) -> Result<AlertLine> {
    let mut proof = actor.read::<ViewAlerts>(Id::REALM).await?;
    proof
        .first(sql::ALERT, args![proof.at(), alert])
        .await?
        .ok_or(Error::NotFound)
}

/// The alert, and the transaction in which something is decided about it.
pub(super) async fn deciding<A: Action<Target = thing::Document>>(
    actor: &Actor,
    alert: Id<thing::Alert>,
) -> Result<(Write<A>, AlertLine)> {
    let line = found(actor, alert).await?;
    // Its document may be gone by that decision.
    undecided(&line)?;
    let mut w = actor.write::<A>(line.document).await?;
    let line: AlertLine = w.one(sql::ALERT, args![w.at(), alert]).await?;
    undecided(&line)?;
    by_another(&mut w, &line).await?;
    Ok((w, line))
}

/// Nobody decides about what they have brought themselves, whatever it is and whoever else there is: a second person does.
pub(super) async fn by_another<A: Action>(w: &mut Write<A>, line: &AlertLine) -> Result<()> {
    let (at, by) = (w.at(), w.by());
    if line.placed_by.id != by {
        return Ok(());
    }
    let (others,): (u64,) = w.one(sql::OTHER_OFFICERS, args![at, by]).await?;
    Err(Error::Refused(if others > 0 {
        ANOTHER_DECIDES
    } else {
        "You added this version yourself, and there is no other assurance officer. An operator makes somebody one, who decides about it"
    }))
}

/// What was kept sealed can be decided about again.
pub(super) fn undecided(line: &AlertLine) -> Result<()> {
    match &line.decided {
        None | Some((Decided::Kept, ..)) => Ok(()),
        Some((Decided::Gone, ..)) => Err(Error::Conflict(
            "The document of this alert went for good. There is nothing to decide about".to_owned(),
        )),
        Some((decided, by, ..)) => Err(Error::Conflict(format!(
            "{} decided this already: {}",
            by.in_words(),
            decided.label().to_lowercase()
        ))),
    }
}

pub(super) fn checked(reason: &str) -> Result<String> {
    let reason =
        clean_line(reason, LONGEST_REASON).map_err(|unfit| Error::invalid("reason", unfit))?;
    if reason.is_empty() {
        return Err(Error::invalid(
            "reason",
            "Say why, in a few words: it is kept with the decision",
        ));
    }
    Ok(reason)
}

pub(super) async fn settle<A: Action>(
    w: &mut Write<A>,
    line: &AlertLine,
    decided: Decided,
    reason: &str,
) -> Result<Option<Ended>> {
    let by = w.by();
    settle_by(w, line, decided, reason, by).await
}

/// The same, said by somebody else than whoever acts. Gives what became of the seals, where that is over.
pub(super) async fn settle_by<A: Action>(
    w: &mut Write<A>,
    line: &AlertLine,
    decided: Decided,
    reason: &str,
    by: i64,
) -> Result<Option<Ended>> {
    let at = w.at();
    let ended = match decided {
        Decided::Kept => None,
        _ => Some(Ended::lift(w, line).await?),
    };
    if matches!(
        decided,
        Decided::FalseAlarm | Decided::Downgraded | Decided::Answered
    ) {
        // It is judged once more before others open it: there may be another reason to seal it.
        w.execute(sql::JUDGE_ANEW, args![line.document, line.version, at])
            .await?;
    }
    w.execute(sql::DECIDE, args![line.id, decided.name(), reason, by, at])
        .await?;
    // Whoever waits for an answer to it has it.
    says::overtaken(w, line.document, Some(line.id)).await?;
    Ok(ended)
}

/// What was found in this content is no such thing: it is not found again, in this document or in whichever. What somebody said
/// was found in no content.
pub(super) async fn except<A: Action>(
    w: &mut Write<A>,
    line: &AlertLine,
    reason: &str,
    only_here: bool,
) -> Result<()> {
    let (at, by) = (w.at(), w.by());
    let here = if only_here { line.document.raw() } else { 0 };
    let id: Id<thing::Interval> = w.new_id();
    w.execute(
        sql::EXCEPT,
        args![
            id,
            line.id,
            line.kind.name(),
            &line.label,
            reason,
            by,
            at,
            Time::FOREVER,
            here
        ],
    )
    .await?;
    Ok(())
}

/// Says that this officer deals with an alert; others see that. Whoever had it in hand before has it no more.
pub async fn take_in_hand(actor: &Actor, alert: Id<thing::Alert>) -> Result<()> {
    let (mut w, line) = deciding::<TakeInHand>(actor, alert).await?;
    let (at, by) = (w.at(), w.by());
    w.execute(sql::IN_HAND, args![alert, by, at]).await?;
    w.commit(in_hand(line)).await
}

pub(super) fn in_hand(line: AlertLine) -> TakenInHand {
    TakenInHand {
        document: line.name,
        alert: line.id.to_string(),
    }
}

/// Decides that an alert was a false alarm, or that what could not be read may be here. The seal is lifted, and the same content
/// raises no such alert again. Problems are on `reason`.
pub async fn false_alarm(actor: &Actor, alert: Id<thing::Alert>, reason: &str) -> Result<()> {
    let (mut w, line) = deciding::<FindFalseAlarm>(actor, alert).await?;
    let reason = checked(reason)?;
    let ended = settle(&mut w, &line, Decided::FalseAlarm, &reason).await?;
    except(&mut w, &line, &reason, false).await?;
    w.commit(excused(line, reason, ended)).await
}

pub(super) fn excused(line: AlertLine, reason: String, ended: Option<Ended>) -> FalseAlarm {
    FalseAlarm {
        document: line.name,
        reason,
        besides: ended.map_or("", Ended::besides).to_owned(),
        alert: line.id.to_string(),
        label: line.label,
    }
}

/// Gives a document the marking that it should have had, which must be one that may be here, and lifts its seal. Problems are
/// on `marking` and `reason`.
pub async fn downgrade(
    actor: &Actor,
    alert: Id<thing::Alert>,
    scheme: &str,
    marking: &str,
    reason: &str,
) -> Result<()> {
    let (mut w, line) = deciding::<Downgrade>(actor, alert).await?;
    let reason = checked(reason)?;
    let rules = actor
        .realm()
        .rules()
        .ok_or(Error::Refused("Markings are not read in this realm"))?;
    let label = rules
        .schemes
        .get(scheme)
        .and_then(|one| one.level(marking))
        .map_or_else(|| marking.to_owned(), |level| level.name.clone());
    let carries = row_of(&rules.policy, scheme, marking, &label).ok_or_else(|| {
        Error::invalid(
            "marking",
            "Select a marking that this realm may hold. What is above it can only be kept sealed or destroyed",
        )
    })?;
    let ended = settle(&mut w, &line, Decided::Downgraded, &reason).await?;
    // Elsewhere the same content would have no marking: there it is decided about by itself.
    except(&mut w, &line, &reason, true).await?;
    let (at, by, document) = (w.at(), w.by(), w.target());
    // An officer's word is the last one until somebody says something newer: what people said before is over too.
    for source in ["officer", "person", "library"] {
        w.execute(sql::END_MARKINGS, args![at, document, source])
            .await?;
    }
    put_marking(&mut w, &carries, "officer", by).await?;
    w.commit(Downgraded {
        document: line.name,
        did: ended.map_or("", Ended::did_to_it).to_owned(),
        reason,
        besides: ended.map_or("", Ended::besides).to_owned(),
        alert: alert.to_string(),
        label,
    })
    .await
}

/// Decides that a document stays sealed: to everybody from now on. Problems are on `reason`.
pub async fn keep_sealed(actor: &Actor, alert: Id<thing::Alert>, reason: &str) -> Result<()> {
    let (mut w, line) = deciding::<KeepSealed>(actor, alert).await?;
    let reason = checked(reason)?;
    settle(&mut w, &line, Decided::Kept, &reason).await?;
    seal_anew(&mut w, &line, &reason, 0).await?;
    w.commit(kept(line, reason)).await
}

pub(super) fn kept(line: AlertLine, reason: String) -> KeptSealed {
    KeptSealed {
        document: line.name,
        how: match line.sealed {
            None => "is sealed from now on",
            Some(Sealed::ToOthers) => "is sealed to everybody, its author included",
            Some(Sealed::ToAll) => "stays sealed",
        }
        .to_owned(),
        reason,
        alert: line.id.to_string(),
    }
}

/// The seal of an alert is this from now on: to everybody, or to everybody but the person `open_to`.
pub(super) async fn seal_anew<A: Action>(
    w: &mut Write<A>,
    line: &AlertLine,
    why: &str,
    open_to: i64,
) -> Result<()> {
    w.execute(sql::LIFT, args![w.at(), line.id]).await?;
    seal(w, line, why, open_to).await
}

/// The same where the seal that there was has ended.
pub(super) async fn seal<A: Action>(
    w: &mut Write<A>,
    line: &AlertLine,
    why: &str,
    open_to: i64,
) -> Result<()> {
    let at = w.at();
    let seal: Id<thing::Interval> = w.new_id();
    w.execute(
        sql::SEAL,
        args![
            seal,
            line.document,
            why,
            at,
            Time::FOREVER,
            open_to,
            line.id
        ],
    )
    .await?;
    Ok(())
}
