//! What programs write for programs: JSON, XML, tables and drawings as text, pages for browsers.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "other tests make the rest of these files")]
mod files;

use files::{Honest, of, scan};
use inspect::{PieceKind, Reading, Why};

fn says(reading: &Reading, name: &str, value: &str) -> bool {
    reading
        .properties
        .iter()
        .any(|one| one.name == name && one.value == value)
}

#[tokio::test]
async fn texts_of_json_are_read_with_their_names() {
    let honest = Honest::new("data-json");
    let file = r#"{"meta":{"protectiveMarking":"\u0053ECRET","n":1,"no":null},"header":"above","source":["SECRET\n","second"],"enum":["OFFICIAL","SECRET"]} {"a":"next","props":[{"n":"Classification","vals":[{"value":"high"}]}]}"#;
    let reading = scan(&honest, "a.json", file).await;
    assert!(says(&reading, "protectiveMarking", "SECRET"));
    assert!(says(&reading, "Classification", "high"));
    assert_eq!(of(&reading, PieceKind::Header), ["above"]);
    assert!(of(&reading, PieceKind::Aside).contains(&"a: next"));
    assert_eq!(of(&reading, PieceKind::Cell), ["OFFICIAL\tSECRET"]);
    let body = of(&reading, PieceKind::Body);
    for line in ["SECRET", "second"] {
        assert!(body.contains(&line), "{line}: {body:?}");
    }
    // What is none is text, as it stands.
    for file in ["[SECRET]\nwords", "{\"a\": \"b\"", "[]"] {
        let reading = scan(&honest, "a.json", file).await;
        assert_eq!(of(&reading, PieceKind::Body).join("\n"), file);
    }
    let deep = "[".repeat(100_000);
    assert!(scan(&honest, "a.json", deep).await.missing.is_empty());
}

#[tokio::test]
async fn xml_says_how_it_is_marked_in_attributes_and_remarks() {
    let honest = Honest::new("data-xml");
    let file = "<?xml version='1.0'?><!-- remark --><doc ism:classification='S' ism:ownerProducer='GBR'><classification><code>secret</code></classification><t>words</t></doc>";
    let reading = scan(&honest, "a.xml", file).await;
    assert!(says(&reading, "classification", "SECRET"));
    assert!(says(&reading, "classification", "secret"));
    assert_eq!(of(&reading, PieceKind::Hidden), ["remark"]);
    let list = "<?xml version='1.0'?><c><marking>OFFICIAL</marking><marking>SECRET</marking></c>";
    assert!(scan(&honest, "a.xml", list).await.properties.is_empty());
    let set = "<svg xmlns='s'><text>S</text><text>E</text><text>C</text><text>R</text></svg>";
    let reading = scan(&honest, "a.svg", set).await;
    assert!(of(&reading, PieceKind::Body).contains(&"SECR"));
    let sheet = "<?xml version='1.0'?><Workbook xmlns:x='x'><Worksheet ss:Name='Costs'><x:Header x:Data='&amp;C&amp;14SECRET'/></Worksheet></Workbook>";
    let reading = scan(&honest, "a.xml", sheet).await;
    assert_eq!(of(&reading, PieceKind::Header), ["SECRET"]);
    assert_eq!(of(&reading, PieceKind::Subject), ["Costs"]);
    let drawing = "<mxfile><diagram><mxGraphModel><root><mxCell value='&lt;b&gt;in a box&lt;/b&gt;'/></root></mxGraphModel></diagram></mxfile>";
    let reading = scan(&honest, "a.drawio", drawing).await;
    assert_eq!(of(&reading, PieceKind::Body), ["in a box"]);
    let reading = scan(
        &honest,
        "a.xml",
        "<mxfile><diagram>not packed</diagram></mxfile>",
    )
    .await;
    assert!(
        reading
            .missing
            .iter()
            .any(|one| matches!(one.why, Why::Damaged(_)))
    );
}

#[tokio::test]
async fn rows_of_tables_as_text_are_rows() {
    let honest = Honest::new("data-tables");
    let file = "Ref;Title;Marking\r\n1;\"Depots; two\nlines\";SECRET\r\n2;3\r\nSECRET\r\n";
    let reading = scan(&honest, "a.csv", file).await;
    assert_eq!(
        of(&reading, PieceKind::Cell),
        [
            "Ref\tTitle\tMarking",
            "1\tDepots; two lines\tSECRET",
            "SECRET"
        ]
    );
    // A quote that is never closed takes nothing with it.
    let open = format!("a,\"b\n{}SECRET\n", "c,d\n".repeat(200));
    let reading = scan(&honest, "a.csv", open).await;
    assert!(of(&reading, PieceKind::Cell).contains(&"SECRET"));
    let sylk = "ID;PCALCOOO32\nC;X1;Y1;K\"SECRET\"\nC;X2;K\"two;;three\"\nC;X1;Y2;K12\nE\n";
    let reading = scan(&honest, "a.slk", sylk).await;
    assert_eq!(of(&reading, PieceKind::Cell), ["SECRET\ttwo;three"]);
    let drawing = "0\nSECTION\n2\nENTITIES\n0\nMTEXT\n3\n{\\fArial|b1;SEC\n1\nRET}\\Psecond %%uline\n0\nEOF\n";
    let reading = scan(&honest, "a.dxf", drawing).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET", "second line"]);
}

#[tokio::test]
async fn what_a_page_says_beside_its_text_is_read() {
    let honest = Honest::new("data-pages");
    let file = "<html><style>p::before{content:'\\53 ECRET'}</style><script type='application/ld+json'>{\"header\":\"linked\"}</script><!--[if mso]><p>for some</p><![endif]--><p aria-label='spoken' data-classification='held' style='text-transform: uppercase'>loud</p><iframe srcdoc='&lt;p>inside&lt;/p>'></iframe><iframe src='data:text/html;base64,PHA+cGFja2VkPC9wPg=='></iframe><img src='data:image/png;base64,iVBORw0KGgo='></html>";
    let reading = scan(&honest, "a.html", file).await;
    let body = of(&reading, PieceKind::Body);
    for line in ["SECRET", "for some", "LOUD", "inside", "packed"] {
        assert!(body.contains(&line), "{line}: {body:?}");
    }
    assert_eq!(of(&reading, PieceKind::Header), ["linked"]);
    assert_eq!(of(&reading, PieceKind::Aside), ["spoken"]);
    assert!(says(&reading, "classification", "held"));
    assert!(reading.missing.iter().any(|one| one.why == Why::Picture));
}
