use super::*;

fn words(text: &str) -> String {
    words_of(text).join(" ")
}

#[test]
fn words_are_plain_whatever_they_are_dressed_in() {
    for (text, expected) in [
        ("Official-Sensitive", "OFFICIAL SENSITIVE"),
        ("OFFICIAL\u{a0}–\u{a0}SENSITIVE", "OFFICIAL SENSITIVE"),
        ("SE\u{200b}CR\u{ad}ET", "SECRET"),
        // Cyrillic С and Е, Greek Ε and Τ, a Cyrillic І.
        ("SEСRЕT", "SECRET"),
        ("SΕCRΕΤ", "SECRET"),
        ("CONFІDENTІAL", "CONFIDENTIAL"),
        ("\u{ff33}\u{ff25}\u{ff23}\u{ff32}\u{ff25}\u{ff34}", "SECRET"),
        ("𝐒𝐄𝐂𝐑𝐄𝐓", "SECRET"),
        ("🆂🅴🅲🆁🅴🆃", "SECRET"),
        ("🅢🅔🅒🅡🅔🅣", "SECRET"),
        ("ꜱᴇᴄʀᴇᴛ", "SECRET"),
        ("\u{202e}TERCES\u{202c} plan", "SECRET PLAN"),
        ("S|E|C|R|E|T", "SECRET"),
        ("S/E/C/R/E/T", "SECRET"),
        ("S\tE\tC\tR\tE\tT", "SECRET"),
        ("S\nE\nC\nR\nE\nT", "SECRET"),
        ("Y/N A|B|C", "Y N A B C"),
        ("TRÈS SECRET", "TRES SECRET"),
        ("0FFICIAL SECR3T", "OFFICIAL SECRET"),
        ("STRAP1 IL3 2014", "STRAP1 IL3 2014"),
        ("S E C R E T", "SECRET"),
        ("S\u{a0}E\u{a0}C\u{a0}R\u{a0}E\u{a0}T", "SECRET"),
        ("T O P   S E C R E T", "TOP SECRET"),
        ("T O P S E C R E T", "TOPSECRET"),
        ("O F F I C I A L - S E N S I T I V E", "OFFICIAL SENSITIVE"),
        ("S.E.C.R.E.T", "SECRET"),
        ("S-E-C-R-E-T", "SECRET"),
        ("a b c", "A B C"),
        ("U.K. EYES", "UK EYES"),
        ("J. A. Smith", "J A SMITH"),
        ("[x] OFFICIAL [ ] SECRET", "OFFICIAL SECRET"),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn a_word_knows_where_it_stood() {
    let text = "– SE\u{200b}CRET – x";
    let folded = fold(text);
    assert_eq!(&text[folded.words[0].range.clone()], "SE\u{200b}CRET");
    assert!(folded.words[0].disguised && folded.words[0].upper);
    assert_eq!(folded.after(0), Gap::Dash);
    assert_eq!(folded.after(1), Gap::Wide);
}

#[test]
fn what_stands_far_apart_is_something_else() {
    let folded = fold("Page 3\tOFFICIAL     Draft | v2");
    let segments: Vec<_> = (0..folded.words.len())
        .map(|at| folded.segment(at))
        .collect();
    assert_eq!(segments, [0..2, 0..2, 2..3, 3..4, 4..5]);
}
