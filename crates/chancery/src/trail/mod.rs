//! The trail: who did what and who read what, for the owners of a place; the same without the
//! reads, for its members; and what changed lately, for the home page. All of it is read from the journal.
//!
//! **Invariant:** a site's trail shows entries of the site itself and of the libraries that the
//! viewer owns, and of its other libraries how access to them changed; a site's activity those of the
//! libraries that the viewer can read. An entry about a document above the viewer's clearance is in
//! neither. What is left out because of a library is said ([`LeftOut`]).

mod actions;
mod csv;
mod export;
mod line;
mod moves;
mod people;
mod recent;
mod rules;
mod sql;
#[cfg(test)]
mod tests;
mod view;

pub use actions::*;
pub use export::{Export, Format, export};
pub use line::{Appearing, LeftOut, Of, TrailFilter, TrailLine, TrailPage};
pub use recent::{RecentSite, recent};
#[cfg(test)]
pub(crate) use sql::STATEMENTS;
pub use view::{activity, trail};
