//! Writing down what was found in a version, and doing what is to be done about it: in one commit.
//!
//! **Invariant:** a version is open to others than its author from the commit on in which it is said what was found in it, and in
//! which what must be sealed is sealed. A version that nobody has read is closed: nothing has to be done for that.

use markings::{Decision, Verdict};

use super::found::Findings;
use super::plan::Plan;
use super::raise::{end_all, raise};
use super::rules::Carries;
use super::sql::{self, RulebookRow, WaitingRow};
use super::{RecordScan, Scanned, Threat, rulebook, says};
use crate::kernel::{Action, Actor, Id, Queries as _, Realm, Rules, Time, Write, args, thing};
use crate::{Error, Result};

/// Writes down what was found, and does what is to be done about it.
pub(super) async fn record(
    realm: &Realm,
    rules: &Rules,
    row: &WaitingRow,
    decision: &Decision,
    threat: &Threat,
    findings: &Findings,
) -> Result<()> {
    let console = Actor::console(realm);
    let mut w = match console.write::<RecordScan>(row.document_id).await {
        Err(Error::NotFound) => {
            realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
            return Ok(());
        }
        w => w?,
    };
    let mut at = w.at();
    let in_force: Option<RulebookRow> = w.first(sql::RULEBOOK, args![at]).await?;
    if in_force.is_none_or(|now| now.id != rules.id) {
        // Other rules are in force by now: it is read by those, before anybody else opens it.
        drop(w);
        realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
        return rulebook::refresh(realm).await;
    }
    let mut planned = Plan::of(&mut w, rules, row, at, decision, threat).await?;
    if let Some(plan) = planned.as_ref().filter(|plan| plan.excused) {
        // What was decided about this content may be taken back meanwhile: that and this take turns.
        let content = Id::<thing::Content>::from_raw(plan.version.content_id);
        w.lock(content).await?;
        at = w.at();
        planned = Plan::of(&mut w, rules, row, at, decision, threat).await?;
    }
    let Some(plan) = planned else {
        drop(w);
        realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
        return Ok(());
    };
    let marks = plan.marks(&mut w, &rules.policy, row, at).await?;
    let settled =
        plan.raise.is_none() && plan.over.is_empty() && marks.is_none() && plan.said.is_nothing();
    if plan.version.read_at != Time::FOREVER && plan.is_known() && settled {
        // It was read again, and nothing is new: that is worth no entry.
        drop(w);
        realm
            .upkeep_all(vec![
                (sql::MARK_READ, args![row.id, realm.now(), rules.id]),
                (sql::UNCLAIM, args![row.id]),
            ])
            .await?;
        return Ok(());
    }
    let scan: Id<thing::Scan> = w.new_id();
    let evidence = serde_json::to_string(findings).map_err(Error::unavailable)?;
    w.execute(
        sql::PUT_SCAN,
        args![
            scan,
            row.document_id,
            row.number,
            plan.version.content_id,
            rules.id,
            at,
            plan.verdict,
            &plan.label,
            u32::from(decision.confidence),
            decision.rule.clone().unwrap_or_default(),
            &plan.malware,
            evidence,
            &plan.marking.0,
            &plan.marking.1
        ],
    )
    .await?;
    w.execute(sql::MARK_READ, args![row.id, at, rules.id])
        .await?;
    w.execute(sql::UNCLAIM, args![row.id]).await?;
    if let Some(marks) = &marks {
        mark(&mut w, marks).await?;
    } else if plan.version.read_at == Time::FOREVER && decision.verdict == Verdict::Unmarked {
        says::mark_by_default(&mut w, rules).await?;
    }
    says::by_rules(&mut w, rules, &plan).await?;
    end_all(&mut w, &plan).await?;
    if let Some(kind) = plan.raise {
        raise(
            &mut w,
            kind,
            &plan.judged.label,
            scan,
            &plan.version,
            &plan.judged,
        )
        .await?;
    }
    let verdict = plan.verdict;
    w.commit(Scanned {
        document: plan.version.name,
        version: plan.version.number,
        label: plan.label,
        found: plan.judged.why,
        verdict: verdict.to_owned(),
    })
    .await?;
    metrics::counter!("chancery_scans_total", "verdict" => verdict).increment(1);
    Ok(())
}

/// The document carries this from now on by what was read.
async fn mark(w: &mut Write<RecordScan>, carries: &Carries) -> Result<()> {
    let (at, document) = (w.at(), w.target());
    // What was read counts from now on, and not what its library says of documents in which nothing is found.
    for source in ["read", "library"] {
        w.execute(sql::END_MARKINGS, args![at, document, source])
            .await?;
    }
    put_marking(w, carries, "read", 0).await
}

/// One more marking of the document.
pub(super) async fn put_marking<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    carries: &Carries,
    source: &str,
    set_by: i64,
) -> Result<()> {
    let (at, document) = (w.at(), w.target());
    let id: Id<thing::Interval> = w.new_id();
    w.execute(
        sql::MARK,
        args![
            id,
            document,
            carries.clearance,
            &carries.label,
            at,
            Time::FOREVER,
            source,
            &carries.scheme,
            &carries.marking,
            set_by,
            carries.rank
        ],
    )
    .await?;
    Ok(())
}
