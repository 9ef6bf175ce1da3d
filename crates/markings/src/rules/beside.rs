//! A high level beside other words where markings belong: which of these stand with markings, which make it another thing, and
//! which nobody knows.

use super::Strength;
use super::context::{Context, is_furniture};
use crate::folded::Gap;
use crate::input::Kind;

/// Words of what people write around a level: THIS IS A TOP SECRET DOCUMENT, CLASSIFIED AS SECRET, SECRET COVER SHEET, END SECRET.
const WITH_MARKINGS: &[&str] = &[
    "DOCUMENT",
    "DOCUMENTS",
    "INFORMATION",
    "MATERIAL",
    "COVER",
    "COVERSHEET",
    "SHEET",
    "BEGIN",
    "BEGINS",
    "START",
    "STARTS",
    "END",
    "ENDS",
    "SECTION",
    "PART",
    "MARKED",
    "GRADED",
    "CLASSIFIED",
    "CLASSIFICATION",
    "MARKING",
    "AS",
    "THIS",
    "IS",
    "A",
    "THE",
    "CONTAINS",
    "CONTAINING",
    "HANDLE",
    "HANDLED",
    "TREAT",
    "TREATED",
    "PLEASE",
    "BE",
    "TO",
    "AT",
    "LEVEL",
    "PAPER",
    "EMAIL",
    "FILE",
    "FOLDER",
    "BRIEFING",
    "BRIEF",
    "ATTACHMENT",
    "ATTACHMENTS",
    "ENCLOSURE",
    "ENCLOSURES",
    "ANNEX",
    "ALL",
    "NETWORK",
    "SYSTEM",
    "WITH",
    "WITHOUT",
    "LESS",
    "UNLESS",
    "TRAINING",
    "ONLY",
    "RELEASE",
    "RELEASED",
    "ORIGINAL",
    "DATA",
    "ITEM",
    "CONTENTS",
];

/// Those of them with which a line says that it is one.
const SAYING: &[&str] = &[
    "THIS",
    "HANDLE",
    "HANDLED",
    "TREAT",
    "TREATED",
    "CLASSIFIED",
    "GRADED",
    "MARKED",
    "CONTAINS",
    "BEGIN",
    "BEGINS",
    "END",
    "ENDS",
];

/// Before it, they make it another thing: a trade secret, an open secret, Victoria's Secret, a secret of a program.
const BEFORE: &[&str] = &[
    "TRADE",
    "OPEN",
    "S",
    "VICTORIAS",
    "CLIENT",
    "SHARED",
    "APP",
    "API",
    "USER",
    "DARK",
    "KEPT",
    "KEEP",
    "KEEPING",
    "IN",
    "DIRTY",
    "INDUSTRY",
    "FAMILY",
    "PROFESSIONAL",
    "YOUR",
    "MY",
    "HER",
    "HIS",
    "OUR",
    "THEIR",
    "NO",
    "LITTLE",
    "BIG",
    "BIGGEST",
    "GREAT",
    "BANKING",
    "IT",
    "STATE",
    "WORST",
    "BEST",
];

/// After it, they do.
const AFTER: &[&str] = &[
    "SANTA",
    "SANTAS",
    "GARDEN",
    "GARDENS",
    "SERVICE",
    "SERVICES",
    "BALLOT",
    "BALLOTS",
    "AGENT",
    "AGENTS",
    "SOCIETY",
    "SOCIETIES",
    "POLICE",
    "WEAPON",
    "WEAPONS",
    "RECIPE",
    "RECIPES",
    "INGREDIENT",
    "INGREDIENTS",
    "SAUCE",
    "ADMIRER",
    "ADMIRERS",
    "DIARY",
    "DIARIES",
    "PASSAGE",
    "PASSAGES",
    "TUNNEL",
    "TUNNELS",
    "LIFE",
    "LIVES",
    "LOVE",
    "LOVER",
    "BEACH",
    "BEACHES",
    "WORLD",
    "SHOPPER",
    "SHOPPERS",
    "CINEMA",
    "ESCAPE",
    "ESCAPES",
    "HISTORY",
    "HISTORIES",
    "FORMULA",
    "KEY",
    "KEYS",
    "STAIRCASE",
    "SISTER",
    "SISTERS",
    "STORY",
    "STORIES",
    "SALE",
    "OFFER",
    "OFFERS",
    "DEAL",
    "DEALS",
    "TRUST",
    "TRUSTS",
    "COMMISSION",
    "COMMISSIONS",
    "PROFIT",
    "PROFITS",
    "FRIEND",
    "FRIENDS",
    "SUPPER",
    "CLUB",
    "SPA",
    "HAVEN",
    "EVIDENCE",
    "TRIAL",
    "TRIALS",
    "TREATY",
    "TREATIES",
    "COURT",
    "COURTS",
    "MILLIONAIRE",
    "AFFAIR",
    "PLAYGROUND",
    "PLACE",
    "PLACES",
    "SPOT",
    "SIDE",
    "OF",
    "SPEECH",
    "INTELLIGENCE",
];

/// Small words of titles and of what limits a marking; they make no sentence.
const SMALL: &[&str] = &[
    "OF",
    "THE",
    "AND",
    "OR",
    "FOR",
    "TO",
    "IN",
    "ON",
    "A",
    "AN",
    "BY",
    "AT",
    "FROM",
    "WITH",
    "PG",
    "WHEN",
    "ONCE",
    "UNTIL",
    "SEPARATED",
    "DETACHED",
    "ATTACHED",
    "DOWNGRADED",
    "BE",
    "LESS",
    "WITHOUT",
    "IF",
    "UNLESS",
    "NOT",
    "ANNEX",
    "ANNEXES",
    "ENCLOSURE",
    "ENCLOSURES",
    "ATTACHMENT",
    "ATTACHMENTS",
    "COMPLETED",
    "COMPLETE",
    "RELEASE",
    "COPYRIGHT",
];

/// What leads to more words of a sentence, or of a title of which it is a part.
const LEADING: &[&str] = &[
    "OF", "THE", "AND", "OR", "FOR", "TO", "IN", "ON", "A", "AN", "BY", "AT", "FROM", "WITH", "AS",
    "IS", "NOT",
];

/// What limits a marking begins with one of these.
const LIMITS: &[&str] = &[
    "NOT", "LESS", "WITHOUT", "WITH", "UNTIL", "UNLESS", "ONCE", "WHEN", "IF",
];

fn beside<'a>(context: &'a Context<'_>) -> impl Iterator<Item = usize> + 'a {
    context
        .left()
        .chain(context.right())
        .filter(|at| !is_furniture(context.text(*at)))
        .filter(|at| !context.others.iter().any(|other| other.contains(at)))
}

/// Another cell of its row makes it another thing.
pub(super) fn is_row_of_another(context: &Context<'_>) -> bool {
    let mut words = context.folded.words.iter();
    words.any(|word| AFTER.contains(&word.text.as_str()))
}

pub(super) fn is_another_thing(context: &Context<'_>) -> bool {
    let near = |gap: Gap| matches!(gap, Gap::Space | Gap::Comma | Gap::Dash);
    let (start, end) = (context.found.words.start, context.found.words.end);
    let left = context.left().next_back();
    let right = context.right().next();
    left.is_some_and(|at| near(context.before()) && BEFORE.contains(&context.text(at)) && start > 0)
        || right
            .is_some_and(|at| near(context.after()) && AFTER.contains(&context.text(at)) && end > 0)
}

/// How many words in small letters stand beside it, but for such as titles have.
pub(super) fn small_words(context: &Context<'_>) -> usize {
    beside(context)
        .filter(|at| {
            let word = &context.folded.words[*at];
            !word.capital && !SMALL.contains(&word.text.as_str())
        })
        .count()
}

/// Whether what stands beside it is running text.
pub(super) fn is_prose(context: &Context<'_>) -> bool {
    context.has_sentence() || small_words(context) > 1 || context.segment().len() > 24
}

/// Whether its line is a heading: every word of it begins with a capital, but for small ones.
fn is_heading(context: &Context<'_>) -> bool {
    !context.has_sentence() && small_words(context) == 0
}

pub(super) fn beside_words(context: &Context<'_>) -> Option<Strength> {
    /// What is longer is no line of a margin.
    const LONG: usize = 10;
    const SHORT: usize = 6;
    if !context.upper() || is_another_thing(context) {
        return None;
    }
    // Of a lower one somebody is asked, at most: RESTRICTED © Crown copyright.
    if !context.found.high {
        let outer = context.is_repeated() || context.is_edge() && context.outermost;
        let titled = is_heading(context) || is_address(context);
        let short = context.segment().len() <= SHORT;
        return (outer && titled && short && context.at_an_end() && !context.loud())
            .then_some(Strength::Possible);
    }
    let margin = context.is_margin() || context.kind == Kind::Watermark || context.is_repeated();
    if !margin && !context.is_edge() || context.segment().len() > LONG {
        return None;
    }
    // SECRET. Contains personal data.
    if context.left().is_empty() && context.after() == Gap::Stop && !context.right().is_empty() {
        return Some(Strength::Possible);
    }
    if context.has_sentence() {
        return None;
    }
    let with_markings = beside(context)
        .all(|at| WITH_MARKINGS.contains(&context.text(at)) && context.folded.words[at].upper);
    let saying = || beside(context).any(|at| SAYING.contains(&context.text(at)));
    if with_markings && (margin || saying()) {
        return Some(Strength::Likely);
    }
    if with_markings && context.at_an_end() {
        return Some(Strength::Possible);
    }
    if context.at_an_end() && is_reference(context) {
        return Some(Strength::Likely);
    }
    let count = beside(context).count();
    if context.loud() {
        return (context.at_an_end() && (margin || count <= SHORT)).then_some(Strength::Possible);
    }
    if !context.at_an_end() {
        return None;
    }
    // What limits it: TOP SECRET Not for release.
    let limited = context.left().next().is_none()
        && context
            .right()
            .next()
            .is_some_and(|at| LIMITS.contains(&context.text(at)))
        && count <= SHORT;
    if limited {
        return Some(Strength::Possible);
    }
    // Beside the title of a paper, or who made it.
    let titled = is_heading(context) || is_address(context);
    let led = context
        .left()
        .next_back()
        .is_some_and(|at| context.before() == Gap::Space && LEADING.contains(&context.text(at)));
    // In a row of a table it is a value; after a number in brackets, an answer: Hidden (6) SECRET.
    let own = context.folded.parts() == 1 && !context.answers();
    match (titled && !led && own, context.is_repeated()) {
        (true, true) => Some(Strength::Likely),
        (true, false) => Some(Strength::Possible),
        _ => None,
    }
}

/// ANNEX B – SECRET: the heading of a part that has a marking of its own.
pub(super) fn is_annex(context: &Context<'_>) -> bool {
    const PARTS: &[&str] = &["ANNEX", "APPENDIX", "ENCLOSURE", "ATTACHMENT"];
    let left = context.left();
    let first = left.clone().next();
    first.is_some_and(|at| PARTS.contains(&context.text(at)))
        && left.clone().skip(1).all(|at| context.text(at).len() <= 2)
        && left.len() <= 2
        && matches!(context.before(), Gap::Dash | Gap::Colon | Gap::Open)
        && context.right().all(|at| is_furniture(context.text(at)))
        && context.upper()
        && context.kind == Kind::Body
}

/// NOMS RESTRICTED, CYFYNGEDIG / RESTRICTED, RESTRICTED AND PERSONAL: beside the short name of who marks, the word for it in
/// another language, or whom it is for.
pub(super) fn is_doubled(context: &Context<'_>) -> bool {
    const OTHERS: &[&str] = &[
        "ACCESS", "AREA", "ENTRY", "FUND", "FUNDS", "PARKING", "SITE", "SPEED", "STAFF", "USE",
        "VISITS", "ZONE",
    ];
    const SHORT: std::ops::RangeInclusive<usize> = 3..=6;
    if !context.upper() || context.found.high {
        return false;
    }
    let words = &context.folded.words;
    let right: Vec<&str> = context.right().map(|at| context.text(at)).collect();
    if context.left().is_empty() && right == ["AND", "PERSONAL"] {
        return true;
    }
    let left: Vec<usize> = context
        .left()
        .filter(|at| !is_furniture(context.text(*at)))
        .collect();
    let [at] = left[..] else {
        return false;
    };
    let word = &words[at];
    let divided = context.before() == Gap::Slash && words[context.found.words.start].room > 0;
    let named = context.before() == Gap::Space
        && SHORT.contains(&word.text.len())
        && !OTHERS.contains(&word.text.as_str());
    let ends = right.into_iter().all(is_furniture);
    ends && word.upper && (divided || named)
}

/// The number of a paper, which marks hold together: DST/44/2, JIC(09)12.
fn is_reference(context: &Context<'_>) -> bool {
    const PARTS: std::ops::RangeInclusive<usize> = 2..=6;
    const LETTERS: usize = 6;
    let side = if context.left().is_empty() {
        context.right()
    } else {
        context.left()
    };
    let number = |at: usize| context.text(at).bytes().any(|byte| byte.is_ascii_digit());
    let short = |at: usize| context.folded.words[at].upper && context.text(at).len() <= LETTERS;
    let held_together = |at: usize| {
        let word = &context.folded.words[at];
        word.room == 0 && word.before != Gap::Space
    };
    (context.left().is_empty() || context.right().is_empty())
        && PARTS.contains(&side.len())
        && side.clone().any(number)
        && !number(side.start)
        && side.clone().all(|at| number(at) || short(at))
        && side.clone().skip(1).all(held_together)
}

/// Words that no room divides: www.mod.uk, C:\docs\plan.doc.
fn is_address(context: &Context<'_>) -> bool {
    let side = if context.left().is_empty() {
        context.right()
    } else {
        context.left()
    };
    side.len() > 1
        && side
            .clone()
            .skip(1)
            .all(|at| context.folded.words[at].room == 0)
        && side
            .clone()
            .skip(1)
            .all(|at| context.folded.words[at].before > Gap::Comma)
}

/// In a subject, title or name that is in capitals throughout: beside words that stand with markings, or at its beginning or end.
pub(super) fn among_capitals(context: &Context<'_>) -> Option<Strength> {
    let known = beside(context).all(|at| WITH_MARKINGS.contains(&context.text(at)));
    (context.found.high && (known || context.at_an_end()) && !is_another_thing(context))
        .then_some(Strength::Possible)
}
