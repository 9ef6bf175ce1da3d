//! What is said of access, and what is asked for.

use chancery::grants::{self, Subject, SubjectName};
use chancery::kernel::{Id, thing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{self, Doer, Moment, Person};
use crate::sites::Exposure;
use crate::words::{Role, Sector};

/// Somebody who can see a place, and what gives it to them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Holder {
    #[serde(flatten)]
    person: Person,
    /// The sector of their organisation.
    sector: Sector,
    /// The greatest role they have.
    role: Role,
    /// Every grant that gives them a role here, the greatest role first.
    because: Vec<Because>,
    /// When they last opened or downloaded a document here; null for never, and unless you own the place.
    last_opened: Option<Moment>,
}

impl From<grants::Holder> for Holder {
    fn from(holder: grants::Holder) -> Self {
        Self {
            person: holder.line.into(),
            sector: holder.sector.into(),
            role: holder.role.into(),
            because: holder.because.into_iter().map(Because::from).collect(),
            last_opened: holder.last_opened.map(Moment),
        }
    }
}

/// A grant that gives somebody a role.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Because {
    /// The grant.
    #[schema(value_type = schema::Id)]
    grant: String,
    /// The role it gives.
    role: Role,
    /// Through whom they have it.
    through: Kind,
    /// The name of that person, team or organisation; empty for everyone.
    name: String,
    /// Whether the grant is on the site, and the library takes it over.
    inherited: bool,
    /// When it ends.
    until: Option<Moment>,
}

impl From<grants::Because> for Because {
    fn from(because: grants::Because) -> Self {
        let (through, name) = match because.subject {
            SubjectName::Everyone => (Kind::Everyone, String::new()),
            SubjectName::Person(name) => (Kind::Person, name),
            SubjectName::Team(name) => (Kind::Team, name),
            SubjectName::Organisation(name) => (Kind::Organisation, name),
        };
        Self {
            grant: because.grant.to_string(),
            role: because.role.into(),
            through,
            name,
            inherited: because.inherited,
            until: because.until.map(Moment),
        }
    }
}

/// What sort of somebody has access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Everyone,
    Person,
    Team,
    Organisation,
}

/// To whom access is given.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum To {
    /// Everyone in the realm.
    Everyone {},
    /// One person.
    Person {
        /// Who.
        #[schema(value_type = schema::Id)]
        id: Id<thing::Person>,
    },
    /// Everybody in a team, as long as they are.
    Team {
        /// Which.
        #[schema(value_type = schema::Id)]
        id: Id<thing::Team>,
    },
    /// Everybody of an organisation, as long as they are.
    Organisation {
        /// Which.
        #[schema(value_type = schema::Id)]
        id: Id<thing::Organisation>,
    },
}

impl From<Subject> for To {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Everyone => Self::Everyone {},
            Subject::Person(id) => Self::Person { id },
            Subject::Team(id) => Self::Team { id },
            Subject::Organisation(id) => Self::Organisation { id },
        }
    }
}

impl From<To> for Subject {
    fn from(to: To) -> Self {
        match to {
            To::Everyone {} => Self::Everyone,
            To::Person { id } => Self::Person(id),
            To::Team { id } => Self::Team(id),
            To::Organisation { id } => Self::Organisation(id),
        }
    }
}

/// A grant in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Grant {
    /// The grant.
    #[schema(value_type = schema::Id)]
    id: String,
    /// To whom.
    to: To,
    /// Their name.
    name: String,
    /// Who that is.
    #[schema(example = "Team, 14 people from 3 organisations")]
    detail: String,
    /// What it lets them do.
    role: Role,
    /// Who gave it.
    given_by: Doer,
    /// Since when.
    from: Moment,
    /// Until when.
    until: Option<Moment>,
    /// Whether it is on the site, and is changed there.
    inherited: bool,
}

impl From<grants::GrantLine> for Grant {
    fn from(line: grants::GrantLine) -> Self {
        Self {
            id: line.id.to_string(),
            to: line.subject.into(),
            name: line.name,
            detail: line.detail,
            role: line.role.into(),
            given_by: line.given_by.into(),
            from: line.from.into(),
            until: line.until.map(Moment),
            inherited: line.inherited,
        }
    }
}

/// How many can see a place.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccessSummary {
    /// The name of the place.
    name: String,
    /// How many people can see it.
    people: u64,
    /// From how many organisations they are.
    organisations: u64,
    /// How many people own it.
    owners: u64,
    /// How many can change documents and do not own it.
    contributors: u64,
    /// How many can only read.
    readers: u64,
    /// Of a library: whether it takes its site's access as well as its own.
    inherits: Option<bool>,
    /// Of a site: its libraries by name. Whoever may change who can see the site may change who can see
    /// them, even where they cannot read them.
    libraries: Vec<GovernedLibrary>,
    /// Whether you can read it yourself.
    i_can_read: bool,
    /// Whether you own it, and so may know when others last opened something.
    shows_last_opened: bool,
}

/// A library of a site whose access is looked at.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GovernedLibrary {
    /// Which.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// Whether it takes the site's access as well as its own.
    inherits: bool,
}

impl From<grants::AccessSummary> for AccessSummary {
    fn from(summary: grants::AccessSummary) -> Self {
        let library = |line: grants::GovernedLibrary| GovernedLibrary {
            id: line.id.to_string(),
            name: line.name,
            inherits: line.inherits,
        };
        Self {
            people: summary.owners + summary.contributors + summary.readers,
            organisations: summary.organisations,
            owners: summary.owners,
            contributors: summary.contributors,
            readers: summary.readers,
            inherits: summary.place.inherits,
            name: summary.place.name,
            libraries: summary.libraries.into_iter().map(library).collect(),
            i_can_read: summary.i_can_read,
            shows_last_opened: summary.shows_last_opened,
        }
    }
}

/// What a person could do on a place at a moment, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Why {
    /// Who.
    person: Person,
    /// What they could do; null when they could not see it.
    role: Option<Role>,
    /// Every grant that gave it to them, the greatest role first.
    because: Vec<Because>,
    /// When.
    at: Moment,
    /// Whether their account was active then: without one, no grant gives anything.
    account_active: bool,
}

impl From<grants::Answer> for Why {
    fn from(answer: grants::Answer) -> Self {
        Self {
            person: answer.line.into(),
            role: answer.role.map(Role::from),
            because: answer.because.into_iter().map(Because::from).collect(),
            at: answer.at.into(),
            account_active: answer.account,
        }
    }
}

/// Somebody to whom access can be given.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SubjectChoice {
    /// Who.
    to: To,
    /// Their name.
    name: String,
    /// What tells them from others of that name.
    #[schema(example = "Tenancy officer, Tessel Housing Ltd")]
    detail: String,
}

impl From<grants::SubjectChoice> for SubjectChoice {
    fn from(choice: grants::SubjectChoice) -> Self {
        Self {
            to: choice.subject.into(),
            name: choice.name,
            detail: choice.detail,
        }
    }
}

/// One change of who can see a place.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Change {
    /// Let somebody in. What they were given here before, this replaces.
    Give {
        /// To whom.
        to: To,
        /// What they may do.
        role: Role,
        /// The first moment at which they may not any more.
        #[serde(default)]
        until: Option<Moment>,
    },
    /// Take back what a grant gives.
    End {
        /// Which.
        #[schema(value_type = schema::Id)]
        grant: Id<thing::Grant>,
    },
    /// Give another role or another end in place of a grant.
    Alter {
        /// Which.
        #[schema(value_type = schema::Id)]
        grant: Id<thing::Grant>,
        /// What they may do from now on.
        role: Role,
        /// The first moment at which they may not any more; without it, it has no end.
        #[serde(default)]
        until: Option<Moment>,
    },
    /// Stop taking the site's access: only the library's own grants count from now on.
    StopInheriting {
        /// Whether the site's present grants become the library's own, so that nobody loses access.
        keep: bool,
    },
    /// Take the site's access as well as the library's own.
    Inherit {},
}

impl From<Change> for grants::Change {
    fn from(change: Change) -> Self {
        let ends = |until: Option<Moment>| until.map(|until| until.0);
        match change {
            Change::Give { to, role, until } => Self::Give {
                to: to.into(),
                role: role.into(),
                until: ends(until),
            },
            Change::End { grant } => Self::End { grant },
            Change::Alter { grant, role, until } => Self::Alter {
                grant,
                role: role.into(),
                until: ends(until),
            },
            Change::StopInheriting { keep } => Self::StopInheriting { keep },
            Change::Inherit {} => Self::Inherit,
        }
    }
}

/// Changes that are looked at or made together, one after the other.
#[allow(clippy::struct_field_names, reason = "the names are those of the JSON")]
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    /// At most 100.
    #[schema(min_items = 1, max_items = 100)]
    pub(super) changes: Vec<Change>,
    /// Why they are made: kept with the record, and shown to the owners of the place. A preview leaves it aside.
    #[serde(default)]
    pub(super) why: String,
    /// The `fingerprint` of a preview of the same changes: they are made when they still do exactly what it
    /// showed. A preview leaves it aside.
    pub(super) fingerprint: Option<String>,
}

impl Changes {
    pub(super) fn made(&self) -> Vec<grants::Change> {
        self.changes.iter().copied().map(Into::into).collect()
    }
}

/// What a change would do. Nothing was saved.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Preview {
    /// What the changes are, one sentence each.
    #[schema(example = json!(["Give Tessel Housing Ltd (private sector) reader until 30 June 2026"]))]
    sentences: Vec<String>,
    /// Who gains access, by organisation and name.
    gain: Vec<Gains>,
    /// Who loses it.
    lose: Vec<Gains>,
    /// Whose role changes.
    differ: Vec<Differs>,
    /// Who can see the place now.
    before: Exposure,
    /// Who will.
    after: Exposure,
    /// What you should know before you save it, most pressing first.
    warnings: Vec<String>,
    /// Whether it can be saved: somebody owns the place afterwards, and something changes.
    can_save: bool,
    /// What it showed, in short: sent with the change, exactly that is saved, or nothing.
    fingerprint: String,
}

/// Somebody who gains or loses access.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Gains {
    #[serde(flatten)]
    person: Person,
    /// The role they gain or lose.
    role: Role,
}

/// Somebody who can see the place before and after, with another role.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Differs {
    #[serde(flatten)]
    person: Person,
    /// Their role now.
    before: Role,
    /// Their role afterwards.
    after: Role,
}

impl From<grants::Preview> for Preview {
    fn from(preview: grants::Preview) -> Self {
        let gains = |moved: grants::Moved| Gains {
            person: moved.line.into(),
            role: moved.role.into(),
        };
        let differs = |differ: grants::Differ| Differs {
            person: differ.line.into(),
            before: differ.before.into(),
            after: differ.after.into(),
        };
        Self {
            sentences: preview.sentence,
            gain: preview.gain.into_iter().map(gains).collect(),
            lose: preview.lose.into_iter().map(gains).collect(),
            differ: preview.differ.into_iter().map(differs).collect(),
            before: preview.before.into(),
            after: preview.after.into(),
            warnings: preview.warnings,
            can_save: preview.can_save,
            fingerprint: preview.fingerprint,
        }
    }
}
