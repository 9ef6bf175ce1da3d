//! From what was read to a decision.

mod around;
mod lists;
mod properties;
mod verdict;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::decision::{Alert, Decision, Evidence, Marking, Source};
use crate::find::{Found, find};
use crate::folded::{Folded, Gap, fold};
use crate::input::{Input, Kind};
use crate::policy::{Outcome, Policy};
use crate::rules::{Context, Strength, judge};
use crate::scheme::{AdditionKind, Level, Scheme, Schemes};

/// How many words that are written as markings are judged in one piece of text, and in all of a file. Where there are more, the
/// file counts as unread.
const IN_PIECE: usize = 500;
const IN_ALL: usize = 5000;

/// Judges what was read by the rules, and what was found by the policy.
pub fn decide(input: &Input, schemes: &Schemes, policy: &Policy) -> Decision {
    let mut work = Work {
        input,
        schemes,
        policy,
        order: policy
            .schemes
            .iter()
            .filter_map(|id| schemes.position(id))
            .collect(),
        evidence: Vec::new(),
        alerts: BTreeSet::new(),
        unmapped: false,
        too_many: false,
    };
    work.pieces();
    work.portions();
    work.properties();
    around::introduced(&mut work);
    around::headings(&mut work);
    work.finish()
}

struct Work<'a> {
    input: &'a Input,
    schemes: &'a Schemes,
    policy: &'a Policy,
    order: Vec<usize>,
    evidence: Vec<Evidence>,
    alerts: BTreeSet<Alert>,
    unmapped: bool,
    /// There is more that is written as a marking than is judged.
    too_many: bool,
}

/// What was found in one piece.
struct InPiece {
    piece: usize,
    folded: Folded,
    found: Vec<Found>,
    /// Whether each stands below the word for what it is, in a table.
    headed: Vec<bool>,
}

impl Work<'_> {
    /// A word of every day that is another nation's marking is no proof where it stands alone once: a protected tree.
    fn abroad(&self, found: &Found, rule: &str, strength: Strength, repeated: bool) -> Strength {
        let scheme = self.schemes.at(found.scheme);
        let here = self
            .order
            .first()
            .map(|first| &self.schemes.at(*first).nation);
        let abroad = scheme.nation.is_some() && here.is_some_and(|here| here != &scheme.nation);
        let lonely = matches!(rule, "top-or-bottom" | "alone" | "cell") && !repeated;
        if abroad && lonely && scheme.levels[found.level].common && found.words.len() == 1 {
            return strength.min(Strength::Possible);
        }
        strength
    }

    fn pieces(&mut self) {
        let mut all = Vec::new();
        let mut judged = 0;
        let mut columns = around::Columns::default();
        for (number, piece) in self.input.pieces.iter().enumerate() {
            let folded = fold(stem(piece.kind, &piece.text));
            let mut found = find(&folded, self.schemes, &self.order);
            // Whoever writes so many keeps others waiting, or hides one among them: it is not read any further, and said so.
            if found.len() > IN_PIECE.min(IN_ALL - judged) {
                found.truncate(IN_PIECE.min(IN_ALL - judged));
                self.too_many = true;
            }
            judged += found.len();
            if found.is_empty() {
                self.caveat_alone(number, &folded);
            } else {
                let headed = found
                    .iter()
                    .map(|one| {
                        columns.headed(number, piece, folded.words[one.words.start].range.start)
                    })
                    .collect();
                all.push(InPiece {
                    piece: number,
                    folded,
                    found,
                    headed,
                });
            }
            columns.see(number, piece);
        }
        let listed = self.listed(&all);
        let around = around::Around::of(self.input, &all);
        for one in &all {
            let piece = &self.input.pieces[one.piece];
            for (number, found) in one.found.iter().enumerate() {
                let mut context = context(&one.folded, found, piece.kind);
                context.top = piece.top;
                context.bottom = piece.bottom;
                context.outermost = around::is_outermost(self.input, one.piece);
                context.heads = around::heads(self.input, one.piece);
                context.others = others(&one.folded, &one.found, number);
                context.listed = listed.contains(&(one.piece, number));
                context.repeated = around.is_repeated(self.input, one);
                context.form = around.is_form(piece.file);
                context.headed = one.headed[number];
                let (rule, strength) = judge(&context);
                let strength = self.abroad(found, rule, strength, context.repeated);
                let evidence = self.evidence_of(
                    Source::Piece(one.piece),
                    &piece.text,
                    0,
                    &one.folded,
                    found,
                    rule,
                    strength,
                );
                self.evidence.push(evidence);
            }
        }
    }

    /// A national caveat where markings belong, and no level with it.
    fn caveat_alone(&mut self, number: usize, folded: &Folded) {
        let piece = &self.input.pieces[number];
        let belongs = matches!(
            piece.kind,
            Kind::Header | Kind::Footer | Kind::Watermark | Kind::Master | Kind::Subject
        ) || piece.top
            || piece.bottom;
        let words = &folded.words;
        if !belongs || words.len() < 2 || words.len() > 8 || !words.iter().all(|word| word.upper) {
            return;
        }
        let eyes = words.iter().position(|word| word.text == "EYES");
        let last = words[words.len() - 1].text.as_str();
        if let Some(eyes) = eyes
            && eyes > 0
            && words[1..=eyes]
                .iter()
                .all(|word| matches!(word.before, Gap::Space | Gap::Slash | Gap::Comma))
            && eyes + 2 == words.len()
            && matches!(last, "ONLY" | "ALPHA" | "BRAVO" | "A" | "B")
        {
            self.alerts.insert(Alert::CaveatAlone {
                text: short(&piece.text),
            });
        }
    }

    #[allow(clippy::too_many_arguments, reason = "it is what evidence is made of")]
    fn evidence_of(
        &self,
        source: Source,
        text: &str,
        at: usize,
        folded: &Folded,
        found: &Found,
        rule: &str,
        strength: Strength,
    ) -> Evidence {
        let scheme = self.schemes.at(found.scheme);
        let mut marking = of(scheme, &scheme.levels[found.level]);
        for (kind, words) in &found.additions {
            let said: Vec<&str> = folded.words[words.clone()]
                .iter()
                .map(|word| word.text.as_str())
                .collect();
            let said = said.join(" ");
            match kind {
                AdditionKind::Handling => marking.handling.push(said),
                AdditionKind::Descriptor => marking.descriptors.push(said),
                AdditionKind::Caveat => marking.caveats.push(said),
                AdditionKind::CodeWord => marking.code_words.push(said),
            }
        }
        // Words that run from right to left stand in the text the other way round.
        let words = &folded.words[found.words.clone()];
        let start = words.iter().map(|word| word.range.start).min().unwrap_or(0) + at;
        let end = words.iter().map(|word| word.range.end).max().unwrap_or(0) + at;
        Evidence {
            source,
            range: start..end,
            text: short(text.get(start..end).unwrap_or_default()),
            marking,
            rule: rule.to_owned(),
            strength,
            disguised: found.disguised,
        }
    }

    fn file(&self, source: Source) -> usize {
        match source {
            Source::Piece(number) => self.input.pieces[number].file,
            Source::Property(number) => self.input.properties[number].file,
        }
    }

    /// A level of this id, in the first scheme that has one.
    fn of_level(&self, level: &str) -> Option<Marking> {
        self.order
            .iter()
            .find_map(|number| bare(self.schemes.at(*number), level))
    }

    fn row(&self, marking: &Marking) -> (Outcome, i64, i64) {
        let rank = self
            .schemes
            .get(&marking.scheme)
            .and_then(|scheme| scheme.level(&marking.level))
            .map_or(0, |level| level.rank);
        // A policy says something of every marking; were one forgotten, it is above.
        self.policy
            .row(&marking.scheme, &marking.level)
            .map_or((Outcome::Above, i64::MAX, rank), |row| {
                (row.outcome, row.number, rank)
            })
    }
}

/// A level of a scheme, and nothing beside it.
fn bare(scheme: &Scheme, level: &str) -> Option<Marking> {
    scheme.level(level).map(|level| of(scheme, level))
}

fn of(scheme: &Scheme, level: &Level) -> Marking {
    Marking {
        scheme: scheme.id.clone(),
        level: level.id.clone(),
        name: level.name.clone(),
        handling: Vec::new(),
        descriptors: Vec::new(),
        caveats: Vec::new(),
        code_words: Vec::new(),
    }
}

fn context<'a>(folded: &'a Folded, found: &'a Found, kind: Kind) -> Context<'a> {
    Context {
        found,
        folded,
        kind,
        top: false,
        bottom: false,
        outermost: false,
        heads: false,
        others: Vec::new(),
        listed: false,
        repeated: false,
        form: false,
        headed: false,
    }
}

/// Other levels in the same segment.
fn others(folded: &Folded, all: &[Found], number: usize) -> Vec<Range<usize>> {
    let found = &all[number];
    let start = folded.segment(found.words.start).start;
    let end = folded.segment(found.words.end - 1).end;
    all.iter()
        .filter(|at| {
            (at.scheme, at.level) != (found.scheme, found.level)
                && at.words.start >= start
                && at.words.end <= end
        })
        .map(|at| at.words.clone())
        .collect()
}

/// The name of a file without its ending.
fn stem(kind: Kind, text: &str) -> &str {
    if kind != Kind::FileName {
        return text;
    }
    match text.rsplit_once('.') {
        Some((stem, ending))
            if !stem.is_empty()
                && ending.len() <= 5
                && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            stem
        }
        _ => text,
    }
}

fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests;
