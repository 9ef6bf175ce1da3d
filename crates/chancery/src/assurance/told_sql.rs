//! The SQL of what people are told of a document: why it is closed to them, and what was read in it.

use super::sql::alert_lines;
use crate::kernel::{Id, Time, holds, record, seen_by_role, thing};
use crate::libraries::{cleared, closing};
use crate::people::author;

/// How many documents one statement asks about.
pub(super) const AT_ONCE: usize = 50;

record! {
    pub(super) struct ClosedRow {
        pub(super) name: String, pub(super) sealed_since: Option<Time>, pub(super) held_since: Option<Time>,
        pub(super) being_read: bool,
    }
}
record! {
    pub(super) struct PlacesRow { pub(super) id: Id<thing::Alert>, pub(super) rule: String, pub(super) evidence: String }
}
record! {
    pub(super) struct ReadRow {
        pub(super) number: u64, pub(super) at: Time, pub(super) verdict: String, pub(super) label: String,
        pub(super) evidence: String,
    }
}
record! {
    pub(super) struct LevelRow { pub(super) id: Id<thing::Document>, pub(super) level: i64 }
}

/// How those of the documents `$3` and on are closed of which the person `$2` may know at `$1`, by [`closing!`].
pub(super) fn levels() -> String {
    let ids: Vec<String> = (3..3 + AT_ONCE)
        .map(|number| format!("${number}"))
        .collect();
    format!(
        "WITH {holds} SELECT i.id, {closing} AS level FROM items i
          WHERE i.id IN ({ids}) AND i.is_document = 1 AND i.gone_at = 0 AND {cleared}
            AND i.library_id IN (SELECT h.place_id FROM holds h WHERE (i.binned_at = 0 OR h.role >= 2) AND {seen})",
        holds = holds!(),
        closing = closing!("i.id"),
        ids = ids.join(", "),
        cleared = cleared!("i.id"),
        seen = seen_by_role!("h.role"),
    )
}

/// In which ways the document `$2` is closed at `$1`: a seal for everybody, a seal that leaves
/// it to whoever made the version, a version that nobody has read.
pub(super) const CLOSED: &str = "SELECT i.name,
    (SELECT MIN(e.from_at) FROM seals e WHERE e.document_id = i.id AND e.from_at <= $1 AND $1 < e.until_at AND e.open_to = 0)
      AS sealed_since,
    (SELECT MIN(h.from_at) FROM seals h WHERE h.document_id = i.id AND h.from_at <= $1 AND $1 < h.until_at AND h.open_to <> 0)
      AS held_since,
    CASE WHEN EXISTS (SELECT 1 FROM versions v WHERE v.document_id = i.id AND v.read_at > $1) THEN 1 ELSE 0 END AS being_read
  FROM items i WHERE i.id = $2";
/// The alerts whose seals keep the document `$2` closed: all of them where `$3` is 1, otherwise those about versions that the
/// person `$4` made.
pub(super) const SEALING: &str = alert_lines!(
    "a.document_id = $2 AND e.id IS NOT NULL AND ($3 = 1 OR a.placed_by = $4) ORDER BY a.id DESC LIMIT 20"
);
/// Where it was found what those alerts are about.
pub(super) const PLACES: &str = "SELECT a.id, s.rule, s.evidence FROM alerts a JOIN scans s ON s.id = a.scan_id
  WHERE a.document_id = $2 AND EXISTS (SELECT 1 FROM seals e WHERE e.alert_id = a.id AND e.from_at <= $1 AND $1 < e.until_at)
  ORDER BY a.id DESC LIMIT 20";
/// What was found when the newest version that this person is shown was read last.
pub(super) const READING: &str = "SELECT v.number, s.at, s.verdict, s.label, s.evidence
  FROM versions v JOIN scans s ON s.document_id = v.document_id AND s.version = v.number
 WHERE v.document_id = $1 ORDER BY v.number DESC, s.id DESC LIMIT 1";
/// The marking that counts of the document `$2`: the highest, and where it is from.
pub(super) const COUNTS: &str = concat!(
    "SELECT k.label, k.source, k.level, k.rank, k.from_at AS since, ",
    author!("k.set_by", "set_by", "k.from_at"),
    " FROM markings k WHERE k.document_id = $2 AND k.from_at <= $1 AND $1 < k.until_at
      ORDER BY k.level DESC, k.rank DESC, k.id DESC LIMIT 1"
);
/// The marking that an officer gave the document `$1` at the moment `$2`.
pub(super) const CORRECTED: &str = "SELECT k.label AS value FROM markings k WHERE k.document_id = $1 AND k.from_at = $2 AND k.source = 'officer'
  ORDER BY k.id DESC LIMIT 1";
/// Who is told of new alerts: the assurance officers of that moment.
pub(crate) const OFFICERS: &str = "SELECT DISTINCT o.person_id AS value FROM offices o
   JOIN accounts n ON n.person_id = o.person_id AND n.from_at <= $1 AND $1 < n.until_at
  WHERE o.office = 'assurance' AND o.from_at <= $1 AND $1 < o.until_at";
/// What an alert is about, and who made the version.
pub(crate) const ABOUT: &str = "SELECT a.kind, a.placed_by FROM alerts a WHERE a.id = $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    CLOSED, SEALING, PLACES, READING, COUNTS, CORRECTED, OFFICERS, ABOUT,
];
