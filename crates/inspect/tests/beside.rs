//! Words that stand beside the text of documents, in names, fields and lists of programs, and text that is written as other text.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "other tests make the rest of these files")]
mod files;

use files::{Honest, mail, of, package, scan};
use inspect::{PieceKind, Reading, Why};

fn has(reading: &Reading, kind: PieceKind, text: &str) -> bool {
    of(reading, kind).contains(&text)
}

#[tokio::test]
async fn names_and_words_for_programs_are_read_wherever_they_stand() {
    let honest = Honest::new("beside-names");
    let text = |inner: &str| {
        format!(
            "<w:document xmlns:w='w' xmlns:o='o'><w:body><w:p>{inner}</w:p></w:body></w:document>"
        )
    };
    for inner in [
        "<w:bookmarkStart w:name='SECRET'/>",
        "<w:bookmarkStart w:name='_SECRET'/>",
        "<w:sdt><w:sdtPr><w:alias w:val='SECRET'/></w:sdtPr></w:sdt>",
        "<w:sdt><w:sdtPr><w:tag w:val='SECRET'/></w:sdtPr></w:sdt>",
        "<w:sdt><w:sdtPr><w:dropDownList w:lastValue='SECRET'/></w:sdtPr></w:sdt>",
        "<w:r><w:fldChar><w:ffData><w:helpText w:val='SECRET'/></w:ffData></w:fldChar></w:r>",
        "<w:r><w:delInstrText>SECRET</w:delInstrText></w:r>",
        "<w:r><w:object><o:FieldCodes>SECRET</o:FieldCodes></w:object></w:r>",
        "<w:hyperlink w:anchor='SECRET'/>",
        "<w:unheardOf w:of='SECRET'/>",
    ] {
        let reading = scan(
            &honest,
            "a.docx",
            package(&[("word/document.xml", &text(inner))]),
        )
        .await;
        assert!(has(&reading, PieceKind::Aside, "SECRET"), "{inner}");
    }
    for (name, part) in [
        (
            "word/styles.xml",
            "<w:styles xmlns:w='w'><w:style><w:name w:val='SECRET'/></w:style></w:styles>",
        ),
        (
            "word/comments.xml",
            "<w:comments xmlns:w='w'><w:comment w:author='SECRET'/></w:comments>",
        ),
        (
            "xl/workbook.xml",
            "<workbook><definedNames><definedName name='SECRET'>A1</definedName></definedNames></workbook>",
        ),
        ("xl/tables/table1.xml", "<table displayName='SECRET'/>"),
        (
            "xl/connections.xml",
            "<connections><connection description='SECRET'/></connections>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData><hyperlinks><hyperlink display='SECRET'/></hyperlinks></worksheet>",
        ),
        (
            "ppt/presentation.xml",
            "<p:presentation xmlns:p='p'><p:custShow name='SECRET'/></p:presentation>",
        ),
        (
            "ppt/authors.xml",
            "<p:authorLst xmlns:p='p'><p:author name='SECRET'/></p:authorLst>",
        ),
        (
            "word/_rels/settings.xml.rels",
            "<Relationships><Relationship Target='SECRET' TargetMode='External'/></Relationships>",
        ),
    ] {
        let reading = scan(&honest, "a.docx", package(&[(name, part)])).await;
        assert!(
            has(&reading, PieceKind::Aside, "SECRET"),
            "{name}: {:?}",
            reading.pieces
        );
    }
    let remark = text("<!-- SECRET -->");
    let reading = scan(
        &honest,
        "a.docx",
        package(&[("word/document.xml", &remark)]),
    )
    .await;
    assert!(has(&reading, PieceKind::Hidden, "SECRET"));
    // What programs call their parts and values is passed by, and what can be chosen is a list.
    let list = text(
        "<w:sdt w:val='secret'><w:listItem w:displayText='OFFICIAL'/><w:listItem w:displayText='SECRET'/></w:sdt>",
    );
    let reading = scan(&honest, "a.docx", package(&[("word/document.xml", &list)])).await;
    assert_eq!(of(&reading, PieceKind::Aside), [] as [&str; 0]);
    assert_eq!(of(&reading, PieceKind::Cell), ["OFFICIAL\tSECRET"]);
}

#[tokio::test]
async fn what_no_cell_shows_and_what_a_formula_makes_is_read() {
    let honest = Honest::new("beside-cells");
    let book = package(&[
        ("xl/workbook.xml", "<workbook/>"),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>shown</t></si><si><t>SECRET</t></si></sst>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='str'><f>IF(A1=1,\"RESTRICTED\",\"none\")</f><v>none</v></c></row></sheetData></worksheet>",
        ),
    ]);
    let reading = scan(&honest, "a.xlsx", book).await;
    assert_eq!(of(&reading, PieceKind::Cell), ["shown\tnone"]);
    assert_eq!(of(&reading, PieceKind::Deleted), ["SECRET"]);
    assert!(has(&reading, PieceKind::Aside, "RESTRICTED\tnone"));
}

#[tokio::test]
async fn names_in_open_documents_are_read() {
    let honest = Honest::new("beside-odf");
    for inner in [
        "<text:p><text:bookmark text:name='SECRET'/></text:p>",
        "<text:p><text:reference-mark text:name='SECRET'/></text:p>",
        "<text:section text:name='SECRET'/>",
        "<table:database-range table:name='SECRET'/>",
        "<draw:layer><svg:title>SECRET</svg:title></draw:layer>",
        "<number:text>SECRET</number:text>",
        "<form:checkbox form:label='SECRET'/>",
        "<text:drop-down><text:label text:value='SECRET' text:current-selected='true'/></text:drop-down>",
    ] {
        let content = format!(
            "<office:document-content xmlns:office='o' xmlns:text='t' xmlns:table='ta' xmlns:draw='d' xmlns:svg='s' xmlns:number='n' xmlns:form='f'>{inner}</office:document-content>"
        );
        let document = files::archive(&[
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("content.xml", &content),
        ]);
        let reading = scan(&honest, "a.odt", document).await;
        assert!(
            has(&reading, PieceKind::Aside, "SECRET"),
            "{inner}: {:?}",
            reading.pieces
        );
    }
    let document = files::archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", "<office:document-content xmlns:office='o'/>"),
        ("settings.xml", "<settings><item>SECRET</item></settings>"),
    ]);
    let reading = scan(&honest, "a.odt", document).await;
    assert!(has(&reading, PieceKind::Aside, "SECRET"));
}

#[tokio::test]
async fn text_that_stands_for_other_text_is_read_as_what_it_stands_for() {
    let honest = Honest::new("beside-encoded");
    for (name, text) in [
        ("a.txt", "Hello\n+AFMARQBDAFIARQBU-\n"),
        ("a.txt", "=53=45=43RET\n"),
        ("a.txt", "&#83;&#69;CRET\n"),
        ("a.txt", "%53%45CRET\n"),
        ("a.js", "\\u0053ECRET\n"),
        ("a.yaml", "\\x53ECRET\n"),
        ("a.css", "\\0053 ECRET\n"),
        ("a.txt", "U0VDUkVUCg==\n"),
        (
            "a.pem",
            "-----BEGIN DATA-----\nU0VDUkVUClRoZSBw\nbGFuIG9mIGl0Cg==\n-----END DATA-----\n",
        ),
        ("a.txt", "5345435245540a546865\n20706c616e206f66\n"),
        ("a.txt", "53 45 43 52 45 54 0a 54 68 65 20 70 6c 61 6e\n"),
        (
            "a.txt",
            "00000000: 5345 4352 4554 0a54 6865 2070 6c61 6e0a  SECRET.The plan.\n",
        ),
        ("a.txt", "KNCUGUSFKQFFI2DFEBYGYYLOEBXWMIDJOQ======\n"),
        (
            "a.txt",
            "01010011 01000101 01000011 01010010 01000101 01010100\n",
        ),
        ("a.ldif", "dn: x\ndescription:: U0VDUkVU\n"),
    ] {
        let reading = scan(&honest, name, text).await;
        assert!(
            has(&reading, PieceKind::Body, "SECRET"),
            "{text}: {:?}",
            reading.pieces
        );
        assert!(reading.missing.is_empty(), "{text}: {:?}", reading.missing);
    }
    // Words, numbers and keys stand for nothing.
    for text in [
        "CONFIDENTIALPAPERSOFTHEBOARD\n",
        "deadbeefdeadbeefdeadbeef\n",
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC\n",
        "12345678 12345678\n",
    ] {
        let reading = scan(&honest, "a.txt", text).await;
        assert_eq!(of(&reading, PieceKind::Body), [text.trim()]);
        assert_eq!(reading.files.len(), 1, "{text}");
    }
    let locked = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n";
    let reading = scan(&honest, "a.txt", locked).await;
    assert_eq!(reading.missing[0].why, Why::Encrypted);
    let body: Vec<u8> = b"SECRET\n".iter().map(|one| one.wrapping_add(42)).collect();
    let mut message = mail(
        "Subject: x\r\n",
        "Hello\r\n=ybegin line=128 size=7 name=a.txt\r\n",
    )
    .into_bytes();
    message.extend_from_slice(&body);
    message.extend_from_slice(b"\r\n=yend size=7\r\n");
    let reading = scan(&honest, "a.eml", message).await;
    assert!(
        has(&reading, PieceKind::Body, "SECRET"),
        "{:?}",
        reading.pieces
    );
}

#[tokio::test]
async fn pages_say_what_their_names_letters_and_programs_say() {
    let honest = Honest::new("beside-pages");
    let page = "<html><head><meta charset=utf-7></head><body>+AFMARQBDAFIARQBU-</body></html>";
    let reading = scan(&honest, "a.html", page).await;
    assert!(has(&reading, PieceKind::Body, "SECRET"));
    let page = "<html><body><a name='SECRET'>x</a><p data-of='RESTRICTED'>y<script>document.write('\\u0050ROTECT')</script></body></html>";
    let reading = scan(&honest, "a.html", page).await;
    assert_eq!(of(&reading, PieceKind::Aside), ["RESTRICTED", "SECRET"]);
    assert!(has(&reading, PieceKind::Body, "PROTECT"));
    let drawing = "<svg><image href='data:image/svg+xml,&lt;svg&gt;&lt;text&gt;SECRET&lt;/text&gt;&lt;/svg&gt;'/></svg>";
    let reading = scan(&honest, "a.svg", drawing).await;
    assert!(
        has(&reading, PieceKind::Body, "SECRET"),
        "{:?}",
        reading.pieces
    );
}

#[tokio::test]
async fn names_and_numbers_beside_rich_text_do_not_divide_its_lines() {
    let honest = Honest::new("beside-rich");
    let text = "{\\rtf1 TOP {\\*\\bkmkstart SECRET}{\\*\\bkmkend SECRET}SECRET\\par{\\listtext RESTRICTED 1.}x{\\*\\revtbl{Unknown;}{PROTECT;}}\\par}";
    let reading = scan(&honest, "a.rtf", text).await;
    assert_eq!(of(&reading, PieceKind::Body), ["TOP SECRET", "x"]);
    let aside = of(&reading, PieceKind::Aside);
    for said in ["SECRET", "RESTRICTED 1.", "PROTECT"] {
        assert!(aside.contains(&said), "{aside:?}");
    }
}

/// A message as Exchange sends it: attributes of a level, a number, a length and a sum.
fn tnef(attributes: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut file = 0x223e_9f78_u32.to_le_bytes().to_vec();
    file.extend([1, 0]);
    for (id, data) in attributes {
        file.push(1);
        file.extend(id.to_le_bytes());
        file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        file.extend(data);
        file.extend([0, 0]);
    }
    file
}

fn property(tag: u16, of: u16, name: Option<&str>, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(of.to_le_bytes());
    out.extend(tag.to_le_bytes());
    let padded = |out: &mut Vec<u8>, bytes: &[u8]| {
        out.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        out.extend(bytes);
        out.resize(out.len().next_multiple_of(4), 0);
    };
    if let Some(name) = name {
        out.extend([0; 16]);
        out.extend(1_u32.to_le_bytes());
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        padded(&mut out, &wide);
    }
    out.extend(1_u32.to_le_bytes());
    padded(&mut out, value);
    out
}

#[tokio::test]
async fn a_message_as_exchange_sends_it_is_read_with_what_came_with_it() {
    let honest = Honest::new("beside-tnef");
    let mut properties = 3_u32.to_le_bytes().to_vec();
    properties.extend(property(0x1000, 0x1e, None, b"RESTRICTED\r\nmore\0"));
    properties.extend(property(0x8001, 0x1e, Some("SIO"), b"PROTECT\0"));
    properties.extend(property(0x1013, 0x102, None, b"<p>page</p>"));
    let whole = tnef(&[
        (0x0001_8004, b"TOP SECRET: plan\0".to_vec()),
        (0x0006_9003, properties),
        (0x0006_9002, vec![0; 14]),
        (0x0001_8010, b"a.txt\0".to_vec()),
        (0x0006_800f, b"SECRET\n".to_vec()),
    ]);
    let reading = scan(&honest, "winmail.dat", whole.clone()).await;
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);
    assert_eq!(of(&reading, PieceKind::Subject), ["TOP SECRET: plan"]);
    let body = of(&reading, PieceKind::Body);
    for said in ["RESTRICTED", "page", "SECRET"] {
        assert!(body.contains(&said), "{body:?}");
    }
    assert!(
        reading
            .properties
            .iter()
            .any(|one| one.name == "SIO" && one.value == "PROTECT")
    );
    assert!(reading.files.iter().any(|file| file.name == "a.txt"));
    let reading = scan(&honest, "winmail.dat", whole[..whole.len() - 9].to_vec()).await;
    assert!(matches!(reading.missing[0].why, Why::Damaged(_)));
    assert_eq!(of(&reading, PieceKind::Subject), ["TOP SECRET: plan"]);
}
