//! `chancery scan`: what a file carries for a marking, found as the realm finds it, and why.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery::assurance::{in_words as verdict, input, line, place, spoken};
use clap::{Args, ValueEnum};
use inspect::{Inspector, Limits, Reading, RecogniseLimits, Recogniser};
use markings::{Decision, Evidence, Policy, Schemes, Verdict};
use serde_json::{Value, json};

use crate::Fault;

/// What was asked.
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What may be here: il2 (up to PROTECT), il3 (up to RESTRICTED), official (up to OFFICIAL-SENSITIVE), or the file of a policy.
    #[arg(long, default_value = "il3")]
    policy: String,
    /// The file of a scheme of markings besides those that come with the program. May be given several times.
    #[arg(long)]
    scheme: Vec<PathBuf>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also print what is written as a marking is and was taken for none, and what the files say of themselves.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Nothing is above, and everything was read.
const FINE: u8 = 0;
/// Something is above what may be here.
const ABOVE: u8 = 2;
/// Nothing is above in what was read, and something is to be decided by people: it was not all read, its originator is to be asked,
/// or a marking is in doubt.
const OPEN: u8 = 3;

pub(crate) async fn perform(asked: &Scan) -> Result<ExitCode, Fault> {
    let mut own = Vec::new();
    for file in &asked.scheme {
        own.push(text(file)?);
    }
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let schemes = Schemes::with(&own).map_err(|error| Fault::Said(error.to_string()))?;
    let policy = policy(&asked.policy, &schemes)?;
    let inspector =
        Inspector::own(Limits::default()).map_err(Fault::machine("starting the worker"))?;
    // Without it pictures stay unread, which each file then says.
    let inspector = match Recogniser::find(RecogniseLimits::default()).await {
        Ok(recogniser) => inspector.with_recogniser(recogniser),
        Err(why) => {
            eprintln!("words in pictures are not read: {why}");
            inspector
        }
    };
    inspector
        .check()
        .await
        .map_err(|failure| Fault::Said(failure.to_string()))?;
    let mut worst = FINE;
    for file in &asked.files {
        let reading = read(&inspector, file).await?;
        let decision = markings::decide(&input(&reading), &schemes, &policy);
        worst = match (worst, code(decision.verdict)) {
            (ABOVE, _) | (_, ABOVE) => ABOVE,
            (one, other) => one.max(other),
        };
        match asked.format {
            Format::Json => println!("{}", in_json(file, &reading, &decision, asked.all)),
            Format::Text => println!("{}", in_words(file, &reading, &decision, asked.all)),
        }
    }
    Ok(ExitCode::from(worst))
}

fn code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Unmarked | Verdict::Allowed | Verdict::Clearance => FINE,
        Verdict::Above => ABOVE,
        Verdict::Doubtful | Verdict::Ask | Verdict::Unread => OPEN,
    }
}

fn text(file: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(file).map_err(Fault::machine(format!("reading {}", file.display())))
}

fn policy(name: &str, schemes: &Schemes) -> Result<Policy, Fault> {
    if let Some(policy) = Policy::shipped(name, schemes) {
        return Ok(policy);
    }
    // One that comes with the program says nothing of the schemes of others.
    let text = match Policy::text(name) {
        Some(text) => text.to_owned(),
        None => text(Path::new(name))?,
    };
    Policy::parse(&text, schemes).map_err(|error| Fault::Said(error.to_string()))
}

async fn read(inspector: &Inspector, file: &Path) -> Result<Reading, Fault> {
    let content =
        std::fs::read(file).map_err(Fault::machine(format!("reading {}", file.display())))?;
    let name = file
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let folder = file
        .parent()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned());
    let folders: Vec<&str> = folder.as_deref().into_iter().collect();
    let content = futures::stream::iter([Ok(content.into())]);
    let scanned = inspector.scan(&name, &folders, "", content).await;
    Ok(scanned.unwrap_or_else(|failure| Reading::failed(&name, &failure)))
}

fn in_words(file: &Path, reading: &Reading, decision: &Decision, all: bool) -> String {
    let mut lines = vec![format!("{}: {}", file.display(), verdict(decision.verdict))];
    if let Some(marking) = &decision.marking {
        let by = decision.rule.as_deref().unwrap_or_default();
        lines.push(format!(
            "  {} ({}), {} % sure, by the rule {by}",
            marking.label(),
            marking.scheme,
            decision.confidence
        ));
    }
    lines.extend(
        decision
            .alerts
            .iter()
            .map(|alert| format!("  ! {}", spoken(alert))),
    );
    let mut list = |title: &str, evidence: &[Evidence]| {
        for one in evidence {
            let place = place(reading, one.source);
            let label = one.marking.label();
            lines.push(format!("  {title} {place} [{label}, {}]", one.rule));
            lines.push(format!("      {}", line(reading, one)));
        }
    };
    list("•", &decision.evidence);
    if all {
        list("○ (no marking)", &decision.mentions);
    }
    for missing in &reading.missing {
        let name = reading.path(missing.file);
        let part = if missing.part.is_empty() {
            String::new()
        } else {
            format!(", {}", missing.part)
        };
        lines.push(format!("  ? not read: {name}{part}: {}", missing.why));
    }
    if all {
        for property in &reading.properties {
            let value: String = property.value.chars().take(120).collect();
            lines.push(format!("  = {} {}: {value}", property.part, property.name));
        }
    }
    lines.join("\n")
}

/// One line for each file.
fn in_json(file: &Path, reading: &Reading, decision: &Decision, all: bool) -> Value {
    let evidence = |list: &[Evidence]| -> Vec<Value> {
        list.iter()
            .map(|one| {
                json!({
                    "marking": one.marking,
                    "label": one.marking.label(),
                    "rule": one.rule,
                    "strength": one.strength,
                    "text": one.text,
                    "line": line(reading, one),
                    "place": place(reading, one.source),
                    "disguised": one.disguised,
                })
            })
            .collect()
    };
    let mut said = json!({
        "file": file.display().to_string(),
        "verdict": decision.verdict,
        "marking": decision.marking,
        "label": decision.marking.as_ref().map(markings::Marking::label),
        "confidence": decision.confidence,
        "rule": decision.rule,
        "evidence": evidence(&decision.evidence),
        "alerts": decision.alerts,
        "unread": reading.missing.iter().map(|missing| json!({
            "file": reading.path(missing.file),
            "part": missing.part,
            "why": missing.why.to_string(),
        })).collect::<Vec<_>>(),
        "read_as": reading.files.first().map(|file| &file.read_as),
        "pieces": reading.pieces.len(),
        "properties": reading.properties.len(),
    });
    if all && let Some(said) = said.as_object_mut() {
        said.insert("mentions".to_owned(), json!(evidence(&decision.mentions)));
        said.insert("all_properties".to_owned(), json!(reading.properties));
        said.insert("all_pieces".to_owned(), json!(reading.pieces));
    }
    said
}
