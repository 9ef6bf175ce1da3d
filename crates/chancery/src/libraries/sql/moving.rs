//! The statements that move many things at once. The last arguments of each are the ids of what
//! was selected.

use crate::kernel::{Id, Time, record, thing};
use crate::people::known_as;

use super::set::{places, rows_of};
use super::{cleared, is_closed, is_legally_held};

record! {
    pub(in crate::libraries) struct Selected {
        pub(in crate::libraries) id: Id<thing::Item>,
        pub(in crate::libraries) name: String,
        pub(in crate::libraries) name_key: String,
        pub(in crate::libraries) folder_id: i64,
        /// Another selected item is a folder that it is in.
        pub(in crate::libraries) nested: bool,
    }
}
record! {
    pub(in crate::libraries) struct Branch {
        pub(in crate::libraries) id: Id<thing::Item>,
        pub(in crate::libraries) root: Id<thing::Item>,
        pub(in crate::libraries) is_document: bool,
        pub(in crate::libraries) name: String,
        /// The folders between the root's own folder and this.
        pub(in crate::libraries) path: String,
    }
}
record! {
    pub(in crate::libraries) struct ItemPath {
        pub(in crate::libraries) id: Id<thing::Item>,
        pub(in crate::libraries) path: String,
    }
}
record! {
    pub(in crate::libraries) struct Obstacle {
        pub(in crate::libraries) id: Id<thing::Document>,
        pub(in crate::libraries) name: String,
        pub(in crate::libraries) sealed: bool,
        /// Under legal hold.
        pub(in crate::libraries) kept: bool,
        pub(in crate::libraries) holder: Option<String>,
        pub(in crate::libraries) since: Option<Time>,
    }
}

/// What was selected in the library `$3` that the person may know of.
pub(in crate::libraries) fn selected(count: usize) -> String {
    let ids = places(4, count);
    format!(
        "WITH RECURSIVE up(root, id) AS (
           SELECT i.id, i.folder_id FROM items i WHERE i.id IN ({ids}) AND i.library_id = $3
           UNION ALL SELECT u.root, f.folder_id FROM up u JOIN items f ON f.id = u.id)
         SELECT i.id, i.name, i.name_key, i.folder_id,
           CASE WHEN i.id IN (SELECT u.root FROM up u WHERE u.id IN ({ids})) THEN 1 ELSE 0 END AS nested
           FROM items i
          WHERE i.id IN ({ids}) AND i.library_id = $3 AND i.binned_at = 0 AND {}
          ORDER BY i.id",
        cleared!("i.id")
    )
}

/// The selected items and everything in them.
fn tree(first: usize, count: usize) -> String {
    format!(
        "WITH RECURSIVE tree(item, root, path, name) AS (
           SELECT i.id, i.id, CAST('' AS TEXT), i.name FROM items i WHERE i.id IN ({})
           UNION ALL
           SELECT c.id, t.root, CASE WHEN t.path = '' THEN t.name ELSE t.path || ' / ' || t.name END, c.name
             FROM tree t JOIN items c ON c.folder_id = t.item AND c.binned_at = 0) ",
        places(first, count)
    )
}

/// The selected items and everything in them, each with its path.
pub(in crate::libraries) fn branches(count: usize) -> String {
    format!(
        "{}SELECT i.id, t.root, i.is_document, i.name, t.path
           FROM tree t JOIN items i ON i.id = t.item ORDER BY i.id",
        tree(1, count)
    )
}

/// The folders that each selected item is in, as text.
pub(in crate::libraries) fn paths(count: usize) -> String {
    format!(
        "WITH RECURSIVE up(item, folder_id, path) AS (
           SELECT i.id, i.folder_id, CAST('' AS TEXT) FROM items i WHERE i.id IN ({})
           UNION ALL
           SELECT u.item, f.folder_id, f.name || CASE WHEN u.path = '' THEN '' ELSE ' / ' || u.path END
             FROM up u JOIN items f ON f.id = u.folder_id)
         SELECT u.item AS id, u.path FROM up u WHERE u.folder_id = 0",
        places(1, count)
    )
}

/// A name among the selected items that is taken in the folder `$2` of the library `$1`.
pub(in crate::libraries) fn name_taken(count: usize) -> String {
    format!(
        "SELECT m.name AS value FROM items m JOIN items d ON d.name_key = m.name_key
          WHERE m.id IN ({}) AND d.library_id = $1 AND d.folder_id = $2 AND d.binned_at = 0 AND d.id <> m.id
          ORDER BY m.id LIMIT 1",
        places(3, count)
    )
}

/// Moves the selected items to the folder `$2` of the library `$1`, and everything in them along.
pub(in crate::libraries) fn relocate(count: usize) -> String {
    format!(
        "{}UPDATE items SET library_id = $1, folder_id = CASE WHEN id IN ({}) THEN $2 ELSE folder_id END
          WHERE id IN (SELECT t.item FROM tree t)",
        tree(3, count),
        places(3, count)
    )
}

/// Moves the item `$3` to the folder `$2` of the library `$1` under another name, and everything in it along.
pub(in crate::libraries) const RELOCATE_AS: &str = "WITH RECURSIVE tree(item) AS (
     SELECT i.id FROM items i WHERE i.id = $3
     UNION ALL SELECT c.id FROM tree t JOIN items c ON c.folder_id = t.item AND c.binned_at = 0)
   UPDATE items SET library_id = $1, folder_id = CASE WHEN id = $3 THEN $2 ELSE folder_id END,
     name = CASE WHEN id = $3 THEN $4 ELSE name END, name_key = CASE WHEN id = $3 THEN $5 ELSE name_key END,
     media_type = CASE WHEN id = $3 THEN $6 ELSE media_type END
    WHERE id IN (SELECT t.item FROM tree t)";

/// What stands in the way of taking the selected items and everything in them from the person `$2`
/// from the library `$3` to another: a seal, a legal hold, or somebody else who has it checked out.
pub(in crate::libraries) fn obstacle(count: usize) -> String {
    format!(
        "{}SELECT i.id, i.name, CASE WHEN {sealed} THEN 1 ELSE 0 END AS sealed,
           CASE WHEN {kept} THEN 1 ELSE 0 END AS kept, {holder} AS holder, c.from_at AS since
           FROM tree t JOIN items i ON i.id = t.item
           LEFT JOIN check_outs c ON c.document_id = i.id AND c.from_at <= $1 AND $1 < c.until_at
            AND c.person_id <> $2
          WHERE c.id IS NOT NULL OR {sealed} OR {kept}
          ORDER BY i.name_key, i.id LIMIT 1",
        tree(4, count),
        sealed = is_closed!("i.id"),
        kept = is_legally_held!("$3"),
        holder = known_as!("c.person_id"),
    )
}

/// Ends the placement of every document among the selected items and what is in them.
pub(in crate::libraries) fn close_placements(count: usize) -> String {
    format!(
        "{}UPDATE placements SET until_at = $1
          WHERE until_at > $1 AND from_at <= $1
            AND document_id IN (SELECT i.id FROM tree t JOIN items i ON i.id = t.item AND i.is_document = 1)",
        tree(2, count)
    )
}

/// New placements.
pub(in crate::libraries) fn open_placements(count: usize) -> String {
    format!(
        "INSERT INTO placements (id, document_id, library_id, from_at, until_at) VALUES {}",
        rows_of(1, count, &["BIGINT"; 5])
    )
}

#[cfg(test)]
pub(super) fn statements(count: usize) -> Vec<String> {
    [
        selected,
        branches,
        paths,
        name_taken,
        relocate,
        obstacle,
        close_placements,
        open_placements,
    ]
    .map(|statement| statement(count))
    .to_vec()
}
