//! What a rule may be, and how it is said.

use crate::kernel::Time;
use crate::{Problems, Result};

/// The shortest time that a library's owners can choose for its recycle bin, in days.
pub const BIN_DAYS_LEAST: u32 = 30;
/// The longest, in days: seven years.
pub const BIN_DAYS_MOST: u32 = 2557;
/// The most years that a rule may name.
pub const YEARS_MOST: u32 = 100;
/// How long before it happens the owners are told that something will be deleted, in days.
pub const NOTICE_DAYS: u32 = 30;

/// From when the years of a rule count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Since {
    /// From the last change.
    #[default]
    Changed,
    /// From when it was added.
    Added,
}

impl Since {
    /// As it is stored and as a form names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "added",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Changed, Self::Added]
            .into_iter()
            .find(|since| since.name() == name)
    }
}

/// Nothing goes for good for so many years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// How many years, from 1 to 100.
    pub years: u32,
    /// From when.
    pub since: Since,
}

impl Keep {
    fn says(self) -> String {
        let from = match self.since {
            Since::Changed => "its last change",
            Since::Added => "when it was added",
        };
        format!("at least {} from {from}", years(self.years))
    }
}

/// How long the things of a library are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// For how many days its recycle bin keeps things; as long as the realm says for none.
    pub bin_days: Option<u32>,
    /// Nothing in it goes for good before then.
    pub keep: Option<Keep>,
    /// What nobody has changed for so many years is put in the recycle bin.
    pub delete_years: Option<u32>,
}

impl Retention {
    /// Whether it can be. Problems are on `bin_days`, `keep_years` and `delete_years`.
    pub(super) fn check(self) -> Result<()> {
        let mut problems = Problems::new();
        if let Some(days) = self.bin_days
            && !(BIN_DAYS_LEAST..=BIN_DAYS_MOST).contains(&days)
        {
            problems.add(
                "bin_days",
                format!("Choose from {BIN_DAYS_LEAST} to {BIN_DAYS_MOST} days (7 years)"),
            );
        }
        for (field, years) in [
            ("keep_years", self.keep.map(|keep| keep.years)),
            ("delete_years", self.delete_years),
        ] {
            if years.is_some_and(|years| !(1..=YEARS_MOST).contains(&years)) {
                problems.add(
                    field,
                    format!("Choose a whole number of years from 1 to {YEARS_MOST}"),
                );
            }
        }
        problems.check()
    }

    /// In sentences, as the journal and a page say it; `realm_days` is what the realm says of recycle bins.
    pub fn says(self, realm_days: u32) -> String {
        let days = self.bin_days.unwrap_or(realm_days);
        let bin = format!("The recycle bin keeps things for {days} days");
        let keep = self
            .keep
            .map(|keep| format!("Everything is kept {}", keep.says()));
        let delete = self
            .delete_years
            .map(|number| format!("What nobody has changed for {} is deleted", years(number)));
        let said: Vec<String> = [Some(bin), keep, delete].into_iter().flatten().collect();
        said.join(". ")
    }
}

/// The rule of one document, in a sentence.
pub(super) fn says_of_document(keep: Option<Keep>) -> String {
    match keep {
        Some(keep) => format!("It is kept {}", keep.says()),
        None => "It has no rule of its own".to_owned(),
    }
}

fn years(number: u32) -> String {
    if number == 1 {
        "1 year".to_owned()
    } else {
        format!("{number} years")
    }
}

/// A day as a sentence names it: "3 March 2026".
pub(super) fn day(at: Time, realm: &crate::kernel::Realm) -> String {
    at.timestamp()
        .to_zoned(realm.settings().time_zone.clone())
        .strftime("%-d %B %Y")
        .to_string()
}
