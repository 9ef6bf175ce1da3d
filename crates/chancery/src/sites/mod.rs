//! Sites: the places where people of several organisations work together. A site holds
//! libraries; a role on it is given by a grant, and a library that inherits takes it over.
//!
//! The arrows between capabilities point from here to `people` and the kernel only.

mod actions;
mod create;
mod exposure;
#[cfg(test)]
pub(crate) mod fixture;
mod kind;
mod members;
mod rules;
mod site;
mod sql;
#[cfg(test)]
mod tests;

pub use actions::*;
pub use create::{NewSite, SiteChange, SiteForm, create, edit, new_site};
pub(crate) use exposure::exposure;
pub use kind::SiteKind;
pub use members::{MEMBERS_SHOWN, MemberLine, Members, members};
pub use site::{COUNTED, LibraryLine, SiteHead, SiteLine, SitePage, all, head, mine, site};
pub(crate) use site::{Standpoint, head_of};
#[cfg(test)]
pub(crate) use sql::STATEMENTS;
