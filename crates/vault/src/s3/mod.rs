//! Blobs in an S3-compatible object store, which any number of nodes use at the same time.

mod object;
mod upload;

use std::{
    collections::HashSet,
    fmt,
    ops::Range,
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use object_store::{
    BackoffConfig, ClientOptions, GetOptions, GetRange, ObjectMeta, ObjectStore as _,
    ObjectStoreExt as _, PutMode, PutOptions, PutPayload, RetryConfig, UpdateVersion,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use tokio::sync::Semaphore;

use self::{
    object::{CARD, Card, FRAME, Name, Nonce, State},
    upload::Arriving,
};
use crate::{Address, Bytestream, Error, Found, HEAD, Listed, Store, Upload, hex, keys::random};

/// A blob of up to this many bytes after its head is kept in one object, with its state.
const WHOLE: usize = 1024 * 1024;
/// A longer one is kept in parts of this many bytes.
const PART: u32 = 4 * 1024 * 1024;
/// How many parts all uploads of this process together have on their way.
const DESK: usize = 24;
/// How many parts of one blob are asked for ahead of its reader.
const AHEAD: usize = 2;
const PIECE: usize = 128 * 1024;
/// How often a conditional write is tried. As somebody succeeds whenever somebody else is refused,
/// this many writers of one address would have to go ahead of it.
const TRIES: usize = 100;
const HEAD_LENGTH: u64 = HEAD as u64;

/// Where an object store is, and who asks.
#[derive(Clone)]
pub struct S3Settings {
    /// `https://…`, or `http://…` where the network between is to be trusted.
    pub endpoint: String,
    /// The bucket, which must exist.
    pub bucket: String,
    /// Its region; many servers take any.
    pub region: String,
    /// What the key of every object begins with; may be empty.
    pub prefix: String,
    /// The id of the key that asks.
    pub access_key_id: String,
    /// The secret that belongs to it.
    pub secret_access_key: String,
    /// How long to wait for the next byte of an answer, and for all tries of one request.
    pub patience: Duration,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint)
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// Blobs in an S3-compatible object store. Any number of processes use one bucket and prefix:
///
/// ```text
/// blobs/3fa0…          the state of an address: a whole blob, or a card that names parts, or gone
/// parts/9c1e…/00000000 the parts of a long blob, under a random name
/// ```
///
/// A state is only ever changed by a conditional write, on the `ETag` that was seen, and is never
/// deleted. So what happens to one address happens one after the other, also between nodes, as if
/// under a lock. `docs/vault-format.md` says why this is right at every step.
///
/// Where the server ignores conditions, nothing is ever removed, and otherwise all works.
#[derive(Clone, Debug)]
pub struct S3(Arc<Inner>);

struct Inner {
    store: AmazonS3,
    root: Path,
    /// Whether the server keeps to the conditions of writes.
    conditional: bool,
    desk: Arc<Semaphore>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3")
            .field("store", &self.store.to_string())
            .field("root", &self.root)
            .field("conditional", &self.conditional)
            .finish_non_exhaustive()
    }
}

/// The state of an address as it was seen.
struct Seen {
    state: State,
    nonce: Nonce,
    meta: ObjectMeta,
}

/// An object that is being read.
struct Opened {
    seen: Seen,
    /// Its beginning.
    start: Bytes,
    rest: BoxStream<'static, object_store::Result<Bytes>>,
}

impl S3 {
    /// Connects to a store, and finds out whether it keeps to the conditions of writes by writing
    /// and removing one small object.
    pub async fn connect(settings: &S3Settings) -> Result<Self, Error> {
        let patience = settings.patience;
        let client = ClientOptions::new()
            .with_allow_http(settings.endpoint.starts_with("http://"))
            .with_connect_timeout(patience.min(Duration::from_secs(5)))
            // Between two bytes of an answer. A slow reader of ours is no fault of the store's, so
            // there is no limit to the whole.
            .with_read_timeout(patience)
            .with_timeout_disabled();
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_secs(2),
                base: 2.,
            },
            max_retries: 4,
            retry_timeout: patience,
        };
        let store = AmazonS3Builder::new()
            .with_endpoint(&settings.endpoint)
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(&settings.secret_access_key)
            .with_client_options(client)
            .with_retry(retry)
            .build()
            .map_err(|error| remote("be used", &error))?;
        let root = Path::parse(&settings.prefix).map_err(|error| remote("be used", &error))?;
        let mut inner = Inner {
            store,
            root,
            conditional: false,
            desk: Arc::new(Semaphore::new(DESK)),
        };
        inner.conditional = inner.probe().await?;
        Ok(Self(Arc::new(inner)))
    }

    /// Whether what is no longer needed can be removed: the server keeps to conditions of writes.
    #[must_use]
    pub fn removes(&self) -> bool {
        self.0.conditional
    }
}

impl Inner {
    fn blob(&self, address: &Address) -> Path {
        self.root.clone().join("blobs").join(address.to_string())
    }

    fn parts(&self, name: &Name) -> Path {
        let mut text = String::with_capacity(32);
        hex::push(&mut text, name);
        self.root.clone().join("parts").join(text)
    }

    fn part(&self, name: &Name, number: u32) -> Path {
        self.parts(name).join(format!("{number:08}"))
    }

    /// Whether a write whose condition does not hold is refused.
    async fn probe(&self) -> Result<bool, Error> {
        // Some servers make a bucket that is written to and is not there; none lists one.
        self.store
            .list_with_delimiter(Some(&self.root))
            .await
            .map_err(|error| remote("list", &error))?;
        let mut name = Name::default();
        random(&mut name)?;
        let mut text = String::new();
        hex::push(&mut text, &name);
        let path = self.root.clone().join("probes").join(text);
        let put = async |mode: PutMode| {
            let payload = PutPayload::from_static(b"does this store keep to conditions?");
            self.store
                .put_opts(&path, payload, PutOptions::from(mode))
                .await
        };
        let first = put(PutMode::Overwrite)
            .await
            .map_err(|error| remote("write", &error))?;
        let again = put(PutMode::Create).await;
        let other = UpdateVersion {
            e_tag: Some("\"00000000000000000000000000000000\"".to_owned()),
            version: None,
        };
        let changed = put(PutMode::Update(other)).await;
        let same = match first.e_tag {
            Some(_) => put(PutMode::Update(first.into())).await.is_ok(),
            None => false,
        };
        self.store
            .delete(&path)
            .await
            .map_err(|error| remote("remove", &error))?;
        Ok(refused(&again) && refused(&changed) && same)
    }

    /// Reads an object under `blobs/` from its beginning to `end`, or as far as its state needs.
    async fn open(&self, address: &Address, end: u64) -> Result<Option<Opened>, Error> {
        let options = GetOptions {
            range: (end < u64::MAX).then(|| GetRange::Bounded(0..end.max(CARD as u64))),
            ..GetOptions::default()
        };
        let found = match self.store.get_opts(&self.blob(address), options).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(remote("read", &error)),
        };
        let meta = found.meta.clone();
        let length = usize::try_from(found.range.end).unwrap_or(usize::MAX);
        let mut rest = found.into_stream();
        let mut start = BytesMut::new();
        while start.len() < length.min(CARD) {
            match rest.try_next().await {
                Ok(Some(bytes)) => start.extend_from_slice(&bytes),
                Ok(None) => return Err(cut_short()),
                Err(error) => return Err(remote("read", &error)),
            }
        }
        let (state, nonce) = object::state(&start[..start.len().min(CARD)])
            .ok_or(Error::damaged("it is not an object of this store"))?;
        Ok(Some(Opened {
            seen: Seen { state, nonce, meta },
            start: start.freeze(),
            rest,
        }))
    }

    /// The state of an address.
    async fn look(&self, address: &Address) -> Result<Option<Seen>, Error> {
        let opened = self.open(address, CARD as u64).await?;
        Ok(opened.map(|opened| opened.seen))
    }

    /// Puts an object under an address if its state is still what was seen; false if it is not.
    async fn put(
        &self,
        address: &Address,
        object: PutPayload,
        seen: Option<&Seen>,
    ) -> Result<bool, Error> {
        let mode = match seen {
            _ if !self.conditional => PutMode::Overwrite,
            None => PutMode::Create,
            Some(seen) => PutMode::Update(UpdateVersion {
                e_tag: seen.meta.e_tag.clone(),
                version: None,
            }),
        };
        let path = self.blob(address);
        let outcome = self
            .store
            .put_opts(&path, object, PutOptions::from(mode))
            .await;
        if refused(&outcome) {
            return Ok(false);
        }
        outcome.map_err(|error| remote("write", &error))?;
        Ok(true)
    }

    /// Makes a blob as young as if it had been stored now; false if there is none.
    async fn renew(&self, address: &Address) -> Result<bool, Error> {
        for _ in 0..TRIES {
            let Some(opened) = self.open(address, u64::MAX).await? else {
                return Ok(false);
            };
            let Opened {
                seen,
                start,
                mut rest,
            } = opened;
            if seen.state == State::Gone {
                return Ok(false);
            }
            let mut object = BytesMut::from(start);
            while let Some(bytes) = rest
                .try_next()
                .await
                .map_err(|error| remote("read", &error))?
            {
                object.extend_from_slice(&bytes);
            }
            if object.len() as u64 != seen.meta.size {
                return Err(cut_short());
            }
            let mut nonce = Nonce::default();
            random(&mut nonce)?;
            let object = PutPayload::from_iter(object::renewed(&object.freeze(), &nonce));
            if self.put(address, object, Some(&seen)).await? {
                return Ok(true);
            }
            // Refused: by somebody else, or by our own write whose answer was lost.
            let now = self.look(address).await?;
            if now.is_some_and(|now| now.nonce == nonce) {
                return Ok(true);
            }
        }
        Err(contended())
    }

    async fn remove(&self, address: &Address, unused_since: SystemTime) -> Result<bool, Error> {
        if !self.conditional {
            return Ok(false);
        }
        for _ in 0..TRIES {
            let Some(seen) = self.look(address).await? else {
                return Ok(false);
            };
            if seen.state == State::Gone || SystemTime::from(seen.meta.last_modified) > unused_since
            {
                return Ok(false);
            }
            let mut nonce = Nonce::default();
            random(&mut nonce)?;
            let object = PutPayload::from_iter(object::gone(&nonce));
            let mut done = self.put(address, object, Some(&seen)).await?;
            if !done {
                let now = self.look(address).await?;
                done = now.is_some_and(|now| now.nonce == nonce);
            }
            if done {
                if let State::Parted(card) = seen.state {
                    // What stays behind is swept.
                    let _ = self.remove_parts(&card.name, card.parts()).await;
                }
                return Ok(true);
            }
        }
        Err(contended())
    }

    async fn put_part(&self, path: &Path, part: PutPayload) -> Result<(), Error> {
        self.store
            .put(path, part)
            .await
            .map(drop)
            .map_err(|error| remote("write", &error))
    }

    async fn remove_parts(&self, name: &Name, parts: u32) -> Result<(), Error> {
        let paths: Vec<_> = (0..parts)
            .map(|number| Ok(self.part(name, number)))
            .collect();
        self.delete(paths).await
    }

    async fn delete(&self, paths: Vec<object_store::Result<Path>>) -> Result<(), Error> {
        self.store
            .delete_stream(stream::iter(paths).boxed())
            .try_for_each(async |_| Ok(()))
            .await
            .map_err(|error| remote("remove", &error))
    }

    /// A range of the body of a blob in parts. [`Error::NotFound`] if the first part of it is gone.
    async fn read_parts(
        self: &Arc<Self>,
        card: &Card,
        body: Range<u64>,
    ) -> Result<Bytestream, Error> {
        let part = u64::from(card.part);
        let wanted = body.end - body.start;
        let numbers = body.start / part..body.end.div_ceil(part);
        let (inner, name) = (Arc::clone(self), card.name);
        let mut parts = stream::iter(numbers)
            .map(move |number| {
                let from = body.start.max(number * part) - number * part;
                let to = body.end.min((number + 1) * part) - number * part;
                let inner = Arc::clone(&inner);
                async move { inner.read_part(&name, number, from..to).await }
            })
            .buffered(AHEAD)
            .boxed();
        let first = match parts.next().await {
            Some(first) => first?,
            None => return Ok(stream::empty().boxed()),
        };
        let rest = parts.map_err(|error| match error {
            Error::NotFound => Error::damaged("a part of it is missing"),
            other => other,
        });
        let all = stream::once(async { Ok(first) }).chain(rest).try_flatten();
        Ok(clip(all.boxed(), 0, wanted))
    }

    async fn read_part(
        &self,
        name: &Name,
        number: u64,
        range: Range<u64>,
    ) -> Result<Bytestream, Error> {
        let number = u32::try_from(number).map_err(|_| Error::damaged("it has too many parts"))?;
        let wanted = range.end - range.start;
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        match self.store.get_opts(&self.part(name, number), options).await {
            Ok(found) if found.range.end - found.range.start == wanted => Ok(found
                .into_stream()
                .map_err(|error| remote("read", &error))
                .boxed()),
            Ok(_) => Err(Error::damaged("a part of it is too short")),
            Err(object_store::Error::NotFound { .. }) => Err(Error::NotFound),
            Err(error) => Err(remote("read", &error)),
        }
    }

    /// The size of a blob that is listed; `None` if the object is none.
    async fn listed(self: Arc<Self>, meta: ObjectMeta) -> Result<Option<Listed>, Error> {
        let Some(address) = meta.location.filename().and_then(|name| name.parse().ok()) else {
            return Ok(None);
        };
        let size = if meta.size == CARD as u64 {
            // Most likely a card, which knows the size.
            match self.look(&address).await {
                Ok(Some(seen)) => seen.size(),
                Ok(None) => None,
                // Listed, so that whoever checks everything finds it.
                Err(Error::Damaged { .. }) => Some(meta.size),
                Err(error) => return Err(error),
            }
        } else {
            meta.size
                .checked_sub(FRAME as u64)
                .filter(|size| *size >= HEAD_LENGTH)
        };
        Ok(size.map(|size| Listed {
            address,
            size,
            refreshed: meta.last_modified.into(),
        }))
    }

    /// Removes parts that no card names and that were written [`upload::LONGEST`] before
    /// `unused_since` or earlier. If a card is ever to name them it does so by now, since a longer
    /// upload is refused.
    async fn sweep(self: &Arc<Self>, unused_since: SystemTime) -> Result<u64, Error> {
        if !self.conditional {
            return Ok(0);
        }
        let place = self.root.clone().join("parts");
        let old = |meta: &ObjectMeta| {
            SystemTime::from(meta.last_modified)
                .checked_add(upload::LONGEST)
                .is_some_and(|at| at <= unused_since)
        };
        let name = |meta: &ObjectMeta| {
            let parts = meta.location.as_ref().rsplit('/').nth(1)?;
            let mut name = Name::default();
            hex::read(parts, &mut name).map(|()| name)
        };
        let mut abandoned = HashSet::new();
        let mut list = self.store.list(Some(&place));
        while let Some(meta) = list
            .try_next()
            .await
            .map_err(|error| remote("list", &error))?
        {
            if old(&meta) {
                abandoned.extend(name(&meta));
            }
        }
        if abandoned.is_empty() {
            return Ok(0);
        }
        let mut states = self.states();
        while let Some(seen) = states.try_next().await? {
            if let State::Parted(card) = seen.state {
                abandoned.remove(&card.name);
            }
        }
        let mut freed = 0;
        for name in abandoned {
            let mut paths = Vec::new();
            let mut list = self.store.list(Some(&self.parts(&name)));
            while let Some(meta) = list
                .try_next()
                .await
                .map_err(|error| remote("list", &error))?
            {
                freed += meta.size;
                paths.push(Ok(meta.location));
            }
            self.delete(paths).await?;
        }
        Ok(freed)
    }

    /// The state of every address whose object is as long as a card.
    fn states(self: &Arc<Self>) -> BoxStream<'static, Result<Seen, Error>> {
        let inner = Arc::clone(self);
        self.store
            .list(Some(&self.root.clone().join("blobs")))
            .map_err(|error| remote("list", &error))
            .try_filter(|meta| std::future::ready(meta.size == CARD as u64))
            .map_ok(move |meta| {
                let inner = Arc::clone(&inner);
                async move {
                    match meta.location.filename().and_then(|name| name.parse().ok()) {
                        Some(address) => inner.look(&address).await,
                        None => Ok(None),
                    }
                }
            })
            .try_buffered(8)
            .try_filter_map(|seen| std::future::ready(Ok(seen)))
            .boxed()
    }
}

impl Card {
    fn parts(&self) -> u32 {
        u32::try_from(self.body.div_ceil(self.part.into())).unwrap_or(u32::MAX)
    }
}

impl Seen {
    /// How long the blob is.
    fn size(&self) -> Option<u64> {
        match &self.state {
            State::Whole => self.meta.size.checked_sub(FRAME as u64),
            State::Parted(card) => Some(HEAD_LENGTH + card.body),
            State::Gone => None,
        }
    }
}

fn refused<T>(outcome: &object_store::Result<T>) -> bool {
    use object_store::Error::{AlreadyExists, Precondition};
    matches!(outcome, Err(AlreadyExists { .. } | Precondition { .. }))
}

/// Every cause, as each alone says little.
fn remote(doing: &'static str, error: &dyn std::error::Error) -> Error {
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !why.contains(&text) {
            why = format!("{why}: {text}");
        }
        source = cause.source();
    }
    Error::Remote { doing, why }
}

fn cut_short() -> Error {
    Error::Remote {
        doing: "read",
        why: "the answer ended early".to_owned(),
    }
}

fn contended() -> Error {
    Error::Remote {
        doing: "write",
        why: "too many others write under the same address".to_owned(),
    }
}

/// Leaves out the first bytes and passes on exactly as many as are wanted, in small pieces.
fn clip(bytes: Bytestream, skip: u64, wanted: u64) -> Bytestream {
    let whole = (bytes, Bytes::new(), skip, wanted);
    stream::try_unfold(whole, async |(mut bytes, mut piece, mut skip, wanted)| {
        if wanted == 0 {
            return Ok(None);
        }
        while piece.is_empty() {
            piece = bytes.try_next().await?.ok_or_else(cut_short)?;
            let skipped = skip.min(piece.len() as u64);
            skip -= skipped;
            drop(piece.split_to(usize::try_from(skipped).unwrap_or(usize::MAX)));
        }
        let most = usize::try_from(wanted).unwrap_or(PIECE).min(PIECE);
        let next = piece.split_to(most.min(piece.len()));
        let wanted = wanted - next.len() as u64;
        Ok(Some((next, (bytes, piece, skip, wanted))))
    })
    .boxed()
}

#[async_trait]
impl Store for S3 {
    async fn begin(&self) -> Result<Box<dyn Upload>, Error> {
        Ok(Box::new(Arriving::begin(&self.0)?))
    }

    async fn get(&self, address: &Address, range: Range<u64>) -> Result<Found, Error> {
        // The parts that a card names go when the blob is replaced: then there is another card.
        for _ in 0..3 {
            let end = range.end.saturating_add(FRAME as u64);
            let opened = self.0.open(address, end).await?.ok_or(Error::NotFound)?;
            let Opened { seen, start, rest } = opened;
            let size = seen.size().ok_or(Error::NotFound)?;
            let (from, to) = (range.start.min(size), range.end.min(size));
            let wanted = to.saturating_sub(from);
            let bytes = match seen.state {
                State::Gone => return Err(Error::NotFound),
                State::Whole => {
                    let start = stream::once(std::future::ready(Ok(start)));
                    let rest = rest.map_err(|error| remote("read", &error));
                    clip(start.chain(rest).boxed(), FRAME as u64 + from, wanted)
                }
                State::Parted(card) => {
                    let head = Bytes::copy_from_slice(&card.head);
                    let in_head = |at: u64| usize::try_from(at.min(HEAD_LENGTH)).unwrap_or(HEAD);
                    let head = head.slice(in_head(from)..in_head(to).max(in_head(from)));
                    let body =
                        from.max(HEAD_LENGTH) - HEAD_LENGTH..to.max(HEAD_LENGTH) - HEAD_LENGTH;
                    let body = match self
                        .0
                        .read_parts(&card, body.start..body.end.max(body.start))
                        .await
                    {
                        Err(Error::NotFound) => continue,
                        body => body?,
                    };
                    stream::iter((!head.is_empty()).then_some(Ok(head)))
                        .chain(body)
                        .boxed()
                }
            };
            return Ok(Found { size, bytes });
        }
        Err(Error::damaged("a part of it is missing"))
    }

    async fn size(&self, address: &Address) -> Result<Option<u64>, Error> {
        Ok(self.0.look(address).await?.and_then(|seen| seen.size()))
    }

    async fn refresh(&self, address: &Address) -> Result<bool, Error> {
        self.0.renew(address).await
    }

    async fn remove(&self, address: &Address, unused_since: SystemTime) -> Result<bool, Error> {
        self.0.remove(address, unused_since).await
    }

    async fn sweep(&self, unused_since: SystemTime) -> Result<u64, Error> {
        self.0.sweep(unused_since).await
    }

    fn list(&self) -> BoxStream<'static, Result<Listed, Error>> {
        let inner = Arc::clone(&self.0);
        self.0
            .store
            .list(Some(&self.0.root.clone().join("blobs")))
            .map_err(|error| remote("list", &error))
            .map_ok(move |meta| Arc::clone(&inner).listed(meta))
            .try_buffered(8)
            .try_filter_map(|listed| std::future::ready(Ok(listed)))
            .boxed()
    }
}
