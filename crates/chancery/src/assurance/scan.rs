//! Reading what was brought: every version, by the realm itself, in the background of whichever node is free first.
//!
//! **Invariant:** a version is open to others than its author from the commit on in which it is said what was found in it, and in
//! which what must be sealed is sealed. A version that nobody has read is closed: nothing has to be done for that.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use inspect::Reading;
use markings::{Decision, Verdict};

use super::ended::Ended;
use super::found::{Findings, input};
use super::plan::Plan;
use super::reading::{Looked, read_in_turn};
use super::rules::{Carries, Closed, Judgement};
use super::sql::{self, ProgressRow, UnreadRow, VersionRow, WaitingRow};
use super::trial::Trying;
use super::{
    AlertKind, AlertRaised, DocumentSealed, LiftSeal, RaiseAlert, ReadMarkings, RecordScan,
    Scanned, SealDocument, SealLifted, Threat, rulebook, says, trial,
};
use crate::kernel::{Action, Actor, Id, Queries, Realm, Rules, Time, Write, args, thing};
use crate::{Error, Result};

/// How many versions are read at a time by one node.
pub(super) const AT_ONCE: usize = 4;
/// How long it is looked for something new, at the most, where nothing was committed here.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is asked whether other rules are in force.
const REFRESH: Duration = Duration::from_secs(5);

/// Reads what is brought until the future is dropped; where nothing waits, tries rules that are proposed.
pub async fn keep_reading(realm: &Realm) {
    let mut refreshed_at = Time::default();
    let mut trying = Trying::default();
    loop {
        let outcome = AssertUnwindSafe(async {
            if realm.now() >= refreshed_at.plus(REFRESH) {
                rulebook::refresh(realm).await?;
                refreshed_at = realm.now();
            }
            match read_waiting(realm).await? {
                0 => trial::go_on(realm, &mut trying).await,
                read => Ok(read),
            }
        })
        .catch_unwind()
        .await;
        match outcome {
            Ok(Ok(0)) => realm.arrival(PATIENCE).await,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "what was brought could not be read; trying again");
                realm.arrival(PATIENCE).await;
            }
            // What panics on one version must not leave all others unread; its turn ends by itself.
            Err(_) => {
                tracing::error!("reading what was brought panicked; going on with the next");
                trying = Trying::default();
                realm.arrival(PATIENCE).await;
            }
        }
    }
}

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

/// Reads some of what waits, new versions before old ones; says how many that were.
pub async fn read_waiting(realm: &Realm) -> Result<u64> {
    let Some(rules) = realm.rules() else {
        return Ok(0);
    };
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    let most = 2 * AT_ONCE as u64;
    let mut waiting: Vec<WaitingRow> = proof.all(sql::WAITING, args![proof.at(), most]).await?;
    if waiting.is_empty() {
        waiting = proof
            .all(sql::BEHIND, args![proof.at(), rules.id, most])
            .await?;
    }
    let done = futures::stream::iter(waiting)
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
async fn read_one(realm: &Realm, rules: &Arc<Rules>, row: &WaitingRow) -> Result<bool> {
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
    let judged: Option<(i64,)> = w.first(sql::JUDGED_BY, args![row.id]).await?;
    if judged.is_some_and(|(by,)| by > rules.id.raw()) {
        // Another node has read it by newer rules meanwhile.
        realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
        return Ok(());
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
    let document = w.target();
    let sealed_anew = plan.raise.is_some() && plan.judged.closed.is_some();
    let mut over = Vec::new();
    for one in &plan.over {
        over.push((one.id, w.execute(sql::LIFT, args![at, one.id]).await? > 0));
    }
    for (alert, lifted) in over {
        let ended = Ended::after(&mut w, document, lifted)
            .await?
            .or_sealed(sealed_anew);
        end(&mut w, alert, &plan.version, &plan.judged, ended).await?;
    }
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
