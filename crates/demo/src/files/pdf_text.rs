//! How wide text is in Helvetica, and how it is written in `WinAnsiEncoding` (ISO 32000-1, annex D).

/// One of the fourteen fonts that every PDF reader has.
#[derive(Clone, Copy)]
pub(super) struct Face {
    /// Its name in a page's resources.
    pub(super) name: &'static [u8],
    /// Its own name.
    pub(super) font: &'static [u8],
    /// The widths of the letters from space to tilde, in thousandths of the size.
    widths: [u16; 95],
}

pub(super) const PLAIN: Face = Face {
    name: b"F1",
    font: b"Helvetica",
    #[rustfmt::skip]
    widths: [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
        556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
        667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
        556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
    ],
};

pub(super) const BOLD: Face = Face {
    name: b"F2",
    font: b"Helvetica-Bold",
    #[rustfmt::skip]
    widths: [
        278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
        556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
        667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611,
        611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
    ],
};

/// The width of a line of text in points.
pub(super) fn wide(text: &str, face: Face, size: f32) -> f32 {
    let width = |letter: char| match letter {
        ' '..='~' => face.widths[letter as usize - 32],
        '’' | '‘' | '·' => 278,
        '“' | '”' => 400,
        // Accented letters are as wide as the letters below the accents, near enough.
        _ => 556,
    };
    text.chars()
        .map(|letter| f32::from(width(letter)))
        .sum::<f32>()
        * size
        / 1000.0
}

/// The text in lines no wider than `room`; a word that is wider by itself stands alone.
pub(super) fn wrap(text: &str, face: Face, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer.filter(|longer| wide(longer, face, size) <= room) {
            Some(longer) => *lines.last_mut().expect("there is a line to lengthen") = longer,
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The text in `WinAnsiEncoding`; what that cannot say becomes a question mark.
pub(super) fn winansi(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(letter).unwrap_or(b'?'),
        '€' => 0x80,
        '…' => 0x85,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}
