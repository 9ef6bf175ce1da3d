//! What is gathered while reading, within the limits on how much, how deep and how large.

use crate::Limits;
use crate::reading::{Inner, Missing, Piece, PieceKind, Place, Property, Reading, Why};
use crate::recogniser::{Picture, Shown};

/// How many lines at the beginning and end of a page are its top and bottom.
const EDGE: usize = 3;
/// What a piece or a property costs beside its text.
const COST: usize = 48;
/// How many things that were not read are told one by one.
const MISSING: usize = 200;

pub(super) struct Gather<'a> {
    limits: &'a Limits,
    reading: Reading,
    /// Files that are open, the outermost first.
    open: Vec<usize>,
    line: u32,
    /// Where the page began that is being read.
    unit: usize,
    /// Letters that each stand alone in a paragraph, a line or a cell below the one before.
    letters: String,
    /// How much text may still be gathered.
    text: usize,
    /// How much may still be unpacked.
    unpacked: u64,
    full: bool,
    /// What is read is not what the file says now, but what it said before.
    earlier: bool,
    /// Pictures that are handed over, and how many more may be: of these, of pages of one PDF, of bytes.
    pictures: Vec<Picture>,
    /// The number of what was last said not to have been read.
    told: Option<usize>,
    room: Option<(usize, usize, u64)>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            reading: Reading::default(),
            open: Vec::new(),
            line: 0,
            unit: 0,
            letters: String::new(),
            text: limits.scan,
            unpacked: limits.unpacked,
            full: false,
            earlier: false,
            pictures: Vec::new(),
            told: None,
            room: None,
        }
    }

    /// What was not read because it is a picture is handed over, up to so many.
    pub(super) fn hand_over(&mut self, room: Option<(usize, usize, u64)>) {
        self.room = room;
    }

    pub(super) fn hands_over(&self) -> bool {
        self.room.is_some()
    }

    /// What is read from here on is what the file said before it was changed, or no more.
    pub(super) fn earlier(&mut self, earlier: bool) {
        self.unit();
        self.earlier = earlier;
    }

    pub(super) fn is_earlier(&self) -> bool {
        self.earlier
    }

    /// Pieces that were gathered since there were so many, and properties.
    pub(super) fn since(&self, (pieces, properties): (usize, usize)) -> impl Iterator<Item = &str> {
        let pieces = self.reading.pieces.iter().skip(pieces);
        let properties = self.reading.properties.iter().skip(properties);
        pieces
            .map(|one| one.text.as_str())
            .chain(properties.map(|one| one.value.as_str()))
    }

    /// How many pieces and properties there are.
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.reading.pieces.len(), self.reading.properties.len())
    }

    pub(super) fn limits(&self) -> &'a Limits {
        self.limits
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(super) fn files(&self) -> usize {
        self.reading.files.len()
    }

    pub(super) fn file(&self) -> usize {
        self.open.last().copied().unwrap_or(0)
    }

    /// Begins a file. Its name is text too.
    pub(super) fn enter(&mut self, name: &str, within: Option<usize>) -> usize {
        self.unit();
        self.reading.files.push(Inner {
            name: name.chars().take(300).collect(),
            within,
            read_as: String::new(),
        });
        self.open.push(self.reading.files.len() - 1);
        self.place("name", None);
        let (folder, file) = name.rsplit_once(['/', '\\']).unwrap_or(("", name));
        if !folder.is_empty() {
            self.piece(
                PieceKind::FolderName,
                folder.rsplit(['/', '\\']).next().unwrap_or(folder),
            );
            for above in folder.split(['/', '\\']).rev().skip(1).take(8) {
                self.piece(PieceKind::FolderName, above);
            }
        }
        self.piece(PieceKind::FileName, file);
        self.place("", None);
        self.open.len()
    }

    /// Ends the file that was begun as this one, and whatever was left open in it.
    pub(super) fn leave(&mut self, entered: usize) {
        self.unit();
        self.open.truncate(entered.saturating_sub(1));
        self.place("", None);
    }

    pub(super) fn read_as(&mut self, kind: &str) {
        let file = self.file();
        if let Some(inner) = self.reading.files.get_mut(file) {
            kind.clone_into(&mut inner.read_as);
        }
    }

    /// Says where the next pieces are. Lines are counted from there.
    pub(super) fn place(&mut self, part: &str, page: Option<u32>) {
        self.unit();
        self.line = 0;
        let before = if self.earlier { "earlier state: " } else { "" };
        let place = Place {
            part: before.chars().chain(part.chars()).take(200).collect(),
            page,
            recognised: false,
        };
        if self.reading.places.last() != Some(&place) {
            self.reading.places.push(place);
        }
    }

    /// A page ends here: what was read of it has a top and a bottom.
    pub(super) fn unit(&mut self) {
        self.spell();
        let from = self.unit.min(self.reading.pieces.len());
        let on_page: Vec<usize> = (from..self.reading.pieces.len())
            .filter(|at| {
                matches!(
                    self.reading.pieces[*at].kind,
                    PieceKind::Body | PieceKind::Cell | PieceKind::Hidden | PieceKind::Deleted
                )
            })
            .collect();
        for at in on_page.iter().take(EDGE) {
            self.reading.pieces[*at].top = true;
        }
        for at in on_page.iter().rev().take(EDGE) {
            self.reading.pieces[*at].bottom = true;
        }
        self.unit = self.reading.pieces.len();
    }

    pub(super) fn piece(&mut self, kind: PieceKind, text: &str) {
        let line = self.next_line();
        self.piece_at(kind, line, text);
    }

    /// The number of the next line, for what stands in it in several pieces.
    pub(super) fn next_line(&mut self) -> u32 {
        self.line = self.line.saturating_add(1);
        self.line
    }

    pub(super) fn piece_at(&mut self, kind: PieceKind, line: u32, text: &str) {
        let text = text.trim_matches(|letter: char| {
            letter.is_whitespace() || letter == '\0' || letter == '\u{feff}'
        });
        if text.is_empty() {
            return;
        }
        let mut all = text.chars();
        match (all.next(), all.next()) {
            (Some(letter), None) if letter.is_alphabetic() => self.letters.push(letter),
            _ => self.spell(),
        }
        self.put(kind, line, text);
    }

    /// What letters spell that stand below each other.
    fn spell(&mut self) {
        const FEWEST: usize = 5;
        let letters = std::mem::take(&mut self.letters);
        if letters.chars().count() < FEWEST {
            return;
        }
        if let Some(last) = self.reading.pieces.last() {
            let (kind, line) = (last.kind, last.line);
            self.put(kind, line, &letters);
        }
    }

    fn put(&mut self, kind: PieceKind, line: u32, text: &str) {
        if !self.take(text.len()) {
            return;
        }
        let kind = if self.earlier {
            PieceKind::Deleted
        } else {
            kind
        };
        let text = if text
            .contains(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\t'))
        {
            text.chars()
                .map(|letter| {
                    if letter.is_control() && !matches!(letter, '\n' | '\t') {
                        ' '
                    } else {
                        letter
                    }
                })
                .collect()
        } else {
            text.to_owned()
        };
        self.reading.pieces.push(Piece {
            file: self.open.last().copied().unwrap_or(0),
            place: self.reading.places.len().saturating_sub(1),
            line,
            kind,
            top: false,
            bottom: false,
            text,
        });
    }

    pub(super) fn property(&mut self, part: &str, name: &str, value: &str) {
        let value = value.trim_matches(|letter: char| letter.is_whitespace() || letter == '\0');
        if self.earlier {
            self.piece(PieceKind::Deleted, value);
            return;
        }
        if value.is_empty() || !self.take(value.len() + name.len()) {
            return;
        }
        let clean = |text: &str, most: usize| -> String {
            text.chars()
                .take(most)
                .map(|letter| {
                    if letter.is_control() && letter != '\n' {
                        ' '
                    } else {
                        letter
                    }
                })
                .collect()
        };
        self.reading.properties.push(Property {
            file: self.file(),
            part: clean(part, 200),
            name: clean(name, 200),
            value: clean(value, 20_000),
        });
    }

    pub(super) fn missing(&mut self, part: &str, why: Why) {
        let file = self.file();
        self.missing_of(file, part, why);
    }

    /// A picture whose words are not read.
    pub(super) fn picture(&mut self, part: &str, why: Why, bytes: &[u8]) {
        self.missing(part, why);
        if let Some(missing) = self.told {
            self.keep(bytes, Shown::Picture(missing));
        }
    }

    /// The number of what was just said not to have been read, if it was told by itself.
    pub(super) fn told(&self) -> Option<usize> {
        self.told
    }

    /// Pages of a PDF that are not read, with the numbers as which that was told.
    pub(super) fn pages(&mut self, mut pages: Vec<(u32, usize)>, pdf: &[u8]) {
        pages.truncate(self.room.map_or(0, |(_, pages, _)| pages));
        if !pages.is_empty() {
            self.keep(pdf, Shown::Pages(pages));
        }
    }

    fn keep(&mut self, bytes: &[u8], shown: Shown) {
        let Some((pictures, pages, left)) = self.room else {
            return;
        };
        let left = left.checked_sub(bytes.len() as u64);
        if let (Some(pictures), Some(left)) = (pictures.checked_sub(1), left) {
            self.room = Some((pictures, pages, left));
            self.pictures.push(Picture {
                bytes: bytes.to_vec(),
                shown,
            });
        }
    }

    pub(super) fn pictures(&mut self) -> Vec<Picture> {
        std::mem::take(&mut self.pictures)
    }

    fn missing_of(&mut self, file: usize, part: &str, why: Why) {
        self.told = None;
        if self.reading.missing.len() >= MISSING {
            return;
        }
        let why = match why {
            Why::Damaged(why) => Why::Damaged(why.chars().take(200).collect()),
            other => other,
        };
        let missing = Missing {
            file,
            part: part.chars().take(200).collect(),
            why,
        };
        if self.reading.missing.last() != Some(&missing) {
            self.reading.missing.push(missing);
        }
        self.told = Some(self.reading.missing.len() - 1);
    }

    /// Whether there is room for more text; where there is not, that is told once.
    fn take(&mut self, bytes: usize) -> bool {
        if self.full {
            return false;
        }
        if let Some(left) = self.text.checked_sub(bytes + COST) {
            self.text = left;
            return true;
        }
        self.full = true;
        // There is always room for it.
        let file = self.file();
        self.reading.missing.truncate(MISSING - 1);
        self.missing_of(file, "", Why::TooLarge);
        false
    }

    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// How much may still be unpacked.
    pub(super) fn left(&self) -> u64 {
        self.unpacked
    }

    /// Counts what was unpacked; nothing when it was too much.
    pub(super) fn unpacked(&mut self, bytes: u64) -> Option<()> {
        let left = self.unpacked.checked_sub(bytes);
        self.unpacked = left.unwrap_or(0);
        left.map(|_| ())
    }

    /// Reads to the end of what is unpacked, and no further than may be.
    pub(super) fn unpack(&mut self, from: impl std::io::Read) -> Result<Vec<u8>, (Vec<u8>, Why)> {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        let outcome = from.take(self.unpacked + 1).read_to_end(&mut bytes);
        if self.unpacked(bytes.len() as u64).is_none() {
            return Err((bytes, Why::TooLarge));
        }
        match outcome {
            Ok(_) => Ok(bytes),
            Err(error) => Err((bytes, Why::Damaged(error.to_string()))),
        }
    }

    pub(super) fn done(mut self) -> Reading {
        self.unit();
        if self.reading.places.is_empty() {
            self.reading.places.push(Place::default());
        }
        self.reading
    }
}
