//! The SQL of libraries. By custom `$1` is the moment and `$2` the person who looks or acts, where
//! a statement needs them.

mod bin;
pub(super) mod gather;
mod listing;
mod moving;
mod narrow;
pub(super) mod set;

pub(super) use bin::*;
pub(super) use listing::*;
pub(super) use moving::*;
pub(super) use narrow::{Narrow, Test, What, held};
pub(super) use set::{batches, padded};

use crate::kernel::{Id, Time, holds, record, thing};
use crate::people::known_as;

/// Takes the row of the item `$1` for this transaction, if it is not in the bin: whoever deletes, moves or publishes it
/// waits and looks again.
pub(crate) const TAKE_ROW: &str = "UPDATE items SET binned_at = 0 WHERE id = $1 AND binned_at = 0";

/// That this document's marking is not above the clearance of the person `$2` at `$1`: otherwise
/// it does not exist for them, and is neither listed nor counted.
macro_rules! cleared {
    ($document:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM markings k WHERE k.document_id = ",
            $document,
            " AND k.from_at <= $1 AND $1 < k.until_at
              AND k.level > COALESCE((SELECT MAX(z.level) FROM clearances z
                 WHERE z.person_id = $2 AND z.from_at <= $1 AND $1 < z.until_at), 0))"
        )
    };
}
pub(crate) use cleared;

/// Whether this document is closed to the person `$2` at `$1`, as a condition: sealed, or a version of it that somebody else
/// made has yet to be read.
macro_rules! is_closed {
    ($document:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM seals y WHERE y.document_id = ",
            $document,
            " AND y.from_at <= $1 AND $1 < y.until_at AND (y.open_to = 0 OR y.open_to <> $2))
              OR EXISTS (SELECT 1 FROM versions e WHERE e.document_id = ",
            $document,
            " AND e.read_at > $1 AND e.author_id <> $2))"
        )
    };
}
pub(crate) use is_closed;

/// That rules are in force in this realm at a moment: documents are read for their markings, whatever the settings of the node say
/// that takes them in. Rules without a policy say that nothing is read.
macro_rules! reads_markings {
    ($at:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM rulebooks b WHERE b.policy <> '' AND b.from_at <= ",
            $at,
            " AND ",
            $at,
            " < b.until_at)"
        )
    };
}
pub(crate) use reads_markings;

/// From when on a version that is made at this moment is open to others than its author: when it was read for its marking, in a
/// realm that reads markings.
macro_rules! opens_at {
    ($at:literal) => {
        concat!(
            "CASE WHEN ",
            $crate::libraries::reads_markings!($at),
            " THEN 9223372036854775807 ELSE CAST(",
            $at,
            " AS BIGINT) END"
        )
    };
}
pub(crate) use opens_at;

/// Whether this document is sealed at `$1`, to whomever, as a condition: then it stays.
macro_rules! is_sealed {
    ($document:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM seals y WHERE y.document_id = ",
            $document,
            " AND y.from_at <= $1 AND $1 < y.until_at)"
        )
    };
}
pub(crate) use is_sealed;

/// Whether the document `i` is under legal hold at `$1`, by itself or with this library: a condition.
macro_rules! is_legally_held {
    ($library:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM legal_holds y WHERE y.library_id = ",
            $library,
            " AND y.document_id IN (0, i.id) AND y.from_at <= $1 AND $1 < y.until_at)"
        )
    };
}
pub(crate) use is_legally_held;

/// How many days the years of this column are, at least: no span of so many years has more.
macro_rules! years {
    ($years:literal) => {
        concat!(
            "(365 * ",
            $years,
            " + (",
            $years,
            " + 3) / 4) * 86400000000"
        )
    };
}
pub(crate) use years;

/// Until when a rule keeps the document `i` from going for good, as the rules are at `$1`; NULL for none. What has been in a
/// library stays under its rules, wherever it is moved.
macro_rules! retained_until {
    () => {
        concat!(
            "(SELECT MAX(CASE r.keep_since WHEN 'added' THEN i.created_at ELSE i.changed_at END + ",
            $crate::libraries::years!("r.keep_years"),
            ") FROM retention_rules r WHERE r.keep_years > 0 AND r.from_at <= $1 AND $1 < r.until_at
               AND (r.document_id = i.id OR (r.document_id = 0
                 AND r.library_id IN (SELECT q.library_id FROM placements q WHERE q.document_id = i.id))))"
        )
    };
}
pub(crate) use retained_until;

/// For how many days the recycle bin of this library keeps things at `$1`, where its owners said so; NULL otherwise.
macro_rules! bin_days {
    ($library:literal) => {
        concat!(
            "(SELECT MAX(r.bin_days) FROM retention_rules r WHERE r.library_id = ",
            $library,
            " AND r.document_id = 0 AND r.bin_days > 0 AND r.from_at <= $1 AND $1 < r.until_at)"
        )
    };
}
pub(crate) use bin_days;

/// When the time of this row in the recycle bin of this library is over, where the realm keeps things so many days. What was
/// there before there was such a time has it from then on.
macro_rules! bin_over {
    ($row:literal, $library:literal, $days:literal) => {
        concat!(
            "(CASE WHEN ",
            $row,
            ".binned_at > (SELECT MAX(o.applied_at) FROM migrations o WHERE o.number = 17) THEN ",
            $row,
            ".binned_at ELSE (SELECT MAX(o.applied_at) FROM migrations o WHERE o.number = 17) END + COALESCE(",
            $crate::libraries::bin_days!($library),
            ", ",
            $days,
            ") * 86400000000)"
        )
    };
}
pub(crate) use bin_over;

/// The marking of this document at `$1`; NULL for none.
macro_rules! marking {
    ($document:literal) => {
        concat!(
            "(SELECT k.label FROM markings k WHERE k.document_id = ",
            $document,
            " AND k.from_at <= $1 AND $1 < k.until_at ORDER BY k.level DESC, k.rank DESC, k.id DESC LIMIT 1)"
        )
    };
}
pub(crate) use marking;

record! {
    pub(super) struct LibraryRow {
        pub(super) name: String,
        pub(super) purpose: String,
        pub(super) inherits: bool,
        pub(super) approval: Option<bool>,
    }
}
record! {
    pub(super) struct FolderRow {
        pub(super) id: Id<thing::Folder>,
        pub(super) name: String,
        pub(super) library_id: Id<thing::Library>,
        pub(super) is_document: bool,
        pub(super) binned: bool,
    }
}
record! {
    pub(super) struct ItemFacts {
        pub(super) folder_id: Option<Id<thing::Folder>>,
        pub(super) name: String,
        pub(super) is_document: bool,
        pub(super) version: u64,
        pub(super) filled: u64,
    }
}
record! {
    pub(super) struct TakenRow {
        pub(super) id: Id<thing::Item>,
        pub(super) is_document: bool,
        pub(super) name: String,
        pub(super) known: bool,
    }
}
record! {
    pub(super) struct HoldRow { pub(super) holder: String, pub(super) since: Time }
}
record! {
    pub(super) struct FolderPath {
        pub(super) id: Id<thing::Folder>,
        pub(super) path: String,
        pub(super) path_key: String,
    }
}
record! {
    pub(super) struct OtherLibrary {
        pub(super) id: Id<thing::Library>,
        pub(super) name: String,
        pub(super) name_key: String,
        pub(super) site: String,
        pub(super) site_key: String,
    }
}

pub(super) const EDITION: &str =
    "SELECT version, name, library_id, folder_id, binned_at, filled FROM items WHERE id = $1";
/// The same, and nobody else writes the row until this is over.
pub(super) const TAKE_EDITION: &str = "UPDATE items SET version = version WHERE id = $1
  RETURNING version, name, library_id, folder_id, binned_at, filled";
pub(super) const LIBRARY: &str = "SELECT l.name, l.purpose,
    CASE WHEN EXISTS (SELECT 1 FROM inheritances n WHERE n.library_id = l.id
           AND n.from_at <= $1 AND $1 < n.until_at) THEN 1 ELSE 0 END AS inherits,
    (SELECT u.approval FROM publishing_rules u WHERE u.library_id = l.id
      AND u.from_at <= $1 AND $1 < u.until_at) AS approval
  FROM libraries l WHERE l.id = $2";
pub(super) const LIBRARY_NAMED: &str =
    "SELECT l.id AS value FROM libraries l WHERE l.site_id = $1 AND l.name_key = $2 AND l.id <> $3";
pub(super) const INSERT_LIBRARY: &str =
    "INSERT INTO libraries (id, site_id, name, name_key, purpose, created_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
pub(super) const UPDATE_LIBRARY: &str =
    "UPDATE libraries SET name = $2, name_key = $3, purpose = $4 WHERE id = $1";
pub(super) const INSERT_INHERITANCE: &str =
    "INSERT INTO inheritances (id, library_id, from_at, until_at) VALUES ($1, $2, $3, $4)";
pub(super) const INSERT_OWNER: &str =
    "INSERT INTO grants (id, place_id, subject_kind, subject_id, role, from_at, until_at, given_by)
     VALUES ($1, $2, 1, $3, 3, $4, $5, $3)";

/// A folder and those that it is in, the outermost first.
pub(super) const PATH: &str = "WITH RECURSIVE up(id, folder_id, depth) AS (
     SELECT i.id, i.folder_id, 0 FROM items i WHERE i.id = $1
     UNION ALL SELECT i.id, i.folder_id, u.depth + 1 FROM up u JOIN items i ON i.id = u.folder_id)
   SELECT i.id, i.name, i.library_id, i.is_document,
     CASE WHEN i.binned_at > 0 THEN 1 ELSE 0 END AS binned
     FROM up u JOIN items i ON i.id = u.id ORDER BY u.depth DESC";
pub(super) const ITEM: &str =
    "SELECT NULLIF(i.folder_id, 0) AS folder_id, i.name, i.is_document, i.version, i.filled
  FROM items i WHERE i.id = $1 AND i.library_id = $2 AND i.binned_at = 0";
/// Who has this name in that folder, and whether the person may know of it.
pub(super) const TAKEN: &str = concat!(
    "SELECT i.id, i.is_document, i.name, CASE WHEN ", cleared!("i.id"), " THEN 1 ELSE 0 END AS known
       FROM items i WHERE i.library_id = $3 AND i.folder_id = $4 AND i.name_key = $5 AND i.binned_at = 0"
);
pub(super) const INSERT_FOLDER: &str =
    "INSERT INTO items (id, is_document, library_id, folder_id, name, name_key, created_at, created_by,
       changed_at, changed_by, version, size, media_type, binned_at, binned_by, binned_with)
     VALUES ($1, 0, $2, $3, $4, $5, $6, $7, $6, $7, 0, 0, '', 0, 0, 0)";
pub(super) const RENAME: &str =
    "UPDATE items SET name = $2, name_key = $3, media_type = $4 WHERE id = $1 AND binned_at = 0";
/// Who else than `$2` has the document `$3` checked out.
pub(super) const HELD_BY_ANOTHER: &str = concat!(
    "SELECT ",
    known_as!("c.person_id"),
    " AS holder, c.from_at AS since FROM check_outs c
 WHERE c.document_id = $3 AND c.person_id <> $2 AND c.from_at <= $1 AND $1 < c.until_at"
);

/// The folders of the library `$1`, with those that each is in; without the items from `$3` on, and what is in them.
pub(super) fn folders(without: usize) -> String {
    format!(
        "WITH RECURSIVE down(id, path, path_key) AS (
     SELECT i.id, i.name, i.name_key FROM items i
      WHERE i.library_id = $1 AND i.folder_id = 0 AND i.binned_at = 0 AND i.is_document = 0
        AND i.id NOT IN ({list})
     UNION ALL
     SELECT i.id, d.path || ' / ' || i.name, d.path_key || ' / ' || i.name_key
       FROM down d CROSS JOIN items i WHERE i.library_id = $1 AND i.folder_id = d.id
        AND i.binned_at = 0 AND i.is_document = 0 AND i.id NOT IN ({list}))
   SELECT id, path, path_key FROM down ORDER BY path_key, id LIMIT $2",
        list = set::places(3, without)
    )
}
/// The libraries other than `$3` to which the person may add.
pub(super) const OTHER_LIBRARIES: &str = concat!(
    "WITH ",
    holds!(),
    "
     SELECT l.id, l.name, l.name_key, s.name AS site, s.name_key AS site_key
       FROM libraries l JOIN sites s ON s.id = l.site_id
      WHERE l.id <> $3 AND l.id IN (SELECT h.place_id FROM holds h WHERE h.role >= 2)
      ORDER BY s.name_key, l.name_key, l.id LIMIT $4"
);

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    let mut all: Vec<String> = [
        EDITION,
        TAKE_EDITION,
        LIBRARY,
        LIBRARY_NAMED,
        INSERT_LIBRARY,
        UPDATE_LIBRARY,
        INSERT_INHERITANCE,
        INSERT_OWNER,
        PATH,
        ITEM,
        TAKEN,
        INSERT_FOLDER,
        RENAME,
        HELD_BY_ANOTHER,
        OTHER_LIBRARIES,
        BIN_PAGE,
        RELOCATE_AS,
    ]
    .map(str::to_owned)
    .to_vec();
    all.extend(listing::statements());
    all.extend(super::columns::statements());
    all.extend(super::carried::statements(4));
    for count in [1, 8] {
        all.extend(bin::statements(count));
        all.extend(moving::statements(count));
        all.extend(gather::statements(count));
        all.push(folders(count));
    }
    all
}
