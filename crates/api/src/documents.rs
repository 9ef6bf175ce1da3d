//! Documents: their facts, versions and content, and the work that one person at a time does on them.

use axum::http::HeaderMap;
use axum::response::Response;
use chancery::documents;
use chancery::kernel::{Id, thing};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::problem::Answer;
use crate::routes::routes;
use crate::{Asked, Caller, Named};

routes! { content }

/// How content is read.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct How {
    /// Whether the trail says that it was opened rather than downloaded.
    #[param(required = false)]
    open: bool,
}

/// The content of the current version
///
/// That it is read is in the trail before its first byte leaves.
#[utoipa::path(get, path = "/documents/{id}/content", tag = "documents", operation_id = "content",
    params(("id" = crate::schema::Id, Path, description = "The document"), How),
    responses(
        (status = 200, description = "The whole", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The part that `Range` asked for", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "`If-None-Match` has it already"),
        (status = 416, description = "The content ends before the part that was asked for")))]
async fn content(
    caller: Caller,
    Named(id): Named<Id<thing::Document>>,
    Asked(how): Asked<How>,
    headers: HeaderMap,
) -> Answer<Response> {
    let content = documents::open(&caller.actor, id, None, !how.open).await?;
    Ok(wire::content::serve(content, &headers, !how.open))
}
