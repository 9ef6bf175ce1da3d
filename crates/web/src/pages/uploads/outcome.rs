//! What became of each file that was brought: added, waiting for its sender, or refused; and how it stands once it was read.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use chancery::Error;
use chancery::assurance::{self, HowClosed};
use chancery::documents::{self, Added, Same};
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, ItemLine, LibraryHead, Listing};
use chancery::uploads::{self, Brought};

use super::stands::Stands;
use super::waiting;
use crate::components::Link;
use crate::format;
use crate::guest::Guest;
use crate::upload::UploadedFile;

/// How long a page waits to say what was found in what was brought.
const MOMENT: Duration = Duration::from_secs(3);

/// Waits a moment for what was added to the library of this head to be read, and says of each how it stands. What was added stays,
/// whatever comes of that.
pub(super) async fn say_how_they_stand(
    guest: &Guest,
    head: &LibraryHead,
    outcomes: &mut [Outcome],
) {
    if !assurance::reads(guest.portal.realm()) {
        return;
    }
    let added: Vec<_> = outcomes.iter().filter_map(|one| one.document).collect();
    let found = assurance::until_read(&guest.actor, &added, MOMENT).await;
    for outcome in outcomes {
        let Some(document) = outcome.document else {
            continue;
        };
        let stands = match &found {
            Ok(found) => stands(guest, head, found, document).await,
            Err(error) => Stands::unknown(error),
        };
        outcome.says.clone_from(&stands.says);
        outcome.stands = Some(stands);
    }
}

/// How one of them stands. Only why it was stopped is looked up for it alone.
async fn stands(
    guest: &Guest,
    head: &LibraryHead,
    found: &HowClosed,
    document: Id<thing::Document>,
) -> Stands {
    let Some(closed) = found.get(&document) else {
        return Stands::gone();
    };
    match Stands::known(head, *closed) {
        Some(known) => known,
        None => Stands::look(guest, document)
            .await
            .unwrap_or_else(|error| Stands::unknown(&error)),
    }
}

/// What became of one file.
pub(super) struct Outcome {
    pub(super) name: String,
    status: StatusCode,
    /// What is said of it.
    pub(super) says: String,
    /// The document that it became, or the way out of what stands in its way.
    pub(super) link: Option<Link>,
    /// Documents with the same content.
    pub(super) same: Vec<SameLine>,
    /// The document that it became.
    document: Option<Id<thing::Document>>,
    /// How that stands, where markings are read.
    pub(super) stands: Option<Stands>,
}

/// A document with the same content, and the library that it is in.
pub(super) struct SameLine {
    pub(super) link: Link,
    pub(super) library: String,
}

impl Outcome {
    pub(super) fn refused(name: &str, status: StatusCode, says: impl Into<String>) -> Self {
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

    pub(super) fn was_added(&self) -> bool {
        self.status == StatusCode::CREATED
    }

    /// It was added, and nobody else can open it until somebody has decided.
    pub(super) fn is_stopped(&self) -> bool {
        self.stands.as_ref().is_some_and(Stands::is_stopped)
    }

    /// For the script.
    pub(super) fn json(self) -> Response {
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
pub(super) async fn bring_one(
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
pub(super) async fn add_one(
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
pub(super) fn clash(name: &str, line: &ItemLine) -> Outcome {
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
pub(super) async fn namesake(
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
