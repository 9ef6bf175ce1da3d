//! What is different between two versions of a document: of what they say, word by word, and of what is said of them.

use std::time::{Duration, Instant};

use similar::{ChangeTag, DiffTag, InlineChange, InlineChangeOptions, TextDiff};

use super::{Reading, Unread, VersionLine, ViewDocument, sql, text};
use crate::kernel::{Actor, Id, Queries as _, args, thing};
use crate::libraries::columns::{Became, became};
use crate::{Error, Result};

/// How many lines a text may have to be compared.
const LINES: usize = 50_000;
/// How many lines of the outcome are given.
const ROWS: usize = 2_000;
/// How many lines that are the same stand around those that are not.
const AROUND: usize = 3;
/// How long is looked for the shortest way from one text to the other.
const PATIENCE: Duration = Duration::from_secs(2);

/// Two versions of a document beside each other.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The document's name.
    pub name: String,
    /// The one version.
    pub from: VersionLine,
    /// The other.
    pub to: VersionLine,
    /// What the columns of its library said of it while each of them was the current one.
    pub properties: Vec<Became>,
    /// What is different of what they say, or why that is not known.
    pub difference: std::result::Result<Difference, Unread>,
}

/// What is different between two texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Line by line; stretches that are the same are folded.
    pub rows: Vec<Row>,
    /// How many lines were added.
    pub added: u64,
    /// How many lines were taken away.
    pub removed: u64,
    /// There are more lines than are given.
    pub cut: bool,
    /// A text was longer than what is read, so what comes after that was not compared.
    pub truncated: bool,
    /// It took long, so that more may be shown as changed than was.
    pub rough: bool,
}

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// This many lines that are the same.
    Folded(u64),
    /// A line that is the same: its number in the one and in the other.
    Same(u64, u64, String),
    /// A line as it was and as it became; one of them is missing where it was only added or taken away.
    Changed(Option<Line>, Option<Line>),
}

/// A line that is not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// What it says, in order.
    pub pieces: Vec<Piece>,
}

/// Some words of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Whether these are what is not the same.
    pub changed: bool,
}

/// Compares two versions of a document. Both are opened for this: decided about, and in the journal.
pub async fn compare(
    actor: &Actor,
    document: Id<thing::Document>,
    from: u64,
    to: u64,
) -> Result<Comparison> {
    let (one, other, properties) = {
        let mut proof = actor.read::<ViewDocument>(document).await?;
        let mut lines = Vec::new();
        for number in [from, to] {
            let before = number.checked_add(1).ok_or(Error::NotFound)?;
            let line: Option<VersionLine> = proof
                .first(sql::VERSIONS, args![document, before, 1_u64])
                .await?;
            let mut line = line
                .filter(|line| line.number == number)
                .ok_or(Error::NotFound)?;
            line.called(proof.standing().publishing);
            lines.push(line);
        }
        let (at, me) = (proof.at(), actor.me()?);
        let library = proof.standing().place.library.ok_or(Error::NotFound)?;
        let properties = became(&mut proof, at, me, library, document, (from, to)).await?;
        let other = lines.pop().ok_or(Error::NotFound)?;
        (lines.pop().ok_or(Error::NotFound)?, other, properties)
    };
    let Reading { name, found, .. } = text(actor, document, Some(from)).await?;
    let later = text(actor, document, Some(to)).await?;
    let difference = match (found, later.found) {
        (Ok(old), Ok(new)) => {
            let truncated = old.truncated || new.truncated;
            // It may take seconds of computing, which must not keep others waiting.
            let found = tokio::task::spawn_blocking(move || difference(&old.text, &new.text));
            found
                .await
                .map_err(Error::unavailable)?
                .map(|difference| Difference {
                    truncated,
                    ..difference
                })
        }
        (Err(unread), _) | (_, Err(unread)) => Err(unread),
    };
    Ok(Comparison {
        name,
        from: one,
        to: other,
        properties,
        difference,
    })
}

/// What is different between two texts.
fn difference(old: &str, new: &str) -> std::result::Result<Difference, Unread> {
    if old.lines().count() > LINES || new.lines().count() > LINES {
        return Err(Unread::TooLarge);
    }
    #[allow(
        clippy::disallowed_methods,
        reason = "how long a computation takes is measured, nothing is dated by it"
    )]
    let begun = Instant::now();
    let deadline = begun + PATIENCE;
    let diff = TextDiff::configure()
        .deadline(deadline)
        .diff_lines(old, new);
    // A line that kept only a few of its words is still the same line to whoever wrote it.
    let mut words = InlineChangeOptions::default();
    words.min_ratio(0.2);
    let mut difference = Difference::default();
    let mut shown = 0;
    for group in diff.grouped_ops(AROUND) {
        let first = group.first().map_or(shown, |op| op.old_range().start);
        difference.fold(first - shown);
        for op in group {
            shown = op.old_range().end;
            match op.tag() {
                DiffTag::Equal => {
                    for change in diff.iter_changes(&op) {
                        difference.push(Row::Same(
                            number(change.old_index()),
                            number(change.new_index()),
                            without_end(change.value()).to_owned(),
                        ));
                    }
                }
                DiffTag::Insert | DiffTag::Delete | DiffTag::Replace => {
                    let (mut gone, mut come) = (Vec::new(), Vec::new());
                    let changes =
                        diff.iter_inline_changes_with_options_deadline(&op, words, Some(deadline));
                    for change in changes {
                        match change.tag() {
                            ChangeTag::Delete => gone.push(line(&change, change.old_index())),
                            ChangeTag::Insert => come.push(line(&change, change.new_index())),
                            ChangeTag::Equal => {}
                        }
                    }
                    difference.removed += gone.len() as u64;
                    difference.added += come.len() as u64;
                    let (mut gone, mut come) = (gone.into_iter(), come.into_iter());
                    loop {
                        match (gone.next(), come.next()) {
                            (None, None) => break,
                            (was, is) => difference.push(Row::Changed(was, is)),
                        }
                    }
                }
            }
        }
    }
    if !difference.rows.is_empty() {
        difference.fold(diff.old_len() - shown);
    }
    difference.rough = begun.elapsed() > PATIENCE;
    Ok(difference)
}

impl Difference {
    /// Whether they say the same.
    pub fn is_none(&self) -> bool {
        self.added == 0 && self.removed == 0
    }

    fn fold(&mut self, lines: usize) {
        if lines > 0 {
            self.push(Row::Folded(lines as u64));
        }
    }

    fn push(&mut self, row: Row) {
        if self.rows.len() < ROWS {
            self.rows.push(row);
        } else {
            self.cut = true;
        }
    }
}

fn line(change: &InlineChange<'_, str>, index: Option<usize>) -> Line {
    Line {
        number: number(index),
        pieces: change
            .values()
            .iter()
            .map(|(changed, text)| Piece {
                text: without_end(text).to_owned(),
                changed: *changed,
            })
            .filter(|piece| !piece.text.is_empty())
            .collect(),
    }
}

/// Lines are counted from 1.
fn number(index: Option<usize>) -> u64 {
    index.map_or(0, |index| index as u64 + 1)
}

fn without_end(line: &str) -> &str {
    line.trim_end_matches('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(row: &Row) -> String {
        let line = |line: &Option<Line>| {
            line.as_ref().map_or(String::from("-"), |line| {
                let pieces = line.pieces.iter().map(|piece| {
                    if piece.changed {
                        format!("[{}]", piece.text)
                    } else {
                        piece.text.clone()
                    }
                });
                format!("{}:{}", line.number, pieces.collect::<String>())
            })
        };
        match row {
            Row::Folded(lines) => format!("{lines} the same"),
            Row::Same(from, to, text) => format!("{from}={to} {text}"),
            Row::Changed(from, to) => format!("{} | {}", line(from), line(to)),
        }
    }

    fn numbered(word: &str, lines: usize) -> String {
        let lines: Vec<String> = (0..lines).map(|line| format!("{word}{line}\n")).collect();
        lines.concat()
    }

    #[test]
    fn words_are_compared_and_what_is_the_same_is_folded() {
        let same = numbered("line ", 10);
        let old = format!("{same}the rent is 400 a month\n{same}gone\n");
        let new = format!("{same}the rent is 450 a month\n{same}");
        let found = difference(&old, &new).unwrap();
        let rows: Vec<String> = found.rows.iter().map(told).collect();
        assert_eq!((found.added, found.removed), (1, 2));
        assert_eq!(rows[0], "7 the same");
        assert_eq!(rows[1], "8=8 line 7");
        assert_eq!(
            rows[4],
            "11:the rent is [400] a month | 11:the rent is [450] a month"
        );
        assert_eq!(rows[8], "4 the same");
        assert_eq!(rows.last().unwrap(), "22:gone | -");
    }

    #[test]
    fn the_same_is_no_difference_and_too_many_lines_are_refused() {
        let none = difference("a\nb\n", "a\nb\n").unwrap();
        assert!(none.is_none() && none.rows.is_empty());
        let long = "a\n".repeat(LINES + 1);
        assert_eq!(difference(&long, "a\n"), Err(Unread::TooLarge));
    }

    #[test]
    fn nothing_alike_ends_in_time() {
        let old = numbered("old ", LINES);
        let new = numbered("new ", LINES);
        let found = difference(&old, &new).unwrap();
        assert!(found.cut && found.rows.len() == ROWS);
    }
}
