//! Legal holds: what must be kept in a library.

use axum::Json;
use axum::http::StatusCode;
use chancery::kernel::{Id, thing};
use chancery::retention::{self, LegalHold as Hold};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lists::DONE;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Body, Caller, Named};

routes! { list, place, lift }

/// A legal hold in force.
#[derive(Debug, Serialize, ToSchema)]
struct LegalHold {
    /// The hold.
    #[schema(value_type = schema::Id)]
    id: String,
    /// The document that is held; the whole library for none.
    #[schema(value_type = Option<schema::Id>)]
    document: Option<String>,
    /// The name of that document.
    name: Option<String>,
    /// Why.
    reason: String,
    /// Since when.
    since: Moment,
    /// Who placed it.
    placed_by: schema::Doer,
}

impl From<Hold> for LegalHold {
    fn from(hold: Hold) -> Self {
        let (document, name) = hold.document.unzip();
        Self {
            id: hold.id.to_string(),
            document: document.map(|id| id.to_string()),
            name,
            reason: hold.reason,
            since: hold.since.into(),
            placed_by: hold.placed_by.into(),
        }
    }
}

/// What is held and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHold {
    /// The document; the whole library for none.
    #[schema(value_type = Option<schema::Id>)]
    document: Option<Id<thing::Document>>,
    /// Why, up to 500 characters.
    reason: String,
}

/// Why it is lifted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Lifting {
    /// Why, up to 500 characters.
    reason: String,
}

/// The hold that was placed.
#[derive(Debug, Serialize, ToSchema)]
struct PlacedHold {
    /// The hold.
    #[schema(value_type = schema::Id)]
    id: String,
}

/// What is under legal hold in a library, the newest hold first; at most 500
#[utoipa::path(get, path = "/libraries/{id}/holds", tag = "libraries", operation_id = "legalHolds",
    params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "The holds in force", body = Vec<LegalHold>)))]
async fn list(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
) -> Answer<Json<Vec<LegalHold>>> {
    let (_, holds) = retention::legal_holds(&caller.actor, id).await?;
    Ok(Json(holds.into_iter().map(LegalHold::from).collect()))
}

/// Put a library, or a document of it, under legal hold
///
/// What is held is deleted by nobody and moved to no other library until the hold is lifted.
#[utoipa::path(post, path = "/libraries/{id}/holds", tag = "libraries", operation_id = "placeLegalHold",
    request_body = NewHold, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 201, description = "It is in force", body = PlacedHold),
        (status = 409, description = "It is under legal hold already")))]
async fn place(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(new): Body<NewHold>,
) -> Answer<(StatusCode, Json<PlacedHold>)> {
    let placed = retention::place_legal_hold(&caller.actor, id, new.document, &new.reason).await?;
    let id = placed.to_string();
    Ok((StatusCode::CREATED, Json(PlacedHold { id })))
}

/// Lift a legal hold
#[utoipa::path(post, path = "/libraries/{id}/holds/{hold}/lift", tag = "libraries", operation_id = "liftLegalHold",
    request_body = Lifting, params(("id" = schema::Id, Path, description = "The library"),
        ("hold" = schema::Id, Path, description = "The hold")),
    responses((status = 204, description = "It is lifted")))]
async fn lift(
    caller: Caller,
    Named((id, hold)): Named<(Id<thing::Library>, Id<thing::LegalHold>)>,
    Body(lifting): Body<Lifting>,
) -> Answer<StatusCode> {
    retention::lift_legal_hold(&caller.actor, id, hold, &lifting.reason).await?;
    Ok(DONE)
}
