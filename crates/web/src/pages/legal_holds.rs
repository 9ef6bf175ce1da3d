//! What must be kept: legal holds on a library and on documents of it.

use askama::Template;
use chancery::kernel::{Id, thing};
use chancery::libraries::{self, LibraryHead};
use chancery::retention::{self, LegalHold};
use chancery::{Error, documents};
use serde::Deserialize;

use super::libraries::{OWNERS, When};
use crate::components::{Button, Crumb, Field};
use crate::failure::{Answer, Failure};
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, done, page};
use crate::named::Named;
use crate::posted::{Asked, Posted};
use crate::routes::routes;

routes! {
    get "/libraries/{id}/holds" => list;
    get "/libraries/{id}/holds/new" => ask;
    post "/libraries/{id}/holds/new" => place;
    get "/libraries/{id}/holds/{hold}/lift" => ask_to_lift;
    post "/libraries/{id}/holds/{hold}/lift" => lift;
}

/// The address of the page that asks why this is to be kept.
pub(super) fn new_hold(library: Id<thing::Library>, document: Id<thing::Document>) -> String {
    format!("/libraries/{library}/holds/new?document={document}")
}

struct Line {
    hold: Id<thing::LegalHold>,
    document: Option<(String, String)>,
    reason: String,
    since: When,
    by: String,
}

#[derive(Template)]
#[template(path = "libraries/legal_holds.html")]
struct List {
    frame: Frame,
    head: LibraryHead,
    lines: Vec<Line>,
}

async fn list(guest: Guest, Named(id): Named<Id<thing::Library>>) -> Answer {
    let (head, holds) = retention::legal_holds(&guest.actor, id).await?;
    let zone = guest.portal.zone();
    let line = |hold: LegalHold| Line {
        hold: hold.id,
        document: hold
            .document
            .map(|(document, name)| (format!("/documents/{document}"), name)),
        reason: hold.reason,
        since: When::day(hold.since, zone),
        by: hold.placed_by.in_full(),
    };
    page(&List {
        lines: holds.into_iter().map(line).collect(),
        frame: guest.in_library("Legal holds", &head, Vec::new()),
        head,
    })
}

fn here(library: Id<thing::Library>) -> String {
    format!("/libraries/{library}/holds")
}

fn under_list(guest: &Guest, head: &LibraryHead, title: String) -> Frame {
    let above = Crumb::new("Legal holds", here(head.id));
    guest.in_library(title, head, vec![above])
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    document: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Why {
    document: String,
    reason: String,
}

impl Why {
    /// What is to be held: a text that is no id is a document that nobody has.
    fn document(&self) -> Option<Id<thing::Document>> {
        let named = !self.document.is_empty();
        named.then(|| self.document.parse().unwrap_or(Id::from_raw(1)))
    }
}

fn reason_field(reason: &str) -> Field {
    Field::text("reason", "Why")
        .hint("It is in the trail. For example, “Inquiry 12/2026”")
        .value(reason)
}

async fn place_page(
    guest: &Guest,
    library: Id<thing::Library>,
    why: &Why,
) -> Result<FormPage, Failure> {
    let head = libraries::head(&guest.actor, library).await?;
    if !head.can_own {
        return Err(Error::Refused(OWNERS).into());
    }
    let (what, says) = match why.document() {
        Some(document) => {
            let name = documents::document(&guest.actor, document, None)
                .await?
                .name;
            let says = "Nobody can delete it or move it to another library until the hold is lifted. It can still be read, and new versions can be added.";
            (name, says)
        }
        None => (
            head.name.clone(),
            "Nobody can delete a document of this library, or move one to another library, until the hold is lifted. Documents can still be read, added and changed.",
        ),
    };
    let title = format!("Put {what} under legal hold");
    Ok(FormPage::new(
        under_list(guest, &head, title),
        vec![reason_field(&why.reason)],
        Button::submit("Put under legal hold"),
        here(library),
    )
    .hidden("document", &why.document)
    .intro(says))
}

async fn ask(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(about): Asked<About>,
) -> Answer {
    let why = Why {
        document: about.document,
        reason: String::new(),
    };
    place_page(&guest, id, &why).await?.ask()
}

async fn place(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(why): Posted<Why>,
) -> Answer {
    let outcome = retention::place_legal_hold(&guest.actor, id, why.document(), &why.reason).await;
    let asked_again = place_page(&guest, id, &why).await?;
    asked_again.after(outcome, |_| {
        done(&here(id), "The legal hold is in force from now on.")
    })
}

async fn lift_page(
    guest: &Guest,
    library: Id<thing::Library>,
    hold: Id<thing::LegalHold>,
    reason: &str,
) -> Result<FormPage, Failure> {
    let (head, holds) = retention::legal_holds(&guest.actor, library).await?;
    if !head.can_own {
        return Err(Error::Refused(OWNERS).into());
    }
    let placed = holds
        .into_iter()
        .find(|placed| placed.id == hold)
        .ok_or(Error::NotFound)?;
    let what = placed.document.map_or(head.name.clone(), |(_, name)| name);
    let by = placed.placed_by.in_words();
    Ok(FormPage::new(
        under_list(guest, &head, format!("Lift the legal hold on {what}")),
        vec![reason_field(reason)],
        Button::submit("Lift the legal hold").warning(),
        here(library),
    )
    .intro(format!(
        "{by} placed it: “{}”. When it is lifted, documents can be deleted and moved again as far as no other hold forbids it.",
        placed.reason
    )))
}

async fn ask_to_lift(
    guest: Guest,
    Named((id, hold)): Named<(Id<thing::Library>, Id<thing::LegalHold>)>,
) -> Answer {
    lift_page(&guest, id, hold, "").await?.ask()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Lifted {
    reason: String,
}

async fn lift(
    guest: Guest,
    Named((id, hold)): Named<(Id<thing::Library>, Id<thing::LegalHold>)>,
    Posted(lifted): Posted<Lifted>,
) -> Answer {
    let asked_again = lift_page(&guest, id, hold, &lifted.reason).await?;
    let outcome = retention::lift_legal_hold(&guest.actor, id, hold, &lifted.reason).await;
    asked_again.after(outcome, |()| done(&here(id), "The legal hold is lifted."))
}
