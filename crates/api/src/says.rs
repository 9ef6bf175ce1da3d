//! What people say of the marking of a document, what waits to be agreed to, what whoever made a version answers when it is asked,
//! and what documents of a library carry in which no marking is found.

use axum::Json;
use axum::http::StatusCode;
use chancery::assurance::says::{
    self, Deciding, Does, MarkedLine, MarkingChoice, Request, Said, Saying,
};
use chancery::assurance::{self, AlertLine};
use chancery::kernel::{Id, thing};
use chancery::{Error, libraries};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::lists::DONE;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Asked, Body, Caller, Named, Page};

routes! {
    history, say, request, withdraw, agree, refuse, seal, answer, of_library, of_realm, default_marking, set_default_marking
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

/// That somebody asks for a document to carry another marking.
#[derive(Debug, Serialize, ToSchema)]
struct MarkingRequest {
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

/// A version that carries more than is asked for.
#[derive(Debug, Serialize, ToSchema)]
struct HigherVersion {
    /// Its number.
    version: u64,
    /// What was read in it.
    label: String,
    /// Whether it would not count any more. A version that came after the request counts.
    covered: bool,
}

/// What there is to know for whoever decides about a request.
#[derive(Debug, Serialize, ToSchema)]
struct MarkingDecision {
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
async fn request(
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
struct WhichRequest {
    /// The request: exactly this one.
    #[schema(value_type = schema::Id)]
    request: Id<thing::MarkingRequest>,
}

/// What is refused, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefusedRequest {
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
async fn withdraw(
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
async fn agree(
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
async fn refuse(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(which): Body<RefusedRequest>,
) -> Answer<StatusCode> {
    says::refuse(&caller.actor, id, which.request, &which.reason).await?;
    Ok(DONE)
}

/// Why a document is closed, as far as its reader is told.
#[derive(Debug, Serialize, ToSchema)]
struct SealReason {
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
struct DocumentSeal {
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
async fn seal(caller: Caller, Named(id): Named<Id<thing::Document>>) -> Answer<Json<DocumentSeal>> {
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
struct AlertAnswer {
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
struct NoMarking {
    /// The marking that it has; none where it needs none.
    marking: Option<WhichMarking>,
    /// Why it is none, up to 500 characters.
    reason: String,
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

/// Whoever marked it agreed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OriginatorAgreed {
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
async fn answer(
    caller: Caller,
    Named((id, alert)): Named<(Id<thing::Document>, Id<thing::Alert>)>,
    Body(what): Body<AlertAnswer>,
) -> Answer<Json<MarkingOutcome>> {
    let said = says::answer(&caller.actor, id, alert, &what.spoken()?).await?;
    Ok(Json(said.into()))
}

/// Where a list of requests goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct AfterRequest {
    /// The `next` of the page before.
    #[param(value_type = Option<schema::Id>)]
    after: Option<Id<thing::MarkingRequest>>,
}

/// What waits to be agreed to in a library, for its owners: the longest first, 50 at a time
#[utoipa::path(get, path = "/libraries/{id}/marking-requests", tag = "libraries", operation_id = "libraryMarkingRequests",
    params(("id" = schema::Id, Path, description = "The library"), AfterRequest),
    responses((status = 200, description = "Some of them", body = Page<MarkingRequest>)))]
async fn of_library(
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
async fn of_realm(
    caller: Caller,
    Asked(from): Asked<AfterRequest>,
) -> Answer<Page<MarkingRequest>> {
    let (lines, next) = says::requests(&caller.actor, from.after).await?;
    Ok(Page {
        items: lines.into_iter().map(MarkingRequest::from).collect(),
        next: next.map(|next| next.to_string()),
    })
}

/// What documents of a library carry in which no marking is found.
#[derive(Debug, Serialize, ToSchema)]
struct DefaultMarkingOf {
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
struct DefaultMarkingSetting {
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
async fn default_marking(
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
struct DefaultMarkingChange {
    /// The marking; null for none.
    marking: Option<WhichMarking>,
}

/// Say what documents of a library carry in which no marking is found
///
/// It counts for versions that are read for the first time from then on, of documents that carry nothing.
#[utoipa::path(put, path = "/libraries/{id}/default-marking", tag = "libraries", operation_id = "setDefaultMarking",
    request_body = DefaultMarkingChange, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 204, description = "It is so")))]
async fn set_default_marking(
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
