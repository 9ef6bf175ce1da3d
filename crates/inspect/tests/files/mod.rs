//! Files to be read, and a worker to read them.

use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use bytes::Bytes;
use inspect::{Inspector, Limits, PieceKind, Reading};
use zip::write::SimpleFileOptions;

/// An inspector with an honest worker.
pub(crate) struct Honest {
    pub(crate) inspector: Inspector,
    directory: PathBuf,
}

impl Drop for Honest {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

impl Honest {
    pub(crate) fn new(test: &str) -> Self {
        Self::within(test, Limits::default())
    }

    pub(crate) fn within(test: &str, limits: Limits) -> Self {
        let directory = std::env::temp_dir().join(format!("inspect-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let program = directory.join("honest");
        let _ = std::fs::remove_file(&program);
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_inspect-mischief"), &program).unwrap();
        Self {
            inspector: Inspector::at(program, limits),
            directory,
        }
    }
}

pub(crate) async fn scan(honest: &Honest, name: &str, file: impl Into<Vec<u8>>) -> Reading {
    let content = futures::stream::iter([Ok(Bytes::from(file.into()))]);
    honest.inspector.scan(name, &[], "", content).await.unwrap()
}

/// The pieces of this kind.
pub(crate) fn of(reading: &Reading, kind: PieceKind) -> Vec<&str> {
    reading
        .pieces
        .iter()
        .filter(|piece| piece.kind == kind)
        .map(|piece| piece.text.as_str())
        .collect()
}

/// All the text, a line for each piece.
pub(crate) fn pieces(reading: &Reading) -> String {
    let all: Vec<&str> = reading
        .pieces
        .iter()
        .map(|piece| piece.text.as_str())
        .collect();
    all.join("\n")
}

pub(crate) fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An office document of these parts.
pub(crate) fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let all = [&[("[Content_Types].xml", "<Types/>")], parts].concat();
    archive(&all)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

pub(crate) fn mail(headers: &str, body: &str) -> String {
    format!(
        "From: a@example.org\r\nTo: b@example.org\r\nMIME-Version: 1.0\r\nDate: Mon, 06 Jun 2011 10:00:00 +0000\r\n{headers}\r\n\r\n{body}\r\n"
    )
}

pub(crate) fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        if let Some((storage, _)) = name.rsplit_once('/') {
            file.create_storage_all(format!("/{storage}")).unwrap();
        }
        file.create_stream(format!("/{name}"))
            .unwrap()
            .write_all(bytes)
            .unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A page with these lines.
pub(crate) fn pdf(lines: &[&str]) -> Vec<u8> {
    use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};
    let [catalog, pages, page, font, text] = [1, 2, 3, 4, 5].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut one = pdf.page(page);
    one.media_box(Rect::new(0.0, 0.0, 595.0, 842.0))
        .parent(pages)
        .contents(text);
    one.resources().fonts().pair(Name(b"F1"), font);
    one.finish();
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    let mut content = Content::new();
    content.begin_text().set_font(Name(b"F1"), 14.0);
    content.next_line(50.0, 800.0);
    for line in lines {
        content.show(Str(line.as_bytes())).next_line(0.0, -20.0);
    }
    content.end_text();
    pdf.stream(text, &content.finish());
    pdf.finish()
}
