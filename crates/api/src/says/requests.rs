//! What somebody has asked for a document to be marked: it waits for somebody else, who agrees or refuses.

use axum::Json;
use axum::http::StatusCode;
use chancery::assurance::says::{self, Deciding, Request};
use chancery::kernel::{Id, thing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::lists::DONE;
use crate::problem::Answer;
use crate::schema::{self, Moment};
use crate::{Asked, Body, Caller, Named, Page};

/// That somebody asks for a document to carry another marking.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MarkingRequest {
    /// The request.
    #[schema(value_type = schema::Id)]
    id: String,
    /// The document.
    document: schema::Named,
    /// The name of its library.
    library: String,
    /// The latest version when it was asked.
    version: u64,
    /// There is a later one, whose own marking counts.
    moved_on: bool,
    /// The alert that it answers: that whoever marked the document agreed.
    #[schema(value_type = Option<schema::Id>)]
    alert: Option<String>,
    /// The marking that is asked for.
    label: String,
    /// What the document carried when it was asked; may be empty.
    instead: String,
    /// Why.
    reason: String,
    /// When.
    asked_at: Moment,
    /// Who.
    asked_by: schema::Doer,
}

impl From<Request> for MarkingRequest {
    fn from(one: Request) -> Self {
        Self {
            id: one.id.to_string(),
            document: schema::Named::new(one.document, one.name),
            library: one.library,
            version: one.version,
            moved_on: one.moved_on,
            alert: one.alert.map(|alert| alert.to_string()),
            label: one.label,
            instead: one.instead,
            reason: one.reason,
            asked_at: one.asked_at.into(),
            asked_by: one.asked_by.into(),
        }
    }
}

/// A version that carries more than is asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HigherVersion {
    /// Its number.
    version: u64,
    /// What was read in it.
    label: String,
    /// Whether it would not count any more. A version that came after the request counts.
    covered: bool,
}

/// What there is to know for whoever decides about a request.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MarkingDecision {
    /// What is asked for.
    request: MarkingRequest,
    /// What the document carries now.
    carries: Option<String>,
    /// The versions that carry more than is asked for.
    versions: Vec<HigherVersion>,
    /// Whether you decide: `yes`, `mine` (you asked) or `officers` (an assurance officer set what it carries, and only they decide).
    #[schema(example = "yes")]
    deciding: &'static str,
}

/// What somebody asks for a document to be marked
///
/// For owners of its library and assurance officers, also while it is sealed.
#[utoipa::path(get, path = "/documents/{id}/marking/request", tag = "documents", operation_id = "markingRequest",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "What is asked for", body = MarkingDecision),
        (status = 409, description = "Nothing waits")))]
pub(super) async fn request(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
) -> Answer<Json<MarkingDecision>> {
    let found = says::request(&caller.actor, id).await?;
    Ok(Json(MarkingDecision {
        request: found.request.into(),
        carries: found.carries,
        versions: found
            .versions
            .into_iter()
            .map(|(version, label, covered)| HigherVersion {
                version,
                label,
                covered,
            })
            .collect(),
        deciding: match found.deciding {
            Deciding::Yes => "yes",
            Deciding::Mine => "mine",
            Deciding::Officers => "officers",
        },
    }))
}

/// Which request it is about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichRequest {
    /// The request: exactly this one.
    #[schema(value_type = schema::Id)]
    request: Id<thing::MarkingRequest>,
}

/// What is refused, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefusedRequest {
    /// The request: exactly this one.
    #[schema(value_type = schema::Id)]
    request: Id<thing::MarkingRequest>,
    /// Why, up to 500 characters.
    reason: String,
}

/// Take back what you have asked for
#[utoipa::path(post, path = "/documents/{id}/marking/withdraw", tag = "documents", operation_id = "withdrawMarkingRequest",
    request_body = WhichRequest, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "It is taken back"),
        (status = 409, description = "It does not wait any more")))]
pub(super) async fn withdraw(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(which): Body<WhichRequest>,
) -> Answer<StatusCode> {
    says::withdraw(&caller.actor, id, which.request).await?;
    Ok(DONE)
}

/// Agree to what somebody has asked for
///
/// What was read in the versions that it was asked about counts no more in this document, as far as it is higher. Nobody agrees to
/// what they have asked for themselves.
#[utoipa::path(post, path = "/documents/{id}/marking/agree", tag = "documents", operation_id = "agreeToMarking",
    request_body = WhichRequest, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "The document carries that"),
        (status = 409, description = "It does not wait any more")))]
pub(super) async fn agree(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(which): Body<WhichRequest>,
) -> Answer<StatusCode> {
    says::agree(&caller.actor, id, which.request).await?;
    Ok(DONE)
}

/// Refuse what somebody has asked for
#[utoipa::path(post, path = "/documents/{id}/marking/refuse", tag = "documents", operation_id = "refuseMarking",
    request_body = RefusedRequest, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "They are told why"),
        (status = 409, description = "It does not wait any more")))]
pub(super) async fn refuse(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(which): Body<RefusedRequest>,
) -> Answer<StatusCode> {
    says::refuse(&caller.actor, id, which.request, &which.reason).await?;
    Ok(DONE)
}

/// Where a list of requests goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AfterRequest {
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::MarkingRequest>>,
}

/// What waits to be agreed to in a library, for its owners: the longest first, 50 at a time
#[utoipa::path(get, path = "/libraries/{id}/marking-requests", tag = "libraries", operation_id = "libraryMarkingRequests",
    params(("id" = schema::Id, Path, description = "The library"), AfterRequest),
    responses((status = 200, description = "Some of them", body = Page<MarkingRequest>)))]
pub(super) async fn of_library(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Asked(from): Asked<AfterRequest>,
) -> Answer<Page<MarkingRequest>> {
    let (_, lines, next) = says::requests_of_library(&caller.actor, id, from.after).await?;
    Ok(Page {
        items: lines.into_iter().map(MarkingRequest::from).collect(),
        next: next.map(|next| next.to_string()),
    })
}

/// What waits to be agreed to anywhere, for assurance officers: the longest first, 50 at a time
#[utoipa::path(get, path = "/marking-requests", tag = "assurance", operation_id = "markingRequests",
    params(AfterRequest),
    responses((status = 200, description = "Some of them", body = Page<MarkingRequest>)))]
pub(super) async fn of_realm(
    caller: Caller,
    Asked(from): Asked<AfterRequest>,
) -> Answer<Page<MarkingRequest>> {
    let (lines, next) = says::requests(&caller.actor, from.after).await?;
    Ok(Page {
        items: lines.into_iter().map(MarkingRequest::from).collect(),
        next: next.map(|next| next.to_string()),
    })
}
