//! The page of a library: what is in it, found, sorted and selected.

mod rows;

use askama::Template;
use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries::columns::{self, BUILT_IN, Column, View};
use chancery::libraries::{self, COUNTED, LibraryHead, LibraryPage, Sort};
use serde::Deserialize;

use self::rows::{Line, Shown, shown};
use super::parts::crumbs;
use super::query::{Heading, NOTHING, Query, id_of};
use super::{Exposure, chosen_address, library_address};
use crate::components::{Crumb, Field, Link, PageLink, Problem};
use crate::failure::Answer;
use crate::format;
use crate::forms::as_typed;
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
    fields: Vec<Field>,
    /// Further questions, which are folded away until one is asked.
    more: Vec<Field>,
    more_asked: bool,
    name: Heading,
    /// The columns after the name.
    headings: Vec<Shown>,
    /// Documents that say nothing where something is to be filled in.
    lacking: Vec<Link>,
    views: Vec<Link>,
    view: String,
    save_view: String,
    file: String,
    can_fill_in: bool,
    /// The list of what is not published, for those who may see that.
    drafts: Option<String>,
    /// To publish what is ticked, or to ask for it: what that is called.
    publish: Option<&'static str>,
    lines: Vec<Line>,
    marked: bool,
    shown: String,
    first: Option<PageLink>,
    next: Option<PageLink>,
    clear: Option<String>,
    back: String,
}

impl LibraryList {
    fn new(guest: &Guest, found: LibraryPage, query: Query, known: &[View]) -> Self {
        let LibraryPage {
            head,
            folder,
            columns,
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
        let count = items.len() as u64;
        let last = items.last().map(|line| line.name.clone());
        let view = known.iter().find(|view| view.id.to_string() == query.view);
        let headings = shown(&query, id, &columns, view);
        let lines: Vec<Line> = items
            .into_iter()
            .map(|line| Line::of(guest, id, &columns, &headings, line))
            .collect();
        let written = query.page("").written();
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
            fields: query.fields(head.publishing.filter(|_| head.can_contribute)),
            drafts: (head.publishing.is_some() && head.can_contribute)
                .then(|| Query::of_drafts().address(id)),
            name: query.heading(id, Sort::Name, "Name"),
            more_asked: query.asks_more(),
            more: query.more_fields(&columns),
            headings,
            lacking: lacking(&query, id, &columns),
            views: view_links(id, known, &query),
            view: view.map(|view| view.name.clone()).unwrap_or_default(),
            save_view: format!("/libraries/{id}/views/new?{written}"),
            file: format!("/libraries/{id}/list.csv?{written}"),
            publish: publish(&head),
            can_fill_in: head.can_contribute && !columns.is_empty(),
            marked: lines.iter().any(|line| line.marking.is_some()),
            shown: shown_of(count, total),
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

impl LibraryList {
    /// Shows no list, but what is wrong with its filters, in their order.
    fn put_right(&mut self, wrong: Vec<String>) {
        let asked = self.query.filters.iter().map(|(name, _)| name);
        for (name, why) in asked.zip(wrong).filter(|(_, why)| !why.is_empty()) {
            let why = as_typed(&why);
            let mut fields = self.fields.iter_mut().chain(&mut self.more);
            let field = fields.find(|field| field.name == *name);
            self.problems.push(match field {
                Some(field) => {
                    field.error.clone_from(&why);
                    Problem::on(&id_of(name), why)
                }
                None => Problem::whole(why),
            });
        }
        self.frame.error = true;
        self.lines.clear();
        self.next = None;
        self.first = None;
    }
}

/// Where a column is to be filled in, the documents that say nothing there.
fn lacking(query: &Query, id: Id<thing::Library>, columns: &[Column]) -> Vec<Link> {
    columns
        .iter()
        .filter(|column| column.required)
        .map(|column| {
            let asked = Query {
                folder: query.folder.clone(),
                view: "all".to_owned(),
                filters: vec![(format!("{}.is", column.id), NOTHING.to_owned())],
                ..Query::default()
            };
            Link::new(column.name.clone(), asked.address(id))
        })
        .collect()
}

/// The views that there are, but for the one that is open.
fn view_links(id: Id<thing::Library>, known: &[View], query: &Query) -> Vec<Link> {
    let mut links = Vec::new();
    if known.is_empty() {
        return links;
    }
    let of = |view: &str| {
        let asked = Query {
            folder: query.folder.clone(),
            view: view.to_owned(),
            ..Query::default()
        };
        asked.address(id)
    };
    if !query.view.is_empty() && query.view != "all" {
        links.push(Link::new("All", of("all")).hidden(" without a view"));
    }
    for view in known {
        let view_id = view.id.to_string();
        if view_id != query.view {
            links.push(Link::new(view.name.clone(), of(&view_id)));
        }
    }
    links
}

/// What it is called to publish several documents here, or to ask an owner for it.
fn publish(head: &LibraryHead) -> Option<&'static str> {
    let publishing = head.publishing.filter(|_| head.can_contribute)?;
    Some(if publishing.approval && !head.can_own {
        "Ask for approval"
    } else {
        "Publish"
    })
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
            Link::new("Columns", format!("/libraries/{id}/columns")),
            Link::new(
                "How long things are kept",
                format!("/libraries/{id}/keeping"),
            ),
            Link::new("Legal holds", format!("/libraries/{id}/holds")),
            Link::new("Alerts", format!("/libraries/{id}/alerts")),
            Link::new(
                "Marking requests",
                format!("/libraries/{id}/marking-requests"),
            ),
            Link::new(
                "Marking of unmarked documents",
                format!("/libraries/{id}/default-marking"),
            ),
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
    let list = find(&guest, id, query).await?;
    if list.frame.error {
        return problem_page(&list);
    }
    page(&list)
}

/// What the address asks for: with the view that it names, or that everybody sees at first, written out.
pub(super) async fn resolved(
    guest: &Guest,
    id: Id<thing::Library>,
    query: Query,
) -> Result<(Query, Vec<View>), Error> {
    let views = columns::known_views(&guest.actor, id).await?;
    let opened = views.iter().find(|view| {
        if query.view.is_empty() {
            view.is_default && query.is_bare()
        } else {
            view.id.to_string() == query.view
        }
    });
    let query = match opened {
        Some(view) if !query.exact => query.opened(view),
        _ => query,
    };
    Ok((query, views))
}

async fn find(guest: &Guest, id: Id<thing::Library>, query: Query) -> Result<LibraryList, Error> {
    let (query, views) = resolved(guest, id, query).await?;
    let mut listing = query.listing(guest.portal.now())?;
    match libraries::list(&guest.actor, id, &listing).await {
        Ok(found) => Ok(LibraryList::new(guest, found, query, &views)),
        // A filter that cannot be asked: no list, for whoever asked for less would take it for that; and what would be right.
        Err(Error::Invalid(problems)) if problems.of("filters").is_some() => {
            listing.filters = Vec::new();
            listing.after = None;
            listing.sort = Sort::Name;
            let found = libraries::list(&guest.actor, id, &listing).await?;
            // A view asks nothing any more of a column that has ended.
            let mut query = query;
            let publishing = found.head.publishing.is_some();
            if !query.view.is_empty() && query.forget_others(&found.columns, publishing) {
                let listing = query.listing(guest.portal.now())?;
                if let Ok(found) = libraries::list(&guest.actor, id, &listing).await {
                    return Ok(LibraryList::new(guest, found, query, &views));
                }
            }
            let wrong = columns::faults(
                &query.asked(),
                guest.portal.now(),
                &found.columns,
                publishing,
            );
            let mut list = LibraryList::new(guest, found, query.page(""), &views);
            list.put_right(wrong);
            Ok(list)
        }
        // A place in a list that is ordered otherwise now, or by a column that has ended: begin at its first page.
        Err(Error::Invalid(_)) if listing.after.is_some() || !query.sort.is_empty() => {
            listing.after = None;
            let query = match libraries::list(&guest.actor, id, &listing).await {
                Ok(found) => {
                    return Ok(LibraryList::new(guest, found, query.page(""), &views));
                }
                Err(Error::Invalid(_)) => Query {
                    sort: String::new(),
                    order: String::new(),
                    ..query.page("")
                },
                Err(other) => return Err(other),
            };
            let listing = query.listing(guest.portal.now())?;
            let found = libraries::list(&guest.actor, id, &listing).await?;
            Ok(LibraryList::new(guest, found, query, &views))
        }
        Err(other) => Err(other),
    }
}

/// The whole list as a file.
pub(super) async fn file(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(query): Asked<Query>,
) -> Answer {
    let (query, views) = resolved(&guest, id, query).await?;
    let (_, known) = columns::columns(&guest.actor, id).await?;
    let view = views.iter().find(|view| view.id.to_string() == query.view);
    let keys: Vec<String> = match view {
        Some(view) if !view.shape.columns.is_empty() => view.shape.columns.clone(),
        _ => BUILT_IN
            .map(str::to_owned)
            .into_iter()
            .chain(known.iter().map(|column| column.id.to_string()))
            .collect(),
    };
    let listing = query.listing(guest.portal.now())?;
    let file = columns::export(&guest.actor, id, &listing, &keys).await?;
    Ok(wire::list_file(&file.head.name, file.content))
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
        "fill-in" => "fill-in",
        "publish" => "publish",
        _ => "move",
    };
    let items = super::chosen::read_items(&form.item);
    if !items.is_empty() {
        return go(&chosen_address(id, act, &items, &query.written()));
    }
    let mut list = find(&guest, id, query).await?;
    let text = match act {
        "fill-in" => {
            "Tick the documents whose properties you want to edit, then choose Edit properties"
                .to_owned()
        }
        "publish" => format!(
            "Tick the documents that readers are to see, then choose {}",
            list.publish.unwrap_or("Publish")
        ),
        _ => format!("Tick what you want to {act}, then choose {}", capital(act)),
    };
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
