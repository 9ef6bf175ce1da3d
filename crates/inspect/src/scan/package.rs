//! Office documents of Microsoft's kind (OPC, ECMA-376): every part, by what is in it and not by what it is called.

use std::collections::{BTreeMap, BTreeSet};

use super::archive::Members;
use super::gather::Gather;
use super::leftover::Leftover;
use super::paragraphs::{Capitals, Family, styled};
use super::{image, nested, sheets, tree};
use crate::read::xml::{Attributes, Met};
use crate::reading::{PieceKind, Why};

/// Parts that are no XML and hold nothing that is read as text: letters, how a printer is set, what the first page looks like.
fn is_silent(name: &str) -> bool {
    name.contains("printerSettings")
        || name.ends_with(".odttf")
        || name.ends_with(".fntdata")
        || name.starts_with("docProps/thumbnail")
}

/// What parts begin with that hold nothing that is read as text: lists of relations, colours, looks and shapes. A part is known by
/// what is in it: it may be called whatever its author likes, and programs go by the list of relations.
const SILENT: &[&str] = &[
    "Types",
    "Relationships",
    "theme",
    "themeOverride",
    "fonts",
    "webSettings",
    "calcChain",
    "tblStyleLst",
    "viewPr",
    "presentationPr",
    "styles",
    "styleSheet",
    "colorsDef",
    "styleDef",
    "layoutDef",
    "chartStyle",
    "colorStyle",
    "vbaSuppData",
    "Signature",
    "clrMap",
];

/// In which order parts are read: as people read them.
fn turn(name: &str) -> u8 {
    const ORDER: &[&str] = &[
        "docProps/",
        "docMetadata/",
        "customXml/",
        "word/header",
        "xl/workbook",
        "ppt/presentation",
        "word/document",
        "xl/worksheets",
        "ppt/slides/",
        "word/footnotes",
        "word/endnotes",
        "word/comments",
        "word/footer",
        "ppt/notesSlides",
        "ppt/slideMasters",
        "ppt/slideLayouts",
    ];
    let at = ORDER.iter().position(|begin| name.starts_with(begin));
    u8::try_from(at.unwrap_or(ORDER.len())).unwrap_or(u8::MAX)
}

pub(super) fn read(gather: &mut Gather<'_>, members: &mut Members<'_>) {
    let mut names: Vec<String> = members
        .names()
        .into_iter()
        .filter(|name| !name.ends_with('/'))
        .collect();
    names.sort_by_key(|name| (turn(name), name.len(), name.clone()));
    names.dedup();
    let begun = gather.mark();
    let mut leftover = Leftover::default();
    let workbook = sheets::Workbook::read(gather, members);
    let mut capitals = Capitals::default();
    if members.has("word/styles.xml")
        && let Some(part) = members.read(gather, "word/styles.xml")
    {
        capitals.learn(gather, "word/styles.xml", &part);
    }
    if members.has("xl/styles.xml")
        && let Some(part) = members.read(gather, "xl/styles.xml")
    {
        formats(gather, &part);
    }
    let mut pictures = BTreeSet::new();
    for name in names {
        if gather.is_full() {
            return;
        }
        if is_silent(&name) && !is_something_else(members, &name) {
            continue;
        }
        // A picture is handed over when all else was read.
        if image::is_called_one(&name) && !is_something_else(members, &name) {
            pictures.insert(name);
            continue;
        }
        let Some(bytes) = members.read(gather, &name) else {
            continue;
        };
        let is_xml = std::str::from_utf8(&bytes[..bytes.len().min(64)]).is_ok_and(|start| {
            start
                .trim_start_matches('\u{feff}')
                .trim_start()
                .starts_with('<')
        }) || bytes.starts_with(&[0xff, 0xfe, b'<', 0])
            || bytes.starts_with(&[0xfe, 0xff, 0, b'<']);
        // A page or a text that was put in as it was.
        let is_foreign = [".htm", ".html", ".xhtml", ".mht", ".rtf", ".txt"]
            .iter()
            .any(|ending| name.ends_with(ending));
        if is_xml && !is_foreign && !name.contains("embeddings/") {
            // These were read before all others.
            let mark = if sheets::is_usual(&name) || name.ends_with("/styles.xml") {
                begun
            } else {
                gather.mark()
            };
            part(gather, &workbook, &mut capitals, &name, &bytes);
            leftover.tell(gather, &name, &bytes, mark);
        } else if image::is_one(&bytes) {
            pictures.insert(name);
        } else if is_signature(&name) {
            // Of the macros: it says who signed them.
        } else if name.contains("/media/") {
            // Sounds and films.
            gather.missing(&name, Why::Picture);
        } else if name.starts_with("xl/") && name.ends_with(".bin") && !name.contains("embeddings/")
        {
            sheets::binary(gather, &name, &bytes);
        } else {
            nested(gather, &name, &bytes);
        }
    }
    workbook.unused(gather);
    for name in pictures {
        picture(gather, members, &name);
    }
}

/// A member that is a picture, or is called one. It is unpacked whole only where it is handed over: what is said of it stands at its
/// beginning as a rule.
pub(super) fn picture(gather: &mut Gather<'_>, members: &mut Members<'_>, name: &str) {
    const START: u64 = 1 << 20;
    /// What is left for texts.
    const ROOM: u64 = 64 << 20;
    if !gather.hands_over() {
        if gather.left() > ROOM {
            let start = members.begins(name, START);
            let _ = gather.unpacked(start.len() as u64);
            image::beside(gather, &start);
        }
        gather.missing(name, Why::Picture);
        return;
    }
    match members.read(gather, name) {
        Some(bytes) => {
            image::beside(gather, &bytes);
            gather.picture(name, Why::Picture, &bytes);
        }
        None => gather.missing(name, Why::Picture),
    }
}

/// Whether a member that is called a picture, or letters, is something that is read.
pub(super) fn is_something_else(members: &mut Members<'_>, name: &str) -> bool {
    const START: u64 = 64;
    image::is_something_else(&members.begins(name, START))
}

/// `vbaProjectSignature.bin` and its like, of which there are three.
fn is_signature(name: &str) -> bool {
    name.contains("vbaProjectSignature") && name.ends_with(".bin")
}

#[allow(clippy::too_many_lines, reason = "an arm for each kind of part")]
fn part(
    gather: &mut Gather<'_>,
    workbook: &sheets::Workbook,
    capitals: &mut Capitals,
    name: &str,
    bytes: &[u8],
) {
    let (root, attributes) = root(gather, bytes);
    let hidden = matches!(attributes.get("show"), Some("0" | "false"));
    let page = number(name);
    let place = |gather: &mut Gather<'_>, what: &str, page| gather.place(what, page);
    let mut office = |gather: &mut Gather<'_>, kind| {
        styled(gather, Family::Office, kind, name, bytes, capitals);
    };
    match root.as_str() {
        "document" if name.contains("glossary") => {
            place(gather, "building blocks", None);
            office(gather, PieceKind::Aside);
        }
        "document" => {
            place(gather, "text", None);
            office(gather, PieceKind::Body);
        }
        "hdr" => {
            place(gather, &format!("header ({name})"), None);
            office(gather, PieceKind::Header);
        }
        "ftr" => {
            place(gather, &format!("footer ({name})"), None);
            office(gather, PieceKind::Footer);
        }
        "footnotes" | "endnotes" => {
            place(gather, "notes", None);
            office(gather, PieceKind::Note);
        }
        "comments" if name.starts_with("xl/") => {
            place(gather, &format!("comments ({name})"), None);
            tree::part(gather, PieceKind::Comment, name, bytes);
        }
        "comments" => {
            place(gather, "comments", None);
            office(gather, PieceKind::Comment);
        }
        "cmLst" | "ThreadedComments" | "commentsEx" => {
            place(gather, &format!("comments ({name})"), None);
            tree::part(gather, PieceKind::Comment, name, bytes);
        }
        "sld" => {
            place(gather, if hidden { "hidden slide" } else { "slide" }, page);
            office(
                gather,
                if hidden {
                    PieceKind::Hidden
                } else {
                    PieceKind::Body
                },
            );
        }
        "notes" => {
            place(gather, "notes to slide", page);
            office(gather, PieceKind::Note);
        }
        "sldMaster" | "sldLayout" | "notesMaster" | "handoutMaster" => {
            place(gather, &format!("master ({name})"), None);
            office(gather, PieceKind::Master);
        }
        "worksheet" | "chartsheet" | "dialogsheet" => workbook.sheet(gather, name, bytes),
        // These were read before all others, where they are called as they usually are.
        "sst" | "workbook" if sheets::is_usual(name) => {}
        "sst" => {
            place(gather, "texts of cells", None);
            tree::part(gather, PieceKind::Cell, name, bytes);
        }
        root if SILENT.contains(&root) => {}
        // A drawing in letters: what is written in it as words is read, and what is drawn is not.
        "svg" => {
            place(gather, name, None);
            tree::part(gather, PieceKind::Body, name, bytes);
            gather.missing(name, Why::Picture);
        }
        "settings" => tree::walk(gather, name, bytes, |gather, met| {
            if let Met::Begin("docVar", attributes) = met {
                let value = attributes.get("val").unwrap_or_default();
                gather.property(name, attributes.get("name").unwrap_or_default(), value);
                gather.piece(PieceKind::Hidden, value);
            }
        }),
        "numbering" => {
            place(gather, "numbers of lists", None);
            tree::walk(gather, name, bytes, |gather, met| {
                if let Met::Begin("lvlText", attributes) = met {
                    let said = attributes.get("val").unwrap_or_default();
                    let said = said.split('%').collect::<Vec<_>>().join(" ");
                    if said.chars().filter(|one| one.is_alphabetic()).count() > 3 {
                        gather.piece(PieceKind::Aside, &said);
                    }
                }
            });
        }
        "tagLst" => tree::walk(gather, name, bytes, |gather, met| {
            if let Met::Begin("tag", attributes) = met {
                let value = attributes.get("val").unwrap_or_default();
                gather.property(name, attributes.get("name").unwrap_or_default(), value);
            }
        }),
        "presentation" => {
            place(gather, "sections", None);
            tree::walk(gather, name, bytes, |gather, met| {
                if let Met::Begin("section", attributes) = met {
                    gather.piece(
                        PieceKind::Subject,
                        attributes.get("name").unwrap_or_default(),
                    );
                }
            });
        }
        "pivotCacheDefinition" | "pivotCacheRecords" => {
            place(gather, name, None);
            pivot(gather, name, bytes);
        }
        "coreProperties" => tree::properties(gather, name, bytes),
        "Properties" => properties(gather, name, bytes),
        "labelList" => labels(gather, name, bytes),
        _ if name.starts_with("customXml/") => tree::properties(gather, name, bytes),
        "ocx" => {
            place(gather, name, None);
            captions(gather, name, bytes);
        }
        "chartSpace" | "wsDr" | "xml" | "data" | "drawing" | "dataModel" => {
            place(gather, name, None);
            office(gather, PieceKind::Body);
            if root == "xml" {
                boxes(gather, name, bytes);
            }
            series(gather, name, bytes);
        }
        _ if name.starts_with("word/") || name.starts_with("ppt/") || name.starts_with("xl/") => {
            place(gather, name, None);
            tree::part(gather, PieceKind::Aside, name, bytes);
        }
        _ => {
            place(gather, name, None);
            tree::part(gather, PieceKind::Body, name, bytes);
        }
    }
}

/// What stands on the buttons and fields of a form.
fn captions(gather: &mut Gather<'_>, name: &str, bytes: &[u8]) {
    tree::walk(gather, name, bytes, |gather, met| {
        if let Met::Begin("ocxPr", attributes) = met
            && matches!(attributes.get("name"), Some("Caption" | "Value" | "Text"))
        {
            let said = attributes.get("value").unwrap_or_default();
            gather.piece(PieceKind::Body, said);
        }
    });
}

/// Boxes of workbooks, in which text is written as in a page and not as in a document: buttons, labels, groups.
fn boxes(gather: &mut Gather<'_>, name: &str, bytes: &[u8]) {
    let mut line: Option<String> = None;
    tree::walk(gather, name, bytes, |gather, met| match met {
        Met::Begin("textbox", _) => line = Some(String::new()),
        Met::Begin("div" | "br", _) => {
            if let Some(line) = &mut line {
                gather.piece(PieceKind::Body, &std::mem::take(line));
            }
        }
        // Paragraphs of a document were read as such.
        Met::Begin("txbxContent", _) => line = None,
        Met::Text(text) => {
            if let Some(line) = &mut line {
                line.push_str(text);
            }
        }
        Met::End("textbox") => {
            gather.piece(PieceKind::Body, &line.take().unwrap_or_default());
        }
        _ => {}
    });
}

/// Words that the numbers of a workbook are shown with.
fn formats(gather: &mut Gather<'_>, bytes: &[u8]) {
    gather.place("formats of numbers", None);
    tree::walk(gather, "xl/styles.xml", bytes, |gather, met| {
        if let Met::Begin("numFmt", attributes) = met {
            let format = attributes.get("formatCode").unwrap_or_default();
            for said in format.split('"').skip(1).step_by(2) {
                if said.chars().filter(|one| one.is_alphabetic()).count() > 3 {
                    gather.piece(PieceKind::Body, said);
                }
            }
        }
    });
}

/// What a table that was made of another keeps of it: for each column what stands in it.
fn pivot(gather: &mut Gather<'_>, name: &str, bytes: &[u8]) {
    let mut row: Vec<String> = Vec::new();
    tree::walk(gather, name, bytes, |gather, met| match met {
        Met::Begin("cacheField", attributes) => {
            row = attributes
                .get("name")
                .map(str::to_owned)
                .into_iter()
                .collect();
        }
        Met::Begin("s", attributes) => row.extend(attributes.get("v").map(str::to_owned)),
        Met::End("cacheField" | "r") => {
            gather.piece(PieceKind::Cell, &std::mem::take(&mut row).join("\t"));
        }
        _ => {}
    });
}

/// What the lines of a chart are called, and what stands along it.
fn series(gather: &mut Gather<'_>, name: &str, bytes: &[u8]) {
    let mut in_value = false;
    tree::walk(gather, name, bytes, |gather, met| match met {
        Met::Begin("v", _) => in_value = true,
        Met::End("v") => in_value = false,
        Met::Text(text) if in_value && text.contains(char::is_alphabetic) => {
            gather.piece(PieceKind::Cell, text);
        }
        _ => {}
    });
}

/// The first element.
pub(super) fn root(gather: &Gather<'_>, bytes: &[u8]) -> (String, Attributes) {
    let mut first = None;
    // Looked at through a start that is cut off: that it breaks off is no news.
    let start = &bytes[..bytes.len().min(64 * 1024)];
    let limits = gather.limits();
    let decoded;
    let start = if !start.contains(&0) && std::str::from_utf8(start).is_ok() {
        start
    } else {
        decoded = super::plain::decoded(start);
        decoded.as_bytes()
    };
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let _ = crate::read::xml::walk(start, limits, |met| {
        if let Met::Begin(name, attributes) = met
            && first.is_none()
        {
            first = Some((name.to_owned(), attributes.clone()));
        }
        if first.is_some() {
            return Err(crate::read::lines::Stop::Full);
        }
        Ok(())
    });
    first.unwrap_or_default()
}

/// `ppt/slides/slide12.xml` is slide 12.
fn number(name: &str) -> Option<u32> {
    let digits: String = name
        .rsplit('/')
        .next()?
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// `docProps/app.xml` and `docProps/custom.xml`: in the latter the name is an attribute.
fn properties(gather: &mut Gather<'_>, part: &str, bytes: &[u8]) {
    let mut named: Option<String> = None;
    let mut path: Vec<String> = Vec::new();
    let mut value = String::new();
    tree::walk(gather, part, bytes, |gather, met| match met {
        Met::Begin(element, attributes) => {
            value.clear();
            if element == "property" {
                named = attributes.get("name").map(str::to_owned);
            }
            path.push(element.to_owned());
        }
        Met::End(element) => {
            let listed = path
                .iter()
                .any(|name| name == "TitlesOfParts" || name == "HeadingPairs");
            let name = named.clone().or_else(|| {
                path.iter()
                    .rev()
                    .find(|name| {
                        !matches!(
                            name.as_str(),
                            "lpwstr" | "lpstr" | "vector" | "variant" | "i4"
                        )
                    })
                    .cloned()
            });
            if let (Some(name), false) = (name, listed) {
                gather.property(part, &name, &value);
            }
            value.clear();
            path.pop();
            if element == "property" {
                named = None;
            }
        }
        Met::Text(text) => value.push_str(text),
        Met::Remark(_) => {}
    });
}

/// `docMetadata/LabelInfo.xml` (MS-OFFCRYPTO 2.6): as the properties that older programs write.
pub(super) fn labels(gather: &mut Gather<'_>, part: &str, bytes: &[u8]) {
    tree::walk(gather, part, bytes, |gather, met| {
        if let Met::Begin("label", attributes) = met {
            let all: BTreeMap<&str, &str> = attributes.all().collect();
            let Some(id) = all.get("id").map(|id| id.trim_matches(['{', '}'])) else {
                return;
            };
            for (key, name) in [
                ("enabled", "Enabled"),
                ("removed", "Removed"),
                ("method", "Method"),
                ("siteId", "SiteId"),
                ("name", "Name"),
                ("contentBits", "ContentBits"),
            ] {
                if let Some(value) = all.get(key) {
                    gather.property(part, &format!("MSIP_Label_{id}_{name}"), value);
                }
            }
            if !all.contains_key("enabled") {
                gather.property(part, &format!("MSIP_Label_{id}_Enabled"), "1");
            }
        }
    });
}
