//! Files that hold files.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use super::gather::Gather;
use super::{find, illustration, nested, opendocument, package};
use crate::reading::{PieceKind, Why};

/// How many members an archive may have.
const MEMBERS: usize = 20_000;

/// The members of a ZIP file, unpacked one at a time and no further than may be.
pub(super) struct Members<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<(String, usize)>,
}

impl Members<'_> {
    /// What its members are called: a name that is in no letters we know still has a member behind it.
    pub(super) fn names(&self) -> Vec<String> {
        self.names.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.number(name).is_some()
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.names
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, number)| *number)
    }

    /// How a member begins, as far as that can be unpacked.
    pub(super) fn begins(&mut self, name: &str, most: u64) -> Vec<u8> {
        let mut start = Vec::new();
        if let Some(number) = self.number(name)
            && let Ok(member) = self.archive.by_index(number)
        {
            let _ = member.take(most).read_to_end(&mut start);
        }
        start
    }

    /// A member. What could not be unpacked of it is told, and what could be is given.
    pub(super) fn read(&mut self, gather: &mut Gather<'_>, name: &str) -> Option<Vec<u8>> {
        let number = self.number(name)?;
        let outcome = match self.archive.by_index(number) {
            Ok(member) => gather.unpack(member),
            Err(error) => {
                gather.missing(name, why(&error));
                return None;
            }
        };
        match outcome {
            Ok(bytes) => Some(bytes),
            Err((bytes, why)) => {
                gather.missing(name, why);
                (!bytes.is_empty()).then_some(bytes)
            }
        }
    }
}

fn why(error: &ZipError) -> Why {
    match error {
        ZipError::UnsupportedArchive(what) if *what == ZipError::PASSWORD_REQUIRED => {
            Why::Encrypted
        }
        ZipError::InvalidPassword => Why::Encrypted,
        other => Why::Damaged(other.to_string()),
    }
}

/// Whether a file that begins as something else ends as a ZIP file, which any program for them opens.
pub(super) fn ends_as_zip(file: &[u8]) -> bool {
    let tail = &file[file.len().saturating_sub(66_000)..];
    tail.windows(4).any(|four| four == b"PK\x05\x06")
        && ZipArchive::new(Cursor::new(file)).is_ok_and(|archive| !archive.is_empty())
}

pub(super) fn zip(gather: &mut Gather<'_>, file: &[u8]) {
    let archive = match ZipArchive::new(Cursor::new(file)) {
        Ok(archive) => archive,
        Err(error) => {
            gather.missing("", why(&error));
            broken_zip(gather, file);
            return;
        }
    };
    if archive.len() > MEMBERS {
        gather.missing("", Why::TooLarge);
        return;
    }
    let mut archive = archive;
    let names = (0..archive.len())
        .map(|number| {
            let name = archive.by_index_raw(number).map_or_else(
                |_| format!("member {number}"),
                |member| super::plain::decoded(member.name_raw()),
            );
            (name.trim_start_matches("./").to_owned(), number)
        })
        .collect();
    let mut members = Members { archive, names };
    if listed(file).is_some_and(|listed| listed != members.archive.len()) {
        gather.missing(
            "",
            Why::Damaged("two of its members have one name, or some are missing".to_owned()),
        );
    }
    let unlisted = unlisted(file, &mut members.archive);
    if !unlisted.is_empty() {
        gather.missing(
            "",
            Why::Damaged("something in it is in no list of its members".to_owned()),
        );
    }
    for between in unlisted {
        if between.starts_with(b"PK\x03\x04") {
            broken_zip(gather, between);
        } else {
            super::plain::strings(gather, between);
        }
    }
    let names = members.names();
    for number in 0..members.archive.len() {
        if let Ok(member) = members.archive.by_index_raw(number) {
            let (name, comment) = (member.name_raw().to_vec(), member.comment().to_owned());
            gather.property(
                &super::plain::decoded(&name),
                "comment of a member",
                &comment,
            );
        }
    }
    let comment = super::plain::decoded(members.archive.comment());
    gather.property("", "comment of the archive", &comment);
    if members.has("[Content_Types].xml") {
        gather.read_as("office document");
        package::read(gather, &mut members);
        return;
    }
    if members.has("content.xml")
        && (members.has("mimetype") || members.has("META-INF/manifest.xml"))
    {
        gather.read_as("OpenDocument");
        opendocument::read(gather, &mut members);
        return;
    }
    // A book is a document whose pages are members.
    let is_book = members.has("META-INF/container.xml") || members.has("FixedDocSeq.fdseq");
    let mut seen = BTreeSet::new();
    for (number, name) in names.into_iter().enumerate() {
        if gather.is_full() || !seen.insert(name.clone()) {
            continue;
        }
        if name.ends_with('/') {
            folder(gather, &name);
            continue;
        }
        match members.archive.by_index_raw(number) {
            Ok(member) if member.encrypted() => {
                drop(member);
                let entered = gather.enter(&name, Some(gather.file()));
                gather.missing("", Why::Encrypted);
                gather.leave(entered);
                continue;
            }
            _ => {}
        }
        if let Some(bytes) = members.read(gather, &name) {
            if is_book {
                illustration(gather, &name, &bytes);
            } else {
                nested(gather, &name, &bytes);
            }
        }
        if gather.left() == 0 {
            return;
        }
    }
}

/// A folder may be empty, and be called something all the same.
fn folder(gather: &mut Gather<'_>, name: &str) {
    const DEEPEST: usize = 8;
    gather.place("folder", None);
    for step in name
        .split(['/', '\\'])
        .filter(|step| !step.is_empty())
        .take(DEEPEST)
    {
        gather.piece(PieceKind::FolderName, step);
    }
}

/// What lies between its members and behind its end, where that is a member itself or more than programs leave there: how long
/// members are and where they begin, and nothing. Other programs than ours go by what stands there.
fn unlisted<'a>(file: &'a [u8], archive: &mut ZipArchive<Cursor<&[u8]>>) -> Vec<&'a [u8]> {
    const BETWEEN: usize = 1024;
    const MOST: usize = 20;
    let mut spans: Vec<(u64, u64)> = Vec::new();
    for number in 0..archive.len() {
        // A member that says nothing of where it is, is told where it is read.
        let Ok(member) = archive.by_index_raw(number) else {
            return Vec::new();
        };
        let Some(data) = member.data_start() else {
            return Vec::new();
        };
        let end = data.saturating_add(member.compressed_size());
        spans.push((member.header_start(), end));
    }
    spans.sort_unstable();
    let mut found = Vec::new();
    // What stands before the first member is another reader's, but where the file begins as one of these.
    let mut end = if file.starts_with(b"PK\x03\x04") {
        0
    } else {
        archive.offset()
    };
    for (from, to) in spans
        .into_iter()
        .chain([(archive.central_directory_start(), 0)])
    {
        let between = usize::try_from(end)
            .ok()
            .zip(usize::try_from(from).ok())
            .and_then(|(end, from)| file.get(end..from))
            .unwrap_or_default();
        if let Some(member) = find(between, b"PK\x03\x04") {
            found.push(&between[member..]);
        } else if between.len() > BETWEEN && between.iter().any(|byte| *byte != 0) {
            found.push(between);
        }
        end = end.max(to);
    }
    // What follows it in a file that begins as something else is the other reader's too.
    let last = file
        .windows(4)
        .rposition(|four| four == b"PK\x05\x06")
        .filter(|_| file.starts_with(b"PK"));
    let behind = last.and_then(|last| {
        let said = file.get(last + 20..last + 22)?;
        let said = usize::from(u16::from_le_bytes([said[0], said[1]]));
        file.get(last + 22 + said..)
    });
    found.extend(behind.filter(|rest| rest.iter().any(u8::is_ascii_alphanumeric)));
    found.truncate(MOST);
    found
}

/// How many members its table of contents says it has.
fn listed(file: &[u8]) -> Option<usize> {
    let from = file.len().saturating_sub(66_000);
    let at = from
        + file[from..]
            .windows(4)
            .rposition(|four| four == b"PK\x05\x06")?;
    let two = file.get(at + 10..at + 12)?;
    let number = u16::from_le_bytes([two[0], two[1]]);
    (number != u16::MAX).then_some(usize::from(number))
}

/// A ZIP file whose table of contents is missing: what its members say of themselves, as far as they go.
fn broken_zip(gather: &mut Gather<'_>, file: &[u8]) {
    let mut rest = Cursor::new(file);
    let mut members = 0;
    while let Ok(Some(member)) = zip::read::read_zipfile_from_stream(&mut rest) {
        let name = member
            .name()
            .map_or_else(|_| "member".to_owned(), std::borrow::Cow::into_owned);
        let outcome = gather.unpack(member);
        let (Ok(bytes) | Err((bytes, _))) = outcome;
        members += 1;
        if name.ends_with(".xml") || name.ends_with(".rels") {
            gather.place(&name, None);
            let kind = if name.contains("header") || name.contains("footer") {
                crate::reading::PieceKind::Header
            } else {
                crate::reading::PieceKind::Body
            };
            super::paragraphs::read(
                gather,
                super::paragraphs::Family::Office,
                kind,
                &name,
                &bytes,
            );
        } else {
            nested(gather, &name, &bytes);
        }
        if gather.left() == 0 || gather.is_full() || members > MEMBERS {
            return;
        }
    }
}

pub(super) fn gzip(gather: &mut Gather<'_>, name: &str, file: &[u8]) {
    let mut decoder = flate2::read::MultiGzDecoder::new(file);
    let inner = decoder
        .header()
        .and_then(|header| header.filename())
        .map(super::plain::decoded);
    let comment = decoder.header().and_then(|header| header.comment());
    let comment = comment.map(super::plain::decoded);
    gather.property("", "comment of the archive", &comment.unwrap_or_default());
    let outcome = gather.unpack(&mut decoder);
    single(gather, inner.as_deref(), name, outcome);
}

pub(super) fn bzip2(gather: &mut Gather<'_>, name: &str, file: &[u8]) {
    let outcome = gather.unpack(bzip2::read::MultiBzDecoder::new(file));
    single(gather, None, name, outcome);
}

/// What a file holds that holds one.
fn single(
    gather: &mut Gather<'_>,
    inner: Option<&str>,
    name: &str,
    outcome: Result<Vec<u8>, (Vec<u8>, Why)>,
) {
    let name = inner.map_or_else(
        || {
            let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
            match file.rsplit_once('.') {
                Some((stem, ending))
                    if ending.eq_ignore_ascii_case("tgz")
                        || ending.eq_ignore_ascii_case("tbz2") =>
                {
                    format!("{stem}.tar")
                }
                Some((stem, _)) => stem.to_owned(),
                None => "content".to_owned(),
            }
        },
        str::to_owned,
    );
    let bytes = match outcome {
        Ok(bytes) => bytes,
        Err((bytes, why)) => {
            gather.missing(&name, why);
            bytes
        }
    };
    nested(gather, &name, &bytes);
}

/// A tar file of before 1988, which says nothing of itself: known by the sum that it keeps of its first block.
pub(super) fn is_old_tar(file: &[u8]) -> bool {
    let Some(head) = file.get(..512) else {
        return false;
    };
    let said = std::str::from_utf8(&head[148..156])
        .ok()
        .map(|text| text.trim_matches([' ', '\0']));
    let said = said.and_then(|text| u32::from_str_radix(text, 8).ok());
    let sum: u32 = head
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if (148..156).contains(&at) {
                32
            } else {
                u32::from(*byte)
            }
        })
        .sum();
    said == Some(sum) && head[0] != 0
}

pub(super) fn tar(gather: &mut Gather<'_>, file: &[u8]) {
    let mut archive = tar::Archive::new(file);
    // Archives are put behind each other, as `cat` does it: an empty block ends none of them.
    archive.set_ignore_zeros(true);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => {
            gather.missing("", Why::Damaged(error.to_string()));
            return;
        }
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                gather.missing("", Why::Damaged(error.to_string()));
                return;
            }
        };
        let name = super::plain::decoded(&entry.path_bytes());
        if !entry.header().entry_type().is_file() {
            let kind = entry.header().entry_type();
            if kind.is_dir() {
                folder(gather, &name);
            } else if kind.is_symlink() || kind.is_hard_link() {
                // It is called something, and holds nothing.
                let entered = gather.enter(&name, Some(gather.file()));
                gather.leave(entered);
            }
            gather.place("", None);
            continue;
        }
        match gather.unpack(entry) {
            Ok(bytes) => nested(gather, &name, &bytes),
            Err((bytes, why)) => {
                gather.missing(&name, why);
                nested(gather, &name, &bytes);
            }
        }
        if gather.left() == 0 || gather.is_full() {
            return;
        }
    }
}

pub(super) fn seven_zip(gather: &mut Gather<'_>, file: &[u8]) {
    // It may not ask for more memory than the worker has.
    let memory = gather.limits().memory / 4;
    let password = sevenz_rust2::Password::empty();
    let memory = usize::try_from(memory / 1024).unwrap_or(usize::MAX);
    let reader =
        sevenz_rust2::ArchiveReader::new_with_memory_limit(Cursor::new(file), password, memory);
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(error) => {
            gather.missing("", sevenz_why(&error));
            return;
        }
    };
    reader.set_thread_count(1);
    let outcome = reader.for_each_entries(|entry, content| {
        if entry.is_directory() {
            folder(gather, entry.name());
            return Ok(true);
        }
        if !entry.has_stream() {
            let entered = gather.enter(entry.name(), Some(gather.file()));
            gather.leave(entered);
            return Ok(true);
        }
        match gather.unpack(&mut *content) {
            Ok(bytes) => nested(gather, entry.name(), &bytes),
            Err((bytes, why)) => {
                gather.missing(entry.name(), why);
                nested(gather, entry.name(), &bytes);
            }
        }
        Ok(gather.left() > 0 && !gather.is_full())
    });
    if let Err(error) = outcome {
        gather.missing("", sevenz_why(&error));
    }
}

fn sevenz_why(error: &sevenz_rust2::Error) -> Why {
    match error {
        sevenz_rust2::Error::PasswordRequired | sevenz_rust2::Error::MaybeBadPassword(_) => {
            Why::Encrypted
        }
        other => {
            let said = other.to_string();
            if said.to_ascii_lowercase().contains("aes") {
                Why::Encrypted
            } else {
                Why::Damaged(said)
            }
        }
    }
}
