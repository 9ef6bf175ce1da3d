//! Content that can be read.

use std::{fmt, io, ops::Range, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures::{
    StreamExt as _, TryStreamExt as _,
    stream::{self},
};

use crate::{
    Address, Bytestream, Error, HEAD, Head, Keys, Store,
    format::{self, SEGMENT, Segments, TAG, place},
};

/// Content that can be read, whole or any range of it. Its head and its length have been checked;
/// each segment is checked when it is read, before any byte of it is given out.
#[derive(Clone)]
pub struct Blob {
    address: Address,
    size: u64,
    segments: Arc<Segments>,
    from: From,
}

/// Where the bytes of the blob are.
#[derive(Clone)]
enum From {
    Row(Bytes),
    Store(Arc<dyn Store>),
}

impl Blob {
    pub(crate) fn inline(address: Address, row: Bytes, keys: &Keys) -> Result<Self, Error> {
        let head: &Head = row.first_chunk().ok_or(TOO_SHORT)?;
        let (size, segments) = format::open(head, &address, keys)?;
        right_length(size, row.len() as u64)?;
        Ok(Self {
            address,
            size,
            segments: Arc::new(segments),
            from: From::Row(row),
        })
    }

    pub(crate) fn stored(
        address: Address,
        head: &Head,
        length: u64,
        store: Arc<dyn Store>,
        keys: &Keys,
    ) -> Result<Self, Error> {
        let (size, segments) = format::open(head, &address, keys)?;
        right_length(size, length)?;
        Ok(Self {
            address,
            size,
            segments: Arc::new(segments),
            from: From::Store(store),
        })
    }

    /// The address that it was opened under.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// How long the content is, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The segments of this blob, under a head for another wrapping key.
    pub(crate) fn segments(&self) -> &Segments {
        &self.segments
    }

    /// The content within `range`, cut short where the content ends, in pieces of at most 64 KiB.
    /// The stream ends with the first error; what came before it is right.
    pub fn read(&self, range: Range<u64>) -> Bytestream {
        let wanted = range.start.min(self.size)..range.end.min(self.size);
        // Empty content has one segment, and that is checked like any other.
        if wanted.is_empty() && self.size > 0 {
            return stream::empty().boxed();
        }
        let first = wanted.start / SEGMENT as u64;
        let beyond = place::segments(wanted.end);
        let reader = Reader {
            blob: self.clone(),
            wanted,
            next: first,
            beyond,
            source: None,
            buffer: BytesMut::new(),
        };
        stream::try_unfold(reader, async |mut reader| {
            let piece = match reader.piece().await {
                Ok(piece) => piece,
                Err(error) => {
                    metrics::counter!("vault_errors_total").increment(1);
                    return Err(error);
                }
            };
            let bytes = piece.as_ref().map_or(0, Bytes::len);
            metrics::counter!("vault_read_bytes_total").increment(bytes as u64);
            Ok(piece.map(|piece| (piece, reader)))
        })
        .boxed()
    }

    /// The encrypted bytes within `range`.
    async fn encrypted(&self, range: Range<u64>) -> Result<Bytestream, Error> {
        match &self.from {
            From::Store(store) => Ok(store.get(&self.address, range).await?.bytes),
            From::Row(row) => {
                let at = |offset| {
                    usize::try_from(offset).map_err(|error| Error::Io(io::Error::other(error)))
                };
                let bytes = row.slice(at(range.start)?..at(range.end)?);
                Ok(stream::once(async { Ok(bytes) }).boxed())
            }
        }
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob")
            .field("address", &self.address)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

pub(crate) const TOO_SHORT: Error = Error::damaged("it is too short to be a blob");

/// The size in the head is authenticated, so a blob of another length lost or gained bytes.
fn right_length(size: u64, length: u64) -> Result<(), Error> {
    if length == place::end(size) {
        Ok(())
    } else {
        Err(Error::damaged(
            "it is longer or shorter than what was written",
        ))
    }
}

/// The head of a stored blob and how long the whole blob is.
pub(crate) async fn head(store: &dyn Store, address: &Address) -> Result<(Head, u64), Error> {
    let mut found = store.get(address, 0..HEAD as u64).await?;
    let mut bytes = BytesMut::with_capacity(HEAD);
    while let Some(piece) = found.bytes.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok((*bytes.first_chunk().ok_or(TOO_SHORT)?, found.size))
}

struct Reader {
    blob: Blob,
    /// The content that was asked for.
    wanted: Range<u64>,
    /// The segment to be read next, and the one at which to stop.
    next: u64,
    beyond: u64,
    source: Option<Bytestream>,
    buffer: BytesMut,
}

impl Reader {
    async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        while self.next < self.beyond {
            let index = self.next;
            self.next += 1;
            let mut segment = self.segment(index).await?;
            let last = index + 1 == place::segments(self.blob.size);
            self.blob.segments.open(index, last, &mut segment)?;

            let from = index * SEGMENT as u64;
            let within = |at: u64| {
                let offset = at.saturating_sub(from);
                usize::try_from(offset).map_or(segment.len(), |offset| offset.min(segment.len()))
            };
            let (start, end) = (within(self.wanted.start), within(self.wanted.end));
            if start < end {
                return Ok(Some(segment.freeze().slice(start..end)));
            }
        }
        Ok(None)
    }

    /// The encrypted bytes of a segment.
    async fn segment(&mut self, index: u64) -> Result<BytesMut, Error> {
        let end = place::end(self.blob.size);
        let length = (SEGMENT + TAG) as u64;
        let length = length.min(end.saturating_sub(place::segment(index)));
        let length = usize::try_from(length).expect("at most the length of a segment");
        let source = match &mut self.source {
            Some(source) => source,
            none => {
                let range = place::segment(index)..place::segment(self.beyond).min(end);
                none.insert(self.blob.encrypted(range).await?)
            }
        };
        while self.buffer.len() < length {
            let piece = source.try_next().await?;
            let piece = piece.ok_or(Error::damaged("it ends before its end"))?;
            self.buffer.extend_from_slice(&piece);
        }
        Ok(self.buffer.split_to(length))
    }
}
