//! Drafts and published versions.

use axum::Json;
use axum::http::StatusCode;
use chancery::kernel::{Id, thing};
use chancery::publishing::{
    self, CanPublish, Label, Outcome, Publication as Stands, Publishing, Unpublished, Waiting,
    Withdrawn,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::lists::{DONE, whole};
use crate::problem::{Answer, Problem};
use crate::routes::routes;
use crate::schema::{self, Moment};
use crate::{Asked, Body, Caller, Named, Page};

routes! { publish_several, ask_for_several, setting, change_setting, approvals, mine, publication, publish, unpublish, ask, send_back, withdraw }

/// Whether a library requires publishing.
#[derive(Debug, Serialize, ToSchema)]
struct PublishingSetting {
    /// Readers see what is published; otherwise every version.
    required: bool,
    /// An owner publishes what contributors ask for; otherwise contributors publish.
    approval: bool,
    /// How many documents there are.
    documents: u64,
    /// How many of them have a draft that readers do not see.
    drafts: u64,
    /// How many of them readers do not know of.
    unpublished: u64,
}

/// Whether a library is to require publishing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PublishingChange {
    /// Readers see what is published; otherwise every version.
    required: bool,
    /// An owner publishes what contributors ask for; otherwise contributors publish.
    #[serde(default)]
    approval: bool,
    /// To turn it off: how many drafts readers may see because of it, as the setting says. More are refused.
    #[serde(default)]
    drafts: u64,
}

/// A version and what it is called.
#[derive(Debug, Serialize, ToSchema)]
struct CalledVersion {
    /// Its number.
    number: u64,
    /// What it is called.
    #[schema(example = "1.2")]
    label: String,
}

impl From<(u64, Label)> for CalledVersion {
    fn from((number, label): (u64, Label)) -> Self {
        Self {
            number,
            label: label.to_string(),
        }
    }
}

/// A version that somebody asked an owner to publish.
#[derive(Debug, Serialize, ToSchema)]
struct PublicationRequest {
    /// The document.
    #[schema(value_type = schema::Id)]
    document: String,
    /// Its name.
    name: String,
    /// The version that was asked for, exactly.
    version: CalledVersion,
    /// There is a later version, which was not asked for.
    moved_on: bool,
    /// What they said; may be empty.
    note: String,
    /// When.
    asked_at: Moment,
    /// Who.
    asked_by: schema::Doer,
}

impl From<Waiting> for PublicationRequest {
    fn from(waiting: Waiting) -> Self {
        Self {
            document: waiting.document.to_string(),
            name: waiting.name,
            version: waiting.version.into(),
            moved_on: waiting.moved_on,
            note: waiting.note,
            asked_at: waiting.asked_at.into(),
            asked_by: waiting.asked_by.into(),
        }
    }
}

/// What this person may do about publishing.
#[derive(Debug, Serialize, ToSchema)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that can be done"
)]
struct PublishingAbilities {
    /// Let readers see the latest version.
    publish: bool,
    /// Let readers see none.
    unpublish: bool,
    /// Ask an owner to publish the latest version.
    ask: bool,
    /// Publish what was asked for, or send it back.
    decide: bool,
    /// Take back what you asked for.
    withdraw: bool,
}

impl From<CanPublish> for PublishingAbilities {
    fn from(can: CanPublish) -> Self {
        Self {
            publish: can.publish,
            unpublish: can.unpublish,
            ask: can.ask,
            decide: can.decide,
            withdraw: can.withdraw,
        }
    }
}

/// A request that whoever made it has taken back.
#[derive(Debug, Serialize, ToSchema)]
struct WithdrawnRequest {
    /// The version that had been asked for.
    version: CalledVersion,
    /// When it was withdrawn.
    at: Moment,
    /// By whom.
    by: schema::Doer,
}

impl From<Withdrawn> for WithdrawnRequest {
    fn from(withdrawn: Withdrawn) -> Self {
        Self {
            version: withdrawn.version.into(),
            at: withdrawn.at.into(),
            by: withdrawn.by.into(),
        }
    }
}

/// That a document was unpublished.
#[derive(Debug, Serialize, ToSchema)]
struct UnpublishedWhy {
    /// Why.
    reason: String,
    /// When.
    at: Moment,
    /// By whom.
    by: schema::Doer,
}

impl From<Unpublished> for UnpublishedWhy {
    fn from(unpublished: Unpublished) -> Self {
        Self {
            reason: unpublished.reason,
            at: unpublished.at.into(),
            by: unpublished.by.into(),
        }
    }
}

/// How a document stands towards its readers.
#[derive(Debug, Serialize, ToSchema)]
struct Publication {
    /// An owner approves what is published.
    approval: bool,
    /// The latest version.
    latest: CalledVersion,
    /// The version that readers see; none where they do not know of the document.
    readers_see: Option<CalledVersion>,
    /// What waits for an owner.
    request: Option<PublicationRequest>,
    /// What was asked for last, where whoever asked has withdrawn that.
    withdrawn: Option<WithdrawnRequest>,
    /// Why readers see none, where one was published and that was taken back.
    unpublished: Option<UnpublishedWhy>,
    /// What this person, by this token, may do about it.
    can: PublishingAbilities,
}

impl From<Stands> for Publication {
    fn from(stands: Stands) -> Self {
        Self {
            approval: stands.approval,
            latest: stands.latest.into(),
            readers_see: stands.shown.map(CalledVersion::from),
            request: stands.request.map(PublicationRequest::from),
            withdrawn: stands.withdrawn.map(WithdrawnRequest::from),
            unpublished: stands.unpublished.map(UnpublishedWhy::from),
            can: stands.can.into(),
        }
    }
}

/// What is to be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToPublish {
    /// The number of the version: the latest, or that which was asked for.
    #[schema(minimum = 1)]
    version: u64,
    /// What readers are told of it, up to 500 characters.
    #[serde(default)]
    comment: String,
    /// As an answer to whoever asked for it: not where the request was withdrawn or decided meanwhile.
    #[serde(default)]
    asked: bool,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
struct PublishedVersion {
    /// What it is called from now on.
    #[schema(example = "2.0")]
    label: String,
}

/// Why readers see it no more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToUnpublish {
    /// Why, up to 500 characters.
    reason: String,
}

/// What an owner is asked to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToAsk {
    /// The number of the latest version.
    #[schema(minimum = 1)]
    version: u64,
    /// What an owner should know, up to 500 characters.
    #[serde(default)]
    note: String,
}

/// What is no longer asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToWithdraw {
    /// The number of the version that you asked for.
    #[schema(minimum = 1)]
    version: u64,
}

/// What is sent back, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToSendBack {
    /// The number of the version that was asked for.
    #[schema(minimum = 1)]
    version: u64,
    /// Why, up to 500 characters.
    reason: String,
}

/// A version of a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VersionOf {
    /// The document.
    #[schema(value_type = schema::Id)]
    document: Id<thing::Document>,
    /// The number of the version: the latest, or, to publish it, that which was asked for.
    #[schema(minimum = 1)]
    version: u64,
}

fn versions(documents: &[VersionOf]) -> Vec<(Id<thing::Document>, u64)> {
    documents
        .iter()
        .map(|one| (one.document, one.version))
        .collect()
}

/// Several documents that are to be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToPublishSeveral {
    /// Up to 1,000 documents of the library.
    documents: Vec<VersionOf>,
    /// What readers are told of each, up to 500 characters.
    #[serde(default)]
    comment: String,
}

/// Several documents that an owner is asked to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToAskForSeveral {
    /// Up to 1,000 documents of the library, each with its latest version.
    documents: Vec<VersionOf>,
    /// What an owner should know of each, up to 500 characters.
    #[serde(default)]
    note: String,
}

/// One that was published or asked for.
#[derive(Debug, Serialize, ToSchema)]
struct DoneVersion {
    /// The document.
    #[schema(value_type = schema::Id)]
    document: String,
    /// Its name.
    name: String,
    /// The version, and what it is called from now on.
    version: CalledVersion,
}

/// One that stays as it is.
#[derive(Debug, Serialize, ToSchema)]
struct LeftOutDocument {
    /// Which.
    #[schema(value_type = schema::Id)]
    document: String,
    /// Its name; none for what is not in this library, as far as you may know.
    name: Option<String>,
    /// Why: `not_here`, `folder`, `nothing_new`, `checked_out`, `waiting`, `closed` or `changed`.
    #[schema(example = "checked_out")]
    why: &'static str,
    /// The same in words.
    says: String,
}

/// What was done, and what was not.
#[derive(Debug, Serialize, ToSchema)]
struct SeveralDone {
    /// What was published or asked for.
    done: Vec<DoneVersion>,
    /// What stays as it is, and why.
    left_out: Vec<LeftOutDocument>,
}

impl From<Outcome> for SeveralDone {
    fn from(outcome: Outcome) -> Self {
        Self {
            done: outcome
                .done
                .into_iter()
                .map(|(document, name, version)| DoneVersion {
                    document: document.to_string(),
                    name,
                    version: version.into(),
                })
                .collect(),
            left_out: outcome
                .left_out
                .into_iter()
                .map(|left| LeftOutDocument {
                    document: left.item.to_string(),
                    name: left.name,
                    why: left.why.name(),
                    says: left.why.to_string(),
                })
                .collect(),
        }
    }
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct Onwards {
    /// The `next` of the page before.
    after: Option<String>,
}

/// Whether a library requires publishing
#[utoipa::path(get, path = "/libraries/{id}/publishing", tag = "libraries", operation_id = "publishing",
    params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, body = PublishingSetting)))]
async fn setting(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
) -> Answer<Json<PublishingSetting>> {
    let found = publishing::setting(&caller.actor, id).await?;
    Ok(Json(PublishingSetting {
        required: found.publishing.is_some(),
        approval: found
            .publishing
            .is_some_and(|publishing| publishing.approval),
        documents: found.documents,
        drafts: found.drafts,
        unpublished: found.unpublished,
    }))
}

/// Say whether a library requires publishing
///
/// When it is turned on, every version that is there counts as published. When it is turned off, readers see every version.
#[utoipa::path(put, path = "/libraries/{id}/publishing", tag = "libraries", operation_id = "changePublishing",
    request_body = PublishingChange, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 204, description = "It is so"),
        (status = 409, description = "Readers would see more drafts than was said")))]
async fn change_setting(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(change): Body<PublishingChange>,
) -> Answer<StatusCode> {
    let wanted = change.required.then_some(Publishing {
        approval: change.approval,
    });
    publishing::change_publishing(&caller.actor, id, wanted, change.drafts).await?;
    Ok(DONE)
}

/// What waits for approval in a library
///
/// The longest first.
#[utoipa::path(get, path = "/libraries/{id}/approvals", tag = "libraries", operation_id = "approvals",
    params(("id" = schema::Id, Path, description = "The library"), Onwards),
    responses((status = 200, body = Page<PublicationRequest>)))]
async fn approvals(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Asked(from): Asked<Onwards>,
) -> Answer<Page<PublicationRequest>> {
    let after = from
        .after
        .map(|after| after.parse::<i64>())
        .transpose()
        .map_err(|_| Problem::field("after", "Send the `next` of the page before"))?;
    let (_, waiting, next) = publishing::requests(&caller.actor, id, after).await?;
    Ok(Page {
        items: waiting.into_iter().map(PublicationRequest::from).collect(),
        next: next.map(|next| next.to_string()),
    })
}

/// What waits for your approval
///
/// In the libraries that you own, the longest first; at most 50.
#[utoipa::path(get, path = "/me/approvals", tag = "me", operation_id = "myApprovals",
    responses((status = 200, body = Page<PublicationRequest>)))]
async fn mine(caller: Caller) -> Answer<Page<PublicationRequest>> {
    let mut scope = caller.actor.scope()?;
    Ok(whole(publishing::waiting_for_me(&mut scope).await?))
}

/// How a document stands towards its readers
///
/// For those who may change it; null where its library does not require publishing, and in the recycle bin.
#[utoipa::path(get, path = "/documents/{id}/publication", tag = "documents", operation_id = "publication",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, body = Option<Publication>)))]
async fn publication(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
) -> Answer<Json<Option<Publication>>> {
    let stands = publishing::publication(&caller.actor, id).await?;
    Ok(Json(stands.map(Publication::from)))
}

/// Publish a version
///
/// Where an owner approves, this is for owners.
#[utoipa::path(post, path = "/documents/{id}/publish", tag = "documents", operation_id = "publish",
    request_body = ToPublish, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "Readers see it", body = PublishedVersion),
        (status = 409, description = "There is a newer version, readers see it already, or nobody waits for it")))]
async fn publish(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(what): Body<ToPublish>,
) -> Answer<Json<PublishedVersion>> {
    let label = if what.asked {
        publishing::publish_asked(&caller.actor, id, what.version, &what.comment).await?
    } else {
        publishing::publish(&caller.actor, id, what.version, &what.comment).await?
    };
    Ok(Json(PublishedVersion { label }))
}

/// Unpublish a document
///
/// Readers see no version of it until one is published again.
#[utoipa::path(post, path = "/documents/{id}/unpublish", tag = "documents", operation_id = "unpublish",
    request_body = ToUnpublish, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "Readers see it no more"),
        (status = 409, description = "They see no version of it")))]
async fn unpublish(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(what): Body<ToUnpublish>,
) -> Answer<StatusCode> {
    publishing::unpublish(&caller.actor, id, &what.reason).await?;
    Ok(DONE)
}

/// Ask for a version to be published
#[utoipa::path(post, path = "/documents/{id}/ask-to-publish", tag = "documents", operation_id = "askToPublish",
    request_body = ToAsk, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "The owners are told"),
        (status = 409, description = "There is a newer version, or contributors publish here")))]
async fn ask(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(what): Body<ToAsk>,
) -> Answer<StatusCode> {
    publishing::ask_to_publish(&caller.actor, id, what.version, &what.note).await?;
    Ok(DONE)
}

/// Send a version back to whoever asked for it to be published
#[utoipa::path(post, path = "/documents/{id}/send-back", tag = "documents", operation_id = "sendBack",
    request_body = ToSendBack, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "They are told why"),
        (status = 409, description = "Nobody waits for this version")))]
async fn send_back(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(what): Body<ToSendBack>,
) -> Answer<StatusCode> {
    publishing::send_back(&caller.actor, id, what.version, &what.reason).await?;
    Ok(DONE)
}

/// Withdraw your request for a version to be published
///
/// While it waits; for whoever made it.
#[utoipa::path(post, path = "/documents/{id}/withdraw-request", tag = "documents", operation_id = "withdrawRequest",
    request_body = ToWithdraw, params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 204, description = "Nobody waits for it any more"),
        (status = 409, description = "Nobody waits for this version")))]
async fn withdraw(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Body(what): Body<ToWithdraw>,
) -> Answer<StatusCode> {
    publishing::withdraw(&caller.actor, id, what.version).await?;
    Ok(DONE)
}

/// Publish several documents of a library at once
///
/// Each exactly as you saw it: of a document that has another version by now nothing is published. What can be published is, in one commit
/// with an entry in the journal for each; the rest is named with the reason. Where an owner approves, this is for owners.
#[utoipa::path(post, path = "/libraries/{id}/publish", tag = "libraries", operation_id = "publishSeveral",
    request_body = ToPublishSeveral, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "At least one was published", body = SeveralDone),
        (status = 409, description = "Nothing was published; it says why")))]
async fn publish_several(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(what): Body<ToPublishSeveral>,
) -> Answer<Json<SeveralDone>> {
    let documents = versions(&what.documents);
    let done = publishing::publish_several(&caller.actor, id, &documents, &what.comment).await?;
    Ok(Json(done.into()))
}

/// Ask for several documents of a library to be published
///
/// As when they are published at once; the owners are told once.
#[utoipa::path(post, path = "/libraries/{id}/ask-to-publish", tag = "libraries", operation_id = "askForSeveral",
    request_body = ToAskForSeveral, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "At least one was asked for", body = SeveralDone),
        (status = 409, description = "Nothing was asked for, or contributors publish here")))]
async fn ask_for_several(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(what): Body<ToAskForSeveral>,
) -> Answer<Json<SeveralDone>> {
    let documents = versions(&what.documents);
    let done = publishing::ask_for_several(&caller.actor, id, &documents, &what.note).await?;
    Ok(Json(done.into()))
}
