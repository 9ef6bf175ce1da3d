//! What can be done about documents and their versions.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// A document's facts and versions; those who can change the library see it in the recycle bin too.
    ViewDocument(Document) needs Needs::Role(Role::Reader), in_bin true;
    /// What is stored and no longer referred to.
    CollectGarbage(Realm) needs Needs::Operate;
}

actions! {
    /// Open the content of a version in the browser.
    OpenVersion(Document) needs Needs::Role(Role::Reader), Read, "Opened",
        "opened version {label|version} of {document}", in_bin true => VersionOpened { document: String, version: i64, #[serde(skip_serializing_if = "String::is_empty")] label: String }
    /// Download the content of a version.
    DownloadVersion(Document) needs Needs::Role(Role::Reader), Read, "Downloaded",
        "downloaded version {label|version} of {document}", in_bin true => VersionDownloaded { document: String, version: i64, #[serde(skip_serializing_if = "String::is_empty")] label: String }
    /// Open one's own unpublished work.
    OpenDraft(Document) needs Needs::Role(Role::Reader), Read, "Own draft opened",
        "opened their own draft of {document}", in_bin true => DraftOpened { document: String }
    /// Add a document to a library, with its first version.
    AddDocument(Library) needs Needs::Role(Role::Contributor), Document, "Added",
        "added {document}" => DocumentAdded { document: String, size: u64 }
    /// Add a version to a document that nobody else holds.
    AddVersion(Document) needs Needs::Role(Role::Contributor), Document, "New version",
        "added version {label|version} of {document}" => VersionAdded { document: String, version: i64, #[serde(skip_serializing_if = "String::is_empty")] label: String, size: u64, comment: String }
    /// Bring an old version back as a new one.
    RestoreVersion(Document) needs Needs::Role(Role::Contributor), Document, "Version restored",
        "restored version {from_label|from} of {document} as version {label|version}" => VersionRestored { document: String, from: i64, #[serde(skip_serializing_if = "String::is_empty")] from_label: String, version: i64, #[serde(skip_serializing_if = "String::is_empty")] label: String }
    /// Take the exclusive right to make the next version.
    CheckOut(Document) needs Needs::Role(Role::Contributor), Document, "Checked out",
        "checked out {document}" => CheckedOut { document: String, note: String }
    /// Keep a check-out for longer.
    RenewCheckOut(Document) needs Needs::Role(Role::Contributor), Document, "Check-out renewed",
        "renewed their check-out of {document}" => CheckOutRenewed { document: String }
    /// Keep work that only its author can see until it is checked in.
    SaveDraft(Document) needs Needs::Role(Role::Contributor), Document, "Draft saved",
        "saved a draft of {document}" => DraftSaved { document: String, size: u64 }
    /// Publish the next version and give the document back.
    CheckIn(Document) needs Needs::Role(Role::Contributor), Document, "Checked in",
        "checked in {document} as version {label|version}" => CheckedIn { document: String, version: i64, #[serde(skip_serializing_if = "String::is_empty")] label: String, comment: String }
    /// Give the document back without a new version.
    DiscardCheckOut(Document) needs Needs::Role(Role::Reader), Document, "Check-out discarded",
        "discarded their check-out of {document}", in_bin true => CheckOutDiscarded { document: String }
    /// Take the document back from its holder; the holder keeps their draft and is told.
    ReleaseCheckOut(Document) needs Needs::Role(Role::Owner), Document, "Check-out released",
        "released the check-out of {document} held by {holder}", in_bin true => CheckOutReleased { document: String, holder: String, holder_id: String }
}
