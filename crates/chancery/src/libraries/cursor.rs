//! Where a page of a list ended, as a face hands it on: opaque, and checked when it comes back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::kernel::Arg;
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
}

impl From<Key> for Arg {
    fn from(key: Key) -> Self {
        match key {
            Key::Text(text) => Self::from(text),
            Key::Number(number) => Self::from(number),
        }
    }
}

/// What a folder or document is ordered by: the column, and whether greatest first.
pub(super) fn order(folder: bool, sort: Sort, descending: bool) -> (&'static str, bool) {
    match (sort, folder) {
        (Sort::Name, _) => ("name_key", descending),
        (Sort::Changed, _) => ("changed_at", descending),
        (Sort::Size, true) => ("name_key", false),
        (Sort::Size, false) => ("size", descending),
    }
}

/// Which order a cursor belongs to: it means nothing in another.
fn order_mark(sort: Sort, descending: bool) -> u8 {
    let sort = match sort {
        Sort::Name => 0,
        Sort::Changed => 1,
        Sort::Size => 2,
    };
    sort * 2 + u8::from(descending)
}

impl Cursor {
    pub(super) fn write(&self, sort: Sort, descending: bool) -> String {
        let mut bytes = vec![order_mark(sort, descending), u8::from(self.folder)];
        bytes.extend_from_slice(&self.id.to_be_bytes());
        match &self.key {
            Key::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Key::Number(number) => bytes.extend_from_slice(&number.to_be_bytes()),
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
            Key::Text(_) => (i64::MAX, i64::MAX),
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
        let key = if order(folder, sort, descending).0 == "name_key" {
            let text = String::from_utf8(key.to_vec()).ok()?;
            // PostgreSQL refuses a text with NUL in it.
            (!text.contains('\0')).then_some(Key::Text(text))?
        } else {
            Key::Number(i64::from_be_bytes(key.try_into().ok()?))
        };
        Some(Self {
            folder,
            key,
            id: i64::from_be_bytes(*id),
        })
    }
}
