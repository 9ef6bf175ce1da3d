#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use super::*;
use crate::reading::{Inner, Missing, Why};

/// A reading of one file with these things unread.
fn reading(missing: &[(&str, Why)]) -> Reading {
    Reading {
        files: vec![Inner {
            name: "a.docx".to_owned(),
            within: None,
            read_as: String::new(),
        }],
        missing: missing
            .iter()
            .map(|(part, why)| Missing {
                file: 0,
                part: (*part).to_owned(),
                why: why.clone(),
            })
            .collect(),
        ..Reading::default()
    }
}

fn picture(missing: usize) -> Picture {
    Picture {
        bytes: vec![1],
        shown: Shown::Picture(missing),
    }
}

/// A line of tesseract's, for a word.
fn word(line: u32, sure: u32, text: &str) -> String {
    format!("5\t1\t1\t1\t{line}\t1\t0\t0\t9\t9\t{sure}\t{text}\n")
}

#[test]
fn what_is_made_out_well_is_read_and_the_rest_is_not() {
    let mut reading = reading(&[
        ("image1.png", Why::Picture),
        ("image2.png", Why::Picture),
        ("image3.png", Why::Picture),
        ("sheet.xls", Why::Encrypted),
    ]);
    let said = [
        "= 0 0\nlevel\tpage_num\n".to_owned(),
        word(1, 96, "TOP"),
        word(1, 91, "SECRET"),
        word(2, 88, "plan"),
        ". 0\n= 1 0\n".to_owned(),
        word(1, 96, "SECRET"),
        word(2, 12, "~xqjz~wwrk"),
        ". 0\n= 2 0\n".to_owned(),
        // It ended before its time.
        word(1, 95, "OFFICIAL"),
        ". 137\n= 3 0\n".to_owned(),
        // What nobody can make out was told of, or what is not there.
        word(1, 95, "nothing"),
        ". 0\n= 9 0\n".to_owned(),
        word(1, 95, "nowhere"),
        ". 0\n".to_owned(),
    ]
    .concat();
    let pictures: Vec<Picture> = (0..4).map(picture).collect();
    tell(&mut reading, &pictures, &said);
    let lines: Vec<&str> = reading
        .pieces
        .iter()
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(lines, ["TOP SECRET", "plan", "SECRET", "OFFICIAL"]);
    assert!(reading.pieces[0].top && reading.pieces[0].kind == PieceKind::Body);
    assert_eq!(reading.places[0].words(), "picture image1.png, recognised");
    let unread: Vec<&str> = reading
        .missing
        .iter()
        .map(|missing| missing.part.as_str())
        .collect();
    assert_eq!(unread, ["image2.png", "image3.png", "sheet.xls"]);
}

#[test]
fn pages_are_told_by_their_numbers_and_a_picture_without_a_word_stays_unread() {
    let mut reading = reading(&[("page 3", Why::NoText), ("page 7", Why::NoText)]);
    let pictures = [Picture {
        bytes: Vec::new(),
        shown: Shown::Pages(vec![(3, 0), (7, 1)]),
    }];
    let said = format!(
        "= 0 7\n{}. 0\n= 0 3\n. 0\n= 0 4\n{}. 0\n",
        word(1, 93, "SECRET"),
        word(1, 93, "x")
    );
    tell(&mut reading, &pictures, &said);
    assert_eq!(reading.pieces.len(), 1);
    assert_eq!(reading.places[0].words(), "page 7, recognised");
    assert_eq!(reading.missing.len(), 1);
    assert_eq!(reading.missing[0].part, "page 3");
}

#[test]
fn whatever_comes_out_of_the_room_is_taken_for_words_at_most() {
    for said in [
        "",
        "= \n= 0\n= a b\n5\t\n",
        "= 0 0\n5\t1\t1\t1\t1\t1\t0\t0\t9\t9\tNaN\tx\n5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t-1\tx\n. 0",
        "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t96\tSECRET\n. 0\n= 4294967295 4294967295\n. 0",
    ] {
        let mut reading = reading(&[("", Why::NoText)]);
        tell(&mut reading, &[picture(0)], said);
        assert_eq!(reading.missing.len(), 1, "{said:?}");
        assert!(reading.pieces.is_empty(), "{said:?}");
    }
}
