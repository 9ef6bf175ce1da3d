//! A small town for the tests of sites, access and the trail: rows of people, libraries and
//! documents, put in behind the product's back so that these tests stand on nothing but the schema.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use super::{SiteForm, create};
use crate::kernel::{Actor, Id, Role, Time, args, thing};
use crate::people::text::name_key;
use crate::testing::World;

pub(crate) const HOUR: Duration = Duration::from_hours(1);
pub(crate) const DAY: Duration = Duration::from_hours(24);

/// A realm with something in it.
pub(crate) struct Town {
    pub(crate) world: World,
    /// A public sector body.
    pub(crate) trust: Id<thing::Organisation>,
    /// A charity.
    pub(crate) lights: Id<thing::Organisation>,
    /// A company.
    pub(crate) tessel: Id<thing::Organisation>,
    /// Of the trust; runs the realm.
    pub(crate) operator: Id<thing::Person>,
    /// Of the trust; owns [`Town::site`].
    pub(crate) amira: Id<thing::Person>,
    /// Of the trust.
    pub(crate) peter: Id<thing::Person>,
    /// Of the charity.
    pub(crate) daniel: Id<thing::Person>,
    /// Of the charity.
    pub(crate) ellen: Id<thing::Person>,
    /// Of the company.
    pub(crate) grace: Id<thing::Person>,
    /// Peter and Daniel.
    pub(crate) casework: Id<thing::Team>,
    pub(crate) site: Id<thing::Site>,
    /// In the site, inherits.
    pub(crate) guidance: Id<thing::Library>,
    /// In the site, does not inherit; Peter owns it.
    pub(crate) cases: Id<thing::Library>,
}

impl Town {
    pub(crate) async fn new(world: World) -> Self {
        let trust = organisation(&world, "Northmoor Probation Trust", "public").await;
        let lights = organisation(&world, "Harbour Lights", "voluntary").await;
        let tessel = organisation(&world, "Tessel Housing Ltd", "private").await;
        let operator = person(&world, "Helen Marsh", trust).await;
        let amira = person(&world, "Amira Hussain", trust).await;
        let peter = person(&world, "Peter Nowak", trust).await;
        let daniel = person(&world, "Daniel Okafor", lights).await;
        let ellen = person(&world, "Ellen Frost", lights).await;
        let grace = person(&world, "Grace Adeyemi", tessel).await;
        let casework = team(
            &world,
            "Resettlement casework",
            &[(peter, "Chair"), (daniel, "")],
        )
        .await;
        office(&world, operator, "operator").await;
        world.clock.advance(DAY);
        let site = create(
            &Actor::person(&world.realm, operator),
            &SiteForm {
                name: "Resettlement Pathway".to_owned(),
                kind: "project".to_owned(),
                purpose: "Who does what, before and after release".to_owned(),
                organisation: None,
            },
        )
        .await
        .unwrap();
        // The operator opened the site for Amira and keeps nothing.
        world
            .realm
            .upkeep("DELETE FROM grants WHERE place_id = $1", args![site])
            .await
            .unwrap();
        let mut town = Self {
            trust,
            lights,
            tessel,
            operator,
            amira,
            peter,
            daniel,
            ellen,
            grace,
            casework,
            site,
            guidance: Id::from_raw(0),
            cases: Id::from_raw(0),
            world,
        };
        town.grant(site.raw(), (1, amira.raw()), Role::Owner, Time::FOREVER)
            .await;
        town.guidance = town.library("Provider guidance", true).await;
        town.cases = town.library("Case conference papers", false).await;
        town.grant(
            town.cases.raw(),
            (1, peter.raw()),
            Role::Owner,
            Time::FOREVER,
        )
        .await;
        town.world.clock.advance(DAY);
        town
    }

    pub(crate) fn act(&self, who: Id<thing::Person>) -> Actor {
        self.world.as_person(who)
    }

    pub(crate) fn now(&self) -> Time {
        self.world.realm.now()
    }

    pub(crate) async fn run(&self, sql: &str, args: Vec<crate::kernel::Arg>) {
        self.world.realm.upkeep(sql, args).await.unwrap();
    }

    /// A library of the site.
    pub(crate) async fn library(&self, name: &str, inherits: bool) -> Id<thing::Library> {
        let id: Id<thing::Library> = self.world.realm.new_id();
        self.run(
            "INSERT INTO libraries (id, site_id, name, name_key, purpose, created_at, created_by) VALUES ($1, $2, $3, $4, '', $5, 0)",
            args![id, self.site, name, name_key(name), self.now()],
        )
        .await;
        if inherits {
            self.run(
                "INSERT INTO inheritances (id, library_id, from_at, until_at) VALUES ($1, $2, $3, $4)",
                args![self.world.realm.new_id::<thing::Interval>(), id, self.now(), Time::FOREVER],
            )
            .await;
        }
        id
    }

    /// A grant by the console.
    pub(crate) async fn grant(
        &self,
        place: i64,
        to: (i64, i64),
        role: Role,
        until: Time,
    ) -> Id<thing::Grant> {
        let id: Id<thing::Grant> = self.world.realm.new_id();
        self.run(
            "INSERT INTO grants (id, place_id, subject_kind, subject_id, role, from_at, until_at, given_by) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
            args![id, place, to.0, to.1, role, self.now(), until],
        )
        .await;
        id
    }

    /// A document at the top of a library.
    pub(crate) async fn document(
        &self,
        library: Id<thing::Library>,
        name: &str,
    ) -> Id<thing::Document> {
        let id: Id<thing::Document> = self.world.realm.new_id();
        self.run(
            "INSERT INTO items (id, is_document, library_id, folder_id, name, name_key, created_at, created_by, changed_at,
               changed_by, version, size, media_type, binned_at, binned_by, binned_with)
             VALUES ($1, 1, $2, 0, $3, $4, $5, 0, $5, 0, 1, 10, 'text/plain', 0, 0, 0)",
            args![id, library, name, name_key(name), self.now()],
        )
        .await;
        self.run(
            "INSERT INTO placements (id, document_id, library_id, from_at, until_at) VALUES ($1, $2, $3, $4, $5)",
            args![self.world.realm.new_id::<thing::Interval>(), id, library, self.now(), Time::FOREVER],
        )
        .await;
        id
    }

    /// Marks a document above every clearance that nobody gave.
    pub(crate) async fn mark(&self, document: Id<thing::Document>, level: i64) {
        self.run(
            "INSERT INTO markings (id, document_id, level, label, from_at, until_at) VALUES ($1, $2, $3, 'SECRET', $4, $5)",
            args![self.world.realm.new_id::<thing::Interval>(), document, level, self.now(), Time::FOREVER],
        )
        .await;
    }

    /// Ends somebody's account.
    pub(crate) async fn suspend(&self, who: Id<thing::Person>) {
        self.run(
            "UPDATE accounts SET until_at = $1 WHERE person_id = $2",
            args![self.now(), who],
        )
        .await;
    }
}

pub(crate) async fn organisation(
    world: &World,
    name: &str,
    sector: &str,
) -> Id<thing::Organisation> {
    let id: Id<thing::Organisation> = world.realm.new_id();
    world
        .realm
        .upkeep(
            "INSERT INTO organisations (id, name, name_key, sector, about, created_at) VALUES ($1, $2, $3, $4, '', $5)",
            args![id, name, name_key(name), sector, world.realm.now()],
        )
        .await
        .unwrap();
    id
}

pub(crate) async fn person(
    world: &World,
    name: &str,
    of: Id<thing::Organisation>,
) -> Id<thing::Person> {
    let id: Id<thing::Person> = world.realm.new_id();
    let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
    let now = world.realm.now();
    let realm = &world.realm;
    realm
        .upkeep(
            "INSERT INTO people (id, name, name_key, email, email_key, title, phone, created_at) VALUES ($1, $2, $3, $4, $4, 'Caseworker', '01632 960001', $5)",
            args![id, name, name_key(name), email, now],
        )
        .await
        .unwrap();
    for sql in [
        "INSERT INTO accounts (id, person_id, from_at, until_at) VALUES ($1, $2, $3, $4)",
        "INSERT INTO clearances (id, person_id, level, from_at, until_at) VALUES ($1, $2, 2, $3, $4)",
    ] {
        let interval: Id<thing::Interval> = realm.new_id();
        realm
            .upkeep(sql, args![interval, id, now, Time::FOREVER])
            .await
            .unwrap();
    }
    let interval: Id<thing::Interval> = realm.new_id();
    realm
        .upkeep(
            "INSERT INTO belongings (id, person_id, organisation_id, from_at, until_at) VALUES ($1, $2, $3, $4, $5)",
            args![interval, id, of, now, Time::FOREVER],
        )
        .await
        .unwrap();
    id
}

pub(crate) async fn team(
    world: &World,
    name: &str,
    people: &[(Id<thing::Person>, &str)],
) -> Id<thing::Team> {
    let id: Id<thing::Team> = world.realm.new_id();
    let realm = &world.realm;
    realm
        .upkeep(
            "INSERT INTO teams (id, name, name_key, purpose, created_at) VALUES ($1, $2, $3, '', $4)",
            args![id, name, name_key(name), realm.now()],
        )
        .await
        .unwrap();
    for (person, duty) in people {
        let interval: Id<thing::Interval> = realm.new_id();
        realm
            .upkeep(
                "INSERT INTO memberships (id, team_id, person_id, duty, from_at, until_at) VALUES ($1, $2, $3, $4, $5, $6)",
                args![interval, id, *person, *duty, realm.now(), Time::FOREVER],
            )
            .await
            .unwrap();
    }
    id
}

pub(crate) async fn office(world: &World, who: Id<thing::Person>, office: &str) {
    let interval: Id<thing::Interval> = world.realm.new_id();
    world
        .realm
        .upkeep(
            "INSERT INTO offices (id, person_id, office, organisation_id, from_at, until_at) VALUES ($1, $2, $3, 0, $4, $5)",
            args![interval, who, office, world.realm.now(), Time::FOREVER],
        )
        .await
        .unwrap();
}
