//! Files of every kind, whole, broken and hostile, through a worker of their own.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use bytes::Bytes;
use inspect::{Failure, Inspector, Limits, Text, View};
use zip::write::SimpleFileOptions;

/// An inspector with an honest worker.
struct Honest {
    inspector: Inspector,
    directory: PathBuf,
}

impl Drop for Honest {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

impl Honest {
    fn new(test: &str) -> Self {
        Self::within(test, Limits::default())
    }

    fn within(test: &str, limits: Limits) -> Self {
        let directory = std::env::temp_dir().join(format!("inspect-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let program = directory.join("honest");
        let _ = std::fs::remove_file(&program);
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_inspect-mischief"), &program).unwrap();
        Self {
            inspector: Inspector::at(program, limits),
            directory,
        }
    }

    async fn text(&self, name: &str, file: impl Into<Vec<u8>>) -> Result<Text, Failure> {
        let content = futures::stream::iter([Ok(Bytes::from(file.into()))]);
        self.inspector.text(name, "", content).await
    }

    async fn said(&self, name: &str, file: impl Into<Vec<u8>>) -> String {
        self.text(name, file).await.unwrap().text
    }

    async fn view(&self, name: &str, file: impl Into<Vec<u8>>) -> View {
        let content = futures::stream::iter([Ok(Bytes::from(file.into()))]);
        self.inspector.view(name, "", content).await.unwrap()
    }
}

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn word(body: &str) -> Vec<u8> {
    let document = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    archive(&[
        ("word/document.xml", &document),
        (
            "word/header1.xml",
            "<w:hdr xmlns:w='w'><w:p><w:r><w:t>OFFICIAL</w:t></w:r></w:p></w:hdr>",
        ),
        (
            "word/footer1.xml",
            "<w:ftr xmlns:w='w'><w:p><w:r><w:t>Page</w:t></w:r></w:p></w:ftr>",
        ),
    ])
}

fn workbook() -> Vec<u8> {
    archive(&[
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='r'><sheets><sheet name='Second' sheetId='2' r:id='b'/><sheet name='First' sheetId='1' r:id='a'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='a' Target='worksheets/sheet1.xml'/><Relationship Id='b' Target='/xl/worksheets/sheet2.xml'/></Relationships>",
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>Name</t></si><si><r><t>Am</t></r><r><t>ount</t></r></si></sst>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row><row><c t='inlineStr'><is><t>Rent</t></is></c><c><f>1+1</f><v>2</v></c></row></sheetData></worksheet>",
        ),
        (
            "xl/worksheets/sheet2.xml",
            "<worksheet><sheetData/></worksheet>",
        ),
    ])
}

fn slides() -> Vec<u8> {
    let slide = |text: &str| {
        format!("<p:sld xmlns:a='a' xmlns:p='p'><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>")
    };
    archive(&[
        (
            "ppt/presentation.xml",
            "<p:presentation xmlns:p='p' xmlns:r='r'><p:sldIdLst><p:sldId id='256' r:id='b'/><p:sldId id='257' r:id='a'/></p:sldIdLst></p:presentation>",
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            "<Relationships><Relationship Id='a' Target='slides/slide1.xml'/><Relationship Id='b' Target='slides/slide2.xml'/></Relationships>",
        ),
        ("ppt/slides/slide1.xml", &slide("Last")),
        ("ppt/slides/slide2.xml", &slide("First")),
        (
            "ppt/slides/_rels/slide2.xml.rels",
            "<Relationships><Relationship Id='n' Target='../notesSlides/notesSlide1.xml'/></Relationships>",
        ),
        ("ppt/notesSlides/notesSlide1.xml", &slide("Say hello")),
    ])
}

fn open_document() -> Vec<u8> {
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            "<o xmlns:text='t' xmlns:table='b'><text:tracked-changes><text:p>struck out</text:p></text:tracked-changes><text:h>Title</text:h><text:p>One<text:s/>two &amp; &#51;<text:line-break/>four</text:p><table:table table:name='Costs'><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table></o>",
        ),
        (
            "styles.xml",
            "<s xmlns:text='t' xmlns:style='s'><style:footer><text:p>Page</text:p></style:footer></s>",
        ),
    ])
}

fn pdf(words: &str) -> Vec<u8> {
    use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};
    let [catalog, tree, page, font, stream] = [1, 2, 3, 4, 5].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids([page]).count(1);
    let mut one = pdf.page(page);
    one.media_box(Rect::new(0.0, 0.0, 400.0, 400.0));
    one.parent(tree).contents(stream);
    one.resources().fonts().pair(Name(b"F1"), font);
    one.finish();
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    let mut content = Content::new();
    content.begin_text();
    content.set_font(Name(b"F1"), 14.0);
    content.next_line(100.0, 300.0);
    content.show(Str(words.as_bytes()));
    content.end_text();
    pdf.stream(stream, &content.finish());
    pdf.finish()
}

const MAIL: &str = "From: Ada <ada@example.org>\r\nTo: ben@example.org\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\nX-Protective-Marking: OFFICIAL\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee you there.\r\n--b\r\nContent-Type: application/pdf; name=map.pdf\r\nContent-Disposition: attachment; filename=map.pdf\r\n\r\n%PDF\r\n--b--\r\n";

#[tokio::test]
async fn text_of_any_letters_is_read() {
    let honest = Honest::new("letters");
    assert_eq!(honest.said("a.txt", "Zoë\r\nline").await, "Zoë\nline");
    assert_eq!(honest.said("a.txt", &b"Zo\xeb"[..]).await, "Zoë");
    assert_eq!(
        honest.said("a.txt", &b"\xff\xfeZ\0o\0\xeb\0"[..]).await,
        "Zoë"
    );
    assert_eq!(honest.said("settings.toml", "a = 1\n").await, "a = 1\n");
    assert_eq!(honest.said("a.json", "{\"a\": 1}").await, "{\"a\": 1}");
}

#[tokio::test]
async fn html_is_read_as_people_see_it() {
    let html = "<html><head><title>t</title><script>alert(1)</script></head><body><h1>Title</h1><p>One <b>two</b></p></body></html>";
    let said = Honest::new("html").said("a.html", html).await;
    assert!(
        said.contains("One two") && !said.contains("alert"),
        "{said}"
    );
}

#[tokio::test]
async fn office_documents_are_read_in_order() {
    let honest = Honest::new("office");
    let body = "<w:p><w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr><w:r><w:t>One &lt;two&gt; </w:t><w:tab/><w:t>three</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p><w:p><w:r><w:t>Four</w:t></w:r></w:p>";
    assert_eq!(
        honest.said("a.docx", word(body)).await,
        "OFFICIAL\nOne <two> \tthree\nFour\nPage\n"
    );
    assert_eq!(
        honest.said("a.xlsx", workbook()).await,
        "Second\nFirst\nName\tAmount\nRent\t2\n"
    );
    assert_eq!(
        honest.said("a.pptx", slides()).await,
        "First\nSay hello\nLast\n"
    );
    assert_eq!(
        honest.said("a.odt", open_document()).await,
        "Title\nOne two & 3\nfour\nCosts\na \tb\nPage\n"
    );
}

#[tokio::test]
async fn pdf_mail_and_rich_text_are_read() {
    let honest = Honest::new("others");
    let said = honest.said("a.pdf", pdf("Minutes of the board")).await;
    assert!(said.contains("Minutes of the board"), "{said}");
    assert_eq!(
        honest.said("a.eml", MAIL).await,
        "From: Ada <ada@example.org>\nTo: ben@example.org\nSubject: Café\nX-Protective-Marking: OFFICIAL\n\nSee you there.\nAttachment: map.pdf\n"
    );
    let rich = br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Caf\'e9 \u8364?5\par{\*\unknown hidden}Two\tab three}";
    assert_eq!(
        honest.said("a.rtf", &rich[..]).await,
        "Café €5\nTwo\tthree\n"
    );
}

#[tokio::test]
async fn what_can_be_shown_is_made_harmless() {
    let honest = Honest::new("views");
    let markdown = "# Title\n\n<script>alert(1)</script>\n\n**bold** <b>raw</b> ![x](/sign-out) [here](/documents/1) [there](https://example.org) [bad](javascript:alert(1))\n\n|a|b|\n|-|-|\n|1|2|\n";
    let View::Html { html, .. } = honest.view("a.md", markdown).await else {
        panic!("not HTML");
    };
    for good in [
        "<h2>Title</h2>",
        "<strong>bold</strong>",
        "<td>1</td>",
        "href=\"https://example.org\"",
    ] {
        assert!(html.contains(good), "{good}: {html}");
    }
    for bad in ["<script", "<img", "sign-out", "/documents/1", "javascript"] {
        assert!(!html.contains(bad), "{bad}: {html}");
    }
    let View::Table { rows, truncated } = honest.view("a.csv", "a;b\n1;\"2;3\"\n").await else {
        panic!("not a table");
    };
    assert_eq!(rows, [["a", "b"], ["1", "2;3"]]);
    assert!(!truncated);
    let View::Table { rows, truncated } = honest.view("a.csv", "a,b\n".repeat(500)).await else {
        panic!("not a table");
    };
    assert_eq!((rows.len(), truncated), (200, true));
    let wide = format!("{}\n{}\n", "a,".repeat(500), "b".repeat(5_000));
    let View::Table { rows, truncated } = honest.view("a.csv", wide).await else {
        panic!("not a table");
    };
    assert_eq!(
        (rows[0].len(), rows[1][0].len(), truncated),
        (50, 2_000, true)
    );
    let View::Mail(mail) = honest.view("a.eml", MAIL).await else {
        panic!("not an e-mail");
    };
    assert_eq!(mail.attachments[0].name, "map.pdf");
    assert!(matches!(
        honest.view("a.docx", word("")).await,
        View::Extract(_)
    ));
    assert!(matches!(honest.view("a.txt", "x").await, View::Plain(_)));
}

#[tokio::test]
async fn what_is_no_text_is_said_to_be_none() {
    let honest = Honest::new("none");
    for (name, file) in [
        ("a.png", &b"\x89PNG\r\n\x1a\n\0\0"[..]),
        ("a.bin", b"\0\x01\x02"),
        ("a", b""),
    ] {
        let failure = honest.text(name, file).await.unwrap_err();
        assert!(matches!(failure, Failure::NotText), "{name}: {failure:?}");
    }
    let failure = honest.text("a.zip", archive(&[("a.txt", "a")])).await;
    assert!(matches!(failure, Err(Failure::NotText)), "{failure:?}");
}

#[tokio::test]
async fn a_file_that_is_cut_short_cannot_be_read() {
    let honest = Honest::new("short");
    let rich = br"{\rtf1 one two three four five six}".to_vec();
    for (name, file) in [
        ("a.docx", word("<w:p/>")),
        ("a.xlsx", workbook()),
        ("a.pptx", slides()),
        ("a.odt", open_document()),
        ("a.pdf", pdf("words")),
        ("a.rtf", rich),
    ] {
        for part in [file.len() / 2, file.len() - 8] {
            let failure = honest.text(name, &file[..part]).await;
            let unreadable = matches!(failure, Err(Failure::Unreadable(_)));
            // A reader of PDF mends what it can: then there is text, and no failure.
            assert!(
                unreadable || name == "a.pdf",
                "{name} to {part}: {failure:?}"
            );
        }
    }
    let failure = honest.text("a.eml", "no e-mail at all").await;
    assert!(
        matches!(failure, Err(Failure::Unreadable(_))),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_bomb_does_not_go_off() {
    let honest = Honest::new("bomb");
    let body = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", " ".repeat(300 << 20));
    let bomb = word(&body);
    assert!(bomb.len() < 1 << 20);
    let failure = honest.text("a.docx", bomb).await.unwrap_err();
    assert!(matches!(failure, Failure::TooLarge), "{failure:?}");
    // Whoever asked is as well as before.
    assert_eq!(honest.said("a.txt", "x").await, "x");
}

#[tokio::test]
async fn elements_ten_thousand_deep_end_in_an_error() {
    let honest = Honest::new("deep");
    let deep = format!("{}{}", "<w:p>".repeat(10_000), "</w:p>".repeat(10_000));
    let failure = honest.text("a.docx", word(&deep)).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreadable(_)), "{failure:?}");
    let rich = format!("{{\\rtf1 {}", "{".repeat(10_000));
    let failure = honest.text("a.rtf", rich).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreadable(_)), "{failure:?}");
    // These either are read or end the worker; they do not end whoever asked.
    for (name, file) in [
        ("a.html", "<div>".repeat(10_000)),
        ("a.md", "> ".repeat(10_000)),
        ("a.md", "[".repeat(100_000)),
    ] {
        let content = futures::stream::iter([Ok(Bytes::from(file))]);
        let _ = honest.inspector.view(name, "", content).await;
    }
    assert_eq!(honest.said("a.txt", "x").await, "x");
}

#[tokio::test]
async fn an_entity_of_a_file_s_own_stands_for_nothing() {
    let body = "<!DOCTYPE w:document [<!ENTITY a 'aaaa'><!ENTITY b SYSTEM 'file:///etc/passwd'>]><w:document xmlns:w='w'><w:p><w:r><w:t>&a;&b;</w:t></w:r></w:p></w:document>";
    let said = Honest::new("entities")
        .said("a.docx", archive(&[("word/document.xml", body)]))
        .await;
    assert_eq!(said, "\u{fffd}\u{fffd}\n");
}

#[tokio::test]
async fn more_than_the_limits_is_cut_off_or_refused() {
    let honest = Honest::within(
        "limits",
        Limits {
            input: 1000,
            text: 10,
            ..Limits::default()
        },
    );
    let text = honest.text("a.txt", "ééééééééé").await.unwrap();
    assert_eq!((text.text.as_str(), text.truncated), ("ééééé", true));
    let failure = honest.text("a.txt", vec![b'x'; 1001]).await.unwrap_err();
    assert!(matches!(failure, Failure::TooLarge), "{failure:?}");
    let walls = honest.inspector.check().await.unwrap();
    assert!(walls.seccomp.is_ok(), "{walls}");
}
