//! Libraries: the stores of documents, each with who can see it. What is in them is in `items`.

use axum::Json;
use axum::http::StatusCode;
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, LibraryHead};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lists::DONE;
use crate::problem::Answer;
use crate::routes::routes;
use crate::schema;
use crate::sites::{Exposure, SiteDetails};
use crate::words::Role;
use crate::{Body, Caller, Named};

routes! { library, edit }

/// A library, and what you may do with it.
#[derive(Debug, Serialize, ToSchema)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that one may do or not"
)]
struct LibraryDetails {
    /// The library.
    #[schema(value_type = schema::Id)]
    id: String,
    /// Its name.
    name: String,
    /// What is in it, in its owners' words; may be empty.
    purpose: String,
    /// The site that it is in.
    site: SiteDetails,
    /// Whether it takes its site's access as well as its own.
    inherits: bool,
    /// Your role on it.
    role: Option<Role>,
    /// Whether you may add and change documents.
    can_contribute: bool,
    /// Whether you may change what is said of it, and see its trail.
    can_own: bool,
    /// Whether you may change who can see it.
    can_govern: bool,
    /// How many can see it.
    seen_by: Exposure,
}

impl From<LibraryHead> for LibraryDetails {
    fn from(head: LibraryHead) -> Self {
        Self {
            id: head.id.to_string(),
            name: head.name,
            purpose: head.purpose,
            site: head.site.into(),
            inherits: head.inherits,
            role: head.role.map(Role::from),
            can_contribute: head.can_contribute,
            can_own: head.can_own,
            can_govern: head.can_govern,
            seen_by: (head.people, head.organisations).into(),
        }
    }
}

/// What changes about a library; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LibraryChange {
    /// Its name.
    name: Option<String>,
    /// What is in it.
    purpose: Option<String>,
}

/// A library
#[utoipa::path(get, path = "/libraries/{id}", tag = "libraries", operation_id = "library",
    params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 200, description = "What it is", body = LibraryDetails)))]
async fn library(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
) -> Answer<Json<LibraryDetails>> {
    Ok(Json(libraries::head(&caller.actor, id).await?.into()))
}

/// Change what is said of a library
///
/// Whether it takes its site's access is a change of access.
#[utoipa::path(patch, path = "/libraries/{id}", tag = "libraries", operation_id = "editLibrary",
    request_body = LibraryChange, params(("id" = schema::Id, Path, description = "The library")),
    responses((status = 204, description = "It is changed")))]
async fn edit(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Body(change): Body<LibraryChange>,
) -> Answer<StatusCode> {
    let change = libraries::LibraryChange {
        name: change.name,
        purpose: change.purpose,
    };
    libraries::edit(&caller.actor, id, change).await?;
    Ok(DONE)
}
