//! Why a document is closed, and what whoever made a version answers when it is asked about it.

use axum::Json;
use chancery::assurance::says;
use chancery::assurance::{self, AlertLine};
use chancery::kernel::{Id, thing};
use chancery::{Error, libraries};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{MarkingOutcome, MarkingSaid, WhichMarking};
use crate::problem::Answer;
use crate::schema::{self, Moment};
use crate::{Body, Caller, Named};

/// Why a document is closed, as far as its reader is told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SealReason {
    /// The alert.
    #[schema(value_type = schema::Id)]
    alert: String,
    /// `malware`, `above`, `unread`, `ask`, `doubtful`, `unmarked` or `odd`.
    #[schema(example = "unmarked")]
    kind: &'static str,
    /// The marking that was found; may be empty.
    label: String,
    /// The version.
    version: u64,
    /// What happened, in a sentence without a capital.
    says: String,
    /// You made the version, and are asked about it.
    asks_you: bool,
}

/// That a document is closed, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentSeal {
    /// How it is closed to others or to you: `being_read`, `held` or `sealed`; none where it is open.
    closing: Option<&'static str>,
    /// Since when.
    since: Option<Moment>,
    /// Whether you can open it all the same.
    open_to_me: bool,
    /// Why: for whoever made a version that is sealed, and owners of the library.
    reasons: Vec<SealReason>,
}

/// That a document is closed, for everybody who may know of it
#[utoipa::path(get, path = "/documents/{id}/seal", tag = "documents", operation_id = "documentSeal",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "What you may know", body = DocumentSeal)))]
pub(super) async fn seal(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
) -> Answer<Json<DocumentSeal>> {
    let found = assurance::sealed(&caller.actor, id).await?;
    let designation = &caller.actor.realm().settings().designation;
    let reason = |why: &assurance::Why| {
        let AlertLine {
            id,
            kind,
            label,
            version,
            ..
        } = &why.alert;
        SealReason {
            alert: id.to_string(),
            kind: kind.name(),
            label: label.clone(),
            version: *version,
            says: why.says(designation),
            asks_you: why.asks_me(),
        }
    };
    Ok(Json(DocumentSeal {
        reasons: found.why.iter().map(reason).collect(),
        closing: found.closing.map(libraries::Closing::name),
        since: found.since.map(Moment),
        open_to_me: found.open_to_me,
    }))
}

/// What whoever made a version answers. Exactly one of `marked`, `no_marking` and `agreed`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertAnswer {
    /// It is marked so: where no marking was found, or it was in doubt.
    marked: Option<MarkingSaid>,
    /// What was in doubt is no marking.
    no_marking: Option<NoMarking>,
    /// Whoever marked it agreed that it may be here: where they are to be asked.
    agreed: Option<OriginatorAgreed>,
}

/// What was found is no marking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoMarking {
    /// The marking that it has; none where it needs none.
    marking: Option<WhichMarking>,
    /// Why it is none, up to 500 characters.
    reason: String,
}

/// Whoever marked it agreed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OriginatorAgreed {
    /// Who that was, with their organisation.
    who: String,
    /// On which day.
    #[schema(example = "2026-03-27")]
    on: String,
    /// The marking that it has here.
    marking: WhichMarking,
    /// What else there is to say, up to 500 characters.
    #[serde(default)]
    reason: String,
}

impl AlertAnswer {
    fn spoken(&self) -> Result<says::Answer<'_>, Error> {
        match (&self.marked, &self.no_marking, &self.agreed) {
            (Some(marked), None, None) => Ok(says::Answer::Marked {
                scheme: &marked.scheme,
                marking: &marked.marking,
                reason: &marked.reason,
                seals: marked.seals,
            }),
            (None, Some(none), None) => Ok(says::Answer::NoMarking {
                marking: none
                    .marking
                    .as_ref()
                    .map(|one| (one.scheme.as_str(), one.marking.as_str())),
                reason: &none.reason,
            }),
            (None, None, Some(agreed)) => Ok(says::Answer::Agreed {
                who: &agreed.who,
                on: &agreed.on,
                marking: (&agreed.marking.scheme, &agreed.marking.marking),
                reason: &agreed.reason,
            }),
            _ => Err(Error::invalid(
                "answer",
                "Send exactly one of marked, no_marking and agreed",
            )),
        }
    }
}

/// Answer an alert about a version that you made
///
/// Where no marking was found, where it is in doubt, or where whoever marked it is to be asked. That they agreed is agreed to by an
/// owner of the library or an assurance officer first.
#[utoipa::path(post, path = "/documents/{id}/alerts/{alert}/answer", tag = "documents", operation_id = "answerAlert",
    request_body = AlertAnswer,
    params(("id" = schema::Id, Path, description = "The document"), ("alert" = schema::Id, Path, description = "The alert")),
    responses((status = 200, description = "It is answered", body = MarkingOutcome),
        (status = 409, description = "It was answered or decided already")))]
pub(super) async fn answer(
    caller: Caller,
    Named((id, alert)): Named<(Id<thing::Document>, Id<thing::Alert>)>,
    Body(what): Body<AlertAnswer>,
) -> Answer<Json<MarkingOutcome>> {
    let said = says::answer(&caller.actor, id, alert, &what.spoken()?).await?;
    Ok(Json(said.into()))
}
