//! The work that one person at a time does on a document, and old versions brought back.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use chancery::documents::{self, HeldLine, LeftDraft};
use chancery::kernel::{Id, thing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Draft;
use super::content::{Published, made};
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Body, Caller, Named, Page};

routes! { check_out, renew, discard, release, restore_version, held, drafts }

/// What one is going to do.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct CheckOutNote {
    /// In a few words, for the others; may be empty.
    #[schema(example = "Adding the figures of March")]
    note: String,
}

/// Until when a document is held.
#[derive(Debug, Serialize, ToSchema)]
struct HeldUntil {
    /// When the hold ends unless it is renewed.
    until: Moment,
}

/// Take the exclusive right to make the next version
#[utoipa::path(post, path = "/documents/{id}/check-out", tag = "documents", operation_id = "checkOut",
    params(("id" = schema::Id, Path, description = "The document"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the document as it was seen")),
    request_body = Option<CheckOutNote>,
    responses((status = 200, description = "Checked out", body = HeldUntil)))]
async fn check_out(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(said): Body<CheckOutNote>,
) -> Answer<Json<HeldUntil>> {
    let until = documents::check_out(&caller.actor, id, &said.note).await?;
    Ok(Json(HeldUntil {
        until: until.into(),
    }))
}

/// Keep one's check-out for longer
#[utoipa::path(post, path = "/documents/{id}/renew", tag = "documents", operation_id = "renew",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "Kept for longer", body = HeldUntil)))]
async fn renew(caller: Caller, Named(id): Named<Id<thing::Document>>) -> Answer<Json<HeldUntil>> {
    let until = documents::renew(&caller.actor, id).await?;
    Ok(Json(HeldUntil {
        until: until.into(),
    }))
}

/// Give a document back without a new version, and give up one's draft
#[utoipa::path(post, path = "/documents/{id}/discard", tag = "documents", operation_id = "discard",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "Given back")))]
async fn discard(caller: Caller, Named(id): Named<Id<thing::Document>>) -> Answer<StatusCode> {
    documents::discard(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a document back from its holder, for an owner
///
/// The holder keeps their draft and is told.
#[utoipa::path(post, path = "/documents/{id}/release", tag = "documents", operation_id = "release",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "Taken back")))]
async fn release(caller: Caller, Named(id): Named<Id<thing::Document>>) -> Answer<StatusCode> {
    documents::release(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bring an old version back as a new one
#[utoipa::path(post, path = "/documents/{id}/versions/{number}/restore", tag = "documents",
    operation_id = "restoreVersion",
    params(("id" = schema::Id, Path, description = "The document"),
        ("number" = u64, Path, description = "The version, from 1"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the document as it was seen")),
    responses((status = 201, description = "Published", body = Published,
        headers(("Location" = String, description = "Its content")))))]
async fn restore_version(
    caller: Caller,
    Named((id, number)): Named<(Id<thing::Document>, u64)>,
) -> Answer<Response> {
    let new = documents::restore_version(&caller.actor, id, number).await?;
    let path = format!("/documents/{id}/versions/{}/content", new.number);
    Ok(made(&path, Published::from(Some(new))))
}

/// A document that I have checked out.
#[derive(Debug, Serialize, ToSchema)]
struct HeldDocument {
    /// The document.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// The site that it is on.
    site: String,
    /// The library that it is in.
    library: String,
    /// Since when I hold it.
    since: Moment,
    /// When my hold ends unless I renew it.
    until: Moment,
    /// What I said I am doing; may be empty.
    note: String,
    /// Whether I saved a draft.
    draft: bool,
}

impl From<HeldLine> for HeldDocument {
    fn from(line: HeldLine) -> Self {
        Self {
            id: line.id.to_string(),
            name: line.name,
            site: line.site,
            library: line.library,
            since: line.since.into(),
            until: line.until.into(),
            note: line.note,
            draft: line.draft,
        }
    }
}

/// A draft of mine whose check-out has ended.
#[derive(Debug, Serialize, ToSchema)]
struct DraftLeft {
    /// The document.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// The site that it is on.
    site: String,
    /// The library that it is in.
    library: String,
    /// The draft.
    draft: Draft,
    /// Somebody else has the document checked out: it cannot be published yet.
    held: bool,
}

impl From<LeftDraft> for DraftLeft {
    fn from(left: LeftDraft) -> Self {
        Self {
            id: left.id.to_string(),
            name: left.name,
            site: left.site,
            library: left.library,
            draft: left.draft.into(),
            held: left.held,
        }
    }
}

/// What I have checked out, what ends first before the rest; at most 200
#[utoipa::path(get, path = "/me/held", tag = "me", operation_id = "held",
    responses((status = 200, body = Page<HeldDocument>)))]
async fn held(caller: Caller) -> Answer<Page<HeldDocument>> {
    let lines = documents::held_by_me(&mut caller.scope()?).await?;
    Ok(Page {
        items: lines.into_iter().map(HeldDocument::from).collect(),
        next: None,
    })
}

/// My drafts whose check-out has ended, newest first; at most 200
#[utoipa::path(get, path = "/me/drafts", tag = "me", operation_id = "drafts",
    responses((status = 200, body = Page<DraftLeft>)))]
async fn drafts(caller: Caller) -> Answer<Page<DraftLeft>> {
    let lines = documents::my_drafts(&mut caller.scope()?).await?;
    Ok(Page {
        items: lines.into_iter().map(DraftLeft::from).collect(),
        next: None,
    })
}
