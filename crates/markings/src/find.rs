//! Markings in a text: the level, longest way of writing it first, and what is added to it.

use std::ops::Range;

use crate::folded::{Folded, Gap, Word};
use crate::scheme::{AdditionKind, Scheme, Schemes};

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Case {
    Lower,
    Title,
    Upper,
}

/// What may be a marking.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) scheme: usize,
    pub(crate) level: usize,
    /// Its words, with all that is added.
    pub(crate) words: Range<usize>,
    /// The words of the level alone.
    pub(crate) core: Range<usize>,
    pub(crate) additions: Vec<(AdditionKind, Range<usize>)>,
    pub(crate) case: Case,
    pub(crate) disguised: bool,
    /// Its level is written in several words, or is one beside which code words stand: no words of every day.
    pub(crate) high: bool,
}

/// Everything in a text that is written as a marking is. `order` is which scheme a word belongs to that stands in several.
pub(crate) fn find(folded: &Folded, schemes: &Schemes, order: &[usize]) -> Vec<Found> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < folded.words.len() {
        let Some((length, means)) = longest(folded, schemes, at) else {
            at += 1;
            continue;
        };
        let core = at..at + length;
        let best = means
            .into_iter()
            .map(|(scheme, level)| extend(folded, schemes.at(scheme), scheme, level, core.clone()))
            .min_by_key(|found| {
                let place = order.iter().position(|one| *one == found.scheme);
                // What a scheme knows says more than what may be a code word in another.
                let guessed = found
                    .additions
                    .iter()
                    .filter(|(kind, _)| *kind == AdditionKind::CodeWord)
                    .count();
                (
                    std::cmp::Reverse(found.words.len()),
                    guessed,
                    place.unwrap_or(usize::MAX),
                )
            });
        if let Some(found) = best {
            at = found.words.end.max(at + length);
            match all.last_mut() {
                Some(last) if again(folded, last, &found) => {
                    last.words.end = found.words.end;
                    last.additions.extend(found.additions);
                }
                _ => all.push(found),
            }
        } else {
            at += length;
        }
    }
    all
}

/// Whether what was found repeats what stands right before it, as a banner does: SECRET SECRET.
fn again(folded: &Folded, last: &Found, found: &Found) -> bool {
    (last.scheme, last.level) == (found.scheme, found.level)
        && last.words.end == found.words.start
        && folded.words[found.words.start].before <= Gap::Colon
        && (last.case, found.case) == (Case::Upper, Case::Upper)
        && !folded.words[found.words.start].equals
}

/// How many words it takes here when it was printed several times over itself, as bold letters are in some files, or when its
/// repetitions ran together: SECRETSECRET, TOP SECRETTOP SECRET.
fn overprinted(folded: &Folded, expected: &[String], at: usize) -> Option<usize> {
    const TIMES: usize = 4;
    let once = expected.concat();
    let word = &folded.words[at];
    if !word.upper || once.len() < 5 {
        return None;
    }
    (2..=TIMES).find_map(|times| {
        let length = expected.len() * times - (times - 1);
        let words = folded.words.get(at..at + length)?;
        let joined: usize = words.iter().map(|word| word.text.len()).sum();
        let fits = joined == once.len() * times
            && words.iter().all(|word| word.upper)
            && words
                .iter()
                .map(|word| word.text.as_str())
                .collect::<String>()
                == once.repeat(times);
        fits.then_some(length)
    })
}

/// The longest way of writing a level that begins here.
fn longest(folded: &Folded, schemes: &Schemes, at: usize) -> Option<(usize, Vec<(usize, usize)>)> {
    let word = &folded.words[at];
    let all = schemes.phrases(&word.text);
    for phrase in all {
        if at + phrase.words.len() > folded.words.len() {
            continue;
        }
        let fits = phrase.words.iter().enumerate().all(|(n, expected)| {
            let word = &folded.words[at + n];
            let last = n + 1 == phrase.words.len();
            let is_level = || all.iter().any(|other| other.words == phrase.words[..n]);
            let written =
                word.text == *expected || (n > 0 && last && runs_on(word, expected) && is_level());
            written && (n == 0 || joins(folded, at + n))
        });
        if fits {
            return Some((phrase.words.len(), phrase.means.clone()));
        }
    }
    let glued = schemes.glued(&word.text);
    if !glued.is_empty() {
        return Some((1, glued.to_vec()));
    }
    if !word.upper || word.text.len() < 3 {
        return None;
    }
    schemes.beginning(&word.text).find_map(|phrase| {
        let length = overprinted(folded, &phrase.words, at).or_else(|| {
            // The number of a footnote, or of the page.
            let [one] = phrase.words.as_slice() else {
                return None;
            };
            let rest = word.text.strip_prefix(one.as_str())?;
            (!rest.is_empty() && rest.len() <= 2 && rest.bytes().all(|byte| byte.is_ascii_digit()))
                .then_some(1)
        })?;
        Some((length, phrase.means.clone()))
    })
}

/// Whether a word that a dash leads to begins with this one, and what stood beside it on the page follows without a gap, as in
/// the text of some PDFs: OFFICIAL-SENSITIVENP/1217. It is not the lesser marking that stands before the dash.
fn runs_on(word: &Word, expected: &str) -> bool {
    word.upper && word.before == Gap::Dash && word.text.starts_with(expected)
}

/// Whether a word goes on with the one before it. Markings are broken over two lines where a page is narrow, in capitals.
fn joins(folded: &Folded, at: usize) -> bool {
    match folded.words[at].before {
        Gap::Space | Gap::Dash | Gap::Colon | Gap::Slash | Gap::Open => true,
        Gap::Wide => folded.words[at].upper && folded.words[at - 1].upper,
        Gap::Comma | Gap::Close | Gap::Stop => false,
    }
}

/// The level with all that is added before and after it.
fn extend(
    folded: &Folded,
    scheme: &Scheme,
    number: usize,
    level: usize,
    core: Range<usize>,
) -> Found {
    let mut words = core.clone();
    let rank = scheme.levels[level].rank;
    let upper = folded.words[core.clone()].iter().all(|word| word.upper);
    let high = scheme.code_words_from.is_some_and(|from| rank >= from);
    let beside = upper && scheme.beside_from.is_some_and(|from| rank >= from);
    // Two of them at most: FLASH UK SECRET.
    for _ in 0..2 {
        words.start -= before(folded, scheme, words.start, upper, core.len() > 1, beside);
    }
    let mut additions = Vec::new();
    while let Some((kind, range)) = addition(folded, scheme, rank, words.end, upper)
        .or_else(|| beside.then(|| after(folded, scheme, words.end))?)
    {
        words.end = range.end;
        additions.push((kind, range));
    }
    // COMMERCIAL - CONFIDENTIAL: before it, only where a mark divides them.
    if matches!(
        folded.words[words.start].before,
        Gap::Dash | Gap::Colon | Gap::Close
    ) {
        for one in scheme
            .additions
            .iter()
            .filter(|one| one.kind == AdditionKind::Descriptor)
        {
            let length = one.words.len();
            if length <= words.start {
                let from = words.start - length;
                let fits = one.words.iter().enumerate().all(|(n, word)| {
                    folded.words[from + n].text == *word && folded.words[from + n].upper
                });
                if fits && folded.segment(words.start).start <= from {
                    additions.push((AdditionKind::Descriptor, from..words.start));
                    words.start = from;
                    break;
                }
            }
        }
    }
    let case = core
        .clone()
        .map(|at| {
            let word = &folded.words[at];
            if word.upper {
                Case::Upper
            } else if word.capital {
                Case::Title
            } else {
                Case::Lower
            }
        })
        .fold((Case::Upper, Case::Lower), |(low, high), case| {
            (low.min(case), high.max(case))
        });
    // Not protectively marked: as a title, its first word says which case it is in.
    let case = match case {
        (Case::Lower, Case::Title) if folded.words[core.start].capital => Case::Title,
        (low, _) => low,
    };
    Found {
        scheme: number,
        level,
        disguised: folded.words[words.clone()]
            .iter()
            .any(|word| word.disguised),
        words,
        high: high || core.len() > 1,
        core,
        additions,
        case,
    }
}

/// How many words before it belong to it.
fn before(
    folded: &Folded,
    scheme: &Scheme,
    start: usize,
    upper: bool,
    several: bool,
    beside: bool,
) -> usize {
    if start == 0 || folded.words[start].before > Gap::Dash {
        return 0;
    }
    let last = &folded.words[start - 1];
    // In small letters only before a level of several words: uk top secret.
    if scheme.prefixes.contains(&last.text) && (last.upper || !upper && several) {
        return 1;
    }
    let fits = |words: &&Vec<String>| {
        words.len() <= start
            && folded.segment(start - 1).start <= start - words.len()
            && folded.words[start - words.len()..start]
                .iter()
                .zip(words.iter())
                .all(|(word, expected)| word.upper && word.text == *expected)
    };
    if !beside {
        return 0;
    }
    scheme.before.iter().find(fits).map_or(0, Vec::len)
}

/// What stands after a high level only.
fn after(folded: &Folded, scheme: &Scheme, at: usize) -> Option<(AdditionKind, Range<usize>)> {
    let word = folded.words.get(at)?;
    if matches!(word.before, Gap::Wide | Gap::Stop) || !word.upper {
        return None;
    }
    scheme.after.iter().find_map(|one| {
        let length = fits(folded, &one.words, at)?;
        let upper = folded.words[at..at + length].iter().all(|word| word.upper);
        upper.then_some((one.kind, at..at + length))
    })
}

/// What is added at this word, if anything is.
fn addition(
    folded: &Folded,
    scheme: &Scheme,
    rank: i64,
    at: usize,
    upper: bool,
) -> Option<(AdditionKind, Range<usize>)> {
    let word = folded.words.get(at)?;
    if matches!(word.before, Gap::Wide | Gap::Stop) {
        return None;
    }
    // In running text a small word is no addition: "OFFICIAL management".
    if upper && !word.upper && !matches!(word.before, Gap::Open | Gap::Dash | Gap::Colon) {
        return None;
    }
    let free = |one: &&crate::scheme::Addition| one.words.iter().any(|word| word == "*");
    let known = |one: &crate::scheme::Addition| {
        fits(folded, &one.words, at).map(|length| (one.kind, at..at + length))
    };
    if let Some(found) = scheme
        .additions
        .iter()
        .filter(|one| !free(one))
        .find_map(known)
    {
        return Some(found);
    }
    // A code word: one word in capitals, divided from the level, or with a national caveat after it.
    let code_word = scheme.code_words_from.is_some_and(|from| rank >= from)
        && upper
        && word.upper
        && word.text.len() >= 3
        && word.text.chars().all(|letter| letter.is_ascii_uppercase());
    let before_caveat = || {
        let mut caveats = scheme
            .additions
            .iter()
            .filter(|one| one.kind == AdditionKind::Caveat);
        !NATIONS.contains(&word.text.as_str())
            && caveats.any(|one| fits(folded, &one.words, at + 1).is_some())
    };
    if code_word && before_caveat() {
        return Some((AdditionKind::CodeWord, at..at + 1));
    }
    if let Some(found) = scheme.additions.iter().filter(free).find_map(known) {
        return Some(found);
    }
    // In brackets: what an organisation added for itself.
    if word.opened {
        let end = (at..folded.words.len().min(at + 4)).find(|end| folded.words[*end].closed)?;
        if folded.words[at..=end].iter().all(|word| word.upper) {
            return Some((AdditionKind::Descriptor, at..end + 1));
        }
    }
    let divided = matches!(word.before, Gap::Dash | Gap::Slash | Gap::Colon);
    let ends = folded.after(at) == Gap::Wide;
    (code_word && divided && ends).then_some((AdditionKind::CodeWord, at..at + 1))
}

/// Who may be named before EYES ONLY, and is no code word.
const NATIONS: &[&str] = &[
    "UK", "GBR", "US", "USA", "CAN", "AUS", "NZL", "FIVE", "FVEY", "EU", "NATO", "FRA", "DEU",
    "IRL", "NOR", "NLD", "AND",
];

/// How many words an addition takes here. A star stands for one to four words.
fn fits(folded: &Folded, words: &[String], at: usize) -> Option<usize> {
    const MOST: usize = 4;
    let within = |at: usize, first: bool| {
        folded
            .words
            .get(at)
            .is_some_and(|word| first || !matches!(word.before, Gap::Wide | Gap::Stop))
    };
    let Some((word, rest)) = words.split_first() else {
        return Some(0);
    };
    if word == "*" {
        for free in 1..=MOST {
            if !within(at + free - 1, free == 1) || !folded.words[at + free - 1].upper {
                return None;
            }
            if rest.is_empty() {
                // At the end of an addition it takes what is there.
                let mut free = free;
                while free < MOST && within(at + free, false) && folded.words[at + free].upper {
                    free += 1;
                }
                return Some(free);
            }
            if let Some(more) = fits(folded, rest, at + free) {
                return Some(free + more);
            }
        }
        return None;
    }
    if !within(at, false) && !within(at, true) || folded.words.get(at)?.text != *word {
        return None;
    }
    fits(folded, rest, at + 1).map(|more| more + 1)
}

#[cfg(test)]
mod tests;
