//! What a browser is still sending when the answer is already known.
//!
//! A browser reads no answer before it has sent everything: if the connection is closed on it, the
//! person sees "connection reset" and never learns that their session had ended. So what is left
//! of a request is read and let go before the answer leaves, up to a bound.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures::{Stream, StreamExt as _};
use tokio::sync::oneshot;

/// How much is read and let go at most, in bytes, and for how long.
const MOST: usize = 256 * 1024 * 1024;
const LONGEST: Duration = Duration::from_mins(1);

/// Lets the rest of a request arrive before its answer leaves.
pub(crate) async fn let_arrive(request: Request, next: Next) -> Response {
    // Whoever asks first whether to send at all has not sent anything.
    if request.body().is_end_stream() || request.headers().contains_key(header::EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let (back, mut rest) = oneshot::channel();
    let lent = Lent {
        body: Some(body.into_data_stream()),
        back: Some(back),
    };
    let request = Request::from_parts(parts, Body::from_stream(lent));
    let response = next.run(request).await;
    // The handler has let go of it, unless its answer still reads it.
    if let Ok(rest) = rest.try_recv() {
        let arrived = tokio::time::timeout(LONGEST, let_go(rest)).await;
        if arrived.is_err() {
            tracing::debug!("the rest of a request took too long");
        }
    }
    response
}

async fn let_go(mut rest: BodyDataStream) {
    let mut left = MOST;
    while let Some(Ok(bytes)) = rest.next().await {
        left = left.saturating_sub(bytes.len());
        if left == 0 {
            return;
        }
    }
}

/// A body that comes back when whoever reads it lets go of it.
struct Lent {
    body: Option<BodyDataStream>,
    back: Option<oneshot::Sender<BodyDataStream>>,
}

impl Stream for Lent {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.body {
            Some(body) => body.poll_next_unpin(context),
            None => Poll::Ready(None),
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take()) {
            // Nobody waits for it where the answer has left already.
            let _ = back.send(body);
        }
    }
}
