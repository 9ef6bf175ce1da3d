//! A trail as comma-separated values (RFC 4180), safe to open in a spreadsheet.

use super::TrailLine;

/// The byte order mark: without it spreadsheets read UTF-8 as something else and spoil names.
const MARK: &str = "\u{feff}";

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

fn record(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that a spreadsheet takes for text: one that begins like a formula gets an apostrophe
/// before it (OWASP, CSV injection), and whatever would break the record is quoted.
fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let guarded = if risky {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if guarded.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_text_to_a_spreadsheet_and_keeps_its_record_together() {
        let table = [
            ("Agenda.docx", "Agenda.docx"),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+44", "'+44"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "'＝1"),
            ("one, two", "\"one, two\""),
            ("two\nlines", "\"two\nlines\""),
            ("a=b", "a=b"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }
}
