//! The world is as large and as varied as promised.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{HashMap, HashSet};

use demo::{Key, Kind, Office, Place, Role, Sector, Subject, World, world};

/// Wednesday 16 September 2026, a little after two.
const NOW: i64 = 1_789_567_500_000_000;
const DAY: i64 = 86_400_000_000;

#[test]
fn one_seed_makes_one_world() {
    assert_eq!(world(7, NOW), world(7, NOW));
    assert_ne!(world(7, NOW).documents, world(8, NOW).documents);
}

#[test]
fn it_is_as_large_as_promised() {
    for seed in [1, 7, 2026] {
        sizes(&world(seed, NOW));
    }
}

fn sizes(world: &World) {
    assert_eq!(world.organisations.len(), 12);
    for sector in [Sector::Public, Sector::Private, Sector::Voluntary] {
        assert!(
            world
                .organisations
                .iter()
                .any(|organisation| organisation.sector == sector)
        );
    }
    let members = world
        .organisations
        .iter()
        .filter(|o| o.umbrella == Some("kestrel-bridge"));
    assert!(members.count() >= 4);
    assert_eq!(world.people.len(), 40);
    assert_eq!(
        (world.teams.len(), world.sites.len(), world.libraries.len()),
        (6, 5, 12)
    );
    assert!(
        world
            .libraries
            .iter()
            .filter(|library| !library.inherits)
            .count()
            >= 3
    );
    assert_eq!(world.documents.len(), 300);
    let revised = world
        .documents
        .iter()
        .filter(|document| document.versions.len() > 1);
    assert!(
        (55..=65).contains(&revised.clone().count()),
        "{} revised",
        revised.count()
    );
    let versions: usize = world
        .documents
        .iter()
        .map(|document| document.versions.len())
        .sum();
    assert!((400..=520).contains(&versions), "{versions} versions");
    assert!(
        world
            .documents
            .iter()
            .all(|document| document.versions.len() <= 6)
    );
    assert_eq!(
        world
            .documents
            .iter()
            .filter(|document| document.binned.is_some())
            .count(),
        5
    );
    assert_eq!(
        world
            .documents
            .iter()
            .filter(|document| document.large)
            .count(),
        2
    );
    assert!(Kind::ALL.iter().all(|kind| {
        world
            .documents
            .iter()
            .any(|document| document.kind == *kind)
    }));
    assert!(world.reads.len() > 400, "{} reads", world.reads.len());
}

#[test]
fn the_people_are_ready_for_a_visit() {
    let world = world(7, NOW);
    let operators = world
        .people
        .iter()
        .filter(|person| person.offices.contains(&Office::Operator));
    assert_eq!(operators.count(), 2);
    assert!(world.people.iter().any(|person| {
        person
            .offices
            .contains(&Office::Coordinator("kestrel-bridge"))
    }));
    assert_eq!(
        world
            .people
            .iter()
            .filter(|person| person.suspended.is_some())
            .count(),
        1
    );
    assert_eq!(
        world
            .people
            .iter()
            .filter(|person| person.signed_in.is_none())
            .count(),
        1
    );
    let sign_ins: Vec<_> = world.sign_ins().collect();
    assert_eq!(sign_ins.len(), 5);
    assert!(
        sign_ins
            .iter()
            .all(|person| person.password.unwrap().len() >= 15)
    );
    // An operator; the owner of a site; a contributor there from another organisation; a reader of a charity; an officer.
    let library = Place::Library("case-papers");
    let role = |person: Key| world.role_at(person, library, NOW);
    let roles: Vec<_> = sign_ins[..4]
        .iter()
        .map(|person| role(person.key))
        .collect();
    assert_eq!(
        roles,
        [
            None,
            Some(Role::Owner),
            Some(Role::Contributor),
            Some(Role::Reader)
        ]
    );
    assert_eq!(sign_ins[0].offices, [Office::Operator]);
    assert_eq!(sign_ins[4].offices, [Office::Assurance]);
    let outs = world
        .documents
        .iter()
        .filter_map(|document| document.checked_out.as_ref());
    assert!(
        outs.clone()
            .any(|out| out.by == sign_ins[2].key && out.until > NOW),
        "the contributor holds something"
    );
    assert_eq!(outs.clone().count(), 8);
    assert_eq!(
        outs.clone()
            .filter(|out| out.until < NOW && out.release.is_none())
            .count(),
        1,
        "one has run out"
    );
    assert_eq!(
        outs.filter(|out| out.release.is_some()).count(),
        1,
        "one was released"
    );
}

#[test]
fn addresses_and_numbers_reach_nobody() {
    for person in world(7, NOW).people {
        assert!(
            person.email.is_ascii() && person.email.ends_with(".example"),
            "{}",
            person.email
        );
        assert!(
            person.phone.starts_with("01632 960 ") || person.phone.starts_with("07700 900 "),
            "{}",
            person.phone
        );
    }
}

#[test]
fn some_access_ends_soon_and_some_has_ended() {
    let world = world(7, NOW);
    let ends = |from: i64, to: i64| {
        world
            .grants
            .iter()
            .any(|grant| grant.until.is_some_and(|at| at > from && at <= to))
    };
    assert!(ends(NOW, NOW + 19 * DAY));
    assert!(ends(i64::MIN, NOW));
    assert!(
        world
            .grants
            .iter()
            .all(|grant| grant.until.is_none_or(|until| until > grant.from))
    );
    for (kind, found) in [
        (
            "person",
            world
                .grants
                .iter()
                .any(|grant| matches!(grant.subject, Subject::Person(_))),
        ),
        (
            "team",
            world
                .grants
                .iter()
                .any(|grant| matches!(grant.subject, Subject::Team(_))),
        ),
        (
            "organisation",
            world
                .grants
                .iter()
                .any(|grant| matches!(grant.subject, Subject::Organisation(_))),
        ),
        (
            "everyone",
            world
                .grants
                .iter()
                .any(|grant| grant.subject == Subject::Everyone),
        ),
    ] {
        assert!(found, "a grant to a {kind}");
    }
}

#[test]
fn folders_nest_to_three_and_names_are_unique() {
    let world = world(7, NOW);
    let mut depths = HashMap::new();
    for (key, folder) in world.folders.iter().enumerate() {
        assert_eq!(folder.key, key);
        let above = folder.parent.map_or(0, |parent| depths[&parent]);
        depths.insert(key, above + 1);
    }
    assert_eq!(depths.values().max(), Some(&3));
    let mut names = HashSet::new();
    for folder in &world.folders {
        assert!(
            names.insert((folder.library, folder.parent, folder.name.to_lowercase())),
            "{}",
            folder.name
        );
    }
    for (key, document) in world.documents.iter().enumerate() {
        assert_eq!(document.key, key);
        assert!(
            names.insert((
                document.library,
                document.folder,
                document.name.to_lowercase()
            )),
            "{}",
            document.name
        );
        assert!(!document.name.contains(['{', '/']), "{}", document.name);
    }
}

#[test]
fn times_are_spread_over_half_a_year() {
    let world = world(7, NOW);
    let added = |from: i64, to: i64| {
        let versions = world
            .documents
            .iter()
            .flat_map(|document| &document.versions);
        versions
            .filter(|version| version.at > NOW - from * DAY && version.at <= NOW - to * DAY)
            .count()
    };
    for month in 0..6 {
        assert!(
            added((month + 1) * 30, month * 30) >= 25,
            "month {month}: {}",
            added((month + 1) * 30, month * 30)
        );
    }
    assert!(added(7, 0) >= 12, "the last week: {}", added(7, 0));
}
