//! The content of versions and drafts. Each is in the trail before its first byte leaves.

use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect};
use chancery::documents::{self, Unread};
use chancery::kernel::{Id, thing};
use serde::Deserialize;
use wire::content::serve;

use crate::failure::Answer;
use crate::guest::Guest;
use crate::named::Named;
use crate::posted::Asked;
use crate::routes::routes;

routes! {
    get "/documents/{id}/content" => newest;
    get "/documents/{id}/versions/{number}" => version;
    get "/documents/{id}/versions/{number}/pages" => pages;
    get "/documents/{id}/draft" => draft;
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct How {
    download: String,
}

impl How {
    fn download(&self) -> bool {
        !self.download.is_empty()
    }
}

async fn newest(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Asked(how): Asked<How>,
    headers: HeaderMap,
) -> Answer {
    let content = documents::open(&guest.actor, id, None, how.download()).await?;
    Ok(serve(content, &headers, how.download()))
}

async fn version(
    guest: Guest,
    Named((id, number)): Named<(Id<thing::Document>, u64)>,
    Asked(how): Asked<How>,
    headers: HeaderMap,
) -> Answer {
    let content = documents::open(&guest.actor, id, Some(number), how.download()).await?;
    Ok(serve(content, &headers, how.download()))
}

/// The pages of a version as a PDF; where they cannot be made, its text with the reason.
async fn pages(
    guest: Guest,
    Named((id, number)): Named<(Id<thing::Document>, u64)>,
    headers: HeaderMap,
) -> Answer {
    let reading = documents::pages(&guest.actor, id, number).await?;
    Ok(match reading.found {
        Ok(content) => serve(content, &headers, false),
        Err(why) => {
            let failed = match why {
                Unread::NoReader | Unread::TimedOut => "busy",
                Unread::NotText | Unread::Broken | Unread::TooLarge => "broken",
            };
            Redirect::to(&format!(
                "/documents/{id}/preview?version={number}&as=text&failed={failed}"
            ))
            .into_response()
        }
    })
}

async fn draft(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Asked(how): Asked<How>,
    headers: HeaderMap,
) -> Answer {
    let content = documents::open_draft(&guest.actor, id).await?;
    Ok(serve(content, &headers, how.download()))
}
