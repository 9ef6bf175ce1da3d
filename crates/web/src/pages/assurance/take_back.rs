//! Taking back what was decided about an alert.

use chancery::assurance::{self, AlertDetails, AlertKind, Decided};
use chancery::kernel::{Id, thing};

use super::decide::{Typed, form, here, why};
use crate::components::Button;
use crate::failure::Answer;
use crate::format;
use crate::forms::FormPage;
use crate::guest::{Guest, done, go};
use crate::named::Named;
use crate::posted::Posted;

/// What happens to the document, by what the alert was raised for.
fn closes(found: &AlertDetails) -> &'static str {
    match found.line.kind {
        AlertKind::Malware | AlertKind::Above => {
            "The document is sealed to everybody at once, its author included."
        }
        AlertKind::Ask | AlertKind::Doubtful | AlertKind::Unmarked => {
            "Only its author can open the document from now on."
        }
        AlertKind::Unread => {
            "Only its author can open the document from now on, if the rules in force seal what could not be read."
        }
        AlertKind::Odd => "The document stays open.",
    }
}

fn asking(guest: &Guest, found: &AlertDetails, typed: &Typed) -> FormPage {
    let page = form(
        guest,
        found,
        format!("Take back the decision about {}", found.line.name),
        vec![why(typed)],
        Button::submit("Take it back").warning(),
    );
    let decided = found.line.decided.as_ref();
    let mut page = match decided {
        Some((decided, by, at, reason)) => page.intro(format!(
            "{} decided on {}: {}. “{reason}”",
            guest.who(by),
            format::moment(at.timestamp(), guest.portal.zone()),
            decided.label().to_lowercase(),
        )),
        None => page,
    };
    page = page
        .intro(closes(found))
        .intro("The alert waits for a decision again, and is in your hand. The document is judged once more by the rules in force. Its author and the owners of its library are told, with your reason.");
    match decided.map(|(decided, ..)| *decided) {
        Some(Decided::FalseAlarm) => {
            page = page.intro("The same content raises the alert again, in other documents too: they are closed to all but their authors until they were judged once more, which usually takes a few seconds.");
        }
        Some(Decided::Downgraded) => {
            page = page.intro("The marking that was set is not set any more.");
        }
        _ => {}
    }
    page.intro("What somebody has read or downloaded meanwhile cannot be taken back. The page of the alert says who that is.")
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Alert>>) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    // Its page says how it stands.
    if !found.can_take_back {
        return go(&here(id));
    }
    asking(&guest, &found, &Typed::default()).ask()
}

pub(super) async fn take_back(
    guest: Guest,
    Named(id): Named<Id<thing::Alert>>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    let again = asking(&guest, &found, &typed);
    let outcome = assurance::take_back(&guest.actor, id, &typed.reason).await;
    again.after(outcome, |()| {
        done(
            &here(id),
            "The decision is taken back. The alert waits for a decision again, and is in your hand.",
        )
    })
}
