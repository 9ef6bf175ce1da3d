//! What can be done about keeping things.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// What is under legal hold in a library, and why.
    ViewLegalHolds(Library) needs Needs::Role(Role::Owner);
    /// How long things of a library are kept, and what goes to the recycle bin soon.
    ViewRetention(Library) needs Needs::Role(Role::Owner);
    /// What would be removed from the recycle bin for good.
    ViewRemoval(Library) needs Needs::Role(Role::Owner);
    /// What went for good.
    ViewGone(Library) needs Needs::Role(Role::Owner);
}

actions! {
    /// Put a library, or a document of it, under legal hold. Why is for owners to know, as what concerns access is.
    PlaceLegalHold(Library) needs Needs::Role(Role::Owner), Access, "Put under legal hold",
        "put {name} under legal hold: {reason}" => LegalHoldPlaced { name: String, reason: String }
    /// Lift a legal hold.
    LiftLegalHold(Library) needs Needs::Role(Role::Owner), Access, "Legal hold lifted",
        "lifted the legal hold on {name}: {reason}" => LegalHoldLifted { name: String, reason: String }
    /// Say how long the things of a library are kept.
    SetRetention(Library) needs Needs::Role(Role::Owner), Place, "Retention changed",
        "changed how long {library} keeps things. {says}" => RetentionSet { library: String, says: String, was: String }
    /// Say how long one document is kept, whatever its library says.
    SetDocumentRetention(Document) needs Needs::Role(Role::Owner), Document, "Retention of a document changed",
        "changed how long {name} is kept. {says}" => DocumentRetentionSet { name: String, says: String, was: String }
    /// Remove something from the recycle bin for good: nobody can bring it back.
    RemoveForGood(Library) needs Needs::Role(Role::Owner), Document, "Removed for good",
        "removed {name} for good" => RemovedForGood { name: String, versions: u64 }
    /// Let things go whose time in the recycle bin is over.
    ExpireItems(Realm) needs Needs::Operate, Document, "Gone for good",
        "let {name} go for good, because its time in the recycle bin was over" => ItemExpired { name: String, versions: u64 }
    /// Say that documents which nobody changed for years will be deleted.
    WarnOfDisposal(Realm) needs Needs::Operate, Place, "Deletion announced",
        "announced that documents of {library} which nobody has changed for {years} years will be deleted from {on} on"
        => DisposalAnnounced { library: String, years: i64, on: String }
    /// Put in the recycle bin what nobody has changed for years.
    DisposeItems(Realm) needs Needs::Operate, Document, "Deleted by a rule",
        "deleted {name}, because nobody had changed it for {years} years" => ItemDisposed { name: String, years: i64 }
}
