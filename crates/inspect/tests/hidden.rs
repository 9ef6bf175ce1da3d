//! Places in which a marking can be hidden: parts that are called what they are not, records that few programs show, words that
//! are cut, and what stands behind the end.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "other tests make the rest of these files")]
mod files;

use files::{Honest, compound, mail, of, package, pdf, pieces, scan};
use inspect::{PieceKind, Reading, Why};

fn says(reading: &Reading, name: &str, value: &str) -> bool {
    reading
        .properties
        .iter()
        .any(|one| one.name == name && one.value == value)
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[tokio::test]
async fn a_part_is_what_is_in_it_and_not_what_it_is_called() {
    let honest = Honest::new("hidden-parts");
    let header = "<w:hdr xmlns:w='w'><w:p><w:r><w:t>SECRET</w:t></w:r></w:p></w:hdr>";
    for name in [
        "word/theme/header1.xml",
        "word/styles-of-ours.xml",
        "word/_rels/header.xml.rels",
        "word/media/image1.png",
        "docProps/thumbnail.xml",
    ] {
        let reading = scan(&honest, "a.docx", package(&[(name, header)])).await;
        assert_eq!(of(&reading, PieceKind::Header), ["SECRET"], "{name}");
    }
    let looks = package(&[
        (
            "word/theme/theme1.xml",
            "<a:theme xmlns:a='a' name='SECRET'/>",
        ),
        (
            "word/styles.xml",
            "<w:styles xmlns:w='w'><w:style/></w:styles>",
        ),
        ("word/media/image1.svg", "<svg><text>drawn</text></svg>"),
    ]);
    let reading = scan(&honest, "a.docx", looks).await;
    assert_eq!(of(&reading, PieceKind::Body), ["drawn"]);
    assert!(reading.missing.iter().all(|one| one.why == Why::Picture));
    let boxes = package(&[
        (
            "xl/drawings/vmlDrawing1.vml",
            "<xml xmlns:v='v'><v:shape><v:textbox><div><font>on a button</font></div></v:textbox></v:shape></xml>",
        ),
        (
            "xl/activeX/activeX1.xml",
            "<ax:ocx xmlns:ax='ax'><ax:ocxPr ax:name='Caption' ax:value='on a label'/></ax:ocx>",
        ),
    ]);
    let reading = scan(&honest, "a.xlsm", boxes).await;
    let mut body = of(&reading, PieceKind::Body);
    body.sort_unstable();
    assert_eq!(body, ["on a button", "on a label"]);
    let sheet = package(&[
        ("xl/workbook.xml", "<workbook/>"),
        ("xl/Texts.xml", "<sst><si><t>SECRET</t></si></sst>"),
    ]);
    let reading = scan(&honest, "a.xlsx", sheet).await;
    assert_eq!(of(&reading, PieceKind::Cell), ["SECRET"]);
}

#[tokio::test]
async fn letters_that_stand_below_each_other_are_a_word() {
    let honest = Honest::new("hidden-letters");
    let reading = scan(&honest, "a.txt", "S\nE\nC\nR\nE\nT\nwords").await;
    assert!(of(&reading, PieceKind::Body).contains(&"SECRET"));
    let reading = scan(&honest, "a.txt", "a\nb\nc\nwords").await;
    assert_eq!(of(&reading, PieceKind::Body), ["a", "b", "c", "words"]);
}

#[tokio::test]
async fn what_headers_of_messages_say_is_made_out_whatever_they_are_called() {
    let honest = Honest::new("hidden-headers");
    let titus = "x-titus-metadata-40: =?utf-8?q?eyJwcm9wcyI6W3sib?=\r\n =?utf-8?q?WFya2luZyI6IlNFQ1JFVCJ9XX0=3D?=";
    let file = mail(
        &format!(
            "Subject: x\r\n{titus}\r\nX-Acme: =?utf-8?b?U0VDUkVU?=\r\nContent-Type: multipart/mixed; boundary=b"
        ),
        "--b\r\nContent-Type: text/rtf\r\nX-Marking: SECRET\r\n\r\n{\\rtf1 in {\\b rich} text}\r\n--b--",
    );
    let reading = scan(&honest, "a.eml", file.clone()).await;
    assert!(says(&reading, "marking", "SECRET"), "{reading:?}");
    assert!(says(&reading, "X-Acme", "SECRET"), "{reading:?}");
    assert!(says(&reading, "X-Marking", "SECRET"), "{reading:?}");
    assert!(of(&reading, PieceKind::Body).contains(&"in rich text"));
    // As Mail of macOS keeps it.
    let kept = format!("{}\n{file}", file.len());
    let reading = scan(&honest, "a.emlx", kept).await;
    assert_eq!(of(&reading, PieceKind::Subject), ["x"]);
}

#[tokio::test]
async fn rich_text_of_outlook_is_read_beside_its_plain_text() {
    let honest = Honest::new("hidden-rich");
    let packed = |text: &str| {
        let length = u32::try_from(text.len()).unwrap();
        let mut bytes = (length + 12).to_le_bytes().to_vec();
        bytes.extend(length.to_le_bytes());
        bytes.extend(b"MELA\0\0\0\0");
        bytes.extend(text.as_bytes());
        bytes
    };
    for (text, expected) in [
        ("{\\rtf1 other words}", true),
        ("{\\rtf1\\fromhtml1 other words}", false),
    ] {
        let file = compound(&[
            ("__properties_version1.0", &[0; 32]),
            ("__substg1.0_1000001F", &wide("plain words")),
            ("__substg1.0_10090102", &packed(text)),
        ]);
        let reading = scan(&honest, "a.msg", file).await;
        assert!(pieces(&reading).contains("plain words"));
        assert_eq!(pieces(&reading).contains("other words"), expected);
    }
}

#[tokio::test]
async fn records_that_few_programs_show_are_read() {
    let honest = Honest::new("hidden-records");
    let record = |kind: u16, body: &[u8]| {
        let length = u16::try_from(body.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
    };
    let mut others = vec![0; 30];
    for count in [4_u16, 0, 0, 5] {
        others.extend(count.to_le_bytes());
    }
    others.extend([4, 0, 0]);
    others.extend(b"even");
    others.extend([5, 0, 1]);
    others.extend(wide("first"));
    let mut name = vec![0, 0, 0, 2, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    name.extend(b"AB\x17\x05\0named");
    let mut shape = vec![0; 18];
    shape[10] = 4;
    let book = [
        record(0x809, &[0, 6, 5, 0]),
        record(0x18, &name),
        record(0x89c, &others),
        record(0x100d, b"\0\0\x05\0chart"),
        record(0x1b6, &shape),
        record(0x3c, b"\0te"),
        record(0x3c, b"\0xt"),
        record(0x3c, &[0; 16]),
        record(0x0a, &[]),
    ]
    .concat();
    let reading = scan(&honest, "a.xls", compound(&[("Workbook", &book)])).await;
    assert_eq!(of(&reading, PieceKind::Aside), ["named"]);
    assert_eq!(of(&reading, PieceKind::Header), ["even"]);
    assert_eq!(of(&reading, PieceKind::Footer), ["first"]);
    assert_eq!(of(&reading, PieceKind::Body), ["chart"]);
    assert_eq!(of(&reading, PieceKind::Comment), ["text"]);
    let atom = |head: u16, kind: u16, body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap();
        [
            &head.to_le_bytes()[..],
            &kind.to_le_bytes(),
            &length.to_le_bytes(),
            body,
        ]
        .concat()
    };
    let comment = atom(0xf, 0x2ee0, &atom(0x10, 0x0fba, &wide("said")));
    let tag = atom(0xf, 0x138a, &atom(0, 0x138b, &comment));
    let show = atom(0xf, 0x03ee, &tag);
    let reading = scan(
        &honest,
        "a.ppt",
        compound(&[("PowerPoint Document", &show)]),
    )
    .await;
    assert_eq!(of(&reading, PieceKind::Comment), ["said"]);
}

#[tokio::test]
async fn pages_say_what_they_say_though_their_words_are_cut_or_written_by_programs() {
    let honest = Honest::new("hidden-pages");
    let page = "<p>SEC<span style='display:none'>zzz</span>RET</p><p><bdo dir=rtl>TERCES</bdo></p><script>x(1); document.write('by program');</script><meta itemprop=classification content=SECRET>";
    let reading = scan(&honest, "a.html", page).await;
    assert_eq!(
        of(&reading, PieceKind::Body),
        ["SECRET", "SECRET", "by program"]
    );
    assert_eq!(of(&reading, PieceKind::Hidden), ["zzz"]);
    assert!(says(&reading, "classification", "SECRET"));
    let xml = "<?xml version='1.0'?><?note in passing?><paper><classification level='SECRET'/><text>x y</text></paper>";
    let reading = scan(&honest, "a.xml", xml).await;
    assert!(says(&reading, "classification", "SECRET"));
    assert_eq!(of(&reading, PieceKind::Hidden), ["in passing"]);
}

#[tokio::test]
async fn files_that_stand_in_xml_as_letters_are_read() {
    let honest = Honest::new("hidden-packed");
    let flat = "<?xml version='1.0'?><office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' xmlns:text='t' xmlns:draw='d'><text:p>said</text:p><draw:object><office:binary-data>U0VD\nUkVU</office:binary-data></draw:object><draw:frame><desc>alternative</desc></draw:frame></office:document>";
    let reading = scan(&honest, "a.fodt", flat).await;
    assert_eq!(of(&reading, PieceKind::Body), ["said", "SECRET"]);
    assert_eq!(of(&reading, PieceKind::Aside), ["alternative"]);
    let word = "<?xml version='1.0'?><w:wordDocument xmlns:w='w'><w:binData w:name='a.bin'>!!</w:binData></w:wordDocument>";
    let reading = scan(&honest, "a.xml", word).await;
    assert!(matches!(reading.missing[..], [ref one] if one.part == "a.bin"));
}

#[tokio::test]
async fn what_stands_behind_the_end_is_read() {
    let honest = Honest::new("hidden-behind");
    let file = [&pdf(&["words"])[..], b"\nSECRET words\n"].concat();
    let reading = scan(&honest, "a.pdf", file).await;
    assert_eq!(of(&reading, PieceKind::Hidden), ["SECRET words"]);
}

/// A picture of one point, with these chunks before its end.
fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in chunks.iter().chain(&[(b"IEND", &b""[..])]) {
        file.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        file.extend(*kind);
        file.extend(*body);
        file.extend([0; 4]);
    }
    file
}

#[tokio::test]
async fn what_is_said_of_a_picture_is_read() {
    let honest = Honest::new("hidden-pictures");
    let packed = |text: &[u8]| {
        use std::io::Write as _;
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(text).unwrap();
        zlib.finish().unwrap()
    };
    let file = png(&[
        (b"tEXt", b"Title\0one"),
        (b"zTXt", &[b"Comment\0\0", &packed(b"two")[..]].concat()),
        (b"iTXt", b"Subject\0\0\0en\0\0three"),
        (
            b"iTXt",
            &[b"Author\0\x01\0\0\0", &packed(b"four")[..]].concat(),
        ),
    ]);
    let reading = scan(&honest, "a.png", [&file[..], b"behind it"].concat()).await;
    for (name, value) in [
        ("Title", "one"),
        ("Comment", "two"),
        ("Subject", "three"),
        ("Author", "four"),
    ] {
        assert!(says(&reading, name, value), "{name}: {reading:?}");
    }
    assert_eq!(of(&reading, PieceKind::Hidden), ["behind it"]);
    // A JPEG with a remark, with what news agencies say, and with tags.
    let segment = |kind: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap();
        [&[0xff, kind], &length.to_be_bytes()[..], body].concat()
    };
    let agency = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0b\x1c\x02\x78\0\x06SECRET";
    let mut tags = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    tags.extend(b"\x01\x0e\0\x02\0\0\0\x05\0\0\0\x1a\0\0\0\0taken");
    let jpeg = [
        &b"\xff\xd8"[..],
        &segment(0xe1, &tags),
        &segment(0xed, agency),
        &segment(0xfe, b"remark"),
        b"\xff\xda\0\x02\x01\xff\xd9",
    ]
    .concat();
    let reading = scan(&honest, "a.jpg", jpeg).await;
    assert!(says(&reading, "description", "SECRET"), "{reading:?}");
    assert!(says(&reading, "comments", "remark"), "{reading:?}");
    assert!(says(&reading, "ImageDescription", "taken"), "{reading:?}");
    let gif = b"GIF89a\x01\0\x01\0\0\0\0\x21\xfe\x06SECRET\0\x3b";
    let reading = scan(&honest, "a.gif", gif.to_vec()).await;
    assert!(says(&reading, "comments", "SECRET"), "{reading:?}");
}
