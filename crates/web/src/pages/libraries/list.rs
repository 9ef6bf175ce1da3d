//! The page of a library: what is in it, found, sorted and selected.

use askama::Template;
use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, COUNTED, ItemLine, LibraryHead, LibraryPage, Sort};
use serde::Deserialize;

use super::parts::crumbs;
use super::query::{Heading, Query};
use super::{Exposure, When, chosen_address, library_address};
use crate::components::{Crumb, Field, Hue, Link, PageLink, Problem, Tag};
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, InSite, go, page, problem_page};
use crate::named::Named;
use crate::posted::{Asked, Posted};

#[derive(Template)]
#[template(path = "libraries/library.html")]
struct LibraryList {
    frame: Frame,
    problems: Vec<Problem>,
    head: LibraryHead,
    /// The folder that is shown.
    folder: Option<Id<thing::Folder>>,
    upload: String,
    new_folder: String,
    actions: Vec<Link>,
    exposure: Exposure,
    address: String,
    query: Query,
    fields: [Field; 3],
    name: Heading,
    size: Heading,
    changed: Heading,
    lines: Vec<Line>,
    held: Tag,
    sealed: Tag,
    marked: bool,
    shown: String,
    first: Option<PageLink>,
    next: Option<PageLink>,
    clear: Option<String>,
    back: String,
}

/// One row.
struct Line {
    id: Id<thing::Item>,
    name: String,
    href: String,
    is_document: bool,
    /// What a folder holds, or where a found item is.
    note: String,
    held: Option<String>,
    sealed: bool,
    marking: Option<Tag>,
    version: String,
    draft: Option<Tag>,
    size: String,
    changed: When,
    by: String,
}

impl Line {
    fn of(guest: &Guest, library: Id<thing::Library>, line: ItemLine) -> Self {
        let zone = guest.portal.zone();
        let href = if line.is_document {
            format!("/documents/{}", line.id)
        } else {
            format!("/libraries/{library}?folder={}", line.id)
        };
        let mut notes = Vec::new();
        if !line.is_document {
            // Only what is directly inside is counted; a folder of folders is not called empty.
            notes.push(match line.inside {
                0 => "Folder".to_owned(),
                some => format!("Folder, {}", format::count(some, "document", "documents")),
            });
        }
        if let Some(path) = line.where_.filter(|path| !path.is_empty()) {
            notes.push(format!("In {path}"));
        }
        let held = line.held.map(|held| {
            let until = format::day(held.until.timestamp(), zone);
            if held.mine {
                format!("to you until {until}")
            } else {
                format!("by {} of {} until {until}", held.name, held.organisation)
            }
        });
        Self {
            id: line.id,
            href,
            is_document: line.is_document,
            note: notes.join(". "),
            held,
            sealed: line.sealed,
            marking: line
                .marking
                .as_deref()
                .map(|marking| marked(guest, marking, line.sealed)),
            version: match &line.label {
                Some((label, false)) => label.clone(),
                Some((_, true)) => String::new(),
                None => document_only(line.is_document, line.version.to_string()),
            },
            draft: line
                .label
                .as_ref()
                .filter(|(_, draft)| *draft)
                .map(|(label, _)| Tag::new(format!("Draft {label}"), Hue::Yellow)),
            size: document_only(line.is_document, format::size(line.size)),
            changed: When::moment(line.changed_at, zone),
            by: match line.changed_by_organisation.as_str() {
                "" => line.changed_by,
                organisation => format!("{}, {organisation}", line.changed_by),
            },
            name: line.name,
        }
    }
}

impl Line {
    fn tick_label(&self) -> String {
        format!("Select {}", self.name)
    }
}

fn document_only(is_document: bool, text: String) -> String {
    if is_document { text } else { String::new() }
}

/// The tag of a marking, coloured by how it stands to the realm's designation.
fn marked(guest: &Guest, marking: &str, above: bool) -> Tag {
    let designation = &guest.portal.realm().settings().designation;
    Tag::marking(marking, designation, guest.portal.hue(), above)
}

impl LibraryList {
    fn new(guest: &Guest, found: LibraryPage, query: Query) -> Self {
        let LibraryPage {
            head,
            folder,
            items,
            next,
            total,
        } = found;
        let id = head.id;
        let title = folder
            .as_ref()
            .map_or(&head.name, |folder| &folder.name)
            .clone();
        let here = folder.as_ref().map(|folder| folder.id);
        // The folder itself is the page, so the way to it ends above.
        let above: Vec<_> = folder
            .map(|folder| folder.path)
            .unwrap_or_default()
            .into_iter()
            .filter(|(step, _)| Some(*step) != here)
            .collect();
        let frame = match here {
            Some(_) => guest.in_library(title, &head, crumbs(id, &above)),
            None => Frame {
                crumbs: vec![Crumb::new(
                    "Documents",
                    format!("/sites/{}/documents", head.site.line.id),
                )],
                ..guest.in_site(title, &head.site, InSite::Documents)
            },
        };
        let shown = items.len() as u64;
        let last = items.last().map(|line| line.name.clone());
        let lines: Vec<Line> = items
            .into_iter()
            .map(|line| Line::of(guest, id, line))
            .collect();
        let address = library_address(id, here);
        let at = here
            .map(|folder| format!("?folder={folder}"))
            .unwrap_or_default();
        let parent = above.last().map(|(folder, _)| *folder);
        Self {
            frame,
            problems: Vec::new(),
            exposure: Exposure::of(&head),
            address: guest.portal.absolute(&address),
            fields: query.fields(),
            name: query.heading(id, Sort::Name, "Name"),
            size: query.heading(id, Sort::Size, "Size"),
            changed: query.heading(id, Sort::Changed, "Changed"),
            marked: lines.iter().any(|line| line.marking.is_some()),
            held: Tag::new("Checked out", Hue::Blue),
            sealed: Tag::new("Sealed", Hue::Red),
            shown: shown_of(shown, total),
            first: (!query.after.is_empty())
                .then(|| PageLink::new(query.page("").address(id), "From the beginning")),
            next: next.map(|after| {
                let label = last
                    .map(|name| format!("After “{name}”"))
                    .unwrap_or_default();
                PageLink::new(query.page(&after).address(id), label)
            }),
            clear: query.filtered().then(|| query.unfiltered().address(id)),
            back: query.written(),
            folder: here,
            upload: format!("/libraries/{id}/upload{at}"),
            new_folder: format!("/libraries/{id}/folders/new{at}"),
            actions: actions(&head, here, parent),
            lines,
            head,
            query,
        }
    }
}

/// What else can be done about the folder, or about the library itself.
fn actions(
    head: &LibraryHead,
    folder: Option<Id<thing::Folder>>,
    parent: Option<Id<thing::Folder>>,
) -> Vec<Link> {
    let id = head.id;
    match folder {
        Some(folder) => {
            let back = parent
                .map(|parent| format!("folder={parent}"))
                .unwrap_or_default();
            let to = |act| chosen_address(id, act, &[folder.item()], &back);
            vec![
                Link::new("Rename this folder", format!("/items/{folder}/rename")),
                Link::new("Move this folder", to("move")),
                Link::new("Delete this folder", to("delete")),
            ]
        }
        None if head.can_own => vec![
            Link::new("Edit this library", format!("/libraries/{id}/edit")),
            Link::new("Legal holds", format!("/libraries/{id}/holds")),
            Link::new(
                "Drafts and publishing",
                format!("/libraries/{id}/publishing"),
            ),
        ],
        None => Vec::new(),
    }
}

fn shown_of(shown: u64, total: u64) -> String {
    let all = format::count(total.min(COUNTED), "item", "items");
    if total > COUNTED {
        format!("{shown} of more than {all}")
    } else if total > shown {
        format!("{shown} of {all}")
    } else {
        all
    }
}

pub(super) async fn show(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(query): Asked<Query>,
) -> Answer {
    page(&find(&guest, id, query).await?)
}

async fn find(guest: &Guest, id: Id<thing::Library>, query: Query) -> Result<LibraryList, Error> {
    let mut listing = query.listing(guest.portal.now())?;
    match libraries::list(&guest.actor, id, &listing).await {
        Ok(found) => Ok(LibraryList::new(guest, found, query)),
        // A place in a list that is ordered otherwise now: begin at its first page.
        Err(Error::Invalid(_)) if listing.after.is_some() => {
            listing.after = None;
            let found = libraries::list(&guest.actor, id, &listing).await?;
            Ok(LibraryList::new(guest, found, query.page("")))
        }
        Err(other) => Err(other),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Selected {
    item: Vec<String>,
    action: String,
    /// The query of the list that was ticked in.
    back: String,
}

/// On to the page that says what will happen to what was ticked.
pub(super) async fn selected(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(form): Posted<Selected>,
) -> Answer {
    libraries::head(&guest.actor, id).await?;
    let query: Query = serde_html_form::from_str(&form.back).unwrap_or_default();
    let act = match form.action.as_str() {
        "delete" => "delete",
        "download" => "download",
        _ => "move",
    };
    let items = super::chosen::read_items(&form.item);
    if !items.is_empty() {
        return go(&chosen_address(id, act, &items, &query.written()));
    }
    let mut list = find(&guest, id, query).await?;
    let text = format!("Tick what you want to {act}, then choose {}", capital(act));
    list.problems = vec![match list.lines.first() {
        Some(line) => Problem::on(&format!("item-{}", line.id), text),
        None => Problem::whole(text),
    }];
    list.frame.error = true;
    problem_page(&list)
}

fn capital(act: &str) -> &'static str {
    match act {
        "delete" => "Delete",
        "download" => "Download",
        _ => "Move",
    }
}
