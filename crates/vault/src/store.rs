//! The place where blobs live.

use std::{fmt, ops::Range, time::SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::{Address, Error, Head};

/// Bytes on their way out of a store or a blob, in pieces of at most 128 KiB.
pub type Bytestream = BoxStream<'static, Result<Bytes, Error>>;

/// A place where blobs live, each under its [`Address`]. What they hold is encrypted and checked
/// by the [`Vault`](crate::Vault); a store may lose or mix up bytes and will be found out, so it
/// need not check anything itself.
///
/// Every store passes the `conformance` suite. What that asks, in short: a blob appears whole or
/// not at all, it is durable when [`Upload::finish`] returns, and `finish`, [`refresh`] and
/// [`remove`] of one address happen one after the other, also between processes.
///
/// # For stores over HTTP
///
/// An upload learns its address, and the first [`HEAD`](crate::HEAD) bytes, only at the end, and
/// there is no lock. [`S3`](crate::S3) shows a way: what an address stands for is one small object
/// that is only ever changed by conditional writes.
///
/// [`refresh`]: Store::refresh
/// [`remove`]: Store::remove
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// Begins to store a blob whose address is not known yet.
    async fn begin(&self) -> Result<Box<dyn Upload>, Error>;

    /// The bytes of a blob within `range`, cut short where the blob ends, and how long the whole
    /// blob is. [`Error::NotFound`] if there is none.
    async fn get(&self, address: &Address, range: Range<u64>) -> Result<Found, Error>;

    /// How long a blob is in bytes; `None` if there is none.
    async fn size(&self, address: &Address) -> Result<Option<u64>, Error>;

    /// Whether there is such a blob.
    async fn exists(&self, address: &Address) -> Result<bool, Error> {
        Ok(self.size(address).await?.is_some())
    }

    /// Makes a blob as young as if it had been stored now, and as durable; false if there is none.
    async fn refresh(&self, address: &Address) -> Result<bool, Error>;

    /// Removes a blob that was last stored or refreshed at `unused_since` or before. False if
    /// there is none or it is younger, which is decided and done in one step.
    async fn remove(&self, address: &Address, unused_since: SystemTime) -> Result<bool, Error>;

    /// Nothing, if the store can be reached; the cheapest question that tells.
    async fn answers(&self) -> Result<(), Error> {
        self.exists(&Address::from_bytes([0; 32])).await.map(drop)
    }

    /// Clears away what uploads left behind whose process died, where that is older than
    /// `unused_since`; says how many bytes this set free. For stores that cannot do it when they
    /// are opened.
    async fn sweep(&self, unused_since: SystemTime) -> Result<u64, Error> {
        let _ = unused_since;
        Ok(0)
    }

    /// Every blob, in any order. One that comes or goes meanwhile may be listed or not.
    fn list(&self) -> BoxStream<'static, Result<Listed, Error>>;
}

/// A blob on its way into a store. Dropped, it leaves nothing behind, as far as the store can do
/// that without waiting; [`abort`](Upload::abort) leaves nothing behind for certain.
#[async_trait]
pub trait Upload: Send {
    /// Adds bytes at the end. They come after the [`Head`], which is not there yet. After an error
    /// the upload can only be aborted or dropped.
    async fn append(&mut self, bytes: Bytes) -> Result<(), Error>;

    /// Puts the head before what was appended and makes it all one blob under `address`, durable
    /// when this returns. If the address is taken, either blob may stay, as `existing` says; one
    /// that is kept is refreshed, and an upload that is not used leaves nothing behind.
    async fn finish(
        self: Box<Self>,
        address: &Address,
        head: &Head,
        existing: Existing,
    ) -> Result<(), Error>;

    /// Gives up and leaves nothing behind.
    async fn abort(self: Box<Self>) -> Result<(), Error>;
}

/// What becomes of a blob that is already stored under the address of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays and is refreshed. Somebody may be reading it, and the new blob holds the same
    /// content under another key.
    Keep,
    /// It makes room for the new one at once, without a moment when there is neither.
    Replace,
}

/// What a store found under an address.
pub struct Found {
    /// How long the whole blob is, in bytes.
    pub size: u64,
    /// The bytes that were asked for.
    pub bytes: Bytestream,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A blob in a list of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub address: Address,
    /// How long it is in bytes, with its head and tags.
    pub size: u64,
    /// When it was last stored or refreshed, by the clock of the store.
    pub refreshed: SystemTime,
}
