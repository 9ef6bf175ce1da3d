//! The recycle bin of a library.

use askama::Template;
use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, BinLine, BinPage};
use serde::Deserialize;

use super::When;
use crate::components::{PageLink, Problem};
use crate::failure::{Answer, url_escape};
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, done, page, problem_page};
use crate::named::Named;
use crate::posted::{Asked, Posted};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    after: String,
}

#[derive(Template)]
#[template(path = "libraries/bin.html")]
struct Bin {
    frame: Frame,
    problems: Vec<Problem>,
    id: Id<thing::Library>,
    library: String,
    owns: bool,
    lines: Vec<Line>,
    after: String,
    first: Option<PageLink>,
    next: Option<PageLink>,
}

struct Line {
    id: Id<thing::Item>,
    name: String,
    is_document: bool,
    note: String,
    goes: Option<When>,
    /// A retention rule keeps it until then.
    kept: Option<When>,
    deleted: When,
    by: String,
}

impl Line {
    fn of(guest: &Guest, line: BinLine) -> Self {
        let place = match line.was_in.as_str() {
            "" => "Was at the top of the library".to_owned(),
            path => format!("Was in {path}"),
        };
        let note = if line.is_document {
            place
        } else {
            let inside = format::count(line.inside, "document", "documents");
            format!("Folder, {inside} deleted with it. {place}")
        };
        Self {
            id: line.id,
            name: line.name,
            is_document: line.is_document,
            note,
            goes: line
                .goes_at
                .map(|goes| When::day(goes, guest.portal.zone())),
            kept: line
                .kept_until
                .map(|until| When::day(until, guest.portal.zone())),
            deleted: When::moment(line.binned_at, guest.portal.zone()),
            by: line.binned_by.in_full(),
        }
    }
}

impl Line {
    fn tick_label(&self) -> String {
        format!("Select {}", self.name)
    }
}

async fn find(guest: &Guest, id: Id<thing::Library>, after: String) -> Result<Bin, Error> {
    let asked = (!after.is_empty()).then_some(after.as_str());
    let BinPage { head, items, next } = libraries::bin_list(&guest.actor, id, asked).await?;
    let here = format!("/libraries/{id}/bin");
    Ok(Bin {
        frame: guest.in_library("Recycle bin", &head, Vec::new()),
        problems: Vec::new(),
        id,
        lines: items
            .into_iter()
            .map(|line| Line::of(guest, line))
            .collect(),
        first: (!after.is_empty()).then(|| PageLink::new(here.clone(), "From the beginning")),
        next: next.map(|next| PageLink::new(format!("{here}?after={}", url_escape(&next)), "")),
        after,
        owns: head.can_own,
        library: head.name,
    })
}

pub(super) async fn show(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(query): Asked<Query>,
) -> Answer {
    page(&find(&guest, id, query.after).await?)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ticked {
    item: Vec<String>,
    after: String,
    /// "document" when it was asked for on the page of the one document.
    from: String,
}

pub(super) async fn restore(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(ticked): Posted<Ticked>,
) -> Answer {
    let items = super::chosen::read_items(&ticked.item);
    if items.is_empty() {
        let mut bin = find(&guest, id, ticked.after).await?;
        let text = "Tick what you want to bring back, then choose Restore";
        bin.problems = vec![match bin.lines.first() {
            Some(line) => Problem::on(&format!("item-{}", line.id), text),
            None => Problem::whole(text),
        }];
        bin.frame.error = true;
        return problem_page(&bin);
    }
    let to = match items.as_slice() {
        [document] if ticked.from == "document" => format!("/documents/{document}"),
        _ => format!("/libraries/{id}"),
    };
    let count = match libraries::restore(&guest.actor, id, &items).await {
        Ok(count) => count,
        // Sent twice: what is not in the bin any more is where it was.
        Err(Error::NotFound) if is_back(&guest, id, &items).await => {
            return done(
                &to,
                "It is not in the recycle bin any more, so nothing was changed.",
            );
        }
        Err(other) => return Err(other.into()),
    };
    let said = if count == 1 {
        "1 item was restored to where it was.".to_owned()
    } else {
        format!(
            "{} were restored to where they were.",
            format::count(count, "item", "items")
        )
    };
    done(&to, said)
}

/// Whether the first of these is in the library, and not in its bin.
async fn is_back(guest: &Guest, id: Id<thing::Library>, items: &[Id<thing::Item>]) -> bool {
    match items.first() {
        Some(item) => libraries::item(&guest.actor, *item)
            .await
            .is_ok_and(|item| item.head.id == id),
        None => false,
    }
}
