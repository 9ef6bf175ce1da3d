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
