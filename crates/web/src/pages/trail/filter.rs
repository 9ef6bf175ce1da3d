//! Which lines of a trail are asked for, as an address says it.

use chancery::kernel::{Id, Sort, thing};
use chancery::people::Author;
use chancery::trail::{Appearing, TrailFilter};
use chancery::{Error, Problems};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::components::{Choice, Field};
use crate::failure::url_escape;
use crate::format;
use crate::forms::{day_field, end_of, no_day, read_day, start_of, typed_day};

/// The kinds of line that a place has, as its filter offers them.
const KINDS: [(Sort, &str); 4] = [
    (Sort::Read, "Read"),
    (Sort::Document, "Changed"),
    (Sort::Place, "Set up"),
    (Sort::Access, "Access"),
];

/// What the address of a trail asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    pub(super) person: String,
    pub(super) kind: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) before: String,
}

impl Filter {
    /// What to ask of the trail.
    pub(super) fn asked(&self, zone: &TimeZone) -> TrailFilter {
        TrailFilter {
            person: self.person.parse().ok(),
            from: read_day(&self.from).and_then(|day| start_of(day, zone)),
            until: read_day(&self.until).and_then(|day| end_of(day, zone)),
            sort: self.sort(),
            action: None,
            before: self.before.parse().ok(),
            limit: 0,
        }
    }

    /// Refuses what cannot be read: nobody should take everything for a part.
    pub(super) fn check(&self) -> Result<(), Error> {
        let mut problems = Problems::new();
        for (name, label, typed) in [("from", "From", &self.from), ("until", "To", &self.until)] {
            if unreadable(typed) {
                problems.add(name, no_day(label));
            }
        }
        if !self.person.is_empty() && self.person.parse::<Id<thing::Person>>().is_err() {
            problems.add("person", "Choose a person from the list");
        }
        if !self.kind.is_empty() && self.sort().is_none() {
            problems.add("kind", "Choose from the list what was done");
        }
        if let (Some(from), Some(until)) = (read_day(&self.from), read_day(&self.until))
            && from > until
        {
            problems.add("until", "The last day must be the first day or later");
        }
        problems.check()
    }

    /// The kind, when it is one that a place has.
    pub(super) fn sort(&self) -> Option<Sort> {
        KINDS
            .into_iter()
            .map(|(sort, _)| sort)
            .find(|sort| sort.name() == self.kind)
    }

    /// Whether it leaves anything out.
    pub(super) fn is_any(&self) -> bool {
        ![&self.person, &self.kind, &self.from, &self.until]
            .iter()
            .all(|value| value.trim().is_empty())
    }

    /// The questions, with what was chosen and what cannot be read.
    pub(super) fn fields(&self, people: &[Appearing]) -> Vec<Field> {
        let mut choices = vec![Choice::new("", "Anybody")];
        choices.extend(
            people
                .iter()
                .map(|one| Choice::new(shown(&one.who), called(one))),
        );
        // Somebody who no longer appears among the latest stays chosen.
        if self.person.parse::<Id<thing::Person>>().is_ok()
            && !choices.iter().any(|choice| choice.value == self.person)
        {
            choices.push(Choice::new(&self.person, "The person in this address"));
        }
        let mut kinds = vec![Choice::new("", "Anything")];
        kinds.extend(KINDS.map(|(sort, label)| Choice::new(sort.name(), label)));
        let problems = match self.check() {
            Err(Error::Invalid(problems)) => problems,
            _ => Problems::new(),
        };
        let day = |name: &str, label: &str, typed: &str| {
            let shown = read_day(typed).map_or_else(|| typed.to_owned(), typed_day);
            day_field(name, label, &shown).error(problems.of(name))
        };
        vec![
            Field::select("person", "Person", choices)
                .value(&self.person)
                .error(problems.of("person")),
            Field::select("kind", "What was done", kinds)
                .value(&self.kind)
                .error(problems.of("kind")),
            day("from", "From", &self.from),
            day("until", "To", &self.until),
        ]
    }

    /// The filter without its page, as written after the `?`; empty for none.
    pub(super) fn written(&self) -> String {
        let pairs = [
            ("person", &self.person),
            ("kind", &self.kind),
            ("from", &self.from),
            ("until", &self.until),
        ];
        pairs
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| format!("{name}={}", url_escape(value.trim())))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// An address with this filter.
    pub(super) fn address(&self, path: &str) -> String {
        match self.written().as_str() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The address of the next page: what is older than this entry.
    pub(super) fn older(&self, path: &str, than: Id<thing::Entry>) -> String {
        match self.written().as_str() {
            "" => format!("{path}?before={than}"),
            query => format!("{path}?{query}&before={than}"),
        }
    }

    /// The same, for one person only.
    pub(super) fn only(&self, person: &str) -> Self {
        Self {
            person: person.to_owned(),
            before: String::new(),
            ..self.clone()
        }
    }

    /// What the trail then answers, as its heading.
    pub(super) fn heading(&self, people: &[Appearing]) -> String {
        let who = people
            .iter()
            .find(|one| shown(&one.who) == self.person)
            .map(|one| match one.apart.as_str() {
                "" => one.who.in_words(),
                apart => format!("{} ({apart})", one.who.in_words()),
            });
        let what = match (who, self.sort()) {
            (None, None) => "Who did what, and who read what".to_owned(),
            (None, Some(Sort::Read)) => "Who read what".to_owned(),
            (None, Some(Sort::Access)) => "How access changed".to_owned(),
            (None, Some(_)) => "Who changed what".to_owned(),
            (Some(name), None) => format!("What {name} did and read"),
            (Some(name), Some(Sort::Read)) => format!("What {name} read"),
            (Some(name), Some(_)) => format!("What {name} changed"),
        };
        match (read_day(&self.from), read_day(&self.until)) {
            (None, None) => what,
            (Some(from), None) => format!("{what}, from {}", format::date(from)),
            (None, Some(until)) => format!("{what}, up to {}", format::date(until)),
            (Some(from), Some(until)) => format!("{what}, {}", days(from, until)),
        }
    }
}

/// The id of somebody as an address has it.
fn shown(who: &Author) -> String {
    Id::<thing::Person>::from_raw(who.id).to_string()
}

/// Somebody in the list, apart from everybody else in it.
fn called(one: &Appearing) -> String {
    match one.apart.as_str() {
        "" => one.who.in_full(),
        apart => format!("{} ({apart})", one.who.in_full()),
    }
}

fn unreadable(typed: &str) -> bool {
    !typed.trim().is_empty() && read_day(typed).is_none()
}

fn days(from: Date, until: Date) -> String {
    if from == until {
        format::date(from)
    } else {
        format!("{} to {}", format::date(from), format::date(until))
    }
}

#[cfg(test)]
mod tests {
    use chancery::kernel::{Id, thing};
    use chancery::people::Author;
    use chancery::trail::Appearing;

    use super::Filter;

    fn filter(person: &str, kind: &str, from: &str, until: &str) -> Filter {
        Filter {
            person: person.to_owned(),
            kind: kind.to_owned(),
            from: from.to_owned(),
            until: until.to_owned(),
            before: String::new(),
        }
    }

    #[test]
    fn the_heading_says_what_is_asked() {
        let ruth: Id<thing::Person> = Id::from_raw(7);
        let people = [Appearing {
            who: Author {
                id: 7,
                name: "Ruth Pemberton".to_owned(),
                organisation: "Harbour Lights".to_owned(),
            },
            apart: String::new(),
        }];
        let heading = |filter: Filter| filter.heading(&people);
        assert_eq!(
            heading(Filter::default()),
            "Who did what, and who read what"
        );
        assert_eq!(heading(filter("", "access", "", "")), "How access changed");
        assert_eq!(
            heading(filter(
                &ruth.to_string(),
                "read",
                "2026-03-06",
                "12 March 2026"
            )),
            "What Ruth Pemberton of Harbour Lights read, 6 March 2026 to 12 March 2026"
        );
        assert_eq!(
            heading(filter("", "people", "6/3/2026", "6/3/2026")),
            "Who did what, and who read what, 6 March 2026"
        );
    }

    #[test]
    fn an_address_keeps_the_filter_and_a_date_that_is_none_is_said() {
        let asked = filter("", "read", "tomorrow & after", "");
        assert_eq!(
            asked.address("/libraries/1/trail.csv"),
            "/libraries/1/trail.csv?kind=read&from=tomorrow%20%26%20after"
        );
        let fields = asked.fields(&[]);
        assert!(!fields[2].error.is_empty());
        assert!(fields[3].error.is_empty());
        assert!(asked.check().is_err());
        assert!(Filter::default().check().is_ok());
        assert!(asked.asked(&jiff::tz::TimeZone::UTC).from.is_none());
    }
}
