//! What can be done about publishing.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// Whether a library requires publishing, and what turning that on or off does.
    ViewPublishing(Library) needs Needs::Role(Role::Owner);
    /// What waits for an owner's approval.
    ViewRequests(Library) needs Needs::Role(Role::Contributor);
    /// How a document stands towards its readers: to these, what they see of it.
    ViewPublication(Document) needs Needs::Role(Role::Reader);
    /// Publish several documents at once. Each has its own entry, of [`PublishVersion`]; so there is no event of this.
    PublishSeveral(Library) needs Needs::Role(Role::Contributor);
    /// Ask an owner to publish several at once: the same, of [`RequestPublication`].
    AskForSeveral(Library) needs Needs::Role(Role::Contributor);
}

actions! {
    /// Say whether a library requires publishing, and whether an owner approves.
    ChangePublishing(Library) needs Needs::Role(Role::Owner), Place, "Publishing changed",
        "changed publishing in {library}: {how}" => PublishingChanged { library: String, how: String }
    /// Let readers see a version. What is told of it is what they may know. Of several that somebody asked for and that are
    /// published at once (`several`), they are told by one entry, and by the others not (`quiet`).
    PublishVersion(Document) needs Needs::Role(Role::Contributor), Document, "Published",
        "published version {label} of {document}" => VersionPublished { document: String, version: i64, label: String, comment: String, #[serde(skip_serializing_if = "std::ops::Not::not")] several: bool, #[serde(skip_serializing_if = "std::ops::Not::not")] quiet: bool }
    /// Let readers see no version any more.
    UnpublishDocument(Document) needs Needs::Role(Role::Contributor), Document, "Unpublished",
        "unpublished {document}: {reason}" => DocumentUnpublished { document: String, reason: String }
    /// Ask an owner to publish a version. Of several at once the owners are told by one entry, as above.
    RequestPublication(Document) needs Needs::Role(Role::Contributor), Document, "Publication asked for",
        "asked for {label} of {document} to be published" => PublicationRequested { document: String, version: i64, label: String, note: String, #[serde(skip_serializing_if = "std::ops::Not::not")] several: bool, #[serde(skip_serializing_if = "std::ops::Not::not")] quiet: bool }
    /// Take back what one asked an owner to publish.
    WithdrawRequest(Document) needs Needs::Role(Role::Contributor), Document, "Request withdrawn",
        "withdrew the request to publish {label} of {document}" => RequestWithdrawn { document: String, version: i64, label: String }
    /// Send a version back to whoever asked for its publication.
    SendBack(Document) needs Needs::Role(Role::Owner), Document, "Sent back",
        "sent back {label} of {document}: {reason}" => VersionSentBack { document: String, version: i64, label: String, reason: String }
}
