//! The SQL of scans, seals and alerts.

use super::alerts::Exposed;
use super::destroy::Removed;
use crate::Result;
use crate::kernel::{FromRow, Id, Row, Time, holders, now_and_on, record, thing};
use crate::libraries::{cleared, reads_markings};
use crate::people::{Author, author};

record! {
    pub(super) struct WaitingRow { pub(super) id: Id<thing::Version>, pub(super) document_id: Id<thing::Document>, pub(super) number: u64 }
}
record! {
    pub(super) struct ToReadRow {
        pub(super) name: String, pub(super) folder: String, pub(super) media_type: String,
        pub(super) address: Vec<u8>, pub(super) inline: Option<Vec<u8>>,
    }
}
record! {
    pub(super) struct VersionRow {
        pub(super) name: String, pub(super) number: u64, pub(super) content_id: i64, pub(super) author_id: i64, pub(super) read_at: Time,
        pub(super) latest: u64,
    }
}
record! {
    pub(super) struct ScanRow {
        pub(super) verdict: String, pub(super) label: String, pub(super) malware: String,
        pub(super) scheme: String, pub(super) marking: String,
    }
}
record! {
    pub(super) struct ExceptionRow {
        pub(super) kind: String, pub(super) label: String, pub(super) scheme: String, pub(super) marking: String,
    }
}
record! {
    pub(super) struct MarkedRow {
        pub(super) version: u64, pub(super) label: String, pub(super) malware: String,
        pub(super) scheme: String, pub(super) marking: String, pub(super) content_id: i64,
    }
}
record! {
    pub(super) struct SaidRow {
        pub(super) id: Id<thing::Interval>, pub(super) source: String, pub(super) level: i64, pub(super) rank: i64,
        pub(super) scheme: String, pub(super) marking: String, pub(super) set_by: i64,
    }
}
record! {
    pub(super) struct CarriedRow { pub(super) level: i64, pub(super) rank: i64, pub(super) label: String }
}
record! {
    pub(super) struct RaisedRow {
        pub(super) id: Id<thing::Alert>, pub(super) kind: String, pub(super) decision: String, pub(super) seals: u64,
    }
}
record! {
    pub(super) struct RulebookRow {
        pub(super) id: Id<thing::Rulebook>, pub(super) policy: String, pub(super) schemes: String,
        pub(super) program: String,
    }
}
impl RulebookRow {
    /// These say that nothing is read.
    pub(super) fn is_off(&self) -> bool {
        self.policy.is_empty()
    }
}
record! {
    pub(super) struct ProgressRow { pub(super) unread: u64, pub(super) behind: u64, pub(super) total: u64 }
}

record! {
    pub(super) struct UnreadRow { pub(super) versions: u64, pub(super) since: Option<Time> }
}

record! {
    pub(super) struct AlertRow {
        pub(super) id: Id<thing::Alert>, pub(super) kind: String, pub(super) label: String,
        pub(super) document_id: Id<thing::Document>, pub(super) name: String, pub(super) version: u64,
        pub(super) library_id: Id<thing::Library>, pub(super) library: String, pub(super) site: String,
        pub(super) raised_at: Time, pub(super) in_hand_at: Time, pub(super) sealed: bool, pub(super) open_to: i64,
        pub(super) decision: String, pub(super) reason: String, pub(super) decided_at: Time,
    }
}
record! {
    pub(super) struct WaitingAlertsRow {
        pub(super) open: u64, pub(super) in_hand: u64, pub(super) mine: u64, pub(super) oldest: Option<Time>,
    }
}
record! {
    pub(super) struct CountRow { pub(super) kind: String, pub(super) open: u64, pub(super) in_hand: u64, pub(super) oldest: Time }
}
record! {
    pub(super) struct PlacedRow {
        pub(super) evidence: String, pub(super) confidence: u64, pub(super) rule: String, pub(super) content_id: i64,
        pub(super) placed_at: Time, pub(super) gone: bool, pub(super) certificate: Option<Id<thing::Certificate>>, pub(super) leaves: bool,
    }
}
record! {
    pub(super) struct ElsewhereRow { pub(super) name: String, pub(super) library: String }
}
record! {
    pub(super) struct EvidenceRow { pub(super) id: Id<thing::Scan>, pub(super) evidence: String }
}
record! {
    pub(super) struct ContentRow { pub(super) id: i64, pub(super) address: Vec<u8>, pub(super) inline: bool }
}
record! {
    pub(super) struct RemovedRow {
        pub(super) number: u64, pub(super) size: u64, pub(super) media_type: String, pub(super) made_at: Time,
        pub(super) made_by: Option<String>, pub(super) address: Vec<u8>,
    }
}

fn in_hexadecimal(bytes: &[u8]) -> String {
    <[u8; 32]>::try_from(bytes).map_or_else(
        |_| String::new(),
        |bytes| blake3::Hash::from_bytes(bytes).to_hex().to_string(),
    )
}

impl RemovedRow {
    pub(super) fn line(&self) -> Removed {
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

/// Somebody by name.
pub(super) struct WhoRow(pub(super) Author);

impl FromRow for WhoRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self(Author::read(row, "who")?))
    }
}

/// A line of who opened a document.
pub(super) struct ExposedRow(pub(super) Exposed);

impl FromRow for ExposedRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self(Exposed {
            who: Author::read(row, "who")?,
            opened: row.get("opened")?,
            downloaded: row.get("downloaded")?,
            told: row.get("told")?,
            first: row.get("first_at")?,
            last: row.get("last_at")?,
        }))
    }
}

/// A certificate with who destroyed the content.
#[derive(Debug)]
pub(super) struct CertificateRow {
    pub(super) alert_id: Id<thing::Alert>,
    pub(super) document_id: Id<thing::Document>,
    pub(super) name: String,
    pub(super) removed: String,
    pub(super) whole: bool,
    pub(super) elsewhere: String,
    pub(super) reason: String,
    pub(super) by: Author,
    pub(super) destroyed_at: Time,
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

/// Versions that were never read and that nobody reads at the moment: everybody's first before anybody's second, so that whoever
/// brings thousands of files keeps nobody else waiting.
pub(super) const WAITING: &str = concat!(
    "SELECT w.id, w.document_id, w.number FROM (
       SELECT v.id, v.document_id, v.number, ROW_NUMBER() OVER (PARTITION BY v.author_id ORDER BY v.id) AS turn
         FROM versions v WHERE v.read_at = ",
    now_and_on!(),
    " AND NOT EXISTS (SELECT 1 FROM scan_claims c WHERE c.version_id = v.id AND c.until_at > $1)) w
      ORDER BY w.turn, w.id LIMIT $2"
);
/// Versions that were judged by other rules than `$2`.
pub(super) const BEHIND: &str = concat!(
    "SELECT v.id, v.document_id, v.number FROM versions v WHERE v.judged_by < $2 AND v.read_at <> ",
    now_and_on!(),
    " AND NOT EXISTS (SELECT 1 FROM scan_claims c WHERE c.version_id = v.id AND c.until_at > $1)
      ORDER BY v.judged_by, v.id LIMIT $3"
);
/// How much is still to be read, and how much there is.
pub(super) const PROGRESS: &str = concat!(
    "SELECT (SELECT COUNT(*) FROM versions u WHERE u.read_at = ",
    now_and_on!(),
    ") AS unread, (SELECT COUNT(*) FROM versions b WHERE b.judged_by < $1 AND b.read_at <> ",
    now_and_on!(),
    ") AS behind, (SELECT COUNT(*) FROM versions) AS total"
);
/// How many versions nobody has read yet, and since when the oldest of them waits.
pub(super) const UNREAD: &str = concat!(
    "SELECT COUNT(*) AS versions, MIN(v.created_at) AS since FROM versions v WHERE v.read_at = ",
    now_and_on!()
);
pub(super) const CLAIM: &str =
    "INSERT INTO scan_claims (version_id, holder, attempts, until_at) VALUES ($1, $2, 1, $3)
     ON CONFLICT (version_id) DO UPDATE SET holder = excluded.holder, attempts = scan_claims.attempts + 1,
       until_at = excluded.until_at WHERE scan_claims.until_at <= $4";
pub(super) const ATTEMPTS: &str =
    "SELECT c.attempts AS value FROM scan_claims c WHERE c.version_id = $1";
/// It is tried again from then on.
pub(super) const LATER: &str =
    "UPDATE scan_claims SET until_at = $2 WHERE version_id = $1 AND holder = $3";
/// A version is its author's alone until it was judged anew, where that is read.
pub(super) const JUDGE_ANEW: &str = concat!(
    "UPDATE versions SET judged_by = 0, read_at = CASE WHEN ",
    reads_markings!("$3"),
    " THEN ",
    now_and_on!(),
    " ELSE read_at END WHERE document_id = $1 AND number = $2"
);
pub(super) const UNCLAIM: &str = "DELETE FROM scan_claims WHERE version_id = $1";
/// Claims of versions that are not there any more.
pub(crate) const FORGET_CLAIMS: &str =
    "DELETE FROM scan_claims WHERE version_id NOT IN (SELECT v.id FROM versions v)";

pub(super) const TO_READ: &str =
    "SELECT i.name, COALESCE((SELECT f.name FROM items f WHERE f.id = i.folder_id), '') AS folder, v.media_type,
       t.address, t.inline
      FROM versions v JOIN items i ON i.id = v.document_id JOIN contents t ON t.id = v.content_id
     WHERE v.document_id = $1 AND v.number = $2";
/// The version `$2` of a document.
pub(super) const VERSION: &str =
    "SELECT i.name, v.number, v.content_id, v.author_id, v.read_at, i.version AS latest
  FROM versions v JOIN items i ON i.id = v.document_id WHERE v.document_id = $1 AND v.id = $2";
/// It was read: whoever sees the document may open it from now on, if nothing was found.
pub(super) const MARK_READ: &str = concat!(
    "UPDATE versions SET judged_by = $3, read_at = CASE WHEN read_at = ",
    now_and_on!(),
    " THEN $2 ELSE read_at END WHERE id = $1"
);
/// What was found when a version was read last.
pub(super) const LATEST_SCAN: &str =
    "SELECT s.verdict, s.label, s.malware, s.scheme, s.marking FROM scans s
  WHERE s.document_id = $1 AND s.version = $2 ORDER BY s.id DESC LIMIT 1";
pub(super) const PUT_SCAN: &str =
    "INSERT INTO scans (id, document_id, version, content_id, rulebook_id, at, verdict, label, confidence, rule, malware, evidence,
       scheme, marking)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
/// What was read in each version of the document `$2`, when it was read last; not what was agreed not to count.
pub(super) const MARKED: &str =
    "SELECT s.version, s.label, s.malware, s.scheme, s.marking, s.content_id FROM scans s
  WHERE s.document_id = $2 AND s.version > 0
    AND EXISTS (SELECT 1 FROM versions v WHERE v.document_id = s.document_id AND v.number = s.version)
    AND s.id = (SELECT MAX(z.id) FROM scans z WHERE z.document_id = s.document_id AND z.version = s.version)
    AND NOT EXISTS (SELECT 1 FROM exceptions x WHERE x.content_id = s.content_id AND x.document_id = s.document_id
      AND x.kind = 'marking' AND x.scheme = s.scheme AND x.marking = s.marking AND x.from_at <= $1 AND $1 < x.until_at)";
pub(super) const EXCEPTIONS: &str = "SELECT x.kind, x.label, x.scheme, x.marking FROM exceptions x
  WHERE x.content_id = $2 AND x.document_id IN (0, $3) AND x.from_at <= $1 AND $1 < x.until_at";
/// What a document carries by what was read.
pub(super) const CARRIED: &str =
    "SELECT k.level, k.rank, k.label FROM markings k WHERE k.document_id = $2 AND k.source = 'read'
   AND k.from_at <= $1 AND $1 < k.until_at ORDER BY k.level DESC, k.rank DESC, k.id DESC LIMIT 1";
pub(super) const END_MARKINGS: &str =
    "UPDATE markings SET until_at = $1 WHERE document_id = $2 AND source = $3 AND until_at > $1";
pub(super) const MARK: &str =
    "INSERT INTO markings (id, document_id, level, label, from_at, until_at, source, scheme, marking, set_by, rank)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// The alerts about the version `$2` of a document that are open, or whose seal stays. What a person said is not one of them:
/// reading bears it out or does not, and ends it never.
pub(super) const RAISED: &str = "SELECT a.id, a.kind, a.decision,
    (SELECT COUNT(*) FROM seals y WHERE y.alert_id = a.id AND y.from_at <= $3 AND $3 < y.until_at) AS seals FROM alerts a
  WHERE a.document_id = $1 AND a.version = $2 AND (a.decided_at = 0 OR a.decision = 'kept')
    AND NOT EXISTS (SELECT 1 FROM scans s WHERE s.id = a.scan_id AND s.version = 0)";
/// What people have said the marking of the document `$2` is, and what its library has.
pub(super) const SAID: &str = "SELECT k.id, k.source, k.level, k.rank, k.scheme, k.marking, k.set_by FROM markings k
  WHERE k.document_id = $2 AND k.source <> 'read' AND k.from_at <= $1 AND $1 < k.until_at ORDER BY k.id";
pub(super) const RAISE: &str =
    "INSERT INTO alerts (id, document_id, version, scan_id, kind, label, raised_at, placed_by, in_hand_by, in_hand_at,
       decision, reason, decided_by, decided_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, '', '', 0, 0)";
pub(super) const DECIDE: &str = "UPDATE alerts SET decision = $2, reason = $3, decided_by = $4, decided_at = $5 WHERE id = $1 AND (decided_at = 0 OR decision = 'kept')";
pub(super) const SEAL: &str = "INSERT INTO seals (id, document_id, reason, from_at, until_at, open_to, alert_id) VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// How many seals keep the document `$2` closed.
pub(super) const SEALS: &str = "SELECT COUNT(*) AS value FROM seals e WHERE e.document_id = $2 AND e.from_at <= $1 AND $1 < e.until_at";
/// Lifts the seals of an alert.
pub(super) const LIFT: &str =
    "UPDATE seals SET until_at = $1 WHERE alert_id = $2 AND from_at <= $1 AND $1 < until_at";

pub(super) const RULEBOOK: &str = "SELECT r.id, r.policy, r.schemes, r.program FROM rulebooks r
  WHERE r.from_at <= $1 AND $1 < r.until_at ORDER BY r.id DESC LIMIT 1";
/// What was in force last, before reading was switched off.
pub(super) const LAST_RULEBOOK: &str =
    "SELECT r.id, r.policy, r.schemes, r.program FROM rulebooks r
  WHERE r.from_at <= $1 AND r.until_at <= $1 AND r.policy <> '' ORDER BY r.id DESC LIMIT 1";
/// What nobody has read is open all the same.
pub(super) const OPEN_UNREAD: &str = concat!(
    "UPDATE versions SET read_at = $1 WHERE read_at = ",
    now_and_on!()
);
pub(super) const PUT_RULEBOOK: &str =
    "INSERT INTO rulebooks (id, name, policy, schemes, program, proposed_by, proposed_at, from_at, until_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)";
pub(super) const END_RULEBOOKS: &str =
    "UPDATE rulebooks SET until_at = $1 WHERE from_at <= $1 AND until_at > $1";

macro_rules! alert_lines {
    ($which:expr) => {
        concat!(
            "SELECT a.id, a.kind, a.label, a.document_id, i.name, a.version, l.id AS library_id, l.name AS library, s.name AS site,
               a.raised_at, a.in_hand_at, a.decision, a.reason, a.decided_at,
               CASE WHEN e.id IS NOT NULL THEN 1 ELSE 0 END AS sealed, COALESCE(e.open_to, 0) AS open_to, ",
            author!("a.placed_by", "placed_by", "a.raised_at"),
            ", ",
            author!("a.in_hand_by", "in_hand_by", "a.in_hand_at"),
            ", ",
            author!("a.decided_by", "decided_by", "a.decided_at"),
            " FROM alerts a JOIN items i ON i.id = a.document_id JOIN libraries l ON l.id = i.library_id
              JOIN sites s ON s.id = l.site_id
              LEFT JOIN seals e ON e.alert_id = a.id AND e.from_at <= $1 AND $1 < e.until_at
             WHERE ",
            $which
        )
    };
}
pub(super) use alert_lines;
/// Those that wait, after `$3`; of the kind `$2`, where that is not empty.
pub(super) const OPEN_ALERTS: &str = alert_lines!(
    "a.decided_at = 0 AND ($2 = '' OR a.kind = $2) AND a.id > $3 ORDER BY a.id LIMIT $4"
);
/// Those that were decided, before `$3`.
pub(super) const DECIDED_ALERTS: &str = alert_lines!(
    "a.decided_at > 0 AND ($2 = '' OR a.kind = $2) AND a.id < $3 ORDER BY a.id DESC LIMIT $4"
);
pub(super) const ALL_ALERTS: &str =
    alert_lines!("($2 = '' OR a.kind = $2) AND a.id < $3 ORDER BY a.id DESC LIMIT $4");
/// Those of the library `$3`, before `$4`, about documents that the person `$2` may know of.
pub(super) const LIBRARY_ALERTS: &str = alert_lines!(concat!(
    "i.library_id = $3 AND a.id < $4 AND ",
    cleared!("i.id"),
    " ORDER BY a.id DESC LIMIT $5"
));
pub(super) const ALERT: &str = alert_lines!("a.id = $2");
pub(super) const ALERT_COUNTS: &str = "SELECT a.kind, COUNT(*) AS open,
    COUNT(CASE WHEN a.in_hand_at > 0 THEN 1 END) AS in_hand, MIN(a.raised_at) AS oldest
  FROM alerts a WHERE a.decided_at = 0 GROUP BY a.kind";
/// What waits for a decision: how many in whose hand, `$1` being whoever asks, and since when the oldest.
pub(super) const WAITING_ALERTS: &str = "SELECT COUNT(*) AS open, COUNT(CASE WHEN a.in_hand_at > 0 THEN 1 END) AS in_hand,
    COUNT(CASE WHEN a.in_hand_by = $1 THEN 1 END) AS mine, MIN(a.raised_at) AS oldest FROM alerts a WHERE a.decided_at = 0";
/// What was found, when the version was made, and whether its content was destroyed.
pub(super) const PLACED: &str = "SELECT s.evidence, s.confidence, s.rule, s.content_id,
    COALESCE((SELECT v.created_at FROM versions v WHERE v.document_id = a.document_id AND v.number = a.version),
      (SELECT g.created_at FROM gone_versions g WHERE g.document_id = a.document_id AND g.number = a.version), a.raised_at) AS placed_at,
    CASE WHEN EXISTS (SELECT 1 FROM items i WHERE i.id = a.document_id AND i.gone_at > 0) THEN 1 ELSE 0 END AS gone,
    (SELECT MAX(c.id) FROM certificates c WHERE c.document_id = a.document_id
       AND (c.alert_id = a.id OR c.whole = 1 OR a.decision = 'destroyed')) AS certificate,
    CASE WHEN EXISTS (SELECT 1 FROM versions b WHERE b.document_id = a.document_id AND b.number = a.version)
          AND EXISTS (SELECT 1 FROM versions o WHERE o.document_id = a.document_id AND o.content_id <> s.content_id)
         THEN 1 ELSE 0 END AS leaves
  FROM alerts a JOIN scans s ON s.id = a.scan_id WHERE a.id = $1";
/// Who opened the document `$2` since `$3`, or was told of it, besides `$4`.
pub(super) const EXPOSED: &str = concat!(
    "WITH met(person_id, opened, downloaded, told, at) AS (
       SELECT j.person_id, CASE WHEN j.action <> 'DownloadVersion' THEN 1 ELSE 0 END,
         CASE WHEN j.action = 'DownloadVersion' THEN 1 ELSE 0 END, 0, j.at
         FROM journal j WHERE j.item_id = $2 AND j.sort = 'read' AND j.at >= $3
       UNION ALL
       SELECT n.person_id, 0, 0, 1, t.at FROM notices n JOIN journal t ON t.id = n.entry_id
        WHERE t.item_id = $2 AND t.at >= $3 AND t.sort <> 'marking'),
     who_met(person_id, opened, downloaded, told, first_at, last_at) AS (
       SELECT m.person_id, SUM(m.opened), SUM(m.downloaded), SUM(m.told), MIN(m.at), MAX(m.at)
         FROM met m WHERE m.person_id <> 0 AND m.person_id <> $4 GROUP BY m.person_id)
     SELECT CAST(w.opened AS BIGINT) AS opened, CAST(w.downloaded AS BIGINT) AS downloaded, CAST(w.told AS BIGINT) AS told,
       w.first_at, w.last_at, ",
    author!("w.person_id", "who"),
    " FROM who_met w ORDER BY w.opened + w.downloaded DESC, w.first_at, w.person_id LIMIT $5"
);
/// Who owns the library `$2`, by name.
pub(super) const OWNERS_OF: &str = concat!(
    "WITH ",
    holders!(" AND g.role = 3"),
    ", owners(person_id) AS (SELECT DISTINCT h.person_id FROM holds h WHERE h.place_id = $2)
     SELECT ",
    author!("w.person_id", "who"),
    " FROM owners w ORDER BY w.person_id LIMIT $3"
);
/// Where else the content `$1` is than in the document `$2`.
pub(super) const ELSEWHERE: &str = "SELECT DISTINCT i.name, l.name AS library FROM versions v JOIN items i ON i.id = v.document_id
    JOIN libraries l ON l.id = i.library_id WHERE v.content_id = $1 AND i.id <> $2 AND i.gone_at = 0 ORDER BY i.name LIMIT 20";
/// How many assurance officers there are besides the person `$2`.
pub(super) const OTHER_OFFICERS: &str = "SELECT COUNT(DISTINCT o.person_id) AS value FROM offices o
   JOIN accounts n ON n.person_id = o.person_id AND n.from_at <= $1 AND $1 < n.until_at
  WHERE o.office = 'assurance' AND o.person_id <> $2 AND o.from_at <= $1 AND $1 < o.until_at";
pub(super) const IN_HAND: &str = "UPDATE alerts SET in_hand_by = $2, in_hand_at = $3 WHERE id = $1";
pub(super) const EXCEPT: &str =
    "INSERT INTO exceptions (id, content_id, kind, label, alert_id, reason, made_by, from_at, until_at, document_id)
     SELECT CAST($1 AS BIGINT), s.content_id, CAST($3 AS TEXT), CAST($4 AS TEXT), a.id, CAST($5 AS TEXT), CAST($6 AS BIGINT),
       CAST($7 AS BIGINT), CAST($8 AS BIGINT), CAST($9 AS BIGINT) FROM alerts a JOIN scans s ON s.id = a.scan_id AND s.version > 0 WHERE a.id = $2";
/// Every version and draft of a document, as the certificate lists it.
pub(super) const REMOVED: &str =
    "WITH kept(number, size, media_type, made_at, person_id, content_id) AS (
       SELECT v.number, v.size, v.media_type, v.created_at, v.author_id, v.content_id FROM versions v WHERE v.document_id = $1
       UNION ALL
       SELECT 0, d.size, d.media_type, d.saved_at, d.person_id, d.content_id FROM drafts d WHERE d.document_id = $1)
     SELECT k.number, k.size, k.media_type, k.made_at, t.address,
       (SELECT p.name || COALESCE((SELECT ' of ' || o.name FROM belongings b JOIN organisations o ON o.id = b.organisation_id
           WHERE b.person_id = p.id AND b.from_at <= k.made_at AND k.made_at < b.until_at), '')
          FROM people p WHERE p.id = k.person_id) AS made_by
      FROM kept k JOIN contents t ON t.id = k.content_id ORDER BY k.number, k.made_at";
pub(super) const CONTENTS_OF: &str =
    "SELECT t.id, t.address, CASE WHEN t.inline IS NULL THEN 0 ELSE 1 END AS inline
    FROM contents t WHERE t.id IN (SELECT v.content_id FROM versions v WHERE v.document_id = $1
      UNION SELECT d.content_id FROM drafts d WHERE d.document_id = $1
      UNION SELECT z.content_id FROM scraps z WHERE z.item_id = $1)";
/// Pages in the vault that were made of this content, if nothing else is made of it.
pub(super) const PAGES_OF: &str =
    "SELECT p.id, p.address, CASE WHEN p.inline IS NULL THEN 0 ELSE 1 END AS inline FROM printed p
   WHERE p.content_id = $1 AND p.size > 0
   AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM scraps z WHERE z.content_id = $1)";
pub(super) const DESTROY_PAGES: &str = "DELETE FROM printed WHERE content_id = $1
   AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM scraps z WHERE z.content_id = $1)";
pub(super) const DESTROY_CONTENT: &str = "DELETE FROM contents WHERE id = $1
   AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.content_id = $1)
   AND NOT EXISTS (SELECT 1 FROM scraps z WHERE z.content_id = $1)";
pub(super) const EVIDENCE: &str = "SELECT s.id, s.evidence FROM scans s WHERE s.document_id = $1";
pub(super) const SET_EVIDENCE: &str = "UPDATE scans SET evidence = $2 WHERE id = $1";
/// What was decided about the content is decided about every alert that is open about it.
pub(super) const SETTLE_OTHERS: &str = "UPDATE alerts SET decision = $2, reason = $3, decided_by = $4, decided_at = $5 WHERE document_id = $1 AND decided_at = 0";
pub(super) const CERTIFY: &str =
    "INSERT INTO certificates (id, alert_id, document_id, name, removed, reason, destroyed_by, destroyed_at, whole, elsewhere)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
pub(super) const CERTIFICATE: &str = concat!(
    "SELECT c.alert_id, c.document_id, c.name, c.removed, c.reason, c.destroyed_at, c.whole, c.elsewhere, ",
    author!("c.destroyed_by", "by", "c.destroyed_at"),
    " FROM certificates c WHERE c.id = $1"
);

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    SEALS,
    WAITING,
    BEHIND,
    PROGRESS,
    UNREAD,
    CLAIM,
    ATTEMPTS,
    LATER,
    UNCLAIM,
    JUDGE_ANEW,
    PAGES_OF,
    FORGET_CLAIMS,
    TO_READ,
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
    LIFT,
    RULEBOOK,
    PUT_RULEBOOK,
    LAST_RULEBOOK,
    OPEN_UNREAD,
    END_RULEBOOKS,
    OPEN_ALERTS,
    DECIDED_ALERTS,
    ALL_ALERTS,
    LIBRARY_ALERTS,
    ALERT,
    ALERT_COUNTS,
    WAITING_ALERTS,
    PLACED,
    EXPOSED,
    OWNERS_OF,
    ELSEWHERE,
    OTHER_OFFICERS,
    IN_HAND,
    EXCEPT,
    REMOVED,
    CONTENTS_OF,
    DESTROY_PAGES,
    DESTROY_CONTENT,
    EVIDENCE,
    SET_EVIDENCE,
    SETTLE_OTHERS,
    CERTIFY,
    CERTIFICATE,
];
