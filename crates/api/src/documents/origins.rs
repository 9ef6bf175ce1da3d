//! Where a document comes from, and where it is used.

use axum::Json;
use chancery::kernel::{Id, thing};
use chancery::origins::{self, Other, Use};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Answer;
use crate::routes::routes;
use crate::schema;
use crate::{Caller, Named};

routes! { uses }

/// Another document.
#[derive(Debug, Serialize, ToSchema)]
struct OtherDocument {
    /// Which.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// The library that it is in.
    library: String,
    /// The number of its current version.
    version: u64,
}

impl From<Other> for OtherDocument {
    fn from(other: Other) -> Self {
        Self {
            id: other.id.to_string(),
            name: other.name,
            library: other.library,
            version: other.version,
        }
    }
}

/// What a document began as a copy of.
#[derive(Debug, Serialize, ToSchema)]
struct CopiedFrom {
    /// The other document.
    document: OtherDocument,
    /// The version that was copied; the other has moved on where its own is greater. None where that is a draft that you
    /// do not see.
    version: Option<u64>,
}

/// One use of a document.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentUse {
    /// `copied` for a copy of it, `kept-apart` for one with the same content that was kept beside it; more may come.
    #[schema(example = "copied")]
    kind: &'static str,
    /// The other document.
    document: OtherDocument,
    /// The version that was copied.
    version: Option<u64>,
    /// Why both were kept.
    reason: Option<String>,
}

/// Where a document comes from, and where it is used.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentUses {
    /// What it began as a copy of, if you can see that.
    copied_from: Option<CopiedFrom>,
    /// Where it is used, as far as you can see; at most 100.
    used: Vec<DocumentUse>,
}

/// Where a document comes from, and where it is used
#[utoipa::path(get, path = "/documents/{id}/uses", tag = "documents", operation_id = "uses",
    params(("id" = schema::Id, Path, description = "The document")),
    responses((status = 200, description = "What you can see of it", body = DocumentUses)))]
async fn uses(caller: Caller, Named(id): Named<Id<thing::Document>>) -> Answer<Json<DocumentUses>> {
    // Whoever may not see it is told so, and not that it is used nowhere.
    chancery::documents::document(&caller.actor, id, None).await?;
    let found = origins::origins(&mut caller.scope()?, id).await?;
    Ok(Json(DocumentUses {
        copied_from: found.copied_from.map(|(document, version)| CopiedFrom {
            document: document.into(),
            version: (version > 0).then_some(version),
        }),
        used: found
            .used
            .into_iter()
            .map(|used| match used {
                Use::Copied { copy, version, .. } => DocumentUse {
                    kind: "copied",
                    document: copy.into(),
                    version: (version > 0).then_some(version),
                    reason: None,
                },
                Use::KeptApart { other, reason, .. } => DocumentUse {
                    kind: "kept-apart",
                    document: other.into(),
                    version: None,
                    reason: Some(reason),
                },
            })
            .collect(),
    }))
}
