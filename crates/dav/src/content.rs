//! GET, HEAD and PUT (RFC 4918 §9.4 and §9.7, RFC 9110).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chancery::Error;
use chancery::files::{self, Entry, What};
use futures::Stream;
use headers::{
    ContentRange, ETag, HeaderMapExt as _, IfMatch, IfModifiedSince, IfNoneMatch, IfUnmodifiedSince,
};
use tokio_util::io::StreamReader;

use crate::answer::changed;
use crate::conditions;
use crate::failure::Failure;
use crate::handler::Call;
use crate::multistatus::http_date;

pub(crate) async fn get(call: Call) -> Result<Response, Failure> {
    let looked = call.look().await?;
    if looked.is_collection() {
        return Ok(folder());
    }
    let (What::Document(entry) | What::Scrap(entry)) = &looked.what else {
        return Err(Error::NotFound.into());
    };
    let headers = &call.parts.headers;
    // What is not sent was not read, and is in no trail.
    if let Some(status) = precondition(headers, entry) {
        let mut response = status.into_response();
        facts(response.headers_mut(), entry);
        return Ok(response);
    }
    if call.parts.method == Method::HEAD {
        let mut response = StatusCode::OK.into_response();
        let answered = response.headers_mut();
        facts(answered, entry);
        answered.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        answered.insert(header::CONTENT_LENGTH, HeaderValue::from(entry.size));
        // As GET says it; its own type is in its property.
        if let Ok(kind) = HeaderValue::from_str(wire::content::kind(&entry.media_type)) {
            answered.insert(header::CONTENT_TYPE, kind);
        }
        return Ok(response);
    }
    let content = files::open(&call.actor, &looked).await?;
    let mut asked = headers.clone();
    // They were weighed above, and held.
    asked.remove(header::IF_NONE_MATCH);
    let mut response = wire::content::serve(content, &asked, true);
    if let Ok(date) = HeaderValue::from_str(&http_date(entry.changed_at)) {
        response.headers_mut().insert(header::LAST_MODIFIED, date);
    }
    Ok(response)
}

/// A browser that looks in here is told what this is for.
fn folder() -> Response {
    let text = "<!DOCTYPE html><html lang=\"en\"><title>Files</title><p>This address is for programs that open and save files. Connect to it from one, with an app password.</p></html>";
    let mut response = text.into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}

fn facts(headers: &mut HeaderMap, entry: &Entry) {
    if let Ok(tag) = HeaderValue::from_str(&entry.etag) {
        headers.insert(header::ETAG, tag);
    }
    if let Ok(date) = HeaderValue::from_str(&http_date(entry.changed_at)) {
        headers.insert(header::LAST_MODIFIED, date);
    }
}

/// What the conditions of a reading come to, in their order (RFC 9110 §13.2.2); `None` when it goes on.
fn precondition(headers: &HeaderMap, entry: &Entry) -> Option<StatusCode> {
    let tag: ETag = entry.etag.parse().ok()?;
    let micros = u64::try_from(entry.changed_at.micros()).unwrap_or_default();
    let seconds = std::time::Duration::from_secs(micros / 1_000_000);
    let changed = std::time::SystemTime::UNIX_EPOCH + seconds;
    if let Some(condition) = headers.typed_get::<IfMatch>() {
        if !condition.precondition_passes(&tag) {
            return Some(StatusCode::PRECONDITION_FAILED);
        }
    } else if let Some(condition) = headers.typed_get::<IfUnmodifiedSince>()
        && !condition.precondition_passes(changed)
    {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    if let Some(condition) = headers.typed_get::<IfNoneMatch>() {
        if !condition.precondition_passes(&tag) {
            return Some(StatusCode::NOT_MODIFIED);
        }
    } else if let Some(condition) = headers.typed_get::<IfModifiedSince>()
        && !condition.is_modified(changed)
    {
        return Some(StatusCode::NOT_MODIFIED);
    }
    None
}

pub(crate) async fn put(call: Call, body: Body) -> Result<Response, Failure> {
    let headers = &call.parts.headers;
    if headers.contains_key(header::CONTENT_RANGE) || headers.typed_get::<ContentRange>().is_some()
    {
        return Err(Failure::bad(
            "A part of a document cannot be put. Send the whole",
        ));
    }
    let conditions = conditions::of(headers, &call.address)?;
    let expected = length(headers)?;
    let looked = call.look().await?;
    let content = StreamReader::new(Whole::of(body, expected));
    let put = files::put(&call.actor, &looked, &conditions, content).await?;
    Ok(changed(&put))
}

/// How long the content is said to be. When it is chunked, some programs say so in a header of their own.
fn length(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let mut said = None;
    for name in [
        "content-length",
        "x-expected-entity-length",
        "oc-total-length",
    ] {
        let Some(value) = headers.get(name) else {
            continue;
        };
        let length: Option<u64> = value
            .to_str()
            .ok()
            .and_then(|text| text.trim().parse().ok());
        let length = length.ok_or_else(|| Failure::bad("A header does not say a length"))?;
        if said.is_some_and(|said| said != length) {
            return Err(Failure::bad("Two headers say different lengths"));
        }
        said = Some(length);
    }
    Ok(said)
}

/// Content that must be as long as was said: otherwise it ends with an error, and nothing of it is kept.
struct Whole {
    inner: BodyDataStream,
    left: Option<u64>,
}

impl Whole {
    fn of(body: Body, expected: Option<u64>) -> Self {
        Self {
            inner: body.into_data_stream(),
            left: expected,
        }
    }
}

impl Stream for Whole {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let wrong = || io::Error::new(io::ErrorKind::UnexpectedEof, "not as long as was said");
        let piece = ready!(Pin::new(&mut self.inner).poll_next(context));
        Poll::Ready(match piece {
            Some(Ok(piece)) => match self.left {
                Some(left) => match left.checked_sub(piece.len() as u64) {
                    Some(left) => {
                        self.left = Some(left);
                        Some(Ok(piece))
                    }
                    None => Some(Err(wrong())),
                },
                None => Some(Ok(piece)),
            },
            Some(Err(error)) => Some(Err(io::Error::other(error))),
            None if self.left.is_some_and(|left| left > 0) => {
                self.left = None;
                Some(Err(wrong()))
            }
            None => None,
        })
    }
}
