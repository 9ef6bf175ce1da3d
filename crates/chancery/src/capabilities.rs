//! The one list of capabilities: what each can do and how its entries are spoken. The wording of
//! the trail, its filters and the access matrix are derived from it.

use crate::kernel::{Action as _, Spoken};
use crate::{
    assurance, documents, files, grants, keeping, libraries, origins, people, retention, sites,
    trail,
};

/// One capability, as the rest of the product sees it.
#[derive(Debug, Clone, Copy)]
pub struct Capability {
    /// Its name, as its folders are called.
    pub name: &'static str,
    /// Its journalled actions.
    pub actions: &'static [Spoken],
}

/// Every capability.
pub const CAPABILITIES: &[Capability] = &[
    Capability {
        name: "people",
        actions: people::ACTIONS,
    },
    Capability {
        name: "sites",
        actions: sites::ACTIONS,
    },
    Capability {
        name: "libraries",
        actions: libraries::ACTIONS,
    },
    Capability {
        name: "grants",
        actions: grants::ACTIONS,
    },
    Capability {
        name: "documents",
        actions: documents::ACTIONS,
    },
    Capability {
        name: "origins",
        actions: origins::ACTIONS,
    },
    Capability {
        name: "publishing",
        actions: libraries::publishing::ACTIONS,
    },
    Capability {
        name: "retention",
        actions: retention::ACTIONS,
    },
    Capability {
        name: "assurance",
        actions: assurance::ACTIONS,
    },
    Capability {
        name: "says",
        actions: assurance::says::ACTIONS,
    },
    Capability {
        name: "files",
        actions: files::ACTIONS,
    },
    Capability {
        name: "trail",
        actions: trail::ACTIONS,
    },
    Capability {
        name: "keeping",
        actions: keeping::ACTIONS,
    },
];

/// Whether this action is one that the realm does by itself, with nobody at the console.
pub(crate) fn is_by_itself(action: &str) -> bool {
    [
        assurance::RecordScan::NAME,
        assurance::SealDocument::NAME,
        assurance::LiftSeal::NAME,
        assurance::RaiseAlert::NAME,
    ]
    .contains(&action)
}

/// How the entries of this action are spoken.
pub fn spoken(action: &str) -> Option<&'static Spoken> {
    CAPABILITIES
        .iter()
        .flat_map(|capability| capability.actions)
        .find(|spoken| spoken.action == action)
}
