//! Tests of access, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::too_many_lines,
    reason = "a test tells one story from beginning to end"
)]

mod changes;
mod owners;
mod pages;
mod previews;
mod questions;
mod wording;

use super::{Change, Governed, GrantLine, access, why};
use crate::Error;
use crate::kernel::{Id, Role, Time, args, thing};
use crate::sites::fixture::Town;

/// The faces answer many people at once: what they await must be able to move between threads.
#[test]
fn every_verb_can_be_awaited_on_any_thread() {
    fn sends(_: impl Send) {}
    fn verbs<P: super::Governed>(actor: &crate::kernel::Actor, place: Id<P>) {
        sends(super::place(actor, place));
        sends(super::access(actor, place));
        sends(super::why(actor, place, Id::from_raw(1), None));
        sends(super::find_subjects(actor, place, ""));
        sends(super::preview(actor, place, &[]));
        sends(super::change(actor, place, &[], ""));
        sends(super::change_as_shown(actor, place, &[], "", ""));
        sends(super::grants(actor, place));
        sends(super::summary(actor, place));
        sends(super::holders(actor, place, None, 0));
    }
    let _ = verbs::<thing::Site>;
    let _ = verbs::<thing::Library>;
}

fn give(to: super::Subject, role: Role) -> Change {
    Change::Give {
        to,
        role,
        until: None,
    }
}

fn give_until(to: super::Subject, role: Role, until: Time) -> Change {
    Change::Give {
        to,
        role,
        until: Some(until),
    }
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

async fn role_of<P: Governed>(town: &Town, place: Id<P>, who: Id<thing::Person>) -> Option<Role> {
    why(&town.act(town.operator), place, who, None)
        .await
        .unwrap()
        .role
}

async fn line_of(town: &Town, who: Id<thing::Person>) -> GrantLine {
    let page = access(&town.act(town.operator), town.cases).await.unwrap();
    page.grants
        .into_iter()
        .find(|line| line.subject == by_name(who))
        .unwrap()
}

async fn entries(town: &Town) -> Vec<(String, String, bool, i64)> {
    let rows = town
        .world
        .look(
            "SELECT data, subject_id FROM journal WHERE sort = 'access' ORDER BY id",
            args![],
        )
        .await;
    rows.iter()
        .map(|row| {
            let data: serde_json::Value =
                serde_json::from_str(&row.get::<String>("data").unwrap()).unwrap();
            let text = |field: &str| data[field].as_str().unwrap_or_default().to_owned();
            (
                text("change"),
                text("why"),
                data["by_owner"].as_bool().unwrap(),
                row.get("subject_id").unwrap(),
            )
        })
        .collect()
}
