//! Workbooks: their sheets row by row, with what is hidden and what is printed above and below.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::archive::Members;
use super::gather::Gather;
use super::tree::walk;
use crate::read::xml::Met;
use crate::reading::PieceKind;

/// Parts that [`Workbook::read`] looks for.
pub(super) fn is_usual(name: &str) -> bool {
    matches!(name, "xl/workbook.xml" | "xl/sharedStrings.xml")
}

/// What the workbook says of its sheets, by the names of their parts.
#[derive(Debug, Default)]
pub(super) struct Workbook {
    sheets: BTreeMap<String, (String, bool)>,
    shared: Vec<String>,
    /// Which of them stand in a cell.
    used: RefCell<BTreeSet<usize>>,
}

impl Workbook {
    pub(super) fn read(gather: &mut Gather<'_>, members: &mut Members<'_>) -> Self {
        let mut book = Self::default();
        if !members.has("xl/workbook.xml") {
            return book;
        }
        let mut targets = BTreeMap::new();
        if members.has("xl/_rels/workbook.xml.rels")
            && let Some(part) = members.read(gather, "xl/_rels/workbook.xml.rels")
        {
            walk(gather, "xl/_rels/workbook.xml.rels", &part, |_, met| {
                if let Met::Begin("Relationship", attributes) = met
                    && let (Some(id), Some(target)) =
                        (attributes.get("Id"), attributes.get("Target"))
                {
                    let target = target
                        .strip_prefix('/')
                        .map_or_else(|| format!("xl/{target}"), str::to_owned);
                    targets.insert(id.to_owned(), target);
                }
            });
        }
        if let Some(part) = members.read(gather, "xl/workbook.xml") {
            gather.place("names of sheets", None);
            walk(gather, "xl/workbook.xml", &part, |gather, met| match met {
                Met::Begin("sheet", attributes) => {
                    let name = attributes.get("name").unwrap_or_default().to_owned();
                    let hidden = attributes
                        .get("state")
                        .is_some_and(|state| state != "visible");
                    gather.piece(PieceKind::Subject, &name);
                    if let Some(target) = attributes.every("id").find_map(|id| targets.get(id)) {
                        book.sheets.insert(target.clone(), (name, hidden));
                    }
                }
                Met::Text(text) => gather.piece(PieceKind::Aside, text),
                _ => {}
            });
        }
        if members.has("xl/sharedStrings.xml")
            && let Some(part) = members.read(gather, "xl/sharedStrings.xml")
        {
            let (mut one, mut in_text, mut in_sound) = (String::new(), false, false);
            let shared = &mut book.shared;
            walk(gather, "xl/sharedStrings.xml", &part, |_, met| match met {
                Met::Begin("si", _) => one.clear(),
                Met::Begin("rPh", _) => in_sound = true,
                Met::End("rPh") => in_sound = false,
                Met::Begin("t", _) => in_text = true,
                Met::End("t") => in_text = false,
                Met::Text(text) if in_text && !in_sound => one.push_str(text),
                Met::End("si") => shared.push(std::mem::take(&mut one)),
                _ => {}
            });
        }
        book
    }

    /// Texts that stood in a cell and do so no more.
    pub(super) fn unused(&self, gather: &mut Gather<'_>) {
        let used = self.used.borrow();
        gather.place("texts of no cell", None);
        for (number, said) in self.shared.iter().enumerate() {
            if !used.contains(&number) && said.contains(char::is_alphabetic) {
                gather.piece(PieceKind::Deleted, said);
            }
        }
        gather.unit();
    }

    pub(super) fn sheet(&self, gather: &mut Gather<'_>, name: &str, bytes: &[u8]) {
        let (title, hidden) = self.sheets.get(name).cloned().unwrap_or_default();
        let title = if title.is_empty() {
            name.to_owned()
        } else {
            title
        };
        let what = if hidden { "hidden sheet" } else { "sheet" };
        gather.place(&format!("{what} {title}"), None);
        let usual = if hidden {
            PieceKind::Hidden
        } else {
            PieceKind::Cell
        };
        let mut row: Vec<String> = Vec::new();
        let (mut kind, mut value, mut header) = (String::new(), String::new(), String::new());
        let (mut in_value, mut in_header, mut in_other) = (false, None, false);
        walk(gather, name, bytes, |gather, met| match met {
            Met::Begin("c", attributes) => {
                attributes
                    .get("t")
                    .unwrap_or_default()
                    .clone_into(&mut kind);
                value.clear();
            }
            Met::Begin("v" | "t", _) => in_value = true,
            Met::End("v" | "t") => in_value = false,
            Met::Begin("oddHeader" | "evenHeader" | "firstHeader", _) => {
                in_header = Some(PieceKind::Header);
            }
            Met::Begin("oddFooter" | "evenFooter" | "firstFooter", _) => {
                in_header = Some(PieceKind::Footer);
            }
            Met::End(
                "oddHeader" | "evenHeader" | "firstHeader" | "oddFooter" | "evenFooter"
                | "firstFooter",
            ) => {
                if let Some(kind) = in_header.take() {
                    gather.piece(kind, &without_codes(&header));
                }
                header.clear();
            }
            // Formulas, and what is asked of whoever types: words all the same.
            Met::Begin("f" | "formula1" | "formula", _) => in_other = true,
            Met::End("f" | "formula1" | "formula") => in_other = false,
            Met::Begin("dataValidation", attributes) => {
                for key in ["prompt", "promptTitle", "error", "errorTitle"] {
                    gather.piece(PieceKind::Aside, attributes.get(key).unwrap_or_default());
                }
            }
            Met::Text(text) => {
                if in_header.is_some() {
                    header.push_str(text);
                } else if in_value {
                    value.push_str(text);
                } else if in_other && text.contains('"') && !text.contains(',') {
                    gather.piece(PieceKind::Aside, text);
                } else if in_other && text.contains('"') {
                    // Which of them is shown, the cell says.
                    let said: Vec<&str> = text
                        .split('"')
                        .skip(1)
                        .step_by(2)
                        .filter(|said| said.contains(char::is_alphabetic))
                        .collect();
                    gather.piece(PieceKind::Aside, &said.join("\t"));
                }
            }
            Met::End("c") => {
                let said = match kind.as_str() {
                    "s" => value
                        .trim()
                        .parse()
                        .ok()
                        .and_then(|number: usize| {
                            self.used.borrow_mut().insert(number);
                            self.shared.get(number)
                        })
                        .cloned()
                        .unwrap_or_default(),
                    _ => std::mem::take(&mut value),
                };
                row.push(said.replace(['\t', '\n', '\r'], " "));
            }
            Met::End("row") => {
                let line = row.join("\t");
                row.clear();
                let line = line.trim_matches('\t');
                // Numbers alone say nothing.
                if line.contains(char::is_alphabetic) {
                    gather.piece(usual, line);
                }
            }
            _ => {}
        });
        gather.unit();
    }
}

/// What is printed above a sheet, without what dresses it: `&C&"Arial,Bold"&14SECRET`.
pub(crate) fn without_codes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let mut letters = after.chars();
        rest = match letters.next() {
            Some('L' | 'C' | 'R') => {
                out.push('\t');
                letters.as_str()
            }
            Some('"') => letters
                .as_str()
                .split_once('"')
                .map_or("", |(_, rest)| rest),
            Some('K') => {
                let end = after[1..]
                    .find(|letter: char| {
                        !letter.is_ascii_hexdigit() && !matches!(letter, '+' | '-')
                    })
                    .map_or(after.len(), |at| at + 1);
                &after[end.min(7)..]
            }
            Some('&') => {
                out.push('&');
                letters.as_str()
            }
            Some(digit) if digit.is_ascii_digit() => {
                after.trim_start_matches(|letter: char| letter.is_ascii_digit())
            }
            Some('P' | 'N' | 'D' | 'T' | 'F' | 'A') => {
                out.push('1');
                letters.as_str()
            }
            Some(_) => letters.as_str(),
            None => "",
        };
    }
    out.push_str(rest);
    out
}

/// A sheet of a binary workbook (xlsb): its texts are letters of two bytes, with their number before them.
pub(super) fn binary(gather: &mut Gather<'_>, name: &str, bytes: &[u8]) {
    gather.place(name, None);
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 4) {
        let count = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if (2..=32_767).contains(&count)
            && let Some(text) = bytes.get(at + 4..at + 4 + 2 * count)
        {
            let units: Vec<u16> = text
                .chunks_exact(2)
                .map(|two| u16::from_le_bytes([two[0], two[1]]))
                .collect();
            if let Ok(said) = String::from_utf16(&units)
                && said
                    .chars()
                    .all(|letter| !letter.is_control() || matches!(letter, '\n' | '\t' | '\r'))
                && said.chars().filter(char::is_ascii).count() * 2 > count
            {
                let kind = if said.starts_with('&') {
                    PieceKind::Header
                } else {
                    PieceKind::Cell
                };
                gather.piece(kind, &without_codes(&said));
                at += 4 + 2 * count;
                continue;
            }
        }
        at += 1;
    }
}
