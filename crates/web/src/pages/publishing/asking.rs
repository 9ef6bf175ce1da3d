//! What contributors ask owners for, and take back: that a draft is published.

use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::publishing;

use super::{Decided, document, stands, under};
use crate::components::{Button, Field};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::FormPage;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::pages::libraries::ConfirmPage;
use crate::posted::Posted;

async fn ask_page(guest: &Guest, id: Id<thing::Document>, note: &str) -> Result<FormPage, Failure> {
    let (head, stands) = stands(guest, id).await?;
    if !stands.can.ask {
        return Err(Error::Conflict(
            "This waits for an owner already, or there is nothing to ask for".to_owned(),
        )
        .into());
    }
    let (number, label) = stands.latest;
    let name = &stands.name;
    let title = format!("Ask for draft {label} of {name} to be published");
    let mut form = FormPage::new(
        under(guest, &head, id, name, title),
        vec![
            Field::textarea("note", "What an owner should know (optional)")
                .hint("For example, what changed and who has agreed")
                .rows(3)
                .value(note),
        ],
        Button::submit("Ask for approval"),
        document(id),
    )
    .hidden("version", number.to_string())
    .intro("The owners of this library are told. One of them publishes exactly this draft, or sends it back with the reason. You are told either way.");
    if let Some(waiting) = &stands.request {
        form = form.intro(format!(
            "Draft {} waits already. This takes its place.",
            waiting.version.1
        ));
    }
    Ok(form)
}

pub(super) async fn ask_to_ask(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    ask_page(&guest, id, "").await?.ask()
}

pub(super) async fn ask(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    let form = ask_page(&guest, id, &decided.note).await?;
    let outcome =
        publishing::ask_to_publish(&guest.actor, id, decided.version, &decided.note).await;
    form.after(outcome, |()| {
        done(&document(id), "The owners of this library have been told.")
    })
}

pub(super) async fn ask_withdraw(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let (head, stands) = stands(&guest, id).await?;
    let waiting = stands.request.as_ref().ok_or_else(|| {
        Error::Conflict("Nobody waits for it to be published any more".to_owned())
    })?;
    if !stands.can.withdraw {
        return Err(Error::Refused(
            "Only whoever asked for it can withdraw the request. An owner can send it back",
        )
        .into());
    }
    let (number, label) = waiting.version;
    let asked = format::moment(waiting.asked_at.timestamp(), guest.portal.zone());
    let title = format!(
        "Withdraw the request to publish draft {label} of {}",
        stands.name
    );
    ConfirmPage::new(
        under(&guest, &head, id, &stands.name, title),
        "Withdraw the request",
        document(id),
    )
    .harmless()
    .says(format!("You asked for this on {asked}. The owners of this library no longer find it among what waits for them, and what they were told of it says that it was withdrawn."))
    .says("The draft stays as it is. You can ask for it again, or for a newer one.")
    .hidden("version", number.to_string())
    .ask()
}

pub(super) async fn withdraw(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    publishing::withdraw(&guest.actor, id, decided.version).await?;
    done(&document(id), "The request was withdrawn.")
}
