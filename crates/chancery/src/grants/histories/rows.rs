//! A history as the product keeps it: interval rows, opened and closed as each thing happens.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use super::events::{Event, History, Place};
use super::product::{Cell, FOREVER, Opened, cells, happen};
use crate::kernel::{Arg, Realm};
use crate::testing::START;

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
            let moment = |at: i64| {
                if at == FOREVER {
                    FOREVER
                } else {
                    START.micros() + at
                }
            };
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
            add(
                "organisations",
                cells![id, name.as_str(), name.as_str(), "public", "", 0],
            );
        }
        for number in 0..history.people {
            let id = history.person(number);
            let name = format!("Person {id}");
            add(
                "people",
                cells![
                    id,
                    name.as_str(),
                    name.as_str(),
                    name.as_str(),
                    name.as_str(),
                    "",
                    "",
                    0
                ],
            );
        }
        for number in 0..history.teams {
            let id = history.team(number);
            let name = format!("Team {id}");
            add("teams", cells![id, name.as_str(), name.as_str(), "", 0]);
        }
        let site = history.place(0);
        add(
            "sites",
            cells![
                site,
                "Site",
                "site",
                "team",
                "",
                history.organisation(0),
                0,
                0
            ],
        );
        for library in 1..history.places {
            let id = history.place(library);
            let name = format!("Library {id}");
            add(
                "libraries",
                cells![id, site, name.as_str(), name.as_str(), "", 0, 0],
            );
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
                        let marks: Vec<String> = (1..=width)
                            .map(|column| format!("${}", row * width + column))
                            .collect();
                        format!("({})", marks.join(", "))
                    })
                    .collect();
                let sql = format!(
                    "INSERT INTO {table} ({columns}) VALUES {}",
                    places.join(", ")
                );
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
        let sql = format!("DELETE FROM {table}");
        realm.upkeep(&sql, Vec::new()).await.unwrap();
    }
}

fn item(id: i64, is_document: i64, library: i64, name: &str) -> Vec<Cell> {
    cells![
        id,
        is_document,
        library,
        0,
        name,
        name,
        0,
        0,
        0,
        0,
        1,
        0,
        "",
        0,
        0,
        0
    ]
}

fn last_library(history: &History, document: usize) -> Place {
    history
        .events
        .iter()
        .rev()
        .find_map(|(_, event)| match event {
            Event::Add {
                document: of,
                library,
            }
            | Event::Move {
                document: of,
                library,
            } if *of == document => Some(*library),
            _ => None,
        })
        .unwrap_or(1)
}
