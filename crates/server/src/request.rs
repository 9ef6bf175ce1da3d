//! What is done around every request: it has a name, a place in the crowd, one line in the log and
//! its figures. Neither the log nor the figures ever hold an address that was asked for: a one-time
//! link is a secret. They hold the pattern of the route.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use chancery::Error;
use chancery::kernel::{Passage, Realm};
use hyper::body::{Frame, SizeHint};
use metrics::SharedString;
use tokio::time::Instant;
use tracing::{Instrument as _, Span};
use web::{Away, Portal, RequestId};

use crate::door::{Brought, Slow};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest path and query that are looked at.
const LONGEST_ADDRESS: usize = 8 * 1024;

/// Puts all of this around the faces.
pub(crate) fn around(faces: Router, portal: Portal) -> Router {
    faces.layer(from_fn_with_state(portal, attend))
}

async fn attend(State(portal): State<Portal>, mut request: Request, next: Next) -> Response {
    let started = now();
    let brought = matches!(request.extensions().get(), Some(Brought(true)));
    let id = named(request.headers(), brought).unwrap_or_else(|| portal.realm().reference());
    let span = tracing::info_span!("request", %id, trace = tracing::field::Empty);
    if brought && let Some(trace) = trace(request.headers()) {
        span.record("trace", trace);
    }
    let line = Line {
        started,
        span: span.clone(),
        method: method(request.method()),
        route: request.extensions().get::<MatchedPath>().cloned(),
        status: StatusCode::OK,
        bytes: 0,
        passage: None,
    };
    request.extensions_mut().insert(RequestId(id.clone()));
    let (mut response, passage) = pass(&portal, request, next).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let line = Line {
        status: response.status(),
        passage,
        ..line
    };
    response.map(|inner| Body::new(Told { inner, line }))
}

/// Lets a request through if there is room for it.
async fn pass(portal: &Portal, request: Request, next: Next) -> (Response, Option<Passage>) {
    let slow = request.extensions().get::<Slow>().cloned();
    let face = Face::of(&request);
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let long = request
        .uri()
        .path_and_query()
        .is_some_and(|asked| asked.as_str().len() > LONGEST_ADDRESS);
    if long {
        return (face.away(portal, Away::LongAddress), None);
    }
    let passage = match address.map(|address| Realm::enter(portal.realm(), address)) {
        Some(Ok(passage)) => passage,
        Some(Err(error)) => return (face.away(portal, Away::Error(error)), None),
        // Only what comes through a door is counted.
        None => return (next.run(request).await, None),
    };
    let mut response = passage.walk(next.run(request)).await;
    // Whatever was answered to a body that broke off, the reason is this.
    if slow.is_some_and(|slow| slow.was()) && !response.status().is_success() {
        response = face.away(portal, Away::Slow);
    }
    (response, Some(passage))
}

/// Which face a request turned to, and so how it is told what went wrong.
enum Face {
    People { script: bool, id: RequestId },
    Programs { id: RequestId },
}

impl Face {
    fn of(request: &Request) -> Self {
        let id = request.extensions().get::<RequestId>();
        let id = id.cloned().unwrap_or_else(|| RequestId(String::new()));
        let path = request.uri().path();
        if path.starts_with("/api/") || path == "/dav" || path.starts_with("/dav/") {
            return Self::Programs { id };
        }
        Self::People {
            script: web::wants_json(request.headers()),
            id,
        }
    }

    fn away(&self, portal: &Portal, why: Away) -> Response {
        match self {
            Self::People { script, id } => web::away(portal, *script, id, why),
            Self::Programs { id } => problem(why, id),
        }
    }
}

/// The same for programs (RFC 9457).
fn problem(why: Away, id: &RequestId) -> Response {
    let (status, kind, title, detail, wait) = match why {
        Away::Slow => (
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            "Too slow",
            "What you sent did not arrive in time, so nothing of it was kept. Send it again."
                .to_owned(),
            None,
        ),
        Away::LongAddress => (
            StatusCode::URI_TOO_LONG,
            "too-long",
            "The address is too long",
            format!("An address has at most {LONGEST_ADDRESS} bytes. Ask for less at once."),
            None,
        ),
        Away::Error(Error::Busy(why)) => (
            StatusCode::TOO_MANY_REQUESTS,
            "busy",
            "Too much at once",
            format!("{why}. Wait until some of them are answered. Nothing was changed."),
            Some(BUSY_SECONDS),
        ),
        Away::Error(other) => {
            tracing::error!(error = %other, "a request was turned away");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "There is a problem with this service",
                "Try again in a few minutes.".to_owned(),
                Some(BUSY_SECONDS),
            )
        }
    };
    let body = serde_json::json!({
        "type": format!("urn:chancery:problem:{kind}"),
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
        "reference": id.0,
    });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(wait) = wait {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}

/// How soon to try again when there was too much at once.
const BUSY_SECONDS: u32 = 5;

/// The name that a proxy of ours gave the request, if it is one.
fn named(headers: &HeaderMap, brought: bool) -> Option<String> {
    let name = headers.get(REQUEST_ID).filter(|_| brought)?.to_str().ok()?;
    let fits = (8..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    fits.then(|| name.to_owned())
}

/// The trace that a proxy of ours began (W3C Trace Context): its id.
fn trace(headers: &HeaderMap) -> Option<&str> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let some = |text: &str| text.bytes().any(|byte| byte != b'0');
    (hex(version, 2)
        && version != "ff"
        && hex(trace, 32)
        && some(trace)
        && hex(parent, 16)
        && some(parent)
        && hex(flags, 2))
    .then_some(trace)
}

/// A method by its name; those that nobody has heard of share one, or strangers could fill the figures.
fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 15] = [
        "GET",
        "POST",
        "HEAD",
        "PUT",
        "DELETE",
        "PATCH",
        "OPTIONS",
        "PROPFIND",
        "PROPPATCH",
        "MKCOL",
        "COPY",
        "MOVE",
        "LOCK",
        "UNLOCK",
        "TRACE",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}

/// What the log says of a request, once its answer was sent or given up.
struct Line {
    started: Instant,
    span: Span,
    method: &'static str,
    route: Option<MatchedPath>,
    status: StatusCode,
    bytes: u64,
    passage: Option<Passage>,
}

impl Line {
    fn say(&self) {
        let took = now().duration_since(self.started);
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        let status = self.status.as_u16();
        let _in = self.span.enter();
        // An empty name stands for nobody, so that every line has the same fields.
        let person = self.passage.as_ref().and_then(Passage::person);
        let person = person.map(|id| id.to_string()).unwrap_or_default();
        tracing::info!(
            target: "request",
            method = self.method,
            route,
            status,
            ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            bytes = self.bytes,
            person,
        );
        let labels = [
            ("method", SharedString::const_str(self.method)),
            ("route", SharedString::from(route.to_owned())),
            ("status", SharedString::const_str(class(self.status))),
        ];
        metrics::counter!("chancery_requests_total", &labels).increment(1);
        metrics::histogram!("chancery_request_seconds", &labels[..2]).record(took.as_secs_f64());
        metrics::counter!("chancery_sent_bytes_total").increment(self.bytes);
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// The body of an answer; the request is over when it is gone.
struct Told {
    inner: Body,
    line: Line,
}

impl Drop for Told {
    fn drop(&mut self) {
        self.line.say();
    }
}

impl hyper::body::Body for Told {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        if let Some(Ok(frame)) = &frame {
            self.line.bytes += frame.data_ref().map_or(0, Bytes::len) as u64;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "how long a request takes is measured, never stored or shown"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn only_well_formed_names_from_our_proxies_are_taken() {
        let with = |name: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_str(name).unwrap());
            headers
        };
        assert_eq!(
            named(&with("4f9a-77.x_Z"), true).as_deref(),
            Some("4f9a-77.x_Z")
        );
        assert_eq!(named(&with("4f9a-77.x_Z"), false), None);
        for wrong in ["short", "a b c d e f", "x\"y: injected", &"x".repeat(65)] {
            assert_eq!(named(&with(wrong), true), None, "{wrong}");
        }
    }

    #[test]
    fn only_well_formed_traces_are_taken() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", HeaderValue::from_str(text).unwrap());
            trace(&headers).map(str::to_owned)
        };
        let right = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(
            of(right).as_deref(),
            Some("4bf92f3577b34da6a3ce929d0e0e4736")
        );
        for wrong in [
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "nonsense",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
