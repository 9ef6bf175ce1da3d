//! What people may be called and what they may write: the same rules for every name in the realm.
//!
//! A text is kept in Unicode normalisation form C. Its *key*, by which it is found and compared,
//! is in form KC and lower case (Unicode Standard Annex 15), without characters that show nothing.

use unicode_normalization::UnicodeNormalization as _;

/// The longest name, in characters.
pub(crate) const LONGEST_NAME: usize = 200;
/// The longest text of several lines (what an organisation is, why a site exists), in characters.
pub(crate) const LONGEST_TEXT: usize = 2000;
/// The longest key, in bytes: compatibility forms can be eighteen times as long as what was typed,
/// and an index entry of PostgreSQL holds 2,700 bytes.
const LONGEST_KEY: usize = 1500;

pub(crate) const EMPTY: &str = "Enter a name";
const LONG_NAME: &str = "A name can have up to 200 characters";
const LONG_TEXT: &str = "This is too long";
const CONTROL: &str = "This contains control characters, or characters that turn the direction of the text. Type it again without them";

/// What makes a text unfit; a sentence for the page.
pub(crate) type Unfit = &'static str;

/// A name as it is kept: form C, trimmed, spaces between words collapsed to one, 1 to 200
/// characters of which at least one can be seen, and no control or direction-turning characters.
pub(crate) fn clean_name(text: &str) -> Result<String, Unfit> {
    let name = clean_line(text, LONGEST_NAME)
        .map_err(|unfit| if unfit == LONG_TEXT { LONG_NAME } else { unfit })?;
    if name.is_empty() {
        return Err(EMPTY);
    }
    Ok(name)
}

/// One line that may be empty: a title, a telephone number, a duty, a reason.
pub(crate) fn clean_line(text: &str, longest: usize) -> Result<String, Unfit> {
    if text.len() > longest.saturating_mul(16) {
        return Err(LONG_TEXT);
    }
    let mut line = String::with_capacity(text.len());
    for letter in text.nfc().filter(|letter| !is_stray(*letter)) {
        if letter.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if is_refused(letter) {
            return Err(CONTROL);
        } else {
            line.push(letter);
        }
    }
    line.truncate(line.trim_end().len());
    // What nobody can see says nothing, and counts as not written.
    if line
        .chars()
        .all(|letter| shows_nothing(letter) || letter == ' ')
    {
        return Ok(String::new());
    }
    if line.chars().count() > longest {
        return Err(LONG_TEXT);
    }
    Ok(line)
}

/// A text of several lines that may be empty, with line ends as `\n` and no more than one blank
/// line between paragraphs.
pub(crate) fn clean_text(text: &str, longest: usize) -> Result<String, Unfit> {
    if text.len() > longest.saturating_mul(16) {
        return Err(LONG_TEXT);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut clean = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.split('\n') {
        let line = clean_line(line, usize::MAX / 16)?;
        if line.is_empty() {
            blank += 1;
            continue;
        }
        if !clean.is_empty() {
            clean.push_str(if blank > 0 { "\n\n" } else { "\n" });
        }
        blank = 0;
        clean.push_str(&line);
    }
    if clean.chars().count() > longest {
        return Err(LONG_TEXT);
    }
    Ok(clean)
}

/// By what a name (or what somebody types to find one) is compared. Safe for any text: what
/// cannot be in a name is left out, and the result is at most 1,500 bytes.
pub(crate) fn name_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let folded = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .nfkc()
        .filter(|letter| !shows_nothing(*letter));
    for letter in folded {
        if letter.is_whitespace() {
            if !key.is_empty() && !key.ends_with(' ') {
                key.push(' ');
            }
        } else if !is_refused(letter) {
            if key.len() + letter.len_utf8() > LONGEST_KEY {
                break;
            }
            key.push(letter);
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// Turns, isolates or overrides the direction of text (CVE-2021-42574), or controls a terminal.
fn is_refused(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{FFFE}' | '\u{FFFF}')
}

/// Comes along when text is pasted and means nothing: left out without a word.
fn is_stray(letter: char) -> bool {
    matches!(letter, '\u{00AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Shows nothing by itself (default-ignorable characters). Joiners and variation selectors are
/// kept in names, where scripts and emoji need them, and left out of keys.
fn shows_nothing(letter: char) -> bool {
    is_stray(letter)
        || matches!(letter,
            '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200C}'..='\u{200F}' | '\u{2061}'..='\u{2065}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied() {
        for (typed, kept) in [
            ("Board papers", "Board papers"),
            ("  Board\t \r\n papers\u{A0}", "Board papers"),
            ("Cafe\u{301}", "Caf\u{e9}"),
            ("soft\u{AD}hyphen", "softhyphen"),
            (
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} team",
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} team",
            ),
        ] {
            assert_eq!(clean_name(typed).as_deref(), Ok(kept));
        }
        for (typed, why) in [
            ("", EMPTY),
            (" \n ", EMPTY),
            ("\u{200D}\u{FE0F}", EMPTY),
            ("a\u{0}", CONTROL),
            ("a\u{85}b\u{9F}", CONTROL),
            ("a\u{202A}b", CONTROL),
            ("a\u{2069}b", CONTROL),
            ("a\u{FFFF}b", CONTROL),
            (&"é".repeat(201), LONG_NAME),
            (&"x".repeat(100_000), LONG_NAME),
        ] {
            assert_eq!(clean_name(typed), Err(why), "{typed:?}");
        }
    }

    #[test]
    fn texts_keep_their_paragraphs() {
        for (typed, kept) in [
            ("", ""),
            ("\n\n", ""),
            ("\u{2063}", ""),
            ("\u{2063} \u{200D}\n\u{FE0F}", ""),
            ("because\n\u{2063}\nof that", "because\n\nof that"),
            (
                "One\r\ntwo\r\rthree\n\n\n\n four  five \n",
                "One\ntwo\n\nthree\n\nfour five",
            ),
        ] {
            assert_eq!(clean_text(typed, 100).as_deref(), Ok(kept));
        }
        assert_eq!(clean_text("a\u{0}b", 100), Err(CONTROL));
        assert_eq!(clean_text(&"x\n".repeat(60), 100), Err(LONG_TEXT));
    }

    #[test]
    fn what_looks_the_same_has_the_same_key() {
        for (one, other) in [
            ("Harbour Lights", " HARBOUR \n lights "),
            ("Ｈarbour", "harbour"),
            ("ﬁle", "FILE"),
            ("Straße\u{200D}", "straße"),
            ("İstanbul", "i\u{307}stanbul"),
            ("a\u{0}\u{202E}b", "ab"),
        ] {
            assert_eq!(name_key(one), name_key(other));
        }
        assert_eq!(name_key("\u{3164} \u{200B}"), "");
    }

    proptest::proptest! {
        /// Cleaning twice is cleaning once, and nothing that is refused gets through.
        #[test]
        fn cleaning_is_settled(text in "\\PC*|.*") {
            if let Ok(name) = clean_name(&text) {
                proptest::prop_assert_eq!(clean_name(&name), Ok(name.clone()));
                proptest::prop_assert!(!name.chars().any(|letter| is_refused(letter) || is_stray(letter)));
                proptest::prop_assert_eq!(name_key(&name), name_key(&text));
            }
            let key = name_key(&text);
            proptest::prop_assert!(key.len() <= LONGEST_KEY);
            proptest::prop_assert!(!key.chars().any(is_refused));
            proptest::prop_assert_eq!(name_key(&key), key);
        }
    }
}
