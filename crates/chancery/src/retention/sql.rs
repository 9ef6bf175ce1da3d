//! The SQL of legal holds.

use crate::Result;
use crate::kernel::{FromRow, Id, Row, Time, thing};
use crate::libraries::cleared;
use crate::people::{Author, author};

/// A hold with what it is on.
#[derive(Debug)]
pub(super) struct HoldRow {
    pub(super) id: Id<thing::LegalHold>,
    pub(super) document_id: i64,
    pub(super) document: Option<String>,
    pub(super) reason: String,
    pub(super) from_at: Time,
    pub(super) placed_by: Author,
}

impl FromRow for HoldRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            document_id: row.get("document_id")?,
            document: row.get("document")?,
            reason: row.get("reason")?,
            from_at: row.get("from_at")?,
            placed_by: Author::read(row, "placer")?,
        })
    }
}

/// The holds in force on the library `$3` and its documents, of what the person `$2` may know of, the newest first.
pub(super) const LIST: &str = concat!(
    "SELECT y.id, y.document_id, i.name AS document, y.reason, y.from_at, ",
    author!("y.placed_by", "placer", "y.from_at"),
    " FROM legal_holds y LEFT JOIN items i ON i.id = y.document_id
      WHERE y.library_id = $3 AND y.from_at <= $1 AND $1 < y.until_at AND ",
    cleared!("y.document_id"),
    " ORDER BY y.id DESC LIMIT 500"
);
/// The name of the document `$4`, when it is in the library `$3` (or in its recycle bin) and the person `$2` may know of it.
pub(super) const DOCUMENT: &str = concat!(
    "SELECT i.name AS value FROM items i WHERE i.id = $4 AND i.library_id = $3 AND i.is_document = 1 AND i.gone_at = 0 AND ",
    cleared!("i.id")
);
pub(super) const LIBRARY: &str = "SELECT l.name AS value FROM libraries l WHERE l.id = $1";
/// Whether the same is under hold already.
pub(super) const HELD: &str = "SELECT COUNT(*) AS value FROM legal_holds y
  WHERE y.library_id = $2 AND y.document_id = $3 AND y.from_at <= $1 AND $1 < y.until_at";
pub(super) const PLACE: &str =
    "INSERT INTO legal_holds (id, library_id, document_id, reason, placed_by, from_at, until_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// Ends the hold `$3` on the library `$2` or a document of it.
pub(super) const LIFT: &str = "UPDATE legal_holds SET until_at = $1
  WHERE id = $3 AND library_id = $2 AND from_at <= $1 AND $1 < until_at RETURNING document_id AS value";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[LIST, DOCUMENT, LIBRARY, HELD, PLACE, LIFT];
