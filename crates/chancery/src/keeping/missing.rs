//! Content that the living vault has lost, or that was damaged there, put back from a backup.

use std::collections::{BTreeMap, BTreeSet};

use vault::{Address, Kept, Vault};

use super::manifest::ContentLine;
use super::{ContentPutBack, Manifest, PutContentBack, Target};
use crate::kernel::{Actor, Id, Queries as _, args, record};
use crate::{Error, Result};

const BATCH: i64 = 200;
const CONTENTS: &str =
    "SELECT id, address, inline FROM contents WHERE id > $1 ORDER BY id LIMIT $2";
const PUT: &str = "UPDATE contents SET inline = $1 WHERE id = $2";

/// The statements here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[CONTENTS, PUT];

record! {
    struct ContentRow { id: i64, address: Vec<u8>, inline: Option<Vec<u8>> }
}

/// What was found and put back.
#[derive(Debug, Default)]
pub struct PutBack {
    /// Contents that were whole.
    pub whole: u64,
    /// Contents that were lost or damaged and are in a snapshot, each with that snapshot.
    pub back: Vec<(Address, String)>,
    /// Contents that were lost or damaged and are whole in no snapshot.
    pub lost: Vec<Address>,
}

/// Reads all content back, and puts back from the newest snapshot that has it whole what the vault
/// lacks or cannot open. With `dry_run`, only says what it would put back.
pub async fn put_back_missing(actor: &Actor, target: &Target, dry_run: bool) -> Result<PutBack> {
    let mut proof = actor.read::<PutContentBack>(Id::REALM).await?;
    let living = actor.realm().vault();
    let mut done = PutBack::default();
    let mut missing = BTreeMap::new();
    let mut after = 0_i64;
    loop {
        let rows: Vec<ContentRow> = proof.all(CONTENTS, args![after, BATCH]).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = last.id;
        for row in rows {
            let address = <[u8; 32]>::try_from(row.address.as_slice())
                .map(Address::from_bytes)
                .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?;
            match living.verify(&address, row.inline).await {
                Ok(_) => done.whole += 1,
                Err(
                    vault::Error::NotFound
                    | vault::Error::Damaged { .. }
                    | vault::Error::KeyUnknown { .. },
                ) => {
                    missing.insert(address, row.id);
                }
                // The store cannot be reached: nothing is known to be lost.
                Err(error) => return Err(error.into()),
            }
        }
    }
    if missing.is_empty() {
        return Ok(done);
    }
    let backup = target.vault().await?;
    let mut snapshots = target.snapshots().await?;
    let mut rows = Vec::new();
    while let Some(manifest) = snapshots.pop() {
        for line in find(target, &manifest, &missing).await? {
            let Ok(blob) = whole(&backup, &line).await else {
                continue;
            };
            let Some(row) = missing.remove(&line.address) else {
                continue;
            };
            if !dry_run {
                let inline = match living.put_back(&blob).await? {
                    Kept::Inline(bytes) => Some(bytes),
                    Kept::Stored => None,
                };
                rows.push((row, inline));
            }
            done.back.push((line.address, manifest.id.clone()));
        }
    }
    done.lost = missing.into_keys().collect();
    if !rows.is_empty() {
        let mut w = actor.write::<PutContentBack>(Id::REALM).await?;
        for (row, inline) in rows {
            w.execute(PUT, args![inline, row]).await?;
        }
        let snapshots: BTreeSet<&str> = done.back.iter().map(|(_, id)| id.as_str()).collect();
        w.commit(ContentPutBack {
            contents: done.back.len() as u64,
            snapshots: snapshots.into_iter().collect::<Vec<_>>().join(", "),
        })
        .await?;
    }
    Ok(done)
}

/// The rows of a snapshot that name any of this content.
async fn find(
    target: &Target,
    manifest: &Manifest,
    wanted: &BTreeMap<Address, i64>,
) -> Result<Vec<ContentLine>> {
    let mut found = Vec::new();
    let table = manifest.table("contents")?;
    for part in &table.parts {
        let text = target.rows(part).await?;
        for line in table.lines(&text)? {
            let line = ContentLine::of(&line)?;
            if wanted.contains_key(&line.address) {
                found.push(line);
            }
        }
    }
    Ok(found)
}

/// The content of a row in a backup, if it can be read there to its end.
pub(super) async fn whole(
    backup: &Vault,
    line: &ContentLine,
) -> std::result::Result<vault::Blob, vault::Error> {
    backup.verify(&line.address, line.inline.clone()).await?;
    backup.open(&line.address, line.inline.clone()).await
}
