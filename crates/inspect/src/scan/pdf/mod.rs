//! PDF (ISO 32000): text by page, what it says of itself, notes stuck on its pages, fields of forms, and files within it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream, output_doc_page};

use super::gather::Gather;
use super::{image, tree};
use crate::reading::{PieceKind, Why};

mod beside;
mod drawn;
mod earlier;
mod lines;
mod marks;
mod pictures;
mod streams;

use drawn::Drawn;
use lines::Letters;
use pictures::Pictures;

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
    let mark = gather.mark();
    information(gather, &document, file);
    let end = file.windows(5).rposition(|five| five == b"%%EOF");
    super::plain::behind(gather, end.map_or(&[], |end| &file[end + 5..]));
    let pages = document.get_pages();
    if pages.len() > PAGES {
        gather.missing("", Why::TooLarge);
    }
    if pages.is_empty() {
        gather.missing("", Why::Damaged("it has no pages".to_owned()));
    }
    let mut pictures = Pictures::default();
    let stage = Stage::of(&mut document);
    for (number, id) in pages.iter().take(PAGES) {
        page(gather, &mut document, stage, &mut pictures, (*number, *id));
        if gather.is_full() {
            break;
        }
    }
    gather.pages(pictures.unread(), file);
    if gather.is_full() {
        return;
    }
    beside::objects(gather, &document);
    let shown = pages.into_values().collect();
    earlier::states(gather, file, &mut document, stage, &shown, mark);
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

/// A page on which is shown what others draw, one after the other: the only one that the reader of letters sees, so that it does
/// not go through all of them for each.
#[derive(Debug, Clone, Copy)]
struct Stage {
    page: ObjectId,
    content: ObjectId,
    /// What holds the pages that are shown.
    pages: ObjectId,
    /// What held them before.
    before: Option<ObjectId>,
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
        let mut before = None;
        if let Ok(catalog) = document.catalog_mut() {
            before = catalog.get(b"Pages").and_then(Object::as_reference).ok();
            catalog.set("Pages", pages);
        }
        Self {
            page,
            content,
            pages,
            before,
        }
    }

    /// Whether an object is one of its own.
    fn is_part(self, id: ObjectId) -> bool {
        [self.page, self.content, self.pages].contains(&id)
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
    pictures: &mut Pictures,
    (number, id): (u32, ObjectId),
) {
    let Ok(dictionary) = document.get_dictionary(id) else {
        gather.missing(
            &format!("page {number}"),
            Why::Damaged("it is not there".to_owned()),
        );
        return;
    };
    let (room, is_turned) = (
        drawn::room(document, dictionary),
        drawn::is_turned(document, dictionary),
    );
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
    if drawn.unknown {
        let why = Why::NoReader("what it draws is packed by a filter of its own".to_owned());
        gather.missing(&format!("page {number}"), why);
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
    instead(gather, number, text, &drawn.instead);
    notes(gather, document, stage, (number, id));
    if is_garbled(text) {
        pictures.unread_page(gather, number, Why::Letters);
        return;
    }
    if text.trim().is_empty() {
        let marks = document
            .get_page_content(id)
            .ok()
            .filter(|marks| has_pictures(marks));
        // A page with nothing on it at all hides nothing.
        if marks.is_some() || !drawn.pictures.is_empty() {
            pictures.unread_page(gather, number, Why::NoText);
            return;
        }
    }
    let letters = text.chars().filter(|one| !one.is_whitespace()).count();
    pictures.beside_text(gather, number, &drawn, letters, (room, is_turned));
}

/// What programs read aloud in place of what is drawn, where that is something else.
fn instead(gather: &mut Gather<'_>, number: u32, text: &str, instead: &[String]) {
    /// A ligature, a hyphen.
    const SHORT: usize = 4;
    gather.place("read aloud on page", Some(number));
    for said in instead {
        if said.len() >= SHORT && !text.contains(said.trim()) {
            gather.piece(PieceKind::Hidden, said);
        }
    }
}

/// What is stuck on a page.
fn notes(
    gather: &mut Gather<'_>,
    document: &mut Document,
    stage: Stage,
    (number, id): (u32, ObjectId),
) {
    /// How many of a page are read.
    const MOST: usize = 5000;
    /// How much of what one says in rich text is read, in bytes, and how long its lines are.
    const RICH: usize = 64 * 1024;
    const WIDTH: usize = 1000;
    let annotations: Vec<&Dictionary> = document
        .get_dictionary(id)
        .ok()
        .and_then(|page| page.get(b"Annots").ok())
        .and_then(|all| drawn::deref(document, all)?.as_array().ok())
        .into_iter()
        .flatten()
        .filter_map(|one| drawn::deref(document, one)?.as_dict().ok())
        .take(MOST)
        .collect();
    if annotations.is_empty() {
        return;
    }
    gather.place("notes on page", Some(number));
    for annotation in &annotations {
        let kind = kind_of(annotation);
        for key in [&b"Contents"[..], b"Subj", b"V", b"TU"] {
            if let Some(said) = string(document, annotation, key) {
                // Of a stamp it says what somebody wrote to it.
                let kind = if is_a(annotation, b"Stamp") {
                    PieceKind::Comment
                } else {
                    kind
                };
                gather.piece(kind, &said);
            }
        }
        if let Some(mut rich) = string(document, annotation, b"RC") {
            rich.truncate(rich.floor_char_boundary(RICH));
            let plain = catch_unwind(|| html2text::from_read(rich.as_bytes(), WIDTH));
            for line in plain.iter().flatten().flat_map(|plain| plain.lines()) {
                gather.piece(PieceKind::Comment, line);
            }
        }
        // A stamp that every reader knows how to draw.
        if is_a(annotation, b"Stamp")
            && let Some(name) = string(document, annotation, b"Name")
        {
            gather.piece(PieceKind::Watermark, &spelt(&name));
        }
    }
    let mut all = Vec::new();
    for wanted in [PieceKind::Watermark, PieceKind::Comment] {
        let of_kind = annotations
            .iter()
            .copied()
            .filter(|annotation| kind_of(annotation) == wanted);
        all.push((wanted, drawn::appearances(document, of_kind)));
    }
    let others = drawn::other_appearances(document, annotations.iter().copied());
    all.push((PieceKind::Hidden, others));
    for (kind, mut drawn) in all {
        if drawn.seen + drawn.unseen > 0 {
            let (letters, failed) = stage.letters(document, &mut drawn);
            for line in letters.lines() {
                gather.piece(kind, &line.text);
            }
            if drawn.cut || letters.full {
                gather.missing(&format!("notes on page {number}"), Why::TooLarge);
            } else if let Some(why) = failed {
                gather.missing(&format!("notes on page {number}"), Why::Damaged(why));
            }
        }
    }
}

fn is_a(annotation: &Dictionary, subtype: &[u8]) -> bool {
    annotation
        .get(b"Subtype")
        .and_then(Object::as_name)
        .is_ok_and(|name| name == subtype)
}

/// What a note on a page is for whoever sees the page.
fn kind_of(annotation: &Dictionary) -> PieceKind {
    if is_a(annotation, b"Watermark") || is_a(annotation, b"Stamp") {
        PieceKind::Watermark
    } else {
        PieceKind::Comment
    }
}

/// The name of a stamp as it is drawn: `TopSecret` is TOP SECRET.
fn spelt(name: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    for letter in name.strip_prefix("SB").unwrap_or(name).chars().take(100) {
        if letter.is_uppercase() && before.is_some_and(char::is_lowercase) {
            out.push(' ');
        }
        out.extend(letter.to_uppercase());
        before = Some(letter);
    }
    out
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
            let bytes = streams::unpacked(stream).0;
            tree::properties(gather, "XMP", &bytes);
        }
        None => image::xmp(gather, file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_called_as_it_is_drawn() {
        assert_eq!(spelt("TopSecret"), "TOP SECRET");
        assert_eq!(spelt("SBConfidential"), "CONFIDENTIAL");
        assert_eq!(spelt("Secret"), "SECRET");
    }

    #[test]
    fn letters_that_are_none_are_not_taken_for_read() {
        assert!(is_garbled("\u{1}\u{2}\u{3} \u{4}"));
        assert!(is_garbled("\u{f053}\u{f045}\u{f043}"));
        assert!(!is_garbled("SECRET \u{f0b7} plan"));
        assert!(!is_garbled("Тайна 秘密"));
        assert!(!is_garbled(""));
    }
}
