//! Headers and footers, and the first and last lines of pages.

use super::Strength;
use super::beside;
use super::context::{Context, MARKS};
use crate::find::Case;
use crate::folded::Gap;

/// What people write before a marking and a colon, besides the words for one.
const LABELS: &[&str] = &[
    "CLASS", "PM", "M", "STATUS", "SECURITY", "CAVEAT", "CAVEATS", "HANDLING", "UK", "HMG", "MOD",
    "HEADER", "FOOTER", "BANNER", "SUBJECT", "TITLE",
];

pub(super) fn header_or_footer(context: &Context<'_>) -> Option<Strength> {
    if !context.is_margin() || !context.alone() {
        return None;
    }
    Some(match (context.found.case, context.telling()) {
        (Case::Upper, _) => Strength::Certain,
        (_, true) => Strength::Likely,
        // Alone at the top of every page it is no name of anything.
        (Case::Title, false) if context.found.high => Strength::Likely,
        _ => Strength::Possible,
    })
}

pub(super) fn in_header_or_footer(context: &Context<'_>) -> Option<Strength> {
    if !context.is_margin() {
        return None;
    }
    let set_off = context.set_off(MARKS);
    match context.found.case {
        Case::Upper if set_off || !context.loud() && context.at_an_end() => Some(Strength::Likely),
        Case::Title if set_off && context.telling() => Some(Strength::Likely),
        Case::Upper if beside::is_doubled(context) => Some(Strength::Possible),
        _ => None,
    }
}

pub(super) fn top_or_bottom(context: &Context<'_>) -> Option<Strength> {
    if !context.is_edge() || !context.alone() {
        return None;
    }
    // A row of many values, and no line of three parts: left, middle, right.
    let row = context.folded.parts() > 3;
    match (context.found.case, context.telling()) {
        // On a handout for children, or of a film.
        (Case::Upper, _) if context.cry().is_some() && !context.is_repeated() => {
            Some(Strength::Possible)
        }
        (Case::Upper, _) if context.explained() || row && context.counted() => {
            Some(Strength::Possible)
        }
        (Case::Upper, _) if row => Some(Strength::Likely),
        (Case::Upper, _) => Some(Strength::Certain),
        // Beside numbers: the name of a band, and when it plays.
        (Case::Title, true) if context.numbered() => Some(Strength::Possible),
        (Case::Title, true) if context.heads && !context.is_repeated() => Some(Strength::Possible),
        (Case::Title, true) => Some(Strength::Likely),
        (Case::Title, false) if context.found.high && context.is_repeated() => {
            Some(Strength::Likely)
        }
        // A word of every day.
        (Case::Title, false) if context.heads && !context.found.high => None,
        (Case::Title, false) => Some(Strength::Possible),
        (Case::Lower, _) => None,
    }
}

pub(super) fn in_top_or_bottom(context: &Context<'_>) -> Option<Strength> {
    if !context.is_edge() || !context.upper() {
        return None;
    }
    if (context.is_repeated() || context.outermost) && beside::is_doubled(context) {
        return Some(Strength::Possible);
    }
    // A line, and not a sentence of a paragraph.
    let short = context.segment().len() <= 16;
    let room = |at: usize| {
        context
            .folded
            .words
            .get(at)
            .is_some_and(|word| word.room > 0)
    };
    let words = &context.found.words;
    let bracketed = context.before() == Gap::Open
        && context.after() == Gap::Close
        && room(words.start)
        && room(words.end);
    let divided = !bracketed || context.at_an_end() || beside::small_words(context) <= 2;
    // A field of some form, or who speaks in a play: Access level: RESTRICTED.
    let last = context.left().next_back().map_or("", |at| context.text(at));
    let named = context.before() == Gap::Colon && !LABELS.contains(&last);
    // As cards and calendars say it (RFC 5545, 3.8.1.3).
    let card = last == "CLASS" && !room(words.start) && context.is_confidential();
    if (named || card)
        && !last.is_empty()
        && context.right().is_empty()
        && context.left().len() <= 2
        && !context.is_repeated()
    {
        return Some(if card {
            Strength::Mention
        } else {
            Strength::Possible
        });
    }
    // Experience of systems up to IL3 (RESTRICTED): what is said of something else, where it is no title.
    if bracketed && beside::small_words(context) > 2 && !context.outermost {
        return context.at_an_end().then_some(Strength::Possible);
    }
    (short && !context.has_sentence() && divided && !context.answers() && context.set_off(MARKS))
        .then_some(Strength::Likely)
}
