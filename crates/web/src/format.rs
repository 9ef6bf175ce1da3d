//! How dates, sizes and counts are written: one way everywhere, as the GOV.UK style asks.
//!
//! Handlers call the functions. Templates use the filters of the same names: a page's module says
//! `use crate::format::filters;`, and its template `{{ page.changed|moment(page.zone) }}`, `{{ page.length|size }}`
//! or `{{ page.people|count("person", "people") }}`. Without the `use`, the whole path does:
//! `{{ page.length|crate::format::filters::size }}`.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A moment, as "3 March 2026 at 2:15pm", on the clocks of `zone`.
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    format!("{} at {}", date(local.date()), time_of(&local))
}

/// The day of a moment, as "3 March 2026", on the calendar of `zone`.
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    date(at.to_zoned(zone.clone()).date())
}

/// The day of a moment with its weekday, as "Tuesday 3 March 2026".
pub fn weekday(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone()).date();
    format!("{} {}", local.strftime("%A"), date(local))
}

/// The time of day of a moment, as "2:15pm"; "midday" and "midnight" by name, because 12am and 12pm are misread.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    time_of(&at.to_zoned(zone.clone()))
}

/// A date, as "3 March 2026".
pub fn date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A day as people say it beside its date: "Today, Thursday 12 March 2026", "Yesterday, …", otherwise the date alone.
pub fn spoken_day(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let that = at.to_zoned(zone.clone()).date();
    let today = now.to_zoned(zone.clone()).date();
    let written = weekday(at, zone);
    if that == today {
        format!("Today, {written}")
    } else if Some(that) == today.yesterday().ok() {
        format!("Yesterday, {written}")
    } else {
        written
    }
}

/// A moment for the `datetime` attribute of `<time>`: RFC 3339 in UTC, to the second.
pub fn machine(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A day for the `datetime` attribute of `<time>`, on the calendar of `zone`: "2026-03-12".
pub fn machine_day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).date().to_string()
}

fn time_of(local: &Zoned) -> String {
    match (local.hour(), local.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (_, 0) => local.strftime("%-I%P").to_string(),
        _ => local.strftime("%-I:%M%P").to_string(),
    }
}

/// A length in bytes, as people read it: "0 bytes", "1 byte", "86 KB", "1.2 MB", "2 GB". A kilobyte is 1,000 bytes,
/// as in SI and on the box of a disk; one decimal below ten, and never "1,000 KB".
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KB", "MB", "GB", "TB", "PB"];
    if bytes < 1_000 {
        return count(bytes, "byte", "bytes");
    }
    let mut unit = 1_000_u64;
    for (place, name) in UNITS.iter().enumerate() {
        // In tenths of the unit, rounded half up, so that no floating point is needed.
        let tenths = (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
        let whole = (u128::from(bytes) + u128::from(unit) / 2) / u128::from(unit);
        if tenths < 100 {
            return if tenths % 10 == 0 {
                format!("{} {name}", tenths / 10)
            } else {
                format!("{}.{} {name}", tenths / 10, tenths % 10)
            };
        }
        if whole < 1_000 || place + 1 == UNITS.len() {
            return format!("{} {name}", grouped(whole));
        }
        unit *= 1_000;
    }
    unreachable!("the last unit takes whatever is left")
}

/// A largest length in bytes, rounded down so that nothing is promised that is not kept: "10 GB" for 10 GiB.
pub fn at_most(bytes: u64) -> String {
    let mut unit = 1_u64;
    while bytes / unit >= 1_000 {
        unit *= 1_000;
    }
    size(bytes / unit * unit)
}

/// A number of things: "0 people", "1 person", "1,204 people".
pub fn count(number: u64, one: &str, many: &str) -> String {
    let name = if number == 1 { one } else { many };
    format!("{} {name}", grouped(u128::from(number)))
}

/// A number of things that were counted up to a limit: "9,999 documents", "More than 10,000 documents".
pub fn counted(number: u64, most: u64, one: &str, many: &str) -> String {
    let counted = count(number.min(most), one, many);
    if number > most {
        format!("More than {counted}")
    } else {
        counted
    }
}

/// Who that is in all: "1 person", "4 people from 1 organisation", "23 people from 5 organisations".
pub fn people(people: u64, organisations: u64) -> String {
    let people_said = count(people, "person", "people");
    if people == 0 || organisations == 0 {
        return people_said;
    }
    format!(
        "{people_said} from {}",
        count(organisations, "organisation", "organisations")
    )
}

/// A number with its thousands apart: "1,204".
pub fn number(number: u64) -> String {
    grouped(u128::from(number))
}

fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Names in a sentence: "Ruth", "Ruth and Peter", "Ruth, Peter and Siân".
pub fn list<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// The functions above as askama filters.
#[allow(
    missing_docs,
    clippy::inline_always,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "askama fixes the shape of a filter and makes a builder type beside each"
)]
pub mod filters {
    use askama::{Result, Values};
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    /// "3 March 2026 at 2:15pm".
    #[askama::filter_fn]
    pub fn moment(at: &Timestamp, _: &dyn Values, zone: &TimeZone) -> Result<String> {
        Ok(super::moment(*at, zone))
    }

    /// "3 March 2026".
    #[askama::filter_fn]
    pub fn day(at: &Timestamp, _: &dyn Values, zone: &TimeZone) -> Result<String> {
        Ok(super::day(*at, zone))
    }

    /// "2:15pm".
    #[askama::filter_fn]
    pub fn clock(at: &Timestamp, _: &dyn Values, zone: &TimeZone) -> Result<String> {
        Ok(super::clock(*at, zone))
    }

    /// For `<time datetime>`.
    #[askama::filter_fn]
    pub fn machine(at: &Timestamp, _: &dyn Values) -> Result<String> {
        Ok(super::machine(*at))
    }

    /// "86 KB".
    #[askama::filter_fn]
    pub fn size(bytes: &u64, _: &dyn Values) -> Result<String> {
        Ok(super::size(*bytes))
    }

    /// "4 people".
    #[askama::filter_fn]
    pub fn count(number: &u64, _: &dyn Values, one: &str, many: &str) -> Result<String> {
        Ok(super::count(*number, one, many))
    }
}

#[cfg(test)]
mod tests;
