//! Real files: what a paper says is composed once (`pen`) and then written as one of seven kinds.
//!
//! The office formats are written by hand as XML in a zip, all but the spreadsheet. The libraries that write them
//! either lack headers and footers on every kind or stamp the time of day into the file; the parts needed here are
//! few, and one package writer serves three formats. Spreadsheets (formulas, number formats, charts) come from
//! `rust_xlsxwriter`, PDF objects from `pdf-writer` and pictures from `png`.

#![allow(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "XML is put together from short strings; `write!` and its result would hide its shape"
)]

mod docx;
mod draw;
mod odt;
mod package;
mod paper;
mod pdf;
mod pdf_text;
mod pen;
mod plan;
mod png;
mod pptx;
mod txt;
mod xlsx;

use rand_chacha::ChaCha8Rng;

use crate::model::{Key, Marking};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A word processor document, Office Open XML (ISO/IEC 29500).
    Docx,
    /// A spreadsheet, Office Open XML.
    Xlsx,
    /// A presentation, Office Open XML.
    Pptx,
    /// A word processor document, OpenDocument 1.3 (ISO/IEC 26300).
    Odt,
    /// A document for reading, PDF 1.7 (ISO 32000-1).
    Pdf,
    /// Plain text in UTF-8.
    Txt,
    /// A picture.
    Png,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Pdf,
        Self::Txt,
        Self::Png,
    ];

    /// The ending of a file's name, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Odt => "odt",
            Self::Pdf => "pdf",
            Self::Txt => "txt",
            Self::Png => "png",
        }
    }

    /// The kind with this ending.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.extension() == extension)
    }

    /// The media type (IANA).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Pdf => "application/pdf",
            Self::Txt => "text/plain; charset=utf-8",
            Self::Png => "image/png",
        }
    }
}

/// What a file is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// The title, also in the document properties.
    pub title: String,
    /// Which template of `data/content.txt` fills it.
    pub subject: Key,
    /// Who wrote this version.
    pub author: &'static str,
    /// The author's organisation.
    pub organisation: &'static str,
    /// The marking for the head and foot of every page.
    pub marking: Marking,
    /// The fictional reference number.
    pub reference: String,
    /// The case that it is about, as "Case 2041".
    pub case: Option<String>,
    /// When its first version was written, microseconds since 1970, UTC.
    pub begun: i64,
    /// When this version was written, likewise.
    pub dated: i64,
    /// The number of this version, from 1. With the same rng, a later version is the earlier one with more in it.
    pub version: usize,
    /// Whether to make it about three megabytes, by scanned pages (PDF) or as one scan (PNG).
    pub large: bool,
}

/// The bytes of one file. The same kind, spec and state of the rng always give the same bytes.
///
/// # Panics
/// Where `spec.subject` is not in `data/content.txt`.
pub fn file(kind: Kind, spec: &Spec, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let paper = pen::compose(spec, rng);
    match kind {
        Kind::Docx => docx::write(&paper),
        Kind::Xlsx => xlsx::write(&paper),
        Kind::Pptx => pptx::write(&paper),
        Kind::Odt => odt::write(&paper),
        Kind::Pdf => pdf::write(&paper, rng),
        Kind::Txt => txt::write(&paper),
        Kind::Png => png::write(&paper, rng),
    }
}
