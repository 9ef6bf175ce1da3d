//! `chancery restore`: a whole realm where there is none, or what is missing in the one that is there.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use chancery::keeping::{self, Manifest, Target, What};
use chancery::kernel::{Actor, Clock as _, Db, Id, SystemClock, SystemRng, thing};
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
    #[arg(long, required_unless_present_any = ["missing_content", "document", "library"])]
    directory: Option<PathBuf>,
    /// Put back content that the realm of --config has lost or cannot open.
    #[arg(long, conflicts_with_all = ["directory", "document", "library", "snapshot"])]
    missing_content: bool,
    /// Bring this document back into the realm of --config.
    #[arg(long, conflicts_with_all = ["directory", "library"])]
    document: Option<Id<thing::Document>>,
    /// Bring this library back into the realm of --config, with everything that was in it.
    #[arg(long, conflicts_with = "directory")]
    library: Option<Id<thing::Library>>,
    /// Give the access to the library again that it had.
    #[arg(long, requires = "library")]
    with_grants: bool,
    /// Only say what would come back.
    #[arg(long, conflicts_with = "directory")]
    dry_run: bool,
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

pub(crate) async fn perform(config: &Path, asked: &Restore) -> Result<ExitCode, Fault> {
    let held = asked.place.open().await?;
    let target = &held.target;
    if let Some(directory) = &asked.directory {
        let manifest = target.snapshot(asked.snapshot.as_deref()).await?;
        whole(target, &manifest, directory, asked).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let opened = crate::Opened::from_file(config).await?;
    let console = Actor::console(&opened.realm);
    let outcome = if asked.missing_content {
        missing(&console, target, asked.dry_run).await
    } else {
        some(&console, target, asked).await
    };
    opened.realm.close().await;
    outcome
}

async fn missing(console: &Actor, target: &Target, dry_run: bool) -> Result<ExitCode, Fault> {
    let done = keeping::put_back_missing(console, target, dry_run).await?;
    println!("{} contents are whole.", done.whole);
    let word = if dry_run {
        "would come back"
    } else {
        "came back"
    };
    for (address, snapshot) in &done.back {
        println!("  {address} {word} from snapshot {snapshot}");
    }
    for address in &done.lost {
        println!("  LOST   {address} is whole in no snapshot");
    }
    Ok(if done.lost.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// One document or one library.
async fn some(console: &Actor, target: &Target, asked: &Restore) -> Result<ExitCode, Fault> {
    let manifest = target.snapshot(asked.snapshot.as_deref()).await?;
    let what = match (asked.document, asked.library) {
        (Some(document), _) => What::Document(document),
        (None, Some(library)) => What::Library(library),
        (None, None) => return Err(Fault::Said("say what is to come back".to_owned())),
    };
    println!(
        "From snapshot {}, taken at {}:",
        manifest.id, manifest.taken_at
    );
    for line in keeping::bring_back(console, target, &manifest, what, asked.dry_run).await? {
        println!("  {line}");
    }
    if let Some(library) = asked.library {
        let give = asked.with_grants && !asked.dry_run;
        let access = keeping::give_back_access(console, target, &manifest, library, give).await?;
        if !access.is_empty() {
            println!("Access that was given to the library and is not now:");
        }
        for line in &access {
            println!("  {line}");
        }
        if give && !access.is_empty() {
            println!("It was given again, except where the line says otherwise.");
        } else if !access.is_empty() {
            println!("It was not given again; --with-grants gives it.");
        }
    }
    if asked.dry_run {
        println!("Nothing was changed.");
    }
    Ok(ExitCode::SUCCESS)
}

async fn whole(
    target: &Target,
    manifest: &Manifest,
    directory: &Path,
    asked: &Restore,
) -> Result<(), Fault> {
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
        "{} is restored to {} as it was at {}. Nobody is signed in; one-time links and the tokens of programs have to be made anew.\n\
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
