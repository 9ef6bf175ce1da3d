//! The words in pictures and on scanned pages: what is made out is text with its place, and what is not stays unread.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[allow(dead_code, reason = "other tests make the rest of these files")]
mod files;

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use files::Honest;
use futures::stream::{FuturesUnordered, StreamExt as _};
use inspect::{PieceKind, Reading, RecogniseLimits, Recogniser, Why};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster};
use tokio::time::timeout;

const WIDTH: usize = 1200;
const HEIGHT: usize = 800;
const WORDS: &[&str] = &[
    "TOP SECRET",
    "The group met on Tuesday and went",
    "through the figures for the quarter.",
];

/// A grey page with these lines on it, each letter twice as large as the font has it.
fn page(lines: &[&str]) -> Vec<u8> {
    let mut page = vec![240_u8; WIDTH * HEIGHT];
    for (number, line) in lines.iter().enumerate() {
        for (at, letter) in line.chars().enumerate() {
            let raster = get_raster(letter, FontWeight::Bold, RasterHeight::Size32).unwrap();
            for (y, row) in raster.rows().enumerate() {
                for (x, ink) in row.iter().enumerate() {
                    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                        let left = 60 + (at * raster.width() + x) * 2 + dx;
                        let top = 60 + number * 110 + y * 2 + dy;
                        page[top * WIDTH + left] = 240 - (ink / 255 * 220).max(ink / 2);
                    }
                }
            }
        }
    }
    page
}

fn png(grey: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(
        &mut file,
        u32::try_from(WIDTH).unwrap(),
        u32::try_from(HEIGHT).unwrap(),
    );
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(grey).unwrap();
    writer.finish().unwrap();
    file
}

/// A page of text, and then these pictures, each a page as a scanner makes it.
fn scanned(pictures: &[Vec<u8>]) -> Vec<u8> {
    use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str};
    let (catalog, pages, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
    let number = |at: usize, what: i32| Ref::new(10 + 10 * i32::try_from(at).unwrap() + what);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    let all = pictures.len() + 1;
    pdf.pages(pages)
        .kids((0..all).map(|at| number(at, 0)))
        .count(i32::try_from(all).unwrap());
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    for at in 0..all {
        let mut page = pdf.page(number(at, 0));
        page.media_box(Rect::new(0.0, 0.0, 600.0, 400.0))
            .parent(pages)
            .contents(number(at, 1));
        let mut resources = page.resources();
        resources.fonts().pair(Name(b"F"), font);
        if at > 0 {
            resources.x_objects().pair(Name(b"P"), number(at, 2));
        }
        resources.finish();
        page.finish();
        let mut content = Content::new();
        match at.checked_sub(1).map(|at| &pictures[at]) {
            None => {
                content.begin_text().set_font(Name(b"F"), 14.0);
                content.next_line(50.0, 300.0).show(Str(b"Papers for June"));
                content.end_text();
            }
            Some(grey) => {
                content.transform([600.0, 0.0, 0.0, 400.0, 0.0, 0.0]);
                content.x_object(Name(b"P"));
                let mut packed =
                    flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
                packed.write_all(grey).unwrap();
                let packed = packed.finish().unwrap();
                let mut image = pdf.image_xobject(number(at, 2), &packed);
                image.filter(Filter::FlateDecode);
                image.width(i32::try_from(WIDTH).unwrap());
                image.height(i32::try_from(HEIGHT).unwrap());
                image.color_space().device_gray();
                image.bits_per_component(8);
            }
        }
        pdf.stream(number(at, 1), &content.finish());
    }
    pdf.finish()
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn recogniser(limits: RecogniseLimits) -> Recogniser {
    Recogniser::find(limits)
        .await
        .expect("bubblewrap, tesseract and pdftoppm, which `cargo xtask test` installs")
}

async fn scan(honest: &Honest, limits: RecogniseLimits, name: &str, file: Vec<u8>) -> Reading {
    let inspector = honest
        .inspector
        .clone()
        .with_recogniser(recogniser(limits).await);
    let content = futures::stream::iter([Ok(Bytes::from(file))]);
    inspector.scan(name, &[], "", content).await.unwrap()
}

/// What was made out, with where that was.
fn made_out(reading: &Reading) -> Vec<(String, &str)> {
    reading
        .pieces
        .iter()
        .filter(|piece| reading.places[piece.place].recognised)
        .map(|piece| (reading.places[piece.place].words(), piece.text.as_str()))
        .collect()
}

#[tokio::test]
async fn a_picture_says_what_stands_on_it() {
    let honest = Honest::new("recognise-picture");
    let file = png(&page(WORDS));
    let reading = scan(
        &honest,
        RecogniseLimits::default(),
        "scan.png",
        file.clone(),
    )
    .await;
    let made_out = made_out(&reading);
    assert_eq!(
        made_out[0],
        ("picture, recognised".to_owned(), "TOP SECRET")
    );
    assert_eq!(made_out.len(), WORDS.len(), "{made_out:?}");
    let first = reading
        .pieces
        .iter()
        .find(|piece| piece.text == "TOP SECRET");
    assert!(first.is_some_and(|piece| piece.top && piece.kind == PieceKind::Body));
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);

    // Without anybody who makes it out it is as unread as ever.
    let content = futures::stream::iter([Ok(Bytes::from(file))]);
    let reading = honest.inspector.scan("scan.png", &[], "", content).await;
    assert_eq!(reading.unwrap().missing[0].why, Why::NoText);
}

#[tokio::test]
async fn scanned_pages_are_told_by_their_numbers() {
    let honest = Honest::new("recognise-pdf");
    let file = scanned(&[
        page(WORDS),
        page(&[]),
        page(&["RESTRICTED", "Costs of travel in the north"]),
    ]);
    let reading = scan(&honest, RecogniseLimits::default(), "scan.pdf", file).await;
    let made_out = made_out(&reading);
    assert_eq!(made_out[0], ("page 2, recognised".to_owned(), "TOP SECRET"));
    assert!(
        made_out.contains(&("page 4, recognised".to_owned(), "RESTRICTED")),
        "{made_out:?}"
    );
    assert!(
        reading
            .pieces
            .iter()
            .any(|piece| piece.text.contains("Papers for June"))
    );
    // On the third nothing was made out, and nobody can say that nothing is there.
    let unread: Vec<&str> = reading
        .missing
        .iter()
        .map(|missing| missing.part.as_str())
        .collect();
    assert_eq!(unread, ["page 3"]);
}

#[tokio::test]
async fn pictures_in_documents_and_archives_are_read_too() {
    let honest = Honest::new("recognise-docx");
    let document = zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        (
            "word/document.xml",
            b"<w:document xmlns:w='w'><w:p><w:r><w:t>text</w:t></w:r></w:p></w:document>",
        ),
        ("word/media/image1.png", &png(&page(WORDS))),
        ("word/media/image2.emf", b"nobody reads these"),
    ]);
    let file = zipped(&[("papers.docx", &document), ("scan.png", &png(&page(WORDS)))]);
    let reading = scan(&honest, RecogniseLimits::default(), "all.zip", file).await;
    let made_out = made_out(&reading);
    let place = "picture word/media/image1.png, recognised".to_owned();
    assert!(made_out.contains(&(place, "TOP SECRET")), "{made_out:?}");
    assert!(made_out.contains(&("picture, recognised".to_owned(), "TOP SECRET")));
    let files: Vec<String> = reading
        .pieces
        .iter()
        .filter(|piece| piece.text == "TOP SECRET")
        .map(|piece| reading.path(piece.file))
        .collect();
    assert_eq!(files, ["all.zip → papers.docx", "all.zip → scan.png"]);
    let unread: Vec<&str> = reading
        .missing
        .iter()
        .map(|missing| missing.part.as_str())
        .collect();
    assert_eq!(unread, ["word/media/image2.emf"]);
}

#[tokio::test]
async fn pictures_in_older_documents_are_read_too() {
    let honest = Honest::new("recognise-old");
    let picture = png(&page(WORDS));
    let data = [&[7; 68][..], &picture, &[0; 30]].concat();
    let document = files::compound(&[("WordDocument", &[0xec, 0xa5, 0xc1, 0]), ("Data", &data)]);
    let mut digits = String::from("{\\rtf1 text{\\pict\\pngblip\\picw1200\n");
    for byte in &picture {
        write!(digits, "{byte:02x}").unwrap();
    }
    digits.push_str("}\\par}");
    for (name, file, part) in [
        ("a.doc", document, "Data, picture 1"),
        ("a.rtf", digits.into_bytes(), "picture 1"),
    ] {
        let content = futures::stream::iter([Ok(Bytes::from(file.clone()))]);
        let reading = honest.inspector.scan(name, &[], "", content).await.unwrap();
        let told = reading
            .missing
            .iter()
            .any(|missing| missing.part == part && missing.why == Why::Picture);
        assert!(told, "{name}: {:?}", reading.missing);
        let reading = scan(&honest, RecogniseLimits::default(), name, file).await;
        let place = format!("picture {part}, recognised");
        let made_out = made_out(&reading);
        assert!(
            made_out.contains(&(place, "TOP SECRET")),
            "{name}: {made_out:?}"
        );
        assert!(!reading.missing.iter().any(|missing| missing.part == part));
    }
}

/// Twelve pictures on which nothing can be made out, which takes seconds to find out of each.
fn slow() -> Vec<u8> {
    let pictures: Vec<(String, Vec<u8>)> = (1..=12)
        .map(|number| (format!("{number}.png"), png(&noise(number))))
        .collect();
    let parts: Vec<(&str, &[u8])> = pictures
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    zipped(&parts)
}

fn noise(seed: usize) -> Vec<u8> {
    (0..WIDTH * HEIGHT)
        .map(|at| u8::try_from((at * seed).wrapping_mul(0x9e37_79b9) >> 24 & 0xff).unwrap())
        .collect()
}

#[tokio::test]
async fn what_is_quickly_made_out_waits_for_nothing_that_takes_long() {
    let honest = Honest::new("recognise-quick");
    let inspector = honest
        .inspector
        .clone()
        .with_recogniser(recogniser(RecogniseLimits::default()).await);
    let scan = async |name: &'static str, file: Vec<u8>| {
        let content = futures::stream::iter([Ok(Bytes::from(file))]);
        inspector.scan(name, &[], "", content).await.unwrap()
    };
    let mut slows: FuturesUnordered<_> = ["a.zip", "b.zip", "c.zip"]
        .into_iter()
        .map(|name| scan(name, slow()))
        .collect();
    let early = timeout(Duration::from_secs(8), slows.next()).await;
    assert!(early.is_err(), "they take long");
    tokio::select! {
        _ = slows.next() => panic!("it waited for what takes long"),
        reading = scan("scan.png", png(&page(WORDS))) => {
            assert_eq!(made_out(&reading)[0].1, "TOP SECRET");
        }
    }
}

#[tokio::test]
async fn what_is_no_picture_or_takes_too_long_or_is_too_much_stays_unread() {
    let honest = Honest::new("recognise-not");
    let usual = RecogniseLimits::default();
    let late = RecogniseLimits {
        time: Duration::from_millis(1),
        ..usual
    };
    let none = RecogniseLimits { bytes: 10, ..usual };
    for (limits, file) in [
        (usual, b"\x89PNG\r\n\x1a\nnothing more".to_vec()),
        (usual, png(&noise(1))),
        (late, png(&page(WORDS))),
        (none, png(&page(WORDS))),
    ] {
        let reading = scan(&honest, limits, "scan.png", file).await;
        assert_eq!(reading.missing.len(), 1);
        assert_eq!(reading.missing[0].why, Why::NoText);
    }
}
