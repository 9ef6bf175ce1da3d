//! What tesseract says of a page, as lines and as how sure it is. It comes out of a room in which a picture may have taken it
//! over, so every line of it may be anything.

/// A word that it is less sure of is no word.
const WORD: f32 = 30.0;
/// One that it is at least so sure of was made out well.
const SURE: f32 = 60.0;

/// What was made out of one picture, or of one page of a PDF.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Look {
    /// The number of the picture.
    pub(super) picture: usize,
    /// The page, where it is one of a PDF.
    pub(super) page: u32,
    /// A picture may have several pages.
    pub(super) pages: Vec<Page>,
    /// tesseract came to a good end.
    ended: bool,
    /// Letters, and those of them that are sure.
    letters: usize,
    sure: usize,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Page {
    pub(super) lines: Vec<String>,
}

impl Look {
    /// Whether it can be taken for read: something was made out, and nearly all of it for sure. A picture without a word may be
    /// one whose words nobody made out.
    pub(super) fn is_good(&self) -> bool {
        self.ended && self.letters > 0 && self.sure * 10 >= self.letters * 8
    }
}

pub(super) fn looks(said: &str) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    // The page and line that the last word was in.
    let mut last: Option<(&str, &str, &str, &str)> = None;
    for line in said.lines() {
        if let Some(of) = line.strip_prefix("= ") {
            let mut numbers = of.split(' ').map(str::parse::<u32>);
            let (Some(Ok(picture)), Some(Ok(page))) = (numbers.next(), numbers.next()) else {
                continue;
            };
            looks.push(Look {
                picture: picture as usize,
                page,
                ..Look::default()
            });
            last = None;
            continue;
        }
        let Some(look) = looks.last_mut() else {
            continue;
        };
        if let Some(ended) = line.strip_prefix(". ") {
            look.ended = ended == "0";
            continue;
        }
        let cells: Vec<&str> = line.splitn(12, '\t').collect();
        let [
            level,
            page,
            block,
            paragraph,
            row,
            _,
            _,
            _,
            _,
            _,
            sure,
            text,
        ] = cells[..]
        else {
            continue;
        };
        let (text, Ok(sure)) = (text.trim(), sure.parse::<f32>()) else {
            continue;
        };
        // What is no number is no surer than nothing.
        if level != "5" || text.is_empty() || sure.is_nan() {
            continue;
        }
        let letters = text
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .count();
        look.letters += letters;
        if sure >= SURE {
            look.sure += letters;
        }
        if sure < WORD {
            continue;
        }
        let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
        let here = (page, block, paragraph, row);
        if look.pages.is_empty() || last.is_some_and(|(other, ..)| other != page) {
            look.pages.push(Page::default());
            last = None;
        }
        let Some(on) = look.pages.last_mut() else {
            continue;
        };
        match on.lines.last_mut() {
            Some(line) if last == Some(here) => {
                line.push(' ');
                line.push_str(&text);
            }
            _ => on.lines.push(text),
        }
        last = Some(here);
    }
    looks
}
