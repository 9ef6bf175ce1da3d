//! What waits to be agreed to: in a library for its owners, and anywhere for assurance officers.

use askama::Template;
use chancery::assurance::says::{self, Request};
use chancery::kernel::{Id, thing};
use serde::Deserialize;

use crate::components::PageLink;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::pages::assurance::under_alerts;
use crate::pages::libraries::When;
use crate::posted::Asked;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Onwards {
    after: String,
}

struct Line {
    name: String,
    href: String,
    place: String,
    label: String,
    instead: String,
    reason: String,
    by: String,
    asked: When,
}

#[derive(Template)]
#[template(path = "says/requests.html")]
struct Requests {
    frame: Frame,
    lines: Vec<Line>,
    /// They are of many libraries.
    many: bool,
    first: Option<PageLink>,
    next: Option<PageLink>,
}

impl Requests {
    fn new(
        guest: &Guest,
        frame: Frame,
        (found, next): (Vec<Request>, Option<Id<thing::MarkingRequest>>),
        (here, many, after): (String, bool, bool),
    ) -> Self {
        let line = |one: Request| Line {
            href: format!("/documents/{}/marking/decide", one.document),
            asked: When::moment(one.asked_at, guest.portal.zone()),
            by: one.asked_by.in_full(),
            place: one.library,
            name: one.name,
            label: one.label,
            instead: one.instead,
            reason: one.reason,
        };
        Self {
            lines: found.into_iter().map(line).collect(),
            frame,
            many,
            first: after.then(|| PageLink::new(here.clone(), "From the beginning")),
            next: next.map(|next| PageLink::new(format!("{here}?after={next}"), "")),
        }
    }
}

pub(super) async fn of_library(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(from): Asked<Onwards>,
) -> Answer {
    let after: Option<Id<thing::MarkingRequest>> = from.after.parse().ok();
    let (head, found, next) = says::requests_of_library(&guest.actor, id, after).await?;
    let frame = guest.in_library("Marking requests", &head, Vec::new());
    let here = format!("/libraries/{id}/marking-requests");
    page(&Requests::new(
        &guest,
        frame,
        (found, next),
        (here, false, after.is_some()),
    ))
}

pub(super) async fn of_realm(guest: Guest, Asked(from): Asked<Onwards>) -> Answer {
    let after: Option<Id<thing::MarkingRequest>> = from.after.parse().ok();
    let found = says::requests(&guest.actor, after).await?;
    let frame = under_alerts(&guest, "Marking requests", Vec::new());
    let here = "/alerts/requests".to_owned();
    page(&Requests::new(
        &guest,
        frame,
        found,
        (here, true, after.is_some()),
    ))
}
