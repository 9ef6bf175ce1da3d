//! Several levels beside or below each other.

use super::Strength;
use super::beside;
use super::context::Context;
use crate::folded::Gap;
use crate::input::Kind;

pub(super) fn choice(context: &Context<'_>) -> Option<Strength> {
    if context.others.is_empty() {
        return None;
    }
    let belongs = match context.kind {
        Kind::Cell => false,
        Kind::Subject => context.others.len() == 1 && context.at_an_end(),
        Kind::Watermark => true,
        _ => context.is_margin() || context.is_edge() && !beside::is_prose(context),
    };
    if belongs && context.upper() {
        return Some(if is_limited(context) {
            Strength::Likely
        } else {
            Strength::Possible
        });
    }
    Some(Strength::Mention)
}

/// It begins its line, and the other level is what becomes of it: SECRET (to be downgraded to RESTRICTED on 1 May), SECRET -
/// UNCLASSIFIED WITHOUT ENCLOSURE.
fn is_limited(context: &Context<'_>) -> bool {
    const BECOMES: &[&str] = &["DOWNGRADED", "DOWNGRADE", "REGRADED", "DECLASSIFIED"];
    const WITHOUT: &[&str] = &["WITHOUT", "WHEN", "LESS", "ONCE", "ON", "AFTER"];
    let [other] = &context.others[..] else {
        return false;
    };
    let end = context.found.words.end;
    if !context.left().is_empty() || other.start < end || context.after() == Gap::Slash {
        return false;
    }
    let mut between = end..other.start;
    let becomes = between.any(|at| BECOMES.contains(&context.text(at)));
    let divided = matches!(context.after(), Gap::Dash | Gap::Open | Gap::Comma);
    let without = other.start == end
        && divided
        && other.end < context.segment().end
        && WITHOUT.contains(&context.text(other.end));
    becomes || without
}

pub(super) fn list(context: &Context<'_>) -> Option<Strength> {
    context.listed.then_some(Strength::Mention)
}
