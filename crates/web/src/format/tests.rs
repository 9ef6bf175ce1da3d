#![allow(clippy::unwrap_used, reason = "a test may panic")]

use askama::Template;

use super::*;

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn moments() {
    for (when, written) in [
        ("2026-03-03T14:15:00Z", "3 March 2026 at 2:15pm"),
        ("2026-03-03T10:00:59Z", "3 March 2026 at 10am"),
        ("2026-03-03T00:05:00Z", "3 March 2026 at 12:05am"),
        ("2026-03-03T00:00:00Z", "3 March 2026 at midnight"),
        ("2026-03-03T12:00:00Z", "3 March 2026 at midday"),
        ("2026-03-03T12:30:00Z", "3 March 2026 at 12:30pm"),
        // Summer time: an hour on, and past midnight into the next day.
        ("2026-07-31T23:30:00Z", "1 August 2026 at 12:30am"),
        // Either side of the night when the clocks go forward.
        ("2026-03-29T00:59:00Z", "29 March 2026 at 12:59am"),
        ("2026-03-29T01:00:00Z", "29 March 2026 at 2am"),
    ] {
        assert_eq!(moment(at(when), &london()), written, "{when}");
    }
}

#[test]
fn days() {
    let zone = london();
    let when = at("2026-03-12T09:42:00Z");
    assert_eq!(day(when, &zone), "12 March 2026");
    assert_eq!(weekday(when, &zone), "Thursday 12 March 2026");
    assert_eq!(clock(when, &zone), "9:42am");
    assert_eq!(machine(when), "2026-03-12T09:42:00Z");
    assert_eq!(machine_day(at("2026-07-31T23:30:00Z"), &zone), "2026-08-01");
    for (now, said) in [
        ("2026-03-12T23:59:00Z", "Today, Thursday 12 March 2026"),
        ("2026-03-13T00:00:00Z", "Yesterday, Thursday 12 March 2026"),
        ("2026-03-14T00:00:00Z", "Thursday 12 March 2026"),
        ("2026-03-11T00:00:00Z", "Thursday 12 March 2026"),
    ] {
        assert_eq!(spoken_day(when, at(now), &zone), said, "{now}");
    }
}

#[test]
fn sizes() {
    for (bytes, written) in [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1 KB"),
        (1_049, "1 KB"),
        (1_050, "1.1 KB"),
        (9_949, "9.9 KB"),
        (9_950, "10 KB"),
        (86_400, "86 KB"),
        (999_499, "999 KB"),
        (999_500, "1 MB"),
        (1_234_567, "1.2 MB"),
        (412_000_000, "412 MB"),
        (2_000_000_000, "2 GB"),
        (u64::MAX, "18,447 PB"),
    ] {
        assert_eq!(size(bytes), written, "{bytes}");
    }
}

#[test]
fn counts() {
    assert_eq!(count(0, "person", "people"), "0 people");
    assert_eq!(count(1, "person", "people"), "1 person");
    assert_eq!(count(1_204, "document", "documents"), "1,204 documents");
    assert_eq!(number(100_000), "100,000");
    assert_eq!(number(999), "999");
    for (persons, organisations, said) in [
        (0, 0, "0 people"),
        (1, 1, "1 person from 1 organisation"),
        (4, 2, "4 people from 2 organisations"),
        (100_000, 300, "100,000 people from 300 organisations"),
    ] {
        assert_eq!(people(persons, organisations), said);
    }
}

#[test]
fn names_in_a_sentence() {
    assert_eq!(list::<&str>(&[]), "");
    assert_eq!(list(&["Ruth"]), "Ruth");
    assert_eq!(list(&["Ruth", "Peter"]), "Ruth and Peter");
    assert_eq!(list(&["Ruth", "Peter", "Siân"]), "Ruth, Peter and Siân");
}

#[test]
fn filters_write_the_same() {
    #[derive(Template)]
    #[template(
        source = r#"{{ at|moment(zone) }}; {{ at|day(zone) }}; {{ at|clock(zone) }}; {{ at|machine }}; {{ bytes|size }}; {{ people|count("person", "people") }}"#,
        ext = "html"
    )]
    struct Page {
        at: Timestamp,
        zone: TimeZone,
        bytes: u64,
        people: u64,
    }
    let page = Page {
        at: at("2026-03-03T14:15:00Z"),
        zone: london(),
        bytes: 86_400,
        people: 4,
    };
    assert_eq!(
        page.render().unwrap(),
        "3 March 2026 at 2:15pm; 3 March 2026; 2:15pm; 2026-03-03T14:15:00Z; 86 KB; 4 people"
    );
}

#[test]
fn a_limit_is_rounded_down() {
    assert_eq!(at_most(10 * 1024 * 1024 * 1024), "10 GB");
    assert_eq!(at_most(999_999), "999 KB");
    assert_eq!(at_most(12), "12 bytes");
}
