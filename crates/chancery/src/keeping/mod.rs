//! Keeping the realm: snapshots of all of it, and beginning again from one.
//!
//! A snapshot is one moment of the database, in an order and an encoding that both engines load, and
//! the content it names. Everything is encrypted; docs/backup.md specifies it. **Invariant:** a
//! snapshot exists when its manifest does, and that is written last.

mod actions;
mod back_up;
mod bring_back;
mod export;
mod keys;
mod manifest;
mod missing;
mod prune;
mod restore;
mod target;
#[cfg(test)]
mod tests;
mod verify;

pub use actions::*;
pub use back_up::{Asked, Taken, back_up};
pub use bring_back::{What, bring_back, give_back_access};
pub use export::{Bundle, Exported, export};
pub use keys::{InUse, Rewrapped, Ring, adopt, keys_in_use, prepare, retire, rewrap};
pub use manifest::{Amount, Manifest, Reached};
pub use missing::{PutBack, put_back_missing};
pub use prune::{Pruned, prune};
pub use restore::{Back, is_restored_to, restore_content, restore_database, say_restored};
pub use target::Target;
pub use verify::{Checked, verify};
