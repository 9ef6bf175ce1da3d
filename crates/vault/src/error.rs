//! What can go wrong.

use std::{io, path::PathBuf};

use crate::KeyId;

/// Why the vault did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing is stored under that address.
    #[error("there is no content under that address")]
    NotFound,
    /// The stored bytes are not what was written: a fault of the medium, or tampering.
    #[error("the stored content is damaged: {what}")]
    Damaged {
        /// What does not fit.
        what: &'static str,
    },
    /// The content is longer than the caller allows. Nothing of it was kept.
    #[error("the content is longer than {limit} bytes")]
    TooLarge {
        /// The most that is allowed, in bytes.
        limit: u64,
    },
    /// The key file cannot be used.
    #[error("the key file {}: {why}", path.display())]
    Keys {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it and, where a person can mend it, how.
        why: String,
    },
    /// The content was written under a wrapping key that the key file does not hold.
    #[error("the content was written under key {id}, which is not in the key file")]
    KeyUnknown {
        /// The key that is missing.
        id: KeyId,
    },
    /// The content that was to be deposited could not be read from where it came, for instance
    /// because the sender hung up. Nothing of it was kept.
    #[error("the content could not be read from its source")]
    Source(#[source] io::Error),
    /// The object store did not do what it was asked. What is not acknowledged may be done
    /// nevertheless, as when only the answer was lost.
    #[error("the object store could not {doing}: {why}")]
    Remote {
        /// What it was asked for.
        doing: &'static str,
        /// What it said, or why it could not be asked.
        why: String,
    },
    /// The store could not be read or written.
    #[error("the store cannot be read or written")]
    Io(#[from] io::Error),
}

impl Error {
    pub(crate) const fn damaged(what: &'static str) -> Self {
        Self::Damaged { what }
    }
}
