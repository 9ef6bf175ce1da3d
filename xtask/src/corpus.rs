//! The marking scan against a corpus of its own: files of every format with every marking in every place, files that carry
//! none, and files that are meant to deceive. `crates/inspect/corpus/make.py` makes it, with the programs people make files with.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::machine::{Need, provide};
use crate::{Failure, command, run};

/// What makes the files, installed beside what is built, the first time.
const PACKAGES: [&str; 5] = [
    "python-docx==1.2.0",
    "openpyxl==3.1.5",
    "python-pptx==1.0.2",
    "reportlab==4.4.4",
    "Pillow==13.0.0",
];

/// How many files are scanned by one program: as many as a command line holds.
const AT_ONCE: usize = 300;

fn home() -> PathBuf {
    command::top().join("target/corpus")
}

/// `cargo xtask corpus`.
pub(crate) fn corpus() -> Result<(), Failure> {
    provide(&[Need::Rust, Need::C, Need::Node])?;
    let files = make()?;
    let program = run::build(false)?;
    let manifest = lines(&std::fs::read_to_string(files.join("manifest.jsonl"))?)?;
    let mut said = BTreeMap::new();
    for some in manifest.chunks(AT_ONCE) {
        let mut scan = command::program(&program);
        scan.current_dir(&files)
            .args(["scan", "--format", "json", "--policy", "il2"]);
        scan.args(some.iter().filter_map(|line| line["file"].as_str()));
        let output = scan.output()?;
        for line in lines(&String::from_utf8_lossy(&output.stdout))? {
            if let Some(file) = line["file"].as_str().map(str::to_owned) {
                said.insert(file, line);
            }
        }
    }
    let report = Report::of(&manifest, &said);
    print!("{}", report.text);
    std::fs::write(home().join("report.md"), &report.text)?;
    report.verdict
}

/// Makes the files, and says where they are.
pub(crate) fn make() -> Result<PathBuf, Failure> {
    provide(&[Need::Python, Need::Office, Need::Words])?;
    install()?;
    let files = home().join("files");
    let python = home().join("venv/bin/python");
    command::run(
        command::program(python).args([Path::new("crates/inspect/corpus/make.py"), &files]),
    )?;
    Ok(files)
}

fn install() -> Result<(), Failure> {
    let python = home().join("venv/bin/python");
    let there = ["-c", "import docx, openpyxl, pptx, reportlab, PIL"];
    if command::answer(&python.display().to_string(), &there).is_some() {
        return Ok(());
    }
    println!("what makes the corpus is missing: installing it, once");
    command::run(
        command::program("python3")
            .args(["-m", "venv"])
            .arg(home().join("venv")),
    )?;
    let pip = home().join("venv/bin/pip");
    command::run(
        command::program(pip)
            .args(["install", "--quiet"])
            .args(PACKAGES),
    )
}

fn lines(text: &str) -> Result<Vec<Value>, Failure> {
    text.lines()
        .map(|line| Ok(serde_json::from_str(line)?))
        .collect()
}

/// What came of it.
struct Report {
    text: String,
    verdict: Result<(), Failure>,
}

/// How many there were, and how many of them came out as they should.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    all: u32,
    right: u32,
}

impl Count {
    fn add(&mut self, right: bool) {
        self.all += 1;
        self.right += u32::from(right);
    }

    fn rate(self) -> f64 {
        if self.all == 0 {
            return 100.0;
        }
        100.0 * f64::from(self.right) / f64::from(self.all)
    }
}

/// Verdicts after which nobody but its author opens a file, or somebody is asked first.
const HELD: [&str; 3] = ["above", "ask", "unread"];

impl Report {
    fn of(manifest: &[Value], said: &BTreeMap<String, Value>) -> Self {
        let mut by_format: BTreeMap<(String, String), Count> = BTreeMap::new();
        let mut total: BTreeMap<&str, Count> = BTreeMap::new();
        let mut misses = String::new();
        for line in manifest {
            let word = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            let file = word("file");
            let verdict = said
                .get(&file)
                .and_then(|said| said["verdict"].as_str())
                .unwrap_or("nothing");
            let expected: Vec<&str> = line["expect"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let right = expected.contains(&verdict);
            by_format
                .entry((word("kind"), word("format")))
                .or_default()
                .add(right);
            let held = expected.iter().all(|verdict| HELD.contains(verdict));
            let part = match (word("kind").as_str(), held) {
                ("negative", _) => "negatives",
                ("adversarial", true) => "adversarial, at or above the ceiling",
                ("picture", true) => "in pictures, at or above the ceiling",
                ("plain", true) => "plain, at or above the ceiling",
                _ => "plain, below the ceiling, and the like",
            };
            total.entry(part).or_default().add(right);
            if !right {
                let _ = writeln!(
                    misses,
                    "- {file} ({}, {:?}): {verdict}, not {}",
                    word("place"),
                    word("marking"),
                    expected.join(" or ")
                );
            }
        }
        let mut text =
            String::from("| kind | format | files | as expected | |\n|---|---|---:|---:|---:|\n");
        for ((kind, format), count) in &by_format {
            let _ = writeln!(
                text,
                "| {kind} | {format} | {} | {} | {:.1} % |",
                count.all,
                count.right,
                count.rate()
            );
        }
        text.push('\n');
        for (part, count) in &total {
            let _ = writeln!(
                text,
                "{part}: {} of {}, {:.2} %",
                count.right,
                count.all,
                count.rate()
            );
        }
        if !misses.is_empty() {
            let _ = write!(text, "\nOtherwise than expected:\n{misses}");
        }
        let rate = |part: &str| total.get(part).copied().unwrap_or_default().rate();
        let enough =
            |part: &str, least: u32| total.get(part).is_some_and(|count| count.all >= least);
        let verdict = if !enough("negatives", 300)
            || !enough("adversarial, at or above the ceiling", 100)
        {
            Err(Failure::new("the corpus is too small"))
        } else if rate("plain, at or above the ceiling") < 100.0 {
            Err(Failure::new("a marking at or above the ceiling was missed"))
        } else if rate("adversarial, at or above the ceiling") <= 99.0 || rate("negatives") <= 99.0
        {
            Err(Failure::new("too many were misjudged"))
        } else {
            Ok(())
        };
        Self { text, verdict }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn manifest(kind: &str, number: usize, expect: &str) -> Vec<Value> {
        (0..number)
            .map(|at| serde_json::json!({"file": format!("{kind}-{at}"), "kind": kind, "format": "txt", "place": "top", "marking": "SECRET", "expect": [expect]}))
            .collect()
    }

    fn report(missed: &str, by: &str) -> Report {
        let all = [
            manifest("plain", 10, "above"),
            manifest("negative", 300, "unmarked"),
            manifest("adversarial", 150, "above"),
        ]
        .concat();
        let said = all
            .iter()
            .map(|line| {
                let file = line["file"].as_str().unwrap().to_owned();
                let verdict = if file == missed {
                    by
                } else {
                    line["expect"][0].as_str().unwrap()
                };
                (file, serde_json::json!({"verdict": verdict}))
            })
            .collect();
        Report::of(&all, &said)
    }

    #[test]
    fn one_missed_marking_fails_and_is_named() {
        assert!(report("", "").verdict.is_ok());
        let missed = report("plain-3", "unmarked");
        assert!(missed.verdict.is_err());
        assert!(missed.text.contains("- plain-3"), "{}", missed.text);
        // One of three hundred is within what is allowed, and is named all the same.
        let alarm = report("negative-7", "above");
        assert!(alarm.verdict.is_ok() && alarm.text.contains("negative-7"));
    }
}
