//! What stood in a PDF before: states that were saved over, and objects that nothing refers to any more.
//!
//! Whoever changes a PDF may write what is new behind it and leave the rest as it was. What was there can be had by cutting the
//! file off where it ended then. Of each earlier state that is read which is not in the last one.

use std::collections::BTreeSet;

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::drawn::deref;
use super::lines::Letters;
use super::{Stage, beside, drawn, notes, streams};
use crate::reading::{PieceKind, Why};
use crate::scan::gather::Gather;
use crate::scan::tree;

/// How many states are read, and how many bytes of them.
const STATES: usize = 50;
const BYTES: usize = 200 * 1024 * 1024;
/// How many pages are read that are there no more or were otherwise.
const PAGES: usize = 500;
/// How many objects are gone through to see what a page is made of.
const OBJECTS: usize = 2000;

/// Reads what stood in it before. The document is as it was loaded, but for its stage.
pub(super) fn states(
    gather: &mut Gather<'_>,
    file: &[u8],
    last: &mut Document,
    stage: Stage,
    shown: &BTreeSet<ObjectId>,
    mark: (usize, usize),
) {
    let mut read = Read {
        known: gather
            .since(mark)
            .map(|said| said.trim().to_owned())
            .collect(),
        pages: PAGES,
    };
    // The file itself may lie in what another said before.
    let around = gather.is_earlier();
    gather.earlier(true);
    let mut newer: Option<Document> = None;
    let mut bytes = BYTES;
    let ends = ends(file);
    // The newest first: an older state holds what they hold.
    for (number, end) in ends.iter().rev().enumerate() {
        let left = bytes.checked_sub(*end);
        let Some(left) = left.filter(|_| number < STATES && read.pages > 0) else {
            gather.missing("earlier states", Why::TooLarge);
            break;
        };
        bytes = left;
        if gather.is_full() {
            break;
        }
        // One that cannot be read was none: files are written with their beginning behind their end.
        if let Ok(mut state) = Document::load_mem(&file[..*end])
            && (!state.is_encrypted() || state.decrypt("").is_ok())
        {
            one(gather, &mut state, (newer.as_ref(), &*last), &mut read);
            newer = Some(state);
        }
    }
    drop(newer);
    loose(gather, last, stage, shown, &mut read);
    gather.earlier(around);
}

/// What was read, and how much more may be.
struct Read {
    /// What the file says now, or said in a state that was read.
    known: BTreeSet<String>,
    pages: usize,
}

impl Read {
    /// Counts a page. Where there were too many, that is told.
    fn page(&mut self, gather: &mut Gather<'_>) -> bool {
        let left = self.pages.checked_sub(1);
        self.pages = left.unwrap_or(0);
        if left.is_none() {
            gather.missing("earlier states", Why::TooLarge);
        }
        left.is_some()
    }

    fn lines(&mut self, gather: &mut Gather<'_>, letters: &Letters) {
        for line in letters.lines() {
            if self.known.insert(line.text.trim().to_owned()) {
                gather.piece(PieceKind::Deleted, &line.text);
            }
        }
        gather.unit();
    }
}

/// Where it ended before its end.
fn ends(file: &[u8]) -> Vec<usize> {
    const MARK: &[u8] = b"%%EOF";
    let mut ends: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(found) = super::super::find(&file[at..], MARK) {
        at += found + MARK.len();
        ends.push(at);
    }
    ends.pop();
    ends
}

/// A state, without what is in the one after it, which was read before, or in the last one as well.
fn one(
    gather: &mut Gather<'_>,
    older: &mut Document,
    (newer, last): (Option<&Document>, &Document),
    read: &mut Read,
) {
    let is_in = |other: &Document, id: &ObjectId, object: &Object| {
        let now = other.objects.get(id);
        now.is_some_and(|now| is_alike(object, now))
    };
    let changed: BTreeSet<ObjectId> = older
        .objects
        .iter()
        .filter(|(id, object)| {
            !is_in(last, id, object) && !newer.is_some_and(|newer| is_in(newer, id, object))
        })
        .map(|(id, _)| *id)
        .collect();
    if changed.is_empty() {
        return;
    }
    let gone: Vec<(u32, ObjectId)> = older
        .get_pages()
        .into_iter()
        .filter(|(_, id)| is_made_of(older, *id, &changed))
        .collect();
    let stage = Stage::of(older);
    for one in gone {
        if !read.page(gather) {
            break;
        }
        page(gather, older, stage, one, read);
    }
    gather.place("fields and outline", None);
    let mut files = beside::Files::new();
    for id in &changed {
        if let Some(object) = older.objects.get(id) {
            beside::object(gather, older, object, &mut files);
            if let Object::Stream(stream) = object {
                if stream.dict.has_type(b"Metadata") {
                    tree::properties(gather, "XMP", &streams::unpacked(stream).0);
                } else if stream.dict.has_type(b"EmbeddedFile") {
                    files.insert((*id, "attached file".to_owned()));
                }
            }
        }
    }
    if let Some(info) = older
        .trailer
        .get(b"Info")
        .and_then(Object::as_reference)
        .ok()
        .filter(|id| changed.contains(id))
        .and_then(|id| older.get_dictionary(id).ok())
    {
        gather.place("Info", None);
        for (name, _) in info {
            if let Some(value) = super::string(older, info, name) {
                gather.piece(PieceKind::Deleted, &value);
            }
        }
    }
    beside::files(gather, older, files);
}

/// Whether two states of an object say the same. The library keeps where a stream stood, which counts for nothing.
fn is_alike(one: &Object, other: &Object) -> bool {
    match (one, other) {
        (Object::Stream(one), Object::Stream(other)) => {
            one.content == other.content && one.dict == other.dict
        }
        // That of the last one leads to the stage.
        (Object::Dictionary(one), Object::Dictionary(other)) if one.has_type(b"Catalog") => {
            let without = |of: &Dictionary| {
                let mut of = of.clone();
                of.remove(b"Pages");
                of
            };
            without(one) == without(other)
        }
        (one, other) => one == other,
    }
}

/// Whether something that a page is made of is one of these.
fn is_made_of(document: &Document, page: ObjectId, of: &BTreeSet<ObjectId>) -> bool {
    let mut seen = BTreeSet::from([page]);
    let mut open = vec![page];
    while let Some(id) = open.pop() {
        if of.contains(&id) {
            return true;
        }
        if seen.len() > OBJECTS {
            continue;
        }
        if let Some(object) = document.objects.get(&id) {
            references(object, 20, &mut |next| {
                if seen.insert(next) {
                    open.push(next);
                }
            });
        }
    }
    false
}

/// What an object refers to, but for what it lies in and where it leads.
fn references(object: &Object, depth: usize, tell: &mut impl FnMut(ObjectId)) {
    const OUT: [&[u8]; 6] = [b"Parent", b"P", b"Dest", b"A", b"StructParent", b"B"];
    walk(object, depth, &|name| !OUT.contains(&name), tell);
}

/// All that an object refers to.
fn all_references(object: &Object, depth: usize, tell: &mut impl FnMut(ObjectId)) {
    walk(object, depth, &|_| true, tell);
}

/// What an object refers to under these names, so deep.
fn walk(
    object: &Object,
    depth: usize,
    wanted: &impl Fn(&[u8]) -> bool,
    tell: &mut impl FnMut(ObjectId),
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let held = match object {
        Object::Reference(id) => return tell(*id),
        Object::Array(all) => {
            for one in all {
                walk(one, depth, wanted, tell);
            }
            return;
        }
        Object::Dictionary(held) => held,
        Object::Stream(stream) => &stream.dict,
        _ => return,
    };
    for (name, one) in held {
        if wanted(name) {
            walk(one, depth, wanted, tell);
        }
    }
}

/// A page as it was.
fn page(
    gather: &mut Gather<'_>,
    document: &mut Document,
    stage: Stage,
    (number, id): (u32, ObjectId),
    read: &mut Read,
) {
    let Ok(dictionary) = document.get_dictionary(id) else {
        return;
    };
    let mut drawn = drawn::page(document, dictionary);
    let has_pictures = !drawn.pictures.is_empty();
    let (letters, _) = stage.letters(document, &mut drawn);
    gather.place("page", Some(number));
    read.lines(gather, &letters);
    notes(gather, document, stage, (number, id));
    if has_pictures && letters.text().trim().is_empty() {
        gather.missing(&format!("page {number}, earlier"), Why::Picture);
    }
}

/// Pages of the last state that are not among those that are shown, and streams and texts that nothing leads to.
fn loose(
    gather: &mut Gather<'_>,
    document: &mut Document,
    stage: Stage,
    shown: &BTreeSet<ObjectId>,
    read: &mut Read,
) {
    let mut led = BTreeSet::new();
    let mut open = Vec::new();
    {
        let mut tell = |id: ObjectId| {
            if led.insert(id) {
                open.push(id);
            }
        };
        for (_, object) in &document.trailer {
            all_references(object, 20, &mut tell);
        }
        if let Some(pages) = stage.before {
            tell(pages);
        }
    }
    while let Some(id) = open.pop() {
        if let Some(object) = document.objects.get(&id) {
            all_references(object, 20, &mut |next| {
                if led.insert(next) {
                    open.push(next);
                }
            });
        }
    }
    let loose: Vec<ObjectId> = document
        .objects
        .iter()
        .filter(|(id, object)| !led.contains(id) && !stage.is_part(**id) && !is_of_the_file(object))
        .map(|(id, _)| *id)
        .collect();
    let (mut alone, mut held) = (Vec::new(), BTreeSet::new());
    for (id, object) in &document.objects {
        if let Object::Dictionary(dictionary) = object
            && (dictionary.has_type(b"Page") || dictionary.has_type(b"Template"))
            && !shown.contains(id)
            && !stage.is_part(*id)
        {
            references(object, 20, &mut |id| {
                held.insert(id);
            });
            alone.push((*id, true));
        }
    }
    for id in &loose {
        if let Some(Object::Stream(stream)) = document.objects.get(id)
            && draws(stream)
        {
            alone.push((*id, false));
        }
    }
    for (number, (id, is_page)) in alone.into_iter().enumerate() {
        if !is_page && held.contains(&id) {
            continue;
        }
        if !read.page(gather) {
            return;
        }
        let number = u32::try_from(number + 1).unwrap_or(0);
        if is_page {
            page(gather, document, stage, (number, id), read);
        } else {
            stream(gather, document, stage, id, read);
        }
    }
    gather.place("fields and outline", None);
    for id in &loose {
        // What else they say was told with all others.
        if let Some(Object::Dictionary(held)) = document.objects.get(id)
            && held.has(b"Subtype")
            && let Some(said) = super::string(document, held, b"Contents")
        {
            gather.piece(PieceKind::Deleted, &said);
        }
    }
}

/// Whether a stream looks like what a page or a form draws.
fn draws(stream: &pdf_extract::Stream) -> bool {
    const MOST: usize = 4 * 1024 * 1024;
    let kind = stream.dict.get(b"Subtype").and_then(Object::as_name).ok();
    let typed = stream.dict.get(b"Type").and_then(Object::as_name).ok();
    if stream.content.len() > MOST
        || !matches!(kind, None | Some(b"Form"))
        || !matches!(typed, None | Some(b"XObject" | b"Pattern"))
        || stream.dict.has(b"Length1")
    {
        return false;
    }
    let (bytes, known) = streams::unpacked(stream);
    known
        && super::super::find(&bytes, b"BT").is_some()
        && [&b"Tj"[..], b"TJ", b"'", b"\""]
            .iter()
            .any(|mark| super::super::find(&bytes, mark).is_some())
}

/// What a stream draws that no page has: with letters that stand for themselves where it brings none.
fn stream(
    gather: &mut Gather<'_>,
    document: &mut Document,
    stage: Stage,
    id: ObjectId,
    read: &mut Read,
) {
    let resources = document
        .get_object(id)
        .and_then(Object::as_stream)
        .ok()
        .and_then(|stream| {
            let resources = stream.dict.get(b"Resources").ok()?;
            deref(document, resources).cloned()
        });
    let mut one = Dictionary::new();
    one.set("Contents", Object::Reference(id));
    if let Some(resources) = resources {
        one.set("Resources", resources);
    }
    let mut drawn = drawn::page(document, &one);
    let (letters, _) = stage.letters(document, &mut drawn);
    gather.place("what nothing refers to", None);
    read.lines(gather, &letters);
}

/// What the file itself is made of, which nothing has to refer to.
fn is_of_the_file(object: &Object) -> bool {
    let held = match object {
        Object::Stream(stream) => &stream.dict,
        Object::Dictionary(held) => held,
        _ => return false,
    };
    [&b"XRef"[..], b"ObjStm"]
        .iter()
        .any(|kind| held.has_type(kind))
        || held.has(b"Linearized")
}
