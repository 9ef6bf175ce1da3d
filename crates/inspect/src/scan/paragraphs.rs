//! Paragraphs of office documents: texts and slides of OOXML, and all of OpenDocument. Runs that were split are one again; what
//! is struck out or hidden is a piece of its own, so that it neither hides in a word nor makes one.

use std::collections::BTreeMap;

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
    /// Its letters are shown as capitals.
    capitals: bool,
    /// Where what the field that is open shows begins.
    field: usize,
}

#[derive(Debug, Default)]
struct Row {
    cells: Vec<Vec<String>>,
    /// What the cell that is open says it shows.
    said: Option<String>,
    kind: Option<PieceKind>,
    mixed: bool,
}

/// Styles that show letters as capitals, and of which style each is made.
#[derive(Debug, Default)]
pub(super) struct Capitals {
    styles: BTreeMap<String, Style>,
    open: Option<String>,
}

#[derive(Debug, Default)]
struct Style {
    above: Option<String>,
    capitals: Option<bool>,
}

impl Capitals {
    /// Learns what a part says of its styles.
    pub(super) fn learn(&mut self, gather: &mut Gather<'_>, name: &str, bytes: &[u8]) {
        walk(gather, name, bytes, |_, met| self.tell(&met));
    }

    fn tell(&mut self, met: &Met<'_>) {
        const MOST: usize = 20_000;
        match met {
            Met::Begin("style", attributes) => {
                let name = attributes.get("styleId").or_else(|| attributes.get("name"));
                self.open = name.filter(|_| self.styles.len() < MOST).map(str::to_owned);
                if let Some(name) = &self.open {
                    self.styles.insert(
                        name.clone(),
                        Style {
                            above: attributes.get("parent-style-name").map(str::to_owned),
                            capitals: None,
                        },
                    );
                }
            }
            Met::End("style") => self.open = None,
            Met::Begin(element, attributes) => {
                let Some(style) = self
                    .open
                    .as_ref()
                    .and_then(|open| self.styles.get_mut(open))
                else {
                    return;
                };
                match *element {
                    "basedOn" => style.above = attributes.get("val").map(str::to_owned),
                    "caps" | "smallCaps" => style.capitals = Some(is_on(attributes)),
                    "text-properties" => style.capitals = transformed(attributes),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn of(&self, name: &str) -> Option<bool> {
        const DEEPEST: usize = 20;
        let mut style = self.styles.get(name)?;
        for _ in 0..DEEPEST {
            if style.capitals.is_some() {
                return style.capitals;
            }
            style = self.styles.get(style.above.as_ref()?)?;
        }
        None
    }
}

fn is_on(attributes: &Attributes) -> bool {
    !matches!(attributes.get("val"), Some("0" | "false" | "off"))
}

fn transformed(attributes: &Attributes) -> Option<bool> {
    match (
        attributes.get("text-transform"),
        attributes.get("font-variant"),
    ) {
        (None, None) => None,
        (transform, variant) => {
            Some(transform == Some("uppercase") || variant == Some("small-caps"))
        }
    }
}

/// A list in a form, and which of it was chosen.
#[derive(Debug, Default)]
struct Choice {
    entries: Vec<String>,
    chosen: Option<usize>,
    usual: usize,
}

struct Walker<'w> {
    family: Family,
    choice: Option<Choice>,
    capitals: &'w mut Capitals,
    /// Of the run that is open, and of the spans.
    run_capitals: bool,
    spans: Vec<bool>,
    in_ruby: usize,
    is_sheet: bool,
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

/// Reads a part whose styles are its own.
pub(super) fn read(
    gather: &mut Gather<'_>,
    family: Family,
    kind: PieceKind,
    name: &str,
    bytes: &[u8],
) {
    styled(gather, family, kind, name, bytes, &mut Capitals::default());
}

/// Reads a part. `kind` is what its text is where nothing in it says otherwise.
pub(super) fn styled(
    gather: &mut Gather<'_>,
    family: Family,
    kind: PieceKind,
    name: &str,
    bytes: &[u8],
    capitals: &mut Capitals,
) {
    let mut walker = Walker {
        family,
        choice: None,
        capitals,
        run_capitals: false,
        spans: Vec::new(),
        in_ruby: 0,
        is_sheet: false,
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

impl Walker<'_> {
    fn tell(&mut self, gather: &mut Gather<'_>, met: &Met<'_>) {
        if self.family == Family::OpenDocument {
            self.capitals.tell(met);
        }
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

    #[allow(clippy::too_many_lines, reason = "an arm for each kind of element")]
    fn begin(&mut self, gather: &mut Gather<'_>, name: &str, attributes: &Attributes) {
        if let Some(kind) = self.says(name, attributes) {
            self.kinds.push((name.to_owned(), kind));
        }
        for attribute in ["title", "descr", "name"] {
            // What a program calls its shapes ends with a number.
            if let Some(said) = attributes.get(attribute)
                && matches!(name, "docPr" | "cNvPr")
                && (attribute != "name" || !said.ends_with(|last: char| last.is_ascii_digit()))
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
            "p" | "h" => {
                let style = attributes.get("style-name").unwrap_or_default();
                self.paragraphs.push(Paragraph {
                    capitals: self.capitals.of(style).unwrap_or(false),
                    ..Paragraph::default()
                });
            }
            "span" if self.family == Family::OpenDocument => {
                let style = attributes.get("style-name").unwrap_or_default();
                let above = self.is_capitals();
                self.spans.push(self.capitals.of(style).unwrap_or(above));
            }
            "pStyle" => {
                let capitals = self.capitals.of(attributes.get("val").unwrap_or_default());
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.capitals = capitals.unwrap_or(false);
                }
            }
            "rStyle" => {
                let capitals = self.capitals.of(attributes.get("val").unwrap_or_default());
                self.run_capitals = capitals.unwrap_or(self.run_capitals);
            }
            "caps" | "smallCaps" => self.run_capitals |= is_on(attributes),
            "rPr" if matches!(attributes.get("cap"), Some("all" | "small")) => {
                self.run_capitals = true;
            }
            // What stands above a letter says how it is spoken.
            "rt" => self.in_ruby += 1,
            "sym" => self.symbol(attributes),
            "fldChar" => self.field(attributes.get("fldCharType")),
            "fldSimple" => {
                self.field(Some("begin"));
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    let made = attributes.get("instr").unwrap_or_default();
                    paragraph.fields.push_str(made);
                }
            }
            // What a name stands for in a workbook: ="SECRET".
            "named-expression" => {
                let said = attributes.get("expression").unwrap_or_default();
                if let Some(said) = said.strip_prefix('"') {
                    gather.piece(PieceKind::Aside, said.trim_end_matches('"'));
                }
            }
            "cSld" if self.kind != PieceKind::Master => gather.piece(
                PieceKind::Subject,
                attributes.get("name").unwrap_or_default(),
            ),
            "tblCaption" | "tblDescription" => {
                gather.piece(PieceKind::Aside, attributes.get("val").unwrap_or_default());
            }
            "hyperlink" | "hlinkClick" | "hlinkHover" => {
                gather.piece(
                    PieceKind::Aside,
                    attributes.get("tooltip").unwrap_or_default(),
                );
            }
            "spreadsheet" => self.is_sheet = true,
            "table" if self.is_sheet => {
                gather.piece(
                    PieceKind::Subject,
                    attributes.get("name").unwrap_or_default(),
                );
            }
            "page" if self.family == Family::OpenDocument => {
                gather.piece(
                    PieceKind::Subject,
                    attributes.get("name").unwrap_or_default(),
                );
            }
            "user-field-decl" | "variable-set" => {
                let name = attributes.get("name").unwrap_or(name);
                gather.property(
                    "fields",
                    name,
                    attributes.get("string-value").unwrap_or_default(),
                );
                gather.piece(
                    PieceKind::Hidden,
                    attributes.get("string-value").unwrap_or_default(),
                );
            }
            "conditional-text" => {
                for key in ["string-value-if-true", "string-value-if-false"] {
                    gather.piece(PieceKind::Hidden, attributes.get(key).unwrap_or_default());
                }
            }
            "list-level-style-number" | "outline-level-style" => {
                for key in ["num-prefix", "num-suffix"] {
                    gather.piece(PieceKind::Body, attributes.get(key).unwrap_or_default());
                }
            }
            _ if self.is_declared(name) => self.paragraphs.push(Paragraph::default()),
            "tr" | "table-row" => self.rows.push(Row::default()),
            "tc" | "table-cell" | "covered-table-cell" => {
                if let Some(row) = self.rows.last_mut() {
                    row.cells.push(Vec::new());
                    row.said = attributes.get("string-value").map(str::to_owned);
                }
            }
            "t" => self.in_text += 1,
            "delText" => self.in_deleted += 1,
            "instrText" => self.in_field += 1,
            "r" => {
                self.run_hidden = false;
                self.run_capitals = self.paragraphs.last().is_some_and(|open| open.capitals);
            }
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
            "fixed-text" | "button" if self.family == Family::OpenDocument => {
                gather.piece(PieceKind::Body, attributes.get("label").unwrap_or_default());
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
            && matches!(
                name,
                "header-decl" | "footer-decl" | "date-time-decl" | "desc"
            )
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
            "table-cell" => {
                // What no paragraph of it shows.
                if let Some(row) = self.rows.last_mut()
                    && let Some(said) = row.said.take()
                    && let Some(cell) = row.cells.last_mut()
                    && cell.iter().all(|line| line.trim().is_empty())
                {
                    cell.push(said);
                }
            }
            "span" => {
                self.spans.pop();
            }
            "rt" => self.in_ruby = self.in_ruby.saturating_sub(1),
            "fldSimple" => self.field(Some("end")),
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

    fn is_capitals(&self) -> bool {
        let open = || self.paragraphs.last().is_some_and(|open| open.capitals);
        match self.family {
            Family::Office => self.run_capitals,
            Family::OpenDocument => self.spans.last().copied().unwrap_or_else(open),
        }
    }

    /// A letter by its number, in letters that stand for themselves.
    fn symbol(&mut self, attributes: &Attributes) {
        let font = attributes.get("font").unwrap_or_default();
        let code = attributes
            .get("char")
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .map(|code| {
                if (0xf020..=0xf0ff).contains(&code) {
                    code & 0xff
                } else {
                    code
                }
            });
        if let Some(letter) = code.and_then(char::from_u32)
            && !["ding", "Symbol"].iter().any(|other| font.contains(other))
        {
            self.push(letter.encode_utf8(&mut [0; 4]));
        }
    }

    /// What a field would show that nobody brought up to date.
    fn field(&mut self, kind: Option<&str>) {
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        match kind {
            Some("begin") => paragraph.field = paragraph.seen.len(),
            Some("end") if paragraph.field == paragraph.seen.len() => {
                let quoted = paragraph
                    .fields
                    .rsplit_once("QUOTE ")
                    .map(|(_, said)| said.trim().trim_matches('"').to_owned());
                paragraph.seen.push_str(&quoted.unwrap_or_default());
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let capitals;
        let text = if self.is_capitals() {
            capitals = text.to_uppercase();
            &capitals
        } else {
            text
        };
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        if self.in_deleted > 0 {
            paragraph.deleted.push_str(text);
        } else if self.in_field > 0 || self.in_ruby > 0 {
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
        let (kind, line) = (self.kind(), gather.next_line());
        gather.piece_at(PieceKind::Hidden, line, &paragraph.hidden);
        gather.piece_at(PieceKind::Deleted, line, &paragraph.deleted);
        gather.piece_at(PieceKind::Aside, line, &paragraph.fields);
        if let Some(row) = self.rows.last_mut()
            && let Some(cell) = row.cells.last_mut()
            && self.paragraphs.is_empty()
        {
            row.mixed |= row.kind.is_some_and(|other| other != kind);
            row.kind = Some(kind);
            cell.push(paragraph.seen);
            return;
        }
        gather.piece_at(kind, line, &paragraph.seen);
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
