//! The vault: content goes in and comes out.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use bytes::{BufMut as _, Bytes, BytesMut};
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::{
    Address, Blob, Error, Existing, HEAD, Head, Keys, Store, Upload, blob,
    format::{self, Fresh, LARGEST, SEGMENT, Segments, TAG, place},
    keys::random,
};

/// Content of up to this many bytes is kept inline unless said otherwise.
pub const INLINE_LIMIT: usize = 32 * 1024;
/// No inline limit is higher than this: what is kept inline is held in memory as a whole.
pub const INLINE_LIMIT_MAX: usize = SEGMENT;

/// Encrypted, content-addressed bytes: see the [crate documentation](crate).
#[derive(Debug)]
pub struct Vault {
    pub(crate) keys: RwLock<Arc<Keys>>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) inline_limit: usize,
}

/// What became of content that was deposited. The caller keeps all three in a row of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// The name of the content.
    pub address: Address,
    /// How long the content is, in bytes.
    pub size: u64,
    /// Where it is kept.
    pub kept: Kept,
}

/// Where content is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is small: here is the whole blob, encrypted, for the caller to keep in its row. It is
    /// durable when that row is.
    Inline(Vec<u8>),
    /// It is in the store, and durable.
    Stored,
}

/// What a collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Blobs that are still there.
    pub kept: u64,
    /// Blobs that were removed.
    pub removed: u64,
    /// Bytes that this set free.
    pub freed: u64,
}

impl Vault {
    /// A vault over a store.
    #[must_use]
    pub fn new(keys: Keys, store: Arc<dyn Store>) -> Self {
        Self {
            keys: RwLock::new(Arc::new(keys)),
            store,
            inline_limit: INLINE_LIMIT,
        }
    }

    /// Keeps content of up to `limit` bytes inline; above [`INLINE_LIMIT_MAX`] that is the limit.
    /// None at all, not even empty content, is not possible.
    #[must_use]
    pub fn with_inline_limit(self, limit: usize) -> Self {
        Self {
            inline_limit: limit.min(INLINE_LIMIT_MAX),
            ..self
        }
    }

    /// Uses other keys of the same vault from now on: loaded again from a file to which another
    /// process added a wrapping key. [`Error::Keys`] if they are the keys of another vault.
    pub fn replace_keys(&self, keys: Keys) -> Result<(), Error> {
        let mut current = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if current.address.id != keys.address.id {
            let path = keys.path.clone().unwrap_or_default();
            return Err(Error::Keys {
                path,
                why: "it holds the keys of another vault".into(),
            });
        }
        *current = Arc::new(keys);
        Ok(())
    }

    /// Nothing, if the store can be reached.
    pub async fn answers(&self) -> Result<(), Error> {
        self.store.answers().await
    }

    pub(crate) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads `content` to its end and keeps it, durably when this returns [`Kept::Stored`].
    ///
    /// Content that is already in the store is not stored again, but becomes as young as new, so
    /// that a [collection](Vault::collect) leaves the caller time to write the row that refers to
    /// it. What is stored but cannot be opened any more is replaced.
    ///
    /// [`Error::TooLarge`] if the content is longer than `limit` bytes, [`Error::Source`] if it
    /// cannot be read. Nothing is left behind then, nor when the future is dropped before the
    /// content has been read.
    pub async fn deposit<R: AsyncRead + Send + Unpin>(
        &self,
        content: R,
        limit: u64,
    ) -> Result<Deposit, Error> {
        let outcome = self.deposit_with(content, limit, Fresh::random()?).await;
        match &outcome {
            Ok(deposit) => {
                metrics::counter!("vault_deposits_total").increment(1);
                metrics::counter!("vault_deposited_bytes_total").increment(deposit.size);
            }
            // These are the sender's.
            Err(Error::TooLarge { .. } | Error::Source(_)) => {}
            Err(_) => metrics::counter!("vault_errors_total").increment(1),
        }
        outcome
    }

    pub(crate) async fn deposit_with<R: AsyncRead + Send + Unpin>(
        &self,
        content: R,
        limit: u64,
        fresh: Fresh,
    ) -> Result<Deposit, Error> {
        let keys = self.keys();
        let segments = Segments::new(fresh.key, fresh.prefix);
        let mut upload = None;
        let read = self
            .encrypt(content, limit, &keys, &segments, &mut upload)
            .await;
        let (address, size, only) = match read {
            Ok(read) => read,
            Err(error) => {
                abort(upload).await;
                return Err(error);
            }
        };
        // The keys as they are now: a long upload must not end under a key that was given up meanwhile.
        let head = segments.head(size, &address, self.keys().newest(), fresh.wrap_nonce);
        let kept = match (only, upload) {
            (Some(segment), _) => Kept::Inline([&head, &segment[..]].concat()),
            (None, upload) => {
                let upload = upload.expect("what is not inline has been uploaded");
                self.keep(upload, &address, &head).await?;
                Kept::Stored
            }
        };
        Ok(Deposit {
            address,
            size,
            kept,
        })
    }

    /// Encrypts all of the content into an upload, or into the one segment that is returned.
    pub(crate) async fn encrypt<R: AsyncRead + Send + Unpin>(
        &self,
        mut content: R,
        limit: u64,
        keys: &Keys,
        segments: &Segments,
        upload: &mut Option<Box<dyn Upload>>,
    ) -> Result<(Address, u64, Option<Bytes>), Error> {
        let limit = limit.min(LARGEST);
        let mut hasher = keys.hasher();
        let mut size = 0;
        let mut segment = fill(&mut content).await?;
        for index in 0.. {
            size += segment.len() as u64;
            if size > limit {
                return Err(Error::TooLarge { limit });
            }
            hasher.update(&segment);
            // Whether a full segment is the last shows only when there is nothing after it.
            let next = if segment.len() < SEGMENT {
                BytesMut::new()
            } else {
                fill(&mut content).await?
            };
            let last = next.is_empty();
            segments.seal(index, last, &mut segment);
            let sealed = std::mem::replace(&mut segment, next).freeze();
            let inline = upload.is_none() && last && size <= self.inline_limit as u64;
            if inline {
                return Ok((address(&hasher), size, Some(sealed)));
            }
            if upload.is_none() {
                *upload = Some(self.store.begin().await?);
            }
            if let Some(upload) = upload {
                upload.append(sealed).await?;
            }
            if last {
                break;
            }
        }
        Ok((address(&hasher), size, None))
    }

    /// Puts an upload under its address, unless the same content is there already.
    async fn keep(
        &self,
        upload: Box<dyn Upload>,
        address: &Address,
        head: &Head,
    ) -> Result<(), Error> {
        let existing = match self.open(address, None).await {
            // Done here rather than by `finish`, so that nothing is synced in vain.
            Ok(_) => match self.store.refresh(address).await {
                Ok(true) => {
                    abort(Some(upload)).await;
                    return Ok(());
                }
                Ok(false) => Existing::Keep,
                Err(error) => {
                    abort(Some(upload)).await;
                    return Err(error);
                }
            },
            Err(Error::NotFound) => Existing::Keep,
            Err(Error::Damaged { .. } | Error::KeyUnknown { .. }) => Existing::Replace,
            Err(error) => {
                abort(Some(upload)).await;
                return Err(error);
            }
        };
        upload.finish(address, head, existing).await
    }

    /// Opens content to be read. `inline` is what [`Kept::Inline`] gave to the caller to keep;
    /// without it the content is in the store.
    pub async fn open(&self, address: &Address, inline: Option<Vec<u8>>) -> Result<Blob, Error> {
        let keys = self.keys();
        if let Some(row) = inline {
            return Blob::inline(*address, row.into(), &keys);
        }
        let (head, length) = blob::head(&*self.store, address).await?;
        Blob::stored(*address, &head, length, Arc::clone(&self.store), &keys)
    }

    /// Removes stored blobs that nothing refers to. Only those are asked about that were neither
    /// stored nor refreshed within `grace` before `now`, which must be the real time. `grace` must
    /// be longer than the time between a deposit and the commit of the row that refers to it; a
    /// day is ample.
    pub async fn collect<E: From<Error>>(
        &self,
        mut still_referred: impl AsyncFnMut(&Address) -> Result<bool, E>,
        grace: Duration,
        now: SystemTime,
    ) -> Result<Collected, E> {
        let mut collected = Collected::default();
        let unused_since = now.checked_sub(grace).unwrap_or(SystemTime::UNIX_EPOCH);
        let mut list = self.store.list();
        while let Some(listed) = list.try_next().await? {
            let removed = listed.refreshed <= unused_since
                && !still_referred(&listed.address).await?
                // Decided again by the store, since it may have been deposited again just now.
                && self.store.remove(&listed.address, unused_since).await?;
            if removed {
                collected.removed += 1;
                collected.freed += listed.size;
            } else {
                collected.kept += 1;
            }
        }
        collected.freed += self.store.sweep(unused_since).await?;
        Ok(collected)
    }

    /// Removes stored content, with the key that it is encrypted under, that nothing refers to any more and that was not
    /// deposited again after this moment; says whether it was there. What is kept inline is gone with its row.
    pub async fn destroy(&self, address: &Address, at: SystemTime) -> Result<bool, Error> {
        self.store.remove(address, at).await
    }

    /// The addresses of everything in the store, for rewrapping or verifying all of it. What is
    /// kept inline only the caller knows.
    pub fn stored(&self) -> BoxStream<'static, Result<Address, Error>> {
        self.store.list().map_ok(|listed| listed.address).boxed()
    }

    /// Wraps the key of a blob under the newest wrapping key. Gives what is to be kept from now
    /// on, or `None` if nothing had to be done. A stored blob is replaced in one step; whoever
    /// reads it meanwhile is not disturbed.
    ///
    /// The content itself stays encrypted under the same key. When everything has been rewrapped,
    /// an old wrapping key may be taken out of the key file.
    pub async fn rewrap(
        &self,
        address: &Address,
        inline: Option<Vec<u8>>,
    ) -> Result<Option<Kept>, Error> {
        let keys = self.keys();
        let head = match &inline {
            Some(row) => *row.first_chunk().ok_or(blob::TOO_SHORT)?,
            None => blob::head(&*self.store, address).await?.0,
        };
        if format::key_id(&head) == keys.current() {
            return Ok(None);
        }
        let blob = self.open(address, inline.clone()).await?;
        let mut nonce = [0; _];
        random(&mut nonce)?;
        let head = blob
            .segments()
            .head(blob.size(), address, keys.newest(), nonce);
        if let Some(mut row) = inline {
            row[..HEAD].copy_from_slice(&head);
            return Ok(Some(Kept::Inline(row)));
        }
        let mut upload = self.store.begin().await?;
        if let Err(error) = copy(&*self.store, &blob, &mut *upload).await {
            abort(Some(upload)).await;
            return Err(error);
        }
        upload.finish(address, &head, Existing::Replace).await?;
        Ok(Some(Kept::Stored))
    }

    /// Reads content to its end, checks every segment and that it is the content of that address,
    /// and gives its size in bytes.
    pub async fn verify(&self, address: &Address, inline: Option<Vec<u8>>) -> Result<u64, Error> {
        let blob = self.open(address, inline).await?;
        let mut hasher = self.keys().hasher();
        let mut content = blob.read(0..blob.size());
        while let Some(piece) = content.try_next().await? {
            hasher.update(&piece);
        }
        if self::address(&hasher) == *address {
            Ok(blob.size())
        } else {
            Err(Error::damaged("it is not the content of its address"))
        }
    }
}

fn address(hasher: &blake3::Hasher) -> Address {
    Address::from_bytes(*hasher.finalize().as_bytes())
}

/// Copies the segments of a stored blob as they are.
pub(crate) async fn copy(
    store: &dyn Store,
    blob: &Blob,
    upload: &mut dyn Upload,
) -> Result<(), Error> {
    let end = place::end(blob.size());
    let mut found = store.get(blob.address(), HEAD as u64..end).await?;
    let mut copied = HEAD as u64;
    while let Some(piece) = found.bytes.try_next().await? {
        copied += piece.len() as u64;
        upload.append(piece).await?;
    }
    if copied == end {
        Ok(())
    } else {
        Err(Error::damaged("it changed while it was copied"))
    }
}

/// What made the upload fail is worth reporting; that clearing up failed too is not, and the store
/// clears up again when it is opened.
pub(crate) async fn abort(upload: Option<Box<dyn Upload>>) {
    if let Some(upload) = upload {
        let _ = upload.abort().await;
    }
}

/// A whole segment of the content, or less if it ends, with room for the tag.
async fn fill<R: AsyncRead + Unpin>(content: &mut R) -> Result<BytesMut, Error> {
    let mut segment = BytesMut::with_capacity(SEGMENT + TAG);
    while segment.len() < SEGMENT {
        let room = SEGMENT - segment.len();
        if content
            .read_buf(&mut (&mut segment).limit(room))
            .await
            .map_err(Error::Source)?
            == 0
        {
            break;
        }
    }
    Ok(segment)
}
