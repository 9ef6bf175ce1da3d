//! What documents of a library carry in which no marking is found.

use axum::Json;
use axum::http::StatusCode;
use chancery::assurance::says;
use chancery::kernel::{Id, thing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{MarkingOffered, WhichMarking};
use crate::lists::DONE;
use crate::problem::Answer;
use crate::schema::{self, Moment};
use crate::{Body, Caller, Named};

/// What documents of a library carry in which no marking is found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DefaultMarkingOf {
    /// The scheme.
    #[schema(example = "gsc")]
    scheme: String,
    /// The marking in it.
    #[schema(example = "official")]
    marking: String,
    /// As it is written.
    #[schema(example = "OFFICIAL")]
    label: String,
    /// Since when.
    since: Moment,
    /// Who said so.
    by: schema::Doer,
    /// Whether the realm may hold it, by the rules now in force.
    allowed: bool,
}

/// What documents of a library carry in which no marking is found, and what else they could.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DefaultMarkingSetting {
    /// What they carry; none for no marking.
    set: Option<DefaultMarkingOf>,
    /// Documents without a marking are accepted in this realm; otherwise whoever adds them is asked, and this counts for nothing.
    counts: bool,
    /// What can be chosen.
    choices: Vec<MarkingOffered>,
}

/// What documents of a library carry in which no marking is found
#[utoipa::path(get, path = "/libraries/{id}/default-marking", tag = "libraries", operation_id = "defaultMarking",
    params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "What is set", body = DefaultMarkingSetting)))]
pub(super) async fn default_marking(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
) -> Answer<Json<DefaultMarkingSetting>> {
    let found = says::default_marking(&caller.actor, id).await?;
    Ok(Json(DefaultMarkingSetting {
        set: found.set.map(|set| DefaultMarkingOf {
            scheme: set.scheme,
            marking: set.marking,
            label: set.label,
            since: set.since.into(),
            by: set.by.into(),
            allowed: set.allowed,
        }),
        counts: found.counts,
        choices: found
            .choices
            .into_iter()
            .map(MarkingOffered::from)
            .collect(),
    }))
}

/// What is to be set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DefaultMarkingChange {
    /// The marking; null for none.
    marking: Option<WhichMarking>,
}

/// Say what documents of a library carry in which no marking is found
///
/// It counts for versions that are read for the first time from then on, of documents that carry nothing.
#[utoipa::path(put, path = "/libraries/{id}/default-marking", tag = "libraries", operation_id = "setDefaultMarking",
    request_body = DefaultMarkingChange, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 204, description = "It is so")))]
pub(super) async fn set_default_marking(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(change): Body<DefaultMarkingChange>,
) -> Answer<StatusCode> {
    let wanted = change
        .marking
        .as_ref()
        .map(|one| (one.scheme.as_str(), one.marking.as_str()));
    says::set_default_marking(&caller.actor, id, wanted).await?;
    Ok(DONE)
}
