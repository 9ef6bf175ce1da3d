//! Taking a document to work on it, keeping it, and giving it back without a new version.

use chancery::Error;
use chancery::documents::{self, DocumentPage};
use chancery::kernel::{Id, thing};
use serde::Deserialize;

use super::versions::{Confirmed, refusal};
use crate::components::{Button, Crumb, Field};
use crate::failure::Answer;
use crate::format;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::pages::libraries::{ConfirmPage, OWNERS, parts_crumbs};
use crate::posted::Posted;

/// The frame of a page about something done to a document: the document is the last place above it.
pub(super) fn frame(guest: &Guest, found: &DocumentPage, title: String) -> Frame {
    let mut above = parts_crumbs(found.head.id, &found.path);
    above.push(Crumb::new(found.name.clone(), address(found.id)));
    guest.in_library(title, &found.head, above)
}

pub(super) fn address(id: Id<thing::Document>) -> String {
    format!("/documents/{id}")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    note: String,
}

fn note_page(guest: &Guest, found: &DocumentPage, note: &str) -> Result<FormPage, Error> {
    if !found.can.check_out {
        return Err(refusal(found));
    }
    let days = guest.portal.realm().settings().limits.check_out.as_secs() / (24 * 60 * 60);
    let days = format::count(days, "day", "days");
    Ok(FormPage::new(
        frame(guest, found, format!("Check out {}", found.name)),
        vec![
            Field::text("note", "What you are going to do (optional)")
                .bold()
                .hint("Everybody who can see the document can read this")
                .value(note),
        ],
        Button::submit("Check out to edit"),
        address(found.id),
    )
    .intro(format!(
        "For {days} nobody else can change it. You can keep it for longer, or give it back sooner. Everybody can go on reading {}.",
        if found.head.publishing.is_some() {
            "what they see now".to_owned()
        } else {
            format!("version {}", found.version)
        }
    )))
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let found = documents::document(&guest.actor, id, None).await?;
    note_page(&guest, &found, "")?.ask()
}

pub(super) async fn take(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(typed): Posted<Note>,
) -> Answer {
    match documents::check_out(&guest.actor, id, &typed.note).await {
        Ok(until) => {
            let until = format::moment(until.timestamp(), guest.portal.zone());
            done(
                &address(id),
                format!("You have this checked out until {until}."),
            )
        }
        Err(Error::Invalid(problems)) => {
            let found = documents::document(&guest.actor, id, None).await?;
            note_page(&guest, &found, &typed.note)?.refuse(&problems)
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn renew(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(Confirmed {}): Posted<Confirmed>,
) -> Answer {
    let until = documents::renew(&guest.actor, id).await?;
    let until = format::moment(until.timestamp(), guest.portal.zone());
    done(
        &address(id),
        format!("You now have this checked out until {until}."),
    )
}

pub(super) async fn ask_release(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let found = documents::document(&guest.actor, id, None).await?;
    let Some(held) = &found.held else {
        return Err(Error::Conflict("Nobody has this checked out any more".to_owned()).into());
    };
    if !found.can.release {
        return Err(Error::Refused(OWNERS).into());
    }
    let name = &held.by.name;
    let since = format::moment(held.since.timestamp(), guest.portal.zone());
    let mut page = ConfirmPage::new(
        frame(&guest, &found, format!("Release the check-out of {}", found.name)),
        "Release the check-out",
        address(id),
    )
    .says(format!(
        "{name}, {}, has had it checked out since {since}. They will be told that you released it, and others can then change it.",
        held.by.organisation
    ));
    if !held.note.is_empty() {
        page = page.says(format!("Their note is “{}”.", held.note));
    }
    page.says(format!(
        "What {name} has uploaded is kept for them. Only they can see it, and they can check it in when nobody else has the document checked out. Changes on their own computer that they have not uploaded may have to be made again, so talk to them first if you can."
    ))
    .ask()
}

pub(super) async fn release(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(Confirmed {}): Posted<Confirmed>,
) -> Answer {
    documents::release(&guest.actor, id).await?;
    done(
        &address(id),
        "The check-out was released, and its holder is told.",
    )
}

pub(super) async fn ask_discard(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let found = documents::document(&guest.actor, id, None).await?;
    if !found.can.discard {
        return Err(Error::Conflict("You have nothing here to discard".to_owned()).into());
    }
    let mine = found.held.as_ref().is_some_and(|held| held.mine);
    let (title, button) = if mine {
        (
            format!("Discard your check-out of {}", found.name),
            "Discard the check-out",
        )
    } else {
        (
            format!("Discard your work on {}", found.name),
            "Discard your work",
        )
    };
    let mut page = ConfirmPage::new(frame(&guest, &found, title), button, address(id));
    if mine {
        page = page.says(format!(
            "You give the document back as it is, at version {}, and others can change it.",
            found.label
        ));
    }
    if let Some(draft) = found.draft {
        let saved = format::moment(draft.saved_at.timestamp(), guest.portal.zone());
        page = page.says(format!(
            "The work that you uploaded on {saved} ({}) will not be published, and you cannot get it back here. Download it first if you may need it.",
            format::size(draft.size)
        ));
    }
    page.ask()
}

pub(super) async fn discard(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(Confirmed {}): Posted<Confirmed>,
) -> Answer {
    documents::discard(&guest.actor, id).await?;
    done(&address(id), "Discarded. No new version was published.")
}
