//! Content on its way in and out, as raw bytes: streamed, never held whole. What is read is in the
//! trail before its first byte leaves.

use std::io;

use axum::Json;
use axum::body::{Body, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery::assurance::{self, Closing};
use chancery::documents::{self, NewVersion};
use chancery::kernel::{Id, thing};
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Answer, Problem};
use crate::routes::{Api, ROOT, routes};
use crate::schema;
use crate::{Asked, Caller, Named};

routes! { content, version_content, version_pages, draft_content, add_document, add_version, save_draft, check_in }

/// The content that a request brings: its body, as it is.
struct Brought(Body);

impl FromRequest<Api> for Brought {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, _: &Api) -> Result<Self, Self::Rejection> {
        Ok(Self(request.into_body()))
    }
}

impl Brought {
    /// Whether there is certainly none.
    fn is_empty(&self) -> bool {
        self.0.size_hint().exact() == Some(0)
    }

    fn content(self) -> impl AsyncRead + Send + Unpin {
        StreamReader::new(self.0.into_data_stream().map_err(io::Error::other))
    }
}

/// How content is read.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct How {
    /// Whether the trail says that it was opened rather than downloaded.
    open: Option<bool>,
}

impl How {
    fn download(&self) -> bool {
        self.open != Some(true)
    }
}

/// The content of the current version
///
/// That it is read is in the trail before its first byte leaves.
#[utoipa::path(get, path = "/documents/{id}/content", tag = "documents", operation_id = "content",
    params(("id" = schema::Id, Path, description = "The document"), How,
        ("Range" = Option<String>, Header, description = "The part that is wanted (RFC 9110)"),
        ("If-Range" = Option<String>, Header, description = "Only if it still is this content"),
        ("If-None-Match" = Option<String>, Header, description = "Unless it is this content")),
    responses(
        (status = 200, description = "The whole", body = schema::Bytes, content_type = "*/*"),
        (status = 206, description = "The part that `Range` asked for", body = schema::Bytes, content_type = "*/*"),
        (status = 304, description = "`If-None-Match` has it already"),
        (status = 416, description = "The content ends before the part that was asked for")))]
async fn content(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Asked(how): Asked<How>,
    headers: HeaderMap,
) -> Answer<Response> {
    let content = documents::open(&caller.actor, id, None, how.download()).await?;
    Ok(wire::content::serve(content, &headers, how.download()))
}

/// The content of a version, which never changes
#[utoipa::path(get, path = "/documents/{id}/versions/{number}/content", tag = "documents",
    operation_id = "versionContent",
    params(("id" = schema::Id, Path, description = "The document"),
        ("number" = u64, Path, description = "The version, from 1"), How,
        ("Range" = Option<String>, Header, description = "The part that is wanted (RFC 9110)"),
        ("If-Range" = Option<String>, Header, description = "Only if it still is this content"),
        ("If-None-Match" = Option<String>, Header, description = "Unless it is this content")),
    responses(
        (status = 200, description = "The whole", body = schema::Bytes, content_type = "*/*"),
        (status = 206, description = "The part that `Range` asked for", body = schema::Bytes, content_type = "*/*"),
        (status = 304, description = "`If-None-Match` has it already"),
        (status = 416, description = "The content ends before the part that was asked for")))]
async fn version_content(
    caller: Caller,
    Named((id, number)): Named<(Id<thing::Document>, u64)>,
    Asked(how): Asked<How>,
    headers: HeaderMap,
) -> Answer<Response> {
    let content = documents::open(&caller.actor, id, Some(number), how.download()).await?;
    Ok(wire::content::serve(content, &headers, how.download()))
}

/// The pages of a version, as a PDF
///
/// Of a PDF they are its content; of an office document they are made, which takes some seconds the first time.
#[utoipa::path(get, path = "/documents/{id}/versions/{number}/pages", tag = "documents",
    operation_id = "versionPages",
    params(("id" = schema::Id, Path, description = "The document"),
        ("number" = u64, Path, description = "The version, from 1"),
        ("Range" = Option<String>, Header, description = "The part that is wanted (RFC 9110)"),
        ("If-Range" = Option<String>, Header, description = "Only if it still is this content"),
        ("If-None-Match" = Option<String>, Header, description = "Unless it is this content")),
    responses(
        (status = 200, description = "The whole", body = schema::Bytes, content_type = "application/pdf"),
        (status = 206, description = "The part that `Range` asked for", body = schema::Bytes, content_type = "application/pdf"),
        (status = 304, description = "`If-None-Match` has it already"),
        (status = 409, description = "There are no pages of it: the problem says why"),
        (status = 416, description = "The content ends before the part that was asked for")))]
async fn version_pages(
    caller: Caller,
    Named((id, number)): Named<(Id<thing::Document>, u64)>,
    headers: HeaderMap,
) -> Answer<Response> {
    let reading = documents::pages(&caller.actor, id, number).await?;
    let content = reading
        .found
        .map_err(|why| chancery::Error::Conflict(why.to_string()))?;
    Ok(wire::content::serve(content, &headers, true))
}

/// The content of one's own draft
#[utoipa::path(get, path = "/documents/{id}/draft", tag = "documents", operation_id = "draftContent",
    params(("id" = schema::Id, Path, description = "The document"),
        ("Range" = Option<String>, Header, description = "The part that is wanted (RFC 9110)"),
        ("If-Range" = Option<String>, Header, description = "Only if it still is this content"),
        ("If-None-Match" = Option<String>, Header, description = "Unless it is this content")),
    responses(
        (status = 200, description = "The whole", body = schema::Bytes, content_type = "*/*"),
        (status = 206, description = "The part that `Range` asked for", body = schema::Bytes, content_type = "*/*"),
        (status = 304, description = "`If-None-Match` has it already"),
        (status = 416, description = "The content ends before the part that was asked for")))]
async fn draft_content(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    headers: HeaderMap,
) -> Answer<Response> {
    let content = documents::open_draft(&caller.actor, id).await?;
    Ok(wire::content::serve(content, &headers, true))
}

/// Where a document is added, and under which name.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct NewDocument {
    /// Its name, with the ending that says what kind of content it is.
    #[param(example = "Agenda.docx")]
    name: String,
    /// The folder; at the top of the library for none.
    #[param(value_type = Option<schema::Id>)]
    folder: Option<Id<thing::Folder>>,
    /// Not when the same content is already in a document that you can see: that is 409.
    unless_same: Option<bool>,
    /// Why it is kept although it is: shown on both documents. With it, `unless_same` does not refuse.
    because: Option<String>,
}

/// A document that was added.
#[derive(Debug, Serialize, ToSchema)]
struct AddedDocument {
    /// The new document.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Documents with the same content that this person can see, up to ten: perhaps one of them was meant.
    already: Vec<SameContent>,
    /// `being_read` where it is read for its marking first: until that is done only you can open it. `GET /documents/{id}/seal`
    /// says when it is open, or that it is held or sealed, and why.
    #[schema(example = "being_read")]
    closing: Option<&'static str>,
}

/// A document with the same content.
#[derive(Debug, Serialize, ToSchema)]
struct SameContent {
    /// Which.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// The library that it is in.
    library: String,
}

/// Add a document
///
/// The body is its content, as it is. Whether it may be added and the name is free is decided before the
/// content is read: send `Expect: 100-continue` with much of it.
#[utoipa::path(post, path = "/libraries/{id}/documents", tag = "documents", operation_id = "addDocument",
    params(("id" = schema::Id, Path, description = "The library"), NewDocument),
    request_body(content = schema::Bytes, content_type = "application/octet-stream", description = "The content"),
    responses((status = 201, description = "Added", body = AddedDocument,
        headers(("Location" = String, description = "The new document")))))]
async fn add_document(
    caller: Caller,
    Named(library): Named<Id<thing::Library>>,
    Asked(new): Asked<NewDocument>,
    brought: Brought,
) -> Answer<Response> {
    let (actor, name, content) = (&caller.actor, &new.name, brought.content());
    let added = if new.unless_same == Some(true) || new.because.is_some() {
        let because = new.because.as_deref();
        documents::add_unless_same(actor, library, new.folder, name, content, because).await?
    } else {
        documents::add(actor, library, new.folder, name, content).await?
    };
    let body = AddedDocument {
        id: added.id.to_string(),
        closing: assurance::reads(actor.realm()).then_some(Closing::BeingRead.name()),
        already: added
            .already
            .into_iter()
            .map(|same| SameContent {
                id: same.id.to_string(),
                name: same.name,
                library: same.library,
            })
            .collect(),
    };
    Ok(made(&format!("/documents/{}", body.id), body))
}

/// 201, with where the new thing is.
pub(crate) fn made<T: Serialize>(path: &str, body: T) -> Response {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("{ROOT}{path}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// What is said of a new version.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct Said {
    /// What it brings.
    comment: Option<String>,
    /// What the file is called: one of another kind than the document was chosen by mistake.
    name: Option<String>,
}

/// A version that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Published {
    /// Its number; none when the content is that of the current version, so that no version was made.
    pub(super) version: Option<u64>,
    /// What it is called: its number, or where publishing is required "2.1"; none when no version was made.
    #[schema(example = "2.1")]
    pub(super) label: Option<String>,
    /// Whether it is a draft, which readers do not see until it is published.
    pub(super) draft: bool,
}

impl From<Option<NewVersion>> for Published {
    fn from(made: Option<NewVersion>) -> Self {
        let draft = made.as_ref().is_some_and(|made| made.draft);
        let (version, label) = made.map(|made| (made.number, made.label)).unzip();
        Self {
            version,
            label,
            draft,
        }
    }
}

/// Add a version to a document that nobody holds
///
/// The body is its content, as it is.
#[utoipa::path(post, path = "/documents/{id}/versions", tag = "documents", operation_id = "addVersion",
    params(("id" = schema::Id, Path, description = "The document"), Said,
        ("If-Match" = Option<String>, Header, description = "The ETag of the document as it was seen")),
    request_body(content = schema::Bytes, content_type = "application/octet-stream", description = "The content"),
    responses((status = 201, description = "Published", body = Published,
        headers(("Location" = String, description = "Its content")))))]
async fn add_version(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Asked(said): Asked<Said>,
    brought: Brought,
) -> Answer<Response> {
    let name = said.name.unwrap_or_default();
    let comment = said.comment.unwrap_or_default();
    let new = documents::add_version(&caller.actor, id, &name, brought.content(), &comment).await?;
    let path = format!("/documents/{id}/versions/{}/content", new.number);
    Ok(made(&path, Published::from(Some(new))))
}

/// Save work that only its author can see, on a document that one holds
///
/// The body is its content, as it is. An earlier draft makes room for it.
#[utoipa::path(put, path = "/documents/{id}/draft", tag = "documents", operation_id = "saveDraft",
    params(("id" = schema::Id, Path, description = "The document"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the document as it was seen")),
    request_body(content = schema::Bytes, content_type = "application/octet-stream", description = "The content"),
    responses((status = 204, description = "Saved")))]
async fn save_draft(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    brought: Brought,
) -> Answer<StatusCode> {
    documents::save_draft(&caller.actor, id, brought.content()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a document is checked in.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct CheckIn {
    /// What the new version brings.
    comment: Option<String>,
    /// Publish one's draft, and send no body.
    draft: Option<bool>,
}

/// Publish the next version and give the document back
///
/// The body is its content, as it is; with `draft=true` there is none, and one's draft is published. Content that is
/// that of the current version makes no version, and the check-out counts as discarded.
#[utoipa::path(post, path = "/documents/{id}/check-in", tag = "documents", operation_id = "checkIn",
    params(("id" = schema::Id, Path, description = "The document"), CheckIn,
        ("If-Match" = Option<String>, Header, description = "The ETag of the document as it was seen")),
    request_body(content = Option<schema::Bytes>, content_type = "application/octet-stream", description = "The content"),
    responses((status = 200, description = "Given back", body = Published)))]
async fn check_in(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Asked(how): Asked<CheckIn>,
    brought: Brought,
) -> Answer<Json<Published>> {
    let comment = how.comment.unwrap_or_default();
    let draft = how.draft == Some(true);
    if !draft && brought.is_empty() {
        // An empty version is never what was meant; nor is a draft published that nobody asked for.
        return Err(Problem::field(
            "body",
            "Send the content, or draft=true to publish your draft",
        ));
    }
    let content = (!draft).then(|| brought.content());
    let version = documents::check_in(&caller.actor, id, content, &comment).await?;
    Ok(Json(Published::from(version)))
}
