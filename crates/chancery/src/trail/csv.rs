//! A trail as comma-separated values (RFC 4180), safe to open in a spreadsheet.

use super::TrailLine;
use crate::csv::{MARK, record};

const COLUMNS: [&str; 13] = [
    "Time",
    "Person",
    "Organisation",
    "Action",
    "What happened",
    "About",
    "Document",
    "Library",
    "Position in the journal",
    "Entry",
    "Person id",
    "Document id",
    "Data",
];

/// The first line.
pub(super) fn heading() -> String {
    format!("{MARK}{}", record(&COLUMNS))
}

/// One line of the trail.
pub(super) fn line(line: &TrailLine) -> String {
    let document = line.document.as_ref();
    record(&[
        &super::export::moment(line.at),
        &line.who.name,
        &line.who.organisation,
        line.label,
        &line.says,
        line.sort.name(),
        document.map_or("", |(_, name, _)| name),
        line.library.as_ref().map_or("", |(_, name)| name),
        &line
            .position
            .map_or(String::new(), |position| position.to_string()),
        &line.id.to_string(),
        &if line.who.is_console() {
            String::new()
        } else {
            super::export::shown(line.who.id)
        },
        &document.map_or(String::new(), |(id, _, _)| id.to_string()),
        &line.data.to_string(),
    ])
}

/// That something is not in the file.
pub(super) fn left_out(said: &str) -> String {
    let mut cells = [""; COLUMNS.len()];
    cells[3] = "Not listed";
    cells[4] = said;
    record(&cells)
}
