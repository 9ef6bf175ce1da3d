//! What can be done about publishing.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// Whether a library requires publishing, and what turning that on or off does.
    ViewPublishing(Library) needs Needs::Role(Role::Owner);
    /// What waits for an owner's approval.
    ViewRequests(Library) needs Needs::Role(Role::Contributor);
    /// How a document stands towards its readers: to these, what they see of it.
    ViewPublication(Document) needs Needs::Role(Role::Reader);
}

actions! {
    /// Say whether a library requires publishing, and whether an owner approves.
    ChangePublishing(Library) needs Needs::Role(Role::Owner), Place, "Publishing changed",
        "changed publishing in {library}: {how}" => PublishingChanged { library: String, how: String }
    /// Let readers see a version. What is told of it is what they may know.
    PublishVersion(Document) needs Needs::Role(Role::Contributor), Document, "Published",
        "published version {label} of {document}" => VersionPublished { document: String, version: i64, label: String, comment: String }
    /// Let readers see no version any more.
    UnpublishDocument(Document) needs Needs::Role(Role::Contributor), Document, "Unpublished",
        "unpublished {document}: {reason}" => DocumentUnpublished { document: String, reason: String }
    /// Ask an owner to publish a version.
    RequestPublication(Document) needs Needs::Role(Role::Contributor), Document, "Publication asked for",
        "asked for {label} of {document} to be published" => PublicationRequested { document: String, version: i64, label: String, note: String }
    /// Send a version back to whoever asked for its publication.
    SendBack(Document) needs Needs::Role(Role::Owner), Document, "Sent back",
        "sent back {label} of {document}: {reason}" => VersionSentBack { document: String, version: i64, label: String, reason: String }
}
