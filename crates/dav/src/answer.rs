//! What answers share.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery::files::Changed;

use crate::failure::Failure;
use crate::xml::LARGEST;

/// A body of XML, which is small.
pub(crate) async fn small(body: Body) -> Result<bytes::Bytes, Failure> {
    to_bytes(body, LARGEST).await.map_err(|error| {
        let long = std::error::Error::source(&error)
            .is_some_and(|source| source.to_string().contains("length limit"))
            || error.to_string().contains("length limit");
        if long {
            Failure::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "A body of XML has at most 64 KiB",
            )
        } else {
            Failure::bad("The body was cut off before it was complete")
        }
    })
}

/// 201 or 204, with the tag that it has now.
pub(crate) fn changed(changed: &Changed) -> Response {
    let status = if changed.created {
        StatusCode::CREATED
    } else {
        StatusCode::NO_CONTENT
    };
    let mut response = status.into_response();
    if let (false, Ok(tag)) = (
        changed.etag.is_empty(),
        HeaderValue::from_str(&changed.etag),
    ) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// An answer of XML.
pub(crate) fn xml(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = (status, body.into()).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/xml; charset=utf-8"),
    );
    response
}
