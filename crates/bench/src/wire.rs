//! One connection of HTTP/1.1, as cheap as it can be: the client shares its processors with the
//! program that is measured.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use hyper::client::conn::http1;
use hyper::header::HeaderMap;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Outcome;

/// What a request carries.
pub(crate) type Body = UnsyncBoxBody<Bytes, std::convert::Infallible>;

/// Bytes that are there already.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).boxed_unsync()
}

/// Pieces, one after the other.
pub(crate) fn pieces(pieces: impl Iterator<Item = Bytes> + Send + 'static) -> Body {
    StreamBody::new(stream::iter(pieces.map(|piece| Ok(Frame::data(piece))))).boxed_unsync()
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// How long the body was on the wire.
    pub(crate) length: u64,
    /// The body, when it was asked for.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// What the program itself says of the time it took and of the statements it sent, in `Server-Timing`.
    pub(crate) fn timing(&self) -> Option<(Duration, u64)> {
        let text = self.headers.get("server-timing")?.to_str().ok()?;
        let field = |name: &str, key: &str| {
            let entry = text
                .split(',')
                .map(str::trim)
                .find(|entry| entry.starts_with(name))?;
            let value = entry.split(key).nth(1)?;
            Some(value.split(';').next()?.trim_matches('"').to_owned())
        };
        let millis: f64 = field("server;", "dur=")?.parse().ok()?;
        let queries = field("sql;", "desc=")?.parse().ok()?;
        Some((Duration::from_secs_f64(millis / 1000.0), queries))
    }

    /// The token of the first form on the page.
    pub(crate) fn csrf(&self) -> Outcome<String> {
        let page = String::from_utf8_lossy(&self.body);
        page.split_once("name=\"csrf\" value=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(token, _)| token.to_owned())
            .ok_or_else(|| format!("a page without a form: {}", self.status).into())
    }
}

/// A connection that is kept for many requests.
pub(crate) struct Wire {
    sender: http1::SendRequest<Body>,
}

impl Wire {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    /// Sends a request and reads the answer to its end; the body is kept only if that is asked for.
    pub(crate) async fn send(&mut self, request: Request<Body>, keep: bool) -> Outcome<Answer> {
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let (parts, mut incoming) = response.into_parts();
        let (mut length, mut body) = (0, Vec::new());
        while let Some(frame) = incoming.frame().await {
            if let Some(piece) = frame?.data_ref() {
                length += piece.len() as u64;
                if keep {
                    body.extend_from_slice(piece);
                }
            }
        }
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            length,
            body,
        })
    }
}
