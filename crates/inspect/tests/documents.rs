//! Documents: what they say in places that few look at.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "other tests make the rest of these files")]
mod files;

use files::{Honest, archive, compound, of, package, scan};
use inspect::{PieceKind, Reading, Why};

fn is_unread(reading: &Reading) -> bool {
    reading
        .missing
        .iter()
        .any(|one| matches!(one.why, Why::NoReader(_)))
}

#[tokio::test]
async fn what_uses_names_of_open_document_is_not_one() {
    let honest = Honest::new("documents-svg");
    let file = "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' xmlns:anim='urn:oasis:names:tc:opendocument:xmlns:animation:1.0'><text><tspan>SEC</tspan><tspan>RET</tspan></text></svg>";
    let reading = scan(&honest, "a.svg", file).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET"]);
}

#[tokio::test]
async fn a_paragraph_is_a_line_whatever_is_in_it() {
    let honest = Honest::new("documents-lines");
    let word = package(&[(
        "word/document.xml",
        "<w:document xmlns:w='w'><w:p><w:r><w:t>first</w:t></w:r></w:p><w:p/><w:p><w:r><w:t>third</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p></w:document>",
    )]);
    let reading = scan(&honest, "a.docx", word).await;
    let lines: Vec<(u32, &str)> = reading
        .pieces
        .iter()
        .filter(|piece| matches!(piece.kind, PieceKind::Body | PieceKind::Deleted))
        .map(|piece| (piece.line, piece.text.as_str()))
        .collect();
    assert_eq!(lines, [(1, "first"), (3, "gone"), (3, "third")]);
}

#[tokio::test]
async fn what_is_declared_for_all_slides_is_read() {
    let honest = Honest::new("documents-declared");
    let file = "<?xml version='1.0'?><office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' xmlns:presentation='p' xmlns:text='t'><office:presentation><presentation:header-decl>head</presentation:header-decl><presentation:footer-decl>foot</presentation:footer-decl><presentation:date-time-decl>day</presentation:date-time-decl><text:p>said</text:p></office:presentation></office:document>";
    let reading = scan(&honest, "a.fodp", file).await;
    assert_eq!(of(&reading, PieceKind::Header), ["head"]);
    assert_eq!(of(&reading, PieceKind::Footer), ["foot", "day"]);
    assert_eq!(of(&reading, PieceKind::Body), ["said"]);
}

#[tokio::test]
async fn what_is_chosen_in_a_form_stands_where_the_form_does() {
    let honest = Honest::new("documents-forms");
    let word = package(&[(
        "word/document.xml",
        "<w:document xmlns:w='w'><w:p><w:r><w:t>Marking: </w:t></w:r><w:r><w:fldChar><w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='low'/><w:listEntry w:val='high'/></w:ddList></w:ffData></w:fldChar></w:r></w:p></w:document>",
    )]);
    let reading = scan(&honest, "a.docx", word).await;
    assert_eq!(of(&reading, PieceKind::Body), ["Marking: high"]);
    let text = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            "<o:d xmlns:o='o' xmlns:f='f'><o:p>Marking: <o:fieldmark><o:param o:name='Dropdown_ListEntry' o:value='low'/><o:param o:name='Dropdown_ListEntry' o:value='high'/><o:param o:name='Dropdown_Selected' o:value='1'/></o:fieldmark></o:p><f:text f:current-value='typed' f:value='before'/><f:listbox><f:option f:label='not'/><f:option f:label='taken' f:current-selected='true'/></f:listbox></o:d>",
        ),
    ]);
    let reading = scan(&honest, "a.odt", text).await;
    assert_eq!(
        of(&reading, PieceKind::Body),
        ["Marking: high", "typed", "taken"]
    );
    // Word 97 keeps it in a stream of its own: which was chosen, and the list.
    let mut form = vec![0; 68];
    form[4] = 68;
    form.extend([0xff, 0xff, 0xff, 0xff, 0b110, 0, 0, 0, 0, 0]);
    form.extend([0; 4 + 2 + 4 * 5]);
    form.extend([0xff, 0xff, 2, 0, 0, 0]);
    for entry in ["low", "high"] {
        form.extend([u8::try_from(entry.len()).unwrap(), 0]);
        form.extend(entry.encode_utf16().flat_map(u16::to_le_bytes));
    }
    form[0] = u8::try_from(form.len()).unwrap();
    let file = compound(&[("WordDocument", &[0; 2048]), ("Data", &form)]);
    let reading = scan(&honest, "a.doc", file).await;
    assert!(
        of(&reading, PieceKind::Body).contains(&"high"),
        "{reading:?}"
    );
}

#[tokio::test]
async fn a_picture_that_nobody_reads_is_not_taken_for_text() {
    let honest = Honest::new("documents-rasters");
    let white = vec![255_u8; 3000];
    let tga = [
        &[0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 25, 0, 24, 0][..],
        &white,
    ]
    .concat();
    let ppm = [b"P6\n# made by hand\n40 25\n255\n", &white[..]].concat();
    for (name, file) in [
        ("a.tga", tga.clone()),
        ("scan", tga),
        ("a.ppm", ppm),
        ("a.pgm", b"P2 4 1 255\n0 255 0 255\n".to_vec()),
        (
            "a.xbm",
            b"#define im_width 8\n#define im_height 1\nstatic char im_bits[] = {0x00};".to_vec(),
        ),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n(words) show\n".to_vec()),
        ("white", white),
    ] {
        let reading = scan(&honest, name, file).await;
        assert!(is_unread(&reading), "{name}: {:?}", reading.missing);
    }
    for text in [
        "P2 of the plan\n",
        "P6\nis empty\n",
        "#define X 1\n",
        "====================\n",
    ] {
        let reading = scan(&honest, "a.txt", text).await;
        assert!(reading.missing.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn letters_that_are_shown_as_capitals_are_capitals() {
    let honest = Honest::new("documents-capitals");
    let word = package(&[
        (
            "word/styles.xml",
            "<w:styles xmlns:w='w'><w:style w:styleId='A'><w:rPr><w:caps/></w:rPr></w:style><w:style w:styleId='B'><w:basedOn w:val='A'/></w:style></w:styles>",
        ),
        (
            "word/document.xml",
            "<w:document xmlns:w='w'><w:p><w:pPr><w:pStyle w:val='B'/></w:pPr><w:r><w:t>secret</w:t></w:r></w:p><w:p><w:r><w:rPr><w:caps/></w:rPr><w:t>one</w:t></w:r><w:r><w:rPr><w:caps w:val='0'/></w:rPr><w:t>two</w:t></w:r></w:p></w:document>",
        ),
    ]);
    let reading = scan(&honest, "a.docx", word).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET", "ONEtwo"]);
    let slide = package(&[(
        "ppt/slides/slide1.xml",
        "<p:sld xmlns:a='a'><a:p><a:r><a:rPr cap='all'/><a:t>secret</a:t></a:r></a:p></p:sld>",
    )]);
    let reading = scan(&honest, "a.pptx", slide).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET"]);
    let text = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "styles.xml",
            "<o:d xmlns:o='o'><o:style o:name='A'><o:text-properties o:text-transform='uppercase'/></o:style></o:d>",
        ),
        (
            "content.xml",
            "<o:d xmlns:o='o'><o:style o:name='P1' o:parent-style-name='A'/><o:p o:style-name='P1'>secret</o:p><o:p>a <o:span o:style-name='A'>b</o:span> c</o:p></o:d>",
        ),
    ]);
    let reading = scan(&honest, "a.odt", text).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET", "a B c"]);
}

#[tokio::test]
async fn places_that_few_look_at_are_read() {
    let honest = Honest::new("documents-places");
    let word = package(&[
        (
            "word/settings.xml",
            "<w:settings xmlns:w='w'><w:docVars><w:docVar w:name='PM' w:val='kept'/></w:docVars></w:settings>",
        ),
        (
            "word/numbering.xml",
            "<w:numbering xmlns:w='w'><w:lvlText w:val='numbered %1'/></w:numbering>",
        ),
        (
            "word/document.xml",
            "<w:document xmlns:w='w'><w:tblCaption w:val='table'/><w:hyperlink w:tooltip='tip'/><w:p><w:r><w:sym w:font='Arial' w:char='F053'/></w:r><w:ruby><w:rt><w:r><w:t>said</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>EC</w:t></w:r></w:rubyBase></w:ruby></w:p><w:p><w:r><w:fldChar w:fldCharType='begin'/><w:instrText> QUOTE \"quoted\" </w:instrText><w:fldChar w:fldCharType='end'/></w:r></w:p></w:document>",
        ),
    ]);
    let reading = scan(&honest, "a.docx", word).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SEC", "quoted"]);
    assert_eq!(of(&reading, PieceKind::Hidden), ["kept"]);
    let aside = of(&reading, PieceKind::Aside);
    for said in ["table", "tip", "said"] {
        assert!(aside.contains(&said), "{said}: {aside:?}");
    }
    assert!(aside.iter().any(|one| one.starts_with("numbered")));
    let book = package(&[
        (
            "xl/styles.xml",
            "<styleSheet><numFmt formatCode='\"shown\" 0'/></styleSheet>",
        ),
        (
            "xl/pivotCache/pivotCacheDefinition1.xml",
            "<pivotCacheDefinition><cacheField name='Mark'><s v='one'/><s v='two'/></cacheField></pivotCacheDefinition>",
        ),
        (
            "xl/charts/chart1.xml",
            "<c:chartSpace xmlns:c='c'><c:v>line</c:v><c:v>12</c:v></c:chartSpace>",
        ),
    ]);
    let reading = scan(&honest, "a.xlsx", book).await;
    assert_eq!(of(&reading, PieceKind::Body), ["shown"]);
    let cells = of(&reading, PieceKind::Cell);
    assert!(
        cells.contains(&"Mark\tone\ttwo") && cells.contains(&"line"),
        "{cells:?}"
    );
    let sheet = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "content.xml",
            "<o:d xmlns:o='o'><o:spreadsheet><o:user-field-decl o:name='PM' o:string-value='field'/><o:table o:name='Costs'><o:table-row><o:table-cell o:string-value='value'/></o:table-row></o:table></o:spreadsheet></o:d>",
        ),
    ]);
    let reading = scan(&honest, "a.ods", sheet).await;
    assert_eq!(of(&reading, PieceKind::Subject), ["Costs"]);
    assert_eq!(of(&reading, PieceKind::Body), ["value"]);
    assert_eq!(of(&reading, PieceKind::Hidden), ["field"]);
}

#[tokio::test]
async fn words_of_word_art_in_word_97_are_a_watermark() {
    let honest = Honest::new("documents-word-art");
    let words: Vec<u8> = "SECRET\0"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let size = u8::try_from(words.len()).unwrap();
    // A table of two entries, of which the second has its text behind the table.
    let mut drawing = vec![0x23, 0, 0x0b, 0xf0, 12 + size, 0, 0, 0];
    drawing.extend([0x7f, 1, 0, 0, 0, 0, 0xc0, 0xc0, size, 0, 0, 0]);
    drawing.extend(words);
    let file = compound(&[("WordDocument", &[0; 2048]), ("1Table", &drawing)]);
    let reading = scan(&honest, "a.doc", file).await;
    assert_eq!(of(&reading, PieceKind::Watermark), ["SECRET"]);
}
