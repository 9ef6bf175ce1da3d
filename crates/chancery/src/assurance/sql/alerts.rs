//! Alerts as they are listed and shown, and what officers decide about them.

use crate::Result;
use crate::assurance::details::Exposed;
use crate::kernel::{FromRow, Id, Row, Time, holders, record, thing};
use crate::libraries::cleared;
use crate::people::{Author, author};

record! {
    pub(in crate::assurance) struct AlertRow {
        pub(in crate::assurance) id: Id<thing::Alert>, pub(in crate::assurance) kind: String, pub(in crate::assurance) label: String,
        pub(in crate::assurance) document_id: Id<thing::Document>, pub(in crate::assurance) name: String, pub(in crate::assurance) version: u64,
        pub(in crate::assurance) library_id: Id<thing::Library>, pub(in crate::assurance) library: String, pub(in crate::assurance) site: String,
        pub(in crate::assurance) raised_at: Time, pub(in crate::assurance) in_hand_at: Time, pub(in crate::assurance) sealed: bool, pub(in crate::assurance) open_to: i64,
        pub(in crate::assurance) decision: String, pub(in crate::assurance) reason: String, pub(in crate::assurance) decided_at: Time,
    }
}

record! {
    pub(in crate::assurance) struct WaitingAlertsRow {
        pub(in crate::assurance) open: u64, pub(in crate::assurance) in_hand: u64, pub(in crate::assurance) mine: u64, pub(in crate::assurance) oldest: Option<Time>,
    }
}

record! {
    pub(in crate::assurance) struct CountRow { pub(in crate::assurance) kind: String, pub(in crate::assurance) open: u64, pub(in crate::assurance) in_hand: u64, pub(in crate::assurance) oldest: Time }
}

record! {
    pub(in crate::assurance) struct PlacedRow {
        pub(in crate::assurance) evidence: String, pub(in crate::assurance) confidence: u64, pub(in crate::assurance) rule: String, pub(in crate::assurance) content_id: i64,
        pub(in crate::assurance) placed_at: Time, pub(in crate::assurance) gone: bool, pub(in crate::assurance) certificate: Option<Id<thing::Certificate>>, pub(in crate::assurance) leaves: bool,
    }
}

record! {
    pub(in crate::assurance) struct ElsewhereRow { pub(in crate::assurance) name: String, pub(in crate::assurance) library: String }
}

/// Somebody by name.
pub(in crate::assurance) struct WhoRow(pub(in crate::assurance) Author);

impl FromRow for WhoRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self(Author::read(row, "who")?))
    }
}

/// A line of who opened a document.
pub(in crate::assurance) struct ExposedRow(pub(in crate::assurance) Exposed);

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
pub(in crate::assurance) use alert_lines;
/// Those that wait, after `$3`; of the kind `$2`, where that is not empty.
pub(in crate::assurance) const OPEN_ALERTS: &str = alert_lines!(
    "a.decided_at = 0 AND ($2 = '' OR a.kind = $2) AND a.id > $3 ORDER BY a.id LIMIT $4"
);
/// Those that were decided, before `$3`.
pub(in crate::assurance) const DECIDED_ALERTS: &str = alert_lines!(
    "a.decided_at > 0 AND ($2 = '' OR a.kind = $2) AND a.id < $3 ORDER BY a.id DESC LIMIT $4"
);
pub(in crate::assurance) const ALL_ALERTS: &str =
    alert_lines!("($2 = '' OR a.kind = $2) AND a.id < $3 ORDER BY a.id DESC LIMIT $4");
/// Those of the library `$3`, before `$4`, about documents that the person `$2` may know of.
pub(in crate::assurance) const LIBRARY_ALERTS: &str = alert_lines!(concat!(
    "i.library_id = $3 AND a.id < $4 AND ",
    cleared!("i.id"),
    " ORDER BY a.id DESC LIMIT $5"
));
pub(in crate::assurance) const ALERT: &str = alert_lines!("a.id = $2");
pub(in crate::assurance) const ALERT_COUNTS: &str = "SELECT a.kind, COUNT(*) AS open,
    COUNT(CASE WHEN a.in_hand_at > 0 THEN 1 END) AS in_hand, MIN(a.raised_at) AS oldest
  FROM alerts a WHERE a.decided_at = 0 GROUP BY a.kind";
/// What waits for a decision: how many in whose hand, `$1` being whoever asks, and since when the oldest.
pub(in crate::assurance) const WAITING_ALERTS: &str = "SELECT COUNT(*) AS open, COUNT(CASE WHEN a.in_hand_at > 0 THEN 1 END) AS in_hand,
    COUNT(CASE WHEN a.in_hand_by = $1 THEN 1 END) AS mine, MIN(a.raised_at) AS oldest FROM alerts a WHERE a.decided_at = 0";
/// What was found, when the version was made, and whether its content was destroyed.
pub(in crate::assurance) const PLACED: &str = "SELECT s.evidence, s.confidence, s.rule, s.content_id,
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
pub(in crate::assurance) const EXPOSED: &str = concat!(
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
pub(in crate::assurance) const OWNERS_OF: &str = concat!(
    "WITH ",
    holders!(" AND g.role = 3"),
    ", owners(person_id) AS (SELECT DISTINCT h.person_id FROM holds h WHERE h.place_id = $2)
     SELECT ",
    author!("w.person_id", "who"),
    " FROM owners w ORDER BY w.person_id LIMIT $3"
);
/// Where else the content `$1` is than in the document `$2`.
pub(in crate::assurance) const ELSEWHERE: &str = "SELECT DISTINCT i.name, l.name AS library FROM versions v JOIN items i ON i.id = v.document_id
    JOIN libraries l ON l.id = i.library_id WHERE v.content_id = $1 AND i.id <> $2 AND i.gone_at = 0 ORDER BY i.name LIMIT 20";
/// How many assurance officers there are besides the person `$2`.
pub(in crate::assurance) const OTHER_OFFICERS: &str =
    "SELECT COUNT(DISTINCT o.person_id) AS value FROM offices o
   JOIN accounts n ON n.person_id = o.person_id AND n.from_at <= $1 AND $1 < n.until_at
  WHERE o.office = 'assurance' AND o.person_id <> $2 AND o.from_at <= $1 AND $1 < o.until_at";
pub(in crate::assurance) const IN_HAND: &str =
    "UPDATE alerts SET in_hand_by = $2, in_hand_at = $3 WHERE id = $1";
pub(in crate::assurance) const EXCEPT: &str =
    "INSERT INTO exceptions (id, content_id, kind, label, alert_id, reason, made_by, from_at, until_at, document_id)
     SELECT CAST($1 AS BIGINT), s.content_id, CAST($3 AS TEXT), CAST($4 AS TEXT), a.id, CAST($5 AS TEXT), CAST($6 AS BIGINT),
       CAST($7 AS BIGINT), CAST($8 AS BIGINT), CAST($9 AS BIGINT) FROM alerts a JOIN scans s ON s.id = a.scan_id AND s.version > 0 WHERE a.id = $2";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
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
];
