//! The next version of a document that nobody holds.

use chancery::Error;
use chancery::documents::{self, DocumentPage};
use chancery::kernel::{Id, thing};

use super::check_in::{comment_field, mendable};
use super::check_out::{address, frame};
use super::versions::refusal;
use crate::components::{Button, Field};
use crate::failure::Answer;
use crate::forms::FormPage;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::pages::libraries::Exposure;
use crate::upload::Upload;

fn version_page(guest: &Guest, found: &DocumentPage, comment: &str) -> Result<FormPage, Error> {
    if !found.can.add_version {
        return Err(refusal(found));
    }
    let title = format!("Upload a new version of {}", found.name);
    Ok(FormPage::new(
        frame(guest, found, title),
        vec![comment_field(comment)],
        Button::submit("Upload"),
        address(found.id),
    )
    .intro(format!(
        "It becomes version {}. The document keeps its name, and earlier versions stay.",
        found.version + 1
    ))
    .exposure(Exposure::of(&found.head).tail(" can see the new version"))
    .with_file(Field::file("file", "Your file").bold()))
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
    let added = match file {
        Some(file) => {
            let name = file.name.clone();
            documents::add_version(&guest.actor, id, &name, file.content(), &comment).await
        }
        None => Err(Error::invalid("file", "Choose a file to upload")),
    };
    upload.drain().await;
    match added {
        Ok(number) => done(&address(id), format!("Version {number} was added.")),
        Err(error) => {
            let problems = mendable(error)?;
            let found = documents::document(&guest.actor, id, None).await?;
            version_page(&guest, &found, &comment)?.refuse(&problems)
        }
    }
}
