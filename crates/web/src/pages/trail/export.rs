//! The trail as a file, streamed while it is read.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use chancery::kernel::Id;
use chancery::kernel::thing::{Document, Library, Site};
use chancery::trail::{self, Format};
use futures::TryStreamExt as _;

use super::filter::Filter;
use super::subject::{Subject, Trailed};
use wire::content::disposition;

use crate::failure::Answer;
use crate::format;
use crate::guest::{Guest, InSite};
use crate::named::Named;
use crate::posted::Asked;
use crate::routes::routes;

routes! {
    get "/sites/{id}/trail.csv" => csv::<Site>;
    get "/sites/{id}/trail.jsonl" => json_lines::<Site>;
    get "/libraries/{id}/trail.csv" => csv::<Library>;
    get "/libraries/{id}/trail.jsonl" => json_lines::<Library>;
    get "/documents/{id}/trail.csv" => csv::<Document>;
    get "/documents/{id}/trail.jsonl" => json_lines::<Document>;
}

async fn csv<T: Trailed>(
    guest: Guest,
    Named(id): Named<Id<T>>,
    Asked(filter): Asked<Filter>,
) -> Answer {
    export(&guest, id, &filter, Format::Csv).await
}

async fn json_lines<T: Trailed>(
    guest: Guest,
    Named(id): Named<Id<T>>,
    Asked(filter): Asked<Filter>,
) -> Answer {
    export(&guest, id, &filter, Format::JsonLines).await
}

async fn export<T: Trailed>(guest: &Guest, id: Id<T>, filter: &Filter, format: Format) -> Answer {
    filter.check()?;
    let zone = guest.portal.zone();
    let subject = Subject::find(guest, T::of(id), "Trail of", InSite::Trail).await?;
    let lines = trail::export(&guest.actor, T::of(id), &filter.asked(zone), format).await?;
    let name = format!(
        "Trail of {} {}.{}",
        subject.name,
        format::machine_day(guest.portal.now().timestamp(), zone),
        format.name()
    );
    // A fault in the middle ends the file early and is seen as such: the transfer is not completed.
    let body = Body::from_stream(lines.inspect_err(|error| {
        tracing::error!(%error, "an export of a trail broke off");
    }));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.media_type()),
    );
    if let Ok(value) = HeaderValue::from_str(&disposition(false, &name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
