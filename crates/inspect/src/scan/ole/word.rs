//! Word 97 to 2003 (MS-DOC): its text piece by piece, which says what is header, note and comment. And Word 6 and 95.

use super::super::find;
use super::super::gather::Gather;
use super::bytes::{narrow, size_at, u16_at, u32_at, wide};
use crate::reading::{PieceKind, Why};

pub(super) fn read(
    gather: &mut Gather<'_>,
    document: &[u8],
    table0: Option<&Vec<u8>>,
    table1: Option<&Vec<u8>>,
) {
    let flags = u16_at(document, 0x0a).unwrap_or(0);
    if flags & 0x0100 != 0 {
        gather.missing("", Why::Encrypted);
        return;
    }
    let version = u16_at(document, 2).unwrap_or(0);
    if version < 0x00c1 {
        old(gather, document);
        return;
    }
    let table = if flags & 0x0200 != 0 { table1 } else { table0 };
    let text = table.and_then(|table| text(document, table, gather.limits().scan));
    let Some(text) = text else {
        gather.missing(
            "",
            Why::Damaged("where its text is, is not said".to_owned()),
        );
        super::plain::strings(gather, document);
        return;
    };
    let stories = [
        (76, "text", PieceKind::Body),
        (80, "footnotes", PieceKind::Note),
        (84, "headers and footers", PieceKind::Header),
        (88, "macros", PieceKind::Aside),
        (92, "comments", PieceKind::Comment),
        (96, "endnotes", PieceKind::Note),
        (100, "text boxes", PieceKind::Body),
        (104, "text boxes of headers", PieceKind::Header),
    ];
    let mut from = 0;
    for (at, place, kind) in stories {
        let length = size_at(document, at).unwrap_or(0);
        let end = from + length.min(text.len() - from);
        let story = String::from_utf16_lossy(&text[from..end]);
        gather.place(place, None);
        paragraphs(gather, kind, &story);
        from = end;
    }
    gather.place("what follows the text", None);
    paragraphs(
        gather,
        PieceKind::Body,
        &String::from_utf16_lossy(&text[from..]),
    );
}

/// All the text, by the table that says where each piece of it lies.
fn text(document: &[u8], table: &[u8], most: usize) -> Option<Vec<u16>> {
    let start = size_at(document, 0x1a2)?;
    let length = size_at(document, 0x1a6)?;
    let list = table.get(start..start.checked_add(length)?.min(table.len()))?;
    let mut at = 0;
    while list.get(at) == Some(&1) {
        at += 3 + usize::from(u16_at(list, at + 1)?);
    }
    if list.get(at) != Some(&2) {
        return None;
    }
    let length = size_at(list, at + 1)?;
    let pieces = list.get(at + 5..(at + 5).checked_add(length)?.min(list.len()))?;
    let count = pieces.len().checked_sub(4)? / 12;
    let mut text: Vec<u16> = Vec::new();
    for piece in 0..count {
        let letters = size_at(pieces, 4 * piece + 4)?.checked_sub(size_at(pieces, 4 * piece)?)?;
        if text.len() + letters > most {
            return Some(text);
        }
        let place = u32_at(pieces, 4 * (count + 1) + 8 * piece + 2)?;
        let from = (place & 0x3fff_ffff) as usize;
        if place & 0x4000_0000 != 0 {
            let from = from / 2;
            let bytes = document.get(from..from.checked_add(letters)?)?;
            text.extend(narrow(bytes, 1252).encode_utf16());
        } else {
            let bytes = document.get(from..from.checked_add(letters.checked_mul(2)?)?)?;
            text.extend(
                bytes
                    .chunks_exact(2)
                    .map(|two| u16::from_le_bytes([two[0], two[1]])),
            );
        }
    }
    Some(text)
}

/// Word 6 and 95: the text stands in one run.
fn old(gather: &mut Gather<'_>, document: &[u8]) {
    let run = size_at(document, 0x18)
        .zip(size_at(document, 0x1c))
        .and_then(|(from, to)| document.get(from..to.min(document.len())));
    gather.place("text", None);
    match run {
        Some(run) => {
            let text = if run
                .iter()
                .skip(1)
                .step_by(2)
                .filter(|byte| **byte == 0)
                .count()
                * 3
                > run.len()
            {
                wide(run)
            } else {
                narrow(run, 1252)
            };
            paragraphs(gather, PieceKind::Body, &text);
        }
        None => gather.missing(
            "",
            Why::Damaged("where its text is, is not said".to_owned()),
        ),
    }
}

/// Drawings (MS-ODRAW): the words of word art, which most watermarks are, and descriptions. Each stands in letters of two bytes
/// behind a table of what is said of its shape.
pub(super) fn drawings(gather: &mut Gather<'_>, bytes: &[u8]) {
    const MOST: usize = 10_000;
    gather.place("drawings", None);
    let mut met = 0;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| find(rest, &[0x0b, 0xf0])) {
        let start = at + found + 2;
        at += found + 1;
        // Before its kind stands how many entries the table has, after it how long it is.
        let head = start.checked_sub(4).and_then(|head| u16_at(bytes, head));
        let (Some(head), Some(length)) = (head, size_at(bytes, start)) else {
            continue;
        };
        let count = usize::from(head >> 4);
        let Some(table) = bytes.get(start + 4..(start + 4).saturating_add(length)) else {
            continue;
        };
        if head & 0xf != 3 || count * 6 > length {
            continue;
        }
        let mut text = count * 6;
        for entry in table.chunks_exact(6).take(count) {
            let (Some(id), Some(size)) = (u16_at(entry, 0), size_at(entry, 2)) else {
                break;
            };
            if id & 0x8000 == 0 {
                continue;
            }
            let said = table.get(text..text.saturating_add(size));
            text = text.saturating_add(size);
            let kind = match id & 0x3fff {
                0xc0 => PieceKind::Watermark,
                0x381 | 0x38d => PieceKind::Aside,
                _ => continue,
            };
            if let Some(said) = said {
                gather.piece(kind, wide(said).trim_end_matches('\0'));
                met += 1;
            }
        }
        if met > MOST || gather.is_full() {
            return;
        }
    }
}

/// What was chosen in forms (2.9.78): it stands in no text, but beside it, which entry of which list.
pub(super) fn forms(gather: &mut Gather<'_>, data: &[u8]) {
    const MOST: usize = 1000;
    gather.place("forms", None);
    let mut at = 0;
    let mut met = 0;
    while let Some(found) = data.get(at..).and_then(|rest| find(rest, &[0xff; 4])) {
        let start = at + found;
        at = start + 1;
        // Each has a head of this length before it.
        if start >= 68
            && u16_at(data, start - 64) == Some(68)
            && let Some(chosen) = chosen(&data[start..])
        {
            gather.piece(PieceKind::Body, &chosen);
            met += 1;
            if met > MOST {
                return;
            }
        }
    }
}

fn chosen(form: &[u8]) -> Option<String> {
    let bits = u16_at(form, 4)?;
    if bits & 3 != 2 {
        return None;
    }
    let text = |at: usize| Some(at + 4 + 2 * usize::from(u16_at(form, at)?));
    let mut at = text(10)?;
    let usual = u16_at(form, at)?;
    at += 2;
    // How it is written, two helps and two macros.
    for _ in 0..5 {
        at = text(at)?;
    }
    let count = usize::from(u16_at(form, at + 2)?);
    at += 6;
    let chosen = match (bits >> 2) & 0x1f {
        25 => usual,
        chosen => chosen,
    };
    if usize::from(chosen) >= count {
        return None;
    }
    for _ in 0..chosen {
        at += 2 + 2 * usize::from(u16_at(form, at)?);
    }
    let length = 2 * usize::from(u16_at(form, at)?);
    form.get(at + 2..at + 2 + length).map(wide)
}

/// Paragraphs, and rows of tables with a tab between their cells.
fn paragraphs(gather: &mut Gather<'_>, kind: PieceKind, story: &str) {
    let mut row: Vec<String> = Vec::new();
    let mut line = String::new();
    for letter in story.chars() {
        match letter {
            '\r' => {
                if row.is_empty() {
                    gather.piece(kind, &std::mem::take(&mut line));
                } else {
                    line.push(' ');
                }
            }
            '\u{c}' => {
                gather.piece(kind, &std::mem::take(&mut line));
                gather.unit();
            }
            '\u{7}' => {
                // The end of a row is a mark with nothing before it.
                if line.is_empty() && !row.is_empty() {
                    end_row(gather, kind, &mut row);
                } else {
                    row.push(std::mem::take(&mut line));
                }
            }
            '\u{b}' => line.push('\n'),
            '\u{1e}' => line.push('-'),
            '\u{1f}' => line.push('\u{ad}'),
            // What a field is made by stands before what it shows.
            '\u{13}' | '\u{14}' | '\u{15}' => line.push('\t'),
            '\0'..='\u{8}' => {}
            letter => line.push(letter),
        }
    }
    end_row(gather, kind, &mut row);
    gather.piece(kind, &line);
    gather.unit();
}

fn end_row(gather: &mut Gather<'_>, kind: PieceKind, row: &mut Vec<String>) {
    let filled = row.iter().filter(|cell| !cell.trim().is_empty()).count();
    let kind = if kind == PieceKind::Body && filled > 1 {
        PieceKind::Cell
    } else {
        kind
    };
    gather.piece(kind, &row.join("\t"));
    row.clear();
}
