//! The words of this capability that the others and the pages use.

use super::Closing;
use super::columns::{Column, Filter, Property};
use crate::kernel::{Id, Role, Time, thing};
use crate::libraries::publishing::Publishing;
use crate::people::Author;
use crate::sites::SiteHead;

/// How far what a list holds is counted: a total beyond this says "more than". Whoever looks for a document reads a page or
/// two and then asks for less; counting on would take longer than finding the page.
pub const COUNTED: u64 = 1_000;

/// What stands above every page of a library, and what its navigation offers this person.
#[derive(Debug, Clone)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that the page offers or says"
)]
pub struct LibraryHead {
    /// The site that it is in.
    pub site: SiteHead,
    /// The library.
    pub id: Id<thing::Library>,
    /// Its name.
    pub name: String,
    /// What is in it, in its owners' words; may be empty.
    pub purpose: String,
    /// Whether it takes its site's access as well as its own.
    pub inherits: bool,
    /// Whether it requires publishing: then readers see what is published, and versions are drafts until then.
    pub publishing: Option<Publishing>,
    /// This person's role on it; none for those who may only change who can see it.
    pub role: Option<Role>,
    /// Whether they may add and change documents.
    pub can_contribute: bool,
    /// Whether they may change what is said of it, and see its trail.
    pub can_own: bool,
    /// Whether they may change who can see it.
    pub can_govern: bool,
    /// How many people can see it.
    pub people: u64,
    /// How many organisations those people are of.
    pub organisations: u64,
}

/// What a listing is ordered by. Folders always come before documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By name, without regard to capital letters.
    #[default]
    Name,
    /// By when it last changed.
    Changed,
    /// By size. Folders, which have none, are ordered by name.
    Size,
    /// By the name of whoever made the latest version.
    By,
    /// By what kind of content it is.
    Kind,
    /// By how many versions there are.
    Version,
    /// By what this column says. Documents of which it says nothing come last.
    Column(Id<thing::Column>),
}

impl Sort {
    /// Every order that any library has.
    pub const ALL: [Self; 6] = [
        Self::Name,
        Self::Changed,
        Self::Size,
        Self::By,
        Self::Kind,
        Self::Version,
    ];

    /// As a form names it; empty for a column, which [`Sort::written`] names by its id.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Changed => "changed",
            Self::Size => "size",
            Self::By => "by",
            Self::Kind => "kind",
            Self::Version => "version",
            Self::Column(_) => "",
        }
    }

    /// As an address names it.
    pub fn written(self) -> String {
        match self {
            Self::Column(column) => column.to_string(),
            other => other.name().to_owned(),
        }
    }

    /// From its name, or from the id of a column.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.name() == name)
            .or_else(|| name.parse().ok().map(Self::Column))
    }

    /// The column that it is by.
    pub(crate) fn column(self) -> Option<i64> {
        match self {
            Self::Column(column) => Some(column.raw()),
            _ => None,
        }
    }
}

/// Which documents a listing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// All of them.
    #[default]
    Any,
    /// Those that somebody has checked out.
    CheckedOut,
    /// Those that I have checked out.
    Mine,
}

impl State {
    /// Every state, as a form offers them.
    pub const ALL: [Self; 3] = [Self::Any, Self::CheckedOut, Self::Mine];

    /// As a form names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::CheckedOut => "checked-out",
            Self::Mine => "mine",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What is asked of a library: which of its items, in which order, from where.
///
/// Without a filter it is what is directly in the folder. With any (`find`, `state`, `changed_since`, `filters`), or when
/// it is `flat`, it is everything below the folder too, and each line says where it is.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// In this folder; at the top of the library for none.
    pub folder: Option<Id<thing::Folder>>,
    /// Whose names contain this; empty for all.
    pub find: String,
    /// In which order.
    pub sort: Sort,
    /// The other way round. Folders still come first.
    pub descending: bool,
    /// Only documents in this state.
    pub state: State,
    /// Only documents changed at this moment or later.
    pub changed_since: Option<Time>,
    /// Only documents changed before this moment.
    pub changed_until: Option<Time>,
    /// Everything below the folder, without the folders themselves.
    pub flat: bool,
    /// Only documents of which all of this is true.
    pub filters: Vec<Filter>,
    /// With what the library's columns say of each document.
    pub properties: bool,
    /// After the last line of another page: its `next`.
    pub after: Option<String>,
    /// How many lines, up to 200; 50 for 0.
    pub limit: u32,
}

impl Listing {
    /// Whether something is looked for, rather than a folder opened.
    pub fn is_search(&self) -> bool {
        self.flat
            || !self.find.trim().is_empty()
            || self.state != State::Any
            || self.changed_since.is_some()
            || self.changed_until.is_some()
            || !self.filters.is_empty()
    }
}

/// A page of what is in a library.
#[derive(Debug, Clone)]
pub struct LibraryPage {
    /// The head.
    pub head: LibraryHead,
    /// The folder that was opened; none at the top.
    pub folder: Option<FolderHead>,
    /// The columns of the library, where they were asked for.
    pub columns: Vec<Column>,
    /// The lines.
    pub items: Vec<ItemLine>,
    /// What to ask for the lines after these; none at the end.
    pub next: Option<String>,
    /// How many lines there are on all pages, counted up to [`COUNTED`]; one more than that means more.
    pub total: u64,
}

/// A folder and where it is.
#[derive(Debug, Clone)]
pub struct FolderHead {
    /// The folder.
    pub id: Id<thing::Folder>,
    /// Its name.
    pub name: String,
    /// The folders that it is in, from the top of the library.
    pub path: Vec<(Id<thing::Folder>, String)>,
}

/// A folder or document in a list.
#[derive(Debug, Clone)]
pub struct ItemLine {
    /// Which.
    pub id: Id<thing::Item>,
    /// A document; otherwise a folder.
    pub is_document: bool,
    /// Its name.
    pub name: String,
    /// The number of its current version; 0 for a folder.
    pub version: u64,
    /// What its current version is called, where publishing is required, and whether it is a draft.
    pub label: Option<(String, bool)>,
    /// What the next draft will be called, where publishing is required: for those who change the library.
    pub next_label: Option<String>,
    /// The size of its current version, in bytes; 0 for a folder.
    pub size: u64,
    /// What kind of content it is (RFC 6838); empty for a folder.
    pub media_type: String,
    /// When its current version was published; when a folder was made.
    pub changed_at: Time,
    /// Who did that.
    pub changed_by: String,
    /// The organisation they were of; empty for the console.
    pub changed_by_organisation: String,
    /// Who has it checked out.
    pub held: Option<Held>,
    /// Its protective marking.
    pub marking: Option<String>,
    /// It is closed to whoever looks at the list: being read, held or sealed.
    pub sealed: bool,
    /// In which of these ways.
    pub closing: Option<Closing>,
    /// It is closed to everybody but whoever looks, who made what is being read, or held.
    pub mine_alone: Option<Closing>,
    /// For a folder: how many documents are directly in it.
    pub inside: u64,
    /// When something was looked for: the folders it is in ("Returns / 2026"), empty at the top.
    pub where_: Option<String>,
    /// What the library's columns say of it, where that was asked for.
    pub properties: Vec<Property>,
}

impl ItemLine {
    /// The document, when it is one.
    pub fn document(&self) -> Option<Id<thing::Document>> {
        self.is_document.then(|| Id::from_raw(self.id.raw()))
    }

    /// The folder, when it is one.
    pub fn folder(&self) -> Option<Id<thing::Folder>> {
        (!self.is_document).then(|| Id::from_raw(self.id.raw()))
    }
}

/// Who has a document checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The holder.
    pub by: Id<thing::Person>,
    /// Their name.
    pub name: String,
    /// Their organisation.
    pub organisation: String,
    /// When they took it.
    pub since: Time,
    /// When their hold ends unless they renew it.
    pub until: Time,
    /// Whether that is the person who looks.
    pub mine: bool,
}

/// What somebody says of a library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LibraryForm {
    /// Its name.
    pub name: String,
    /// What is in it; may be empty.
    pub purpose: String,
    /// Whether it takes its site's access as well as its own. Only for a new one: afterwards this
    /// is a change of access.
    pub inherits: bool,
}

/// What is to be another about a library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LibraryChange {
    /// Its name.
    pub name: Option<String>,
    /// What is in it.
    pub purpose: Option<String>,
}

impl From<&LibraryForm> for LibraryChange {
    fn from(form: &LibraryForm) -> Self {
        Self {
            name: Some(form.name.clone()),
            purpose: Some(form.purpose.clone()),
        }
    }
}

/// One folder or document by itself.
#[derive(Debug, Clone)]
pub struct ItemPage {
    /// The head.
    pub head: LibraryHead,
    /// Which.
    pub id: Id<thing::Item>,
    /// Its name.
    pub name: String,
    /// A document; otherwise a folder.
    pub is_document: bool,
    /// Which edition of it this is: what a change can be made on the condition of.
    pub edition: super::Edition,
    /// The folders that it is in, from the top of the library.
    pub path: Vec<(Id<thing::Folder>, String)>,
}

/// What stands in the way of moving or deleting something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hindrance {
    /// The same in the words of the refusal.
    pub says: String,
    /// The document that cannot go.
    pub document: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// Who has it checked out ("Daniel Okafor of Harbour Lights") and since when; none when it is sealed.
    pub held: Option<(String, Time)>,
    /// Whether this person may release the check-out.
    pub can_release: bool,
}

/// Where something can be moved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The library.
    pub library: Id<thing::Library>,
    /// The site that it is in.
    pub site: String,
    /// The library's name.
    pub library_name: String,
    /// The folder; none for the top of the library.
    pub folder: Option<Id<thing::Folder>>,
    /// The folder with those that it is in ("Returns / 2026"), empty at the top.
    pub path: String,
}

/// A page of a recycle bin, what was deleted last first.
#[derive(Debug, Clone)]
pub struct BinPage {
    /// The head.
    pub head: LibraryHead,
    /// The lines.
    pub items: Vec<BinLine>,
    /// What to ask for the lines after these; none at the end.
    pub next: Option<String>,
}

/// Something in the recycle bin.
#[derive(Debug, Clone)]
pub struct BinLine {
    /// Which.
    pub id: Id<thing::Item>,
    /// Its name.
    pub name: String,
    /// A document; otherwise a folder.
    pub is_document: bool,
    /// When it was deleted.
    pub binned_at: Time,
    /// Who deleted it, with the organisation they were of then.
    pub binned_by: Author,
    /// The folders that it was in ("Returns / 2026"), empty for the top of the library.
    pub was_in: String,
    /// For a folder: how many documents its deletion took along.
    pub inside: u64,
    /// When it goes for good, as the rules are now; none while it is under legal hold.
    pub goes_at: Option<Time>,
    /// It, or a document in it, is under legal hold, and nobody can let it go.
    pub held: bool,
    /// Until when a retention rule keeps it from going for good; none where none does.
    pub kept_until: Option<Time>,
}
