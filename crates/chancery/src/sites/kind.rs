//! What a site is for.

/// What a site is for. It changes the words on the page, never who can see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SiteKind {
    /// A group of people who work together for good.
    Team,
    /// Something with an end.
    Project,
    /// People who share a practice.
    Community,
    /// One organisation, or an umbrella body and its members.
    Organisation,
}

impl SiteKind {
    /// Every kind, in the order in which a form offers them.
    pub const ALL: [Self; 4] = [
        Self::Team,
        Self::Project,
        Self::Community,
        Self::Organisation,
    ];

    /// As it is stored and as a form names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Project => "project",
            Self::Community => "community",
            Self::Organisation => "organisation",
        }
    }

    /// As a page says it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Team => "Team site",
            Self::Project => "Project site",
            Self::Community => "Community site",
            Self::Organisation => "Organisation site",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
