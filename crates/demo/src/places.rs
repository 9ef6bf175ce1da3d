//! Sites, libraries and the grants on them, from their tables.

use crate::model::{Grant, Key, Library, Place, Role, Site, SiteKind, Subject};
use crate::people::PEOPLE;
use crate::tables::{filled, rows};
use crate::times::{Calendar, HOUR, MINUTE};

const SITES: &str = include_str!("../data/sites.txt");
const LIBRARIES: &str = include_str!("../data/libraries.txt");

/// The sites, each opened by the first operator for its owner.
pub(crate) fn sites(calendar: &Calendar) -> Vec<Site> {
    let [operator, ..] = rows::<9>(PEOPLE)
        .next()
        .expect("people.txt begins with the first operator");
    let site = |[key, name, kind, organisation, owner, opened, purpose]: [Key; 7]| Site {
        key,
        name,
        kind: match kind {
            "team" => SiteKind::Team,
            "project" => SiteKind::Project,
            "community" => SiteKind::Community,
            "organisation" => SiteKind::Organisation,
            other => panic!("sites.txt: no kind is called {other}"),
        },
        purpose,
        organisation,
        owner,
        at: calendar.day(opened, 5 * 60),
        by: operator,
    };
    rows(SITES).map(site).collect()
}

/// The libraries, each opened by the owner of its site.
pub(crate) fn libraries(calendar: &Calendar) -> Vec<Library> {
    let owner = |site: Key| {
        rows::<7>(SITES)
            .find(|row| row[0] == site)
            .expect("libraries.txt names sites")[4]
    };
    let library =
        |(place, [key, site, name, inherits, opened, purpose]): (i64, [Key; 6])| Library {
            key,
            site,
            name,
            purpose,
            inherits: inherits == "yes",
            at: calendar.day(opened, 0) + 6 * HOUR + place * MINUTE,
            by: owner(site),
        };
    (0..).zip(rows(LIBRARIES)).map(library).collect()
}

/// The grants. Those that begin on a day of the first weeks are made late that afternoon, when the place is there.
pub(crate) fn grants(calendar: &Calendar) -> Vec<Grant> {
    let mut grants: Vec<Grant> = Vec::new();
    for (order, [place, subject, role, by, from, until]) in
        (0..).zip(rows::<6>(include_str!("../data/grants.txt")))
    {
        let place = if rows::<7>(SITES).any(|site| site[0] == place) {
            Place::Site(place)
        } else {
            Place::Library(place)
        };
        grants.push(Grant {
            place,
            subject: match subject.split_once(':') {
                Some(("person", key)) => Subject::Person(key),
                Some(("team", key)) => Subject::Team(key),
                Some(("organisation", key)) => Subject::Organisation(key),
                None if subject == "everyone" => Subject::Everyone,
                _ => panic!("grants.txt: no subject is written {subject}"),
            },
            role: match role {
                "reader" => Role::Reader,
                "contributor" => Role::Contributor,
                "owner" => Role::Owner,
                other => panic!("grants.txt: no role is called {other}"),
            },
            by,
            from: calendar.day(from, 0) + 7 * HOUR + order * MINUTE,
            until: filled(until).map(|day| calendar.day(day, 0)),
            first: grants.iter().all(|earlier| earlier.place != place),
        });
    }
    grants
}
