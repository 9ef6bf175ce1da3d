//! The text of a PDF (ISO 32000), page by page.

use super::lines::within;
use crate::failure::Told;
use crate::{Limits, Text};

pub(super) fn text(file: &[u8], limits: &Limits) -> Result<Text, Told> {
    let found = pdf_extract::extract_text_from_mem(file).map_err(Told::unreadable)?;
    let mut text = String::new();
    for line in found.lines().map(str::trim_end) {
        // Where it leaves room on the page, the reader gives several empty lines.
        if line.is_empty() && (text.is_empty() || text.ends_with("\n\n")) {
            continue;
        }
        text.push_str(line);
        text.push('\n');
        if text.len() > limits.text {
            return Ok(Text {
                text: within(&text, limits.text).to_owned(),
                truncated: true,
            });
        }
    }
    // Pages that are pictures, as scanners make them.
    if text.trim().is_empty() {
        return Err(Told::NotText);
    }
    Ok(Text {
        text,
        truncated: false,
    })
}
