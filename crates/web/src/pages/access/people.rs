//! The people for whom something changes, by name: of a change of access, and of a move to another library.

use chancery::grants::{Differ, Moved};
use chancery::people::PersonLine;

use super::role_label;
use crate::format;

/// How many people of each list are named: more say nothing that the count does not.
const NAMED: usize = 500;

/// Somebody for whom something changes.
#[derive(Debug)]
pub(in crate::pages) struct Person {
    pub(in crate::pages) name: String,
    pub(in crate::pages) who: String,
    pub(in crate::pages) what: String,
}

/// People for whom the same changes; drawn by `access/people.html`.
#[derive(Debug)]
pub(in crate::pages) struct People {
    pub(in crate::pages) caption: String,
    pub(in crate::pages) column: &'static str,
    pub(in crate::pages) named: Vec<Person>,
    pub(in crate::pages) more: Option<String>,
    count: u64,
}

impl People {
    /// Those who gain access: some by name, all of them counted, with how many organisations they are from.
    pub(in crate::pages) fn gaining(gain: &[Moved], (count, organisations): (u64, u64)) -> Self {
        let verb = if count == 1 { "gains" } else { "gain" };
        let caption = format!("{} {verb} access", format::people(count, organisations));
        Self::moved(caption, "Will be", gain, count)
    }

    /// Those who lose it.
    pub(in crate::pages) fn losing(lose: &[Moved], (count, organisations): (u64, u64)) -> Self {
        let verb = if count == 1 { "loses" } else { "lose" };
        let caption = format!("{} {verb} access", format::people(count, organisations));
        Self::moved(caption, "Is now", lose, count)
    }

    /// Those who can do something else than before.
    pub(in crate::pages) fn differing(differ: &[Differ], count: u64) -> Self {
        let verb = if count == 1 { "gets" } else { "get" };
        let caption = format!("{} {verb} another role", format::people(count, 0));
        let changes = differ.iter().map(|one| {
            let (before, after) = (one.before.name(), one.after.name());
            person(&one.line, format!("From {before} to {after}"))
        });
        Self::of(caption, "Changes", changes.collect(), count)
    }

    /// Those with these roles, which come or go.
    pub(super) fn moved(
        caption: String,
        column: &'static str,
        moved: &[Moved],
        count: u64,
    ) -> Self {
        let named = moved
            .iter()
            .map(|one| person(&one.line, role_label(one.role).to_owned()));
        Self::of(caption, column, named.collect(), count)
    }

    fn of(caption: String, column: &'static str, mut named: Vec<Person>, count: u64) -> Self {
        named.truncate(NAMED);
        let rest = count.saturating_sub(named.len() as u64);
        Self {
            caption,
            column,
            more: (rest > 0).then(|| {
                let and = if named.is_empty() { "" } else { "And " };
                format!(
                    "{and}{}.",
                    format::count(rest, "more person", "more people")
                )
            }),
            named,
            count,
        }
    }

    /// Whether there is anybody.
    pub(in crate::pages) fn is_some(&self) -> bool {
        self.count > 0
    }
}

/// How many can see something, inside a sentence: "35 people from 11 organisations", "nobody".
pub(in crate::pages) fn so_many((people, organisations): (u64, u64)) -> String {
    match people {
        0 => "nobody".to_owned(),
        _ => format::people(people, organisations),
    }
}

/// The answer: "6 people gain access and 2 lose it".
pub(in crate::pages) fn answer(gain: u64, lose: u64, differ: u64) -> String {
    let count = |people: u64| format::count(people, "person", "people");
    let verb =
        |people: u64, one: &'static str, many: &'static str| if people == 1 { one } else { many };
    let gains = format!("{} {} access", count(gain), verb(gain, "gains", "gain"));
    let loses = verb(lose, "loses", "lose");
    match (gain, lose, differ) {
        (0, 0, 0) => "Nobody gains or loses access".to_owned(),
        (0, 0, differ) => format!(
            "{} {} another role",
            count(differ),
            verb(differ, "gets", "get")
        ),
        (_, 0, _) => gains,
        (0, _, _) => format!("{} {loses} access", count(lose)),
        _ => format!("{gains} and {} {loses} it", format::number(lose)),
    }
}

fn person(line: &PersonLine, what: String) -> Person {
    let who = if line.title.is_empty() {
        line.organisation.clone()
    } else {
        format!("{}, {}", line.title, line.organisation)
    };
    Person {
        name: line.name.clone(),
        who,
        what,
    }
}
