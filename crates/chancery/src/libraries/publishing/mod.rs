//! Drafts and published versions. A library can require publishing: then each new version is a draft, which those who
//! change the library see, and readers see what was published.
//!
//! What readers saw, when, is in intervals (`publications`); what they see now is in the row of the document too, so that
//! a list is one statement. **Invariant:** a reader is shown nothing of a draft on any door. That is part of the one rule
//! of access (a document of which nothing is published is not found), and of every statement that is run for somebody
//! who sees only what is published (`kernel/published.rs`); lists over many libraries say `seen_by_role!`.

mod actions;
mod request;
mod rules;
mod setting;
mod sql;
#[cfg(test)]
mod tests;
mod version;
pub(crate) mod within;

pub use actions::*;
pub use request::{ask_to_publish, requests, send_back, waiting_for_me};
pub use rules::Label;
pub(crate) use rules::offers;
pub use setting::{PublishingPage, change_publishing, drafts_shown_by_moving, setting};
pub use version::{publication, publish, unpublish};

use crate::kernel::{Id, Time, thing};
use crate::people::Author;

/// That a library requires publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Publishing {
    /// An owner approves what contributors want published.
    pub approval: bool,
}

/// How a document stands towards its readers, where publishing is required.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Its name.
    pub name: String,
    /// Whether an owner approves.
    pub approval: bool,
    /// The number of its latest version, and what that is called.
    pub latest: (u64, Label),
    /// The version that readers see, and what that is called; none where they do not know of the document.
    pub shown: Option<(u64, Label)>,
    /// What waits for an owner's approval.
    pub request: Option<Waiting>,
    /// What this person may do.
    pub can: CanPublish,
}

impl Publication {
    /// Whether there is something that readers do not see.
    pub fn has_draft(&self) -> bool {
        self.shown.map(|(number, _)| number) != Some(self.latest.0)
    }
}

/// What a person may do about publishing a document as it is now. Each is what its verb will decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one button of the page"
)]
pub struct CanPublish {
    /// Let readers see the latest version.
    pub publish: bool,
    /// Let readers see none.
    pub unpublish: bool,
    /// Ask an owner to publish the latest version.
    pub ask: bool,
    /// Publish what was asked for, or send it back.
    pub decide: bool,
}

/// A version that somebody asked an owner to publish.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The document.
    pub document: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// The version that was asked for, exactly, and what it is called.
    pub version: (u64, Label),
    /// There is a later version: it is not what was asked for.
    pub moved_on: bool,
    /// What they said; may be empty.
    pub note: String,
    /// When.
    pub asked_at: Time,
    /// Who.
    pub asked_by: Author,
    /// The site and library that it is in, where it is one of many.
    pub place: Option<(String, String)>,
}
