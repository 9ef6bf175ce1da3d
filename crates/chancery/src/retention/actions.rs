//! What can be done about keeping things.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// What is under legal hold in a library, and why.
    ViewLegalHolds(Library) needs Needs::Role(Role::Owner);
}

actions! {
    /// Put a library, or a document of it, under legal hold. Why is for owners to know, as what concerns access is.
    PlaceLegalHold(Library) needs Needs::Role(Role::Owner), Access, "Put under legal hold",
        "put {name} under legal hold: {reason}" => LegalHoldPlaced { name: String, reason: String }
    /// Lift a legal hold.
    LiftLegalHold(Library) needs Needs::Role(Role::Owner), Access, "Legal hold lifted",
        "lifted the legal hold on {name}: {reason}" => LegalHoldLifted { name: String, reason: String }
}
