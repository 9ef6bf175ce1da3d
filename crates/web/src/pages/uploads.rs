//! Files on their way into a library.
//!
//! Without JavaScript all files come in one form and are answered with one page. Where it is asked for JSON, as a
//! script does, one file is answered with 201 and `name`, `href` and perhaps a `note`, or with an error that has a
//! `problem` and perhaps the way out of it (`href`, `link`). Our own script sends piece by piece ([`tus`]).

mod metadata;
mod outcome;
mod stands;
pub(super) mod tus;
pub(super) mod waiting;

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use chancery::Problems;
use chancery::kernel::{Id, thing};
use serde::Deserialize;

use crate::components::{Field, Problem};
use crate::failure::{Answer, wants_json};
use crate::format;
use crate::forms::mark;
use crate::frame::{Frame, Scripted};
use crate::guest::{Guest, page, problem_page};
use crate::named::Named;
use crate::pages::libraries::{Exposure, Place, folder_named};
use crate::posted::Asked;
use crate::routes::routes;
use crate::upload::Upload;

use outcome::{Outcome, add_one, bring_one, say_how_they_stand};
pub(super) use stands::{Stands, read_first};

const NOTHING_CHOSEN: &str = "Choose a file to upload";

routes! {
    get "/libraries/{id}/upload" => ask;
    post "/libraries/{id}/upload" => receive;
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Query {
    folder: String,
}

#[derive(Template)]
#[template(path = "uploads/upload.html")]
struct UploadPage {
    frame: Frame,
    problems: Vec<Problem>,
    action: String,
    folder: String,
    files: Field,
    exposure: Exposure,
    read_first: Option<&'static str>,
    name: String,
    back: String,
}

impl UploadPage {
    fn new(guest: &Guest, place: &Place) -> Self {
        let limit = format::at_most(guest.portal.realm().settings().limits.upload);
        Self {
            frame: Frame {
                scripted: Scripted::ToSend,
                ..guest.in_library(
                    format!("Upload to {}", place.name),
                    &place.head,
                    place.crumbs.clone(),
                )
            },
            problems: Vec::new(),
            action: format!("/libraries/{}/upload", place.head.id),
            folder: place.folder_text(),
            files: Field {
                multiple: true,
                ..Field::file("file", "Add files").bold().hint(format!(
                    "Choose as many as you like, or drop them here. Up to {limit} each."
                ))
            },
            exposure: Exposure::of(&place.head).added(" can see what you upload"),
            read_first: read_first(guest),
            name: place.name.clone(),
            back: place.address(),
        }
    }
}

async fn ask(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(query): Asked<Query>,
) -> Answer {
    let place = Place::find(&guest, id, &query.folder).await?;
    place.must_contribute()?;
    page(&UploadPage::new(&guest, &place))
}

async fn receive(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    headers: HeaderMap,
    mut upload: Upload,
) -> Answer {
    let asked = upload.field("folder").to_owned();
    let folder = folder_named(&asked)?;
    let mut outcomes = Vec::new();
    let json = wants_json(&headers);
    while let Some(file) = upload.next_file().await? {
        let name = file.name.clone();
        let added = if json {
            add_one(&guest, id, folder, file).await
        } else {
            bring_one(&guest, id, folder, file).await
        };
        match added {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) if outcomes.is_empty() => {
                upload.drain().await;
                return Err(error.into());
            }
            // What was added before it stays, so the page must say so.
            Err(error) => {
                tracing::error!(%error, "one of several files could not be added");
                let says = "The realm could not store it. Try again in a few minutes.";
                outcomes.push(Outcome::refused(
                    &name,
                    StatusCode::SERVICE_UNAVAILABLE,
                    says,
                ));
            }
        }
    }
    if json {
        return Ok(outcomes.into_iter().next().map_or_else(
            || Outcome::refused("", StatusCode::UNPROCESSABLE_ENTITY, NOTHING_CHOSEN).json(),
            Outcome::json,
        ));
    }
    let place = Place::find(&guest, id, &asked).await?;
    say_how_they_stand(&guest, &place.head, &mut outcomes).await;
    if outcomes.is_empty() {
        let mut again = UploadPage::new(&guest, &place);
        let problems = Problems::one("file", NOTHING_CHOSEN);
        again.problems = mark(&mut [&mut again.files], &problems);
        again.frame.error = true;
        return problem_page(&again);
    }
    page(&Done::new(&guest, &place, outcomes))
}

#[derive(Template)]
#[template(path = "uploads/done.html")]
struct Done {
    frame: Frame,
    need: Vec<Outcome>,
    stopped: Vec<Outcome>,
    added: Vec<Outcome>,
    /// Who can see all of it; none where that is said of each.
    exposure: Option<Exposure>,
    go: String,
    back: String,
    more: String,
}

impl Done {
    fn new(guest: &Guest, place: &Place, outcomes: Vec<Outcome>) -> Self {
        let (added, need): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Outcome::was_added);
        let (stopped, added): (Vec<_>, Vec<_>) = added.into_iter().partition(Outcome::is_stopped);
        let told = added.iter().all(|one| one.stands.is_none());
        let folder = match place.folder {
            Some(folder) => format!("?folder={folder}"),
            None => String::new(),
        };
        Self {
            frame: guest.in_library(
                summary(added.len() as u64, stopped.len() as u64, need.len() as u64),
                &place.head,
                place.crumbs.clone(),
            ),
            exposure: (told && !added.is_empty())
                .then(|| Exposure::of(&place.head).added(" can see what you uploaded")),
            need,
            stopped,
            added,
            go: format!("Go to {}", place.name),
            back: place.address(),
            more: format!("/libraries/{}/upload{folder}", place.head.id),
        }
    }
}

/// "3 files added, 1 held or sealed, 1 needs you".
fn summary(added: u64, stopped: u64, need: u64) -> String {
    let needs = if need == 1 { "needs you" } else { "need you" };
    let mut said = String::new();
    for (number, what) in [(added, "added"), (stopped, "held or sealed"), (need, needs)] {
        if number == 0 {
            continue;
        }
        if said.is_empty() {
            said = format!("{} {what}", format::count(number, "file", "files"));
        } else {
            said = format!("{said}, {} {what}", format::number(number));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_heading_says_what_needs_somebody() {
        assert_eq!(summary(3, 0, 1), "3 files added, 1 needs you");
        assert_eq!(summary(1, 0, 0), "1 file added");
        assert_eq!(summary(0, 0, 2), "2 files need you");
        assert_eq!(summary(0, 1, 0), "1 file held or sealed");
        assert_eq!(
            summary(2, 1, 1),
            "2 files added, 1 held or sealed, 1 needs you"
        );
    }
}
