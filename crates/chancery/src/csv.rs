//! Comma-separated values (RFC 4180) that are safe to open in a spreadsheet.

/// The byte order mark: without it spreadsheets read UTF-8 as something else and spoil names.
pub(crate) const MARK: &str = "\u{feff}";

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Text, as somebody may have typed it.
    Text(String),
    /// A number: `-12.5`.
    Number(String),
}

/// One line of the file, with numbers that a spreadsheet takes for numbers.
pub(crate) fn record_of(cells: &[Cell]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .map(|stands| match stands {
            Cell::Number(text) if is_number(text) => text.clone(),
            Cell::Number(text) | Cell::Text(text) => cell(text),
        })
        .collect();
    format!("{}\r\n", cells.join(","))
}

/// Digits, with a point between them and a minus before them at the most.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(text),
    }
}

/// One line of the file.
pub(crate) fn record(cells: &[&str]) -> String {
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
    use super::{Cell, cell, record_of};

    #[test]
    fn a_number_is_a_number_and_nothing_else_is() {
        let number = |text: &str| Cell::Number(text.to_owned());
        let cells = [
            number("-2.5"),
            number("10"),
            number("-2+3"),
            number("-"),
            Cell::Text("-1".to_owned()),
        ];
        assert_eq!(record_of(&cells), "-2.5,10,'-2+3,'-,'-1\r\n");
    }

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
