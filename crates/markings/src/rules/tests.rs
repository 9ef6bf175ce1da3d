//! Each rule with its examples. `^` begins the first line of a page and `$` the last; what is looked at is the first marking.

use super::*;
use crate::find::find;
use crate::folded::fold;
use crate::scheme::Schemes;

fn judged(kind: Kind, text: &str) -> (&'static str, Strength) {
    let schemes = Schemes::with(&[]).unwrap();
    let top = text.starts_with('^');
    let bottom = text.ends_with('$');
    let text = text.trim_start_matches('^').trim_end_matches('$');
    let folded = fold(text);
    let all = find(&folded, &schemes, &[0, 1, 2, 3, 4]);
    let found = all.first().unwrap_or_else(|| panic!("nothing in {text}"));
    let others = all
        .iter()
        .filter(|other| other.level != found.level)
        .map(|other| other.words.clone())
        .collect();
    judge(&Context {
        found,
        folded: &folded,
        kind,
        top,
        bottom,
        outermost: true,
        heads: false,
        others,
        listed: false,
        repeated: false,
        form: folded.boxes.len() > 1,
        headed: false,
    })
}

#[track_caller]
fn table(rule: &str, rows: &[(Kind, &str, Strength)]) {
    for (kind, text, strength) in rows {
        assert_eq!(judged(*kind, text), (rule, *strength), "{kind:?}: {text}");
    }
}

use Kind::{
    Body, Cell, Comment, FileName, FolderName, Footer, Header, Hidden, Master, Subject, Watermark,
};
use Strength::{Certain, Likely, Mention, Possible};

#[test]
fn negated() {
    table(
        "negated",
        &[
            (Header, "NOT SECRET", Mention),
            (Body, "Non-confidential version", Mention),
            (Body, "This paper is no longer SECRET.", Mention),
            (Body, "^FORMERLY TOP SECRET", Mention),
            (Body, "^Previous marking: SECRET", Mention),
            (Header, "Up to RESTRICTED", Possible),
            (Body, "^Maximum marking: RESTRICTED", Possible),
            (Body, "^SECRET (declassified 2010)", Possible),
        ],
    );
}

#[test]
fn private() {
    table(
        "private",
        &[
            (Body, "^PRIVATE AND CONFIDENTIAL", Mention),
            (Subject, "PRIVATE & CONFIDENTIAL", Mention),
            (Header, "Private & Confidential", Mention),
            (Footer, "STRICTLY PRIVATE AND CONFIDENTIAL", Mention),
        ],
    );
    assert!(judged(Header, "PRIVATE – SECRET").1 >= Likely);
    assert_eq!(judged(Body, "^CLASS:CONFIDENTIAL").1, Mention);
    assert!(judged(Body, "^CLASS:SECRET").1 >= Likely);
    // Who made it, and what it is.
    assert_eq!(
        judged(Footer, "Security Vetting\tSECRET\tPage 1").1,
        Certain
    );
}

#[test]
fn condition() {
    table(
        "condition",
        &[
            (
                Body,
                "If this document is marked SECRET, lock it away.",
                Mention,
            ),
            (
                Body,
                "where the asset is not protectively marked, no action is needed",
                Mention,
            ),
            (
                Body,
                "Whether a paper should be RESTRICTED is for its author.",
                Mention,
            ),
        ],
    );
}

#[test]
fn not_ticked() {
    table(
        "not-ticked",
        &[
            (Body, "[ ] SECRET [x] OFFICIAL", Mention),
            (Body, "^☐ SECRET ☑ OFFICIAL", Mention),
            (Body, "SECRET ( ) OFFICIAL (x)", Mention),
        ],
    );
}

#[test]
fn clearance() {
    table(
        "clearance",
        &[
            (Body, "^Clearance required: SECRET", Mention),
            (Header, "Security clearance: SECRET", Mention),
            (Body, "^Security clearance: SC/SECRET", Mention),
            (Body, "^SECRET clearance is needed", Mention),
        ],
    );
}

#[test]
fn program() {
    table(
        "program",
        &[
            (Body, "^CLIENT_SECRET=zzz", Mention),
            (Body, "^SECRET=changeme", Mention),
            (Body, "^TOP_SECRET_FLAG=0", Mention),
            (Body, "^String TOP_SECRET = \"TOP SECRET\";", Mention),
            (Body, "^(?i)\\b(TOP SECRET|SECRET|RESTRICTED)", Mention),
        ],
    );
}

#[test]
fn choice() {
    table(
        "choice",
        &[
            (Body, "Choose OFFICIAL, SECRET or TOP SECRET.", Mention),
            (Header, "OFFICIAL/SECRET", Possible),
            (Body, "^OFFICIAL / OFFICIAL-SENSITIVE / SECRET", Possible),
            (Header, "Official or Secret", Mention),
            (
                Body,
                "^Staff must never process SECRET or TOP SECRET on this system",
                Mention,
            ),
            (
                Body,
                "^SECRET (OFFICIAL when separated from Annex A)",
                Likely,
            ),
            (
                Body,
                "^SECRET (to be downgraded to RESTRICTED on 1 Jan 2030)",
                Likely,
            ),
            (Footer, "SECRET - UNCLASSIFIED WITHOUT ENCLOSURE", Likely),
            (Footer, "SECRET OR UNCLASSIFIED WITHOUT ENCLOSURE", Possible),
            (
                Body,
                "The choice was SECRET. TOP SECRET was not considered by anybody.$",
                Mention,
            ),
            (
                Subject,
                "Classification: OFFICIAL, SECRET and TOP SECRET explained",
                Mention,
            ),
            (Subject, "OFFICIAL or SECRET", Possible),
        ],
    );
}

#[test]
fn watermark() {
    table(
        "watermark",
        &[
            (Watermark, "SECRET", Certain),
            (Watermark, "Official-Sensitive", Certain),
            (Watermark, "Confidential", Possible),
            (Watermark, "DRAFT RESTRICTED", Certain),
        ],
    );
}

#[test]
fn labelled() {
    table(
        "labelled",
        &[
            (Body, "Protective marking: RESTRICTED", Certain),
            (Body, "Classification: Secret", Likely),
            (
                Body,
                "Security Classification - OFFICIAL-SENSITIVE [PERSONAL DATA]",
                Certain,
            ),
            (Body, "Classification\tSECRET", Certain),
            (Cell, "Document classification\tRESTRICTED\tv2", Certain),
            (Header, "Marking: Confidential", Likely),
            (Body, "The classification is SECRET", Certain),
            (
                Body,
                "{\"title\": \"x\", \"classification\": \"SECRET\", \"text\": \"y\"}",
                Certain,
            ),
            (Body, "classification: secret", Possible),
            (
                Body,
                "Classification: SECRET information must be locked away",
                Possible,
            ),
        ],
    );
}

#[test]
fn header_or_footer() {
    table(
        "header-or-footer",
        &[
            (Header, "SECRET", Certain),
            (Footer, "RESTRICTED – POLICY", Certain),
            (Footer, "OFFICIAL-SENSITIVE\tPage 3 of 12", Certain),
            (Header, "Page 1  RESTRICTED  Version 2", Certain),
            (Header, "T O P  S E C R E T", Certain),
            (Header, "SECRET - ORCHID - UK EYES ONLY", Certain),
            (Master, "TOP SECRET", Certain),
            (Header, "Official-Sensitive", Likely),
            (Header, "Confidential", Possible),
            (Header, "Northmoor Probation Trust | SECRET | 2011", Certain),
            (Header, "COVERING SECRET", Certain),
            (Header, "SECRET AND PERSONAL", Certain),
            (Header, "SECRET SECRET", Certain),
            (Header, "uk top secret", Likely),
        ],
    );
}

#[test]
fn in_header_or_footer() {
    table(
        "in-header-or-footer",
        &[
            (
                Header,
                "Northmoor Probation Trust – RESTRICTED – Board",
                Likely,
            ),
            (Header, "RESTRICTED Northmoor board paper", Likely),
            (Header, "MINISTRY OF JUSTICE - CONFIDENTIAL", Likely),
            (Header, "TOP SECRET//SI//TK", Likely),
            (Header, "SECRET  REF MOD 12", Likely),
            (Footer, "Board (Official-Sensitive) June", Likely),
        ],
    );
}

#[test]
fn top_or_bottom() {
    table(
        "top-or-bottom",
        &[
            (Body, "^SECRET", Certain),
            (Body, "RESTRICTED - STAFF$", Certain),
            (Hidden, "^TOP SECRET", Certain),
            (Body, "^Not Protectively Marked", Likely),
            (Body, "^Confidential", Possible),
            (Body, "^** SECRET **", Certain),
            (Body, "^*RESTRICTED*", Certain),
            (Body, "^Northern Depots Plan\tSECRET\tPage 3", Certain),
            (Body, "^1\tDepots\tSECRET\tLeeds", Likely),
            (Body, "^SECRETSECRET", Certain),
            (Body, "^TOP SECRET!", Possible),
            (Body, "^TOP SECRET! (1984) 15", Possible),
            (Body, "^14:00 Top Secret", Possible),
            (Body, "^1 Top Secret 9-4", Possible),
        ],
    );
}

#[test]
fn in_top_or_bottom() {
    table(
        "in-top-or-bottom",
        &[
            (Body, "^Board paper 7 – RESTRICTED", Likely),
            (Body, "^Minutes of June (CONFIDENTIAL)", Likely),
            (Body, "^Minutes (draft) SECRET", Likely),
            (Body, "^J. Smith – SECRET", Likely),
            (Body, "^Clearances of staff – SECRET", Likely),
            (Body, "^Depots_plan_SECRET", Likely),
            (Body, "^Northern Depots Plan – SECRET – v1.2", Likely),
            (
                Body,
                "^\\documentclass{article}\\chead{SECRET}\\begin{document}",
                Likely,
            ),
        ],
    );
}

#[test]
fn beside_words() {
    table(
        "beside-words",
        &[
            (Header, "THIS IS A TOP SECRET DOCUMENT", Likely),
            (Footer, "SECRET COVER SHEET", Likely),
            (Footer, "END SECRET", Likely),
            (Body, "^SECRET. Contains personal data.", Possible),
            (Body, "^RESTRICTED © Crown copyright", Possible),
            (Body, "^CLASSIFIED AS SECRET", Likely),
            (Body, "^SECRET DOCUMENT", Possible),
            (Header, "TOP SECRET NIGHTJAR", Possible),
            (Footer, "DST/44/2 SECRET", Likely),
            (Footer, "TOP SECRET JIC(09)12", Likely),
            (Body, "^SECRET DST/44/2", Likely),
            (Body, "^TOP SECRET ROUTE 66", Possible),
            (Body, "^SECRET 1/2 MARATHON", Possible),
            (Footer, "NATO CONFIDENTIAL NIGHTJAR", Possible),
            (Body, "^TOP SECRET Project ANVIL", Possible),
            (Body, "^Ministry of Defence TOP SECRET", Possible),
            (Body, "SECRET © Crown copyright$", Possible),
            (Body, "^Annex A to DST/44 SECRET", Possible),
            (Body, "^TOP SECRET Not for release", Possible),
            (Body, "^© Crown copyright TOP SECRET", Possible),
        ],
    );
}

#[test]
fn subject() {
    table(
        "subject",
        &[
            (Subject, "SECRET", Certain),
            (Subject, "RESTRICTED: minutes of June", Likely),
            (Subject, "Re: [OFFICIAL-SENSITIVE] Case 2041", Likely),
            (Subject, "Minutes of June - CONFIDENTIAL", Likely),
            (Subject, "SECRET minutes of June", Likely),
            (Subject, "FW: SECRET", Certain),
            (Subject, "[EXTERNAL] SECRET: Depots", Likely),
            (Subject, "URGENT: SECRET: Depots", Likely),
            (Subject, "Depots - SECRET - action by Friday", Likely),
            (Subject, "Action: SECRET - Depots", Likely),
            (Subject, "Depots [SECRET AND PERSONAL]", Likely),
            (Subject, "Depots [SECRET UKEO]", Likely),
            (Subject, "[SEC=SECRET] Depots", Likely),
            (Subject, "Depots [SEC=NATO CONFIDENTIAL:PERSONAL]", Likely),
            (Subject, "RE: is annex B SECRET?", Mention),
            (Subject, "SECRET: are the depots ready?", Likely),
            (Subject, "Annex A SECRET", Likely),
            (Subject, "Lost: folder marked SECRET", Possible),
            (Subject, "TOP SECRET: 50% off at Wickes", Possible),
            (Subject, "[Secret]", Possible),
            (Subject, "Depots (Secret)", Possible),
            (Subject, "Depots - NATO CONFIDENTIAL UKEO", Likely),
            (Subject, "SECRET NORTHERN DEPOTS", Possible),
        ],
    );
}

#[test]
fn file_name() {
    table(
        "file-name",
        &[
            (FileName, "SECRET", Certain),
            (FileName, "2011-03 RESTRICTED minutes", Likely),
            (FileName, "minutes_TOP_SECRET", Likely),
            (FileName, "plan OFFICIAL-SENSITIVE", Likely),
            (FileName, "plan.CONFIDENTIAL.v2", Likely),
            (FolderName, "RESTRICTED", Certain),
            (FileName, "Official-Sensitive - plan", Likely),
        ],
    );
}

#[test]
fn statement() {
    table(
        "statement",
        &[
            (
                Body,
                "This document is SECRET and must not be copied.",
                Likely,
            ),
            (
                Body,
                "This paper is classified RESTRICTED until June.",
                Likely,
            ),
            (
                Body,
                "This e-mail contains OFFICIAL-SENSITIVE information.",
                Likely,
            ),
            (Body, "This report is marked Confidential.", Likely),
            (Body, "This report is classified secret.", Possible),
            (Body, "This information is confidential.", Mention),
            (Body, "^To be handled at SECRET.", Possible),
        ],
    );
}

#[test]
fn portion() {
    table(
        "portion",
        &[
            (Body, "(SECRET) The meeting took place in June.", Likely),
            (Body, "The meeting took place in June. [RESTRICTED]", Likely),
            (Comment, "[TOP SECRET] see above", Likely),
            (Body, "1. (SECRET) The meeting took place in June.", Likely),
            (Body, "[Secret] The meeting took place in June.", Possible),
        ],
    );
}

#[test]
fn cell() {
    table(
        "cell",
        &[
            (Cell, "^SECRET", Certain),
            (Cell, "SECRET", Likely),
            (Cell, "^Register\tRESTRICTED", Likely),
            (Cell, "Laptop\tRESTRICTED\tLeeds", Possible),
            (Cell, "Access\tRestricted\tLeeds", Mention),
            (Cell, "^SECRET - Northern depots costs", Likely),
            (Cell, "^Secret", Possible),
            (Cell, "^Santa\tSecret", Mention),
            (Body, "Northern depots costs,,SECRET", Possible),
            (Cell, "a restricted area", Mention),
        ],
    );
}

#[test]
fn alone() {
    table(
        "alone",
        &[
            (Body, "CONFIDENTIAL", Likely),
            (Comment, "SECRET UK EYES ONLY", Likely),
            (Body, "Official - Sensitive", Possible),
            (Body, "Laptop\tSECRET\tLeeds", Possible),
            (Comment, "Secret", Possible),
        ],
    );
}

#[test]
fn annex() {
    table(
        "annex",
        &[
            (Body, "ANNEX B – SECRET", Likely),
            (Body, "APPENDIX 2: RESTRICTED", Likely),
            (Body, "Enclosure: NATO SECRET", Likely),
        ],
    );
}

#[test]
fn in_words() {
    table(
        "in-words",
        &[
            (Body, "^The trade secret was kept.", Mention),
            (Body, "^Restricted access only", Mention),
            (Body, "Call the confidential helpline.", Mention),
            (
                Body,
                "^No action is needed: the asset is not protectively marked.",
                Mention,
            ),
            (Header, "STRICTLY CONFIDENTIAL", Mention),
            (Body, "^See https://example.org/SECRET/plan", Mention),
            (Subject, "Restricted access to the building", Mention),
            (FileName, "secret-santa", Mention),
            (FileName, "SECRET SANTA LIST", Mention),
            (FileName, "restricted", Mention),
            (Body, "Material marked SECRET is kept in a safe.", Mention),
            (Body, "Restricted", Mention),
            (Body, "^SECRET documents must be kept in a safe.", Mention),
            (Body, "FOR OFFICIAL USE ONLY", Mention),
            (Body, "OFFICIAL RECEIPT", Mention),
            (Body, "Protect your password.", Mention),
            (Header, "SECRET SANTA", Mention),
            (Body, "^KEEP IT SECRET", Mention),
            (Body, "^TOP SECRET SPEECH REVEALED", Mention),
            (Header, "TRADE SECRET", Mention),
            (Header, "OPEN SECRET", Mention),
            (Header, "VICTORIA'S SECRET", Mention),
            (Body, "^SECRET BALLOT", Mention),
            (Body, "^TOP SECRET RECIPES", Mention),
            (Header, "SECRET GARDEN", Mention),
            (Body, "^US SECRET SERVICE", Mention),
            (Body, "^1 Hidden (6) SECRET", Mention),
            (
                Body,
                "^Cyfrinachol (SECRET) documents are not kept here",
                Mention,
            ),
        ],
    );
}

#[test]
fn every_rule_has_its_examples() {
    let tests: String = include_str!("tests.rs").split_whitespace().collect();
    for rule in ALL.iter().filter(|rule| rule.id != "list") {
        assert!(
            tests.contains(&format!("table(\"{}\"", rule.id)),
            "{}",
            rule.id
        );
    }
}
