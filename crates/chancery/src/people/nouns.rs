//! The words of this capability that the others and the pages use.

use super::PersonLine;
use crate::kernel::{
    Id, Time, thing, thing::Interval, thing::Organisation, thing::Person, thing::Session,
    thing::Site, thing::Team,
};

/// What sort of body an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sector {
    /// A department, an agency, a council.
    Public,
    /// A company.
    Private,
    /// A charity, a community group, a social enterprise.
    Voluntary,
}

impl Sector {
    /// Every sector, in the order in which a form offers them.
    pub const ALL: [Self; 3] = [Self::Public, Self::Private, Self::Voluntary];

    /// As it is stored and as a form names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Voluntary => "voluntary",
        }
    }

    /// In words: "Voluntary sector".
    pub const fn label(self) -> &'static str {
        match self {
            Self::Public => "Public sector",
            Self::Private => "Private sector",
            Self::Voluntary => "Voluntary sector",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sector| sector.name() == name)
    }
}

impl crate::kernel::Column for Sector {
    fn read(row: &crate::kernel::Row, name: &str) -> crate::Result<Self> {
        Self::from_name(&row.get::<String>(name)?)
            .ok_or_else(|| crate::Error::unavailable("not a sector"))
    }
}

/// A charge that somebody is appointed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Office {
    /// Runs the realm.
    Operator,
    /// Looks after the people of an organisation and of the members of an umbrella body.
    Coordinator,
    /// Decides about what was found in documents, and signs off what is to be assured.
    Assurance,
}

impl Office {
    /// Every office.
    pub const ALL: [Self; 3] = [Self::Operator, Self::Coordinator, Self::Assurance];

    /// As it is stored and as a form names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Coordinator => "coordinator",
            Self::Assurance => "assurance",
        }
    }

    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Operator => "Operator",
            Self::Coordinator => "Coordinator",
            Self::Assurance => "Assurance officer",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|office| office.name() == name)
    }
}

/// Some lines of a longer list, and where the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The lines.
    pub items: Vec<T>,
    /// What to ask for the lines after these; `None` at the end.
    pub next: Option<(String, i64)>,
}

/// A person's place in a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamDuty {
    /// The team.
    pub id: Id<Team>,
    /// Its name.
    pub name: String,
    /// What they do in it: "Chair".
    pub duty: String,
}

/// What one person may know of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonPage {
    /// Who.
    pub line: PersonLine,
    /// Their e-mail address.
    pub email: String,
    /// Their telephone number; may be empty.
    pub phone: String,
    /// The sector of their organisation.
    pub sector: Sector,
    /// The teams they are in that the viewer may know of.
    pub teams: Vec<TeamDuty>,
    /// Whether their account can be used now; otherwise only those who look after them come here.
    pub active: bool,
    /// Whether the viewer looks after this person's organisation.
    pub can_coordinate: bool,
    /// Whether this is the viewer.
    pub me: bool,
}

/// An organisation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationLine {
    /// The organisation.
    pub id: Id<Organisation>,
    /// Its name.
    pub name: String,
    /// Its sector.
    pub sector: Sector,
    /// The umbrella body that it is a member of.
    pub umbrella: Option<String>,
    /// How many active accounts it has: only for those who look after it.
    pub people: Option<u64>,
}

/// An organisation, as everybody in the realm may know it, with the people that the viewer may know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationPage {
    /// The organisation.
    pub id: Id<Organisation>,
    /// Its name.
    pub name: String,
    /// Its sector.
    pub sector: Sector,
    /// What it does, in a few lines; may be empty.
    pub about: String,
    /// The umbrella body that it is a member of.
    pub umbrella: Option<(Id<Organisation>, String)>,
    /// Its member organisations, when it is an umbrella body.
    pub members: Vec<(Id<Organisation>, String)>,
    /// The first of its people by name, when the viewer may know of them.
    pub people: Vec<PersonLine>,
    /// Whether there are more people than these: the directory finds them by the organisation's name.
    pub more_people: bool,
    /// Whether the viewer looks after it.
    pub can_coordinate: bool,
    /// Whether the viewer may change it.
    pub can_edit: bool,
}

/// What an account can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// It can be used, and has been.
    Active,
    /// It cannot be used: it was suspended, or its last day has passed.
    Suspended,
    /// It can be used, and nobody has signed in with it yet.
    NeverSignedIn,
}

impl AccountState {
    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Suspended => "Suspended",
            Self::NeverSignedIn => "Has not signed in yet",
        }
    }
}

/// An account in the list of those who look after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// Whose.
    pub line: PersonLine,
    /// What they sign in with.
    pub email: String,
    /// Whether it can be used.
    pub state: AccountState,
    /// When it ends, where that is set; for a suspended account, since when it cannot be used.
    pub until: Option<Time>,
    /// Their offices, in words: "Operator", "Coordinator of Harbour Lights".
    pub offices: Vec<String>,
    /// When they last used it.
    pub last_seen: Option<Time>,
}

/// An organisation and its accounts, for those who look after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coordination {
    /// The organisation.
    pub organisation: OrganisationLine,
    /// Its accounts by name, 100 at a time.
    pub people: Vec<AccountLine>,
    /// What to ask [`coordination_after`](super::coordination_after) for the accounts after these.
    pub next: Option<(String, i64)>,
}

/// Everything about one account, for those who look after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPage {
    /// Whose.
    pub line: PersonLine,
    /// What they sign in with.
    pub email: String,
    /// Their telephone number; may be empty.
    pub phone: String,
    /// Whether it can be used.
    pub state: AccountState,
    /// When it ends, where that is set; for a suspended account, since when it cannot be used.
    pub until: Option<Time>,
    /// Their offices, in words, each with what [`dismiss`](super::dismiss) asks for.
    pub offices: Vec<(Id<Interval>, String)>,
    /// When they last used it.
    pub last_seen: Option<Time>,
    /// Whether the viewer may change it. A coordinator may not change the account of an operator,
    /// or of somebody who looks after more than they do.
    pub can_change: bool,
    /// Whether the viewer may suspend it: `can_change`, and it is not their own.
    pub can_suspend: bool,
    /// Whether the viewer may move the person and appoint them.
    pub can_operate: bool,
}

/// A team in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamLine {
    /// The team.
    pub id: Id<Team>,
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub purpose: String,
    /// How many people with an active account are in it.
    pub people: u64,
}

/// A team and who is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamPage {
    /// The team.
    pub id: Id<Team>,
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub purpose: String,
    /// Who is in it, by name.
    pub members: Vec<Member>,
    /// Whether the viewer may change it.
    pub can_edit: bool,
}

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub line: PersonLine,
    /// What they do in it; may be empty.
    pub duty: String,
    /// Their e-mail address.
    pub email: String,
    /// Their telephone number; may be empty.
    pub phone: String,
}

/// A device on which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_field_names, reason = "a device has a name of its own")]
pub struct Device {
    /// The session.
    pub id: Id<Session>,
    /// What it is, in words: "Chromium on Linux".
    pub device: String,
    /// The network address they signed in from.
    pub address: String,
    /// When they signed in.
    pub created_at: Time,
    /// When it was last used, to within five minutes.
    pub seen_at: Time,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// Whom a one-time link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkFor {
    /// Their name.
    pub person: String,
    /// What they will sign in with.
    pub email: String,
}

/// Where an attempt to sign in comes from.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// The network address.
    pub address: &'a str,
    /// What the browser calls itself (User-Agent).
    pub device: &'a str,
}

/// A token that was just made.
#[derive(Debug)]
pub struct MadeToken {
    /// Which.
    pub id: Id<thing::Token>,
    /// The secret that the program shows: told once, and never again.
    pub secret: super::Token,
    /// When it ends by itself.
    pub until: Time,
}

/// A token in the list of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenLine {
    /// Which.
    pub id: Id<thing::Token>,
    /// What it is for, in its maker's words.
    pub name: String,
    /// What it may do.
    pub may: crate::kernel::May,
    /// Where.
    pub site: TokenSite,
    /// When it was made.
    pub created_at: Time,
    /// When it was last used, to within a minute.
    pub seen_at: Option<Time>,
    /// When it ends by itself.
    pub until: Time,
}

/// Where a token reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSite {
    /// Wherever its person does.
    Every,
    /// This site only.
    One(Id<Site>, String),
    /// A site that its person no longer sees: nothing.
    Unseen,
}

/// A session that was just opened.
#[derive(Debug)]
pub struct SignedInSession {
    /// The secret that the browser keeps.
    pub token: super::Token,
    /// Who signed in.
    pub person: Id<Person>,
    /// When the session ends at the latest.
    pub until: Time,
}

/// Somebody whose session was just proved, with what every page shows of them.
#[derive(Clone)]
pub struct Arrived {
    /// Them.
    pub actor: crate::kernel::Actor,
    /// Their name.
    pub name: String,
    /// The name of their organisation.
    pub organisation: String,
    /// Their organisation.
    pub organisation_id: Id<Organisation>,
    /// Whether they run the realm.
    pub operator: bool,
    /// Whether they look after some organisation.
    pub coordinator: bool,
    /// How many alerts wait for a decision; none for whoever is no assurance officer.
    pub alerts: Option<u64>,
    /// How many notices they have not read.
    pub unread: u64,
    /// Whether they may open a site.
    pub can_open_sites: bool,
}
