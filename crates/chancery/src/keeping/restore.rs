//! A whole realm from a snapshot, where there is none.

use std::sync::Arc;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use vault::{Keys, Store};

use super::manifest::{ContentLine, Manifest};
use super::{Restore, Restored, Target};
use crate::kernel::{Actor, Db, Id, Queries as _, Time, args};
use crate::{Error, Result};

const AT_A_TIME: usize = 8;
const SAID: &str = "SELECT COUNT(*) AS value FROM journal WHERE action = 'Restore' AND (position = 0 OR position > $1)";

/// The statements here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[SAID];

/// What came back.
#[derive(Debug)]
pub struct Back {
    /// The realm's keys.
    pub keys: Keys,
    /// Contents that are not in the snapshot because they were lost before it was taken.
    pub lost: Vec<String>,
}

/// Brings the content of a snapshot into a store, and the realm's keys. What is there from an
/// attempt that was interrupted is used. Each content is read back.
pub async fn restore_content(
    target: &Target,
    manifest: &Manifest,
    store: Arc<dyn Store>,
) -> Result<Back> {
    let from = target.vault().await?;
    let to = from.over(Arc::clone(&store));
    let (from, to, store) = (&from, &to, &store);
    let damaged = &manifest.content.damaged;
    let table = manifest.table("contents")?;
    for part in &table.parts {
        let text = target.rows(part).await?;
        let lines = table
            .lines(&text)?
            .iter()
            .map(ContentLine::of)
            .collect::<Result<Vec<_>>>()?;
        let in_vault = lines
            .into_iter()
            .filter(|line| line.inline.is_none())
            .filter(|line| !damaged.contains(&line.address.to_string()));
        stream::iter(in_vault)
            .map(|line| async move {
                from.copy_to(&line.address, store).await?;
                match to.verify(&line.address, None).await {
                    Ok(_) => Ok(()),
                    Err(error) => {
                        to.discard(&line.address).await?;
                        Err(Error::unavailable(format!(
                            "content {}: {error}; nothing was restored. `chancery backup verify` reads the whole backup",
                            line.address
                        )))
                    }
                }
            })
            .buffer_unordered(AT_A_TIME)
            .try_collect::<()>()
            .await?;
    }
    Ok(Back {
        keys: target.realm_keys().await?.ok_or(Error::NotFound)?,
        lost: damaged.clone(),
    })
}

/// Fills an empty database from a snapshot, in one transaction.
pub async fn restore_database(
    target: &Target,
    manifest: &Manifest,
    db: &Db,
    now: Time,
) -> Result<()> {
    let mut restoring = db.begin_restoring(&manifest.under, now).await?;
    for table in &manifest.tables {
        for part in &table.parts {
            let text = target.rows(part).await?;
            restoring.load(&table.name, &table.lines(&text)?).await?;
        }
    }
    restoring.commit().await
}

/// Whether this database is the one that the snapshot was restored to: its journal is the same up to
/// where the snapshot's ends.
pub async fn is_restored_to(manifest: &Manifest, db: &Db) -> Result<bool> {
    let hash = db.journal_hash(manifest.journal.position).await?;
    Ok(hash.is_some_and(|hash| hash.to_string() == manifest.journal.hash))
}

/// Says in the journal of a restored realm where it came from: its first new entry.
pub async fn say_restored(actor: &Actor, manifest: &Manifest) -> Result<()> {
    let mut w = actor.write::<Restore>(Id::REALM).await?;
    let (said,): (i64,) = w.one(SAID, args![manifest.journal.position]).await?;
    if said > 0 {
        return Ok(());
    }
    w.commit(Restored {
        snapshot: manifest.id.clone(),
        taken_at: manifest.taken_at.to_string(),
        position: manifest.journal.position,
    })
    .await?;
    actor.realm().seal().await.map(drop)
}
