//! What makes a list shorter: what its documents must be, and what its columns must say.

use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::rules::{self, Said};
use super::{Column, ColumnKind, sql};
use crate::kernel::{Id, Queries, Read, Time, args, like, searchable, thing};
use crate::libraries::ViewLibrary;
use crate::libraries::sql::{Narrow, Test, What};
use crate::people::text::name_key;
use crate::{Error, Problems, Result};

/// One thing that is true of every document in the list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Filter {
    /// Of what: the id of a column, or `changed`, `by`, `kind`, `held-by`, `publishing`.
    pub on: String,
    /// `is`, `contains`, `starts`, `from`, `to`, `none`; `days` for `changed`.
    pub test: String,
    /// With what. A person by id, e-mail address or full name; a day as `2026-03-27`.
    #[serde(default)]
    pub value: String,
}

/// A kind of content that a list can be narrowed to.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// As a form names it.
    pub name: &'static str,
    /// In words.
    pub label: &'static str,
    patterns: &'static [&'static str],
}

/// Every kind, in the order in which a form offers them.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "text",
        label: "Text documents",
        patterns: &[
            "%wordprocessing%",
            "application/msword",
            "%opendocument.text",
            "application/rtf",
            "text/%",
        ],
    },
    Kind {
        name: "spreadsheet",
        label: "Spreadsheets",
        patterns: &["%spreadsheet%", "application/vnd.ms-excel%", "text/csv"],
    },
    Kind {
        name: "presentation",
        label: "Presentations",
        patterns: &["%presentation%", "application/vnd.ms-powerpoint%"],
    },
    Kind {
        name: "pdf",
        label: "PDF",
        patterns: &["application/pdf"],
    },
    Kind {
        name: "image",
        label: "Images",
        patterns: &["image/%"],
    },
    Kind {
        name: "mail",
        label: "E-mail",
        patterns: &["message/%", "application/vnd.ms-outlook"],
    },
    Kind {
        name: "archive",
        label: "Archives",
        patterns: &[
            "application/zip",
            "application/x-7z%",
            "application/x-tar",
            "application/gzip",
            "application/x-rar%",
        ],
    },
];

impl Filter {
    /// One that asks this.
    pub fn new(on: impl Into<String>, test: &str, value: impl Into<String>) -> Self {
        Self {
            on: on.into(),
            test: test.to_owned(),
            value: value.into(),
        }
    }

    /// Whether it is about a column of the library.
    pub(in crate::libraries) fn is_of_column(&self) -> bool {
        !matches!(
            self.on.as_str(),
            "changed" | "by" | "kind" | "held-by" | PUBLISHING
        )
    }

    /// Whether it can be asked of a library with these columns, which requires publishing or not. Problems are on `filters`.
    pub(super) fn check(&self, columns: &[Column], publishing: bool) -> Result<()> {
        self.asks(Time::default(), columns, publishing).map(|_| ())
    }

    /// The same for everybody to read: a person who was typed as an e-mail address is the id of whom it is.
    pub(super) async fn without_address(
        &self,
        proof: &mut impl Queries,
        at: Time,
        me: Id<thing::Person>,
        columns: &[Column],
        publishing: bool,
    ) -> Result<Self> {
        match self.asks(at, columns, publishing)? {
            Asks::Person(_, text) if text.contains('@') => {
                let person = met(proof, at, me, &text).await?.ok_or_else(|| {
                    Error::invalid(
                        "filters",
                        "Nobody whom you may know of goes by this e-mail address: filter by somebody else, or by a full name",
                    )
                })?;
                Ok(Self {
                    value: person.to_string(),
                    ..self.clone()
                })
            }
            _ => Ok(self.clone()),
        }
    }

    /// What is asked, before it is known which person is meant.
    fn asks(&self, now: Time, columns: &[Column], publishing: bool) -> Result<Asks> {
        searchable(&self.value)?;
        let value = self.value.trim();
        let wrong = |why: String| Error::invalid("filters", why);
        match (self.on.as_str(), self.test.as_str()) {
            ("changed", "days") => {
                let days: u32 = value
                    .parse()
                    .ok()
                    .filter(|days| (1..=36_500).contains(days))
                    .ok_or_else(|| wrong("Ask for 1 to 36500 days".to_owned()))?;
                let since = now.minus(Duration::from_hours(24) * days);
                Ok(Asks::Known(Narrow::Changed(since, Time::FOREVER)))
            }
            ("changed", "from") => Ok(Asks::Known(Narrow::Changed(
                start(value).ok_or_else(|| wrong(NO_DAY.to_owned()))?,
                Time::FOREVER,
            ))),
            ("changed", "to") => {
                let end = start(value).ok_or_else(|| wrong(NO_DAY.to_owned()))?;
                let end = end.plus(Duration::from_hours(24));
                Ok(Asks::Known(Narrow::Changed(Time::default(), end)))
            }
            (PUBLISHING, _) if !publishing => Err(wrong(
                "This library does not require publishing, so nothing in it is a draft or waits for approval"
                    .to_owned(),
            )),
            (PUBLISHING, "is") => match value {
                DRAFTS => Ok(Asks::Known(Narrow::Drafts)),
                WAITING => Ok(Asks::Known(Narrow::Waiting)),
                _ => Err(wrong(format!(
                    "Ask for {DRAFTS} (not published, or with newer drafts) or for what is {WAITING} for approval"
                ))),
            },
            ("by", "is") => Ok(Asks::Person(Whose::By, value.to_owned())),
            ("held-by", "is") => Ok(Asks::Person(Whose::Held, value.to_owned())),
            ("kind", "is") => {
                let kind = KINDS.iter().find(|kind| kind.name == value);
                let kind = kind.ok_or_else(|| {
                    let names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
                    wrong(format!("Ask for one of these kinds: {}", names.join(", ")))
                })?;
                let patterns = kind.patterns.iter().map(|text| (*text).to_owned());
                Ok(Asks::Known(Narrow::Kind(patterns.collect())))
            }
            (on, test) => {
                let column = columns
                    .iter()
                    .find(|column| column.id.to_string() == on)
                    .ok_or_else(|| wrong("Filter by something that this library has".to_owned()))?;
                asks_of(column, test, value).map_err(wrong)
            }
        }
    }
}

/// What is asked of a column; otherwise how it can be asked.
fn asks_of(column: &Column, test: &str, value: &str) -> std::result::Result<Asks, String> {
    use ColumnKind as Is;
    let said = || -> std::result::Result<Said, String> {
        rules::read(column, value)?.ok_or_else(|| format!("Say what {} must be", column.name))
    };
    let what = match (column.kind, test) {
        (_, "none") => What::Lacks,
        // A choice that was taken away can still be looked for.
        (Is::Text | Is::Choice, "is") => What::Text(name_key(value)),
        (Is::Text | Is::Choice, "contains") => What::Like(like(&name_key(value))),
        (Is::Text | Is::Choice, "starts") => {
            let pattern = like(&name_key(value));
            What::Like(pattern.trim_start_matches('%').to_owned())
        }
        (Is::Person, "is") => {
            return Ok(Asks::Person(Whose::Column(column.id), value.to_owned()));
        }
        (Is::Date | Is::Number | Is::YesNo, "is") => {
            let number = said()?.number;
            What::Between(number, number)
        }
        (Is::Date | Is::Number, "from") => What::Between(said()?.number, i64::MAX),
        (Is::Date | Is::Number, "to") => What::Between(i64::MIN, said()?.number),
        _ => {
            return Err(format!(
                "{} cannot be asked in this way. Ask {}",
                column.name,
                tests(column.kind)
            ));
        }
    };
    Ok(Asks::Known(says(column.id, what)))
}

/// What a filter is on that asks how documents stand towards their readers, where publishing is required.
pub const PUBLISHING: &str = "publishing";
/// Not published, or with newer drafts.
pub const DRAFTS: &str = "drafts";
/// Somebody waits for an owner to publish it.
pub const WAITING: &str = "waiting";

const NO_DAY: &str = "Send a real day, such as 2026-03-27";

fn tests(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text | ColumnKind::Choice => "is, contains, starts or none",
        ColumnKind::Date | ColumnKind::Number => "is, from, to or none",
        ColumnKind::Person | ColumnKind::YesNo => "is or none",
    }
}

enum Asks {
    Known(Narrow),
    Person(Whose, String),
}

enum Whose {
    By,
    Held,
    Column(Id<thing::Column>),
}

fn says(column: Id<thing::Column>, what: What) -> Narrow {
    Narrow::Says(Test {
        column: column.raw(),
        what,
    })
}

/// The first moment of a day, in UTC.
fn start(text: &str) -> Option<Time> {
    let day: Date = text.parse().ok()?;
    let moment = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Time::from(moment.timestamp()))
}

/// Whether each of these can be asked; otherwise everything that is wrong with them, on `filters`.
pub(in crate::libraries) fn checked(
    filters: &[Filter],
    at: Time,
    columns: &[Column],
    publishing: bool,
) -> Result<()> {
    let mut problems = Problems::new();
    for filter in filters {
        match filter.asks(at, columns, publishing) {
            Err(Error::Invalid(wrong)) => {
                for (field, why) in wrong.iter() {
                    problems.add_too(field, why);
                }
            }
            other => {
                other?;
            }
        }
    }
    problems.check()
}

/// What is wrong with each of these filters of a library, which requires publishing or not, in their order: empty where it
/// can be asked.
pub fn faults(filters: &[Filter], at: Time, columns: &[Column], publishing: bool) -> Vec<String> {
    filters
        .iter()
        .map(|filter| match filter.asks(at, columns, publishing) {
            Err(Error::Invalid(wrong)) => wrong.iter().map(|(_, why)| why.to_owned()).collect(),
            _ => String::new(),
        })
        .collect()
}

/// Adds what a filter asks to what is asked already.
pub(in crate::libraries) async fn narrow(
    proof: &mut Read<ViewLibrary>,
    me: Id<thing::Person>,
    filter: &Filter,
    columns: &[Column],
    narrows: &mut Vec<Narrow>,
) -> Result<()> {
    let standing = *proof.standing();
    let asked = match filter.asks(proof.at(), columns, standing.publishing)? {
        // Who sees only what is published knows of no drafts, and of nobody who waits.
        Asks::Known(Narrow::Drafts | Narrow::Waiting) if standing.sees_only_published() => {
            Narrow::Nothing
        }
        Asks::Known(narrow) => narrow,
        Asks::Person(whose, text) => {
            // Of whom one may not know, there is nothing.
            let at = proof.at();
            let person = met(proof, at, me, &text).await?.map_or(-1, Id::raw);
            match whose {
                Whose::By => Narrow::By(person),
                Whose::Held => Narrow::Held(person),
                Whose::Column(column) => says(column, What::Person(person)),
            }
        }
    };
    // From and to of one thing are one range.
    for narrow in narrows.iter_mut() {
        match (narrow, &asked) {
            (Narrow::Changed(from, to), Narrow::Changed(since, until)) => {
                *from = (*from).max(*since);
                *to = (*to).min(*until);
                return Ok(());
            }
            (
                Narrow::Says(Test {
                    column,
                    what: What::Between(from, to),
                }),
                Narrow::Says(Test {
                    column: same,
                    what: What::Between(least, most),
                }),
            ) if column == same => {
                *from = (*from).max(*least);
                *to = (*to).min(*most);
                return Ok(());
            }
            _ => {}
        }
    }
    narrows.push(asked);
    Ok(())
}

/// Whoever is meant, of those of whom this person may know: nobody where it could be several.
async fn met(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    text: &str,
) -> Result<Option<Id<thing::Person>>> {
    let id = text.parse::<Id<thing::Person>>().map_or(0, Id::raw);
    let args = args![at, me, name_key(text), id];
    let found: Vec<sql::KnownRow> = proof.all(sql::MET, args).await?;
    Ok(match &found[..] {
        [one] => Some(one.id),
        _ => None,
    })
}
