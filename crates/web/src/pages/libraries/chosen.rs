//! One item or several: moved, or put in the recycle bin.

use std::fmt::Write as _;

use chancery::grants;
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, Destination, ItemLine, LibraryHead, Listing};
use chancery::{Error, Problems};
use serde::Deserialize;

use super::moving::{self, Move, MovePage};
use super::query::Query;
use super::{CHANGERS, ConfirmPage, library_address};
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::{Answer, url_escape};
use crate::format;
use crate::forms::FormPage;
use crate::guest::{Guest, done, go};
use crate::named::Named;
use crate::posted::{Asked, Posted};

/// More places than this are a closed list.
const MOST_RADIOS: usize = 12;
/// Lines that the verb gives at most: everything that can be ticked on one page, and room for
/// what was added above it meanwhile.
const MOST_LINES: u32 = 200;

/// Which items, ticked in which list, to be moved to which place.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ticked {
    item: Vec<String>,
    /// The query of the list.
    back: String,
    to: String,
    /// From the page that asks where to: who gains and loses access is shown before anything moves.
    asked: String,
    /// What the page about that showed, so that nothing else is done.
    shown: String,
}

impl Ticked {
    fn items(&self) -> Vec<Id<thing::Item>> {
        read_items(&self.item)
    }

    fn query(&self) -> Query {
        serde_html_form::from_str(&self.back).unwrap_or_default()
    }
}

/// The items that a query or a form names; what is no id names nothing.
pub(super) fn read_items(texts: &[String]) -> Vec<Id<thing::Item>> {
    let mut items: Vec<_> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// The address of the page that asks about these items; `back` is the query of the list they are in.
pub(in crate::pages) fn chosen_address(
    library: Id<thing::Library>,
    act: &str,
    items: &[Id<thing::Item>],
    back: &str,
) -> String {
    let mut address = format!("/libraries/{library}/{act}?");
    for (place, item) in items.iter().enumerate() {
        let and = if place == 0 { "" } else { "&" };
        let _ = write!(address, "{and}item={item}");
    }
    if !back.is_empty() {
        let _ = write!(address, "&back={}", url_escape(back));
    }
    address
}

/// What was ticked, as far as it is still there.
struct Chosen {
    head: LibraryHead,
    crumbs: Vec<Crumb>,
    items: Vec<One>,
}

struct One {
    id: Id<thing::Item>,
    name: String,
    is_document: bool,
    held_by: Option<String>,
}

impl One {
    fn of(line: ItemLine) -> Self {
        Self {
            id: line.id,
            name: line.name,
            is_document: line.is_document,
            held_by: line.held.map(|held| {
                if held.mine {
                    "you".to_owned()
                } else {
                    format!("{} of {}", held.name, held.organisation)
                }
            }),
        }
    }

    fn described(&self) -> String {
        let mut said = self.name.clone();
        if !self.is_document {
            said.push_str(" and everything in it");
        }
        if let Some(by) = &self.held_by {
            let _ = write!(said, ", checked out by {by}");
        }
        said
    }
}

impl Chosen {
    /// One item is asked for by itself; several are looked up in the list they were ticked in, so
    /// that the number of questions does not grow with the number of ticks.
    async fn find(
        guest: &Guest,
        library: Id<thing::Library>,
        ticked: &Ticked,
    ) -> Result<Self, Error> {
        let items = ticked.items();
        let chosen = if let [item] = items.as_slice() {
            let item = libraries::item(&guest.actor, *item).await?;
            if item.head.id != library {
                return Err(Error::NotFound);
            }
            Self {
                crumbs: super::parts::crumbs(library, &item.path),
                head: item.head,
                items: vec![One {
                    id: item.id,
                    name: item.name,
                    is_document: item.is_document,
                    held_by: None,
                }],
            }
        } else {
            let listing = Listing {
                limit: MOST_LINES,
                ..ticked.query().listing(guest.portal.now())?
            };
            let found = libraries::list(&guest.actor, library, &listing).await?;
            let mut path = Vec::new();
            if let Some(folder) = found.folder {
                path.extend(folder.path);
                path.push((folder.id, folder.name));
            }
            Self {
                crumbs: super::parts::crumbs(library, &path),
                head: found.head,
                items: found
                    .items
                    .into_iter()
                    .filter(|line| items.contains(&line.id))
                    .map(One::of)
                    .collect(),
            }
        };
        if chosen.head.can_contribute {
            Ok(chosen)
        } else {
            Err(Error::Refused(CHANGERS))
        }
    }

    /// One thing by its name, several by their number.
    fn called(&self) -> String {
        match self.items.as_slice() {
            [one] => one.name.clone(),
            several => format::count(several.len() as u64, "item", "items"),
        }
    }

    /// Each of several things, to be read before it is done.
    fn several(&self) -> Vec<String> {
        match self.items.as_slice() {
            [_] => Vec::new(),
            several => several.iter().map(One::described).collect(),
        }
    }

    /// What stands in the way of doing something with them, said before it is tried.
    async fn hindrance(
        &self,
        guest: &Guest,
        library: Id<thing::Library>,
    ) -> Result<Option<String>, Error> {
        let items: Vec<_> = self.items.iter().map(|item| item.id).collect();
        libraries::hindrance(&guest.actor, library, &items).await
    }

    fn hidden(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.items.iter().map(|item| ("item", item.id.to_string()))
    }
}

fn said(count: u64, what: &str) -> String {
    let items = format::count(count, "item", "items");
    let verb = if count == 1 { "was" } else { "were" };
    format!("{items} {verb} {what}.")
}

// --- Move ---

/// What a place is called in the form.
fn written(place: &Destination) -> String {
    match place.folder {
        Some(folder) => format!("{}.{folder}", place.library),
        None => place.library.to_string(),
    }
}

fn read_place(text: &str) -> Option<(Id<thing::Library>, Option<Id<thing::Folder>>)> {
    match text.split_once('.') {
        Some((library, folder)) => Some((library.parse().ok()?, Some(folder.parse().ok()?))),
        None => Some((text.parse().ok()?, None)),
    }
}

fn where_field(here: Id<thing::Library>, places: &[Destination], chosen: &str) -> Field {
    let choices: Vec<Choice> = places
        .iter()
        .map(|place| {
            let text = match (place.library == here, place.folder) {
                (true, None) => format!("{}, not in any folder", place.library_name),
                (true, Some(_)) => place.path.clone(),
                (false, None) => format!("{} on {}", place.library_name, place.site),
                (false, Some(_)) => {
                    format!("{} in {} on {}", place.path, place.library_name, place.site)
                }
            };
            Choice::new(written(place), text)
        })
        .collect();
    let field = if choices.len() > MOST_RADIOS {
        let none = Choice::new("", "Choose a place");
        Field::select("to", "Where to", std::iter::once(none).chain(choices))
    } else {
        Field::radios("to", "Where to", choices)
    };
    field.bold().value(chosen)
}

/// A sentence of a warning; none when there is nothing to warn of.
fn warned(why: Option<String>) -> String {
    why.map(|why| format!("{why}.")).unwrap_or_default()
}

async fn where_page(
    guest: &Guest,
    library: Id<thing::Library>,
    ticked: &Ticked,
    chosen: &Chosen,
) -> Result<FormPage, Error> {
    let items: Vec<_> = chosen.items.iter().map(|item| item.id).collect();
    let places = libraries::destinations(&guest.actor, library, &items).await?;
    let others = places.iter().any(|place| place.library != library);
    let title = format!("Move {}", chosen.called());
    let mut page = FormPage::new(
        guest.in_library(title, &chosen.head, chosen.crumbs.clone()),
        vec![where_field(library, &places, &ticked.to)],
        Button::submit(if others { "Continue" } else { "Move" }),
        ticked.query().address(library),
    )
    .what(chosen.several())
    .warning(warned(chosen.hindrance(guest, library).await?));
    if others {
        page = page.intro(
            "What you move to another library is seen by the people who can see that library, and nobody else. You see who that is before anything is moved. Addresses, versions and history stay.",
        );
    }
    for (name, value) in chosen.hidden() {
        page = page.hidden(name, value);
    }
    Ok(page
        .hidden("back", ticked.back.clone())
        .hidden("asked", "where"))
}

/// What comes before a move.
enum First {
    /// A page is shown.
    Page(Answer),
    /// Nothing: it is made, if it still does what this preview says.
    Move(Option<String>),
}

/// The page that says who gains and who loses sight of what is moved to another library; none when
/// nobody does, or when it was seen and is still so.
async fn shown_first(
    guest: &Guest,
    library: Id<thing::Library>,
    ticked: &Ticked,
    to: Id<thing::Library>,
) -> Result<First, Error> {
    if to == library || (ticked.asked.is_empty() && ticked.shown.is_empty()) {
        return Ok(First::Move(None));
    }
    let preview = moving::look(guest, library, to).await?;
    if preview.fingerprint == ticked.shown || preview.changes_nothing() {
        return Ok(First::Move(Some(preview.fingerprint)));
    }
    let chosen = Chosen::find(guest, library, ticked).await?;
    if chosen.items.is_empty() {
        return Ok(First::Move(Some(preview.fingerprint)));
    }
    // What stands in the way is said where the place is chosen.
    if chosen.hindrance(guest, library).await?.is_some() {
        let page = where_page(guest, library, ticked, &chosen).await?;
        return Ok(First::Page(page.ask()));
    }
    let title = format!("Move {}", chosen.called());
    let items: Vec<_> = chosen.items.iter().map(|item| item.id).collect();
    let mut hidden: Vec<_> = chosen.hidden().collect();
    hidden.push(("back", ticked.back.clone()));
    hidden.push(("to", ticked.to.clone()));
    let page = MovePage::of(
        guest,
        &chosen.head,
        to,
        &preview,
        Move {
            frame: guest.in_library(title, &chosen.head, chosen.crumbs.clone()),
            what: chosen.several(),
            hidden,
            back: chosen_address(library, "move", &items, &ticked.back),
            cancel: ticked.query().address(library),
        },
    )
    .await?;
    Ok(First::Page(if ticked.shown.is_empty() {
        page.ask()
    } else {
        page.again()
    }))
}

pub(super) async fn ask_where(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(ticked): Asked<Ticked>,
) -> Answer {
    let chosen = Chosen::find(&guest, id, &ticked).await?;
    if chosen.items.is_empty() {
        return go(&ticked.query().address(id));
    }
    where_page(&guest, id, &ticked, &chosen).await?.ask()
}

pub(super) async fn relocate(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(ticked): Posted<Ticked>,
) -> Answer {
    let problems = match read_place(&ticked.to) {
        None => Problems::one("to", "Choose where to move it"),
        Some((to, folder)) => {
            let (actor, items) = (&guest.actor, ticked.items());
            let moved = match shown_first(&guest, id, &ticked, to).await? {
                First::Page(page) => return page,
                First::Move(None) => libraries::relocate(actor, id, &items, to, folder).await,
                First::Move(Some(shown)) => {
                    grants::move_as_shown(actor, id, &items, to, folder, &shown).await
                }
            };
            match moved {
                Ok(0) => Problems::one("to", "It is there already. Choose another place"),
                Ok(count) => {
                    return done(&library_address(to, folder), said(count, "moved here"));
                }
                Err(Error::Invalid(problems)) => match problems.of("folder") {
                    Some(why) => Problems::one("to", why),
                    None => problems,
                },
                Err(Error::Conflict(why)) => Problems::one("to", why),
                Err(other) => return Err(other.into()),
            }
        }
    };
    let chosen = Chosen::find(&guest, id, &ticked).await?;
    if chosen.items.is_empty() {
        return go(&ticked.query().address(id));
    }
    where_page(&guest, id, &ticked, &chosen)
        .await?
        .refuse(&problems)
}

// --- Delete ---

pub(super) async fn ask_delete(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(ticked): Asked<Ticked>,
) -> Answer {
    let chosen = Chosen::find(&guest, id, &ticked).await?;
    let (title, says) = match chosen.items.as_slice() {
        [] => return go(&ticked.query().address(id)),
        [one] => (
            format!("Delete {}", one.described()),
            "It goes to the recycle bin of this library. Readers will no longer see it. Contributors and owners can restore it.",
        ),
        several => (
            format!("Delete {} items", several.len()),
            "These go to the recycle bin of this library. Readers will no longer see them. Contributors and owners can restore them.",
        ),
    };
    let mut page = ConfirmPage::new(
        guest.in_library(title, &chosen.head, chosen.crumbs.clone()),
        format!("Delete {}", chosen.called()),
        ticked.query().address(id),
    )
    .says(says)
    .stopped(chosen.hindrance(&guest, id).await?)
    .what(chosen.several());
    for (name, value) in chosen.hidden() {
        page = page.hidden(name, value);
    }
    page.hidden("back", ticked.back.clone()).ask()
}

pub(super) async fn delete(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(ticked): Posted<Ticked>,
) -> Answer {
    let count = libraries::bin(&guest.actor, id, &ticked.items()).await?;
    done(
        &ticked.query().address(id),
        said(count, "put in the recycle bin"),
    )
}
