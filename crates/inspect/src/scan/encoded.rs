//! Text that stands for other text, or for a file, in letters of it: base64, digits, escapes of programs, letters of UTF-7.
//!
//! What it stands for is read where that is text or a file of a kind that is known; letters that only look like it give neither.

use std::collections::BTreeSet;

use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use super::gather::Gather;
use super::leftover::is_words;
use super::{Kind, illustration, nested, plain};
use crate::reading::{PieceKind, Why};

mod escapes;
mod letters;

pub(super) use escapes::{from_utf7, unescaped};
pub(super) use letters::yenc;
use letters::{from_2, from_16, from_32, from_64, from_85};

/// How many blocks of a text, and how many of its lines, are made out.
const BLOCKS: usize = 50;
const LINES: usize = 5000;
/// How much of a text is looked at.
const LONGEST: usize = 32 * 1024 * 1024;
/// A line that is longer is no line.
const LINE: usize = 100_000;

/// Reads what a text stands for.
pub(super) fn read(gather: &mut Gather<'_>, text: &str) {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    lines(gather, text);
    blocks(gather, text);
    if text
        .lines()
        .any(|line| line.trim_end() == "-----BEGIN PGP MESSAGE-----")
    {
        gather.missing("a message in the text", Why::Encrypted);
    }
}

/// Lines of which some letters are written otherwise.
fn lines(gather: &mut Gather<'_>, text: &str) {
    let mut found: Vec<(u32, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if found.len() >= LINES {
            break;
        }
        if line.len() > LINE {
            continue;
        }
        let said = unescaped(line);
        let said = said.as_deref().unwrap_or(line);
        if said != line {
            found.push((number, said.to_owned()));
        }
        if let Some(words) = tokens(said) {
            found.push((number, words));
        }
    }
    if is_quoted(text) {
        let known: BTreeSet<&str> = text.lines().collect();
        let whole = quoted_printable_decode(text.as_bytes()).unwrap_or_default();
        let whole = plain::decoded(&whole);
        let other = (1..).zip(whole.lines());
        found.extend(
            other
                .filter(|(_, line)| !known.contains(line) && is_readable(line))
                .take(LINES)
                .map(|(number, line)| (number, line.to_owned())),
        );
    }
    if found.is_empty() {
        return;
    }
    gather.place("text, as it is meant", None);
    for (number, said) in found {
        gather.piece_at(PieceKind::Body, number, &said);
    }
    gather.unit();
}

fn is_readable(said: &str) -> bool {
    !said.contains(|one: char| one.is_control() && one != '\t' || one == '\u{fffd}')
        && said.contains(char::is_alphabetic)
}

/// Whether a text may be one in which letters are written as their numbers (quoted-printable).
fn is_quoted(text: &str) -> bool {
    const FEWEST: usize = 3;
    let bytes = text.as_bytes();
    let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F');
    bytes
        .windows(3)
        .filter(|three| three[0] == b'=' && is_digit(three[1]) && is_digit(three[2]))
        .nth(FEWEST - 1)
        .is_some()
}

/// Words of a line that are base64 of words.
fn tokens(line: &str) -> Option<String> {
    const SHORTEST: usize = 12;
    const MOST: usize = 50;
    // A directory writes `name:: value` of such.
    let shortest = if line.contains(":: ") { 8 } else { SHORTEST };
    if line.len() < shortest {
        return None;
    }
    let is_part =
        |one: char| one.is_ascii_alphanumeric() || matches!(one, '+' | '/' | '=' | '-' | '_');
    let all: Vec<String> = line
        .split(|one: char| !is_part(one))
        .map(|word| word.trim_start_matches('='))
        .filter(|word| word.len() >= shortest && word.len() < 4000)
        .filter(|word| {
            word.bytes().any(|one| one.is_ascii_lowercase())
                && word.bytes().any(|one| one.is_ascii_uppercase())
        })
        .take(MOST)
        .filter_map(|word| from_64(word.as_bytes()))
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .filter(|said| {
            let letters = said
                .chars()
                .filter(|one| one.is_ascii_alphabetic() || *one == ' ')
                .count();
            letters * 4 >= said.len() * 3 && is_words(said) && is_readable(said.trim_end())
        })
        .collect();
    (!all.is_empty()).then(|| all.join("\t"))
}

/// What lines say one after the other in digits or letters that stand for bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Base64,
    Digits,
    /// Digits with where they stand before them, and what they are behind them.
    Dump,
    Bits,
}

fn blocks(gather: &mut Gather<'_>, text: &str) {
    let mut found: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut open: Option<(Written, usize, String)> = None;
    let alone = text.split_whitespace().nth(1).is_none();
    let end = std::iter::once("");
    for (number, line) in text.lines().chain(end).enumerate() {
        let line = line.trim();
        let next = part_of(line);
        if let Some((written, _, letters)) = &mut open
            && let Some((kind, more)) = &next
            && (kind == written || *written == Written::Base64 && is_64(line))
        {
            letters.push_str(if *written == Written::Base64 {
                line
            } else {
                more
            });
            continue;
        }
        if let Some((written, from, letters)) = open.take()
            && let Some(bytes) = meant(written, &letters, alone)
            && found.len() < BLOCKS
        {
            found.push((from, bytes));
        }
        open = next.map(|(written, letters)| (written, number + 1, letters));
    }
    // Five letters for four bytes, between signs of their own.
    let mut rest = text;
    while let Some((_, begun)) = rest.split_once("<~")
        && let Some((letters, after)) = begun.split_once("~>")
        && found.len() < BLOCKS
    {
        found.extend(
            from_85(letters)
                .filter(|bytes| is_something(bytes))
                .map(|bytes| (1, bytes)),
        );
        rest = after;
    }
    let is_all = found.len() == 1 && found[0].0 == 1;
    for (line, bytes) in found {
        if gather.unpacked(bytes.len() as u64).is_none() {
            gather.missing("letters that stand for others", Why::TooLarge);
            return;
        }
        let name = format!("what line {line} stands for");
        // A picture beside words is one in a document.
        if is_all {
            nested(gather, &name, &bytes);
        } else {
            illustration(gather, &name, &bytes);
        }
    }
}

fn is_64(line: &str) -> bool {
    line.len() >= 4
        && line.bytes().all(|one| {
            one.is_ascii_alphanumeric() || matches!(one, b'+' | b'/' | b'=' | b'-' | b'_')
        })
}

/// What a line may be part of, and what of it counts.
fn part_of(line: &str) -> Option<(Written, String)> {
    if line.is_empty() || line.len() > 64 * 1024 * 1024 {
        return None;
    }
    let plain: String = if line.contains("0x") || line.contains("\\x") {
        line.replace("0x", "").replace("\\x", "")
    } else {
        line.to_owned()
    };
    let is_divider = |one: char| matches!(one, ' ' | '\t' | ',' | ':' | '"' | ';' | '{' | '}');
    let mut words = plain
        .split(is_divider)
        .filter(|word| !word.is_empty())
        .peekable();
    let mut digits = String::new();
    let mut all = words.peek().is_some();
    for word in words {
        if !word.bytes().all(|one| one.is_ascii_hexdigit()) || !word.len().is_multiple_of(2) {
            all = false;
            break;
        }
        digits.push_str(word);
    }
    if all && digits.bytes().all(|one| matches!(one, b'0' | b'1')) {
        return Some((Written::Bits, digits));
    }
    // What stands before a colon says where it is.
    if all && !(line.contains(": ") && line.find(':') > Some(3)) {
        return Some((Written::Digits, digits));
    }
    if let Some(digits) = dumped(line) {
        return Some((Written::Dump, digits));
    }
    is_64(line).then(|| (Written::Base64, line.to_owned()))
}

/// `00000010: 5345 4352 4554  SECRET`.
fn dumped(line: &str) -> Option<String> {
    const BYTES: usize = 16;
    let (place, rest) = line.split_once([':', ' '])?;
    if !(4..=8).contains(&place.len()) || !place.bytes().all(|one| one.is_ascii_hexdigit()) {
        return None;
    }
    let mut digits = String::new();
    for word in rest.trim_start().split(' ') {
        // A gap stands in the middle of a line too.
        if word.is_empty() {
            if digits.len() == BYTES {
                continue;
            }
            break;
        }
        if !matches!(word.len(), 2 | 4 | 8) || !word.bytes().all(|one| one.is_ascii_hexdigit()) {
            break;
        }
        if digits.len() >= 2 * BYTES {
            break;
        }
        digits.push_str(word);
    }
    (!digits.is_empty()).then_some(digits)
}

/// How letters are made bytes.
type Way = fn(&[u8]) -> Option<Vec<u8>>;

/// The bytes that are meant, where they are something that is read.
fn meant(written: Written, letters: &str, alone: bool) -> Option<Vec<u8>> {
    const SHORTEST: usize = 16;
    if letters.len() < if alone { 8 } else { SHORTEST } {
        return None;
    }
    let letters = letters.as_bytes();
    let ways: &[Way] = match written {
        Written::Base64 => &[from_64, from_32],
        Written::Digits => &[from_16, from_64, from_32],
        Written::Dump => &[from_16],
        Written::Bits => &[from_2, from_16],
    };
    ways.iter()
        .filter_map(|way| way(letters))
        .find(|bytes| is_something(bytes))
}

/// Whether bytes are text of ours, or a file of a kind that is known.
fn is_something(bytes: &[u8]) -> bool {
    match Kind::of("", "", bytes) {
        Kind::Text | Kind::Html | Kind::Xml | Kind::Mail | Kind::Mailbox => {
            let text = plain::decoded(&bytes[..bytes.len().min(8192)]);
            let all = text.chars().count();
            let usual = text
                .chars()
                .filter(|one| one.is_ascii() && !one.is_ascii_control() || one.is_whitespace())
                .count();
            let letters = text.chars().filter(char::is_ascii_alphabetic).count();
            all >= 4 && usual * 100 >= all * 95 && letters * 2 >= all
        }
        Kind::Unknown(_) | Kind::Drawing(_) => false,
        _ => bytes.len() >= 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_stand_for_bytes_are_told_from_words() {
        assert_eq!(from_64(b"U0VDUkVUCg==").as_deref(), Some(&b"SECRET\n"[..]));
        assert_eq!(
            from_32(b"KNCUGUSFKQ======").as_deref(),
            Some(&b"SECRET"[..])
        );
        assert_eq!(from_85(";aj&O78s").as_deref(), Some(&b"SECRET"[..]));
        assert_eq!(
            meant(Written::Base64, "CONFIDENTIALPAPERSOFTHEBOARD", false),
            None
        );
        assert_eq!(meant(Written::Base64, "PASSWORD", true), None);
        assert_eq!(
            dumped("00000010: 5345 4352 4554 0a  SECRET.").as_deref(),
            Some("5345435245540a")
        );
        assert_eq!(dumped("2026 10 11 was the day"), Some("1011".to_owned()));
        let file = b"=ybegin line=128 size=6 name=a.txt\r\n}o=mm|o~\r\n=yend size=6\r\n";
        assert_eq!(yenc(file)[0].0, "a.txt");
    }
}
