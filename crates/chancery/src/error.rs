//! The one error type, and the problems of a form.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use crate::kernel::Time;

/// What every verb returns.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong, in words that each face maps once: `web` to a page, the API to a
/// problem detail (RFC 9457), WebDAV to a status.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or this person may not know that it does. The two look alike on purpose.
    #[error("not found")]
    NotFound,
    /// The person can see the thing but may not do this to it. Says why, for the page.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// The form has problems; each names its field and says what would be right.
    #[error("invalid: {0:?}")]
    Invalid(Problems),
    /// Somebody or something else got there first; says what stands in the way.
    #[error("conflict: {0}")]
    Conflict(String),
    /// It is not any more what the person who asks has seen of it.
    #[error("changed meanwhile")]
    Changed,
    /// Somebody else holds the document.
    #[error("checked out by {by} since {since}")]
    CheckedOut {
        /// The holder's name.
        by: String,
        /// When they took it.
        since: Time,
    },
    /// The content is larger than the realm accepts.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// Too many attempts; try again later.
    #[error("too many attempts until {until}")]
    TooMany {
        /// When the next attempt is accepted.
        until: Time,
    },
    /// There is too much under way already; says of what and whose.
    #[error("busy: {0}")]
    Busy(&'static str),
    /// The document is sealed: nobody reads it (or nobody but its author) until somebody has decided.
    #[error("sealed")]
    Sealed,
    /// Somebody else made a version of it just now, which is being read for its protective marking.
    #[error("being read")]
    BeingRead,
    /// Nobody is signed in, and this needs somebody.
    #[error("nobody is signed in")]
    SignedOut,
    /// The fault is ours or the machine's. The source goes to the log with a reference, never to the page.
    #[error("unavailable: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps a fault of the machinery: database, vault, disk.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }

    /// The database found no room on its disk.
    pub(crate) fn no_room(error: impl std::fmt::Display) -> Self {
        Self::unavailable(NoRoom(error.to_string()))
    }

    /// A unique index that objects is a conflict between people, not a fault.
    pub(crate) fn clash() -> Self {
        Self::Conflict("Something with this name is already here".to_owned())
    }

    /// One problem with one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(Problems::one(field, message))
    }
}

/// There is no room left on the disk that the realm is on: the source of an [`Error::Unavailable`]
/// about which something can be said to people. Nothing was kept, and it passes by itself once
/// there is room.
#[derive(Debug, Clone, thiserror::Error)]
#[error("there is no room left on the disk: {0}")]
pub struct NoRoom(String);

impl From<vault::Error> for Error {
    fn from(error: vault::Error) -> Self {
        match error {
            vault::Error::TooLarge { limit } => Self::TooLarge { limit },
            // The sender went away: nothing is wrong here, and nothing was kept.
            vault::Error::Source(_) => Self::invalid(
                "file",
                "The upload was cut off before it was complete. Nothing was kept of it. Try again",
            ),
            vault::Error::Io(error)
                if matches!(
                    error.kind(),
                    ErrorKind::StorageFull | ErrorKind::QuotaExceeded
                ) =>
            {
                Self::unavailable(NoRoom(error.to_string()))
            }
            other => Self::unavailable(other),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            // PostgreSQL's disk_full.
            Some(database) if database.code().as_deref() == Some("53100") => Self::no_room(error),
            Some(database) if database.is_unique_violation() => Self::clash(),
            _ => Self::unavailable(error),
        }
    }
}

/// Field names mapped to messages: one value feeds the error summary and the inline errors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(BTreeMap<String, String>);

impl Problems {
    /// No problems yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A single problem.
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        let mut problems = Self::new();
        problems.add(field, message);
        problems
    }

    /// Adds a problem; the first message of a field is kept.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0
            .entry(field.to_owned())
            .or_insert_with(|| message.into());
    }

    /// Adds a problem; where the field has one already, what is said of it grows.
    pub fn add_too(&mut self, field: &str, message: &str) {
        self.0
            .entry(field.to_owned())
            .and_modify(|said| {
                if !said.split(". ").any(|known| known == message) {
                    said.push_str(". ");
                    said.push_str(message);
                }
            })
            .or_insert_with(|| message.to_owned());
    }

    /// The message for a field, if it has a problem.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// Every field and its message.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(field, text)| (field.as_str(), text.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when there are none, the error otherwise.
    pub fn check(self) -> Result<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self))
        }
    }
}
