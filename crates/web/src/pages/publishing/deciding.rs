//! What owners decide: publishing a version, taking it back, and sending back what somebody asked for.

use chancery::kernel::{Id, thing};
use chancery::publishing::{self, Publication, Waiting};
use chancery::{Error, Problems};
use serde::Deserialize;

use super::{Decided, document, stands, under};
use crate::components::{Button, Field, Link};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::FormPage;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::pages::libraries::Exposure;
use crate::posted::{Asked, Posted};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    version: Option<u64>,
}

/// What the version to be decided about is, and what else there is to know of it.
fn about_request(guest: &Guest, form: FormPage, waiting: &Waiting) -> FormPage {
    let asked = format::moment(waiting.asked_at.timestamp(), guest.portal.zone());
    let by = guest.who(&waiting.asked_by);
    let mut form = form.intro(format!("{by} asked for this on {asked}."));
    if !waiting.note.is_empty() {
        form = form.intro(format!("“{}”", waiting.note));
    }
    if waiting.moved_on {
        form = form.warning(format!(
            "There is a newer draft now. You decide about draft {}, which was asked for.",
            waiting.version.1
        ));
    }
    form
}

/// That somebody asked for this version, and has taken that back.
fn was_withdrawn(guest: &Guest, stands: &Publication, number: u64) -> Option<String> {
    let withdrawn = stands.withdrawn.as_ref();
    let withdrawn = withdrawn.filter(|one| one.version.0 == number)?;
    let on = format::moment(withdrawn.at.timestamp(), guest.portal.zone());
    Some(format!(
        "{} withdrew the request to publish this draft on {on}. Nobody waits for it.",
        guest.who(&withdrawn.by)
    ))
}

async fn publish_page(
    guest: &Guest,
    id: Id<thing::Document>,
    wanted: Option<u64>,
    comment: &str,
) -> Result<FormPage, Failure> {
    let (head, stands) = stands(guest, id).await?;
    let asked = stands
        .request
        .as_ref()
        .filter(|waiting| wanted.is_none_or(|number| number == waiting.version.0));
    let (number, label) = match asked {
        Some(waiting) if stands.can.decide => waiting.version,
        _ => stands.latest,
    };
    if stands.can == publishing::CanPublish::default() || !(stands.can.publish || stands.can.decide)
    {
        return Err(not_now(&stands).into());
    }
    let name = &stands.name;
    let called = if label.is_draft() {
        format!("draft {label}")
    } else {
        format!("version {label}")
    };
    let mut form = FormPage::new(
        under(
            guest,
            &head,
            id,
            name,
            format!("Publish {called} of {name}"),
        ),
        vec![
            Field::textarea("comment", "What is new (optional)")
                .hint("Readers see this in the activity of the document")
                .rows(3)
                .value(comment),
        ],
        Button::submit("Publish"),
        document(id),
    )
    .hidden("version", number.to_string())
    .exposure(Exposure::of(&head).tail(" will see this version"));
    form = match &stands.shown {
        Some((_, shown)) => form.intro(format!("Readers see version {shown} now.")),
        None => form.intro("Readers do not know of this document now."),
    };
    if let Some(waiting) = asked.filter(|waiting| waiting.version.0 == number) {
        form = about_request(guest, form, waiting).hidden("asked", "yes");
    } else if let Some(says) = was_withdrawn(guest, &stands, number) {
        form = form.intro(says);
    }
    let form = form.look(Link::new(
        format!("Preview {called}"),
        format!("/documents/{id}/preview?version={number}"),
    ));
    Ok(match stands.shown {
        Some((shown, readers_see)) if shown != number => form.look(Link::new(
            format!("Compare with version {readers_see}, which readers see"),
            format!("/documents/{id}/compare?from={shown}&to={number}"),
        )),
        _ => form,
    })
}

fn not_now(stands: &Publication) -> Error {
    if stands.approval && stands.can == publishing::CanPublish::default() {
        return Error::Refused(
            "An owner decides what is published in this library. Ask for it to be published",
        );
    }
    Error::Conflict("Readers see the latest version already".to_owned())
}

pub(super) async fn ask_publish(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Asked(which): Asked<Which>,
) -> Answer {
    publish_page(&guest, id, which.version, "").await?.ask()
}

pub(super) async fn publish(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    let (number, comment) = (decided.version, &decided.comment);
    let outcome = if decided.asked == "yes" {
        publishing::publish_asked(&guest.actor, id, number, comment).await
    } else {
        publishing::publish(&guest.actor, id, number, comment).await
    };
    match outcome {
        Ok(label) => done(
            &document(id),
            format!("Published. Readers see version {label} now."),
        ),
        Err(Error::Conflict(why)) => {
            match publish_page(&guest, id, Some(decided.version), &decided.comment).await {
                Ok(form) => form.refuse(&Problems::one("form", why)),
                Err(_) => Err(Error::Conflict(why).into()),
            }
        }
        Err(Error::Invalid(problems)) => {
            publish_page(&guest, id, Some(decided.version), &decided.comment)
                .await?
                .refuse(&problems)
        }
        Err(other) => Err(other.into()),
    }
}

fn reason_field(hint: &str, reason: &str) -> Field {
    Field::textarea("reason", "Why")
        .hint(hint)
        .rows(3)
        .value(reason)
}

async fn unpublish_page(
    guest: &Guest,
    id: Id<thing::Document>,
    reason: &str,
) -> Result<FormPage, Failure> {
    let (head, stands) = stands(guest, id).await?;
    let Some((_, shown)) = stands.shown.filter(|_| stands.can.unpublish) else {
        return Err(if stands.shown.is_some() {
            not_now(&stands).into()
        } else {
            Error::Conflict("Readers see no version of it".to_owned()).into()
        });
    };
    let name = &stands.name;
    Ok(FormPage::new(
        under(guest, &head, id, name, format!("Unpublish {name}")),
        vec![reason_field("Contributors and owners see it on the page of the document, and it is in the trail", reason)],
        Button::submit("Unpublish").warning(),
        document(id),
    )
    .intro(format!(
        "Readers see version {shown} now. From then on they find no version of it, until one is published again. Who has read it stays in the trail, and what somebody has downloaded they keep."
    )))
}

pub(super) async fn ask_unpublish(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    unpublish_page(&guest, id, "").await?.ask()
}

pub(super) async fn unpublish(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    let form = unpublish_page(&guest, id, &decided.reason).await?;
    let outcome = publishing::unpublish(&guest.actor, id, &decided.reason).await;
    form.after(outcome, |()| {
        done(
            &document(id),
            "Unpublished. Readers do not see it any more.",
        )
    })
}

async fn send_back_page(
    guest: &Guest,
    id: Id<thing::Document>,
    reason: &str,
) -> Result<FormPage, Failure> {
    let (head, stands) = stands(guest, id).await?;
    if !head.can_own {
        return Err(Error::Refused("Only an owner can do this").into());
    }
    let waiting = stands.request.as_ref().ok_or_else(|| {
        let withdrawn = was_withdrawn(guest, &stands, stands.latest.0);
        let why = withdrawn.map(|says| says.trim_end_matches('.').to_owned());
        Error::Conflict(
            why.unwrap_or_else(|| "Nobody waits for it to be published any more".to_owned()),
        )
    })?;
    let name = &stands.name;
    let title = format!("Send back draft {} of {name}", waiting.version.1);
    let form = FormPage::new(
        under(guest, &head, id, name, title),
        vec![reason_field(
            "Whoever asked is told this, and it is in the trail",
            reason,
        )],
        Button::submit("Send back"),
        document(id),
    )
    .hidden("version", waiting.version.0.to_string());
    Ok(about_request(guest, form, waiting))
}

pub(super) async fn ask_send_back(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    send_back_page(&guest, id, "").await?.ask()
}

pub(super) async fn send_back(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(decided): Posted<Decided>,
) -> Answer {
    let form = send_back_page(&guest, id, &decided.reason).await?;
    let outcome = publishing::send_back(&guest.actor, id, decided.version, &decided.reason).await;
    form.after(outcome, |()| {
        done(
            &document(id),
            "Sent back. Whoever asked for it is told why.",
        )
    })
}
