#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::disallowed_methods,
    reason = "the age of blobs is real time, which has to pass; a child process learns its task from its environment"
)]

mod crash;
mod deposit;
mod garbage;
mod hostile;
mod keys;
mod s3;
mod stream;
mod vectors;

use std::{
    fs, io,
    ops::Range,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::TryStreamExt as _;
use tokio::io::{AsyncRead, ReadBuf};

use crate::{
    Address, Blob, Deposit, Disk, Error, Existing, HEAD, Head, Kept, Keys, Memory, Store, Vault,
    conformance,
};

#[tokio::test]
async fn memory_conforms() {
    conformance::check(async || Memory::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disk_conforms() {
    let directory = tempfile::tempdir().unwrap();
    let mut count = 0;
    conformance::check(async || {
        count += 1;
        Disk::open(directory.path().join(count.to_string())).unwrap()
    })
    .await;
}

/// A vault in memory that keeps as much as possible in the store.
fn vault() -> (Vault, Memory) {
    let store = Memory::new();
    let vault = Vault::new(Keys::ephemeral().unwrap(), Arc::new(store.clone()));
    (vault.with_inline_limit(0), store)
}

fn content(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    bytes
}

async fn store(vault: &Vault, content: &[u8]) -> Address {
    let deposit = vault.deposit(content, u64::MAX).await.unwrap();
    assert_eq!(deposit.size, content.len() as u64);
    assert_eq!(deposit.kept, Kept::Stored);
    deposit.address
}

async fn read(blob: &Blob, range: Range<u64>) -> Result<Vec<u8>, Error> {
    Ok(blob.read(range).try_collect::<Vec<_>>().await?.concat())
}

async fn read_all(
    vault: &Vault,
    address: &Address,
    row: Option<Vec<u8>>,
) -> Result<Vec<u8>, Error> {
    let blob = vault.open(address, row).await?;
    read(&blob, 0..blob.size()).await
}

/// A source that fails at once, as when the sender hangs up.
struct Failing;

impl AsyncRead for Failing {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }
}

/// The bytes of a blob as they are stored.
async fn raw(store: &dyn Store, address: &Address) -> Vec<u8> {
    let found = store.get(address, 0..u64::MAX).await.unwrap();
    found.bytes.try_collect::<Vec<_>>().await.unwrap().concat()
}

/// Puts bytes in the place of a blob.
async fn overwrite(store: &dyn Store, address: &Address, bytes: &[u8]) {
    let (head, body): (&Head, _) = bytes
        .split_at_checked(HEAD)
        .map_or((&[0; HEAD], bytes), |parts| {
            (parts.0.try_into().unwrap(), parts.1)
        });
    let mut upload = store.begin().await.unwrap();
    upload.append(body.to_vec().into()).await.unwrap();
    upload
        .finish(address, head, Existing::Replace)
        .await
        .unwrap();
}

/// The files below a directory, without directories.
fn files(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found.sort();
    found
}

fn row(deposit: &Deposit) -> Vec<u8> {
    match &deposit.kept {
        Kept::Inline(row) => row.clone(),
        Kept::Stored => panic!("it was stored"),
    }
}
