//! A line of the trail, and which lines are asked for.

use serde_json::Value;

use crate::kernel::{Id, Sort, Time, thing};
use crate::people::Author;

/// Whose trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A site and the libraries in it that the viewer owns (for activity: can read).
    Site(Id<thing::Site>),
    /// A library.
    Library(Id<thing::Library>),
    /// A document, wherever it was at the time.
    Document(Id<thing::Document>),
}

/// Which lines of a trail.
#[derive(Debug, Clone, Default)]
pub struct TrailFilter {
    /// Only what this person did.
    pub person: Option<Id<thing::Person>>,
    /// Only from this moment on.
    pub from: Option<Time>,
    /// Only before this moment.
    pub until: Option<Time>,
    /// Only what is about this.
    pub sort: Option<Sort>,
    /// Only this action, by its name in the journal.
    pub action: Option<String>,
    /// Only lines older than this one: where the next page begins.
    pub before: Option<Id<thing::Entry>>,
    /// How many lines; 0 for the usual 50, at most 200.
    pub limit: u32,
}

/// One line of a trail.
#[derive(Debug, Clone)]
pub struct TrailLine {
    /// The entry.
    pub id: Id<thing::Entry>,
    /// When it happened.
    pub at: Time,
    /// Who did it, with the organisation they were of at that time.
    pub who: Author,
    /// What they did, after their name: "checked out Agenda.docx".
    pub says: String,
    /// The same in a word or two: "Checked out".
    pub label: &'static str,
    /// What it is about.
    pub sort: Sort,
    /// The document or folder, as it is called now, and whether it is a document. None where the
    /// viewer can no longer open it; `says` has the name it had then.
    pub document: Option<(Id<thing::Item>, String, bool)>,
    /// The library it happened in, where the viewer can open that.
    pub library: Option<(Id<thing::Library>, String)>,
    /// Its place in the sealed journal; none for the moment until it is sealed.
    pub position: Option<u64>,
    /// The action's name in the journal.
    pub action: String,
    /// What the journal keeps of it.
    pub data: Value,
}

/// Some lines of a trail, newest first.
#[derive(Debug, Clone)]
pub struct TrailPage {
    /// The lines.
    pub lines: Vec<TrailLine>,
    /// What to ask for with [`TrailFilter::before`] to see older ones; none at the end.
    pub next: Option<Id<thing::Entry>>,
    /// Who appears in the latest few thousand lines, whatever the filter, by name, with the organisation they are
    /// of now: the choices of the filter.
    pub people: Vec<Author>,
}
