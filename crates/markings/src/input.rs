//! What was read of a file, as the rules see it.

use serde::{Deserialize, Serialize};

/// What was read of a file. Everything in it is numbered by its place in these lists, so that whoever asked knows where it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The text, in reading order.
    pub pieces: Vec<Piece>,
    /// What files say of themselves beside their text.
    pub properties: Vec<Property>,
    /// What could not be read, and why.
    pub unread: Vec<Unread>,
}

/// A piece of text: a paragraph, a line, a row of a table, whose cells are divided by tabs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Which file it was in, where one holds others: 0 is the outermost. Markings disagree within one file only.
    pub file: usize,
    /// What kind of place it was in.
    pub kind: Kind,
    /// It was among the first lines of a page, a sheet, a slide or the whole.
    pub top: bool,
    /// It was among the last.
    pub bottom: bool,
    /// The text.
    pub text: String,
}

/// What kind of place a piece of text was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The running text.
    Body,
    /// What stands at the top of every page.
    Header,
    /// What stands at its bottom.
    Footer,
    /// What stands across or behind the page.
    Watermark,
    /// What every slide takes from its master or layout.
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
    /// The subject of a message, or the title of a page.
    Subject,
    /// What the file is called.
    FileName,
    /// What its folder is called.
    FolderName,
    /// Words that programs read: a description of a picture, the words of a field.
    Aside,
}

/// What a file says of itself beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Which file it was in.
    pub file: usize,
    /// What it is called there.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// Something that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Which file it was in.
    pub file: usize,
    /// What, and why not, in words.
    pub why: String,
    /// It is no text of the document, but a picture, a film or a macro in it.
    pub minor: bool,
}
