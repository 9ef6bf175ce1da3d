//! What an officer decided about an alert, taken back: the alert waits again, and its document is closed as its ground asks for.
//!
//! What a decision taught ends with it, so that the same content raises the alert again wherever it is. Until it was judged once
//! more it is its author's alone there too.

use super::alerts::{AlertLine, Decided};
use super::decide::{by_another, checked, found, seal_anew};
use super::record::put_marking;
use super::reopen_sql::{self, OtherRow, ReplacedRow, TakenBackRow};
use super::rules::{Carries, Closed, closes};
use super::sql;
use super::{AlertKind, DecisionTakenBack, TakeBackDecision};
use crate::kernel::{Actor, Id, Queries, Time, WhenAway, Write, args, thing};
use crate::people::Author;
use crate::{Error, Result};

/// A decision that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// What had been decided.
    pub decided: Decided,
    /// By whom, when, and why.
    pub by: Author,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: String,
    /// Who took it back.
    pub undone_by: Author,
    /// When.
    pub undone_at: Time,
    /// Why.
    pub why: String,
}

/// What was decided about an alert, where that can be taken back; otherwise why it cannot.
pub(super) fn can_take_back(
    line: &AlertLine,
) -> std::result::Result<&(Decided, Author, Time, String), &'static str> {
    let decided = line
        .decided
        .as_ref()
        .ok_or("Nothing was decided about this alert, or somebody has taken it back already")?;
    match decided.0 {
        Decided::Destroyed => Err("Its content was destroyed. That cannot be taken back"),
        Decided::Gone => Err("Its document went for good. There is nothing to decide about"),
        Decided::Rules => Err(
            "Nobody decided this: the rules in force do not raise this alert. Propose other rules instead",
        ),
        // While somebody has said what its marking is, no rule asks for one.
        Decided::Answered if line.kind == AlertKind::Unmarked => Err(
            "Its author has said what its marking is, which is in force. If that is too low, set a higher one",
        ),
        Decided::FalseAlarm | Decided::Downgraded | Decided::Kept | Decided::Answered => {
            Ok(decided)
        }
    }
}

/// What was decided about an alert and taken back, the newest first.
pub(super) async fn taken_back(
    queries: &mut impl Queries,
    alert: Id<thing::Alert>,
) -> Result<Vec<TakenBack>> {
    let rows: Vec<TakenBackRow> = queries.all(reopen_sql::TAKEN_BACK, args![alert]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(TakenBack {
                decided: Decided::from_name(&row.decision)
                    .ok_or_else(|| Error::unavailable("not a decision"))?,
                by: row.by,
                at: row.at,
                reason: row.reason,
                undone_by: row.taken_back_by,
                undone_at: row.taken_back_at,
                why: row.why,
            })
        })
        .collect()
}

/// Takes back what was decided about an alert. It waits again, in the hand of whoever took it back; its document is closed at once
/// as the ground of the alert asks for, and judged once more; what the decision taught counts no more, in no document with that
/// content; and the marking that it set is not set any more. Not after its content was destroyed. Problems are on `reason`.
pub async fn take_back(actor: &Actor, alert: Id<thing::Alert>, reason: &str) -> Result<()> {
    let line = found(actor, alert).await?;
    // Its document may be gone by that decision, and is then found no more.
    can_take_back(&line).map_err(conflict)?;
    let mut w = match actor.write::<TakeBackDecision>(line.document).await {
        Err(Error::NotFound) => {
            return Err(conflict(
                "The document is gone for good, so nothing can be taken back",
            ));
        }
        w => w?,
    };
    let reason = checked(reason)?;
    let line: AlertLine = w.one(sql::ALERT, args![w.at(), alert]).await?;
    let (decided, ..) = *can_take_back(&line).map_err(conflict)?;
    by_another(&mut w, &line).await?;
    teach_no_more(&mut w, &line).await?;
    if decided == Decided::Downgraded {
        mark_as_before(&mut w, alert).await?;
    }
    let closed = close(&mut w, &line, &reason).await?;
    let (at, by) = (w.at(), w.by());
    let id: Id<thing::Interval> = w.new_id();
    w.execute(reopen_sql::KEEP_DECISION, args![id, alert, &reason, by, at])
        .await?;
    w.execute(reopen_sql::REOPEN, args![alert, by, at]).await?;
    w.execute(sql::JUDGE_ANEW, args![line.document, line.version, at])
        .await?;
    w.commit(DecisionTakenBack {
        document: line.name,
        decision: decided.label().to_lowercase(),
        closed: closed.to_owned(),
        reason,
        alert: alert.to_string(),
    })
    .await
}

fn conflict(why: &str) -> Error {
    Error::Conflict(why.to_owned())
}

/// The document is closed as the ground of the alert asks for; says how, for the trail.
async fn close(
    w: &mut Write<TakeBackDecision>,
    line: &AlertLine,
    reason: &str,
) -> Result<&'static str> {
    let realm = w.actor().realm();
    let rules = realm.rules();
    let blocks = realm
        .malware()
        .is_none_or(|malware| malware.when_away == WhenAway::Block);
    let policy = rules.as_ref().map(|rules| &rules.policy);
    let why = format!("what was decided about it was taken back: {reason}");
    match closes(line.kind, &line.label, policy, blocks) {
        Some(Closed::All) => {
            seal_anew(w, line, &why, 0).await?;
            Ok("sealed to everybody again")
        }
        Some(Closed::Others) => {
            seal_anew(w, line, &why, line.placed_by.id).await?;
            Ok("open to its author only again")
        }
        None => {
            w.execute(sql::LIFT, args![w.at(), line.id]).await?;
            Ok("open, with an alert")
        }
    }
}

/// What was decided about this content counts no more, whoever decided it: the alert would be over again at the next reading. The
/// other documents in which it counted are judged once more, in their turn, and are their authors' alone until then.
async fn teach_no_more(w: &mut Write<TakeBackDecision>, line: &AlertLine) -> Result<()> {
    let content: Option<(i64,)> = w.first(reopen_sql::CONTENT, args![line.id]).await?;
    // What somebody said is in no content.
    let Some((content,)) = content else {
        return Ok(());
    };
    // Whoever judges this content by what was decided about it has this turn too: they have judged it before, and it is judged once
    // more because of this, or they do so after it.
    w.lock(Id::<thing::Content>::from_raw(content)).await?;
    let (at, kind) = (w.at(), line.kind.name());
    let others: Vec<OtherRow> = w
        .all(
            reopen_sql::OTHERS,
            args![at, content, line.document, kind, &line.label],
        )
        .await?;
    w.execute(
        reopen_sql::END_EXCEPTIONS,
        args![at, content, line.document, kind, &line.label],
    )
    .await?;
    for other in others {
        w.execute(sql::JUDGE_ANEW, args![other.document, other.version, at])
            .await?;
    }
    Ok(())
}

/// The marking that the decision set is in force no more, and what it replaced is again.
async fn mark_as_before(w: &mut Write<TakeBackDecision>, alert: Id<thing::Alert>) -> Result<()> {
    let (at, document) = (w.at(), w.target());
    let replaced: Vec<ReplacedRow> = w.all(reopen_sql::REPLACED, args![document, alert]).await?;
    let ended = w
        .execute(reopen_sql::UNMARK, args![at, document, alert])
        .await?;
    if ended == 0 {
        // Another decision has set another marking since, which stays.
        return Ok(());
    }
    for row in replaced {
        let carries = Carries {
            scheme: row.scheme,
            marking: row.marking,
            label: row.label,
            clearance: row.level,
            rank: row.rank,
        };
        put_marking(w, &carries, &row.source, row.set_by).await?;
    }
    Ok(())
}
