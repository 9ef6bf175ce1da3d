//! The certificate that content was destroyed, to be printed.

use askama::Template;
use chancery::assurance::{self, Removed};
use chancery::kernel::{Id, Time, thing};

use super::destroy_version::elsewhere_said;
use super::show::removed_said;
use super::under_alerts;
use crate::components::Crumb;
use crate::failure::Answer;
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::pages::libraries::When;

struct Line {
    what: String,
    kind: String,
    made: When,
    by: String,
    address: String,
}

#[derive(Template)]
#[template(path = "assurance/certificate.html")]
struct Certificate {
    frame: Frame,
    name: String,
    document: String,
    number: String,
    by: String,
    at: When,
    reason: String,
    whole: bool,
    elsewhere: String,
    lines: Vec<Line>,
}

pub(super) async fn show(guest: Guest, Named(id): Named<Id<thing::Certificate>>) -> Answer {
    let found = assurance::certificate(&guest.actor, id).await?;
    let zone = guest.portal.zone();
    let line = |one: &Removed| Line {
        what: removed_said(one),
        kind: one.media_type.clone(),
        made: When::moment(Time::from_micros(one.made_at), zone),
        by: one.made_by.clone(),
        address: one.address.clone(),
    };
    let above = Crumb::new(found.name.clone(), format!("/alerts/{}", found.alert));
    page(&Certificate {
        frame: under_alerts(&guest, "Certificate of destruction", vec![above]),
        document: found.document.to_string(),
        number: found.id.to_string(),
        by: found.by.in_full(),
        at: When::moment(found.at, zone),
        lines: found.removed.iter().map(line).collect(),
        whole: found.whole,
        elsewhere: found.elsewhere.as_ref().map_or_else(
            || "That was not looked for when it was destroyed.".to_owned(),
            |found| elsewhere_said(found, "was"),
        ),
        name: found.name,
        reason: found.reason,
    })
}
