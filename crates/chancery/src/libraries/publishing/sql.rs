//! The SQL of publishing. By custom `$1` is the moment, `$2` the document or the library.

mod several;

pub(super) use several::*;

use super::{Label, Unpublished, Withdrawn};
use crate::Result;
use crate::kernel::{Column as _, FromRow, Id, Row, Time, holds, now_and_on, record, thing};
use crate::libraries::{cleared, is_closed};
use crate::people::{Author, author};

record! {
    /// How a document stands towards its readers.
    pub(super) struct StateRow {
        pub(super) name: String,
        pub(super) library_id: Id<thing::Library>,
        pub(super) version: u64,
        pub(super) published: u64,
        pub(super) approval: bool,
        pub(super) request_number: Option<u64>,
        pub(super) asked_by: Option<i64>,
    }
}
record! {
    pub(super) struct VersionRow {
        pub(super) major: u64, pub(super) minor: u64, pub(super) greatest: u64,
    }
}
record! {
    pub(super) struct BareVersion {
        pub(super) document_id: i64, pub(super) number: u64, pub(super) created_at: Time,
    }
}
record! {
    pub(super) struct RuleRow { pub(super) approval: bool }
}
record! {
    pub(super) struct CountsRow {
        pub(super) documents: u64, pub(super) drafts: u64, pub(super) unpublished: u64,
    }
}
record! {
    pub(super) struct IdRow { pub(super) value: i64 }
}

/// A request that waits.
#[derive(Debug)]
pub(super) struct WaitingRow {
    pub(super) id: i64,
    pub(super) document_id: Id<thing::Document>,
    pub(super) name: String,
    pub(super) number: u64,
    pub(super) latest: u64,
    pub(super) major: u64,
    pub(super) minor: u64,
    pub(super) note: String,
    pub(super) asked_at: Time,
    pub(super) asked_by: Author,
    pub(super) site: Option<String>,
    pub(super) library: Option<String>,
}

impl FromRow for WaitingRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            document_id: row.get("document_id")?,
            name: row.get("name")?,
            number: row.get("number")?,
            latest: row.get("latest")?,
            major: row.get("major")?,
            minor: row.get("minor")?,
            note: row.get("note")?,
            asked_at: row.get("asked_at")?,
            asked_by: Author::read(row, "asker")?,
            site: Option::<String>::read(row, "site")?,
            library: Option::<String>::read(row, "library")?,
        })
    }
}

/// A request that was taken back.
#[derive(Debug)]
pub(super) struct WithdrawnRow(pub(super) Withdrawn);

impl FromRow for WithdrawnRow {
    fn from_row(row: &Row) -> Result<Self> {
        let label = Label {
            major: row.get("major")?,
            minor: row.get("minor")?,
        };
        Ok(Self(Withdrawn {
            version: (row.get("number")?, label),
            at: row.get("withdrawn_at")?,
            by: Author::read(row, "withdrawer")?,
        }))
    }
}

/// That a document was unpublished.
#[derive(Debug)]
pub(super) struct UnpublishedRow(pub(super) Unpublished);

impl FromRow for UnpublishedRow {
    fn from_row(row: &Row) -> Result<Self> {
        let data: String = row.get("data")?;
        let data: serde_json::Value =
            serde_json::from_str(&data).map_err(crate::Error::unavailable)?;
        let reason = data.get("reason").and_then(serde_json::Value::as_str);
        Ok(Self(Unpublished {
            reason: reason.unwrap_or_default().to_owned(),
            at: row.get("unpublished_at")?,
            by: Author::read(row, "author")?,
        }))
    }
}

/// The rule that the library `$2` has.
pub(super) const RULE: &str = "SELECT u.approval FROM publishing_rules u
  WHERE u.library_id = $2 AND u.from_at <= $1 AND $1 < u.until_at";
pub(super) const LIBRARY_NAME: &str = "SELECT l.name AS value FROM libraries l WHERE l.id = $1";
pub(super) const END_RULE: &str = "UPDATE publishing_rules SET until_at = $1 WHERE library_id = $2 AND from_at <= $1 AND $1 < until_at";
pub(super) const SET_RULE: &str = "INSERT INTO publishing_rules (id, library_id, approval, set_by, from_at, until_at) VALUES ($1, $2, $3, $4, $5, $6)";
/// That the document `i` has a version that readers do not see: a draft, be it the latest or one before what is published.
macro_rules! has_drafts {
    () => {
        concat!(
            "i.published IS NOT NULL AND EXISTS (SELECT 1 FROM versions v WHERE v.document_id = i.id
               AND NOT EXISTS (SELECT 1 FROM publications n WHERE n.document_id = v.document_id
                 AND n.number = v.number AND n.until_at = ",
            now_and_on!(),
            "))"
        )
    };
}
/// How many documents the library `$1` has outside the bin, how many of them have a draft that readers do not see, and
/// how many readers do not see at all.
pub(super) const COUNTS: &str = concat!(
    "SELECT COUNT(*) AS documents,
    CAST(COALESCE(SUM(CASE WHEN ",
    has_drafts!(),
    " THEN 1 ELSE 0 END), 0) AS BIGINT) AS drafts,
    CAST(COALESCE(SUM(CASE WHEN i.published = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS unpublished
   FROM items i WHERE i.library_id = $1 AND i.is_document = 1 AND i.binned_at = 0"
);

/// A document whose library requires publishing, as it stands.
pub(super) const STATE: &str = concat!(
    "SELECT i.name, i.library_id, i.version, i.published, u.approval, r.number AS request_number, r.asked_by
  FROM items i JOIN publishing_rules u ON u.library_id = i.library_id AND u.from_at <= $1 AND $1 < u.until_at
  LEFT JOIN publication_requests r ON r.document_id = i.id AND r.until_at = ",
    now_and_on!(),
    " WHERE i.id = $2 AND i.is_document = 1 AND i.binned_at = 0 AND i.published IS NOT NULL"
);
/// What the version `$2` of the document `$1` is called, and the greatest that was published.
pub(super) const LABEL: &str = "SELECT v.major, v.minor,
    (SELECT COALESCE(MAX(g.major), 0) FROM versions g WHERE g.document_id = v.document_id) AS greatest
  FROM versions v WHERE v.document_id = $1 AND v.number = $2";
/// Readers see the version `$2` of the document `$1` from `$3` on. Whether its library requires publishing is settled by
/// this row, which whoever changes that writes too.
pub(super) const SHOW: &str = "UPDATE items SET
    first_published_at = CASE WHEN published = 0 THEN $3 ELSE first_published_at END,
    first_published_by = CASE WHEN published = 0
      THEN (SELECT v.author_id FROM versions v WHERE v.document_id = $1 AND v.number = $2) ELSE first_published_by END,
    published = $2, published_at = $3,
    published_size = (SELECT v.size FROM versions v WHERE v.document_id = $1 AND v.number = $2),
    published_by = (SELECT v.author_id FROM versions v WHERE v.document_id = $1 AND v.number = $2)
  WHERE id = $1 AND library_id = $4 AND published IS NOT NULL AND published < $2 AND binned_at = 0";
/// The version `$2` is called `$3`.0, and the drafts after it go on from there.
pub(super) const NAME_IT: &str =
    "UPDATE versions SET major = $3, minor = number - $2 WHERE document_id = $1 AND number >= $2";
/// Readers see nothing of the document `$1`.
pub(super) const HIDE: &str = "UPDATE items SET published = 0
  WHERE id = $1 AND library_id = $2 AND published IS NOT NULL AND published > 0 AND binned_at = 0";
pub(super) const CLOSE_PUBLICATIONS: &str = concat!(
    "UPDATE publications SET until_at = $1 WHERE document_id = $2 AND until_at = ",
    now_and_on!()
);
pub(super) const ASK: &str =
    "INSERT INTO publication_requests (id, document_id, number, note, asked_by, outcome, decided_by, reason, from_at, until_at)
   VALUES ($1, $2, $3, $4, $5, '', 0, '', $6, $7)";
/// What waits for the document `$2` is decided in this way, by `$4`, for the reason `$5`.
pub(super) const CLOSE_REQUESTS: &str = concat!(
    "UPDATE publication_requests SET until_at = $1, outcome = $3, decided_by = $4, reason = $5
      WHERE document_id = $2 AND until_at = ",
    now_and_on!()
);

macro_rules! waiting {
    () => {
        concat!(
            "r.id, r.document_id, i.name, r.number, i.version AS latest, v.major, v.minor, r.note, r.from_at AS asked_at, ",
            author!("r.asked_by", "asker", "r.from_at")
        )
    };
}

/// What waits for the document `$2`.
pub(super) const REQUEST: &str = concat!(
    "SELECT ",
    waiting!(),
    ", CAST(NULL AS TEXT) AS site, CAST(NULL AS TEXT) AS library
   FROM publication_requests r JOIN items i ON i.id = r.document_id
   JOIN versions v ON v.document_id = r.document_id AND v.number = r.number
  WHERE r.document_id = $2 AND r.until_at = ",
    now_and_on!(),
    " AND CAST($1 AS BIGINT) > 0"
);
/// What was asked of the document `$2` last, where whoever asked has withdrawn it.
pub(super) const WITHDRAWN: &str = concat!(
    "SELECT r.number, v.major, v.minor, r.until_at AS withdrawn_at, ",
    author!("r.decided_by", "withdrawer", "r.until_at"),
    " FROM publication_requests r JOIN versions v ON v.document_id = r.document_id AND v.number = r.number
      WHERE r.document_id = $2 AND r.outcome = 'withdrawn' AND CAST($1 AS BIGINT) > 0
        AND r.until_at = (SELECT MAX(q.until_at) FROM publication_requests q WHERE q.document_id = $2)"
);
/// That the document `$2` was unpublished, where that is how what was published last ceased to be.
pub(super) const UNPUBLISHED: &str = concat!(
    "SELECT j.data, j.at AS unpublished_at, ",
    author!("j.person_id", "author", "j.at"),
    " FROM journal j WHERE j.item_id = $2 AND j.action = 'UnpublishDocument' AND CAST($1 AS BIGINT) > 0
        AND j.at = (SELECT MAX(n.until_at) FROM publications n WHERE n.document_id = $2)
      ORDER BY j.id DESC LIMIT 1"
);
/// What waits in the library `$3`, of what the person `$2` may know of, after the request `$4`.
pub(super) const WAITING: &str = concat!(
    "SELECT ",
    waiting!(),
    ", CAST(NULL AS TEXT) AS site, CAST(NULL AS TEXT) AS library
   FROM publication_requests r JOIN items i ON i.id = r.document_id
   JOIN versions v ON v.document_id = r.document_id AND v.number = r.number
  WHERE r.until_at = ",
    now_and_on!(),
    " AND i.library_id = $3 AND i.binned_at = 0 AND r.id > $4 AND NOT ",
    is_closed!("i.id"),
    " AND ",
    cleared!("i.id"),
    " ORDER BY r.id LIMIT $5"
);
/// What waits for the person `$2` in the libraries that they own.
pub(super) const WAITING_FOR_ME: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT ",
    waiting!(),
    ", s.name AS site, l.name AS library
   FROM publication_requests r JOIN items i ON i.id = r.document_id
   JOIN libraries l ON l.id = i.library_id JOIN sites s ON s.id = l.site_id
   JOIN versions v ON v.document_id = r.document_id AND v.number = r.number
  WHERE r.until_at = ",
    now_and_on!(),
    " AND i.binned_at = 0
    AND i.library_id IN (SELECT h.place_id FROM holds h WHERE h.role = 3) AND NOT ",
    is_closed!("i.id"),
    " AND ",
    cleared!("i.id"),
    " ORDER BY r.id LIMIT $3"
);

/// How many documents are settled by one statement.
pub(super) const CHUNK: usize = 64;
/// How many documents of a library are settled by one statement, when all of them are.
pub(super) const MANY: usize = 2_000;
/// How many publications are written by one statement.
pub(super) const ROWS: usize = 500;
/// The placeholders of so many ids, from `$2`.
fn ids() -> String {
    let all: Vec<String> = (2..2 + CHUNK).map(|number| format!("${number}")).collect();
    all.join(", ")
}
/// Which documents a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Up to [`CHUNK`], whose ids are given from `$2`.
    These,
    /// Those of the library `$2` from `$3` to `$4`. No index serves `(x = y) IS TRUE`, so that both engines go through
    /// these ids and not through all of the library.
    Between,
}
impl Which {
    fn ids(self) -> String {
        match self {
            Self::These => ids(),
            Self::Between => {
                "SELECT b.id FROM items b WHERE (b.library_id = $2) IS TRUE AND b.is_document = 1 \
                AND b.gone_at = 0 AND b.id >= $3 AND b.id <= $4"
                    .to_owned()
            }
        }
    }
}
/// The documents of the library `$1`, in the bin too, after `$2`; what went for good has no versions to show.
pub(super) const DOCUMENTS: &str = "SELECT i.id AS value FROM items i WHERE i.library_id = $1 AND i.is_document = 1 AND i.gone_at = 0 AND i.id > $2 ORDER BY i.id LIMIT $3";
/// The latest versions of these documents are what readers see: what they see already.
pub(super) fn show_all(which: Which) -> String {
    format!(
        "UPDATE items SET published = version, published_size = size, published_at = changed_at, published_by = changed_by,
           first_published_at = created_at, first_published_by = created_by
          WHERE CAST($1 AS BIGINT) > 0 AND is_document = 1 AND id IN ({})",
        which.ids()
    )
}
/// Every version of these documents is called by its number.
pub(super) fn name_all(which: Which) -> String {
    format!(
        "UPDATE versions SET major = number, minor = 0 WHERE CAST($1 AS BIGINT) > 0 AND document_id IN ({})",
        which.ids()
    )
}
/// The versions of these documents.
pub(super) fn versions(which: Which) -> String {
    format!(
        "SELECT v.document_id, v.number, v.created_at FROM versions v
          WHERE CAST($1 AS BIGINT) > 0 AND v.document_id IN ({}) ORDER BY v.document_id, v.number",
        which.ids()
    )
}
/// So many publications.
pub(super) fn publish(count: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|row| {
            let cells: Vec<String> = (1..=7)
                .map(|cell| format!("CAST(${} AS BIGINT)", row * 7 + cell))
                .collect();
            format!("({})", cells.join(", "))
        })
        .collect();
    format!(
        "INSERT INTO publications (id, document_id, number, published_by, dated_at, from_at, until_at) VALUES {}",
        rows.join(", ")
    )
}
/// Readers see every version of these documents, whatever was published.
pub(super) fn show_whole(which: Which) -> String {
    format!(
        "UPDATE items SET published = NULL, published_size = NULL, published_at = NULL, published_by = NULL,
           first_published_at = NULL, first_published_by = NULL
          WHERE CAST($1 AS BIGINT) > 0 AND id IN ({})",
        which.ids()
    )
}
/// What was published of these documents is not kept apart any more.
pub(super) fn end_publications(which: Which) -> String {
    format!(
        "UPDATE publications SET until_at = $1 WHERE document_id IN ({}) AND until_at = {}",
        which.ids(),
        now_and_on!()
    )
}
/// Nothing waits for approval any more.
pub(super) fn end_requests(which: Which) -> String {
    format!(
        "UPDATE publication_requests SET until_at = $1, outcome = 'overtaken'
          WHERE document_id IN ({}) AND until_at = {}",
        which.ids(),
        now_and_on!()
    )
}

/// How many of these things and what is in them are documents with a draft that readers do not see.
pub(super) fn drafts_in() -> String {
    format!(
        "WITH RECURSIVE tree(id) AS (
           SELECT i.id FROM items i WHERE i.library_id = $1 AND i.binned_at = 0 AND i.id IN ({})
           UNION SELECT c.id FROM tree t JOIN items c ON c.folder_id = t.id AND c.binned_at = 0)
         SELECT COUNT(*) AS value FROM tree t JOIN items i ON i.id = t.id WHERE {}",
        ids(),
        has_drafts!()
    )
}
/// How many of these documents have such a draft.
pub(super) fn drafts_of() -> String {
    format!(
        "SELECT COUNT(*) AS value FROM items i
          WHERE CAST($1 AS BIGINT) > 0 AND i.binned_at = 0 AND i.id IN ({}) AND {}",
        ids(),
        has_drafts!()
    )
}

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    let mut all: Vec<String> = [
        RULE,
        LIBRARY_NAME,
        END_RULE,
        SET_RULE,
        COUNTS,
        STATE,
        LABEL,
        SHOW,
        NAME_IT,
        HIDE,
        CLOSE_PUBLICATIONS,
        ASK,
        CLOSE_REQUESTS,
        REQUEST,
        WITHDRAWN,
        UNPUBLISHED,
        WAITING,
        WAITING_FOR_ME,
        DOCUMENTS,
    ]
    .map(str::to_owned)
    .to_vec();
    for which in [Which::These, Which::Between] {
        all.extend([
            show_all(which),
            name_all(which),
            versions(which),
            show_whole(which),
            end_publications(which),
            end_requests(which),
        ]);
    }
    all.extend(several::statements());
    all.extend([
        drafts_in(),
        drafts_of(),
        publish(1),
        publish(CHUNK),
        publish(ROWS),
    ]);
    all
}
