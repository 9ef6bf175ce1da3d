//! The rules alone: dates, sentences, what speaks against a change.

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::super::rules::{self, Owners};
use super::super::{Subject, SubjectName, last_day, until_after};
use crate::kernel::{Id, Role, Time};

fn zone() -> TimeZone {
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}

#[test]
fn the_last_day_is_the_one_that_was_chosen() {
    for day in [
        date(2026, 3, 28),
        date(2026, 3, 29),
        date(2026, 6, 30),
        date(2026, 10, 25),
        date(2028, 2, 29),
    ] {
        let until = until_after(day, &zone()).unwrap();
        assert_eq!(last_day(until, &zone()), day);
        assert_eq!(
            last_day(Time::from_micros(until.micros() + 1), &zone()),
            day.tomorrow().unwrap()
        );
    }
    assert!(until_after(jiff::civil::Date::MAX, &zone()).is_err());
    let until = until_after(date(2026, 6, 30), &zone()).unwrap();
    assert_eq!(
        rules::term(Role::Reader, Some(until), &zone()),
        "reader until 30 June 2026"
    );
    assert_eq!(rules::term(Role::Owner, None, &zone()), "owner");
}

#[test]
fn sentences_name_the_subject_once() {
    let organisation = Subject::Organisation(Id::from_raw(1));
    let until = until_after(date(2026, 6, 30), &zone()).ok();
    let who = rules::called(organisation, "Tessel Housing Ltd", "private");
    let said = rules::given(&who, &rules::term(Role::Reader, until, &zone()));
    assert_eq!(
        said.sentence,
        "Give Tessel Housing Ltd (private sector) reader until 30 June 2026"
    );
    assert_eq!(
        said.past,
        "gave Tessel Housing Ltd (private sector) reader until 30 June 2026"
    );
    let said = rules::altered(&who, Role::Reader, until, Role::Reader, None, &zone());
    assert_eq!(
        said.sentence,
        "Change Tessel Housing Ltd (private sector) from reader until 30 June 2026 to reader with no end date"
    );
    assert_eq!(
        rules::called(Subject::Team(Id::from_raw(1)), "Casework", ""),
        "the team Casework"
    );
    assert_eq!(
        rules::called(Subject::Person(Id::from_raw(1)), "Grace", "Tessel"),
        "Grace of Tessel"
    );
    assert_eq!(
        rules::idle("everyone in the realm", "reader"),
        "Everyone in the realm already has reader: nothing changes"
    );
    assert_eq!(
        SubjectName::Organisation("Harbour Lights".to_owned()).says(),
        "everyone in Harbour Lights"
    );
    assert_eq!(SubjectName::Everyone.to_string(), "everyone in the realm");
}

#[test]
fn a_place_keeps_an_owner() {
    let owners = |now, lasting| Owners { now, lasting };
    let table = [
        (owners(1, 1), owners(0, 0), true),
        (owners(1, 1), owners(1, 0), true),
        (owners(1, 0), owners(1, 0), false),
        (owners(2, 2), owners(1, 1), false),
        (owners(0, 0), owners(0, 0), true),
        (owners(0, 0), owners(1, 0), false),
    ];
    for (before, after, wrong) in table {
        assert_eq!(
            rules::objection(before, after).is_some(),
            wrong,
            "{before:?} {after:?}"
        );
    }
}

#[test]
fn subjects_survive_their_storage_and_their_form() {
    for subject in [
        Subject::Everyone,
        Subject::Person(Id::from_raw(7)),
        Subject::Team(Id::from_raw(8)),
        Subject::Organisation(Id::from_raw(9)),
    ] {
        let (kind, id) = subject.stored();
        assert_eq!(Subject::from_stored(kind, id), subject);
        assert_eq!(
            Subject::from_form(subject.kind(), &subject.id()),
            Some(subject)
        );
    }
    assert_eq!(Subject::from_form("person", "nobody"), None);
    assert_eq!(Subject::from_form("robot", ""), None);
}

#[test]
fn details_count_in_words() {
    let detail =
        |subject, people, organisations| rules::detail(subject, people, organisations, "voluntary");
    let id = Id::from_raw(1);
    assert_eq!(
        detail(Subject::Team(Id::from_raw(1)), Some(14), Some(3)),
        "Team, 14 people from 3 organisations"
    );
    assert_eq!(
        detail(Subject::Team(Id::from_raw(1)), Some(1), Some(1)),
        "Team, 1 person from 1 organisation"
    );
    assert_eq!(
        detail(Subject::Team(Id::from_raw(1)), Some(0), Some(0)),
        "Team, nobody yet"
    );
    assert_eq!(
        detail(Subject::Organisation(id), Some(4), Some(1)),
        "Organisation, 4 people"
    );
    assert_eq!(
        detail(Subject::Organisation(id), None, None),
        "Organisation, voluntary sector"
    );
    assert_eq!(
        detail(Subject::Everyone, Some(40), Some(9)),
        "40 people from 9 organisations"
    );
}
