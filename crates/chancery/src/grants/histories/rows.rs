//! A history as the product keeps it: interval rows, opened and closed as each thing happens.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use super::events::{Event, History, Place, To};
use crate::kernel::{Arg, Realm};
use crate::testing::START;

const FOREVER: i64 = i64::MAX;

/// The tables that a history fills, parents first, with their columns.
const TABLES: &[(&str, &str)] = &[
    ("organisations", "id, name, name_key, sector, about, created_at"),
    ("people", "id, name, name_key, email, email_key, title, phone, created_at"),
    ("teams", "id, name, name_key, purpose, created_at"),
    ("sites", "id, name, name_key, kind, purpose, organisation_id, created_at, created_by"),
    ("libraries", "id, site_id, name, name_key, purpose, created_at, created_by"),
    (
        "items",
        "id, is_document, library_id, folder_id, name, name_key, created_at, created_by, changed_at, changed_by,
         version, size, media_type, binned_at, binned_by, binned_with",
    ),
    ("accounts", "id, person_id, from_at, until_at"),
    ("belongings", "id, person_id, organisation_id, from_at, until_at"),
    ("memberships", "id, team_id, person_id, duty, from_at, until_at"),
    ("clearances", "id, person_id, level, from_at, until_at"),
    ("inheritances", "id, library_id, from_at, until_at"),
    ("grants", "id, place_id, subject_kind, subject_id, role, from_at, until_at, given_by"),
    ("placements", "id, document_id, library_id, from_at, until_at"),
    ("seals", "id, document_id, reason, from_at, until_at"),
    ("markings", "id, document_id, level, label, from_at, until_at"),
];

/// A value of a column.
#[derive(Debug, Clone)]
enum Cell {
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

/// A row whose last two columns, before what belongs to no key, are its interval.
#[derive(Debug)]
struct Interval {
    table: &'static str,
    /// What it is an interval of: nothing but these decides which row is closed.
    key: Vec<i64>,
    /// The columns before `from_at`.
    before: Vec<Cell>,
    from: i64,
    until: i64,
    /// The columns after `until_at`.
    after: Vec<Cell>,
}

/// The intervals of one history, as they come to be.
#[derive(Default)]
struct Opened {
    intervals: Vec<Interval>,
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

/// The rows of many histories.
#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<(&'static str, Vec<Cell>)>,
}

impl Batch {
    /// Adds the rows of a history.
    pub(super) fn write(&mut self, history: &History) {
        self.things(history);
        let mut opened = Opened::default();
        for (number, (at, event)) in history.events.iter().enumerate() {
            happen(&mut opened, history, history.row(number), *at, *event);
        }
        for one in opened.intervals {
            let moment = |at: i64| if at == FOREVER { FOREVER } else { START.micros() + at };
            let mut row = one.before;
            row.extend(cells![moment(one.from), moment(one.until)]);
            row.extend(one.after);
            self.rows.push((one.table, row));
        }
    }

    fn things(&mut self, history: &History) {
        let mut add = |table, row| self.rows.push((table, row));
        for number in 0..history.organisations {
            let id = history.organisation(number);
            let name = format!("Organisation {id}");
            add("organisations", cells![id, name.as_str(), name.as_str(), "public", "", 0]);
        }
        for number in 0..history.people {
            let id = history.person(number);
            let name = format!("Person {id}");
            add("people", cells![id, name.as_str(), name.as_str(), name.as_str(), name.as_str(), "", "", 0]);
        }
        for number in 0..history.teams {
            let id = history.team(number);
            let name = format!("Team {id}");
            add("teams", cells![id, name.as_str(), name.as_str(), "", 0]);
        }
        let site = history.place(0);
        add("sites", cells![site, "Site", "site", "team", "", history.organisation(0), 0, 0]);
        for library in 1..history.places {
            let id = history.place(library);
            let name = format!("Library {id}");
            add("libraries", cells![id, site, name.as_str(), name.as_str(), "", 0, 0]);
            let folder = history.folder(library);
            add("items", item(folder, 0, id, &format!("Folder {folder}")));
        }
        for number in 0..history.documents {
            let id = history.document(number);
            // Where the row says it is now; when it was where is in its placements.
            let library = history.place(last_library(history, number));
            add("items", item(id, 1, library, &format!("Document {id}")));
        }
    }

    /// Puts the rows in the database, many at a time.
    pub(super) async fn insert(self, realm: &Realm) {
        for (table, columns) in TABLES {
            let rows: Vec<&Vec<Cell>> = self
                .rows
                .iter()
                .filter(|(of, _)| of == table)
                .map(|(_, row)| row)
                .collect();
            for some in rows.chunks(200) {
                let width = some[0].len();
                let places: Vec<String> = (0..some.len())
                    .map(|row| {
                        let marks: Vec<String> =
                            (1..=width).map(|column| format!("${}", row * width + column)).collect();
                        format!("({})", marks.join(", "))
                    })
                    .collect();
                let sql = format!("INSERT INTO {table} ({columns}) VALUES {}", places.join(", "));
                let args = some
                    .iter()
                    .flat_map(|row| row.iter())
                    .map(|cell| match cell {
                        Cell::Int(value) => Arg::from(*value),
                        Cell::Text(text) => Arg::from(text),
                    })
                    .collect();
                realm.upkeep(&sql, args).await.unwrap();
            }
        }
    }
}

/// Empties the database for the next histories.
pub(super) async fn clear(realm: &Realm) {
    for (table, _) in TABLES.iter().rev() {
        realm.upkeep(&format!("DELETE FROM {table}"), Vec::new()).await.unwrap();
    }
}

fn item(id: i64, is_document: i64, library: i64, name: &str) -> Vec<Cell> {
    cells![id, is_document, library, 0, name, name, 0, 0, 0, 0, 1, 0, "", 0, 0, 0]
}

fn last_library(history: &History, document: usize) -> Place {
    history
        .events
        .iter()
        .rev()
        .find_map(|(_, event)| match event {
            Event::Add { document: of, library } | Event::Move { document: of, library }
                if *of == document =>
            {
                Some(*library)
            }
            _ => None,
        })
        .unwrap_or(1)
}

/// What the product does to its rows when this happens: it closes intervals and opens new ones.
fn happen(opened: &mut Opened, history: &History, row: i64, at: i64, event: Event) {
    match event {
        Event::Arrive { person, organisation, until } => {
            let who = history.person(person);
            opened.open("accounts", &[who], cells![row, who], at, until.unwrap_or(FOREVER));
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
        Event::Transfer { person, organisation } => {
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
                opened.open("memberships", &key, cells![row, key[0], key[1], ""], at, FOREVER);
            }
        }
        Event::Leave { person, team } => {
            opened.close("memberships", &[history.team(team), history.person(person)], at);
        }
        Event::Give { grant, place, to, role, until } => {
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
            opened.open("placements", &[id], cells![row, id, history.place(library)], at, FOREVER);
        }
        Event::Move { document, library } => {
            let id = history.document(document);
            if opened.open_at("placements", &[id], at) {
                opened.close("placements", &[id], at);
                opened.open("placements", &[id], cells![row, id, history.place(library)], at, FOREVER);
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
            opened.open("markings", &[id], cells![row, id, level, "MARKED"], at, FOREVER);
        }
        Event::Clear { person, level } => {
            let who = history.person(person);
            opened.close("clearances", &[who], at);
            opened.open("clearances", &[who], cells![row, who, level], at, FOREVER);
        }
    }
}
