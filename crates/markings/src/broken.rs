//! What is wrong with a file of rules, for whoever wrote it: the line, what stands there, what is wrong with that, and what would be
//! right.

use std::fmt;

/// How much of a line is repeated.
const SHOWN: usize = 60;

/// Something that is wrong with a file of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The line, from 1; none where something is missing from the whole.
    pub line: Option<usize>,
    /// What stands there; empty without a line.
    pub text: String,
    /// What is wrong, in a sentence without a capital and a full stop.
    pub what: String,
    /// What would be right, in a sentence without a full stop.
    pub instead: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut what = self.what.chars();
        match self.line {
            Some(line) if self.text.is_empty() => write!(out, "Line {line}: {}", self.what)?,
            Some(line) => write!(out, "Line {line} ({}): {}", self.text, self.what)?,
            None => {
                let first: String = what
                    .next()
                    .map(|letter| letter.to_uppercase().collect())
                    .unwrap_or_default();
                write!(out, "{first}{}", what.as_str())?;
            }
        }
        write!(out, ". {}", self.instead)
    }
}

/// Where in a file something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the file as a whole.
    Whole,
    /// In the line of this name that is in no table.
    Key(String),
    /// In this table, as its heading names it.
    Table(String),
    /// In the line of this name in this table.
    In(String, String),
    /// In the last line that says so.
    Says(String),
}

/// Something that is wrong with what a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    pub(crate) what: String,
    pub(crate) instead: String,
}

impl Fault {
    pub(crate) fn new(place: Place, what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self {
            place,
            what: what.into(),
            instead: instead.into(),
        }
    }

    /// The same in its file.
    pub(crate) fn of(self, text: &str) -> Broken {
        let line = line_of(text, &self.place);
        Broken {
            text: line.map_or_else(String::new, |line| shown(text, line)),
            line,
            what: self.what,
            instead: self.instead,
        }
    }
}

/// The line as a message repeats it.
fn shown(text: &str, line: usize) -> String {
    let whole = text.lines().nth(line - 1).unwrap_or_default().trim();
    let mut letters = whole.chars();
    let mut some: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() {
        some.push('…');
    }
    some
}

fn line_of(text: &str, place: &Place) -> Option<usize> {
    let mut table = "";
    let mut found = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(heading) = line.strip_prefix('[') {
            table = heading
                .trim_start_matches('[')
                .split(']')
                .next()
                .unwrap_or_default()
                .trim();
        }
        let name = line
            .split_once('=')
            .map(|(name, _)| name.trim().trim_matches('"'));
        let here = match place {
            Place::Whole => false,
            Place::Key(key) => table.is_empty() && name == Some(key),
            Place::Table(wanted) => line.starts_with('[') && table == wanted,
            Place::In(wanted, key) => table == wanted && name == Some(key),
            Place::Says(words) => !line.starts_with('#') && line.contains(words.as_str()),
        };
        if here {
            found = Some(number + 1);
            if !matches!(place, Place::Says(_)) {
                break;
            }
        }
    }
    found
}

/// A file that is not as such files are written. `example` is a line in which this name stands, as it would be right.
pub(crate) fn unreadable(
    error: &toml::de::Error,
    text: &str,
    example: fn(&str) -> Option<&'static str>,
) -> Broken {
    let (what, instead) = said(error.message(), example);
    // What is missing from the file as a whole is in no line of it.
    let start = error
        .span()
        .map(|span| span.start.min(text.len()))
        .filter(|start| *start > 0 || !what.ends_with("is missing"));
    let line = start.map(|start| {
        let before = text.as_bytes().iter().take(start);
        before.filter(|byte| **byte == b'\n').count() + 1
    });
    Broken {
        text: line.map_or_else(String::new, |line| shown(text, line)),
        line,
        what,
        instead,
    }
}

/// What the reader of such files says, in words of people: what is wrong, and what would be right.
fn said(message: &str, example: fn(&str) -> Option<&'static str>) -> (String, String) {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (first, others) = match quoted.split_first() {
        Some((first, others)) => (*first, others),
        None => ("", &[][..]),
    };
    let one_of = |names: &[&str]| match names {
        [] => "Take it away".to_owned(),
        [one] => format!("Write {one}"),
        [some @ .., last] => format!("Write {} or {last}", some.join(", ")),
    };
    if message.starts_with("missing field") {
        let instead = example(first).map_or_else(
            || format!("Add a line that begins with {first} ="),
            |line| format!("Add a line such as {line}"),
        );
        return (format!("“{first}” is missing"), instead);
    }
    if message.starts_with("unknown field") {
        return (format!("there is no “{first}” here"), one_of(others));
    }
    if message.starts_with("unknown variant") {
        return (format!("“{first}” means nothing here"), one_of(others));
    }
    if message.starts_with("duplicate key") {
        return (
            "this was said before".to_owned(),
            "Take one of the two away".to_owned(),
        );
    }
    if let Some(kinds) = message.strip_prefix("invalid type: ")
        && let Some((is, wanted)) = kinds.rsplit_once(", expected ")
    {
        let is = match is.split([' ', '(']).next().unwrap_or_default() {
            "string" => "text",
            "integer" => "a number",
            "floating" => "a number with a decimal point",
            "boolean" => "true or false",
            "sequence" => "a list",
            "map" => "a table",
            _ => "something else",
        };
        let (wanted, instead) = match wanted {
            "a string" => ("text", "Put it between quotation marks: \"…\""),
            "i64" | "u64" => (
                "a whole number",
                "Write digits alone, without quotation marks",
            ),
            "a boolean" => (
                "true or false",
                "Write true or false, without quotation marks",
            ),
            "a sequence" => ("a list", "Put it between brackets: [\"…\", \"…\"]"),
            _ => ("a table", "Write { outcome = \"above\", number = 2 }, say"),
        };
        return (
            format!("here stands {is}, where {wanted} belongs"),
            instead.to_owned(),
        );
    }
    (
        format!("this cannot be read: {message}"),
        "A line is a name, an equals sign and a value, such as name = \"Ours\". Text stands between quotation marks, a remark after #"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests;
