//! Compound files (MS-CFB): the office documents of before 2007, messages of Outlook, and whatever else is kept so.
//!
//! Libraries that read these formats give the text of a page and leave out what a marking hides in (headers, footers, notes,
//! properties), so the few records that hold text are gone through here; the compound file itself is the library's.

mod bytes;
mod message;
mod properties;
mod sheets;
mod slides;
mod tnef;
mod vba;
mod word;

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

pub(super) use tnef::read as tnef;

use super::gather::Gather;
use super::{image, nested, package, plain};
use crate::reading::Why;

/// Streams by their paths, each path with `/` between its steps and none before.
pub(super) type Streams = BTreeMap<String, Vec<u8>>;

/// How much of a compound file may be missing at its end, in bytes.
const FEW_SECTORS: usize = 1 << 20;

/// How many streams a compound file may have.
const STREAMS: usize = 20_000;

pub(super) fn read(gather: &mut Gather<'_>, file: &[u8]) {
    let padded: Vec<u8>;
    let opened = match cfb::CompoundFile::open(Cursor::new(file)) {
        Ok(compound) => Ok(compound),
        Err(error) => match padded_out(file) {
            Some(whole) => {
                padded = whole;
                cfb::CompoundFile::open(Cursor::new(&padded[..]))
            }
            None => Err(error),
        },
    };
    let mut compound = match opened {
        Ok(compound) => compound,
        Err(error) => {
            plain::strings(gather, file);
            gather.missing("", Why::Damaged(error.to_string()));
            return;
        }
    };
    let paths: Vec<_> = compound
        .walk()
        .filter(cfb::Entry::is_stream)
        .take(STREAMS)
        .map(|entry| entry.path().to_owned())
        .collect();
    let mut streams = Streams::new();
    for path in paths {
        let name = path.to_string_lossy().trim_start_matches('/').to_owned();
        let mut bytes = Vec::new();
        let outcome = compound
            .open_stream(&path)
            .and_then(|stream| stream.take(gather.left() + 1).read_to_end(&mut bytes));
        if gather.unpacked(bytes.len() as u64).is_none() {
            gather.missing(&name, Why::TooLarge);
            break;
        }
        if let Err(error) = outcome {
            gather.missing(&name, Why::Damaged(error.to_string()));
        }
        streams.insert(name, bytes);
    }
    storage(gather, &streams, "");
}

/// Some programs leave out the last sectors of what their table lists: nothing stands in them.
fn padded_out(file: &[u8]) -> Option<Vec<u8>> {
    let known = known_length(file)
        .filter(|known| *known > file.len() && *known < file.len() + FEW_SECTORS)?;
    let mut whole = file.to_vec();
    whole.resize(known, 0);
    Some(whole)
}

/// How long the file is by its own table of sectors.
fn known_length(file: &[u8]) -> Option<usize> {
    let sector = 1_usize.checked_shl(u32::from(bytes::u16_at(file, 30)?))?;
    let tables = bytes::size_at(file, 44)?;
    tables
        .checked_mul(sector / 4)?
        .checked_add(1)?
        .checked_mul(sector)
}

/// A storage and what lies in it, as the document that it is.
pub(super) fn storage(gather: &mut Gather<'_>, streams: &Streams, within: &str) {
    // Names in a compound file are the same in capitals.
    let at = |name: &str| {
        let path = format!("{within}{name}");
        streams.get(&path).or_else(|| {
            let same = |(other, _): &(&String, &Vec<u8>)| other.eq_ignore_ascii_case(&path);
            streams.iter().find(same).map(|(_, bytes)| bytes)
        })
    };
    for (name, kind) in [
        ("\u{5}SummaryInformation", "summary"),
        ("\u{5}DocumentSummaryInformation", "summary of the document"),
    ] {
        if let Some(bytes) = at(name) {
            properties::read(gather, kind, bytes);
        }
    }
    let here = |path: &str| {
        path.strip_prefix(within)
            .is_some_and(|rest| !rest.contains('/'))
    };
    // A label stands in clear where the rest is encrypted (MS-OFFCRYPTO 2.6.2).
    for (path, bytes) in streams
        .iter()
        .filter(|(path, _)| path.ends_with("LabelInfo"))
    {
        package::labels(gather, path, bytes);
    }
    if at("EncryptedPackage").is_some() || at("EncryptionInfo").is_some() {
        gather.read_as("encrypted office document");
        gather.missing("", Why::Encrypted);
        return;
    }
    let known = if let Some(document) = at("WordDocument") {
        gather.read_as("Word 97 document");
        word::read(gather, document, at("0Table"), at("1Table"));
        word::forms(gather, at("Data").map_or(&[], Vec::as_slice));
        for table in ["0Table", "1Table", "Data"] {
            word::drawings(gather, at(table).map_or(&[], Vec::as_slice));
        }
        true
    } else if let Some(book) = at("Workbook").or_else(|| at("Book")) {
        gather.read_as("Excel 97 workbook");
        sheets::read(gather, book);
        word::drawings(gather, book);
        true
    } else if let Some(show) = at("PowerPoint Document").or_else(|| at("PP40")) {
        gather.read_as("PowerPoint 97 presentation");
        slides::read(gather, show, at("Current User"));
        word::drawings(gather, show);
        true
    } else if at("__properties_version1.0").is_some() {
        gather.read_as("Outlook message");
        message::read(gather, streams, within);
        return;
    } else {
        false
    };
    for name in ["Data", "Pictures", "Workbook", "Book"] {
        if let (true, Some(stream)) = (known, at(name)) {
            image::within(gather, name, stream);
        }
    }
    let mut held = within.is_empty() && vba::read(gather, streams, within);
    if held && !known {
        gather.read_as("macros");
    }
    for (path, bytes) in streams.iter().filter(|(path, _)| path.starts_with(within)) {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name == "\u{1}Ole10Native" {
            if let Some((name, content)) = native(bytes) {
                held = true;
                nested(gather, &name, content);
            }
        } else if name == "Package" || name == "CONTENTS" && bytes.starts_with(b"%PDF") {
            held = true;
            nested(gather, path, bytes);
        } else if !known && here(path) && is_packed_object(name, bytes) {
            held = true;
            slides::object(gather, true, bytes);
        } else if !known && here(path) && !name.starts_with('\u{5}') {
            plain::strings(gather, bytes);
        }
    }
    inner(gather, streams, within);
    if !known && !held {
        gather.missing("", Why::NoReader("compound file".to_owned()));
    }
}

/// What is embedded in a document of Word 2003 in XML: each object by its number, packed, behind its length.
fn is_packed_object(name: &str, bytes: &[u8]) -> bool {
    let number = name.strip_prefix('_').unwrap_or_default();
    !number.is_empty()
        && number.bytes().all(|digit| digit.is_ascii_digit())
        && bytes.get(4) == Some(&0x78)
}

/// Documents within the document, each in a storage of its own.
fn inner(gather: &mut Gather<'_>, streams: &Streams, within: &str) {
    const KNOWN: &[&str] = &["WordDocument", "Workbook", "Book", "PowerPoint Document"];
    let mut storages: Vec<String> = streams
        .keys()
        .filter_map(|path| path.strip_prefix(within))
        .filter_map(|rest| {
            let (folder, name) = rest.rsplit_once('/')?;
            KNOWN.contains(&name).then(|| format!("{within}{folder}/"))
        })
        .collect();
    storages.dedup();
    for one in storages {
        // The outermost of those that lie in each other; it reads the rest.
        let is_outermost = one[within.len()..].matches('/').count() <= 2;
        if !is_outermost || gather.depth() > gather.limits().nesting {
            if is_outermost {
                gather.missing(&one, Why::TooDeep);
            }
            continue;
        }
        let entered = gather.enter(&one, Some(gather.file()));
        storage(gather, streams, &one);
        gather.leave(entered);
    }
}

/// A file that was put into a document as it is (MS-OLEDS 2.3.6): its name, its place, its bytes.
pub(super) fn native(bytes: &[u8]) -> Option<(String, &[u8])> {
    let rest = bytes.get(6..)?;
    let (name, rest) = ended(rest)?;
    let (_, rest) = ended(rest)?;
    let rest = rest.get(4..)?;
    let length = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
    let rest = rest.get(4 + length..)?;
    let size = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
    let content = rest.get(4..)?;
    Some((plain::decoded(name), &content[..size.min(content.len())]))
}

fn ended(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}
