//! Opening a realm from its settings.

use std::path::Path;
use std::sync::Arc;

use chancery::assurance::{self, Begun};
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
    judge(&realm, settings).await?;
    if let Some(malware) = &settings.malware {
        realm.scan_malware_with(malware.clamd.clone(), malware.when_away);
    }
    if settings.mail.is_some() {
        chancery::mail::write_to_people(&realm);
    }
    Ok(realm)
}

/// Takes over the rules of the realm, which count whatever these settings say; those of the settings where it has none yet.
async fn judge(realm: &Realm, settings: &Settings) -> Result<(), Fault> {
    let Some(first) = &settings.markings else {
        assurance::follow(realm).await?;
        return Ok(());
    };
    match assurance::begin(realm, first).await? {
        Begun::Same => {}
        Begun::Others => tracing::warn!(
            "the settings name another policy for markings than the one in force, which counts: see docs/markings.md for changing it"
        ),
        Begun::Off => tracing::warn!(
            "no markings are read, whatever the settings name: that was switched off in this realm. Switch it on again with: chancery rules on"
        ),
        Begun::Newer(program) => tracing::warn!(
            %program,
            "a newer release of this program judges in this realm, and this one reads nothing: see docs/upgrading.md for going back to it"
        ),
    }
    Ok(())
}

/// What files are read with: this program itself, started anew for each.
pub(crate) fn reader() -> std::io::Result<inspect::Inspector> {
    inspect::Inspector::own(inspect::Limits::default())
}
