use super::*;
use crate::decision::Verdict;
use crate::{Piece, Property, Unread};

fn piece(kind: Kind, text: &str) -> Piece {
    let top = text.starts_with('^');
    let bottom = text.ends_with('$');
    Piece {
        file: 0,
        kind,
        top,
        bottom,
        text: text
            .trim_start_matches('^')
            .trim_end_matches('$')
            .to_owned(),
    }
}

fn property(name: &str, value: &str) -> Property {
    Property {
        file: 0,
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn input(pieces: &[(Kind, &str)], properties: &[(&str, &str)]) -> Input {
    Input {
        pieces: pieces
            .iter()
            .map(|(kind, text)| piece(*kind, text))
            .collect(),
        properties: properties
            .iter()
            .map(|(name, value)| property(name, value))
            .collect(),
        unread: Vec::new(),
    }
}

fn by(policy: &str, input: &Input) -> Decision {
    let schemes = Schemes::with(&[]).unwrap();
    let policy = Policy::shipped(policy, &schemes).unwrap();
    decide(input, &schemes, &policy)
}

fn verdict(input: &Input) -> Verdict {
    by("il3", input).verdict
}

use Kind::{Body, Cell, FileName, Footer, Header};

#[test]
fn a_marking_in_the_header_decides_by_the_policy() {
    for (marking, il2, il3) in [
        ("PROTECT - PERSONAL", Verdict::Allowed, Verdict::Allowed),
        ("RESTRICTED", Verdict::Above, Verdict::Allowed),
        ("CONFIDENTIAL", Verdict::Above, Verdict::Ask),
        ("OFFICIAL", Verdict::Allowed, Verdict::Allowed),
        ("OFFICIAL-SENSITIVE", Verdict::Ask, Verdict::Clearance),
        ("SECRET", Verdict::Above, Verdict::Above),
        ("NATO UNCLASSIFIED", Verdict::Above, Verdict::Above),
        ("EU RESTRICTED", Verdict::Above, Verdict::Above),
        (
            "NOT PROTECTIVELY MARKED",
            Verdict::Allowed,
            Verdict::Allowed,
        ),
    ] {
        let file = input(&[(Header, marking), (Body, "Some text.")], &[]);
        assert_eq!(by("il2", &file).verdict, il2, "{marking}");
        assert_eq!(by("il3", &file).verdict, il3, "{marking}");
    }
}

#[test]
fn evidence_says_exactly_where() {
    let file = input(
        &[(Body, "Text."), (Footer, "Page 3 – TOP\u{a0}SECRET")],
        &[],
    );
    let decision = by("il3", &file);
    let evidence = &decision.evidence[0];
    assert_eq!(evidence.source, Source::Piece(1));
    assert_eq!(evidence.text, "TOP\u{a0}SECRET");
    assert_eq!(&file.pieces[1].text[evidence.range.clone()], evidence.text);
    assert_eq!(decision.rule.as_deref(), Some("header-or-footer"));
    assert!(decision.confidence >= 97);
    assert_eq!(decision.number, Some(5));
}

#[test]
fn nothing_is_clean_that_was_not_read() {
    let mut file = input(&[(Body, "Text.")], &[]);
    assert_eq!(verdict(&file), Verdict::Unmarked);
    file.unread.push(Unread {
        file: 0,
        why: "it is protected by a password".to_owned(),
        minor: false,
    });
    assert_eq!(verdict(&file), Verdict::Unread);
    file.pieces.push(piece(Header, "OFFICIAL"));
    assert_eq!(verdict(&file), Verdict::Unread);
    file.pieces.push(piece(Header, "SECRET"));
    assert_eq!(verdict(&file), Verdict::Above);
    file = input(&[(Body, "Text.")], &[]);
    file.unread.push(Unread {
        file: 0,
        why: "a picture".to_owned(),
        minor: true,
    });
    let decision = by("il3", &file);
    assert_eq!(decision.verdict, Verdict::Unmarked);
    assert_eq!(decision.alerts, [Alert::Pictures { number: 1 }]);
}

#[test]
fn labels_are_known_by_their_name_or_by_the_table() {
    let named = input(
        &[],
        &[
            ("MSIP_Label_1-2_Enabled", "true"),
            ("MSIP_Label_1-2_Name", "Secret"),
        ],
    );
    assert_eq!(verdict(&named), Verdict::Above);
    let unknown = input(
        &[(Header, "OFFICIAL")],
        &[
            ("MSIP_Label_1-2_Enabled", "true"),
            ("MSIP_Label_1-2_Name", "General"),
        ],
    );
    let decision = by("il3", &unknown);
    assert_eq!(decision.verdict, Verdict::Unread);
    assert!(matches!(&decision.alerts[0], Alert::UnmappedLabel { id, .. } if id == "1-2"));
    let of_a_business = input(
        &[],
        &[
            ("MSIP_Label_1-2_Name", "Confidential"),
            ("MSIP_Label_1-2_Extended_MSFT_Method", "Manual"),
        ],
    );
    assert_eq!(verdict(&of_a_business), Verdict::Unread);
    let off = input(
        &[],
        &[
            ("MSIP_Label_1-2_Enabled", "false"),
            ("MSIP_Label_1-2_Name", "Secret"),
        ],
    );
    assert_eq!(verdict(&off), Verdict::Unmarked);
    let schemes = Schemes::with(&[]).unwrap();
    let text = Policy::text("il3").unwrap().replace(
        "[markings.gpms]",
        "[[label]]\nid = \"{1-2}\"\nscheme = \"gsc\"\nlevel = \"official\"\n[markings.gpms]",
    );
    let policy = Policy::parse(&text, &schemes).unwrap();
    assert_eq!(
        decide(&unknown, &schemes, &policy).verdict,
        Verdict::Allowed
    );
}

#[test]
fn where_places_disagree_the_higher_counts_and_an_officer_sees_it() {
    let file = input(
        &[(Header, "OFFICIAL")],
        &[("bjDocumentSecurityLabel", "SECRET")],
    );
    let decision = by("il3", &file);
    assert_eq!(decision.verdict, Verdict::Above);
    assert_eq!(decision.marking.unwrap().name, "SECRET");
    assert!(
        matches!(&decision.alerts[0], Alert::Disagreement { markings, .. } if markings.len() == 2)
    );
}

#[test]
fn a_caveat_below_its_level_is_malformed() {
    let file = input(&[(Header, "OFFICIAL - UK EYES ONLY")], &[]);
    let decision = by("il3", &file);
    assert_eq!(decision.verdict, Verdict::Ask);
    assert!(matches!(&decision.alerts[0], Alert::Malformed { .. }));
    let good = input(&[(Header, "SECRET - UK EYES ONLY")], &[]);
    assert!(by("il3", &good).alerts.is_empty());
    let alone = input(&[(Header, "UK EYES ONLY")], &[]);
    assert_eq!(verdict(&alone), Verdict::Ask);
}

#[test]
fn a_disguise_is_seen_through_and_told() {
    let decision = by("il3", &input(&[(Header, "SEСRЕT")], &[]));
    assert_eq!(decision.verdict, Verdict::Above);
    assert!(matches!(&decision.alerts[0], Alert::Disguised { .. }));
}

#[test]
fn a_list_of_levels_is_no_marking_and_what_stands_around_it_is() {
    let lines = [
        (Body, "^OFFICIAL"),
        (Body, "How to mark"),
        (Body, "OFFICIAL"),
        (Body, "Most things."),
        (Body, "SECRET"),
        (Body, "Some things."),
        (Body, "TOP SECRET"),
        (Body, "Few things."),
        (Body, "OFFICIAL$"),
    ];
    let decision = by("il3", &input(&lines, &[]));
    assert_eq!(decision.verdict, Verdict::Allowed);
    assert_eq!(decision.marking.unwrap().level, "official");
    let mut secret = lines;
    secret[0] = (Body, "^TOP SECRET");
    secret[8] = (Body, "TOP SECRET$");
    assert_eq!(verdict(&input(&secret, &[])), Verdict::Above);
    let row = input(&[(Cell, "^OFFICIAL\tSECRET"), (Cell, "1\t2")], &[]);
    assert_eq!(verdict(&row), Verdict::Unmarked);
}

#[test]
fn australian_mail_is_of_its_own_scheme() {
    let mail = input(
        &[],
        &[(
            "X-Protective-Marking",
            "VER=2018.4, NS=gov.au, SEC=OFFICIAL:Sensitive, ACCESS=Legal-Privilege",
        )],
    );
    assert_eq!(by("il3", &mail).marking.unwrap().scheme, "pspf");
}

#[test]
fn what_other_properties_say_counts_where_they_say_nothing_else() {
    assert_eq!(
        verdict(&input(&[], &[("Keywords", "budget; SECRET; 2011")])),
        Verdict::Above
    );
    assert_eq!(
        verdict(&input(&[], &[("Title", "SECRET - the plan")])),
        Verdict::Above
    );
    assert_eq!(
        verdict(&input(&[], &[("Whatever", "SECRET")])),
        Verdict::Above
    );
    assert_eq!(
        verdict(&input(
            &[],
            &[
                ("Company", "Secret Escapes"),
                ("Title", "The secret garden"),
                ("Manager", "RESTRICTED area")
            ]
        )),
        Verdict::Unmarked
    );
}

#[test]
fn names_of_files_lose_their_endings() {
    assert_eq!(
        verdict(&input(&[(FileName, "plan - SECRET.docx")], &[])),
        Verdict::Above
    );
    assert_eq!(
        verdict(&input(&[(FileName, "SECRET.pdf")], &[])),
        Verdict::Above
    );
}

#[test]
fn evidence_of_a_property_points_into_its_value() {
    let file = input(
        &[],
        &[
            ("MSIP_Label_1-2_SetDate", "é"),
            ("MSIP_Label_1-2_Name", "ünser TOP SECRET"),
            ("MSIP_Label_topsecret-3_Enabled", "é"),
            ("msip_labels", "é; MSIP_Label_9_Name=é SECRET;"),
            ("SIO-Label", "marking=\"UK SECRET\"; é"),
            ("bjDocumentLabelXML", "<é uid='id_secret'/>"),
            ("Keywords", "é, SECRET, é"),
        ],
    );
    let decision = by("il3", &file);
    assert!(decision.evidence.len() >= 6, "{:?}", decision.evidence);
    for one in &decision.evidence {
        let Source::Property(number) = one.source else {
            panic!("{one:?}");
        };
        let said = file.properties[number]
            .value
            .get(one.range.clone())
            .unwrap();
        assert!(
            said == one.text || said.len() == file.properties[number].value.len(),
            "{one:?}"
        );
    }
}

#[test]
fn a_decision_crosses_as_json() {
    let decision = by(
        "il3",
        &input(&[(Header, "OFFICIAL-SENSITIVE [PERSONAL DATA]")], &[]),
    );
    let json = serde_json::to_string(&decision).unwrap();
    assert_eq!(serde_json::from_str::<Decision>(&json).unwrap(), decision);
    assert_eq!(
        decision.marking.unwrap().label(),
        "OFFICIAL-SENSITIVE - PERSONAL DATA"
    );
}

#[test]
fn what_is_written_as_a_marking_without_end_is_unread_and_costs_little() {
    // With work for each pair, or for each three of them, this would not come to an end.
    let words = "secret ".repeat(50_000);
    let decision = by("il3", &input(&[(Body, &words)], &[]));
    assert_eq!(decision.verdict, Verdict::Unread);
    let cells = "SECRET\t".repeat(50_000);
    let decision = by("il3", &input(&[(Cell, &cells)], &[]));
    assert!(decision.verdict >= Verdict::Unread);
    assert!(decision.evidence.len() <= IN_PIECE);
    let many: Vec<_> = (0..20_000).map(|_| (Body, "SECRET")).collect();
    let decision = by("il3", &input(&many, &[]));
    assert_eq!(decision.verdict, Verdict::Above);
    assert!(decision.evidence.len() <= IN_ALL);
    // One word far behind in a long text is judged as ever.
    let long = format!("{}\nSECRET", "client ".repeat(100_000));
    assert_eq!(
        by("il3", &input(&[(Body, &long), (Header, "SECRET")], &[])).verdict,
        Verdict::Above
    );
}

#[test]
fn a_marking_that_runs_into_what_stands_beside_it_is_not_a_lesser_one() {
    let decision = by(
        "official",
        &input(
            &[
                (Header, "OFFICIAL-SENSITIVE"),
                (Footer, "OFFICIAL-SENSITIVENP/F/1217 Page 1 of 2"),
            ],
            &[],
        ),
    );
    assert_eq!(decision.verdict, Verdict::Allowed);
    assert_eq!(decision.alerts, []);
    let label = |text: &str| {
        let decision = by("official", &input(&[(Header, text)], &[]));
        decision.marking.map(|marking| marking.label())
    };
    assert_eq!(label("OFFICIAL").as_deref(), Some("OFFICIAL"));
    assert_eq!(
        label("OFFICIAL-SENSITIVE").as_deref(),
        Some("OFFICIAL-SENSITIVE")
    );
    // Only where there would be a lesser one.
    assert_eq!(label("TOP-SECRETARY"), None);
}

#[test]
fn of_boxes_the_ticked_one_counts() {
    for (lines, expected) in [
        (
            vec!["^Classification: [x] OFFICIAL [ ] SECRET [ ] TOP SECRET"],
            Verdict::Allowed,
        ),
        (
            vec!["^Classification: [ ] OFFICIAL [ ] SECRET [x] TOP SECRET"],
            Verdict::Above,
        ),
        (
            vec!["^[ ] TOP SECRET", "[ ] SECRET", "[x] OFFICIAL"],
            Verdict::Allowed,
        ),
        (
            vec!["^☐ TOP SECRET", "☒ SECRET", "☐ OFFICIAL"],
            Verdict::Above,
        ),
        (vec!["^☐ TOP SECRET ☐ SECRET ☐ OFFICIAL"], Verdict::Unmarked),
    ] {
        let pieces: Vec<_> = lines.iter().map(|line| (Body, *line)).collect();
        assert_eq!(verdict(&input(&pieces, &[])), expected, "{lines:?}");
    }
}

#[test]
fn a_guide_to_levels_that_says_what_it_is_is_asked_about() {
    let guide = [
        (Header, "OFFICIAL"),
        (Body, "^SECRET"),
        (Body, "What it is."),
        (Body, "TOP SECRET"),
        (Body, "The end.$"),
    ];
    assert_eq!(verdict(&input(&guide, &[])), Verdict::Doubtful);
    // What opens the text alone is its marking, whatever the header says.
    assert_eq!(
        verdict(&input(
            &[(Header, "OFFICIAL"), (Body, "^SECRET"), (Body, "x")],
            &[]
        )),
        Verdict::Above
    );
    let twice = [(Header, "OFFICIAL"), (Body, "^SECRET"), (Body, "SECRET$")];
    assert_eq!(verdict(&input(&twice, &[])), Verdict::Above);
}

#[test]
fn a_line_on_every_page_is_a_margin() {
    let pages = [
        (Body, "^TOP SECRET Project ANVIL"),
        (Body, "x"),
        (Body, "^TOP SECRET Project ANVIL"),
    ];
    assert_eq!(verdict(&input(&pages, &[])), Verdict::Above);
    assert_eq!(verdict(&input(&pages[..2], &[])), Verdict::Doubtful);
}

#[test]
fn short_marks_count_where_several_paragraphs_carry_them() {
    let text = [
        (Body, "1. (S) The meeting took place."),
        (Body, "2. (TS) It was short."),
        (Body, "3. (S) Nobody came."),
    ];
    assert_eq!(verdict(&input(&text, &[])), Verdict::Doubtful);
    assert_eq!(verdict(&input(&text[..1], &[])), Verdict::Unmarked);
}

#[test]
fn a_column_says_what_its_values_are() {
    let table = [
        (Cell, "^Ref\tClassification"),
        (Cell, "1\tSecret"),
        (Cell, "2\tx"),
    ];
    assert_eq!(verdict(&input(&table, &[])), Verdict::Doubtful);
    let other = [(Cell, "^Ref\tWhat"), (Cell, "1\tSecret"), (Cell, "2\tx")];
    assert_eq!(verdict(&input(&other, &[])), Verdict::Unmarked);
}

#[test]
fn anothers_word_of_every_day_is_asked_about() {
    assert_eq!(
        verdict(&input(
            &[(Body, "^PROTECTED"), (Body, "The tree may not be felled.")],
            &[]
        )),
        Verdict::Doubtful
    );
    assert_eq!(
        verdict(&input(&[(Header, "PROTECTED")], &[])),
        Verdict::Above
    );
}

#[test]
fn a_property_that_an_organisation_calls_after_itself_counts_where_nothing_else_stands_in_it() {
    for (name, value, expected) in [
        ("AcmeClassification", "Secret", Verdict::Above),
        ("x-microsoft-classification", "SECRET", Verdict::Above),
        ("AcmeClassification", "Finance; Secret", Verdict::Above),
        (
            "x-tituslabs-classifications-30",
            "TLPropertyRoot=ACME;Classification=NATO SECRET;",
            Verdict::Above,
        ),
        // What every business calls its letters.
        ("AcmeClassification", "Confidential", Verdict::Doubtful),
        ("AcmeClassification", "Secret garden", Verdict::Unmarked),
        ("Sensitivity", "Company-Confidential", Verdict::Unmarked),
        ("X-Classification-ID", "secret", Verdict::Unmarked),
    ] {
        let file = input(&[(Body, "Some text.")], &[(name, value)]);
        assert_eq!(verdict(&file), expected, "{name}: {value}");
    }
}

#[test]
fn words_that_run_backwards_are_pointed_at_where_they_stand() {
    let text = "\u{202e}TERCES POT\u{202c} – page 1";
    let decision = by("il3", &input(&[(Header, text)], &[]));
    assert_eq!(decision.verdict, Verdict::Above);
    let one = &decision.evidence[0];
    assert_eq!(&text[one.range.clone()], "TERCES POT");
    assert!(one.disguised);
}

#[test]
fn a_list_to_choose_from_is_no_marking() {
    let levels = ["OFFICIAL", "SECRET", "TOP SECRET"];
    let pieces: Vec<_> = levels.iter().map(|one| (Kind::Aside, *one)).collect();
    assert_eq!(verdict(&input(&pieces, &[])), Verdict::Unmarked);
    assert_eq!(verdict(&input(&pieces[1..2], &[])), Verdict::Above);
}

#[test]
fn what_a_line_leads_to_is_asked_about() {
    let novel = [
        (Body, "Across the head of it ran two words:"),
        (Body, "TOP SECRET"),
        (Body, "and he knew then."),
    ];
    assert_eq!(verdict(&input(&novel, &[])), Verdict::Doubtful);
    let handout = [
        (Body, "^Example of a correctly marked letter"),
        (Body, "SECRET"),
        (Body, "Dear Sir,"),
        (Body, "SECRET"),
        (Body, "This handout carries no marking.$"),
    ];
    assert_eq!(verdict(&input(&handout, &[])), Verdict::Doubtful);
    for (before, after) in [
        // What somebody sends on.
        ("Here is the paper that you asked for:", "The plan is this."),
        ("The marking is:", "The plan is this."),
        ("For example we may go north.", "and then south."),
    ] {
        let sent = [(Body, before), (Body, "SECRET"), (Body, after)];
        assert_eq!(verdict(&input(&sent, &[])), Verdict::Above, "{before}");
    }
    // What stands before the example, or long after it, is no part of it.
    let mut long = handout.to_vec();
    long.extend([(Body, "Costs."); 10]);
    long.push((Body, "SECRET"));
    assert_eq!(verdict(&input(&long, &[])), Verdict::Above);
    let own: Vec<_> = std::iter::once((Body, "^SECRET")).chain(handout).collect();
    assert_eq!(verdict(&input(&own, &[])), Verdict::Above);
}

#[test]
fn a_letter_where_a_marking_belongs_is_asked_about() {
    for (name, value, expected) in [
        ("ProtectiveMarking", "S", Verdict::Doubtful),
        ("Classification", "TS", Verdict::Doubtful),
        ("Classification", "s", Verdict::Unmarked),
        ("Size", "S", Verdict::Unmarked),
    ] {
        let file = input(&[(Body, "Some text.")], &[(name, value)]);
        assert_eq!(verdict(&file), expected, "{name}: {value}");
    }
}

#[test]
fn a_level_in_small_letters_on_every_page_counts() {
    let pages = [(Body, "Secret$"), (Body, "x"), (Body, "Secret$")];
    assert_eq!(verdict(&input(&pages, &[])), Verdict::Above);
    assert_eq!(verdict(&input(&pages[..2], &[])), Verdict::Doubtful);
    assert_eq!(verdict(&input(&[(Header, "Secret")], &[])), Verdict::Above);
}

#[test]
fn small_letters_further_in_are_asked_about() {
    let page = |lines: [&'static str; 3], expected| {
        let pieces: Vec<_> = lines.iter().map(|line| (Body, *line)).collect();
        assert_eq!(verdict(&input(&pieces, &[])), expected, "{lines:?}");
    };
    page(["^Top Secret", "^Some text.", "x"], Verdict::Above);
    page(["x", "Some text.$", "Top Secret$"], Verdict::Above);
    page(
        [
            "^Papers of 1944",
            "^Top Secret",
            "^This is a memo on what was said.",
        ],
        Verdict::Doubtful,
    );
    page(["^Confidential", "^Some text.", "x"], Verdict::Doubtful);
    page(
        [
            "^What to do with what",
            "^- Confidential",
            "^Burn it when it is old.",
        ],
        Verdict::Unmarked,
    );
    // A table of explanations.
    page(
        [
            "^| CONFIDENTIAL | What could cause some damage. |",
            "^| SECRET | What could cause more of it. |",
            "^x",
        ],
        Verdict::Doubtful,
    );
    page(
        ["^SECRET | Northern Depots | page 1", "^x", "^y"],
        Verdict::Above,
    );
}

#[test]
fn what_stands_first_on_pages_is_no_list_of_levels() {
    let levels = [
        (Body, "The levels are these."),
        (Body, "OFFICIAL"),
        (Body, "SECRET"),
        (Body, "TOP SECRET"),
    ];
    assert_eq!(verdict(&input(&levels, &[])), Verdict::Unmarked);
    // A header and a footer, as some programs write them.
    let page: Vec<_> = [(Body, "^SECRET"), (Body, "^SECRET")]
        .into_iter()
        .chain(levels)
        .collect();
    assert_eq!(verdict(&input(&page, &[])), Verdict::Above);
    // A header alone, on two pages.
    let pages: Vec<_> = [(Body, "^SECRET"), (Body, "x")]
        .into_iter()
        .chain(levels)
        .chain([(Body, "^SECRET"), (Body, "y")])
        .collect();
    assert_eq!(verdict(&input(&pages, &[])), Verdict::Above);
    // A word of every day makes no third level.
    let page = [
        (Body, "^NOT PROTECTIVELY MARKED"),
        (Body, "^RESTRICTED"),
        (Body, "protected characteristics were looked at."),
    ];
    assert_eq!(by("il2", &input(&page, &[])).verdict, Verdict::Above);
}

#[test]
fn marks_of_paragraphs_are_marks_beside_those_of_other_levels() {
    let marked = [
        (Body, "(R) The depots are full."),
        (Body, "(S) Nobody knows why."),
    ];
    assert_eq!(verdict(&input(&marked, &[])), Verdict::Doubtful);
    let letters = [
        (Body, "(A) The depots are full."),
        (Body, "(C) Nobody knows."),
        (Body, "(S) See annex."),
    ];
    assert_eq!(verdict(&input(&letters, &[])), Verdict::Unmarked);
}

#[test]
fn an_annex_has_a_marking_of_its_own() {
    let text = [
        (Header, "OFFICIAL"),
        (Body, "x"),
        (Body, "ANNEX B – SECRET"),
        (Body, "y"),
    ];
    let decision = by("il3", &input(&text, &[]));
    assert_eq!(decision.verdict, Verdict::Above);
    assert_eq!(decision.evidence[1].rule, "annex");
}

#[test]
fn what_stands_beside_another_word_in_a_margin_is_asked_about() {
    for line in ["NOMS RESTRICTED", "CYFYNGEDIG / RESTRICTED"] {
        let file = input(&[(Header, line)], &[]);
        assert_eq!(by("il2", &file).verdict, Verdict::Doubtful, "{line}");
    }
    let file = input(&[(Header, "AREA RESTRICTED")], &[]);
    assert_eq!(by("il2", &file).verdict, Verdict::Unmarked);
}

#[test]
fn what_somebody_is_cleared_for_is_no_marking_in_a_table() {
    let table = [
        (Body, "^Name\tA. Person"),
        (Body, "Security clearance\tSECRET"),
        (Body, "Post\tClerk$"),
    ];
    assert_eq!(verdict(&input(&table, &[])), Verdict::Unmarked);
    let pages = [
        (Body, "Security Vetting\tSECRET\tPage 1$"),
        (Body, "^x"),
        (Body, "Security Vetting\tSECRET\tPage 2$"),
    ];
    assert_eq!(verdict(&input(&pages, &[])), Verdict::Above);
}
