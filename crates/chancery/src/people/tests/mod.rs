//! Tests of people, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod accounts;
mod app_passwords;
mod coordinators;
mod doors;
mod fence;
mod links;
mod organisations;
mod sessions;
mod teams;
mod throttle;
mod tokens;

use super::*;
use crate::kernel::{Actor, Id, args, thing::Organisation, thing::Person, thing::Site};
use crate::testing::{World, both};
use crate::{Error, Result};

pub(super) const PASSWORD: &str = "gravel otter mandolin";
pub(super) const VISIT: Visit<'static> = Visit {
    address: "192.0.2.10",
    device: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
};

pub(super) fn nobody(world: &World) -> Actor {
    Actor::nobody(&world.realm)
}

pub(super) fn form(name: &str) -> PersonForm {
    PersonForm {
        name: name.to_owned(),
        email: email(name),
        title: "Caseworker".to_owned(),
        phone: "01632 960 001".to_owned(),
    }
}

pub(super) fn email(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

pub(super) async fn body(world: &World, name: &str) -> Id<Organisation> {
    member_of(world, name, None).await
}

pub(super) async fn member_of(
    world: &World,
    name: &str,
    umbrella: Option<Id<Organisation>>,
) -> Id<Organisation> {
    let form = OrganisationForm {
        name: name.to_owned(),
        sector: "voluntary".to_owned(),
        about: String::new(),
        umbrella,
    };
    create_organisation(&world.console(), &form).await.unwrap()
}

/// Somebody who has never signed in.
pub(super) async fn newcomer(world: &World, of: Id<Organisation>, name: &str) -> Id<Person> {
    create_person(&world.console(), of, &form(name), None)
        .await
        .unwrap()
        .0
}

/// Somebody who has set [`PASSWORD`], and their first session.
pub(super) async fn member(
    world: &World,
    of: Id<Organisation>,
    name: &str,
) -> (Id<Person>, SignedInSession) {
    let (id, link) = create_person(&world.console(), of, &form(name), None)
        .await
        .unwrap();
    let session = use_link(&nobody(world), link.as_str(), PASSWORD, PASSWORD, &VISIT)
        .await
        .unwrap();
    (id, session)
}

pub(super) async fn enter(world: &World, name: &str, password: &str) -> Result<SignedInSession> {
    sign_in(&nobody(world), &email(name), password, &VISIT).await
}

/// The person behind a session, if it is good.
pub(super) async fn behind(world: &World, token: &str) -> Result<Arrived> {
    actor(&world.realm, token).await
}

pub(super) async fn coordinator(world: &World, id: Id<Person>, of: Id<Organisation>) -> Actor {
    appoint(&world.console(), id, Office::Coordinator, Some(of))
        .await
        .unwrap();
    world.as_person(id)
}

pub(super) async fn operator(world: &World, id: Id<Person>) -> Actor {
    appoint(&world.console(), id, Office::Operator, None)
        .await
        .unwrap();
    world.as_person(id)
}

/// A site, put there behind the product's back: sites are another capability.
pub(super) async fn site(world: &World, of: Id<Organisation>, name: &str) -> Id<Site> {
    let id: Id<Site> = world.realm.new_id();
    world
        .realm
        .upkeep(
            "INSERT INTO sites (id, name, name_key, kind, purpose, organisation_id, created_at, created_by)
             VALUES ($1, $2, $3, 'project', '', $4, $5, 0)",
            args![id, name, text::name_key(name), of, world.realm.now()],
        )
        .await
        .unwrap();
    id
}

/// A grant on a place: kind 0 everyone, 1 a person, 2 a team, 3 an organisation.
pub(super) async fn give(world: &World, place: Id<Site>, kind: i64, subject: i64, role: i64) {
    let id: Id<crate::kernel::thing::Grant> = world.realm.new_id();
    world
        .realm
        .upkeep(
            "INSERT INTO grants (id, place_id, subject_kind, subject_id, role, from_at, until_at, given_by)
             VALUES ($1, $2, $3, $4, $5, $6, 9223372036854775807, 0)",
            args![id, place, kind, subject, role, world.realm.now()],
        )
        .await
        .unwrap();
}

/// The message of a field's problem.
#[track_caller]
pub(super) fn problem<T: std::fmt::Debug>(outcome: Result<T>, field: &str) -> String {
    match outcome {
        Err(Error::Invalid(problems)) => problems
            .of(field)
            .unwrap_or_else(|| panic!("{problems:?}"))
            .to_owned(),
        other => panic!("{other:?}"),
    }
}

/// How many entries the journal has of an action concerning somebody.
pub(super) async fn journalled(world: &World, action: &str, subject: i64) -> i64 {
    world
        .count(
            "SELECT COUNT(*) AS value FROM journal WHERE action = $1 AND subject_id = $2",
            args![action, subject],
        )
        .await
}

#[tokio::test]
async fn every_statement_is_accepted() {
    both(|world| async move { world.prepares(&sql::statements()).await }).await;
}
