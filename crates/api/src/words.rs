//! The words with which programs choose, as chancery's own: each says both ways.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident of $noun:path { $($variant:ident),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { $($variant),* }

        impl From<$noun> for $name {
            fn from(noun: $noun) -> Self {
                match noun { $(<$noun>::$variant => Self::$variant),* }
            }
        }

        impl From<$name> for $noun {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant),* }
            }
        }
    )*};
}

words! {
    /// What somebody may do on a place: each includes the one before it.
    Role of chancery::kernel::Role { Reader, Contributor, Owner }
    /// What an entry of the trail is about.
    Sort of chancery::kernel::Sort { Read, Document, Place, Access, Marking, People, Account }
    /// What sort of body an organisation is.
    Sector of chancery::people::Sector { Public, Private, Voluntary }
    /// A charge that somebody is appointed to.
    Office of chancery::people::Office { Operator, Coordinator, Assurance }
    /// What an account can be in.
    AccountState of chancery::people::AccountState { Active, Suspended, NeverSignedIn }
    /// What a site is for.
    SiteKind of chancery::sites::SiteKind { Team, Project, Community, Organisation }
    /// What switching rules on would do to a document.
    Effect of chancery::assurance::Effect { Sealed, Held, Alerted, Lifted, Marked, Read }
}

/// Whose things a list is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Which {
    /// Those that are mine.
    #[default]
    Mine,
    /// All of the realm.
    All,
}
