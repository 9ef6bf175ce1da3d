//! What lies in a PDF beside its pages: fields of forms, outlines, what is read aloud, names of layers, programs, and files.

use std::collections::BTreeSet;

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::drawn::{deref, dictionary};
use super::{streams, string};
use crate::reading::{PieceKind, Why};
use crate::scan::gather::Gather;
use crate::scan::leftover::is_words;
use crate::scan::{nested, tree};

/// How deep dictionaries are looked into that lie in each other.
const DEPTH: usize = 20;
/// How many nodes of a tree are gone through.
const NODES: usize = 10_000;

/// Files that lie in it: which streams, and what they are called.
pub(super) type Files = BTreeSet<(ObjectId, String)>;

pub(super) fn objects(gather: &mut Gather<'_>, document: &Document) {
    let mark = gather.mark();
    labels(gather, document);
    let mut files = Files::new();
    gather.place("fields and outline", None);
    let named = |of: &Dictionary, key: &[u8]| of.get(key).ok()?.as_reference().ok();
    let usual = document
        .catalog()
        .ok()
        .and_then(|catalog| named(catalog, b"Metadata"));
    let information = named(&document.trailer, b"Info");
    let mut others = Others::default();
    for (id, object) in &document.objects {
        // What is said of a picture or a page, and not of the whole.
        if let Object::Stream(stream) = object
            && stream.dict.has_type(b"Metadata")
            && usual != Some(*id)
        {
            tree::properties(gather, "XMP of a part", &streams::unpacked(stream).0);
        }
        self::object(gather, document, object, &mut files);
        if information != Some(*id) {
            each(object, DEPTH, &mut |held| others.look(held));
        }
    }
    if let Some(places) = document
        .catalog()
        .ok()
        .and_then(|catalog| dictionary(document, catalog, b"Dests"))
    {
        for (name, _) in places {
            others.tell(name);
        }
    }
    let told: BTreeSet<String> = gather
        .since(mark)
        .map(|said| said.trim().to_owned())
        .collect();
    gather.place("texts for programs", None);
    for said in others
        .found
        .iter()
        .filter(|said| !told.contains(said.trim()))
    {
        gather.piece(PieceKind::Aside, said);
    }
    form(gather, document);
    self::files(gather, document, files);
}

/// What an object says, and the files that it names.
pub(super) fn object(
    gather: &mut Gather<'_>,
    document: &Document,
    object: &Object,
    files: &mut Files,
) {
    each(object, DEPTH, &mut |held| {
        said(gather, document, held);
        let name = [&b"UF"[..], b"F"]
            .into_iter()
            .find_map(|key| string(document, held, key));
        if let Some(streams) = dictionary(document, held, b"EF") {
            let name = name.unwrap_or_else(|| "attached file".to_owned());
            for (_, reference) in streams {
                if let Ok(id) = reference.as_reference() {
                    files.insert((id, name.clone()));
                }
            }
        }
    });
}

pub(super) fn files(gather: &mut Gather<'_>, document: &Document, files: Files) {
    let mut seen = BTreeSet::new();
    for (id, name) in files {
        if !seen.insert(id) {
            continue;
        }
        let Some(stream) = document
            .get_object(id)
            .ok()
            .and_then(|object| object.as_stream().ok())
        else {
            continue;
        };
        let (bytes, known) = streams::unpacked(stream);
        if !known {
            gather.missing(&name, Why::NoReader("a filter of its own".to_owned()));
        }
        if gather.unpacked(bytes.len() as u64).is_none() {
            gather.missing(&name, Why::TooLarge);
            return;
        }
        nested(gather, &name, &bytes);
    }
}

/// Texts that stand anywhere in it, for programs that know what they are for.
#[derive(Debug, Default)]
struct Others {
    found: BTreeSet<String>,
    bytes: usize,
}

impl Others {
    fn look(&mut self, held: &Dictionary) {
        /// What is told elsewhere, is no text, or says how and when something was made.
        const KNOWN: &[&[u8]] = &[
            b"ID",
            b"O",
            b"U",
            b"OE",
            b"UE",
            b"Perms",
            b"DA",
            b"DS",
            b"Lang",
            b"M",
            b"CreationDate",
            b"ModDate",
            b"CharSet",
            b"Registry",
            b"Ordering",
            b"FontFamily",
            b"JS",
            b"CheckSum",
        ];
        /// What is told of a page as what it is there.
        const NOTED: &[&[u8]] = &[b"Contents", b"RC", b"Subj", b"V", b"TU"];
        let is_note = held.has(b"Rect") && held.has(b"Subtype");
        for (key, value) in held {
            if KNOWN.contains(&key.as_slice())
                || is_note && NOTED.contains(&key.as_slice())
                || held.has(b"ByteRange") && key == b"Contents"
            {
                continue;
            }
            match value {
                Object::String(said, _) => self.tell(said),
                // A list to choose from is told as one.
                Object::Array(all) if key != b"Opt" => {
                    for one in all {
                        if let Object::String(said, _) = one {
                            self.tell(said);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn tell(&mut self, said: &[u8]) {
        const MOST: usize = 10_000;
        const BYTES: usize = 1 << 20;
        const LONGEST: usize = 2000;
        if said.len() > LONGEST || self.found.len() >= MOST || self.bytes > BYTES {
            return;
        }
        let said = super::decoded(said);
        if is_words(&said) && !said.contains(|one: char| one.is_control() && !one.is_whitespace()) {
            self.bytes += said.len();
            self.found.insert(said);
        }
    }
}

/// Every dictionary that lies in an object, without those that it only names.
fn each<'a>(object: &'a Object, depth: usize, tell: &mut impl FnMut(&'a Dictionary)) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    match object {
        Object::Array(all) => {
            for one in all {
                each(one, depth, tell);
            }
        }
        Object::Dictionary(held) => {
            tell(held);
            for (_, one) in held {
                each(one, depth, tell);
            }
        }
        Object::Stream(stream) => {
            tell(&stream.dict);
            for (_, one) in &stream.dict {
                each(one, depth, tell);
            }
        }
        _ => {}
    }
}

/// What a dictionary says to people, or to programs that read to them.
fn said(gather: &mut Gather<'_>, document: &Document, held: &Dictionary) {
    let mut tell = |kind: PieceKind, key: &[u8]| {
        if let Some(said) = string(document, held, key) {
            gather.piece(kind, &said);
        }
    };
    let is_field = held.has(b"FT") || held.has(b"T");
    if is_field {
        for key in [&b"V"[..], b"DV"] {
            tell(PieceKind::Aside, key);
        }
    }
    let leads = [&b"Parent"[..], b"Dest", b"A", b"Next", b"Prev", b"First"];
    if leads.iter().any(|key| held.has(key)) && !held.has(b"Producer") {
        tell(PieceKind::Aside, b"Title");
    }
    // An element of the structure: what it is in words, and what it is in place of what is drawn.
    if held.has(b"S") {
        for key in [&b"Alt"[..], b"ActualText", b"E", b"T"] {
            tell(PieceKind::Hidden, key);
        }
    }
    // What an attached file is, and why and where something was signed.
    if held.has(b"EF") {
        tell(PieceKind::Aside, b"Desc");
    }
    if held.has(b"ByteRange") {
        for key in [&b"Reason"[..], b"Location", b"ContactInfo"] {
            tell(PieceKind::Aside, key);
        }
    }
    // What stands on a button.
    tell(PieceKind::Aside, b"CA");
    if held.has_type(b"OCG") {
        tell(PieceKind::Aside, b"Name");
    }
    if is_field {
        values(gather, document, held);
    }
    if let Some(program) = held.get(b"JS").ok().and_then(|js| deref(document, js)) {
        let text = match program {
            Object::Stream(stream) => {
                let bytes = streams::unpacked(stream).0;
                super::decoded(&bytes)
            }
            _ => string(document, held, b"JS").unwrap_or_default(),
        };
        for said in strings(&text) {
            gather.piece(PieceKind::Aside, said);
        }
    }
}

/// What a field holds that is more than one text: what was chosen of a list, the list, and what is so long that it is a stream.
fn values(gather: &mut Gather<'_>, document: &Document, held: &Dictionary) {
    for key in [&b"V"[..], b"DV"] {
        match held.get(key).ok().and_then(|value| deref(document, value)) {
            Some(Object::Stream(stream)) => {
                for line in super::decoded(&streams::unpacked(stream).0).lines() {
                    gather.piece(PieceKind::Aside, line);
                }
            }
            Some(Object::Array(all)) => {
                for said in all.iter().filter_map(|one| one.as_str().ok()) {
                    gather.piece(PieceKind::Aside, &super::decoded(said));
                }
            }
            _ => {}
        }
    }
    let options: Vec<String> = array(document, held, b"Opt")
        .iter()
        .filter_map(|one| match one {
            // What is kept of it, and what is shown.
            Object::Array(both) => both.last()?.as_str().ok(),
            one => one.as_str().ok(),
        })
        .map(super::decoded)
        .collect();
    if options.len() > 1 {
        gather.piece(PieceKind::Cell, &options.join("\t"));
    }
}

/// The strings in a program.
fn strings(program: &str) -> impl Iterator<Item = &str> {
    program
        .lines()
        .flat_map(|line| line.split(['"', '\'', '`']).skip(1).step_by(2))
}

/// What stands before the numbers of pages.
fn labels(gather: &mut Gather<'_>, document: &Document) {
    let Some(root) = document
        .catalog()
        .ok()
        .and_then(|catalog| dictionary(document, catalog, b"PageLabels"))
    else {
        return;
    };
    gather.place("numbers of pages", None);
    let mut nodes = vec![root];
    let mut left = NODES;
    while let Some(node) = nodes.pop() {
        for one in array(document, node, b"Nums") {
            if let Some(Object::Dictionary(label)) = deref(document, one)
                && let Some(prefix) = string(document, label, b"P")
            {
                gather.piece(PieceKind::Hidden, &prefix);
            }
        }
        for kid in array(document, node, b"Kids") {
            let Some(next) = left.checked_sub(1) else {
                return;
            };
            left = next;
            if let Some(Object::Dictionary(kid)) = deref(document, kid) {
                nodes.push(kid);
            }
        }
    }
}

fn array<'a>(document: &'a Document, of: &'a Dictionary, key: &[u8]) -> &'a [Object] {
    of.get(key)
        .ok()
        .and_then(|all| deref(document, all)?.as_array().ok())
        .map_or(&[], Vec::as_slice)
}

/// A form that is written in XML.
fn form(gather: &mut Gather<'_>, document: &Document) {
    let Some(xfa) = document
        .catalog()
        .ok()
        .and_then(|catalog| dictionary(document, catalog, b"AcroForm"))
        .and_then(|form| deref(document, form.get(b"XFA").ok()?))
    else {
        return;
    };
    let parts = match xfa {
        Object::Array(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut xml = Vec::new();
    for part in parts {
        // Between them are their names.
        if let Some(Object::Stream(stream)) = deref(document, part) {
            let bytes = streams::unpacked(stream).0;
            if gather.unpacked(bytes.len() as u64).is_none() {
                gather.missing("form.xml", Why::TooLarge);
                return;
            }
            xml.extend_from_slice(&bytes);
        }
    }
    nested(gather, "form.xml", &xml);
}
