#![no_main]
//! The rules on any text: each line in a kind of place that its first byte names.

use std::sync::LazyLock;

use markings::{Input, Kind, Piece, Policy, Property, Schemes, Source, Unread};

const KINDS: [Kind; 14] = [
    Kind::Body,
    Kind::Header,
    Kind::Footer,
    Kind::Watermark,
    Kind::Master,
    Kind::Cell,
    Kind::Comment,
    Kind::Note,
    Kind::Deleted,
    Kind::Hidden,
    Kind::Subject,
    Kind::FileName,
    Kind::FolderName,
    Kind::Aside,
];

static RULES: LazyLock<(Schemes, Policy)> = LazyLock::new(|| {
    let schemes = Schemes::with(&[]).expect("the schemes that come with the program");
    let policy = Policy::shipped("il2", &schemes).expect("the policy that comes with it");
    (schemes, policy)
});

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    inspect_fuzz::contained();
    let text = String::from_utf8_lossy(file);
    let mut input = Input::default();
    for line in text.split('\n') {
        let first = line.bytes().next().map_or(0, usize::from);
        let text = line.get(1..).unwrap_or(line).replace('\r', "\n");
        match first % 20 {
            at @ 0..14 => input.pieces.push(Piece {
                file: first / 64,
                kind: KINDS[at],
                top: first & 32 != 0,
                bottom: first & 16 != 0,
                text,
            }),
            14..18 => {
                let (name, value) = text.split_once('=').unwrap_or(("Classification", &text));
                input.properties.push(Property {
                    file: first / 64,
                    name: name.to_owned(),
                    value: value.to_owned(),
                });
            }
            at => input.unread.push(Unread {
                file: first / 64,
                why: text,
                minor: at == 18,
            }),
        }
    }
    let (schemes, policy) = &*RULES;
    let decision = markings::decide(&input, schemes, policy);
    for one in decision.evidence.iter().chain(&decision.mentions) {
        let whole = match one.source {
            Source::Piece(number) => &input.pieces[number].text,
            Source::Property(number) => &input.properties[number].value,
        };
        assert!(whole.get(one.range.clone()).is_some(), "evidence points beside its text");
    }
});
