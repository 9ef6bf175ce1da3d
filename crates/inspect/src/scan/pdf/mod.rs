//! PDF (ISO 32000): text by page, what it says of itself, notes stuck on its pages, fields of forms, and files within it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream, output_doc_page};

use super::gather::Gather;
use super::{image, nested, tree};
use crate::reading::{PieceKind, Why};

mod drawn;
mod lines;

use drawn::Drawn;
use lines::Letters;

/// How many pages are read.
const PAGES: usize = 5000;

pub(super) fn read(gather: &mut Gather<'_>, file: &[u8]) {
    let mut document = match Document::load_mem(file) {
        Ok(document) => document,
        Err(error) => {
            image::xmp(gather, file);
            if !by_other(gather, file) {
                gather.missing("", Why::Damaged(error.to_string()));
            }
            return;
        }
    };
    if document.is_encrypted() && document.decrypt("").is_err() {
        gather.missing("", Why::Encrypted);
        image::xmp(gather, file);
        return;
    }
    information(gather, &document, file);
    let pages = document.get_pages();
    if pages.len() > PAGES {
        gather.missing("", Why::TooLarge);
    }
    if pages.is_empty() {
        gather.missing("", Why::Damaged("it has no pages".to_owned()));
    }
    let mut unread = Vec::new();
    let stage = Stage::of(&mut document);
    for (number, id) in pages.iter().take(PAGES) {
        if page(gather, &mut document, stage, *number, *id) == Read::AsPicture
            && let Some(told) = gather.told()
        {
            unread.push((*number, told));
        }
        if gather.is_full() {
            break;
        }
    }
    gather.pages(unread, file);
    if gather.is_full() {
        return;
    }
    objects(gather, &document);
}

/// What a newer reader makes of a file that the one above refuses: its text, without the rest. Says whether that was all of it.
fn by_other(gather: &mut Gather<'_>, file: &[u8]) -> bool {
    let Ok(mut document) = lopdf::Document::load_mem(file) else {
        return false;
    };
    if document.is_encrypted() && document.decrypt("").is_err() {
        gather.missing("", Why::Encrypted);
        return true;
    }
    let mut whole = true;
    for (number, _) in document.get_pages().into_iter().take(PAGES) {
        gather.place("page", Some(number));
        let text = catch_unwind(AssertUnwindSafe(|| document.extract_text(&[number])));
        match text {
            Ok(Ok(text)) => {
                whole &= !text.trim().is_empty();
                for line in text.split('\n') {
                    gather.piece(PieceKind::Body, line);
                }
            }
            _ => whole = false,
        }
        gather.unit();
    }
    whole && !document.get_pages().is_empty()
}

/// How a page was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    AsText,
    /// Not at all: a picture of it says what it says, and that was told last of what was not read.
    AsPicture,
}

/// A page on which is shown what others draw, one after the other: the only one that the reader of letters sees, so that it does
/// not go through all of them for each.
#[derive(Debug, Clone, Copy)]
struct Stage {
    page: ObjectId,
    content: ObjectId,
}

impl Stage {
    fn of(document: &mut Document) -> Self {
        let [content, page, pages] = free(document);
        let name = |name: &[u8]| Object::Name(name.to_vec());
        let mut one = Dictionary::new();
        one.set("Type", name(b"Page"));
        one.set("MediaBox", [0, 0, 612, 792].map(Object::Integer).to_vec());
        one.set("Contents", content);
        document.objects.insert(page, Object::Dictionary(one));
        let mut all = Dictionary::new();
        all.set("Type", name(b"Pages"));
        all.set("Count", 1);
        all.set("Kids", vec![Object::Reference(page)]);
        document.objects.insert(pages, Object::Dictionary(all));
        if let Ok(catalog) = document.catalog_mut() {
            catalog.set("Pages", pages);
        }
        Self { page, content }
    }

    /// The letters of what is drawn, and why they are not all.
    fn letters(self, document: &mut Document, drawn: &mut Drawn) -> (Letters, Option<String>) {
        let mut fonts = Dictionary::new();
        fonts.set("Font", Object::Dictionary(std::mem::take(&mut drawn.fonts)));
        if let Ok(page) = document.get_dictionary_mut(self.page) {
            page.set("Resources", Object::Dictionary(fonts));
        }
        let content = Stream::new(Dictionary::new(), std::mem::take(&mut drawn.content));
        document
            .objects
            .insert(self.content, Object::Stream(content));
        let document = &*document;
        let mut letters = Letters::default();
        // The reader of letters panics on some.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            output_doc_page(document, &mut letters, 1).map_err(|error| error.to_string())
        }));
        let failed = match outcome {
            Ok(Ok(())) => None,
            Ok(Err(why)) => Some(why),
            Err(_) => Some("its letters could not be made out".to_owned()),
        };
        (letters, failed)
    }
}

/// Numbers that no object has.
fn free(document: &Document) -> [ObjectId; 3] {
    let mut free = (0..=u32::MAX)
        .map(|number| (number, u16::MAX))
        .filter(|id| !document.has_object(*id));
    [(); 3].map(|()| free.next().unwrap_or_default())
}

fn page(
    gather: &mut Gather<'_>,
    document: &mut Document,
    stage: Stage,
    number: u32,
    id: ObjectId,
) -> Read {
    let Ok(dictionary) = document.get_dictionary(id) else {
        gather.missing(
            &format!("page {number}"),
            Why::Damaged("it is not there".to_owned()),
        );
        return Read::AsText;
    };
    let mut drawn = drawn::page(document, dictionary);
    let (letters, failed) = stage.letters(document, &mut drawn);
    let text = letters.text();
    gather.place("page", Some(number));
    for line in letters.lines() {
        let kind = if line.across {
            PieceKind::Watermark
        } else {
            PieceKind::Body
        };
        gather.piece(kind, &line.text);
    }
    if drawn.cut || letters.full {
        gather.missing(&format!("page {number}"), Why::TooLarge);
    } else if let Some(why) = failed {
        // The other reader of the same library knows fewer letters and does not panic.
        let other = catch_unwind(AssertUnwindSafe(|| {
            document.extract_text(&[1]).unwrap_or_default()
        }));
        let other = other.unwrap_or_default();
        for line in other.split('\n') {
            gather.piece(PieceKind::Body, line);
        }
        gather.missing(&format!("page {number}"), Why::Damaged(why));
    }
    gather.unit();
    let annotations = document.get_page_annotations(id).unwrap_or_default();
    gather.place("notes on page", Some(number));
    for annotation in &annotations {
        let kind = if annotation
            .get(b"Subtype")
            .and_then(Object::as_name)
            .is_ok_and(|name| name == b"Watermark")
        {
            PieceKind::Watermark
        } else {
            PieceKind::Comment
        };
        for key in [&b"Contents"[..], b"Subj", b"V", b"TU"] {
            if let Some(said) = string(document, annotation, key) {
                gather.piece(kind, &said);
            }
        }
    }
    if is_garbled(text) {
        gather.missing(&format!("page {number}"), Why::Letters);
        return Read::AsPicture;
    }
    if text.trim().is_empty() {
        let marks = document.get_page_content(id).unwrap_or_default();
        // A page with nothing on it at all hides nothing.
        if marks.iter().any(|byte| !byte.is_ascii_whitespace()) && has_pictures(&marks) {
            gather.missing(&format!("page {number}"), Why::NoText);
            return Read::AsPicture;
        }
    }
    Read::AsText
}

/// Whether what was read as letters is none: a font may number its letters as it likes.
fn is_garbled(text: &str) -> bool {
    let (mut all, mut strange) = (0_usize, 0_usize);
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        all += 1;
        strange += usize::from(
            letter.is_control() || matches!(letter, '\u{fffd}' | '\u{e000}'..='\u{f8ff}'),
        );
    }
    strange * 5 > all
}

/// Whether something is drawn on a page that is no text.
fn has_pictures(marks: &[u8]) -> bool {
    let draws = marks
        .windows(3)
        .any(|three| three == b" Do" || three == b"\nDo" || three == b"BI ");
    let fills = marks
        .windows(2)
        .filter(|two| matches!(**two, [b' ', b'c' | b'l']))
        .count()
        > 40;
    draws || fills
}

fn string(document: &Document, of: &Dictionary, key: &[u8]) -> Option<String> {
    let object = of.get(key).ok()?;
    let (_, object) = document.dereference(object).ok()?;
    match object {
        Object::String(bytes, _) => Some(decoded(bytes)),
        Object::Name(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

/// A string of text: in UTF-16 or UTF-8 with a mark, or in letters of its own, which are ours where they matter.
fn decoded(bytes: &[u8]) -> String {
    if bytes.starts_with(&[0xfe, 0xff])
        || bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xef, 0xbb, 0xbf])
    {
        return super::plain::decoded(bytes);
    }
    encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}

fn information(gather: &mut Gather<'_>, document: &Document, file: &[u8]) {
    let info = document
        .trailer
        .get(b"Info")
        .ok()
        .and_then(|info| document.dereference(info).ok())
        .and_then(|(_, info)| info.as_dict().ok());
    if let Some(info) = info {
        for (name, _) in info {
            if let Some(value) = string(document, info, name) {
                gather.property("Info", &String::from_utf8_lossy(name), &value);
            }
        }
    }
    let metadata = document
        .catalog()
        .ok()
        .and_then(|catalog| catalog.get(b"Metadata").ok())
        .and_then(|metadata| document.dereference(metadata).ok())
        .and_then(|(_, metadata)| metadata.as_stream().ok());
    match metadata {
        Some(stream) => {
            let bytes = stream
                .decompressed_content()
                .unwrap_or_else(|_| stream.content.clone());
            tree::properties(gather, "XMP", &bytes);
        }
        None => image::xmp(gather, file),
    }
}

/// What lies in the document beside its pages: fields of forms, outlines, and files.
fn objects(gather: &mut Gather<'_>, document: &Document) {
    let mut files = BTreeSet::new();
    gather.place("fields and outline", None);
    for object in document.objects.values() {
        let Ok(dictionary) = object
            .as_dict()
            .or_else(|_| object.as_stream().map(|stream| &stream.dict))
        else {
            continue;
        };
        if dictionary.has(b"FT")
            && dictionary.has(b"V")
            && let Some(said) = string(document, dictionary, b"V")
        {
            gather.piece(PieceKind::Aside, &said);
        }
        if dictionary.has(b"Parent")
            && dictionary.has(b"Title")
            && !dictionary.has(b"Producer")
            && let Some(said) = string(document, dictionary, b"Title")
        {
            gather.piece(PieceKind::Aside, &said);
        }
        if let Ok(held) = dictionary.get(b"EF").and_then(Object::as_dict) {
            let name = [&b"UF"[..], b"F"]
                .into_iter()
                .find_map(|key| string(document, dictionary, key))
                .unwrap_or_else(|| "attached file".to_owned());
            for (_, reference) in held {
                if let Ok(id) = reference.as_reference() {
                    files.insert((id, name.clone()));
                }
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_are_none_are_not_taken_for_read() {
        assert!(is_garbled("\u{1}\u{2}\u{3} \u{4}"));
        assert!(is_garbled("\u{f053}\u{f045}\u{f043}"));
        assert!(!is_garbled("SECRET \u{f0b7} plan"));
        assert!(!is_garbled("Тайна 秘密"));
        assert!(!is_garbled(""));
    }
}
