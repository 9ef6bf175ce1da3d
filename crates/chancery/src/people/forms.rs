//! What is filled in, and what changes of it: a form says everything, a change only what is to be
//! another than it is.

use crate::kernel::{Id, thing::Organisation, thing::Site};

/// What is filled in about a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonForm {
    /// Their name.
    pub name: String,
    /// Their e-mail address: what they sign in with.
    pub email: String,
    /// Their job title; may be empty.
    pub title: String,
    /// Their telephone number; may be empty.
    pub phone: String,
}

/// What is to be another about a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonChange {
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their job title.
    pub title: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
}

impl PersonChange {
    pub(super) fn of(self, now: PersonForm) -> PersonForm {
        PersonForm {
            name: self.name.unwrap_or(now.name),
            email: self.email.unwrap_or(now.email),
            title: self.title.unwrap_or(now.title),
            phone: self.phone.unwrap_or(now.phone),
        }
    }
}

impl From<&PersonForm> for PersonChange {
    fn from(form: &PersonForm) -> Self {
        let form = form.clone();
        Self {
            name: Some(form.name),
            email: Some(form.email),
            title: Some(form.title),
            phone: Some(form.phone),
        }
    }
}

/// What is filled in about an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganisationForm {
    /// Its name.
    pub name: String,
    /// The name of its [`Sector`].
    pub sector: String,
    /// What it does; may be empty.
    pub about: String,
    /// The umbrella body that it is a member of.
    pub umbrella: Option<Id<Organisation>>,
}

/// What is to be another about an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganisationChange {
    /// Its name.
    pub name: Option<String>,
    /// The name of its sector.
    pub sector: Option<String>,
    /// What it does.
    pub about: Option<String>,
    /// The umbrella body that it is a member of, or that it is of none.
    #[allow(clippy::option_option, reason = "left out is not the same as none")]
    pub umbrella: Option<Option<Id<Organisation>>>,
}

impl OrganisationChange {
    pub(super) fn of(self, now: OrganisationForm) -> OrganisationForm {
        OrganisationForm {
            name: self.name.unwrap_or(now.name),
            sector: self.sector.unwrap_or(now.sector),
            about: self.about.unwrap_or(now.about),
            umbrella: self.umbrella.unwrap_or(now.umbrella),
        }
    }
}

impl From<&OrganisationForm> for OrganisationChange {
    fn from(form: &OrganisationForm) -> Self {
        let form = form.clone();
        Self {
            name: Some(form.name),
            sector: Some(form.sector),
            about: Some(form.about),
            umbrella: Some(form.umbrella),
        }
    }
}

/// What is filled in about a team.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamForm {
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub purpose: String,
}

/// What is to be another about a team.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamChange {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
}

impl TeamChange {
    pub(super) fn of(self, now: TeamForm) -> TeamForm {
        TeamForm {
            name: self.name.unwrap_or(now.name),
            purpose: self.purpose.unwrap_or(now.purpose),
        }
    }
}

impl From<&TeamForm> for TeamChange {
    fn from(form: &TeamForm) -> Self {
        let form = form.clone();
        Self {
            name: Some(form.name),
            purpose: Some(form.purpose),
        }
    }
}

/// What somebody says of a token that they make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenForm {
    /// What it is for.
    pub name: String,
    /// What it may do: the name of a [`May`](crate::kernel::May).
    pub may: String,
    /// The one site that it reaches; every one of mine for none.
    pub site: Option<Id<Site>>,
    /// For how many days it works.
    pub days: u32,
}
