//! To whom access is given.

use crate::kernel::{Id, thing};

/// To whom access is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Everyone in the realm.
    Everyone,
    /// One person.
    Person(Id<thing::Person>),
    /// Everybody in a team, as long as they are.
    Team(Id<thing::Team>),
    /// Everybody of an organisation, as long as they are.
    Organisation(Id<thing::Organisation>),
}

impl Subject {
    /// As it is stored: the kind and the id.
    pub(super) const fn stored(self) -> (i64, i64) {
        match self {
            Self::Everyone => (0, 0),
            Self::Person(id) => (1, id.raw()),
            Self::Team(id) => (2, id.raw()),
            Self::Organisation(id) => (3, id.raw()),
        }
    }

    /// From how it is stored.
    pub(super) const fn from_stored(kind: i64, id: i64) -> Self {
        match kind {
            1 => Self::Person(Id::from_raw(id)),
            2 => Self::Team(Id::from_raw(id)),
            3 => Self::Organisation(Id::from_raw(id)),
            _ => Self::Everyone,
        }
    }

    /// The kind in a word, as the journal keeps it and a form names it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Person(_) => "person",
            Self::Team(_) => "team",
            Self::Organisation(_) => "organisation",
        }
    }

    /// From the kind in a word and the id as people see it (empty for everyone), as
    /// [`Subject::kind`] and [`Subject::id`] give them to a form.
    pub fn from_form(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "everyone" => Some(Self::Everyone),
            "person" => id.parse().ok().map(Self::Person),
            "team" => id.parse().ok().map(Self::Team),
            "organisation" => id.parse().ok().map(Self::Organisation),
            _ => None,
        }
    }

    /// The id as people see it; empty for everyone.
    pub fn id(self) -> String {
        match self {
            Self::Everyone => String::new(),
            Self::Person(id) => id.to_string(),
            Self::Team(id) => id.to_string(),
            Self::Organisation(id) => id.to_string(),
        }
    }
}

/// Through whom somebody has access.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SubjectName {
    /// As everyone in the realm has.
    Everyone,
    /// By their own name.
    Person(String),
    /// In a team of this name.
    Team(String),
    /// In an organisation of this name.
    Organisation(String),
}

impl SubjectName {
    pub(super) fn of(kind: i64, name: String) -> Self {
        match kind {
            1 => Self::Person(name),
            2 => Self::Team(name),
            3 => Self::Organisation(name),
            _ => Self::Everyone,
        }
    }

    /// The reason, after "because": "in the team Resettlement casework".
    pub fn says(&self) -> String {
        match self {
            Self::Everyone => "everyone in the realm".to_owned(),
            Self::Person(_) => "given by name".to_owned(),
            Self::Team(team) => format!("in the team {team}"),
            Self::Organisation(organisation) => format!("everyone in {organisation}"),
        }
    }
}

impl std::fmt::Display for SubjectName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.says())
    }
}
