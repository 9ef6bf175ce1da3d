//! Reading what was brought: every version, by the realm itself, in the background of whichever node is free first.
//!
//! **Invariant:** a version is open to others than its author from the commit on in which it is said what was found in it, and in
//! which what must be sealed is sealed. A version that nobody has read is closed: nothing has to be done for that.

use std::time::Duration;

use futures::StreamExt as _;
use inspect::{Failure, Reading};
use markings::Decision;
use vault::Address;

use super::found::{Findings, input};
use super::rules::{Carries, Closed, Judgement, judge};
use super::sql::{
    self, CarriedRow, ExceptionRow, ProgressRow, RaisedRow, ScanRow, ToReadRow, VersionRow,
    WaitingRow,
};
use super::{
    AlertKind, AlertRaised, DocumentSealed, LiftSeal, RaiseAlert, ReadMarkings, RecordScan,
    ScanVersion, Scanned, SealDocument, SealLifted, Threat, rulebook,
};
use crate::kernel::{Actor, Id, Queries as _, Realm, Rules, Time, Write, args, thing};
use crate::{Error, Result};

/// How many versions are read at a time by one node.
const AT_ONCE: usize = 4;
/// How long a version is one node's to read: longer than reading one can take.
const TURN: Duration = Duration::from_mins(5);
/// How often reading is begun before what a file does to its reader is taken for what it is.
const ATTEMPTS: u64 = 3;
/// How long it is looked for something new, at the most, where nothing was committed here.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is asked whether other rules are in force.
const REFRESH: Duration = Duration::from_secs(5);

/// Reads what is brought until the future is dropped.
pub async fn keep_reading(realm: &Realm) {
    let mut refreshed_at = Time::default();
    loop {
        let outcome = async {
            if realm.now() >= refreshed_at.plus(REFRESH) {
                rulebook::refresh(realm).await?;
                refreshed_at = realm.now();
            }
            read_waiting(realm).await
        }
        .await;
        match outcome {
            Ok(0) => realm.arrival(PATIENCE).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "what was brought could not be read; trying again");
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

/// Reads one, if it is not another's to read.
async fn read_one(realm: &Realm, rules: &Rules, row: &WaitingRow) -> Result<bool> {
    let (now, holder): (Time, Id<thing::Interval>) = (realm.now(), realm.new_id());
    let claimed = realm
        .upkeep(sql::CLAIM, args![row.id, holder, now.plus(TURN), now])
        .await?;
    if claimed == 0 {
        return Ok(false);
    }
    let console = Actor::console(realm);
    let mut proof = match console.read::<ScanVersion>(row.document_id).await {
        // It went for good: there is nothing to be read any more.
        Err(Error::NotFound) => {
            realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
            return Ok(true);
        }
        proof => proof?,
    };
    let (attempts,): (u64,) = proof.one(sql::ATTEMPTS, args![row.id]).await?;
    let found: Option<ToReadRow> = proof
        .first(sql::TO_READ, args![row.document_id, row.number])
        .await?;
    let Some(version) = found else {
        realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
        return Ok(true);
    };
    let again = realm.now().plus(Duration::from_secs(
        2_u64.saturating_pow(u32::try_from(attempts).unwrap_or(5).min(5)),
    ));
    match look(realm, &version, attempts).await {
        Ok((reading, threat)) => {
            let decision = markings::decide(&input(&reading), &rules.schemes, &rules.policy);
            let findings = Findings::of(&reading, &decision);
            record(realm, rules, row, &decision, &threat, &findings).await?;
            Ok(true)
        }
        Err(error) => {
            realm
                .upkeep(sql::LATER, args![row.id, again, holder])
                .await?;
            Err(error)
        }
    }
}

/// What a version says, and whether it is malware. Fails where that is to be tried again.
async fn look(realm: &Realm, version: &ToReadRow, attempts: u64) -> Result<(Reading, Threat)> {
    let address = <[u8; 32]>::try_from(version.address.as_slice())
        .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?;
    let address = Address::from_bytes(address);
    let blob = realm.vault().open(&address, version.inline.clone()).await?;
    let content = || {
        blob.clone()
            .read(0..u64::MAX)
            .map(|piece| piece.map_err(std::io::Error::other))
    };
    let threat = super::malware::look(realm, content()).await?;
    let Some(inspector) = realm.scanner() else {
        return Err(Error::unavailable("there is nothing to read files with"));
    };
    let folders: Vec<&str> = Some(version.folder.as_str())
        .filter(|folder| !folder.is_empty())
        .into_iter()
        .collect();
    let reading = match inspector
        .scan(&version.name, &folders, &version.media_type, content())
        .await
    {
        Ok(reading) => reading,
        // That is the machine's fault, or may be: it is the file's once it was so several times.
        Err(failure @ (Failure::NoWorker(_) | Failure::Content(_))) => {
            return Err(Error::unavailable(failure));
        }
        Err(failure @ (Failure::TimedOut | Failure::Crashed(_))) if attempts < ATTEMPTS => {
            return Err(Error::unavailable(failure));
        }
        Err(failure) => Reading::failed(&version.name, &failure),
    };
    Ok((reading, threat))
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
    let version: Option<VersionRow> = w
        .first(sql::VERSION, args![row.document_id, row.id])
        .await?;
    let Some(version) = version else {
        realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
        return Ok(());
    };
    let excepted: Vec<ExceptionRow> = w
        .all(sql::EXCEPTIONS, args![w.at(), version.content_id])
        .await?;
    let judged = judge(
        decision,
        threat,
        &rules.policy,
        &realm.settings().designation,
        |kind, label| {
            excepted
                .iter()
                .any(|one| one.kind == kind.name() && one.label == label)
        },
    );
    let label = label_of(decision);
    let malware = match threat {
        Threat::Malware(name) => name.as_str(),
        _ => "",
    };
    let verdict = super::verdict_name(decision.verdict);
    let raised: Vec<RaisedRow> = w
        .all(sql::RAISED, args![row.document_id, row.number])
        .await?;
    let standing = raised
        .iter()
        .find(|one| judged.alert.is_some_and(|kind| kind.name() == one.kind));
    let before: Option<ScanRow> = w
        .first(sql::LATEST_SCAN, args![row.document_id, row.number])
        .await?;
    let same = before.is_some_and(|scan| {
        scan.verdict == verdict && scan.label == label && scan.malware == malware
    });
    let settled = match judged.alert {
        None => raised.iter().all(|one| one.decision == "kept"),
        Some(_) => standing.is_some(),
    };
    if version.read_at != Time::FOREVER && same && settled {
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
            version.content_id,
            rules.id,
            w.at(),
            verdict,
            &label,
            u32::from(decision.confidence),
            decision.rule.clone().unwrap_or_default(),
            malware,
            evidence
        ],
    )
    .await?;
    w.execute(sql::MARK_READ, args![row.id, w.at(), rules.id])
        .await?;
    w.execute(sql::UNCLAIM, args![row.id]).await?;
    if let Some(carries) = &judged.carries {
        carry(&mut w, carries).await?;
    }
    for one in raised.iter().filter(|one| one.decision.is_empty()) {
        if standing.is_none_or(|standing| standing.id != one.id) {
            lift(&mut w, one.id, &version, &judged).await?;
        }
    }
    if let Some(kind) = judged.alert
        && standing.is_none()
    {
        let label = if malware.is_empty() { &label } else { malware };
        raise(&mut w, kind, label, scan, &version, &judged).await?;
    }
    w.commit(Scanned {
        document: version.name,
        version: version.number,
        label,
        found: judged.why,
        verdict: verdict.to_owned(),
    })
    .await?;
    metrics::counter!("chancery_scans_total", "verdict" => verdict).increment(1);
    Ok(())
}

fn label_of(decision: &Decision) -> String {
    decision
        .marking
        .as_ref()
        .map_or_else(String::new, markings::Marking::label)
}

/// The document carries what was read, unless an earlier version carried more: whoever may see it may see its earlier versions too.
async fn carry(w: &mut Write<RecordScan>, carries: &Carries) -> Result<()> {
    let (at, document) = (w.at(), w.target());
    let carried: Option<CarriedRow> = w.first(sql::CARRIED, args![at, document]).await?;
    if carried.is_some_and(|row| {
        let more = (row.level, row.rank) > (carries.clearance, carries.rank);
        more || row.label == carries.label
    }) {
        return Ok(());
    }
    w.execute(sql::END_MARKINGS, args![at, document, "read"])
        .await?;
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
            "read",
            &carries.scheme,
            &carries.marking,
            0_i64,
            carries.rank
        ],
    )
    .await?;
    Ok(())
}

/// An alert that the rules now in force do not raise is over, and its seal with it.
async fn lift(
    w: &mut Write<RecordScan>,
    alert: Id<thing::Alert>,
    version: &VersionRow,
    judged: &Judgement,
) -> Result<()> {
    let (at, place) = (w.at(), w.standing().place);
    w.execute(sql::LIFT, args![at, alert]).await?;
    w.execute(sql::DECIDE, args![alert, "rules", &judged.why, 0_i64, at])
        .await?;
    w.also_of::<LiftSeal>(
        place,
        &SealLifted {
            document: version.name.clone(),
            version: version.number,
            why: judged.why.clone(),
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
    let (at, document, mut place) = (w.at(), w.target(), w.standing().place);
    place.subject = Some(version.author_id);
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
    let open_to = match closed {
        Closed::All => 0,
        Closed::Others => version.author_id,
    };
    let seal: Id<thing::Interval> = w.new_id();
    w.execute(
        sql::SEAL,
        args![
            seal,
            document,
            &judged.why,
            at,
            Time::FOREVER,
            open_to,
            alert
        ],
    )
    .await?;
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
