//! Every file is what its name says, read back by parsers that are not ours.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Cursor, Read as _};

use demo::{Document, Kind, World, world};
use zip::ZipArchive;

const NOW: i64 = 1_789_567_500_000_000;

fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for place in 0..zip.len() {
        let mut part = zip.by_index(place).unwrap();
        assert_eq!(
            part.last_modified().map(|date| date.year()),
            Some(1980),
            "{} says when it was packed",
            part.name().unwrap()
        );
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.push((name, bytes));
    }
    parts
}

/// The text of a well-formed part, with its attributes' values.
fn text(name: &str, xml: &[u8]) -> String {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_reader(xml);
    reader.config_mut().check_end_names = true;
    let (mut text, mut depth, mut roots) = (String::new(), 0, 0);
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|wrong| panic!("{name}: {wrong}"))
        {
            Event::Start(tag) => {
                roots += i32::from(depth == 0);
                depth += 1;
                for attribute in tag.attributes() {
                    let value = attribute
                        .unwrap_or_else(|wrong| panic!("{name}: {wrong}"))
                        .value;
                    text.push_str(&value);
                    text.push(' ');
                }
            }
            Event::Empty(tag) => tag.attributes().for_each(|attribute| {
                attribute.unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
            }),
            Event::End(_) => depth -= 1,
            Event::Text(run) => {
                text.push_str(&run);
                text.push(' ');
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((depth, roots), (0, 1), "{name} has one root, closed");
    text
}

fn xml(name: &str) -> bool {
    name.contains(".xml") || name.contains("_rels/")
}

fn office(document: &Document, bytes: &[u8]) {
    let marking = document.marking.text();
    let parts = unzip(bytes);
    let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    let find = |name: &str| {
        &parts
            .iter()
            .find(|(part, _)| part == name)
            .unwrap_or_else(|| panic!("no {name} in {names:?}"))
            .1
    };
    let mut words = std::collections::HashMap::new();
    for (name, bytes) in &parts {
        if xml(name) {
            words.insert(name.as_str(), text(name, bytes));
        } else if bytes.starts_with(b"\x89PNG") {
            picture(bytes);
        } else {
            assert_eq!(name, "mimetype");
        }
    }
    let title = document.name.rsplit_once('.').unwrap().0;
    let (required, properties, marked): (&[&str], _, _) = match document.kind {
        Kind::Docx => (
            &["word/document.xml", "word/styles.xml"],
            "docProps/core.xml",
            "word/header1.xml word/footer1.xml",
        ),
        Kind::Xlsx => (
            &["xl/workbook.xml", "xl/styles.xml"],
            "docProps/core.xml",
            "xl/worksheets/sheet1.xml",
        ),
        Kind::Pptx => (
            &["ppt/presentation.xml", "ppt/theme/theme1.xml"],
            "docProps/core.xml",
            "ppt/slides/slide1.xml ppt/slides/slide2.xml",
        ),
        _ => (
            &["content.xml", "META-INF/manifest.xml"],
            "meta.xml",
            "styles.xml",
        ),
    };
    for name in required {
        assert!(!find(name).is_empty());
    }
    assert!(
        words[properties].contains(title),
        "{properties} has no title {title}: {}",
        words[properties]
    );
    for part in marked.split(' ') {
        assert!(
            words[part].contains(marking),
            "{part} of {title} is not marked"
        );
    }
    if document.kind == Kind::Odt {
        assert_eq!(names[0], "mimetype");
        // The media type is not compressed, so that it stands at a fixed place in the file.
        assert_eq!(&bytes[38..77], b"application/vnd.oasis.opendocument.text");
        return;
    }
    // Every part has a content type, and every relationship leads to a part.
    let types = std::str::from_utf8(find("[Content_Types].xml")).unwrap();
    for name in names
        .iter()
        .filter(|name| xml(name) && !name.contains("_rels/") && **name != "[Content_Types].xml")
    {
        assert!(
            types.contains(&format!("PartName=\"/{name}\"")),
            "{name} has no content type"
        );
    }
    for (name, bytes) in parts.iter().filter(|(name, _)| name.contains("_rels/")) {
        let folder = name.split("_rels/").next().unwrap();
        for target in std::str::from_utf8(bytes)
            .unwrap()
            .split("Target=\"")
            .skip(1)
        {
            let target = target.split('"').next().unwrap();
            let path = match target.strip_prefix("../") {
                Some(rest) => format!(
                    "{}/{rest}",
                    folder.trim_end_matches('/').rsplit_once('/').unwrap().0
                ),
                None if target.starts_with('/') => target[1..].to_owned(),
                None => format!("{folder}{target}"),
            };
            assert!(names.contains(&path.as_str()), "{name} leads to {path}");
        }
    }
}

fn picture(bytes: &[u8]) -> (u32, u32) {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    // A picture of one colour would show nothing.
    assert!(pixels.chunks_exact(3).any(|pixel| pixel != &pixels[..3]));
    (frame.width, frame.height)
}

fn portable(document: &Document, bytes: &[u8]) {
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let pdf = lopdf::Document::load_mem(bytes).unwrap();
    let pages = pdf.get_pages();
    assert!(!pages.is_empty() && pdf.trailer.has(b"Root") && pdf.trailer.has(b"Info"));
    for number in pages.keys() {
        let text = pdf.extract_text(&[*number]).unwrap();
        assert_eq!(
            text.matches(document.marking.text()).count(),
            2,
            "page {number} of {} is marked twice",
            document.name
        );
        assert!(text.contains(&format!("Page {number} of {}", pages.len())));
    }
    let first = pdf.extract_text(&[1]).unwrap();
    let title = document
        .name
        .rsplit_once('.')
        .unwrap()
        .0
        .replace(['\u{2019}'], "'");
    assert!(
        first
            .replace(['\u{2019}', '\n'], "'")
            .contains(title.split(' ').next().unwrap()),
        "{first}"
    );
}

fn check(world: &World, document: &Document, version: usize) -> usize {
    let bytes = world.content(document, version);
    match document.kind {
        Kind::Docx | Kind::Xlsx | Kind::Pptx | Kind::Odt => office(document, &bytes),
        Kind::Pdf => portable(document, &bytes),
        Kind::Png => {
            let (wide, high) = picture(&bytes);
            assert!(wide >= 900 && high >= 500);
        }
        Kind::Txt => {
            let text = std::str::from_utf8(&bytes).unwrap();
            assert_eq!(text.matches(document.marking.text()).count(), 2);
            assert!(text.lines().all(|line| line.chars().count() <= 76));
            assert!(!text.contains(['{', '}']), "{text}");
        }
    }
    bytes.len()
}

#[test]
fn every_version_of_every_document_is_a_valid_file() {
    let world = world(7, NOW);
    let mut sizes = Vec::new();
    for document in &world.documents {
        for version in 1..=document.versions.len() {
            let size = check(&world, document, version);
            let expected = if document.large {
                2_500_000..4_500_000
            } else {
                800..260_000
            };
            assert!(
                expected.contains(&size),
                "{} has {size} bytes",
                document.name
            );
            sizes.push(size);
        }
    }
    sizes.sort_unstable();
    let middle = sizes[sizes.len() / 2];
    assert!(
        (5_000..60_000).contains(&middle),
        "the median is {middle} bytes"
    );
}

#[test]
fn the_same_version_is_the_same_bytes_and_the_next_is_not() {
    let (one, other) = (world(7, NOW), world(7, NOW));
    for kind in Kind::ALL {
        let revised = |document: &&Document| {
            document.kind == kind
                && (document.versions.len() > 1
                    || matches!(kind, Kind::Pdf | Kind::Png | Kind::Txt))
        };
        let document = one.documents.iter().find(revised).unwrap();
        assert_eq!(
            one.content(document, 1),
            other.content(&other.documents[document.key], 1),
            "{}",
            document.name
        );
        if document.versions.len() > 1 {
            assert_ne!(
                one.content(document, 1),
                one.content(document, 2),
                "{}",
                document.name
            );
        }
    }
}

#[test]
fn a_later_version_is_the_earlier_one_with_more_in_it() {
    let world = world(7, NOW);
    let revised = world
        .documents
        .iter()
        .filter(|d| d.kind == Kind::Docx && d.versions.len() > 1);
    for document in revised {
        let runs = |version| {
            let parts = unzip(&world.content(document, version));
            let body = parts
                .into_iter()
                .find(|(name, _)| name == "word/document.xml")
                .unwrap()
                .1;
            let body = String::from_utf8(body).unwrap();
            let runs = body.split("<w:t xml:space=\"preserve\">").skip(1);
            runs.map(|run| run.split('<').next().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let (first, second) = (runs(1), runs(2));
        assert!(
            second.len() >= first.len(),
            "{} has become shorter",
            document.name
        );
        assert_ne!(first, second);
        let kept = first.iter().filter(|run| second.contains(run)).count();
        assert!(
            kept * 10 >= first.len() * 7,
            "{}: {kept} of {} kept",
            document.name,
            first.len()
        );
    }
}

#[test]
fn a_released_draft_has_content_of_its_own() {
    let world = world(7, NOW);
    let released = |document: &&Document| {
        document
            .checked_out
            .as_ref()
            .is_some_and(|out| out.release.is_some())
    };
    let document = world.documents.iter().find(released).unwrap();
    let last = document.versions.len();
    check(&world, document, last + 1);
    assert_ne!(
        world.content(document, last),
        world.content(document, last + 1)
    );
}
