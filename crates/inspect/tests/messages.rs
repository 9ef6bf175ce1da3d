//! Messages and what is kept beside them: properties by their names, calendars and cards.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "other tests make the rest of these files")]
mod files;

use files::{Honest, compound, of, pieces, scan};
use inspect::{PieceKind, Reading, Why};

fn named<'a>(reading: &'a Reading, name: &str) -> Option<&'a str> {
    let same = |one: &&inspect::Property| one.name == name;
    reading
        .properties
        .iter()
        .find(same)
        .map(|one| one.value.as_str())
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[tokio::test]
async fn what_a_property_of_a_message_is_called_is_looked_up() {
    let honest = Honest::new("messages-named");
    let label = wide("msip_labels");
    let length = u32::try_from(label.len()).unwrap();
    let texts = [&length.to_le_bytes()[..], &label, &[9, 0]].concat();
    // The first is called by a number, the second by a text; the third's text is cut off.
    let entries = [
        [0x54, 0x85, 0, 0, 6, 0, 0, 0],
        [0, 0, 0, 0, 7, 0, 1, 0],
        [26, 0, 0, 0, 7, 0, 2, 0],
    ];
    let value = wide("MSIP_Label_ab_Enabled=true");
    let inner = "__attach_version1.0_#00000000/__substg1.0_3701000D";
    let file = compound(&[
        ("__properties_version1.0", &[0; 32]),
        (
            "__nameid_version1.0/__substg1.0_00030102",
            &entries.concat(),
        ),
        ("__nameid_version1.0/__substg1.0_00040102", &texts),
        ("__substg1.0_8001001F", &value),
        ("__substg1.0_8002001F", &wide("cut")),
        (&format!("{inner}/__properties_version1.0"), &[0; 24]),
        (&format!("{inner}/__substg1.0_8001001F"), &wide("within")),
        ("__substg1.0_8000101F", &[8, 0, 0, 0]),
        ("__substg1.0_8000101F-00000000", &wide("one of a list")),
    ]);
    let reading = scan(&honest, "a.msg", file).await;
    assert_eq!(
        named(&reading, "msip_labels"),
        Some("MSIP_Label_ab_Enabled=true")
    );
    assert_eq!(named(&reading, "property 8002"), Some("cut"));
    assert_eq!(named(&reading, "property 8000"), Some("one of a list"));
    // One list of names serves all messages in the file.
    assert!(
        reading
            .properties
            .iter()
            .any(|one| one.name == "msip_labels" && one.value == "within")
    );
}

#[tokio::test]
async fn lines_of_a_calendar_are_one_again() {
    let honest = Honest::new("messages-calendar");
    let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Meeting [SECR\r\n ET]\r\nDESCRIPTION:first\\, TOP S\r\n\tECRET\\nsecond\r\nCATEGORIES:green,SECRET\r\nX-ALT-DESC;FMTTYPE=text/html:<p>in HTML</p>\r\nX-PROTECTIVE-MARKING:SECRET\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:aW5zaWRl\r\nATTACH;ENCODING=BASE64:!!\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let reading = scan(&honest, "a.ics", file).await;
    assert_eq!(of(&reading, PieceKind::Subject), ["Meeting [SECRET]"]);
    let body = of(&reading, PieceKind::Body);
    for line in ["first, TOP SECRET", "second", "in HTML", "inside"] {
        assert!(body.contains(&line), "{line}: {body:?}");
    }
    assert!(
        reading
            .properties
            .iter()
            .any(|one| one.name == "CATEGORIES" && one.value == "SECRET")
    );
    assert_eq!(named(&reading, "X-PROTECTIVE-MARKING"), Some("SECRET"));
    assert_eq!(reading.missing.len(), 1, "{:?}", reading.missing);
    let card = "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:J Smith\r\nNOTE;ENCODING=QUOTED-PRINTABLE:=53=45CR=\r\nET\r\nEND:VCARD\r\n";
    let reading = scan(&honest, "a.vcf", card).await;
    let body = of(&reading, PieceKind::Body);
    assert!(body.contains(&"SECRET"), "{body:?}");
}

#[tokio::test]
async fn a_message_that_is_not_what_it_says_is_read_and_said_to_be_damaged() {
    let honest = Honest::new("messages-damaged");
    let damaged = |reading: &Reading| {
        reading
            .missing
            .iter()
            .any(|one| matches!(one.why, Why::Damaged(_)))
    };
    let head = "From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n";
    let file = format!(
        "{head}Content-Type: multipart/mixed; boundary=zzz\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSECRET\r\n--b--\r\n"
    );
    let reading = scan(&honest, "a.eml", file).await;
    assert!(
        damaged(&reading) && of(&reading, PieceKind::Body).contains(&"SECRET"),
        "{reading:?}"
    );
    let base64 = format!(
        "{head}Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!U0VDUkVUCgpoZWxsbyB0aGVyZQ==\r\n"
    );
    let reading = scan(&honest, "a.eml", base64).await;
    assert!(
        damaged(&reading) && of(&reading, PieceKind::Body).contains(&"SECRET"),
        "{reading:?}"
    );
    let letters = format!(
        "{head}Content-Type: text/plain; charset=cp500\r\nContent-Transfer-Encoding: base64\r\n\r\n4sXD2cXj\r\n"
    );
    let reading = scan(&honest, "a.eml", letters).await;
    assert!(
        reading
            .missing
            .iter()
            .any(|one| matches!(one.why, Why::NoReader(_)))
    );
}

#[tokio::test]
async fn what_stands_around_the_parts_of_a_message_is_read() {
    let honest = Honest::new("messages-around");
    let file = "From: a@example.org\r\nSubject: x\r\nThread-Topic: Depots [SECRET]\r\nX-Titus-Metadata-40: eyJwcm9wcyI6W3sibWFya2luZyI6IlNFQ1JFVCJ9XX0=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\nbefore all\r\n--b\r\n\r\nhello\r\nbegin 644 n.txt\r\n&4T5#4D54\r\n`\r\nend\r\n--b--\r\nafter all\r\n";
    let reading = scan(&honest, "a.eml", file).await;
    assert_eq!(of(&reading, PieceKind::Subject), ["x", "Depots [SECRET]"]);
    assert_eq!(of(&reading, PieceKind::Hidden), ["before all", "after all"]);
    assert!(reading.files.iter().any(|one| one.name == "n.txt"));
    assert_eq!(pieces(&reading).matches("SECRET").count(), 3, "{reading:?}");
    assert_eq!(named(&reading, "marking"), Some("SECRET"));
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);
}
