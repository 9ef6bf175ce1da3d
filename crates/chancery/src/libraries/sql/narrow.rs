//! What makes a list shorter, in the words of the database, and the statement that it is written into.

use std::borrow::Cow;

use crate::kernel::{Arg, Id, Time, now_and_on, thing};

use super::super::State;
use super::super::cursor::{Cursor, Key};

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

/// The narrows that a state is.
pub(in crate::libraries) fn held(state: State, me: Id<thing::Person>) -> Option<Narrow> {
    match state {
        State::Any => None,
        State::CheckedOut => Some(Narrow::Held(0)),
        State::Mine => Some(Narrow::Held(me.raw())),
    }
}

/// A statement that is being written, with its arguments so far.
pub(super) struct Draft {
    pub(super) with: Vec<String>,
    pub(super) from: Vec<Cow<'static, str>>,
    /// All of them hold.
    pub(super) conditions: Vec<String>,
    pub(super) args: Vec<Arg>,
}

impl Draft {
    pub(super) fn arg(&mut self, value: impl Into<Arg>) -> usize {
        self.args.push(value.into());
        self.args.len()
    }

    pub(super) fn when(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// Makes a list of what was asked for so far, `fit`, of which the rest of the statement is about.
    pub(super) fn gather(&mut self, shown: &str) {
        let fit = format!("fit AS MATERIALIZED (SELECT {shown} {})", self.from());
        self.with.push(fit);
        self.from = vec!["fit i".into()];
        self.conditions = vec!["1 = 1".to_owned()];
    }

    /// What comes after the line that these keys and this id are of.
    pub(super) fn goes_on(&mut self, cursor: &Cursor, keys: Vec<String>, id: &str, beyond: &str) {
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

    pub(super) fn with(&self) -> String {
        if self.with.is_empty() {
            String::new()
        } else {
            format!("WITH RECURSIVE {} ", self.with.join(", "))
        }
    }

    pub(super) fn from(&self) -> String {
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
    pub(super) fn passes(&mut self, narrow: &Narrow) -> String {
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
    pub(super) fn few(&mut self, narrow: &Narrow) -> String {
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
