//! A trail on its way out, as a file.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use chancery::trail::{Export, Format};
use futures::TryStreamExt as _;

use crate::content::disposition;

/// Answers with a trail, sent while it is read. A fault in the middle ends the file early and is
/// seen as such: the transfer is not completed.
pub fn trail_file(name: &str, format: Format, lines: Export) -> Response {
    file(name, format, lines)
}

/// Answers with a list of a library of this name as comma-separated values, while it is made.
pub fn list_file(library: &str, lines: Export) -> Response {
    file(&format!("{library}.csv"), Format::Csv, lines)
}

fn file(name: &str, format: Format, lines: Export) -> Response {
    let body = Body::from_stream(lines.inspect_err(|error| {
        tracing::error!(%error, "a list as a file broke off");
    }));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.media_type()),
    );
    if let Ok(value) = HeaderValue::from_str(&disposition(false, name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
