//! What can be done about access.

use crate::kernel::{Needs, actions, views};

views! {
    /// Who can see a site and why.
    ViewSiteAccess(Site) needs Needs::Govern;
    /// Who can see a library and why.
    ViewLibraryAccess(Library) needs Needs::Govern;
}

actions! {
    /// Change who can see a site, and its libraries that inherit.
    ChangeSiteAccess(Site) needs Needs::Govern, Access, "Access changed",
        "{change}" => SiteAccessChanged { change: String, why: String, by_owner: bool }
    /// Change who can see a library.
    ChangeLibraryAccess(Library) needs Needs::Govern, Access, "Access changed",
        "{change}" => LibraryAccessChanged { change: String, why: String, by_owner: bool }
}
