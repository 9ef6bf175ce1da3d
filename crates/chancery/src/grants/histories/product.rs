//! What the product does to its rows when something happens: it opens intervals and closes them.

use super::events::{Event, History, To};

/// The end of an interval that nobody has closed.
pub(super) const FOREVER: i64 = i64::MAX;

/// A value of a column.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Int(i64),
    Text(String),
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

macro_rules! cells {
    ($($value:expr),*) => { vec![$(Cell::from($value)),*] };
}
pub(super) use cells;

/// A row whose last two columns, before what belongs to no key, are its interval.
#[derive(Debug)]
pub(super) struct Interval {
    pub(super) table: &'static str,
    /// What it is an interval of: nothing but these decides which row is closed.
    key: Vec<i64>,
    /// The columns before `from_at`.
    pub(super) before: Vec<Cell>,
    pub(super) from: i64,
    pub(super) until: i64,
    /// The columns after `until_at`.
    pub(super) after: Vec<Cell>,
}

/// The intervals of one history, as they come to be.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) intervals: Vec<Interval>,
}

impl Opened {
    fn open_at(&self, table: &str, key: &[i64], at: i64) -> bool {
        self.intervals
            .iter()
            .any(|one| one.table == table && one.key == key && one.from <= at && at < one.until)
    }

    fn close(&mut self, table: &str, key: &[i64], at: i64) {
        for one in &mut self.intervals {
            if one.table == table && one.key == key && one.from <= at && at < one.until {
                one.until = at;
            }
        }
    }

    fn open(&mut self, table: &'static str, key: &[i64], before: Vec<Cell>, at: i64, until: i64) {
        self.intervals.push(Interval {
            table,
            key: key.to_vec(),
            before,
            from: at,
            until,
            after: Vec::new(),
        });
    }
}

/// What the product does to its rows when this happens: it closes intervals and opens new ones.
#[allow(
    clippy::too_many_lines,
    reason = "one arm for each thing that can happen"
)]
pub(super) fn happen(opened: &mut Opened, history: &History, row: i64, at: i64, event: Event) {
    match event {
        Event::Arrive {
            person,
            organisation,
            until,
        } => {
            let who = history.person(person);
            opened.open(
                "accounts",
                &[who],
                cells![row, who],
                at,
                until.unwrap_or(FOREVER),
            );
            let of = history.organisation(organisation);
            opened.open("belongings", &[who], cells![row, who, of], at, FOREVER);
        }
        Event::Suspend { person } => opened.close("accounts", &[history.person(person)], at),
        Event::Reinstate { person } => {
            let who = history.person(person);
            let arrived = opened.open_at("belongings", &[who], at);
            if arrived && !opened.open_at("accounts", &[who], at) {
                opened.open("accounts", &[who], cells![row, who], at, FOREVER);
            }
        }
        Event::Transfer {
            person,
            organisation,
        } => {
            let who = history.person(person);
            if opened.open_at("belongings", &[who], at) {
                opened.close("belongings", &[who], at);
                let of = history.organisation(organisation);
                opened.open("belongings", &[who], cells![row, who, of], at, FOREVER);
            }
        }
        Event::Join { person, team } => {
            let key = [history.team(team), history.person(person)];
            if !opened.open_at("memberships", &key, at) {
                opened.open(
                    "memberships",
                    &key,
                    cells![row, key[0], key[1], ""],
                    at,
                    FOREVER,
                );
            }
        }
        Event::Leave { person, team } => {
            opened.close(
                "memberships",
                &[history.team(team), history.person(person)],
                at,
            );
        }
        Event::Give {
            grant,
            place,
            to,
            role,
            until,
        } => {
            let id = history.grant(grant);
            let (kind, subject) = match to {
                To::Everyone => (0, 0),
                To::Person(person) => (1, history.person(person)),
                To::Team(team) => (2, history.team(team)),
                To::Organisation(organisation) => (3, history.organisation(organisation)),
            };
            opened.intervals.push(Interval {
                table: "grants",
                key: vec![id],
                before: cells![id, history.place(place), kind, subject, role.level()],
                from: at,
                until: until.unwrap_or(FOREVER),
                after: cells![0],
            });
        }
        Event::End { grant } => opened.close("grants", &[history.grant(grant)], at),
        Event::Inherit { library } => {
            let id = history.place(library);
            if !opened.open_at("inheritances", &[id], at) {
                opened.open("inheritances", &[id], cells![row, id], at, FOREVER);
            }
        }
        Event::Stop { library } => opened.close("inheritances", &[history.place(library)], at),
        Event::Add { document, library } => {
            let id = history.document(document);
            opened.open(
                "placements",
                &[id],
                cells![row, id, history.place(library)],
                at,
                FOREVER,
            );
        }
        Event::Move { document, library } => {
            let id = history.document(document);
            if opened.open_at("placements", &[id], at) {
                opened.close("placements", &[id], at);
                opened.open(
                    "placements",
                    &[id],
                    cells![row, id, history.place(library)],
                    at,
                    FOREVER,
                );
            }
        }
        Event::Seal { document } => {
            let id = history.document(document);
            if !opened.open_at("seals", &[id], at) {
                opened.open("seals", &[id], cells![row, id, "found"], at, FOREVER);
            }
        }
        Event::Unseal { document } => opened.close("seals", &[history.document(document)], at),
        Event::Mark { document, level } => {
            let id = history.document(document);
            opened.close("markings", &[id], at);
            opened.open(
                "markings",
                &[id],
                cells![row, id, level, "MARKED"],
                at,
                FOREVER,
            );
        }
        Event::Clear { person, level } => {
            let who = history.person(person);
            opened.close("clearances", &[who], at);
            opened.open("clearances", &[who], cells![row, who, level], at, FOREVER);
        }
    }
}
