//! What answers share: pages of lists, tags, and what is added around every handler.

use axum::Json;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use wire::RequestId;

use crate::Api;
use crate::problem::Problem;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The lines.
    pub items: Vec<T>,
    /// What to send as `after` for the lines after these; none at the end. The header `Link` has
    /// the whole address.
    pub next: Option<String>,
}

/// Where the next page begins, on its way to the header `Link`.
#[derive(Clone)]
struct Onward(String);

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let next = self.next.clone();
        onward(self, next)
    }
}

/// A page of a list with more to say than its lines; `next` is where the next page begins.
pub(crate) fn onward(page: impl Serialize, next: Option<String>) -> Response {
    let mut response = Json(page).into_response();
    if let Some(next) = next {
        response.extensions_mut().insert(Onward(next));
    }
    response
}

/// An answer with a strong tag (RFC 9110 §8.8.3): the edition of the thing, which `If-Match` expects, and
/// after a dot how this answer describes it, for `If-None-Match`.
#[derive(Debug)]
pub struct Tagged<T> {
    /// The edition of the thing.
    pub edition: String,
    /// The answer.
    pub body: T,
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let bytes = match serde_json::to_vec(&self.body) {
            Ok(bytes) => bytes,
            Err(error) => {
                return Problem::from(chancery::Error::unavailable(error)).into_response();
            }
        };
        let description = blake3::hash(&bytes).to_hex();
        let tag = format!("\"{}.{}\"", self.edition, &description[..16]);
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

const ALWAYS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-robots-tag", "noindex, nofollow"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; sandbox",
    ),
];

/// Gives the request its name, and finishes the answer: problems get their reference, pages their
/// link, conditions are weighed, and headers leave a browser no way to be tricked.
pub(crate) async fn dress(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let named = request.extensions().get::<RequestId>().cloned();
    let id = named.unwrap_or_else(|| RequestId(api.realm().reference()));
    request.extensions_mut().insert(id.clone());
    let asked = Asked {
        uri: request
            .extensions()
            .get::<OriginalUri>()
            .map_or_else(|| request.uri().clone(), |uri| uri.0.clone()),
        looks: matches!(*request.method(), Method::GET | Method::HEAD),
        unless: tags(request.headers()),
    };
    let response = next.run(request).await;
    let mut response = asked.finish(&api, response, &id.0);
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
    headers.append(header::VARY, HeaderValue::from_static("Authorization"));
    if api.secure() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

struct Asked {
    uri: axum::http::Uri,
    looks: bool,
    unless: Vec<String>,
}

impl Asked {
    fn finish(&self, api: &Api, mut response: Response, reference: &str) -> Response {
        let problem = match response.extensions_mut().remove::<Problem>() {
            Some(problem) => Some(problem),
            // What the router itself refuses (a method, a body) is not yet in our form.
            None if is_bare(&response) => Some(Problem::of_status(response.status())),
            None => None,
        };
        if let Some(problem) = problem {
            if let Some(source) = &problem.source {
                tracing::error!(error = %source, reference, "a request failed");
            }
            let mut dressed = problem.dressed(reference, api.realm().now());
            if let Some(allow) = response.headers().get(header::ALLOW) {
                dressed.headers_mut().insert(header::ALLOW, allow.clone());
            }
            return dressed;
        }
        if let Some(next) = response.extensions_mut().remove::<Onward>() {
            let link = format!("<{}>; rel=\"next\"", self.after(&next.0));
            if let Ok(link) = HeaderValue::from_str(&link) {
                response.headers_mut().insert(header::LINK, link);
            }
        }
        if self.looks && response.status() == StatusCode::OK && self.is_known(&response) {
            let (mut parts, _) = response.into_parts();
            parts.status = StatusCode::NOT_MODIFIED;
            parts.headers.remove(header::CONTENT_TYPE);
            parts.headers.remove(header::CONTENT_LENGTH);
            return Response::from_parts(parts, axum::body::Body::empty());
        }
        response
    }

    /// The address of this list, from there on.
    fn after(&self, next: &str) -> String {
        let kept = self.uri.query().unwrap_or_default().split('&');
        let kept = kept.filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
        let after = format!("after={}", wire::url_escape(next));
        let query: Vec<&str> = kept.chain([after.as_str()]).collect();
        format!("{}?{}", self.uri.path(), query.join("&"))
    }

    /// Whether the program has this very answer already (`If-None-Match`, RFC 9110 §13.1.2).
    fn is_known(&self, response: &Response) -> bool {
        let tag = response
            .headers()
            .get(header::ETAG)
            .and_then(|tag| tag.to_str().ok());
        tag.is_some_and(|tag| {
            self.unless
                .iter()
                .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
        })
    }
}

fn is_bare(response: &Response) -> bool {
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let ours = [StatusCode::RANGE_NOT_SATISFIABLE, StatusCode::NOT_MODIFIED];
    failed && !ours.contains(&response.status())
}

fn tags(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().to_owned())
        .collect()
}
