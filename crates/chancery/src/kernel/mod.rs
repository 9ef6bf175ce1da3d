//! What every capability stands on: who acts, on what, when; the one rule of access; the journal;
//! the database. It knows no capability.
//!
//! The order to read it in: [`Actor`] makes a [`Read`] or a [`Write`] for an [`Action`] on a
//! target, or a [`Scope`] for lists. SQL runs through one of these and nothing else, because
//! [`Db`] keeps its own doors closed to the rest of the crate.

mod access;
mod action;
mod actor;
mod clock;
mod db;
mod dialect;
mod figures;
mod follow;
mod hold;
mod hosts;
mod hot;
mod id;
mod journal;
mod malware;
mod migrate;
mod node;
mod once;
mod proof;
mod published;
mod reach;
mod ready;
mod realm;
mod rng;
mod row;
mod rule;
mod seal;
mod sqlite;
mod sync;
#[cfg(test)]
mod tests;
mod turnstile;
mod whole;

pub use access::{Needs, Role, Standing};
pub use action::{Action, Event, Kind, Sort, Spoken, Target, Unrecorded, thing};
pub(crate) use action::{actions, views};
pub use actor::{Actor, Who};
pub use clock::{Clock, ManualClock, SystemClock, Time};
pub(crate) use db::Queries;
pub use db::{Db, Engine, count_queries};
pub(crate) use dialect::{like, searchable};
pub use figures::Figures;
pub use follow::{Follower, Following};
pub(crate) use hold::CONTENT;
pub use id::Id;
pub use journal::{Entry, Place};
pub use malware::{Malware, WhenAway};
pub use migrate::{MIGRATIONS, Migration};
pub use node::NodeLine;
pub use once::{Done, Expectation, Once, Outcome};
pub use proof::{Read, Scope, Write};
pub(crate) use published::{now_and_on, published, seen_by_role};
pub use reach::{May, Reach};
pub use ready::Readiness;
pub use realm::{Limits, Realm, RealmSettings, Rules};
pub use rng::{Rng, SeededRng, SystemRng};
pub(crate) use row::{Arg, Column, FromRow, Row, args, record};
pub(crate) use rule::{fence, holders, holds, rule};
pub use seal::{JournalFault, JournalReport};
pub use turnstile::{Passage, subscriber};
pub(crate) use whole::{ChainCheck, ColumnOf, Line, Snapshot, Step, Whole, kept, steps};
pub use whole::{Keep, TABLES, Table};
