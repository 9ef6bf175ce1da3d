//! What the address of a library asks for: which folder, which items, in which order.

use std::time::Duration;

use chancery::Result;
use chancery::kernel::{Id, Time, thing};
use chancery::libraries::{Listing, Sort, State};
use serde::Deserialize;

use super::folder_named;
use crate::components::{Choice, Field};
use crate::failure::url_escape;

/// Items on one page.
const PAGE: u32 = 50;
const DAY: Duration = Duration::from_hours(24);

/// The query of a library's address. Words that mean nothing count as absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    pub(super) folder: String,
    pub(super) find: String,
    pub(super) sort: String,
    pub(super) order: String,
    pub(super) state: String,
    pub(super) changed: String,
    pub(super) after: String,
}

/// A column that sorts.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) text: &'static str,
    pub(super) href: String,
    pub(super) order: &'static str,
}

impl Query {
    /// What to ask of the library.
    pub(super) fn listing(&self, now: Time) -> Result<Listing> {
        Ok(Listing {
            folder: folder_named(&self.folder)?,
            find: self.find.trim().to_owned(),
            sort: self.column(),
            descending: self.descending(),
            state: self.state(),
            changed_since: self.days().map(|days| now.minus(days * DAY)),
            after: (!self.after.is_empty()).then(|| self.after.clone()),
            limit: PAGE,
        })
    }

    fn column(&self) -> Sort {
        Sort::from_name(&self.sort).unwrap_or_default()
    }

    fn state(&self) -> State {
        State::from_name(&self.state).unwrap_or_default()
    }

    fn days(&self) -> Option<u32> {
        match self.changed.as_str() {
            "7" => Some(7),
            "30" => Some(30),
            _ => None,
        }
    }

    /// Names begin at A; dates and sizes begin with what is looked for: the newest, the largest.
    fn descending(&self) -> bool {
        match self.order.as_str() {
            "down" => true,
            "up" => false,
            _ => !matches!(self.column(), Sort::Name),
        }
    }

    /// Whether this shows some of the items only.
    pub(super) fn filtered(&self) -> bool {
        !self.find.trim().is_empty() || self.state() != State::Any || self.days().is_some()
    }

    /// The query, as written after the `?`.
    pub(super) fn written(&self) -> String {
        let pairs = [
            ("folder", &self.folder),
            ("find", &self.find),
            ("sort", &self.sort),
            ("order", &self.order),
            ("state", &self.state),
            ("changed", &self.changed),
            ("after", &self.after),
        ];
        pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", url_escape(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// The address of the library with this query.
    pub(super) fn address(&self, library: Id<thing::Library>) -> String {
        match self.written().as_str() {
            "" => format!("/libraries/{library}"),
            query => format!("/libraries/{library}?{query}"),
        }
    }

    /// The same items from another page of the list; empty for the first.
    pub(super) fn page(&self, after: &str) -> Self {
        Self {
            after: after.to_owned(),
            ..self.clone()
        }
    }

    /// The same place with nothing filtered.
    pub(super) fn unfiltered(&self) -> Self {
        Self {
            find: String::new(),
            state: String::new(),
            changed: String::new(),
            after: String::new(),
            ..self.clone()
        }
    }

    /// The heading of a column: pressed again, it sorts the other way round.
    pub(super) fn heading(
        &self,
        library: Id<thing::Library>,
        column: Sort,
        text: &'static str,
    ) -> Heading {
        let fresh = Self {
            sort: column.name().to_owned(),
            order: String::new(),
            after: String::new(),
            ..self.clone()
        };
        let current = column == self.column();
        let order = match (current, self.descending()) {
            (false, _) => "",
            (true, true) => "descending",
            (true, false) => "ascending",
        };
        let turned = Self {
            order: match order {
                "ascending" => "down",
                "descending" => "up",
                _ => "",
            }
            .to_owned(),
            ..fresh
        };
        Heading {
            text,
            href: turned.address(library),
            order,
        }
    }

    /// The questions that narrow the list, with what was chosen.
    pub(super) fn fields(&self) -> [Field; 3] {
        let where_to_look = if self.folder.is_empty() {
            "Find in this library"
        } else {
            "Find in this folder"
        };
        let find = Field {
            kind: "search",
            ..Field::text("find", where_to_look).value(self.find.clone())
        };
        let state = Field::select(
            "state",
            "State",
            State::ALL.map(|state| match state {
                State::Any => Choice::new("", "Any state"),
                State::CheckedOut => Choice::new(state.name(), "Checked out"),
                State::Mine => Choice::new(state.name(), "Checked out to me"),
            }),
        );
        let changed = Field::select(
            "changed",
            "Changed",
            [
                Choice::new("", "Any time"),
                Choice::new("7", "Last 7 days"),
                Choice::new("30", "Last 30 days"),
            ],
        );
        [
            find,
            state.value(self.state.clone()),
            changed.value(self.changed.clone()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use chancery::kernel::Id;

    use chancery::libraries::Sort;

    use super::Query;

    #[test]
    fn a_heading_turns_the_order_round_and_begins_at_the_first_page() {
        let library = Id::from_raw(1);
        let query = Query {
            find: "plan & budget".to_owned(),
            after: "x".to_owned(),
            ..Query::default()
        };
        let name = query.heading(library, Sort::Name, "Name");
        assert_eq!(name.order, "ascending");
        assert_eq!(
            name.href,
            "/libraries/0000000000001?find=plan%20%26%20budget&sort=name&order=down"
        );
        let changed = query.heading(library, Sort::Changed, "Changed");
        assert_eq!(changed.order, "");
        let newest = Query {
            sort: "changed".to_owned(),
            ..Query::default()
        };
        assert_eq!(
            newest.heading(library, Sort::Changed, "Changed").order,
            "descending"
        );
    }

    #[test]
    fn a_folder_that_is_no_id_is_not_found() {
        let query = Query {
            folder: "nonsense".to_owned(),
            ..Query::default()
        };
        assert!(
            query
                .listing(chancery::kernel::Time::from_micros(0))
                .is_err()
        );
    }
}
