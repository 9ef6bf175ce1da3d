//! Making room where snapshots are.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use vault::{Collected, Vault};

use super::Target;
use super::manifest::{ContentLine, Manifest};
use super::verify::verify;
use crate::kernel::Time;
use crate::{Error, Result};

/// What pruning did.
#[derive(Debug)]
pub struct Pruned {
    /// The snapshots that are gone.
    pub gone: Vec<String>,
    /// The snapshots that stay.
    pub kept: Vec<String>,
    /// Bytes that this set free.
    pub freed: u64,
}

/// Removes all but the newest `keep` snapshots, and then what no snapshot refers to. Refuses unless
/// one of those that stay can be read back whole. Nobody may be taking a snapshot meanwhile.
pub async fn prune(target: &Target, keep: usize, now: Time) -> Result<Pruned> {
    if keep == 0 {
        return Err(Error::invalid("keep", "at least one snapshot must stay"));
    }
    let mut all = target.listed().await?;
    let stay = all.split_off(all.len().saturating_sub(keep));
    if !all.is_empty() {
        let mut good = false;
        for (_, manifest) in stay.iter().rev() {
            good = verify(target, manifest).await?.faults.is_empty();
            if good {
                break;
            }
        }
        if !good {
            return Err(Error::invalid(
                "keep",
                "none of the snapshots that would stay can be read back whole, so nothing was removed",
            ));
        }
    }
    for (address, _) in &all {
        target.manifests.discard(address).await?;
    }
    let mut named = HashSet::new();
    for (_, manifest) in &stay {
        name(target, manifest, &mut named).await?;
    }
    let content = target.parts.over(target.content.clone());
    let mut freed = 0;
    for vault in [&content, &target.parts] {
        freed += collect(vault, &named, now).await?.freed;
    }
    Ok(Pruned {
        gone: all.into_iter().map(|(_, manifest)| manifest.id).collect(),
        kept: stay.into_iter().map(|(_, manifest)| manifest.id).collect(),
        freed,
    })
}

/// Everything that a snapshot refers to: 32 bytes each.
async fn name(target: &Target, manifest: &Manifest, named: &mut HashSet<String>) -> Result<()> {
    named.extend(manifest.parts().map(str::to_owned));
    let table = manifest.table("contents")?;
    for part in &table.parts {
        let text = target.rows(part).await?;
        for line in table.lines(&text)? {
            let line = ContentLine::of(&line)?;
            if line.inline.is_none() {
                named.insert(line.address.to_string());
            }
        }
    }
    Ok(())
}

async fn collect(vault: &Vault, named: &HashSet<String>, now: Time) -> Result<Collected> {
    let micros = u64::try_from(now.micros()).unwrap_or_default();
    vault
        .collect(
            async |address| Ok::<_, Error>(named.contains(&address.to_string())),
            Duration::ZERO,
            SystemTime::UNIX_EPOCH + Duration::from_micros(micros),
        )
        .await
}
