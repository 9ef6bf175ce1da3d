//! Tests of access, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod changes;
mod pages;
mod previews;
mod wording;

use super::Change;
use crate::Error;
use crate::kernel::{Id, Role, Time, thing};

fn give(to: super::Subject, role: Role) -> Change {
    Change::Give { to, role, until: None }
}

fn give_until(to: super::Subject, role: Role, until: Time) -> Change {
    Change::Give { to, role, until: Some(until) }
}

fn by_name(person: Id<thing::Person>) -> super::Subject {
    super::Subject::Person(person)
}

#[track_caller]
fn problem<T: std::fmt::Debug>(outcome: crate::Result<T>, field: &str) -> String {
    match outcome {
        Err(Error::Invalid(problems)) => problems.of(field).unwrap_or("another field").to_owned(),
        other => panic!("{other:?}"),
    }
}
