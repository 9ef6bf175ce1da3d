//! The words of this capability that a face uses.

use std::sync::Arc;

use crate::Error;
use crate::kernel::{Id, Role, Time, thing};

/// Where something is, by the names that people see: none for the realm, then the site, the library,
/// the folders, the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address(Vec<String>);

impl Address {
    /// The deepest that is looked at: a site, a library and folders in each other.
    pub const DEEPEST: usize = 34;

    /// From its names.
    pub fn new(names: Vec<String>) -> Self {
        Self(names)
    }

    /// Its names.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Whether the other is it or inside it, by the rule by which names are compared.
    pub fn holds(&self, other: &Self) -> bool {
        let key = |name: &String| crate::people::text::name_key(name);
        self.0.len() <= other.0.len()
            && self
                .0
                .iter()
                .zip(&other.0)
                .all(|(one, other)| key(one) == key(other))
    }
}

/// What there is at an address, for one person at one moment.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The address that was asked for.
    pub address: Address,
    /// Where that is, when it is in a library or one itself.
    pub spot: Option<Spot>,
    /// What is there.
    pub what: What,
}

/// A place in a library where something is, or could be.
#[derive(Debug, Clone)]
pub struct Spot {
    /// The library.
    pub library: Id<thing::Library>,
    /// Its name.
    pub library_name: String,
    /// The folder; `None` at the top of the library.
    pub folder: Option<Id<thing::Folder>>,
    /// The name as it was asked for; empty for the library itself.
    pub name: String,
    /// The person's role on the library.
    pub role: Role,
}

/// What there is.
#[derive(Debug, Clone)]
pub enum What {
    /// The sites.
    Realm,
    /// The libraries of a site of this name.
    Site(String),
    /// What is in a library.
    Library,
    /// A folder.
    Folder(Entry),
    /// A document.
    Document(Entry),
    /// A document that this person has moved out of the way: for them there is nothing at its name until
    /// they put something there.
    Aside(Entry),
    /// What this person put beside the documents.
    Scrap(Entry),
    /// Nothing, in a folder that is there.
    Nothing,
    /// Nothing, and the folder is not there either.
    Nowhere,
}

impl Looked {
    /// What is there, if it has facts of its own.
    pub fn entry(&self) -> Option<&Entry> {
        match &self.what {
            What::Folder(entry) | What::Document(entry) | What::Scrap(entry) => Some(entry),
            _ => None,
        }
    }

    /// Whether it holds other things.
    pub fn is_collection(&self) -> bool {
        matches!(
            self.what,
            What::Realm | What::Site(_) | What::Library | What::Folder(_)
        )
    }

    /// Whether there is nothing, for this person.
    pub fn is_nothing(&self) -> bool {
        matches!(self.what, What::Nothing | What::Nowhere | What::Aside(_))
    }
}

/// A folder, a document or a scrap, as a file program sees it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which.
    pub id: Id<thing::Item>,
    /// Its name.
    pub name: String,
    /// A folder; otherwise it has content.
    pub is_folder: bool,
    /// When it was made.
    pub created_at: Time,
    /// When its content last changed.
    pub changed_at: Time,
    /// How long its content is.
    pub size: u64,
    /// What kind of content it has (RFC 6838).
    pub media_type: String,
    /// A strong entity tag with its quotation marks; empty for a folder.
    pub etag: String,
    /// What is shown is the person's own unpublished work, because they hold the document.
    pub draft: bool,
    /// For a scrap that stands for a document: which.
    pub stands_for: Option<Id<thing::Document>>,
    /// What covers it.
    pub locks: Vec<Arc<LockLine>>,
    /// What programs said of it, where that was asked for.
    pub properties: Vec<Property>,
}

/// A lock (RFC 4918 §6).
#[derive(Debug, Clone)]
pub struct LockLine {
    /// Its token, `urn:uuid:…`; empty for who does not hold it.
    pub token: String,
    /// Others may hold one at the same time.
    pub shared: bool,
    /// It covers everything inside as well.
    pub deep: bool,
    /// What the program said of who holds it: XML that is well formed by itself.
    pub owner: String,
    /// How many seconds it lasts from now.
    pub seconds: u64,
    /// What it was taken on, if that is not where it was asked about: how many folders further up.
    pub above: u64,
    /// Held by whoever asks.
    pub mine: bool,
}

/// A dead property (RFC 4918 §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The namespace of its name.
    pub space: String,
    /// Its name.
    pub name: String,
    /// The whole element, well formed by itself.
    pub xml: String,
}

/// What a request is made on the condition of. It is looked at in the transaction of the change.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// `If-Match`.
    pub matches: Tags,
    /// `If-None-Match`.
    pub matches_not: Tags,
    /// `If` (RFC 4918 §10.4): one of these lists must be true.
    pub lists: Vec<List>,
}

/// Entity tags that a header names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Tags {
    /// The header was not sent.
    #[default]
    Unsaid,
    /// `*`.
    Any,
    /// These, with their quotation marks.
    These(Vec<String>),
}

/// One list of the header `If`: everything in it must be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Of what it speaks; of what the request is for where it does not say.
    pub of: Option<Address>,
    /// What it says.
    pub all: Vec<Said>,
}

/// One thing that a list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The opposite is said.
    pub not: bool,
    /// Of what.
    pub state: State,
}

/// A state of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is covered by the lock of this token.
    Token(String),
    /// It has this entity tag.
    Tag(String),
}

impl Conditions {
    /// Every token that was submitted, wherever it stands (RFC 4918 §6.6).
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        let said = self.lists.iter().flat_map(|list| &list.all);
        said.filter_map(|said| match &said.state {
            State::Token(token) => Some(token.as_str()),
            State::Tag(_) => None,
        })
    }
}

/// A lock that somebody asks for.
#[derive(Debug, Clone, Default)]
pub struct LockForm {
    /// Others may hold one at the same time.
    pub shared: bool,
    /// Everything inside too.
    pub deep: bool,
    /// What the program says of who holds it: XML that is well formed by itself.
    pub owner: String,
    /// For how many seconds; `None` where it does not say.
    pub seconds: Option<u64>,
}

/// A change of a dead property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PropertyChange {
    /// It is this from now on.
    Set(Property),
    /// There is none of this namespace and name.
    Remove(String, String),
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// There was nothing before.
    pub created: bool,
    /// The entity tag that it has now; empty for a folder.
    pub etag: String,
}

/// How much of a folder is moved, copied or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct How {
    /// What is there already makes room.
    pub overwrite: bool,
    /// Everything inside comes along.
    pub deep: bool,
}

/// Why something was not done. Nothing was changed.
#[derive(Debug)]
pub enum Stop {
    /// A lock covers it whose token was not submitted.
    Locked,
    /// Another lock stands in the way of this one.
    LockConflict,
    /// What was made a condition is not so.
    Condition,
    /// The token is of no lock that covers this.
    NoSuchLock,
    /// It is there already.
    Exists,
    /// The folder that it would be in is not there.
    NoFolder,
    /// It is a folder, and this is done to documents.
    IsFolder,
    /// This level of the realm is changed on its pages.
    Fixed,
    /// It would go into itself, or onto itself.
    Itself,
    /// There is more of it than may be; says of what.
    Full(&'static str),
    /// Anything else.
    Other(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// What the verbs of this capability return.
pub type Outcome<T> = std::result::Result<T, Stop>;
