//! What is left of a part in XML when its reader has read it: words in attributes, in elements that no reader knows, and in remarks.
//!
//! A marking may stand in the name of a bookmark, the title of a field, a connection, a filter or a style, and there are more places
//! of that kind than anybody lists. What is written as names in programs are, is passed by.

use std::collections::BTreeSet;

use super::gather::Gather;
use super::tree;
use crate::read::xml::Met;
use crate::reading::PieceKind;

/// What was found in a package that was not told before.
#[derive(Debug, Default)]
pub(super) struct Leftover {
    known: BTreeSet<String>,
    bytes: usize,
}

/// How many texts of a package are told, how long they are, and how many bytes they come to.
const MOST: usize = 10_000;
const LONGEST: usize = 2000;
const BYTES: usize = 1 << 20;
const FILES: usize = 100;

/// Elements that list what can be chosen, and the attributes in which they say it. None of it says what was chosen.
const CHOICES: &[&str] = &[
    "listItem",
    "listEntry",
    "option",
    "label",
    "item",
    "filter",
    "lsdException",
    "latentStyles",
];

/// Elements of which the text was read where they were met.
const READ: &[&str] = &[
    "t",
    "delText",
    "instrText",
    "v",
    "p",
    "h",
    "span",
    // Files in letters.
    "binary-data",
    "binData",
    "binaryData",
];

impl Leftover {
    /// Tells what was left of a part, of which all that was read was gathered since this mark.
    pub(super) fn tell(
        &mut self,
        gather: &mut Gather<'_>,
        name: &str,
        bytes: &[u8],
        mark: (usize, usize),
    ) {
        let mut found = Found::default();
        for part in without_cells(bytes) {
            // What is wrong with it was said where it was read.
            tree::look(gather, part, |met| found.meet(&met));
        }
        found.chosen();
        for bytes in std::mem::take(&mut found.files) {
            super::illustration(gather, "address", &bytes);
        }
        let told: BTreeSet<&str> = gather.since(mark).map(str::trim).collect();
        let all: Vec<(PieceKind, String)> = found
            .all
            .into_iter()
            .filter(|(_, said)| !told.contains(said.trim()))
            .collect();
        gather.place(&format!("names and words for programs ({name})"), None);
        for (kind, said) in all {
            if self.known.len() >= MOST || self.bytes > BYTES {
                return;
            }
            if self.known.insert(said.clone()) {
                self.bytes += said.len();
                gather.piece(kind, &said);
            }
        }
        gather.unit();
    }
}

/// A part without the cells of a sheet, of which there may be millions and which say nothing besides.
fn without_cells(bytes: &[u8]) -> Vec<&[u8]> {
    let begin = super::find(bytes, b"<sheetData");
    let end = super::find(bytes, b"</sheetData>");
    match (begin, end) {
        (Some(begin), Some(end)) if begin < end => vec![&bytes[..begin], &bytes[end + 12..]],
        _ => vec![bytes],
    }
}

#[derive(Debug, Default)]
struct Found {
    all: Vec<(PieceKind, String)>,
    open: Vec<String>,
    paragraphs: usize,
    choice: Vec<String>,
    /// Files that stand in addresses.
    files: Vec<Vec<u8>>,
}

impl Found {
    fn meet(&mut self, met: &Met<'_>) {
        match met {
            Met::Begin(element, attributes) => {
                let is_choice = CHOICES.contains(element);
                // Parts of the file are called as they are called; what lies elsewhere is a name that somebody gave.
                let is_inner =
                    *element == "Relationship" && attributes.get("TargetMode") != Some("External");
                let is_inner = is_inner || matches!(*element, "Override" | "Default");
                if !is_choice {
                    self.chosen();
                }
                for (key, said) in attributes.all() {
                    if self.files.len() < FILES
                        && let Some(bytes) = super::markup::in_address(said)
                    {
                        self.files.push(bytes);
                    }
                    // Of what can be chosen only what is chosen counts.
                    let is_chosen = attributes.get("current-selected") == Some("true");
                    if is_choice && !is_chosen {
                        if is_words(said) && self.choice.len() < MOST {
                            self.choice.push(said.to_owned());
                        }
                    } else if key != "xmlns" && !is_inner {
                        self.say(PieceKind::Aside, said);
                    }
                }
                self.paragraphs += usize::from(matches!(*element, "p" | "h"));
                self.open.push((*element).to_owned());
            }
            Met::End(element) => {
                self.paragraphs -=
                    usize::from(matches!(*element, "p" | "h") && self.paragraphs > 0);
                self.open.pop();
            }
            Met::Text(text) => {
                let within = self.open.last().map_or("", String::as_str);
                let is_read = READ.contains(&within)
                    || self.paragraphs > 0 && !matches!(within, "delInstrText" | "FieldCodes");
                let choice = (within == "formula1")
                    .then(|| text.trim().strip_prefix('"'))
                    .flatten();
                if let Some(choice) = choice {
                    let choice = choice.trim_end_matches('"').replace(',', "\t");
                    self.all.push((PieceKind::Cell, choice));
                } else if !is_read {
                    self.say(PieceKind::Aside, text);
                }
            }
            Met::Remark(text) => {
                for line in text.lines() {
                    self.say(PieceKind::Hidden, line);
                }
            }
        }
    }

    fn say(&mut self, kind: PieceKind, said: &str) {
        if self.all.len() >= MOST || said.len() > LONGEST || !is_words(said) {
            return;
        }
        let said = said.trim();
        // Names have no spaces in them.
        let said = if said.contains(char::is_whitespace) {
            said.to_owned()
        } else {
            said.trim_start_matches('_').replace('_', " ")
        };
        self.all.push((kind, said));
    }

    /// What can be chosen, as one piece.
    fn chosen(&mut self) {
        let choice = std::mem::take(&mut self.choice);
        if choice.len() > 1 {
            self.all.push((PieceKind::Cell, choice.join("\t")));
        }
    }
}

/// Whether a text may be words of people: it has four letters beside each other, not all of them small, and is no address of a
/// standard.
pub(super) fn is_words(said: &str) -> bool {
    const LETTERS: usize = 4;
    let mut run = 0;
    let mut longest = 0;
    let mut large = false;
    for letter in said.chars() {
        run = if letter.is_alphabetic() { run + 1 } else { 0 };
        longest = longest.max(run);
        large |= letter.is_uppercase() || letter.is_alphabetic() && !letter.is_lowercase();
    }
    longest >= LETTERS
        && large
        && !said.starts_with("http://schemas.")
        && !said.starts_with("http://www.w3.org/")
        && !said.starts_with("http://purl.o")
        && !said.starts_with("urn:")
        && !(said.starts_with('{') && said.ends_with('}') && said.len() == 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_people_are_told_from_those_of_programs() {
        for words in [
            "SECRET",
            "Top Secret",
            "x SECRET x",
            "秘密秘密",
            "Bookmark_SECRET",
        ] {
            assert!(is_words(words), "{words}");
        }
        for others in [
            "secret",
            "auto",
            "00A1B2C3",
            "urn:SCHEMA",
            "http://schemas.x/SECRET",
            "S",
            "",
            "{0F3C0000-ABCD-ABCD-ABCD-ABCDABCDABCD}",
        ] {
            assert!(!is_words(others), "{others}");
        }
    }
}
