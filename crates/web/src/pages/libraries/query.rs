//! What the address of a library asks for: which folder, which items, in which order.

use std::time::Duration;

use chancery::Result;
use chancery::kernel::{Id, Time, thing};
use chancery::libraries::columns::{
    Column, ColumnKind, DRAFTS, Filter, KINDS, PUBLISHING, Shape, View, WAITING,
};
use chancery::libraries::{Listing, Sort, State};
use chancery::publishing::Publishing;
use serde::{Deserialize, Deserializer};

use super::folder_named;
use crate::components::{Choice, Field};
use crate::failure::url_escape;
use crate::forms::read_day;

/// Items on one page.
const PAGE: u32 = 50;
const DAY: Duration = Duration::from_hours(24);

/// The query of a library's address. Words that mean nothing count as absent.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    pub(super) folder: String,
    /// The view that was opened; `all` for none, also where there is one that everybody sees at first.
    pub(super) view: String,
    /// What the view says stands in the address already, and may have been changed there.
    pub(super) exact: bool,
    /// `yes` for all documents, whatever folder they are in.
    pub(super) flat: String,
    /// What is asked of columns and other facts: `0AN640Q9KNB04.from`, and as it was typed.
    pub(super) filters: Vec<(String, String)>,
    pub(super) find: String,
    pub(super) sort: String,
    pub(super) order: String,
    pub(super) state: String,
    pub(super) changed: String,
    pub(super) after: String,
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mut query = Self::default();
        for (name, value) in Vec::<(String, String)>::deserialize(deserializer)? {
            match name.as_str() {
                "folder" => query.folder = value,
                "view" => query.view = value,
                "exact" => query.exact = value == "yes",
                "flat" => query.flat = value,
                "find" => query.find = value,
                "sort" => query.sort = value,
                "order" => query.order = value,
                "state" => query.state = value,
                "changed" => query.changed = value,
                "after" => query.after = value,
                other if other.contains('.') && !value.trim().is_empty() => {
                    query.filters.push((name, value));
                }
                _ => {}
            }
        }
        Ok(query)
    }
}

/// A column that sorts.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) text: String,
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
            flat: self.flat == "yes",
            filters: self.asked(),
            properties: true,
            after: (!self.after.is_empty()).then(|| self.after.clone()),
            limit: PAGE,
            ..Listing::default()
        })
    }

    /// The filters, as the library is asked. A day may have been typed as people write it.
    pub(super) fn asked(&self) -> Vec<Filter> {
        self.filters
            .iter()
            .filter_map(|(name, value)| {
                let (on, test) = name.split_once('.')?;
                let value = value.trim();
                if value == NOTHING {
                    return Some(Filter::new(on, "none", ""));
                }
                let day = matches!(test, "from" | "to" | "is").then(|| read_day(value));
                let value = day
                    .flatten()
                    .map_or(value.to_owned(), |day| day.to_string());
                Some(Filter::new(on, test, value))
            })
            .collect()
    }

    /// Forgets what is asked of columns that are not among these, and of drafts where there are none; says whether there was
    /// anything.
    pub(super) fn forget_others(&mut self, columns: &[Column], publishing: bool) -> bool {
        const OWN: [&str; 4] = ["changed", "by", "held-by", "kind"];
        let before = self.filters.len();
        self.filters.retain(|(name, _)| {
            let on = name.split_once('.').map_or(name.as_str(), |(on, _)| on);
            OWN.contains(&on)
                || (on == PUBLISHING && publishing)
                || columns.iter().any(|column| column.id.to_string() == on)
        });
        self.filters.len() < before
    }

    /// What was typed into this filter.
    pub(super) fn typed(&self, name: &str) -> String {
        let found = self.filters.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Whether nothing is asked but a folder: then the view applies that everybody sees at first.
    pub(super) fn is_bare(&self) -> bool {
        let bare = Self {
            folder: self.folder.clone(),
            ..Self::default()
        };
        self.written() == bare.written()
    }

    /// What the view says, written out, so that it can be changed from there.
    pub(super) fn opened(&self, view: &View) -> Self {
        let shape = &view.shape;
        Self {
            folder: self.folder.clone(),
            view: view.id.to_string(),
            exact: true,
            flat: if shape.flat { "yes" } else { "" }.to_owned(),
            find: shape.find.clone(),
            sort: shape.sort.clone(),
            order: match (shape.sort.as_str(), shape.descending) {
                ("", false) => "",
                (_, true) => "down",
                (_, false) => "up",
            }
            .to_owned(),
            state: shape.state.clone(),
            changed: shape
                .filters
                .iter()
                .find(|filter| filter.on == "changed" && filter.test == "days")
                .map(|filter| filter.value.clone())
                .unwrap_or_default(),
            filters: shape
                .filters
                .iter()
                .filter(|filter| filter.test != "days")
                .map(|filter| {
                    let value = match filter.test.as_str() {
                        "none" => NOTHING.to_owned(),
                        _ => filter.value.clone(),
                    };
                    (
                        format!(
                            "{}.{}",
                            filter.on,
                            if filter.test == "none" {
                                "is"
                            } else {
                                &filter.test
                            }
                        ),
                        value,
                    )
                })
                .collect(),
            after: self.after.clone(),
        }
    }

    /// The list as it is now, to be saved as a view with these columns.
    pub(super) fn shape(&self, columns: Vec<String>) -> Shape {
        let mut filters = self.asked();
        if let Some(days) = self.days() {
            filters.push(Filter::new("changed", "days", days.to_string()));
        }
        Shape {
            columns,
            sort: self.column().written(),
            descending: self.descending(),
            flat: self.flat == "yes",
            find: self.find.trim().to_owned(),
            state: self.state.clone(),
            filters,
        }
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
            _ => matches!(self.column(), Sort::Changed | Sort::Size),
        }
    }

    /// Whether this shows some of the items only.
    pub(super) fn filtered(&self) -> bool {
        !self.find.trim().is_empty()
            || self.state() != State::Any
            || self.days().is_some()
            || !self.filters.is_empty()
    }

    /// The query, as written after the `?`.
    pub(super) fn written(&self) -> String {
        let exact = if self.exact { "yes" } else { "" }.to_owned();
        let pairs = [
            ("folder", &self.folder),
            ("view", &self.view),
            ("exact", &exact),
            ("flat", &self.flat),
            ("find", &self.find),
            ("sort", &self.sort),
            ("order", &self.order),
            ("state", &self.state),
            ("changed", &self.changed),
            ("after", &self.after),
        ];
        let filters = self
            .filters
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        pairs
            .into_iter()
            .chain(filters)
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
            filters: Vec::new(),
            after: String::new(),
            ..self.clone()
        }
    }

    /// The heading of a column: pressed again, it sorts the other way round.
    pub(super) fn heading(
        &self,
        library: Id<thing::Library>,
        column: Sort,
        text: impl Into<String>,
    ) -> Heading {
        let fresh = Self {
            sort: column.written(),
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
            text: text.into(),
            href: turned.address(library),
            order,
        }
    }

    /// The questions that narrow the list, with what was chosen; of drafts, for those who see them.
    pub(super) fn fields(&self, drafts: Option<Publishing>) -> Vec<Field> {
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
                State::Mine => Choice::new(state.name(), "Checked out by you"),
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
        let mut fields = vec![find, state.value(self.state.clone())];
        fields.extend(drafts.map(|publishing| self.drafts_field(publishing)));
        fields.push(changed.value(self.changed.clone()));
        fields
    }

    fn drafts_field(&self, publishing: Publishing) -> Field {
        let mut choices = vec![
            Choice::new("", "Published or not"),
            Choice::new(DRAFTS, "Not published, or with newer drafts"),
        ];
        if publishing.approval {
            choices.push(Choice::new(WAITING, "Waiting for approval"));
        }
        Field::select(DRAFTS_ASKED, "Drafts", choices)
            .value(self.typed(DRAFTS_ASKED))
            .id(id_of(DRAFTS_ASKED))
    }

    /// Whether more is asked than what the first questions ask.
    pub(super) fn asks_more(&self) -> bool {
        !self.flat.is_empty() || self.filters.iter().any(|(name, _)| name != DRAFTS_ASKED)
    }

    /// The same library with what is not published, or has newer drafts.
    pub(super) fn of_drafts() -> Self {
        Self {
            filters: vec![(DRAFTS_ASKED.to_owned(), DRAFTS.to_owned())],
            view: "all".to_owned(),
            ..Self::default()
        }
    }

    /// The questions about columns, and about what every document has.
    pub(super) fn more_fields(&self, columns: &[Column]) -> Vec<Field> {
        let mut fields = Vec::new();
        for column in columns {
            let name = |test: &str| format!("{}.{test}", column.id);
            let text = |test: &str, label: String| {
                let name = name(test);
                let typed = self.typed(&name);
                Field::text(name, label).value(typed)
            };
            let choose = |choices: Vec<(String, String)>| {
                let mut all = vec![Choice::new("", "Any")];
                all.extend(
                    choices
                        .into_iter()
                        .map(|(value, text)| Choice::new(value, text)),
                );
                all.push(Choice::new(NOTHING, "Nothing yet"));
                let name = name("is");
                let typed = self.typed(&name);
                Field::select(name, column.name.clone(), all).value(typed)
            };
            match column.kind {
                ColumnKind::Text => {
                    fields.push(text("contains", format!("{} contains", column.name)));
                }
                ColumnKind::Person => fields.push(text("is", column.name.clone())),
                ColumnKind::Choice => fields.push(choose(
                    column
                        .choices
                        .iter()
                        .map(|choice| (choice.clone(), choice.clone()))
                        .collect(),
                )),
                ColumnKind::YesNo => fields.push(choose(
                    [("yes", "Yes"), ("no", "No")]
                        .map(|(value, text)| (value.to_owned(), text.to_owned()))
                        .to_vec(),
                )),
                ColumnKind::Date | ColumnKind::Number => {
                    fields.push(text("from", format!("{} from", column.name)));
                    fields.push(text("to", format!("{} to", column.name)));
                }
            }
        }
        let mut kinds = vec![Choice::new("", "Any")];
        kinds.extend(KINDS.iter().map(|kind| Choice::new(kind.name, kind.label)));
        fields.push(Field::select("kind.is", "Type", kinds).value(self.typed("kind.is")));
        for (name, label) in [
            ("changed.from", "Changed from"),
            ("changed.to", "Changed to"),
            ("by.is", "Changed by"),
            ("held-by.is", "Checked out by"),
        ] {
            fields.push(Field::text(name, label).value(self.typed(name)));
        }
        fields.push(
            Field::select(
                "flat",
                "Show",
                [
                    Choice::new("", "Folders"),
                    Choice::new("yes", "All documents"),
                ],
            )
            .value(self.flat.clone()),
        );
        fields
            .into_iter()
            .map(|field| {
                let id = id_of(&field.name);
                field.id(id)
            })
            .collect()
    }
}

/// The id of the box of a filter: one that begins with a letter, as scripts and styles need it.
pub(super) fn id_of(filter: &str) -> String {
    format!("f-{}", filter.replace('.', "-"))
}

/// The question about drafts.
const DRAFTS_ASKED: &str = "publishing.is";

/// What stands in a filter for documents that say nothing.
pub(super) const NOTHING: &str = "*none";

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
