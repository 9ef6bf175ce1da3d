//! What was found in a version, and what is done about it: markings, alerts and seals; and the rules by which.

use crate::kernel::{Id, Time, now_and_on, record, thing};
use crate::libraries::reads_markings;

record! {
    pub(in crate::assurance) struct VersionRow {
        pub(in crate::assurance) name: String, pub(in crate::assurance) number: u64, pub(in crate::assurance) content_id: i64, pub(in crate::assurance) author_id: i64, pub(in crate::assurance) read_at: Time,
        pub(in crate::assurance) latest: u64,
    }
}

record! {
    pub(in crate::assurance) struct ScanRow {
        pub(in crate::assurance) verdict: String, pub(in crate::assurance) label: String, pub(in crate::assurance) malware: String,
        pub(in crate::assurance) scheme: String, pub(in crate::assurance) marking: String,
    }
}

record! {
    pub(in crate::assurance) struct ExceptionRow {
        pub(in crate::assurance) kind: String, pub(in crate::assurance) label: String, pub(in crate::assurance) scheme: String, pub(in crate::assurance) marking: String,
    }
}

record! {
    pub(in crate::assurance) struct MarkedRow {
        pub(in crate::assurance) version: u64, pub(in crate::assurance) label: String, pub(in crate::assurance) malware: String,
        pub(in crate::assurance) scheme: String, pub(in crate::assurance) marking: String, pub(in crate::assurance) content_id: i64,
    }
}

record! {
    pub(in crate::assurance) struct SaidRow {
        pub(in crate::assurance) id: Id<thing::Interval>, pub(in crate::assurance) source: String, pub(in crate::assurance) level: i64, pub(in crate::assurance) rank: i64,
        pub(in crate::assurance) scheme: String, pub(in crate::assurance) marking: String, pub(in crate::assurance) set_by: i64,
    }
}

record! {
    pub(in crate::assurance) struct CarriedRow { pub(in crate::assurance) level: i64, pub(in crate::assurance) rank: i64, pub(in crate::assurance) label: String }
}

record! {
    pub(in crate::assurance) struct RaisedRow {
        pub(in crate::assurance) id: Id<thing::Alert>, pub(in crate::assurance) kind: String, pub(in crate::assurance) decision: String, pub(in crate::assurance) seals: u64,
    }
}

record! {
    pub(in crate::assurance) struct RulebookRow {
        pub(in crate::assurance) id: Id<thing::Rulebook>, pub(in crate::assurance) policy: String, pub(in crate::assurance) schemes: String,
        pub(in crate::assurance) program: String,
    }
}

impl RulebookRow {
    /// These say that nothing is read.
    pub(in crate::assurance) fn is_off(&self) -> bool {
        self.policy.is_empty()
    }
}

/// A version is its author's alone until it was judged anew, where that is read.
pub(in crate::assurance) const JUDGE_ANEW: &str = concat!(
    "UPDATE versions SET judged_by = 0, read_at = CASE WHEN ",
    reads_markings!("$3"),
    " THEN ",
    now_and_on!(),
    " ELSE read_at END WHERE document_id = $1 AND number = $2"
);
/// The version `$2` of a document.
pub(in crate::assurance) const VERSION: &str =
    "SELECT i.name, v.number, v.content_id, v.author_id, v.read_at, i.version AS latest
  FROM versions v JOIN items i ON i.id = v.document_id WHERE v.document_id = $1 AND v.id = $2";
/// It was read: whoever sees the document may open it from now on, if nothing was found.
pub(in crate::assurance) const MARK_READ: &str = concat!(
    "UPDATE versions SET judged_by = $3, read_at = CASE WHEN read_at = ",
    now_and_on!(),
    " THEN $2 ELSE read_at END WHERE id = $1"
);
/// What was found when a version was read last.
pub(in crate::assurance) const LATEST_SCAN: &str =
    "SELECT s.verdict, s.label, s.malware, s.scheme, s.marking FROM scans s
  WHERE s.document_id = $1 AND s.version = $2 ORDER BY s.id DESC LIMIT 1";
pub(in crate::assurance) const PUT_SCAN: &str =
    "INSERT INTO scans (id, document_id, version, content_id, rulebook_id, at, verdict, label, confidence, rule, malware, evidence,
       scheme, marking)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
/// What was read in each version of the document `$2`, when it was read last; not what was agreed not to count.
pub(in crate::assurance) const MARKED: &str =
    "SELECT s.version, s.label, s.malware, s.scheme, s.marking, s.content_id FROM scans s
  WHERE s.document_id = $2 AND s.version > 0
    AND EXISTS (SELECT 1 FROM versions v WHERE v.document_id = s.document_id AND v.number = s.version)
    AND s.id = (SELECT MAX(z.id) FROM scans z WHERE z.document_id = s.document_id AND z.version = s.version)
    AND NOT EXISTS (SELECT 1 FROM exceptions x WHERE x.content_id = s.content_id AND x.document_id = s.document_id
      AND x.kind = 'marking' AND x.scheme = s.scheme AND x.marking = s.marking AND x.from_at <= $1 AND $1 < x.until_at)";
pub(in crate::assurance) const EXCEPTIONS: &str =
    "SELECT x.kind, x.label, x.scheme, x.marking FROM exceptions x
  WHERE x.content_id = $2 AND x.document_id IN (0, $3) AND x.from_at <= $1 AND $1 < x.until_at";
/// What a document carries by what was read.
pub(in crate::assurance) const CARRIED: &str =
    "SELECT k.level, k.rank, k.label FROM markings k WHERE k.document_id = $2 AND k.source = 'read'
   AND k.from_at <= $1 AND $1 < k.until_at ORDER BY k.level DESC, k.rank DESC, k.id DESC LIMIT 1";
pub(in crate::assurance) const END_MARKINGS: &str =
    "UPDATE markings SET until_at = $1 WHERE document_id = $2 AND source = $3 AND until_at > $1";
pub(in crate::assurance) const MARK: &str =
    "INSERT INTO markings (id, document_id, level, label, from_at, until_at, source, scheme, marking, set_by, rank)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// The alerts about the version `$2` of a document that are open, or whose seal stays. What a person said is not one of them:
/// reading bears it out or does not, and ends it never.
pub(in crate::assurance) const RAISED: &str = "SELECT a.id, a.kind, a.decision,
    (SELECT COUNT(*) FROM seals y WHERE y.alert_id = a.id AND y.from_at <= $3 AND $3 < y.until_at) AS seals FROM alerts a
  WHERE a.document_id = $1 AND a.version = $2 AND (a.decided_at = 0 OR a.decision = 'kept')
    AND NOT EXISTS (SELECT 1 FROM scans s WHERE s.id = a.scan_id AND s.version = 0)";
/// What people have said the marking of the document `$2` is, and what its library has.
pub(in crate::assurance) const SAID: &str = "SELECT k.id, k.source, k.level, k.rank, k.scheme, k.marking, k.set_by FROM markings k
  WHERE k.document_id = $2 AND k.source <> 'read' AND k.from_at <= $1 AND $1 < k.until_at ORDER BY k.id";
pub(in crate::assurance) const RAISE: &str =
    "INSERT INTO alerts (id, document_id, version, scan_id, kind, label, raised_at, placed_by, in_hand_by, in_hand_at,
       decision, reason, decided_by, decided_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, '', '', 0, 0)";
pub(in crate::assurance) const DECIDE: &str = "UPDATE alerts SET decision = $2, reason = $3, decided_by = $4, decided_at = $5 WHERE id = $1 AND (decided_at = 0 OR decision = 'kept')";
pub(in crate::assurance) const SEAL: &str = "INSERT INTO seals (id, document_id, reason, from_at, until_at, open_to, alert_id) VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// How many seals keep the document `$2` closed.
pub(in crate::assurance) const SEALS: &str = "SELECT COUNT(*) AS value FROM seals e WHERE e.document_id = $2 AND e.from_at <= $1 AND $1 < e.until_at";
/// Lifts the seals of an alert.
pub(in crate::assurance) const LIFT: &str =
    "UPDATE seals SET until_at = $1 WHERE alert_id = $2 AND from_at <= $1 AND $1 < until_at";
pub(in crate::assurance) const RULEBOOK: &str =
    "SELECT r.id, r.policy, r.schemes, r.program FROM rulebooks r
  WHERE r.from_at <= $1 AND $1 < r.until_at ORDER BY r.id DESC LIMIT 1";
/// What was in force last, before reading was switched off.
pub(in crate::assurance) const LAST_RULEBOOK: &str =
    "SELECT r.id, r.policy, r.schemes, r.program FROM rulebooks r
  WHERE r.from_at <= $1 AND r.until_at <= $1 AND r.policy <> '' ORDER BY r.id DESC LIMIT 1";
/// What nobody has read is open all the same.
pub(in crate::assurance) const OPEN_UNREAD: &str = concat!(
    "UPDATE versions SET read_at = $1 WHERE read_at = ",
    now_and_on!()
);
pub(in crate::assurance) const PUT_RULEBOOK: &str =
    "INSERT INTO rulebooks (id, name, policy, schemes, program, proposed_by, proposed_at, from_at, until_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)";
pub(in crate::assurance) const END_RULEBOOKS: &str =
    "UPDATE rulebooks SET until_at = $1 WHERE from_at <= $1 AND until_at > $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    JUDGE_ANEW,
    VERSION,
    MARK_READ,
    LATEST_SCAN,
    PUT_SCAN,
    MARKED,
    EXCEPTIONS,
    CARRIED,
    END_MARKINGS,
    MARK,
    RAISED,
    SAID,
    RAISE,
    DECIDE,
    SEAL,
    SEALS,
    LIFT,
    RULEBOOK,
    LAST_RULEBOOK,
    OPEN_UNREAD,
    PUT_RULEBOOK,
    END_RULEBOOKS,
];
