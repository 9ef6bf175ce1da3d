//! What a program sends: bodies, queries, and the things that addresses name.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header;
use axum::http::request::Parts;
use chancery::Error;
use serde::de::DeserializeOwned;

use crate::Api;
use crate::problem::Problem;

/// How large a JSON body may be, in bytes; content comes another way.
pub(crate) const LARGEST_BODY: usize = 64 * 1024;

/// A JSON body. None at all counts as `{}`.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Api> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Api) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let bytes = axum::body::to_bytes(request.into_body(), LARGEST_BODY)
            .await
            .map_err(too_large)?;
        let bytes: &[u8] = if bytes.is_empty() {
            b"{}"
        } else {
            if !kind.as_deref().is_some_and(is_json) {
                return Err(Problem::new(
                    axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "media-type",
                    "This is not the kind of content that is taken here",
                    "Send JSON, and say so in the header Content-Type: application/json.",
                ));
            }
            &bytes
        };
        parse(bytes).map(Self)
    }
}

/// The body could not be read to its end.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err takes"
)]
pub(crate) fn too_large(error: axum::Error) -> Problem {
    let cut_off = std::error::Error::source(&error)
        .is_none_or(|source| !source.to_string().contains("length limit"));
    if cut_off && !error.to_string().contains("length limit") {
        return Problem::unreadable("The body was cut off before it was complete.");
    }
    Problem::from(Error::TooLarge {
        limit: LARGEST_BODY as u64,
    })
}

fn is_json(kind: &str) -> bool {
    kind.split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            let message = sentence(&inner);
            Problem::field(field(path, &message), message)
        } else {
            Problem::unreadable(format!("This is not JSON: {inner}."))
        }
    })?;
    json.end()
        .map_err(|error| Problem::unreadable(format!("This is not JSON: {error}.")))?;
    Ok(value)
}

/// Which field a message is about: one that is missing or not known is named in the message only.
fn field(path: String, message: &str) -> String {
    let named = ["missing field `", "unknown field `"]
        .iter()
        .find_map(|begins| message.strip_prefix(begins))
        .and_then(|rest| rest.split('`').next());
    match named {
        Some(name) if path == "." => name.to_owned(),
        Some(name) if path != name && !path.ends_with(&format!(".{name}")) => {
            format!("{path}.{name}")
        }
        _ => path,
    }
}

/// Without the line and column, which mean little to whoever made the JSON by program.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

/// The query of an address. What it does not know is a problem, so that no mistyped filter is
/// quietly ignored.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Api> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        axum::extract::Query::<T>::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|rejection| {
                let text = rejection.body_text();
                let text = text.rsplit("query string: ").next().unwrap_or_default();
                match text.split_once(": ") {
                    Some((field, message)) => Problem::field(field, message),
                    None => Problem::field("query", text),
                }
            })
    }
}

/// The parameters of an address, in the order of its braces: `Named(id): Named<Id<thing::Library>>`.
///
/// Text that is no id answers exactly as the id of something that may not be seen. Take it after
/// the caller: who has no token is told so, whatever the address.
#[derive(Debug)]
pub struct Named<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Api> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let Path(named) = Path::from_request_parts(parts, api)
            .await
            .map_err(|_| Problem::from(Error::NotFound))?;
        Ok(Self(named))
    }
}
