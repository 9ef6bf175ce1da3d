//! Files: sites, libraries, folders and documents as programs see them that know only names, files and locks.
//!
//! One request of such a program is one verb here, and one transaction: a move that replaces something, content
//! that is put on a condition, a lock that is a check-out are done wholly or not at all, and are in the trail as
//! what they are. What such programs do besides, for their own sake, is kept from everybody else: their lock
//! files, their temporary files (*scraps*), their way of saving in several steps (`rules`).
//!
//! The order to read it in: `nouns`; `look` (from an address to what is there); `guard` (locks and conditions,
//! looked at in the transaction); `put`, `change`, `shift`, `copy`, `locks`, `properties` (what changes something);
//! `scraps`, `unscrap`; `sweep`.
//!
//! **Invariant:** nothing that a program says (an address, a token, a tag) is believed: everything is found
//! again in the transaction, as far as the person may know of it.

mod actions;
mod change;
mod copy;
mod guard;
mod locks;
mod look;
mod nouns;
mod open;
mod properties;
mod put;
mod rules;
mod scraps;
mod shift;
mod sql;
mod sweep;
#[cfg(test)]
pub(crate) mod tests;
mod unscrap;

pub use actions::*;
pub use change::{make_folder, remove};
pub use copy::copy;
pub use locks::{Locked, lock, refresh, unlock};
pub use look::{About, Children, Wanted, about, children, in_address, look, places, used};
pub use nouns::*;
pub use open::open;
pub use properties::set_properties;
pub use put::put;
pub use rules::is_scrap;
pub use shift::shift;
pub use sweep::{Swept, sweep};
