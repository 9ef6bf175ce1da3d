//! Opening a realm from its settings.

use std::path::Path;
use std::sync::Arc;

use chancery::kernel::{Clock, Db, MIGRATIONS, Realm, Rng, SystemClock, SystemRng};
use vault::{Keys, Vault};

use crate::{Fault, Settings};

/// A realm that is open, and what it was opened from.
#[derive(Debug)]
pub struct Opened {
    /// The realm.
    pub realm: Realm,
    /// Its settings.
    pub settings: Settings,
}

impl Opened {
    /// Opens the realm of this configuration, on the machine's clock.
    pub async fn from_file(config: &Path) -> Result<Self, Fault> {
        crate::restore::finished(config)?;
        let settings = Settings::read(config)?;
        let realm = open(&settings, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
        Ok(Self { realm, settings })
    }
}

/// Opens a realm. Keys are made only for a realm that has nothing yet: with a database that has a
/// history, missing keys are a loss to be told about, not papered over.
pub(crate) async fn open(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
) -> Result<Realm, Fault> {
    let db = Db::open(settings.database.expose()).await?;
    let new = db.pending_migrations().await?.len() == MIGRATIONS.len();
    let keys = if new {
        Keys::load_or_create(&settings.keys)?
    } else {
        Keys::load(&settings.keys)?
    };
    let vault = Vault::new(keys, settings.vault.open().await?);
    let realm = Realm::open(db, vault, clock, rng, settings.realm.clone()).await?;
    match reader() {
        Ok(inspector) => realm.read_files_with(inspector),
        Err(error) => tracing::warn!(%error, "the text of files cannot be read"),
    }
    if let Some(first) = &settings.markings {
        let others = chancery::assurance::begin(&realm, first).await?;
        if others {
            tracing::warn!(
                "the settings name another policy for markings than the one in force, which counts: see docs/markings.md for changing it"
            );
        }
    }
    if let Some(malware) = &settings.malware {
        realm.scan_malware_with(malware.clamd.clone(), malware.when_away);
    }
    if settings.mail.is_some() {
        chancery::mail::write_to_people(&realm);
    }
    Ok(realm)
}

/// What files are read with: this program itself, started anew for each.
pub(crate) fn reader() -> std::io::Result<inspect::Inspector> {
    inspect::Inspector::own(inspect::Limits::default())
}
