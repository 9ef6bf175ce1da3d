//! The statements of a listing: one for folders, one for documents, one that counts. Their text
//! depends on the order and on what is asked, so that each is served by its index; nothing that
//! somebody typed is ever part of it.

use crate::kernel::{Id, Time, record, thing};
use crate::people::author;

use super::super::{Sort, cursor::order};
use super::{cleared, is_sealed, marking};

/// Which of the statements.
#[derive(Debug, Clone, Copy)]
pub(in crate::libraries) struct Arm {
    pub(in crate::libraries) folders: bool,
    pub(in crate::libraries) sort: Sort,
    pub(in crate::libraries) descending: bool,
    /// After the last line of another page.
    pub(in crate::libraries) after: bool,
    pub(in crate::libraries) reach: Reach,
}

/// How far a listing looks. A search for a name alone never leaves the index of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::libraries) enum Reach {
    /// What is directly in the folder.
    Directly,
    /// What is anywhere below it and has `$5` in its name.
    Named,
    /// The documents among them that were changed since `$6`, and that for `$7` 1 somebody has
    /// checked out, for 2 the person who looks.
    Filtered,
}

impl Reach {
    /// How many arguments come before the limit and the cursor.
    const fn fixed(self) -> usize {
        match self {
            Self::Directly => 4,
            Self::Named => 5,
            Self::Filtered => 7,
        }
    }

    /// The tables and the conditions: an item `i`, and with what comes before.
    fn from(self) -> (&'static str, String) {
        match self {
            Self::Directly => ("", DIRECTLY.to_owned()),
            Self::Named => (REACH, NAMED.to_owned()),
            Self::Filtered => (REACH, format!("{NAMED}{FILTERED}")),
        }
    }
}

record! {
    pub(in crate::libraries) struct ItemRow {
        pub(in crate::libraries) id: i64,
        pub(in crate::libraries) name: String,
        pub(in crate::libraries) name_key: String,
        pub(in crate::libraries) version: u64,
        pub(in crate::libraries) size: u64,
        pub(in crate::libraries) media_type: String,
        pub(in crate::libraries) changed_at: Time,
        pub(in crate::libraries) changed_by_name: Option<String>,
        pub(in crate::libraries) changed_by_organisation: Option<String>,
        pub(in crate::libraries) holder_id: Option<Id<thing::Person>>,
        pub(in crate::libraries) holder_name: Option<String>,
        pub(in crate::libraries) holder_organisation: Option<String>,
        pub(in crate::libraries) held_since: Option<Time>,
        pub(in crate::libraries) held_until: Option<Time>,
        pub(in crate::libraries) marking: Option<String>,
        pub(in crate::libraries) sealed: bool,
        pub(in crate::libraries) published: Option<u64>,
        pub(in crate::libraries) major: Option<u64>,
        pub(in crate::libraries) minor: Option<u64>,
        pub(in crate::libraries) inside: u64,
        pub(in crate::libraries) path: String,
    }
}

/// The folder `$4` and every one below it in the library `$3`, with the path from it. `CROSS JOIN` keeps SQLite
/// from reading the whole library to find a few folders.
const REACH: &str = "WITH RECURSIVE reach(id, path) AS (
     SELECT CAST($4 AS BIGINT), CAST('' AS TEXT)
     UNION ALL
     SELECT f.id, r.path || CASE WHEN r.path = '' THEN '' ELSE ' / ' END || f.name
       FROM reach r CROSS JOIN items f WHERE f.library_id = $3 AND f.folder_id = r.id
        AND f.binned_at = 0 AND f.is_document = 0) ";

const DIRECTLY: &str = "items i WHERE i.library_id = $3 AND i.folder_id = $4 AND i.binned_at = 0";
const NAMED: &str =
    "reach r CROSS JOIN items i WHERE i.library_id = $3 AND i.folder_id = r.id AND i.binned_at = 0
      AND i.name_key LIKE $5 ESCAPE '\\'";
const FILTERED: &str = " AND i.is_document = 1 AND i.changed_at >= $6
      AND ($7 = 0 OR EXISTS (SELECT 1 FROM check_outs c WHERE c.document_id = i.id
             AND c.from_at <= $1 AND $1 < c.until_at AND ($7 = 1 OR c.person_id = $2)))";

impl Arm {
    /// The statement. Arguments: the moment, the person, the library, the folder (0 at the top);
    /// what [`Reach`] names; the limit; for `after` the key and the id.
    pub(in crate::libraries) fn sql(self) -> String {
        let (column, descending) = order(self.folders, self.sort, self.descending);
        let (direction, beyond) = if descending {
            ("DESC", "<")
        } else {
            ("ASC", ">")
        };
        let (with, from) = self.reach.from();
        let path = if with.is_empty() { "''" } else { "r.path" };
        let limit = self.reach.fixed() + 1;
        let after = if self.after {
            format!(
                " AND (i.{column}, i.id) {beyond} (${}, ${})",
                limit + 1,
                limit + 2
            )
        } else {
            String::new()
        };
        let (kind, known, inside) = if self.folders {
            (0, "", INSIDE)
        } else {
            (1, concat!(" AND ", cleared!("i.id")), "0")
        };
        // The page is found first, and what is shown of each line is looked up for that page only.
        format!(
            "{with}SELECT i.id, i.name, i.name_key, i.version, i.size, i.media_type, i.changed_at,
               {}, {}, c.from_at AS held_since, c.until_at AS held_until,
               {} AS marking, CASE WHEN {} THEN 1 ELSE 0 END AS sealed, i.published, o.major, o.minor,
               {inside} AS inside, page.path AS path
              FROM (SELECT i.id AS id, {path} AS path FROM {from}
                      AND i.is_document = {kind}{known}{after}
                     ORDER BY i.{column} {direction}, i.id {direction} LIMIT ${limit}) page
              JOIN items i ON i.id = page.id
              LEFT JOIN check_outs c ON c.document_id = i.id AND c.from_at <= $1 AND $1 < c.until_at
              LEFT JOIN versions o ON o.document_id = i.id AND o.number = i.version AND i.published IS NOT NULL
             ORDER BY i.{column} {direction}, i.id {direction}",
            author!("i.changed_by", "changed_by", "i.changed_at"),
            author!("c.person_id", "holder"),
            marking!("i.id"),
            is_sealed!("i.id"),
        )
    }
}

/// How many documents are directly in the folder `i`.
const INSIDE: &str = concat!(
    "(SELECT COUNT(*) FROM items d WHERE d.library_id = i.library_id AND d.folder_id = i.id
       AND d.binned_at = 0 AND d.is_document = 1 AND ",
    cleared!("d.id"),
    ")"
);

/// How many lines there are, up to a limit, which is the last argument.
pub(in crate::libraries) fn count(reach: Reach) -> String {
    let (with, from) = reach.from();
    format!(
        "{with}SELECT COUNT(*) AS value FROM (SELECT 1 AS one FROM {from} AND {} LIMIT ${}) counted",
        cleared!("i.id"),
        reach.fixed() + 1,
    )
}

#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    let mut all = Vec::new();
    for reach in [Reach::Directly, Reach::Named, Reach::Filtered] {
        all.push(count(reach));
        for sort in Sort::ALL {
            for bits in 0..8 {
                let bit = |place: u8| bits & (1 << place) != 0;
                let arm = Arm {
                    folders: bit(0),
                    sort,
                    descending: bit(1),
                    after: bit(2),
                    reach,
                };
                all.push(arm.sql());
            }
        }
    }
    all
}
