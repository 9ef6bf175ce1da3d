//! How a person is named everywhere: in lists, trails, versions and holds.
//!
//! Other capabilities name people in their own SQL with three fragments, so that nobody writes the
//! join again and no list asks once per line:
//!
//! ```text
//! // A PersonLine: the person is x.person_id, the moment is $1.
//! concat!("SELECT ", person_columns!(), ", x.role FROM holds x", person_joins!("x.person_id"),
//!         " ORDER BY who.name_key, who.id")
//! // An Author: columns author_id, author_name, author_organisation; works for 0 too.
//! concat!("SELECT v.number, ", author!("v.author_id", "author"), " FROM versions v")
//! ```
//!
//! [`PersonLine`] is a [`FromRow`]; [`Author::read`] reads the columns of a prefix, so both can be
//! part of a larger record.

use crate::Result;
use crate::kernel::{FromRow, Id, Row, thing::Organisation, thing::Person};

/// Who, everywhere: a person, what they do, and which organisation they are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// The person.
    pub id: Id<Person>,
    /// Their name.
    pub name: String,
    /// Their job title; may be empty.
    pub title: String,
    /// Their organisation.
    pub organisation_id: Id<Organisation>,
    /// Its name.
    pub organisation: String,
}

/// Who did something. Whoever acted on something is named to everybody who can see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The person; 0 for the operator's console.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their organisation; empty for the console.
    pub organisation: String,
}

/// What the command line on the machine itself is called.
pub const CONSOLE: &str = "The operator's console";
/// Who did what nobody did: the realm by itself.
pub(crate) const ITSELF: &str = "This realm";

impl FromRow for PersonLine {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("person_id")?,
            name: row.get("person_name")?,
            title: row.get("person_title")?,
            organisation_id: row.get("organisation_id")?,
            organisation: row.get("organisation_name")?,
        })
    }
}

impl Author {
    /// From the columns that [`author!`] made with this prefix.
    pub(crate) fn read(row: &Row, prefix: &str) -> Result<Self> {
        Ok(Self {
            id: row.get(&format!("{prefix}_id"))?,
            name: row
                .get::<Option<String>>(&format!("{prefix}_name"))?
                .unwrap_or_else(|| CONSOLE.to_owned()),
            organisation: row
                .get::<Option<String>>(&format!("{prefix}_organisation"))?
                .unwrap_or_default(),
        })
    }

    /// By name and organisation, as a list names them: "Daniel Okafor, Harbour Lights". A name alone may
    /// be another's too, and anybody may take it.
    pub fn in_full(&self) -> String {
        in_full(&self.name, &self.organisation)
    }

    /// The same inside a sentence: "Daniel Okafor of Harbour Lights".
    pub fn in_words(&self) -> String {
        match self.organisation.as_str() {
            "" => self.name.clone(),
            organisation => format!("{} of {organisation}", self.name),
        }
    }

    /// Whether this is the command line rather than a person.
    pub fn is_console(&self) -> bool {
        self.id == 0
    }
}

impl PersonLine {
    /// By name and organisation, as a list names them.
    pub fn in_full(&self) -> String {
        in_full(&self.name, &self.organisation)
    }
}

fn in_full(name: &str, organisation: &str) -> String {
    match organisation {
        "" => name.to_owned(),
        organisation => format!("{name}, {organisation}"),
    }
}

impl FromRow for Author {
    fn from_row(row: &Row) -> Result<Self> {
        Self::read(row, "author")
    }
}

/// A person as a sentence names them: "Daniel Okafor of Harbour Lights", with the organisation they are of at
/// `$1`. A name alone may be another's too, and anybody may take it. NULL for the console.
macro_rules! known_as {
    ($person:literal) => {
        concat!(
            "(SELECT who.name || COALESCE((SELECT ' of ' || org.name FROM belongings bel
                 JOIN organisations org ON org.id = bel.organisation_id
                WHERE bel.person_id = who.id AND bel.from_at <= $1 AND $1 < bel.until_at), '')
               FROM people who WHERE who.id = ",
            $person,
            ")"
        )
    };
}
pub(crate) use known_as;

/// The columns of a [`PersonLine`], over the tables that [`person_joins!`] brings in.
macro_rules! person_columns {
    () => {
        "who.id AS person_id, who.name AS person_name, who.title AS person_title,
         who_organisation.id AS organisation_id, who_organisation.name AS organisation_name"
    };
}
pub(crate) use person_columns;

/// Joins the person whose id is this expression, and their organisation at `$1`, as `who`
/// (people), `who_belongs` (belongings) and `who_organisation` (organisations).
macro_rules! person_joins {
    ($person:literal) => {
        concat!(
            " JOIN people who ON who.id = ", $person,
            " JOIN belongings who_belongs ON who_belongs.person_id = who.id
                AND who_belongs.from_at <= $1 AND $1 < who_belongs.until_at
              JOIN organisations who_organisation ON who_organisation.id = who_belongs.organisation_id"
        )
    };
}
pub(crate) use person_joins;

/// The columns `<prefix>_id`, `<prefix>_name` and `<prefix>_organisation` of whoever has this id,
/// for [`Author::read`]. Needs no join, and gives a row for the console (0) too. The organisation
/// is the one at `$1`, or at a third expression: `author!("v.author_id", "author", "v.created_at")`.
macro_rules! author {
    ($person:literal, $prefix:literal) => {
        $crate::people::author!($person, $prefix, "$1")
    };
    ($person:literal, $prefix:literal, $at:literal) => {
        concat!(
            $person, " AS ", $prefix, "_id,
             (SELECT who.name FROM people who WHERE who.id = ", $person, ") AS ", $prefix, "_name,
             (SELECT org.name FROM belongings bel JOIN organisations org ON org.id = bel.organisation_id
               WHERE bel.person_id = ", $person, " AND bel.from_at <= ", $at, " AND ", $at, " < bel.until_at) AS ",
            $prefix, "_organisation"
        )
    };
}
pub(crate) use author;
