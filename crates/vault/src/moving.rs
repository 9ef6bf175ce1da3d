//! Blobs that move: into a backup as they are, back out of one, and which key each needs.

use std::{
    io,
    sync::{Arc, RwLock},
};

use futures::TryStreamExt as _;
use tokio_util::io::StreamReader;

use crate::{
    Address, Blob, Error, Existing, Kept, KeyId, Keys, Store, Vault, blob,
    format::{self, Fresh, LARGEST, Segments},
    keys::random,
    vault::{abort, copy},
};

impl Vault {
    /// The wrapping key that a blob is under. Only the name in its head is read: that the blob is
    /// whole is for [`Vault::verify`] to say.
    pub async fn wrapped_by(
        &self,
        address: &Address,
        inline: Option<&[u8]>,
    ) -> Result<KeyId, Error> {
        let head = match inline {
            Some(row) => *row.first_chunk().ok_or(blob::TOO_SHORT)?,
            None => blob::head(&*self.store, address).await?.0,
        };
        Ok(format::key_id(&head))
    }

    /// Copies a stored blob into another store under the same address, encrypted as it is; durable
    /// when this returns. One that is there already and opens with the keys of this vault is left
    /// and becomes as young as new. Says whether anything had to be copied.
    pub async fn copy_to(&self, address: &Address, store: &Arc<dyn Store>) -> Result<bool, Error> {
        let keys = self.keys();
        let existing = match blob::head(&**store, address).await {
            Ok((head, length)) => {
                let there = Blob::stored(*address, &head, length, Arc::clone(store), &keys);
                match there {
                    Ok(_) if store.refresh(address).await? => return Ok(false),
                    // Gone since, damaged, or under a key that this vault has given up.
                    _ => Existing::Replace,
                }
            }
            Err(Error::NotFound) => Existing::Keep,
            Err(Error::Damaged { .. }) => Existing::Replace,
            Err(error) => return Err(error),
        };
        let (head, length) = blob::head(&*self.store, address).await?;
        let blob = Blob::stored(*address, &head, length, Arc::clone(&self.store), &keys)?;
        let mut upload = store.begin().await?;
        if let Err(error) = copy(&*self.store, &blob, &mut *upload).await {
            abort(Some(upload)).await;
            return Err(error);
        }
        upload.finish(address, &head, existing).await?;
        Ok(true)
    }

    /// Stores the content of a blob anew under the keys of this vault, in the place of whatever
    /// stands under its address, or gives it back to be kept inline. The blob may be of another
    /// store and under other wrapping keys, but must be of a vault with the same address secret:
    /// [`Error::Damaged`] if its content does not have its address here.
    pub async fn put_back(&self, blob: &Blob) -> Result<Kept, Error> {
        let keys = self.keys();
        let fresh = Fresh::random()?;
        let segments = Segments::new(fresh.key, fresh.prefix);
        let content = StreamReader::new(blob.read(0..blob.size()).map_err(io::Error::other));
        let mut upload = None;
        let read = self
            .encrypt(content, LARGEST, &keys, &segments, &mut upload)
            .await;
        let (address, size, only) = match read {
            Ok(read) if read.0 == *blob.address() => read,
            Ok(_) => {
                abort(upload).await;
                return Err(Error::damaged("it is not the content of its address"));
            }
            Err(error) => {
                abort(upload).await;
                return Err(error);
            }
        };
        let mut nonce = [0; _];
        random(&mut nonce)?;
        let head = segments.head(size, &address, self.keys().newest(), nonce);
        match (only, upload) {
            (Some(segment), _) => Ok(Kept::Inline([&head, &segment[..]].concat())),
            (None, None) => Err(Error::Io(io::Error::other("the content went nowhere"))),
            (None, Some(upload)) => {
                upload.finish(&address, &head, Existing::Replace).await?;
                Ok(Kept::Stored)
            }
        }
    }

    /// A vault over the same store that opens it with other keys.
    #[must_use]
    pub fn opening_with(&self, keys: Keys) -> Self {
        Self {
            keys: RwLock::new(Arc::new(keys)),
            store: Arc::clone(&self.store),
            inline_limit: self.inline_limit,
        }
    }

    /// A vault with the same keys over another store, to which its blobs are copied.
    #[must_use]
    pub fn over(&self, store: Arc<dyn Store>) -> Self {
        Self {
            keys: RwLock::new(self.keys()),
            store,
            inline_limit: self.inline_limit,
        }
    }

    /// Removes a stored blob at once, whatever its age: a copy that did not come out right. False
    /// if there is none.
    pub async fn discard(&self, address: &Address) -> Result<bool, Error> {
        let whenever = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1 << 40);
        self.store.remove(address, whenever).await
    }
}
