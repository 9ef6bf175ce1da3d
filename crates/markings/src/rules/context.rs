//! Where words stand that are written as a marking, and what stands beside them.

use std::ops::Range;

use crate::find::{Case, Found};
use crate::folded::{Folded, Gap};
use crate::input::Kind;

/// Words that are written as a marking, and where they stand.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about one place"
)]
pub(crate) struct Context<'a> {
    pub(crate) found: &'a Found,
    pub(crate) folded: &'a Folded,
    pub(crate) kind: Kind,
    pub(crate) top: bool,
    pub(crate) bottom: bool,
    /// Other levels in the same segment: where their words are.
    pub(crate) others: Vec<Range<usize>>,
    /// It is the very first line at the top, or the very last at the bottom.
    pub(crate) outermost: bool,
    /// Lines stand further out, and running text follows it: it may be a heading, or what a picture is called.
    pub(crate) heads: bool,
    /// The same line stands at the top or bottom several times in the file.
    pub(crate) repeated: bool,
    /// There are boxes to be ticked beside several levels.
    pub(crate) form: bool,
    /// It stands below the words "classification" or "protective marking" in a table.
    pub(crate) headed: bool,
    /// It stands in a list of levels.
    pub(crate) listed: bool,
}

impl Context<'_> {
    pub(super) fn segment(&self) -> Range<usize> {
        let words = &self.found.words;
        let start = self.folded.segment(words.start).start;
        let end = self.folded.segment(words.end - 1).end;
        start..end
    }

    pub(super) fn left(&self) -> Range<usize> {
        self.segment().start..self.found.words.start
    }

    pub(super) fn right(&self) -> Range<usize> {
        self.found.words.end..self.segment().end
    }

    pub(super) fn text(&self, at: usize) -> &str {
        &self.folded.words[at].text
    }

    pub(crate) fn before(&self) -> Gap {
        self.folded.words[self.found.words.start].before
    }

    pub(crate) fn after(&self) -> Gap {
        self.folded.after(self.found.words.end - 1)
    }

    pub(crate) fn upper(&self) -> bool {
        self.found.case == Case::Upper
    }

    /// More than one word: no language has these by chance.
    pub(super) fn telling(&self) -> bool {
        self.found.words.len() > 1 || self.folded.words[self.found.core.start].spaced
    }

    /// Nothing stands beside it but numbers of pages and the like, or what it is labelled as.
    pub(crate) fn alone(&self) -> bool {
        let furniture = |at: usize| is_furniture(self.text(at));
        self.right().all(furniture) && (self.left().all(furniture) || label(self).is_some())
    }

    /// It is the one word that everybody writes, and no more of a marking.
    pub(super) fn is_confidential(&self) -> bool {
        let core = &self.found.core;
        core.len() == 1 && self.text(core.start) == "CONFIDENTIAL"
    }

    /// Words before it say that it is a marking.
    pub(crate) fn is_labelled(&self) -> bool {
        self.upper() && label(self).is_some()
    }

    /// What stands beside it is in capitals too, so that its own say nothing.
    pub(super) fn loud(&self) -> bool {
        let beside: Vec<usize> = self
            .left()
            .chain(self.right())
            .filter(|at| !is_furniture(self.text(*at)))
            .collect();
        !beside.is_empty() && beside.iter().all(|at| self.folded.words[*at].upper)
    }

    /// It is a value in a table of explanations: running text stands in another part of its line.
    pub(super) fn explained(&self) -> bool {
        const FEWEST: usize = 4;
        let segment = self.segment();
        let words = self.folded.words.iter().enumerate();
        let small = words.filter(|(at, word)| !segment.contains(at) && !word.capital);
        small.count() >= FEWEST
    }

    /// It is what a row of numbers is called.
    pub(super) fn counted(&self) -> bool {
        let segment = self.segment();
        let mut words = self.folded.words.iter().enumerate();
        words.all(|(at, word)| {
            segment.contains(&at) || word.text.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// It is divided by a mark from what stands on either side of it, where something does.
    pub(super) fn set_off(&self, marks: &[Gap]) -> bool {
        // At the top of a page, room divides as a mark does; in a text that was set between two margins it does not.
        let apart = |word: usize| {
            let apart = self.folded.words.get(word);
            self.is_margin() && apart.is_some_and(|word| word.before == Gap::Space && word.room > 1)
        };
        let words = &self.found.words;
        // What stands between two obliques is a step of an address.
        let marked = self.before() != Gap::Slash && marks.contains(&self.before());
        (self.left().is_empty() || marked || apart(words.start))
            && (self.right().is_empty() || marks.contains(&self.after()) || apart(words.end))
    }

    /// It begins or ends its segment, but for numbers of pages and the like.
    pub(super) fn at_an_end(&self) -> bool {
        self.left().all(|at| is_furniture(self.text(at)))
            || self.right().all(|at| is_furniture(self.text(at)))
    }

    pub(super) fn is_margin(&self) -> bool {
        matches!(self.kind, Kind::Header | Kind::Footer | Kind::Master)
    }

    pub(super) fn is_repeated(&self) -> bool {
        self.is_edge() && self.repeated
    }

    /// The exclamation or question mark right after it, or at the end of its line.
    pub(super) fn cry(&self) -> Option<char> {
        let words = &self.folded.words;
        let last = self.segment().end - 1;
        words[self.found.words.end - 1].cry.or(words[last].cry)
    }

    /// Numbers stand beside it.
    pub(super) fn numbered(&self) -> bool {
        let number = |at: usize| self.text(at).chars().all(|letter| letter.is_ascii_digit());
        self.left().chain(self.right()).any(number)
    }

    /// A sentence ends in its line, and another begins. The full stop of J. Smith or Rev. 3 ends none, nor does one that no room
    /// follows, as in a version or an address.
    pub(super) fn has_sentence(&self) -> bool {
        let segment = self.segment();
        (segment.start + 1..segment.end).any(|at| {
            let (last, word) = (&self.folded.words[at - 1], &self.folded.words[at]);
            let ended = at == self.found.words.end || !last.upper && last.text.len() > 3;
            word.before == Gap::Stop && word.room > 0 && ended
        })
    }

    /// Right before it closed a bracket with a number, as in a crossword: Hidden (6) SECRET.
    pub(super) fn answers(&self) -> bool {
        let number = |at: usize| {
            let word = &self.folded.words[at];
            word.closed && word.text.bytes().all(|byte| byte.is_ascii_digit())
        };
        self.before() == Gap::Close
            && self.folded.words[self.found.words.start].room > 0
            && self.left().next_back().is_some_and(number)
    }

    /// A value of a line whose values commas divide, with no room after them.
    pub(super) fn is_value(&self) -> bool {
        let cased = self.upper() || self.headed && self.found.case == Case::Title;
        cased && self.found.high && self.between_commas()
    }

    pub(crate) fn between_commas(&self) -> bool {
        let words = &self.folded.words;
        let comma = |at: usize| {
            words
                .get(at)
                .is_some_and(|word| word.before == Gap::Comma && word.room == 0)
        };
        let left = self.left().is_empty() || comma(self.found.words.start);
        let right = self.right().is_empty() || comma(self.found.words.end);
        let running = matches!(self.kind, Kind::Body | Kind::Cell) && !self.folded.code;
        let alone = self.left().is_empty() && self.right().is_empty();
        running && left && right && !alone
    }

    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::FileName | Kind::FolderName)
    }

    pub(super) fn is_edge(&self) -> bool {
        (self.top || self.bottom) && matches!(self.kind, Kind::Body | Kind::Hidden | Kind::Deleted)
    }
}

pub(super) const MARKS: &[Gap] = &[Gap::Dash, Gap::Colon, Gap::Slash, Gap::Open, Gap::Close];

/// Words that stand at the top and bottom of pages beside a marking.
pub(super) fn is_furniture(word: &str) -> bool {
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
        "UNTIL",
        "WHEN",
        "ONCE",
        "PG",
        "I",
        "II",
        "III",
        "IV",
        "VI",
        "VII",
        "VIII",
        "IX",
        "X",
        "COMPLETE",
        "COMPLETED",
    ];
    word.chars().all(|letter| letter.is_ascii_digit())
        || WORDS.contains(&word)
        || word
            .strip_prefix('V')
            // Version 2, impact level 3.
            .or_else(|| word.strip_prefix("IL"))
            .is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit()))
}

/// Where the words begin that say that what follows is a marking.
pub(super) fn label(context: &Context<'_>) -> Option<usize> {
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
    const AFTER: &[&str] = &["IS", "LEVEL", "LABEL", "STATUS", "GPMS", "GSC"];
    let words = &context.folded.words;
    let mut at = context.found.words.start;
    let divided = words[at].before;
    let mut said_is = false;
    while at > 0 && AFTER.contains(&words[at - 1].text.as_str()) {
        said_is |= words[at - 1].text == "IS";
        at -= 1;
    }
    // Security level: SECRET.
    let start = context.found.words.start;
    let levelled = at < start && words[at].text == "LEVEL";
    let noun =
        |word: &str| NOUNS.contains(&word) || levelled && matches!(word, "SECURITY" | "IMPACT");
    if at > 0 && noun(&words[at - 1].text) {
        at -= 1;
        let own = |at: usize| BEFORE.contains(&words[at - 1].text.as_str());
        while at > 0 && words[at].before != Gap::Wide && own(at) {
            at -= 1;
        }
    } else if at == start || !matches!(words[at].text.as_str(), "GPMS" | "GSC") {
        return None;
    }
    let begins = at == 0
        || matches!(
            words[at].before,
            Gap::Wide | Gap::Stop | Gap::Open | Gap::Dash | Gap::Slash
        )
        || words[at].before == Gap::Comma && divided == Gap::Colon
        || matches!(words[at - 1].text.as_str(), "THE" | "ITS")
            && (at == 1 || words[at - 1].before == Gap::Wide)
            && said_is;
    let leads = matches!(divided, Gap::Colon | Gap::Dash | Gap::Open | Gap::Wide)
        || said_is
        || context.upper();
    (begins && leads).then_some(at)
}
