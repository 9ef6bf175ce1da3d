//! Pure decisions and wording of access changes: nothing here asks the database.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Subject;
use super::preview::{Differ, Moved};
use crate::kernel::{FromRow, Id, Role, Row, Time, thing};
use crate::people::{PersonLine, Sector};
use crate::{Error, Result};

/// What everybody is called where somebody looks for them.
pub(super) const EVERYONE: &str = "everyone in the realm";

/// The last day on which access that ends at `until` can be used, on the calendar of the realm.
pub fn last_day(until: Time, zone: &TimeZone) -> Date {
    let last = Time::from_micros(until.micros().saturating_sub(1));
    last.timestamp().to_zoned(zone.clone()).date()
}

/// The end of access whose last day is this: the first moment of the day after, in the realm's zone.
pub fn until_after(day: Date, zone: &TimeZone) -> Result<Time> {
    day.checked_add(1.day())
        .and_then(|next| next.to_zoned(zone.clone()))
        .map(|next| Time::from(next.timestamp()))
        .map_err(|_| Error::invalid("until", "Enter a date that is on the calendar"))
}

fn written(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// What is given: "reader until 30 June 2026".
pub(super) fn term(role: Role, until: Option<Time>, zone: &TimeZone) -> String {
    match until {
        Some(until) => format!("{} until {}", role.name(), written(last_day(until, zone))),
        None => role.name().to_owned(),
    }
}

/// How a sentence names somebody who is given access.
pub(super) fn called(subject: Subject, name: &str, note: &str) -> String {
    match subject {
        Subject::Everyone => EVERYONE.to_owned(),
        Subject::Person(_) if note.is_empty() => name.to_owned(),
        Subject::Person(_) => format!("{name} of {note}"),
        Subject::Team(_) => format!("the team {name}"),
        Subject::Organisation(_) => format!("{name} ({})", sector(note)),
    }
}

fn sector(stored: &str) -> String {
    Sector::from_name(stored).map_or_else(String::new, |sector| sector.label().to_lowercase())
}

/// A change in two forms: what it will do, and what was done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) sentence: String,
    pub(super) past: String,
}

pub(super) fn given(who: &str, then: &str) -> Said {
    Said {
        sentence: format!("Give {who} {then}"),
        past: format!("gave {who} {then}"),
    }
}

pub(super) fn ended(who: &str, role: Role, from: Time, zone: &TimeZone) -> Said {
    let since = written(from.timestamp().to_zoned(zone.clone()).date());
    let rest = format!("the access of {who}, {} since {since}", role.name());
    Said {
        sentence: format!("End {rest}"),
        past: format!("ended {rest}"),
    }
}

pub(super) fn altered(
    who: &str,
    was: Role,
    ended: Option<Time>,
    role: Role,
    until: Option<Time>,
    zone: &TimeZone,
) -> Said {
    let before = term(was, ended, zone);
    let mut after = term(role, until, zone);
    if ended.is_some() && until.is_none() {
        after.push_str(" with no end date");
    }
    Said {
        sentence: format!("Change {who} from {before} to {after}"),
        past: format!("changed {who} from {before} to {after}"),
    }
}

pub(super) fn stopped(keep: bool) -> Said {
    let (sentence, past) = if keep {
        (
            "Stop taking access from the site, and keep what it gives now",
            "stopped this library taking its access from the site, and kept what it gave",
        )
    } else {
        (
            "Stop taking access from the site",
            "stopped this library taking its access from the site",
        )
    };
    Said {
        sentence: sentence.to_owned(),
        past: past.to_owned(),
    }
}

pub(super) fn inherited() -> Said {
    Said {
        sentence: "Take access from the site as well".to_owned(),
        past: "let this library take its access from the site as well".to_owned(),
    }
}

/// That a change makes no difference.
pub(super) fn idle(who: &str, then: &str) -> String {
    let mut letters = who.chars();
    let who: String = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    format!("{who} already has {then}: nothing changes")
}

/// Whether access may be given like this.
pub(super) fn may_give(to: Subject, role: Role, until: Option<Time>, now: Time) -> Result<()> {
    if to == Subject::Everyone && role == Role::Owner {
        return Err(Error::invalid(
            "role",
            "Everyone in the realm can be given reader or contributor. Owners are chosen one by one",
        ));
    }
    if until.is_some_and(|until| until <= now) {
        return Err(Error::invalid(
            "until",
            "The end date must be in the future",
        ));
    }
    Ok(())
}

/// How many people own a place: now, and with no end in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owners {
    pub(super) now: u64,
    pub(super) lasting: u64,
}

/// What speaks against a change: a place always has an owner, and one without an end date if it had one.
pub(super) fn objection(before: Owners, after: Owners) -> Option<&'static str> {
    if after.now == 0 {
        Some("Nobody will own this. Make somebody else an owner first")
    } else if before.lasting > 0 && after.lasting == 0 {
        Some(
            "Nobody will own this once the end dates of its owners have passed. Make somebody an owner without an end date",
        )
    } else {
        None
    }
}

/// Somebody who can see a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) line: PersonLine,
    pub(super) sector: Sector,
    pub(super) role: Role,
    pub(super) organisation_key: String,
    pub(super) name_key: String,
}

impl FromRow for Seen {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            line: PersonLine::from_row(row)?,
            sector: row.get("sector")?,
            role: row.get("role")?,
            organisation_key: row.get("organisation_key")?,
            name_key: row.get("name_key")?,
        })
    }
}

impl Seen {
    /// By organisation, then name.
    pub(super) fn order(&self) -> (&str, Id<thing::Organisation>, &str, Id<thing::Person>) {
        (
            &self.organisation_key,
            self.line.organisation_id,
            &self.name_key,
            self.line.id,
        )
    }
}

/// Who gains, who loses, whose role changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) gain: Vec<Moved>,
    pub(super) lose: Vec<Moved>,
    pub(super) differ: Vec<Differ>,
}

fn roles(seen: &[Seen]) -> BTreeMap<Id<thing::Person>, Role> {
    seen.iter().map(|one| (one.line.id, one.role)).collect()
}

/// The difference between who can see a place before and after, in the order of the lists.
pub(super) fn difference(before: &[Seen], after: &[Seen]) -> Difference {
    let (had, has) = (roles(before), roles(after));
    let moved = |one: &Seen| Moved {
        line: one.line.clone(),
        role: one.role,
    };
    Difference {
        gain: after
            .iter()
            .filter(|one| !had.contains_key(&one.line.id))
            .map(moved)
            .collect(),
        lose: before
            .iter()
            .filter(|one| !has.contains_key(&one.line.id))
            .map(moved)
            .collect(),
        differ: after
            .iter()
            .filter_map(|one| {
                let before = *had.get(&one.line.id)?;
                (before != one.role).then(|| Differ {
                    line: one.line.clone(),
                    before,
                    after: one.role,
                })
            })
            .collect(),
    }
}

/// Of how many organisations these people are.
pub(super) fn organisations<'a>(lines: impl Iterator<Item = &'a PersonLine>) -> u64 {
    lines
        .map(|line| line.organisation_id)
        .collect::<BTreeSet<_>>()
        .len() as u64
}

/// How many people from how many organisations.
pub(super) fn exposure(seen: &[Seen]) -> (u64, u64) {
    (
        seen.len() as u64,
        organisations(seen.iter().map(|one| &one.line)),
    )
}

/// What the warnings are made from.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) before: &'a [Seen],
    pub(super) after: &'a [Seen],
    pub(super) me: Option<Id<thing::Person>>,
    pub(super) objection: Option<&'static str>,
    pub(super) opened_to_everyone: bool,
    pub(super) inheriting: u64,
    pub(super) place: &'static str,
    pub(super) idle: Vec<String>,
    /// The library stops taking its site's access.
    pub(super) stopped: bool,
}

/// Who is left and which owners of the site are not, when a library stops taking its site's access.
fn left(facts: &Facts<'_>) -> Vec<String> {
    let named = |one: &Seen| format!("{} of {}", one.line.name, one.line.organisation);
    let mut said = Vec::new();
    match facts.after {
        [one] if facts.before.len() > 1 && Some(one.line.id) == facts.me => {
            said.push("Everybody but you loses access".to_owned());
        }
        [one] if facts.before.len() > 1 => {
            said.push(format!("Everybody but {} loses access", named(one)));
        }
        _ => {}
    }
    // What an owner had through the site is lost; whoever owns the library itself keeps it.
    let owners: Vec<String> = facts
        .before
        .iter()
        .filter(|one| one.role == Role::Owner && Some(one.line.id) != facts.me)
        .filter(|one| !facts.after.iter().any(|other| other.line.id == one.line.id))
        .map(named)
        .collect();
    let who = match owners.as_slice() {
        [] => return said,
        [one] => format!("{one}, who owns the site, loses access. They"),
        [some @ .., last] if owners.len() <= OWNERS_NAMED => {
            format!(
                "{} and {last}, who own the site, lose access. They",
                some.join(", ")
            )
        }
        many => format!("{} owners of the site lose access. They", many.len()),
    };
    said.push(format!(
        "{who} cannot open this library then, but can still change who can see it"
    ));
    said
}

/// How many owners of a site a warning names.
const OWNERS_NAMED: usize = 5;

/// What somebody should know before they save, most pressing first.
pub(super) fn warnings(facts: &Facts<'_>) -> Vec<String> {
    let mut said: Vec<String> = facts.objection.map(str::to_owned).into_iter().collect();
    let mine = |seen: &[Seen]| {
        seen.iter()
            .find(|one| Some(one.line.id) == facts.me)
            .map(|one| one.role)
    };
    match (mine(facts.before), mine(facts.after)) {
        (Some(_), None) => said.push("You will lose access yourself".to_owned()),
        (Some(Role::Owner), Some(after)) if after < Role::Owner => {
            said.push("You will not own this any more".to_owned());
        }
        _ => {}
    }
    if facts.stopped {
        said.extend(left(facts));
    }
    if facts.opened_to_everyone {
        said.push(format!(
            "Everyone in the realm will be able to see this {}, and so will everybody who joins later",
            facts.place
        ));
    }
    for sector in Sector::ALL {
        let of = |seen: &[Seen]| {
            seen.iter()
                .filter(|one| one.sector == sector)
                .map(|one| one.line.organisation_id)
                .collect::<BTreeSet<_>>()
                .len()
        };
        let (label, place) = (sector.label().to_lowercase(), facts.place);
        match (of(facts.before), of(facts.after)) {
            (0, 1) if !facts.before.is_empty() => {
                said.push(format!(
                    "This would be the first {label} organisation to see this {place}"
                ));
            }
            (0, 2..) if !facts.before.is_empty() => {
                said.push(format!(
                    "These would be the first {label} organisations to see this {place}"
                ));
            }
            _ => {}
        }
    }
    if facts.inheriting > 0 {
        said.push(match facts.inheriting {
            1 => "1 library takes its access from this site and changes with it".to_owned(),
            many => format!("{many} libraries take their access from this site and change with it"),
        });
    }
    said.extend(facts.idle.iter().cloned());
    said
}

/// Who somebody is to whom access is given, beside their name.
pub(super) fn detail(
    subject: Subject,
    people: Option<u64>,
    organisations: Option<u64>,
    note: &str,
) -> String {
    let some = |number: u64, one: &str, many: &str| {
        format!("{number} {}", if number == 1 { one } else { many })
    };
    let from = |people: u64| {
        if people == 0 {
            return "nobody yet".to_owned();
        }
        let organisations = organisations.unwrap_or(0);
        let people = some(people, "person", "people");
        if organisations == 0 {
            return people;
        }
        format!(
            "{people} from {}",
            some(organisations, "organisation", "organisations")
        )
    };
    match (subject, people) {
        (Subject::Everyone, Some(people)) => from(people),
        (Subject::Everyone, None) => String::new(),
        (Subject::Person(_), _) => note.to_owned(),
        (Subject::Team(_), Some(people)) => format!("Team, {}", from(people)),
        (Subject::Team(_), None) => "Team".to_owned(),
        (Subject::Organisation(_), Some(people)) => {
            let people = match people {
                0 => "nobody yet".to_owned(),
                _ => some(people, "person", "people"),
            };
            format!("Organisation, {people}")
        }
        (Subject::Organisation(_), None) => format!("Organisation, {}", sector(note)),
    }
}
