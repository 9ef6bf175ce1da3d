//! A blob on its way into an object store.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use object_store::PutPayload;
use tokio::task::JoinSet;

use super::{
    Inner, PART, WHOLE,
    object::{self, Card, Name, State},
};
use crate::{Address, Error, Existing, Head, Upload, keys::random};

/// How many parts of one upload are on their way at the same time.
const ABREAST: usize = 3;
/// An upload that has taken longer is refused: its parts may have been swept by then.
pub(super) const LONGEST: Duration = Duration::from_hours(12);

pub(super) struct Arriving {
    inner: Arc<Inner>,
    begun: Instant,
    /// What was appended and has not been sent.
    held: Vec<Bytes>,
    length: usize,
    sent: Sent,
}

/// The parts of one upload that are in the store or on their way there. Unless it is kept, they
/// are removed when it is dropped.
struct Sent {
    inner: Arc<Inner>,
    name: Name,
    parts: u32,
    bytes: u64,
    under_way: JoinSet<Result<(), Error>>,
    kept: bool,
}

impl Arriving {
    #[allow(
        clippy::disallowed_methods,
        reason = "how long an upload takes is measured in real time"
    )]
    pub(super) fn begin(inner: &Arc<Inner>) -> Result<Self, Error> {
        let mut name = Name::default();
        random(&mut name)?;
        Ok(Self {
            inner: Arc::clone(inner),
            begun: Instant::now(),
            held: Vec::new(),
            length: 0,
            sent: Sent {
                inner: Arc::clone(inner),
                name,
                parts: 0,
                bytes: 0,
                under_way: JoinSet::new(),
                kept: false,
            },
        })
    }

    /// Takes up to a part from what is held.
    fn take(&mut self) -> Vec<Bytes> {
        let mut taken = Vec::new();
        let mut room = PART as usize;
        let mut held = std::mem::take(&mut self.held).into_iter();
        for mut bytes in held.by_ref() {
            if bytes.len() > room {
                taken.push(bytes.split_to(room));
                self.held.push(bytes);
                break;
            }
            room -= bytes.len();
            taken.push(bytes);
            if room == 0 {
                break;
            }
        }
        self.held.extend(held);
        self.length = self.held.iter().map(Bytes::len).sum();
        taken
    }

    /// The object to put under the address, and everything that it refers to is in the store.
    async fn object(&mut self, head: &Head, nonce: &object::Nonce) -> Result<Vec<Bytes>, Error> {
        if self.sent.parts == 0 && self.length <= WHOLE {
            return Ok(object::whole(nonce, head, std::mem::take(&mut self.held)));
        }
        while self.length > 0 {
            let part = self.take();
            self.sent.send(part).await?;
        }
        self.sent.arrived(0).await?;
        Ok(object::card(
            nonce,
            &Card {
                head: *head,
                part: PART,
                body: self.sent.bytes,
                name: self.sent.name,
            },
        ))
    }
}

impl Sent {
    async fn send(&mut self, part: Vec<Bytes>) -> Result<(), Error> {
        self.arrived(ABREAST - 1).await?;
        // Bounds what all uploads together hold in memory.
        let desk = Arc::clone(&self.inner.desk);
        let place = desk.acquire_owned().await.map_err(std::io::Error::other)?;
        let inner = Arc::clone(&self.inner);
        let path = inner.part(&self.name, self.parts);
        self.parts += 1;
        self.bytes += part.iter().map(|bytes| bytes.len() as u64).sum::<u64>();
        self.under_way.spawn(async move {
            let _place = place;
            inner.put_part(&path, PutPayload::from_iter(part)).await
        });
        Ok(())
    }

    /// Waits until at most so many are on their way.
    async fn arrived(&mut self, under_way: usize) -> Result<(), Error> {
        while self.under_way.len() > under_way {
            if let Some(sent) = self.under_way.join_next().await {
                sent.map_err(std::io::Error::other)??;
            }
        }
        Ok(())
    }

    async fn discard(mut self) -> Result<(), Error> {
        self.kept = true;
        self.under_way.shutdown().await;
        self.inner.remove_parts(&self.name, self.parts).await
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        if self.kept || self.parts == 0 {
            return;
        }
        let mut under_way = std::mem::take(&mut self.under_way);
        let (inner, name, parts) = (Arc::clone(&self.inner), self.name, self.parts);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                under_way.shutdown().await;
                // What cannot be removed now is swept later.
                let _ = inner.remove_parts(&name, parts).await;
            });
        }
    }
}

#[async_trait]
impl Upload for Arriving {
    async fn append(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.length += bytes.len();
        if !bytes.is_empty() {
            self.held.push(bytes);
        }
        while self.length >= PART as usize {
            let part = self.take();
            self.sent.send(part).await?;
        }
        Ok(())
    }

    async fn finish(
        mut self: Box<Self>,
        address: &Address,
        head: &Head,
        existing: Existing,
    ) -> Result<(), Error> {
        let inner = Arc::clone(&self.inner);
        let mut nonce = object::Nonce::default();
        random(&mut nonce)?;
        let object = PutPayload::from_iter(self.object(head, &nonce).await?);
        // There is no such blob, as a rule, and then one conditional write is all.
        let mut seen = if inner.conditional {
            None
        } else {
            inner.look(address).await?
        };
        for _ in 0..super::TRIES {
            let live = seen.as_ref().is_some_and(|seen| seen.state != State::Gone);
            if live && existing == Existing::Keep {
                if inner.renew(address).await? {
                    let Self { sent, .. } = *self;
                    // The blob is there and young: that clearing up failed is no failure.
                    let _ = sent.discard().await;
                    return Ok(());
                }
            } else {
                if self.begun.elapsed() > LONGEST {
                    let why = "the upload took longer than 12 hours";
                    return Err(Error::Io(std::io::Error::other(why)));
                }
                // From here on the object may be there whatever the answer is, so the parts stay.
                self.sent.kept = true;
                if inner.put(address, object.clone(), seen.as_ref()).await? {
                    return Ok(());
                }
            }
            seen = inner.look(address).await?;
            if let Some(seen) = &seen {
                if seen.nonce == nonce {
                    // A write was done, and its answer was lost.
                    self.sent.kept = true;
                    return Ok(());
                }
                // It was refused, and as its condition never comes true again, for good.
                self.sent.kept = false;
            }
        }
        Err(super::contended())
    }

    async fn abort(self: Box<Self>) -> Result<(), Error> {
        let Self { sent, .. } = *self;
        sent.discard().await
    }
}
