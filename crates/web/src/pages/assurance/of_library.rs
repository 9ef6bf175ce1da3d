//! The alerts of a library, for its owners: without the words that were found.

use askama::Template;
use chancery::assurance::{self, AlertLine};
use chancery::kernel::{Id, thing};
use serde::Deserialize;

use super::{decision, kind_tag, sealed_said};
use crate::components::{PageLink, Tag};
use crate::failure::Answer;
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::pages::libraries::When;
use crate::posted::Asked;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Onwards {
    after: String,
}

struct Line {
    kind: Tag,
    name: String,
    /// Why it is sealed; none where it is not (any more).
    why: Option<String>,
    version: u64,
    label: String,
    by: String,
    raised: When,
    state: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "assurance/of_library.html")]
struct OfLibrary {
    frame: Frame,
    lines: Vec<Line>,
    first: Option<PageLink>,
    next: Option<PageLink>,
}

pub(super) async fn show(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(from): Asked<Onwards>,
) -> Answer {
    let after: Option<Id<thing::Alert>> = from.after.parse().ok();
    let (head, found) = assurance::library_alerts(&guest.actor, id, after).await?;
    let zone = guest.portal.zone();
    let line = |line: AlertLine| Line {
        kind: kind_tag(line.kind),
        why: line
            .sealed
            .map(|_| format!("/documents/{}/sealed", line.document)),
        state: decision(&guest, &line).unwrap_or_else(|| sealed_said(line.sealed).to_owned()),
        reason: match (&line.decided, &line.in_hand) {
            (Some((_, _, _, reason)), _) if reason.is_empty() => String::new(),
            (Some((_, _, _, reason)), _) => format!("“{reason}”"),
            (None, Some((by, _))) if guest.who(by) == "You" => "You have it in hand".to_owned(),
            (None, Some((by, _))) => format!("{} has it in hand", guest.who(by)),
            (None, None) => "Waits for an assurance officer".to_owned(),
        },
        by: line.placed_by.in_full(),
        raised: When::moment(line.raised_at, zone),
        version: line.version,
        label: line.label,
        name: line.name,
    };
    let here = format!("/libraries/{id}/alerts");
    page(&OfLibrary {
        frame: guest.in_library("Alerts", &head, Vec::new()),
        lines: found.lines.into_iter().map(line).collect(),
        first: after.map(|_| PageLink::new(here.clone(), "From the beginning")),
        next: found
            .next
            .map(|next| PageLink::new(format!("{here}?after={next}"), "")),
    })
}
