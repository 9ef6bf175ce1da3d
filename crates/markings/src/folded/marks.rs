//! What stands in a text beside its words: boxes to be ticked, and the signs by which a line of a program is known.

use std::ops::Range;

/// The boxes in a text, in their order, and whether each is ticked.
pub(super) fn boxes(text: &str) -> Vec<(Range<usize>, bool)> {
    let mut all = Vec::new();
    let mut after = 0;
    for (at, letter) in text.char_indices() {
        if at < after {
            continue;
        }
        let found = match letter {
            '☐' | '❏' | '❑' => Some((letter.len_utf8(), false)),
            '☑' | '☒' | '✓' | '✔' | '✅' | '🗹' | '🗷' => {
                Some((letter.len_utf8(), true))
            }
            '[' => drawn(&text[at..], ']'),
            '(' => drawn(&text[at..], ')'),
            _ => None,
        };
        if let Some((length, ticked)) = found {
            after = at + length;
            all.push((at..after, ticked));
        }
    }
    all
}

/// A box of brackets, with room or a cross in it. Without either it is no box.
fn drawn(text: &str, close: char) -> Option<(usize, bool)> {
    const WIDEST: usize = 5;
    let end = text
        .char_indices()
        .take(WIDEST + 2)
        .find(|(_, letter)| *letter == close)?
        .0;
    let within = &text[1..end];
    let ticked = match within.trim_matches([' ', '\u{a0}', '_']) {
        "" => false,
        "x" | "X" | "✓" | "✔" | "*" | "√" => true,
        _ => return None,
    };
    (!within.is_empty()).then_some((end + close.len_utf8(), ticked))
}

/// Whether it is a line of a program, or what programs look for in a text.
pub(super) fn is_code(text: &str) -> bool {
    const SIGNS: &[&str] = &[
        "\\b(", "(?i", "=>", " == ", " && ", "();", " = \"", " = '", " = [", " = {", "=\"", "='",
    ];
    let line = text.trim_end();
    line.ends_with(';') && line.contains(['=', '(', '{'])
        || SIGNS.iter().any(|sign| line.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_ticked_or_not() {
        for (text, expected) in [
            ("☐ a ☑ b ☒ c", vec![false, true, true]),
            (
                "[ ] a [x] b ( ) c (X) d [_] e",
                vec![false, true, false, true, false],
            ),
            ("f() g[] (a) [3]", vec![]),
        ] {
            let ticked: Vec<bool> = boxes(text).into_iter().map(|one| one.1).collect();
            assert_eq!(ticked, expected, "{text}");
        }
    }

    #[test]
    fn a_line_of_a_program_is_known_by_its_signs() {
        assert!(is_code("public static final String A = \"B\";"));
        assert!(is_code("(?i)\\b(A|B)"));
        assert!(!is_code("Classification: A; handle with care"));
    }
}
