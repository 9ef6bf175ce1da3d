//! The words of columns.

use serde::{Deserialize, Serialize};

use super::Filter;
use crate::kernel::{Id, thing};
use crate::libraries::{Edition, LibraryHead};

/// What a column asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnKind {
    /// A line of text.
    #[default]
    Text,
    /// One of the choices that the column has.
    Choice,
    /// A day.
    Date,
    /// Somebody who can see the library.
    Person,
    /// A number with up to four decimal places.
    Number,
    /// Yes or no.
    YesNo,
}

impl ColumnKind {
    /// Every kind, as a form offers them.
    pub const ALL: [Self; 6] = [
        Self::Text,
        Self::Choice,
        Self::Date,
        Self::Person,
        Self::Number,
        Self::YesNo,
    ];

    /// As a form names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Choice => "choice",
            Self::Date => "date",
            Self::Person => "person",
            Self::Number => "number",
            Self::YesNo => "yes-no",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Something that a library asks of each of its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Which.
    pub id: Id<thing::Column>,
    /// Its name, used once among the columns of a library.
    pub name: String,
    /// What it asks for.
    pub kind: ColumnKind,
    /// What a choice can be, in this order; empty for other kinds.
    pub choices: Vec<String>,
    /// Help for whoever fills it in; may be empty.
    pub hint: String,
    /// Whether documents that say nothing here are pointed out. Nobody is kept from uploading one.
    pub required: bool,
}

/// What an owner says of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnForm {
    /// Its name.
    pub name: String,
    /// The name of its kind; of a column that is there it stays what it is.
    pub kind: String,
    /// What a choice can be.
    pub choices: Vec<String>,
    /// Help; may be empty.
    pub hint: String,
    /// Whether documents that say nothing here are pointed out.
    pub required: bool,
}

/// What a column says of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The column.
    pub column: Id<thing::Column>,
    /// The value: text, `2026-03-27`, `1234.5`, `yes` or `no`, the id of a person. Empty for a person of whom whoever
    /// looks may not know.
    pub value: String,
    /// The same to be read: a person by name, with the organisation.
    pub shown: String,
}

/// The properties of a document.
#[derive(Debug, Clone)]
pub struct Properties {
    /// The head of its library.
    pub head: LibraryHead,
    /// The document.
    pub id: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// Which edition of it this is.
    pub edition: Edition,
    /// The columns of the library.
    pub columns: Vec<Column>,
    /// What they say, where they say something.
    pub values: Vec<Property>,
}

impl Properties {
    /// What this column says.
    pub fn of(&self, column: Id<thing::Column>) -> Option<&Property> {
        self.values.iter().find(|value| value.column == column)
    }
}

/// How a library is seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// Which columns, in this order: the names of [`BUILT_IN`](super::BUILT_IN) and ids. The name of a document is always first.
    pub columns: Vec<String>,
    /// What it is ordered by: the name of a [`Sort`](crate::libraries::Sort), or the id of a column.
    pub sort: String,
    /// The other way round.
    pub descending: bool,
    /// All documents, whatever folder they are in.
    pub flat: bool,
    /// Whose names contain this.
    pub find: String,
    /// In this state.
    pub state: String,
    /// Of which all of this is true.
    pub filters: Vec<Filter>,
}

/// A view of a library that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Which.
    pub id: Id<thing::View>,
    /// Its name.
    pub name: String,
    /// Whether it is everybody's; otherwise it is that of whoever looks.
    pub shared: bool,
    /// Whether it is what everybody sees who asks for no other.
    pub is_default: bool,
    /// How.
    pub shape: Shape,
}

/// A view that is to be saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewForm {
    /// Its name. A view of this name that is there already is saved anew.
    pub name: String,
    /// For everybody, which only owners may; otherwise for oneself.
    pub shared: bool,
    /// What everybody sees who asks for no other; only where it is shared.
    pub is_default: bool,
    /// How.
    pub shape: Shape,
}
