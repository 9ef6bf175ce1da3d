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

/// Letters that are drawn as capitals and that no table makes plain: small capitals, and those in squares and circles.
pub(super) fn drawn_letter(letter: char) -> Option<char> {
    const SMALL: &[(char, char)] = &[
        ('ᴀ', 'A'),
        ('ʙ', 'B'),
        ('ᴄ', 'C'),
        ('ᴅ', 'D'),
        ('ᴇ', 'E'),
        ('ꜰ', 'F'),
        ('ɢ', 'G'),
        ('ʜ', 'H'),
        ('ɪ', 'I'),
        ('ᴊ', 'J'),
        ('ᴋ', 'K'),
        ('ʟ', 'L'),
        ('ᴍ', 'M'),
        ('ɴ', 'N'),
        ('ᴏ', 'O'),
        ('ᴘ', 'P'),
        ('ꞯ', 'Q'),
        ('ʀ', 'R'),
        ('ꜱ', 'S'),
        ('ᴛ', 'T'),
        ('ᴜ', 'U'),
        ('ᴠ', 'V'),
        ('ᴡ', 'W'),
        ('ʏ', 'Y'),
        ('ᴢ', 'Z'),
    ];
    // White on black, in circles and in squares, and those that make flags.
    for first in ['\u{1f150}', '\u{1f170}', '\u{1f1e6}'] {
        let step = u32::from(letter).wrapping_sub(u32::from(first));
        if let Some(step) = u8::try_from(step).ok().filter(|step| *step < 26) {
            return Some(char::from(b'A' + step));
        }
    }
    SMALL
        .iter()
        .find(|(small, _)| *small == letter)
        .map(|(_, plain)| *plain)
}

/// Letters in the order in which they are shown, where some are told to run from right to left whatever they are.
pub(super) fn as_shown(text: &str) -> Option<Vec<(usize, char)>> {
    if !text.contains('\u{202e}') {
        return None;
    }
    let mut shown = Vec::with_capacity(text.len());
    let mut turned: Option<Vec<(usize, char)>> = None;
    for (at, letter) in text.char_indices() {
        match (letter, &mut turned) {
            ('\u{202e}', None) => turned = Some(Vec::new()),
            // It ends where that is said, and with its line.
            ('\u{202c}' | '\n' | '\u{2029}', open @ Some(_)) => {
                shown.extend(open.take().into_iter().flatten().rev());
                shown.push((at, letter));
            }
            (_, Some(open)) => open.push((at, letter)),
            (_, None) => shown.push((at, letter)),
        }
    }
    shown.extend(turned.into_iter().flatten().rev());
    Some(shown)
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
