//! For file programs: WebDAV (RFC 4918, classes 1, 2 and 3), joining the same verbs as the pages.
//!
//! An address is `/dav/{site}/{library}/{folders…}/{document}`, by the names that people see. A handler reads what
//! a program asks (`conditions`, `xml`), finds what is at the address ([`chancery::files::look`]), calls one verb of
//! [`chancery::files`], and answers. Nothing is decided here.
//!
//! Why not a ready-made WebDAV library over a file system: one request must be one verb in one transaction. A MOVE
//! that replaces something, a PUT with `If-Match`, a LOCK that is a check-out are done wholly or not at all, and
//! are one act in the trail. Libraries split them into calls to a file system that are not atomic together, and
//! look at locks outside of them.
//!
//! **Invariant:** nothing here sees `sqlx`, a database connection or a path on disk; and nothing that a program
//! sends is held whole but XML, of which there is little.

mod address;
mod answer;
mod caller;
mod change;
mod conditions;
mod content;
mod failure;
mod handler;
mod lock;
mod multistatus;
mod propfind;
mod proppatch;
mod xml;

pub use handler::{Dav, DavSettings, METHODS, around, router};

/// Where it is.
pub(crate) const ROOT: &str = "/dav";
