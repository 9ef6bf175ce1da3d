//! What can be done about the trail.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// Who did what on a site and read what in the libraries that this person owns.
    ViewSiteTrail(Site) needs Needs::Role(Role::Owner);
    /// Who did what in a library and read what.
    ViewLibraryTrail(Library) needs Needs::Role(Role::Owner);
    /// Who did what to a document and read it.
    ViewDocumentTrail(Document) needs Needs::Role(Role::Owner), in_bin true;
    /// What changed on a site, without the reads.
    ViewSiteActivity(Site) needs Needs::Glimpse;
    /// What changed in a library, without the reads.
    ViewLibraryActivity(Library) needs Needs::Role(Role::Reader);
    /// What changed about a document, without the reads.
    ViewDocumentActivity(Document) needs Needs::Role(Role::Reader), in_bin true;
}

actions! {
    /// Take a site's trail away as a file.
    ExportSiteTrail(Site) needs Needs::Role(Role::Owner), Read, "Trail exported",
        "exported the trail of this site as {format}" => SiteTrailExported { format: String, filter: String }
    /// Take a library's trail away as a file.
    ExportLibraryTrail(Library) needs Needs::Role(Role::Owner), Read, "Trail exported",
        "exported the trail of this library as {format}" => LibraryTrailExported { format: String, filter: String }
    /// Take a document's trail away as a file.
    ExportDocumentTrail(Document) needs Needs::Role(Role::Owner), Read, "Trail exported",
        "exported the trail of this document as {format}", in_bin true => DocumentTrailExported { format: String, filter: String }
}
