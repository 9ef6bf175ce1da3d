//! Several documents, or folders with all that is in them, taken along in one ZIP file.

use chancery::documents;
use chancery::kernel::{Id, thing};
use serde::Deserialize;

use super::chosen::read_items;
use crate::failure::Answer;
use crate::guest::Guest;
use crate::named::Named;
use crate::posted::Asked;
use crate::routes::routes;

routes! {
    get "/libraries/{id}/download" => download;
}

/// What was ticked; all of the library for nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    item: Vec<String>,
}

async fn download(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    let items = read_items(&wanted.item);
    if items.len() != wanted.item.len() {
        return Err(chancery::Error::NotFound.into());
    }
    let bundle = documents::bundle(&guest.actor, id, &items).await?;
    Ok(wire::zip_file(bundle))
}
