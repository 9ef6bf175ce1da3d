//! Descriptions of schemes: levels that stand below each other.

use std::collections::{BTreeMap, BTreeSet};

use super::around::is_outermost;
use super::{InPiece, Work, context};
use crate::find::Case;
use crate::folded::Gap;
use crate::input::Kind;

/// How many pieces apart levels may be that make a list.
const NEAR: usize = 30;

impl Work<'_> {
    /// Which of what was found stands in a list of levels: three or more different ones near each other, each alone, and not where
    /// markings belong. What stands both at the top and at the bottom, or alone in the outermost line, is no part of a list.
    pub(super) fn listed(&self, all: &[InPiece]) -> BTreeSet<(usize, usize)> {
        struct Line {
            key: (usize, usize),
            file: usize,
            level: (usize, usize),
            top: bool,
            bottom: bool,
            /// It stands alone in the outermost line.
            alone: bool,
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut levels_of_piece: BTreeMap<usize, BTreeSet<(usize, usize)>> = BTreeMap::new();
        for one in all {
            let piece = &self.input.pieces[one.piece];
            if !matches!(
                piece.kind,
                Kind::Body
                    | Kind::Cell
                    | Kind::Note
                    | Kind::Comment
                    | Kind::Hidden
                    | Kind::Deleted
                    | Kind::Aside
            ) {
                continue;
            }
            for (number, found) in one.found.iter().enumerate() {
                let level = (found.scheme, found.level);
                let segment = one.folded.segment(found.words.start);
                let begins = segment.start == found.words.start;
                // The short form of a level stands before it, or its number.
                let ends = segment.end == found.words.end && found.words.start - segment.start <= 2;
                let context = context(&one.folded, found, piece.kind);
                // What explains a level is divided from it; a word of every day that begins a sentence is none. In a form that is
                // ticked they are no list, and what is said to be the marking of something is no part of one.
                let divided = |gap: Gap| !matches!(gap, Gap::Space | Gap::Comma | Gap::Slash);
                let named = begins && (divided(context.after()) || context.upper())
                    || ends && (divided(context.before()) || context.upper());
                let list = one.folded.boxes.is_empty() && !context.is_labelled();
                if list && (context.alone() || named || context.between_commas()) {
                    levels_of_piece.entry(one.piece).or_default().insert(level);
                    lines.push(Line {
                        key: (one.piece, number),
                        file: piece.file,
                        level,
                        top: piece.top,
                        bottom: piece.bottom,
                        alone: context.alone()
                            && found.case == Case::Upper
                            && is_outermost(self.input, one.piece),
                    });
                }
            }
        }
        let mut listed = BTreeSet::new();
        let kind = |line: &Line| self.input.pieces[line.key.0].kind;
        for (at, line) in lines.iter().enumerate() {
            let ends = |other: &Line| {
                other.key.0 != line.key.0
                    && other.file == line.file
                    && other.level == line.level
                    && (line.top && other.bottom || line.bottom && other.top)
            };
            let near =
                |other: &&Line| other.file == line.file && other.key.0.abs_diff(line.key.0) <= NEAR;
            let around = lines[..at]
                .iter()
                .rev()
                .take_while(near)
                .chain(lines[at..].iter().take_while(near));
            let around = around.filter(|other| kind(other) == kind(line));
            let levels: BTreeSet<_> = around.map(|other| other.level).collect();
            let row = levels_of_piece.get(&line.key.0).map_or(0, BTreeSet::len);
            let in_cells = self.input.pieces[line.key.0].kind == Kind::Cell;
            let both_ends = (line.top || line.bottom) && lines.iter().any(ends);
            // What stands alone at the very top or bottom heads the page and no list, unless the list goes on right beside it and
            // names this level once.
            let again = |other: &Line| {
                let same = other.file == line.file && other.level == line.level;
                other.key != line.key && same && kind(other) == kind(line)
            };
            let goes_on =
                |other: &Line| other.file == line.file && other.key.0.abs_diff(line.key.0) == 1;
            let margin = line.alone && (lines.iter().any(again) || !lines.iter().any(goes_on));
            if (levels.len() >= 3 && !both_ends && !margin) || (in_cells && row >= 2) {
                listed.insert(line.key);
            }
        }
        listed
    }
}
