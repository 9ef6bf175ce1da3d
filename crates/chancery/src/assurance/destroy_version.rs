//! Destroying what an alert is about, and nothing else of its document.

use super::alerts::{AlertLine, Decided};
use super::decide::{checked, deciding, settle};
use super::destroy::{Certify, certify, forget, removed_contents};
use super::sql::{self as found, ContentRow, EvidenceRow, RemovedRow};
use super::{
    DestroyVersion, Elsewhere, PutBack, Removed, VersionDestroyed, VersionPutBack, ViewAlerts, says,
};
use crate::kernel::{Actor, Id, Queries, Write, args, now_and_on, record, thing};
use crate::libraries::opens_at;
use crate::{Error, Result, retention};

record! {
    struct ContentOf { content_id: i64, latest: u64 }
}
record! {
    struct LeftRow { number: u64 }
}

/// The content of the version `$2` of a document.
const CONTENT: &str =
    "SELECT v.content_id, i.version AS latest FROM versions v JOIN items i ON i.id = v.document_id
  WHERE v.document_id = $1 AND v.number = $2";
/// The newest version of the document that has other content.
const LEFT: &str = "SELECT v.number FROM versions v WHERE v.document_id = $1 AND v.content_id <> $2
  ORDER BY v.number DESC LIMIT 1";

macro_rules! drafts_of {
    ($document:literal, $content:literal) => {
        concat!(
            "d.document_id = ",
            $document,
            " AND (d.content_id = ",
            $content,
            " OR d.based_on IN (SELECT b.number FROM versions b WHERE b.document_id = ",
            $document,
            " AND b.content_id = ",
            $content,
            "))"
        )
    };
}
/// The versions of this content, and the drafts that were made from them or have it, as the certificate lists them.
const REMOVED: &str = concat!(
    "WITH kept(number, size, media_type, made_at, person_id, content_id) AS (
       SELECT v.number, v.size, v.media_type, v.created_at, v.author_id, v.content_id FROM versions v
        WHERE v.document_id = $1 AND v.content_id = $2
       UNION ALL
       SELECT 0, d.size, d.media_type, d.saved_at, d.person_id, d.content_id FROM drafts d WHERE ",
    drafts_of!("$1", "$2"),
    ")
     SELECT k.number, k.size, k.media_type, k.made_at, t.address,
       (SELECT p.name || COALESCE((SELECT ' of ' || o.name FROM belongings b JOIN organisations o ON o.id = b.organisation_id
           WHERE b.person_id = p.id AND b.from_at <= k.made_at AND k.made_at < b.until_at), '')
          FROM people p WHERE p.id = k.person_id) AS made_by
      FROM kept k JOIN contents t ON t.id = k.content_id ORDER BY k.number, k.made_at"
);
const CONTENTS: &str = concat!(
    "SELECT t.id, t.address, CASE WHEN t.inline IS NULL THEN 0 ELSE 1 END AS inline
       FROM contents t WHERE t.id = $2 OR t.id IN (SELECT d.content_id FROM drafts d WHERE ",
    drafts_of!("$1", "$2"),
    ")"
);
const KEEP_FACTS: &str = "INSERT INTO gone_versions (id, document_id, number, size, media_type, comment, author_id,
    created_at, restored_from)
  SELECT v.id, v.document_id, v.number, v.size, v.media_type, v.comment, v.author_id, v.created_at, v.restored_from
    FROM versions v WHERE v.document_id = $1 AND v.content_id = $2 ON CONFLICT DO NOTHING";
/// Nobody goes on with what was made from it.
const END_CHECK_OUTS: &str = concat!(
    "UPDATE check_outs SET until_at = $3, outcome = 'discarded' WHERE document_id = $1 AND until_at > $3
       AND person_id IN (SELECT d.person_id FROM drafts d WHERE ",
    drafts_of!("$1", "$2"),
    ")"
);
const FORGET_DRAFTS: &str = concat!(
    "DELETE FROM drafts WHERE id IN (SELECT d.id FROM drafts d WHERE ",
    drafts_of!("$1", "$2"),
    ")"
);
/// What file programs keep beside the document of this content.
const FORGET_SCRAPS: &str =
    "DELETE FROM scraps WHERE content_id = $2 AND (item_id = $1 OR item_id = 0 - $1)";
const FORGET_VERSIONS: &str = "DELETE FROM versions WHERE document_id = $1 AND content_id = $2";
const END_PUBLICATIONS: &str = concat!(
    "UPDATE publications SET until_at = $2 WHERE document_id = $1 AND until_at = ",
    now_and_on!(),
    " AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.document_id = publications.document_id AND v.number = publications.number)"
);
const END_REQUESTS: &str = concat!(
    "UPDATE publication_requests SET until_at = $2, outcome = 'overtaken' WHERE document_id = $1 AND until_at = ",
    now_and_on!(),
    " AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.document_id = publication_requests.document_id
        AND v.number = publication_requests.number)"
);
/// Readers see what is still published, or nothing, where their library requires publishing.
const TOWARDS_READERS: &str = concat!(
    "UPDATE items SET published = COALESCE((SELECT MAX(n.number) FROM publications n WHERE n.document_id = $1 AND n.until_at = ",
    now_and_on!(),
    "), 0) WHERE id = $1 AND published IS NOT NULL"
);
const AS_READERS_SEE_IT: &str = concat!(
    "UPDATE items SET
       published_size = (SELECT v.size FROM versions v WHERE v.document_id = $1 AND v.number = items.published),
       published_by = (SELECT v.author_id FROM versions v WHERE v.document_id = $1 AND v.number = items.published),
       published_at = (SELECT MAX(n.dated_at) FROM publications n WHERE n.document_id = $1 AND n.number = items.published
           AND n.until_at = ",
    now_and_on!(),
    ") WHERE id = $1 AND published IS NOT NULL"
);
/// The version `$3` of the document is its latest again, under a number that no version has had: whoever made it then is whose
/// version it is, and it is read before others open it.
const AGAIN: &str = concat!(
    "INSERT INTO versions (id, document_id, number, content_id, size, media_type, comment, author_id,
       created_at, read_at, restored_from, major, minor)
     SELECT CAST($1 AS BIGINT), i.id, i.version + 1, o.content_id, o.size, o.media_type, CAST($4 AS TEXT), o.author_id,
       CAST($5 AS BIGINT), ",
    opens_at!("$5"),
    ", o.number,
       CASE WHEN i.published IS NULL THEN 0
         ELSE (SELECT COALESCE(MAX(m.major), 0) FROM versions m WHERE m.document_id = i.id) END,
       CASE WHEN i.published IS NULL THEN 0
         ELSE 1 + (SELECT COALESCE(MAX(m.minor), 0) FROM versions m WHERE m.document_id = i.id
           AND m.major = (SELECT COALESCE(MAX(g.major), 0) FROM versions g WHERE g.document_id = i.id)) END
      FROM items i JOIN versions o ON o.document_id = i.id AND o.number = $3 WHERE i.id = $2"
);
const ADVANCE: &str = "UPDATE items SET version = version + 1, changed_at = $3,
    changed_by = (SELECT v.author_id FROM versions v WHERE v.document_id = $1 AND v.number = $2),
    author_key = COALESCE((SELECT p.name_key FROM versions v JOIN people p ON p.id = v.author_id
      WHERE v.document_id = $1 AND v.number = $2), ''),
    size = (SELECT v.size FROM versions v WHERE v.document_id = $1 AND v.number = $2),
    media_type = (SELECT v.media_type FROM versions v WHERE v.document_id = $1 AND v.number = $2)
  WHERE id = $1";
const EVIDENCE: &str =
    "SELECT s.id, s.evidence FROM scans s WHERE s.document_id = $1 AND s.content_id = $2";

macro_rules! of_no_version {
    ($document:literal) => {
        concat!(
            "a.document_id = ",
            $document,
            " AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.document_id = a.document_id AND v.number = a.version)"
        )
    };
}
/// The seals of every alert about what is not there any more.
const LIFT_OTHERS: &str = concat!(
    "UPDATE seals SET until_at = $2 WHERE document_id = $1 AND from_at <= $2 AND $2 < until_at
       AND alert_id IN (SELECT a.id FROM alerts a WHERE ",
    of_no_version!("$1"),
    ")"
);
/// What was decided about the content is decided about every alert that is about it.
const SETTLE_OTHERS: &str = concat!(
    "UPDATE alerts SET decision = $2, reason = $3, decided_by = $4, decided_at = $5 WHERE (decided_at = 0 OR decision = 'kept')
       AND id IN (SELECT a.id FROM alerts a WHERE ",
    of_no_version!("$1"),
    ")"
);

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    CONTENT,
    LEFT,
    REMOVED,
    CONTENTS,
    KEEP_FACTS,
    END_CHECK_OUTS,
    FORGET_DRAFTS,
    FORGET_SCRAPS,
    FORGET_VERSIONS,
    END_PUBLICATIONS,
    END_REQUESTS,
    TOWARDS_READERS,
    AS_READERS_SEE_IT,
    AGAIN,
    ADVANCE,
    EVIDENCE,
    LIFT_OTHERS,
    SETTLE_OTHERS,
];

/// The content that an alert is about, and the newest version of the document that has other content.
async fn what_is_left(queries: &mut impl Queries, line: &AlertLine) -> Result<(ContentOf, u64)> {
    let content: Option<ContentOf> = queries
        .first(CONTENT, args![line.document, line.version])
        .await?;
    let content = content.ok_or_else(|| {
        Error::Conflict("The version that this alert is about is not there any more".to_owned())
    })?;
    let left: Option<LeftRow> = queries
        .first(LEFT, args![line.document, content.content_id])
        .await?;
    let left = left.ok_or_else(|| {
        Error::Conflict(
            "Every version of this document has this content. Destroy all content of it instead"
                .to_owned(),
        )
    })?;
    Ok((content, left.number))
}

/// Destroys the content that an alert is about: the version, every other of the document with the same content, the drafts that
/// were made from them, the pages that were made of it, and its key. The document goes on with what is left: where its latest
/// version went, the newest that is left becomes the latest again, once it was read once more. What is known of what went stays, and a
/// certificate says what was removed. Not while it is under legal hold, nor where nothing would be left. Problems are on `reason`.
///
/// The same content in another document stays with that one, and the certificate says where it is.
pub async fn destroy_version(
    actor: &Actor,
    alert: Id<thing::Alert>,
    reason: &str,
) -> Result<Id<thing::Certificate>> {
    let (mut w, line) = deciding::<DestroyVersion>(actor, alert).await?;
    let reason = checked(reason)?;
    w.lock(line.library.0).await?;
    retention::may_go(&mut w).await?;
    let (content, left) = what_is_left(&mut w, &line).await?;
    let (at, document, bad) = (w.at(), w.target(), content.content_id);
    let elsewhere = Elsewhere::of(&mut w, at, document, Some(bad)).await?;
    Elsewhere::end_unfinished(&mut w, document, Some(bad)).await?;
    let removed: Vec<RemovedRow> = w.all(REMOVED, args![document, bad]).await?;
    let contents: Vec<ContentRow> = w.all(CONTENTS, args![document, bad]).await?;
    w.execute(KEEP_FACTS, args![document, bad]).await?;
    w.execute(END_CHECK_OUTS, args![document, bad, at]).await?;
    for sql in [FORGET_DRAFTS, FORGET_SCRAPS, FORGET_VERSIONS] {
        w.execute(sql, args![document, bad]).await?;
    }
    go_on(&mut w, &line, content.latest, left).await?;
    let blobs = removed_contents(&mut w, contents).await?;
    // The words around what was found are content too.
    let scans: Vec<EvidenceRow> = w.all(EVIDENCE, args![document, bad]).await?;
    forget(&mut w, scans).await?;
    settle(&mut w, &line, Decided::Destroyed, &reason).await?;
    let by = w.by();
    w.execute(LIFT_OTHERS, args![document, at]).await?;
    let destroyed = Decided::Destroyed.name();
    w.execute(SETTLE_OTHERS, args![document, destroyed, &reason, by, at])
        .await?;
    says::overtaken(&mut w, document, None).await?;
    let certificate = certify(
        &mut w,
        &line,
        Certify {
            removed: &removed,
            reason: &reason,
            whole: false,
            elsewhere: &elsewhere,
        },
    )
    .await?;
    w.commit(VersionDestroyed {
        document: line.name,
        version: line.version,
        reason,
        alert: alert.to_string(),
        versions: removed.len() as u64,
        certificate: certificate.to_string(),
    })
    .await?;
    blobs.destroy(actor.realm(), at).await;
    Ok(certificate)
}

/// The document goes on without what went.
async fn go_on(
    w: &mut Write<DestroyVersion>,
    line: &AlertLine,
    latest: u64,
    left: u64,
) -> Result<()> {
    let (at, document) = (w.at(), w.target());
    for sql in [END_PUBLICATIONS, END_REQUESTS] {
        w.execute(sql, args![document, at]).await?;
    }
    for sql in [TOWARDS_READERS, AS_READERS_SEE_IT] {
        w.execute(sql, args![document]).await?;
    }
    if is_there(w, latest).await? {
        return Ok(());
    }
    let id: Id<thing::Version> = w.new_id();
    let comment = format!(
        "Version {} was destroyed. This is version {left} again",
        line.version
    );
    w.execute(AGAIN, args![id, document, left, comment, at])
        .await?;
    w.execute(ADVANCE, args![document, left, at]).await?;
    let place = w.standing().place;
    w.also_of::<PutBack>(
        place,
        &VersionPutBack {
            document: line.name.clone(),
            from: left,
            version: latest + 1,
        },
    )
}

async fn is_there(w: &mut Write<DestroyVersion>, number: u64) -> Result<bool> {
    let document = w.target();
    let found: Option<ContentOf> = w.first(CONTENT, args![document, number]).await?;
    Ok(found.is_some())
}

/// What would be destroyed with the version that the alert is about, for an officer who is about to decide; [`Error::Conflict`] where
/// that cannot be done alone.
pub async fn version_destruction(actor: &Actor, alert: Id<thing::Alert>) -> Result<Vec<Removed>> {
    let mut proof = actor.read::<ViewAlerts>(Id::REALM).await?;
    let line: AlertLine = proof
        .first(found::ALERT, args![proof.at(), alert])
        .await?
        .ok_or(Error::NotFound)?;
    let (content, _) = what_is_left(&mut proof, &line).await?;
    let rows: Vec<RemovedRow> = proof
        .all(REMOVED, args![line.document, content.content_id])
        .await?;
    Ok(rows.iter().map(RemovedRow::line).collect())
}
