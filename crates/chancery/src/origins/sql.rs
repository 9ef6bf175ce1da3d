//! The SQL of where documents come from.

use crate::Result;
use crate::kernel::{FromRow, Id, Row, holds, thing};
use crate::libraries::{cleared, is_sealed};
use crate::people::{Author, author};

/// Another document, and what it has to do with the one that was asked about.
#[derive(Debug)]
pub(super) struct OriginRow {
    /// 1 what it is a copy of, 2 a copy of it, 3 one that was kept beside it.
    pub(super) kind: i64,
    pub(super) id: Id<thing::Document>,
    pub(super) name: String,
    pub(super) library: String,
    pub(super) version: u64,
    pub(super) of_version: u64,
    pub(super) reason: String,
    pub(super) by: Author,
}

impl FromRow for OriginRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            kind: row.get("kind")?,
            id: row.get("id")?,
            name: row.get("name")?,
            library: row.get("library")?,
            version: row.get("version")?,
            of_version: row.get("of_version")?,
            reason: row.get("reason")?,
            by: Author::read(row, "keeper")?,
        })
    }
}

/// Whether the person `$2` can see this document at `$1`, outside the recycle bin.
macro_rules! seen {
    ($i:literal, $id:literal) => {
        concat!(
            $i,
            ".binned_at = 0 AND ",
            $i,
            ".library_id IN (SELECT h.place_id FROM holds h) AND NOT ",
            is_sealed!($id),
            " AND ",
            cleared!($id)
        )
    };
}

/// What the document `$3` has to do with others, of what the person `$2` can see; nothing where they cannot see it itself.
pub(super) const ORIGINS: &str = concat!(
    "WITH ", holds!(), ",
     one(id, copied_from, copied_version) AS (SELECT i.id, i.copied_from, i.copied_version FROM items i
        WHERE i.id = $3 AND i.is_document = 1 AND i.gone_at = 0
          AND i.library_id IN (SELECT h.place_id FROM holds h WHERE i.binned_at = 0 OR h.role >= 2)
          AND NOT ", is_sealed!("i.id"), " AND ", cleared!("i.id"), "),
     related(kind, id, of_version, reason, person_id, at) AS (
       SELECT CAST(1 AS BIGINT), o.copied_from, o.copied_version, CAST('' AS TEXT), CAST(0 AS BIGINT), CAST(0 AS BIGINT)
         FROM one o WHERE o.copied_from > 0
       UNION ALL
       SELECT CAST(2 AS BIGINT), c.id, c.copied_version, CAST('' AS TEXT), CAST(0 AS BIGINT), c.created_at
         FROM one o JOIN items c ON c.copied_from = o.id
       UNION ALL
       SELECT CAST(3 AS BIGINT), k.other_id, CAST(0 AS BIGINT), k.reason, k.person_id, k.kept_at
         FROM one o JOIN kept_apart k ON k.document_id = o.id
       UNION ALL
       SELECT CAST(3 AS BIGINT), k.document_id, CAST(0 AS BIGINT), k.reason, k.person_id, k.kept_at
         FROM one o JOIN kept_apart k ON k.other_id = o.id)
     SELECT r.kind, d.id, d.name, l.name AS library, d.version, r.of_version, r.reason, ",
    author!("r.person_id", "keeper", "r.at"),
    " FROM related r JOIN items d ON d.id = r.id AND d.is_document = 1 JOIN libraries l ON l.id = d.library_id
      WHERE ", seen!("d", "d.id"), "
      ORDER BY r.kind, r.at DESC, d.id DESC LIMIT 101"
);
pub(super) const KEEP_APART: &str =
    "INSERT INTO kept_apart (id, document_id, other_id, reason, person_id, kept_at)
  VALUES ($1, $2, $3, $4, $5, $6)";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[ORIGINS, KEEP_APART];
