//! One item or several that were ticked in a list: which they are, and putting them in the recycle bin.

use std::fmt::Write as _;

use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, ItemLine, LibraryHead, Listing};
use serde::Deserialize;

use super::query::Query;
use super::{CHANGERS, ConfirmPage, Stopped};
use crate::components::Crumb;
use crate::failure::{Answer, url_escape};
use crate::format;
use crate::guest::{Guest, done, go};
use crate::named::Named;
use crate::posted::{Asked, Posted};

/// Lines that the verb gives at most: everything that can be ticked on one page, and room for
/// what was added above it meanwhile.
const MOST_LINES: u32 = 200;

/// Which items, ticked in which list, to be moved to which place.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ticked {
    item: Vec<String>,
    /// The query of the list.
    pub(super) back: String,
    pub(super) to: String,
    /// From the page that asks where to: who gains and loses access is shown before anything moves.
    pub(super) asked: String,
    /// What the page about that showed, so that nothing else is done.
    pub(super) shown: String,
    /// How many drafts it said that readers see there.
    pub(super) drafts: String,
}

impl Ticked {
    /// From a form that has more in it.
    pub(super) fn of_form(item: Vec<String>, back: String) -> Self {
        Self {
            item,
            back,
            ..Self::default()
        }
    }

    pub(super) fn items(&self) -> Vec<Id<thing::Item>> {
        read_items(&self.item)
    }

    pub(super) fn query(&self) -> Query {
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
pub(super) struct Chosen {
    pub(super) head: LibraryHead,
    pub(super) crumbs: Vec<Crumb>,
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
        let mut said = self.whole();
        if let Some(by) = &self.held_by {
            let _ = write!(said, ", checked out by {by}");
        }
        said
    }

    /// With everything in it, and without who holds it: that is said elsewhere on the page.
    fn whole(&self) -> String {
        let mut said = self.name.clone();
        if !self.is_document {
            said.push_str(" and everything in it");
        }
        said
    }
}

impl Chosen {
    /// One item is asked for by itself; several are looked up in the list they were ticked in, so
    /// that the number of questions does not grow with the number of ticks.
    pub(super) async fn find(
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

    /// Whether none of it is here any more.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// One thing by its name, several by their number.
    pub(super) fn called(&self) -> String {
        match self.items.as_slice() {
            [one] => one.name.clone(),
            several => format::count(several.len() as u64, "item", "items"),
        }
    }

    /// Each of several things, to be read before it is done.
    pub(super) fn several(&self) -> Vec<String> {
        match self.items.as_slice() {
            [_] => Vec::new(),
            several => several.iter().map(One::described).collect(),
        }
    }

    /// The same where what stands in the way of one of them is said already.
    pub(super) fn several_whole(&self) -> Vec<String> {
        match self.items.as_slice() {
            [_] => Vec::new(),
            several => several.iter().map(One::whole).collect(),
        }
    }

    /// What stands in the way of doing something with them, said before it is tried; `until` is what that is.
    pub(super) async fn stopped(
        &self,
        guest: &Guest,
        library: Id<thing::Library>,
        until: &str,
    ) -> Result<Option<Stopped>, Error> {
        let hindrance = libraries::hindrance(&guest.actor, library, &self.ids()).await?;
        Ok(hindrance.map(|hindrance| Stopped::new(guest, hindrance, until)))
    }

    pub(super) fn ids(&self) -> Vec<Id<thing::Item>> {
        self.items.iter().map(|item| item.id).collect()
    }

    pub(super) fn hidden(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.items.iter().map(|item| ("item", item.id.to_string()))
    }
}

pub(super) fn said(count: u64, what: &str) -> String {
    let items = format::count(count, "item", "items");
    let verb = if count == 1 { "was" } else { "were" };
    format!("{items} {verb} {what}.")
}

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
    .what(chosen.several());
    if let Some(stopped) = chosen.stopped(&guest, id, "deleted").await? {
        page = page.what(chosen.several_whole()).stopped(Some(stopped));
    }
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
    let count = match libraries::bin(&guest.actor, id, &ticked.items()).await {
        Ok(count) => count,
        // Sent twice: what is in the bin already is not deleted again.
        Err(Error::NotFound) if is_binned(&guest, id, &ticked).await => {
            return done(
                &format!("/libraries/{id}/bin"),
                "It is in the recycle bin already, so nothing was changed.",
            );
        }
        Err(other) => return Err(other.into()),
    };
    done(
        &ticked.query().address(id),
        said(count, "put in the recycle bin"),
    )
}

/// Whether one of these is among what was deleted last.
async fn is_binned(guest: &Guest, id: Id<thing::Library>, ticked: &Ticked) -> bool {
    let items = ticked.items();
    libraries::bin_list(&guest.actor, id, None)
        .await
        .is_ok_and(|bin| bin.items.iter().any(|line| items.contains(&line.id)))
}
