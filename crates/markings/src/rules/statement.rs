//! Sentences in which a document says what it is marked.

use super::Strength;
use super::context::Context;
use crate::find::Case;
use crate::folded::Gap;

pub(super) fn statement(context: &Context<'_>) -> Option<Strength> {
    const THINGS: &[&str] = &[
        "DOCUMENT",
        "PAPER",
        "EMAIL",
        "MAIL",
        "MESSAGE",
        "FILE",
        "PAGE",
        "INFORMATION",
        "ANNEX",
        "BRIEFING",
        "SPREADSHEET",
        "PRESENTATION",
        "REPORT",
        "LETTER",
        "MINUTE",
        "NOTE",
        "MATERIAL",
        "ATTACHMENT",
        "PACK",
        "SLIDE",
        "WORKBOOK",
        "SUBMISSION",
        "SYSTEM",
        "DISCUSSION",
        "DATA",
    ];
    const VERBS: &[&str] = &[
        "CLASSIFIED",
        "MARKED",
        "GRADED",
        "IS",
        "AS",
        "CONTAINS",
        "CARRIES",
        "AT",
        "BEARS",
    ];
    const THROUGH: &[&str] = &["PROTECTIVELY", "INFORMATION", "CLASSIFIED"];
    let start = context.found.words.start;
    let mut verb = start.checked_sub(1)?;
    while THROUGH.contains(&context.text(verb)) && !VERBS.contains(&context.text(verb)) {
        verb = verb.checked_sub(1)?;
    }
    if !VERBS.contains(&context.text(verb))
        || !matches!(
            context.before(),
            Gap::Space | Gap::Colon | Gap::Comma | Gap::Open
        )
    {
        return None;
    }
    // "Is" alone is said of much: "this information is confidential".
    let plain = context.text(verb) == "IS" && !context.upper();
    let from = start
        .saturating_sub(9)
        .max(context.folded.segment(start).start);
    let mut this = false;
    for at in (from..verb).rev() {
        if context.folded.words[at + 1].before == Gap::Stop {
            break;
        }
        if context.text(at) == "THIS" && THINGS.contains(&context.text(at + 1))
            || context.text(at) == "THIS" && context.text(at + 1) == "E"
        {
            this = true;
            break;
        }
    }
    // To be handled at SECRET.
    let handled = matches!(context.text(verb), "AT" | "AS")
        && verb > from
        && matches!(context.text(verb - 1), "HANDLED" | "TREATED");
    if handled && !this && context.upper() && context.is_edge() {
        return Some(Strength::Possible);
    }
    if !this {
        return None;
    }
    Some(match context.found.case {
        Case::Upper => Strength::Likely,
        _ if plain => Strength::Mention,
        Case::Title => Strength::Likely,
        Case::Lower => Strength::Possible,
    })
}
