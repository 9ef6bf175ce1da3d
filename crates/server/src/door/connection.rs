//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, Version};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{timeout, timeout_at};
use tower::ServiceExt as _;

use super::pace::{Pace, PacedBody, Slow, now};
use super::{DoorSettings, Shared, hops};

/// Said to a client of HTTP/1 whose request did not come to an end.
const TOO_SLOW: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\n\
Connection: close\r\n\r\n\
The request did not arrive in time, so nothing was done about it. Try again\n";

/// How long somebody who was told to leave may take over it.
const FAREWELL: Duration = Duration::from_secs(1);

/// Whether the request came by way of a proxy of ours, whose other words count then too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brought(pub(crate) bool);

/// Serves a connection until either side has enough of it.
pub(super) async fn serve<S>(shared: &Arc<Shared>, stream: S, peer: SocketAddr)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let settings = &shared.settings;
    let pulse = Arc::new(Pulse::default());
    let stream = Watched {
        inner: stream,
        pace: Pace::new(settings.stall, settings.pace),
        pulse: Arc::clone(&pulse),
        farewell: TOO_SLOW,
    };
    let service = service_fn({
        let (shared, pulse) = (Arc::clone(shared), Arc::clone(&pulse));
        move |request| answer(Arc::clone(&shared), Arc::clone(&pulse), peer, request)
    });
    let mut connection = pin!(shared.http.serve_connection(TokioIo::new(stream), service));
    let patience = tokio::select! {
        ended = connection.as_mut() => return debug(ended, peer),
        patience = pulse.overdue(settings) => patience,
        () = shared.stop.closing() => Patience::Closing,
    };
    match patience {
        Patience::Head => pulse.dismissed.store(true, Ordering::Relaxed),
        Patience::Pause | Patience::Closing => connection.as_mut().graceful_shutdown(),
    }
    // What is under way is finished; the door's own deadline ends it otherwise.
    tokio::select! {
        ended = connection.as_mut() => debug(ended, peer),
        () = pulse.quiet(FAREWELL) => {}
    }
}

fn debug<E: std::fmt::Display>(ended: Result<(), E>, peer: SocketAddr) {
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

async fn answer(
    shared: Arc<Shared>,
    pulse: Arc<Pulse>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let under_way = pulse.begin(request.version());
    let settings = &shared.settings;
    let client = hops::client(peer.ip(), request.headers(), &settings.proxies);
    let slow = Slow::default();
    let mut request = request.map(|body| {
        if body.is_end_stream() {
            return Body::empty();
        }
        let pace = Pace::new(settings.stall, settings.pace);
        Body::new(PacedBody::new(body, pace, slow.clone()))
    });
    let extensions = request.extensions_mut();
    extensions.insert(ConnectInfo(SocketAddr::new(client, peer.port())));
    extensions.insert(Brought(hops::among(peer.ip(), &settings.proxies)));
    extensions.insert(slow);
    let response = shared.app.clone().oneshot(request).await?;
    Ok(response.map(|inner| {
        Body::new(Counted {
            inner,
            _under_way: under_way,
        })
    }))
}

/// What goes on in a connection.
#[derive(Default)]
struct Pulse {
    /// Requests under way.
    requests: AtomicUsize,
    /// Requests that were ever begun.
    begun: AtomicU64,
    /// Bytes arrived while no request was under way: the next one is on its way.
    heard: AtomicBool,
    /// HTTP/2 has frames that announce no request.
    http2: AtomicBool,
    /// The client is told that it was too slow, and the connection ends.
    dismissed: AtomicBool,
    changed: Notify,
}

/// What a connection was too long about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// The head of a request.
    Head,
    /// Asking anything.
    Pause,
    /// Nothing: everybody leaves.
    Closing,
}

impl Pulse {
    fn begin(self: &Arc<Self>, version: Version) -> UnderWay {
        if version == Version::HTTP_2 {
            self.http2.store(true, Ordering::Relaxed);
        }
        self.requests.fetch_add(1, Ordering::SeqCst);
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_one();
        UnderWay(Arc::clone(self))
    }

    fn busy(&self) -> bool {
        self.requests.load(Ordering::SeqCst) > 0
    }

    fn heard(&self) {
        let between = !self.busy() && !self.http2.load(Ordering::Relaxed);
        if between && !self.heard.swap(true, Ordering::SeqCst) {
            self.changed.notify_one();
        }
    }

    /// Returns once the connection has taken too long about its next request.
    async fn overdue(&self, settings: &DoorSettings) -> Patience {
        let mut deadline = now() + settings.head;
        let mut patience = Patience::Head;
        let mut begun = 0;
        loop {
            if self.busy() {
                self.changed.notified().await;
            } else if timeout_at(deadline, self.changed.notified()).await.is_err() && !self.busy() {
                return patience;
            }
            let so_far = self.begun.load(Ordering::SeqCst);
            if so_far != begun {
                begun = so_far;
                patience = Patience::Pause;
            }
            if patience == Patience::Pause && !self.busy() {
                if self.heard.swap(false, Ordering::SeqCst) {
                    patience = Patience::Head;
                    deadline = now() + settings.head;
                } else {
                    deadline = now() + settings.keep_alive;
                }
            }
        }
    }

    /// Returns once no request has been under way for this long.
    async fn quiet(&self, span: Duration) {
        loop {
            if self.busy() {
                self.changed.notified().await;
            } else if timeout(span, self.changed.notified()).await.is_err() && !self.busy() {
                return;
            }
        }
    }
}

/// A request that is not answered to its last byte yet.
struct UnderWay(Arc<Pulse>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.heard.store(false, Ordering::SeqCst);
        self.0.requests.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_one();
    }
}

/// The body of an answer; its request is under way until it is gone.
struct Counted {
    inner: Body,
    _under_way: UnderWay,
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The stream under HTTP: ends when the client takes nothing of what it asked for.
struct Watched<S> {
    inner: S,
    pace: Pace,
    pulse: Arc<Pulse>,
    /// What is left to say to a client that is dismissed.
    farewell: &'static [u8],
}

impl<S: AsyncWrite + Unpin> Watched<S> {
    fn paced<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
        bytes: impl FnOnce(&T) -> usize,
    ) -> Poll<io::Result<T>> {
        match written {
            Poll::Ready(Ok(value)) => match self.pace.moved(bytes(&value)) {
                Ok(()) => Poll::Ready(Ok(value)),
                Err(_) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            },
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                ready!(self.pace.waiting(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    fn dismiss(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.farewell.is_empty() {
            let written = ready!(Pin::new(&mut self.inner).poll_write(context, self.farewell))?;
            self.farewell = &self.farewell[written..];
        }
        ready!(Pin::new(&mut self.inner).poll_flush(context))?;
        ready!(Pin::new(&mut self.inner).poll_shutdown(context))?;
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.pulse.dismissed.load(Ordering::Relaxed) {
            return self.dismiss(context);
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.pulse.heard();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.paced(context, written, |written| *written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        self.paced(context, flushed, |()| 0)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.inner).poll_shutdown(context);
        self.paced(context, shut, |()| 0)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.paced(context, written, |written| *written)
    }
}
