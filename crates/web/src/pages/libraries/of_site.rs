//! The libraries of a site, and a new one.

use askama::Template;
use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, LibraryForm, LibraryLine};
use chancery::sites::{self, COUNTED, SiteHead};
use serde::Deserialize;

use super::edit::{again, library_fields};
use super::{OWNERS, When, library_address};
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::Answer;
use crate::format;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, InSite, done, page};
use crate::named::Named;
use crate::posted::Posted;

#[derive(Template)]
#[template(path = "libraries/of-site.html")]
struct Libraries {
    frame: Frame,
    head: SiteHead,
    new: String,
    cards: Vec<Card>,
}

struct Card {
    href: String,
    name: String,
    purpose: String,
    documents: String,
    changed: Option<When>,
    own_access: bool,
}

impl Card {
    fn of(guest: &Guest, line: LibraryLine) -> Self {
        Self {
            href: library_address(line.id, None),
            name: line.name,
            purpose: line.purpose,
            documents: format::counted(line.documents, COUNTED, "document", "documents"),
            changed: line
                .changed_at
                .map(|at| When::moment(at, guest.portal.zone())),
            own_access: !line.inherits,
        }
    }
}

pub(super) async fn show(guest: Guest, Named(id): Named<Id<thing::Site>>) -> Answer {
    let site = sites::site(&guest.actor, id).await?;
    page(&Libraries {
        new: format!("/sites/{id}/libraries/new"),
        frame: guest.in_site("Documents", &site.head, InSite::Documents),
        cards: site
            .libraries
            .into_iter()
            .map(|line| Card::of(&guest, line))
            .collect(),
        head: site.head,
    })
}

#[derive(Debug, Deserialize)]
#[serde(default)]
pub(super) struct New {
    name: String,
    purpose: String,
    inherits: String,
}

impl Default for New {
    fn default() -> Self {
        Self {
            name: String::new(),
            purpose: String::new(),
            inherits: "yes".to_owned(),
        }
    }
}

fn new_page(guest: &Guest, head: &SiteHead, new: &New) -> Result<FormPage, Error> {
    if !head.can_edit {
        return Err(Error::Refused(OWNERS));
    }
    let documents = format!("/sites/{}/documents", head.line.id);
    let mut fields = library_fields(&new.name, &new.purpose);
    fields.push(
        Field::radios(
            "inherits",
            "Who can see it",
            [
                Choice::new("yes", "Everybody who can see this site")
                    .hint("It takes the access of the site, now and when that changes"),
                Choice::new("no", "Only people you choose")
                    .hint("Only you at first, until you let others in on its Access page"),
            ],
        )
        .bold()
        .value(new.inherits.clone()),
    );
    let frame = Frame {
        crumbs: vec![Crumb::new("Documents", documents.clone())],
        ..guest.in_site("New library", head, InSite::Documents)
    };
    Ok(FormPage::new(
        frame,
        fields,
        Button::submit("Open the library"),
        documents,
    ))
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Site>>) -> Answer {
    let head = sites::head(&guest.actor, id).await?;
    new_page(&guest, &head, &New::default())?.ask()
}

pub(super) async fn create(
    guest: Guest,
    Named(id): Named<Id<thing::Site>>,
    Posted(new): Posted<New>,
) -> Answer {
    let form = LibraryForm {
        name: new.name.clone(),
        purpose: new.purpose.clone(),
        // Whatever is not clearly the site's access lets in fewer people.
        inherits: new.inherits == "yes",
    };
    match libraries::create(&guest.actor, id, &form).await {
        Ok(made) => {
            let said = if form.inherits {
                "The library is open."
            } else {
                "The library is open. Only you can see it until you let others in."
            };
            done(&library_address(made, None), said)
        }
        Err(error) => {
            let head = sites::head(&guest.actor, id).await?;
            again(new_page(&guest, &head, &new)?, error)
        }
    }
}
