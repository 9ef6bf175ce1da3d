//! What people say of the marking of a document, what waits to be agreed to, what whoever made a version answers when it is asked,
//! and what documents of a library carry in which no marking is found.

mod answer;
mod library;
mod requests;

use axum::Json;
use chancery::assurance::says::{self, Does, MarkedLine, MarkingChoice, Said, Saying};
use chancery::kernel::{Id, thing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::requests::MarkingRequest;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Body, Caller, Named};

routes! {
    history, say, requests::request, requests::withdraw, requests::agree, requests::refuse, answer::seal, answer::answer,
    requests::of_library, requests::of_realm, library::default_marking, library::set_default_marking
}

/// A marking that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
struct MarkingOffered {
    /// The scheme.
    #[schema(example = "gsc")]
    scheme: String,
    /// The marking in it.
    #[schema(example = "official")]
    marking: String,
    /// As it is written.
    #[schema(example = "OFFICIAL")]
    label: String,
    /// What saying it does: `nothing` (it is said already), `marks`, `asks` (somebody else has to agree), `holds` (the document is
    /// closed to everybody but whoever made its latest version) or `seals` (to everybody).
    #[schema(example = "marks")]
    does: &'static str,
    /// Only people who are cleared for it see what carries it: perhaps not you.
    needs_clearance: bool,
}

impl From<MarkingChoice> for MarkingOffered {
    fn from(one: MarkingChoice) -> Self {
        Self {
            scheme: one.scheme,
            marking: one.marking,
            label: one.label,
            does: Does::name(one.does),
            needs_clearance: one.needs_clearance,
        }
    }
}

/// A marking that a document carries or carried.
#[derive(Debug, Serialize, ToSchema)]
struct MarkingInterval {
    /// The marking.
    label: String,
    /// Where it is from: `read`, `officer`, `person` or `library`.
    #[schema(example = "person")]
    source: &'static str,
    /// Who set it; nobody where it was read.
    by: Option<schema::Doer>,
    /// Since when.
    since: Moment,
    /// Until when; none while it is in force.
    until: Option<Moment>,
}

impl From<MarkedLine> for MarkingInterval {
    fn from(line: MarkedLine) -> Self {
        let (source, by) = line.by.name();
        Self {
            source,
            by: by.cloned().map(Into::into),
            label: line.label,
            since: line.since.into(),
            until: line.until.map(Moment),
        }
    }
}

/// What a document carries and carried, and what can be said of it.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentMarkings {
    /// What it carries and carried, the newest first; at most 50. The highest of those in force counts.
    markings: Vec<MarkingInterval>,
    /// What can be said; empty where this person may say nothing.
    choices: Vec<MarkingOffered>,
    /// What waits to be agreed to: for owners of the library, and whoever asked.
    request: Option<MarkingRequest>,
}

/// What a document carries and carried, and what can be said of it
#[utoipa::path(get, path = "/documents/{id}/markings", tag = "documents", operation_id = "documentMarkings",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "What is known", body = DocumentMarkings)))]
async fn history(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
) -> Answer<Json<DocumentMarkings>> {
    let found = says::marking(&caller.actor, id).await?;
    Ok(Json(DocumentMarkings {
        markings: found.lines.into_iter().map(MarkingInterval::from).collect(),
        choices: found
            .choices
            .into_iter()
            .map(MarkingOffered::from)
            .collect(),
        request: found.request.map(MarkingRequest::from),
    }))
}

/// What somebody says of the marking of a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MarkingSaid {
    /// The scheme of the marking.
    #[schema(example = "gsc")]
    scheme: String,
    /// The marking in it.
    #[schema(example = "official")]
    marking: String,
    /// Why, up to 500 characters. It must be there where the document would carry less.
    #[serde(default)]
    reason: String,
    /// It may not be here, and it is known that this seals the document.
    #[serde(default)]
    seals: bool,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct MarkingOutcome {
    /// `marked`, `asked` (somebody else has to agree) or `sealed` (it may not be here).
    #[schema(example = "marked")]
    outcome: &'static str,
    /// What waits to be agreed to.
    #[schema(value_type = Option<schema::Id>)]
    request: Option<String>,
    /// The alert that was raised.
    #[schema(value_type = Option<schema::Id>)]
    alert: Option<String>,
}

impl From<Said> for MarkingOutcome {
    fn from(said: Said) -> Self {
        let (outcome, request, alert) = match said {
            Said::Marked => ("marked", None, None),
            Said::Asked(id) => ("asked", Some(id.to_string()), None),
            Said::Sealed(id) => ("sealed", None, Some(id.to_string())),
        };
        Self {
            outcome,
            request,
            alert,
        }
    }
}

/// Say what the marking of a document is
///
/// Upwards it counts at once. Downwards an owner of its library has to agree, or an assurance officer. What may not be here raises an
/// alert and seals the document at once, to whoever says so too, which `seals` must say is known.
#[utoipa::path(post, path = "/documents/{id}/marking", tag = "documents", operation_id = "sayMarking",
    request_body = MarkingSaid, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "It is said", body = MarkingOutcome),
        (status = 409, description = "It carries this already, or somebody has asked for another")))]
async fn say(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(what): Body<MarkingSaid>,
) -> Answer<Json<MarkingOutcome>> {
    let saying = Saying {
        scheme: &what.scheme,
        marking: &what.marking,
        reason: &what.reason,
        seals: what.seals,
    };
    let said = says::say(&caller.actor, id, &saying).await?;
    Ok(Json(said.into()))
}

/// A marking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WhichMarking {
    /// The scheme.
    #[schema(example = "gsc")]
    scheme: String,
    /// The marking in it.
    #[schema(example = "official")]
    marking: String,
}
