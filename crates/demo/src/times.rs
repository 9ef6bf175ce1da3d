//! Days and hours, counted from the opening of the realm or back from now. Microseconds since 1970, UTC.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

pub(crate) const MINUTE: i64 = 60_000_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The two ends of the world's time.
pub(crate) struct Calendar {
    pub(crate) now: i64,
    /// 9 o'clock on the last Monday at least 26 weeks before now.
    pub(crate) opened: i64,
}

impl Calendar {
    pub(crate) fn new(now: i64) -> Self {
        let day = date(now - 26 * 7 * DAY);
        let monday = day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days());
        let monday = monday.expect("a demonstration is played in this age");
        Self {
            now,
            opened: midnight(monday) + 9 * HOUR,
        }
    }

    /// A day as the tables write it: `12` is the twelfth day after the opening, `-2` two days before now and `+6`
    /// six days after now; days after the opening begin at 9 o'clock, and `minutes` come after that.
    pub(crate) fn day(&self, cell: &str, minutes: i64) -> i64 {
        let days: i64 = cell
            .trim()
            .parse()
            .expect("the tables write days as whole numbers");
        let from = if cell.starts_with(['+', '-']) {
            self.now
        } else {
            self.opened
        };
        from + days * DAY + minutes * MINUTE
    }

    /// Somewhere in the working hours of the day of `at`, or of the Friday before a weekend, and before now.
    pub(crate) fn working(&self, at: i64, rng: &mut ChaCha8Rng) -> i64 {
        let day = date(at);
        let back = match day.weekday() {
            Weekday::Saturday => 1,
            Weekday::Sunday => 2,
            _ => 0,
        };
        let minute = rng.random_range(8 * 60 + 10..18 * 60);
        let second = rng.random_range(0..60_000_000);
        let at = midnight(day) - back * DAY + minute * MINUTE + second;
        let latest = self.now - rng.random_range(4..90) * MINUTE;
        at.min(latest)
    }
}

/// The date of a moment.
pub(crate) fn date(at: i64) -> Date {
    let at = Timestamp::from_microsecond(at).expect("a demonstration is played in this age");
    at.to_zoned(TimeZone::UTC).date()
}

/// The first moment of a day.
pub(crate) fn midnight(day: Date) -> i64 {
    let day = day
        .to_zoned(TimeZone::UTC)
        .expect("a demonstration is played in this age");
    day.timestamp().as_microsecond()
}

/// "19 February 2026".
pub(crate) fn long(at: i64) -> String {
    date(at).strftime("%-d %B %Y").to_string()
}

/// The first day of the month that is `months` after (or before) the month of `at`.
pub(crate) fn month(at: i64, months: i64) -> Date {
    let first = date(at).first_of_month();
    first
        .checked_add(months.months())
        .expect("a demonstration is played in this age")
}

/// "2026-02-19T14:05:00Z", as document properties write it.
pub(crate) fn iso(at: i64) -> String {
    let at = Timestamp::from_microsecond(at).expect("a demonstration is played in this age");
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
