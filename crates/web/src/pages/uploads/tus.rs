//! Files on their way in piece by piece, by tus 1.0 (<https://tus.io/protocols/resumable-upload>): its core and
//! the extensions `creation`, `creation-with-upload`, `termination`, `checksum` and `expiration`.
//!
//! Our own script sends so; it proves with the header `Chancery-Form` that it is ours, as forms do with their
//! hidden field. A piece that does not begin where what is here ends is 409; one that is not what its
//! checksum says is 460; what is longer than was said, or than this realm takes, is 413. What stands in the way
//! of what an upload is to become is 422, so that it is told from those, and nothing that arrived is lost.

use std::io;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chancery::Error;
use chancery::assurance;
use chancery::kernel::{Id, Time, thing};
use chancery::uploads::{self, Algorithm, Became, Beginning, Checksum, Outcome, To, UploadLine};
use futures::TryStreamExt as _;
use tokio_util::io::StreamReader;

use super::outcome::{clash, namesake};
use super::waiting;
use crate::failure::{Answer, Failure, url_escape};
use crate::format;
use crate::guest::Guest;
use crate::named::Named;
use crate::pages::uploads::metadata::Metadata;
use crate::portal::Portal;
use crate::posted::check_token;
use crate::routes::routes;

routes! {
    options "/uploads" => options;
    post "/uploads" => create;
    head "/uploads/{id}" => look;
    patch "/uploads/{id}" => receive;
    delete "/uploads/{id}" => cancel;
}

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,termination,checksum,expiration";
const PIECE: &str = "application/offset+octet-stream";

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const KNOWN_VERSIONS: HeaderName = HeaderName::from_static("tus-version");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const DEFERRED: HeaderName = HeaderName::from_static("upload-defer-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
/// The token that forms have in their hidden field.
const FORM: HeaderName = HeaderName::from_static("chancery-form");
/// Where the document is that an upload became.
const DOCUMENT: HeaderName = HeaderName::from_static("chancery-document");
/// That it is read for its marking, and its sender's alone until then.
const READS: HeaderName = HeaderName::from_static("chancery-reads");
/// What else is to be said of it, percent-encoded.
const NOTE: HeaderName = HeaderName::from_static("chancery-note");

/// Not in RFC 9110: the checksum does not hold.
const DAMAGED: u16 = 460;

/// A request of the version that we speak.
struct Spoken;

impl FromRequestParts<Portal> for Spoken {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Self, Response> {
        match text(&parts.headers, &RESUMABLE) {
            Some(VERSION) => Ok(Self),
            _ => Err(other_version()),
        }
    }
}

/// One of another version is told ours.
fn other_version() -> Response {
    let mut response = refused(
        StatusCode::PRECONDITION_FAILED,
        "This realm speaks version 1.0.0 of the protocol",
    );
    response
        .headers_mut()
        .insert(KNOWN_VERSIONS, HeaderValue::from_static(VERSION));
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = text(headers, name)?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// An answer that says what was wrong.
fn refused(status: StatusCode, problem: &str) -> Response {
    let body = serde_json::json!({ "problem": format!("{problem}.") });
    spoken((status, Json(body)).into_response())
}

fn spoken(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(RESUMABLE, HeaderValue::from_static(VERSION));
    response
}

fn bad(problem: &str) -> Response {
    refused(StatusCode::BAD_REQUEST, problem)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// As HTTP writes a moment (RFC 9110 §5.6.7).
fn http_date(at: Time) -> String {
    at.timestamp()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

async fn options(State(portal): State<Portal>) -> Response {
    let mut response = spoken(StatusCode::NO_CONTENT.into_response());
    let limit = portal.realm().settings().limits.upload;
    let sums: Vec<&str> = Algorithm::ALL.map(Algorithm::name).to_vec();
    let headers = response.headers_mut();
    set(headers, KNOWN_VERSIONS, VERSION);
    set(
        headers,
        HeaderName::from_static("tus-extension"),
        EXTENSIONS,
    );
    set(
        headers,
        HeaderName::from_static("tus-max-size"),
        &limit.to_string(),
    );
    set(
        headers,
        HeaderName::from_static("tus-checksum-algorithm"),
        &sums.join(","),
    );
    response
}

/// What stands in the way of an upload, told from an offset that is wrong. The rest has a page of its own.
fn hindered(guest: &Guest, error: Error) -> Answer {
    let problem = match error {
        Error::Conflict(why) => why,
        Error::Invalid(problems) => {
            let all: Vec<&str> = problems.iter().map(|(_, text)| text).collect();
            all.join(". ")
        }
        Error::Changed => {
            "Another version was added since you opened the page. Look at it before you upload yours"
                .to_owned()
        }
        Error::CheckedOut { by, since } => format!(
            "{by} has had it checked out since {}",
            format::moment(since.timestamp(), guest.portal.zone())
        ),
        Error::TooLarge { limit } => {
            let problem = format!(
                "It is larger than the {} that this realm takes",
                format::at_most(limit)
            );
            return Ok(refused(StatusCode::PAYLOAD_TOO_LARGE, &problem));
        }
        other => return Err(other.into()),
    };
    Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, &problem))
}

async fn create(
    guest: Guest,
    _: Spoken,
    State(portal): State<Portal>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    check_token(&portal, &headers, text(&headers, &FORM).unwrap_or_default())?;
    if headers.contains_key(DEFERRED) {
        return Ok(bad(
            "Send the length with Upload-Length: it cannot come later",
        ));
    }
    let Some(size) = number(&headers, &LENGTH) else {
        return Ok(bad("Send the length in bytes with Upload-Length"));
    };
    let metadata = text(&headers, &METADATA).and_then(Metadata::read);
    let Some(beginning) = metadata.and_then(|metadata| metadata.beginning(size)) else {
        return Ok(bad(
            "Send with Upload-Metadata a filename, and the id of a library or document",
        ));
    };
    let line = match uploads::begin(&guest.actor, &beginning).await {
        Ok(line) => line,
        Err(Error::Conflict(why)) => return taken(&guest, &beginning, why).await,
        Err(other) => return hindered(&guest, other),
    };
    let mut offset = line.offset;
    let mut became = None;
    // What has nothing in it is whole at once. What was begun before goes on where it is.
    let sends = size == 0 || text(&headers, &header::CONTENT_TYPE) == Some(PIECE);
    if sends && offset == 0 {
        let content = StreamReader::new(body.into_data_stream().map_err(io::Error::other));
        match uploads::receive(&guest.actor, line.id, 0, content, None).await {
            Ok(Outcome::Here { offset: here } | Outcome::CutOff { offset: here }) => offset = here,
            Ok(Outcome::Whole(whole)) => {
                offset = size;
                became = Some(whole);
            }
            Ok(Outcome::Misplaced { .. } | Outcome::Damaged | Outcome::TooMuch) => {}
            // Where it is and how far is said all the same: nothing that arrived is lost.
            Err(_) if size > 0 => offset = uploads::look(&guest.actor, line.id).await?.offset,
            Err(other) => return hindered(&guest, other),
        }
    }
    let mut response = far(
        StatusCode::CREATED,
        &UploadLine {
            offset,
            ..line.clone()
        },
    );
    set(
        response.headers_mut(),
        header::LOCATION,
        &format!("/uploads/{}", line.id),
    );
    if let Some(became) = became {
        told(&portal, response.headers_mut(), &became);
    } else if let Some(document) = line.became {
        told(&portal, response.headers_mut(), &Became::Version(document));
    }
    Ok(response)
}

/// The name is used: what is there may be meant.
async fn taken(guest: &Guest, beginning: &Beginning, why: String) -> Answer {
    if let To::Library {
        library,
        folder,
        path,
    } = &beginning.to
        && path.is_empty()
        && let Some(line) = namesake(guest, *library, *folder, &beginning.name).await?
    {
        let mut response = clash(&beginning.name, &line).json();
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(spoken(response));
    }
    hindered(guest, Error::Conflict(why))
}

/// It is whole, and its sender is asked what becomes of it: where, is said with what is in the way. One that came with its
/// beginning is told when it asks, with a piece of nothing at its end.
async fn waits(guest: &Guest, upload: Id<thing::Upload>) -> Answer {
    let found = uploads::waiting_one(&guest.actor, upload).await?;
    let body = serde_json::json!({
        "problem": waiting::says(&found),
        "href": waiting::waiting_address(upload),
        "link": "Decide what becomes of it",
        "waits": true,
    });
    let answer = (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response();
    Ok(spoken(answer))
}

/// How far it is.
fn far(status: StatusCode, line: &UploadLine) -> Response {
    let mut response = spoken(status.into_response());
    let headers = response.headers_mut();
    set(headers, OFFSET, &line.offset.to_string());
    set(headers, EXPIRES, &http_date(line.expires));
    response
}

/// What it became.
fn told(portal: &Portal, headers: &mut HeaderMap, became: &Became) {
    let (document, note) = match became {
        Became::Document(added) => (
            &added.id,
            added.already.first().map(|same| {
                format!(
                    "The same content is already in {} as {}.",
                    same.library, same.name
                )
            }),
        ),
        Became::Version(document) => (document, None),
        Became::Waits(_) => return,
    };
    is_now(portal, headers, *document);
    if let Some(note) = note {
        set(headers, NOTE, &url_escape(&note));
    }
}

/// Where it is, and whether it is read first.
fn is_now(portal: &Portal, headers: &mut HeaderMap, document: Id<thing::Document>) {
    set(headers, DOCUMENT, &format!("/documents/{document}"));
    if assurance::reads(portal.realm()) {
        set(headers, READS, "yes");
    }
}

async fn look(guest: Guest, _: Spoken, Named(id): Named<Id<thing::Upload>>) -> Answer {
    let line = uploads::look(&guest.actor, id).await?;
    let mut response = far(StatusCode::OK, &line);
    let headers = response.headers_mut();
    set(headers, LENGTH, &line.size.to_string());
    set(headers, header::CACHE_CONTROL, "no-store");
    if let Some(document) = line.became {
        is_now(&guest.portal, headers, document);
    }
    Ok(response)
}

async fn receive(
    guest: Guest,
    _: Spoken,
    State(portal): State<Portal>,
    Named(id): Named<Id<thing::Upload>>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    check_token(&portal, &headers, text(&headers, &FORM).unwrap_or_default())?;
    if text(&headers, &header::CONTENT_TYPE) != Some(PIECE) {
        let problem = "Send a piece as application/offset+octet-stream";
        return Ok(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, problem));
    }
    let Some(offset) = number(&headers, &OFFSET) else {
        return Ok(bad("Send with Upload-Offset where the piece begins"));
    };
    let checksum = match text(&headers, &CHECKSUM) {
        None => None,
        Some(sent) => match read_checksum(sent) {
            Some(checksum) => Some(checksum),
            None => {
                return Ok(bad(
                    "Send with Upload-Checksum one of sha1, sha256 and sha512, and the sum in base64",
                ));
            }
        },
    };
    let line = uploads::look(&guest.actor, id).await?;
    let coming = number(&headers, &header::CONTENT_LENGTH).unwrap_or(0);
    if offset == line.offset && coming > line.size - line.offset {
        return Ok(too_much());
    }
    let content = StreamReader::new(body.into_data_stream().map_err(io::Error::other));
    let outcome = match uploads::receive(&guest.actor, id, offset, content, checksum).await {
        Ok(outcome) => outcome,
        Err(error @ (Error::NotFound | Error::SignedOut)) => return Err(Failure(error)),
        Err(error) => return hindered(&guest, error),
    };
    let at = |offset| UploadLine {
        offset,
        ..line.clone()
    };
    Ok(match outcome {
        Outcome::Here { offset } => far(StatusCode::NO_CONTENT, &at(offset)),
        Outcome::Whole(Became::Waits(upload)) => return waits(&guest, upload).await,
        Outcome::Whole(became) => {
            let mut response = far(StatusCode::NO_CONTENT, &at(line.size));
            told(&portal, response.headers_mut(), &became);
            response
        }
        Outcome::Misplaced { offset } => {
            let mut response = refused(
                StatusCode::CONFLICT,
                "This piece does not begin where what is here ends",
            );
            set(response.headers_mut(), OFFSET, &offset.to_string());
            response
        }
        Outcome::Damaged => refused(
            StatusCode::from_u16(DAMAGED).unwrap_or(StatusCode::BAD_REQUEST),
            "What arrived is not what was sent",
        ),
        Outcome::TooMuch => too_much(),
        Outcome::CutOff { offset } => {
            let mut response = bad("The line broke. What had arrived is kept");
            set(response.headers_mut(), OFFSET, &offset.to_string());
            response
        }
    })
}

fn too_much() -> Response {
    refused(
        StatusCode::PAYLOAD_TOO_LARGE,
        "This is more than the length that was said at the beginning",
    )
}

fn read_checksum(sent: &str) -> Option<Checksum> {
    use base64::Engine as _;
    let (algorithm, sum) = sent.split_once(' ')?;
    Some(Checksum {
        algorithm: Algorithm::from_name(algorithm)?,
        sum: base64::engine::general_purpose::STANDARD
            .decode(sum.trim())
            .ok()?,
    })
}

async fn cancel(
    guest: Guest,
    _: Spoken,
    State(portal): State<Portal>,
    Named(id): Named<Id<thing::Upload>>,
    headers: HeaderMap,
) -> Answer {
    check_token(&portal, &headers, text(&headers, &FORM).unwrap_or_default())?;
    uploads::cancel(&guest.actor, id).await?;
    Ok(spoken(StatusCode::NO_CONTENT.into_response()))
}
