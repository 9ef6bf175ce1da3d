//! What officers decide about alerts.

use std::time::{Duration, SystemTime};

use vault::Address;

use super::alerts::{AlertLine, Decided, Sealed};
use super::ended::Ended;
use super::rules::row_of;
use super::scan::put_marking;
use super::sql::{self, ContentRow, EvidenceRow, RemovedRow};
use super::{
    ContentDestroyed, DestroyContent, Downgrade, Downgraded, FalseAlarm, FindFalseAlarm, Findings,
    KeepSealed, KeptSealed, TakeInHand, TakenInHand, ViewAlerts, says,
};
use crate::kernel::{Action, Actor, Id, Queries as _, Time, Write, args, thing};
use crate::people::text::clean_line;
use crate::{Error, Result, retention};

/// The longest reason, in characters.
pub(super) const LONGEST_REASON: usize = 500;

/// The alert as it is now, for officers.
pub(super) async fn found(actor: &Actor, alert: Id<thing::Alert>) -> Result<AlertLine> {
    let mut proof = actor.read::<ViewAlerts>(Id::REALM).await?;
    proof
        .first(sql::ALERT, args![proof.at(), alert])
        .await?
        .ok_or(Error::NotFound)
}

/// The alert, and the transaction in which something is decided about it.
async fn deciding<A: Action<Target = thing::Document>>(
    actor: &Actor,
    alert: Id<thing::Alert>,
) -> Result<(Write<A>, AlertLine)> {
    let line = found(actor, alert).await?;
    // Its document may be gone by that decision.
    undecided(&line)?;
    let mut w = actor.write::<A>(line.document).await?;
    let line: AlertLine = w.one(sql::ALERT, args![w.at(), alert]).await?;
    undecided(&line)?;
    Ok((w, line))
}

/// What was kept sealed can be decided about again.
pub(super) fn undecided(line: &AlertLine) -> Result<()> {
    match &line.decided {
        None | Some((Decided::Kept, ..)) => Ok(()),
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
        w.execute(sql::JUDGE_ANEW, args![line.document, line.version])
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
    let event = hand(&mut w, line).await?;
    w.commit(event).await
}

pub(super) async fn hand<A: Action>(w: &mut Write<A>, line: AlertLine) -> Result<TakenInHand> {
    w.execute(sql::IN_HAND, args![line.id, w.by(), w.at()])
        .await?;
    Ok(TakenInHand {
        document: line.name,
        alert: line.id.to_string(),
    })
}

/// Decides that an alert was a false alarm, or that what could not be read may be here. The seal is lifted, and the same content
/// raises no such alert again. Problems are on `reason`.
pub async fn false_alarm(actor: &Actor, alert: Id<thing::Alert>, reason: &str) -> Result<()> {
    let (mut w, line) = deciding::<FindFalseAlarm>(actor, alert).await?;
    let reason = checked(reason)?;
    let event = excuse(&mut w, line, reason).await?;
    w.commit(event).await
}

pub(super) async fn excuse<A: Action>(
    w: &mut Write<A>,
    line: AlertLine,
    reason: String,
) -> Result<FalseAlarm> {
    let ended = settle(w, &line, Decided::FalseAlarm, &reason).await?;
    except(w, &line, &reason, false).await?;
    Ok(FalseAlarm {
        document: line.name,
        reason,
        besides: ended.map_or("", Ended::besides).to_owned(),
        alert: line.id.to_string(),
        label: line.label,
    })
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
    for source in ["officer", "library"] {
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
    let event = keep(&mut w, line, reason).await?;
    w.commit(event).await
}

pub(super) async fn keep<A: Action>(
    w: &mut Write<A>,
    line: AlertLine,
    reason: String,
) -> Result<KeptSealed> {
    settle(w, &line, Decided::Kept, &reason).await?;
    seal_anew(w, &line, &reason, 0).await?;
    Ok(KeptSealed {
        document: line.name,
        how: match line.sealed {
            None => "is sealed from now on",
            Some(Sealed::ToOthers) => "is sealed to everybody, its author included",
            Some(Sealed::ToAll) => "stays sealed",
        }
        .to_owned(),
        reason,
        alert: line.id.to_string(),
    })
}

/// The seal of an alert is this from now on: to everybody, or to everybody but the person `open_to`.
pub(super) async fn seal_anew<A: Action>(
    w: &mut Write<A>,
    line: &AlertLine,
    why: &str,
    open_to: i64,
) -> Result<()> {
    let at = w.at();
    w.execute(sql::LIFT, args![at, line.id]).await?;
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

/// Destroys all content of a document: every version and draft, the pages that were made of them, and the keys that they are
/// encrypted under. What is known of it stays, and a certificate says what was removed. Not while it is under legal hold.
/// Problems are on `reason`.
///
/// Content that another document has too stays with that one, which its own alert is about.
pub async fn destroy(
    actor: &Actor,
    alert: Id<thing::Alert>,
    reason: &str,
) -> Result<Id<thing::Certificate>> {
    let (mut w, line) = deciding::<DestroyContent>(actor, alert).await?;
    let reason = checked(reason)?;
    let library = line.library.0;
    w.lock(library).await?;
    let (at, by, document) = (w.at(), w.by(), w.target());
    let removed: Vec<RemovedRow> = w.all(sql::REMOVED, args![document]).await?;
    let contents: Vec<ContentRow> = w.all(sql::CONTENTS_OF, args![document]).await?;
    let placements = w.standing().place;
    retention::destroy(&mut w, library).await?;
    let mut blobs = Vec::new();
    for content in contents {
        let pages: Vec<ContentRow> = w.all(sql::PAGES_OF, args![content.id]).await?;
        blobs.extend(
            pages
                .into_iter()
                .filter(|page| !page.inline)
                .map(|page| page.address),
        );
        w.execute(sql::DESTROY_PAGES, args![content.id]).await?;
        if w.execute(sql::DESTROY_CONTENT, args![content.id]).await? > 0 && !content.inline {
            blobs.push(content.address);
        }
    }
    // The words around what was found are content too.
    let scans: Vec<EvidenceRow> = w.all(sql::EVIDENCE, args![document]).await?;
    for scan in scans {
        let findings: Findings =
            serde_json::from_str(&scan.evidence).map_err(Error::unavailable)?;
        let left =
            serde_json::to_string(&findings.without_content()).map_err(Error::unavailable)?;
        w.execute(sql::SET_EVIDENCE, args![scan.id, left]).await?;
    }
    settle(&mut w, &line, Decided::Destroyed, &reason).await?;
    w.execute(
        sql::SETTLE_OTHERS,
        args![document, "destroyed", &reason, by, at],
    )
    .await?;
    says::overtaken(&mut w, document, None).await?;
    let certificate: Id<thing::Certificate> = w.new_id();
    let versions = removed.len() as u64;
    let list = serde_json::to_string(&removed.iter().map(RemovedRow::line).collect::<Vec<_>>())
        .map_err(Error::unavailable)?;
    w.execute(
        sql::CERTIFY,
        args![
            certificate,
            alert,
            document,
            &line.name,
            list,
            &reason,
            by,
            at
        ],
    )
    .await?;
    *w.place_mut() = placements;
    w.commit(ContentDestroyed {
        document: line.name,
        reason,
        alert: alert.to_string(),
        versions,
        certificate: certificate.to_string(),
    })
    .await?;
    // Nothing refers to it any more. What cannot be removed now is garbage, and goes with that.
    let micros = u64::try_from(at.micros()).unwrap_or_default();
    let moment = SystemTime::UNIX_EPOCH + Duration::from_micros(micros);
    for address in blobs {
        let Ok(address) = <[u8; 32]>::try_from(address.as_slice()) else {
            continue;
        };
        let address = Address::from_bytes(address);
        match actor.realm().vault().destroy(&address, moment).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!("destroyed content is in the store until garbage is collected");
            }
            Err(error) => {
                tracing::warn!(%error, "destroyed content is in the store until garbage is collected");
            }
        }
    }
    Ok(certificate)
}

/// What would be destroyed: every version and draft of the document that the alert is about, for an officer who is about to decide.
pub async fn destruction(actor: &Actor, alert: Id<thing::Alert>) -> Result<Vec<Removed>> {
    let mut proof = actor.read::<ViewAlerts>(Id::REALM).await?;
    let line: AlertLine = proof
        .first(sql::ALERT, args![proof.at(), alert])
        .await?
        .ok_or(Error::NotFound)?;
    let rows: Vec<RemovedRow> = proof.all(sql::REMOVED, args![line.document]).await?;
    Ok(rows.iter().map(RemovedRow::line).collect())
}

/// A certificate that content was destroyed.
#[derive(Debug, Clone)]
pub struct CertificateOf {
    /// Which.
    pub id: Id<thing::Certificate>,
    /// The alert that it was decided about.
    pub alert: Id<thing::Alert>,
    /// The document.
    pub document: Id<thing::Document>,
    /// What it was called.
    pub name: String,
    /// What was removed.
    pub removed: Vec<Removed>,
    /// Why.
    pub reason: String,
    /// Who destroyed it.
    pub by: crate::people::Author,
    /// When.
    pub at: Time,
}

/// A version or draft that was destroyed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Removed {
    /// The number of the version; 0 for a draft.
    pub version: u64,
    /// How long it was, in bytes.
    pub size: u64,
    /// What kind of content it was (RFC 6838).
    pub media_type: String,
    /// When it was made, in microseconds since 1970.
    pub made_at: i64,
    /// Who made it, with their organisation as it was then.
    pub made_by: String,
    /// The address of its content: a keyed hash (BLAKE3) that tells nothing of it, in hexadecimal.
    pub address: String,
}

/// A certificate, for officers.
pub async fn certificate(actor: &Actor, id: Id<thing::Certificate>) -> Result<CertificateOf> {
    let mut proof = actor.read::<ViewAlerts>(Id::REALM).await?;
    let row: sql::CertificateRow = proof
        .first(sql::CERTIFICATE, args![id])
        .await?
        .ok_or(Error::NotFound)?;
    Ok(CertificateOf {
        id,
        alert: row.alert_id,
        document: row.document_id,
        name: row.name,
        removed: serde_json::from_str(&row.removed).map_err(Error::unavailable)?,
        reason: row.reason,
        by: row.by,
        at: row.destroyed_at,
    })
}
