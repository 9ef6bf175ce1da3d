//! What folders and documents may be called, and what they are called when a name is taken.

use unicode_normalization::UnicodeNormalization as _;

use crate::people::text::{LONGEST_TEXT, clean_name, clean_text, name_key};
use crate::{Error, Problems, Result};

use super::LibraryForm;

/// The longest name of a folder or document, in bytes of UTF-8: what the file systems of people's
/// machines can hold.
pub(crate) const LONGEST: usize = 255;

/// The name of a folder or document, and by what it is compared: one letter looks like another
/// whether it is a capital or not, and however it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemName {
    pub(crate) name: String,
    pub(crate) key: String,
}

/// A name that somebody typed: the space around it is not meant.
pub(crate) fn typed_name(text: &str) -> Result<ItemName> {
    item_name(text.trim())
}

/// A name as a file has it. What a machine could not save, or what would mislead, is refused.
pub(crate) fn item_name(text: &str) -> Result<ItemName> {
    let name: String = text.nfc().collect();
    let key = name_key(&name);
    match unfit(&name, &key) {
        None => Ok(ItemName { name, key }),
        Some(why) => Err(Error::invalid("name", why)),
    }
}

fn unfit(name: &str, key: &str) -> Option<String> {
    if name.trim().is_empty() {
        return Some("Enter a name".to_owned());
    }
    let shown = shown(name);
    if name.len() > LONGEST {
        return Some(format!(
            "“{shown}” is too long. A name can have up to 255 letters, fewer where they are accented or not Latin"
        ));
    }
    if name.chars().any(misleads) {
        return Some(format!(
            "“{shown}” contains characters that cannot be seen or that turn the direction of the text. Type the name again without them"
        ));
    }
    if name == "." || name == ".." {
        return Some(format!("“{shown}” is not a name. Enter another"));
    }
    if let Some(letter) = name.chars().find(|letter| r#"/\<>:"|?*"#.contains(*letter)) {
        return Some(format!(
            "“{shown}” contains {letter} and not every computer can save that. Use another character"
        ));
    }
    if name.trim() != name {
        return Some(format!(
            "“{shown}” begins or ends with a space and not every computer can save that. Remove the space"
        ));
    }
    if name.ends_with('.') {
        return Some(format!(
            "“{shown}” ends with a full stop and not every computer can save that. Remove it"
        ));
    }
    if is_reserved(name) {
        return Some(format!(
            "“{shown}” is a name that Windows keeps for itself. Use another"
        ));
    }
    key.is_empty()
        .then(|| "Enter a name that can be seen".to_owned())
}

/// Cannot be seen and is not part of a word, or turns the direction of the text, so that
/// `exe.fdp` is read as `pdf.exe` (CVE-2021-42574).
fn misleads(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The devices of MS-DOS, with any extension, as Windows still has them.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_uppercase();
    match stem.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" => true,
        port => port
            .strip_prefix("COM")
            .or_else(|| port.strip_prefix("LPT"))
            .is_some_and(|number| {
                let mut letters = number.chars();
                matches!(letters.next(), Some('1'..='9' | '¹' | '²' | '³'))
                    && letters.next().is_none()
            }),
    }
}

/// A name inside a sentence: short enough, and without what would disturb the sentence.
pub(crate) fn shown(name: &str) -> String {
    const ENOUGH: usize = 80;
    let mut letters = name.chars().filter(|letter| !misleads(*letter));
    let mut shown: String = letters.by_ref().take(ENOUGH).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// The name under which something comes back from the recycle bin when its own is taken:
/// "Return (restored).xlsx", then "Return (restored 2).xlsx".
pub(super) fn restored_name(
    name: &str,
    is_document: bool,
    taken: impl Fn(&str) -> bool,
) -> ItemName {
    let (stem, extension) = if is_document { split(name) } else { (name, "") };
    let mut count = 1_u32;
    loop {
        let mark = match count {
            1 => " (restored)".to_owned(),
            again => format!(" (restored {again})"),
        };
        let mut stem = stem.to_owned();
        while stem.len() + mark.len() + extension.len() > LONGEST {
            stem.pop();
        }
        let name = format!("{stem}{mark}{extension}");
        let key = name_key(&name);
        if !taken(&key) {
            return ItemName { name, key };
        }
        count += 1;
    }
}

/// A name beside one that is used: "Return (2).xlsx".
pub(crate) fn beside_name(name: &str, number: u32) -> String {
    let (stem, extension) = split(name);
    let mark = format!(" ({number})");
    let mut stem = stem.to_owned();
    while stem.len() + mark.len() + extension.len() > LONGEST && stem.pop().is_some() {}
    format!("{stem}{mark}{extension}")
}

/// The name before its extension, and the extension with its full stop.
fn split(name: &str) -> (&str, &str) {
    const LONGEST_EXTENSION: usize = 16;
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= LONGEST_EXTENSION => name.split_at(at),
        _ => (name, ""),
    }
}

/// What kind of content a document of this name has (RFC 6838).
pub(crate) fn media_type(name: &str) -> String {
    mime_guess::from_path(name)
        .first_raw()
        .unwrap_or("application/octet-stream")
        .to_owned()
}

/// What was said of a library, in order.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) purpose: String,
}

pub(super) fn library(form: &LibraryForm) -> Result<Said> {
    let mut problems = Problems::new();
    let name = clean_name(&form.name).unwrap_or_else(|unfit| {
        problems.add("name", unfit);
        String::new()
    });
    let purpose = clean_text(&form.purpose, LONGEST_TEXT).unwrap_or_else(|unfit| {
        problems.add("purpose", unfit);
        String::new()
    });
    problems.check()?;
    let key = name_key(&name);
    Ok(Said { name, key, purpose })
}

/// Folders one inside the other, as a line of text.
pub(super) fn inside(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        ("", only) | (only, "") => only.to_owned(),
        _ => format!("{outer} / {inner}"),
    }
}

/// Where something is, in a sentence of the journal.
pub(super) fn place_name(path: &str) -> String {
    if path.is_empty() {
        "the top of the library".to_owned()
    } else {
        path.to_owned()
    }
}
