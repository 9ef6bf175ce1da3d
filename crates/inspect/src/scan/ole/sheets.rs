//! Excel 5 to 2003 (MS-XLS): texts of cells, and what is printed above and below, record by record.

use std::collections::BTreeMap;

use super::super::gather::Gather;
use super::super::sheets::without_codes;
use super::bytes::{narrow, size_at, u16_at, wide};
use crate::reading::{PieceKind, Why};

/// Texts that go on in the records after theirs.
struct Run<'a> {
    parts: Vec<&'a [u8]>,
    part: usize,
    at: usize,
}

impl Run<'_> {
    fn byte(&mut self) -> Option<u8> {
        while self.at >= self.parts.get(self.part)?.len() {
            self.part += 1;
            self.at = 0;
        }
        let byte = self.parts[self.part][self.at];
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self, bytes: u32) -> Option<usize> {
        let mut number = 0;
        for place in 0..bytes {
            number |= usize::from(self.byte()?) << (8 * place);
        }
        Some(number)
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            let left = self.parts.get(self.part)?.len() - self.at.min(self.parts[self.part].len());
            if left > bytes {
                self.at += bytes;
                return Some(());
            }
            bytes -= left;
            self.part += 1;
            self.at = 0;
        }
        Some(())
    }

    /// Letters. Where a record ends within them, the next begins with how they go on.
    fn letters(&mut self, count: usize, mut is_wide: bool) -> Option<String> {
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            let part = self.parts.get(self.part)?;
            if self.at >= part.len() {
                self.part += 1;
                self.at = 0;
                is_wide = self.parts.get(self.part)?.first()? & 1 != 0;
                self.at = 1;
                continue;
            }
            if is_wide {
                let low = self.byte()?;
                let high = self.byte()?;
                units.push(u16::from_le_bytes([low, high]));
            } else {
                units.push(u16::from(self.byte()?));
            }
        }
        Some(String::from_utf16_lossy(&units))
    }

    /// A text with its length, its way of writing and its dress.
    fn text(&mut self) -> Option<String> {
        let count = self.number(2)?;
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { self.number(2)? } else { 0 };
        let more = if flags & 4 != 0 { self.number(4)? } else { 0 };
        let text = self.letters(count, flags & 1 != 0)?;
        self.skip(4 * runs + more)?;
        Some(text)
    }
}

#[allow(clippy::too_many_lines, reason = "an arm for each kind of record")]
pub(super) fn read(gather: &mut Gather<'_>, book: &[u8]) {
    let mut records: Vec<(usize, u16, &[u8])> = Vec::new();
    let mut at = 0;
    while let (Some(kind), Some(length)) = (u16_at(book, at), u16_at(book, at + 2)) {
        let end = (at + 4 + usize::from(length)).min(book.len());
        records.push((at, kind, &book[at + 4..end]));
        at = end;
    }
    let new = records
        .first()
        .is_some_and(|(_, _, body)| u16_at(body, 0) >= Some(0x0600));
    let mut shared: Vec<String> = Vec::new();
    let mut sheets: BTreeMap<usize, (String, bool)> = BTreeMap::new();
    let mut row: BTreeMap<u16, String> = BTreeMap::new();
    let mut row_number = None;
    let mut hidden = false;
    let mut cell_of_formula = None;
    gather.place("names of sheets", None);
    for (number, (at, kind, body)) in records.iter().enumerate() {
        let kind_of_cell = if hidden {
            PieceKind::Hidden
        } else {
            PieceKind::Cell
        };
        let run = || {
            let mut parts = vec![*body];
            parts.extend(
                records[number + 1..]
                    .iter()
                    .take_while(|(_, kind, _)| *kind == 0x3c)
                    .map(|(_, _, body)| *body),
            );
            Run {
                parts,
                part: 0,
                at: 0,
            }
        };
        match kind {
            // FILEPASS
            0x2f => {
                gather.missing("", Why::Encrypted);
                return;
            }
            // BOUNDSHEET
            0x85 => {
                let length = usize::from(body.get(6).copied().unwrap_or(0));
                let name = if new {
                    let rest = body.get(8..).unwrap_or_default();
                    if body.get(7).is_some_and(|flags| flags & 1 != 0) {
                        wide(&rest[..rest.len().min(2 * length)])
                    } else {
                        latin(&rest[..rest.len().min(length)])
                    }
                } else {
                    let rest = body.get(7..).unwrap_or_default();
                    narrow(&rest[..rest.len().min(length)], 1252)
                };
                gather.piece(PieceKind::Subject, &name);
                let is_hidden = body.get(4).is_some_and(|state| state & 3 != 0);
                sheets.insert(size_at(body, 0).unwrap_or(0), (name, is_hidden));
            }
            // SST
            0xfc => {
                let mut run = run();
                let count = run.skip(4).and_then(|()| run.number(4)).unwrap_or(0);
                for _ in 0..count.min(1_000_000) {
                    let Some(text) = run.text() else { break };
                    shared.push(text);
                }
            }
            // BOF
            0x809 | 0x409 | 0x209 => {
                end_row(gather, kind_of_cell, &mut row);
                row_number = None;
                if let Some((name, is_hidden)) = sheets.get(at) {
                    hidden = *is_hidden;
                    let what = if hidden { "hidden sheet" } else { "sheet" };
                    gather.place(&format!("{what} {name}"), None);
                }
            }
            // HEADER, FOOTER
            0x14 | 0x15 => {
                let text = if new {
                    run().header()
                } else {
                    old_text(body, 1)
                };
                let kind = if *kind == 0x14 {
                    PieceKind::Header
                } else {
                    PieceKind::Footer
                };
                gather.piece(kind, &without_codes(&text));
            }
            // LABELSST, LABEL, RSTRING, FORMULA
            0xfd | 0x204 | 0xd6 | 0x06 => {
                let (Some(line), Some(column)) = (u16_at(body, 0), u16_at(body, 2)) else {
                    continue;
                };
                if row_number != Some(line) {
                    end_row(gather, kind_of_cell, &mut row);
                    row_number = Some(line);
                }
                let text = match kind {
                    0xfd => size_at(body, 6)
                        .and_then(|number| shared.get(number))
                        .cloned(),
                    0x06 => {
                        cell_of_formula = Some(column);
                        None
                    }
                    _ if new => body.get(6..).and_then(|rest| {
                        Run {
                            parts: vec![rest],
                            part: 0,
                            at: 0,
                        }
                        .text_plain()
                    }),
                    _ => body.get(6..).map(|rest| old_text(rest, 2)),
                };
                if let Some(text) = text {
                    row.insert(column, text);
                }
            }
            // STRING: what the formula before it gives.
            0x207 => {
                let text = if new {
                    run().text_plain()
                } else {
                    Some(old_text(body, 2))
                };
                if let (Some(column), Some(text)) = (cell_of_formula.take(), text) {
                    row.insert(column, text);
                }
            }
            // TXO: the text is in the records after it, and behind it how it looks.
            0x1b6 => {
                let mut run = run();
                run.parts.remove(0);
                let text = u16_at(body, 10).and_then(|count| {
                    let flags = run.byte()?;
                    run.letters(usize::from(count), flags & 1 != 0)
                });
                for line in text.unwrap_or_default().lines() {
                    gather.piece(PieceKind::Comment, line);
                }
            }
            // SERIESTEXT: the title of a chart, or of what stands along it.
            0x100d => {
                let length = usize::from(body.get(2).copied().unwrap_or(0));
                let text = if new {
                    let rest = body.get(4..).unwrap_or_default();
                    short(rest, length, body.get(3).copied().unwrap_or(0))
                } else {
                    let rest = body.get(3..).unwrap_or_default();
                    narrow(&rest[..rest.len().min(length)], 1252)
                };
                gather.piece(PieceKind::Body, &text);
            }
            // NAME: what a name stands for, where that is a text.
            0x18 if new => {
                if let Some(text) = named(body) {
                    gather.piece(PieceKind::Aside, &text);
                }
            }
            // HEADERFOOTER: what is printed on the first page and on even ones.
            0x89c => others(gather, body),
            // NOTE of Excel 5: its text is in it, and in those after it.
            0x1c if !new => {
                let rest = body.get(6..).unwrap_or_default();
                gather.piece(PieceKind::Comment, &narrow(rest, 1252));
            }
            _ => {}
        }
    }
    let kind_of_cell = if hidden {
        PieceKind::Hidden
    } else {
        PieceKind::Cell
    };
    end_row(gather, kind_of_cell, &mut row);
    gather.unit();
}

impl Run<'_> {
    fn text_plain(&mut self) -> Option<String> {
        let count = self.number(2)?;
        let flags = self.byte()?;
        self.letters(count, flags & 1 != 0)
    }

    fn header(&mut self) -> String {
        self.text_plain().unwrap_or_default()
    }
}

/// Letters of one byte or of two, as a bit of what stands before them says.
fn short(bytes: &[u8], count: usize, flags: u8) -> String {
    if flags & 1 != 0 {
        wide(&bytes[..bytes.len().min(2 * count)])
    } else {
        latin(&bytes[..bytes.len().min(count)])
    }
}

/// The text that a name stands for (2.4.150): behind the name is a formula, which may be a text alone.
fn named(body: &[u8]) -> Option<String> {
    const TEXT: u8 = 0x17;
    let length = usize::from(*body.get(3)?);
    let wide = body.get(14)? & 1 != 0;
    let formula = body.get(15 + if wide { 2 * length } else { length }..)?;
    let (kind, rest) = formula.split_first()?;
    let (count, flags) = (usize::from(*rest.first()?), *rest.get(1)?);
    (*kind == TEXT).then(|| short(&rest[2..], count, flags))
}

/// What is printed on even pages and on the first (2.4.137): four lengths, and the texts of those that are not nothing.
fn others(gather: &mut Gather<'_>, body: &[u8]) {
    let mut at = 38;
    for (number, kind) in [
        PieceKind::Header,
        PieceKind::Footer,
        PieceKind::Header,
        PieceKind::Footer,
    ]
    .into_iter()
    .enumerate()
    {
        let count = usize::from(u16_at(body, 30 + 2 * number).unwrap_or(0));
        let Some(flags) = body.get(at + 2).copied().filter(|_| count > 0) else {
            continue;
        };
        let rest = &body[at + 3..];
        gather.piece(kind, &without_codes(&short(rest, count, flags)));
        at += 3 + if flags & 1 != 0 { 2 * count } else { count };
    }
}

/// The lower half of letters of two bytes.
fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// A text of Excel 5: its length in one byte or two, then its letters.
fn old_text(body: &[u8], width: usize) -> String {
    let length = if width == 1 {
        body.first().copied().map_or(0, usize::from)
    } else {
        u16_at(body, 0).map_or(0, usize::from)
    };
    let rest = body.get(width..).unwrap_or_default();
    narrow(&rest[..rest.len().min(length)], 1252)
}

fn end_row(gather: &mut Gather<'_>, kind: PieceKind, row: &mut BTreeMap<u16, String>) {
    if row.is_empty() {
        return;
    }
    let cells: Vec<String> = std::mem::take(row)
        .into_values()
        .map(|cell| cell.replace(['\t', '\n', '\r'], " "))
        .collect();
    gather.piece(kind, &cells.join("\t"));
}
