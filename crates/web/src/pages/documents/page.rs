//! The page of a document.

use askama::Template;
use axum::http::StatusCode;
use chancery::assurance::{self, ReadingOf, Verdict};
use chancery::documents::{self, Can, DocumentPage};
use chancery::kernel::{Id, thing};
use chancery::libraries::{Closing, LibraryHead, columns};
use chancery::origins::Origins;
use chancery::people::{self, Author};
use chancery::{Error, libraries, retention};
use serde::Deserialize;

use super::kind::kind;
use super::notices::{Binned, Held, Left, LegallyHeld, Mine, Towards};
use super::origins::{CopiedFrom, Used, copied_from, used};
use super::versions::VersionItem;
use crate::pages::assurance::sealed_answer;
use crate::pages::legal_holds::new_hold;
use crate::pages::says::{Waits, from_whom};
use wire::content::opens;

use crate::components::{Button, Link, Tag};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::pages::libraries::{
    Exposure, When, chosen_address, library_address, parts_crumbs, said_of,
};
use crate::posted::Asked;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    /// The versions before this one.
    before: Option<u64>,
}

#[derive(Template)]
#[template(path = "documents/document.html")]
struct Document {
    frame: Frame,
    item: Id<thing::Document>,
    /// Its address in this realm. Not `id`: inside a component that name is the component's own.
    here: String,
    head: LibraryHead,
    can: Can,
    marking: Option<Tag>,
    marking_said: String,
    /// Nobody else can open it: it is being read, or held.
    mine_alone: Option<Closing>,
    version: String,
    /// That version is a draft, which readers do not see.
    draft: bool,
    published: When,
    towards_readers: Option<Towards>,
    /// The next step, and another beside it where there is one.
    next: Button,
    beside: Option<Button>,
    actions: Vec<Link>,
    binned: Option<Binned>,
    legally_held: Option<LegallyHeld>,
    kept_until: Option<When>,
    copied_from: Option<CopiedFrom>,
    used: Vec<Used>,
    held: Option<Held>,
    mine: Option<Mine>,
    left: Option<Left>,
    versions: Vec<VersionItem>,
    older: Option<String>,
    newest: Option<String>,
    exposure: Exposure,
    readers: Option<String>,
    place: Vec<Link>,
    added: When,
    added_by: String,
    kind: &'static str,
    size: String,
    address: String,
    /// Where its marking is from; empty where it has none.
    marked: String,
    /// What was found when it was read.
    read: Option<(When, String)>,
    /// What the page of its marking is for.
    say: &'static str,
    /// That somebody asks for another.
    waits: Option<Waits>,
    /// What its library asks, and what is said of it.
    properties: Vec<(String, String)>,
}

pub(super) async fn show(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Asked(query): Asked<Query>,
) -> Answer {
    match whole(&guest, id, query.before).await {
        // It is sealed at any of the moments in which its page is put together.
        Err(Failure(Error::Sealed)) => sealed_answer(&guest, id).await,
        other => other,
    }
}

async fn whole(guest: &Guest, id: Id<thing::Document>, before: Option<u64>) -> Answer {
    let found = match documents::document(&guest.actor, id, before).await {
        Err(Error::NotFound) => return gone(guest, id).await,
        other => other?,
    };
    // Whose account cannot be used has no page that could say how to reach them.
    let reachable = match &found.held {
        Some(held) if !held.mine => people::person(&guest.actor, held.by.id).await.is_ok(),
        _ => false,
    };
    // What is in the bin is asked nothing.
    let properties = match columns::said(&guest.actor, id).await {
        Ok(said) => said
            .into_iter()
            .map(|(column, said)| {
                let text = said.map_or_else(String::new, |said| said_of(&column, &said));
                (column.name, text)
            })
            .collect(),
        Err(Error::Conflict(_)) => Vec::new(),
        Err(other) => return Err(other.into()),
    };
    let origins = chancery::origins::origins(&mut guest.scope()?, id).await?;
    let reading = assurance::reading_of(&guest.actor, id).await?;
    let (marked, read) = read_said(guest, &reading);
    let waits = reading
        .request
        .as_ref()
        .map(|request| Waits::of(guest, request, found.head.can_own));
    page(&Document {
        say: match (reading.can_say, &reading.marked) {
            (true, Some(_)) => "Change the marking",
            (true, None) => "Say what its marking is",
            (false, Some(_)) => "See what it carried",
            (false, None) => "",
        },
        waits,
        marked,
        read,
        properties,
        ..Document::new(guest, found, before, reachable, &origins)
    })
}

/// Where a document's marking is from, and what was found when it was read.
fn read_said(guest: &Guest, reading: &ReadingOf) -> (String, Option<(When, String)>) {
    let marked = reading
        .marked
        .as_ref()
        .map_or_else(String::new, |marked| from_whom(guest, &marked.by));
    let read = reading.read.as_ref().map(|read| {
        let found = match (read.verdict, read.label.as_str(), read.place.as_str()) {
            (Verdict::Unread, ..) => "It could not be read wholly".to_owned(),
            (_, "", _) => "No marking found".to_owned(),
            (_, label, "") => format!("{label} found"),
            (_, label, place) => format!("{label} in {place}"),
        };
        (When::moment(read.at, guest.portal.zone()), found)
    });
    (marked, read)
}

/// What is known of a document that went for good, for those who own the library that it was in.
#[derive(Template)]
#[template(path = "documents/gone.html")]
struct GoneForGood {
    frame: Frame,
    library: Id<thing::Library>,
    deleted: When,
    deleted_by: String,
    gone: When,
    why: String,
    /// Who destroyed its content, and why, where an assurance officer has.
    destroyed: Option<(String, String)>,
}

/// For everybody else it is not there, and never was.
async fn gone(guest: &Guest, id: Id<thing::Document>) -> Answer {
    let (library, line) = retention::gone(&mut guest.scope()?, id).await?;
    let head = libraries::head(&guest.actor, library).await?;
    let zone = guest.portal.zone();
    let by = |author: &Author| guest.who(author);
    let shown = GoneForGood {
        library,
        deleted: When::day(line.binned_at, zone),
        deleted_by: by(&line.binned_by),
        gone: When::day(line.gone_at, zone),
        why: if line.gone_by.is_console() {
            "Its time in the recycle bin was over".to_owned()
        } else {
            format!("{} removed it from the recycle bin", by(&line.gone_by))
        },
        destroyed: line.destroyed.map(|reason| (by(&line.gone_by), reason)),
        frame: guest.in_library(line.name, &head, Vec::new()),
    };
    let mut answer = page(&shown)?;
    *answer.status_mut() = StatusCode::GONE;
    Ok(answer)
}

/// Who can see it: its library is what is asked about, and readers do not see all that is in it.
fn exposure(found: &DocumentPage) -> Exposure {
    let unknown = found
        .standing
        .as_ref()
        .is_some_and(|standing| standing.readers_see.is_none());
    let of = Exposure::of(&found.head);
    if found.binned.is_some() {
        of.tail(" can see its library. Readers cannot see what is in the recycle bin")
    } else if unknown {
        of.tail(" can see its library. Readers do not know of this document")
    } else {
        of
    }
}

impl Document {
    fn new(
        guest: &Guest,
        found: DocumentPage,
        before: Option<u64>,
        reachable: bool,
        origins: &Origins,
    ) -> Self {
        let zone = guest.portal.zone();
        let here = format!("/documents/{}", found.id);
        let (next, beside) = steps(&found, &here);
        let left = match &found.held {
            Some(held) if held.mine => None,
            _ => {
                let left = found.draft.as_ref();
                left.map(|draft| Left::new(&found, draft, zone))
            }
        };
        let mine = found
            .held
            .as_ref()
            .filter(|held| held.mine)
            .map(|held| Mine::new(&found, held, zone));
        let held = found
            .held
            .as_ref()
            .filter(|held| !held.mine)
            .map(|held| Held::new(&found, held, reachable, zone));
        Self {
            frame: guest.in_library(
                found.name.clone(),
                &found.head,
                parts_crumbs(found.head.id, &found.path),
            ),
            next,
            beside,
            actions: actions(&found, &here),
            binned: found
                .binned
                .as_ref()
                .map(|(at, by)| Binned::new(&found, *at, guest.who(by), zone)),
            legally_held: LegallyHeld::new(&found, zone),
            copied_from: copied_from(origins),
            used: used(origins),
            kept_until: found.kept.until.map(|until| When::day(until, zone)),
            held,
            mine,
            left,
            versions: found
                .versions
                .iter()
                .map(|line| VersionItem::new(&found, line, zone))
                .collect(),
            older: found
                .older
                .map(|older| format!("{here}?before={older}#versions")),
            newest: before.map(|_| format!("{here}#versions")),
            marking: found.marking.as_deref().map(|marking| {
                let designation = &guest.portal.realm().settings().designation;
                Tag::marking(marking, designation, guest.portal.hue(), false)
            }),
            marking_said: found.marking.clone().unwrap_or_default(),
            mine_alone: found.mine_alone,
            version: found.label.clone(),
            draft: found
                .standing
                .as_ref()
                .is_some_and(|standing| standing.draft),
            towards_readers: Towards::of(guest, &found),
            published: When::moment(found.changed_at, zone),
            exposure: exposure(&found),
            readers: found
                .readers
                .map(|readers| format::count(readers, "person", "people")),
            place: place(&found),
            added: When::day(found.created_at, zone),
            added_by: guest.by(&found.created_by),
            kind: kind(&found.media_type),
            size: format::size(found.size),
            address: guest.portal.absolute(&here),
            item: found.id,
            properties: Vec::new(),
            marked: String::new(),
            read: None,
            say: "",
            waits: None,
            here,
            can: found.can,
            head: found.head,
        }
    }
}

/// Where it is: the site, the library and the folders in it.
fn place(found: &DocumentPage) -> Vec<Link> {
    let library = found.head.id;
    let site = &found.head.site.line;
    let mut links = vec![
        Link::new(site.name.clone(), format!("/sites/{}", site.id)),
        Link::new(found.head.name.clone(), library_address(library, None)),
    ];
    links.extend(
        found
            .path
            .iter()
            .map(|(folder, name)| Link::new(name, library_address(library, Some(*folder)))),
    );
    links
}

/// What a version is called: by its number where it is too old to be among those that the page lists.
pub(super) fn label_of(found: &DocumentPage, number: u64) -> String {
    let line = found.versions.iter().find(|line| line.number == number);
    line.map_or_else(|| number.to_string(), |line| line.label.clone())
}

/// What to read with: in the browser where it can, otherwise by downloading.
fn open(found: &DocumentPage, here: &str) -> (String, String) {
    let number = &found.label;
    if opens(&found.media_type) {
        (format!("Open version {number}"), format!("{here}/content"))
    } else {
        (
            format!("Download version {number}"),
            format!("{here}/content?download=1"),
        )
    }
}

/// The one next step, and the second that belongs beside it.
fn steps(found: &DocumentPage, here: &str) -> (Button, Option<Button>) {
    let (text, href) = open(found, here);
    let reading = Button::link(text, href);
    let can = &found.can;
    if can.check_in {
        let check_in = Button::link("Check in", format!("{here}/check-in"));
        return (check_in, Some(reading.secondary()));
    }
    let check_out = can
        .check_out
        .then(|| Button::link("Check out to edit", format!("{here}/check-out")).secondary());
    (reading, check_out)
}

/// What else can be done.
fn actions(found: &DocumentPage, here: &str) -> Vec<Link> {
    let can = &found.can;
    let library = found.head.id;
    let back = found
        .path
        .last()
        .map(|(folder, _)| format!("folder={folder}"))
        .unwrap_or_default();
    let asked = |act| chosen_address(library, act, &[found.id.item()], &back);
    let mut links = vec![Link::new(
        format!("Preview version {}", found.label),
        format!("{here}/preview"),
    )];
    if found.versions.len() > 1 || found.older.is_some() {
        links.push(Link::new(
            "Compare the last two versions",
            format!("{here}/compare"),
        ));
    }
    if opens(&found.media_type) {
        links.push(Link::new(
            format!("Download version {}", found.label),
            format!("{here}/content?download=1"),
        ));
    }
    if can.add_version {
        links.push(Link::new("Upload a new version", format!("{here}/upload")));
    }
    if can.rename {
        links.push(Link::new("Rename", format!("/items/{}/rename", found.id)));
        links.push(Link::new("Move", asked("move")));
    }
    if can.delete {
        links.push(Link::new("Delete", asked("delete")));
    }
    if can.own && found.binned.is_none() {
        links.push(Link::new("How long it is kept", format!("{here}/keeping")));
    }
    if can.own && found.kept.held {
        let holds = format!("/libraries/{library}/holds");
        links.push(Link::new("Under legal hold: see why", holds));
    } else if can.own {
        let hold = new_hold(library, found.id);
        links.push(Link::new("Put under legal hold", hold));
    }
    links
}
