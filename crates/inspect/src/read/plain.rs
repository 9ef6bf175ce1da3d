//! Files that are text: whatever letters they are written in.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::lines::within;
use crate::{Limits, Text};

/// The text of a file: by its byte order mark, else as UTF-8, else as what Windows wrote before that.
pub(super) fn text(file: &[u8], limits: &Limits) -> Text {
    // Nothing takes less than half a byte of file for a byte of text; decoding more would only be thrown away.
    let most = limits.text.saturating_mul(2).saturating_add(4);
    let part = &file[..file.len().min(most)];
    let encoding = Encoding::for_bom(part).map_or_else(
        || match std::str::from_utf8(part) {
            Ok(_) => UTF_8,
            Err(error) if error.error_len().is_none() && part.len() < file.len() => UTF_8,
            Err(_) => WINDOWS_1252,
        },
        |(encoding, _)| encoding,
    );
    let (decoded, _, _) = encoding.decode(part);
    let decoded = decoded.replace("\r\n", "\n").replace('\r', "\n");
    // A page cannot hold it, and a letter that ends texts elsewhere is not one here.
    let decoded = decoded.replace('\0', "\u{fffd}");
    let kept = within(&decoded, limits.text);
    Text {
        truncated: kept.len() < decoded.len() || part.len() < file.len(),
        text: kept.to_owned(),
    }
}

/// The first rows of a table, and whether there are more. Whichever of comma, semicolon and tab its first line has most of
/// stands between cells.
pub(super) fn rows(text: &str, most: usize) -> (Vec<Vec<String>>, bool) {
    let first = text.lines().next().unwrap_or_default();
    let between = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|mark| first.bytes().filter(|byte| byte == mark).count())
        .filter(|mark| first.as_bytes().contains(mark))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(between)
        .from_reader(text.as_bytes());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in reader.records() {
        let Ok(row) = row else { break };
        if rows.len() == most {
            return (rows, true);
        }
        rows.push(row.iter().map(str::to_owned).collect());
    }
    (rows, false)
}
