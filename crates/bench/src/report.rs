//! The results, as a table to read and as JSON to compare.

use std::fmt::Write as _;
use std::path::Path;

use chancery::kernel::{Clock as _, SystemClock};
use serde::Serialize;

use crate::figures::{Figures, Percentiles};
use crate::{Outcome, Wanted};

/// Everything that a run found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    measured_at: String,
    machine: String,
    profile: String,
    /// Figures of a quick run mean nothing.
    quick: bool,
    results: Vec<Figures>,
}

impl Report {
    pub(crate) fn new(wanted: &Wanted) -> Self {
        Self {
            measured_at: SystemClock.now().to_string(),
            machine: machine(),
            profile: wanted.profile.clone(),
            quick: wanted.quick,
            results: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, figures: Figures) {
        self.results.push(figures);
    }

    /// One line, while the run goes on.
    pub(crate) fn line(figures: &Figures) -> String {
        let mut line = format!("{:<10} {:<44}", figures.engine, figures.measure);
        if let Some((value, unit)) = figures.value {
            let _ = write!(line, " {value:>10.2} {unit}");
            return line;
        }
        let times = |times: Option<Percentiles>| {
            times.map_or_else(String::new, |times| {
                format!("{:.2}/{:.2}/{:.2}", times.p50, times.p95, times.p99)
            })
        };
        let _ = write!(
            line,
            " ×{:<3} {:>8.0}/s  wall {}  server {}  queries {:?}  {} B  cpu {:.2}+{:.2} ms",
            figures.connections.unwrap_or_default(),
            figures.per_second.unwrap_or_default(),
            times(figures.wall),
            times(figures.server),
            figures.queries.unwrap_or_default(),
            figures.bytes.unwrap_or_default(),
            figures.server_cpu.unwrap_or_default(),
            figures.database_cpu.unwrap_or_default(),
        );
        line
    }

    /// In Markdown.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "Measured at {} on {}, profile `{}`{}.\n\n",
            self.measured_at,
            self.machine,
            self.profile,
            if self.quick {
                ". A quick run: it shows that everything works, and its figures mean nothing"
            } else {
                ""
            }
        );
        text.push_str(
            "| server or database | measure | connections | a second | wall p50 / p95 / p99, ms | server p50 / p95 / p99, ms | SQL statements | bytes | CPU of the program, ms each | of PostgreSQL |\n\
             |---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        for figures in self
            .results
            .iter()
            .filter(|figures| figures.value.is_none())
        {
            let _ = writeln!(text, "{}", row(figures));
        }
        text.push_str("\n| database | measure | |\n|---|---|---:|\n");
        for figures in &self.results {
            if let Some((value, unit)) = figures.value {
                let _ = writeln!(
                    text,
                    "| {} | {} | {value:.2} {unit} |",
                    figures.engine, figures.measure
                );
            }
        }
        text
    }

    /// Writes the table and the JSON into a directory: `results.md` and `results.json`, if that is the name.
    pub(crate) fn write(&self, directory: &Path, name: &str) -> Outcome {
        let heading = "# Results\n\nWritten by `cargo xtask bench`; [README.md](README.md) says what they mean.\n\n";
        std::fs::write(
            directory.join(format!("{name}.md")),
            format!("{heading}{}", self.table()),
        )?;
        let mut json = serde_json::to_string_pretty(self)?;
        json.push('\n');
        std::fs::write(directory.join(format!("{name}.json")), json)?;
        Ok(())
    }
}

fn row(figures: &Figures) -> String {
    let times = |times: Option<Percentiles>| {
        times.map_or_else(String::new, |times| {
            format!("{:.2} / {:.2} / {:.2}", times.p50, times.p95, times.p99)
        })
    };
    let queries = match figures.queries {
        Some((few, many)) if few == many => few.to_string(),
        Some((few, many)) => format!("{few} to {many}"),
        None => String::new(),
    };
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
    format!(
        "| {} | {} | {} | {:.0} | {} | {} | {queries} | {} | {} | {} |",
        figures.engine,
        figures.measure,
        figures.connections.unwrap_or_default(),
        figures.per_second.unwrap_or_default(),
        times(figures.wall),
        times(figures.server),
        figures.bytes.unwrap_or_default(),
        number(figures.server_cpu),
        number(figures.database_cpu),
    )
}

/// Its processors and its memory, as Linux tells them.
pub(crate) fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        text.lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
    };
    let model = field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "a processor".into());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = field(&read("/proc/meminfo"), "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok())
        .map_or(0.0, |kib| kib / 1024.0 / 1024.0);
    format!("{cores} cores of {model}, {memory:.0} GiB")
}
