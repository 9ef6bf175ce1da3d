//! What one person knows they did: the model that the realm is compared with.

use std::collections::BTreeMap;

use chancery::kernel::{Id, thing};

use super::chance::Chance;
use super::content::Content;

/// A document as the answers so far say it is.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Which of the two libraries it is in.
    pub library: usize,
    pub folder: Option<Id<thing::Folder>>,
    pub name: String,
    pub versions: Vec<Content>,
    /// Checked out, by the one person who works on it.
    pub held: bool,
    pub draft: Option<Content>,
    pub binned: bool,
}

/// A document that one person alone works on.
pub struct Doc {
    pub id: Id<thing::Document>,
    pub state: State,
    /// How many of its versions were compared, byte for byte.
    pub seen: usize,
    /// Something was done to it since it was last looked at.
    pub touched: bool,
}

/// The last act of a round, whose answer did not come whole.
#[derive(Debug)]
pub enum Pending {
    /// A new document; `must` when its head had come and said that it is there.
    Add { state: State, must: bool },
    /// A document is as before or so.
    Change { doc: usize, after: State },
    /// A folder.
    Folder { library: usize, name: String },
    /// A version of a document that everybody works on.
    Shared { content: Content },
    /// The document that everybody wants to hold is held, or not any more.
    Contest { held: bool },
    /// Somebody was given access, or lost it.
    Grant { who: Id<thing::Person>, given: bool },
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Changes that were acknowledged.
    pub changes: u64,
    /// Downloads that were acknowledged.
    pub reads: u64,
    /// Acts whose answer never came.
    pub unknown: u64,
    /// Of these, what was found done.
    pub done: u64,
    /// Contents that were compared byte for byte after a restart.
    pub compared: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.changes += other.changes;
        self.reads += other.reads;
        self.unknown += other.unknown;
        self.done += other.done;
        self.compared += other.compared;
    }
}

/// One person's memory.
pub struct Desk {
    /// What their documents are called after.
    pub mark: String,
    pub chance: Chance,
    pub docs: Vec<Doc>,
    pub folders: Vec<(usize, Id<thing::Folder>)>,
    pub pending: Option<Pending>,
    /// Downloads by document: acknowledged, and perhaps besides.
    pub reads: BTreeMap<Id<thing::Document>, (u64, u64)>,
    /// What they added to the document that everybody works on.
    pub shared: Vec<Content>,
    /// Whether they hold the document that everybody wants.
    pub contested: bool,
    /// Who has access to the register by them, and the grant where it is known.
    pub given: BTreeMap<Id<thing::Person>, Option<String>>,
    pub tally: Tally,
    named: u32,
}

impl Desk {
    pub fn new(mark: impl Into<String>, chance: Chance) -> Self {
        Self {
            mark: mark.into(),
            chance,
            docs: Vec::new(),
            folders: Vec::new(),
            pending: None,
            reads: BTreeMap::new(),
            shared: Vec::new(),
            contested: false,
            given: BTreeMap::new(),
            tally: Tally::default(),
            named: 0,
        }
    }

    /// A name that nothing else has.
    pub fn name(&mut self, ending: &str) -> String {
        self.named += 1;
        format!("{}-{}{ending}", self.mark, self.named)
    }

    /// One of the folders of a library, or its top.
    pub fn folder(&mut self, library: usize) -> Option<Id<thing::Folder>> {
        let mut places: Vec<_> = self
            .folders
            .iter()
            .filter(|(of, _)| *of == library)
            .map(|(_, folder)| Some(*folder))
            .collect();
        places.push(None);
        *self.chance.one(&places)
    }

    /// A document for which this holds.
    pub fn some(&mut self, wanted: impl Fn(&State) -> bool) -> Option<usize> {
        let fitting: Vec<usize> = (0..self.docs.len())
            .filter(|doc| wanted(&self.docs[*doc].state))
            .collect();
        (!fitting.is_empty()).then(|| *self.chance.one(&fitting))
    }
}
