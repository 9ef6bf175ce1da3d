//! Files that are read for their markings: how many a second, by kind, and what that takes.
//!
//! Each is read as a realm reads it, by `Inspector::scan` in a process of its own from the program that is measured, and decided
//! about. The time of the processor is that of this program and of all those processes, so that files by core and second can
//! be told also on a machine that has other work.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chancery::assurance::input;
use futures::StreamExt as _;
use inspect::{Failure, Inspector, Limits};
use markings::{Policy, Schemes};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::Serialize;

use crate::{Outcome, Wanted, report, visible};

/// Office files, of which ten thousand are read one after another.
const OFFICE: [&str; 17] = [
    "docx", "docm", "doc", "dot", "rtf", "odt", "xlsx", "xlsm", "xlsb", "xls", "ods", "pptx",
    "pptm", "ppt", "odp", "pdf", "msg",
];
/// How many that is.
const MANY: usize = 10_000;
/// For how long files of one kind are read, again and again.
const EACH: Duration = Duration::from_secs(4);

/// What was measured of one kind.
#[derive(Debug, Serialize)]
struct Line {
    corpus: String,
    kind: String,
    /// How many there are, and how many of these were read at one time.
    files: usize,
    at_once: usize,
    read: usize,
    /// Which of them ended without a reading.
    failed: usize,
    megabytes: f64,
    wall_seconds: f64,
    processor_seconds: f64,
    slowest_ms: f64,
}

impl Line {
    fn a_second(&self) -> f64 {
        self.read as f64 / self.wall_seconds
    }

    fn a_core(&self) -> f64 {
        self.read as f64 / self.processor_seconds
    }

    fn row(&self) -> String {
        format!(
            "| {} | {} | {} | {} | {} | {} | {:.0} | {:.0} | {:.1} | {:.1} | {:.0} |",
            self.corpus,
            self.kind,
            self.files,
            self.at_once,
            self.read,
            self.failed,
            self.a_second(),
            self.a_core(),
            self.megabytes / self.processor_seconds,
            1000.0 * self.processor_seconds / self.read as f64,
            self.slowest_ms,
        )
    }
}

const HEAD: &str = "| corpus | kind | files | at once | read | no reading | a second | by core and second | MB by core and second | ms of the processor each | the slowest, ms |\n\
    |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n";

#[derive(Debug, Clone)]
struct File {
    name: String,
    path: PathBuf,
    bytes: Bytes,
}

pub(crate) async fn measure(wanted: &Wanted) -> Outcome {
    let each = if wanted.quick {
        Duration::from_millis(200)
    } else {
        EACH
    };
    let many = if wanted.quick { 100 } else { MANY };
    let scanner = Scanner::new(&wanted.program)?;
    let mut lines = Vec::new();
    let before = load();
    let (mut office, mut every) = (Vec::new(), Vec::new());
    let mut said = String::new();
    for corpus in &wanted.corpora {
        let name = match corpus.components().next_back() {
            Some(last) if last.as_os_str() == "corpus" => "of others",
            _ => "made here",
        };
        let kinds = kinds(corpus)?;
        if kinds.is_empty() {
            println!("{} is not there, and is left out", corpus.display());
        }
        if wanted.asks("given") {
            said.push_str(&given(&scanner, name, &kinds).await?);
        }
        for (kind, files) in kinds {
            every.extend(files.iter().cloned());
            if OFFICE.contains(&kind.as_str()) {
                office.extend(files.iter().cloned());
            }
            if wanted.asks(&kind) {
                let line = scanner
                    .line(name, &kind, &files, 1, Until::Time(each))
                    .await?;
                println!("{}", line.row());
                lines.push(line);
            }
        }
    }
    if office.is_empty() {
        return Err("there is no file to be read: name a directory with --corpus".into());
    }
    if wanted.asks("mixed") {
        mix(&mut office);
        for at_once in [1, std::thread::available_parallelism()?.get()] {
            let until = Until::Count(many);
            let line = scanner
                .line("both", "office files, mixed", &office, at_once, until)
                .await?;
            println!("{}", line.row());
            lines.push(line);
        }
    }
    if wanted.asks("changed") {
        said.push_str(&changed(&scanner, &every, many).await?);
    }
    let peak = most_memory()?;
    let mut text = format!(
        "{HEAD}{}\n",
        lines.iter().map(Line::row).collect::<Vec<_>>().join("\n")
    );
    let _ = write!(
        text,
        "\nThe most memory that one process took: {peak:.0} MB.\n"
    );
    text.push_str(&said);
    if wanted.asks("libreoffice") {
        match beside(&scanner, &office, if wanted.quick { 5 } else { 200 }).await {
            Ok(said) => text.push_str(&said),
            Err(why) => println!("LibreOffice beside it: {why}"),
        }
    }
    if wanted.asks("visible") {
        for engine in &wanted.engines {
            let said = visible::measure(wanted, *engine).await?;
            println!("{said}");
            text.push_str(&said);
        }
    }
    println!("{text}");
    if let Some(out) = &wanted.out {
        let heading = format!(
            "# Files read for their markings\n\nWritten by `cargo xtask bench scan`; [README.md](README.md) says what the figures mean.\n\n{}, profile `{}`. Load of the machine before it began and at its end: {before}; {}.\n\n",
            report::machine(),
            wanted.profile,
            load()
        );
        std::fs::write(out.join("scan.md"), format!("{heading}{text}"))?;
        let json = serde_json::json!({ "lines": lines, "peak_megabytes": peak });
        std::fs::write(out.join("scan.json"), format!("{json:#}\n"))?;
    }
    Ok(())
}

enum Until {
    Time(Duration),
    Count(usize),
}

struct Scanner {
    program: PathBuf,
    schemes: Schemes,
    policy: Policy,
}

impl Scanner {
    fn new(program: &Path) -> Outcome<Self> {
        let schemes = Schemes::with(&[])?;
        let policy = Policy::shipped("il2", &schemes).ok_or("there is no policy il2")?;
        Ok(Self {
            program: std::fs::canonicalize(program)?,
            schemes,
            policy,
        })
    }

    async fn line(
        &self,
        corpus: &str,
        kind: &str,
        files: &[File],
        at_once: usize,
        until: Until,
    ) -> Outcome<Line> {
        let inspector = Inspector::at(
            &self.program,
            Limits {
                at_once,
                ..Limits::default()
            },
        );
        let (begun, processor) = (Instant::now(), processor()?);
        let goes_on = |number: usize| match until {
            Until::Time(time) => number < files.len() || begun.elapsed() < time,
            Until::Count(most) => number < most,
        };
        let (mut read, mut failed, mut bytes, mut slowest) = (0, 0, 0, Duration::ZERO);
        let numbers = futures::stream::iter(0..usize::MAX)
            .take_while(|number| std::future::ready(goes_on(*number)));
        let mut readings = numbers
            .map(|number| {
                let file = &files[number % files.len()];
                let inspector = &inspector;
                async move {
                    let begun = Instant::now();
                    let content = futures::stream::iter([Ok(file.bytes.clone())]);
                    let reading = inspector.scan(&file.name, &[], "", content).await;
                    (file.bytes.len(), begun.elapsed(), reading)
                }
            })
            .buffer_unordered(at_once);
        while let Some((length, took, reading)) = readings.next().await {
            read += 1;
            bytes += length;
            slowest = slowest.max(took);
            match reading {
                Ok(reading) => {
                    markings::decide(&input(&reading), &self.schemes, &self.policy);
                }
                Err(_) => failed += 1,
            }
        }
        let wall = begun.elapsed();
        drop(readings);
        drop(inspector);
        Ok(Line {
            corpus: corpus.to_owned(),
            kind: kind.to_owned(),
            files: files.len(),
            at_once,
            read,
            failed,
            megabytes: bytes as f64 / 1e6,
            wall_seconds: wall.as_secs_f64(),
            processor_seconds: self::processor()? - processor,
            slowest_ms: slowest.as_secs_f64() * 1e3,
        })
    }
}

/// What files of each kind gave: text, only what they say of themselves, or neither, and why.
async fn given(
    scanner: &Scanner,
    corpus: &str,
    kinds: &BTreeMap<String, Vec<File>>,
) -> Outcome<String> {
    let inspector = Inspector::at(&scanner.program, Limits::default());
    let mut text = format!(
        "\nWhat files {corpus} gave:\n\n| kind | files | read whole | in part | text | properties only | neither | why neither |\n|---|---:|---:|---:|---:|---:|---:|---|\n"
    );
    for (kind, files) in kinds {
        let (mut whole, mut words, mut properties, mut neither) = (0, 0, 0, 0);
        let mut why: BTreeMap<String, usize> = BTreeMap::new();
        for file in files {
            let content = futures::stream::iter([Ok(file.bytes.clone())]);
            let reading = match inspector.scan(&file.name, &[], "", content).await {
                Err(Failure::NoWorker(why)) => return Err(why.into()),
                Err(failure) => inspect::Reading::failed(&file.name, &failure),
                Ok(reading) => reading,
            };
            whole += usize::from(reading.missing.iter().all(|missing| missing.why.is_minor()));
            // What it is called is known of every file.
            let says = |piece: &inspect::Piece| {
                piece.kind != inspect::PieceKind::FileName && !piece.text.trim().is_empty()
            };
            if reading.pieces.iter().any(says) {
                words += 1;
            } else if !reading.properties.is_empty() {
                properties += 1;
            } else {
                neither += 1;
                let first = reading.missing.first();
                let said =
                    first.map_or_else(|| "it is empty".to_owned(), |one| one.why.to_string());
                *why.entry(said).or_default() += 1;
            }
        }
        let why = why
            .iter()
            .map(|(why, number)| format!("{number}: {why}"))
            .collect::<Vec<_>>()
            .join("; ");
        let part = files.len() - whole;
        let _ = writeln!(
            text,
            "| {kind} | {} | {whole} | {part} | {words} | {properties} | {neither} | {why} |",
            files.len()
        );
    }
    Ok(text)
}

/// Files of every kind that are not quite what they were: how each ended. A worker that cannot be started ends the run.
async fn changed(scanner: &Scanner, files: &[File], many: usize) -> Outcome<String> {
    const LARGEST: usize = 2_000_000;
    let files: Vec<&File> = files
        .iter()
        .filter(|file| (1..LARGEST).contains(&file.bytes.len()))
        .collect();
    let at_once = std::thread::available_parallelism()?.get();
    let inspector = Inspector::at(
        &scanner.program,
        Limits {
            at_once,
            ..Limits::default()
        },
    );
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let mut mutants = Vec::with_capacity(many);
    for _ in 0..many {
        mutants.push((chance.below(files.len()), chance.0));
    }
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    let mut slowest = Duration::ZERO;
    let mut readings = futures::stream::iter(mutants)
        .map(|(number, seed)| {
            let (file, inspector) = (files[number], &inspector);
            async move {
                let bytes = Bytes::from(Chance(seed).changed(&file.bytes));
                let begun = Instant::now();
                let content = futures::stream::iter([Ok(bytes)]);
                let reading = inspector.scan(&file.name, &[], "", content).await;
                (begun.elapsed(), reading)
            }
        })
        .buffer_unordered(at_once);
    while let Some((took, reading)) = readings.next().await {
        slowest = slowest.max(took);
        let end = match reading {
            Ok(reading) => {
                let whole = reading.missing.iter().all(|missing| missing.why.is_minor());
                markings::decide(&input(&reading), &scanner.schemes, &scanner.policy);
                if whole {
                    "read whole"
                } else {
                    "read in part, and what was not read said"
                }
                .to_owned()
            }
            Err(Failure::NoWorker(why)) => return Err(why.into()),
            Err(failure) => format!("no reading: {failure}"),
        };
        *ends.entry(end).or_default() += 1;
    }
    let mut text = format!(
        "\nOf {many} files that were changed in one to eight places or cut off:\n\n| how it ended | files |\n|---|---:|\n"
    );
    for (end, number) in ends {
        let _ = writeln!(text, "| {end} | {number} |");
    }
    let _ = writeln!(
        text,
        "\nThe slowest took {:.0} ms.",
        slowest.as_secs_f64() * 1e3
    );
    Ok(text)
}

/// The same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (most.max(1) as u64)).unwrap_or(0)
    }

    fn changed(&mut self, file: &[u8]) -> Vec<u8> {
        let mut file = file.to_vec();
        for _ in 0..=self.below(8) {
            let at = self.below(file.len());
            match self.below(8) {
                0 => file.truncate(at + 1),
                1 => {
                    let piece = file[at..file.len().min(at + 64)].to_vec();
                    let to = self.below(file.len());
                    file.splice(to..to, piece);
                }
                2 => {
                    let end = file.len().min(at + 4);
                    file[at..end].fill(0xff);
                }
                3 | 4 => file[at] = self.below(256).to_le_bytes()[0],
                _ => file[at] ^= 1 << self.below(8),
            }
        }
        file
    }
}

/// The text of the same files by LibreOffice: of those that it makes text of, as many as are worth its start, in one run.
async fn beside(scanner: &Scanner, office: &[File], most: usize) -> Outcome<String> {
    let texts: Vec<File> = office
        .iter()
        .filter(|file| {
            ["docx", "doc", "odt", "rtf"]
                .iter()
                .any(|kind| file.name.ends_with(kind))
        })
        .take(most)
        .cloned()
        .collect();
    let directory = tempfile::tempdir()?;
    let processor = processor()?;
    let begun = Instant::now();
    let mut convert = tokio::process::Command::new("soffice");
    convert
        .arg(format!(
            "-env:UserInstallation=file://{}/profile",
            directory.path().display()
        ))
        .args(["--headless", "--convert-to", "txt:Text", "--outdir"])
        .arg(directory.path().join("out"))
        .args(texts.iter().map(|file| &file.path))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let ended = tokio::time::timeout(Duration::from_mins(10), convert.status()).await??;
    if !ended.success() {
        return Err(format!("it ended with {ended}").into());
    }
    let (wall, took) = (
        begun.elapsed().as_secs_f64(),
        self::processor()? - processor,
    );
    let made = std::fs::read_dir(directory.path().join("out"))?.count();
    let ours = scanner
        .line(
            "both",
            "the same files",
            &texts,
            1,
            Until::Count(texts.len()),
        )
        .await?;
    Ok(format!(
        "\nLibreOffice, headless, of {} texts (docx, doc, odt, rtf) in one run, to plain text: {made} came out, {wall:.1} s, {took:.1} s of the processor: {:.1} files by core and second, without headers, properties, \
         embedded files or walls. Read here: {:.0} files by core and second.\n",
        texts.len(),
        made as f64 / took,
        ours.a_core(),
    ))
}

/// Files by what their names end in; a kind of which there are few says little and is read all the same.
fn kinds(directory: &Path) -> Outcome<BTreeMap<String, Vec<File>>> {
    let mut kinds: BTreeMap<String, Vec<File>> = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else {
            continue;
        };
        let mut paths = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Outcome<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let kind = name
                .rsplit_once('.')
                .map_or("none", |(_, kind)| kind)
                .to_ascii_lowercase();
            if !matches!(kind.as_str(), "jsonl") {
                let bytes = Bytes::from(std::fs::read(&path)?);
                kinds
                    .entry(kind)
                    .or_default()
                    .push(File { name, path, bytes });
            }
        }
    }
    Ok(kinds)
}

/// Each kind spread over the whole, the same in every run.
fn mix(files: &mut [File]) {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for at in (1..files.len()).rev() {
        files.swap(at, chance.below(at + 1));
    }
}

/// How many wanted the processors in the last minute, five and fifteen.
fn load() -> String {
    let said = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    said.split(' ').take(3).collect::<Vec<_>>().join(", ")
}

/// Seconds of the processor that this program took, and all that it started and that have ended.
fn processor() -> Outcome<f64> {
    let mut all = 0;
    for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
        let usage = getrusage(who)?;
        all += usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    }
    Ok(all as f64 / 1e6)
}

/// Of those that it started, in megabytes.
fn most_memory() -> Outcome<f64> {
    Ok(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss() as f64 * 1024.0 / 1e6)
}
