//! The world holds together: every key means something, and nobody does what the product would refuse.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{HashMap, HashSet};

use demo::{Event, Key, Kind, Office, Place, Role, Sector, Subject, World, world};

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
    let world = world(7, NOW);
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
    assert_eq!(sign_ins.len(), 4);
    assert!(
        sign_ins
            .iter()
            .all(|person| person.password.unwrap().len() >= 15)
    );
    // An operator; the owner of a site; a contributor there from another organisation; a reader of a charity.
    let library = Place::Library("case-papers");
    let role = |person: Key| world.role_at(person, library, NOW);
    let roles: Vec<_> = sign_ins.iter().map(|person| role(person.key)).collect();
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

/// Plays the events and refuses what the product would refuse.
#[test]
fn every_event_is_possible_when_it_happens() {
    // Other moments fall on other days of the week and the month, and near midnight.
    for (seed, now) in [
        (7, NOW),
        (1, NOW + 3 * DAY),
        (2, NOW + 12 * DAY + DAY / 2),
        (3, NOW + 16 * DAY),
        (4, NOW - 200 * DAY),
    ] {
        play(&world(seed, now));
    }
}

fn play(world: &World) {
    let mut there: HashSet<(&str, String)> = HashSet::new();
    let mut last = i64::MIN;
    let mut shown = HashMap::new();
    for moment in world.events() {
        let (at, event) = (moment.at, moment.event);
        assert!(last <= at && at <= world.now, "{event:?} is out of time");
        last = at;
        let has = |kind, key: &dyn ToString| {
            assert!(
                there.contains(&(kind, key.to_string())),
                "no {kind} {} for {event:?}",
                key.to_string()
            )
        };
        if let Some(by) = moment.by {
            has("person", &by);
            let by = world.person(by).unwrap();
            assert!(
                by.signed_in.is_some_and(|since| since <= at),
                "{} acts before signing in: {event:?}",
                by.key
            );
            assert!(
                by.suspended.is_none_or(|since| at <= since),
                "{} acts while suspended",
                by.key
            );
        } else {
            assert!(
                matches!(event, Event::OrganisationJoined(_) | Event::PersonAdded(_))
                    && at < world.opened + DAY
            );
        }
        let by = moment.by.unwrap_or_default();
        let operator = world
            .person(by)
            .is_some_and(|person| person.offices.contains(&Office::Operator));
        let can = |role, library, at| {
            assert!(
                world.role_at(by, Place::Library(library), at) >= Some(role),
                "{by} may not: {event:?}"
            )
        };
        let made = match event {
            Event::OrganisationJoined(organisation) => {
                organisation
                    .umbrella
                    .iter()
                    .for_each(|umbrella| has("organisation", umbrella));
                assert!(by.is_empty() || operator);
                ("organisation", organisation.key.to_owned())
            }
            Event::PersonAdded(person) => {
                has("organisation", &person.organisation);
                let body = world.organisation(person.organisation).unwrap();
                let coordinates = |office: &Office| matches!(office, Office::Coordinator(of) if *of == body.key || Some(*of) == body.umbrella);
                let coordinator = world
                    .person(by)
                    .is_some_and(|person| person.offices.iter().any(coordinates));
                assert!(
                    by.is_empty() || operator || coordinator,
                    "{by} may not add {}",
                    person.key
                );
                person.offices.iter().for_each(|office| {
                    if let Office::Coordinator(of) = office {
                        has("organisation", of);
                    }
                });
                ("person", person.key.to_owned())
            }
            Event::SignedIn(person) | Event::PersonSuspended(person) => {
                has("person", &person.key);
                continue;
            }
            Event::TeamFormed(team) => ("team", team.key.to_owned()),
            Event::TeamJoined(member) | Event::TeamLeft(member) => {
                has("team", &member.team);
                has("person", &member.person);
                assert!(member.until.is_none_or(|until| member.from < until));
                continue;
            }
            Event::SiteOpened(site) => {
                assert!(operator);
                has("organisation", &site.organisation);
                has("person", &site.owner);
                ("site", site.key.to_owned())
            }
            Event::LibraryOpened(library) => {
                has("site", &library.site);
                let site = world
                    .sites
                    .iter()
                    .find(|site| site.key == library.site)
                    .unwrap();
                assert_eq!(by, site.owner);
                assert_eq!(
                    world.role_at(by, Place::Site(site.key), at - 1),
                    Some(Role::Owner)
                );
                ("library", library.key.to_owned())
            }
            Event::AccessGiven(grant) => {
                let (place, site) = match grant.place {
                    Place::Site(key) => (("site", key), key),
                    Place::Library(key) => (("library", key), world.library(key).unwrap().site),
                };
                has(place.0, &place.1);
                let owns = |place| world.role_at(by, place, at - 1) == Some(Role::Owner);
                assert!(
                    operator || owns(grant.place) || owns(Place::Site(site)),
                    "{by} may not give {grant:?}"
                );
                match grant.subject {
                    Subject::Person(key) => has("person", &key),
                    Subject::Team(key) => has("team", &key),
                    Subject::Organisation(key) => has("organisation", &key),
                    Subject::Everyone => {}
                }
                continue;
            }
            Event::FolderMade(folder) => {
                has("library", &folder.library);
                folder
                    .parent
                    .iter()
                    .for_each(|parent| has("folder", parent));
                can(Role::Contributor, folder.library, at);
                ("folder", folder.key.to_string())
            }
            Event::DocumentAdded(document) => {
                has("library", &document.library);
                document
                    .folder
                    .iter()
                    .for_each(|folder| has("folder", folder));
                can(Role::Contributor, document.library, at);
                shown.insert(document.key, 1);
                ("document", document.key.to_string())
            }
            Event::VersionAdded(document, number) => {
                assert_eq!(
                    shown.insert(document.key, number),
                    Some(number - 1),
                    "{}",
                    document.name
                );
                can(Role::Contributor, document.library, at);
                continue;
            }
            Event::DocumentRead(document, read) => {
                assert_eq!(shown[&document.key], read.version, "{by} reads the newest");
                can(Role::Reader, document.library, at);
                continue;
            }
            Event::CheckedOut(document, out) => {
                assert_eq!(
                    shown[&document.key],
                    document.versions.len(),
                    "nobody changes it afterwards"
                );
                assert!(at < out.until && !out.note.is_empty());
                can(Role::Contributor, document.library, at);
                continue;
            }
            Event::DraftSaved(document, out) => {
                assert!(out.at < at && at < out.until);
                can(Role::Contributor, document.library, at);
                continue;
            }
            Event::CheckOutReleased(document, release) => {
                assert!(release.draft < at && at < document.checked_out.as_ref().unwrap().until);
                can(Role::Owner, document.library, at);
                continue;
            }
            Event::DocumentBinned(document) => {
                assert!(document.checked_out.is_none());
                can(Role::Contributor, document.library, at);
                // Nothing happens to it from here on.
                shown.remove(&document.key);
                continue;
            }
        };
        assert!(there.insert(made), "made twice: {event:?}");
    }
    assert_eq!(
        there.iter().filter(|(kind, _)| *kind == "document").count(),
        300
    );
}
