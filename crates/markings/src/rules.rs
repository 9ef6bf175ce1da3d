//! The rules: whether words that are written as a marking are one, where they stand. In their order: the first that has
//! something to say decides. Each has a table of examples in `tests.rs`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::find::{Case, Found};
use crate::folded::{Folded, Gap};
use crate::input::Kind;

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

/// Words that are written as a marking, and where they stand.
pub(crate) struct Context<'a> {
    pub(crate) found: &'a Found,
    pub(crate) folded: &'a Folded,
    pub(crate) kind: Kind,
    pub(crate) top: bool,
    pub(crate) bottom: bool,
    /// Other levels in the same segment.
    pub(crate) others: bool,
    /// It stands in a list of levels.
    pub(crate) listed: bool,
}

/// All of them, in their order.
pub const ALL: &[Rule] = &[
    Rule {
        id: "negated",
        says: "What stands before it takes it away: not, non, no longer, formerly.",
        holds: negated,
    },
    Rule {
        id: "condition",
        says: "A sentence about what happens if something is marked so.",
        holds: condition,
    },
    Rule {
        id: "choice",
        says: "Several levels side by side, as in a form or an explanation; where markings belong, somebody is asked.",
        holds: choice,
    },
    Rule {
        id: "list",
        says: "One of three or more levels that stand below each other, as in a description of a scheme.",
        holds: list,
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
        holds: header_or_footer,
    },
    Rule {
        id: "in-header-or-footer",
        says: "It stands in the header or footer beside other words, in capitals and set off from them.",
        holds: in_header_or_footer,
    },
    Rule {
        id: "top-or-bottom",
        says: "It stands alone on a line at the top or bottom of a page or of the whole.",
        holds: top_or_bottom,
    },
    Rule {
        id: "in-top-or-bottom",
        says: "It stands on a line at the top or bottom, in capitals and divided from the other words by a mark.",
        holds: in_top_or_bottom,
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
        holds: statement,
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

impl Context<'_> {
    fn segment(&self) -> Range<usize> {
        let words = &self.found.words;
        let start = self.folded.segment(words.start).start;
        let end = self.folded.segment(words.end - 1).end;
        start..end
    }

    fn left(&self) -> Range<usize> {
        self.segment().start..self.found.words.start
    }

    fn right(&self) -> Range<usize> {
        self.found.words.end..self.segment().end
    }

    fn text(&self, at: usize) -> &str {
        &self.folded.words[at].text
    }

    fn before(&self) -> Gap {
        self.folded.words[self.found.words.start].before
    }

    fn after(&self) -> Gap {
        self.folded.after(self.found.words.end - 1)
    }

    fn upper(&self) -> bool {
        self.found.case == Case::Upper
    }

    /// More than one word: no language has these by chance.
    fn telling(&self) -> bool {
        self.found.words.len() > 1 || self.folded.words[self.found.core.start].spaced
    }

    /// Nothing stands beside it but numbers of pages and the like, or what it is labelled as.
    pub(crate) fn alone(&self) -> bool {
        let furniture = |at: usize| is_furniture(self.text(at));
        self.right().all(furniture) && (self.left().all(furniture) || label(self).is_some())
    }

    /// What stands beside it is in capitals too, so that its own say nothing.
    fn loud(&self) -> bool {
        let beside: Vec<usize> = self
            .left()
            .chain(self.right())
            .filter(|at| !is_furniture(self.text(*at)))
            .collect();
        !beside.is_empty() && beside.iter().all(|at| self.folded.words[*at].upper)
    }

    /// It is divided by a mark from what stands on either side of it, where something does.
    fn set_off(&self, marks: &[Gap]) -> bool {
        (self.left().is_empty() || marks.contains(&self.before()))
            && (self.right().is_empty() || marks.contains(&self.after()))
    }

    /// It begins or ends its segment, but for numbers of pages and the like.
    fn at_an_end(&self) -> bool {
        self.left().all(|at| is_furniture(self.text(at)))
            || self.right().all(|at| is_furniture(self.text(at)))
    }

    fn is_margin(&self) -> bool {
        matches!(self.kind, Kind::Header | Kind::Footer | Kind::Master)
    }

    fn is_name(&self) -> bool {
        matches!(self.kind, Kind::FileName | Kind::FolderName)
    }

    fn is_edge(&self) -> bool {
        (self.top || self.bottom) && matches!(self.kind, Kind::Body | Kind::Hidden | Kind::Deleted)
    }
}

const MARKS: &[Gap] = &[Gap::Dash, Gap::Colon, Gap::Open, Gap::Close];

/// Words that stand at the top and bottom of pages beside a marking.
fn is_furniture(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "PAGE",
        "PAGES",
        "P",
        "OF",
        "VERSION",
        "V",
        "DRAFT",
        "FINAL",
        "COPY",
        "NO",
        "NUMBER",
        "ISSUE",
        "REVISION",
        "REV",
        "DATE",
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "MAY",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
        "JAN",
        "FEB",
        "MAR",
        "APR",
        "JUN",
        "JUL",
        "AUG",
        "SEP",
        "OCT",
        "NOV",
        "DEC",
        "FW",
        "FWD",
        "RE",
        "WHEN",
        "COMPLETE",
        "COMPLETED",
    ];
    word.chars().all(|letter| letter.is_ascii_digit())
        || WORDS.contains(&word)
        || word
            .strip_prefix('V')
            .is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit()))
}

/// Where the words begin that say that what follows is a marking.
fn label(context: &Context<'_>) -> Option<usize> {
    const NOUNS: &[&str] = &[
        "MARKING",
        "MARKINGS",
        "CLASSIFICATION",
        "GRADING",
        "SENSITIVITY",
        "CLASSIFIED",
    ];
    const BEFORE: &[&str] = &[
        "PROTECTIVE",
        "SECURITY",
        "DOCUMENT",
        "GOVERNMENT",
        "OVERALL",
        "INFORMATION",
        "DATA",
        "HIGHEST",
        "HANDLING",
        "GSC",
        "GPMS",
        "HMG",
        "FILE",
        "EMAIL",
        "E",
        "MAIL",
        "MESSAGE",
        "CURRENT",
        "NATIONAL",
        "UK",
        "LABEL",
    ];
    const AFTER: &[&str] = &["IS", "LEVEL", "LABEL", "STATUS"];
    let words = &context.folded.words;
    let mut at = context.found.words.start;
    let divided = words[at].before;
    let mut said_is = false;
    while at > 0 && AFTER.contains(&words[at - 1].text.as_str()) {
        said_is |= words[at - 1].text == "IS";
        at -= 1;
    }
    if at == 0 || !NOUNS.contains(&words[at - 1].text.as_str()) {
        return None;
    }
    at -= 1;
    while at > 0 && words[at].before != Gap::Wide && BEFORE.contains(&words[at - 1].text.as_str()) {
        at -= 1;
    }
    let begins = at == 0
        || matches!(
            words[at].before,
            Gap::Wide | Gap::Stop | Gap::Open | Gap::Dash
        )
        || matches!(words[at - 1].text.as_str(), "THE" | "ITS")
            && (at == 1 || words[at - 1].before == Gap::Wide)
            && said_is;
    let divides = matches!(divided, Gap::Colon | Gap::Dash | Gap::Open | Gap::Wide)
        || said_is
        || context.upper();
    (begins && divides).then_some(at)
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
    let at = context.found.words.start;
    let before = at.checked_sub(1)?;
    let near = matches!(context.before(), Gap::Space | Gap::Dash | Gap::Comma);
    (near && WORDS.contains(&context.text(before))).then_some(Strength::Mention)
}

fn condition(context: &Context<'_>) -> Option<Strength> {
    const WORDS: &[&str] = &[
        "IF", "WHETHER", "UNLESS", "SHOULD", "WOULD", "COULD", "ONCE", "WHENEVER", "WHERE",
        "EXAMPLE",
    ];
    if context.alone() || context.is_name() {
        return None;
    }
    let mut at = context.found.words.start;
    while at > context.segment().start {
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

fn choice(context: &Context<'_>) -> Option<Strength> {
    if !context.others {
        return None;
    }
    let belongs = context.is_margin() || context.is_edge() || context.kind == Kind::Watermark;
    if belongs && context.upper() && !matches!(context.kind, Kind::Cell) {
        return Some(Strength::Possible);
    }
    Some(Strength::Mention)
}

fn list(context: &Context<'_>) -> Option<Strength> {
    context.listed.then_some(Strength::Mention)
}

fn watermark(context: &Context<'_>) -> Option<Strength> {
    if context.kind != Kind::Watermark {
        return None;
    }
    if context.alone() {
        return Some(match (context.found.case, context.telling()) {
            (Case::Upper, _) | (Case::Title, true) => Strength::Certain,
            _ => Strength::Likely,
        });
    }
    (context.upper() && (context.at_an_end() || context.set_off(MARKS))).then_some(Strength::Likely)
}

fn labelled(context: &Context<'_>) -> Option<Strength> {
    label(context)?;
    let ends = !matches!(context.after(), Gap::Space | Gap::Comma)
        || context.right().all(|at| is_furniture(context.text(at)));
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

fn header_or_footer(context: &Context<'_>) -> Option<Strength> {
    if !context.is_margin() || !context.alone() {
        return None;
    }
    Some(match (context.found.case, context.telling()) {
        (Case::Upper, _) => Strength::Certain,
        (_, true) => Strength::Likely,
        _ => Strength::Possible,
    })
}

fn in_header_or_footer(context: &Context<'_>) -> Option<Strength> {
    if !context.is_margin() {
        return None;
    }
    let set_off = context.set_off(MARKS);
    match context.found.case {
        Case::Upper if set_off || !context.loud() && context.at_an_end() => Some(Strength::Likely),
        Case::Title if set_off && context.telling() => Some(Strength::Likely),
        _ => None,
    }
}

fn top_or_bottom(context: &Context<'_>) -> Option<Strength> {
    if !context.is_edge() || !context.alone() {
        return None;
    }
    match (context.found.case, context.telling()) {
        (Case::Upper, _) => Some(Strength::Certain),
        (Case::Title, true) => Some(Strength::Likely),
        (Case::Title, false) => Some(Strength::Possible),
        (Case::Lower, _) => None,
    }
}

fn in_top_or_bottom(context: &Context<'_>) -> Option<Strength> {
    if !context.is_edge() || !context.upper() {
        return None;
    }
    // A line, and not a sentence of a paragraph.
    let short = context.segment().len() <= 16;
    let sentence = context
        .right()
        .any(|at| context.folded.words[at].before == Gap::Stop);
    (short && !sentence && context.set_off(MARKS)).then_some(Strength::Likely)
}

fn subject(context: &Context<'_>) -> Option<Strength> {
    if context.kind != Kind::Subject {
        return None;
    }
    named(context)
}

fn file_name(context: &Context<'_>) -> Option<Strength> {
    if !context.is_name() {
        return None;
    }
    named(context)
}

fn named(context: &Context<'_>) -> Option<Strength> {
    const NAME_MARKS: &[Gap] = &[
        Gap::Dash,
        Gap::Colon,
        Gap::Open,
        Gap::Close,
        Gap::Stop,
        Gap::Comma,
    ];
    let set_off = context.set_off(NAME_MARKS) && context.at_an_end();
    match context.found.case {
        Case::Upper if context.alone() => Some(Strength::Certain),
        Case::Upper if set_off || !context.loud() && context.at_an_end() => Some(Strength::Likely),
        Case::Title if context.telling() && (context.alone() || set_off) => Some(Strength::Likely),
        Case::Lower if context.telling() && context.is_name() && context.alone() => {
            Some(Strength::Possible)
        }
        _ => None,
    }
}

fn statement(context: &Context<'_>) -> Option<Strength> {
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

fn portion(context: &Context<'_>) -> Option<Strength> {
    let words = &context.folded.words;
    let bracketed =
        words[context.found.words.start].opened && words[context.found.words.end - 1].closed;
    let outer = context.left().is_empty() || context.right().is_empty();
    let running = matches!(
        context.kind,
        Kind::Body | Kind::Note | Kind::Comment | Kind::Hidden | Kind::Deleted
    );
    (running && context.upper() && bracketed && outer && !context.alone())
        .then_some(Strength::Likely)
}

fn cell(context: &Context<'_>) -> Option<Strength> {
    if context.kind != Kind::Cell {
        return None;
    }
    if !context.alone() {
        return Some(Strength::Mention);
    }
    let segments = 1 + context
        .folded
        .words
        .iter()
        .skip(1)
        .filter(|word| word.before == Gap::Wide)
        .count();
    let at_an_end = context.top || context.bottom;
    Some(match (context.found.case, segments) {
        (Case::Upper, 1) if at_an_end => Strength::Certain,
        (Case::Upper, 1) => Strength::Likely,
        (Case::Upper, 2) if at_an_end => Strength::Likely,
        (Case::Upper, _) => Strength::Possible,
        (Case::Title, 1) if at_an_end && context.telling() => Strength::Likely,
        _ => Strength::Mention,
    })
}

fn alone(context: &Context<'_>) -> Option<Strength> {
    if !context.alone() {
        return None;
    }
    match (context.found.case, context.telling()) {
        (Case::Upper, _) => Some(Strength::Likely),
        (Case::Title, true) => Some(Strength::Possible),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
