//! What a sender sends, read so that a line that breaks loses nothing that had arrived.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

use super::checksum::Sum;

/// Ends where the line breaks, and says afterwards that it did.
pub(super) struct Source<R> {
    inner: R,
    pub(super) broke: bool,
    pub(super) sum: Option<Sum>,
}

impl<R> Source<R> {
    pub(super) fn new(inner: R, sum: Option<Sum>) -> Self {
        Self {
            inner,
            broke: false,
            sum,
        }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Source<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.broke {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        match ready!(Pin::new(&mut self.inner).poll_read(context, buffer)) {
            Ok(()) => {
                let new = buffer.filled().get(before..).unwrap_or_default();
                if let Some(sum) = &mut self.sum {
                    sum.add(new);
                }
            }
            Err(error) => {
                tracing::info!(%error, "an upload was cut off, and can go on");
                self.broke = true;
            }
        }
        Poll::Ready(Ok(()))
    }
}
