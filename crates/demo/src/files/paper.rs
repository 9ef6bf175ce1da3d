//! What a paper is made of, whatever kind of file it becomes.

use super::Spec;
use crate::times::long;

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
pub(super) fn pounds(amount: u32) -> String {
    if amount < 1000 {
        format!("£{amount}")
    } else {
        format!("£{},{:03}", amount / 1000, amount % 1000)
    }
}
