//! The rules: whether words that are written as a marking are one, where they stand. In their order: the first that has
//! something to say decides. Each has a table of examples in `tests.rs`.

mod beside;
mod context;
mod forms;
mod levels;
mod margins;
mod names;
mod statement;

use serde::{Deserialize, Serialize};

use crate::find::Case;
use crate::folded::Gap;
use crate::input::Kind;

pub(crate) use context::Context;
use context::{MARKS, is_furniture, label};
use names::{file_name, subject};

/// How sure a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// It is about markings, or only the same word: no marking.
    Mention,
    /// It may be one. Somebody is asked where it matters.
    Possible,
    /// It is one.
    Likely,
    /// It is one, and stands where markings belong.
    Certain,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// What it is called in decisions.
    pub id: &'static str,
    /// What it says, for people.
    pub says: &'static str,
    pub(crate) holds: fn(&Context<'_>) -> Option<Strength>,
}

/// All of them, in their order.
pub const ALL: &[Rule] = &[
    Rule {
        id: "negated",
        says: "What stands beside it takes it away: not, non, no longer, formerly, previous marking, declassified.",
        holds: negated,
    },
    Rule {
        id: "private",
        says: "Private and confidential, as businesses write on letters.",
        holds: private,
    },
    Rule {
        id: "condition",
        says: "A sentence about what happens if something is marked so.",
        holds: condition,
    },
    Rule {
        id: "not-ticked",
        says: "Its box in a form is not ticked, and others are there.",
        holds: forms::not_ticked,
    },
    Rule {
        id: "clearance",
        says: "What a person is cleared for, and not what the document is.",
        holds: forms::clearance,
    },
    Rule {
        id: "program",
        says: "It is a name or a value in a line of a program.",
        holds: forms::program,
    },
    Rule {
        id: "choice",
        says: "Several levels side by side, as in a form or an explanation; where markings belong, somebody is asked.",
        holds: levels::choice,
    },
    Rule {
        id: "list",
        says: "One of three or more levels that stand below each other, as in a description of a scheme.",
        holds: levels::list,
    },
    Rule {
        id: "watermark",
        says: "It stands across the page.",
        holds: watermark,
    },
    Rule {
        id: "labelled",
        says: "It follows the words \"protective marking\", \"classification\" or their like.",
        holds: labelled,
    },
    Rule {
        id: "header-or-footer",
        says: "It stands alone in the header or footer of the page, or on every slide.",
        holds: margins::header_or_footer,
    },
    Rule {
        id: "in-header-or-footer",
        says: "It stands in the header or footer beside other words, in capitals and set off from them.",
        holds: margins::in_header_or_footer,
    },
    Rule {
        id: "top-or-bottom",
        says: "It stands alone on a line at the top or bottom of a page or of the whole.",
        holds: margins::top_or_bottom,
    },
    Rule {
        id: "in-top-or-bottom",
        says: "It stands on a line at the top or bottom, in capitals and divided from the other words by a mark.",
        holds: margins::in_top_or_bottom,
    },
    Rule {
        id: "beside-words",
        says: "A high one begins or ends such a line, beside words that nobody knows: somebody is asked. Beside words that stand with markings it counts.",
        holds: beside::beside_words,
    },
    Rule {
        id: "subject",
        says: "It begins or ends the subject or title, in capitals.",
        holds: subject,
    },
    Rule {
        id: "file-name",
        says: "It begins or ends the name of the file or its folder, in capitals.",
        holds: file_name,
    },
    Rule {
        id: "statement",
        says: "A sentence says of this document that it is marked so.",
        holds: statement::statement,
    },
    Rule {
        id: "portion",
        says: "It stands in brackets, in capitals, before or after a paragraph.",
        holds: portion,
    },
    Rule {
        id: "cell",
        says: "It is a value in a table; alone in its row it counts as a line.",
        holds: cell,
    },
    Rule {
        id: "annex",
        says: "It stands in the heading of an annex, in capitals.",
        holds: |context| beside::is_annex(context).then_some(Strength::Likely),
    },
    Rule {
        id: "alone",
        says: "It stands alone on a line, in capitals.",
        holds: alone,
    },
    Rule {
        id: "in-words",
        says: "It stands among other words.",
        holds: |_| Some(Strength::Mention),
    },
];

/// The rule that decides, and how.
pub(crate) fn judge(context: &Context<'_>) -> (&'static str, Strength) {
    ALL.iter()
        .find_map(|rule| (rule.holds)(context).map(|strength| (rule.id, strength)))
        .unwrap_or(("in-words", Strength::Mention))
}

fn negated(context: &Context<'_>) -> Option<Strength> {
    const WORDS: &[&str] = &[
        "NOT",
        "NON",
        "NEVER",
        "LONGER",
        "FORMERLY",
        "PREVIOUSLY",
        "UN",
        "DE",
        "NEITHER",
        "NOR",
        "WITHOUT",
        "DECLASSIFIED",
    ];
    const EARLIER: &[&str] = &["PREVIOUS", "FORMER", "OLD", "EARLIER"];
    const OVER: &[&str] = &["DOWNGRADED", "DECLASSIFIED", "REGRADED"];
    let at = context.found.words.start;
    // SECRET (declassified 2010).
    let after = context.right().next();
    if context.upper() && after.is_some_and(|at| OVER.contains(&context.text(at))) {
        return Some(Strength::Possible);
    }
    let before = at.checked_sub(1)?;
    // Previous marking: SECRET.
    let noun = matches!(
        context.text(before),
        "MARKING" | "CLASSIFICATION" | "GRADING"
    );
    let earlier = before
        .checked_sub(1)
        .is_some_and(|at| EARLIER.contains(&context.text(at)));
    if noun && earlier {
        return Some(Strength::Mention);
    }
    // Up to RESTRICTED: what a place may hold.
    let limit = match context.text(before) {
        "BELOW" | "ABOVE" | "MAXIMUM" | "HOLD" => true,
        "TO" => before > 0 && context.text(before - 1) == "UP",
        "MARKING" => before > 0 && matches!(context.text(before - 1), "MAXIMUM" | "HIGHEST"),
        _ => false,
    };
    if limit && context.segment().start < at {
        return Some(Strength::Possible);
    }
    let near = matches!(context.before(), Gap::Space | Gap::Dash | Gap::Comma);
    (near && WORDS.contains(&context.text(before))).then_some(Strength::Mention)
}

fn private(context: &Context<'_>) -> Option<Strength> {
    // What is higher is a marking, whatever stands beside it.
    if !context.is_confidential() {
        return None;
    }
    let before = context.found.words.start.checked_sub(1)?;
    let private = context.text(before) == "PRIVATE"
        || context.text(before) == "AND" && before > 0 && context.text(before - 1) == "PRIVATE";
    (private && !matches!(context.before(), Gap::Wide | Gap::Stop)).then_some(Strength::Mention)
}

fn condition(context: &Context<'_>) -> Option<Strength> {
    const FAR: usize = 60;
    const WORDS: &[&str] = &[
        "IF", "WHETHER", "UNLESS", "SHOULD", "WOULD", "COULD", "ONCE", "WHENEVER", "WHERE",
        "EXAMPLE",
    ];
    if context.alone() || context.is_name() {
        return None;
    }
    let mut at = context.found.words.start;
    // No sentence reaches further back.
    let first = context.segment().start.max(at.saturating_sub(FAR));
    while at > first {
        if context.folded.words[at].before == Gap::Stop {
            break;
        }
        at -= 1;
        if WORDS.contains(&context.text(at)) {
            return Some(Strength::Mention);
        }
    }
    None
}

fn watermark(context: &Context<'_>) -> Option<Strength> {
    if context.kind != Kind::Watermark {
        return None;
    }
    if context.alone() {
        return Some(match (context.found.case, context.telling()) {
            (Case::Upper, _) | (Case::Title, true) => Strength::Certain,
            _ => Strength::Possible,
        });
    }
    (context.upper() && (context.at_an_end() || context.set_off(MARKS))).then_some(Strength::Likely)
}

fn labelled(context: &Context<'_>) -> Option<Strength> {
    label(context)?;
    let goes_on = match context.after() {
        Gap::Space => true,
        // In small letters it may be the first of several words.
        Gap::Comma => !context.upper(),
        _ => false,
    };
    let ends = !goes_on || context.right().all(|at| is_furniture(context.text(at)));
    if !ends && !context.upper() {
        return None;
    }
    // A sentence goes on: "Classification: SECRET information must …".
    if !ends {
        return Some(Strength::Possible);
    }
    Some(match context.found.case {
        Case::Upper => Strength::Certain,
        Case::Title => Strength::Likely,
        Case::Lower => Strength::Possible,
    })
}

fn portion(context: &Context<'_>) -> Option<Strength> {
    let words = &context.folded.words;
    let bracketed =
        words[context.found.words.start].opened && words[context.found.words.end - 1].closed;
    // The number of the paragraph stands before it.
    let numbers = |at: usize| context.text(at).len() == 1 || is_furniture(context.text(at));
    let left = context.left();
    let outer = left.len() <= 3 && left.clone().all(numbers) || context.right().is_empty();
    let running = matches!(
        context.kind,
        Kind::Body | Kind::Note | Kind::Comment | Kind::Hidden | Kind::Deleted
    );
    if !running || !bracketed || !outer || context.right().is_empty() && left.is_empty() {
        return None;
    }
    match context.found.case {
        Case::Upper => Some(Strength::Likely),
        Case::Title if context.found.high => Some(Strength::Possible),
        _ => None,
    }
}

fn cell(context: &Context<'_>) -> Option<Strength> {
    if context.is_value() {
        return Some(Strength::Possible);
    }
    if context.kind != Kind::Cell {
        return None;
    }
    let at_an_end = context.top || context.bottom;
    let segments = context.folded.parts();
    if !context.alone() {
        // A title in a cell of its own row: SECRET - costs.
        let title = segments == 1 && context.found.high && !context.loud();
        let set_off = context.set_off(MARKS) && context.at_an_end();
        return Some(match context.found.case {
            Case::Upper if title && set_off && at_an_end => Strength::Likely,
            Case::Upper if title && set_off => Strength::Possible,
            Case::Title if title && set_off && at_an_end => Strength::Possible,
            _ => Strength::Mention,
        });
    }
    Some(match (context.found.case, segments) {
        (Case::Upper, 1) if at_an_end => Strength::Certain,
        (Case::Upper, 1) => Strength::Likely,
        (Case::Upper, 2) if at_an_end => Strength::Likely,
        (Case::Upper, _) => Strength::Possible,
        (Case::Title, 1) if at_an_end && context.telling() => Strength::Likely,
        (Case::Title, 1 | 2)
            if at_an_end && context.found.high && !beside::is_row_of_another(context) =>
        {
            Strength::Possible
        }
        (Case::Title, _) if context.headed => Strength::Possible,
        _ => Strength::Mention,
    })
}

fn alone(context: &Context<'_>) -> Option<Strength> {
    if !context.alone() {
        return None;
    }
    match (context.found.case, context.telling()) {
        (Case::Upper, _) if context.cry().is_some() => Some(Strength::Possible),
        // A value in a table that lost its lines.
        (Case::Upper, _) if context.kind == Kind::Body && context.folded.parts() > 1 => {
            Some(Strength::Possible)
        }
        (Case::Upper, _) => Some(Strength::Likely),
        (Case::Title, true) => Some(Strength::Possible),
        (Case::Title, false)
            if context.found.high && matches!(context.kind, Kind::Note | Kind::Comment) =>
        {
            Some(Strength::Possible)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
