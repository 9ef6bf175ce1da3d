//! The trail as a file, streamed while it is read.

use chancery::kernel::Id;
use chancery::kernel::thing::{Document, Library, Site};
use chancery::trail::{self, Format};

use super::filter::Filter;
use super::subject::{Subject, Trailed};
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
    Ok(wire::trail_file(&name, format, lines))
}
