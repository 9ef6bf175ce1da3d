//! Files on their way into a library.
//!
//! Without JavaScript all files come in one form and are answered with one page. Where it is asked for JSON, as a
//! script does, one file is answered with 201 and `name`, `href` and perhaps a `note`, or with an error that has a
//! `problem` and perhaps the way out of it (`href`, `link`). Our own script sends piece by piece ([`tus`]).

mod metadata;
mod stands;
pub(super) mod tus;
pub(super) mod waiting;

use std::time::Duration;

use askama::Template;
use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chancery::assurance;
use chancery::documents::{self, Added, Same};
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, ItemLine, Listing};
use chancery::uploads::{self, Brought};
use chancery::{Error, Problems};
use serde::Deserialize;

use crate::components::{Field, Link, Problem};
use crate::failure::{Answer, wants_json};
use crate::format;
use crate::forms::mark;
use crate::frame::{Frame, Scripted};
use crate::guest::{Guest, page, problem_page};
use crate::named::Named;
use crate::pages::libraries::{Exposure, Place, folder_named};
use crate::posted::Asked;
use crate::routes::routes;
use crate::upload::{Upload, UploadedFile};

pub(super) use stands::{Stands, read_first};

/// How long a page waits to say what was found in what was brought.
const MOMENT: Duration = Duration::from_secs(3);
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
    say_how_they_stand(&guest, &mut outcomes).await;
    let place = Place::find(&guest, id, &asked).await?;
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

/// Waits a moment for what was added to be read, and says of each how it stands. What was added stays, whatever comes of that.
async fn say_how_they_stand(guest: &Guest, outcomes: &mut [Outcome]) {
    if !assurance::reads(guest.portal.realm()) {
        return;
    }
    let added: Vec<_> = outcomes.iter().filter_map(|one| one.document).collect();
    if let Err(error) = assurance::until_read(&guest.actor, &added, MOMENT).await {
        tracing::warn!(%error, "it could not be looked whether what was added was read");
    }
    for outcome in outcomes {
        let Some(document) = outcome.document else {
            continue;
        };
        let stands = Stands::look(guest, document)
            .await
            .unwrap_or_else(|error| Stands::unknown(&error));
        outcome.says.clone_from(&stands.says);
        outcome.stands = Some(stands);
    }
}

/// What became of one file.
struct Outcome {
    name: String,
    status: StatusCode,
    /// What is said of it.
    says: String,
    /// The document that it became, or the way out of what stands in its way.
    link: Option<Link>,
    /// Documents with the same content.
    same: Vec<SameLine>,
    /// The document that it became.
    document: Option<Id<thing::Document>>,
    /// How that stands, where markings are read.
    stands: Option<Stands>,
}

/// A document with the same content, and the library that it is in.
struct SameLine {
    link: Link,
    library: String,
}

impl Outcome {
    fn refused(name: &str, status: StatusCode, says: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            status,
            says: says.into(),
            link: None,
            same: Vec::new(),
            document: None,
            stands: None,
        }
    }

    fn was_added(&self) -> bool {
        self.status == StatusCode::CREATED
    }

    /// It was added, and nobody else can open it until somebody has decided.
    fn is_stopped(&self) -> bool {
        self.stands.as_ref().is_some_and(Stands::is_stopped)
    }

    /// For the script.
    fn json(self) -> Response {
        let href = self.link.as_ref().map(|link| &link.href);
        let body = if self.was_added() {
            let note = self.same.first().map(|same| {
                format!(
                    "The same content is already in {} as {}.",
                    same.library, same.link.text
                )
            });
            serde_json::json!({ "name": self.name, "href": href, "note": note })
        } else {
            let link = self.link.as_ref().map(|link| &link.text);
            serde_json::json!({ "problem": self.says, "href": href, "link": link })
        };
        (self.status, Json(body)).into_response()
    }
}

/// Adds one file to a library, or keeps it until its sender has answered what is to be asked.
async fn bring_one(
    guest: &Guest,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    file: UploadedFile,
) -> Result<Outcome, Error> {
    let name = file.name.clone();
    let outcome = uploads::bring(&guest.actor, library, folder, &name, file.content()).await;
    let waits = match outcome {
        Ok(Brought::Added(added)) => return Ok(Outcome::added(name, added)),
        Ok(Brought::Waits(upload)) => upload,
        Err(error) => return Outcome::of(&name, error),
    };
    let waiting = uploads::waiting_one(&guest.actor, waits).await?;
    let says = format!(
        "{} Your file is kept until {}.",
        waiting::says(&waiting),
        format::moment(waiting.expires.timestamp(), guest.portal.zone())
    );
    let decide = Link::new("Decide", waiting::waiting_address(waits));
    Ok(Outcome {
        link: Some(decide.hidden(format!(": {name}"))),
        ..Outcome::refused(&name, StatusCode::CONFLICT, says)
    })
}

/// Adds one file to a library. An error is one that concerns every file.
async fn add_one(
    guest: &Guest,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    file: UploadedFile,
) -> Result<Outcome, Error> {
    let name = file.name.clone();
    match documents::add(&guest.actor, library, folder, &name, file.content()).await {
        Ok(added) => Ok(Outcome::added(name, added)),
        Err(error @ Error::Conflict(_)) => match namesake(guest, library, folder, &name).await? {
            Some(line) => Ok(clash(&name, &line)),
            None => Outcome::of(&name, error),
        },
        Err(other) => Outcome::of(&name, other),
    }
}

impl Outcome {
    fn added(name: String, added: Added) -> Self {
        let link = Link::new("Open", format!("/documents/{}", added.id));
        Self {
            status: StatusCode::CREATED,
            says: "In the library.".to_owned(),
            link: Some(link.hidden(format!(" {name}"))),
            same: added.already.into_iter().map(same_line).collect(),
            document: Some(added.id),
            stands: None,
            name,
        }
    }

    /// What stood in the way of one file; an error that concerns every file stays one.
    fn of(name: &str, error: Error) -> Result<Self, Error> {
        let refused = |status, reason: &str| {
            Self::refused(name, status, format!("{reason}. Nothing of it was kept."))
        };
        match error {
            Error::Conflict(reason) => Ok(refused(StatusCode::CONFLICT, &reason)),
            Error::Invalid(problems) => {
                let reasons: Vec<_> = problems.iter().map(|(_, text)| text).collect();
                let reason = reasons.join(". ");
                Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, &reason))
            }
            Error::TooLarge { limit } => {
                let limit = format::at_most(limit);
                let reason = format!("It is larger than the {limit} that this realm takes");
                Ok(refused(StatusCode::PAYLOAD_TOO_LARGE, &reason))
            }
            other => Err(other),
        }
    }
}

fn same_line(same: Same) -> SameLine {
    SameLine {
        link: Link::new(same.name, format!("/documents/{}", same.id)),
        library: same.library,
    }
}

/// The name is used: by a document, which can have a new version, or by a folder, which cannot.
fn clash(name: &str, line: &ItemLine) -> Outcome {
    const HERE: &str = "A document with this name is here already";
    let at = format!("/documents/{}", line.id);
    let (says, way_out) = match &line.held {
        _ if !line.is_document => (
            "There is a folder with this name here. Give the file another name.".to_owned(),
            None,
        ),
        Some(held) if held.mine => (
            format!("{HERE}, and you have it checked out."),
            Some(Link::new("Check it in", format!("{at}/check-in"))),
        ),
        Some(held) => (
            format!(
                "{HERE}, and {} of {} has it checked out.",
                held.name, held.organisation
            ),
            Some(Link::new("See that document", at)),
        ),
        None => (
            match &line.label {
                Some((label, _)) => format!("{HERE}, at version {label}."),
                None => format!("{HERE}, at version {}.", line.version),
            },
            Some(Link::new(
                match &line.next_label {
                    Some(next) => format!("Upload it as draft {next}"),
                    None => format!("Upload it as version {}", line.version + 1),
                },
                format!("{at}/upload"),
            )),
        ),
    };
    Outcome {
        link: way_out.map(|link| link.hidden(format!(": {}", line.name))),
        ..Outcome::refused(name, StatusCode::CONFLICT, says)
    }
}

/// What has this name in this very folder. Asked only once a name was refused.
async fn namesake(
    guest: &Guest,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    name: &str,
) -> Result<Option<ItemLine>, Error> {
    let listing = Listing {
        folder,
        find: name.to_owned(),
        limit: 200,
        ..Listing::default()
    };
    let found = libraries::list(&guest.actor, library, &listing).await?;
    let here = found.folder.map_or_else(String::new, |folder| {
        let mut path: Vec<_> = folder.path.into_iter().map(|(_, name)| name).collect();
        path.push(folder.name);
        path.join(" / ")
    });
    let wanted = name.trim().to_lowercase();
    Ok(found.items.into_iter().find(|line| {
        line.name.to_lowercase() == wanted && line.where_.as_deref().unwrap_or_default() == here
    }))
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
