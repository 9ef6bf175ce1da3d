//! What forms have in common: problems put beside their fields, dates read and shown.

use chancery::Problems;
use chancery::kernel::Time;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::components::{Field, Problem};

/// Puts each problem beside the field it is about, and gives the error summary. A problem whose
/// field is not on this page stands in the summary alone.
pub(crate) fn mark(fields: &mut [&mut Field], problems: &Problems) -> Vec<Problem> {
    problems
        .iter()
        .map(|(name, text)| {
            match fields.iter_mut().find(|field| field.name == name) {
                Some(field) => {
                    text.clone_into(&mut field.error);
                    Problem::on(&field.id, text)
                }
                None => Problem::whole(text),
            }
        })
        .collect()
}

/// The first moment after this day, in the realm's time zone: "until 30 June" includes the 30th.
pub(crate) fn end_of(day: Date, zone: &TimeZone) -> Option<Time> {
    start_of(day.tomorrow().ok()?, zone)
}

/// The first moment of this day, in the realm's time zone.
pub(crate) fn start_of(day: Date, zone: &TimeZone) -> Option<Time> {
    day.to_zoned(zone.clone()).ok().map(|start| Time::from(start.timestamp()))
}

/// A day typed in one box: `2026-03-12` (as browsers send `type=date`) or `12/3/2026`.
pub(crate) fn read_day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(date) = text.parse::<Date>() {
        return Some(date);
    }
    let mut parts = text.split(['/', '.', ' ']).map(str::parse::<i16>);
    let (Some(Ok(day)), Some(Ok(month)), Some(Ok(year)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
