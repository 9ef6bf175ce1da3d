//! Work on a document that one has checked out: kept for oneself, then published.

use chancery::documents::{self, DocumentPage};
use chancery::kernel::{Id, thing};
use chancery::{Error, Problems};

use super::check_out::{address, frame};
use super::meanwhile::{Meanwhile, SEEN, on_version};
use super::new_version::NOT_KEPT;
use super::page::label_of;
use super::versions::refusal;
use crate::components::{Button, Field};
use crate::failure::Answer;
use crate::format;
use crate::forms::FormPage;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::pages::libraries::Exposure;
use crate::pages::uploads::read_first;
use crate::upload::{Upload, UploadedFile};

/// Only those who hold it, or whose work was left over, come to these pages.
fn must(found: &DocumentPage, may: bool) -> Result<(), Error> {
    match &found.held {
        _ if may => Ok(()),
        None if found.binned.is_none() => Err(Error::Conflict(
            "You do not have this checked out any more. Check it out again first".to_owned(),
        )),
        _ => Err(refusal(found)),
    }
}

// --- Work that only its author sees ---

fn work_page(guest: &Guest, found: &DocumentPage) -> Result<FormPage, Error> {
    must(found, found.can.check_in && found.held.is_some())?;
    let page = FormPage::new(
        frame(guest, found, format!("Upload your work on {}", found.name)),
        Vec::new(),
        Button::submit("Upload"),
        address(found.id),
    )
    .intro("Only you can see this until it is checked in. It is kept even if your check-out ends.");
    let page = match found.draft {
        Some(draft) => {
            let saved = format::moment(draft.saved_at.timestamp(), guest.portal.zone());
            page.intro(format!(
                "It takes the place of the work that you uploaded on {saved}."
            ))
        }
        None => page,
    };
    Ok(page.with_file(Field::file("file", "Your changed file").bold()))
}

pub(super) async fn ask_work(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let found = documents::document(&guest.actor, id, None).await?;
    work_page(&guest, &found)?.ask()
}

pub(super) async fn save_work(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    mut upload: Upload,
) -> Answer {
    let saved = match upload.next_file().await? {
        Some(file) => documents::save_draft(&guest.actor, id, file.content()).await,
        None => Err(Error::invalid("file", "Choose a file to upload")),
    };
    upload.drain().await;
    match saved {
        Ok(()) => done(
            &address(id),
            "Your work was uploaded. Only you can see it until it is checked in.",
        ),
        Err(error) => {
            let problems = mendable(error)?;
            let found = documents::document(&guest.actor, id, None).await?;
            work_page(&guest, &found)?.refuse(&problems)
        }
    }
}

// --- The next version ---

fn check_in_page(guest: &Guest, found: &DocumentPage, comment: &str) -> Result<FormPage, Error> {
    must(found, found.can.check_in || found.can.publish_draft)?;
    let next = next_called(found);
    let (hint, label) = match found.draft {
        Some(draft) => {
            let saved = format::moment(draft.saved_at.timestamp(), guest.portal.zone());
            (
                format!(
                    "Leave this empty to check in the work that you uploaded on {saved} ({})",
                    format::size(draft.size)
                ),
                "Another file (optional)",
            )
        }
        None => (String::new(), "Your changed file"),
    };
    let stale = found.draft.filter(|draft| draft.stale).map(|draft| {
        format!(
            "You began from version {}, and version {} was published since. Check that your work includes what changed in between.",
            label_of(found, draft.based_on),
            found.label
        )
    });
    Ok(FormPage::new(
        frame(guest, found, format!("Check in {}", found.name)),
        vec![comment_field(comment)],
        Button::submit("Check in"),
        address(found.id),
    )
    .hidden(SEEN, found.version.to_string())
    .warning(stale.unwrap_or_default())
    .intro(format!("It becomes {next}, and others can then change it."))
    .exposure(Exposure::of(&found.head).added(" can see the new version"))
    .read_first(read_first(guest))
    .with_file(Field::file("file", label).bold().hint(hint)))
}

/// What the next version of it is, in a sentence.
pub(super) fn next_called(found: &DocumentPage) -> String {
    match &found.next_label {
        Some(next) => format!("draft {next}, which readers do not see until it is published"),
        None => format!("version {}", found.version + 1),
    }
}

/// What this version is, in a sentence.
pub(super) async fn called(
    guest: &Guest,
    id: Id<thing::Document>,
    number: u64,
) -> Result<String, Error> {
    let found = documents::document(&guest.actor, id, None).await?;
    let line = found.versions.iter().find(|line| line.number == number);
    Ok(match line {
        Some(line) if line.draft => format!("draft {}", line.label),
        _ => format!("version {number}"),
    })
}

/// What changed, in a few words.
pub(super) fn comment_field(comment: &str) -> Field {
    Field::text("comment", "What you changed (optional)")
        .bold()
        .hint("Shown beside the version to everybody who can see the document")
        .value(comment)
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let found = documents::document(&guest.actor, id, None).await?;
    check_in_page(&guest, &found, "")?.ask()
}

pub(super) async fn check_in(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    mut upload: Upload,
) -> Answer {
    let file = upload.next_file().await?;
    let comment = upload.field("comment").to_owned();
    let seen = upload.field(SEEN).to_owned();
    let kept = if file.is_some() { NOT_KEPT } else { DRAFT_KEPT };
    let content = file.map(UploadedFile::content);
    let made = match on_version(&guest, id, &seen).await {
        Ok(actor) => documents::check_in(&actor, id, content, &comment).await,
        Err(error) => Err(error),
    };
    upload.drain().await;
    match made {
        Ok(Some(made)) => done(&address(id), format!("Checked in as {}.", made.in_words())),
        Ok(None) => done(
            &address(id),
            "Checked in. Nothing was different, so there is no new version.",
        ),
        Err(Error::Changed) => {
            let found = documents::document(&guest.actor, id, None).await?;
            let news = Meanwhile::since(&guest, &found, &seen, kept);
            check_in_page(&guest, &found, &comment)?.overtaken(news)
        }
        Err(error) => {
            let problems = mendable(error)?;
            let found = documents::document(&guest.actor, id, None).await?;
            check_in_page(&guest, &found, &comment)?.refuse(&problems)
        }
    }
}

const DRAFT_KEPT: &str = "Nothing was changed, and your saved draft is still there. Look at what is new before you check it in on top.";

/// What can be mended on the form itself.
pub(super) fn mendable(error: Error) -> Result<Problems, Error> {
    match error {
        Error::Invalid(problems) => Ok(problems),
        Error::TooLarge { limit } => Ok(Problems::one(
            "file",
            format!(
                "This file is larger than the {} that this realm takes",
                format::at_most(limit)
            ),
        )),
        other => Err(other),
    }
}
