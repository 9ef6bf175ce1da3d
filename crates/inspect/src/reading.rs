//! All that a file says, each piece with where it was, and what could not be read.

use serde::{Deserialize, Serialize};

use crate::Failure;

/// All that a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The file itself, and those that it holds.
    pub files: Vec<Inner>,
    /// Where pieces were: they refer to these by their numbers.
    pub places: Vec<Place>,
    /// The text, in reading order.
    pub pieces: Vec<Piece>,
    /// What the files say of themselves beside their text.
    pub properties: Vec<Property>,
    /// What was not read.
    pub missing: Vec<Missing>,
}

/// A file, or one that it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inner {
    /// What it is called.
    pub name: String,
    /// The number of the file that holds it.
    pub within: Option<usize>,
    /// What it was read as.
    pub read_as: String,
}

/// Where pieces were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The part of the file, as people know it ("header", "sheet Costs") or, where they have no word for it, as it is called there.
    pub part: String,
    /// The page or slide, from 1.
    pub page: Option<u32>,
    /// What stands there was made out in a picture ([`Recogniser`](crate::Recogniser)), and may stand otherwise.
    #[serde(default)]
    pub recognised: bool,
}

impl Place {
    /// As people say it: "page 3, recognised".
    pub fn words(&self) -> String {
        let page = self
            .page
            .map_or_else(String::new, |page| format!(" {page}"));
        let how = if self.recognised { ", recognised" } else { "" };
        format!("{}{page}{how}", self.part)
    }
}

/// A piece of text: a paragraph, a line, or a row of a table, whose cells are divided by tabs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The number of its file.
    pub file: usize,
    /// The number of its place.
    pub place: usize,
    /// Which line, paragraph or row of its place it is, from 1.
    pub line: u32,
    /// What kind of place that is.
    pub kind: PieceKind,
    /// It is among the first lines of its page or of the whole.
    pub top: bool,
    /// It is among the last.
    pub bottom: bool,
    /// The text.
    pub text: String,
}

/// What kind of place a piece of text was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    /// The running text.
    Body,
    /// What stands at the top of every page.
    Header,
    /// What stands at its bottom.
    Footer,
    /// What stands across or behind the page.
    Watermark,
    /// What slides take from their master or layout.
    Master,
    /// A row of a table of values.
    Cell,
    /// What somebody said about the text.
    Comment,
    /// A footnote, or what the speaker says to a slide.
    Note,
    /// What was struck out and is still in the file.
    Deleted,
    /// What the eye is not to see.
    Hidden,
    /// The subject of a message, the title of a page, the name of a sheet.
    Subject,
    /// What a file is called.
    FileName,
    /// What its folder is called.
    FolderName,
    /// Words that programs read: a description of a picture, the words of a field.
    Aside,
}

/// What a file says of itself beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// The number of the file.
    pub file: usize,
    /// The part of the file that it is in.
    pub part: String,
    /// What it is called there.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// Something that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The number of the file.
    pub file: usize,
    /// The part of it; nothing for the whole.
    pub part: String,
    /// Why.
    pub why: Why,
}

/// Why something was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is protected by a password.
    Encrypted,
    /// It is not whole, or not what it says it is.
    Damaged(String),
    /// There is more of it than is read.
    TooLarge,
    /// It lies too deep in other files.
    TooDeep,
    /// Nobody can read files of its kind here.
    NoReader(String),
    /// It is a picture, or a page that is one: there is no text in it to be read.
    NoText,
    /// Its letters stand for others, and it does not say for which.
    Letters,
    /// It is a picture within a document whose text was read.
    Picture,
    /// It is the program of a macro in a document whose text was read.
    Macros,
    /// The process that read it came to an end first.
    Ended(String),
}

impl Why {
    /// Whether a picture of it may say what it says.
    pub(crate) fn may_be_made_out(&self) -> bool {
        matches!(self, Self::NoText | Self::Picture | Self::Letters)
    }

    /// It is not the text of a document, but what stands in it: a picture, a film, a macro.
    pub fn is_minor(&self) -> bool {
        matches!(self, Self::Picture | Self::Macros)
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Encrypted => f.write_str("it is protected by a password"),
            Self::Damaged(why) => write!(f, "it is damaged, or not what it says it is: {why}"),
            Self::TooLarge => f.write_str("there is more of it than is read"),
            Self::TooDeep => f.write_str("it lies too deep in other files"),
            Self::NoReader(kind) => write!(f, "nobody can read files of its kind here: {kind}"),
            Self::NoText => f.write_str("an image without a text layer: its words are not read"),
            Self::Letters => f.write_str(
                "it is damaged, or not what it says it is: its letters stand for others, and it does not say for which",
            ),
            Self::Picture => f.write_str("a picture in a document: its words are not read"),
            Self::Macros => f.write_str("a macro in a document: its program is not read"),
            Self::Ended(why) => f.write_str(why),
        }
    }
}

impl Reading {
    /// What is known of a file that was not read at all.
    pub fn failed(name: &str, failure: &Failure) -> Self {
        let why = match failure {
            Failure::TooLarge => Why::TooLarge,
            Failure::Unreadable(why) => Why::Damaged(why.clone()),
            other => Why::Ended(other.to_string()),
        };
        Self {
            files: vec![Inner {
                name: name.to_owned(),
                within: None,
                read_as: String::new(),
            }],
            places: vec![Place::default()],
            pieces: vec![Piece {
                file: 0,
                place: 0,
                line: 1,
                kind: PieceKind::FileName,
                top: false,
                bottom: false,
                text: name.to_owned(),
            }],
            missing: vec![Missing {
                file: 0,
                part: String::new(),
                why,
            }],
            properties: Vec::new(),
        }
    }

    /// What a file is called, with those that it lies in before it.
    pub fn path(&self, file: usize) -> String {
        let mut names = Vec::new();
        let mut next = Some(file);
        // A file lies in one that was met before it, so this ends.
        while let Some(inner) = next.and_then(|at| self.files.get(at)) {
            names.push(inner.name.as_str());
            next = inner.within;
        }
        names.reverse();
        names.join(" → ")
    }

    /// Whether it is what a worker can have answered: every number in it leads somewhere. A worker may have been taken over.
    pub(crate) fn agreed(self) -> Option<Self> {
        let files = self.files.len();
        let good = files > 0
            && self
                .files
                .iter()
                .enumerate()
                .all(|(at, inner)| inner.within.is_none_or(|within| within < at))
            && self
                .pieces
                .iter()
                .all(|piece| piece.file < files && piece.place < self.places.len())
            && self.properties.iter().all(|one| one.file < files)
            && self.missing.iter().all(|one| one.file < files);
        good.then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_whose_numbers_lead_nowhere_is_not_taken() {
        let good = Reading::failed("a.txt", &Failure::TimedOut);
        assert!(good.clone().agreed().is_some());
        assert!(Reading::default().agreed().is_none());
        let spoilt: [fn(&mut Reading); 5] = [
            |reading| reading.pieces[0].file = 1,
            |reading| reading.pieces[0].place = 1,
            |reading| reading.missing[0].file = 7,
            // A file that lies in itself has no path that ends.
            |reading| reading.files[0].within = Some(0),
            |reading| {
                reading.properties.push(Property {
                    file: 3,
                    part: String::new(),
                    name: String::new(),
                    value: String::new(),
                });
            },
        ];
        for spoil in spoilt {
            let mut bad = good.clone();
            spoil(&mut bad);
            assert!(bad.agreed().is_none());
        }
    }
}
