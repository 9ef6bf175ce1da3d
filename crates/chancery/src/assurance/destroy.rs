//! Destroying content, and the certificate of it.

use std::time::{Duration, SystemTime};

use vault::Address;

use super::alerts::{AlertLine, Decided};
use super::decide::{checked, deciding, settle};
use super::sql::{self, ContentRow, EvidenceRow, RemovedRow};
use super::{ContentDestroyed, DestroyContent, Elsewhere, Findings, ViewAlerts, says};
use crate::kernel::{Action, Actor, Id, Queries as _, Realm, Time, Write, args, thing};
use crate::{Error, Result, retention};

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
    let elsewhere = Elsewhere::of(&mut w, at, document, None).await?;
    Elsewhere::end_unfinished(&mut w, document, None).await?;
    let removed: Vec<RemovedRow> = w.all(sql::REMOVED, args![document]).await?;
    let contents: Vec<ContentRow> = w.all(sql::CONTENTS_OF, args![document]).await?;
    let placements = w.standing().place;
    retention::destroy(&mut w, library).await?;
    let blobs = removed_contents(&mut w, contents).await?;
    // The words around what was found are content too.
    let scans: Vec<EvidenceRow> = w.all(sql::EVIDENCE, args![document]).await?;
    forget(&mut w, scans).await?;
    settle(&mut w, &line, Decided::Destroyed, &reason).await?;
    w.execute(
        sql::SETTLE_OTHERS,
        args![document, "destroyed", &reason, by, at],
    )
    .await?;
    says::overtaken(&mut w, document, None).await?;
    let certificate = certify(
        &mut w,
        &line,
        Certify {
            removed: &removed,
            reason: &reason,
            whole: true,
            elsewhere: &elsewhere,
        },
    )
    .await?;
    *w.place_mut() = placements;
    w.commit(ContentDestroyed {
        document: line.name,
        reason,
        alert: alert.to_string(),
        versions: removed.len() as u64,
        certificate: certificate.to_string(),
    })
    .await?;
    blobs.destroy(actor.realm(), at).await;
    Ok(certificate)
}

/// What a certificate says.
#[derive(Clone, Copy)]
pub(super) struct Certify<'a> {
    pub(super) removed: &'a [RemovedRow],
    pub(super) reason: &'a str,
    /// All content of the document, and not that of one version.
    pub(super) whole: bool,
    pub(super) elsewhere: &'a Elsewhere,
}

/// Makes the certificate, in the commit that destroys what it lists.
pub(super) async fn certify<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    line: &AlertLine,
    says: Certify<'_>,
) -> Result<Id<thing::Certificate>> {
    let (at, by, document) = (w.at(), w.by(), w.target());
    let id: Id<thing::Certificate> = w.new_id();
    let lines: Vec<Removed> = says.removed.iter().map(RemovedRow::line).collect();
    let list = serde_json::to_string(&lines).map_err(Error::unavailable)?;
    let elsewhere = serde_json::to_string(says.elsewhere).map_err(Error::unavailable)?;
    w.execute(
        sql::CERTIFY,
        args![
            id,
            line.id,
            document,
            &line.name,
            list,
            says.reason,
            by,
            at,
            says.whole,
            elsewhere
        ],
    )
    .await?;
    Ok(id)
}

/// What is in the store of content that no row names any more.
pub(super) struct Blobs(Vec<Vec<u8>>);

impl Blobs {
    /// Destroys it, with its keys. What cannot be removed now is garbage, and goes with that.
    pub(super) async fn destroy(self, realm: &Realm, at: Time) {
        let micros = u64::try_from(at.micros()).unwrap_or_default();
        let moment = SystemTime::UNIX_EPOCH + Duration::from_micros(micros);
        for address in self.0 {
            let Ok(address) = <[u8; 32]>::try_from(address.as_slice()) else {
                continue;
            };
            let address = Address::from_bytes(address);
            match realm.vault().destroy(&address, moment).await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!("destroyed content is in the store until garbage is collected");
                }
                Err(error) => {
                    tracing::warn!(%error, "destroyed content is in the store until garbage is collected");
                }
            }
        }
    }
}

/// Removes the rows of this content and of what was made of it, unless something else in the realm has it too.
pub(super) async fn removed_contents<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    contents: Vec<ContentRow>,
) -> Result<Blobs> {
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
    Ok(Blobs(blobs))
}

/// Takes what was read in destroyed content out of what was found.
pub(super) async fn forget<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    scans: Vec<EvidenceRow>,
) -> Result<()> {
    for scan in scans {
        let findings: Findings =
            serde_json::from_str(&scan.evidence).map_err(Error::unavailable)?;
        let left =
            serde_json::to_string(&findings.without_content()).map_err(Error::unavailable)?;
        w.execute(sql::SET_EVIDENCE, args![scan.id, left]).await?;
    }
    Ok(())
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
    /// That was all content of the document; otherwise what one version had.
    pub whole: bool,
    /// Where else the same content was found when it was destroyed; none where that was not looked for.
    pub elsewhere: Option<Elsewhere>,
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
        whole: row.whole,
        elsewhere: match row.elsewhere.as_str() {
            "" => None,
            text => Some(serde_json::from_str(text).map_err(Error::unavailable)?),
        },
        reason: row.reason,
        by: row.by,
        at: row.destroyed_at,
    })
}
