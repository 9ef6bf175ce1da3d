//! Archives: what lies in them beside their members, and texts as they are printed.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[allow(dead_code, reason = "other tests make the rest of these files")]
mod files;

use std::io::{Cursor, Write as _};

use files::{Honest, archive, of, pieces, scan};
use inspect::{PieceKind, Reading, Why};
use zip::write::SimpleFileOptions;

fn damaged(reading: &Reading) -> bool {
    reading
        .missing
        .iter()
        .any(|one| matches!(one.why, Why::Damaged(_)))
}

#[tokio::test]
async fn what_is_in_an_archive_and_in_no_list_of_it_is_said() {
    let honest = Honest::new("archives-unlisted");
    let whole = archive(&[("a.txt", "one"), ("b.txt", "two")]);
    let reading = scan(&honest, "a.zip", whole.clone()).await;
    assert!(reading.missing.is_empty(), "{:?}", reading.missing);
    let after = [&whole[..], b"SECRET words behind it"].concat();
    let reading = scan(&honest, "a.zip", after).await;
    assert!(damaged(&reading) && pieces(&reading).contains("SECRET words"));
    // The second member is there, but the list has the first only.
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.txt", SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"one").unwrap();
    let alone = zip.finish().unwrap().into_inner();
    let list = alone
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    let end = alone
        .windows(4)
        .position(|four| four == b"PK\x05\x06")
        .unwrap();
    let hidden = archive(&[("hidden.txt", "SECRET")]);
    let until = hidden
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    let mut file = [&alone[..list], &hidden[..until], &alone[list..]].concat();
    let at = u32::try_from(list + until).unwrap();
    let end = end + until;
    file[end + 16..end + 20].copy_from_slice(&at.to_le_bytes());
    let reading = scan(&honest, "a.zip", file).await;
    assert!(damaged(&reading), "{:?}", reading.missing);
}

#[tokio::test]
async fn folders_and_archives_behind_each_other_are_read() {
    let honest = Honest::new("archives-folders");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_directory("SECRET", SimpleFileOptions::default())
        .unwrap();
    zip.start_file(
        "a.txt",
        zip::write::FullFileOptions::default().with_file_comment("said of it"),
    )
    .unwrap();
    zip.write_all(b"one").unwrap();
    let reading = scan(&honest, "a.zip", zip.finish().unwrap().into_inner()).await;
    assert_eq!(of(&reading, PieceKind::FolderName), ["SECRET"]);
    assert!(
        reading
            .properties
            .iter()
            .any(|one| one.value == "said of it")
    );
    let packed = |name: &str, text: &str| {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
        tar.into_inner().unwrap()
    };
    let both = [packed("a.txt", "first"), packed("b.txt", "second")].concat();
    let reading = scan(&honest, "a.tar", both).await;
    assert_eq!(of(&reading, PieceKind::Body), ["first", "second"]);
}

#[tokio::test]
async fn texts_are_read_as_they_are_printed() {
    let honest = Honest::new("archives-printed");
    let reading = scan(
        &honest,
        "a.txt",
        "S\u{8}SE\u{8}EC\u{8}CRET\nTOP \u{1b}[1mSEC\u{1b}[0mRET\n",
    )
    .await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET", "TOP SECRET"]);
    let rich = "{\\rtf1{\\*\\docvar {PM}{kept}}{\\caps secret} small\\par}";
    let reading = scan(&honest, "a.rtf", rich).await;
    assert_eq!(of(&reading, PieceKind::Body), ["SECRET small"]);
    assert_eq!(of(&reading, PieceKind::Hidden), ["kept"]);
}
