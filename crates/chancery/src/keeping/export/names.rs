//! Names that every file system can save.

use std::fmt::Write as _;

/// The longest name, in bytes: below what any file system takes, so that a path of some folders
/// stays below what Windows takes.
const LONGEST: usize = 80;

/// A name made safe: nothing in it that a file system refuses or takes for something else, not one of
/// the names that Windows keeps for devices, and not too long. `mark` stands before the ending, and so
/// does the number from the second on.
pub(super) fn safe(name: &str, mark: &str, number: u32) -> String {
    let clean: String = name
        .chars()
        .map(|letter| match letter {
            '/' | '\\' | '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            letter if letter.is_control() => '_',
            letter => letter,
        })
        .collect();
    let clean = clean.trim_matches([' ', '.']);
    let (stem, ending) = match clean.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 12 => (stem, ending),
        _ => (clean, ""),
    };
    let mut after = mark.to_owned();
    if number > 1 {
        let _ = write!(after, " ({number})");
    }
    if !ending.is_empty() {
        after.push('.');
        after.push_str(ending);
    }
    let mut safe = String::new();
    if stem.is_empty() || kept_for_a_device(stem) {
        safe.push('_');
    }
    for letter in stem.chars() {
        if safe.len() + letter.len_utf8() + after.len() > LONGEST {
            break;
        }
        safe.push(letter);
    }
    if after.is_empty() {
        // What was cut may end in what a name must not end in.
        safe.truncate(safe.trim_end_matches([' ', '.']).len());
    }
    safe + after.as_str()
}

fn kept_for_a_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or(stem).trim_end();
    let first = first.to_ascii_uppercase();
    matches!(first.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || ["COM", "LPT"].iter().any(|port| {
            first
                .strip_prefix(port)
                .is_some_and(|rest| rest.chars().count() == 1 && rest.chars().all(char::is_numeric))
        })
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn a_name_can_be_saved_everywhere() {
        for (name, mark, number, expected) in [
            ("Minutes.docx", "", 1, "Minutes.docx"),
            ("Minutes.docx", "~v2", 1, "Minutes~v2.docx"),
            ("Minutes.docx", "~v2", 3, "Minutes~v2 (3).docx"),
            ("../../etc/passwd", "", 1, "_.._etc_passwd"),
            ("..", "", 1, "_"),
            ("", "", 1, "_"),
            ("C:\\Windows", "", 1, "C__Windows"),
            ("con", "", 1, "_con"),
            ("Aux.txt", "", 1, "_Aux.txt"),
            ("lpt1.tar.gz", "", 1, "_lpt1.tar.gz"),
            ("COM²", "", 1, "_COM²"),
            ("console", "", 1, "console"),
            ("What? \u{7}", "", 1, "What_ _"),
            ("trailing. . ", "", 1, "trailing"),
        ] {
            assert_eq!(safe(name, mark, number), expected, "{name:?}");
        }
        let long = format!("{}.docx", "é".repeat(200));
        let cut = safe(&long, "~v12", 2);
        assert!(cut.len() <= 80 && cut.ends_with("~v12 (2).docx"), "{cut}");
    }
}
