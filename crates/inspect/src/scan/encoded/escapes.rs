//! Letters that are written as their numbers or their names among others that are written as they are.

use super::is_readable;
use super::letters::from_64;
use super::plain;

/// A line with the letters that its escapes stand for; nothing where there are none, or where they stand for no letters.
pub(in super::super) fn unescaped(line: &str) -> Option<String> {
    if !line.contains(['\\', '%', '&', '+']) {
        return None;
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    let mut changed = 0;
    while let Some(letter) = rest.chars().next() {
        let made = match letter {
            '\\' => backslash(rest),
            '%' => percent(rest),
            '&' => entity(rest),
            '+' => seven(rest),
            _ => None,
        };
        if let Some((said, length)) = made {
            out.push_str(&said);
            rest = &rest[length..];
            changed += 1;
        } else {
            out.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    (changed > 0 && is_readable(&out)).then_some(out)
}

fn number(digits: &str, radix: u32) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, radix).ok()?).filter(|one| !one.is_control())
}

/// `\u0053`, `\x53`, `\U00000053`, `\u{53}`, and `\0053 ` of styles.
fn backslash(rest: &str) -> Option<(String, usize)> {
    let kind = rest.get(1..2)?;
    if let Some(braced) = rest.get(2..).and_then(|rest| rest.strip_prefix('{'))
        && matches!(kind, "u" | "x")
    {
        let (digits, _) = braced.split_once('}')?;
        return Some((number(digits, 16)?.to_string(), digits.len() + 4));
    }
    let count = match kind {
        "u" => 4,
        "x" => 2,
        "U" => 8,
        _ => {
            let digits = rest[1..]
                .bytes()
                .take(6)
                .take_while(u8::is_ascii_hexdigit)
                .count();
            let spaced = rest[1 + digits..].starts_with(' ');
            // Three digits of eight are how C writes it.
            let eight = rest
                .get(1..4)
                .filter(|_| !rest.starts_with("\\00"))
                .and_then(|three| number(three, 8))
                .filter(char::is_ascii);
            if let Some(said) = eight {
                return Some((said.to_string(), 4));
            }
            if digits < 2 || digits < 4 && !spaced {
                return None;
            }
            let said = number(&rest[1..=digits], 16)?;
            let space = usize::from(spaced);
            return Some((said.to_string(), 1 + digits + space));
        }
    };
    let said = number(rest.get(2..2 + count)?, 16)?;
    Some((said.to_string(), 2 + count))
}

/// Letters as addresses write them, as many as stand beside each other.
fn percent(rest: &str) -> Option<(String, usize)> {
    let mut bytes = Vec::new();
    let mut at = 0;
    while rest.as_bytes().get(at) == Some(&b'%')
        && let Some(byte) = rest
            .get(at + 1..at + 3)
            .filter(|two| two.bytes().all(|one| one.is_ascii_hexdigit()))
            .and_then(|two| u8::from_str_radix(two, 16).ok())
            .filter(|byte| !byte.is_ascii_control())
    {
        bytes.push(byte);
        at += 3;
    }
    (!bytes.is_empty()).then(|| (plain::decoded(&bytes), at))
}

/// `&#83;`, `&#x53;` and what is written by a name.
fn entity(rest: &str) -> Option<(String, usize)> {
    const NAMES: &[(&str, &str)] = &[
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("nbsp", " "),
        ("hyphen", "-"),
        ("ndash", "–"),
        ("mdash", "—"),
    ];
    let end = rest.bytes().take(12).position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let said = if let Some(code) = name.strip_prefix('#') {
        let letter = match code.strip_prefix(['x', 'X']) {
            Some(digits) => number(digits, 16)?,
            None => number(code, 10)?,
        };
        letter.to_string()
    } else {
        let (_, said) = NAMES.iter().find(|(known, _)| *known == name)?;
        (*said).to_owned()
    };
    Some((said, end + 1))
}

/// Letters of two bytes in base64 between `+` and `-` (UTF-7).
fn seven(rest: &str) -> Option<(String, usize)> {
    let length = rest[1..]
        .bytes()
        // In letters of ours there is no `+`, and so no byte is looked at twice.
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'/')
        .count();
    if length < 3 {
        return (rest.starts_with("+-")).then(|| ("+".to_owned(), 2));
    }
    let bytes = from_64(&rest.as_bytes()[1..=length])?;
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|two| u16::from_be_bytes([two[0], two[1]]))
        .collect();
    let said = String::from_utf16(&units).ok()?;
    // Of letters that only look so come letters of all the world.
    let is_ours = |one: char| {
        !one.is_control() && (one < '\u{250}' || ('\u{2010}'..'\u{2100}').contains(&one))
    };
    if said.is_empty() || !said.chars().all(is_ours) {
        return None;
    }
    let minus = usize::from(rest[1 + length..].starts_with('-'));
    Some((said, 1 + length + minus))
}

/// A whole text in UTF-7.
pub(in super::super) fn from_utf7(text: &str) -> String {
    text.lines()
        .map(|line| {
            let mut out = String::with_capacity(line.len());
            let mut rest = line;
            while let Some((before, _)) = rest.split_once('+') {
                out.push_str(before);
                let from = &rest[before.len()..];
                let (said, length) = seven(from).unwrap_or_else(|| ("+".to_owned(), 1));
                out.push_str(&said);
                rest = &from[length..];
            }
            out.push_str(rest);
            out
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_of_a_line_of_nothing_but_escapes_is_looked_at_often() {
        for one in ["+", "%", "%01", "%ff", "&", r"\", r"\u", "+A"] {
            // Looked at again for each, it would not end within the hour.
            let _ = unescaped(&one.repeat(500_000));
        }
    }

    #[test]
    fn escapes_of_every_kind_are_made_out_and_others_left() {
        for line in [
            r"\u0053ECRET",
            r"\x53ECRET",
            r"\U00000053ECRET",
            r"\u{53}ECRET",
            r"\0053 ECRET",
            r"\53 ECRET",
            r"\123ECRET",
            "%53ECRET",
            "%53%45CRET",
            "&#83;ECRET",
            "&#x53;ECRET",
            "+AFM-ECRET",
            "+AFMARQBDAFIARQBU-",
        ] {
            assert_eq!(unescaped(line).as_deref(), Some("SECRET"), "{line}");
        }
        for line in [
            r"c:\users\new",
            "100% of it",
            "a + b",
            "+44 20 7946 0000",
            "1 + 1+1 = 3",
            "fish &chips;",
            r"\",
            "%",
            "&",
            "+",
            r"\u00",
            r"\é",
            "%é",
            "&é;",
            "+é",
        ] {
            assert_eq!(unescaped(line), None, "{line}");
        }
    }
}
