//! What lies in a PDF beside its pages: fields of forms, outlines, what is read aloud, names of layers, programs, and files.

use std::collections::BTreeSet;

use pdf_extract::{Dictionary, Document, Object};

use super::drawn::{deref, dictionary};
use super::string;
use crate::reading::{PieceKind, Why};
use crate::scan::gather::Gather;
use crate::scan::{nested, tree};

/// How deep dictionaries are looked into that lie in each other.
const DEPTH: usize = 20;
/// How many nodes of a tree are gone through.
const NODES: usize = 10_000;

pub(super) fn objects(gather: &mut Gather<'_>, document: &Document) {
    labels(gather, document);
    let mut files = BTreeSet::new();
    gather.place("fields and outline", None);
    let usual = document
        .catalog()
        .ok()
        .and_then(|catalog| catalog.get(b"Metadata").ok()?.as_reference().ok());
    for (id, object) in &document.objects {
        // What is said of a picture or a page, and not of the whole.
        if let Object::Stream(stream) = object
            && stream.dict.has_type(b"Metadata")
            && usual != Some(*id)
        {
            let bytes = stream
                .decompressed_content()
                .unwrap_or_else(|_| stream.content.clone());
            tree::properties(gather, "XMP of a part", &bytes);
        }
        each(object, DEPTH, &mut |held| {
            said(gather, document, held);
            let Some(streams) = dictionary(document, held, b"EF") else {
                return;
            };
            let name = [&b"UF"[..], b"F"]
                .into_iter()
                .find_map(|key| string(document, held, key))
                .unwrap_or_else(|| "attached file".to_owned());
            for (_, reference) in streams {
                if let Ok(id) = reference.as_reference() {
                    files.insert((id, name.clone()));
                }
            }
        });
    }
    form(gather, document);
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
        let bytes = stream
            .decompressed_content()
            .unwrap_or_else(|_| stream.content.clone());
        if gather.unpacked(bytes.len() as u64).is_none() {
            gather.missing(&name, Why::TooLarge);
            return;
        }
        nested(gather, &name, &bytes);
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
    if held.has(b"FT") && held.has(b"V") {
        tell(PieceKind::Aside, b"V");
    }
    if held.has(b"Parent") && held.has(b"Title") && !held.has(b"Producer") {
        tell(PieceKind::Aside, b"Title");
    }
    // An element of the structure: what it is in words, and what it is in place of what is drawn.
    if held.has(b"S") {
        for key in [&b"Alt"[..], b"ActualText", b"E"] {
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
    if let Some(program) = held.get(b"JS").ok().and_then(|js| deref(document, js)) {
        let text = match program {
            Object::Stream(stream) => {
                let bytes = stream
                    .decompressed_content()
                    .unwrap_or_else(|_| stream.content.clone());
                super::decoded(&bytes)
            }
            _ => string(document, held, b"JS").unwrap_or_default(),
        };
        for said in strings(&text) {
            gather.piece(PieceKind::Aside, said);
        }
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
            let bytes = stream
                .decompressed_content()
                .unwrap_or_else(|_| stream.content.clone());
            if gather.unpacked(bytes.len() as u64).is_none() {
                gather.missing("form.xml", Why::TooLarge);
                return;
            }
            xml.extend_from_slice(&bytes);
        }
    }
    nested(gather, "form.xml", &xml);
}
