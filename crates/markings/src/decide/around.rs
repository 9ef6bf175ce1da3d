//! What one piece of text says of another: lines that are repeated, forms, columns of tables, marks of paragraphs, and headings
//! in a document that says what it is.

use std::collections::{BTreeMap, BTreeSet};

use super::{InPiece, Work, short};
use crate::decision::{Evidence, Source};
use crate::folded::{Folded, words_of};
use crate::input::{Input, Kind, Piece};
use crate::policy::Outcome;
use crate::rules::Strength;

/// Facts about all of a file.
pub(super) struct Around {
    lines: BTreeMap<(usize, String), usize>,
    boxes: BTreeMap<usize, usize>,
}

impl Around {
    pub(super) fn of(input: &Input, all: &[InPiece]) -> Self {
        let (mut lines, mut boxes) = (BTreeMap::new(), BTreeMap::new());
        for one in all {
            let piece = &input.pieces[one.piece];
            if piece.top || piece.bottom {
                *lines.entry((piece.file, line(&one.folded))).or_default() += 1;
            }
            *boxes.entry(piece.file).or_default() += one.folded.boxes.len();
        }
        Self { lines, boxes }
    }

    /// The same line stands at the top or bottom several times.
    pub(super) fn is_repeated(&self, input: &Input, one: &InPiece) -> bool {
        let file = input.pieces[one.piece].file;
        self.lines
            .get(&(file, line(&one.folded)))
            .is_some_and(|times| *times > 1)
    }

    /// There are boxes beside several levels.
    pub(super) fn is_form(&self, file: usize) -> bool {
        self.boxes.get(&file).is_some_and(|boxes| *boxes > 1)
    }
}

/// It is the first line of those at the top, or the last of those at the bottom.
pub(super) fn is_outermost(input: &Input, number: usize) -> bool {
    let piece = &input.pieces[number];
    let before = number
        .checked_sub(1)
        .and_then(|at| beside(input, number, at));
    let after = beside(input, number, number + 1);
    piece.top && !before.is_some_and(|other| other.top)
        || piece.bottom && !after.is_some_and(|other| other.bottom)
}

/// Running text follows it, and it is neither the first line at the top nor the last at the bottom.
pub(super) fn heads(input: &Input, number: usize) -> bool {
    /// How many words in small letters running text has at least.
    const RUNNING: usize = 4;
    let small = |word: &&str| word.starts_with(char::is_lowercase);
    !is_outermost(input, number)
        && beside(input, number, number + 1)
            .is_some_and(|after| after.text.split_whitespace().filter(small).count() >= RUNNING)
}

/// The other piece, where it is of the same kind of the same file.
fn beside(input: &Input, number: usize, other: usize) -> Option<&Piece> {
    let (piece, other) = (&input.pieces[number], input.pieces.get(other)?);
    (other.file == piece.file && other.kind == piece.kind).then_some(other)
}

/// A line as it is on every page, whatever the number of that.
fn line(folded: &Folded) -> String {
    let mut line = String::new();
    for word in &folded.words {
        let number = word.text.bytes().all(|byte| byte.is_ascii_digit());
        line.push_str(if number { "0" } else { &word.text });
        line.push(' ');
    }
    line
}

/// Which columns of tables are headed by the word for a marking.
#[derive(Default)]
pub(super) struct Columns {
    /// By file and what divides values: the row, and the columns.
    headed: BTreeMap<(usize, char), (usize, BTreeSet<usize>)>,
}

impl Columns {
    /// How many pieces a table has at most, below its head.
    const LONGEST: usize = 1000;

    pub(super) fn see(&mut self, number: usize, piece: &Piece) {
        const NOUNS: &[&str] = &["marking", "markings", "classification", "grading", "caveat"];
        for mark in ['\t', ','] {
            if !piece.text.contains(mark) || !matches!(piece.kind, Kind::Cell | Kind::Body) {
                continue;
            }
            let columns: BTreeSet<usize> = piece
                .text
                .split(mark)
                .enumerate()
                .filter(|(_, cell)| {
                    let cell = cell.trim_matches(['"', ' ']).to_ascii_lowercase();
                    cell.len() < 40 && NOUNS.iter().any(|noun| cell.ends_with(noun))
                })
                .map(|(column, _)| column)
                .collect();
            if !columns.is_empty() {
                self.headed.insert((piece.file, mark), (number, columns));
            }
        }
    }

    pub(super) fn headed(&self, number: usize, piece: &Piece, at: usize) -> bool {
        ['\t', ','].into_iter().any(|mark| {
            let Some((row, columns)) = self.headed.get(&(piece.file, mark)) else {
                return false;
            };
            let before = piece.text.get(..at).unwrap_or_default();
            number - row <= Self::LONGEST && columns.contains(&before.matches(mark).count())
        })
    }
}

/// In a document that says for certain that it is no more than what may be here, a higher level that stands once alone on a line
/// of its text may be a heading of what the document is about. Somebody is asked. What opens its text is no such heading, unless
/// others follow it.
pub(super) fn headings(work: &mut Work<'_>) {
    /// The number of the evidence, and the level.
    struct Line(usize, (String, String));
    let mut says = BTreeSet::new();
    let mut lines: BTreeMap<usize, Vec<Line>> = BTreeMap::new();
    for (number, one) in work.evidence.iter().enumerate() {
        let file = work.file(one.source);
        let outcome = work.row(&one.marking).0;
        let certain = one.strength == Strength::Certain;
        let said = matches!(
            one.rule.as_str(),
            "header-or-footer" | "labelled" | "label" | "property"
        );
        if certain && said && outcome < Outcome::Ask {
            says.insert(file);
        }
        if let Source::Piece(piece) = one.source
            && work.input.pieces[piece].kind == Kind::Body
            && outcome >= Outcome::Ask
            && one.strength >= Strength::Likely
        {
            let level = (one.marking.scheme.clone(), one.marking.level.clone());
            lines.entry(file).or_default().push(Line(number, level));
        }
    }
    for (file, lines) in lines {
        let levels: BTreeSet<_> = lines.iter().map(|line| &line.1).collect();
        let single = levels.len() == lines.len();
        if !says.contains(&file) || !single {
            continue;
        }
        for Line(number, _) in &lines {
            let one = &mut work.evidence[*number];
            let Source::Piece(piece) = one.source else {
                continue;
            };
            let opens = work.input.pieces[piece].top && levels.len() == 1;
            let heading = matches!(one.rule.as_str(), "alone" | "top-or-bottom");
            if heading && !opens {
                one.strength = one.strength.min(Strength::Possible);
            }
        }
    }
}

/// A level alone on a line that the line before it leads to: as an example of how papers are marked, or in a sentence that goes on
/// after it in a small letter. Somebody is asked. With an example go the lines of that level that follow it soon.
pub(super) fn introduced(work: &mut Work<'_>) {
    /// How many pieces below its heading an example ends.
    const EXAMPLE: usize = 10;
    let lonely = |one: &Evidence| {
        one.strength >= Strength::Likely && matches!(one.rule.as_str(), "alone" | "top-or-bottom")
    };
    let mut asked = Vec::new();
    for one in &work.evidence {
        let Source::Piece(number) = one.source else {
            continue;
        };
        if !lonely(one) || work.input.pieces[number].kind != Kind::Body {
            continue;
        }
        let text = |number: usize| {
            let piece = work.input.pieces.get(number)?;
            let same = piece.kind == Kind::Body && piece.file == work.file(one.source);
            same.then_some(piece.text.trim())
        };
        let Some(before) = number.checked_sub(1).and_then(text) else {
            continue;
        };
        if is_example(before) {
            asked.push((number, number + EXAMPLE, one.marking.clone()));
        } else if text(number + 1).is_some_and(|after| is_one_sentence(before, after)) {
            asked.push((number, number, one.marking.clone()));
        }
    }
    for (from, to, marking) in asked {
        let file = work.input.pieces[from].file;
        for one in &mut work.evidence {
            let Source::Piece(number) = one.source else {
                continue;
            };
            let level =
                (&one.marking.scheme, &one.marking.level) == (&marking.scheme, &marking.level);
            let near = (from..=to).contains(&number) && work.input.pieces[number].file == file;
            if level && near && lonely(one) && work.input.pieces[number].kind == Kind::Body {
                one.strength = Strength::Possible;
            }
        }
    }
}

/// Example of a correctly marked letter; mark it at the head of each page, for example:
fn is_example(line: &str) -> bool {
    const EXAMPLES: &[&str] = &["EXAMPLE", "EXAMPLES", "SPECIMEN", "SAMPLE"];
    const MARKED: &[&str] = &["MARK", "CLASSIF", "GRAD"];
    let words = words_of(line);
    let example = |word: &String| EXAMPLES.contains(&word.as_str());
    let marked = |word: &String| MARKED.iter().any(|begin| word.starts_with(begin));
    words.iter().any(example) && words.iter().any(marked)
        || line.ends_with(':') && words.last().is_some_and(example)
}

/// Across the head of it ran two words: … and he knew.
fn is_one_sentence(before: &str, after: &str) -> bool {
    const FEWEST: usize = 4;
    before.ends_with(':')
        && words_of(before).len() >= FEWEST
        && after.starts_with(char::is_lowercase)
}

impl Work<'_> {
    /// Paragraphs that begin with (S) or (TS): marks, where several do.
    pub(super) fn portions(&mut self) {
        const FEWEST: usize = 2;
        const MOST: usize = 5;
        /// Marks of what may be everywhere: they show that paragraphs are marked.
        const OTHERS: &[&str] = &["(U)", "(R)", "(C)", "(O)", "(OS)", "(P)"];
        let mut by_file: BTreeMap<(usize, &str), Vec<(usize, usize)>> = BTreeMap::new();
        let (mut marked, mut lettered) = (BTreeMap::<usize, usize>::new(), BTreeSet::new());
        for (number, piece) in self.input.pieces.iter().enumerate() {
            let begins = piece.text.trim_start_matches(|letter: char| {
                letter.is_ascii_digit() || matches!(letter, '.' | ')' | ' ' | '\t' | '\u{a0}')
            });
            if piece.kind != Kind::Body || begins.len() < 8 {
                continue;
            }
            *marked.entry(piece.file).or_default() +=
                usize::from(OTHERS.iter().any(|mark| begins.starts_with(mark)));
            // In a list of letters each stands for nothing but its turn.
            if begins.starts_with("(A)") || begins.starts_with("(B)") || begins.starts_with("(D)") {
                lettered.insert(piece.file);
            }
            for (mark, level) in [
                ("(S)", "secret"),
                ("(S//", "secret"),
                ("(TS)", "top-secret"),
                ("(TS//", "top-secret"),
            ] {
                if begins.starts_with(mark) {
                    let at = piece.text.len() - begins.len();
                    by_file
                        .entry((piece.file, level))
                        .or_default()
                        .push((number, at));
                }
            }
        }
        for ((file, _), places) in &by_file {
            *marked.entry(*file).or_default() += places.len();
        }
        for ((file, level), places) in by_file {
            let Some(marking) = self.of_level(level) else {
                continue;
            };
            if marked.get(&file).is_none_or(|marks| *marks < FEWEST) || lettered.contains(&file) {
                continue;
            }
            for (number, at) in places.into_iter().take(MOST) {
                let text = &self.input.pieces[number].text;
                let end = text[at..].find(')').map_or(text.len(), |end| at + end + 1);
                self.evidence.push(Evidence {
                    source: Source::Piece(number),
                    range: at..end,
                    text: short(&text[at..end]),
                    marking: marking.clone(),
                    rule: "portion".to_owned(),
                    strength: Strength::Possible,
                    disguised: false,
                });
            }
        }
    }
}
