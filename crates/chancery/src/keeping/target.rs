//! Where snapshots are: three stores of encrypted blobs.

use std::sync::Arc;

use futures::TryStreamExt as _;
use vault::{Address, Kept as KeptIn, Keys, Store, Vault};
use zeroize::Zeroizing;

use super::manifest::{FORMAT, Kept, Manifest, Part, address};
use crate::{Error, Result};

/// A manifest or a part is never larger than this; both are read whole.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Where snapshots are: the realm's content as it is, under the realm's own keys; and the parts
/// and manifests of snapshots, under the keys of the backup.
#[derive(Debug)]
pub struct Target {
    pub(super) content: Arc<dyn Store>,
    pub(super) parts: Vault,
    pub(super) manifests: Vault,
}

impl Target {
    /// Over three stores, with the keys of the backup.
    pub fn new(
        keys: &Keys,
        content: Arc<dyn Store>,
        parts: Arc<dyn Store>,
        manifests: Arc<dyn Store>,
    ) -> Result<Self> {
        let vault = |store| {
            Ok::<_, Error>(Vault::new(Keys::from_text(&keys.text())?, store).with_inline_limit(0))
        };
        Ok(Self {
            content,
            parts: vault(parts)?,
            manifests: vault(manifests)?,
        })
    }

    /// Keeps a part; one with the same content is there once.
    pub(super) async fn keep(&self, content: &[u8], verify: bool) -> Result<Address> {
        let kept = self.parts.deposit(content, LARGEST).await?;
        let address = kept.address;
        if kept.kept != KeptIn::Stored {
            return Err(Error::unavailable("a part of a backup is empty"));
        }
        if verify && self.parts.verify(&address, None).await.is_err() {
            // One that was there before and has been damaged since: once more, in its place.
            self.parts.discard(&address).await?;
            self.parts.deposit(content, LARGEST).await?;
            self.parts.verify(&address, None).await?;
        }
        Ok(address)
    }

    pub(super) async fn read(&self, part: &Address) -> Result<Vec<u8>> {
        read(&self.parts, part).await
    }

    /// The rows of a part, one a line.
    pub(super) async fn rows(&self, part: &Part) -> Result<String> {
        let bytes = self.read(&address(&part.address)?).await?;
        let text = String::from_utf8(bytes).map_err(Error::unavailable)?;
        if text.lines().count() as u64 == part.rows {
            Ok(text)
        } else {
            Err(Error::unavailable(
                "a part of a backup has another number of rows than its manifest says",
            ))
        }
    }

    /// The keys of the realm, as a snapshot has them.
    async fn keys_of(&self, manifest: &Manifest) -> Result<Keys> {
        let text = self.read(&address(&manifest.keys)?).await?;
        let text = Zeroizing::new(String::from_utf8(text).map_err(Error::unavailable)?);
        Ok(Keys::from_text(&text)?)
    }

    /// Every key that the realm's content here is wrapped under, if there is a snapshot: each
    /// snapshot keeps the keys of those before it, since it shares their content.
    pub(super) async fn realm_keys(&self) -> Result<Option<Keys>> {
        match self.listed().await?.last() {
            Some((_, newest)) => Ok(Some(self.keys_of(newest).await?)),
            None => Ok(None),
        }
    }

    /// The content of every snapshot.
    pub(super) async fn vault(&self) -> Result<Vault> {
        let keys = self.realm_keys().await?;
        let keys = keys.ok_or_else(|| Error::invalid("snapshot", "there is none yet"))?;
        Ok(Vault::new(keys, Arc::clone(&self.content)))
    }

    /// Every snapshot, oldest first.
    pub async fn snapshots(&self) -> Result<Vec<Manifest>> {
        Ok(self
            .listed()
            .await?
            .into_iter()
            .map(|(_, manifest)| manifest)
            .collect())
    }

    pub(super) async fn listed(&self) -> Result<Vec<(Address, Manifest)>> {
        let mut found = Vec::new();
        let mut stored = self.manifests.stored();
        while let Some(address) = stored.try_next().await? {
            let bytes = read(&self.manifests, &address).await?;
            let manifest: Manifest = serde_json::from_slice(&bytes).map_err(Error::unavailable)?;
            if manifest.format != FORMAT {
                return Err(Error::invalid(
                    "snapshot",
                    format!(
                        "{} is of the format {}, which this program does not know",
                        manifest.id, manifest.format
                    ),
                ));
            }
            found.push((address, manifest));
        }
        found.sort_by(|one, other| {
            (one.1.taken_at, &one.1.id).cmp(&(other.1.taken_at, &other.1.id))
        });
        Ok(found)
    }

    /// The snapshot of this name, or the newest.
    pub async fn snapshot(&self, id: Option<&str>) -> Result<Manifest> {
        let mut all = self.snapshots().await?;
        let wanted = match id {
            None => all.pop(),
            Some(id) => all.into_iter().find(|one| one.id.eq_ignore_ascii_case(id)),
        };
        wanted.ok_or_else(|| {
            Error::invalid(
                "snapshot",
                match id {
                    Some(id) => {
                        format!("there is no snapshot {id}; `chancery backup list` names them")
                    }
                    None => "there is none yet".to_owned(),
                },
            )
        })
    }

    pub(super) async fn publish(&self, manifest: &Manifest) -> Result<()> {
        let text = serde_json::to_vec(manifest).map_err(Error::unavailable)?;
        self.manifests.deposit(&text[..], LARGEST).await?;
        Ok(())
    }
}

async fn read(vault: &Vault, address: &Address) -> Result<Vec<u8>> {
    let blob = vault.open(address, None).await?;
    if blob.size() > LARGEST {
        return Err(Error::unavailable(
            "a part of a backup is too large to be one",
        ));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(blob.size()).unwrap_or_default());
    let mut content = blob.read(0..blob.size());
    while let Some(piece) = content.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

impl Kept {
    pub(super) fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            columns: Vec::new(),
            rows: 0,
            parts: Vec::new(),
        }
    }
}
