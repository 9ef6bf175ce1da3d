//! How long a client may keep us waiting in the middle of something.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// Whether the client of this request was too slow with its body: the answer says so then.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slow(Arc<AtomicBool>);

impl Slow {
    pub(crate) fn was(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The client was let go.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the client was too slow")]
pub(super) struct TooSlow;

/// The time spent waiting for a client, and what came of it. Time that we ourselves take does
/// not count.
#[derive(Debug)]
pub(super) struct Pace {
    stall: Duration,
    least: u64,
    since: Option<Instant>,
    waited: Duration,
    moved: u64,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    /// Nothing for `stall` is too slow; so is less than `least` bytes for each second of waiting,
    /// counted over as long again.
    pub(super) fn new(stall: Duration, least: u64) -> Self {
        Self {
            stall,
            least,
            since: None,
            waited: Duration::ZERO,
            moved: 0,
            timer: None,
        }
    }

    /// Something moved.
    pub(super) fn moved(&mut self, bytes: usize) -> Result<(), TooSlow> {
        self.moved += bytes as u64;
        if let Some(since) = self.since.take() {
            self.waited += now().duration_since(since);
        }
        if self.waited < self.stall {
            return Ok(());
        }
        let least = self.least.saturating_mul(self.waited.as_secs());
        let enough = self.moved >= least;
        (self.waited, self.moved) = (Duration::ZERO, 0);
        if enough { Ok(()) } else { Err(TooSlow) }
    }

    /// Nothing moves; ready when that has lasted too long.
    pub(super) fn waiting(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let stall = self.stall;
        if self.since.is_none() {
            let start = now();
            self.since = Some(start);
            match &mut self.timer {
                Some(timer) => timer.as_mut().reset(start + stall),
                None => self.timer = Some(Box::pin(tokio::time::sleep_until(start + stall))),
            }
        }
        match &mut self.timer {
            Some(timer) => timer.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "how long a client takes is measured, never stored or shown"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// The body of a request, which ends with an error when its client is too slow.
pub(super) struct PacedBody<B> {
    inner: B,
    pace: Pace,
    slow: Slow,
}

impl<B> PacedBody<B> {
    pub(super) fn new(inner: B, pace: Pace, slow: Slow) -> Self {
        Self { inner, pace, slow }
    }
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

impl<B> Body for PacedBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Fault>,
{
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        let this = &mut *self;
        let too_slow = match Pin::new(&mut this.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                match this.pace.moved(bytes) {
                    Ok(()) => return Poll::Ready(Some(Ok(frame))),
                    Err(too_slow) => too_slow,
                }
            }
            Poll::Ready(other) => return Poll::Ready(other.map(|frame| frame.map_err(Into::into))),
            Poll::Pending => {
                ready!(this.pace.waiting(context));
                TooSlow
            }
        };
        this.slow.0.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(too_slow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::future::poll_fn;

    use super::*;

    async fn wait(pace: &mut Pace, span: Duration) -> bool {
        tokio::time::timeout(span, poll_fn(|context| pace.waiting(context)))
            .await
            .is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_too_slow() {
        let mut pace = Pace::new(Duration::from_secs(30), 1024);
        assert!(!wait(&mut pace, Duration::from_secs(29)).await);
        pace.moved(1).unwrap();
        assert!(wait(&mut pace, Duration::from_secs(31)).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_trickle_is_too_slow_and_a_thin_line_is_not() {
        for (bytes, fits) in [(10, false), (12 * 1024, true)] {
            let mut pace = Pace::new(Duration::from_secs(30), 1024);
            let mut outcome = Ok(());
            for _ in 0..6 {
                assert!(!wait(&mut pace, Duration::from_secs(10)).await);
                outcome = outcome.and(pace.moved(bytes));
            }
            assert_eq!(outcome.is_ok(), fits, "{bytes}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn our_own_time_does_not_count() {
        let mut pace = Pace::new(Duration::from_secs(30), 1024);
        for _ in 0..10 {
            assert!(!wait(&mut pace, Duration::from_secs(1)).await);
            pace.moved(2048).unwrap();
            tokio::time::advance(Duration::from_mins(5)).await;
        }
    }
}
