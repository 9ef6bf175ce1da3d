//! What every answer carries: a request id, and headers that leave a browser no way to be tricked.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use wire::RequestId;

use crate::failure::{Failure, Forged};
use crate::portal::Portal;

/// The policy of our own pages: everything from this host, nothing inline, no frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const ALWAYS: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
    ("x-robots-tag", "noindex, nofollow"),
];

/// Adds the headers that are missing; a handler may have set a stricter policy of its own.
pub(crate) async fn secure(
    State(portal): State<Portal>,
    mut request: Request,
    next: Next,
) -> Response {
    // Whoever serves the pages may have named the request already.
    let id = match request.extensions().get::<RequestId>() {
        Some(id) => id.clone(),
        None => RequestId(portal.realm().reference()),
    };
    request.extensions_mut().insert(id.clone());
    protected(&portal, &id, next.run(request).await)
}

pub(crate) fn protected(portal: &Portal, id: &RequestId, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(POLICY));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if portal.secure() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

/// Refuses what another site makes a browser send (Fetch Metadata, and `Origin` where that is
/// missing). The token in each form is the second lock on the same door.
pub(crate) async fn same_site(request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if safe || is_ours(request.headers()) {
        return next.run(request).await;
    }
    Failure(chancery::Error::unavailable(Forged::Elsewhere)).into_response()
}

fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => match (text("origin"), text("host")) {
            (None, _) => true,
            (Some(origin), Some(host)) => origin
                .split_once("://")
                .is_some_and(|(_, name)| name == host),
            (Some(_), None) => false,
        },
    }
}

/// Forgets the news of the last action once a page has shown it.
pub(crate) async fn forget_flash(request: Request, next: Next) -> Response {
    let had = request.method() == Method::GET
        && request
            .headers()
            .get_all(header::COOKIE)
            .iter()
            .any(|value| {
                value
                    .to_str()
                    .is_ok_and(|text| text.contains("chancery-said="))
            });
    let mut response = next.run(request).await;
    let page = response.status() == StatusCode::OK
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if had && page {
        response.headers_mut().append(
            header::SET_COOKIE,
            HeaderValue::from_static("chancery-said=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
        );
    }
    response
}
