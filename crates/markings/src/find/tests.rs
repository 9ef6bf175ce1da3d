use super::*;
use crate::folded::fold;

/// What is found: the scheme, the level and the additions, as they stand.
fn said(text: &str) -> Vec<String> {
    let schemes = Schemes::with(&[]).unwrap();
    let order = [0, 1, 2, 3, 4];
    let folded = fold(text);
    find(&folded, &schemes, &order)
        .into_iter()
        .map(|found| {
            let scheme = schemes.at(found.scheme);
            let mut said = format!("{} {}", scheme.id, scheme.levels[found.level].id);
            for (kind, range) in found.additions {
                let words: Vec<&str> = folded.words[range]
                    .iter()
                    .map(|word| word.text.as_str())
                    .collect();
                said = format!("{said} {kind:?}={}", words.join(" "));
            }
            said
        })
        .collect()
}

#[test]
fn the_longest_way_of_writing_a_level_is_found_first() {
    for (text, expected) in [
        ("TOP SECRET", "gsc top-secret"),
        ("NOT PROTECTIVELY MARKED", "gpms not-protectively-marked"),
        ("PROTECT", "gpms protect"),
        ("PROTECTED", "pspf protected"),
        ("UNOFFICIAL", "pspf unofficial"),
        ("OFFICIAL", "gsc official"),
        ("Official Sensitive", "gsc official-sensitive"),
        ("OFFICIAL:Sensitive", "gsc official-sensitive"),
        ("OfficialSensitive", "gsc official-sensitive"),
        ("TOPSECRET", "gsc top-secret"),
        ("T O P S E C R E T", "gsc top-secret"),
        ("OFFICIAL\nSENSITIVE", "gsc official-sensitive"),
        ("UKSECRET", "gsc secret"),
        ("SECRETSECRET", "gsc secret"),
        ("TOP SECRETTOP SECRET", "gsc top-secret"),
        ("SECRET1", "gsc secret"),
        ("ISAF SECRET", "nato secret"),
        ("NATO/KFOR SECRET", "nato secret"),
        ("NATO SECRET", "nato secret"),
        ("COSMIC TOP SECRET", "nato top-secret"),
        ("RESTREINT UE/EU RESTRICTED", "eu restricted"),
        ("TRÈS SECRET UE/EU TOP SECRET", "eu top-secret"),
    ] {
        assert_eq!(said(text), [expected], "{text}");
    }
}

#[test]
fn additions_belong_to_the_scheme_that_knows_them() {
    for (text, expected) in [
        ("RESTRICTED - POLICY", "gpms restricted Descriptor=POLICY"),
        ("PROTECT – PERSONAL", "gpms protect Descriptor=PERSONAL"),
        (
            "OFFICIAL: SENSITIVE: COMMERCIAL",
            "gsc official-sensitive Descriptor=COMMERCIAL",
        ),
        (
            "OFFICIAL-SENSITIVE [PERSONAL]",
            "gsc official-sensitive Descriptor=PERSONAL",
        ),
        (
            "OFFICIAL-SENSITIVE [BLUE TEAM]",
            "gsc official-sensitive Descriptor=BLUE TEAM",
        ),
        (
            "OFFICIAL-SENSITIVE HMG USE ONLY",
            "gsc official-sensitive Handling=HMG USE ONLY",
        ),
        (
            "OFFICIAL-SENSITIVE - MOJ AND HMPPS USE ONLY - LEGAL",
            "gsc official-sensitive Handling=MOJ AND HMPPS USE ONLY Descriptor=LEGAL",
        ),
        ("UK SECRET - UK EYES ONLY", "gsc secret Caveat=UK EYES ONLY"),
        (
            "SECRET UK/US EYES ONLY",
            "gsc secret Caveat=UK US EYES ONLY",
        ),
        (
            "TOP SECRET ORCHID FIVE EYES ONLY",
            "gsc top-secret CodeWord=ORCHID Caveat=FIVE EYES ONLY",
        ),
        ("SECRET - ORCHID", "gsc secret CodeWord=ORCHID"),
        ("SECRET SANTA", "gsc secret"),
        (
            "CONFIDENTIAL - UK EYES ALPHA",
            "gpms confidential Caveat=UK EYES ALPHA",
        ),
        (
            "COMMERCIAL - CONFIDENTIAL",
            "gpms confidential Descriptor=COMMERCIAL",
        ),
        (
            "RESTRICTED - INVESTIGATIONS",
            "gpms restricted Descriptor=INVESTIGATIONS",
        ),
        ("SECRET - VISITS", "gpms secret Descriptor=VISITS"),
        ("PROTECTED AUSTEO", "pspf protected Caveat=AUSTEO"),
        ("OFFICIAL policy", "gsc official"),
        ("SECRET UKEO", "gsc secret Caveat=UKEO"),
        ("TOP SECRET STRAP1", "gsc top-secret Caveat=STRAP1"),
        ("SECRET U.K. EYES ONLY", "gsc secret Caveat=UK EYES ONLY"),
        ("SECRET AND PERSONAL", "gsc secret Handling=AND PERSONAL"),
        (
            "SECRET RELEASABLE TO FIVE EYES",
            "gsc secret Handling=RELEASABLE TO FIVE EYES",
        ),
        ("OFFICIAL DOCUMENT", "gsc official"),
        ("SECRET SECRET", "gsc secret"),
    ] {
        assert_eq!(said(text), [expected], "{text}");
    }
}

#[test]
fn words_that_only_contain_one_are_none() {
    for text in [
        "SECRETARY",
        "unofficially",
        "PROTECTION",
        "OFFICIALS",
        "secretly",
        "confidentiality",
    ] {
        assert!(said(text).is_empty(), "{text}");
    }
}
