//! Rich text: every destination in it, headers and properties as what they are, and what is embedded.

use encoding_rs::{Encoding, WINDOWS_1252};

use super::gather::Gather;
use super::leftover::is_words;
use super::{find, image, nested, plain};
use crate::read::Control;
use crate::reading::{PieceKind, Why};

/// What a group is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text(PieceKind),
    Silent,
    Info,
    Property(&'static str),
    /// The name of a property of the organisation's own, and its value.
    OwnName,
    OwnValue,
    /// A variable: its name and what it says, each in a group.
    Variable,
    Object,
    /// Data of programs, in digits.
    Data,
    Picture,
    Beside,
}

#[derive(Debug, Clone, Copy)]
struct Group {
    place: Place,
    hidden: bool,
    deleted: bool,
    capitals: bool,
    instead: usize,
    /// Where its text began.
    from: usize,
}

/// What stands beside the text and neither belongs to its lines nor divides them: names of places and of people, numbers of lists.
const BESIDE: &[&str] = &[
    "bkmkstart",
    "atnid",
    "listtext",
    "pntext",
    "revtbl",
    "datafield",
    "stylesheet",
];

const SILENT: &[&str] = &[
    "fonttbl",
    "colortbl",
    "themedata",
    "colorschememapping",
    "latentstyles",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "xmlnstbl",
    "pict",
    "blipuid",
    "bkmkend",
    "atnref",
    "panose",
    "falt",
    "mmathPr",
    "fldtype",
    "objclass",
    "sp",
];

/// Destinations that older readers pass over, and that hold text.
const NEWER: &[&str] = &[
    "annotation",
    "userprops",
    "fldinst",
    "shpinst",
    "shptxt",
    "objdata",
    "footnote",
    "background",
    "header",
    "footer",
    "headerl",
    "headerr",
    "headerf",
    "footerl",
    "footerr",
    "footerf",
    "company",
    "manager",
    "category",
    "hlinkbase",
    "shppict",
    "nesttableprops",
    "docvar",
];

const INFO: &[&str] = &[
    "title",
    "subject",
    "author",
    "manager",
    "company",
    "operator",
    "category",
    "keywords",
    "comment",
    "doccomm",
    "hlinkbase",
];

pub(super) fn read(gather: &mut Gather<'_>, file: &[u8]) {
    let text = super::plain::decoded(&file[..file.len().min(64)]);
    let wide;
    let file = if !file.starts_with(b"{\\rtf") && text.contains("{\\rtf") && file.contains(&0) {
        wide = super::plain::decoded(file).into_bytes();
        &wide
    } else {
        &file[find(&file[..file.len().min(1024)], b"{\\rtf").unwrap_or(0)..]
    };
    gather.place("text", None);
    Reader {
        encoding: WINDOWS_1252,
        line: String::new(),
        hidden: String::new(),
        deleted: String::new(),
        kind: PieceKind::Body,
        value: String::new(),
        own: String::new(),
        object: Vec::new(),
        pictures: 0,
    }
    .go(gather, file);
}

struct Reader {
    encoding: &'static Encoding,
    line: String,
    hidden: String,
    deleted: String,
    kind: PieceKind,
    value: String,
    own: String,
    object: Vec<u8>,
    pictures: usize,
}

impl Reader {
    #[allow(clippy::too_many_lines, reason = "one state, and an arm for each mark")]
    fn go(&mut self, gather: &mut Gather<'_>, file: &[u8]) {
        let mut groups: Vec<Group> = Vec::new();
        let mut group = Group {
            place: Place::Text(PieceKind::Body),
            hidden: false,
            deleted: false,
            capitals: false,
            instead: 1,
            from: 0,
        };
        let mut at = 0;
        let mut skip = 0_usize;
        let mut ended = false;
        let mut ignorable = false;
        // Letters of one byte that stand beside each other are read together: some alphabets take two for one.
        let mut pending: Vec<u8> = Vec::new();
        while let Some(byte) = file.get(at).copied() {
            at += 1;
            let is_letter = !matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n');
            if is_letter {
                if skip > 0 {
                    skip -= 1;
                } else {
                    pending.push(byte);
                }
                continue;
            }
            if byte == b'\\' && file.get(at) == Some(&b'\'') {
                let (control, next) = Control::read(file, at);
                at = next;
                if let Control::Letter(letter) = control {
                    if skip > 0 {
                        skip -= 1;
                    } else {
                        pending.push(letter);
                    }
                }
                continue;
            }
            if !pending.is_empty() {
                let said = self
                    .encoding
                    .decode_without_bom_handling(&pending)
                    .0
                    .into_owned();
                self.say(gather, group, &said, &pending);
                pending.clear();
            }
            match byte {
                b'{' => {
                    if groups.len() > gather.limits().depth {
                        gather.missing("", Why::TooDeep);
                        break;
                    }
                    groups.push(group);
                    group.from = self.line.len();
                    skip = 0;
                }
                b'}' => {
                    self.end_group(gather, group, groups.last().copied());
                    let Some(outer) = groups.pop() else {
                        break;
                    };
                    group = outer;
                    skip = 0;
                    if groups.is_empty() {
                        ended = true;
                        break;
                    }
                }
                b'\\' => {
                    let (control, next) = Control::read(file, at);
                    at = next;
                    match control {
                        Control::Letter(letter) => {
                            if skip > 0 {
                                skip -= 1;
                            } else {
                                let letter = if letter == b'_' { b'-' } else { letter };
                                self.say(gather, group, &char::from(letter).to_string(), &[]);
                            }
                        }
                        Control::Ignorable => ignorable = true,
                        Control::Word("bin", number) => {
                            let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
                            let end = at.saturating_add(length).min(file.len());
                            if matches!(group.place, Place::Object | Place::Picture) {
                                self.object.extend_from_slice(&file[at..end]);
                            } else if plain::is_text(&file[at..end]) {
                                let said = plain::decoded(&file[at..end]);
                                gather.piece(PieceKind::Hidden, &said);
                            }
                            at = end;
                        }
                        Control::Word("u", number) => {
                            let code = number.unwrap_or(0).rem_euclid(65536);
                            let letter = u32::try_from(code)
                                .ok()
                                .and_then(char::from_u32)
                                .unwrap_or('\u{fffd}');
                            self.say(gather, group, letter.encode_utf8(&mut [0; 4]), &[]);
                            skip = group.instead;
                        }
                        Control::Word(word, number) => {
                            // What only newer readers know, and this one does not, is shown by nobody: it is in the file all the same.
                            let unknown = !NEWER.contains(&word)
                                && !SILENT.contains(&word)
                                && !BESIDE.contains(&word)
                                && word != "datastore";
                            if std::mem::take(&mut ignorable) && unknown {
                                self.begin(gather, &mut group, PieceKind::Hidden);
                            } else {
                                self.word(gather, &mut group, word, number);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if !pending.is_empty() && !ended {
            let said = self
                .encoding
                .decode_without_bom_handling(&pending)
                .0
                .into_owned();
            self.say(gather, group, &said, &pending);
        }
        self.end_line(gather);
        if !ended {
            gather.missing("", Why::Damaged("it ends in the middle".to_owned()));
        } else if file
            .get(at..)
            .is_some_and(|rest| rest.len() > 64 && rest.iter().any(u8::is_ascii_alphabetic))
        {
            nested(gather, "what follows the text", &file[at..]);
        }
    }

    fn word(
        &mut self,
        gather: &mut Gather<'_>,
        group: &mut Group,
        word: &str,
        number: Option<i64>,
    ) {
        match word {
            "ansicpg" => {
                if let Some(page) = number
                    && let Some(encoding) =
                        Encoding::for_label(format!("windows-{page}").as_bytes())
                {
                    self.encoding = encoding;
                }
            }
            "uc" => group.instead = usize::try_from(number.unwrap_or(1)).unwrap_or(1),
            "header" | "headerl" | "headerr" | "headerf" => {
                self.begin(gather, group, PieceKind::Header);
            }
            "footer" | "footerl" | "footerr" | "footerf" => {
                self.begin(gather, group, PieceKind::Footer);
            }
            "footnote" => self.begin(gather, group, PieceKind::Note),
            "annotation" => self.begin(gather, group, PieceKind::Comment),
            // What a field is made by, and what stands before the numbers of a list.
            "fldinst" | "leveltext" => self.begin(gather, group, PieceKind::Aside),
            "shptxt" => self.begin(gather, group, self.kind),
            "sv" => self.begin(gather, group, PieceKind::Watermark),
            "info" => group.place = Place::Info,
            "userprops" => group.place = Place::Silent,
            "propname" => {
                group.place = Place::OwnName;
                self.value.clear();
            }
            "staticval" => {
                group.place = Place::OwnValue;
                self.value.clear();
            }
            "objdata" => {
                group.place = Place::Object;
                self.object.clear();
            }
            "pict" => {
                self.pictures += 1;
                group.place = Place::Picture;
                self.object.clear();
            }
            "v" => group.hidden = number != Some(0),
            "deleted" => group.deleted = number != Some(0),
            "caps" | "scaps" => group.capitals = number != Some(0),
            "docvar" => {
                group.place = Place::Variable;
                self.value.clear();
            }
            "plain" => (group.hidden, group.deleted, group.capitals) = (false, false, false),
            "page" | "sect" => {
                self.end_line(gather);
                gather.unit();
            }
            _ if group.place == Place::Info => {
                if let Some(name) = INFO.iter().find(|name| **name == word) {
                    group.place = Place::Property(name);
                    self.value.clear();
                }
            }
            _ if SILENT.contains(&word) => group.place = Place::Silent,
            _ if BESIDE.contains(&word) => {
                group.place = Place::Beside;
                self.value.clear();
            }
            "datastore" => {
                group.place = Place::Data;
                self.object.clear();
            }
            "par" | "row" | "line" => {
                if let Place::Text(kind) = group.place {
                    if word == "row" && self.line.contains('\t') && kind == PieceKind::Body {
                        let line = std::mem::take(&mut self.line);
                        gather.piece(PieceKind::Cell, &line);
                    }
                    self.end_line(gather);
                    self.kind = kind;
                }
            }
            "tab" | "cell" | "nestcell" => self.say(gather, *group, "\t", &[]),
            "emdash" => self.say(gather, *group, "—", &[]),
            "endash" => self.say(gather, *group, "–", &[]),
            "lquote" => self.say(gather, *group, "‘", &[]),
            "rquote" => self.say(gather, *group, "’", &[]),
            "ldblquote" => self.say(gather, *group, "“", &[]),
            "rdblquote" => self.say(gather, *group, "”", &[]),
            "bullet" => self.say(gather, *group, "•", &[]),
            _ => {}
        }
    }

    fn begin(&mut self, gather: &mut Gather<'_>, group: &mut Group, kind: PieceKind) {
        self.end_line(gather);
        group.place = Place::Text(kind);
        self.kind = kind;
    }

    fn say(&mut self, gather: &mut Gather<'_>, group: Group, said: &str, raw: &[u8]) {
        let capitals;
        let said = if group.capitals {
            capitals = said.to_uppercase();
            &capitals
        } else {
            said
        };
        match group.place {
            Place::Text(kind) => {
                let kind = if group.deleted {
                    PieceKind::Deleted
                } else if group.hidden {
                    PieceKind::Hidden
                } else {
                    kind
                };
                // These neither hide in a word nor make one.
                if kind == PieceKind::Deleted {
                    self.deleted.push_str(said);
                } else if kind == PieceKind::Hidden {
                    self.hidden.push_str(said);
                } else {
                    if kind != self.kind {
                        self.end_line(gather);
                        self.kind = kind;
                    }
                    self.line.push_str(said);
                }
            }
            Place::Property(_)
            | Place::OwnName
            | Place::OwnValue
            | Place::Variable
            | Place::Beside => {
                self.value.push_str(said);
            }
            Place::Object | Place::Picture | Place::Data => {
                if self.object.len() < 64 * 1024 * 1024 {
                    self.object.extend_from_slice(raw);
                }
            }
            Place::Silent | Place::Info => {}
        }
    }

    fn end_line(&mut self, gather: &mut Gather<'_>) {
        let line = std::mem::take(&mut self.line);
        gather.piece(self.kind, &line);
        gather.piece(PieceKind::Hidden, &std::mem::take(&mut self.hidden));
        gather.piece(PieceKind::Deleted, &std::mem::take(&mut self.deleted));
    }

    fn end_group(&mut self, gather: &mut Gather<'_>, group: Group, outer: Option<Group>) {
        if outer.is_some_and(|outer| outer.place == group.place) {
            match group.place {
                Place::Variable => self.value.push('\t'),
                Place::Beside => self.value.push(';'),
                _ => {}
            }
            return;
        }
        match group.place {
            Place::Text(_) => self.end_line(gather),
            Place::Property(name) => gather.property("info", name, &self.value),
            Place::Variable => {
                let said = std::mem::take(&mut self.value);
                let (name, value) = said.split_once('\t').unwrap_or(("", &said));
                gather.property("variables", name, value);
                gather.piece(PieceKind::Hidden, value);
            }
            Place::OwnName => self.own = std::mem::take(&mut self.value),
            Place::OwnValue => gather.property("userprops", &self.own, &self.value),
            Place::Beside => {
                let said = std::mem::take(&mut self.value);
                for one in said.split(';').filter(|one| is_words(one)) {
                    let one = one.replace('_', " ");
                    gather.piece(PieceKind::Aside, one.trim());
                }
            }
            Place::Data => {
                let bytes = from_digits(&std::mem::take(&mut self.object));
                plain::strings(gather, &bytes);
                gather.place("text", None);
            }
            Place::Object => {
                let hexed = std::mem::take(&mut self.object);
                object(gather, &hexed);
            }
            Place::Picture => {
                let bytes = from_digits(&std::mem::take(&mut self.object));
                let name = format!("picture {}", self.pictures);
                if image::is_one(&bytes) {
                    gather.picture(&name, Why::Picture, &bytes);
                } else {
                    gather.missing(&name, Why::Picture);
                }
            }
            Place::Silent | Place::Info => {}
        }
        if let Some(Group {
            place: Place::Text(kind),
            ..
        }) = outer
        {
            self.kind = kind;
        }
    }
}

/// What is written in digits, or as it is.
fn from_digits(hexed: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = hexed
        .iter()
        .copied()
        .filter(u8::is_ascii_hexdigit)
        .collect();
    if digits.len() * 2 < hexed.len() {
        hexed.to_vec()
    } else {
        digits
            .chunks_exact(2)
            .filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())
            .collect()
    }
}

/// What is embedded: a file of its own behind a few words of OLE.
fn object(gather: &mut Gather<'_>, hexed: &[u8]) {
    let bytes = from_digits(hexed);
    for magic in [
        &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..],
        b"PK\x03\x04",
        b"%PDF-",
        b"{\\rtf",
    ] {
        if let Some(at) = find(&bytes, magic) {
            // How long it is stands before it; what follows is how it looks.
            let said = at.checked_sub(4).and_then(|before| bytes.get(before..at));
            let said = said.map_or(0, |four| {
                u32::from_le_bytes([four[0], four[1], four[2], four[3]]) as usize
            });
            let rest = &bytes[at..];
            let whole = if said > 64 { rest.get(..said) } else { None };
            nested(gather, "object", whole.unwrap_or(rest));
            return;
        }
    }
    super::plain::strings(gather, &bytes);
    gather.missing(
        "object",
        Why::NoReader("an object of another program".to_owned()),
    );
}
