//! Content on its way out: streamed, by ranges, and harmless to the browser that opens it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chancery::documents::Content;
use headers::{HeaderMapExt as _, IfNoneMatch, IfRange};

use crate::range::Asked;
use crate::url_escape;

/// What a browser may show by itself. Everything else is downloaded: a document must never run
/// as a page of this host.
const SHOWN: &[&str] = &[
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "text/plain",
];

/// Content can load nothing, run nothing and be framed by nobody.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; object-src 'self'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'";

/// What a page asks for when it would run what it gets, or take it as its style (Fetch, "request destination"). No content
/// is for that.
const RUN: &[&str] = &[
    "script",
    "style",
    "worker",
    "sharedworker",
    "serviceworker",
    "audioworklet",
    "paintworklet",
    "xslt",
    "json",
];

/// Whether a browser can open this kind of content by itself.
pub fn opens(media_type: &str) -> bool {
    SHOWN.contains(&media_type)
}

/// As what content of this kind leaves. Only what browsers show keeps its own type: a script that somebody uploaded must
/// not come from this host as a script, which the policy of its pages would let them run.
pub fn kind(media_type: &str) -> &str {
    match media_type {
        "text/plain" => "text/plain; charset=utf-8",
        shown if opens(shown) => shown,
        _ => "application/octet-stream",
    }
}

/// Whether a browser says that a page would run what it asks for.
fn would_run(asked: &HeaderMap) -> bool {
    asked.get_all("sec-fetch-dest").iter().any(|said| {
        RUN.iter()
            .any(|run| said.as_bytes().eq_ignore_ascii_case(run.as_bytes()))
    })
}

/// Answers with content (RFC 9110 §14): the whole, or the one range that was asked for. Whatever kind it is, a page that
/// would run it gets nothing.
pub fn serve(content: Content, asked: &HeaderMap, download: bool) -> Response {
    if would_run(asked) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let size = content.size;
    let etag = content.etag.clone();
    let mut headers = HeaderMap::new();
    set(&mut headers, header::ETAG, &etag);
    set(&mut headers, header::ACCEPT_RANGES, "bytes");
    set(&mut headers, header::CACHE_CONTROL, "private, no-cache");
    set(&mut headers, header::CONTENT_SECURITY_POLICY, POLICY);
    let shown = !download && opens(&content.media_type);
    set(
        &mut headers,
        header::CONTENT_TYPE,
        kind(&content.media_type),
    );
    set(
        &mut headers,
        header::CONTENT_DISPOSITION,
        &disposition(shown, &content.name),
    );

    let tag: Option<headers::ETag> = etag.parse().ok();
    if let (Some(condition), Some(tag)) = (asked.typed_get::<IfNoneMatch>(), &tag)
        && !condition.precondition_passes(tag)
    {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let ranges_hold = asked
        .typed_get::<IfRange>()
        .is_none_or(|condition| !condition.is_modified(tag.as_ref(), None));
    let part = if ranges_hold {
        Asked::read(asked, size)
    } else {
        Asked::Whole
    };
    let (status, span) = match part {
        Asked::Whole => (StatusCode::OK, 0..size),
        Asked::Part(span) => (StatusCode::PARTIAL_CONTENT, span),
        Asked::Beyond => {
            set(
                &mut headers,
                header::CONTENT_RANGE,
                &format!("bytes */{size}"),
            );
            headers.remove(header::CONTENT_TYPE);
            headers.remove(header::CONTENT_DISPOSITION);
            return (StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response();
        }
    };
    if status == StatusCode::PARTIAL_CONTENT {
        let part = format!("bytes {}-{}/{size}", span.start, span.end - 1);
        set(&mut headers, header::CONTENT_RANGE, &part);
    }
    set(
        &mut headers,
        header::CONTENT_LENGTH,
        &(span.end - span.start).to_string(),
    );
    let mut response = Response::new(Body::from_stream(content.read(span)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// `Content-Disposition` with a name in any script (RFC 6266, RFC 8187).
pub fn disposition(shown: bool, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || " .-_()".contains(letter) {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let escaped = url_escape(name).replace('/', "%2F");
    let how = if shown { "inline" } else { "attachment" };
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{escaped}")
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn only_what_browsers_show_keeps_its_type() {
        assert_eq!(kind("text/plain"), "text/plain; charset=utf-8");
        assert_eq!(kind("image/png"), "image/png");
        for other in [
            "text/javascript",
            "application/javascript",
            "text/css",
            "text/html",
            "image/svg+xml",
            "application/json",
            "",
        ] {
            assert_eq!(kind(other), "application/octet-stream", "{other}");
        }
    }

    #[test]
    fn nothing_is_sent_to_be_run() {
        let says = |what: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("sec-fetch-dest", what.parse().unwrap());
            would_run(&headers)
        };
        for run in ["script", "style", "serviceworker", "xslt", "Script"] {
            assert!(says(run), "{run}");
        }
        for shown in ["document", "image", "empty", "object"] {
            assert!(!says(shown), "{shown}");
        }
        assert!(!would_run(&HeaderMap::new()));
    }
}
