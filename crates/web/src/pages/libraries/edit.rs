//! Small changes in a library: what is said of it, a new folder, another name.

use chancery::kernel::{Id, thing};
use chancery::libraries::{self, ItemPage, LibraryForm, LibraryHead};
use chancery::{Error, Problems};
use serde::Deserialize;

use super::parts::crumbs;
use super::{CHANGERS, OWNERS, Place, library_address};
use crate::components::{Button, Crumb, Field};
use crate::failure::Answer;
use crate::forms::FormPage;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::posted::{Asked, Posted};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    name: String,
    purpose: String,
}

/// The fields that say what a library is.
pub(super) fn library_fields(name: &str, purpose: &str) -> Vec<Field> {
    vec![
        Field::text("name", "Name of the library")
            .bold()
            .value(name),
        Field::textarea("purpose", "What it is for (optional)")
            .bold()
            .hint("One or two sentences, shown to everybody who can see it")
            .rows(3)
            .value(purpose),
    ]
}

fn library_page(guest: &Guest, head: &LibraryHead, said: &Said) -> Result<FormPage, Error> {
    if !head.can_own {
        return Err(Error::Refused(OWNERS));
    }
    Ok(FormPage::new(
        guest.in_library("Edit this library", head, Vec::new()),
        library_fields(&said.name, &said.purpose),
        Button::submit("Save"),
        library_address(head.id, None),
    ))
}

pub(super) async fn ask_library(guest: Guest, Named(id): Named<Id<thing::Library>>) -> Answer {
    let head = libraries::head(&guest.actor, id).await?;
    let said = Said {
        name: head.name.clone(),
        purpose: head.purpose.clone(),
    };
    library_page(&guest, &head, &said)?.ask()
}

pub(super) async fn library(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(said): Posted<Said>,
) -> Answer {
    let head = libraries::head(&guest.actor, id).await?;
    let form = LibraryForm {
        name: said.name.clone(),
        purpose: said.purpose.clone(),
        inherits: head.inherits,
    };
    match libraries::edit(&guest.actor, id, &form).await {
        Ok(()) => done(&library_address(id, None), "The library was changed."),
        Err(error) => again(library_page(&guest, &head, &said)?, error),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Inside {
    folder: String,
    name: String,
}

fn folder_page(guest: &Guest, place: &Place, name: &str) -> Result<FormPage, Error> {
    place.must_contribute()?;
    Ok(FormPage::new(
        guest.in_library("New folder", &place.head, place.crumbs.clone()),
        vec![
            Field::text("name", "Name of the folder")
                .bold()
                .hint(format!("It will be in {}", place.name))
                .value(name),
        ],
        Button::submit("Make the folder"),
        place.address(),
    )
    .hidden("folder", place.folder_text()))
}

pub(super) async fn ask_folder(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(inside): Asked<Inside>,
) -> Answer {
    let place = Place::find(&guest, id, &inside.folder).await?;
    folder_page(&guest, &place, "")?.ask()
}

pub(super) async fn folder(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(inside): Posted<Inside>,
) -> Answer {
    let parent = super::folder_named(&inside.folder)?;
    match libraries::create_folder(&guest.actor, id, parent, &inside.name).await {
        Ok(made) => done(&library_address(id, Some(made)), "The folder was made."),
        Err(error) => {
            let place = Place::find(&guest, id, &inside.folder).await?;
            again(folder_page(&guest, &place, &inside.name)?, error)
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Name {
    name: String,
}

fn name_page(guest: &Guest, item: &ItemPage, name: &str) -> Result<FormPage, Error> {
    if !item.head.can_contribute {
        return Err(Error::Refused(CHANGERS));
    }
    let hint = match item.name.rsplit_once('.') {
        Some((_, ending)) if item.is_document => {
            format!("Keep “.{ending}” at the end, so that it opens in the right program")
        }
        _ => String::new(),
    };
    let mut above = crumbs(item.head.id, &item.path);
    above.push(Crumb::new(item.name.clone(), address_of(item)));
    Ok(FormPage::new(
        guest.in_library(
            format!("Rename {}", item.name),
            &item.head,
            crumbs(item.head.id, &item.path),
        ),
        vec![
            Field::text("name", "New name")
                .bold()
                .hint(hint)
                .value(name),
        ],
        Button::submit("Rename"),
        address_of(item),
    )
    .intro("Its address stays the same, so links to it go on working."))
}

fn address_of(item: &ItemPage) -> String {
    if item.is_document {
        format!("/documents/{}", item.id)
    } else {
        format!("/libraries/{}?folder={}", item.head.id, item.id)
    }
}

pub(super) async fn ask_name(guest: Guest, Named(id): Named<Id<thing::Item>>) -> Answer {
    let item = libraries::item(&guest.actor, id).await?;
    name_page(&guest, &item, &item.name)?.ask()
}

pub(super) async fn rename(
    guest: Guest,
    Named(id): Named<Id<thing::Item>>,
    Posted(typed): Posted<Name>,
) -> Answer {
    let item = libraries::item(&guest.actor, id).await?;
    match libraries::rename(&guest.actor, id, &typed.name).await {
        Ok(()) => done(&address_of(&item), format!("{} was renamed.", item.name)),
        Err(error) => again(name_page(&guest, &item, &typed.name)?, error),
    }
}

/// The form again when it can be mended there; a name that is taken is a problem of the name.
pub(super) fn again(page: FormPage, error: Error) -> Answer {
    match error {
        Error::Invalid(problems) => page.refuse(&problems),
        Error::Conflict(why) => page.refuse(&Problems::one("name", why)),
        other => Err(other.into()),
    }
}
