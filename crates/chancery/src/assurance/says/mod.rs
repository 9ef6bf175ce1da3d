//! What people say of a marking: upwards at once, downwards with a reason and somebody's agreement; what whoever made a version
//! answers when it is asked; and what a library says of documents in which no marking is found.
//!
//! **Invariant:** nobody lowers by themselves what a document carries. It is lowered in the commit in which an owner of its library, or
//! an assurance officer, agrees to what somebody else has asked for; what is above the realm's designation is lowered by nobody
//! here, and what an officer has set by officers only. What was agreed to counts for the content that was there when it was asked:
//! a later version counts as what is read in it.

mod actions;
mod agree;
mod answer;
mod by_rules;
mod default;
mod request;
mod rules;
mod say;
mod shown;
mod sql;

pub use actions::*;
pub use agree::{agree, refuse, request};
pub use answer::{Answer, answer};
pub(super) use by_rules::{ByRules, by_rules};
pub(super) use default::mark_by_default;
pub use default::{DefaultMarking, DefaultPage, default_marking, set_default_marking};
pub(super) use request::overtaken;
pub use request::{Deciding, Request, RequestPage, requests, requests_of_library, withdraw};
pub(super) use rules::who_said;
pub use say::{Said, Saying, say};
pub(super) use shown::of_page;
pub use shown::{Does, MarkedLine, MarkingChoice, MarkingPage, marking};

#[cfg(test)]
pub(in crate::assurance) use sql::STATEMENTS;

/// The rule of what was not read but said.
pub(super) const SAID: &str = "said";
/// The kind of an exception from what was read, in one document: it was agreed that it does not count there.
pub(super) const READING: &str = "marking";
