//! For people: the pages of Chancery, as PAGES in the documentation describes them.
//!
//! A handler reads as a sentence: it takes a [`Guest`] (somebody signed in), perhaps a
//! [`Posted`] form (which proves the token against forgery), calls one verb of `chancery`, and
//! answers with a page or a redirect. Nothing is decided here.
//!
//! **Invariant:** nothing here sees `sqlx`, a database connection or a path on disk.

pub mod components;
mod failure;
pub mod format;
mod forms;
pub mod frame;
mod guest;
mod headers;
mod named;
mod pages;
mod portal;
mod posted;
mod routes;
mod upload;

pub use failure::{Answer, Failure};
pub use guest::Guest;
pub use portal::{Portal, PortalSettings};
pub use posted::Posted;
pub use routes::{ROUTES, Route, router};
