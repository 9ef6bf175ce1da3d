//! All that files say, through a worker of their own: where it was found, what was not read, and that nothing gets beyond the
//! limits.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod files;

use std::io::Write as _;

use bytes::Bytes;
use files::{Honest, archive, gzip, mail, of, package, pdf, pieces, scan};
use inspect::{Limits, PieceKind, Reading, Why};

#[tokio::test]
async fn every_place_of_a_word_document_is_read_as_what_it_is() {
    let honest = Honest::new("scan-word");
    let file = package(&[
        (
            "word/document.xml",
            "<w:document xmlns:w='w' xmlns:v='v'><w:p><w:r><w:t>SEC</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>xx</w:t></w:r><w:r><w:t>RET</w:t></w:r></w:p><w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>kept</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:document>",
        ),
        (
            "word/colours.xml",
            "<w:hdr xmlns:w='w' xmlns:v='v'><w:p><w:r><w:t>top</w:t></w:r><w:r><w:pict><v:shape id='PowerPlusWaterMarkObject1'><v:textpath string='across'/></v:shape></w:pict></w:r></w:p></w:hdr>",
        ),
        (
            "word/footer1.xml",
            "<w:ftr xmlns:w='w'><w:p><w:r><w:t>foot</w:t></w:r></w:p></w:ftr>",
        ),
        (
            "word/comments.xml",
            "<w:comments xmlns:w='w'><w:comment><w:p><w:r><w:t>said</w:t></w:r></w:p></w:comment></w:comments>",
        ),
        (
            "word/footnotes.xml",
            "<w:footnotes xmlns:w='w'><w:footnote><w:p><w:r><w:t>note</w:t></w:r></w:p></w:footnote></w:footnotes>",
        ),
        (
            "docProps/custom.xml",
            "<Properties><property name='bjDocumentSecurityLabel'><lpwstr>label</lpwstr></property></Properties>",
        ),
        (
            "docMetadata/LabelInfo.xml",
            "<l:labelList xmlns:l='l'><l:label id='{AB-1}' enabled='1' removed='0'/></l:labelList>",
        ),
        ("word/media/image1.png", "\u{89}PNG"),
    ]);
    let reading = scan(&honest, "a.docx", file).await;
    assert_eq!(of(&reading, PieceKind::Header), ["top"]);
    assert_eq!(of(&reading, PieceKind::Watermark), ["across"]);
    assert_eq!(of(&reading, PieceKind::Footer), ["foot"]);
    assert_eq!(of(&reading, PieceKind::Comment), ["said"]);
    assert_eq!(of(&reading, PieceKind::Note), ["note"]);
    assert_eq!(of(&reading, PieceKind::Hidden), ["xx"]);
    assert_eq!(of(&reading, PieceKind::Deleted), ["gone"]);
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET", "kept"]);
    assert_eq!(of(&reading, PieceKind::Cell), ["a\tb"]);
    let named = |name: &str| {
        reading
            .properties
            .iter()
            .find(|one| one.name == name)
            .map(|one| one.value.as_str())
    };
    assert_eq!(named("bjDocumentSecurityLabel"), Some("label"));
    assert_eq!(named("MSIP_Label_AB-1_Enabled"), Some("1"));
    assert!(
        reading
            .missing
            .iter()
            .all(|missing| missing.why == Why::Picture),
        "{:?}",
        reading.missing
    );
}

#[tokio::test]
async fn sheets_and_slides_that_are_hidden_say_so() {
    let honest = Honest::new("scan-sheets");
    let file = package(&[
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='r'><sheets><sheet name='Costs' r:id='a'/><sheet name='Lists' state='veryHidden' r:id='b'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='a' Target='worksheets/sheet1.xml'/><Relationship Id='b' Target='worksheets/sheet2.xml'/></Relationships>",
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>one</t></si><si><r><t>t</t></r><r><t>wo</t></r></si></sst>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row></sheetData><headerFooter><oddHeader>&amp;L&amp;\"Arial,Bold\"&amp;14SECRET&amp;RPage &amp;P</oddHeader></headerFooter></worksheet>",
        ),
        (
            "xl/worksheets/sheet2.xml",
            "<worksheet><sheetData><row><c t='inlineStr'><is><t>below</t></is></c></row></sheetData></worksheet>",
        ),
    ]);
    let reading = scan(&honest, "a.xlsx", file).await;
    assert_eq!(of(&reading, PieceKind::Cell), ["one\ttwo"]);
    assert_eq!(of(&reading, PieceKind::Header), ["SECRET\tPage 1"]);
    assert_eq!(of(&reading, PieceKind::Hidden), ["below"]);
    assert_eq!(of(&reading, PieceKind::Subject), ["Costs", "Lists"]);
    let slides = package(&[
        (
            "ppt/slides/slide1.xml",
            "<p:sld xmlns:p='p' xmlns:a='a' show='0'><p:sp><p:nvPr><p:ph type='ftr'/></p:nvPr><a:p><a:r><a:t>foot</a:t></a:r></a:p></p:sp><p:sp><a:p><a:r><a:t>text</a:t></a:r></a:p></p:sp></p:sld>",
        ),
        (
            "ppt/slideMasters/slideMaster1.xml",
            "<p:sldMaster xmlns:p='p' xmlns:a='a'><a:p><a:r><a:t>each</a:t></a:r></a:p></p:sldMaster>",
        ),
        (
            "ppt/notesSlides/notesSlide1.xml",
            "<p:notes xmlns:p='p' xmlns:a='a'><a:p><a:r><a:t>said</a:t></a:r></a:p></p:notes>",
        ),
    ]);
    let reading = scan(&honest, "a.pptx", slides).await;
    assert_eq!(of(&reading, PieceKind::Footer), ["foot"]);
    assert_eq!(of(&reading, PieceKind::Hidden), ["text"]);
    assert_eq!(of(&reading, PieceKind::Master), ["each"]);
    assert_eq!(of(&reading, PieceKind::Note), ["said"]);
}

#[tokio::test]
async fn other_formats_give_their_places_too() {
    let honest = Honest::new("scan-others");
    let open = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            "<o xmlns:text='t'><text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p>One<text:s/>two</text:p></o>",
        ),
        (
            "styles.xml",
            "<o xmlns:text='t' xmlns:style='s'><style:header><text:p>top</text:p></style:header><style:footer-first><text:p>foot</text:p></style:footer-first></o>",
        ),
        (
            "meta.xml",
            "<o xmlns:office='o' xmlns:meta='m'><office:meta><meta:user-defined meta:name='Classification'>label</meta:user-defined></office:meta></o>",
        ),
    ]);
    let reading = scan(&honest, "a.odt", open).await;
    assert_eq!(of(&reading, PieceKind::Header), ["top"]);
    assert_eq!(of(&reading, PieceKind::Footer), ["foot"]);
    assert_eq!(of(&reading, PieceKind::Deleted), ["gone"]);
    assert_eq!(of(&reading, PieceKind::Body), ["One two"]);
    assert_eq!(reading.properties[0].value, "label");

    let rich = r"{\rtf1\ansi{\info{\title A title}}{\*\userprops{\propname Own}\proptype30{\staticval value}}{\header top\par}{\*\unknown silent}S{\b E}CRET\par{\v un\b seen}\'e9t\'e9\par}";
    let reading = scan(&honest, "a.rtf", rich).await;
    assert_eq!(of(&reading, PieceKind::Header), ["top"]);
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET", "été"]);
    assert_eq!(of(&reading, PieceKind::Hidden), ["silent", "unseen"]);
    let properties: Vec<_> = reading
        .properties
        .iter()
        .map(|one| (one.name.as_str(), one.value.as_str()))
        .collect();
    assert_eq!(properties, [("title", "A title"), ("Own", "value")]);

    let page = "<title>T</title><meta name=classification content=label><header>top</header><p>S<b>E</b>CRET<script>var x = 'no';</script><div style='display: none'>unseen</div><!-- aside --><table><tr><td>a<td>b</table>";
    let reading = scan(&honest, "a.html", page).await;
    assert_eq!(of(&reading, PieceKind::Subject), ["T"]);
    assert_eq!(of(&reading, PieceKind::Header), ["top"]);
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET"]);
    assert_eq!(of(&reading, PieceKind::Hidden), ["unseen", "aside"]);
    assert_eq!(of(&reading, PieceKind::Cell), ["a\tb"]);

    let reading = scan(&honest, "a.pdf", pdf(&["OFFICIAL", "Text"])).await;
    assert!(
        of(&reading, PieceKind::Body).contains(&"OFFICIAL"),
        "{reading:?}"
    );
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);

    for bytes in [
        "SECRET\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
        b"\xef\xbb\xbfSECRET".to_vec(),
        b"SECRET \xe9".to_vec(),
    ] {
        let reading = scan(&honest, "a.txt", bytes).await;
        assert!(
            of(&reading, PieceKind::Body)[0].starts_with("SECRET"),
            "{reading:?}"
        );
    }
}

#[tokio::test]
async fn files_within_files_are_read_and_say_where_they_lie() {
    let honest = Honest::new("scan-nested");
    let inner = mail("Subject: papers\r\nX-Protective-Marking: label", "text");
    let tar = {
        let mut tar = tar::Builder::new(Vec::new());
        let mut head = tar::Header::new_ustar();
        head.set_size(inner.len() as u64);
        head.set_cksum();
        tar.append_data(&mut head, "papers/m.eml", inner.as_bytes())
            .unwrap();
        tar.into_inner().unwrap()
    };
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("all.tgz", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(&gzip(&tar)).unwrap();
    let reading = scan(&honest, "a.zip", zip.finish().unwrap().into_inner()).await;
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);
    let property = reading
        .properties
        .iter()
        .find(|one| one.name == "X-Protective-Marking")
        .unwrap();
    assert_eq!(
        reading.path(property.file),
        "a.zip → all.tgz → all.tar → papers/m.eml"
    );
    assert_eq!(of(&reading, PieceKind::FolderName), ["papers"]);
    assert_eq!(of(&reading, PieceKind::Subject), ["papers"]);
    // Whatever it is called, and whatever it begins with.
    let word = package(&[(
        "word/document.xml",
        "<w:document xmlns:w='w'><w:p><w:r><w:t>in it</w:t></w:r></w:p></w:document>",
    )]);
    assert!(pieces(&scan(&honest, "a.jpg", word.clone()).await).contains("in it"));
    let both = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 64], &word].concat();
    assert!(pieces(&scan(&honest, "a.png", both).await).contains("in it"));
}

#[tokio::test]
async fn messages_of_outlook_are_read_with_what_came_with_them() {
    let honest = Honest::new("scan-outlook");
    let wide = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>()
    };
    let (subject, inner) = (wide("SECRET: papers"), wide("within it"));
    let attached = package(&[(
        "word/header1.xml",
        "<w:hdr xmlns:w='w'><w:p><w:r><w:t>top</w:t></w:r></w:p></w:hdr>",
    )]);
    let name = wide("papers.docx");
    let file = files::compound(&[
        ("__properties_version1.0", &[0; 32]),
        ("__substg1.0_0037001F", &subject),
        ("__substg1.0_1000001E", b"the text\r\nof it"),
        (
            "__substg1.0_007D001E",
            b"Subject: papers\r\nX-Protective-Marking: label\r\n\r\n",
        ),
        (
            "__attach_version1.0_#00000000/__substg1.0_37010102",
            &attached,
        ),
        ("__attach_version1.0_#00000000/__substg1.0_3707001F", &name),
        (
            "__attach_version1.0_#00000001/__substg1.0_3701000D/__properties_version1.0",
            &[0; 32],
        ),
        (
            "__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_0037001F",
            &inner,
        ),
    ]);
    // Whoever looks at it sees the message, and not what came with it.
    let content = futures::stream::iter([Ok(Bytes::from(file.clone()))]);
    let text = honest.inspector.text("a.msg", "", content).await.unwrap();
    assert!(text.text.contains("SECRET: papers\n"), "{}", text.text);
    assert!(text.text.contains("the text\nof it\n"), "{}", text.text);
    assert!(!text.text.contains("top"), "{}", text.text);
    let reading = scan(&honest, "a.msg", file).await;
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);
    assert_eq!(of(&reading, PieceKind::Body), ["the text", "of it"]);
    assert_eq!(of(&reading, PieceKind::Header), ["top"]);
    let subjects = of(&reading, PieceKind::Subject);
    for subject in ["SECRET: papers", "within it"] {
        assert!(subjects.contains(&subject), "{subjects:?}");
    }
    let header = reading
        .properties
        .iter()
        .find(|one| one.name == "X-Protective-Marking");
    assert_eq!(header.map(|one| one.value.as_str()), Some("label"));
    assert_eq!(reading.files[1].name, "papers.docx");
}

#[tokio::test]
async fn what_is_not_read_is_said() {
    let honest = Honest::new("scan-missing");
    for (name, file, why) in [
        (
            "a.bin",
            vec![0, 1, 2, 3, 200, 201, 0, 0, 5, 6, 7],
            "nobody can read",
        ),
        (
            "a.png",
            b"\x89PNG\r\n\x1a\n0000".to_vec(),
            "image without a text layer",
        ),
        (
            "a.docx",
            package(&[(
                "word/document.xml",
                "<w:document xmlns:w='w'><w:p><w:r><w:t>cut",
            )]),
            "damaged",
        ),
        ("a.docx", b"PK\x03\x04 and no more".to_vec(), "damaged"),
        ("a.pdf", b"%PDF-1.7 and no more".to_vec(), "damaged"),
        ("a.rtf", b"{\\rtf1 and no more".to_vec(), "damaged"),
        (
            "a.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more".to_vec(),
            "damaged",
        ),
        (
            "a.7z",
            b"7z\xbc\xaf\x27\x1c and no more".to_vec(),
            "damaged",
        ),
        ("a.gz", b"\x1f\x8b and no more".to_vec(), "damaged"),
        (
            "a.rar",
            b"Rar!\x1a\x07\x01\0 and no more".to_vec(),
            "nobody can read",
        ),
    ] {
        let reading = scan(&honest, name, file).await;
        assert!(
            reading
                .missing
                .iter()
                .any(|missing| missing.why.to_string().contains(why)),
            "{name}: {:?}",
            reading.missing
        );
    }
    // What was met before it broke off counts.
    let cut = package(&[(
        "word/document.xml",
        "<w:document xmlns:w='w'><w:p><w:r><w:t>SECRET</w:t></w:r></w:p><w:p",
    )]);
    assert!(pieces(&scan(&honest, "a.docx", cut).await).contains("SECRET"));
}

#[tokio::test]
async fn nothing_gets_beyond_the_limits() {
    let limits = Limits {
        unpacked: 1 << 20,
        scan: 64 << 10,
        nesting: 3,
        files: 10,
        ..Limits::default()
    };
    let honest = Honest::within("scan-limits", limits);
    let missing =
        |reading: &Reading, why: &Why| reading.missing.iter().any(|missing| missing.why == *why);
    let bomb = gzip(&vec![b'a'; 4 << 20]);
    assert!(missing(&scan(&honest, "a.gz", bomb).await, &Why::TooLarge));
    let long = "many words of text\n".repeat(10_000);
    assert!(missing(&scan(&honest, "a.txt", long).await, &Why::TooLarge));
    let mut deep = archive(&[("a.txt", "text")]);
    for _ in 0..5 {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("a.zip", zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&deep).unwrap();
        deep = zip.finish().unwrap().into_inner();
    }
    assert!(missing(&scan(&honest, "a.zip", deep).await, &Why::TooDeep));
    let names: Vec<String> = (0..50).map(|number| format!("{number}.txt")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "text")).collect();
    assert!(missing(
        &scan(&honest, "a.zip", archive(&many)).await,
        &Why::TooDeep
    ));
    let entities = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'SECRET'>]><a>&e;&e;</a>";
    let exploding = scan(&honest, "a.xml", entities).await;
    assert!(!pieces(&exploding).contains("SECRETSECRET"));
    assert!(matches!(exploding.missing[0].why, Why::Damaged(_)));
}

/// As a module of a macro is packed (MS-OVBA 2.4.1), each byte as it is.
fn packed(text: &[u8]) -> Vec<u8> {
    let tokens: Vec<u8> = text
        .chunks(8)
        .flat_map(|eight| [&[0][..], eight].concat())
        .collect();
    let length = 0xb000 | u16::try_from(tokens.len() - 1).unwrap();
    [&[1][..], &length.to_le_bytes(), &tokens].concat()
}

#[tokio::test]
async fn the_program_of_a_macro_is_read_with_its_remarks() {
    let honest = Honest::new("scan-macros");
    let record = |id: u16, body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap();
        [&id.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
    };
    let list = [
        record(0x0003, &1252_u16.to_le_bytes()),
        record(0x0019, b"Costs"),
        record(0x001a, b"Costs"),
        record(0x0031, &4_u32.to_le_bytes()),
    ]
    .concat();
    let source = b"Attribute VB_Name = \"Costs\"\r\n' SECRET\r\nSub Add()\r\n  x = \"it's\" 'RESTRICTED\r\nRem OFFICIAL\r\nEnd Sub\r\n";
    let module = [b"pppp", &packed(source)[..]].concat();
    // It is in no list, and says itself where it begins.
    let other = [
        b"?",
        &packed(b"Attribute VB_Name = \"Other\"\r\n' CONFIDENTIAL\r\n")[..],
    ]
    .concat();
    let streams = |at: &str| -> Vec<(String, Vec<u8>)> {
        vec![
            (format!("{at}VBA/dir"), packed(&list)),
            (format!("{at}VBA/Costs"), module.clone()),
            (format!("{at}VBA/Broken"), vec![7; 40]),
            (format!("{at}VBA/_VBA_PROJECT"), vec![0xcc, 0x61]),
        ]
    };
    let compound = |streams: &[(String, Vec<u8>)]| {
        let streams: Vec<(&str, &[u8])> = streams
            .iter()
            .map(|(name, bytes)| (name.as_str(), &bytes[..]))
            .collect();
        files::compound(&streams)
    };
    let project = compound(&streams(""));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("[Content_Types].xml", &b"<Types/>"[..]),
        ("word/document.xml", b"<w:document xmlns:w='w'/>"),
        ("word/vbaProject.bin", &project),
        ("word/vbaProjectSignature.bin", b"signed"),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    let package = zip.finish().unwrap().into_inner();
    let mut old = streams("_VBA_PROJECT_CUR/");
    old.push(("Workbook".to_owned(), vec![0; 8]));
    for (name, file) in [("a.docm", package), ("a.xls", compound(&old))] {
        let reading = scan(&honest, name, file).await;
        let remarks = of(&reading, PieceKind::Comment);
        assert_eq!(remarks, ["SECRET", "RESTRICTED", "OFFICIAL"], "{name}");
        assert!(
            of(&reading, PieceKind::Aside).contains(&"Sub Add()"),
            "{name}"
        );
        let unread: Vec<(&str, &Why)> = reading
            .missing
            .iter()
            .map(|missing| (missing.part.as_str(), &missing.why))
            .collect();
        assert_eq!(unread, [("macro Broken", &Why::Macros)], "{name}");
    }
    let alone = [("VBA/dir", &[][..]), ("VBA/Other", &other)];
    let reading = scan(&honest, "vbaProject.bin", files::compound(&alone)).await;
    assert_eq!(of(&reading, PieceKind::Comment), ["CONFIDENTIAL"]);
}

/// How often each of them is changed.
const ROUNDS: usize = 60;

/// Hundreds of files that are not quite what they were: each is scanned, or is told not to be, and nobody falls over.
#[tokio::test]
async fn mutated_files_end_scanned_or_unreadable() {
    let honest = std::sync::Arc::new(Honest::within(
        "scan-mutants",
        Limits {
            memory: 512 << 20,
            ..Limits::default()
        },
    ));
    let seeds: Vec<(&str, Vec<u8>)> = vec![
        (
            "a.docx",
            package(&[(
                "word/document.xml",
                "<w:document xmlns:w='w'><w:p><w:r><w:t>SECRET</w:t></w:r></w:p></w:document>",
            )]),
        ),
        ("a.pdf", pdf(&["OFFICIAL", "Text"])),
        (
            "a.rtf",
            br"{\rtf1\ansi{\header top\par}text\u233 e\par}".to_vec(),
        ),
        (
            "a.eml",
            mail(
                "Subject: a\r\nContent-Type: multipart/mixed; boundary=b",
                "--b\r\n\r\ntext\r\n--b--",
            )
            .into_bytes(),
        ),
        ("a.html", b"<p>a<table><tr><td>b</table>".to_vec()),
        ("a.gz", gzip(b"text")),
        (
            "a.doc",
            files::compound(&[
                ("WordDocument", &[0xec, 0xa5, 0xc1, 0, 1, 2, 3, 4]),
                ("\u{5}SummaryInformation", &[0xfe, 0xff, 0, 0, 9, 9, 9]),
            ]),
        ),
    ];
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        usize::try_from(chance % (1 << 30)).unwrap()
    };
    for _ in 0..ROUNDS {
        for (name, seed) in &seeds {
            let mut file = seed.clone();
            let changes = next() % 8 + 1;
            for _ in 0..changes {
                let at = next() % file.len();
                match next() % 4 {
                    0 => file[at] = u8::try_from(next() % 256).unwrap(),
                    1 => file.truncate(at + 1),
                    2 => {
                        let piece: Vec<u8> = file[at..file.len().min(at + 40)].to_vec();
                        file.extend(piece);
                    }
                    _ => file[at] ^= 0x80,
                }
            }
            let content = futures::stream::iter([Ok(Bytes::from(file))]);
            match honest.inspector.scan(name, &[], "", content).await {
                Ok(reading) => assert!(!reading.files.is_empty()),
                Err(failure) => assert!(
                    !matches!(failure, inspect::Failure::NoWorker(_)),
                    "{failure:?}"
                ),
            }
        }
    }
}
