//! Documents: their versions, check-outs and drafts, and the content that these are made of.
//!
//! A document is an item of a library with numbered versions that never change. One person at a
//! time can hold it; what they save meanwhile is a draft that only they can see, and that outlives
//! their hold. Content goes into the vault outside any transaction, and counts once a row of a
//! committed transaction refers to it.

mod actions;
mod add;
mod bundle;
mod check_out;
mod compare;
mod content;
mod garbage;
mod nouns;
mod page;
mod printing;
mod reading;
mod rules;
mod sound;
mod sql;
#[cfg(test)]
mod tests;
mod verify;
mod versions;
mod watch;
pub(crate) mod within;

pub use actions::*;
pub(crate) use add::{Coming, Deposited, add_deposited, add_uploaded, would_add};
pub use add::{add, add_unless_same};
pub use bundle::{Bundle, Bundled, bundle};
pub use check_out::{
    check_in, check_out, discard, held_by_me, my_drafts, release, renew, save_draft,
};
pub use compare::{Comparison, Difference, Line, Piece, Row, compare};
pub use content::{Content, open, open_draft};
pub use garbage::{collect_garbage, unreferred};
pub use inspect::{Attachment, Mail, Text, View};
pub use nouns::*;
pub use page::document;
pub use printing::{has_pages, pages};
pub use reading::{Preview, Reading, Unread, preview, text};
pub use sound::faults;
pub use verify::{Verified, verify};
pub(crate) use versions::add_version_uploaded;
pub use versions::{add_changed_version, add_version, restore_version};
