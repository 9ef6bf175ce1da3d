//! What a file is: by what is in it, where that says so, and by its name and what it is said to be otherwise.

use crate::answer::Asked;
use crate::failure::Told;

use super::parts::Parts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Markdown,
    Csv,
    Html,
    Mail,
    Word,
    Sheets,
    Slides,
    OpenDocument,
    Pdf,
    Rtf,
    /// OLE: doc, xls, ppt, msg.
    Compound,
}

impl Kind {
    pub(super) fn of(asked: &Asked, file: &[u8]) -> Result<Self, Told> {
        let start = &file[..file.len().min(1024)];
        if find(start, b"%PDF-") {
            return Ok(Self::Pdf);
        }
        if file.starts_with(b"PK\x03\x04") {
            return Self::of_archive(file, asked);
        }
        if file.starts_with(b"{\\rtf") {
            return Ok(Self::Rtf);
        }
        if file.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            return Ok(Self::Compound);
        }
        let ending = asked
            .name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase())
            .unwrap_or_default();
        let said = asked
            .media_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        Ok(match (said.as_str(), ending.as_str()) {
            // These begin otherwise when they are whole.
            ("application/pdf", _) => return Err(Told::unreadable("it is no PDF")),
            ("application/rtf" | "text/rtf", _) => {
                return Err(Told::unreadable("it is no rich text"));
            }
            (said, _) if is_office(said) => {
                return Err(Told::unreadable("it is no office document"));
            }
            ("text/markdown", _) | (_, "md" | "markdown") => Self::Markdown,
            ("text/csv", _) | (_, "csv") => Self::Csv,
            ("text/html" | "application/xhtml+xml", _) | (_, "html" | "htm" | "xhtml") => {
                Self::Html
            }
            ("message/rfc822", _) | (_, "eml") => Self::Mail,
            (_, "txt" | "text" | "log") => Self::Plain,
            (said, _)
                if said.starts_with("text/")
                    || said.ends_with("+xml") && !said.starts_with("image/")
                    || said.ends_with("+json")
                    || matches!(said, "application/xml" | "application/json") =>
            {
                Self::Plain
            }
            _ if is_text(start) => Self::Plain,
            _ => return Err(Told::NotText),
        })
    }

    fn of_archive(file: &[u8], asked: &Asked) -> Result<Self, Told> {
        let parts = Parts::open(file, &asked.limits)?;
        let has = |name| parts.has(name);
        if has("word/document.xml") {
            Ok(Self::Word)
        } else if has("xl/workbook.xml") {
            Ok(Self::Sheets)
        } else if has("ppt/presentation.xml") {
            Ok(Self::Slides)
        } else if has("content.xml") && has("mimetype") {
            Ok(Self::OpenDocument)
        } else if is_office(&asked.media_type) {
            Err(Told::unreadable(
                "what an office document is made of is not in it",
            ))
        } else {
            Err(Told::NotText)
        }
    }
}

fn is_office(media_type: &str) -> bool {
    media_type.starts_with("application/vnd.openxmlformats-officedocument.")
        || media_type.starts_with("application/vnd.oasis.opendocument.")
            && !media_type.contains("graphics")
}

/// Whether a file that says nothing of itself begins as a text does.
fn is_text(start: &[u8]) -> bool {
    let readable = match std::str::from_utf8(start) {
        Ok(_) => true,
        // The beginning may end within a letter.
        Err(error) => error.error_len().is_none(),
    };
    readable
        && !start.is_empty()
        && !start
            .iter()
            .any(|byte| *byte < 0x20 && !matches!(*byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
}

fn find(within: &[u8], what: &[u8]) -> bool {
    within.windows(what.len()).any(|window| window == what)
}
