//! The statements of a listing: one that finds a page of it, one that counts it, one that finds out which of several
//! filters leaves least. Their text depends on the order and on what is asked, so that each is served by an index; nothing
//! that somebody typed is ever part of it.
//!
//! Where a page begins is chosen by whoever asks ([`Begin`]): with the place, when that is small; with the order, when
//! most of a library fits; or with the one filter that leaves least. What is begun with is written first and joined with
//! `CROSS JOIN`, or `MATERIALIZED`, which keeps both engines to it.

use std::fmt::Write as _;

use crate::kernel::{Arg, Id, Time, record, thing};
use crate::people::author;

use super::super::Sort;
use super::super::closing::closing;
use super::super::cursor::{Cursor, order};
use super::narrow::{Draft, Narrow};
use super::{cleared, marking};

record! {
    pub(in crate::libraries) struct ItemRow {
        pub(in crate::libraries) id: i64,
        pub(in crate::libraries) name: String,
        pub(in crate::libraries) name_key: String,
        pub(in crate::libraries) author_key: String,
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
        pub(in crate::libraries) closing: i64,
        pub(in crate::libraries) published: Option<u64>,
        pub(in crate::libraries) major: Option<u64>,
        pub(in crate::libraries) minor: Option<u64>,
        pub(in crate::libraries) inside: u64,
        pub(in crate::libraries) path: String,
        pub(in crate::libraries) cell_number: i64,
        pub(in crate::libraries) cell_text: String,
        /// How much the filter that was begun with leaves, as far as that was looked at; else 0.
        pub(in crate::libraries) weighed: u64,
        /// How much fits, where the page was found by going through all of it.
        pub(in crate::libraries) fitting: Option<u64>,
    }
}
record! {
    pub(in crate::libraries) struct Found {
        pub(in crate::libraries) which: u64,
        pub(in crate::libraries) found: u64,
    }
}

record! {
    pub(in crate::libraries) struct PlaceRow {
        pub(in crate::libraries) number: i64,
        pub(in crate::libraries) text: String,
    }
}
/// Where the document `$4` of the library `$3`, that the person may know of, is in the order of the column `$5`.
pub(in crate::libraries) const PLACE_IN_ORDER: &str = concat!(
    "SELECT s.number, s.text FROM cells s JOIN items i ON i.id = s.item_id
      WHERE s.item_id = $4 AND s.column_id = $5 AND s.lacks = 0 AND i.library_id = $3 AND i.binned_at = 0 AND ",
    cleared!("i.id")
);

/// What is ordered as a whole: where each filter leaves more, a page is found by going through the order. The square root
/// of a page times a hundred thousand: about as many lines are looked up either way.
pub(in crate::libraries) const FEW: u64 = 2_000;

/// Which of the lists that a page is made of, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::libraries) enum Part {
    Folders,
    /// Documents; where they are ordered by a column, those that say something in it.
    Documents,
    /// Documents that say nothing in the column that the list is ordered by.
    Lacking,
}

/// How far a listing looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::libraries) enum Reach {
    /// What is directly in the folder.
    Directly,
    /// What is anywhere below it.
    Below,
    /// All of the library.
    Whole,
}

/// What a page begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::libraries) enum Begin {
    /// Where the things are: all of it is looked at, and ordered.
    Place,
    /// The order: it is gone through until the page is full.
    Order,
    /// The filter of this number: what it leaves, up to [`FEW`] and one more, is ordered.
    Filter(usize),
}

/// What is asked, in the words of the database.
#[derive(Debug, Clone)]
pub(in crate::libraries) struct Question {
    pub(in crate::libraries) at: Time,
    pub(in crate::libraries) me: Id<thing::Person>,
    pub(in crate::libraries) library: Id<thing::Library>,
    /// 0 at the top.
    pub(in crate::libraries) folder: i64,
    pub(in crate::libraries) reach: Reach,
    pub(in crate::libraries) sort: Sort,
    pub(in crate::libraries) descending: bool,
    /// Folders are left out.
    pub(in crate::libraries) documents_only: bool,
    pub(in crate::libraries) narrows: Vec<Narrow>,
}

/// The folder `$4` and every one below it in the library `$3`.
const REACH: &str = "reach(id) AS (
     SELECT CAST($4 AS BIGINT)
     UNION ALL
     SELECT f.id FROM reach r CROSS JOIN items f WHERE f.library_id = $3 AND f.folder_id = r.id
        AND f.binned_at = 0 AND f.is_document = 0)";
/// The folders that the item `i` is in: "Returns / 2026".
const PATH: &str = "COALESCE((WITH RECURSIVE up(folder_id, path) AS (
     SELECT f.folder_id, f.name FROM items f WHERE f.id = i.folder_id
     UNION ALL SELECT f.folder_id, f.name || ' / ' || u.path FROM up u JOIN items f ON f.id = u.folder_id)
   SELECT u.path FROM up u WHERE u.folder_id = 0), '')";
/// A part of what the version of the item `i` is called, where publishing is required. Looked up for each line: what is
/// joined to the left of a list, SQLite makes as a whole first, for a reader all publications of the realm.
macro_rules! called {
    ($part:literal) => {
        concat!(
            "CASE WHEN i.published IS NOT NULL THEN (SELECT o.",
            $part,
            " FROM versions o WHERE o.document_id = i.id AND o.number = i.version) END AS ",
            $part
        )
    };
}
/// How many documents are directly in the folder `i`.
const INSIDE: &str = concat!(
    "(SELECT COUNT(*) FROM items d WHERE d.library_id = i.library_id AND d.folder_id = i.id
       AND d.binned_at = 0 AND d.is_document = 1 AND ",
    cleared!("d.id"),
    ")"
);

impl Question {
    /// Whether all that is asked is what things are called: that is looked for in every name anyway.
    pub(in crate::libraries) fn is_by_name(&self) -> bool {
        matches!(self.narrows[..], [Narrow::Named(_)])
    }

    fn draft(&self) -> Draft {
        Draft {
            with: Vec::new(),
            from: Vec::new(),
            conditions: Vec::new(),
            args: vec![
                Arg::from(self.at),
                Arg::from(self.me),
                Arg::from(self.library),
            ],
        }
    }

    /// The place: an item `i` in it, begun with what `begin` says. What else must hold of whatever is listed or counted
    /// belongs here.
    ///
    /// What is found by its id must not be looked for by where it is: a database that knows nothing of its tables yet may
    /// take one for as good as the other, and go through a whole library for each line. No index serves
    /// `(x = y) IS TRUE`, and both engines still guess what it leaves as of `x = y`.
    fn place(&self, begin: Begin, part: Option<Part>) -> Draft {
        let mut draft = self.draft();
        let by_id = matches!(begin, Begin::Filter(_))
            || (begin == Begin::Order
                && self.sort.column().is_some()
                && matches!(part, Some(Part::Documents | Part::Lacking)));
        if self.reach != Reach::Whole {
            draft.arg(self.folder);
        }
        if self.reach == Reach::Below {
            draft.with.push(REACH.to_owned());
        }
        if let (Begin::Order, Some(column), Some(Part::Documents | Part::Lacking)) =
            (begin, self.sort.column(), part)
        {
            let column = draft.arg(column);
            draft.from.push("cells s".into());
            draft.when(format!("s.column_id = ${column} AND i.id = s.item_id"));
            draft.when(if part == Some(Part::Lacking) {
                "s.lacks = 1 AND s.number = 0 AND s.text = ''"
            } else {
                "s.lacks = 0"
            });
        }
        if let Begin::Filter(which) = begin {
            let few = draft.few(&self.narrows[which]);
            if part.is_none() {
                // Counting ends before all of it is found.
                draft.from.push(format!("({few}) w").into());
            } else {
                // A name alone is looked for in every name anyway.
                let limit = if self.is_by_name() {
                    String::new()
                } else {
                    format!(" LIMIT {}", FEW + 1)
                };
                draft
                    .with
                    .push(format!("few AS MATERIALIZED ({few}{limit})"));
                draft.from.push("few w".into());
            }
            draft.when("i.id = w.id");
        }
        match self.reach {
            Reach::Directly => {
                draft.from.push("items i".into());
                draft.when(if by_id {
                    "(i.folder_id = $4) IS TRUE"
                } else {
                    "i.folder_id = $4"
                });
            }
            Reach::Below if begin == Begin::Place => {
                draft.from.push("reach r".into());
                draft.from.push("items i".into());
                draft.when("i.folder_id = r.id");
            }
            Reach::Below => {
                draft.from.push("items i".into());
                draft.when("i.folder_id IN (SELECT r.id FROM reach r)");
            }
            Reach::Whole => draft.from.push("items i".into()),
        }
        draft.when(if by_id {
            "(i.library_id = $3) IS TRUE AND i.binned_at = 0"
        } else {
            "i.library_id = $3 AND i.binned_at = 0"
        });
        match part {
            Some(Part::Folders) => draft.when("i.is_document = 0"),
            Some(_) => draft.when("i.is_document = 1"),
            None if self.documents_only => draft.when("i.is_document = 1"),
            None => {}
        }
        // A folder has no marking.
        if part != Some(Part::Folders) {
            draft.when(cleared!("i.id"));
        }
        for (which, narrow) in self.narrows.iter().enumerate() {
            if begin != Begin::Filter(which) {
                let passes = draft.passes(narrow);
                draft.when(passes);
            }
        }
        draft
    }

    /// A page of a part: its statement and arguments.
    pub(in crate::libraries) fn page(
        &self,
        part: Part,
        begin: Begin,
        after: Option<&Cursor>,
        limit: u64,
    ) -> (String, Vec<Arg>) {
        let begin = match (part, begin) {
            (Part::Folders, Begin::Filter(_)) => Begin::Place,
            (_, begin) => begin,
        };
        let mut draft = self.place(begin, Some(part));
        let (builtin, descending) = order(part == Part::Folders, self.sort, self.descending);
        let (direction, beyond) = if descending {
            ("DESC", "<")
        } else {
            ("ASC", ">")
        };
        let mut counted = "0 AS weighed, CAST(NULL AS BIGINT) AS fitting";
        if matches!(begin, Begin::Filter(_)) {
            if !self.is_by_name() {
                // Where it leaves more, the page is found another way, and nobody looks at what it leaves.
                draft.when(format!("(SELECT COUNT(*) FROM few) <= {FEW}"));
            }
            // All that fits is found in any case: it is counted on the way.
            draft.gather(&if builtin.is_empty() {
                "i.id".to_owned()
            } else {
                format!("i.id, i.{builtin}")
            });
            counted =
                "(SELECT COUNT(*) FROM few) AS weighed, (SELECT COUNT(*) FROM fit) AS fitting";
        }
        let ordered = begin == Begin::Order;
        let column = self.sort.column().filter(|_| part != Part::Folders);
        let (keys, id) = match (column, part) {
            (None, _) => (vec![format!("i.{builtin}")], "i.id"),
            (Some(_), Part::Lacking) if ordered => (Vec::new(), "s.item_id"),
            (Some(column), Part::Lacking) => {
                let column = draft.arg(column);
                draft.when(format!(
                    "NOT EXISTS (SELECT 1 FROM cells s WHERE s.item_id = i.id AND s.column_id = ${column} AND (s.lacks = 0) IS TRUE)"
                ));
                (Vec::new(), "i.id")
            }
            (Some(column), _) => {
                if !ordered {
                    let column = draft.arg(column);
                    draft.from.push("cells s".into());
                    draft.when(format!(
                        "s.item_id = i.id AND s.column_id = ${column} AND (s.lacks = 0) IS TRUE"
                    ));
                }
                (
                    vec!["s.number".to_owned(), "s.text".to_owned()],
                    "s.item_id",
                )
            }
        };
        if let Some(cursor) = after {
            draft.goes_on(cursor, keys.clone(), id, beyond);
        }
        let limit = draft.arg(limit);
        let mut sorted = String::new();
        for key in &keys {
            let _ = write!(sorted, "{key} {direction}, ");
        }
        let said = column.is_some() && part == Part::Documents;
        let (number, text) = if said {
            ("s.number", "s.text")
        } else {
            ("0", "''")
        };
        let again = if said {
            format!("page.number {direction}, page.text {direction}, ")
        } else {
            sorted.clone()
        };
        let searched = self.reach != Reach::Directly;
        // The page is found first, and what is shown of each line is looked up for that page only.
        let sql = format!(
            "{}SELECT i.id, i.name, i.name_key, i.author_key, i.version, i.size, i.media_type, i.changed_at,
               {}, {}, c.from_at AS held_since, c.until_at AS held_until,
               {} AS marking, {} AS closing, {} AS inside, {} AS path,
               i.published, {}, {}, page.number AS cell_number, page.text AS cell_text, {counted}
              FROM (SELECT i.id AS id, CAST({number} AS BIGINT) AS number, {text} AS text {}
                     ORDER BY {sorted}{id} {direction} LIMIT ${limit}) page
              JOIN items i ON i.id = page.id
              LEFT JOIN check_outs c ON c.document_id = i.id AND c.from_at <= $1 AND $1 < c.until_at
             ORDER BY {again}i.id {direction}",
            draft.with(),
            author!("i.changed_by", "changed_by", "i.changed_at"),
            author!("c.person_id", "holder"),
            marking!("i.id"),
            closing!("i.id"),
            if part == Part::Folders { INSIDE } else { "0" },
            if searched { PATH } else { "''" },
            called!("major"),
            called!("minor"),
            draft.from(),
        );
        (sql, draft.args)
    }

    /// How many lines there are, up to a limit. There are few limits, so each may be in a text of its own: PostgreSQL then
    /// knows how little is asked for.
    pub(in crate::libraries) fn count(&self, begin: Begin, most: u64) -> (String, Vec<Arg>) {
        // Which order does not matter here.
        let begin = match begin {
            Begin::Order => Begin::Place,
            other => other,
        };
        let mut draft = self.place(begin, None);
        if matches!(begin, Begin::Filter(_)) {
            // Each is looked up by itself, or PostgreSQL goes through all that the filter leaves before it counts the first.
            let few = draft.from.remove(0);
            let fits = format!("(SELECT COUNT(*) {}) > 0", draft.from());
            draft.from = vec![few];
            draft.conditions = vec![fits];
        }
        let sql = format!(
            "{}SELECT COUNT(*) AS value FROM (SELECT 1 AS one {} LIMIT {most}) counted",
            draft.with(),
            draft.from()
        );
        (sql, draft.args)
    }

    /// How much each filter leaves of the library, up to [`FEW`] and one more.
    pub(in crate::libraries) fn weigh(&self) -> (String, Vec<Arg>) {
        let most = FEW + 1;
        let mut draft = self.draft();
        let mut arms = Vec::new();
        for (which, narrow) in self.narrows.iter().enumerate() {
            let few = draft.few(narrow);
            arms.push(format!(
                "SELECT {which} AS which, (SELECT COUNT(*) FROM ({few} LIMIT {most}) few) AS found"
            ));
        }
        // Every argument has its use in every statement, or PostgreSQL does not know its kind.
        let sql = format!(
            "SELECT v.which, v.found FROM ({}) v WHERE CAST($1 AS BIGINT) >= 0 AND CAST($2 AS BIGINT) >= 0
              AND CAST($3 AS BIGINT) >= 0 ORDER BY v.found, v.which",
            arms.join(" UNION ALL ")
        );
        (sql, draft.args)
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(in crate::libraries) use tests::statements;
