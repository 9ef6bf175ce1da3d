//! What a page draws, put into one stream of showing text and nothing else.
//!
//! A page draws with forms, which draw with forms, each with fonts of its own; and the reader of letters knows neither where a form
//! is put, nor all ways of showing text, and panics where colours are not as it expects. It is given what it knows: fonts, where
//! text stands, and strings. What pictures are drawn, and where, comes out on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use pdf_extract::content::Operation;
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};

/// How deep forms may lie in forms, and how many there may be on a page.
const DEPTH: usize = 12;
const FORMS: usize = 5000;
/// How much what a page draws may come to when unpacked, and what is left of it, in bytes.
const UNPACKED: usize = 128 * 1024 * 1024;
const WRITTEN: usize = 32 * 1024 * 1024;
/// How many states may be kept.
const STATES: usize = 256;
/// How many pictures of a page are told, and how many texts that stand for what is drawn.
const TOLD: usize = 500;
/// How many nodes of a tree are gone up for what a page inherits.
const UP: usize = 50;

/// A font that is not there: letters are taken for what they are in ours.
const NO_FONT: &[u8] = b"F0";

/// What a page draws.
#[derive(Debug)]
pub(super) struct Drawn {
    /// Its text, with where it stands.
    pub(super) content: Vec<u8>,
    pub(super) fonts: Dictionary,
    pub(super) pictures: Vec<Drawing>,
    /// Texts that programs read in place of what is drawn.
    pub(super) instead: Vec<String>,
    /// How many bytes of text are seen, and how many are not.
    pub(super) seen: usize,
    pub(super) unseen: usize,
    /// There is more than is read.
    pub(super) cut: bool,
    /// Some of it is packed by what nobody knows.
    pub(super) unknown: bool,
}

/// A picture that is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawing {
    /// Which it is; nothing for one that lies between the text.
    pub(super) id: Option<ObjectId>,
    pub(super) room: Room,
}

#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const NONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn of(array: &[Object]) -> Option<Self> {
        let mut out = [0.0; 6];
        if array.len() != out.len() {
            return None;
        }
        for (into, object) in out.iter_mut().zip(array) {
            *into = f64::from(object.as_float().ok()?);
        }
        Some(Self(out))
    }

    /// This one first, then the other.
    #[allow(
        clippy::many_single_char_names,
        reason = "as the six numbers of a matrix are called in ISO 32000"
    )]
    fn then(self, other: Self) -> Self {
        let ([a, b, c, d, e, f], [p, q, r, s, t, u]) = (self.0, other.0);
        Self([
            a * p + b * r,
            a * q + b * s,
            c * p + d * r,
            c * q + d * s,
            e * p + f * r + t,
            e * q + f * s + u,
        ])
    }

    #[allow(
        clippy::many_single_char_names,
        reason = "as the six numbers of a matrix are called in ISO 32000"
    )]
    fn at(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// The room that a picture takes: it is one by one.
    fn room(self) -> Room {
        let corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)].map(|(x, y)| self.at(x, y));
        let range = |of: fn(&(f64, f64)) -> f64| {
            let all = corners.iter().map(of);
            (
                all.clone().fold(f64::INFINITY, f64::min),
                all.fold(f64::NEG_INFINITY, f64::max),
            )
        };
        (range(|corner| corner.0), range(|corner| corner.1))
    }
}

#[derive(Debug, Clone, Copy)]
struct State {
    matrix: Matrix,
    /// What is shown is not seen.
    unseen: bool,
}

struct Draws<'a> {
    document: &'a Document,
    drawn: Drawn,
    /// What fonts are called, by which they are.
    names: BTreeMap<(ObjectId, usize), Vec<u8>>,
    /// Which forms are being drawn.
    open: Vec<ObjectId>,
    forms: usize,
    unpacked: usize,
    patterns: BTreeSet<ObjectId>,
}

/// What a page draws.
pub(super) fn page(document: &Document, page: &Dictionary) -> Drawn {
    let mut draws = Draws::new(document);
    let empty = Dictionary::new();
    let resources = inherited(document, page, b"Resources")
        .and_then(|resources| resources.as_dict().ok())
        .unwrap_or(&empty);
    let content = draws.contents(page);
    let state = State {
        matrix: Matrix::NONE,
        unseen: false,
    };
    draws.stream(&content, resources, state);
    draws.drawn
}

/// What notes on a page draw, each where it is put.
pub(super) fn appearances<'a>(
    document: &Document,
    annotations: impl Iterator<Item = &'a Dictionary>,
) -> Drawn {
    let mut draws = Draws::new(document);
    for annotation in annotations {
        if let Some(form) = appearance(document, annotation) {
            let put = corner(document, annotation, b"Rect");
            let from = corner(document, &form.dict, b"BBox");
            let matrix = Matrix([1.0, 0.0, 0.0, 1.0, put.0 - from.0, put.1 - from.1]);
            draws.put(format_args!("q\n"));
            draws.place(matrix);
            let state = State {
                matrix,
                unseen: false,
            };
            draws.form(form, None, &Dictionary::new(), state);
            draws.put(format_args!("Q\n"));
        }
    }
    draws.drawn
}

/// What notes on a page would draw if they were pressed, pointed at, or in another state.
pub(super) fn other_appearances<'a>(
    document: &Document,
    annotations: impl Iterator<Item = &'a Dictionary>,
) -> Drawn {
    let mut draws = Draws::new(document);
    let state = State {
        matrix: Matrix::NONE,
        unseen: true,
    };
    for annotation in annotations {
        let shown = appearance(document, annotation);
        let Some(all) = dictionary(document, annotation, b"AP") else {
            continue;
        };
        for (_, one) in all {
            let forms: Vec<&Stream> = match deref(document, one) {
                Some(Object::Stream(form)) => vec![form],
                Some(Object::Dictionary(states)) => states
                    .iter()
                    .filter_map(|(_, one)| deref(document, one)?.as_stream().ok())
                    .collect(),
                _ => Vec::new(),
            };
            for form in forms {
                if shown.is_none_or(|shown| !std::ptr::eq(shown, form)) {
                    draws.put(format_args!("q\n"));
                    draws.form(form, None, &Dictionary::new(), state);
                    draws.put(format_args!("Q\n"));
                }
            }
        }
    }
    draws.drawn
}

fn appearance<'a>(document: &'a Document, annotation: &'a Dictionary) -> Option<&'a Stream> {
    let appearances = dictionary(document, annotation, b"AP")?;
    let mut normal = deref(document, appearances.get(b"N").ok()?)?;
    // One for each state that it may have.
    if let Object::Dictionary(states) = normal {
        let state = annotation.get(b"AS").and_then(Object::as_name);
        normal = deref(document, states.get(state.ok()?).ok()?)?;
    }
    normal.as_stream().ok()
}

/// The lower left corner of a rectangle.
fn corner(document: &Document, of: &Dictionary, key: &[u8]) -> (f64, f64) {
    let ((left, _), (bottom, _)) = of
        .get(key)
        .ok()
        .and_then(|sides| rectangle(document, sides))
        .unwrap_or_default();
    (left, bottom)
}

/// From left to right, and from bottom to top.
pub(super) type Room = ((f64, f64), (f64, f64));

/// The room of a page.
pub(super) fn room(document: &Document, page: &Dictionary) -> Room {
    [&b"CropBox"[..], b"MediaBox"]
        .into_iter()
        .filter_map(|key| inherited(document, page, key))
        .find_map(|sides| rectangle(document, sides))
        .unwrap_or(((0.0, 612.0), (0.0, 792.0)))
}

/// Whether a page is shown on its side.
pub(super) fn is_turned(document: &Document, page: &Dictionary) -> bool {
    inherited(document, page, b"Rotate")
        .and_then(|turn| turn.as_i64().ok())
        .is_some_and(|turn| turn.rem_euclid(180) == 90)
}

fn rectangle(document: &Document, sides: &Object) -> Option<Room> {
    let mut sides = deref(document, sides)?
        .as_array()
        .ok()?
        .iter()
        .filter_map(|side| deref(document, side)?.as_float().ok())
        .map(f64::from);
    let (left, bottom) = (sides.next()?, sides.next()?);
    let (right, top) = (sides.next()?, sides.next()?);
    Some((
        (left.min(right), left.max(right)),
        (bottom.min(top), bottom.max(top)),
    ))
}

pub(super) fn deref<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}

pub(super) fn dictionary<'a>(
    document: &'a Document,
    of: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Dictionary> {
    deref(document, of.get(key).ok()?)?.as_dict().ok()
}

fn inherited<'a>(document: &'a Document, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..UP {
        if let Some(object) = node
            .get(key)
            .ok()
            .and_then(|object| deref(document, object))
        {
            return Some(object);
        }
        node = dictionary(document, node, b"Parent")?;
    }
    None
}

impl<'a> Draws<'a> {
    fn new(document: &'a Document) -> Self {
        let mut fonts = Dictionary::new();
        let mut ours = Dictionary::new();
        for (key, value) in [
            ("Type", "Font"),
            ("Subtype", "Type1"),
            ("BaseFont", "Helvetica"),
            ("Encoding", "WinAnsiEncoding"),
        ] {
            ours.set(key, Object::Name(value.into()));
        }
        fonts.set(NO_FONT, Object::Dictionary(ours));
        let mut content = b"/".to_vec();
        content.extend_from_slice(NO_FONT);
        content.extend_from_slice(b" 1 Tf\n");
        Self {
            document,
            drawn: Drawn {
                content,
                fonts,
                pictures: Vec::new(),
                instead: Vec::new(),
                seen: 0,
                unseen: 0,
                cut: false,
                unknown: false,
            },
            names: BTreeMap::new(),
            open: Vec::new(),
            forms: 0,
            unpacked: 0,
            patterns: BTreeSet::new(),
        }
    }

    /// What a page draws, as it is written: in one stream, or in several that are one.
    fn contents(&mut self, page: &Dictionary) -> Vec<u8> {
        let Some(contents) = page
            .get(b"Contents")
            .ok()
            .and_then(|contents| deref(self.document, contents))
        else {
            return Vec::new();
        };
        let parts = match contents {
            Object::Array(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut out = Vec::new();
        for part in parts {
            if let Some(Object::Stream(stream)) = deref(self.document, part) {
                out.append(&mut self.unpack(stream));
                out.push(b'\n');
            }
        }
        out
    }

    fn unpack(&mut self, stream: &Stream) -> Vec<u8> {
        let (bytes, known) = super::streams::unpacked(stream);
        self.drawn.unknown |= !known;
        self.unpacked = self.unpacked.saturating_add(bytes.len());
        if self.unpacked > UNPACKED {
            self.drawn.cut = true;
            return Vec::new();
        }
        bytes
    }

    fn form(&mut self, form: &Stream, id: Option<ObjectId>, around: &Dictionary, state: State) {
        if id.is_some_and(|id| self.open.contains(&id)) {
            return;
        }
        self.forms += 1;
        if self.open.len() >= DEPTH || self.forms > FORMS {
            self.drawn.cut = true;
            return;
        }
        let matrix = form
            .dict
            .get(b"Matrix")
            .ok()
            .and_then(|matrix| deref(self.document, matrix)?.as_array().ok())
            .and_then(|matrix| Matrix::of(matrix))
            .unwrap_or(Matrix::NONE);
        let resources = dictionary(self.document, &form.dict, b"Resources").unwrap_or(around);
        let content = self.unpack(form);
        self.open.push(id.unwrap_or_default());
        self.put(format_args!("q\n"));
        self.place(matrix);
        let state = State {
            matrix: matrix.then(state.matrix),
            ..state
        };
        self.stream(&content, resources, state);
        self.put(format_args!("Q\n"));
        self.open.pop();
    }

    fn put(&mut self, what: std::fmt::Arguments<'_>) {
        if self.drawn.content.len() > WRITTEN {
            self.drawn.cut = true;
        } else {
            // Nothing fails that is written to memory.
            let _ = self.drawn.content.write_fmt(what);
        }
    }

    #[allow(
        clippy::many_single_char_names,
        reason = "as the six numbers of a matrix are called in ISO 32000"
    )]
    fn place(&mut self, matrix: Matrix) {
        let [a, b, c, d, e, f] = matrix.0;
        self.put(format_args!(
            "{a:.6} {b:.6} {c:.6} {d:.6} {e:.4} {f:.4} cm\n"
        ));
    }

    fn stream(&mut self, content: &[u8], resources: &Dictionary, state: State) {
        let operations = super::marks::operations(content);
        let mut states = vec![state];
        // States that were not kept because there were too many.
        let mut beyond = 0_usize;
        for operation in &operations {
            if self.drawn.cut {
                return self.close(states.len());
            }
            let state = states.last().copied().unwrap_or(state);
            match operation.operator.as_str() {
                "q" if states.len() >= STATES => beyond += 1,
                "q" => {
                    self.put(format_args!("q\n"));
                    states.push(state);
                }
                "Q" if beyond > 0 => beyond -= 1,
                // What a form begins with is not its own to give back.
                "Q" if states.len() > 1 => {
                    self.put(format_args!("Q\n"));
                    states.pop();
                }
                "cm" => {
                    if let (Some(matrix), Some(top)) =
                        (Matrix::of(&operation.operands), states.last_mut())
                    {
                        top.matrix = matrix.then(top.matrix);
                        self.numbers(operation, 6);
                    }
                }
                "Tr" => {
                    let how = operation.operands.first().map(Object::as_i64);
                    if let (Some(Ok(how)), Some(top)) = (how, states.last_mut()) {
                        top.unseen = matches!(how, 3 | 7);
                    }
                }
                _ => self.one(operation, resources, state),
            }
        }
        self.close(states.len());
    }

    /// Gives back what was kept.
    fn close(&mut self, states: usize) {
        for _ in 1..states {
            self.put(format_args!("Q\n"));
        }
    }

    fn one(&mut self, operation: &Operation, resources: &Dictionary, state: State) {
        let operands = &operation.operands;
        match operation.operator.as_str() {
            "BT" | "ET" | "T*" => self.numbers(operation, 0),
            "Tc" | "Tw" | "Tz" | "TL" | "Ts" => self.numbers(operation, 1),
            "Td" | "TD" => self.numbers(operation, 2),
            "Tm" => self.numbers(operation, 6),
            "Tf" => {
                if let [name, size] = operands.as_slice()
                    && let (Ok(name), Ok(size)) = (name.as_name(), size.as_float())
                {
                    let font = dictionary(self.document, resources, b"Font")
                        .and_then(|fonts| fonts.get(name).ok());
                    self.font(font, size);
                }
            }
            "gs" => {
                let font = operands
                    .first()
                    .and_then(|name| name.as_name().ok())
                    .and_then(|name| {
                        let states = dictionary(self.document, resources, b"ExtGState")?;
                        let font = dictionary(self.document, states, name)?.get(b"Font").ok()?;
                        deref(self.document, font)?.as_array().ok()
                    });
                if let Some([font, size]) = font.map(Vec::as_slice)
                    && let Ok(size) = size.as_float()
                {
                    self.font(Some(font), size);
                }
            }
            "Tj" | "TJ" => self.show(operands.last(), state),
            "'" => {
                self.put(format_args!("T*\n"));
                self.show(operands.last(), state);
            }
            "\"" => {
                // Viewers show the text also where one of the numbers before it, or both, were forgotten.
                if let [words, letters, _] = operands.as_slice()
                    && let (Ok(words), Ok(letters)) = (words.as_float(), letters.as_float())
                {
                    self.put(format_args!("{words} Tw {letters} Tc\n"));
                }
                self.put(format_args!("T*\n"));
                self.show(operands.last(), state);
            }
            "Do" => {
                if let Some(name) = operands.first().and_then(|name| name.as_name().ok()) {
                    self.object(name, resources, state);
                }
            }
            "BI" => self.picture(None, state),
            "BDC" => {
                if let Some(list) = operands.get(1) {
                    self.marked(list, resources);
                }
            }
            "scn" | "SCN" => {
                if let Some(name) = operands.last().and_then(|name| name.as_name().ok()) {
                    self.pattern(name, resources);
                }
            }
            _ => {}
        }
    }

    /// Passes on what has so many numbers.
    fn numbers(&mut self, operation: &Operation, how_many: usize) {
        let operands = &operation.operands;
        if operands.len() != how_many || operands.iter().any(|one| one.as_float().is_err()) {
            return;
        }
        for number in operands {
            if let Object::Integer(number) = number {
                self.put(format_args!("{number} "));
                continue;
            }
            let number = number.as_float().unwrap_or(0.0);
            self.put(format_args!("{number} "));
        }
        self.put(format_args!("{}\n", operation.operator));
    }

    fn show(&mut self, what: Option<&Object>, state: State) {
        let parts = match what {
            Some(Object::Array(parts)) => parts.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => return,
        };
        self.put(format_args!("["));
        for part in parts {
            match part {
                Object::String(bytes, _) => {
                    let count = if state.unseen {
                        &mut self.drawn.unseen
                    } else {
                        &mut self.drawn.seen
                    };
                    *count = count.saturating_add(bytes.len());
                    self.string(bytes);
                }
                Object::Integer(number) => self.put(format_args!("{number} ")),
                number => {
                    if let Ok(number) = number.as_float() {
                        self.put(format_args!("{number} "));
                    }
                }
            }
        }
        self.put(format_args!("] TJ\n"));
    }

    fn string(&mut self, bytes: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let content = &mut self.drawn.content;
        if content.len().saturating_add(2 * bytes.len()) > WRITTEN {
            self.drawn.cut = true;
            return;
        }
        // What stands for itself is read faster.
        if !bytes.iter().any(|byte| b"()\\\r\n".contains(byte)) {
            content.push(b'(');
            content.extend_from_slice(bytes);
            content.push(b')');
            return;
        }
        content.push(b'<');
        content.extend(
            bytes
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .map(|half| DIGITS[usize::from(half)]),
        );
        content.push(b'>');
    }

    fn font(&mut self, font: Option<&Object>, size: f32) {
        let known = font.and_then(|font| {
            let held = deref(self.document, font)?.as_dict().ok()?;
            let key = match font {
                Object::Reference(id) => (*id, 0),
                _ => (ObjectId::default(), std::ptr::from_ref(held).addr()),
            };
            let count = self.names.len() + 1;
            let name = self
                .names
                .entry(key)
                .or_insert_with(|| format!("F{count}").into_bytes());
            if !self.drawn.fonts.has(name) {
                self.drawn.fonts.set(name.clone(), font.clone());
            }
            Some(name.clone())
        });
        let name = known.unwrap_or_else(|| NO_FONT.to_vec());
        let name = String::from_utf8_lossy(&name);
        self.put(format_args!("/{name} {size} Tf\n"));
    }

    fn object(&mut self, name: &[u8], resources: &Dictionary, state: State) {
        let document = self.document;
        let Some(object) =
            dictionary(document, resources, b"XObject").and_then(|objects| objects.get(name).ok())
        else {
            return;
        };
        let id = object.as_reference().ok();
        let Some(Object::Stream(stream)) = deref(document, object) else {
            return;
        };
        let is_picture = stream
            .dict
            .get(b"Subtype")
            .and_then(Object::as_name)
            .is_ok_and(|kind| kind == b"Image");
        if is_picture {
            self.picture(id, state);
        } else {
            self.form(stream, id, resources, state);
        }
    }

    fn picture(&mut self, id: Option<ObjectId>, state: State) {
        if self.drawn.pictures.len() < TOLD {
            let room = state.matrix.room();
            self.drawn.pictures.push(Drawing { id, room });
        }
    }

    /// What programs read in place of what is drawn.
    fn marked(&mut self, list: &Object, resources: &Dictionary) {
        let list = match list {
            Object::Dictionary(list) => Some(list),
            Object::Name(name) => dictionary(self.document, resources, b"Properties")
                .and_then(|lists| dictionary(self.document, lists, name)),
            _ => None,
        };
        for key in [&b"ActualText"[..], b"Alt", b"E"] {
            if let Some(said) = list.and_then(|list| super::string(self.document, list, key))
                && self.drawn.instead.len() < TOLD
                && !self.drawn.instead.contains(&said)
            {
                self.drawn.instead.push(said);
            }
        }
    }

    /// A pattern is drawn wherever something is filled with it. Its text is read once.
    fn pattern(&mut self, name: &[u8], resources: &Dictionary) {
        let document = self.document;
        let Some(object) = dictionary(document, resources, b"Pattern")
            .and_then(|patterns| patterns.get(name).ok())
        else {
            return;
        };
        let (Ok(id), Some(Object::Stream(stream))) =
            (object.as_reference(), deref(document, object))
        else {
            return;
        };
        if self.patterns.insert(id) {
            let state = State {
                matrix: Matrix::NONE,
                unseen: false,
            };
            self.form(stream, Some(id), resources, state);
        }
    }
}
