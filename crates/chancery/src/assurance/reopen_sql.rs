//! The SQL of decisions that are taken back.

use crate::Result;
use crate::kernel::{FromRow, Id, Row, Time, record, thing};
use crate::people::{Author, author};

/// A decision that was taken back.
pub(super) struct TakenBackRow {
    pub(super) decision: String,
    pub(super) reason: String,
    pub(super) by: Author,
    pub(super) at: Time,
    pub(super) why: String,
    pub(super) taken_back_by: Author,
    pub(super) taken_back_at: Time,
}

impl FromRow for TakenBackRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            decision: row.get("decision")?,
            reason: row.get("reason")?,
            by: Author::read(row, "decided_by")?,
            at: row.get("decided_at")?,
            why: row.get("why")?,
            taken_back_by: Author::read(row, "taken_back_by")?,
            taken_back_at: row.get("taken_back_at")?,
        })
    }
}

record! {
    /// A version of another document with the same content.
    pub(super) struct OtherRow { pub(super) document: Id<thing::Document>, pub(super) version: u64 }
}
record! {
    /// A marking that a decision replaced.
    pub(super) struct ReplacedRow {
        pub(super) source: String, pub(super) scheme: String, pub(super) marking: String, pub(super) label: String,
        pub(super) level: i64, pub(super) rank: i64, pub(super) set_by: i64,
    }
}

/// What was decided about the alert `$1` and taken back.
pub(super) const TAKEN_BACK: &str = concat!(
    "SELECT t.decision, t.reason, t.decided_at, t.why, t.taken_back_at, ",
    author!("t.decided_by", "decided_by", "t.decided_at"),
    ", ",
    author!("t.taken_back_by", "taken_back_by", "t.taken_back_at"),
    " FROM decisions_taken_back t WHERE t.alert_id = $1 ORDER BY t.id DESC LIMIT 50"
);
/// What is decided about the alert `$2` is kept, with why `$4` takes it back.
pub(super) const KEEP_DECISION: &str =
    "INSERT INTO decisions_taken_back (id, alert_id, decision, reason, decided_by, decided_at, why, taken_back_by, taken_back_at)
     SELECT CAST($1 AS BIGINT), a.id, a.decision, a.reason, a.decided_by, a.decided_at, CAST($3 AS TEXT), CAST($4 AS BIGINT),
       CAST($5 AS BIGINT) FROM alerts a WHERE a.id = $2";
/// It waits again, in the hand of `$2`.
pub(super) const REOPEN: &str = "UPDATE alerts SET decision = '', reason = '', decided_by = 0, decided_at = 0, in_hand_by = $2, in_hand_at = $3 WHERE id = $1";
/// The content that the alert `$1` was found in.
pub(super) const CONTENT: &str = "SELECT s.content_id AS value FROM alerts a JOIN scans s ON s.id = a.scan_id AND s.version > 0 WHERE a.id = $1";
/// The versions of other documents than `$3` in which it counts what was decided about the content `$2`.
pub(super) const OTHERS: &str = "SELECT v.document_id AS document, v.number AS version FROM versions v
  WHERE v.content_id = $2 AND v.document_id <> $3 AND EXISTS (SELECT 1 FROM exceptions x WHERE x.content_id = v.content_id
      AND x.document_id = 0 AND x.kind = $4 AND x.label = $5 AND x.from_at <= $1 AND $1 < x.until_at)
  ORDER BY v.document_id, v.number";
/// What was decided about the content `$2` ends, wherever it is and in the document `$3`.
pub(super) const END_EXCEPTIONS: &str =
    "UPDATE exceptions SET until_at = $1 WHERE content_id = $2 AND from_at <= $1 AND $1 < until_at AND kind = $4 AND label = $5
     AND document_id IN (0, $3)";
/// What the document `$1` carried until the marking was corrected that the alert `$2` was about.
pub(super) const REPLACED: &str =
    "SELECT k.source, k.scheme, k.marking, k.label, k.level, k.rank, k.set_by FROM markings k JOIN alerts a ON a.id = $2
  WHERE k.document_id = $1 AND k.source IN ('officer', 'library') AND k.until_at = a.decided_at AND k.from_at < k.until_at
  ORDER BY k.id";
/// The marking of the document `$2` that was set when the alert `$3` was decided is in force no more.
pub(super) const UNMARK: &str =
    "UPDATE markings SET until_at = $1 WHERE document_id = $2 AND source = 'officer' AND until_at > $1
     AND from_at IN (SELECT a.decided_at FROM alerts a WHERE a.id = $3)";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    TAKEN_BACK,
    KEEP_DECISION,
    REOPEN,
    CONTENT,
    OTHERS,
    END_EXCEPTIONS,
    REPLACED,
    UNMARK,
];
