//! `chancery backup`: taking snapshots, and looking after them.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use chancery::keeping::{self, Asked, Manifest, Target};
use chancery::kernel::{Actor, Clock as _, SystemClock};
use clap::{Args, Subcommand};
use futures::TryStreamExt as _;
use toml::Table;
use vault::{Disk, Keys, S3, S3Settings, Store};

use crate::settings::object_store;
use crate::{Fault, Opened};

/// Where the file that says what a directory of backups is stands in it.
const LABEL: &str = "chancery-backup.txt";
const FIRST_LINE: &str = "chancery-backup 1";
/// Where it stands when the backups themselves are in an object store: what the store is.
const OBJECTS: &str = "s3.toml";
const STORES: [&str; 3] = ["content", "parts", "snapshots"];

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Backup {
    #[command(subcommand)]
    task: Option<Task>,
    /// The directory of backups, made by `chancery backup init`.
    #[arg(long, required = true)]
    to: Option<PathBuf>,
    /// The keys of the backup.
    #[arg(long, default_value = "backup-keys.txt")]
    keys: PathBuf,
    /// Do not read back what was written.
    #[arg(long)]
    no_verify: bool,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Make a directory for backups, and the keys that they are encrypted with.
    Init {
        /// The directory of backups.
        #[arg(long)]
        to: PathBuf,
        /// Where to put the keys.
        #[arg(long, default_value = "backup-keys.txt")]
        keys: PathBuf,
        /// Keep the backups in an object store, of which this file says what [vault.s3] would of the realm's.
        /// With the keys of backups that are there already, the directory is made for those.
        #[arg(long)]
        s3: Option<PathBuf>,
    },
    /// Name the snapshots there are.
    List(Place),
    /// Read a snapshot back: every row, the journal's chain, every content.
    Verify {
        #[command(flatten)]
        place: Place,
        /// Which snapshot; the newest unless said.
        #[arg(long)]
        snapshot: Option<String>,
    },
    /// Remove old snapshots, and what only they refer to.
    Prune {
        #[command(flatten)]
        place: Place,
        /// How many of the newest snapshots stay.
        #[arg(long)]
        keep: usize,
    },
}

/// Where backups are.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The directory of backups.
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// The keys of the backup.
    #[arg(long = "keys", default_value = "backup-keys.txt")]
    pub(crate) keys: PathBuf,
}

/// A directory of backups, held for this process: alone for whoever changes it, together with
/// others for whoever reads it.
pub(crate) struct Held {
    pub(crate) target: Target,
    _lock: File,
}

pub(crate) async fn perform(config: &Path, asked: &Backup) -> Result<ExitCode, Fault> {
    match &asked.task {
        Some(Task::Init { to, keys, s3 }) => init(to, keys, s3.as_deref()).await?,
        Some(Task::List(place)) => {
            let held = place.open().await?;
            for manifest in held.target.snapshots().await? {
                println!("{}", line(&manifest));
            }
        }
        Some(Task::Verify { place, snapshot }) => {
            let held = place.open().await?;
            let manifest = held.target.snapshot(snapshot.as_deref()).await?;
            return read_back(&held.target, &manifest).await;
        }
        Some(Task::Prune { place, keep }) => {
            let held = hold(&place.from, &place.keys, true).await?;
            let pruned = keeping::prune(&held.target, *keep, SystemClock.now()).await?;
            for id in &pruned.gone {
                println!("Snapshot {id} is gone.");
            }
            println!(
                "{} snapshots stay, and {} bytes were set free.",
                pruned.kept.len(),
                pruned.freed
            );
        }
        None => return take(config, asked).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn take(config: &Path, asked: &Backup) -> Result<ExitCode, Fault> {
    let Some(to) = &asked.to else {
        return Err(Fault::Said("say where with --to".to_owned()));
    };
    let held = hold(to, &asked.keys, true).await?;
    let opened = Opened::from_file(config).await?;
    let text = std::fs::read_to_string(config)
        .map_err(Fault::machine(format!("reading {}", config.display())))?;
    let key_file = opened.settings.keys.clone();
    let asked = Asked {
        keys: &|| Keys::load(&key_file),
        configuration: without_secrets(&text)?,
        verify: !asked.no_verify,
    };
    let outcome = keeping::back_up(&Actor::console(&opened.realm), &held.target, &asked).await;
    opened.realm.close().await;
    let taken = outcome?;
    let manifest = &taken.manifest;
    println!("{}", line(manifest));
    println!(
        "{} contents were copied; the others were there already.",
        taken.copied
    );
    if manifest.content.damaged.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{} contents are lost or damaged in the realm and are not in this snapshot. \
         `chancery restore --missing-content` puts back what an earlier one has:",
        manifest.content.damaged.len()
    );
    for address in &manifest.content.damaged {
        println!("  {address}");
    }
    Ok(ExitCode::FAILURE)
}

async fn read_back(target: &Target, manifest: &Manifest) -> Result<ExitCode, Fault> {
    let checked = keeping::verify(target, manifest).await?;
    println!("{}", line(manifest));
    println!(
        "{} rows and {} contents were read back whole.",
        checked.rows, checked.contents
    );
    for fault in &checked.faults {
        println!("  WRONG  {fault}");
    }
    if checked.faults.is_empty() {
        println!("Everything is right.");
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

fn line(manifest: &Manifest) -> String {
    let damaged = match manifest.content.damaged.len() {
        0 => String::new(),
        number => format!(", {number} of them damaged before it was taken"),
    };
    format!(
        "Snapshot {}, taken at {}: {}, {} rows, {} contents of {} bytes{damaged}, journal up to entry {} ({})",
        manifest.id,
        manifest.taken_at,
        manifest.realm,
        manifest.rows(),
        manifest.content.contents,
        manifest.content.bytes,
        manifest.journal.position,
        manifest.journal.hash,
    )
}

async fn init(to: &Path, key_file: &Path, s3: Option<&Path>) -> Result<(), Fault> {
    let label = to.join(LABEL);
    if label.exists() {
        return Err(Fault::Said(format!(
            "{} is a directory of backups already",
            to.display()
        )));
    }
    if to
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(Fault::Said(format!(
            "{} has something in it; name another directory or empty it",
            to.display()
        )));
    }
    std::fs::create_dir_all(to).map_err(Fault::machine(format!("making {}", to.display())))?;
    let keys = match s3 {
        None => {
            let keys = Keys::create(key_file)?;
            stores(to).await?;
            keys
        }
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(Fault::machine(format!("reading {}", file.display())))?;
            object_store(&text)?;
            crate::command::write_settings(&to.join(OBJECTS), &text)?;
            let ready = in_objects(to, key_file).await;
            if ready.is_err() {
                // So that the same can be asked for again.
                let _ = std::fs::remove_file(to.join(OBJECTS));
            }
            ready?
        }
    };
    let text = format!(
        "# Backups of a Chancery realm, encrypted. docs/backup.md describes the format; `chancery restore`\n\
         # brings a realm back from it, with the keys whose id stands here.\n\
         {FIRST_LINE}\nkeys {}\n",
        keys.vault()
    );
    crate::command::write_settings(&label, &text)?;
    println!(
        "{} can take backups. Keep a copy of {} in a safe place that is neither this machine nor the one with the backups:\n\
         with it anybody can read them, and without it nobody can.",
        to.display(),
        key_file.display()
    );
    Ok(())
}

/// The keys of the backups in an object store: new ones where there is nothing yet, otherwise those that
/// open what is there.
async fn in_objects(directory: &Path, key_file: &Path) -> Result<Keys, Fault> {
    let [content, parts, snapshots] = stores(directory).await?;
    if key_file.exists() {
        let keys = Keys::load(key_file)?;
        let there = Target::new(&keys, content, parts, snapshots)?;
        println!("{} snapshots are there.", there.snapshots().await?.len());
        return Ok(keys);
    }
    for store in [content, parts, snapshots] {
        if store.list().try_next().await?.is_some() {
            return Err(Fault::Said(format!(
                "there are backups in that place already: name another prefix, or put their keys into {}",
                key_file.display()
            )));
        }
    }
    Ok(Keys::create(key_file)?)
}

/// What a backup consists of, in the directory itself or in the object store that it names.
async fn stores(directory: &Path) -> Result<[Arc<dyn Store>; 3], Fault> {
    let file = directory.join(OBJECTS);
    let objects = match std::fs::read_to_string(&file) {
        Ok(text) => Some(object_store(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Fault::machine(format!("reading {}", file.display()))(error)),
    };
    let mut opened: Vec<Arc<dyn Store>> = Vec::new();
    for name in STORES {
        opened.push(match &objects {
            None => Arc::new(Disk::open(directory.join(name))?),
            Some(settings) => {
                let prefix = format!("{}/{name}", settings.prefix);
                Arc::new(
                    S3::connect(&S3Settings {
                        prefix: prefix.trim_start_matches('/').to_owned(),
                        ..settings.clone()
                    })
                    .await?,
                )
            }
        });
    }
    opened
        .try_into()
        .map_err(|_| Fault::Said("a backup has three stores".to_owned()))
}

impl Place {
    /// For reading.
    pub(crate) async fn open(&self) -> Result<Held, Fault> {
        hold(&self.from, &self.keys, false).await
    }
}

async fn hold(directory: &Path, key_file: &Path, alone: bool) -> Result<Held, Fault> {
    let label = directory.join(LABEL);
    let said = || format!("opening {}", label.display());
    let text = std::fs::read_to_string(&label).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            Fault::Said(format!(
                "{} is not a directory of backups; `chancery backup init --to {0}` makes it one",
                directory.display()
            ))
        } else {
            Fault::machine(said())(error)
        }
    })?;
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    if lines.next() != Some(FIRST_LINE) {
        return Err(Fault::Said(format!(
            "{} is of a format that this program does not know",
            label.display()
        )));
    }
    let keys = Keys::load(key_file)?;
    let wanted = format!("keys {}", keys.vault());
    if lines.next() != Some(wanted.as_str()) {
        return Err(Fault::Said(format!(
            "{} holds the keys of other backups than those in {}",
            key_file.display(),
            directory.display()
        )));
    }
    let lock = File::open(&label).map_err(Fault::machine(said()))?;
    let locked = if alone {
        lock.try_lock()
    } else {
        lock.try_lock_shared()
    };
    match locked {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Fault::Said(format!(
                "another command is at work in {}; try again when it has ended",
                directory.display()
            )));
        }
        Err(TryLockError::Error(error)) => return Err(Fault::machine(said())(error)),
    }
    let [content, parts, snapshots] = stores(directory).await?;
    Ok(Held {
        target: Target::new(&keys, content, parts, snapshots)?,
        _lock: lock,
    })
}

/// The configuration as a snapshot keeps it: without the database's address, which may hold a
/// password, and without whatever else is named as a secret.
fn without_secrets(text: &str) -> Result<String, Fault> {
    const SECRET: [&str; 6] = [
        "secret",
        "password",
        "token",
        "access_key",
        "credential",
        "private",
    ];
    fn clean(table: &mut Table) {
        table.retain(|key, _| {
            !SECRET.iter().any(|word| key.contains(word)) || key == "password_memory_kib"
        });
        for (_, value) in table.iter_mut() {
            if let toml::Value::Table(inner) = value {
                clean(inner);
            }
        }
    }
    let mut table: Table = text
        .parse()
        .map_err(|error| Fault::Said(format!("the configuration is not TOML: {error}")))?;
    table.remove("database");
    clean(&mut table);
    toml::to_string(&table).map_err(|error| Fault::Said(error.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    #[test]
    fn no_secret_is_in_a_snapshot() {
        let text = "[realm]\nname = \"A\"\n[database]\nurl = \"postgres://u:hunter2@h/d\"\n\
                    [limits]\npassword_memory_kib = 20000\n\
                    [vault.s3]\nbucket = \"b\"\nsecret_access_key = \"hunter2\"\nclient_secret = \"hunter2\"\n";
        let kept = super::without_secrets(text).unwrap();
        assert!(!kept.contains("hunter2"), "{kept}");
        assert!(
            kept.contains("password_memory_kib") && kept.contains("bucket"),
            "{kept}"
        );
    }
}
