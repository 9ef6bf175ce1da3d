//! For programs: JSON over HTTP, described by OpenAPI, joining the same verbs as the pages.
//!
//! A handler reads as a sentence: it takes a [`Caller`] (a program with a token), perhaps a
//! [`Body`], calls one verb of `chancery`, and answers with what it says in [`schema`]'s words or a
//! [`Problem`]. Nothing is decided here. What every answer shares (the reference of a problem, the
//! link to the next page, conditions, what is done once) is added around the handlers, in `routes`.
//!
//! To add a module: a file that lists its handlers with `routes!`, each with its
//! `#[utoipa::path]`, and its line in `routes::MODULES`. The document, the access matrix and
//! the tests follow from these.
//!
//! **Invariant:** nothing here sees `sqlx`, a database connection or a path on disk.

mod access;
mod accounts;
mod alerts;
mod answer;
mod assurance;
mod body;
mod caller;
mod columns;
mod documents;
mod items;
mod legal_holds;
mod libraries;
mod lists;
mod markings;
mod me;
mod mine;
mod notices;
mod once;
mod openapi;
mod organisations;
mod people;
mod problem;
mod publishing;
mod retention;
mod routes;
mod says;
pub mod schema;
mod sites;
mod teams;
mod trail;
mod words;

pub use answer::{Page, Tagged};
pub use body::{Asked, Body, Named};
pub use caller::Caller;
pub use openapi::document;
pub use problem::{Answer, FieldProblem, Problem};
pub use routes::{Api, ApiSettings, ROUTES, Route, router};
