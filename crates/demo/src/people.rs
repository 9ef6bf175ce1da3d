//! Organisations, people and teams, from their tables.

use crate::model::{Key, Member, Office, Organisation, Person, Sector, Team};
use crate::tables::{filled, rows};
use crate::times::{Calendar, HOUR, MINUTE};

pub(crate) const ORGANISATIONS: &str = include_str!("../data/organisations.txt");
pub(crate) const PEOPLE: &str = include_str!("../data/people.txt");

/// The organisations; the first one opens the realm and its first operator adds the others that morning.
pub(crate) fn organisations(calendar: &Calendar) -> Vec<Organisation> {
    let operator = rows::<9>(PEOPLE).next().map(|[key, ..]| key);
    let organisation =
        |(minutes, [key, name, sector, umbrella, domain]): (i64, [_; 5])| Organisation {
            key,
            name,
            sector: match sector {
                "public" => Sector::Public,
                "private" => Sector::Private,
                "voluntary" => Sector::Voluntary,
                other => panic!("organisations.txt: no sector is called {other}"),
            },
            umbrella: filled(umbrella),
            domain,
            at: calendar.opened + minutes * 6 * MINUTE,
            by: operator.filter(|_| minutes > 0),
        };
    (0..).zip(rows(ORGANISATIONS)).map(organisation).collect()
}

/// The people. An account is made by the coordinator of the person's organisation or of its umbrella, where there
/// is one already, and by the first operator otherwise.
pub(crate) fn people(organisations: &[Organisation], calendar: &Calendar) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for (
        place,
        [
            key,
            name,
            title,
            organisation,
            phone,
            arrives,
            offices,
            password,
            state,
        ],
    ) in (0..).zip(rows::<9>(PEOPLE))
    {
        let body = organisations
            .iter()
            .find(|o| o.key == organisation)
            .expect("people.txt names organisations");
        let first = people.first().map(|first| first.key);
        // The first operator comes with the first organisation; the others once all organisations are there.
        let at = first.map_or(calendar.opened + MINUTE, |_| {
            calendar.day(arrives, 180 + place * 3)
        });
        let coordinates = |person: &&Person| {
            person.at < at
                && person.offices.iter().any(|office| match office {
                    Office::Coordinator(of) => *of == body.key || body.umbrella == Some(of),
                    Office::Operator | Office::Assurance => false,
                })
        };
        let coordinator = people.iter().find(coordinates).map(|person| person.key);
        people.push(Person {
            key,
            name,
            email: format!("{}@{}", key.replace('-', "."), body.domain),
            title,
            phone,
            organisation,
            offices: offices.split_whitespace().map(office).collect(),
            password: filled(password),
            at,
            by: coordinator.or(first),
            // Most people answer an invitation within the morning.
            signed_in: (state != "new")
                .then_some(at + first.map_or(1, |_| 40 + place % 5 * 11) * MINUTE),
            suspended: state
                .strip_prefix("suspended ")
                .map(|day| calendar.day(day, 0)),
        });
    }
    people
}

fn office(cell: &'static str) -> Office {
    match cell.split_once(':') {
        Some(("coordinator", of)) => Office::Coordinator(of),
        None if cell == "operator" => Office::Operator,
        None if cell == "assurance" => Office::Assurance,
        _ => panic!("people.txt: no office is called {cell}"),
    }
}

/// The teams, each formed in the afternoon of its day.
pub(crate) fn teams(calendar: &Calendar) -> Vec<Team> {
    let team = |[key, name, formed, by, email, purpose]: [Key; 6]| Team {
        key,
        name,
        purpose,
        email,
        at: calendar.day(formed, 5 * 60),
        by,
    };
    rows(include_str!("../data/teams.txt")).map(team).collect()
}

/// Who is in which team.
pub(crate) fn members(calendar: &Calendar) -> Vec<Member> {
    let member = |(place, [team, person, role, joined, left]): (i64, [Key; 5])| Member {
        team,
        person,
        role,
        from: calendar.day(joined, 0) + 6 * HOUR + place * MINUTE,
        until: filled(left).map(|day| calendar.day(day, 0)),
    };
    (0..)
        .zip(rows(include_str!("../data/members.txt")))
        .map(member)
        .collect()
}
