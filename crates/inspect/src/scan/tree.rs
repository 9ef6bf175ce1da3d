//! XML that nobody described: every text in it, and the attributes that hold what people read.

use std::collections::{BTreeMap, BTreeSet};

use super::gather::Gather;
use super::leftover::Leftover;
use crate::read::lines::Stop;
use crate::read::xml::{Met, walk as walk_part};
use crate::reading::{PieceKind, Why};

/// Goes through a part, in whatever it is written. Where it breaks off, what was met until then counts, and the break is told.
pub(super) fn walk(
    gather: &mut Gather<'_>,
    part: &str,
    bytes: &[u8],
    mut tell: impl FnMut(&mut Gather<'_>, Met<'_>),
) {
    let limits = gather.limits();
    let decoded;
    let bytes = if !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok() {
        bytes
    } else {
        decoded = super::plain::decoded(bytes);
        decoded.as_bytes()
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let outcome = walk_part(bytes, limits, |met| {
        // Other programs may show what it stands for; here that is how files are made to explode.
        if matches!(met, Met::Text("\u{fffd}")) {
            gather.missing(part, Why::Damaged("it has an entity of its own".to_owned()));
        }
        tell(gather, met);
        Ok(())
    });
    if let Err(Stop::Failed(told)) = outcome {
        gather.missing(part, Why::Damaged(crate::Failure::from(told).to_string()));
    }
}

/// Goes through a part that was read before: what is wrong with it was told then.
pub(super) fn look(gather: &Gather<'_>, bytes: &[u8], mut tell: impl FnMut(Met<'_>)) {
    let decoded;
    let bytes = if !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok() {
        bytes
    } else {
        decoded = super::plain::decoded(bytes);
        decoded.as_bytes()
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let _ = walk_part(bytes, gather.limits(), |met| {
        tell(met);
        Ok(())
    });
}

/// Attributes that hold what people read.
pub(super) const READ: &[&str] = &[
    "UnicodeString",
    "string",
    "descr",
    "title",
    "alt",
    "tooltip",
    "string-value",
    "summary",
    "caption",
];

/// A file that is XML.
pub(super) fn read(gather: &mut Gather<'_>, name: &str, file: &[u8]) {
    gather.place(if name.is_empty() { "text" } else { name }, None);
    // OpenDocument in one file is read as what it is. A drawing or anything else may use its namespaces too: its root tells.
    if is_open_document(gather, file) {
        super::opendocument::flat(gather, file);
        return;
    }
    let mark = gather.mark();
    part(gather, PieceKind::Body, name, file);
    said(gather, file);
    Leftover::default().tell(gather, name, file, mark);
    packed_within(gather, file);
}

/// Files that stand in XML as letters: OpenDocument in one file, and documents of Word in one.
pub(super) fn packed_within(gather: &mut Gather<'_>, file: &[u8]) {
    const MOST: usize = 1000;
    const HOLDS: &[&str] = &["binary-data", "binData", "binaryData"];
    let mut found: Vec<(String, String)> = Vec::new();
    let mut name = String::new();
    let mut letters: Option<String> = None;
    walk(gather, "", file, |_, met| match met {
        Met::Begin(element, attributes) => {
            if let Some(said) = attributes.get("name").or_else(|| attributes.get("href")) {
                said.clone_into(&mut name);
            }
            if HOLDS.contains(&element) {
                letters = Some(String::new());
            }
        }
        Met::Text(text) => {
            if let Some(letters) = &mut letters {
                letters.extend(text.chars().filter(|one| !one.is_whitespace()));
            }
        }
        Met::End(element) if HOLDS.contains(&element) => {
            if let Some(letters) = letters.take().filter(|_| found.len() < MOST) {
                found.push((name.clone(), letters));
            }
        }
        _ => {}
    });
    for (name, letters) in found {
        let name = if name.is_empty() { "object" } else { &name };
        match mail_parser::decoders::base64::base64_decode(letters.as_bytes()) {
            Some(bytes) if gather.unpacked(bytes.len() as u64).is_some() => {
                super::illustration(gather, name, &bytes);
            }
            Some(_) => gather.missing(name, Why::TooLarge),
            None => gather.missing(
                name,
                Why::Damaged("its letters are none of base64".to_owned()),
            ),
        }
    }
}

/// Whether what is called so says how a file is marked.
pub(super) fn is_telling(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "classif", "marking", "sensitiv", "caveat", "security", "label",
    ];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// What elements and attributes say that are called as a marking is. They may be called whatever their programs like.
fn said(gather: &mut Gather<'_>, file: &[u8]) {
    const LONGEST: usize = 200;
    /// How many elements a value may lie below the one that says what it is.
    const BELOW: usize = 3;
    const MOST: usize = 10_000;
    let mut all: Vec<(String, String)> = Vec::new();
    let mut path: Vec<Option<String>> = Vec::new();
    let mut value = String::new();
    let mut diagram = String::new();
    let mut is_drawing = false;
    walk(gather, "", file, |gather, met| match met {
        Met::Begin(element, attributes) => {
            value.clear();
            is_drawing |= element == "mxfile";
            path.push(is_telling(element).then(|| element.to_owned()));
            for (name, said) in attributes.all() {
                if is_telling(name) && said.len() <= LONGEST {
                    // Of the United States: a letter stands for the word, and says who owns it.
                    let said = match said {
                        "TS" if attributes.get("ownerProducer").is_some() => "TOP SECRET",
                        "S" if attributes.get("ownerProducer").is_some() => "SECRET",
                        "C" if attributes.get("ownerProducer").is_some() => "CONFIDENTIAL",
                        "R" if attributes.get("ownerProducer").is_some() => "RESTRICTED",
                        said => said,
                    };
                    gather.property("attributes", name, said);
                }
                // <classification level="SECRET"/>
                if is_telling(element)
                    && matches!(
                        name,
                        "value" | "val" | "level" | "name" | "text" | "content"
                    )
                    && said.len() <= LONGEST
                {
                    gather.property("attributes", element, said);
                }
                // What stands in a box of a drawing is a page of its own.
                if matches!(element, "mxCell" | "object" | "UserObject")
                    && matches!(name, "value" | "label")
                    && said.contains(char::is_alphabetic)
                {
                    super::markup::read(gather, said.as_bytes());
                }
            }
        }
        Met::Text(text) => {
            if value.len() <= LONGEST {
                value.push_str(text);
            }
            if is_drawing {
                diagram.push_str(text);
            }
        }
        Met::End(element) => {
            let mut named = path.iter().rev().take(BELOW).flatten();
            if let Some(name) = named.find(|name| !name.ends_with("Code"))
                && value.len() <= LONGEST
                && !value.trim().is_empty()
                && all.len() < MOST
            {
                all.push((name.clone(), value.trim().to_owned()));
            }
            value.clear();
            path.pop();
            if is_drawing && element == "diagram" {
                packed(gather, diagram.trim());
            }
            diagram.clear();
        }
        Met::Remark(_) => {}
    });
    // Where several are said, it is a list of what can be said. They are in the text as well.
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in &all {
        values.entry(name).or_default().insert(value);
    }
    for (name, values) in values {
        if let (1, Some(value)) = (values.len(), values.first()) {
            gather.property("elements", name, value);
        }
    }
}

/// A drawing of draw.io, which packs it: base64 of deflate of what stands in an address.
fn packed(gather: &mut Gather<'_>, text: &str) {
    if text.is_empty() {
        return;
    }
    let unpacked =
        mail_parser::decoders::base64::base64_decode(text.as_bytes()).and_then(|bytes| {
            gather
                .unpack(flate2::read::DeflateDecoder::new(&bytes[..]))
                .ok()
        });
    match unpacked {
        Some(bytes) if !bytes.is_empty() => {
            let (_, bytes) = mail_parser::decoders::hex::decode_hex(&bytes);
            super::nested(gather, "drawing.xml", &bytes);
        }
        _ => gather.missing("diagram", Why::Damaged("it cannot be unpacked".to_owned())),
    }
}

/// Whether what begins with an element that no browser knows ends with its end.
pub(super) fn is_whole(start: &str, file: &[u8]) -> bool {
    const BROWSERS: &[&str] = &[
        "html", "head", "body", "p", "div", "table", "meta", "title", "span", "b", "i", "font",
        "center", "a", "h1", "h2", "h3", "style", "script", "br", "ul", "ol", "li", "pre",
    ];
    let name = start.strip_prefix('<').unwrap_or_default();
    let end = name
        .find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, ':' | '_' | '-' | '.')))
        .unwrap_or(0);
    let name = &name[..end];
    name.starts_with(char::is_alphabetic)
        && !BROWSERS.contains(&name.to_ascii_lowercase().as_str())
        && file
            .trim_ascii_end()
            .ends_with(format!("</{name}>").as_bytes())
}

fn is_open_document(gather: &Gather<'_>, file: &[u8]) -> bool {
    let (name, attributes) = super::package::root(gather, file);
    name.starts_with("document")
        && attributes
            .all()
            .any(|(_, value)| value.starts_with("urn:oasis:names:tc:opendocument"))
}

/// Every text of a part; what one element holds is one piece, and what is marked within a line stays in it.
pub(super) fn part(gather: &mut Gather<'_>, kind: PieceKind, name: &str, bytes: &[u8]) {
    const WITHIN: &[&str] = &[
        "r", "t", "span", "b", "i", "em", "strong", "a", "font", "u", "sub", "sup", "Run", "Span",
        "Bold", "tspan",
    ];
    let mut line = String::new();
    // Letters that are set one by one stand beside each other.
    let mut letters = String::new();
    let mut put = |gather: &mut Gather<'_>, line: String| {
        let mut all = line.trim().chars();
        match (all.next(), all.next()) {
            (Some(letter), None) => letters.push(letter),
            (Some(_), _) => {
                let letters = std::mem::take(&mut letters);
                if letters.chars().count() > 3 {
                    gather.piece(kind, &letters);
                }
            }
            (None, _) => return,
        }
        gather.piece(kind, &line);
    };
    walk(gather, name, bytes, |gather, met| match met {
        Met::Begin(element, attributes) => {
            if !WITHIN.contains(&element) {
                put(gather, std::mem::take(&mut line));
            }
            // Workbooks of 2003: what is printed above and below, and the names of the sheets.
            match (element, attributes.get("Data"), attributes.get("Name")) {
                ("Header", Some(said), _) => {
                    gather.piece(PieceKind::Header, &super::without_codes(said));
                }
                ("Footer", Some(said), _) => {
                    gather.piece(PieceKind::Footer, &super::without_codes(said));
                }
                ("Worksheet", _, Some(name)) => gather.piece(PieceKind::Subject, name),
                _ => {}
            }
            for (name, value) in attributes.all() {
                if READ.contains(&name) {
                    gather.piece(kind, value);
                }
            }
        }
        Met::End(element) => {
            if !WITHIN.contains(&element) {
                put(gather, std::mem::take(&mut line));
            }
        }
        Met::Text(text) => line.push_str(text),
        // Who is to read these has the file before him as it stands.
        Met::Remark(text) if kind == PieceKind::Body => {
            for line in text.lines() {
                gather.piece(PieceKind::Hidden, line);
            }
        }
        Met::Remark(_) => {}
    });
    put(gather, line);
    if letters.chars().count() > 3 {
        gather.piece(kind, &letters);
    }
}

/// Every text and every attribute of a part, as properties by the names of the elements.
pub(super) fn properties(gather: &mut Gather<'_>, part: &str, bytes: &[u8]) {
    let mut path: Vec<String> = Vec::new();
    let mut value = String::new();
    walk(gather, part, bytes, |gather, met| match met {
        Met::Begin(element, attributes) => {
            value.clear();
            path.push(element.to_owned());
            for (name, said) in attributes.all() {
                let is_address =
                    said.starts_with("http") || said.starts_with("urn:") || name == "xmlns";
                if !is_address {
                    gather.property(part, name, said);
                }
            }
        }
        Met::End(_) => {
            // Lists are written as li within Seq within what they are called.
            let named = path.iter().rev().find(|name| {
                !matches!(name.as_str(), "li" | "Alt" | "Seq" | "Bag" | "Description")
            });
            if let Some(name) = named {
                gather.property(part, name, &value);
            }
            value.clear();
            path.pop();
        }
        Met::Text(text) => value.push_str(text),
        Met::Remark(_) => {}
    });
}
