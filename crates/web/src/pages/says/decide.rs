//! Whether a document may carry what somebody asks for.

use chancery::assurance::says::{self, Deciding, RequestPage};
use chancery::kernel::{Id, thing};
use chancery::{Error, Problems};
use serde::Deserialize;

use super::document;
use super::marking::request_of;
use crate::components::{Button, Choice, Crumb, Field, Link};
use crate::failure::Answer;
use crate::format;
use crate::forms::FormPage;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::pages::assurance::under_alerts;
use crate::posted::Posted;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    request: String,
    decision: String,
    reason: String,
}

/// Where the others are.
fn list(found: &RequestPage) -> String {
    match &found.head {
        Some(head) if head.can_own => format!("/libraries/{}/marking-requests", head.id),
        _ => "/alerts/requests".to_owned(),
    }
}

fn form(guest: &Guest, found: &RequestPage, typed: &Typed) -> FormPage {
    let request = &found.request;
    let title = format!("May {} carry {}?", request.name, request.label);
    let list = list(found);
    let above = Crumb::new("Marking requests", list.clone());
    let frame = match &found.head {
        Some(head) if head.can_own => guest.in_library(title, head, vec![above]),
        _ => under_alerts(guest, title, vec![above]),
    };
    let decision = Field::radios(
        "decision",
        "What do you say?",
        [
            Choice::new("agree", format!("It may carry {}", request.label))
                .hint("Check it with whoever marked it, unless you know"),
            Choice::new("refuse", "It stays as it is"),
        ],
    )
    .value(&typed.decision);
    let reason = Field::textarea("reason", "Why it stays as it is")
        .hint("Only if you refuse. Whoever asked is told this, and it is in the trail")
        .rows(3)
        .limit(500)
        .value(&typed.reason);
    let asked = format::moment(request.asked_at.timestamp(), guest.portal.zone());
    let mut form = FormPage::new(
        frame,
        vec![decision, reason],
        Button::submit("Decide"),
        list,
    )
    .hidden("request", request.id.to_string())
    .intro(format!(
        "{} asked for this on {asked}: “{}”",
        guest.who(&request.asked_by),
        request.reason
    ));
    form = match (&request.alert, &found.carries) {
        (Some(_), _) => form.intro(format!(
            "It is marked {}, and is closed to everybody but whoever added it. If you agree, everybody who may see its library and what carries {} can open it.",
            request.instead, request.label
        )),
        (None, Some(carries)) => form.intro(format!("It carries {carries} now.")),
        (None, None) => form.intro("It carries no marking now."),
    };
    for (covered, says) in [
        (
            true,
            "If you agree, what was read in these versions counts no more in this document:",
        ),
        (
            false,
            "These versions came after that was asked. What was read in them goes on counting:",
        ),
    ] {
        let versions: Vec<String> = found
            .versions
            .iter()
            .filter(|one| one.2 == covered)
            .map(|(number, label, _)| format!("version {number} ({label})"))
            .collect();
        if !versions.is_empty() {
            form = form.intro(format!("{says} {}.", format::list(&versions)));
        }
    }
    if found.head.is_some() && request.alert.is_none() {
        form = form.look(Link::new(
            format!("Look at {}", request.name),
            document(request.document),
        ));
    }
    form
}

/// What stands in the way of deciding.
fn hindered(found: &RequestPage) -> Result<(), Error> {
    match found.deciding {
        Deciding::Yes => Ok(()),
        Deciding::Mine => Err(Error::Refused(
            "You asked for this yourself. Another owner or an assurance officer decides about it",
        )),
        Deciding::Officers => Err(Error::Refused(
            "An assurance officer set the marking that it carries. Only they can lower it",
        )),
    }
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let found = says::request(&guest.actor, id).await?;
    hindered(&found)?;
    form(&guest, &found, &Typed::default()).ask()
}

pub(super) async fn decide(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = says::request(&guest.actor, id).await?;
    let again = form(&guest, &found, &typed);
    let request = request_of(&typed.request)?;
    let (outcome, said) = match typed.decision.as_str() {
        "agree" => (
            says::agree(&guest.actor, id, request).await,
            "You agreed. Whoever asked is told.",
        ),
        "refuse" => (
            says::refuse(&guest.actor, id, request, &typed.reason).await,
            "It stays as it is. Whoever asked is told why.",
        ),
        _ => return again.refuse(&Problems::one("decision", "Say whether it may carry that")),
    };
    again.after(outcome, |()| done(&list(&found), said))
}
