//! What can be done about sites.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// A site's overview, for anybody with a role on it or on a library in it.
    ViewSite(Site) needs Needs::Glimpse;
    /// Who is in a site.
    ViewMembers(Site) needs Needs::Role(Role::Reader);
    /// Whether this person may open a site, and the choices for doing it.
    ViewNewSite(Realm) needs Needs::OpenSites;
}

actions! {
    /// Open a site; whoever opens it owns it.
    CreateSite(Realm) needs Needs::OpenSites, Place, "New site",
        "opened the site {site}" => SiteCreated { site: String, kind: String }
    /// Change what is said of a site.
    EditSite(Site) needs Needs::Role(Role::Owner), Place, "Site changed",
        "changed the site {site}" => SiteEdited { site: String, before: String }
}
