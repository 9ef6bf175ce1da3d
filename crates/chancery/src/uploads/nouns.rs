//! The words of this capability that the pages use.

use crate::documents::Added;
use crate::kernel::{Id, Time, thing};

/// What somebody is about to send.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// What the file is called.
    pub name: String,
    /// How long it is, in bytes.
    pub size: u64,
    /// What it is to become.
    pub to: To,
    /// What its sender calls it. Begun again under the same key it is the one that was begun before, so that
    /// nothing is sent or made twice when an answer is lost. None for another each time.
    pub once: Option<String>,
    /// Whether its sender is asked when the content is somewhere else already; otherwise it is added, and that is said.
    pub asks: bool,
}

/// What an upload is to become.
#[derive(Debug, Clone)]
pub enum To {
    /// A document in a library.
    Library {
        /// Which.
        library: Id<thing::Library>,
        /// In this folder; at the top for none.
        folder: Option<Id<thing::Folder>>,
        /// In folders below that one, by name, which are made where they are not there.
        path: Vec<String>,
    },
    /// The next version of a document.
    Document {
        /// Which.
        document: Id<thing::Document>,
        /// The version that its sender saw; with another it is not added.
        seen: Option<u64>,
        /// What changed, in a few words.
        comment: String,
    },
}

/// An upload, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadLine {
    /// Which.
    pub id: Id<thing::Upload>,
    /// How many bytes of it are here.
    pub offset: u64,
    /// How many there will be.
    pub size: u64,
    /// When it is given up unless it is whole.
    pub expires: Time,
    /// The document that it became, or whose version.
    pub became: Option<Id<thing::Document>>,
}

/// What came of a piece that was sent.
#[derive(Debug)]
pub enum Outcome {
    /// It is here, on the disk, and so much is here now.
    Here {
        /// How many bytes.
        offset: u64,
    },
    /// It was the last, and the upload has become what it was to become.
    Whole(Became),
    /// It does not begin where what is here ends, so nothing of it was kept.
    Misplaced {
        /// Where what is here ends.
        offset: u64,
    },
    /// It is not what its checksum says, so nothing of it was kept.
    Damaged,
    /// It goes on beyond the length that was said, so that one of the two is wrong.
    TooMuch,
    /// The line broke; what had arrived by then is here.
    CutOff {
        /// How many bytes are here now.
        offset: u64,
    },
}

/// What an upload became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// A document.
    Document(Added),
    /// A version of one.
    Version(Id<thing::Document>),
    /// Nothing yet: its sender is asked what becomes of it.
    Waits(Id<thing::Upload>),
}
