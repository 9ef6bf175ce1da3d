//! What file programs do that has no page of its own. Everything else that they do is an action of
//! libraries or documents, and is in the trail as such.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// What is beside the documents of a library for the person who put it there.
    ViewScraps(Library) needs Needs::Role(Role::Contributor);
    /// Where something is, what covers it and what was said of it.
    ViewFiles(Library) needs Needs::Role(Role::Reader);
    /// Locks that have ended, and what was left beside documents.
    SweepFiles(Realm) needs Needs::Operate;
}

actions! {
    /// Copy documents and folders.
    CopyItems(Library) needs Needs::Role(Role::Contributor), Document, "Copied",
        "added {name} as a copy" => ItemCopied { name: String, of: String, version: u64 }
    /// Keep others from changing a folder or library, or share a document, by a file program.
    LockItem(Library) needs Needs::Role(Role::Contributor), Document, "Locked",
        "locked {name} by a file program" => ItemLocked { name: String }
    /// Give back what was locked by a file program.
    UnlockItem(Library) needs Needs::Role(Role::Reader), Document, "Unlocked",
        "gave back {name}, which was locked by a file program" => ItemUnlocked { name: String }
    /// Keep what a file program says of a thing.
    SetProperties(Library) needs Needs::Role(Role::Contributor), Document, "Properties changed",
        "changed what a file program says of {name}" => PropertiesSet { name: String }
}
