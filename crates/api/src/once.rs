//! `Idempotency-Key`: what is asked for twice is done once.
//!
//! The key is written in the very commit that does the thing ([`chancery::kernel::Once`]), so that
//! nothing is done twice, whatever dies when. Here the first answer is kept and given again. Where
//! it was lost, the journal knows what was done.

use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chancery::kernel::{Actor, Done, Entry, Id, Once, Outcome, thing};
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::{LARGEST_BODY, too_large};
use crate::problem::{Answer, Problem};
use crate::schema::Moment;
use crate::{Api, Caller};

pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// What of an answer is kept besides its content.
const KEPT: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::LOCATION,
    header::ETAG,
    header::LINK,
];
/// The largest answer that is kept, in bytes; those of our verbs are far smaller.
const LARGEST_KEPT: usize = 1024 * 1024;
const LONGEST_KEY: usize = 255;

/// What was done, when its first answer was lost: as much as the journal knows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recalled {
    /// What was done, as the trail names it.
    #[schema(example = "AddDocument")]
    action: String,
    /// When.
    at: Moment,
    /// On which site.
    #[schema(value_type = Option<crate::schema::Id>)]
    site: Option<String>,
    /// In which library.
    #[schema(value_type = Option<crate::schema::Id>)]
    library: Option<String>,
    /// To which document or folder.
    #[schema(value_type = Option<crate::schema::Id>)]
    item: Option<String>,
    /// Concerning which person, team or organisation.
    #[schema(value_type = Option<crate::schema::Id>)]
    subject: Option<String>,
}

impl From<Entry> for Recalled {
    fn from(entry: Entry) -> Self {
        let some = |id: i64| (id != 0).then(|| Id::<thing::Entry>::from_raw(id).to_string());
        Self {
            action: entry.action,
            at: entry.at.into(),
            site: some(entry.site_id),
            library: some(entry.library_id),
            item: some(entry.item_id),
            subject: some(entry.subject_id),
        }
    }
}

/// Lets every POST with a key through once.
pub(crate) async fn guard(State(api): State<Api>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    match guarded(&api, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn guarded(api: &Api, request: Request, next: Next) -> Answer<Response> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::of(&parts, api).await?;
    let key = key(&parts.headers)?;
    let (fingerprint, body) = fingerprint(&parts, body).await?;
    let _turn = Turn::take(api, &caller.actor, &key).ok_or_else(under_way)?;
    let once = Arc::new(Once::new(key, fingerprint));
    if let Some(done) = caller.actor.done_already(&once).await? {
        return again(done);
    }
    let actor = caller.actor.clone();
    parts.extensions.insert(Caller {
        actor: caller.actor.once(Arc::clone(&once)),
    });
    let response = next.run(Request::from_parts(parts, body)).await;
    if once.was_lost() {
        // On another node, at the same moment: its commit was first, and is the one that counts.
        return match actor.done_already(&once).await? {
            Some(done) => again(done),
            None => Err(under_way()),
        };
    }
    if once.was_kept() {
        return keep(&actor, &once, response).await;
    }
    Ok(response)
}

fn key(headers: &HeaderMap) -> Answer<String> {
    let mut keys = headers.get_all(KEY).iter();
    let key = keys.next().and_then(|value| value.to_str().ok());
    match key {
        Some(key)
            if (1..=LONGEST_KEY).contains(&key.len())
                && key.bytes().all(|byte| byte.is_ascii_graphic())
                && keys.next().is_none() =>
        {
            Ok(key.to_owned())
        }
        _ => Err(Problem::field(
            KEY.as_str(),
            "Send one key of up to 255 visible ASCII characters, another one for each thing to be done",
        )),
    }
}

/// What tells whether two requests mean the same: method, address, and content. Content that is long, or
/// of a length that is not said, is not read twice: its kind, length and digest are taken as the program says them.
async fn fingerprint(parts: &Parts, body: Body) -> Answer<([u8; 32], Body)> {
    let mut hasher = blake3::Hasher::new();
    let mut field = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    let uri = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |uri| &uri.0);
    field(parts.method.as_str().as_bytes());
    field(uri.to_string().as_bytes());
    for name in [
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        HeaderName::from_static("content-digest"),
    ] {
        field(parts.headers.get(name).map_or(b"", HeaderValue::as_bytes));
    }
    let length = length_of(parts, &body);
    let body = if length.is_some_and(|length| length <= LARGEST_BODY as u64) {
        let bytes = to_bytes(body, LARGEST_BODY).await.map_err(too_large)?;
        field(&bytes);
        Body::from(bytes)
    } else {
        body
    };
    Ok((*hasher.finalize().as_bytes(), body))
}

/// How long the content is, where that is known beforehand.
fn length_of(parts: &Parts, body: &Body) -> Option<u64> {
    use axum::body::HttpBody as _;
    let said = parts.headers.get(header::CONTENT_LENGTH);
    said.and_then(|value| value.to_str().ok()?.parse().ok())
        .or_else(|| body.size_hint().exact())
}

/// One asking under a key at a time, on this node. That a key is used once altogether is decided by
/// the database.
struct Turn<'a> {
    api: &'a Api,
    held: (i64, String),
}

impl<'a> Turn<'a> {
    fn take(api: &'a Api, actor: &Actor, key: &str) -> Option<Self> {
        let held = (actor.token().map_or(0, Id::raw), key.to_owned());
        api.under_way()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(held.clone())
            // Made only when it is taken: one that is dropped gives the turn back.
            .then(|| Self { api, held })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.api
            .under_way()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.held);
    }
}

fn under_way() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "under-way",
        "This is under way",
        "The same was asked for with the same Idempotency-Key and is not answered yet. Ask again in a moment.",
    )
}

/// The first answer again, or what the journal knows of it.
fn again(done: Done) -> Answer<Response> {
    if !done.same {
        return Err(Problem::field(
            KEY.as_str(),
            "This key was used for something else within the last day. Use another one for each thing to be done",
        ));
    }
    let mut response = if let Some(outcome) = done.answer {
        replay(outcome)
    } else {
        let status = StatusCode::ALREADY_REPORTED;
        (status, Json(Recalled::from(done.entry))).into_response()
    };
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

fn replay(outcome: Outcome) -> Response {
    let mut response = Response::new(Body::from(outcome.body));
    *response.status_mut() = StatusCode::from_u16(outcome.status).unwrap_or(StatusCode::OK);
    for line in outcome.headers.lines() {
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn keep(actor: &Actor, once: &Once, response: Response) -> Answer<Response> {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST_KEPT)
        .await
        .map_err(|error| Problem::from(chancery::Error::unavailable(error)))?;
    let headers: String = KEPT
        .iter()
        .filter_map(|name| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            Some(format!("{name}: {value}\n"))
        })
        .collect();
    let outcome = Outcome {
        status: parts.status.as_u16(),
        headers,
        body: bytes.to_vec(),
    };
    // What must not be stored (a secret that is told once) is not stored here either. A problem is
    // made into an answer later, and is not what was done.
    let secret = parts.headers.get(header::CACHE_CONTROL);
    if parts.status.is_success()
        && secret.is_none_or(|value| value != "no-store")
        && let Err(error) = actor.keep_outcome(once, &outcome).await
    {
        // It is done all the same, and the journal knows it.
        tracing::warn!(%error, "an answer could not be kept for whoever asks again");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}
