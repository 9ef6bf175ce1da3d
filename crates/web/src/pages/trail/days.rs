//! What changed, told day by day.

use chancery::kernel::{Id, thing};
use chancery::trail::TrailLine;
use jiff::civil::Date;

use super::told::Told;
use crate::format;
use crate::guest::Guest;

/// From how many of the same a burst is told as one.
const BURST: usize = 3;

/// Lines that say how work is going on rather than that something changed: a short list leaves them out.
const QUIET: [&str; 2] = ["SaveDraft", "RenewCheckOut"];

/// A day of a timeline, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct Day {
    /// "Today, Thursday 12 March 2026".
    pub(in crate::pages) title: String,
    /// The same for machines.
    pub(in crate::pages) machine: String,
    /// What changed on it.
    pub(in crate::pages) told: Vec<Told>,
}

/// Every line, by day.
pub(in crate::pages) fn in_full(guest: &Guest, lines: &[TrailLine]) -> Vec<Day> {
    let zone = guest.portal.zone();
    by_day(guest, lines)
        .into_iter()
        .map(|(first, lines)| {
            day(
                guest,
                first,
                lines.iter().map(|line| Told::one(line, zone)).collect(),
            )
        })
        .collect()
}

/// The newest `most` things that changed, by day: bursts of the same by the same person in one
/// library are told as one. Where a library was asked for its last `asked` lines only, a burst of that
/// many may have been longer.
pub(in crate::pages) fn in_short(
    guest: &Guest,
    lines: &[TrailLine],
    most: usize,
    asked: usize,
) -> Vec<Day> {
    let zone = guest.portal.zone();
    let lines: Vec<TrailLine> = lines
        .iter()
        .filter(|line| !QUIET.contains(&line.action.as_str()))
        .cloned()
        .collect();
    let mut left = most;
    let mut days = Vec::new();
    for (first, lines) in by_day(guest, &lines) {
        if left == 0 {
            break;
        }
        let mut told: Vec<Told> = Vec::new();
        let mut burst: Vec<Key<'_>> = Vec::new();
        for line in lines {
            let key = Key::of(line);
            if burst.contains(&key) {
                continue;
            }
            let count = lines.iter().filter(|other| Key::of(other) == key).count();
            if count >= BURST && line.library.is_some() {
                burst.push(key);
                told.push(Told::burst(line, count, count >= asked, zone));
            } else {
                told.push(Told::one(line, zone));
            }
        }
        told.truncate(left);
        left -= told.len();
        days.push(day(guest, first, told));
    }
    days
}

/// What makes lines of one day a burst.
#[derive(PartialEq, Eq)]
struct Key<'a> {
    who: i64,
    action: &'a str,
    library: Option<Id<thing::Library>>,
}

impl<'a> Key<'a> {
    fn of(line: &'a TrailLine) -> Self {
        Self {
            who: line.who.id,
            action: &line.action,
            library: line.library.as_ref().map(|(id, _)| *id),
        }
    }
}

fn day(guest: &Guest, first: &TrailLine, told: Vec<Told>) -> Day {
    let (at, zone) = (first.at.timestamp(), guest.portal.zone());
    Day {
        title: format::spoken_day(at, guest.portal.now().timestamp(), zone),
        machine: format::machine_day(at, zone),
        told,
    }
}

/// Lines, newest first, cut where the day changes on the realm's calendar. Each day with its newest line.
pub(super) fn by_day<'a>(
    guest: &Guest,
    lines: &'a [TrailLine],
) -> Vec<(&'a TrailLine, &'a [TrailLine])> {
    let zone = guest.portal.zone();
    let date = |line: &TrailLine| -> Date { line.at.timestamp().to_zoned(zone.clone()).date() };
    lines
        .chunk_by(|one, other| date(one) == date(other))
        .filter_map(|day| day.first().map(|first| (first, day)))
        .collect()
}
