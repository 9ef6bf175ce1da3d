//! `chancery restore`: a whole realm where there is none.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use chancery::keeping::{self, Manifest, Target};
use chancery::kernel::{Actor, Clock as _, Db, SystemClock, SystemRng};
use clap::Args;
use futures::StreamExt as _;
use toml::{Table, Value};
use vault::Keys;

use crate::backup::Place;
use crate::{Fault, Settings};

/// While this file is there the directory is no realm that can be started.
const MARKER: &str = "restoring";

#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    place: Place,
    /// Which snapshot; the newest unless said.
    #[arg(long)]
    snapshot: Option<String>,
    /// The empty directory to make the realm in.
    #[arg(long)]
    directory: PathBuf,
    /// Its database, which must be empty: sqlite: and a file in the directory, or postgres://…
    #[arg(long, default_value = "sqlite:realm.db")]
    database: String,
    /// Where it will listen; as it did before unless said.
    #[arg(long)]
    listen: Option<SocketAddr>,
}

/// Says why a realm cannot be opened whose restore did not finish.
pub(crate) fn finished(config: &Path) -> Result<(), Fault> {
    let marker = config.parent().unwrap_or(Path::new("")).join(MARKER);
    if !marker.exists() {
        return Ok(());
    }
    Err(Fault::Said(format!(
        "a restore into this directory did not finish, so it is not a whole realm: run the same \
         `chancery restore` again ({} says from which snapshot)",
        marker.display()
    )))
}

pub(crate) async fn perform(_config: &Path, asked: &Restore) -> Result<ExitCode, Fault> {
    let held = asked.place.open()?;
    let manifest = held.target.snapshot(asked.snapshot.as_deref()).await?;
    whole(&held.target, &manifest, asked).await?;
    Ok(ExitCode::SUCCESS)
}

async fn whole(target: &Target, manifest: &Manifest, asked: &Restore) -> Result<(), Fault> {
    let directory = &asked.directory;
    let marker = directory.join(MARKER);
    let mark = format!("snapshot {}\n", manifest.id);
    let going_on = match std::fs::read_to_string(&marker) {
        Ok(there) if there == mark => true,
        Ok(there) => {
            return Err(Fault::Said(format!(
                "a restore of {} into {} did not finish: go on with that one by --snapshot, or empty the directory",
                there.trim(),
                directory.display()
            )));
        }
        Err(_) => false,
    };
    if !going_on {
        if directory
            .read_dir()
            .is_ok_and(|mut entries| entries.next().is_some())
        {
            return Err(Fault::Said(format!(
                "{} is not empty; a realm is restored to an empty directory",
                directory.display()
            )));
        }
        std::fs::create_dir_all(directory)
            .map_err(Fault::machine(format!("making {}", directory.display())))?;
        crate::command::write_settings(&marker, &mark)?;
    }
    let file = directory.join("realm.toml");
    if !file.exists() {
        let text = configuration(manifest, asked)?;
        crate::command::write_settings(&file, &text)?;
    }
    let settings = Settings::read(&file)?;
    let db = match empty(&settings, manifest, going_on).await {
        Ok(db) => db,
        Err(fault) => {
            if !going_on {
                // Nothing was restored, and nothing is left behind that looks as if.
                for made in [&file, &marker] {
                    let _ = std::fs::remove_file(made);
                }
            }
            return Err(fault);
        }
    };
    let store = settings.vault.open().await?;
    let back = keeping::restore_content(target, manifest, store).await?;
    if settings.keys.exists() {
        if Keys::load(&settings.keys)?.vault() != back.keys.vault() {
            return Err(Fault::Said(format!(
                "{} holds the keys of another realm",
                settings.keys.display()
            )));
        }
    } else {
        back.keys.save(&settings.keys)?;
    }
    if let Some(db) = db {
        keeping::restore_database(target, manifest, &db, SystemClock.now()).await?;
        db.close().await;
    }
    let realm = crate::open::open(&settings, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    keeping::say_restored(&Actor::console(&realm), manifest).await?;
    realm.close().await;
    std::fs::remove_file(&marker)
        .and_then(|()| std::fs::File::open(directory)?.sync_all())
        .map_err(Fault::machine("ending the restore"))?;
    println!(
        "{} is restored to {} as it was at {}. Nobody is signed in, and one-time links have to be made anew.\n\
         Look it over with `chancery --config {} check`, and see in realm.toml that addresses, paths and secrets fit this machine.",
        manifest.realm,
        directory.display(),
        manifest.taken_at,
        file.display()
    );
    for address in &back.lost {
        println!("  lost before the snapshot was taken: content {address}");
    }
    Ok(())
}

/// The database, if it still has to be filled. Refuses one that has anything in it, unless that is
/// what an interrupted restore of this snapshot put there; and a vault that is not empty.
async fn empty(
    settings: &Settings,
    manifest: &Manifest,
    going_on: bool,
) -> Result<Option<Db>, Fault> {
    let db = Db::open(settings.database.expose()).await?;
    if db.is_empty().await? {
        let occupied = settings.vault.open().await?.list().next().await.is_some();
        if occupied && !going_on {
            let vault = &settings.vault;
            return Err(Fault::Said(format!("the vault {vault} is not empty")));
        }
        return Ok(Some(db));
    }
    let same = going_on && keeping::is_restored_to(manifest, &db).await?;
    db.close().await;
    if same {
        return Ok(None);
    }
    Err(Fault::Said(
        "the database is not empty; a realm is restored to an empty one".to_owned(),
    ))
}

/// The configuration of the restored realm: as the snapshot has it, with the places of this one.
fn configuration(manifest: &Manifest, asked: &Restore) -> Result<String, Fault> {
    let mut table: Table = manifest
        .configuration
        .parse()
        .map_err(|error| Fault::Said(format!("the configuration in the snapshot: {error}")))?;
    let text = |value: &str| Value::String(value.to_owned());
    let mut put = |section: &str, key: &str, value: Value| {
        let section = table
            .entry(section)
            .or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(section) = section {
            section.insert(key.to_owned(), value);
        }
    };
    put("database", "url", text(&asked.database));
    if let Some(listen) = asked.listen {
        put("server", "listen", text(&listen.to_string()));
        if listen.ip().is_loopback() {
            put(
                "server",
                "address",
                text(&format!("http://localhost:{}", listen.port())),
            );
        }
    }
    let vault = Table::from_iter([
        ("directory".to_owned(), text("vault")),
        ("keys".to_owned(), text("keys.txt")),
    ]);
    table.insert("vault".to_owned(), Value::Table(vault));
    let table = toml::to_string(&table).map_err(|error| Fault::Said(error.to_string()))?;
    Ok(format!(
        "# Restored from snapshot {}, taken at {}. Secrets are not in a backup: put them in again.\n\n{table}",
        manifest.id, manifest.taken_at
    ))
}
