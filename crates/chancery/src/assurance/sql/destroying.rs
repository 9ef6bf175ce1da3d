//! What goes when content is destroyed, and the certificate of it.

use crate::Result;
use crate::assurance::destroy::Removed;
use crate::kernel::{FromRow, Id, Row, Time, record, thing};
use crate::people::{Author, author};

record! {
    pub(in crate::assurance) struct EvidenceRow { pub(in crate::assurance) id: Id<thing::Scan>, pub(in crate::assurance) evidence: String }
}

record! {
    pub(in crate::assurance) struct ContentRow { pub(in crate::assurance) id: i64, pub(in crate::assurance) address: Vec<u8>, pub(in crate::assurance) inline: bool }
}

record! {
    pub(in crate::assurance) struct RemovedRow {
        pub(in crate::assurance) number: u64, pub(in crate::assurance) size: u64, pub(in crate::assurance) media_type: String, pub(in crate::assurance) made_at: Time,
        pub(in crate::assurance) made_by: Option<String>, pub(in crate::assurance) address: Vec<u8>,
    }
}

fn in_hexadecimal(bytes: &[u8]) -> String {
    <[u8; 32]>::try_from(bytes).map_or_else(
        |_| String::new(),
        |bytes| blake3::Hash::from_bytes(bytes).to_hex().to_string(),
    )
}

impl RemovedRow {
    pub(in crate::assurance) fn line(&self) -> Removed {
        Removed {
            version: self.number,
            size: self.size,
            media_type: self.media_type.clone(),
            made_at: self.made_at.micros(),
            made_by: self.made_by.clone().unwrap_or_default(),
            address: in_hexadecimal(&self.address),
        }
    }
}

/// A certificate with who destroyed the content.
#[derive(Debug)]
pub(in crate::assurance) struct CertificateRow {
    pub(in crate::assurance) alert_id: Id<thing::Alert>,
    pub(in crate::assurance) document_id: Id<thing::Document>,
    pub(in crate::assurance) name: String,
    pub(in crate::assurance) removed: String,
    pub(in crate::assurance) whole: bool,
    pub(in crate::assurance) elsewhere: String,
    pub(in crate::assurance) reason: String,
    pub(in crate::assurance) by: Author,
    pub(in crate::assurance) destroyed_at: Time,
}

impl FromRow for CertificateRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            alert_id: row.get("alert_id")?,
            document_id: row.get("document_id")?,
            name: row.get("name")?,
            removed: row.get("removed")?,
            whole: row.get("whole")?,
            elsewhere: row.get("elsewhere")?,
            reason: row.get("reason")?,
            by: Author::read(row, "by")?,
            destroyed_at: row.get("destroyed_at")?,
        })
    }
}

/// Every version and draft of a document, as the certificate lists it.
pub(in crate::assurance) const REMOVED: &str =
    "WITH kept(number, size, media_type, made_at, person_id, content_id) AS (
       SELECT v.number, v.size, v.media_type, v.created_at, v.author_id, v.content_id FROM versions v WHERE v.document_id = $1
       UNION ALL
       SELECT 0, d.size, d.media_type, d.saved_at, d.person_id, d.content_id FROM drafts d WHERE d.document_id = $1)
     SELECT k.number, k.size, k.media_type, k.made_at, t.address,
       (SELECT p.name || COALESCE((SELECT ' of ' || o.name FROM belongings b JOIN organisations o ON o.id = b.organisation_id
           WHERE b.person_id = p.id AND b.from_at <= k.made_at AND k.made_at < b.until_at), '')
          FROM people p WHERE p.id = k.person_id) AS made_by
      FROM kept k JOIN contents t ON t.id = k.content_id ORDER BY k.number, k.made_at";
pub(in crate::assurance) const CONTENTS_OF: &str =
    "SELECT t.id, t.address, CASE WHEN t.inline IS NULL THEN 0 ELSE 1 END AS inline
    FROM contents t WHERE t.id IN (SELECT v.content_id FROM versions v WHERE v.document_id = $1
      UNION SELECT d.content_id FROM drafts d WHERE d.document_id = $1
      UNION SELECT z.content_id FROM scraps z WHERE z.item_id = $1)";
/// Pages in the vault that were made of this content, if nothing else is made of it.
pub(in crate::assurance) const PAGES_OF: &str =
    "SELECT p.id, p.address, CASE WHEN p.inline IS NULL THEN 0 ELSE 1 END AS inline FROM printed p
   WHERE p.content_id = $1 AND p.size > 0
   AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM scraps z WHERE z.content_id = $1)";
pub(in crate::assurance) const DESTROY_PAGES: &str = "DELETE FROM printed WHERE content_id = $1
   AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM scraps z WHERE z.content_id = $1)";
pub(in crate::assurance) const DESTROY_CONTENT: &str = "DELETE FROM contents WHERE id = $1
   AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM scraps z WHERE z.content_id = $1)";
pub(in crate::assurance) const EVIDENCE: &str =
    "SELECT s.id, s.evidence FROM scans s WHERE s.document_id = $1";
pub(in crate::assurance) const SET_EVIDENCE: &str = "UPDATE scans SET evidence = $2 WHERE id = $1";
/// What was decided about the content is decided about every alert that is open about it.
pub(in crate::assurance) const SETTLE_OTHERS: &str = "UPDATE alerts SET decision = $2, reason = $3, decided_by = $4, decided_at = $5 WHERE document_id = $1 AND decided_at = 0";
pub(in crate::assurance) const CERTIFY: &str =
    "INSERT INTO certificates (id, alert_id, document_id, name, removed, reason, destroyed_by, destroyed_at, whole, elsewhere)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
pub(in crate::assurance) const CERTIFICATE: &str = concat!(
    "SELECT c.alert_id, c.document_id, c.name, c.removed, c.reason, c.destroyed_at, c.whole, c.elsewhere, ",
    author!("c.destroyed_by", "by", "c.destroyed_at"),
    " FROM certificates c WHERE c.id = $1"
);

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    REMOVED,
    CONTENTS_OF,
    PAGES_OF,
    DESTROY_PAGES,
    DESTROY_CONTENT,
    EVIDENCE,
    SET_EVIDENCE,
    SETTLE_OTHERS,
    CERTIFY,
    CERTIFICATE,
];
