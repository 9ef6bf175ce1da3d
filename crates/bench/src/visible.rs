//! How long others wait for what somebody brought: from the answer to an upload until another person may open it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use testkit::postgres::{Cluster, Durability};

use crate::figures::{Percentiles, Times, times};
use crate::program::Program;
use crate::requests;
use crate::scene::{Engine, Readers};
use crate::wire::{Wire, whole};
use crate::{Outcome, Wanted};

/// How often it is asked whether it is there: what is measured is at most so much too long.
const ASKED: Duration = Duration::from_millis(1);
/// How many are brought of each.
const MANY: u64 = 200;

/// A text document of about 100 KB and a PDF of 50 pages, made by LibreOffice, each brought many times and never the same.
pub(crate) async fn measure(wanted: &Wanted, engine: Engine) -> Outcome<String> {
    let directory = tempfile::tempdir()?;
    let cluster = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Cluster::start(Durability::Full)?),
    };
    let database = cluster
        .as_ref()
        .map_or_else(|| "sqlite:realm.db".to_owned(), Cluster::url);
    let (document, portable) = match made(directory.path()).await {
        Ok(made) => made,
        Err(why) => {
            return Ok(format!(
                "\nLibreOffice makes what is to be brought: {why}\n"
            ));
        }
    };
    let realm = directory.path().join("realm");
    let readers = Readers::set(&wanted.program, &realm, &database).await?;
    let program = Program::start(&wanted.program, &readers.config, readers.port, engine).await?;
    let mut text = format!(
        "\nFrom the answer to an upload until somebody else may open it, {engine}, one at a time:\n\n| what | KB | brought | p50, ms | p95, ms | p99, ms |\n|---|---:|---:|---:|---:|---:|\n"
    );
    let many = if wanted.quick { 4 } else { MANY };
    for (name, content) in [("docx", &document), ("PDF of 50 pages", &portable)] {
        let times = brought(&program, &readers, name, content, many).await?;
        let found = Percentiles::of(&times).ok_or("nothing was brought")?;
        let _ = writeln!(
            text,
            "| {name} | {} | {many} | {:.0} | {:.0} | {:.0} |",
            content.len() / 1000,
            found.p50,
            found.p95,
            found.p99
        );
    }
    program.stop().await?;
    drop(cluster);
    Ok(text)
}

async fn brought(
    program: &Program,
    readers: &Readers,
    name: &str,
    content: &[u8],
    many: u64,
) -> Outcome<Times> {
    let (mut author, mut other) = (
        Wire::open(program.address).await?,
        Wire::open(program.address).await?,
    );
    let kind = if content.starts_with(b"PK") {
        "docx"
    } else {
        "pdf"
    };
    let mut taken = times()?;
    for number in 0..many {
        let content = another(content, number);
        let address = format!("{}/documents?name=Paper+{number}.{kind}", readers.library);
        let length = content.len() as u64;
        let upload = requests::put(&address, &readers.author, length, whole(content))?;
        let answer = author.send(upload, true).await?;
        let begun = Instant::now();
        if answer.status != StatusCode::CREATED {
            return Err(format!("{name}: answered {}", answer.status).into());
        }
        let added: serde_json::Value = serde_json::from_slice(&answer.body)?;
        let id = added["id"].as_str().ok_or("an answer without an id")?;
        let address = format!("/documents/{id}/content");
        loop {
            let asked = requests::api(&address, &readers.other)?;
            if other.send(asked, false).await?.status == StatusCode::OK {
                break;
            }
            if begun.elapsed() > Duration::from_mins(1) {
                return Err(format!("{name}: not visible after a minute").into());
            }
            tokio::time::sleep(ASKED).await;
        }
        taken.record(u64::try_from(begun.elapsed().as_micros())?)?;
    }
    Ok(taken)
}

/// The same file with a remark after its end, as either kind allows: the comment of an archive, a comment of a PDF.
fn another(content: &[u8], number: u64) -> Vec<u8> {
    let remark = format!("{number:08}");
    let mut content = content.to_vec();
    if content.starts_with(b"PK") {
        // The last field of an archive without a comment is how long that is (APPNOTE.TXT 4.3.16).
        content.truncate(content.len() - 2);
        content.extend_from_slice(&8_u16.to_le_bytes());
        content.extend_from_slice(remark.as_bytes());
    } else {
        content.extend_from_slice(format!("\n% {remark}\n").as_bytes());
    }
    content
}

async fn made(directory: &Path) -> Outcome<(Vec<u8>, Vec<u8>)> {
    let text = |words: usize| {
        (0..words).fold(String::new(), |mut text, word| {
            let noise = requests::noise(word as u64, 4);
            let letters = noise.iter().map(|byte| char::from(b'a' + byte % 26));
            text.extend(letters);
            text.push(if word % 90 == 89 { '\n' } else { ' ' });
            text
        })
    };
    // As many words as come to about 100 KB of a text document, and to 50 pages.
    let document = converted(directory, "paper", &text(30_000), "docx").await?;
    let portable = converted(directory, "book", &text(46_500), "pdf").await?;
    Ok((document, portable))
}

async fn converted(directory: &Path, name: &str, text: &str, kind: &str) -> Outcome<Vec<u8>> {
    let source = directory.join(format!("{name}.txt"));
    std::fs::write(&source, text)?;
    let mut convert = tokio::process::Command::new("soffice");
    convert
        .arg(format!(
            "-env:UserInstallation=file://{}/profile",
            directory.display()
        ))
        .args(["--headless", "--convert-to", kind, "--outdir"])
        .arg(directory)
        .arg(&source)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let ended = tokio::time::timeout(Duration::from_mins(2), convert.status()).await??;
    if !ended.success() {
        return Err(format!("it ended with {ended}").into());
    }
    Ok(std::fs::read(source.with_extension(kind))?)
}
