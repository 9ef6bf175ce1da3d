//! The nouns of the world: plain data, keyed by short names. All times are microseconds since 1970, UTC.

use crate::files::Kind;

/// The key of an organisation, person, team, site or library: lower case and hyphens, unique among its like.
pub type Key = &'static str;

/// One realm and all that happened in it. [`World::events`] puts it in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The moment as of which all this is.
    pub now: i64,
    /// When the realm opened.
    pub opened: i64,
    /// The first one runs the realm.
    pub organisations: Vec<Organisation>,
    /// The first one opened the realm.
    pub people: Vec<Person>,
    /// Named groups across organisations.
    pub teams: Vec<Team>,
    /// Who is or was in which team.
    pub members: Vec<Member>,
    /// The places where people work.
    pub sites: Vec<Site>,
    /// The stores of documents, each in a site.
    pub libraries: Vec<Library>,
    /// Every role that anybody holds or held. Nothing is implied: first owners are here too.
    pub grants: Vec<Grant>,
    /// Folders, parents before children; a folder's key is its index.
    pub folders: Vec<Folder>,
    /// Documents in the order in which they were added; a document's key is its index.
    pub documents: Vec<Document>,
    /// Who opened what, in no order.
    pub reads: Vec<Read>,
}

/// Which part of society a body belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sector {
    /// A department, agency, council, force or prison.
    Public,
    /// A company.
    Private,
    /// A charity or an alliance of charities.
    Voluntary,
}

/// A body with people in the realm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its key.
    pub key: Key,
    /// Its name.
    pub name: &'static str,
    /// Its sector.
    pub sector: Sector,
    /// The umbrella organisation that it is a member of.
    pub umbrella: Option<Key>,
    /// What its mail addresses end in.
    pub domain: &'static str,
    /// When it joined the realm.
    pub at: i64,
    /// Who added it; nobody for the first one.
    pub by: Option<Key>,
}

/// A duty that somebody holds beyond working with documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Office {
    /// Runs the realm.
    Operator,
    /// Decides about what was found in documents.
    Assurance,
    /// Looks after the people of this organisation and, where it is an umbrella, of its members.
    Coordinator(Key),
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The key: the name in ASCII.
    pub key: Key,
    /// The full name.
    pub name: &'static str,
    /// The mail address, at a reserved domain.
    pub email: String,
    /// The role title, as on a door.
    pub title: &'static str,
    /// A telephone number that nobody has.
    pub phone: &'static str,
    /// The employer.
    pub organisation: Key,
    /// The offices held, from the moment the account was made.
    pub offices: Vec<Office>,
    /// Set for the five people as whom a visitor can sign in.
    pub password: Option<&'static str>,
    /// When the account was made.
    pub at: i64,
    /// Who made it; nobody for the first person.
    pub by: Option<Key>,
    /// The first sign-in; none for an account that is still new.
    pub signed_in: Option<i64>,
    /// Since when the account is suspended.
    pub suspended: Option<i64>,
}

/// A named group of people across organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its key.
    pub key: Key,
    /// Its name.
    pub name: &'static str,
    /// What it is for, in one line.
    pub purpose: &'static str,
    /// The address that reaches all of it.
    pub email: &'static str,
    /// When it was formed.
    pub at: i64,
    /// Who formed it.
    pub by: Key,
}

/// Somebody's time in a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The team.
    pub team: Key,
    /// The person.
    pub person: Key,
    /// What the person is in the team.
    pub role: &'static str,
    /// When the person joined.
    pub from: i64,
    /// When the person left.
    pub until: Option<i64>,
}

/// What a site is a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SiteKind {
    /// A standing group.
    Team,
    /// A piece of work with an end.
    Project,
    /// People with the same craft.
    Community,
    /// One body.
    Organisation,
}

/// A place that holds libraries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its key.
    pub key: Key,
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: SiteKind,
    /// What it is for, in one line.
    pub purpose: &'static str,
    /// The organisation that runs it.
    pub organisation: Key,
    /// The content owner, who also opens its libraries.
    pub owner: Key,
    /// When it was opened.
    pub at: i64,
    /// The operator who opened it for its owner.
    pub by: Key,
}

/// A store of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Its key, unique in the whole world.
    pub key: Key,
    /// The site that it is in.
    pub site: Key,
    /// Its name.
    pub name: &'static str,
    /// What it is for, in one line.
    pub purpose: &'static str,
    /// Whether the site's grants count here.
    pub inherits: bool,
    /// When it was opened, by the owner of the site.
    pub at: i64,
    /// Who opened it.
    pub by: Key,
}

/// What a grant lets its subject do; each role includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Reader,
    /// Adds and changes documents.
    Contributor,
    /// Decides on access.
    Owner,
}

/// Where a grant holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// On a site, and so on its libraries that inherit.
    Site(Key),
    /// On one library.
    Library(Key),
}

/// To whom a grant is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One person.
    Person(Key),
    /// Whoever is in the team.
    Team(Key),
    /// Whoever is of the organisation.
    Organisation(Key),
    /// Everyone in the realm.
    Everyone,
}

/// A role given by somebody to somebody at a place, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Where.
    pub place: Place,
    /// To whom.
    pub subject: Subject,
    /// What.
    pub role: Role,
    /// By whom: an owner of the place or of its site, or an operator.
    pub by: Key,
    /// From when.
    pub from: i64,
    /// Until when, decided when it was given.
    pub until: Option<i64>,
    /// Whether this makes the first owner of the place. A product whose "open a site" or "open a library" does that by itself
    /// leaves these out.
    pub first: bool,
}

/// A folder in a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The index of this folder in [`World::folders`].
    pub key: usize,
    /// The library that it is in.
    pub library: Key,
    /// The folder that it is in; none at the top of the library.
    pub parent: Option<usize>,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub at: i64,
    /// Who made it.
    pub by: Key,
}

/// A protective marking of the scheme in use since 2014.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Marking {
    /// OFFICIAL.
    Official,
    /// OFFICIAL-SENSITIVE.
    OfficialSensitive,
}

impl Marking {
    /// The marking as it is written on a page.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Official => "OFFICIAL",
            Self::OfficialSensitive => "OFFICIAL-SENSITIVE",
        }
    }
}

/// One thing with a name, a place and versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The index of this document in [`World::documents`].
    pub key: usize,
    /// The library that it is in.
    pub library: Key,
    /// The folder that it is in; none at the top of the library.
    pub folder: Option<usize>,
    /// Its name, with the ending of its kind; unique in its folder.
    pub name: String,
    /// What kind of file it is.
    pub kind: Kind,
    /// The marking that its pages carry.
    pub marking: Marking,
    /// Which template of `data/content.txt` fills it.
    pub subject: Key,
    /// The case that it is about, as "Case 2041".
    pub case: Option<String>,
    /// Its versions, oldest first, at least one.
    pub versions: Vec<Version>,
    /// What all versions of it grow from: each version is the one before with more in it.
    pub content_seed: u64,
    /// Whether it is one of the few of about three megabytes.
    pub large: bool,
    /// Who had or has it out.
    pub checked_out: Option<CheckOut>,
    /// When and by whom it was put in the recycle bin.
    pub binned: Option<(i64, Key)>,
}

/// The content of a document at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Who made it.
    pub author: Key,
    /// When.
    pub at: i64,
    /// What the author said about it; empty for nothing.
    pub comment: &'static str,
}

/// The right to make the next version, held by one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOut {
    /// The holder.
    pub by: Key,
    /// Since when.
    pub at: i64,
    /// When it ends by itself; it has, where this is before [`World::now`].
    pub until: i64,
    /// Why, in the holder's words.
    pub note: &'static str,
    /// Set where an owner ended it.
    pub release: Option<Release>,
}

/// An owner ended somebody's check-out; the holder's draft was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// When the holder had saved a draft: the content of the version after the last ([`World::content`]).
    pub draft: i64,
    /// Who ended it.
    pub by: Key,
    /// When.
    pub at: i64,
}

/// Somebody opened a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Who.
    pub person: Key,
    /// Which document, by its key.
    pub document: usize,
    /// Which version, from 1: the newest at that time.
    pub version: usize,
    /// When.
    pub at: i64,
}
