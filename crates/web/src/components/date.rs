//! A date as it is typed: three inputs.

use std::fmt;

use jiff::civil::Date;

/// A date as it was typed. Field names follow the GOV.UK pattern: `until-day`, `until-month`, `until-year`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateParts {
    /// Day of the month.
    pub day: String,
    /// Month, as a number or a name in English.
    pub month: String,
    /// Year, of four digits.
    pub year: String,
}

impl DateParts {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        [&self.day, &self.month, &self.year]
            .iter()
            .all(|part| part.trim().is_empty())
    }

    /// The date, if there is one with these parts. The month may be a number, a name or its first three letters,
    /// as the GOV.UK pattern asks.
    pub fn date(&self) -> Option<Date> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let month = self.month.trim().to_lowercase();
        let month = match month.parse::<i8>() {
            Ok(number) => number,
            Err(_) if month.len() >= 3 => {
                let place = MONTHS.iter().position(|name| name.starts_with(&month))?;
                i8::try_from(place + 1).ok()?
            }
            Err(_) => return None,
        };
        let year = self.year.trim();
        if year.len() != 4 {
            return None;
        }
        Date::new(year.parse().ok()?, month, self.day.trim().parse().ok()?).ok()
    }
}

impl From<Date> for DateParts {
    fn from(date: Date) -> Self {
        Self {
            day: date.day().to_string(),
            month: date.month().to_string(),
            year: date.year().to_string(),
        }
    }
}

/// A part of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePart {
    /// Day of the month.
    Day,
    /// Month.
    Month,
    /// Year.
    Year,
}

impl fmt::Display for DatePart {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        })
    }
}

/// One of the three inputs of a date, for the macro that draws them.
#[derive(Clone, Copy, Debug)]
pub struct DateInput<'a> {
    /// Which part it asks for.
    pub part: DatePart,
    /// Its label.
    pub label: &'static str,
    /// What was typed.
    pub value: &'a str,
    /// Its width in characters.
    pub width: u8,
    /// Whether this part is wrong.
    pub wrong: bool,
}
