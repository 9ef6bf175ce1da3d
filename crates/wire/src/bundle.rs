//! Many documents on their way out in one ZIP file, which is made while it is sent.

use std::collections::HashSet;
use std::io::{self, Write};
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use chancery::documents::{Bundle, Bundled};
use chancery::kernel::Time;
use futures::{Stream, StreamExt as _, stream};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::content::disposition;

/// From this size on an entry's sizes need 64 bits (APPNOTE.TXT section 4.3.9.2). Well below 4 GB, because what is packed
/// can become a little longer.
const LARGE: u64 = 4_000_000_000;

/// Where the file tells what is not in it.
const LEFT_OUT: &str = "Left out";

/// Answers with everything in a bundle as one ZIP file (APPNOTE.TXT 6.3). What is in the documents is never in memory as a
/// whole; a line for each of them is, until the table of contents is written at the end.
///
/// What whoever asked may not have any more when its turn comes is named in a text file at the end. A fault, or the end of
/// their session, breaks the transfer off, and it is seen as such: a file that is there is whole.
pub fn zip_file(bundle: Bundle) -> Response {
    let name = format!("{}.zip", bundle.name);
    let packing = Packing::begin(bundle);
    let body = Body::from_stream(stream::try_unfold(
        packing,
        async |mut packing| match packing.next().await {
            Ok(Some(bytes)) => Ok(Some((bytes, packing))),
            Ok(None) => Ok(None),
            Err(error) => {
                tracing::warn!(%error, "a ZIP file broke off");
                Err(error)
            }
        },
    ));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    if let Ok(value) = HeaderValue::from_str(&disposition(false, &name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// What was packed and not yet sent. Writing to it never waits, so the packing needs no thread of its own.
#[derive(Debug, Clone, Default)]
struct Packed(Arc<Mutex<Vec<u8>>>);

impl Packed {
    fn take(&self) -> Vec<u8> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Pieces = Pin<Box<dyn Stream<Item = io::Result<axum::body::Bytes>> + Send>>;

struct Packing {
    bundle: Bundle,
    packed: Packed,
    /// `None` once it is finished.
    zip: Option<ZipWriter<StreamWriter<Packed>>>,
    /// What is left of the document that is being packed.
    document: Option<Pieces>,
    left_out: Vec<String>,
    /// What is at the top and is called as the file that tells what is left out would be, in small letters.
    taken: HashSet<String>,
}

impl Packing {
    fn begin(bundle: Bundle) -> Self {
        let packed = Packed::default();
        Self {
            bundle,
            zip: Some(ZipWriter::new_stream(packed.clone())),
            packed,
            document: None,
            left_out: Vec::new(),
            taken: HashSet::new(),
        }
    }

    /// Some more of the file; `None` when all of it was given.
    async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let Some(zip) = &mut self.zip else {
                return Ok(None);
            };
            if let Some(pieces) = &mut self.document {
                match pieces.next().await {
                    Some(piece) => zip.write_all(&piece?)?,
                    None => self.document = None,
                }
            } else if let Some(next) = self.bundle.next().await.map_err(io::Error::other)? {
                if let Some(name) = like_the_note(&next.path) {
                    self.taken.insert(name);
                }
                self.document = begin(zip, next, &mut self.left_out)?;
            } else {
                self.finish()?;
            }
            let bytes = self.packed.take();
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(mut zip) = self.zip.take() {
            if !self.left_out.is_empty() {
                zip.start_file(note_name(&self.taken), options(0, None))?;
                zip.write_all(note(&self.left_out).as_bytes())?;
            }
            zip.finish()?;
        }
        Ok(())
    }
}

fn begin(
    zip: &mut ZipWriter<StreamWriter<Packed>>,
    next: Bundled,
    left_out: &mut Vec<String>,
) -> io::Result<Option<Pieces>> {
    let Some(content) = next.content else {
        left_out.push(next.path);
        return Ok(None);
    };
    let size = content.size;
    zip.start_file(next.path, options(size, Some(next.changed_at)))?;
    Ok(Some(Box::pin(content.read(0..size))))
}

fn options(size: u64, changed: Option<Time>) -> SimpleFileOptions {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        // Most documents are packed already: what little more could be had is not worth the time.
        .compression_level(Some(1))
        .large_file(size >= LARGE);
    match changed.and_then(dos_time) {
        Some(time) => options.last_modified_time(time),
        None => options,
    }
}

/// ZIP knows no time zones; what it says is in UTC, to two seconds, from 1980 on.
fn dos_time(at: Time) -> Option<DateTime> {
    let at = at.timestamp().to_zoned(jiff::tz::TimeZone::UTC);
    let part = |number: i8| u8::try_from(number).ok();
    DateTime::from_date_and_time(
        u16::try_from(at.year()).ok()?,
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    )
    .ok()
}

/// The name at the top that a path takes, in small letters, where it could be that of the note: not all are kept.
fn like_the_note(path: &str) -> Option<String> {
    let top = path.split('/').next().unwrap_or(path).to_lowercase();
    top.starts_with(&LEFT_OUT.to_lowercase()).then_some(top)
}

/// What the note is called: as nothing else at the top is, also where capitals make no difference.
fn note_name(taken: &HashSet<String>) -> String {
    let mut name = format!("{LEFT_OUT}.txt");
    let mut number = 1_u64;
    while taken.contains(&name.to_lowercase()) {
        number += 1;
        name = format!("{LEFT_OUT} ({number}).txt");
    }
    name
}

fn note(left_out: &[String]) -> String {
    let mut note = String::from(
        "These were selected and are not in this file, because you may not read them (any more) or because they are sealed:\r\n\r\n",
    );
    for path in left_out {
        note.push_str(path);
        note.push_str("\r\n");
    }
    note
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_takes_no_name_that_is_taken() {
        let name = |paths: &[&str]| {
            note_name(
                &paths
                    .iter()
                    .filter_map(|path| like_the_note(path))
                    .collect(),
            )
        };
        assert_eq!(name(&[]), "Left out.txt");
        assert_eq!(name(&["a/Left out.txt", "b.txt"]), "Left out.txt");
        assert_eq!(name(&["left OUT.txt"]), "Left out (2).txt");
        assert_eq!(
            name(&["Left out.txt", "Left out (2).txt/a", "Left out (4).txt"]),
            "Left out (3).txt"
        );
    }
}
