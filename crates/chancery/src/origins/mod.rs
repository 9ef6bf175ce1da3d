//! One version of the truth: where a document comes from, and where it is used.
//!
//! What is said of two documents is shown with either only to those who can see both: a copy says nothing of an origin that
//! its reader cannot see, nor the other way round. What else can use a document (pages, meetings, links in other documents)
//! comes to [`Use`] with a branch of the one statement in `sql`.

mod actions;
mod sql;
#[cfg(test)]
mod tests;

pub use actions::*;

use crate::documents::Same;
use crate::kernel::{Action, Id, Queries as _, Scope, Write, args, thing};
use crate::people::Author;
use crate::people::text::clean_line;
use crate::{Error, Result};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// A document that another has to do with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Which.
    pub id: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// The library that it is in.
    pub library: String,
    /// The number of the version that this person sees of it.
    pub version: u64,
    /// What that version is called: its number, or where publishing is required its label.
    pub label: String,
}

/// Where a document is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// Another document began as a copy of this version of it.
    Copied {
        /// The copy.
        copy: Other,
        /// The version that it is a copy of; 0 for a draft that this person does not see.
        version: u64,
        /// What that version is called.
        label: String,
    },
    /// Another document with the same content was kept beside it.
    KeptApart {
        /// The other.
        other: Other,
        /// Why.
        reason: String,
        /// Who kept both.
        by: Author,
    },
}

/// Where a document comes from, and where it is used, as far as one person can see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// What it began as a copy of, and of which version; 0 for a draft that this person does not see.
    pub copied_from: Option<(Other, u64)>,
    /// What that version is called.
    pub copied_label: String,
    /// Where it is used, the newest first; at most 100.
    pub used: Vec<Use>,
}

/// Where this document comes from and where it is used, of what this person can see; nothing for one that they cannot
/// see. One query.
pub async fn origins(scope: &mut Scope, document: Id<thing::Document>) -> Result<Origins> {
    let rows: Vec<sql::OriginRow> = scope.all(sql::ORIGINS, args![document]).await?;
    let mut origins = Origins::default();
    for row in rows {
        let other = Other {
            id: row.id,
            name: row.name,
            library: row.library,
            version: row.version,
            label: row.label,
        };
        match row.kind {
            1 => {
                origins.copied_from = Some((other, row.of_version));
                origins.copied_label = row.of_label;
            }
            2 => origins.used.push(Use::Copied {
                copy: other,
                version: row.of_version,
                label: row.of_label,
            }),
            _ => origins.used.push(Use::KeptApart {
                other,
                reason: row.reason,
                by: row.by,
            }),
        }
    }
    Ok(origins)
}

/// The reason of whoever keeps two documents with one content. Problems are on `reason`.
pub(crate) fn reason(text: &str) -> Result<String> {
    let reason =
        clean_line(text, LONGEST_REASON).map_err(|unfit| Error::invalid("reason", unfit))?;
    if reason.is_empty() {
        return Err(Error::invalid(
            "reason",
            "Say why both are kept, in a few words",
        ));
    }
    Ok(reason)
}

/// Keeps with a document that is being added why it is there besides these. The entry names none of them: not everybody who
/// sees the one sees the others.
pub(crate) fn keep_apart<A: Action>(
    w: &mut Write<A>,
    document: Id<thing::Document>,
    name: &str,
    others: &[Same],
    reason: &str,
) -> Result<()> {
    let (by, at) = (w.by(), w.at());
    for other in others {
        let id: Id<thing::Interval> = w.new_id();
        w.with_commit(
            sql::KEEP_APART,
            args![id, document, other.id, reason, by, at],
        );
    }
    let mut place = w.standing().place;
    place.item = Some(document.item());
    w.also_of::<KeepApart>(
        place,
        &KeptApart {
            document: name.to_owned(),
            reason: reason.to_owned(),
        },
    )
}
