//! What was found in a version, as it is kept: the evidence in its context, and what was not read.

use inspect::{PieceKind, Reading};
use markings::{Decision, Evidence, Source, Verdict};
use serde::{Deserialize, Serialize};

/// How much of a line is kept before what was found in it, and after, in characters.
const CONTEXT: usize = 120;
/// How many pieces of evidence, and how many things that were not read, are kept.
const MOST: usize = 50;

/// What was found in a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What speaks for a marking, the strongest first.
    pub evidence: Vec<Finding>,
    /// What an officer should know besides, in sentences.
    pub remarks: Vec<String>,
    /// What was not read, and why, in words.
    pub unread: Vec<String>,
}

/// A piece of evidence where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where: the file within the file, the part, the page, the line.
    pub place: String,
    /// The line before it.
    pub before: String,
    /// The words themselves.
    pub text: String,
    /// The line after it.
    pub after: String,
    /// What marking they are.
    pub label: String,
    /// The rule that says so.
    pub rule: String,
    /// How sure that is, in a word.
    pub strength: String,
    /// Letters of it only look like what they are taken for.
    pub disguised: bool,
}

impl Findings {
    /// Of what was read, and what was decided about it.
    pub fn of(reading: &Reading, decision: &Decision) -> Self {
        Self {
            evidence: decision
                .evidence
                .iter()
                .take(MOST)
                .map(|one| finding(reading, one))
                .collect(),
            remarks: decision.alerts.iter().map(spoken).collect(),
            unread: reading
                .missing
                .iter()
                .take(MOST)
                .map(|missing| {
                    let name = reading.path(missing.file);
                    if missing.part.is_empty() {
                        format!("{name}: {}", missing.why)
                    } else {
                        format!("{name}, {}: {}", missing.part, missing.why)
                    }
                })
                .collect(),
        }
    }

    /// The same without a word of the content: what is left when that was destroyed.
    #[must_use]
    pub fn without_content(mut self) -> Self {
        for one in &mut self.evidence {
            one.before.clear();
            one.text.clear();
            one.after.clear();
            one.place.clear();
        }
        self.remarks.clear();
        self.unread.clear();
        self
    }
}

/// What was read, as the rules see it. Numbers stay what they are.
pub fn input(reading: &Reading) -> markings::Input {
    markings::Input {
        pieces: reading
            .pieces
            .iter()
            .map(|piece| markings::Piece {
                file: piece.file,
                kind: kind(piece.kind),
                top: piece.top,
                bottom: piece.bottom,
                text: piece.text.clone(),
            })
            .collect(),
        properties: reading
            .properties
            .iter()
            .map(|property| markings::Property {
                file: property.file,
                name: property.name.clone(),
                value: property.value.clone(),
            })
            .collect(),
        unread: reading
            .missing
            .iter()
            .map(|missing| markings::Unread {
                file: missing.file,
                why: missing.why.to_string(),
                minor: missing.why.is_minor(),
            })
            .collect(),
    }
}

fn kind(kind: PieceKind) -> markings::Kind {
    match kind {
        PieceKind::Body => markings::Kind::Body,
        PieceKind::Header => markings::Kind::Header,
        PieceKind::Footer => markings::Kind::Footer,
        PieceKind::Watermark => markings::Kind::Watermark,
        PieceKind::Master => markings::Kind::Master,
        PieceKind::Cell => markings::Kind::Cell,
        PieceKind::Comment => markings::Kind::Comment,
        PieceKind::Note => markings::Kind::Note,
        PieceKind::Deleted => markings::Kind::Deleted,
        PieceKind::Hidden => markings::Kind::Hidden,
        PieceKind::Subject => markings::Kind::Subject,
        PieceKind::FileName => markings::Kind::FileName,
        PieceKind::FolderName => markings::Kind::FolderName,
        PieceKind::Aside => markings::Kind::Aside,
    }
}

/// Where a piece of evidence was, as people say it.
pub fn place(reading: &Reading, source: Source) -> String {
    let (file, words) = match source {
        Source::Piece(number) => {
            let piece = &reading.pieces[number];
            let place = &reading.places[piece.place];
            let page = place
                .page
                .map_or_else(String::new, |page| format!(" {page}"));
            let words = format!("{}{page}, line {}", place.part, piece.line);
            (piece.file, words)
        }
        Source::Property(number) => {
            let property = &reading.properties[number];
            (
                property.file,
                format!("property {} of {}", property.name, property.part),
            )
        }
    };
    if file == 0 {
        words
    } else {
        format!("{}: {words}", reading.path(file))
    }
}

/// The line that it stands in: before it, itself, and after it.
fn in_its_line<'a>(reading: &'a Reading, evidence: &Evidence) -> (&'a str, &'a str, &'a str) {
    let whole = match evidence.source {
        Source::Piece(number) => &reading.pieces[number].text,
        Source::Property(number) => &reading.properties[number].value,
    };
    let before = whole.get(..evidence.range.start).unwrap_or_default();
    let text = whole.get(evidence.range.clone()).unwrap_or_default();
    let after = whole.get(evidence.range.end..).unwrap_or_default();
    (
        before.rsplit('\n').next().unwrap_or_default(),
        text,
        after.split('\n').next().unwrap_or_default(),
    )
}

/// The whole of that line, as far as a page has room for it.
pub fn line(reading: &Reading, evidence: &Evidence) -> String {
    let (before, text, after) = in_its_line(reading, evidence);
    [before, text, after]
        .concat()
        .chars()
        .take(2 * CONTEXT)
        .collect()
}

fn finding(reading: &Reading, evidence: &Evidence) -> Finding {
    let (before, text, after) = in_its_line(reading, evidence);
    let skipped = before.chars().count().saturating_sub(CONTEXT);
    Finding {
        place: place(reading, evidence.source),
        before: before.chars().skip(skipped).collect(),
        text: text.chars().take(CONTEXT).collect(),
        after: after.chars().take(CONTEXT).collect(),
        label: evidence.marking.label(),
        rule: evidence.rule.clone(),
        strength: format!("{:?}", evidence.strength).to_lowercase(),
        disguised: evidence.disguised,
    }
}

/// An alert of the rules in a sentence.
pub fn spoken(alert: &markings::Alert) -> String {
    match alert {
        markings::Alert::Disagreement { markings, .. } => {
            format!(
                "places disagree, and the higher counts: {}",
                markings.join(", ")
            )
        }
        markings::Alert::Malformed { marking, why } => {
            format!("{marking} contradicts itself: {why}")
        }
        markings::Alert::Disguised { text } => {
            format!("{text:?} is written with letters that only look like what they are taken for")
        }
        markings::Alert::UnmappedLabel { id, name } => format!(
            "the label {id}{} is in no table",
            name.as_ref()
                .map_or_else(String::new, |name| format!(" ({name})"))
        ),
        markings::Alert::CaveatAlone { text } => format!("{text:?} stands without a level"),
        markings::Alert::Pictures { number } => {
            format!("{number} pictures or macros in it: their words are not read")
        }
    }
}

/// A verdict in words.
pub fn in_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unmarked => "no marking found",
        Verdict::Allowed => "may be here",
        Verdict::Clearance => "may be here, for people who are cleared for it",
        Verdict::Doubtful => "in doubt: it may carry a marking that may not be here",
        Verdict::Ask => "its originator must say whether it may be here",
        Verdict::Unread => "not wholly read: nobody can say",
        Verdict::Above => "ABOVE what may be here",
    }
}
