//! What the product does: people, sites, libraries, documents, access and the trail.
//!
//! There is no HTTP in here. The three faces (`web`, `api` and `dav`) call the public
//! verbs of the capabilities, and each verb does three things in one place: it asks
//! [`kernel::Actor`] for a proof that the person may do this, it runs its own SQL with that
//! proof, and it commits the rows together with the journal entry.
//!
//! **Invariant:** capabilities use `kernel` and each other's public verbs; `kernel` knows no
//! capability; there are no circles.

pub mod assurance;
pub mod capabilities;
mod csv;
pub mod documents;
mod error;
pub mod files;
pub mod grants;
pub mod keeping;
pub mod kernel;
pub mod libraries;
pub mod mail;
pub mod notices;
pub mod origins;
pub mod people;
pub use libraries::publishing;
pub mod retention;
pub mod sites;
#[cfg(test)]
pub(crate) mod testing;
pub mod trail;
pub mod uploads;

pub use error::{Error, NoRoom, Problems, Result};
