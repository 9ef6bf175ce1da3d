//! Words in forms, in what is asked of people, and in programs: what is written as a marking there is none.

use super::Strength;
use super::context::Context;
use crate::folded::Gap;
use crate::input::Kind;

pub(super) fn not_ticked(context: &Context<'_>) -> Option<Strength> {
    if !context.form || context.is_margin() || context.kind == Kind::Watermark {
        return None;
    }
    let boxes = &context.folded.boxes;
    // Boxes stand before what they are for, or after it: then one ends the line.
    let after = boxes
        .last()
        .is_some_and(|last| last.0 == context.folded.words.len())
        && boxes.first().is_some_and(|first| first.0 > 0);
    let place = if after {
        context.found.words.end
    } else {
        context.found.words.start
    };
    let ticked = boxes.iter().find(|one| one.0 == place)?.1;
    (!ticked).then_some(Strength::Mention)
}

pub(super) fn clearance(context: &Context<'_>) -> Option<Strength> {
    const WORDS: &[&str] = &["CLEARANCE", "CLEARANCES", "CLEARED", "VETTING", "VETTED"];
    // Security clearance: SECRET, also in a header; in cells only where no header can be meant.
    let start = context.found.words.start;
    let asked = start
        .checked_sub(1)
        .is_some_and(|at| WORDS.contains(&context.text(at)));
    let margin = context.is_margin() || context.is_repeated() || context.outermost;
    if asked && (context.before() == Gap::Colon || context.before() == Gap::Wide && !margin) {
        return Some(Strength::Mention);
    }
    // After a dash it is the marking of a paper that is about clearances.
    if context.is_margin() || context.is_repeated() || context.before() == Gap::Dash {
        return None;
    }
    let is = |at: usize| WORDS.contains(&context.text(at));
    let left = context.left();
    let before = left.rev().take(3).any(is);
    let after = context.right().take(1).any(is);
    (before || after).then_some(Strength::Mention)
}

pub(super) fn program(context: &Context<'_>) -> Option<Strength> {
    let running = matches!(
        context.kind,
        Kind::Body | Kind::Hidden | Kind::Deleted | Kind::Comment | Kind::Aside | Kind::Cell
    );
    if !running || super::label(context).is_some() {
        return None;
    }
    let words = &context.folded.words;
    let (start, end) = (context.found.words.start, context.found.words.end);
    let next = words.get(end);
    let given = next.is_some_and(|next| next.equals && next.room == 0);
    // SECRET_KEY, CLIENT_SECRET=…; what only ends in it may be the name of a file: Depots_SECRET.
    let stuck = given || next.is_some_and(|next| next.stuck);
    let stuck = stuck || words[start].stuck && context.folded.code;
    let alone = context.left().is_empty() && context.right().is_empty();
    (stuck || context.folded.code && !alone || context.folded.code && context.folded.parts() > 1)
        .then_some(Strength::Mention)
}
