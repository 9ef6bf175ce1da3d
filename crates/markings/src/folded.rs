//! Text as the rules compare it: words of plain capital letters, each with where it stands in the original.
//!
//! Whatever a word is dressed in is taken off: letters of other alphabets that look like ours, full-width and mathematical
//! letters, accents, what takes no room, letters with spaces between them. What stands between words is kept as a [`Gap`].

mod marks;

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Nothing to speak of: spaces.
    Space,
    /// A comma, a quotation mark and their like.
    Comma,
    /// An oblique.
    Slash,
    /// A dash of any length, or an underscore.
    Dash,
    /// A colon or an equals sign.
    Colon,
    /// A bracket that opens.
    Open,
    /// A bracket that closes.
    Close,
    /// The end of a sentence.
    Stop,
    /// A tab, a bar, a new line, much room: something else begins.
    Wide,
}

/// A word.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about one word"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// In plain capitals.
    pub(crate) text: String,
    /// Where it stands in the original, in bytes.
    pub(crate) range: Range<usize>,
    /// Every letter of it is a capital.
    pub(crate) upper: bool,
    /// Its first letter is.
    pub(crate) capital: bool,
    /// Letters of it only look like what they are taken for.
    pub(crate) disguised: bool,
    /// Its letters stand apart.
    pub(crate) spaced: bool,
    /// What stands before it: [`Gap::Wide`] at the beginning.
    pub(crate) before: Gap,
    /// A bracket opens before it, whatever else stands there.
    pub(crate) opened: bool,
    /// A bracket closes after it.
    pub(crate) closed: bool,
    /// How many spaces that was.
    pub(crate) room: usize,
    /// Nothing but an underscore is between it and the word before: the name of something in a program, or of a file.
    pub(crate) stuck: bool,
    /// An equals sign stands before it.
    pub(crate) equals: bool,
    /// It was letters with a full stop after each.
    pub(crate) short: bool,
    /// The mark after it, where it is an exclamation or a question.
    pub(crate) cry: Option<char>,
}

/// The words of a text that is written in plain letters, as schemes are.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    fold(text).words.into_iter().map(|word| word.text).collect()
}

/// A text, folded.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) words: Vec<Word>,
    /// Which words a wide gap stands before, in their order.
    walls: Vec<usize>,
    /// Boxes to be ticked: before which word each stands, and whether it is.
    pub(crate) boxes: Vec<(usize, bool)>,
    /// It is a line of a program.
    pub(crate) code: bool,
}

impl Folded {
    /// What stands after a word: [`Gap::Wide`] at the end.
    pub(crate) fn after(&self, word: usize) -> Gap {
        self.words
            .get(word + 1)
            .map_or(Gap::Wide, |next| next.before)
    }

    /// How many parts wide gaps divide it into.
    pub(crate) fn parts(&self) -> usize {
        self.walls.len()
    }

    /// The words around one that no wide gap divides from it.
    pub(crate) fn segment(&self, word: usize) -> Range<usize> {
        let after = self.walls.partition_point(|wall| *wall <= word);
        let start = after.checked_sub(1).map_or(0, |at| self.walls[at]);
        let end = self.walls.get(after).copied().unwrap_or(self.words.len());
        start..end
    }
}

/// How one letter is taken.
enum Taken {
    Letter {
        plain: char,
        upper: bool,
        disguised: bool,
    },
    /// It takes no room: nothing is between what is around it. Hidden on purpose, where it is not a hyphen for printers.
    Nothing {
        hidden: bool,
    },
    Between(Gap),
}

fn take(letter: char) -> Taken {
    if letter.is_ascii_alphanumeric() {
        return Taken::Letter {
            plain: letter.to_ascii_uppercase(),
            upper: !letter.is_ascii_lowercase(),
            disguised: false,
        };
    }
    if let Some(gap) = between(letter) {
        return Taken::Between(gap);
    }
    match letter {
        '\u{ad}' => return Taken::Nothing { hidden: false },
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{180e}'
        | '\u{34f}'
        | '\u{e0000}'..='\u{e0fff}' => return Taken::Nothing { hidden: true },
        _ if is_combining_mark(letter) => return Taken::Nothing { hidden: false },
        _ => {}
    }
    if let Some(plain) = marks::drawn_letter(letter) {
        return Taken::Letter {
            plain,
            upper: true,
            disguised: true,
        };
    }
    // Thousands of letters in which nothing of ours can be hidden.
    if matches!(letter, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}') {
        return Taken::Letter {
            plain: '\u{fffd}',
            upper: false,
            disguised: false,
        };
    }
    // An accent is no disguise; a letter that is another only by compatibility is.
    let mut plain = letter.nfd().filter(|part| !is_combining_mark(*part));
    if let (Some(one), None) = (plain.next(), plain.next())
        && one.is_ascii_alphabetic()
    {
        return Taken::Letter {
            plain: one.to_ascii_uppercase(),
            upper: one.is_ascii_uppercase(),
            disguised: false,
        };
    }
    let mut plain = letter.nfkd().filter(|part| !is_combining_mark(*part));
    if let (Some(one), None) = (plain.next(), plain.next())
        && one.is_ascii_alphanumeric()
    {
        return Taken::Letter {
            plain: one.to_ascii_uppercase(),
            upper: !one.is_ascii_lowercase(),
            disguised: true,
        };
    }
    let one = letter.to_string();
    let mut looks = unicode_security::confusable_detection::skeleton(&one);
    if let (Some(like), None) = (looks.next(), looks.next())
        && like.is_ascii_alphanumeric()
        && letter.is_alphabetic()
    {
        let upper = !letter.is_lowercase();
        // The table takes I, l and 1 for one: which is meant is seen by the letter itself.
        let plain = match like {
            'l' if upper => 'I',
            '0' => 'O',
            '1' => 'I',
            other => other.to_ascii_uppercase(),
        };
        return Taken::Letter {
            plain,
            upper,
            disguised: true,
        };
    }
    if letter.is_alphanumeric() {
        // A letter of another alphabet: part of a word, and of none that is looked for.
        return Taken::Letter {
            plain: '\u{fffd}',
            upper: !letter.is_lowercase(),
            disguised: false,
        };
    }
    Taken::Between(Gap::Comma)
}

fn between(letter: char) -> Option<Gap> {
    Some(match letter {
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}' | '|' | '¦' | '•'
        | '·' | '●' | '■' | '▪' => Gap::Wide,
        _ if letter.is_whitespace() || letter.is_control() => Gap::Space,
        '-'
        | '_'
        | '~'
        | '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}' => Gap::Dash,
        '/' | '\\' | '\u{2044}' | '\u{2215}' | '\u{ff0f}' => Gap::Slash,
        ':' | '=' | '\u{ff1a}' => Gap::Colon,
        '(' | '[' | '{' | '<' | '\u{ff08}' | '\u{ff3b}' | '【' => Gap::Open,
        ')' | ']' | '}' | '>' | '\u{ff09}' | '\u{ff3d}' | '】' => Gap::Close,
        '.' | '!' | '?' | ';' => Gap::Stop,
        ',' | '"' | '\'' | '*' | '+' | '&' | '@' | '%' | '$' | '^' | '`' | '#' => Gap::Comma,
        _ => return None,
    })
}

/// More spaces than this between two words, and something else begins.
const ROOM: usize = 3;

pub(crate) fn fold(text: &str) -> Folded {
    let mut words: Vec<Word> = Vec::new();
    let mut open: Option<Word> = None;
    let mut gap = Gap::Wide;
    let mut room = 0;
    let mut opened = false;
    let (mut stuck, mut equals) = (false, false);
    let turned = marks::as_shown(text);
    let backwards = turned.is_some();
    let boxes = if backwards {
        Vec::new()
    } else {
        marks::boxes(text)
    };
    let mut next_box = boxes.iter().peekable();
    let written = text.char_indices().filter(|_| !backwards);
    for (at, letter) in written.chain(turned.into_iter().flatten()) {
        let end = at + letter.len_utf8();
        while next_box.peek().is_some_and(|one| one.0.end <= at) {
            next_box.next();
        }
        let in_box = next_box.peek().is_some_and(|one| one.0.contains(&at));
        let taken = if in_box {
            Taken::Between(Gap::Wide)
        } else {
            take(letter)
        };
        match taken {
            Taken::Letter {
                plain,
                upper,
                disguised,
            } => {
                let word = open.get_or_insert_with(|| Word {
                    text: String::new(),
                    range: at..end,
                    upper: true,
                    capital: upper,
                    disguised: false,
                    spaced: false,
                    before: gap,
                    opened,
                    closed: false,
                    room,
                    stuck,
                    equals,
                    short: false,
                    cry: None,
                });
                word.text.push(plain);
                word.upper &= upper;
                word.disguised |= disguised | backwards;
                word.range = word.range.start.min(at)..word.range.end.max(end);
                (gap, room, opened) = (Gap::Space, 0, false);
                (stuck, equals) = (false, false);
            }
            Taken::Nothing { hidden } => {
                if let Some(word) = &mut open {
                    word.disguised |= hidden;
                }
            }
            Taken::Between(what) => {
                if let Some(word) = open.take() {
                    words.push(word);
                    (gap, room, opened) = (Gap::Space, 0, false);
                    (stuck, equals) = (letter == '_', false);
                }
                stuck &= letter == '_';
                equals |= letter == '=';
                if let ('!' | '?', Some(last)) = (letter, words.last_mut()) {
                    last.cry = Some(letter);
                }
                opened |= what == Gap::Open;
                if let (Gap::Close, false, Some(last)) = (what, opened, words.last_mut()) {
                    last.closed = true;
                }
                if what == Gap::Space {
                    room += 1;
                }
                gap = gap.max(what);
            }
        }
    }
    words.extend(open);
    for word in &mut words {
        digits(word);
    }
    let mut words = joined(&words);
    let walls = walls(&mut words);
    Folded {
        boxes: before_words(boxes, &words),
        words,
        walls,
        code: marks::is_code(text),
    }
}

/// Before which words boxes stand.
fn before_words(boxes: Vec<(Range<usize>, bool)>, words: &[Word]) -> Vec<(usize, bool)> {
    boxes
        .into_iter()
        .map(|(range, ticked)| {
            let before = words.partition_point(|word| word.range.start < range.end);
            (before, ticked)
        })
        .collect()
}

/// Which words a wide gap stands before, now that it is known which letters are words.
fn walls(words: &mut [Word]) -> Vec<usize> {
    let mut walls = Vec::new();
    for at in 0..words.len() {
        // The full stop of an abbreviation ends no sentence.
        let short = at > 0 && words[at - 1].short;
        let word = &mut words[at];
        if short && word.before == Gap::Stop {
            word.before = Gap::Space;
        }
        if word.room > ROOM {
            word.before = Gap::Wide;
        }
        if word.before == Gap::Wide {
            walls.push(at);
        }
    }
    walls
}

/// Digits that stand for letters within a word of capitals: `0FFICIAL`, `SECR3T`.
fn digits(word: &mut Word) {
    let letters = word.text.chars().filter(char::is_ascii_uppercase).count();
    if !word.upper
        || letters < 4
        || letters == word.text.len()
        || word.text.ends_with(|last: char| last.is_ascii_digit())
    {
        return;
    }
    let plain: Option<String> = word
        .text
        .chars()
        .map(|letter| match letter {
            '0' => Some('O'),
            '1' => Some('I'),
            '3' => Some('E'),
            '5' => Some('S'),
            letter if letter.is_ascii_digit() => None,
            letter => Some(letter),
        })
        .collect();
    if let Some(plain) = plain {
        word.text = plain;
        word.disguised = true;
    }
}

/// Letters that stand apart, put together: `S E C R E T` is one word. Where some stand further apart than others, or a dash is
/// between them, a new word begins.
fn joined(words: &[Word]) -> Vec<Word> {
    const FEWEST: usize = 5;
    let single = |word: &Word| {
        word.text.chars().count() == 1 && !word.text.starts_with(|c: char| c.is_ascii_digit())
    };
    let near = |word: &Word| {
        matches!(
            word.before,
            Gap::Space | Gap::Dash | Gap::Colon | Gap::Stop | Gap::Comma
        ) && word.room <= 8
    };
    // S|E|C|R|E|T, each in a cell or on a line of its own: where one of these is between two, it is between all of them.
    let divided = |word: &Word| matches!(word.before, Gap::Wide | Gap::Slash) && word.room <= 8;
    let mut out: Vec<Word> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let mut end = at;
        while end < words.len() && single(&words[end]) && (end == at || near(&words[end])) {
            end += 1;
        }
        if end == at + 1 {
            let by = words.get(end).map(|word| word.before);
            while end < words.len()
                && single(&words[end])
                && divided(&words[end])
                && Some(words[end].before) == by
            {
                end += 1;
            }
            if end - at < FEWEST {
                end = at + 1;
            }
        }
        if end - at < FEWEST {
            let end = end.max(at + 1);
            abbreviation(&words[at..end], &mut out);
            at = end;
            continue;
        }
        let run = &words[at..end];
        let usual = run[1..].iter().map(|word| word.room).min().unwrap_or(0);
        let dashes = run[1..]
            .iter()
            .filter(|word| word.before == Gap::Dash)
            .count();
        // S-E-C-R-E-T: the dash is what stands between all of them.
        let by_dashes = dashes * 2 > run.len();
        let begun = out.len();
        for word in run {
            let new = out.len() == begun
                || word.room > usual && word.before == Gap::Space
                || word.before == Gap::Colon
                || word.before == Gap::Dash && !by_dashes;
            match out.last_mut() {
                Some(last) if !new => {
                    last.text.push_str(&word.text);
                    last.range.start = last.range.start.min(word.range.start);
                    last.range.end = last.range.end.max(word.range.end);
                    last.upper &= word.upper;
                    last.disguised |= word.disguised;
                    last.spaced = true;
                    (last.closed, last.cry) = (word.closed, word.cry);
                }
                _ => out.push(Word {
                    room: word.room.min(ROOM),
                    ..word.clone()
                }),
            }
        }
        out[begun].room = run[0].room;
        at = end;
    }
    out
}

/// A few letters that stand apart: one word where nothing but a full stop follows each, as in U.K.
fn abbreviation(run: &[Word], out: &mut Vec<Word>) {
    let stopped = |word: &Word| word.before == Gap::Stop && word.room == 0;
    if run.len() < 2 || !run[1..].iter().all(stopped) || !run.iter().all(|word| word.upper) {
        out.extend_from_slice(run);
        return;
    }
    let mut whole = run[0].clone();
    for word in &run[1..] {
        whole.text.push_str(&word.text);
        whole.range.end = word.range.end;
        (whole.closed, whole.cry) = (word.closed, word.cry);
    }
    whole.short = true;
    out.push(whole);
}

#[cfg(test)]
mod tests;
