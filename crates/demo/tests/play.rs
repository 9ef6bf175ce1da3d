//! The play holds together: every key means something, and nobody does what the product would refuse.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{HashMap, HashSet};

use demo::{
    Document, Event, Grant, Key, Moment, Office, Person, Place, Role, Subject, World, world,
};

/// Wednesday 16 September 2026, a little after two.
const NOW: i64 = 1_789_567_500_000_000;
const HOUR: i64 = 3_600_000_000;

#[test]
fn every_event_is_possible_when_it_happens() {
    // Other moments fall on other days of the week and of the month, and near midnight.
    for (seed, hours) in [
        (7, 0),
        (1, 3 * 24),
        (2, 12 * 24 + 12),
        (3, 16 * 24 - 14),
        (4, -200 * 24),
        (5, 4 * 24),
    ] {
        let world = world(seed, NOW + hours * HOUR);
        let mut stage = Stage {
            world: &world,
            there: HashSet::new(),
            versions: HashMap::new(),
        };
        let mut last = i64::MIN;
        for moment in world.events() {
            assert!(
                last <= moment.at && moment.at <= world.now,
                "out of time: {moment:?}"
            );
            last = moment.at;
            stage.play(moment);
        }
        assert_eq!(
            stage
                .there
                .iter()
                .filter(|(kind, _)| *kind == "document")
                .count(),
            300
        );
    }
}

/// What is there so far.
struct Stage<'a> {
    world: &'a World,
    there: HashSet<(&'static str, String)>,
    /// How many versions each document has; none once it is in the bin.
    versions: HashMap<usize, usize>,
}

impl Stage<'_> {
    fn play(&mut self, moment: Moment<'_>) {
        let (at, by) = (moment.at, moment.by.unwrap_or_default());
        if let Some(by) = moment.by {
            self.has("person", &by);
            let by = self.world.person(by).unwrap();
            assert!(
                by.signed_in.is_some_and(|since| since <= at),
                "before signing in: {moment:?}"
            );
            assert!(
                by.suspended.is_none_or(|since| at <= since),
                "while suspended: {moment:?}"
            );
        } else {
            let opening = matches!(
                moment.event,
                Event::OrganisationJoined(_) | Event::PersonAdded(_)
            );
            assert!(
                opening && at < self.world.opened + HOUR,
                "nobody did it: {moment:?}"
            );
        }
        match moment.event {
            Event::OrganisationJoined(organisation) => {
                organisation
                    .umbrella
                    .iter()
                    .for_each(|umbrella| self.has("organisation", umbrella));
                assert!(by.is_empty() || self.operates(by));
                self.make("organisation", &organisation.key);
            }
            Event::PersonAdded(person) => self.person(person, by),
            Event::SignedIn(person) | Event::PersonSuspended(person) => {
                self.has("person", &person.key);
            }
            Event::TeamFormed(team) => self.make("team", &team.key),
            Event::TeamJoined(member) | Event::TeamLeft(member) => {
                self.has("team", &member.team);
                self.has("person", &member.person);
                assert!(member.until.is_none_or(|until| member.from < until));
            }
            Event::SiteOpened(site) => {
                assert!(self.operates(by));
                self.has("organisation", &site.organisation);
                self.has("person", &site.owner);
                self.make("site", &site.key);
            }
            Event::LibraryOpened(library) => {
                self.has("site", &library.site);
                assert_eq!(
                    self.world.role_at(by, Place::Site(library.site), at - 1),
                    Some(Role::Owner)
                );
                self.make("library", &library.key);
            }
            Event::AccessGiven(grant) => self.grant(grant),
            Event::FolderMade(folder) => {
                folder
                    .parent
                    .iter()
                    .for_each(|parent| self.has("folder", parent));
                self.can(Role::Contributor, by, folder.library, at);
                self.make("folder", &folder.key);
            }
            Event::DocumentAdded(document) => {
                document
                    .folder
                    .iter()
                    .for_each(|folder| self.has("folder", folder));
                self.can(Role::Contributor, by, document.library, at);
                self.make("document", &document.key);
                self.versions.insert(document.key, 1);
            }
            _ => self.work(moment, by),
        }
    }

    /// What happens to a document that is there already.
    fn work(&mut self, Moment { at, event, .. }: Moment<'_>, by: Key) {
        let versions = |document: &Document| self.versions.get(&document.key).copied();
        let (document, role) = match event {
            Event::VersionAdded(document, number) => {
                assert_eq!(versions(document), Some(number - 1), "{}", document.name);
                self.versions.insert(document.key, number);
                (document, Role::Contributor)
            }
            Event::DocumentRead(document, read) => {
                assert_eq!(
                    versions(document),
                    Some(read.version),
                    "{by} reads the newest"
                );
                (document, Role::Reader)
            }
            Event::CheckedOut(document, out) => {
                assert_eq!(
                    versions(document),
                    Some(document.versions.len()),
                    "it changes while it is out"
                );
                assert!(at < out.until && !out.note.is_empty());
                (document, Role::Contributor)
            }
            Event::DraftSaved(document, out) => {
                assert!(by == out.by && out.at < at && at < out.until);
                (document, Role::Contributor)
            }
            Event::CheckOutReleased(document, release) => {
                assert!(release.draft < at && at < document.checked_out.as_ref().unwrap().until);
                (document, Role::Owner)
            }
            Event::DocumentBinned(document) => {
                assert!(document.checked_out.is_none());
                assert!(self.versions.remove(&document.key).is_some());
                (document, Role::Contributor)
            }
            other => panic!("{other:?} does not happen to a document"),
        };
        self.can(role, by, document.library, at);
    }

    fn person(&mut self, person: &Person, by: Key) {
        self.has("organisation", &person.organisation);
        let body = self.world.organisation(person.organisation).unwrap();
        let looks_after = |office: &Office| match office {
            Office::Coordinator(of) => *of == body.key || Some(*of) == body.umbrella,
            Office::Operator => true,
            Office::Assurance => false,
        };
        let adds = self
            .world
            .person(by)
            .is_some_and(|by| by.offices.iter().any(looks_after));
        assert!(by.is_empty() || adds, "{by} may not add {}", person.key);
        for office in &person.offices {
            if let Office::Coordinator(of) = office {
                self.has("organisation", of);
            }
        }
        self.make("person", &person.key);
    }

    fn grant(&self, grant: &Grant) {
        let site = match grant.place {
            Place::Site(key) => {
                self.has("site", &key);
                key
            }
            Place::Library(key) => {
                self.has("library", &key);
                self.world.library(key).unwrap().site
            }
        };
        let owns = |place| self.world.role_at(grant.by, place, grant.from - 1) == Some(Role::Owner);
        let may = self.operates(grant.by) || owns(grant.place) || owns(Place::Site(site));
        assert!(may, "may not give: {grant:?}");
        match grant.subject {
            Subject::Person(key) => self.has("person", &key),
            Subject::Team(key) => self.has("team", &key),
            Subject::Organisation(key) => self.has("organisation", &key),
            Subject::Everyone => {}
        }
    }

    fn operates(&self, by: Key) -> bool {
        self.world
            .person(by)
            .is_some_and(|person| person.offices.contains(&Office::Operator))
    }

    fn can(&self, role: Role, by: Key, library: Key, at: i64) {
        self.has("library", &library);
        let has = self.world.role_at(by, Place::Library(library), at);
        assert!(
            has >= Some(role),
            "{by} is {has:?} in {library} and would have to be {role:?}"
        );
    }

    fn has(&self, kind: &'static str, key: &(impl ToString + ?Sized)) {
        let key = key.to_string();
        assert!(
            self.there.contains(&(kind, key.clone())),
            "there is no {kind} {key} yet"
        );
    }

    fn make(&mut self, kind: &'static str, key: &(impl ToString + ?Sized)) {
        let key = key.to_string();
        assert!(
            self.there.insert((kind, key.clone())),
            "{kind} {key} is made twice"
        );
    }
}
