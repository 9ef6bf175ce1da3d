//! The SQL of where documents come from.

use crate::Result;
use crate::kernel::{FromRow, Id, Row, holds, now_and_on, seen_by_role, thing};
use crate::libraries::publishing::Label;
use crate::libraries::{cleared, is_closed};
use crate::people::{Author, author};

/// Another document, and what it has to do with the one that was asked about.
#[derive(Debug)]
pub(super) struct OriginRow {
    /// 1 what it is a copy of, 2 a copy of it, 3 one that was kept beside it.
    pub(super) kind: i64,
    pub(super) id: Id<thing::Document>,
    pub(super) name: String,
    pub(super) library: String,
    /// The latest that the person sees.
    pub(super) version: u64,
    /// What that one is called.
    pub(super) label: String,
    /// 0 where it is a draft that the person does not see.
    pub(super) of_version: u64,
    /// What that one is called.
    pub(super) of_label: String,
    pub(super) reason: String,
    pub(super) by: Author,
}

impl FromRow for OriginRow {
    fn from_row(row: &Row) -> Result<Self> {
        let (version, of_version) = (row.get("version")?, row.get("of_version")?);
        let called = |major: &str, minor: &str, number: u64| -> Result<String> {
            let (major, minor): (Option<u64>, Option<u64>) = (row.get(major)?, row.get(minor)?);
            let label = major
                .zip(minor)
                .map(|(major, minor)| Label { major, minor });
            Ok(label.map_or_else(|| number.to_string(), |label| label.name(number)))
        };
        Ok(Self {
            kind: row.get("kind")?,
            id: row.get("id")?,
            name: row.get("name")?,
            library: row.get("library")?,
            version,
            label: called("major", "minor", version)?,
            of_version,
            of_label: called("of_major", "of_minor", of_version)?,
            reason: row.get("reason")?,
            by: Author::read(row, "keeper")?,
        })
    }
}

/// The number of a version of a document, for somebody with this role on its library: 0 where it is a draft that they do
/// not see.
macro_rules! told {
    ($version:literal, $document:literal, $published:literal, $role:literal) => {
        concat!(
            "CASE WHEN ",
            $published,
            " IS NULL OR ",
            $role,
            " >= 2 OR EXISTS (SELECT 1 FROM publications n WHERE n.document_id = ",
            $document,
            " AND n.number = ",
            $version,
            " AND n.until_at = ",
            now_and_on!(),
            ") THEN ",
            $version,
            " ELSE 0 END"
        )
    };
}

/// A part of what a version is called of the document `i` that it is told with, where publishing is required.
macro_rules! called {
    ($part:literal) => {
        concat!(
            "(SELECT o.",
            $part,
            " FROM versions o WHERE o.document_id = i.id AND i.published IS NOT NULL
                AND o.number = CASE WHEN h.role >= 2 THEN i.version ELSE i.published END) AS ",
            $part,
            ", CASE WHEN r.kind = 1
                THEN (SELECT o.",
            $part,
            " FROM versions o WHERE o.document_id = i.id AND i.published IS NOT NULL AND o.number = r.of_version)
                ELSE (SELECT o.",
            $part,
            " FROM one x JOIN versions o ON o.document_id = x.id AND o.number = r.of_version
                       WHERE x.published IS NOT NULL) END AS of_",
            $part
        )
    };
}

/// What the document `$3` has to do with others, of what the person `$2` can see; nothing where they cannot see it itself.
/// To readers a document is at the version that is published, and one without such a version is not there.
pub(super) const ORIGINS: &str = concat!(
    "WITH ", holds!(), ",
     roles(place_id, role) AS MATERIALIZED (SELECT m.place_id, MAX(m.role) FROM holds m GROUP BY m.place_id),
     one(id, copied_from, copied_version, published, role) AS (
       SELECT i.id, i.copied_from, i.copied_version, i.published, h.role
         FROM items i JOIN roles h ON h.place_id = i.library_id
        WHERE i.id = $3 AND i.is_document = 1 AND i.gone_at = 0 AND (i.binned_at = 0 OR h.role >= 2)
          AND ", seen_by_role!("h.role"), " AND NOT ", is_closed!("i.id"), " AND ", cleared!("i.id"), "),
     related(kind, id, of_version, reason, person_id, at) AS (
       SELECT CAST(1 AS BIGINT), o.copied_from, o.copied_version, CAST('' AS TEXT), CAST(0 AS BIGINT), CAST(0 AS BIGINT)
         FROM one o WHERE o.copied_from > 0
       UNION ALL
       SELECT CAST(2 AS BIGINT), c.id, ", told!("c.copied_version", "o.id", "o.published", "o.role"), ",
           CAST('' AS TEXT), CAST(0 AS BIGINT), c.created_at
         FROM one o JOIN items c ON c.copied_from = o.id
       UNION ALL
       SELECT CAST(3 AS BIGINT), k.other_id, CAST(0 AS BIGINT), k.reason, k.person_id, k.kept_at
         FROM one o JOIN kept_apart k ON k.document_id = o.id
       UNION ALL
       SELECT CAST(3 AS BIGINT), k.document_id, CAST(0 AS BIGINT), k.reason, k.person_id, k.kept_at
         FROM one o JOIN kept_apart k ON k.other_id = o.id)
     SELECT r.kind, i.id, i.name, l.name AS library,
       CASE WHEN h.role >= 2 THEN i.version ELSE COALESCE(i.published, i.version) END AS version,
       CASE WHEN r.kind <> 1 THEN r.of_version ELSE ", told!("r.of_version", "i.id", "i.published", "h.role"), " END AS of_version,
       r.reason, ", called!("major"), ", ", called!("minor"), ", ",
    author!("r.person_id", "keeper", "r.at"),
    " FROM related r JOIN items i ON i.id = r.id AND i.is_document = 1 JOIN libraries l ON l.id = i.library_id
       JOIN roles h ON h.place_id = i.library_id
      WHERE i.binned_at = 0 AND ", seen_by_role!("h.role"), " AND NOT ", is_closed!("i.id"), " AND ", cleared!("i.id"), "
      ORDER BY r.kind, r.at DESC, i.id DESC LIMIT 101"
);
pub(super) const KEEP_APART: &str =
    "INSERT INTO kept_apart (id, document_id, other_id, reason, person_id, kept_at)
  VALUES ($1, $2, $3, $4, $5, $6)";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[ORIGINS, KEEP_APART];
