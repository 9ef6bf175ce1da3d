//! Libraries: the stores of documents, each with who can see it. What is in them is in `items`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use chancery::documents;
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, LibraryHead};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::lists::DONE;
use crate::problem::{Answer, Problem};
use crate::routes::routes;
use crate::schema;
use crate::sites::{Exposure, SiteDetails};
use crate::words::Role;
use crate::{Asked, Body, Caller, Named};

routes! { library, edit, download }

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
    /// Whether readers see what is published, and nothing else.
    requires_publishing: bool,
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
            requires_publishing: head.publishing.is_some(),
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

/// What is taken along.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct Wanted {
    /// Documents, and folders with all that is in them: up to 1,000 ids with commas between. All of the library for none.
    #[param(example = "0AN640Q9KNB04,0AN640Q9VGT88")]
    items: String,
}

impl Wanted {
    fn items(&self) -> Answer<Vec<Id<thing::Item>>> {
        self.items
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(|id| {
                id.parse().map_err(|_| {
                    Problem::field("items", "Name the items by their ids, with commas between")
                })
            })
            .collect()
    }
}

/// Many documents in one ZIP file
///
/// It is made while it is sent, and each document is in the trail when its turn comes. What you may not read any more by
/// then, and what is sealed, is named in `Left out.txt` at its end. A transfer that breaks off is begun again.
#[utoipa::path(get, path = "/libraries/{id}/download", tag = "libraries", operation_id = "download",
    params(("id" = schema::Id, Path, description = "The library"), Wanted),
    responses((status = 200, description = "The documents", body = schema::Bytes, content_type = "application/zip")))]
async fn download(
    caller: Caller,
    Named(id): Named<Id<thing::Library>>,
    Asked(wanted): Asked<Wanted>,
) -> Answer<Response> {
    let bundle = documents::bundle(&caller.actor, id, &wanted.items()?).await?;
    Ok(wire::zip_file(bundle))
}
