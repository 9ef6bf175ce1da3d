//! Subjects, titles, and names of files.

use super::Strength;
use super::beside;
use super::context::{Context, is_furniture};
use crate::find::Case;
use crate::folded::Gap;
use crate::input::Kind;

pub(super) fn subject(context: &Context<'_>) -> Option<Strength> {
    if context.kind != Kind::Subject {
        return None;
    }
    named(context)
}

pub(super) fn file_name(context: &Context<'_>) -> Option<Strength> {
    if !context.is_name() {
        return None;
    }
    named(context)
}

/// What a sentence says before a word: "folder marked SECRET", "working at SECRET".
const LEADING: &[&str] = &[
    "MARKED",
    "GRADED",
    "CLASSIFIED",
    "IS",
    "ARE",
    "AS",
    "AT",
    "IN",
    "FROM",
    "ABOUT",
    "OF",
    "ON",
    "WITH",
    "FOR",
    "TO",
    "HANDLING",
    "YOUR",
    "OUR",
    "MY",
];

/// What is sold.
const SALES: &[&str] = &[
    "OFF",
    "DEALS",
    "OFFERS",
    "DISCOUNT",
    "DISCOUNTS",
    "VOUCHER",
    "VOUCHERS",
    "BARGAINS",
];

fn named(context: &Context<'_>) -> Option<Strength> {
    const NAME_MARKS: &[Gap] = &[
        Gap::Dash,
        Gap::Colon,
        Gap::Open,
        Gap::Close,
        Gap::Stop,
        Gap::Comma,
    ];
    const MIDDLE_MARKS: &[Gap] = &[Gap::Dash, Gap::Colon, Gap::Open, Gap::Close];
    let found = context.found;
    let set_off = context.set_off(NAME_MARKS) && context.at_an_end();
    let stuck = |at: usize| context.folded.words.get(at).is_some_and(|word| word.stuck);
    // Between what is to be done and what it is about: Action: SECRET - Depots.
    let between = context.set_off(MIDDLE_MARKS)
        && !stuck(found.words.start)
        && !stuck(found.words.end)
        && !beside::is_another_thing(context);
    let asked = context.folded.words[found.words.end - 1].cry == Some('?');
    let sold = || {
        let mut beside = context.left().chain(context.right());
        beside.any(|at| SALES.contains(&context.text(at)))
    };
    let led = || {
        let last = context.left().next_back();
        context.before() == Gap::Space
            && last.is_some_and(|at| {
                LEADING.contains(&context.text(at)) && !is_furniture(context.text(at))
            })
    };
    match found.case {
        Case::Upper if context.alone() => Some(Strength::Certain),
        Case::Upper if context.kind == Kind::Subject && asked => Some(Strength::Mention),
        Case::Upper if led() || sold() => {
            (set_off || context.at_an_end()).then_some(Strength::Possible)
        }
        Case::Upper if set_off || !context.loud() && context.at_an_end() => Some(Strength::Likely),
        Case::Upper if between => Some(Strength::Likely),
        Case::Upper => beside::among_capitals(context),
        Case::Title if context.telling() && (context.alone() || set_off) => Some(Strength::Likely),
        // [Secret], Depots (Secret): in capitals it would be one.
        Case::Title if found.high && context.kind == Kind::Subject => {
            let words = &context.folded.words;
            let bracketed = words[found.words.start].opened && words[found.words.end - 1].closed;
            (context.alone() || bracketed && context.at_an_end()).then_some(Strength::Possible)
        }
        Case::Lower if context.telling() && context.is_name() && context.alone() => {
            Some(Strength::Possible)
        }
        _ => None,
    }
}
