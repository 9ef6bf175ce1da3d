//! A decision, with every piece of evidence.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::rules::Strength;

/// What is to be done with a file, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All of it was read, and it carries no marking.
    Unmarked,
    /// It may be here.
    Allowed,
    /// It may be here, for people who are cleared for it.
    Clearance,
    /// It may carry a marking that may not be here; its author is asked.
    Doubtful,
    /// Whoever made it says whether it may be here.
    Ask,
    /// Not all of it was read, or it carries a label that is in no table: nobody can say.
    Unread,
    /// It may not be here.
    Above,
}

/// A marking as it was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Marking {
    /// Its scheme.
    pub scheme: String,
    /// Its level in that scheme.
    pub level: String,
    /// The level as it is written.
    pub name: String,
    /// How it is to be handled.
    pub handling: Vec<String>,
    /// Why it is sensitive.
    pub descriptors: Vec<String>,
    /// Which nations may see it.
    pub caveats: Vec<String>,
    /// Words for programmes.
    pub code_words: Vec<String>,
}

impl Marking {
    /// The whole of it on one line.
    pub fn label(&self) -> String {
        let mut label = self.name.clone();
        for list in [
            &self.descriptors,
            &self.handling,
            &self.code_words,
            &self.caveats,
        ] {
            for one in list {
                label.push_str(" - ");
                label.push_str(one);
            }
        }
        label
    }
}

/// Where evidence was: a number in the lists of the [`Input`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// In a piece of text.
    Piece(usize),
    /// In a property.
    Property(usize),
}

/// Words that are written as a marking is, and what was thought of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where.
    pub source: Source,
    /// Which bytes of the piece, or of the property's value.
    pub range: Range<usize>,
    /// As it stands there.
    pub text: String,
    /// What it is.
    pub marking: Marking,
    /// The rule that judged it.
    pub rule: String,
    /// How sure it is.
    pub strength: Strength,
    /// Letters of it only look like what they are taken for.
    pub disguised: bool,
}

/// Something that an assurance officer should see, whatever the verdict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alert {
    /// Places of one file say different things; the higher counts.
    Disagreement {
        /// The file.
        file: usize,
        /// What they say.
        markings: Vec<String>,
    },
    /// A marking that contradicts its scheme.
    Malformed {
        /// The marking.
        marking: String,
        /// What is wrong with it.
        why: String,
    },
    /// A marking in letters that only look like what they are taken for.
    Disguised {
        /// As it stands there.
        text: String,
    },
    /// A label that is in no table.
    UnmappedLabel {
        /// Its id.
        id: String,
        /// Its name, where it has one.
        name: Option<String>,
    },
    /// Where markings belong stands a national caveat without a level.
    CaveatAlone {
        /// As it stands there.
        text: String,
    },
    /// Pictures whose words nobody read.
    Pictures {
        /// How many.
        number: usize,
    },
}

/// What is to be done with a file, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What is to be done.
    pub verdict: Verdict,
    /// The marking that it carries.
    pub marking: Option<Marking>,
    /// Where that is on the realm's line of clearances.
    pub number: Option<i64>,
    /// How sure that is, in per cent.
    pub confidence: u8,
    /// The rule that found it.
    pub rule: Option<String>,
    /// What speaks for a marking, or may.
    pub evidence: Vec<Evidence>,
    /// What is written as a marking and is none, the first of them.
    pub mentions: Vec<Evidence>,
    /// What an officer should see.
    pub alerts: Vec<Alert>,
    /// What was not read: numbers in the list of the [`Input`].
    pub unread: Vec<usize>,
}
