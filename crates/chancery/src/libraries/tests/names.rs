//! Names and cursors: rules without a database.

use proptest::prelude::*;

use super::super::Sort;
use super::super::cursor::{Cursor, Key};
use super::super::rules::{LONGEST, inside, item_name, restored_name, typed_name};
use crate::Error;
use crate::people::text::name_key;

fn says(name: &str) -> String {
    match item_name(name) {
        Err(Error::Invalid(problems)) => problems.of("name").unwrap().to_owned(),
        other => panic!("{name:?} was not refused: {other:?}"),
    }
}

#[test]
fn names_that_a_machine_can_save_are_kept_as_they_are() {
    for name in [
        "Agenda.docx",
        "Q3 return (final).xlsx",
        "a",
        ".gitignore",
        "..hidden",
        "résumé.pdf",
        "Протокол.odt",
        "議事録.docx",
        "تقرير.pdf",
        "👩‍👩‍👧 family.txt",
        "CONTRACT.txt",
        "COM.txt",
        "COM10.txt",
        "LPT0",
        "console.log",
        "nul-return.txt",
        "100% & more; really!.txt",
        "it's.txt",
        "a  b.txt",
    ] {
        assert_eq!(item_name(name).unwrap().name, name);
    }
    let longest = "x".repeat(LONGEST);
    assert_eq!(item_name(&longest).unwrap().name, longest);
    assert_eq!(
        item_name("e\u{301}te\u{301}.txt").unwrap().name,
        "été.txt",
        "form C"
    );
    assert_eq!(typed_name("  Minutes \t").unwrap().name, "Minutes");
}

#[test]
fn names_that_a_machine_cannot_save_are_refused_and_named() {
    for (name, why) in [
        ("", "Enter a name"),
        (" \u{3000} ", "Enter a name"),
        (".", "not a name"),
        ("..", "not a name"),
        ("a/b.txt", "contains /"),
        ("..\\..\\etc", "contains \\"),
        ("what?.txt", "contains ?"),
        ("C:notes", "contains :"),
        ("a<b", "contains <"),
        ("a>b", "contains >"),
        ("a|b", "contains |"),
        ("a*b", "contains *"),
        ("say \"x\"", "contains \""),
        (" lead.txt", "space"),
        ("trail.txt ", "space"),
        ("trail.txt\u{a0}", "space"),
        ("stop.", "full stop"),
        ("a\0b", "cannot be seen"),
        ("line\nbreak", "cannot be seen"),
        ("bell\u{7}", "cannot be seen"),
        ("del\u{7f}", "cannot be seen"),
        ("c1\u{85}x", "cannot be seen"),
        ("invoice\u{202e}fdp.exe", "turn the direction"),
        ("a\u{2066}b", "turn the direction"),
        ("a\u{2028}b", "cannot be seen"),
        ("\u{200b}", "can be seen"),
        ("con", "Windows"),
        ("CON", "Windows"),
        ("prn.txt", "Windows"),
        ("Aux.tar.gz", "Windows"),
        ("NUL .txt", "Windows"),
        ("com1", "Windows"),
        ("COM¹.txt", "Windows"),
        ("lpt9.doc", "Windows"),
        ("CONIN$", "Windows"),
    ] {
        let said = says(name);
        assert!(said.contains(why), "{name:?}: {said}");
    }
    assert!(says(&"x".repeat(LONGEST + 1)).contains("too long"));
    assert!(
        says(&"é".repeat(128)).contains("too long"),
        "it is bytes that count: 256"
    );
    assert!(item_name(&"é".repeat(127)).is_ok());
    let said = says(&format!("{}?", "y".repeat(200)));
    assert!(
        said.chars().count() < 200,
        "a long name is shortened in the sentence: {said}"
    );
    assert!(says("invoice?\u{7}").find('\u{7}').is_none());
}

#[test]
fn names_that_look_alike_have_one_key() {
    for (one, other) in [
        ("Agenda.docx", "AGENDA.DOCX"),
        ("été.txt", "E\u{301}TE\u{301}.TXT"),
        ("a b.txt", "a  b.txt"),
        ("a b.txt", "a\u{a0}b.txt"),
        ("ｒｅｐｏｒｔ.txt", "report.txt"),
        ("re\u{200b}port.txt", "report.txt"),
    ] {
        assert_eq!(
            item_name(one).unwrap().key,
            item_name(other).unwrap().key,
            "{one} {other}"
        );
    }
    assert_ne!(item_name("a1").unwrap().key, item_name("a2").unwrap().key);
}

#[test]
fn what_comes_back_under_another_name_keeps_its_extension() {
    for (name, is_document, taken, back) in [
        ("Return.xlsx", true, &[][..], "Return (restored).xlsx"),
        (
            "Return.xlsx",
            true,
            &["return (restored).xlsx"][..],
            "Return (restored 2).xlsx",
        ),
        (
            "Return.xlsx",
            true,
            &["return (restored).xlsx", "return (restored 2).xlsx"][..],
            "Return (restored 3).xlsx",
        ),
        ("Returns 2.0", false, &[][..], "Returns 2.0 (restored)"),
        (".profile", true, &[][..], ".profile (restored)"),
        ("no extension", true, &[][..], "no extension (restored)"),
        (
            "a. really this is a sentence",
            true,
            &[][..],
            "a. really this is a sentence (restored)",
        ),
    ] {
        let other = restored_name(name, is_document, |key| taken.contains(&key));
        assert_eq!(other.name, back);
    }
}

#[test]
fn paths_read_as_one_line() {
    assert_eq!(inside("", ""), "");
    assert_eq!(inside("Returns", ""), "Returns");
    assert_eq!(inside("", "2026"), "2026");
    assert_eq!(inside("Returns", "2026 / March"), "Returns / 2026 / March");
}

proptest! {
    #[test]
    fn no_text_breaks_the_rule_of_names(text in any::<String>()) {
        if let Ok(kept) = item_name(&text) {
            prop_assert!(!kept.name.is_empty() && kept.name.len() <= LONGEST);
            prop_assert!(!kept.name.contains(['/', '\\', '\0']));
            prop_assert!(!kept.name.chars().any(char::is_control));
            prop_assert!(!kept.key.is_empty());
            prop_assert_eq!(item_name(&kept.name).unwrap(), kept, "keeping changes nothing more");
        }
    }

    #[test]
    fn what_comes_back_can_be_saved(text in "\\PC{1,260}", document in any::<bool>()) {
        if let Ok(kept) = item_name(&text) {
            let back = restored_name(&kept.name, document, |key| key == kept.key);
            prop_assert!(back.name.len() <= LONGEST);
            prop_assert_ne!(&back.key, &kept.key);
            prop_assert_eq!(name_key(&back.name), back.key);
        }
    }

    #[test]
    fn a_cursor_comes_back_as_it_went(folder in any::<bool>(), number in any::<i64>(), text in "\\PC{0,300}", id in any::<i64>(), sort in 0..3_usize, descending in any::<bool>()) {
        let sort = Sort::ALL[sort];
        let key = match (sort, folder) {
            (Sort::Changed, _) | (Sort::Size, false) => Key::Number(number),
            _ => Key::Text(text),
        };
        let cursor = Cursor { folder, key, id };
        let written = cursor.write(sort, descending);
        prop_assert_eq!(Cursor::read(&written, sort, descending).unwrap(), cursor);
        prop_assert!(Cursor::read(&written, sort, !descending).is_err());
    }

    #[test]
    fn no_text_breaks_a_cursor(text in "[A-Za-z0-9_-]{0,64}|\\PC{0,64}", descending in any::<bool>()) {
        for sort in Sort::ALL {
            if let Ok(cursor) = Cursor::read(&text, sort, descending) {
                prop_assert_eq!(Cursor::read(&cursor.write(sort, descending), sort, descending).unwrap(), cursor);
            }
        }
    }
}
