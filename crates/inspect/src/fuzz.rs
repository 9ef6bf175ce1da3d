//! What the fuzzers in `fuzz/` call: each reader by itself, with bytes that its own first bytes need not announce. Compiled for
//! them only (`--cfg fuzzing`).

use std::time::Duration;

use crate::Limits;

/// What divides the parts of a packed file in an input: a fuzzer changes what lies in them, and not how they are packed.
const DIVIDER: &[u8] = b"\n##\n";

/// Less than in a realm, so that a run is short.
pub fn limits() -> Limits {
    Limits {
        unpacked: 8 << 20,
        scan: 1 << 20,
        nesting: 4,
        files: 100,
        processor: Duration::from_secs(5),
        ..Limits::default()
    }
}

/// Reads an input by the reader of this name. Numbers in what was read lead somewhere, whatever it was.
pub fn read(reader: &str, file: &[u8]) {
    let limits = limits();
    let parts = parts(file);
    let reading = match reader {
        "package" | "opendocument" if !file.starts_with(b"PK") => {
            crate::scan::by_reader("zip", &limits, &zip(reader, &parts))
        }
        "ole" | "vba" if !file.starts_with(b"\xd0\xcf\x11\xe0") => {
            crate::scan::streams(&limits, &parts)
        }
        _ => crate::scan::by_reader(reader, &limits, file),
    };
    assert!(reading.agreed().is_some(), "a number leads nowhere");
}

/// Parts with their names: each name is a line.
fn parts(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut parts = Vec::new();
    let mut rest = file;
    while !rest.is_empty() && parts.len() < 40 {
        let end = rest
            .windows(DIVIDER.len())
            .position(|four| four == DIVIDER)
            .unwrap_or(rest.len());
        let part = &rest[..end];
        let line = part.iter().position(|byte| *byte == b'\n');
        let (name, body) = part.split_at(line.unwrap_or(part.len()));
        let name = String::from_utf8_lossy(name).into_owned();
        parts.push((name, body.get(1..).unwrap_or_default().to_vec()));
        rest = rest.get(end + DIVIDER.len()..).unwrap_or_default();
    }
    parts
}

fn zip(kind: &str, parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write as _;
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let first = match kind {
        "package" => "[Content_Types].xml",
        _ => "mimetype",
    };
    let all = [(first.to_owned(), Vec::new())];
    for (name, body) in all.iter().chain(parts) {
        if zip.start_file(name.as_str(), options).is_ok() {
            let _ = zip.write_all(body);
        }
    }
    zip.finish()
        .map(std::io::Cursor::into_inner)
        .unwrap_or_default()
}
