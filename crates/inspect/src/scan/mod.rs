//! Reads everything that a file says, wherever in it that is. All of this runs in the worker only.
//!
//! A preview shows what a reader of the file would see, and gives up where it cannot. A scan is after what may be hidden: it goes
//! through every part, keeps what it has read when something goes wrong, and says what it has not read.

#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the parts of a package are called as their standard says, in small letters"
)]

mod archive;
mod cards;
mod data;
mod encoded;
mod gather;
mod image;
mod leftover;
mod mail;
mod markup;
mod ole;
mod opendocument;
mod package;
mod paragraphs;
mod pdf;
mod plain;
mod rtf;
mod sheets;
mod tree;

use std::panic::{AssertUnwindSafe, catch_unwind};

use gather::Gather;
pub(crate) use sheets::without_codes;

use crate::answer::Asked;
use crate::reading::{PieceKind, Reading, Why};
use crate::recogniser::Picture;

/// What a file is, by what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Zip,
    Ole,
    Pdf,
    Rtf,
    Gzip,
    Bzip2,
    SevenZip,
    Tar,
    Html,
    Xml,
    Mail,
    Mailbox,
    /// A message as Exchange sends it to others.
    Tnef,
    Image,
    Text,
    /// Text that draws a picture.
    Drawing(&'static str),
    /// What a Mac keeps of a file beside it.
    AppleDouble,
    Unknown(&'static str),
}

/// All that a file says, and the pictures in it where these were asked for.
pub(crate) fn scan(asked: &Asked, file: &[u8]) -> (Reading, Vec<Picture>) {
    let mut gather = Gather::new(&asked.limits);
    gather.hand_over(asked.pictures);
    let top = gather.enter(&asked.name, None);
    for folder in asked.folder.iter().filter(|folder| !folder.is_empty()) {
        gather.place("folder", None);
        gather.piece(PieceKind::FolderName, folder);
    }
    read(&mut gather, &asked.name, &asked.media_type, file);
    gather.leave(top);
    let pictures = gather.pictures();
    (gather.done(), pictures)
}

/// As the reader of this name reads it, whatever it is.
#[cfg(fuzzing)]
pub(crate) fn by_reader(reader: &str, limits: &crate::Limits, file: &[u8]) -> Reading {
    let kind = match reader {
        "zip" | "package" | "opendocument" => Kind::Zip,
        "ole" | "vba" => Kind::Ole,
        "tnef" => Kind::Tnef,
        "pdf" => Kind::Pdf,
        "rtf" => Kind::Rtf,
        "markup" => Kind::Html,
        "xml" => Kind::Xml,
        "mail" => Kind::Mail,
        "image" => Kind::Image,
        "plain" => Kind::Text,
        _ => Kind::of("", "", file),
    };
    let mut gather = Gather::new(limits);
    let top = gather.enter("file", None);
    attempt(&mut gather, kind, "file", file);
    gather.leave(top);
    gather.done()
}

/// As a compound file of these streams.
#[cfg(fuzzing)]
pub(crate) fn streams(limits: &crate::Limits, parts: &[(String, Vec<u8>)]) -> Reading {
    let mut gather = Gather::new(limits);
    let top = gather.enter("file", None);
    let streams = parts.iter().cloned().collect();
    ole::storage(&mut gather, &streams, "");
    gather.leave(top);
    gather.done()
}

/// A file that lies in another.
fn nested(gather: &mut Gather<'_>, name: &str, bytes: &[u8]) {
    if gather.depth() > gather.limits().nesting || gather.files() > gather.limits().files {
        gather.missing(name, Why::TooDeep);
        return;
    }
    // One that holds nothing is called something all the same.
    let entered = gather.enter(name, Some(gather.file()));
    if !bytes.is_empty() {
        read(gather, name, "", bytes);
    }
    gather.leave(entered);
}

/// A file that lies in a document as its pictures do: one that is a picture does not make the document unread.
fn illustration(gather: &mut Gather<'_>, name: &str, bytes: &[u8]) {
    if image::is_one(bytes) {
        image::beside(gather, bytes);
        gather.picture(name, Why::Picture, bytes);
    } else if bytes.starts_with(b"\x1f\x8b")
        && [".emz", ".wmz"].iter().any(|end| name.ends_with(end))
    {
        // Drawings of Office, packed.
        gather.missing(name, Why::Picture);
    } else {
        nested(gather, name, bytes);
    }
}

/// Reads a file as everything that it may be taken for: whoever opens it decides, and not its first bytes.
fn read(gather: &mut Gather<'_>, name: &str, media_type: &str, file: &[u8]) {
    let kind = Kind::of(name, media_type, file);
    gather.read_as(kind.words());
    attempt(gather, kind, name, file);
    let also = [
        (
            Kind::Pdf,
            find(&file[..file.len().min(1024)], b"%PDF-").is_some(),
        ),
        (Kind::Zip, archive::ends_as_zip(file)),
    ];
    for (other, also) in also {
        if also && other != kind && !(other == Kind::Zip && kind == Kind::Ole) {
            attempt(gather, other, name, file);
        }
    }
}

fn attempt(gather: &mut Gather<'_>, kind: Kind, name: &str, file: &[u8]) {
    let earlier = gather.is_earlier();
    // A reader that panics has met a file that it cannot read. What it had gathered stays.
    let outcome = catch_unwind(AssertUnwindSafe(|| match kind {
        Kind::Zip => archive::zip(gather, file),
        Kind::Ole => ole::read(gather, file),
        Kind::Pdf => pdf::read(gather, file),
        Kind::Rtf => rtf::read(gather, file),
        Kind::Gzip => archive::gzip(gather, name, file),
        Kind::Bzip2 => archive::bzip2(gather, name, file),
        Kind::SevenZip => archive::seven_zip(gather, file),
        Kind::Tar => archive::tar(gather, file),
        Kind::Html => markup::read(gather, file),
        Kind::Xml => tree::read(gather, name, file),
        Kind::Mail => mail::read(gather, file),
        Kind::Mailbox => mail::mailbox(gather, file),
        Kind::Tnef => ole::tnef(gather, file),
        Kind::Image => image::read(gather, file),
        Kind::Text => plain::read(gather, name, file),
        Kind::Drawing(what) => {
            plain::read(gather, name, file);
            gather.missing("", Why::NoReader(what.to_owned()));
        }
        Kind::AppleDouble => plain::strings(gather, file),
        Kind::Unknown(what) => {
            plain::strings(gather, file);
            gather.missing("", Why::NoReader(what.to_owned()));
        }
    }));
    if outcome.is_err() {
        gather.earlier(earlier);
        gather.missing("", Why::Damaged("its reader gave up on it".to_owned()));
    }
}

impl Kind {
    #[allow(clippy::too_many_lines, reason = "a line for each kind of file")]
    fn of(name: &str, media_type: &str, file: &[u8]) -> Self {
        let start = &file[..file.len().min(1024)];
        let begins = |with: &[u8]| file.starts_with(with);
        if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
            return Self::Zip;
        }
        if begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            return Self::Ole;
        }
        if begins(b"7z\xbc\xaf\x27\x1c") {
            return Self::SevenZip;
        }
        if begins(b"\x1f\x8b") {
            return Self::Gzip;
        }
        if begins(b"\x78\x9f\x3e\x22") {
            return Self::Tnef;
        }
        if begins(b"BZh") {
            return Self::Bzip2;
        }
        if file.get(257..262) == Some(b"ustar") {
            return Self::Tar;
        }
        if begins(b"\0\x05\x16\x07\0\x02\0\0") {
            return Self::AppleDouble;
        }
        if image::is_one(file) {
            return Self::Image;
        }
        let text = plain::decoded(start);
        let trimmed = text.trim_start_matches(['\u{feff}', ' ', '\t', '\n', '\r', '\0']);
        if trimmed.starts_with("{\\rtf") {
            return Self::Rtf;
        }
        if find(start, b"%PDF-").is_some() {
            return Self::Pdf;
        }
        for (magic, what) in [
            (&b"Rar!"[..], "RAR archive"),
            (b"\x4d\x5a", "program"),
            (b"\x7fELF", "program"),
            (b"\xfd7zXZ", "XZ archive"),
            (b"\x28\xb5\x2f\xfd", "Zstandard archive"),
            (b"!BDN", "Outlook store"),
            (b"\x1aE\xdf\xa3", "film"),
            (b"ID3", "sound"),
            (b"MSCF", "cabinet archive"),
            (b"FWS", "Flash film"),
            (b"CWS", "Flash film"),
            (b"8BPS", "Photoshop picture"),
            (b"gimp xcf", "GIMP picture"),
            (b"AT&TFORM", "DjVu"),
            (b"\x59\xa6\x6a\x95", "Sun raster"),
            (b"\x01\xda\0\x01", "SGI picture"),
            (b"\x01\xda\x01\x01", "SGI picture"),
            (b"\0\0\x01\0", "icon"),
            (b"SIMPLE  =", "FITS picture"),
        ] {
            if begins(magic) {
                return Self::Unknown(what);
            }
        }
        if let Some(what) = plain::is_drawing(file) {
            return Self::Drawing(what);
        }
        if plain::is_targa(name, file) {
            return Self::Unknown("TGA picture");
        }
        let ending = name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase())
            .unwrap_or_default();
        let lower = trimmed
            .get(..trimmed.floor_char_boundary(512))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let media_type = media_type.to_ascii_lowercase();
        if lower.starts_with("<?xml") || lower.starts_with("<!doctype") || lower.starts_with('<') {
            if lower.contains("<html")
                || lower.starts_with("<!doctype html")
                || matches!(ending.as_str(), "html" | "htm" | "xhtml")
            {
                return Self::Html;
            }
            if lower.starts_with("<?xml")
                || matches!(ending.as_str(), "xml" | "svg" | "fodt" | "fods" | "fodp")
                || tree::is_whole(trimmed, file)
            {
                return Self::Xml;
            }
            if lower.starts_with("<!doctype")
                || ["<head", "<body", "<p", "<div", "<table", "<meta", "<title"]
                    .iter()
                    .any(|tag| lower.starts_with(tag))
            {
                return Self::Html;
            }
        }
        if trimmed.starts_with("From ")
            && ending != "txt"
            && mail::is_one(trimmed.split_once('\n').map_or("", |(_, rest)| rest))
        {
            return Self::Mailbox;
        }
        if matches!(ending.as_str(), "eml" | "mht" | "mhtml" | "mbox") && mail::begins(trimmed)
            || media_type.starts_with("message/rfc822")
            || mail::is_one(trimmed)
            || mail::is_kept(trimmed)
        {
            return Self::Mail;
        }
        match ending.as_str() {
            "html" | "htm" | "xhtml" => return Self::Html,
            "pdf" => return Self::Unknown("it is called a PDF and is none"),
            "docx" | "xlsx" | "pptx" | "docm" | "xlsm" | "pptm" | "odt" | "ods" | "odp" | "odg"
            | "zip" => {
                return Self::Unknown("it is called what it is not");
            }
            _ => {}
        }
        // Nothing is a text without a word.
        if file.is_empty() || plain::is_text(file) {
            return Self::Text;
        }
        if archive::is_old_tar(file) {
            return Self::Tar;
        }
        Self::Unknown("unknown")
    }

    fn words(self) -> &'static str {
        match self {
            Self::Zip => "ZIP archive",
            Self::Ole => "compound file",
            Self::Pdf => "PDF",
            Self::Rtf => "rich text",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::SevenZip => "7z archive",
            Self::Tar => "tar archive",
            Self::Html => "HTML",
            Self::Xml => "XML",
            Self::Mail => "e-mail",
            Self::Mailbox => "mailbox",
            Self::Tnef => "TNEF message",
            Self::Image => "image",
            Self::Text => "text",
            Self::AppleDouble => "AppleDouble",
            Self::Drawing(what) | Self::Unknown(what) => what,
        }
    }
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}
