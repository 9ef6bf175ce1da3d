//! The statements of the recycle bin. The last arguments of those about many things are the ids of
//! what was selected.

use crate::Result;
use crate::kernel::{FromRow, Id, Row, Time, record, thing};
use crate::people::{Author, author, known_as};

use super::set::{places, rows_of};
use super::{bin_days, cleared, is_closed, is_legally_held, retained_until};

record! {
    pub(in crate::libraries) struct Touched {
        pub(in crate::libraries) id: Id<thing::Item>,
        pub(in crate::libraries) name: String,
        pub(in crate::libraries) is_document: bool,
    }
}
record! {
    pub(in crate::libraries) struct Binned {
        pub(in crate::libraries) id: Id<thing::Item>,
        pub(in crate::libraries) is_document: bool,
        pub(in crate::libraries) name: String,
        pub(in crate::libraries) name_key: String,
        pub(in crate::libraries) folder_id: i64,
        /// Where it comes back to: its folder when that is there, otherwise 0.
        pub(in crate::libraries) back_in: i64,
    }
}
record! {
    pub(in crate::libraries) struct Name {
        pub(in crate::libraries) folder_id: i64,
        pub(in crate::libraries) name_key: String,
    }
}
#[derive(Debug)]
pub(in crate::libraries) struct BinRow {
    pub(in crate::libraries) id: Id<thing::Item>,
    pub(in crate::libraries) name: String,
    pub(in crate::libraries) is_document: bool,
    pub(in crate::libraries) binned_at: Time,
    pub(in crate::libraries) binned_by: Author,
    pub(in crate::libraries) inside: u64,
    pub(in crate::libraries) was_in: Option<String>,
    pub(in crate::libraries) over_at: Time,
    pub(in crate::libraries) kept_until: Option<Time>,
    pub(in crate::libraries) held: bool,
}

impl FromRow for BinRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            is_document: row.get("is_document")?,
            binned_at: row.get("binned_at")?,
            binned_by: Author::read(row, "binned_by")?,
            inside: row.get("inside")?,
            was_in: row.get("was_in")?,
            over_at: row.get("over_at")?,
            kept_until: row.get("kept_until")?,
            held: row.get("held")?,
        })
    }
}

/// Puts what was selected in the bin of the library `$3`.
pub(in crate::libraries) fn bin(count: usize) -> String {
    format!(
        "UPDATE items SET binned_at = $1, binned_by = $2, binned_with = id
          WHERE library_id = $3 AND binned_at = 0 AND id IN ({})
         RETURNING id, name, is_document",
        places(4, count)
    )
}

/// Puts everything in it in the bin with it.
pub(in crate::libraries) fn bin_inside(count: usize) -> String {
    format!(
        "WITH RECURSIVE tree(item, root) AS (
           SELECT i.id, i.id FROM items i WHERE i.id IN ({})
           UNION ALL
           SELECT c.id, t.root FROM tree t JOIN items c ON c.folder_id = t.item AND c.binned_at = 0)
         UPDATE items SET binned_at = $1, binned_by = $2, binned_with = tree.root
           FROM tree WHERE id = tree.item AND binned_at = 0 AND library_id = $3
         RETURNING id, name, is_document",
        places(4, count)
    )
}

/// What stands in the way of deleting, among what was just put in the bin: a seal, or somebody
/// else than `$2` who has it checked out.
pub(in crate::libraries) fn bin_obstacle(count: usize) -> String {
    format!(
        "SELECT i.id, i.name, CASE WHEN {sealed} THEN 1 ELSE 0 END AS sealed,
           CASE WHEN {kept} THEN 1 ELSE 0 END AS kept, {holder} AS holder, c.from_at AS since
           FROM items i
           LEFT JOIN check_outs c ON c.document_id = i.id AND c.from_at <= $1 AND $1 < c.until_at
            AND c.person_id <> $2
          WHERE i.binned_with IN ({}) AND (c.id IS NOT NULL OR {sealed} OR {kept})
          ORDER BY i.name_key, i.id LIMIT 1",
        places(3, count),
        sealed = is_closed!("i.id"),
        kept = is_legally_held!("i.library_id"),
        holder = known_as!("c.person_id"),
    )
}

/// What was selected in the bin of the library `$3` that the person may know of, and where it
/// comes back to: its folder, if that is in the library or comes back too.
pub(in crate::libraries) fn binned(count: usize) -> String {
    let ids = places(4, count);
    format!(
        "SELECT i.id, i.is_document, i.name, i.name_key, i.folder_id, COALESCE(f.id, 0) AS back_in
           FROM items i
           LEFT JOIN items f ON f.id = i.folder_id AND f.is_document = 0 AND f.library_id = i.library_id
            AND (f.binned_at = 0 OR f.binned_with IN ({ids}))
          WHERE i.id IN ({ids}) AND i.library_id = $3 AND i.binned_with = i.id AND {}
          ORDER BY i.id",
        cleared!("i.id")
    )
}

/// The names in those folders of the library `$1` that what comes back could clash with.
pub(in crate::libraries) fn clashes(count: usize) -> String {
    format!(
        "SELECT d.folder_id, d.name_key FROM items d
          WHERE d.library_id = $1 AND d.binned_at = 0
            AND d.folder_id IN (SELECT CAST(0 AS BIGINT) UNION SELECT i.folder_id FROM items i WHERE i.id IN ({ids}))
            AND (d.name_key LIKE '%(restored%' OR d.name_key IN (SELECT i.name_key FROM items i WHERE i.id IN ({ids})))",
        ids = places(2, count)
    )
}

/// Gives things in the bin the folder and name under which they come back.
pub(in crate::libraries) fn settle(count: usize) -> String {
    format!(
        "WITH settled(item, folder, called, called_key) AS (VALUES {})
         UPDATE items SET folder_id = settled.folder, name = settled.called, name_key = settled.called_key
           FROM settled WHERE id = settled.item",
        rows_of(1, count, &["BIGINT", "BIGINT", "TEXT", "TEXT"])
    )
}

/// Takes what was selected out of the bin, with everything that its deletion took along.
pub(in crate::libraries) fn restore(count: usize) -> String {
    format!(
        "UPDATE items SET binned_at = 0, binned_by = 0, binned_with = 0 WHERE binned_with IN ({})
         RETURNING id, name, is_document",
        places(1, count)
    )
}

/// A page of the bin of the library `$3`, after `$4` and `$5`, at most `$6` lines. Things stay `$7` days where the owners of
/// the library say nothing else.
pub(in crate::libraries) const BIN_PAGE: &str = concat!(
    "WITH RECURSIVE page(id, folder_id) AS (
       SELECT b.id, b.folder_id FROM (
         SELECT i.id AS id, i.folder_id AS folder_id FROM items i
          WHERE i.library_id = $3 AND i.binned_at > 0 AND i.gone_at = 0 AND i.binned_with = i.id
            AND (i.binned_at, i.id) < ($4, $5) AND ", cleared!("i.id"), "
          ORDER BY i.binned_at DESC, i.id DESC LIMIT $6) b),
     up(item, folder_id, path) AS (
       SELECT p.id, p.folder_id, CAST('' AS TEXT) FROM page p
       UNION ALL
       SELECT u.item, f.folder_id, f.name || CASE WHEN u.path = '' THEN '' ELSE ' / ' || u.path END
         FROM up u JOIN items f ON f.id = u.folder_id AND f.library_id = $3)
     SELECT i.id, i.name, i.is_document, i.binned_at,
       ", author!("i.binned_by", "binned_by", "i.binned_at"), ",
       (SELECT COUNT(*) FROM items d WHERE d.binned_with = i.id AND d.id <> i.id AND d.is_document = 1
          AND ", cleared!("d.id"), ") AS inside,
       i.binned_at + COALESCE(", bin_days!("i.library_id"), ", $7) * 86400000000 AS over_at,
       (SELECT MAX(", retained_until!(), ") FROM items i WHERE i.binned_with = p.id) AS kept_until,
       CASE WHEN EXISTS (SELECT 1 FROM items i WHERE i.binned_with = p.id AND ", is_legally_held!("i.library_id"), ")
            THEN 1 ELSE 0 END AS held,
       (SELECT u.path FROM up u WHERE u.item = i.id AND u.folder_id = 0) AS was_in
      FROM page p JOIN items i ON i.id = p.id
     ORDER BY i.binned_at DESC, i.id DESC"
);

#[cfg(test)]
pub(super) fn statements(count: usize) -> Vec<String> {
    [
        bin,
        bin_inside,
        bin_obstacle,
        binned,
        clashes,
        settle,
        restore,
    ]
    .map(|statement| statement(count))
    .to_vec()
}
