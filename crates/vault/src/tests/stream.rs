//! Memory use does not grow with the content: everything passes in small pieces.

use std::{
    ops::Range,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::SystemTime,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use tokio::io::{AsyncRead, ReadBuf};

use crate::{
    Address, Disk, Error, Existing, Found, Head, Kept, Keys, Listed, Store, Upload, Vault,
};

const LARGEST_PIECE: usize = 128 * 1024;
const SIZE: u64 = 200 * 1024 * 1024;

/// A store that is only ever given, and only ever gives, small pieces.
#[derive(Debug)]
struct Watched {
    inner: Disk,
    appended: Arc<AtomicU64>,
    given: Arc<AtomicU64>,
}

#[async_trait]
impl Store for Watched {
    async fn begin(&self) -> Result<Box<dyn Upload>, Error> {
        let inner = self.inner.begin().await?;
        Ok(Box::new(WatchedUpload {
            inner,
            appended: Arc::clone(&self.appended),
        }))
    }
    async fn get(&self, address: &Address, range: Range<u64>) -> Result<Found, Error> {
        let found = self.inner.get(address, range).await?;
        let given = Arc::clone(&self.given);
        let bytes = found.bytes.inspect_ok(move |piece| {
            assert!(
                piece.len() <= LARGEST_PIECE,
                "a piece of {} bytes",
                piece.len()
            );
            given.fetch_add(piece.len() as u64, Ordering::Relaxed);
        });
        Ok(Found {
            size: found.size,
            bytes: bytes.boxed(),
        })
    }
    async fn size(&self, address: &Address) -> Result<Option<u64>, Error> {
        self.inner.size(address).await
    }
    async fn refresh(&self, address: &Address) -> Result<bool, Error> {
        self.inner.refresh(address).await
    }
    async fn remove(&self, address: &Address, unused_since: SystemTime) -> Result<bool, Error> {
        self.inner.remove(address, unused_since).await
    }
    fn list(&self) -> BoxStream<'static, Result<Listed, Error>> {
        self.inner.list()
    }
}

struct WatchedUpload {
    inner: Box<dyn Upload>,
    appended: Arc<AtomicU64>,
}

#[async_trait]
impl Upload for WatchedUpload {
    async fn append(&mut self, bytes: Bytes) -> Result<(), Error> {
        assert!(
            bytes.len() <= LARGEST_PIECE,
            "a piece of {} bytes",
            bytes.len()
        );
        self.appended
            .fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.inner.append(bytes).await
    }
    async fn finish(self: Box<Self>, at: &Address, head: &Head, e: Existing) -> Result<(), Error> {
        self.inner.finish(at, head, e).await
    }
    async fn abort(self: Box<Self>) -> Result<(), Error> {
        self.inner.abort().await
    }
}

/// Bytes that never repeat, as many as asked for and no more in memory than the reader's buffer.
struct Generated {
    source: blake3::OutputReader,
    left: u64,
}

impl Generated {
    fn new(size: u64) -> Self {
        Self {
            source: blake3::Hasher::new().finalize_xof(),
            left: size,
        }
    }
}

impl AsyncRead for Generated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        assert!(
            buffer.remaining() <= LARGEST_PIECE,
            "a buffer of {} bytes",
            buffer.remaining()
        );
        let length = self.left.min(buffer.remaining() as u64);
        self.source
            .fill(buffer.initialize_unfilled_to(usize::try_from(length).unwrap()));
        buffer.advance(usize::try_from(length).unwrap());
        self.left -= length;
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn two_hundred_megabytes_pass_in_small_pieces() {
    let directory = tempfile::tempdir().unwrap();
    let (appended, given) = (Arc::default(), Arc::default());
    let store = Watched {
        inner: Disk::open(directory.path()).unwrap(),
        appended: Arc::clone(&appended),
        given: Arc::clone(&given),
    };
    let vault = Vault::new(Keys::ephemeral().unwrap(), Arc::new(store));
    let deposit = vault.deposit(Generated::new(SIZE), SIZE).await.unwrap();
    assert_eq!((deposit.size, &deposit.kept), (SIZE, &Kept::Stored));
    let tags = SIZE / 65_536 * 16;
    assert_eq!(appended.load(Ordering::Relaxed), SIZE + tags);

    let blob = vault.open(&deposit.address, None).await.unwrap();
    let mut content = blob.read(0..SIZE);
    let (mut expected, mut read) = (Generated::new(SIZE).source, 0);
    let mut hashes = (blake3::Hasher::new(), blake3::Hasher::new());
    while let Some(piece) = content.try_next().await.unwrap() {
        assert!(piece.len() <= LARGEST_PIECE);
        let mut same = vec![0; piece.len()];
        expected.fill(&mut same);
        hashes.0.update(&same);
        hashes.1.update(&piece);
        read += piece.len() as u64;
    }
    assert_eq!(read, SIZE);
    assert_eq!(hashes.0.finalize(), hashes.1.finalize());

    // A range costs its own segments and no more: here two, and the head for opening.
    given.store(0, Ordering::Relaxed);
    let blob = vault.open(&deposit.address, None).await.unwrap();
    let middle = 100 * 1024 * 1024;
    let range: Vec<_> = blob
        .read(middle - 5..middle + 5)
        .try_collect()
        .await
        .unwrap();
    let mut expected = Generated::new(SIZE).source;
    expected.set_position(middle - 5);
    let mut same = [0; 10];
    expected.fill(&mut same);
    assert_eq!(range.concat(), same);
    assert_eq!(given.load(Ordering::Relaxed), 92 + 2 * (65_536 + 16));
}

/// The whole interface can be used from tasks that move between threads.
#[tokio::test(flavor = "multi_thread")]
async fn every_future_can_be_spawned() {
    let (vault, _) = super::vault();
    let vault = Arc::new(vault);
    let task = tokio::spawn({
        let vault = Arc::clone(&vault);
        async move {
            let deposit = vault.deposit(&b"content"[..], 10).await?;
            let asked = Arc::new(AtomicU64::new(0));
            let asking = Arc::clone(&asked);
            let collected = vault
                .collect(
                    async move |_: &Address| {
                        tokio::task::yield_now().await;
                        asking.fetch_add(1, Ordering::Relaxed);
                        Ok::<_, Error>(true)
                    },
                    std::time::Duration::ZERO,
                    SystemTime::now(),
                )
                .await?;
            assert_eq!((collected.kept, asked.load(Ordering::Relaxed)), (1, 1));
            vault.rewrap(&deposit.address, None).await?;
            vault.verify(&deposit.address, None).await
        }
    });
    assert_eq!(task.await.unwrap().unwrap(), 7);
}
