//! The words of this capability that the pages use.

use crate::kernel::{Id, Time, thing};
use crate::libraries::publishing::{CanPublish, Unpublished};
use crate::libraries::{Closing, Edition, LibraryHead};
use crate::people::{Author, PersonLine};
use crate::retention::Kept;

/// A document: its facts, who holds it, its versions, and what this person may do.
#[derive(Debug, Clone)]
pub struct DocumentPage {
    /// The library that it is in.
    pub head: LibraryHead,
    /// The document.
    pub id: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// Which edition of it this is: what a change can be made on the condition of.
    pub edition: Edition,
    /// What kind of content it is (RFC 6838), from its name.
    pub media_type: String,
    /// The folders that it is in, from the top of the library.
    pub path: Vec<(Id<thing::Folder>, String)>,
    /// The size of its current version, in bytes.
    pub size: u64,
    /// The number of its current version; for somebody who sees only what is published, of the published one.
    pub version: u64,
    /// What that version is called: "2.1" where publishing is required, and its number elsewhere.
    pub label: String,
    /// What the next draft will be called, where publishing is required: for those who change the document.
    pub next_label: Option<String>,
    /// How it stands towards its readers, where publishing is required: for those who change it.
    pub standing: Option<Shown>,
    /// When its current version was published.
    pub changed_at: Time,
    /// Who published it.
    pub changed_by: Author,
    /// When it was added.
    pub created_at: Time,
    /// Who added it.
    pub created_by: Author,
    /// Its protective marking.
    pub marking: Option<String>,
    /// How it is closed to everybody but this person, who made the version that is read or decided about.
    pub mine_alone: Option<Closing>,
    /// When it is in the recycle bin: since when, and who deleted it.
    pub binned: Option<(Time, Author)>,
    /// Who has it checked out.
    pub held: Option<Holding>,
    /// This person's own unpublished work on it.
    pub draft: Option<DraftLine>,
    /// Its versions, newest first, 20 at a time.
    pub versions: Vec<VersionLine>,
    /// What to ask for the versions before these; none when these are the first.
    pub older: Option<u64>,
    /// How many people have opened or downloaded it: for its owners.
    pub readers: Option<u64>,
    /// Whether it is held, and how long it is kept.
    pub kept: Kept,
    /// What this person may do.
    pub can: Can,
}

/// What a person may do to a document as it is now. Each is what its verb will decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one button of the page"
)]
pub struct Can {
    /// Add a version without checking out, and bring an old version back.
    pub add_version: bool,
    /// Check it out.
    pub check_out: bool,
    /// Check it in.
    pub check_in: bool,
    /// Give up one's check-out, or a draft that was left over.
    pub discard: bool,
    /// Keep one's check-out for longer.
    pub renew: bool,
    /// Take it back from somebody else.
    pub release: bool,
    /// Give it another name, and move it.
    pub rename: bool,
    /// Put it in the recycle bin.
    pub delete: bool,
    /// Bring it back from the recycle bin.
    pub restore: bool,
    /// See who has read it, and its trail.
    pub own: bool,
    /// Publish a draft that was left over when its check-out ended.
    pub publish_draft: bool,
}

/// Who has a document checked out, on its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The holder.
    pub by: PersonLine,
    /// When they took it.
    pub since: Time,
    /// When their hold ends unless they renew it.
    pub until: Time,
    /// What they said they are doing; may be empty.
    pub note: String,
    /// Whether that is the person who looks.
    pub mine: bool,
}

/// One's own unpublished work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftLine {
    /// When it was saved.
    pub saved_at: Time,
    /// Its size, in bytes.
    pub size: u64,
    /// The version that was current when it was saved.
    pub based_on: u64,
    /// Another version was published since.
    pub stale: bool,
}

/// How a document stands towards its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its current version is a draft.
    pub draft: bool,
    /// The version that readers see, and what it is called; none where they do not know of the document.
    pub readers_see: Option<(u64, String)>,
    /// An owner approves what is published.
    pub approval: bool,
    /// The version that waits for an owner.
    pub asked: Option<u64>,
    /// The version for which a request was made last and withdrawn.
    pub withdrawn: Option<u64>,
    /// Why readers see none, where one was published and that was taken back.
    pub unpublished: Option<Unpublished>,
    /// What this person may do about it.
    pub can: CanPublish,
}

/// A version in the list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// Its number, from 1.
    pub number: u64,
    /// What it is called: "2.1" where publishing is required, and its number elsewhere.
    pub label: String,
    /// Whether readers see it, where publishing is required.
    pub shown: Option<bool>,
    /// It was never published, where publishing is required.
    pub draft: bool,
    /// Who published it.
    pub author: Author,
    /// When.
    pub at: Time,
    /// Its size, in bytes.
    pub size: u64,
    /// What kind of content it is (RFC 6838).
    pub media_type: String,
    /// What its author said of it; may be empty.
    pub comment: String,
    /// The version that it brought back.
    pub restored_from: Option<u64>,
}

/// A version that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    /// Its number.
    pub number: u64,
    /// What it is called: its number, or where publishing is required "2.1".
    pub label: String,
    /// Whether readers do not see it until it is published.
    pub draft: bool,
}

impl NewVersion {
    /// In a sentence: "version 3", "draft 2.1".
    pub fn in_words(&self) -> String {
        let kind = if self.draft { "draft" } else { "version" };
        format!("{kind} {}", self.label)
    }
}

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The new document.
    pub id: Id<thing::Document>,
    /// Documents whose current version has the same content and that this person can see, up to
    /// ten: perhaps one of them was meant.
    pub already: Vec<Same>,
}

/// A document with the same content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same {
    /// Which.
    pub id: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// The library that it is in.
    pub library: String,
}

/// Something that I have checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLine {
    /// The document.
    pub id: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// The site that it is in.
    pub site: String,
    /// The library that it is in.
    pub library: String,
    /// Since when I hold it.
    pub since: Time,
    /// When my hold ends unless I renew it.
    pub until: Time,
    /// What I said I am doing; may be empty.
    pub note: String,
    /// Whether I saved a draft.
    pub draft: bool,
}

/// A draft of mine whose check-out has ended: work that waits to be published or discarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftDraft {
    /// The document.
    pub id: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// The site that it is in.
    pub site: String,
    /// The library that it is in.
    pub library: String,
    /// The draft.
    pub draft: DraftLine,
    /// Somebody else has the document checked out: it cannot be published yet.
    pub held: bool,
}

/// What a collection of garbage removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Garbage {
    /// Rows of content that nothing referred to.
    pub contents: u64,
    /// Stored blobs that no row of content names.
    pub blobs: u64,
    /// Bytes that this set free in the vault.
    pub freed: u64,
}
