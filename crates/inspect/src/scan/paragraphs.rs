//! Paragraphs of office documents: texts and slides of OOXML, and all of OpenDocument. Runs that were split are one again; what
//! is struck out or hidden is a piece of its own, so that it neither hides in a word nor makes one.

use super::gather::Gather;
use super::tree::walk;
use crate::read::xml::{Attributes, Met};
use crate::reading::PieceKind;

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Letters stand in elements `t`.
    Office,
    /// Letters stand in the paragraph.
    OpenDocument,
}

#[derive(Debug, Default)]
struct Paragraph {
    seen: String,
    hidden: String,
    deleted: String,
    fields: String,
}

#[derive(Debug, Default)]
struct Row {
    cells: Vec<Vec<String>>,
    kind: Option<PieceKind>,
    mixed: bool,
}

/// A list in a form, and which of it was chosen.
#[derive(Debug, Default)]
struct Choice {
    entries: Vec<String>,
    chosen: Option<usize>,
    usual: usize,
}

struct Walker {
    family: Family,
    choice: Option<Choice>,
    kind: PieceKind,
    /// Kinds of the elements that are open and say what is in them.
    kinds: Vec<(String, PieceKind)>,
    paragraphs: Vec<Paragraph>,
    rows: Vec<Row>,
    in_text: usize,
    in_deleted: usize,
    in_field: usize,
    run_hidden: bool,
}

/// Reads a part. `kind` is what its text is where nothing in it says otherwise.
pub(super) fn read(
    gather: &mut Gather<'_>,
    family: Family,
    kind: PieceKind,
    name: &str,
    bytes: &[u8],
) {
    let mut walker = Walker {
        family,
        choice: None,
        kind,
        kinds: Vec::new(),
        paragraphs: Vec::new(),
        rows: Vec::new(),
        in_text: 0,
        in_deleted: 0,
        in_field: 0,
        run_hidden: false,
    };
    walk(gather, name, bytes, |gather, met| walker.tell(gather, &met));
    // Where it broke off, what is open counts.
    while let Some(paragraph) = walker.paragraphs.pop() {
        walker.put(gather, paragraph);
    }
    while let Some(row) = walker.rows.pop() {
        walker.end_row(gather, row);
    }
}

impl Walker {
    fn tell(&mut self, gather: &mut Gather<'_>, met: &Met<'_>) {
        match met {
            Met::Begin(name, attributes) => self.begin(gather, name, attributes),
            Met::End(name) => self.end(gather, name),
            Met::Text(text) => self.text(text),
            Met::Remark(_) => {}
        }
    }

    fn kind(&self) -> PieceKind {
        self.kinds.last().map_or(self.kind, |(_, kind)| *kind)
    }

    fn begin(&mut self, gather: &mut Gather<'_>, name: &str, attributes: &Attributes) {
        if let Some(kind) = self.says(name, attributes) {
            self.kinds.push((name.to_owned(), kind));
        }
        for attribute in ["title", "descr"] {
            if let Some(said) = attributes.get(attribute)
                && matches!(name, "docPr" | "cNvPr")
            {
                gather.piece(PieceKind::Aside, said);
            }
        }
        match name {
            // Word art: most watermarks.
            "textpath" => {
                let kind = if matches!(self.kind, PieceKind::Header | PieceKind::Footer) {
                    PieceKind::Watermark
                } else {
                    self.kind()
                };
                gather.piece(kind, attributes.get("string").unwrap_or_default());
            }
            "p" | "h" => self.paragraphs.push(Paragraph::default()),
            _ if self.is_declared(name) => self.paragraphs.push(Paragraph::default()),
            "tr" | "table-row" => self.rows.push(Row::default()),
            "tc" | "table-cell" | "covered-table-cell" => {
                if let Some(row) = self.rows.last_mut() {
                    row.cells.push(Vec::new());
                }
            }
            "t" => self.in_text += 1,
            "delText" => self.in_deleted += 1,
            "instrText" => self.in_field += 1,
            "r" => self.run_hidden = false,
            "vanish" | "webHidden" => {
                self.run_hidden = !matches!(attributes.get("val"), Some("0" | "false" | "off"));
            }
            "tab" if self.family == Family::OpenDocument || attributes.is_empty() => {
                self.push("\t");
            }
            "ptab" => self.push("\t"),
            "s" if self.family == Family::OpenDocument => {
                let count = attributes
                    .get("c")
                    .and_then(|count| count.parse().ok())
                    .unwrap_or(1_usize);
                self.push(&" ".repeat(count.min(40)));
            }
            "noBreakHyphen" => self.push("-"),
            "br" if attributes.get("type") == Some("page") => {
                self.push("\n");
                gather.unit();
            }
            "soft-page-break" => gather.unit(),
            "br" | "cr" | "line-break" => self.push("\n"),
            "ddList" | "fieldmark" => self.choice = Some(Choice::default()),
            "listEntry" | "result" | "default" | "param" => self.choice(name, attributes),
            "text" | "textarea" | "combobox" | "formatted-text" | "date" | "time"
                if self.family == Family::OpenDocument =>
            {
                let said = attributes
                    .get("current-value")
                    .or_else(|| attributes.get("value").filter(|_| name != "date"));
                gather.piece(PieceKind::Body, said.unwrap_or_default());
            }
            "option" if attributes.get("current-selected") == Some("true") => {
                gather.piece(PieceKind::Body, attributes.get("label").unwrap_or_default());
            }
            // What a placeholder of a slide says of the shape that it stands in.
            "ph" => {
                let kind = match attributes.get("type") {
                    Some("ftr") => PieceKind::Footer,
                    Some("hdr") => PieceKind::Header,
                    _ => return,
                };
                if let Some((_, open)) = self.kinds.iter_mut().rev().find(|(name, _)| name == "sp")
                {
                    *open = kind;
                }
            }
            "hidden-text" => {
                gather.piece(
                    PieceKind::Hidden,
                    attributes.get("string-value").unwrap_or_default(),
                );
            }
            _ => {}
        }
    }

    /// What stands on slides at their top or bottom, said once before them: text without a paragraph.
    fn is_declared(&self, name: &str) -> bool {
        self.family == Family::OpenDocument
            && matches!(name, "header-decl" | "footer-decl" | "date-time-decl")
    }

    /// What kind of place an element makes of what is in it.
    fn says(&self, name: &str, attributes: &Attributes) -> Option<PieceKind> {
        let office = self.family == Family::Office;
        let called = |word: &str| {
            ["id", "name"].into_iter().any(|key| {
                attributes
                    .every(key)
                    .any(|value| value.to_ascii_lowercase().contains(word))
            })
        };
        Some(match name {
            "header" | "header-left" | "header-first" | "header-decl" if !office => {
                PieceKind::Header
            }
            "footer" | "footer-left" | "footer-first" | "footer-decl" | "date-time-decl"
                if !office =>
            {
                PieceKind::Footer
            }
            "annotation" if !office => PieceKind::Comment,
            "notes" | "note-body" if !office => PieceKind::Note,
            "tracked-changes" if !office => PieceKind::Deleted,
            "title" | "desc" if !office => PieceKind::Aside,
            "shape" | "custom-shape" | "frame" if called("watermark") => PieceKind::Watermark,
            // A shape on a slide says what it is in front of its text, and ends with it.
            "sp" if office => self.kind(),
            _ => return None,
        })
    }

    /// Part of a list in a form: Word's own, or as LibreOffice keeps that.
    fn choice(&mut self, name: &str, attributes: &Attributes) {
        const MOST: usize = 1000;
        let Some(choice) = &mut self.choice else {
            return;
        };
        let value = attributes
            .get("val")
            .or_else(|| attributes.get("value"))
            .unwrap_or_default();
        match (name, attributes.get("name")) {
            ("listEntry", _) | ("param", Some("Dropdown_ListEntry"))
                if choice.entries.len() < MOST =>
            {
                choice.entries.push(value.to_owned());
            }
            ("result", _) | ("param", Some("Dropdown_Selected")) => {
                choice.chosen = value.parse().ok();
            }
            ("default", _) => choice.usual = value.parse().unwrap_or(0),
            _ => {}
        }
    }

    fn end(&mut self, gather: &mut Gather<'_>, name: &str) {
        match name {
            "ddList" | "fieldmark" => {
                if let Some(choice) = self.choice.take()
                    && let Some(entry) = choice.entries.get(choice.chosen.unwrap_or(choice.usual))
                {
                    self.push(entry);
                }
            }
            _ if matches!(name, "p" | "h") || self.is_declared(name) => {
                if let Some(paragraph) = self.paragraphs.pop() {
                    self.put(gather, paragraph);
                }
            }
            "tr" | "table-row" => {
                if let Some(row) = self.rows.pop() {
                    self.end_row(gather, row);
                }
            }
            "t" => self.in_text = self.in_text.saturating_sub(1),
            "delText" => self.in_deleted = self.in_deleted.saturating_sub(1),
            "instrText" => self.in_field = self.in_field.saturating_sub(1),
            "r" => self.run_hidden = false,
            _ => {}
        }
        if self.kinds.last().is_some_and(|(open, _)| open == name) {
            self.kinds.pop();
        }
    }

    fn text(&mut self, text: &str) {
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        if self.in_deleted > 0 {
            paragraph.deleted.push_str(text);
        } else if self.in_field > 0 {
            paragraph.fields.push_str(text);
        } else if self.family == Family::OpenDocument || self.in_text > 0 {
            if self.run_hidden {
                paragraph.hidden.push_str(text);
            } else {
                paragraph.seen.push_str(text);
            }
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.seen.push_str(text);
        }
    }

    fn put(&mut self, gather: &mut Gather<'_>, paragraph: Paragraph) {
        let kind = self.kind();
        gather.piece(PieceKind::Hidden, &paragraph.hidden);
        gather.piece(PieceKind::Deleted, &paragraph.deleted);
        gather.piece(PieceKind::Aside, &paragraph.fields);
        if let Some(row) = self.rows.last_mut()
            && let Some(cell) = row.cells.last_mut()
            && self.paragraphs.is_empty()
        {
            row.mixed |= row.kind.is_some_and(|other| other != kind);
            row.kind = Some(kind);
            cell.push(paragraph.seen);
            return;
        }
        gather.piece(kind, &paragraph.seen);
    }

    /// A row of a table is one piece where each of its cells is a line; else it is there to lay out a page.
    fn end_row(&mut self, gather: &mut Gather<'_>, row: Row) {
        let kind = row.kind.unwrap_or(self.kind());
        let lines = |cell: &Vec<String>| cell.iter().filter(|line| !line.trim().is_empty()).count();
        let filled = row.cells.iter().filter(|cell| lines(cell) > 0).count();
        if filled > 1 && row.cells.iter().all(|cell| lines(cell) <= 1) && !row.mixed {
            let cells: Vec<String> = row
                .cells
                .into_iter()
                .map(|cell| cell.concat().replace(['\t', '\n'], " "))
                .collect();
            let kind = if kind == PieceKind::Body {
                PieceKind::Cell
            } else {
                kind
            };
            gather.piece(kind, &cells.join("\t"));
            return;
        }
        for line in row.cells.into_iter().flatten() {
            gather.piece(kind, &line);
        }
    }
}
