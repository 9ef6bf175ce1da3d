//! What can be done, to what, by whom, and what the journal keeps of it: each said once.

use serde::Serialize;
use serde_json::Value;

use super::Needs;

/// The kinds of thing that an action can be done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The realm as a whole.
    Realm,
    /// An organisation.
    Organisation,
    /// A person.
    Person,
    /// A team.
    Team,
    /// A site.
    Site,
    /// A library.
    Library,
    /// A folder or a document.
    Item,
}

/// A kind of thing, as a type: what an [`Id`](super::Id) names and an [`Action`] is done to.
pub trait Target: Send + Sync + 'static {
    /// The same, as a value.
    const KIND: Kind;
}

/// The things themselves. They are names only; what is known of each is in its capability.
pub mod thing {
    use super::{Kind, Target};

    macro_rules! targets {
        ($($(#[$meta:meta])* $name:ident = $kind:ident;)*) => {$(
            $(#[$meta])*
            #[derive(Debug)]
            pub enum $name {}
            impl Target for $name { const KIND: Kind = Kind::$kind; }
        )*};
    }

    targets! {
        /// The one installation; its id is always [`super::super::Id::REALM`].
        Realm = Realm;
        /// A body with people in the realm.
        Organisation = Organisation;
        /// Somebody with an account.
        Person = Person;
        /// A named group of people across organisations.
        Team = Team;
        /// A place for a team, a project, an organisation or a community.
        Site = Site;
        /// A store of documents and folders; the unit of access.
        Library = Library;
        /// A folder or a document, where it does not matter which.
        Item = Item;
        /// A folder in a library.
        Folder = Item;
        /// A document: a name, one place, numbered versions.
        Document = Item;
    }

    macro_rules! names {
        ($($(#[$meta:meta])* $name:ident;)*) => {$(
            $(#[$meta])*
            #[derive(Debug)]
            pub enum $name {}
        )*};
    }

    names! {
        /// An interval of somebody's role on a site or library.
        Grant;
        /// The content of a document at one moment.
        Version;
        /// One person's exclusive right to make the next version.
        CheckOut;
        /// Content that only its author can see until it is checked in.
        Draft;
        /// Somebody signed in on a device.
        Session;
        /// What a program acts with for the person who made it.
        Token;
        /// What forbids to delete a document, or anything in a library.
        LegalHold;
        /// Something that a library asks of its documents.
        Column;
        /// How somebody likes to see a library.
        View;
        /// How long things of a library are kept.
        RetentionRule;
        /// By which rules a realm judges what is read.
        Rulebook;
        /// What was found in a version when it was read.
        Scan;
        /// What an assurance officer must decide on.
        Alert;
        /// That somebody asks for a document to carry another marking.
        MarkingRequest;
        /// That content was destroyed.
        Certificate;
        /// Something a person is told.
        Notice;
        /// A message to a person by e-mail.
        Mail;
        /// A line of the journal.
        Entry;
        /// A row that has no name of its own elsewhere.
        Interval;
        /// Stored bytes that versions and drafts refer to.
        Content;
        /// Content on its way in that is not whole yet.
        Upload;
    }
}

impl super::Id<thing::Realm> {
    /// There is one realm.
    pub const REALM: Self = Self::from_raw(0);
}

impl super::Id<thing::Document> {
    /// The document as an item of its library.
    pub const fn item(self) -> super::Id<thing::Item> {
        super::Id::from_raw(self.raw())
    }
}

impl super::Id<thing::Folder> {
    /// The folder as an item of its library.
    pub const fn item(self) -> super::Id<thing::Item> {
        super::Id::from_raw(self.raw())
    }
}

/// Something that a person can do. It says what it is done to, what it needs, and what the
/// journal keeps of it. The type is the proof's brand: `Write<CheckIn>` lets nobody rename.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an action",
    note = "declare it with `actions!` (journalled) or `views!` in its capability"
)]
pub trait Action: Send + Sync + 'static {
    /// What it is done to.
    type Target: Target;
    /// What the journal keeps.
    type Event: Event;
    /// Its name in the journal.
    const NAME: &'static str;
    /// What it needs.
    const NEEDS: Needs;
    /// Where its entries are shown.
    const SORT: Sort;
    /// Whether it can be done to something in the recycle bin.
    const IN_BIN: bool = false;
}

/// What the journal keeps of an action: its fields become the entry's data.
pub trait Event: Serialize + Send + Sync {}
impl<T: Serialize + Send + Sync> Event for T {}

/// The event of a view that leaves no entry: it has no value, so it cannot be recorded by mistake.
#[derive(Debug, Clone, Copy, Serialize)]
pub enum Unrecorded {}

/// What an entry is about, which decides who is shown it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// Somebody opened or downloaded content: owners see it, members do not.
    Read,
    /// A document or folder changed: everybody who can see it.
    Document,
    /// A site or library changed: its members.
    Place,
    /// Access changed: owners.
    Access,
    /// A document was read for its marking, sealed, decided about: owners and assurance officers.
    Marking,
    /// People, organisations and teams changed: operators and coordinators.
    People,
    /// Somebody's own account: signing in, passwords, devices.
    Account,
}

impl Sort {
    /// Every sort, in the order in which a filter offers them.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::Document,
        Self::Place,
        Self::Access,
        Self::Marking,
        Self::People,
        Self::Account,
    ];

    /// As it is stored and as a filter names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Document => "document",
            Self::Place => "place",
            Self::Access => "access",
            Self::Marking => "marking",
            Self::People => "people",
            Self::Account => "account",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.name() == name)
    }
}

/// How the entries of one action are spoken on a page.
#[derive(Debug, Clone, Copy)]
pub struct Spoken {
    /// The action's name in the journal.
    pub action: &'static str,
    /// Where its entries are shown.
    pub sort: Sort,
    /// A short label, for filters and exports: "Check-out".
    pub label: &'static str,
    /// The sentence after the person's name, with the event's fields in braces: `{label|version}` is the first of
    /// them that says something, and `{did|'lifted'}` the word itself where none does, as in entries from before there was
    /// such a field.
    pub says: &'static str,
}

impl Spoken {
    /// The sentence for this entry's data: "checked out Agenda.docx".
    pub fn speak(&self, data: &Value) -> String {
        let mut sentence = String::with_capacity(self.says.len() + 32);
        let mut rest = self.says;
        while let Some((before, after)) = rest.split_once('{') {
            sentence.push_str(before);
            let Some((field, tail)) = after.split_once('}') else {
                break;
            };
            let (fields, word) = match field.split_once("|'") {
                Some((fields, word)) => (fields, word.strip_suffix('\'')),
                None => (field, None),
            };
            let said = fields
                .split('|')
                .filter_map(|name| data.get(name))
                .find(|value| !value.is_null() && value.as_str() != Some(""));
            match (said, word) {
                (Some(said), _) => push(&mut sentence, said),
                (None, Some(word)) => sentence.push_str(word),
                // What is empty is said as it is, unless something else could be said.
                (None, None) => push(&mut sentence, data.get(field).unwrap_or(&Value::Null)),
            }
            rest = tail;
        }
        sentence.push_str(rest);
        sentence
    }
}

fn push(sentence: &mut String, said: &Value) {
    match said {
        Value::String(text) => sentence.push_str(text),
        Value::Null => sentence.push('…'),
        other => sentence.push_str(&other.to_string()),
    }
}

/// Declares journalled actions with their events, and the capability's list of them.
///
/// ```text
/// /// Take a document to work on it.
/// CheckOut(Document) needs Needs::Role(Role::Contributor), Document, "Check-out",
///     "checked out {document}" => CheckedOut { document: String, note: String }
/// ```
macro_rules! actions {
    ($(
        $(#[$meta:meta])*
        $name:ident($target:ident) needs $needs:expr, $sort:ident, $label:literal, $says:literal
            $(, in_bin $in_bin:literal)? => $event:ident { $($(#[$said:meta])* $field:ident: $kind:ty),* $(,)? }
    )*) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            #[doc = concat!("What the journal keeps of [`", stringify!($name), "`].")]
            #[derive(Debug, Clone, serde::Serialize)]
            #[allow(missing_docs, reason = "the names are those of the sentence in the journal")]
            pub struct $event { $($(#[$said])* pub $field: $kind),* }

            impl $crate::kernel::Action for $name {
                type Target = $crate::kernel::thing::$target;
                type Event = $event;
                const NAME: &'static str = stringify!($name);
                const NEEDS: $crate::kernel::Needs = $needs;
                const SORT: $crate::kernel::Sort = $crate::kernel::Sort::$sort;
                $(const IN_BIN: bool = $in_bin;)?
            }
        )*

        /// Every journalled action of this capability, and how its entries are spoken.
        pub const ACTIONS: &[$crate::kernel::Spoken] = &[
            $($crate::kernel::Spoken {
                action: stringify!($name),
                sort: $crate::kernel::Sort::$sort,
                label: $label,
                says: $says,
            }),*
        ];
    };
}
pub(crate) use actions;

/// Declares views: reads that need a proof and leave no entry in the journal.
macro_rules! views {
    ($(
        $(#[$meta:meta])*
        $name:ident($target:ident) needs $needs:expr $(, in_bin $in_bin:literal)?;
    )*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl $crate::kernel::Action for $name {
            type Target = $crate::kernel::thing::$target;
            type Event = $crate::kernel::Unrecorded;
            const NAME: &'static str = stringify!($name);
            const NEEDS: $crate::kernel::Needs = $needs;
            const SORT: $crate::kernel::Sort = $crate::kernel::Sort::Read;
            $(const IN_BIN: bool = $in_bin;)?
        }
    )*};
}
pub(crate) use views;
