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
mod several;
mod sql;
#[cfg(test)]
mod tests;
mod version;
pub(crate) mod within;

pub use actions::*;
pub use request::{ask_to_publish, requests, send_back, waiting_for_me, withdraw};
pub use rules::Label;
pub(crate) use rules::offers;
pub use setting::{PublishingPage, change_publishing, drafts_shown_by_moving, setting};
pub use several::{
    LeftOut, Outcome, Ready, Several, WhyNot, ask_for_several, publish_several, several,
};
pub(crate) use version::unpublished;
pub use version::{publication, publish, publish_asked, unpublish};

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
    /// What was asked for last, where whoever asked has withdrawn that.
    pub withdrawn: Option<Withdrawn>,
    /// Why readers see none, where one was published and that was taken back.
    pub unpublished: Option<Unpublished>,
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
    /// Take back what one asked for.
    pub withdraw: bool,
}

/// That a document was unpublished, and nothing of it was published since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpublished {
    /// Why, in the words of whoever did it.
    pub reason: String,
    /// When.
    pub at: Time,
    /// Who.
    pub by: Author,
}

/// A request that whoever made it has taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// The version that had been asked for, and what it is called.
    pub version: (u64, Label),
    /// When it was withdrawn.
    pub at: Time,
    /// By whom.
    pub by: Author,
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
