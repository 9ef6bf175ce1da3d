//! The SQL of what people say of a marking. By custom `$1` is the moment, `$2` the document or the library.

use super::super::told::MarkedBy;
use super::request::Request;
use crate::Result;
use crate::kernel::{Column as _, FromRow, Id, Row, Time, now_and_on, record, thing};
use crate::libraries::{cleared, is_sealed};
use crate::people::{Author, author};

record! {
    /// The marking that counts of a document.
    pub(super) struct CountsRow {
        pub(super) label: String, pub(super) source: String, pub(super) level: i64, pub(super) rank: i64,
    }
}
record! {
    pub(super) struct LevelRow { pub(super) level: i64, pub(super) rank: i64 }
}
record! {
    pub(super) struct ScanOfAlert {
        pub(super) evidence: String,
    }
}
record! {
    pub(super) struct DefaultOf { pub(super) scheme: String, pub(super) marking: String, pub(super) set_by: i64 }
}
record! {
    pub(super) struct StateRow { pub(super) name: String, pub(super) held: bool }
}

/// What the library `$1` is called.
pub(super) const LIBRARY_NAME: &str = "SELECT l.name AS value FROM libraries l WHERE l.id = $1";

/// Who acts, by name.
pub(super) struct WhoRow(pub(super) Author);

impl FromRow for WhoRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self(Author::read(row, "who")?))
    }
}

/// A marking that a document carries or carried.
pub(super) struct LineRow {
    pub(super) label: String,
    pub(super) by: MarkedBy,
    pub(super) since: Time,
    pub(super) until: Time,
}

impl FromRow for LineRow {
    fn from_row(row: &Row) -> Result<Self> {
        let source: String = row.get("source")?;
        Ok(Self {
            label: row.get("label")?,
            by: MarkedBy::of(&source, Author::read(row, "set_by")?),
            since: row.get("from_at")?,
            until: row.get("until_at")?,
        })
    }
}

/// What documents of a library carry in which no marking is found.
pub(super) struct DefaultRow {
    pub(super) scheme: String,
    pub(super) marking: String,
    pub(super) since: Time,
    pub(super) by: Author,
}

impl FromRow for DefaultRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            scheme: row.get("scheme")?,
            marking: row.get("marking")?,
            since: row.get("from_at")?,
            by: Author::read(row, "set_by")?,
        })
    }
}

impl FromRow for Request {
    fn from_row(row: &Row) -> Result<Self> {
        let alert: Id<thing::Alert> = row.get("alert_id")?;
        let latest: u64 = row.get("latest")?;
        let version = row.get("version")?;
        let library: Option<String> = Option::<String>::read(row, "library")?;
        Ok(Self {
            id: row.get("id")?,
            document: row.get("document_id")?,
            name: row.get("name")?,
            version,
            moved_on: latest > version,
            alert: (alert.raw() != 0).then_some(alert),
            scheme: row.get("scheme")?,
            marking: row.get("marking")?,
            label: row.get("label")?,
            instead: row.get("instead")?,
            reason: row.get("reason")?,
            asked_at: row.get("from_at")?,
            asked_by: Author::read(row, "asker")?,
            library: library.unwrap_or_default(),
        })
    }
}

/// The document `$2` with its latest version.
pub(super) const LATEST: &str =
    "SELECT i.name, v.number, v.content_id, v.author_id, v.read_at, i.version AS latest FROM items i
    JOIN versions v ON v.document_id = i.id AND v.number = i.version WHERE i.id = $1";
/// What the document `$2` is called, and whether it is sealed, to whomever.
pub(super) const STATE: &str = concat!(
    "SELECT i.name, CASE WHEN ",
    is_sealed!("i.id"),
    " THEN 1 ELSE 0 END AS held FROM items i WHERE i.id = $2"
);
/// The person `$2`, by name.
pub(super) const WHO: &str = concat!(
    "SELECT ",
    author!("p.id", "who"),
    " FROM people p WHERE p.id = $2"
);
/// What an assurance officer has set of the document `$2`.
pub(super) const BY_OFFICER: &str =
    "SELECT k.level, k.rank FROM markings k WHERE k.document_id = $2 AND k.source = 'officer'
   AND k.from_at <= $1 AND $1 < k.until_at ORDER BY k.level DESC, k.rank DESC, k.id DESC LIMIT 1";
/// The words that an alert goes back to.
pub(super) const SCAN_OF: &str =
    "SELECT s.evidence FROM alerts a JOIN scans s ON s.id = a.scan_id WHERE a.id = $1";
/// What was read in this content does not count in this document.
pub(super) const EXCEPT_READING: &str =
    "INSERT INTO exceptions (id, content_id, kind, label, alert_id, reason, made_by, from_at, until_at, document_id, scheme, marking)
     VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11)";
/// The markings of the document `$2`, the newest first.
pub(super) const HISTORY: &str = concat!(
    "SELECT k.label, k.source, k.from_at, k.until_at, ",
    author!("k.set_by", "set_by", "k.from_at"),
    " FROM markings k WHERE k.document_id = $2 AND k.from_at <= $1 ORDER BY k.from_at DESC, k.id DESC LIMIT $3"
);

/// This one is in force no more.
pub(super) const END_ONE: &str =
    "UPDATE markings SET until_at = $1 WHERE id = $2 AND until_at > $1";

macro_rules! requests {
    ($which:expr) => {
        concat!(
            "SELECT r.id, r.document_id, i.name, r.version, i.version AS latest, r.alert_id, r.scheme, r.marking, r.label, r.instead,
               r.reason, r.from_at, (SELECT l.name FROM libraries l WHERE l.id = i.library_id) AS library, ",
            author!("r.asked_by", "asker", "r.from_at"),
            " FROM marking_requests r JOIN items i ON i.id = r.document_id WHERE r.until_at = ",
            now_and_on!(),
            " AND CAST($1 AS BIGINT) > 0 AND ",
            $which
        )
    };
}
/// What waits for the document `$2`.
pub(super) const REQUEST: &str = requests!("r.document_id = $2");
/// What waits in the library `$3` of what the person `$2` may know of, after `$4`.
pub(super) const OF_LIBRARY: &str = requests!(concat!(
    "i.library_id = $3 AND i.binned_at = 0 AND r.id > $4 AND ",
    cleared!("i.id"),
    " ORDER BY r.id LIMIT $5"
));
/// What waits anywhere, after `$2`.
pub(super) const OF_REALM: &str = requests!("i.binned_at = 0 AND r.id > $2 ORDER BY r.id LIMIT $3");
pub(super) const ASK: &str =
    "INSERT INTO marking_requests (id, document_id, version, alert_id, scheme, marking, label, instead, reason, asked_by, outcome,
       decided_by, answer, from_at, until_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, '', $11, $12)";
/// What waits is decided in this way, by `$4`, with the words `$5`.
pub(super) const CLOSE: &str = concat!(
    "UPDATE marking_requests SET until_at = $1, outcome = $3, decided_by = $4, answer = $5 WHERE id = $2 AND until_at = ",
    now_and_on!()
);
/// What waits for the document `$2` is settled otherwise: all of it, or what answers the alert `$3`.
pub(super) const OVERTAKE: &str = concat!(
    "UPDATE marking_requests SET until_at = $1, outcome = 'overtaken' WHERE document_id = $2 AND (CAST($3 AS BIGINT) = 0 OR alert_id = $3)
      AND until_at = ",
    now_and_on!()
);

/// What documents of the library `$2` carry in which no marking is found.
pub(super) const DEFAULT: &str = concat!(
    "SELECT d.scheme, d.marking, d.from_at, ",
    author!("d.set_by", "set_by", "d.from_at"),
    " FROM library_markings d WHERE d.library_id = $2 AND d.from_at <= $1 AND $1 < d.until_at ORDER BY d.id DESC LIMIT 1"
);
/// The same for the document `$2`, where it carries nothing.
pub(super) const DEFAULT_OF: &str = "SELECT d.scheme, d.marking, d.set_by FROM items i
    JOIN library_markings d ON d.library_id = i.library_id AND d.from_at <= $1 AND $1 < d.until_at
  WHERE i.id = $2 AND NOT EXISTS (SELECT 1 FROM markings k WHERE k.document_id = i.id AND k.from_at <= $1 AND $1 < k.until_at)
  ORDER BY d.id DESC LIMIT 1";
pub(super) const END_DEFAULT: &str = "UPDATE library_markings SET until_at = $1 WHERE library_id = $2 AND from_at <= $1 AND $1 < until_at";
pub(super) const SET_DEFAULT: &str =
    "INSERT INTO library_markings (id, library_id, scheme, marking, set_by, from_at, until_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(in crate::assurance) const STATEMENTS: &[&str] = &[
    LATEST,
    STATE,
    WHO,
    BY_OFFICER,
    SCAN_OF,
    EXCEPT_READING,
    HISTORY,
    END_ONE,
    REQUEST,
    OF_LIBRARY,
    OF_REALM,
    ASK,
    CLOSE,
    OVERTAKE,
    DEFAULT,
    DEFAULT_OF,
    END_DEFAULT,
    SET_DEFAULT,
    LIBRARY_NAME,
];
