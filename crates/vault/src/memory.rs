//! Blobs in memory.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};

use crate::{Address, Error, Existing, Found, HEAD, Head, Listed, Store, Upload};

const PIECE: usize = 64 * 1024;

/// Blobs in memory, for tests. They are gone when the last clone is.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<BTreeMap<Address, Held>>>);

#[derive(Clone, Debug)]
struct Held {
    bytes: Bytes,
    refreshed: SystemTime,
}

impl Held {
    #[allow(
        clippy::disallowed_methods,
        reason = "the age of a blob is real time in every store"
    )]
    fn new(bytes: Bytes) -> Self {
        Self {
            bytes,
            refreshed: SystemTime::now(),
        }
    }
}

impl Memory {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<Address, Held>> {
        // Every change is a single call, so a panic elsewhere leaves the map whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for Memory {
    async fn begin(&self) -> Result<Box<dyn Upload>, Error> {
        Ok(Box::new(Arriving {
            store: self.clone(),
            bytes: BytesMut::zeroed(HEAD),
        }))
    }

    async fn get(&self, address: &Address, range: Range<u64>) -> Result<Found, Error> {
        let bytes = self
            .held()
            .get(address)
            .ok_or(Error::NotFound)?
            .bytes
            .clone();
        let within = |at: u64| usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
        let (start, end) = (within(range.start), within(range.end));
        let mut rest = bytes.slice(start..end.max(start));
        let pieces = std::iter::from_fn(move || {
            (!rest.is_empty()).then(|| Ok(rest.split_to(rest.len().min(PIECE))))
        });
        Ok(Found {
            size: bytes.len() as u64,
            bytes: stream::iter(pieces).boxed(),
        })
    }

    async fn size(&self, address: &Address) -> Result<Option<u64>, Error> {
        Ok(self.held().get(address).map(|held| held.bytes.len() as u64))
    }

    async fn refresh(&self, address: &Address) -> Result<bool, Error> {
        let mut held = self.held();
        let Some(held) = held.get_mut(address) else {
            return Ok(false);
        };
        *held = Held::new(held.bytes.clone());
        Ok(true)
    }

    async fn remove(&self, address: &Address, unused_since: SystemTime) -> Result<bool, Error> {
        let mut held = self.held();
        let old = held
            .get(address)
            .is_some_and(|held| held.refreshed <= unused_since);
        Ok(old && held.remove(address).is_some())
    }

    fn list(&self) -> BoxStream<'static, Result<Listed, Error>> {
        let list = |(address, held): (&Address, &Held)| {
            Ok(Listed {
                address: *address,
                size: held.bytes.len() as u64,
                refreshed: held.refreshed,
            })
        };
        stream::iter(self.held().iter().map(list).collect::<Vec<_>>()).boxed()
    }
}

struct Arriving {
    store: Memory,
    bytes: BytesMut,
}

#[async_trait]
impl Upload for Arriving {
    async fn append(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn finish(
        mut self: Box<Self>,
        address: &Address,
        head: &Head,
        existing: Existing,
    ) -> Result<(), Error> {
        self.bytes[..HEAD].copy_from_slice(head);
        let mut all = self.store.held();
        let bytes = match all.get(address) {
            Some(kept) if existing == Existing::Keep => kept.bytes.clone(),
            _ => self.bytes.freeze(),
        };
        all.insert(*address, Held::new(bytes));
        Ok(())
    }

    async fn abort(self: Box<Self>) -> Result<(), Error> {
        Ok(())
    }
}
