//! Destroying content, where else it is, and the certificate of it.

use axum::Json;
use chancery::assurance::{self, Elsewhere, Removed};
use chancery::kernel::{Id, Time, thing};
use serde::Serialize;
use utoipa::ToSchema;

use super::AlertReason;
use crate::problem::Answer;
use crate::schema::{self, Moment};
use crate::{Body, Caller, Named};

/// Where else the same content is. What is nobody's to see but somebody's own is counted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContentElsewhere {
    /// Other documents with a version of it, in recycle bins too.
    documents: u64,
    /// The names of the libraries of those; at most 50.
    libraries: Vec<String>,
    /// Drafts of other documents.
    drafts: u64,
    /// Uploads that wait for whoever sent them, as far as their content is known.
    uploads: u64,
    /// Files that file programs keep beside documents for a day.
    scraps: u64,
    /// Uploads that are not whole, of which nobody can say what they are: of the same length and by somebody who made it, or for the
    /// document where all of that goes. Destroying the content ends them.
    unfinished: u64,
}

impl From<Elsewhere> for ContentElsewhere {
    fn from(found: Elsewhere) -> Self {
        Self {
            documents: found.documents,
            libraries: found.libraries,
            drafts: found.drafts,
            uploads: found.uploads,
            scraps: found.scraps,
            unfinished: found.unfinished,
        }
    }
}

/// The certificate that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DestroyedBy {
    /// The certificate.
    #[schema(value_type = schema::Id)]
    certificate: String,
}

/// Destroy all content of the document of an alert
///
/// Every version and draft, and the keys that they are encrypted under. Nobody can bring it back; backups that were made before
/// hold it until they are deleted.
#[utoipa::path(post, path = "/alerts/{id}/destroy", tag = "assurance", operation_id = "destroyContent",
    request_body = AlertReason, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 200, description = "It is destroyed", body = DestroyedBy),
        (status = 409, description = "It was decided already, or is under legal hold")))]
pub(super) async fn destroy(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(why): Body<AlertReason>,
) -> Answer<Json<DestroyedBy>> {
    let made = assurance::destroy(&caller.actor, id, &why.reason).await?;
    Ok(Json(DestroyedBy {
        certificate: made.to_string(),
    }))
}

/// Destroy the content that an alert is about, and nothing else of its document
///
/// The version, every other with the same content, and the drafts that were made from them. The document goes on with its other
/// versions; where its latest goes, the newest that is left becomes the latest again, and is read once more.
#[utoipa::path(post, path = "/alerts/{id}/destroy-version", tag = "assurance", operation_id = "destroyVersion",
    request_body = AlertReason, params(("id" = schema::Id, Path, description = "The alert")),
    responses((status = 200, description = "It is destroyed", body = DestroyedBy),
        (status = 409, description = "It was decided already, is under legal hold, or nothing would be left")))]
pub(super) async fn destroy_version(
    caller: Caller,
    Named(id): Named<Id<thing::Alert>>,
    Body(why): Body<AlertReason>,
) -> Answer<Json<DestroyedBy>> {
    let made = assurance::destroy_version(&caller.actor, id, &why.reason).await?;
    Ok(Json(DestroyedBy {
        certificate: made.to_string(),
    }))
}

/// A version or draft that was destroyed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RemovedContent {
    /// The number of the version; 0 for a draft.
    version: u64,
    /// How long it was, in bytes.
    size: u64,
    /// What kind of content it was (RFC 6838).
    media_type: String,
    /// When it was made.
    made_at: Moment,
    /// Who made it, with their organisation as it was then.
    made_by: String,
    /// The address of its content: a keyed hash that tells nothing of it, in hexadecimal.
    address: String,
}

impl From<Removed> for RemovedContent {
    fn from(one: Removed) -> Self {
        Self {
            version: one.version,
            size: one.size,
            media_type: one.media_type,
            made_at: Time::from_micros(one.made_at).into(),
            made_by: one.made_by,
            address: one.address,
        }
    }
}

/// A certificate that content was destroyed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DestructionCertificate {
    /// The certificate.
    #[schema(value_type = schema::Id)]
    id: String,
    /// The alert that was decided so.
    #[schema(value_type = schema::Id)]
    alert: String,
    /// The document, and what it was called.
    document: schema::Named,
    /// What was removed.
    removed: Vec<RemovedContent>,
    /// That was all content of the document; otherwise what one version had.
    whole: bool,
    /// Where else the same content was found when it was destroyed; none where that was not looked for.
    elsewhere: Option<ContentElsewhere>,
    /// Why.
    reason: String,
    /// Who destroyed it.
    by: schema::Doer,
    /// When.
    at: Moment,
}

/// A certificate that content was destroyed
#[utoipa::path(get, path = "/certificates/{id}", tag = "assurance", operation_id = "certificate",
    params(("id" = schema::Id, Path, description = "The certificate")),
    responses((status = 200, description = "What was destroyed", body = DestructionCertificate)))]
pub(super) async fn certificate(
    caller: Caller,
    Named(id): Named<Id<thing::Certificate>>,
) -> Answer<Json<DestructionCertificate>> {
    let found = assurance::certificate(&caller.actor, id).await?;
    Ok(Json(DestructionCertificate {
        id: found.id.to_string(),
        alert: found.alert.to_string(),
        document: schema::Named::new(found.document, found.name),
        removed: found.removed.into_iter().map(Into::into).collect(),
        whole: found.whole,
        elsewhere: found.elsewhere.map(Into::into),
        reason: found.reason,
        by: found.by.into(),
        at: found.at.into(),
    }))
}
