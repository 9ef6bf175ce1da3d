//! Rich text (RTF): its words without what dresses them.

use encoding_rs::{Encoding, WINDOWS_1252};

use super::lines::{Lines, Stop};
use crate::Limits;
use crate::failure::Told;

/// Groups that hold no text of the document.
const SILENT: &[&str] = &[
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "themedata",
    "colorschememapping",
    "datastore",
    "latentstyles",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "xmlnstbl",
    "fldinst",
];

#[derive(Debug, Clone, Copy)]
struct Group {
    silent: bool,
    /// How many letters stand after a `\u` for readers that do not know it.
    instead: usize,
}

pub(super) fn text(file: &[u8], limits: &Limits, lines: &mut Lines) -> Result<(), Stop> {
    let mut groups: Vec<Group> = Vec::new();
    let mut group = Group {
        silent: false,
        instead: 1,
    };
    let mut encoding = WINDOWS_1252;
    let mut at = 0;
    // Letters that stand for one that was said already.
    let mut skip = 0_usize;
    while let Some(byte) = file.get(at).copied() {
        at += 1;
        match byte {
            b'{' => {
                if groups.len() > limits.depth {
                    return Err(Told::unreadable("its groups lie too deep in each other").into());
                }
                groups.push(group);
                skip = 0;
            }
            b'}' => {
                group = groups
                    .pop()
                    .ok_or_else(|| Told::unreadable("it ends before it ends"))?;
                skip = 0;
                if groups.is_empty() {
                    return Ok(());
                }
            }
            b'\\' => {
                let (control, next) = Control::read(file, at);
                at = next;
                match control {
                    Control::Letter(letter) if skip == 0 && !group.silent => {
                        let (said, _, _) = encoding.decode(std::slice::from_ref(&letter));
                        lines.push(&said)?;
                    }
                    Control::Letter(_) => skip = skip.saturating_sub(1),
                    Control::Ignorable => group.silent = true,
                    Control::Word(word, number) => match word {
                        word if SILENT.contains(&word) => group.silent = true,
                        "ansicpg" => encoding = of_page(number).unwrap_or(encoding),
                        "uc" => group.instead = usize::try_from(number.unwrap_or(1)).unwrap_or(1),
                        "bin" => {
                            at = at
                                .saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0));
                        }
                        _ if group.silent => {}
                        "par" | "line" | "row" | "sect" | "page" => lines.end()?,
                        "tab" | "cell" => lines.push("\t")?,
                        "emdash" => lines.push("—")?,
                        "endash" => lines.push("–")?,
                        "lquote" => lines.push("‘")?,
                        "rquote" => lines.push("’")?,
                        "ldblquote" => lines.push("“")?,
                        "rdblquote" => lines.push("”")?,
                        "bullet" => lines.push("•")?,
                        "u" => {
                            // Written as a number of 16 bits with a sign.
                            let code = number.unwrap_or(0).rem_euclid(65536);
                            let letter = u32::try_from(code).ok().and_then(char::from_u32);
                            lines.push(letter.unwrap_or('\u{fffd}').encode_utf8(&mut [0; 4]))?;
                            skip = group.instead;
                        }
                        _ => {}
                    },
                }
            }
            b'\r' | b'\n' => {}
            _ if group.silent => {}
            _ if skip > 0 => skip -= 1,
            letter => {
                let (said, _, _) = encoding.decode(std::slice::from_ref(&letter));
                lines.push(&said)?;
            }
        }
    }
    Err(Told::unreadable("it ends in the middle").into())
}

pub(crate) enum Control<'a> {
    Word(&'a str, Option<i64>),
    Letter(u8),
    /// What only newer readers know begins so.
    Ignorable,
}

impl<'a> Control<'a> {
    /// What follows a backslash, and where it ends.
    pub(crate) fn read(file: &'a [u8], at: usize) -> (Self, usize) {
        let rest = &file[at.min(file.len())..];
        let letters = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        if letters == 0 {
            return match rest {
                [b'*', ..] => (Self::Ignorable, at + 1),
                [b'\'', high, low, ..] => {
                    let digits = [*high, *low];
                    let byte = std::str::from_utf8(&digits)
                        .ok()
                        .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                    (Self::Letter(byte.unwrap_or(b'?')), at + 3)
                }
                [b'~', ..] => (Self::Letter(b' '), at + 1),
                [b'\n' | b'\r', ..] => (Self::Word("par", None), at + 1),
                [other, ..] => (Self::Letter(*other), at + 1),
                [] => (Self::Letter(b' '), at),
            };
        }
        let word = std::str::from_utf8(&rest[..letters]).unwrap_or_default();
        let signed = usize::from(rest.get(letters) == Some(&b'-'));
        let digits = rest[letters + signed..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (number, mut end) = if digits == 0 {
            (None, letters)
        } else {
            let end = letters + signed + digits;
            let number = std::str::from_utf8(&rest[letters..end]).unwrap_or_default();
            (number.parse().ok(), end)
        };
        // One space belongs to the word.
        end += usize::from(rest.get(end) == Some(&b' '));
        (Self::Word(word, number), at + end)
    }
}

/// The letters of a page of Windows.
fn of_page(number: Option<i64>) -> Option<&'static Encoding> {
    Encoding::for_label(format!("windows-{}", number?).as_bytes())
}
