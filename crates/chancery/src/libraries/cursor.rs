//! Where a page of a list ended, as a face hands it on: opaque, and checked when it comes back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Error, Result};

use super::Sort;

/// The last line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Whether it was a folder; documents come after them.
    pub(super) folder: bool,
    /// What the list is ordered by, for that line.
    pub(super) key: Key,
    /// Its id: what orders lines with equal keys.
    pub(super) id: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Text(String),
    Number(i64),
    /// What a column of the library says of the document: a number and a text, of which one is empty.
    Cell(i64, String),
    /// What it says is the name of a person, of whom whoever looks may not know: it is looked up again.
    Person,
    /// That it says nothing.
    Lacking,
}

/// What a folder or document is ordered by: the field of its row (empty for a column of the library), and whether
/// greatest first. Folders that have no such thing are ordered by name.
pub(super) fn order(folder: bool, sort: Sort, descending: bool) -> (&'static str, bool) {
    match (sort, folder) {
        (Sort::Name, _) => ("name_key", descending),
        (Sort::Changed, _) => ("changed_at", descending),
        (_, true) => ("name_key", false),
        (Sort::Size, false) => ("size", descending),
        (Sort::By, false) => ("author_key", descending),
        (Sort::Kind, false) => ("media_type", descending),
        (Sort::Version, false) => ("version", descending),
        (Sort::Column(_), false) => ("", descending),
    }
}

/// Which order a cursor belongs to: it means nothing in another.
fn order_mark(sort: Sort, descending: bool) -> u8 {
    let sort = match sort {
        Sort::Name => 0,
        Sort::Changed => 1,
        Sort::Size => 2,
        Sort::By => 3,
        Sort::Kind => 4,
        Sort::Version => 5,
        Sort::Column(_) => 6,
    };
    sort * 2 + u8::from(descending)
}

/// The column that a list is ordered by: a cursor of another means nothing.
fn column_of(sort: Sort) -> [u8; 8] {
    sort.column().unwrap_or_default().to_be_bytes()
}

/// PostgreSQL refuses a text with NUL in it.
fn readable(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    (!text.contains('\0')).then_some(text)
}

fn cell(sort: Sort, bytes: &[u8]) -> Option<Key> {
    let (column, rest) = bytes.split_first_chunk::<8>()?;
    if *column != column_of(sort) {
        return None;
    }
    match rest {
        [1] => Some(Key::Lacking),
        [2] => Some(Key::Person),
        [0, rest @ ..] => {
            let (number, text) = rest.split_first_chunk::<8>()?;
            Some(Key::Cell(i64::from_be_bytes(*number), readable(text)?))
        }
        _ => None,
    }
}

impl Cursor {
    pub(super) fn write(&self, sort: Sort, descending: bool) -> String {
        let mut bytes = vec![order_mark(sort, descending), u8::from(self.folder)];
        bytes.extend_from_slice(&self.id.to_be_bytes());
        match &self.key {
            Key::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Key::Number(number) => bytes.extend_from_slice(&number.to_be_bytes()),
            Key::Cell(number, text) => {
                bytes.extend_from_slice(&column_of(sort));
                bytes.push(0);
                bytes.extend_from_slice(&number.to_be_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
            Key::Lacking => {
                bytes.extend_from_slice(&column_of(sort));
                bytes.push(1);
            }
            Key::Person => {
                bytes.extend_from_slice(&column_of(sort));
                bytes.push(2);
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(super) fn read(text: &str, sort: Sort, descending: bool) -> Result<Self> {
        Self::parse(text, sort, descending).ok_or_else(|| {
            Error::invalid(
                "after",
                "This list was ordered otherwise. Begin at its first page",
            )
        })
    }

    /// The key and the id, for a list that is ordered by a number.
    pub(super) fn into_number(self) -> (i64, i64) {
        match self.key {
            Key::Number(number) => (number, self.id),
            _ => (i64::MAX, i64::MAX),
        }
    }

    fn parse(text: &str, sort: Sort, descending: bool) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (&[mark, folder], rest) = bytes.split_first_chunk::<2>()?;
        let (id, key) = rest.split_first_chunk::<8>()?;
        if mark != order_mark(sort, descending) || folder > 1 {
            return None;
        }
        let folder = folder == 1;
        let key = match order(folder, sort, descending).0 {
            "changed_at" | "size" | "version" => {
                Key::Number(i64::from_be_bytes(key.try_into().ok()?))
            }
            "" => cell(sort, key)?,
            _ => Key::Text(readable(key)?),
        };
        Some(Self {
            folder,
            key,
            id: i64::from_be_bytes(*id),
        })
    }
}
