//! Content on its way out.

use std::ops::Range;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};

/// The content of a version or draft, whose reading is in the journal already.
#[derive(Debug, Clone)]
pub struct Content {
    /// The document's name: what a download is called.
    pub name: String,
    /// What kind of content it is (RFC 6838).
    pub media_type: String,
    /// How long it is, in bytes.
    pub size: u64,
    /// A strong entity tag with its quotation marks (RFC 9110 §8.8.3): a version never changes.
    pub etag: String,
    pub(super) blob: vault::Blob,
}

impl Content {
    /// The bytes within `range`, cut short where the content ends. Each piece was checked before
    /// it is given out; the stream ends with the first error.
    pub fn read(
        self,
        range: Range<u64>,
    ) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
        self.blob
            .read(range)
            .map(|piece| piece.map_err(std::io::Error::other))
    }
}
