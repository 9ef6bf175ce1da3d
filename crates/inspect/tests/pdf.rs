//! The lines of a PDF, and what lies in it beside its pages.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "other tests need the rest of it")]
mod files;

use std::fmt::Write as _;

use bytes::Bytes;
use files::Honest;
use inspect::{PieceKind, Reading, Why};

/// A PDF of one page that draws this, with Helvetica as F1 and Courier as F2, with this in the page and in the catalogue, and with
/// these objects from number 10.
fn pdf(content: &str, page: &str, catalog: &str, others: &[&str]) -> Vec<u8> {
    let content = stream("", content);
    let page = format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>/XObject<</X 10 0 R>>/Pattern<</P 10 0 R>>>>{page}>>"
    );
    let catalog = format!("<</Type/Catalog/Pages 2 0 R{catalog}>>");
    let mut objects = vec![
        (1, catalog.as_str()),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (3, &page),
        (4, &content),
        (5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"),
        (6, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>"),
    ];
    objects.extend((10..).zip(others.iter().copied()));
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
    for (number, object) in objects {
        write!(table, "{number} 1\n{:010} 00000 n \n", file.len()).unwrap();
        file.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = file.len();
    file.extend_from_slice(table.as_bytes());
    let end = format!("trailer<</Size 30/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    file.extend_from_slice(end.as_bytes());
    file
}

fn stream(dictionary: &str, content: &str) -> String {
    let length = content.len();
    format!("<<{dictionary}/Length {length}>>stream\n{content}\nendstream")
}

async fn scan(honest: &Honest, file: Vec<u8>) -> Reading {
    let content = futures::stream::iter([Ok(Bytes::from(file))]);
    let reading = honest.inspector.scan("a.pdf", &[], "", content).await;
    reading.unwrap()
}

fn of(reading: &Reading, kind: PieceKind) -> Vec<&str> {
    reading
        .pieces
        .iter()
        .filter(|piece| piece.kind == kind)
        .map(|piece| piece.text.as_str())
        .collect()
}

/// The lines of a page that draws this.
async fn lines(honest: &Honest, content: &str) -> Vec<String> {
    let reading = scan(honest, pdf(content, "", "", &[])).await;
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);
    let lines = of(&reading, PieceKind::Body);
    lines.into_iter().map(str::to_owned).collect()
}

/// Strings that are shown at these places, in letters of 12 points.
fn shown(parts: &[(f64, f64, &str)]) -> String {
    let mut all = String::new();
    for (x, y, text) in parts {
        writeln!(all, "BT /F1 12 Tf {x} {y} Td ({text}) Tj ET").unwrap();
    }
    all
}

#[tokio::test]
async fn much_room_on_a_line_divides_it_and_little_does_not() {
    let honest = Honest::new("pdf-room");
    for (content, expected) in [
        (
            shown(&[(60.0, 30.0, "Plan"), (280.0, 30.0, "SECRET"), (500.0, 30.0, "Page 3")]),
            "Plan\tSECRET\tPage 3",
        ),
        // Four words and a gap of 8 points.
        (
            shown(&[(60.0, 30.0, "One plan here"), (144.0, 30.0, "SECRET")]),
            "One plan here\tSECRET",
        ),
        // One space, whether it is shown or kept free.
        (shown(&[(60.0, 30.0, "TOP "), (88.7, 30.0, "SECRET")]), "TOP SECRET"),
        (shown(&[(60.0, 30.0, "TOP"), (88.7, 30.0, "SECRET")]), "TOP SECRET"),
        // Letters that are all equally wide have wide spaces.
        (
            "BT /F2 12 Tf 60 30 Td (NOT) Tj 28.8 0 Td (SECRET) Tj ET".to_owned(),
            "NOT SECRET",
        ),
        // Justified: every space of the line is wide.
        (
            "BT /F1 12 Tf 60 30 Td [(that) -800 (all) -800 (of) -800 (this) -800 (is) -800 (SECRET)] TJ ET".to_owned(),
            "that all of this is SECRET",
        ),
        // Spread letters.
        (
            "BT /F1 12 Tf 60 30 Td 8 Tc (TOP SECRET) Tj ET".to_owned(),
            "TOP SECRET",
        ),
        // One space that is made wide.
        (
            "BT /F1 12 Tf 60 30 Td 200 Tw (Plan SECRET) Tj ET".to_owned(),
            "Plan\tSECRET",
        ),
    ] {
        assert_eq!(lines(&honest, &content).await, [expected], "{content}");
    }
}

#[tokio::test]
async fn lines_go_along_their_own_direction() {
    let honest = Honest::new("pdf-turned");
    let text = "(SECRET) Tj 0 -20 Td (The board met) Tj 0 -14 Td (in March.) Tj";
    for turn in [
        "1 0 0 1 60 400",
        "0 1 -1 0 60 60",
        "-1 0 0 -1 500 400",
        "0 -1 1 0 60 700",
    ] {
        let content = format!("q {turn} cm BT /F1 12 Tf {text} ET Q");
        let lines = lines(&honest, &content).await;
        assert_eq!(lines, ["SECRET", "The board met", "in March."], "{turn}");
    }
    // Letter by letter across the page: a watermark where they are large.
    let mut letters = String::new();
    for (at, letter) in "SECRET".chars().enumerate() {
        writeln!(letters, "BT /F1 50 Tf {} 0 Td ({letter}) Tj ET", 36 * at).unwrap();
    }
    let content = format!(
        "{}q 0.7 0.7 -0.7 0.7 150 250 cm {letters} Q",
        shown(&[(60.0, 700.0, "Text")])
    );
    let reading = scan(&honest, pdf(&content, "", "", &[])).await;
    assert_eq!(of(&reading, PieceKind::Body), ["Text"]);
    assert_eq!(of(&reading, PieceKind::Watermark), ["SECRET"]);
    // Down the page, each upright.
    let letters: Vec<(f64, f64, &str)> = ["S", "E", "C", "R", "E", "T"]
        .iter()
        .zip(0..)
        .map(|(letter, at)| (30.0, 500.0 - 14.0 * f64::from(at), *letter))
        .collect();
    assert_eq!(lines(&honest, &shown(&letters)).await, ["SECRET"]);
}

#[tokio::test]
async fn letters_are_read_where_they_stand_and_once() {
    let honest = Honest::new("pdf-order");
    let at = |order: &[usize]| -> String {
        let letters = ["S", "E", "C", "R", "E", "T"];
        let all: Vec<(f64, f64, &str)> = order
            .iter()
            .map(|at| {
                (
                    60.0 + 9.0 * f64::from(u32::try_from(*at).unwrap()),
                    800.0,
                    letters[*at],
                )
            })
            .collect();
        shown(&all)
    };
    for order in [[5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 4, 2]] {
        assert_eq!(lines(&honest, &at(&order)).await, ["SECRET"], "{order:?}");
    }
    // Printed over itself, whole and by its letters.
    let twice = shown(&[(60.0, 800.0, "SECRET"), (60.4, 800.0, "SECRET")]);
    assert_eq!(lines(&honest, &twice).await, ["SECRET"]);
    let twice: String = (0..6).map(|letter| at(&[letter, letter])).collect();
    assert_eq!(lines(&honest, &twice).await, ["SECRET"]);
    let again = shown(&[(60.0, 800.0, "SECRET"), (60.0, 780.0, "SECRET")]);
    assert_eq!(lines(&honest, &again).await, ["SECRET", "SECRET"]);
    // A cell over the end of the one before it.
    let over = shown(&[(60.0, 800.0, "Classification"), (115.0, 800.0, "SECRET")]);
    assert_eq!(lines(&honest, &over).await, ["Classification\tSECRET"]);
    // One text over another is two lines.
    let over = shown(&[(60.0, 800.0, "SECRET"), (60.0, 800.0, "Draft 1")]);
    assert_eq!(lines(&honest, &over).await, ["SECRET", "Draft 1"]);
}

#[tokio::test]
async fn a_raised_figure_is_no_part_of_the_word_beside_it() {
    let honest = Honest::new("pdf-raised");
    let content = "BT /F1 7 Tf 60 34 Td (1) Tj /F1 12 Tf 4 -4 Td (TOP SECRET) Tj ET";
    assert_eq!(lines(&honest, content).await, ["1", "TOP SECRET"]);
    // The number of a note that is as large as its text.
    let content = "BT /F1 12 Tf 60 30 Td (1) Tj (TOP SECRET) Tj ET";
    assert_eq!(lines(&honest, content).await, ["1\tTOP SECRET"]);
    let content = "BT /F1 12 Tf 60 30 Td (the report) Tj /F1 7 Tf 53.4 4 Td (2) Tj /F1 12 Tf 8 -4 Td (was SECRET then) Tj ET";
    let lines = lines(&honest, content).await;
    assert_eq!(lines, ["2", "the report was SECRET then"]);
}

#[tokio::test]
async fn letters_that_are_put_down_one_by_one_at_the_same_distance_are_words() {
    let honest = Honest::new("pdf-pitch");
    let put = |word: &'static str, pitch: f64| {
        let mut at = 60.0 - pitch;
        let letters = word.char_indices().filter_map(|(from, letter)| {
            at += pitch;
            (letter != ' ').then_some((at, 700.0, &word[from..=from]))
        });
        shown(&letters.collect::<Vec<_>>())
    };
    for pitch in [9.0, 12.0, 30.0] {
        assert_eq!(
            lines(&honest, &put("RESTRICTED", pitch)).await,
            ["RESTRICTED"]
        );
    }
    let two = lines(&honest, &put("CONFIDENTIAL COPY", 10.0)).await;
    assert_eq!(two, ["CONFIDENTIAL   COPY"]);
}

#[tokio::test]
async fn headers_and_footers_stand_where_they_are_seen_whenever_they_are_drawn() {
    let honest = Honest::new("pdf-margins");
    let (header, footer) = ((280.0, 800.0, "SECRET"), (280.0, 40.0, "Page 1"));
    let body = [
        (60.0, 700.0, "one"),
        (60.0, 686.0, "two"),
        (60.0, 672.0, "three"),
    ];
    let seen = ["SECRET", "one", "two", "three", "Page 1"];
    for before in [vec![header, footer], vec![footer], vec![header], vec![]] {
        let after = [header, footer]
            .into_iter()
            .filter(|one| !before.contains(one));
        let drawn: Vec<_> = before.iter().copied().chain(body).chain(after).collect();
        assert_eq!(lines(&honest, &shown(&drawn)).await, seen, "{before:?}");
    }
    // Columns stay as they are drawn: nothing of them stands apart.
    let columns = [
        (60.0, 700.0, "one"),
        (60.0, 686.0, "two"),
        (300.0, 700.0, "three"),
        (300.0, 686.0, "four"),
    ];
    let lines = lines(&honest, &shown(&columns)).await;
    assert_eq!(lines, ["one", "two", "three", "four"]);
}

#[tokio::test]
async fn forms_patterns_and_every_way_of_showing_text_are_read() {
    let honest = Honest::new("pdf-forms");
    let form = stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 600 900]/Matrix[1 0 0 1 0 770]/Resources<</Font<</Z 6 0 R>>>>",
        "Q Q BT /Z 12 Tf 60 30 Td (SECRET) Tj ET",
    );
    let content = format!(
        "/X Do {}",
        shown(&[(60.0, 700.0, "Text"), (300.0, 800.0, "Plan")])
    );
    let reading = scan(&honest, pdf(&content, "", "", &[&form])).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET", "Plan", "Text"]);
    let pattern = stream(
        "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 99 99]/XStep 99/YStep 99/Resources<</Font<</F1 5 0 R>>>>",
        "BT /F1 9 Tf 5 30 Td (SECRET) Tj ET",
    );
    let content = "/Pattern cs /P scn 0 0 500 500 re f";
    let reading = scan(&honest, pdf(content, "", "", &[&pattern])).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET"]);
    let content =
        "BT /F1 12 Tf 14 TL 60 700 Td (one) Tj (two) ' 0 0 (three) \" /None 12 Tf T* (four) Tj ET";
    assert_eq!(
        lines(&honest, content).await,
        ["one", "two", "three", "four"]
    );
    // As few programs write it, and all viewers show it.
    let content =
        "BT /F1 12 Tf 14 TL 60 700 Td (one) Tj (two)'0 0(three)\" (four) \" 1 (five) \" (six)'ET";
    assert_eq!(
        lines(&honest, content).await,
        ["one", "two", "three", "four", "five", "six"]
    );
    // Behind what nobody understands.
    let content = "BT /F1 12 Tf 14 TL 60 700 Td (one) Tj ) 1e3 w 1 0 d1 T* (x) (two) Tj ET";
    assert_eq!(lines(&honest, content).await, ["one", "two"]);
    // A form that draws itself ends.
    let form = stream(
        "/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 10 0 R>>/Font<</F1 5 0 R>>>>",
        "BT /F1 9 Tf 5 30 Td (SECRET) Tj ET /X Do /X Do",
    );
    let reading = scan(&honest, pdf("/X Do", "", "", &[&form])).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET"]);
}

#[tokio::test]
async fn notes_and_stamps_are_read_by_what_they_say_and_by_what_they_draw() {
    let honest = Honest::new("pdf-notes");
    let form = stream(
        "/Subtype/Form/BBox[0 0 99 20]/Resources<</Font<</Z 5 0 R>>>>",
        "BT /Z 12 Tf 0 2 Td (Top Secret) Tj ET",
    );
    let stamp = "/Annots[<</Subtype/Stamp/Rect[200 790 400 810]/AP<</N 10 0 R>>>>]";
    let reading = scan(&honest, pdf("", stamp, "", &[&form])).await;
    assert_eq!(of(&reading, PieceKind::Watermark), ["Top Secret"]);
    let stamp = "/Annots[<</Subtype/Stamp/Name/TopSecret/Rect[200 790 400 810]>>]";
    let reading = scan(&honest, pdf("", stamp, "", &[])).await;
    assert_eq!(of(&reading, PieceKind::Watermark), ["TOP SECRET"]);
    // Fields beside each other are a line, by where they are put.
    let fields = "/Annots[<</Subtype/Widget/Rect[60 790 99 810]/AP<</N 10 0 R>>>><</Subtype/Widget/Rect[300 790 400 810]/AS/On/AP<</N<</On 10 0 R/Off 9 0 R>>>>>>]";
    let reading = scan(&honest, pdf("", fields, "", &[&form])).await;
    assert_eq!(of(&reading, PieceKind::Comment), ["Top Secret\tTop Secret"]);
    let rich = "/Annots[<</Subtype/FreeText/RC(<body><p>S<b>E</b>CRET &amp; more</p></body>)/Contents(said)>>]";
    let reading = scan(&honest, pdf("", rich, "", &[])).await;
    let notes = of(&reading, PieceKind::Comment);
    assert_eq!(notes[0], "said");
    assert!(notes[1].contains("CRET & more"), "{notes:?}");
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);
}

#[tokio::test]
async fn what_lies_beside_the_pages_is_read() {
    let honest = Honest::new("pdf-beside");
    let xml = stream(
        "",
        "<x:xdp xmlns:x='x'><draw><text>on the form</text></draw></x:xdp>",
    );
    let catalog = "/AcroForm<</XFA[(a) 10 0 R]>>/PageLabels<</Kids[<</Nums[0<</P(SECRET )/S/D>>]>>]>>/StructTreeRoot<</K[<</S/Figure/Alt(a picture)>>]>>/OCProperties<</OCGs[<</Type/OCG/Name(a layer)>>]>>/OpenAction<</S/JavaScript/JS(app.alert\\(\"an alert\"\\))>>";
    let content = "/Span <</ActualText (instead)>> BDC BT /F1 12 Tf 60 30 Td (drawn) Tj ET EMC";
    let reading = scan(&honest, pdf(content, "", catalog, &[&xml])).await;
    assert_eq!(of(&reading, PieceKind::Body), ["drawn", "on the form"]);
    assert_eq!(
        of(&reading, PieceKind::Hidden),
        ["instead", "SECRET", "a picture"]
    );
    assert_eq!(of(&reading, PieceKind::Aside), ["a layer", "an alert"]);
}

#[tokio::test]
async fn a_picture_is_told_where_it_may_hold_a_marking() {
    let honest = Honest::new("pdf-picture");
    let picture = stream(
        "/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8",
        "x",
    );
    let much = shown(&[(60.0, 500.0, &"Much text that is seen. ".repeat(9))]);
    let unseen = much.replace("BT", "BT 3 Tr");
    let little = shown(&[(60.0, 20.0, "Scanned by a machine")]);
    let whole = "q 595 0 0 842 0 0 cm /X Do Q";
    let strips = "q 595 0 0 421 0 0 cm /X Do Q q 595 0 0 421 0 421 cm /X Do Q";
    let top = "q 240 0 0 50 180 780 cm /X Do Q";
    let middle = "q 240 0 0 50 180 400 cm /X Do Q";
    for (content, expected) in [
        (format!("{whole} {little}"), Some(Why::NoText)),
        (format!("{strips} {little}"), Some(Why::NoText)),
        (format!("{whole} {unseen}"), Some(Why::NoText)),
        (format!("{whole} {much}"), Some(Why::Picture)),
        (format!("{top} {much}"), Some(Why::Picture)),
        (format!("{middle} {much}"), None),
        (much.clone(), None),
    ] {
        let reading = scan(&honest, pdf(&content, "", "", &[&picture])).await;
        let why = reading.missing.first().map(|missing| missing.why.clone());
        assert_eq!(why, expected, "{content}");
        assert!(!of(&reading, PieceKind::Body).is_empty(), "{content}");
    }
}

/// The same file with these objects instead of those that it had, behind its end, as programs save what was changed.
fn again(mut file: Vec<u8>, objects: &[(u32, &str)]) -> Vec<u8> {
    let text = String::from_utf8_lossy(&file).into_owned();
    let before = text.rsplit("startxref\n").next().unwrap();
    let before = before.lines().next().unwrap().to_owned();
    let mut table = String::from("xref\n");
    for (number, object) in objects {
        writeln!(table, "{number} 1\n{:010} 00000 n ", file.len()).unwrap();
        file.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = file.len();
    file.extend_from_slice(table.as_bytes());
    let end = format!("trailer<</Size 30/Root 1 0 R/Prev {before}>>\nstartxref\n{start}\n%%EOF\n");
    file.extend_from_slice(end.as_bytes());
    file
}

#[tokio::test]
async fn what_stood_in_it_before_is_read_as_such() {
    let honest = Honest::new("pdf-earlier");
    let secret = pdf(&shown(&[(60.0, 800.0, "SECRET")]), "", "", &[]);
    let other = stream("", &shown(&[(60.0, 800.0, "Minutes")]));
    let file = again(secret.clone(), &[(4, &other)]);
    let reading = scan(&honest, file).await;
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);
    assert_eq!(of(&reading, PieceKind::Body), ["Minutes"]);
    assert_eq!(of(&reading, PieceKind::Deleted), ["SECRET"]);
    let piece = reading.pieces.iter().find(|one| one.text == "SECRET");
    let place = &reading.places[piece.unwrap().place];
    assert_eq!((&*place.part, place.page), ("earlier state: page", Some(1)));
    // What was not changed is told once.
    let file = again(secret, &[(20, "<</Of(nothing)>>")]);
    let reading = scan(&honest, file).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET"]);
    assert_eq!(of(&reading, PieceKind::Deleted), [] as [&str; 0]);
    // A note, a name in the outline, a field and an attached file.
    let note = "<</Subtype/Text/Rect[0 0 9 9]/Contents(RESTRICTED)>>";
    let title = "<</Parent 9 0 R/Title(PROTECT)>>";
    let field = "<</FT/Tx/T(a)/V(CONFIDENTIAL)>>";
    let attached = stream("/Type/EmbeddedFile", "TOP SECRET");
    let file = pdf("", "/Annots[10 0 R]", "", &[note, title, field, &attached]);
    let file = again(
        file,
        &[(10, "null"), (11, "null"), (12, "null"), (13, "null")],
    );
    let reading = scan(&honest, file).await;
    let deleted = of(&reading, PieceKind::Deleted);
    for said in ["RESTRICTED", "PROTECT", "CONFIDENTIAL", "TOP SECRET"] {
        assert!(deleted.contains(&said), "{said}: {deleted:?}");
    }
}

#[tokio::test]
async fn what_nothing_refers_to_any_more_is_read() {
    let honest = Honest::new("pdf-loose");
    let page =
        "<</Type/Page/MediaBox[0 0 595 842]/Contents 11 0 R/Resources<</Font<</F1 5 0 R>>>>>>";
    let content = stream("", &shown(&[(60.0, 800.0, "SECRET")]));
    let reading = scan(&honest, pdf("", "", "", &["null", &content])).await;
    assert_eq!(of(&reading, PieceKind::Deleted), ["SECRET"]);
    let reading = scan(&honest, pdf("", "", "", &["null", &content, page])).await;
    assert_eq!(of(&reading, PieceKind::Deleted), ["SECRET"]);
    // A page that was taken out, to which the outline still leads.
    let outline = "/Outlines<</First<</Title(x)/Dest[12 0 R/Fit]>>>>";
    let reading = scan(&honest, pdf("", "", outline, &["null", &content, page])).await;
    assert_eq!(of(&reading, PieceKind::Deleted), ["SECRET"]);
}

#[tokio::test]
async fn a_stream_is_unpacked_by_every_filter_or_said_not_to_be() {
    let honest = Honest::new("pdf-filters");
    let mut digits = String::new();
    for byte in shown(&[(60.0, 800.0, "SECRET")]).bytes() {
        write!(digits, "{byte:02x}").unwrap();
    }
    let page = "/Contents 10 0 R";
    let packed = stream("/Filter/ASCIIHexDecode", &format!("{digits}>"));
    let file = |packed: &str| {
        let file = pdf("", page, "", &[packed]);
        // The last of two entries counts with some readers, the first with others.
        String::from_utf8(file)
            .unwrap()
            .replacen("/Contents 4 0 R", "               ", 1)
    };
    let reading = scan(&honest, file(&packed).into_bytes()).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET"]);
    let packed = stream("/Filter/OursDecode", "TERCES");
    let reading = scan(&honest, file(&packed).into_bytes()).await;
    assert!(
        matches!(reading.missing[0].why, Why::NoReader(_)),
        "{:?}",
        reading.missing
    );
}

#[tokio::test]
async fn fields_and_names_are_read_whatever_they_are_kept_as() {
    let honest = Honest::new("pdf-fields");
    let long = stream("", "SECRET");
    for catalog in [
        "/AcroForm<</Fields[<</T(a)/Kids[<</T(b)/V(SECRET)>>]>>]>>",
        "/AcroForm<</Fields[<</FT/Tx/T(a)/DV(SECRET)>>]>>",
        "/AcroForm<</Fields[<</FT/Ch/T(a)/V[(SECRET)]>>]>>",
        "/AcroForm<</Fields[<</FT/Tx/T(a)/V 10 0 R>>]>>",
        "/AcroForm<</Fields[<</FT/Tx/T(SECRET)>>]>>",
        "/Outlines<</First<</Title(SECRET)/Next 3 0 R>>>>",
        "/Names<</Dests<</Names[(SECRET)[3 0 R/Fit]]>>>>",
        "/Dests<</SECRET[3 0 R/Fit]>>",
        "/OCProperties<</D<</Order[(SECRET)]>>>>",
        "/Collection<</Schema<</a<</N(SECRET)>>>>>>",
    ] {
        let reading = scan(&honest, pdf("", "", catalog, &[&long])).await;
        assert!(
            of(&reading, PieceKind::Aside).contains(&"SECRET"),
            "{catalog}"
        );
    }
    // What a button shows when it is pressed, or would in another state.
    let form = stream(
        "/Subtype/Form/BBox[0 0 99 20]/Resources<</Font<</Z 5 0 R>>>>",
        "BT /Z 12 Tf 0 2 Td (SECRET) Tj ET",
    );
    for looks in ["/AP<</D 10 0 R>>", "/AS/On/AP<</N<</Off 10 0 R>>>>"] {
        let page = format!("/Annots[<</Subtype/Widget/Rect[0 0 9 9]{looks}>>]");
        let reading = scan(&honest, pdf("", &page, "", &[&form])).await;
        assert_eq!(of(&reading, PieceKind::Hidden), ["SECRET"], "{looks}");
    }
}
