//! What can be done about access.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// Who can see a site and why.
    ViewSiteAccess(Site) needs Needs::Govern;
    /// Who can see a library and why.
    ViewLibraryAccess(Library) needs Needs::Govern;
    /// What moving something from or to a library does to who can see it.
    PreviewMove(Library) needs Needs::Role(Role::Contributor);
}

// `what` is "give", "alter", "end", "stop inheriting" or "inherit"; `to` is "person", "team",
// "organisation", "everyone" or "place"; the entry's subject is the person, team or organisation.
actions! {
    /// Change who can see a site, and its libraries that inherit.
    ChangeSiteAccess(Site) needs Needs::Govern, Access, "Access changed",
        "{change}" => SiteAccessChanged {
            change: String, why: String, by_owner: bool, what: &'static str, to: &'static str, role: &'static str
        }
    /// Change who can see a library.
    ChangeLibraryAccess(Library) needs Needs::Govern, Access, "Access changed",
        "{change}" => LibraryAccessChanged {
            change: String, why: String, by_owner: bool, what: &'static str, to: &'static str, role: &'static str
        }
}
