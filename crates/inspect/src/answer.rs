//! What is asked of a worker and what it answers.

use serde::{Deserialize, Serialize};

use crate::failure::Told;
use crate::recogniser::Shown;
use crate::{Limits, Reading, Walls};

/// What stands before the file on the worker's standard input.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) want: Want,
    /// What the file is called; its ending says what it is where nothing else does.
    pub(crate) name: String,
    /// What the folders are called that it lies in, the nearest last.
    pub(crate) folder: Vec<String>,
    /// What it is said to be (RFC 6838).
    pub(crate) media_type: String,
    pub(crate) limits: Limits,
    /// How many pictures are handed over that were not read, how many pages of a PDF, and how many bytes that may be.
    pub(crate) pictures: Option<(usize, usize, u64)>,
}

/// Whether a file is taken for Markdown, unless its content says that it is something else.
pub(crate) fn is_markdown(name: &str, media_type: &str) -> bool {
    let said = media_type.split(';').next().unwrap_or_default().trim();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    said.eq_ignore_ascii_case("text/markdown")
        || ending.is_some_and(|ending| {
            ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown")
        })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Want {
    /// Nothing but to know which walls stand.
    Walls,
    Text,
    View,
    /// All that it says.
    Scan,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Walls(Walls),
    Text(Text),
    View(View),
    /// All that it says, and what comes after this: pictures, one after another.
    Scan(Reading, Vec<Sent>),
    Failed(Told),
}

/// A picture that comes after the answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub(crate) length: usize,
    pub(crate) shown: Shown,
}

/// The text of a file: lines that end with `\n`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text.
    pub text: String,
    /// There is more of it than is given here.
    pub truncated: bool,
}

/// What of a file can be shown on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum View {
    /// A file that is text, as it is.
    Plain(Text),
    /// The text of a file that is more than its text.
    Extract(Text),
    /// HTML made of a text: no scripts, styles, images or forms in it, links to other places only, headings from the second level.
    Html {
        /// The markup, fit to stand in a page.
        html: String,
        /// There is more of it than is given here.
        truncated: bool,
    },
    /// A table: its rows, the first of which may be a heading.
    Table {
        /// The rows, each as long as it is in the file, but for one that is very long.
        rows: Vec<Vec<String>>,
        /// There is more of them than is given here: rows, cells, or what is in a cell.
        truncated: bool,
    },
    /// An e-mail.
    Mail(Mail),
}

/// An e-mail (RFC 5322).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// What stands above it, decoded: who wrote to whom, when, about what. In the order in which people read them.
    pub headers: Vec<(String, String)>,
    /// What it says.
    pub body: Text,
    /// What came with it.
    pub attachments: Vec<Attachment>,
}

/// What came with an e-mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is called.
    pub name: String,
    /// How large it is, in bytes.
    pub size: u64,
}
