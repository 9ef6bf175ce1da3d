//! Filling in the templates of `content.txt`. The letters that begin each line and the words in braces are explained at
//! the head of that file.

use jiff::ToSpan;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Spec;
use super::paper::{Block, Chart, Paper, Table, pounds};
use crate::people::{ORGANISATIONS, PEOPLE};
use crate::tables::rows;
use crate::times::{DAY, long, month};

const CONTENT: &str = include_str!("../../data/content.txt");

const PLACES: [&str; 8] = [
    "14 Tarn Street",
    "Quay Court",
    "Fellgate House",
    "3 Millrace Row",
    "Harrow Lodge",
    "Saltby Rooms",
    "Bracken Hall",
    "Lantern Yard",
];

/// Fills in the template of the subject.
pub(super) fn compose<'a>(spec: &'a Spec, rng: &mut ChaCha8Rng) -> Paper<'a> {
    let template = CONTENT.split("\n== ").skip(1).find_map(|part| {
        let (subject, lines) = part.split_once('\n')?;
        (subject.trim() == spec.subject).then_some(lines)
    });
    let template =
        template.unwrap_or_else(|| panic!("content.txt has no subject {}", spec.subject));
    let letters = [rng.random_range('A'..='W'), rng.random_range('A'..='W')];
    let case = spec
        .case
        .clone()
        .unwrap_or_else(|| format!("Case {}", 2031 + rng.random_range(0..14) * 3));
    let mut blocks = Vec::new();
    for line in template
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        // Every line has a seed of its own, so that what one version adds to a line moves no other.
        let seed = rng.next_u64();
        let mut pen = Pen {
            spec,
            initials: format!("{}.{}.", letters[0], letters[1]),
            case: case.clone(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            seed,
            row: None,
            numbers: Vec::new(),
            money: false,
            spans: 0,
            used: 0,
            person: None,
        };
        pen.line(line, &mut blocks);
    }
    Paper { spec, blocks }
}

/// Fills in one line.
struct Pen<'a> {
    spec: &'a Spec,
    initials: String,
    case: String,
    rng: ChaCha8Rng,
    seed: u64,
    /// The row of a table or chart that is being filled.
    row: Option<usize>,
    /// The numbers of the row so far, and whether they are money.
    numbers: Vec<u32>,
    money: bool,
    /// How many rows the first version has: months are counted back from there.
    spans: usize,
    /// How many choices the row has made so far: each column turns through its list by itself.
    used: u64,
    /// The person named last, whose organisation `{org}` then is.
    person: Option<usize>,
}

impl Pen<'_> {
    fn line(&mut self, line: &str, blocks: &mut Vec<Block>) {
        let (letter, rest) = line.split_once(' ').unwrap_or((line, ""));
        match letter {
            "h" => blocks.push(Block::Heading(self.fill(rest))),
            "p" => blocks.extend(self.several(rest).into_iter().map(Block::Text)),
            "b" => blocks.push(Block::Bullets(self.several(rest))),
            "t" | "T" => blocks.push(Block::Table(self.table(rest, letter == "T"))),
            "c" => blocks.push(Block::Chart(self.chart(rest))),
            _ => panic!("content.txt: a line begins with {letter}"),
        }
    }

    /// Some of the alternatives, in their own order; each version of a growing line has one more.
    fn several(&mut self, rest: &str) -> Vec<String> {
        let (count, alternatives) = rest.split_once(' ').expect("content.txt writes how many");
        let growing = count.strip_suffix('+');
        let count: usize = growing
            .unwrap_or(count)
            .parse()
            .expect("content.txt writes how many");
        let count = count + growing.map_or(0, |_| self.spec.version - 1);
        let alternatives: Vec<&str> = alternatives.split(" ~ ").map(str::trim).collect();
        let mut order: Vec<usize> = (0..alternatives.len()).collect();
        order.shuffle(&mut self.rng);
        // Filled before they are cut, so that the earlier ones read the same in every version.
        let filled: Vec<(usize, String)> = order
            .into_iter()
            .map(|i| (i, self.fill(alternatives[i])))
            .collect();
        let mut chosen: Vec<(usize, String)> = filled.into_iter().take(count).collect();
        chosen.sort();
        chosen.into_iter().map(|(_, text)| text).collect()
    }

    fn table(&mut self, rest: &str, totals: bool) -> Table {
        let parts: Vec<&str> = rest.split(" :: ").map(str::trim).collect();
        let [caption, heads, cells, count] = parts[..] else {
            panic!("content.txt: a table has four parts: {rest}")
        };
        let (base, more) = count
            .split_once('+')
            .expect("content.txt writes rows as 5+1");
        let base: usize = base.parse().expect("content.txt writes rows as 5+1");
        let more: usize = more.parse().expect("content.txt writes rows as 5+1");
        self.spans = base;
        let heads = cut(heads);
        let mut rows = Vec::new();
        for row in 0..base + more * (self.spec.version - 1) {
            (self.row, self.used, self.person) = (Some(row), 0, None);
            self.numbers.clear();
            // Filled before it is cut into cells, since one choice may fill two of them.
            let filled = self.fill(cells);
            let filled = cut(&filled);
            assert!(
                filled.len() == heads.len(),
                "content.txt: {caption} has a row of {filled:?}"
            );
            rows.push(filled);
        }
        Table {
            caption: caption.to_owned(),
            heads,
            rows,
            totals,
        }
    }

    fn chart(&mut self, rest: &str) -> Chart {
        let parts: Vec<&str> = rest.split(" :: ").map(str::trim).collect();
        let [title, label, range, count] = parts[..] else {
            panic!("content.txt: a chart has four parts: {rest}")
        };
        let (low, high) = bounds(range);
        self.spans = count.parse().expect("content.txt writes how many bars");
        let mut bars = Vec::new();
        for row in 0..self.spans {
            (self.row, self.used) = (Some(row), 0);
            bars.push((self.fill(label), self.rng.random_range(low..=high)));
        }
        self.row = None;
        Chart {
            title: self.fill(title),
            bars,
        }
    }

    /// One of `length` things. The rows of a table go through the whole list before they repeat themselves.
    fn choose(&mut self, length: usize) -> usize {
        let Some(row) = self.row else {
            return self.rng.random_range(0..length);
        };
        self.used += 1;
        let turn = ChaCha8Rng::seed_from_u64(self.seed ^ self.used).next_u64();
        let start = usize::try_from(turn >> 33).unwrap_or(0);
        let prime = |step: &usize| !length.is_multiple_of(*step);
        let step = [7, 5, 3, 11, 13].into_iter().find(prime).unwrap_or(1);
        (start + row * step) % length
    }

    /// A number, drawn or reckoned, and kept for what is reckoned from it in the same row.
    fn amount(&mut self, name: &str, rest: &str) -> String {
        let first = self.numbers.first().copied();
        let number = match name {
            "left" => first
                .unwrap_or(0)
                .saturating_sub(self.numbers.iter().skip(1).sum()),
            "product" => self.numbers.iter().rev().take(2).product(),
            _ => {
                let (low, high) = bounds(rest);
                let drawn = self.rng.random_range(low..=high);
                match name {
                    "of" => drawn * first.unwrap_or(100) / 100,
                    _ if drawn >= 1000 => drawn / 10 * 10,
                    _ => drawn,
                }
            }
        };
        self.money = name == "gbp" || name != "n" && self.money;
        self.numbers.push(number);
        if self.money {
            pounds(number)
        } else {
            number.to_string()
        }
    }

    /// A number of days that rises with the row.
    fn days(&mut self, row: usize) -> i64 {
        let row = i64::try_from(row).unwrap_or(0);
        row * 80 / i64::try_from(self.spans.max(8)).unwrap_or(8) + self.rng.random_range(2..8)
    }

    /// Replaces what is in braces, from the outside in.
    fn fill(&mut self, template: &str) -> String {
        let Some(start) = template.find('{') else {
            return template.to_owned();
        };
        let mut depth = 0;
        let closing = |letter: char| {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            depth == 0
        };
        let end = start
            + template[start..]
                .find(closing)
                .expect("content.txt closes its braces");
        let word = self.word(&template[start + 1..end]);
        format!(
            "{}{word}{}",
            &template[..start],
            self.fill(&template[end + 1..])
        )
    }

    fn word(&mut self, word: &str) -> String {
        let spec = self.spec;
        let (name, rest) = word.split_once(' ').unwrap_or((word, ""));
        match name {
            "person" => {
                let chosen = self.choose(rows::<9>(PEOPLE).count());
                self.person = Some(chosen);
                rows::<9>(PEOPLE)
                    .nth(chosen)
                    .map(|[_, name, ..]| name.to_owned())
                    .unwrap_or_default()
            }
            "org" => {
                let employer = self
                    .person
                    .take()
                    .and_then(|p| rows::<9>(PEOPLE).nth(p))
                    .map(|row| row[3]);
                let place = match employer {
                    Some(key) => rows::<5>(ORGANISATIONS)
                        .position(|row| row[0] == key)
                        .unwrap_or(0),
                    None => self.choose(rows::<5>(ORGANISATIONS).count()),
                };
                rows::<5>(ORGANISATIONS)
                    .nth(place)
                    .map(|row| row[1].to_owned())
                    .unwrap_or_default()
            }
            "charity" => {
                let charities = || rows::<5>(ORGANISATIONS).filter(|row| row[2] == "voluntary");
                let chosen = self.choose(charities().count());
                charities()
                    .nth(chosen)
                    .map(|row| row[1].to_owned())
                    .unwrap_or_default()
            }
            "place" => PLACES[self.choose(PLACES.len())].to_owned(),
            "one" => {
                let list = split(rest);
                let chosen = list[self.choose(list.len())];
                self.fill(chosen)
            }
            "n" | "gbp" | "of" | "left" | "product" => self.amount(name, rest),
            "author" => spec.author.to_owned(),
            "i" => self.row.map_or(1, |row| row + 1).to_string(),
            "initials" => self.initials.clone(),
            "case" => self.case.clone(),
            "ref" => spec.reference.clone(),
            "title" => spec.title.clone(),
            "dated" => long(spec.dated),
            "review" => long(spec.dated + 91 * DAY),
            "next" => long(spec.begun + 28 * DAY),
            // In a table the days go on from row to row.
            "date" => {
                let days = self
                    .row
                    .map_or(self.rng.random_range(5..60), |row| self.days(row));
                long(spec.begun + days * DAY)
            }
            "past" => {
                let days = self.row.map_or(self.rng.random_range(3..90), |row| {
                    92 - self.days(row).min(90)
                });
                long(spec.begun - days * DAY)
            }
            "monthago" => {
                let first = month(spec.begun, -i64::try_from(self.spans).unwrap_or(0));
                let months = i64::try_from(self.row.unwrap_or(0)).unwrap_or(0);
                first
                    .checked_add(months.months())
                    .map_or(String::new(), |m| m.strftime("%b %Y").to_string())
            }
            "status" => {
                let done = spec.version * 2 + self.choose(3);
                let row = self.row.unwrap_or(0);
                let state = if row < done {
                    "Done"
                } else if row < done + 2 {
                    "In hand"
                } else {
                    "Open"
                };
                state.to_owned()
            }
            _ => panic!("content.txt: nothing is called {{{word}}}"),
        }
    }
}

/// The cells of a row.
fn cut(row: &str) -> Vec<String> {
    row.split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// The items of a list, parted by commas outside inner braces.
fn split(list: &str) -> Vec<&str> {
    let mut depth = 0;
    list.split(|letter: char| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        depth == 0 && letter == ','
    })
    .map(str::trim)
    .collect()
}

fn bounds(range: &str) -> (u32, u32) {
    let (low, high) = range
        .split_once('-')
        .expect("content.txt writes bounds as 2-5");
    let bound = |text: &str| {
        text.trim()
            .parse()
            .expect("content.txt writes bounds as 2-5")
    };
    (bound(low), bound(high))
}
