//! Which protective marking a text carries, by which rule, and whether a place may hold it.
//!
//! **Pure:** what was read of a file comes in as [`Input`] (pieces of text with the kind of place each was in, properties, and
//! what could not be read); a [`Decision`] goes out, with every piece of evidence and the rule that decided. No file is opened
//! here and none is parsed.
//!
//! Schemes ([`Schemes`]) and policies ([`Policy`]) are data: one file each in `schemes/` and `policies/`, and an organisation's own
//! beside them. There is no read-across between schemes but the table of a policy.

mod broken;
mod decide;
mod decision;
mod find;
mod folded;
mod input;
mod labels;
mod policy;
mod rules;
mod scheme;

pub use broken::Broken;
pub use decide::decide;
pub use decision::{Alert, Decision, Evidence, Marking, Source, Verdict};
pub use input::{Input, Kind, Piece, Property, Unread};
pub use policy::{Outcome, Policy, PolicyError, Row, Unmarked, Unreadable};
pub use rules::{ALL as RULES, Rule, Strength};
pub use scheme::{Addition, AdditionKind, Level, Scheme, SchemeError, Schemes};
