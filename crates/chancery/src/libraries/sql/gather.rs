//! What somebody takes along of a library: what was selected, the folders in it, and the documents of each.

use crate::kernel::{Id, Time, record, thing};

use super::cleared;
use super::set::places;

record! {
    /// Something that was selected, which is in nothing else that was.
    pub(in crate::libraries) struct Root {
        pub(in crate::libraries) id: i64,
        pub(in crate::libraries) is_document: bool,
        pub(in crate::libraries) name: String,
        pub(in crate::libraries) changed_at: Time,
        /// Another selected item is a folder that it is in.
        pub(in crate::libraries) nested: bool,
    }
}
record! {
    /// A folder below something selected, with its path from there: "Minutes/2026/", or nothing.
    pub(in crate::libraries) struct Below {
        pub(in crate::libraries) id: i64,
        pub(in crate::libraries) root: i64,
        pub(in crate::libraries) path: String,
    }
}
record! {
    pub(in crate::libraries) struct Inside {
        pub(in crate::libraries) id: Id<thing::Document>,
        pub(in crate::libraries) name: String,
        pub(in crate::libraries) name_key: String,
        pub(in crate::libraries) changed_at: Time,
    }
}

/// What was selected in the library `$3`, of what the person `$2` may know of at `$1`; the ids are the last arguments.
pub(in crate::libraries) fn roots(count: usize) -> String {
    let ids = places(4, count);
    format!(
        "WITH RECURSIVE up(root, id) AS (
           SELECT i.id, i.folder_id FROM items i WHERE i.id IN ({ids}) AND i.library_id = $3
           UNION ALL SELECT u.root, f.folder_id FROM up u JOIN items f ON f.id = u.id)
         SELECT i.id, i.is_document, i.name, i.changed_at,
           CASE WHEN i.id IN (SELECT u.root FROM up u WHERE u.id IN ({ids})) THEN 1 ELSE 0 END AS nested
           FROM items i
          WHERE i.id IN ({ids}) AND i.library_id = $3 AND i.binned_at = 0 AND {}
          ORDER BY i.name_key, i.id",
        cleared!("i.id")
    )
}

/// Those folders of the library `$1`, and all that are in them, by their paths; with `$2` 1 also the library itself,
/// as a folder of no name. At most `$3`.
pub(in crate::libraries) fn below(count: usize) -> String {
    format!(
        "WITH RECURSIVE down(id, root, path) AS (
           SELECT CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST('' AS TEXT) WHERE $2 = 1
           UNION ALL SELECT i.id, i.id, CAST('' AS TEXT) FROM items i WHERE i.id IN ({})
           UNION ALL
           SELECT i.id, d.root, d.path || i.name || '/' FROM down d CROSS JOIN items i
            WHERE i.library_id = $1 AND i.folder_id = d.id AND i.binned_at = 0 AND i.is_document = 0)
         SELECT d.id, d.root, d.path FROM down d ORDER BY d.root, d.path LIMIT $3",
        places(4, count)
    )
}

/// Some documents of the folder `$4` of the library `$3`, by name, after the name `$5` and the id `$6`; `$7` at most.
pub(in crate::libraries) const INSIDE: &str = concat!(
    "SELECT i.id, i.name, i.name_key, i.changed_at FROM items i
      WHERE i.library_id = $3 AND i.folder_id = $4 AND i.binned_at = 0 AND i.is_document = 1
        AND (i.name_key, i.id) > ($5, $6) AND ",
    cleared!("i.id"),
    " ORDER BY i.name_key, i.id LIMIT $7"
);

#[cfg(test)]
pub(super) fn statements(count: usize) -> Vec<String> {
    vec![roots(count), below(count), INSIDE.to_owned()]
}
