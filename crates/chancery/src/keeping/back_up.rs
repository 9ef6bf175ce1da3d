//! Taking a snapshot while the realm goes on serving.

use futures::{StreamExt as _, stream};
use vault::{Keys, Vault};

use super::manifest::{Amount, ContentLine, FORMAT, Kept, Manifest, Part, Reached};
use super::{BackUp, BackedUp, Target};
use crate::kernel::{Actor, CONTENT, Id, Snapshot, kept, steps, thing};
use crate::{Error, Result};

/// A part is closed once it is this long. Rows are in the order of their making, so the parts of a
/// table that only grows are the same in the next snapshot, and are not stored again.
const PART: usize = 4 * 1024 * 1024;
/// How many contents are copied at a time: each waits for the disk.
const AT_A_TIME: usize = 8;

/// What a backup needs besides the realm and its target.
pub struct Asked<'a> {
    /// Reads the realm's key file.
    pub keys: &'a (dyn Fn() -> std::result::Result<Keys, vault::Error> + Sync),
    /// The realm's configuration, without its secrets.
    pub configuration: String,
    /// Read back everything that is written.
    pub verify: bool,
}

/// What a backup did.
#[derive(Debug)]
pub struct Taken {
    /// The snapshot.
    pub manifest: Manifest,
    /// How many contents were copied; the others were there already.
    pub copied: u64,
}

/// Takes a snapshot. The database is held still for as long as its rows take to read; content is
/// copied after that, and meanwhile no garbage is collected and no key retired.
pub async fn back_up(actor: &Actor, target: &Target, asked: &Asked<'_>) -> Result<Taken> {
    let proof = actor.read::<BackUp>(Id::REALM).await?;
    let realm = actor.realm();
    let hold = realm.hold(CONTENT).await?;
    // What waits is sealed first, so that the head says all that the snapshot holds.
    realm.seal().await?;
    let mut snapshot = Snapshot::of(&proof).await?;
    let taken_at = realm.now();
    let head = snapshot.head().await?;
    let mut tables = Vec::new();
    for (table, key) in kept() {
        tables.push(table_of(&mut snapshot, table, key, target, asked.verify).await?);
    }
    drop(snapshot);
    let id: Id<thing::Interval> = realm.new_id();
    let mut manifest = Manifest {
        format: FORMAT.to_owned(),
        id: id.to_string(),
        taken_at,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        realm: realm.settings().name.clone(),
        engine: format!("{:?}", realm.engine()),
        under: steps(),
        journal: Reached {
            position: head.position.0,
            hash: head.hash.to_string(),
        },
        tables,
        keys: String::new(),
        content: Amount::default(),
        configuration: asked.configuration.clone(),
    };
    let vault = realm.vault().opening_with(keys(target, asked).await?);
    let copied = contents(&vault, &mut manifest, target, asked.verify).await?;
    // Read once more: what was copied may be under a key that was added meanwhile.
    let keys = keys(target, asked).await?;
    let keys = target.keep(keys.text().as_bytes(), asked.verify).await?;
    manifest.keys = keys.to_string();
    target.publish(&manifest).await?;
    hold.release().await?;
    proof
        .record(&BackedUp {
            snapshot: manifest.id.clone(),
            rows: manifest.rows(),
            contents: manifest.content.contents,
            copied,
            damaged: manifest.content.damaged.len() as u64,
        })
        .await?;
    Ok(Taken { manifest, copied })
}

/// The realm's keys, and those of the snapshots before: what was copied then stays as it is, under
/// a key that the realm may have retired since.
async fn keys(target: &Target, asked: &Asked<'_>) -> Result<Keys> {
    let keys = (asked.keys)()?;
    match target.realm_keys().await? {
        None => Ok(keys),
        Some(older) if older.vault() == keys.vault() => Ok(keys.with_older(older)?),
        Some(_) => Err(Error::invalid(
            "to",
            "it holds the backups of another realm; make another place with `chancery backup init`",
        )),
    }
}

async fn table_of(
    snapshot: &mut Snapshot,
    table: &str,
    key: &str,
    target: &Target,
    verify: bool,
) -> Result<Kept> {
    let mut kept = Kept {
        columns: snapshot.columns(table).await?,
        ..Kept::empty(table)
    };
    let (mut text, mut rows, mut after) = (String::new(), 0, None);
    loop {
        let (lines, last) = snapshot
            .lines(table, key, &kept.columns, after.as_ref())
            .await?;
        let end = lines.is_empty();
        for line in lines {
            text.push_str(&line);
            text.push('\n');
            rows += 1;
            if text.len() >= PART {
                close(&mut kept, &mut text, &mut rows, target, verify).await?;
            }
        }
        if end {
            break;
        }
        after = last;
    }
    close(&mut kept, &mut text, &mut rows, target, verify).await?;
    Ok(kept)
}

async fn close(
    kept: &mut Kept,
    text: &mut String,
    rows: &mut u64,
    target: &Target,
    verify: bool,
) -> Result<()> {
    if *rows > 0 {
        let address = target.keep(text.as_bytes(), verify).await?.to_string();
        kept.rows += *rows;
        kept.parts.push(Part {
            address,
            rows: *rows,
        });
        text.clear();
        *rows = 0;
    }
    Ok(())
}

/// Copies the content that the snapshot's own rows name. What is lost or damaged in the realm stops
/// nothing: it is named in the manifest, and everything else is safe.
async fn contents(
    vault: &Vault,
    manifest: &mut Manifest,
    target: &Target,
    verify: bool,
) -> Result<u64> {
    let mut copied = 0;
    let mut amount = Amount::default();
    let table = manifest.table("contents")?;
    for part in &table.parts {
        let text = target.rows(part).await?;
        let lines = table.lines(&text)?;
        let some = lines
            .iter()
            .map(ContentLine::of)
            .collect::<Result<Vec<_>>>()?;
        drop(lines);
        let mut outcomes = stream::iter(some)
            .map(|line| async move {
                let outcome = copy(vault, &line, target, verify).await;
                (line, outcome)
            })
            .buffer_unordered(AT_A_TIME);
        while let Some((line, outcome)) = outcomes.next().await {
            amount.contents += 1;
            amount.bytes += line.size;
            match outcome {
                Ok(new) => copied += u64::from(new),
                Err(
                    error @ (vault::Error::NotFound
                    | vault::Error::Damaged { .. }
                    | vault::Error::KeyUnknown { .. }),
                ) => {
                    tracing::error!(address = %line.address, %error, "this content is lost or damaged");
                    amount.damaged.push(line.address.to_string());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    amount.damaged.sort();
    manifest.content = amount;
    Ok(copied)
}

async fn copy(
    vault: &Vault,
    line: &ContentLine,
    target: &Target,
    verify: bool,
) -> std::result::Result<bool, vault::Error> {
    if line.inline.is_some() {
        if verify {
            vault.verify(&line.address, line.inline.clone()).await?;
        }
        return Ok(false);
    }
    let copied = vault.copy_to(&line.address, &target.content).await?;
    if copied && verify {
        let there = vault.over(target.content.clone());
        if let Err(error) = there.verify(&line.address, None).await {
            // Left there, it would be taken for good the next time.
            there.discard(&line.address).await?;
            return Err(error);
        }
    }
    Ok(copied)
}
