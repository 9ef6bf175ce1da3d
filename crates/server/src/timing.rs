//! What an answer cost, told with the answer (`Server-Timing`), for measurements.
//!
//! Only where the configuration asks for it, and only on a machine's own address: how long something
//! took says something about what cannot be seen.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use chancery::kernel::count_queries;

/// Adds the time that the program took, in milliseconds, and the number of SQL statements of the
/// request (entries that readings share are counted by nobody). A page is waited for to its end, so
/// that making it smaller for the wire counts too; content is streamed as ever.
pub(crate) async fn tell(request: Request, next: Next) -> Response {
    let begun = now();
    let (mut response, queries) = count_queries(async {
        let response = next.run(request).await;
        let page = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if !page {
            return response;
        }
        let (parts, body) = response.into_parts();
        match axum::body::to_bytes(body, usize::MAX).await {
            Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
            Err(error) => {
                tracing::warn!(%error, "a page could not be read to its end");
                Response::from_parts(parts, Body::empty())
            }
        }
    })
    .await;
    let millis = begun.elapsed().as_secs_f64() * 1000.0;
    if let Ok(value) =
        HeaderValue::from_str(&format!("server;dur={millis:.3}, sql;desc=\"{queries}\""))
    {
        response
            .headers_mut()
            .insert(HeaderName::from_static("server-timing"), value);
    }
    response
}

#[allow(
    clippy::disallowed_methods,
    reason = "this measures the machine, and nothing depends on it"
)]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
