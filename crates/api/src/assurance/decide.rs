//! What an officer decides about an alert.

use axum::http::StatusCode;
use chancery::assurance;
use chancery::kernel::{Id, thing};
use serde::Deserialize;
use utoipa::ToSchema;

use super::AlertReason;
use crate::lists::DONE;
use crate::problem::Answer;
use crate::schema;
use crate::{Body, Caller, Named};

/// The marking that a document should have had.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Correction {
    /// The scheme of the marking.
    #[schema(example = "gsc")]
    scheme: String,
    /// The marking in it: one that the realm may hold.
    #[schema(example = "official")]
    marking: String,
    /// Why, up to 500 characters.
    reason: String,
}

/// Take an alert in hand
#[utoipa::path(post, path = "/alerts/{id}/in-hand", tag = "assurance", operation_id = "takeInHand",
    params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 204, description = "It is in your hand"),
        (status = 409, description = "It was decided already")))]
pub(super) async fn in_hand(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
) -> Answer<StatusCode> {
    assurance::take_in_hand(&caller.actor, id).await?;
    Ok(DONE)
}

/// Find that an alert was a false alarm, or that what could not be read may be here
///
/// The seal is lifted, and the same content raises no such alert again.
#[utoipa::path(post, path = "/alerts/{id}/false-alarm", tag = "assurance", operation_id = "falseAlarm",
    request_body = AlertReason, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 204, description = "It is decided"),
        (status = 409, description = "It was decided already")))]
pub(super) async fn false_alarm(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(why): Body<AlertReason>,
) -> Answer<StatusCode> {
    assurance::false_alarm(&caller.actor, id, &why.reason).await?;
    Ok(DONE)
}

/// Give a document the marking that it should have had, and lift its seal
#[utoipa::path(post, path = "/alerts/{id}/downgrade", tag = "assurance", operation_id = "downgrade",
    request_body = Correction, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 204, description = "It is decided"),
        (status = 409, description = "It was decided already")))]
pub(super) async fn downgrade(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(to): Body<Correction>,
) -> Answer<StatusCode> {
    assurance::downgrade(&caller.actor, id, &to.scheme, &to.marking, &to.reason).await?;
    Ok(DONE)
}

/// Keep a document sealed, to its author too
#[utoipa::path(post, path = "/alerts/{id}/keep-sealed", tag = "assurance", operation_id = "keepSealed",
    request_body = AlertReason, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 204, description = "It is decided"),
        (status = 409, description = "It was decided already")))]
pub(super) async fn keep_sealed(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(why): Body<AlertReason>,
) -> Answer<StatusCode> {
    assurance::keep_sealed(&caller.actor, id, &why.reason).await?;
    Ok(DONE)
}
