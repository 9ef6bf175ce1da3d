//! What a paper says: the templates of `content.txt`, filled in. The letters that begin each line and the words in
//! braces are explained at the head of that file.

use jiff::ToSpan;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Spec;
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
    "the Ashcombe office",
    "Lantern Yard",
];

/// A paper, ready to be written as any kind of file.
pub(super) struct Paper<'a> {
    pub(super) spec: &'a Spec,
    pub(super) blocks: Vec<Block>,
}

/// One thing on a page, below the one before.
pub(super) enum Block {
    Heading(String),
    Text(String),
    Bullets(Vec<String>),
    Table(Table),
    Chart(Chart),
}

pub(super) struct Table {
    pub(super) caption: String,
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Whether the columns of numbers are added up below.
    pub(super) totals: bool,
}

pub(super) struct Chart {
    pub(super) title: String,
    pub(super) bars: Vec<(String, u32)>,
}

impl Paper<'_> {
    /// One line under the title: reference, author, date and version.
    pub(super) fn facts(&self) -> String {
        let spec = self.spec;
        let (author, organisation, date) = (spec.author, spec.organisation, long(spec.dated));
        format!(
            "{} · {author}, {organisation} · {date} · Version {}",
            spec.reference, spec.version
        )
    }

    /// The first chart, or an empty one.
    pub(super) fn chart(&self) -> Chart {
        let chart = self.blocks.iter().find_map(|block| match block {
            Block::Chart(chart) => Some(Chart {
                title: chart.title.clone(),
                bars: chart.bars.clone(),
            }),
            _ => None,
        });
        chart.unwrap_or(Chart {
            title: self.spec.title.clone(),
            bars: Vec::new(),
        })
    }
}

/// What a cell adds to a total, where it is a number, and whether it is money.
pub(super) fn number(cell: &str) -> Option<(u32, bool)> {
    let digits = cell.strip_prefix('£').unwrap_or(cell).replace(',', "");
    digits
        .parse()
        .ok()
        .map(|number| (number, cell.starts_with('£')))
}

impl Table {
    /// The last row, where there is one: "Total" and the sum of each column of numbers.
    pub(super) fn total(&self) -> Option<Vec<String>> {
        let sum = |column: usize| {
            let cells: Option<Vec<_>> = self.rows.iter().map(|row| number(&row[column])).collect();
            cells.map_or(String::new(), |cells| {
                let total: u32 = cells.iter().map(|(number, _)| number).sum();
                if cells.iter().any(|(_, money)| *money) {
                    pounds(total)
                } else {
                    total.to_string()
                }
            })
        };
        let rest = || (1..self.heads.len()).map(sum);
        self.totals
            .then(|| std::iter::once("Total".to_owned()).chain(rest()).collect())
    }

    /// Every row below the heads, the total with them.
    pub(super) fn body(&self) -> Vec<Vec<String>> {
        self.rows.iter().cloned().chain(self.total()).collect()
    }

    /// How wide each column wants to be, as parts of the whole that add up to 1.
    pub(super) fn shares(&self) -> Vec<f32> {
        let wants = |column: usize| {
            let longest = |text: &String| text.split(' ').map(str::len).max().unwrap_or(0);
            let cells = self
                .rows
                .iter()
                .map(|row| &row[column])
                .chain([&self.heads[column]]);
            let (words, total) = cells.fold((0, 0), |(word, most), c| {
                (word.max(longest(c)), most.max(c.len()))
            });
            // Empty boxes are for writing in, so they are as wide as a short answer.
            let empty = self.rows.iter().all(|row| row[column].is_empty());
            u16::try_from(if empty {
                24
            } else {
                (words + 2).max(total.min(38))
            })
            .map_or(38.0, f32::from)
        };
        let wants: Vec<f32> = (0..self.heads.len()).map(wants).collect();
        let sum: f32 = wants.iter().sum();
        wants.into_iter().map(|want| want / sum).collect()
    }
}

/// £12,345.
fn pounds(amount: u32) -> String {
    if amount < 1000 {
        format!("£{amount}")
    } else {
        format!("£{},{:03}", amount / 1000, amount % 1000)
    }
}

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
        let mut rows = Vec::new();
        for row in 0..base + more * (self.spec.version - 1) {
            (self.row, self.used, self.person) = (Some(row), 0, None);
            rows.push(
                cells
                    .split('|')
                    .map(|cell| self.fill(cell.trim()))
                    .collect(),
            );
        }
        let heads = heads
            .split('|')
            .map(|head| head.trim().to_owned())
            .collect();
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
            "n" | "gbp" => {
                let (low, high) = bounds(rest);
                let number = self.rng.random_range(low..=high);
                let rounded = if number >= 1000 {
                    number / 10 * 10
                } else {
                    number
                };
                if name == "n" {
                    number.to_string()
                } else {
                    pounds(rounded)
                }
            }
            "i" => self.row.map_or(1, |row| row + 1).to_string(),
            "initials" => self.initials.clone(),
            "case" => self.case.clone(),
            "ref" => spec.reference.clone(),
            "title" => spec.title.clone(),
            "dated" => long(spec.dated),
            "review" => long(spec.dated + 91 * DAY),
            "next" => long(spec.begun + 28 * DAY),
            "date" => long(spec.begun + self.rng.random_range(5..60) * DAY),
            "past" => long(spec.begun - self.rng.random_range(3..90) * DAY),
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
