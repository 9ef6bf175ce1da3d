//! Reading what was brought: every version, by the realm itself, in the background of whichever node is free first.
//!
//! **Invariant:** a version is open to others than its author from the commit on in which it is said what was found in it, and in
//! which what must be sealed is sealed. A version that nobody has read is closed: nothing has to be done for that.

use std::sync::Arc;

use futures::StreamExt as _;
use inspect::Reading;
use markings::{Decision, Verdict};

use super::desk::{self, AT_ONCE};
use super::ended::Ended;
use super::found::{Findings, input};
use super::plan::Plan;
use super::reading::{Looked, read_in_turn};
use super::rules::{Carries, Closed, Judgement};
use super::sql::{self, ProgressRow, RulebookRow, UnreadRow, VersionRow, WaitingRow};
use super::{
    AlertKind, AlertRaised, DocumentSealed, LiftSeal, RaiseAlert, ReadMarkings, RecordScan,
    Scanned, SealDocument, SealLifted, Threat, rulebook, says,
};
use crate::kernel::{Action, Actor, Id, Queries, Realm, Rules, Time, Write, args, thing};
use crate::{Error, Result};

/// How far reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Versions that nobody has read yet.
    pub unread: u64,
    /// Versions that were judged by earlier rules and are read again.
    pub behind: u64,
    /// All versions.
    pub total: u64,
}

/// How far reading is; none where markings are not read. For the operator's console and pages of officers.
pub async fn progress(realm: &Realm) -> Result<Option<Progress>> {
    let Some(rules) = realm.rules() else {
        return Ok(None);
    };
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    let row: ProgressRow = proof.one(sql::PROGRESS, args![rules.id]).await?;
    Ok(Some(Progress {
        unread: row.unread,
        behind: row.behind,
        total: row.total,
    }))
}

/// What waits to be read for the first time: until then only its authors open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// How many versions.
    pub versions: u64,
    /// Since when the oldest of them waits; none where nothing waits.
    pub since: Option<Time>,
}

impl Unread {
    pub(super) async fn of(queries: &mut impl Queries) -> Result<Self> {
        let row: UnreadRow = queries.one(sql::UNREAD, args![]).await?;
        Ok(Self {
            versions: row.versions,
            since: row.since,
        })
    }
}

/// What waits to be read for the first time; nothing does where markings are not read. For the figures.
pub async fn unread(realm: &Realm) -> Result<Unread> {
    if realm.rules().is_none() {
        return Ok(Unread {
            versions: 0,
            since: None,
        });
    }
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    Unread::of(&mut proof).await
}

/// Reads some of what waits, new versions before old ones, and comes back when all of that is done; says how many those were. A
/// node that serves uses [`keep_reading`](super::keep_reading), which waits for none of them.
pub async fn read_waiting(realm: &Realm) -> Result<u64> {
    let Some(rules) = realm.rules_to_read_by() else {
        return Ok(0);
    };
    let most = 2 * AT_ONCE as u64;
    let mut rows = desk::waiting(realm, most).await?;
    if rows.is_empty() {
        rows = desk::behind(realm, rules.id, most).await?;
    }
    let done = futures::stream::iter(rows)
        .map(|row| {
            let rules = &rules;
            async move {
                match read_one(realm, rules, &row).await {
                    Ok(read) => u64::from(read),
                    Err(error) => {
                        tracing::warn!(%error, document = %row.document_id, version = row.number, "a version could not be read; trying again");
                        0
                    }
                }
            }
        })
        .buffer_unordered(AT_ONCE)
        .fold(0, async |sum, read| sum + read)
        .await;
    Ok(done)
}

/// Decides about what was read, where it keeps nobody waiting.
pub(super) async fn decided(rules: &Arc<Rules>, reading: Reading) -> Result<(Decision, Findings)> {
    let rules = Arc::clone(rules);
    tokio::task::spawn_blocking(move || {
        let decision = markings::decide(&input(&reading), &rules.schemes, &rules.policy);
        let findings = Findings::of(&reading, &decision);
        (decision, findings)
    })
    .await
    .map_err(Error::unavailable)
}

/// Reads one, if it is not another's to read.
pub(super) async fn read_one(realm: &Realm, rules: &Arc<Rules>, row: &WaitingRow) -> Result<bool> {
    match read_in_turn(realm, row).await? {
        Looked::NotOurs | Looked::Gone => Ok(false),
        Looked::Says(reading, threat) => {
            let (decision, findings) = decided(rules, *reading).await?;
            record(realm, rules, row, &decision, &threat, &findings).await?;
            Ok(true)
        }
    }
}

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

/// The alerts that the rules now in force do not raise are over. All seals are lifted before it is said what stays.
async fn end_all(w: &mut Write<RecordScan>, plan: &Plan) -> Result<()> {
    let (at, document) = (w.at(), w.target());
    let sealed_anew = plan.raise.is_some() && plan.judged.closed.is_some();
    let mut over = Vec::new();
    for one in &plan.over {
        over.push((one.id, w.execute(sql::LIFT, args![at, one.id]).await? > 0));
    }
    for (alert, lifted) in over {
        let ended = Ended::after(w, document, lifted)
            .await?
            .or_sealed(sealed_anew);
        end(w, alert, &plan.version, &plan.judged, ended).await?;
    }
    Ok(())
}

/// An alert that the rules now in force do not raise is over, and its seal with it where it has one.
async fn end(
    w: &mut Write<RecordScan>,
    alert: Id<thing::Alert>,
    version: &VersionRow,
    judged: &Judgement,
    ended: Ended,
) -> Result<()> {
    let (at, place) = (w.at(), w.standing().place);
    w.execute(sql::DECIDE, args![alert, "rules", &judged.why, 0_i64, at])
        .await?;
    let document = w.target();
    says::overtaken(w, document, Some(alert)).await?;
    w.also_of::<LiftSeal>(
        place,
        &SealLifted {
            document: version.name.clone(),
            version: version.number,
            did: ended.did().to_owned(),
            why: judged.why.clone(),
            besides: ended.besides().to_owned(),
            alert: alert.to_string(),
        },
    )
}

/// Raises an alert, and seals the document where that is to be.
async fn raise(
    w: &mut Write<RecordScan>,
    kind: AlertKind,
    label: &str,
    scan: Id<thing::Scan>,
    version: &VersionRow,
    judged: &Judgement,
) -> Result<()> {
    let mut place = w.standing().place;
    place.subject = Some(version.author_id);
    let alert = put_alert(w, kind, label, scan, version, judged.closed, &judged.why).await?;
    let placed_by: Id<thing::Person> = Id::from_raw(version.author_id);
    let Some(closed) = judged.closed else {
        return w.also_of::<RaiseAlert>(
            place,
            &AlertRaised {
                document: version.name.clone(),
                version: version.number,
                why: judged.why.clone(),
                alert: alert.to_string(),
                placed_by: placed_by.to_string(),
            },
        );
    };
    w.also_of::<SealDocument>(
        place,
        &DocumentSealed {
            document: version.name.clone(),
            version: version.number,
            why: judged.why.clone(),
            alert: alert.to_string(),
            placed_by: placed_by.to_string(),
            open_to_author: closed == Closed::Others,
        },
    )
}

/// An alert, and the seal that goes with it.
pub(super) async fn put_alert<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    kind: AlertKind,
    label: &str,
    scan: Id<thing::Scan>,
    version: &VersionRow,
    closed: Option<Closed>,
    why: &str,
) -> Result<Id<thing::Alert>> {
    let (at, document) = (w.at(), w.target());
    let alert: Id<thing::Alert> = w.new_id();
    w.execute(
        sql::RAISE,
        args![
            alert,
            document,
            version.number,
            scan,
            kind.name(),
            label,
            at,
            version.author_id
        ],
    )
    .await?;
    let open_to = match closed {
        None => return Ok(alert),
        Some(Closed::All) => 0,
        Some(Closed::Others) => version.author_id,
    };
    let seal: Id<thing::Interval> = w.new_id();
    w.execute(
        sql::SEAL,
        args![seal, document, why, at, Time::FOREVER, open_to, alert],
    )
    .await?;
    Ok(alert)
}
