//! Access: who can see a place and why, what a change of it would do, and the change itself.
//!
//! The rule of access is the kernel's; nothing here decides it again. A preview makes the change
//! in a transaction, asks the rule who can see the place then, and drops the transaction, so that
//! it cannot differ from what saving does.
//!
//! Grants are intervals and are never deleted: [`why`] answers for any moment.

mod access;
mod actions;
mod apply;
mod change;
mod find;
#[cfg(test)]
mod histories;
mod holders;
mod moving;
mod place;
mod preview;
mod rules;
mod sql;
mod subject;
#[cfg(test)]
mod tests;
mod why;

pub use access::{
    AccessPage, AccessSummary, GovernedLibrary, GrantLine, access, access_at, grants, holders,
    summary,
};
pub use actions::*;
pub use change::{Change, change, change_as_shown};
pub use find::{SubjectChoice, find_subjects};
pub use holders::{Because, HOLDERS_SHOWN, Holder};
pub use moving::{MovePreview, move_as_shown, preview_move};
pub use place::{Governed, PlaceHead, place};
pub use preview::{Differ, Later, Moved, Preview, preview};
pub use rules::{last_day, until_after};
#[cfg(test)]
pub(crate) use sql::STATEMENTS;
pub use subject::{Subject, SubjectName};
pub use why::{Answer, why};
