//! What can be said in a column, and in which order it comes.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{Column, ColumnForm, ColumnKind};
use crate::people::text::{clean_line, clean_name, name_key};
use crate::{Problems, Result};

/// How many columns a library has at most.
pub const MOST: usize = 30;
/// How many choices a column has at most.
const CHOICES_MOST: usize = 100;
/// The longest choice, in characters.
const LONGEST_CHOICE: usize = 100;
/// The longest text that is filled in, in characters.
const LONGEST_SAID: usize = 500;
const LONGEST_HINT: usize = 200;
/// Decimal places of a number.
const PLACES: usize = 4;
/// The longest whole part of a number, in digits: its ten-thousandths fit into 63 bits.
const DIGITS: usize = 14;

/// What a column says: as it is kept, and what it is ordered by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::libraries) struct Said {
    pub(in crate::libraries) value: String,
    pub(in crate::libraries) number: i64,
    pub(in crate::libraries) text: String,
    pub(in crate::libraries) person: i64,
}

/// What was said of a column, in order.
#[derive(Debug)]
pub(super) struct Defined {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) kind: ColumnKind,
    pub(super) choices: Vec<String>,
    pub(super) hint: String,
    pub(super) required: bool,
}

pub(super) fn define(form: &ColumnForm, kind: Option<ColumnKind>) -> Result<Defined> {
    let mut problems = Problems::new();
    let name = clean_name(&form.name).unwrap_or_else(|unfit| {
        problems.add("name", unfit);
        String::new()
    });
    let kind = kind
        .or_else(|| ColumnKind::from_name(&form.kind))
        .unwrap_or_else(|| {
            problems.add("kind", "Choose what the column asks for");
            ColumnKind::Text
        });
    let hint = clean_line(&form.hint, LONGEST_HINT).unwrap_or_else(|unfit| {
        problems.add("hint", unfit);
        String::new()
    });
    let mut choices: Vec<String> = Vec::new();
    if kind == ColumnKind::Choice {
        for choice in &form.choices {
            match clean_line(choice, LONGEST_CHOICE) {
                Ok(choice) if choice.is_empty() => {}
                Ok(choice)
                    if choices
                        .iter()
                        .any(|other| name_key(other) == name_key(&choice)) => {}
                Ok(choice) => choices.push(choice),
                Err(unfit) => problems.add("choices", unfit),
            }
        }
        if choices.is_empty() {
            problems.add(
                "choices",
                "Enter at least one choice, each on a line of its own",
            );
        }
        if choices.len() > CHOICES_MOST {
            problems.add("choices", format!("Enter up to {CHOICES_MOST} choices"));
        }
    }
    if OWN_NAMES.contains(&name_key(&name).as_str()) {
        problems.add(
            "name",
            "Every list has a column of this name. Enter another name",
        );
    }
    problems.check()?;
    Ok(Defined {
        key: name_key(&name),
        name,
        kind,
        choices,
        hint,
        required: form.required,
    })
}

/// What every list calls its own columns, as keys of names.
const OWN_NAMES: [&str; 6] = ["name", "version", "size", "changed", "changed by", "type"];

/// What somebody typed into a column; none where it says nothing. A person is found out elsewhere.
pub(super) fn read(column: &Column, text: &str) -> std::result::Result<Option<Said>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let name = &column.name;
    let said = match column.kind {
        ColumnKind::Text | ColumnKind::Person => {
            let line = clean_line(text, LONGEST_SAID)?;
            if line.is_empty() {
                return Ok(None);
            }
            Said {
                text: name_key(&line),
                value: line,
                ..Said::default()
            }
        }
        ColumnKind::Choice => {
            let key = name_key(text);
            let choice = column
                .choices
                .iter()
                .find(|choice| name_key(choice) == key)
                .ok_or_else(|| format!("{name} must be one of its choices"))?;
            Said {
                value: choice.clone(),
                text: key,
                ..Said::default()
            }
        }
        ColumnKind::Date => {
            let day: Date = text
                .parse()
                .map_err(|_| format!("{name} must be a real date, such as 2026-03-27"))?;
            Said {
                value: day.to_string(),
                number: days(day),
                ..Said::default()
            }
        }
        ColumnKind::Number => {
            let number = number(text).ok_or_else(|| {
                format!("{name} must be a number with up to {PLACES} decimal places, such as 1250 or 12.5")
            })?;
            Said {
                value: written(number),
                number,
                ..Said::default()
            }
        }
        ColumnKind::YesNo => {
            let yes = match text {
                "yes" => true,
                "no" => false,
                _ => return Err(format!("{name} must be yes or no")),
            };
            Said {
                value: text.to_owned(),
                number: i64::from(yes),
                ..Said::default()
            }
        }
    };
    Ok(Some(said))
}

/// A day by its number, that of 1 January 1970 being 0.
pub(super) fn days(day: Date) -> i64 {
    i64::from(
        day.since(Date::constant(1970, 1, 1))
            .map_or(0, |span| span.get_days()),
    )
}

/// A number in ten-thousandths. Commas may stand between thousands and nowhere else: `12,5` is not guessed at.
pub(super) fn number(text: &str) -> Option<i64> {
    let spaceless: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let whole = spaceless.split('.').next().unwrap_or_default();
    let mut groups = whole.trim_start_matches(['-', '−']).split(',');
    let first = groups.next().unwrap_or_default().len();
    let mut after = groups.peekable();
    let thousands =
        after.peek().is_none() || ((1..=3).contains(&first) && after.all(|group| group.len() == 3));
    if !thousands
        || spaceless
            .rsplit_once('.')
            .is_some_and(|(_, places)| places.contains(','))
    {
        return None;
    }
    let text = spaceless.replace(',', "");
    let (negative, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !(whole.is_empty() && places.is_empty())
        && whole.len() <= DIGITS
        && places.len() <= PLACES
        && digits(whole)
        && digits(places);
    if !fits {
        return None;
    }
    let number: i64 = format!("{whole}{places:0<PLACES$}").parse().ok()?;
    Some(if negative { -number } else { number })
}

/// The same, as people write it: `-1234.5`.
pub(super) fn written(number: i64) -> String {
    let scale = 10_i64.pow(4);
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    let _ = write!(text, "{}", (number / scale).abs());
    let places = (number % scale).abs();
    if places > 0 {
        let _ = write!(text, ".{}", format!("{places:04}").trim_end_matches('0'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_comes_back_as_it_was_meant() {
        for (typed, kept) in [
            ("0", Some("0")),
            ("1,250", Some("1250")),
            ("-1,234,567.5", Some("-1234567.5")),
            ("12,5", None),
            ("1,2,3", None),
            ("1.5,0", None),
            ("1.500,25", None),
            ("12.50", Some("12.5")),
            ("-0.0001", Some("-0.0001")),
            (".5", Some("0.5")),
            ("99999999999999.9999", Some("99999999999999.9999")),
            ("999999999999999", None),
            ("1.00001", None),
            ("", None),
            (".", None),
            ("1e5", None),
            ("--1", None),
        ] {
            assert_eq!(number(typed).map(written).as_deref(), kept, "{typed}");
        }
    }

    #[test]
    fn days_go_on_in_order() {
        let day = |text: &str| days(text.parse().unwrap());
        assert_eq!(day("1970-01-01"), 0);
        assert_eq!(day("1969-12-31"), -1);
        assert_eq!(day("2026-03-27"), 20_539);
        assert!(day("-009999-01-01") < day("9999-12-31"));
    }
}
