//! The next version of a document that nobody holds.

use chancery::Error;
use chancery::documents::{self, DocumentPage};
use chancery::kernel::{Id, thing};

use super::check_in::{comment_field, mendable, next_called};
use super::check_out::{address, frame};
use super::meanwhile::{Meanwhile, SEEN, on_version};
use super::versions::refusal;
use crate::components::{Button, Field};
use crate::failure::Answer;
use crate::forms::FormPage;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::pages::libraries::Exposure;
use crate::pages::uploads::read_first;
use crate::upload::Upload;

/// What became of a file that was sent from a page that is out of date.
pub(super) const NOT_KEPT: &str = "Nothing was changed, and your file was not kept. Put what is new into your file, or choose it again as it is to add it on top.";

fn version_page(guest: &Guest, found: &DocumentPage, comment: &str) -> Result<FormPage, Error> {
    if !found.can.add_version {
        return Err(refusal(found));
    }
    let title = format!("Upload a new version of {}", found.name);
    let next = next_called(found);
    let button = match &found.next_label {
        Some(next) => format!("Upload as draft {next}"),
        None => format!("Upload as {next}"),
    };
    Ok(FormPage::new(
        frame(guest, found, title),
        vec![comment_field(comment)],
        Button::submit(button),
        address(found.id),
    )
    .hidden(SEEN, found.version.to_string())
    .intro(format!(
        "It becomes {next}. The document keeps its name, and earlier versions stay."
    ))
    .exposure(Exposure::of(&found.head).added(" can see the new version"))
    .read_first(read_first(guest))
    .with_file(Field::file("file", "Your file").bold())
    .sends())
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let found = documents::document(&guest.actor, id, None).await?;
    version_page(&guest, &found, "")?.ask()
}

pub(super) async fn receive(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    mut upload: Upload,
) -> Answer {
    let file = upload.next_file().await?;
    let comment = upload.field("comment").to_owned();
    let seen = upload.field(SEEN).to_owned();
    let added = match (on_version(&guest, id, &seen).await, file) {
        (Ok(actor), Some(file)) => {
            let name = file.name.clone();
            documents::add_changed_version(&actor, id, &name, file.content(), &comment).await
        }
        (Ok(_), None) => Err(Error::invalid("file", "Choose a file to upload")),
        (Err(error), _) => Err(error),
    };
    upload.drain().await;
    match added {
        Ok(made) => {
            let mut said = format!("{} was added.", made.in_words());
            said[..1].make_ascii_uppercase();
            done(&address(id), said)
        }
        Err(Error::Changed) => {
            let found = documents::document(&guest.actor, id, None).await?;
            let news = Meanwhile::since(&guest, &found, &seen, NOT_KEPT);
            version_page(&guest, &found, &comment)?.overtaken(news)
        }
        Err(error) => {
            let problems = mendable(error)?;
            let found = documents::document(&guest.actor, id, None).await?;
            version_page(&guest, &found, &comment)?.refuse(&problems)
        }
    }
}
