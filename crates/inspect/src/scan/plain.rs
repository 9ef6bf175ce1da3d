//! Files that are text, and the words in files that are not.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::gather::Gather;
use super::{cards, data, encoded};
use crate::reading::PieceKind;

/// What a text is written in. Letters of ours are the same in every other alphabet of one byte that was ever common.
fn encoding(file: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(file) {
        return encoding;
    }
    // Without a mark, two bytes for a letter are seen by the zeros between them.
    let start = &file[..file.len().min(4096)];
    let zeros = |odd: usize| {
        let all = start.iter().skip(odd).step_by(2);
        (all.clone().filter(|byte| **byte == 0).count(), all.count())
    };
    let ((even, half), (odd, _)) = (zeros(0), zeros(1));
    if half >= 2 {
        if odd * 10 > half * 6 && even * 10 < half {
            return UTF_16LE;
        }
        if even * 10 > half * 6 && odd * 10 < half {
            return UTF_16BE;
        }
    }
    match std::str::from_utf8(file) {
        Ok(_) => UTF_8,
        // The end of what is looked at may cut a letter in two, where there are such letters.
        Err(error)
            if error.error_len().is_none()
                && (file.len() >= 1024 || !file[..error.valid_up_to()].is_ascii()) =>
        {
            UTF_8
        }
        Err(_) => WINDOWS_1252,
    }
}

pub(super) fn decoded(file: &[u8]) -> String {
    // Four bytes for a letter: a byte order mark of its own, or three zeros.
    if file.starts_with(&[0xff, 0xfe, 0, 0]) || file.starts_with(&[0, 0, 0xfe, 0xff]) {
        let little = file[0] == 0xff;
        return file
            .chunks_exact(4)
            .skip(1)
            .map(|four| {
                let four = [four[0], four[1], four[2], four[3]];
                let code = if little {
                    u32::from_le_bytes(four)
                } else {
                    u32::from_be_bytes(four)
                };
                char::from_u32(code).unwrap_or('\u{fffd}')
            })
            .collect();
    }
    encoding(file).decode(file).0.into_owned()
}

/// Whether a file that says nothing of itself is one of text.
pub(super) fn is_text(file: &[u8]) -> bool {
    let text = decoded(&file[..file.len().min(8192)]);
    let all = text.chars().count();
    let strange = text
        .chars()
        .filter(|letter| {
            *letter == '\u{fffd}'
                || letter.is_control()
                    && !matches!(
                        letter,
                        '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}' | '\u{1a}' | '\u{8}'
                    )
        })
        .count();
    // Points of one colour are letters of some alphabet too.
    let start = &file[..file.len().min(8192)];
    let most = start.first().map_or(0, |_| {
        let mut counts = [0_usize; 256];
        for byte in start {
            counts[usize::from(*byte)] += 1;
        }
        counts[128..].iter().copied().max().unwrap_or(0)
    });
    all > 0 && strange * 50 <= all && (start.len() < 64 || most * 10 < start.len() * 7)
}

pub(super) fn read(gather: &mut Gather<'_>, name: &str, file: &[u8]) {
    let decoded = decoded(file);
    if !data::read(gather, name, &decoded) {
        text(gather, &decoded);
    }
}

/// A text, and what is kept as text.
pub(super) fn text(gather: &mut Gather<'_>, text: &str) {
    if cards::is_one(text) {
        cards::read(gather, text);
        return;
    }
    gather.place("text", None);
    let struck;
    let text = if text.contains(['\u{8}', '\u{1b}']) {
        struck = as_printed(text);
        &struck
    } else {
        text
    };
    lines(gather, PieceKind::Body, text);
    data::inner(gather, text);
    encoded::read(gather, text);
}

/// A file of text in which a picture is drawn: its words may stand in it as words, and may not.
pub(super) fn is_drawing(file: &[u8]) -> Option<&'static str> {
    let start = decoded(&file[..file.len().min(1024)]);
    let start = start.trim_start_matches('\u{4}');
    if start.starts_with("%!PS") || start.starts_with("%!\n") || start.starts_with("%!\r") {
        return Some("PostScript");
    }
    if start.starts_with("/* XPM */") {
        return Some("X pixmap");
    }
    if start.starts_with("#define") && start.contains("_width ") && start.contains("_height ") {
        return Some("X bitmap");
    }
    is_netpbm(start).then_some("portable pixmap")
}

/// `P1` to `P6` and what stands for its size; in the first three all of it is numbers.
fn is_netpbm(start: &str) -> bool {
    if start.starts_with("P7\nWIDTH") {
        return true;
    }
    let Some(rest) = start.strip_prefix('P') else {
        return false;
    };
    let (kind, rest) = rest.split_at(rest.floor_char_boundary(1));
    if !matches!(kind, "1" | "2" | "3" | "4" | "5" | "6") || !rest.starts_with(char::is_whitespace)
    {
        return false;
    }
    let mut words = rest
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .flat_map(str::split_whitespace);
    let size = words.next().is_some_and(is_number) && words.next().is_some_and(is_number);
    size && (kind > "3" || words.all(is_number))
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A picture that nothing announces but its head: what colours it has, and how many bits a point takes (TGA).
pub(super) fn is_targa(name: &str, file: &[u8]) -> bool {
    let Some(head) = file.get(..18) else {
        return false;
    };
    let named = name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("tga"));
    head[1] <= 1
        && matches!(head[2], 1 | 2 | 3 | 9 | 10 | 11)
        && matches!(head[16], 1 | 8 | 15 | 16 | 24 | 32)
        && head[12..16] != [0; 4]
        && (named || head[..12].contains(&0))
}

/// As a printer or a terminal shows it: a letter that is struck again is one letter, and what sets colours is none.
fn as_printed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{8}' => {
                if !out.ends_with('\n') {
                    out.pop();
                }
            }
            '\u{1b}' if letters.next_if_eq(&'[').is_some() => {
                while letters.next_if(|one| !('@'..='~').contains(one)).is_some() {}
                letters.next();
            }
            // Which letters are meant.
            '\u{1b}' if letters.next_if(|one| matches!(one, '(' | ')')).is_some() => {
                letters.next();
            }
            '\u{1b}' => {}
            letter => out.push(letter),
        }
    }
    out
}

/// Lines as they stand; a form feed ends a page.
pub(super) fn lines(gather: &mut Gather<'_>, kind: PieceKind, text: &str) {
    let mut line = 0_u32;
    for page in text.split('\u{c}') {
        let page = page.replace("\r\n", "\n");
        for one in page.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']) {
            line = line.saturating_add(1);
            gather.piece_at(kind, line, one);
            if gather.is_full() {
                return;
            }
        }
        gather.unit();
    }
}

/// What stands behind the end of a file, where it is text: no program shows it.
pub(super) fn behind(gather: &mut Gather<'_>, rest: &[u8]) {
    const LONGEST: usize = 64 * 1024;
    let rest = &rest[..rest.len().min(LONGEST)];
    if rest.iter().any(u8::is_ascii_alphabetic) && is_text(rest) {
        gather.place("behind the end", None);
        lines(gather, PieceKind::Hidden, &decoded(rest));
    }
}

/// Runs of letters in a file that nobody can read: better than nothing, and never taken for all of it.
pub(super) fn strings(gather: &mut Gather<'_>, file: &[u8]) {
    const SHORTEST: usize = 6;
    gather.place("letters in it", None);
    let mut run = String::new();
    for byte in file.iter().chain(&[0]) {
        if matches!(byte, 0x20..=0x7e | 0xa0..=0xff | b'\t') {
            run.push(
                WINDOWS_1252
                    .decode_without_bom_handling(std::slice::from_ref(byte))
                    .0
                    .chars()
                    .next()
                    .unwrap_or(' '),
            );
        } else {
            if run.len() >= SHORTEST && worth(&run) {
                gather.piece(PieceKind::Aside, &run);
            }
            run.clear();
        }
    }
    for odd in 0..2 {
        run.clear();
        for two in file
            .get(odd..)
            .unwrap_or_default()
            .chunks_exact(2)
            .chain([&[0, 0][..]])
        {
            let code = u16::from_le_bytes([two[0], two[1]]);
            let readable = |letter: &char| matches!(letter, '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{24f}' | '\u{370}'..='\u{4ff}' | '\u{2010}'..='\u{2026}');
            if let Some(letter) = char::from_u32(u32::from(code)).filter(readable) {
                run.push(letter);
                continue;
            }
            if run.chars().count() >= SHORTEST && worth(&run) {
                gather.piece(PieceKind::Aside, &run);
            }
            run.clear();
        }
    }
}

/// Mostly letters: not what compressed bytes happen to look like.
fn worth(run: &str) -> bool {
    let letters = run
        .chars()
        .filter(|letter| letter.is_alphabetic() && letter.is_ascii())
        .count();
    letters * 10 >= run.chars().count() * 6
}
