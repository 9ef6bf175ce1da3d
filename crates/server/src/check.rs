//! `chancery check`: looks the realm over, and says what is right and what is not.

use std::path::Path;
use std::process::ExitCode;

use chancery::keeping;
use chancery::kernel::{Actor, Clock as _, Db, Realm, SystemClock, Time};
use vault::Keys;

use crate::door::Certificate;
use crate::settings::{PostSettings, TlsSettings};
use crate::{Fault, Opened, Settings};

struct Findings {
    wrong: u32,
}

impl Findings {
    fn say<T>(&mut self, what: &str, outcome: Result<(String, T), String>) -> Option<T> {
        match outcome {
            Ok((text, value)) => {
                println!("  right  {what}: {text}");
                Some(value)
            }
            Err(text) => {
                self.wrong += 1;
                println!("  WRONG  {what}: {text}");
                None
            }
        }
    }
}

/// Ends with success only when everything is right.
pub(crate) async fn check(config: &Path) -> Result<ExitCode, Fault> {
    let mut findings = Findings { wrong: 0 };
    let read = Settings::read(config)
        .map(|settings| (format!("{} is complete", config.display()), settings))
        .map_err(|error| error.to_string());
    if let Some(settings) = findings.say("configuration", read) {
        let keys = Keys::load(&settings.keys)
            .map(|keys| {
                (
                    format!(
                        "{}, readable by its owner alone",
                        count(keys.ids().count(), "key")
                    ),
                    (),
                )
            })
            .map_err(|error| error.to_string());
        let keys = findings.say("keys", keys);
        let walls = match crate::open::reader() {
            Ok(reader) => reader.check().await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        findings.say("reading files", walls.map(|walls| (walls.to_string(), ())));
        if let Some(malware) = &settings.malware {
            let answer = malware.clamd.version().await;
            let answer = answer.map(|version| (format!("{} is {version}", malware.clamd), ()));
            findings.say("malware", answer.map_err(|error| error.to_string()));
        }
        if let Some(mail) = &settings.mail {
            findings.say("mail", post(mail, &settings.server.address).await);
        }
        let store = settings
            .vault
            .look()
            .await
            .map(|found| (found, ()))
            .map_err(|error| error.to_string());
        let store = findings.say("vault", store);
        if let Some(tls) = &settings.server.tls {
            findings.say("certificate", certificate(tls));
        }
        let database = database(&settings).await;
        let database = findings.say("database", database);
        if keys.is_some() && store.is_some() && database.is_some() {
            contents(config, &mut findings).await;
        }
    }
    Ok(if findings.wrong == 0 {
        println!("Everything is right.");
        ExitCode::SUCCESS
    } else {
        println!(
            "{} wrong.",
            count(findings.wrong as usize, "thing is").replace("things is", "things are")
        );
        ExitCode::FAILURE
    })
}

/// Whether the mail server lets us in; nothing is sent.
async fn post(settings: &PostSettings, pages: &str) -> Result<(String, ()), String> {
    let mailer = settings.open(pages).map_err(|error| error.to_string())?;
    mailer.check().await.map_err(|error| error.to_string())?;
    Ok((format!("{} lets us in", mailer.server()), ()))
}

fn certificate(settings: &TlsSettings) -> Result<(String, ()), String> {
    let certificate = Certificate::read(settings).map_err(|error| error.to_string())?;
    let until = certificate
        .good_until()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .ok_or("its dates cannot be read")?;
    if Time::from(until) <= SystemClock.now() {
        return Err(format!("it ended on {until}"));
    }
    Ok((format!("its key fits, and it is good until {until}"), ()))
}

async fn database(settings: &Settings) -> Result<(String, ()), String> {
    let db = Db::open(settings.database.expose())
        .await
        .map_err(|error| error.to_string())?;
    let pending = db
        .pending_migrations()
        .await
        .map_err(|error| error.to_string())?;
    let engine = db.engine();
    db.close().await;
    if pending.is_empty() {
        Ok((
            format!("{engine:?} answers and its schema is up to date"),
            (),
        ))
    } else {
        Err(format!(
            "the schema lacks {}; run `chancery migrate`",
            pending.join(", ")
        ))
    }
}

async fn contents(config: &Path, findings: &mut Findings) {
    let opened = match Opened::from_file(config).await {
        Ok(opened) => opened,
        Err(fault) => {
            findings.say::<()>("realm", Err(fault.to_string()));
            return;
        }
    };
    let journal = match opened.realm.check_journal().await {
        Ok(report) => match report.fault {
            None => Ok((
                format!(
                    "{} in an unbroken chain, {} waiting to be sealed",
                    count(
                        usize::try_from(report.sealed).unwrap_or(usize::MAX),
                        "entry"
                    )
                    .replace("entrys", "entries"),
                    report.waiting
                ),
                (),
            )),
            Some(fault) => Err(format!("entry {}: {}", fault.position, fault.what)),
        },
        Err(error) => Err(error.to_string()),
    };
    findings.say("journal", journal);
    findings.say("rows", rows(&opened.realm).await);
    let content = chancery::documents::verify(&opened.realm)
        .await
        .map_err(|error| error.to_string())
        .and_then(|report| match report.damaged.first() {
            None => Ok((
                format!(
                    "{} read back and whole",
                    count(
                        usize::try_from(report.whole).unwrap_or(usize::MAX),
                        "content"
                    )
                ),
                (),
            )),
            Some(first) => Err(format!(
                "{} cannot be read back; the first: {first}",
                report.damaged.len()
            )),
        });
    findings.say("content", content);
    findings.say("keys in use", keys_in_use(&opened).await);
    let unreferred = chancery::documents::unreferred(&opened.realm)
        .await
        .map(|count| (unreferred_text(count), ()))
        .map_err(|error| error.to_string());
    findings.say("uploads", unreferred);
    opened.realm.close().await;
}

/// How much is under which wrapping key; wrong where the key file lacks one.
async fn keys_in_use(opened: &Opened) -> Result<(String, ()), String> {
    let console = Actor::console(&opened.realm);
    let keys = Keys::load(&opened.settings.keys).map_err(|error| error.to_string())?;
    let in_use = keeping::keys_in_use(&console)
        .await
        .map_err(|error| error.to_string())?;
    let mut said = Vec::new();
    for id in keys.ids() {
        let contents = in_use.under.get(&id).copied().unwrap_or_default();
        let current = if id == keys.current() {
            ", the one in use"
        } else {
            ""
        };
        said.push(format!("{contents} contents under key {id}{current}"));
    }
    let lacking: Vec<String> = in_use
        .under
        .iter()
        .filter(|(id, _)| keys.ids().all(|known| known != **id))
        .map(|(id, contents)| {
            format!("{contents} contents are under key {id}, which the key file lacks")
        })
        .collect();
    if lacking.is_empty() {
        Ok((said.join("; "), ()))
    } else {
        Err(lacking.join("; "))
    }
}

/// Whether the rows agree with each other and with the journal.
async fn rows(realm: &Realm) -> Result<(String, ()), String> {
    let mut wrong = realm
        .check_database()
        .await
        .map_err(|error| error.to_string())?;
    wrong.extend(
        chancery::documents::faults(realm)
            .await
            .map_err(|error| error.to_string())?,
    );
    if wrong.is_empty() {
        Ok((
            "they agree with each other and with the journal".to_owned(),
            (),
        ))
    } else {
        Err(wrong.join("\n           "))
    }
}

fn unreferred_text(blobs: u64) -> String {
    if blobs == 0 {
        return "none was cut off".to_owned();
    }
    let blobs = count(usize::try_from(blobs).unwrap_or(usize::MAX), "content");
    format!("{blobs} under way or cut off before the end; cleared away a day later")
}

fn count(number: usize, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}
