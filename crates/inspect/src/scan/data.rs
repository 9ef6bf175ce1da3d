//! What programs write for programs, and people read: JSON, tables as text, SYLK and drawings (DXF).

use std::collections::BTreeMap;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::gather::Gather;
use super::tree::is_telling;
use crate::reading::PieceKind;

/// What a file of text is besides.
pub(super) fn read(gather: &mut Gather<'_>, name: &str, text: &str) -> bool {
    let trimmed = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if trimmed.starts_with(['{', '[']) {
        return json(gather, trimmed);
    }
    if trimmed.starts_with("ID;") && trimmed.contains("\nC;") {
        sylk(gather, trimmed);
        return true;
    }
    if is_dxf(trimmed) {
        dxf(gather, trimmed);
        return true;
    }
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    if matches!(ending.as_deref(), Some("csv" | "tsv" | "tab")) {
        table(gather, text);
        return true;
    }
    false
}

/// What JSON says: a text of it, or texts that stand beside each other.
enum Said {
    One {
        name: String,
        /// What it is said of, where its own name does not tell.
        of: String,
        value: String,
    },
    Several(Vec<String>),
}

/// Every text in it, with the name that it has there. Says whether it was JSON to its end; if not, nothing of it was gathered.
pub(super) fn json(gather: &mut Gather<'_>, text: &str) -> bool {
    let mut found = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    // Several values, one after the other, are a log.
    while reader.end().is_err() {
        let walk = Walk {
            name: "",
            of: "",
            found: &mut found,
            beside: None,
        };
        if walk.deserialize(&mut reader).is_err() {
            return false;
        }
    }
    if found.is_empty() {
        return false;
    }
    gather.place("text", None);
    for said in found {
        match said {
            Said::One { name, of, value } => one(gather, &name, &of, &value),
            Said::Several(all) if all.iter().any(|one| one.contains('\n')) => {
                lines(gather, &all.concat());
            }
            // A list of words is one to choose from, or a row.
            Said::Several(all) => gather.piece(PieceKind::Cell, &all.join("\t")),
        }
    }
    gather.unit();
    true
}

fn one(gather: &mut Gather<'_>, name: &str, of: &str, value: &str) {
    /// What is longer is not said of something, but text.
    const SHORT: usize = 200;
    const SAYS: &[&str] = &["value", "val", "vals", "values", "level", "text", "label"];
    let lower = name.to_ascii_lowercase();
    if value.len() <= SHORT && !value.contains('\n') {
        if is_telling(name) {
            gather.property("JSON", name, value);
        } else if !of.is_empty() && SAYS.contains(&&*lower) {
            gather.property("JSON", of, value);
        }
        match &*lower {
            "header" | "banner" => gather.piece(PieceKind::Header, value),
            "footer" => gather.piece(PieceKind::Footer, value),
            "title" | "subject" | "heading" => gather.piece(PieceKind::Subject, value),
            "" => gather.piece(PieceKind::Body, value),
            // Words that programs read.
            _ => gather.piece(PieceKind::Aside, &format!("{name}: {value}")),
        }
        return;
    }
    lines(gather, value);
}

fn lines(gather: &mut Gather<'_>, text: &str) {
    for line in text.lines() {
        gather.piece(PieceKind::Body, line);
    }
}

/// Goes through a value and keeps its texts only. How deep it may lie is bounded by the reader.
struct Walk<'a> {
    name: &'a str,
    of: &'a str,
    found: &'a mut Vec<Said>,
    /// The texts that stand beside this one.
    beside: Option<&'a mut Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Option<String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Option<String>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    /// The text, where it was one.
    type Value = Option<String>;

    fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("a value")
    }

    fn visit_str<E>(self, said: &str) -> Result<Option<String>, E> {
        if let Some(beside) = self.beside {
            beside.push(said.to_owned());
        } else if said.contains(char::is_alphabetic) {
            self.found.push(Said::One {
                name: self.name.to_owned(),
                of: self.of.to_owned(),
                value: said.to_owned(),
            });
        }
        Ok(Some(said.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Option<String>, A::Error> {
        let mut beside = Vec::new();
        while all
            .next_element_seed(Walk {
                name: self.name,
                of: self.of,
                found: &mut *self.found,
                beside: Some(&mut beside),
            })?
            .is_some()
        {}
        match (beside.len(), beside.pop()) {
            (_, None) => {}
            (1, Some(value)) => self.found.push(Said::One {
                name: self.name.to_owned(),
                of: self.of.to_owned(),
                value,
            }),
            (_, Some(last)) => {
                beside.push(last);
                self.found.push(Said::Several(beside));
            }
        }
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Option<String>, A::Error> {
        let mut of = if is_telling(self.name) {
            self.name.to_owned()
        } else {
            self.of.to_owned()
        };
        while let Some(name) = all.next_key::<String>()? {
            let said = all.next_value_seed(Walk {
                name: &name,
                of: &of,
                found: &mut *self.found,
                beside: None,
            })?;
            // A property may be written as a name and a value.
            if matches!(&*name, "n" | "name" | "key" | "Name" | "Key")
                && let Some(said) = said.filter(|said| is_telling(said))
            {
                of = said;
            }
        }
        Ok(None)
    }
}

/// Rows of cells, as in a workbook.
fn table(gather: &mut Gather<'_>, text: &str) {
    gather.place("text", None);
    let start = &text[..text.floor_char_boundary(4096)];
    let delimiter = [b',', b';', b'\t', b'|']
        .into_iter()
        .max_by_key(|one| start.bytes().filter(|byte| byte == one).count())
        .unwrap_or(b',');
    // A quote that is never closed makes one cell of all that follows: then there are none.
    let rows = rows(text, delimiter, true)
        .unwrap_or_else(|| rows(text, delimiter, false).unwrap_or_default());
    for (line, row) in rows {
        gather.piece_at(PieceKind::Cell, line, &row);
        if gather.is_full() {
            return;
        }
    }
    gather.unit();
}

fn rows(text: &str, delimiter: u8, quoting: bool) -> Option<Vec<(u32, String)>> {
    const LINES: usize = 100;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(quoting)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).ok()? {
        let line = record.position().map_or(0, csv::Position::line);
        if quoting && record.iter().any(|cell| cell.matches('\n').count() > LINES) {
            return None;
        }
        let cells: Vec<String> = record
            .iter()
            .map(|cell| cell.replace(['\t', '\n', '\r'], " "))
            .collect();
        let row = cells.join("\t");
        let row = row.trim_matches('\t');
        // Numbers alone say nothing.
        if row.contains(char::is_alphabetic) {
            rows.push((u32::try_from(line).unwrap_or(u32::MAX), row.to_owned()));
        }
    }
    Some(rows)
}

/// A sheet as text: each cell with its place, which may be said before it.
fn sylk(gather: &mut Gather<'_>, text: &str) {
    const CELLS: usize = 200_000;
    gather.place("sheet", None);
    let mut cells: BTreeMap<(u32, u32), String> = BTreeMap::new();
    let (mut row, mut column) = (1, 1);
    for line in text.lines().filter(|line| line.starts_with(['C', 'F'])) {
        // Two semicolons are one that stands in a text.
        let line = line.replace(";;", "\u{1}");
        for field in line.split(';').skip(1) {
            let (kind, rest) = field.split_at(field.floor_char_boundary(1));
            match kind {
                "X" => column = rest.parse().unwrap_or(column),
                "Y" => row = rest.parse().unwrap_or(row),
                "K" if rest.contains(char::is_alphabetic) && cells.len() < CELLS => {
                    let said = rest.trim_matches('"').replace('\u{1}', ";");
                    cells.insert((row, column), said.replace('\t', " "));
                }
                _ => {}
            }
        }
    }
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for ((row, _), cell) in cells {
        rows.entry(row).or_default().push(cell);
    }
    for (row, cells) in rows {
        gather.piece_at(PieceKind::Cell, row, &cells.join("\t"));
    }
    gather.unit();
}

fn is_dxf(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    // A remark may stand before it.
    let mut first = lines.next();
    while first == Some("999") {
        lines.next();
        first = lines.next();
    }
    first == Some("0") && lines.next() == Some("SECTION")
}

/// A drawing as text: a number that says what the next line is. 1 and 3 are text.
fn dxf(gather: &mut Gather<'_>, text: &str) {
    gather.place("text", None);
    let mut lines = text.lines();
    let mut begun = String::new();
    while let (Some(code), Some(value)) = (lines.next(), lines.next()) {
        match code.trim() {
            // What is long is in parts, the last of which is the 1.
            "3" => begun.push_str(value),
            "1" => {
                begun.push_str(value);
                for line in without_codes(&std::mem::take(&mut begun)).lines() {
                    gather.piece(PieceKind::Body, line);
                }
            }
            "2" => gather.piece(PieceKind::Aside, value),
            _ => {}
        }
        if gather.is_full() {
            return;
        }
    }
    gather.unit();
}

/// What is drawn, without how: `\fArial|b1;SECRET\P` is a line.
fn without_codes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        rest = after;
        match letter {
            '{' | '}' => {}
            '\\' => {
                let Some(code) = after.chars().next() else {
                    break;
                };
                rest = &after[code.len_utf8()..];
                match code {
                    'P' | 'X' | 'N' => out.push('\n'),
                    '~' => out.push(' '),
                    '\\' | '{' | '}' => out.push(code),
                    'f' | 'F' | 'H' | 'C' | 'c' | 'T' | 'Q' | 'W' | 'A' | 'p' => {
                        rest = rest.split_once(';').map_or("", |(_, rest)| rest);
                    }
                    'S' => {
                        let (said, after) = rest.split_once(';').unwrap_or((rest, ""));
                        out.push_str(&said.replace(['^', '#'], " "));
                        rest = after;
                    }
                    _ => {}
                }
            }
            '%' if after.starts_with('%') => {
                let mut letters = after[1..].chars();
                letters.next();
                rest = letters.as_str();
            }
            letter => out.push(letter),
        }
    }
    out
}

/// Files that were put into a text in letters of it (uuencode): their names and their bytes.
pub(super) fn within(text: &str) -> (Vec<(String, Vec<u8>)>, bool) {
    const MOST: usize = 100;
    let mut files = Vec::new();
    let mut whole = true;
    let mut open: Option<(String, Vec<u8>)> = None;
    for line in text.lines() {
        if let Some((_, bytes)) = &mut open {
            if line.trim_end() == "end" {
                files.extend(open.take());
            } else if !line_of(line.as_bytes(), bytes) {
                whole = false;
                files.extend(open.take());
            }
            continue;
        }
        let mut words = line.splitn(3, ' ');
        if words.next() == Some("begin")
            && words.next().is_some_and(|mode| {
                matches!(mode.len(), 3 | 4)
                    && mode.bytes().all(|digit| matches!(digit, b'0'..=b'7'))
            })
            && let Some(name) = words.next()
            && files.len() < MOST
        {
            open = Some((name.trim().to_owned(), Vec::new()));
        }
    }
    if let Some(last) = open {
        whole = false;
        files.push(last);
    }
    files.retain(|(_, bytes)| !bytes.is_empty());
    (files, whole)
}

/// A line: how many bytes it holds, and four letters for each three of them.
fn line_of(line: &[u8], bytes: &mut Vec<u8>) -> bool {
    let six = |letter: u8| u32::from(letter.wrapping_sub(32) & 63);
    let Some((count, letters)) = line.split_first() else {
        return true;
    };
    if !(32..=96).contains(count) {
        return false;
    }
    let count = six(*count) as usize;
    let before = bytes.len();
    // Spaces at its end may have got lost.
    let padded = letters.iter().copied().chain(std::iter::repeat(b' '));
    let padded: Vec<u8> = padded.take(count.div_ceil(3) * 4).collect();
    for four in padded.chunks_exact(4) {
        let all = four.iter().fold(0, |all, letter| all << 6 | six(*letter));
        bytes.extend(&all.to_be_bytes()[1..]);
    }
    bytes.truncate(before + count);
    true
}

/// Reads what lies in a text.
pub(super) fn inner(gather: &mut Gather<'_>, text: &str) {
    if !text.contains("begin ") {
        return;
    }
    let (files, whole) = within(text);
    for (name, bytes) in files {
        super::nested(gather, &name, &bytes);
    }
    if !whole {
        gather.missing(
            "a file in the text",
            crate::reading::Why::Damaged("its lines break off".to_owned()),
        );
    }
    gather.place("text", None);
}
