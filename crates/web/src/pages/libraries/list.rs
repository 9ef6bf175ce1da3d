//! The page of a library: what is in it, found, sorted and selected.

use askama::Template;
use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries::columns::{self, BUILT_IN, Column, View};
use chancery::libraries::{self, COUNTED, Closing, ItemLine, LibraryHead, LibraryPage, Sort};
use serde::Deserialize;

use super::parts::crumbs;
use super::properties::said_of;
use super::query::{Heading, NOTHING, Query, id_of};
use super::{Exposure, When, chosen_address, library_address};
use crate::components::{Crumb, Field, Hue, Link, PageLink, Problem, Tag};
use crate::failure::Answer;
use crate::format;
use crate::forms::as_typed;
use crate::frame::Frame;
use crate::guest::{Guest, InSite, go, page, problem_page};
use crate::named::Named;
use crate::pages::documents::kind;
use crate::posted::{Asked, Posted};

/// How many of the library's own columns are shown where no view says which.
const OWN_SHOWN: usize = 3;

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
    lines: Vec<Line>,
    held: Tag,
    marked: bool,
    shown: String,
    first: Option<PageLink>,
    next: Option<PageLink>,
    clear: Option<String>,
    back: String,
}

/// A column after the name.
struct Shown {
    /// As views and addresses name it.
    key: String,
    /// One that no list is ordered by has no address.
    heading: Heading,
    width: &'static str,
}

/// What a row says in a column.
struct Cell {
    /// Said before it where the table is a list; empty where it says nothing.
    label: String,
    text: String,
    when: Option<When>,
    /// Stands in place of its text.
    tag: Option<Tag>,
    sub: String,
    class: &'static str,
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
    /// How it is closed, and what that means.
    closed: Option<(Tag, &'static str)>,
    marking: Option<Tag>,
    cells: Vec<Cell>,
}

impl Line {
    fn of(
        guest: &Guest,
        library: Id<thing::Library>,
        columns: &[Column],
        shown: &[Shown],
        line: ItemLine,
    ) -> Self {
        let zone = guest.portal.zone();
        let cells = shown
            .iter()
            .map(|shown| cell(guest, columns, shown, &line))
            .collect();
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
            closed: line.closing.map(closed),
            marking: line
                .marking
                .as_deref()
                .map(|marking| marked(guest, marking, line.sealed)),
            cells,
            name: line.name,
        }
    }
}

impl Line {
    fn tick_label(&self) -> String {
        format!("Select {}", self.name)
    }
}

/// What a row says in this column.
fn cell(guest: &Guest, columns: &[Column], shown: &Shown, line: &ItemLine) -> Cell {
    let by = match line.changed_by_organisation.as_str() {
        "" => line.changed_by.clone(),
        organisation => format!("{}, {organisation}", line.changed_by),
    };
    let mut cell = Cell {
        label: shown.heading.text.clone(),
        text: String::new(),
        when: None,
        tag: None,
        sub: String::new(),
        class: "",
    };
    match shown.key.as_str() {
        "changed" => {
            cell.when = Some(When::moment(line.changed_at, guest.portal.zone()));
            cell.sub = by;
        }
        "by" => cell.text = by,
        "version" if line.is_document => match &line.label {
            Some((label, true)) => cell.tag = Some(Tag::new(format!("Draft {label}"), Hue::Yellow)),
            Some((label, false)) => label.clone_into(&mut cell.text),
            None => cell.text = line.version.to_string(),
        },
        "size" => {
            cell.class = " ch-nowrap";
            if line.is_document {
                cell.text = format::size(line.size);
            }
        }
        "kind" if line.is_document => kind(&line.media_type).clone_into(&mut cell.text),
        key => {
            let column = columns.iter().find(|column| column.id.to_string() == key);
            let said = line
                .properties
                .iter()
                .find(|property| property.column.to_string() == key);
            if let (Some(column), Some(said)) = (column, said) {
                cell.class = " ch-said";
                cell.text = said_of(column, said);
            }
        }
    }
    if cell.text.is_empty() && cell.when.is_none() && cell.tag.is_none() {
        cell.label = String::new();
    }
    cell
}

/// The columns after the name: those of the view, or else the usual ones and the first of the library's own.
fn shown(
    query: &Query,
    id: Id<thing::Library>,
    columns: &[Column],
    view: Option<&View>,
) -> Vec<Shown> {
    let usual = || {
        let own = columns
            .iter()
            .take(OWN_SHOWN)
            .map(|column| column.id.to_string());
        ["version", "size", "changed"]
            .map(str::to_owned)
            .into_iter()
            .chain(own)
            .collect()
    };
    let keys: Vec<String> = match view {
        Some(view) if !view.shape.columns.is_empty() => view.shape.columns.clone(),
        _ => usual(),
    };
    keys.into_iter()
        .filter_map(|key| {
            let (sort, text, width) = match key.as_str() {
                "version" => (Sort::Version, "Version", "ch-col-narrow"),
                "size" => (Sort::Size, "Size", "ch-col-narrow"),
                "changed" => (Sort::Changed, "Changed", "ch-col-wide"),
                "by" => (Sort::By, "Changed by", "ch-col-middle"),
                "kind" => (Sort::Kind, "Type", "ch-col-narrow"),
                _ => {
                    let column = columns.iter().find(|column| column.id.to_string() == key)?;
                    (Sort::Column(column.id), column.name.as_str(), "")
                }
            };
            Some(Shown {
                heading: query.heading(id, sort, text),
                width,
                key,
            })
        })
        .collect()
}

/// The tag of a marking, coloured by how it stands to the realm's designation.
fn marked(guest: &Guest, marking: &str, above: bool) -> Tag {
    let designation = &guest.portal.realm().settings().designation;
    Tag::marking(marking, designation, guest.portal.hue(), above)
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
            fields: query.fields(),
            name: query.heading(id, Sort::Name, "Name"),
            more_asked: !query.filters.is_empty() || !query.flat.is_empty(),
            more: query.more_fields(&columns),
            headings,
            lacking: lacking(&query, id, &columns),
            views: view_links(id, known, &query),
            view: view.map(|view| view.name.clone()).unwrap_or_default(),
            save_view: format!("/libraries/{id}/views/new?{written}"),
            file: format!("/libraries/{id}/list.csv?{written}"),
            can_fill_in: head.can_contribute && !columns.is_empty(),
            marked: lines.iter().any(|line| line.marking.is_some()),
            held: Tag::new("Checked out", Hue::Blue),
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
            let field = self.more.iter_mut().find(|field| field.name == *name);
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

/// How a document is closed, and what that means.
fn closed(closing: Closing) -> (Tag, &'static str) {
    match closing {
        Closing::BeingRead => (
            Tag::new("Being checked", Hue::Teal),
            "It can be opened in a moment",
        ),
        Closing::Held => (
            Tag::new("Held", Hue::Orange),
            "Only its author can open it until an assurance officer has decided",
        ),
        Closing::Sealed => (
            Tag::new("Sealed", Hue::Red),
            "Nobody can open it until an assurance officer has decided",
        ),
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
            if !query.view.is_empty() && query.forget_others(&found.columns) {
                let listing = query.listing(guest.portal.now())?;
                if let Ok(found) = libraries::list(&guest.actor, id, &listing).await {
                    return Ok(LibraryList::new(guest, found, query, &views));
                }
            }
            let wrong = columns::faults(&query.asked(), guest.portal.now(), &found.columns);
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
