//! The marking of a document, and what was found when it was read.

use axum::Json;
use chancery::kernel::{Id, thing};
use chancery::{assurance, libraries};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Answer;
use crate::schema::{self, Moment};
use crate::{Caller, Named};

/// The marking that counts of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MarkedAs {
    /// The marking.
    label: String,
    /// Where it is from: `read` in the document, an assurance `officer`, a `person`, or its `library`, for documents in which none is
    /// found.
    #[schema(example = "read")]
    source: &'static str,
    /// Who set it; nobody where it was read.
    by: Option<schema::Doer>,
    /// Since when.
    since: Moment,
}

/// What was found when a version was read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionRead {
    /// The version.
    version: u64,
    /// When it was read.
    at: Moment,
    /// `unmarked`, `allowed`, `clearance`, `doubtful`, `ask`, `unread` or `above`.
    #[schema(example = "allowed")]
    verdict: &'static str,
    /// The marking that was found; empty for none.
    label: String,
    /// Where it stands; empty for nowhere.
    place: String,
}

/// What is known of the marking of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentMarking {
    /// How it is closed to others or to you: `being_read`, `held` or `sealed`; none where it is open.
    closing: Option<&'static str>,
    /// The marking that counts.
    marked: Option<MarkedAs>,
    /// What was found in the newest version that was read.
    read: Option<VersionRead>,
}

/// The marking of a document, and what was found when it was read
///
/// Never the words that were found. A document that is sealed to you answers so.
#[utoipa::path(get, path = "/documents/{id}/marking", tag = "documents", operation_id = "documentMarking",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "What is known", body = DocumentMarking)))]
pub(super) async fn marking(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
) -> Answer<Json<DocumentMarking>> {
    let found = assurance::reading_of(&caller.actor, id).await?;
    let closing = assurance::sealed(&caller.actor, id).await?.closing;
    Ok(Json(DocumentMarking {
        closing: closing.map(libraries::Closing::name),
        marked: found.marked.map(|marked| {
            let (source, by) = marked.by.name();
            MarkedAs {
                source,
                by: by.cloned().map(Into::into),
                label: marked.label,
                since: marked.since.into(),
            }
        }),
        read: found.read.map(|read| VersionRead {
            version: read.version,
            at: read.at.into(),
            verdict: assurance::verdict_name(read.verdict),
            label: read.label,
            place: read.place,
        }),
    }))
}
