//! The statements of a listing: one that finds a page of it, one that counts it, one that finds out which of several
//! filters leaves least. Their text depends on the order and on what is asked, so that each is served by an index; nothing
//! that somebody typed is ever part of it.
//!
//! Where a page begins is chosen by whoever asks ([`Begin`]): with the place, when that is small; with the order, when
//! most of a library fits; or with the one filter that leaves least. What is begun with is written first and joined with
//! `CROSS JOIN`, or `MATERIALIZED`, which keeps both engines to it.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::kernel::{Arg, Id, Time, now_and_on, record, thing};
use crate::people::author;

use super::super::closing::closing;
use super::super::cursor::{Cursor, Key, order};
use super::super::{Sort, State};
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

/// What a column of a document must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::libraries) enum What {
    Lacks,
    Text(String),
    Like(String),
    Person(i64),
    Between(i64, i64),
}

/// What is asked of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::libraries) struct Test {
    pub(in crate::libraries) column: i64,
    pub(in crate::libraries) what: What,
}

/// One of the things that make a list shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::libraries) enum Narrow {
    /// A pattern for the name.
    Named(String),
    /// Changed between these moments.
    Changed(Time, Time),
    /// The latest version is by this person.
    By(i64),
    /// Of one of these kinds of content, as patterns.
    Kind(Vec<String>),
    /// Checked out: by this person, or 0 for anybody.
    Held(i64),
    /// Not published, or with newer drafts.
    Drafts,
    /// Somebody waits for an owner to publish it.
    Waiting,
    /// For whom there is no such thing.
    Nothing,
    Says(Test),
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

/// A statement that is being written, with its arguments so far.
struct Draft {
    with: Vec<String>,
    from: Vec<Cow<'static, str>>,
    /// All of them hold.
    conditions: Vec<String>,
    args: Vec<Arg>,
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

impl Draft {
    fn arg(&mut self, value: impl Into<Arg>) -> usize {
        self.args.push(value.into());
        self.args.len()
    }

    fn when(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// Makes a list of what was asked for so far, `fit`, of which the rest of the statement is about.
    fn gather(&mut self, shown: &str) {
        let fit = format!("fit AS MATERIALIZED (SELECT {shown} {})", self.from());
        self.with.push(fit);
        self.from = vec!["fit i".into()];
        self.conditions = vec!["1 = 1".to_owned()];
    }

    /// What comes after the line that these keys and this id are of.
    fn goes_on(&mut self, cursor: &Cursor, keys: Vec<String>, id: &str, beyond: &str) {
        let mut left = keys;
        left.push(id.to_owned());
        let mut right = Vec::new();
        match &cursor.key {
            Key::Text(text) => right.push(self.arg(text)),
            Key::Number(number) => right.push(self.arg(*number)),
            Key::Cell(number, text) => {
                right.push(self.arg(*number));
                right.push(self.arg(text));
            }
            Key::Lacking | Key::Person => {}
        }
        right.push(self.arg(cursor.id));
        let right: Vec<String> = right.iter().map(|place| format!("${place}")).collect();
        self.when(if left.len() == 1 {
            format!("{} {beyond} {}", left[0], right[0])
        } else {
            format!("({}) {beyond} ({})", left.join(", "), right.join(", "))
        });
    }

    fn with(&self) -> String {
        if self.with.is_empty() {
            String::new()
        } else {
            format!("WITH RECURSIVE {} ", self.with.join(", "))
        }
    }

    fn from(&self) -> String {
        format!(
            "FROM {} WHERE {}",
            self.from.join(" CROSS JOIN "),
            self.conditions.join(" AND ")
        )
    }

    /// What the cell `f` says, without which column it is of.
    fn says(&mut self, what: &What) -> String {
        match what {
            What::Lacks => "f.lacks = 1".to_owned(),
            What::Text(text) => {
                let text = self.arg(text);
                format!("f.lacks = 0 AND f.number = 0 AND f.text = ${text}")
            }
            What::Like(pattern) => {
                let pattern = self.arg(pattern);
                format!("f.lacks = 0 AND f.text LIKE ${pattern} ESCAPE '\\'")
            }
            What::Person(person) => {
                let person = self.arg(*person);
                format!("f.lacks = 0 AND f.person_id > 0 AND f.person_id = ${person}")
            }
            What::Between(from, to) => {
                let (from, to) = (self.arg(*from), self.arg(*to));
                format!("f.lacks = 0 AND f.number >= ${from} AND f.number <= ${to}")
            }
        }
    }

    /// That the item `i` passes. A column is looked up for each item by itself: counting keeps PostgreSQL from going through
    /// all of a column to find the few that are on a page, and the one cell that there is is found by both of its ids.
    fn passes(&mut self, narrow: &Narrow) -> String {
        match narrow {
            Narrow::Named(pattern) => {
                let pattern = self.arg(pattern);
                format!("i.name_key LIKE ${pattern} ESCAPE '\\'")
            }
            Narrow::Changed(from, to) => {
                let (from, to) = (self.arg(*from), self.arg(*to));
                format!("i.changed_at >= ${from} AND i.changed_at < ${to}")
            }
            Narrow::By(person) => {
                let person = self.arg(*person);
                format!("i.changed_by = ${person}")
            }
            Narrow::Kind(patterns) => {
                let any: Vec<String> = patterns
                    .iter()
                    .map(|pattern| format!("i.media_type LIKE ${} ESCAPE '\\'", self.arg(pattern)))
                    .collect();
                format!("({})", any.join(" OR "))
            }
            Narrow::Held(person) => {
                let whose = self.whose(*person);
                format!(
                    "EXISTS (SELECT 1 FROM check_outs h WHERE h.document_id = i.id
                       AND h.from_at <= $1 AND $1 < h.until_at{whose})"
                )
            }
            // In the words of the index `items_drafts`.
            Narrow::Drafts => "i.published < i.version".to_owned(),
            Narrow::Waiting => format!(
                "EXISTS (SELECT 1 FROM publication_requests q WHERE q.document_id = i.id AND q.until_at = {})",
                now_and_on!()
            ),
            Narrow::Nothing => "1 = 0".to_owned(),
            Narrow::Says(test) => {
                let column = self.arg(test.column);
                let says = self.says(&test.what);
                format!(
                    "(SELECT COUNT(*) FROM cells f WHERE f.item_id = i.id AND f.column_id = ${column} AND ({says}) IS TRUE) > 0"
                )
            }
        }
    }

    fn whose(&mut self, person: i64) -> String {
        if person == 0 {
            return String::new();
        }
        format!(" AND h.person_id = ${}", self.arg(person))
    }

    /// What passes, as a list of ids.
    fn few(&mut self, narrow: &Narrow) -> String {
        let documents = "SELECT i.id FROM items i WHERE i.library_id = $3 AND i.binned_at = 0 AND i.is_document = 1 AND ";
        match narrow {
            Narrow::Says(test) => {
                let column = self.arg(test.column);
                let says = self.says(&test.what);
                format!(
                    "SELECT f.item_id AS id FROM cells f WHERE f.column_id = ${column} AND {says}"
                )
            }
            Narrow::Held(person) => {
                let whose = self.whose(*person);
                format!(
                    "SELECT h.document_id AS id FROM check_outs h WHERE h.until_at > $1 AND h.from_at <= $1{whose}"
                )
            }
            Narrow::Waiting => format!(
                "SELECT q.document_id AS id FROM publication_requests q WHERE q.until_at = {}",
                now_and_on!()
            ),
            other => {
                let passes = self.passes(other);
                format!("{documents}{passes}")
            }
        }
    }
}

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

/// The narrows that a state is.
pub(in crate::libraries) fn held(state: State, me: Id<thing::Person>) -> Option<Narrow> {
    match state {
        State::Any => None,
        State::CheckedOut => Some(Narrow::Held(0)),
        State::Mine => Some(Narrow::Held(me.raw())),
    }
}

/// Statements of every form.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    let says = |what| Narrow::Says(Test { column: 1, what });
    let narrows = [
        Narrow::Named("%a%".to_owned()),
        Narrow::Changed(Time::default(), Time::FOREVER),
        Narrow::By(1),
        Narrow::Kind(vec!["image/%".to_owned(), "text/%".to_owned()]),
        Narrow::Held(0),
        Narrow::Held(1),
        Narrow::Drafts,
        Narrow::Waiting,
        Narrow::Nothing,
        says(What::Lacks),
        says(What::Text("a".to_owned())),
        says(What::Like("%a%".to_owned())),
        says(What::Person(1)),
        says(What::Between(0, 1)),
    ];
    let mut asked: Vec<Vec<Narrow>> = vec![Vec::new(), narrows.to_vec()];
    asked.extend(narrows.iter().map(|narrow| vec![narrow.clone()]));
    let mut sorts = Sort::ALL.to_vec();
    sorts.push(Sort::Column(Id::from_raw(1)));
    let mut all = vec![PLACE_IN_ORDER.to_owned()];
    for reach in [Reach::Directly, Reach::Below, Reach::Whole] {
        for (sort, narrows) in sorts
            .iter()
            .flat_map(|sort| asked.iter().map(move |narrows| (*sort, narrows.clone())))
        {
            let question = Question {
                at: Time::default(),
                me: Id::from_raw(1),
                library: Id::from_raw(1),
                folder: 0,
                reach,
                sort,
                descending: all.len() % 2 == 0,
                documents_only: !narrows.is_empty(),
                narrows,
            };
            let mut begins = vec![Begin::Place, Begin::Order];
            if !question.narrows.is_empty() {
                begins.push(Begin::Filter(0));
                all.push(question.weigh().0);
            }
            for begin in begins {
                all.push(question.count(begin, 1).0);
                for part in [Part::Folders, Part::Documents, Part::Lacking] {
                    if part == Part::Lacking && sort.column().is_none() {
                        continue;
                    }
                    let key = match (part, order(part == Part::Folders, sort, false).0) {
                        (Part::Lacking, _) => Key::Lacking,
                        (_, "") => Key::Cell(0, String::new()),
                        (_, "changed_at" | "size" | "version") => Key::Number(0),
                        _ => Key::Text(String::new()),
                    };
                    let cursor = Cursor {
                        folder: part == Part::Folders,
                        key,
                        id: 1,
                    };
                    all.push(question.page(part, begin, None, 1).0);
                    all.push(question.page(part, begin, Some(&cursor), 1).0);
                }
            }
        }
    }
    all.sort();
    all.dedup();
    all
}
