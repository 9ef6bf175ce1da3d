//! What officers decide about an alert: a page for each, with the reason. Where that cannot be decided, the page leads to the alert,
//! which says what was decided, and by whom.

use chancery::assurance::{self, AlertDetails, AlertKind};
use chancery::kernel::{Id, thing};
use serde::Deserialize;

use super::destroy_version::elsewhere_said;
use super::guidance::{BACK, WHEN_CORRECTED, WHEN_KEPT, offers, when_false_alarm};
use super::show::removed_said;
use super::under_alerts;
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::{Answer, Failure};
use crate::forms::FormPage;
use crate::guest::{Guest, done, go};
use crate::named::Named;
use crate::posted::Posted;

type Alert = Id<thing::Alert>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) reason: String,
    marking: String,
}

pub(super) fn here(id: Alert) -> String {
    format!("/alerts/{id}")
}

pub(super) fn form(
    guest: &Guest,
    found: &AlertDetails,
    title: String,
    fields: Vec<Field>,
    submit: Button,
) -> FormPage {
    let here = here(found.line.id);
    let above = Crumb::new(found.line.name.clone(), here.clone());
    FormPage::new(
        under_alerts(guest, title, vec![above]),
        fields,
        submit,
        here,
    )
}

pub(super) fn why(typed: &Typed) -> Field {
    Field::textarea("reason", "Why")
        .hint("It is kept with the decision, and whoever added the document and the owners of its library read it. Do not repeat what is protected")
        .rows(3)
        .limit(500)
        .value(&typed.reason)
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn in_hand(
    guest: Guest,
    Named(id): Named<Alert>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    assurance::take_in_hand(&guest.actor, id).await?;
    done(
        &here(id),
        "You have this alert in hand. Other officers see that.",
    )
}

fn false_alarm_page(guest: &Guest, found: &AlertDetails, typed: &Typed) -> FormPage {
    let name = &found.line.name;
    let unread = found.line.kind == AlertKind::Unread;
    let (title, button) = if unread {
        (format!("{name} may be here"), "It may be here")
    } else {
        (format!("{name} is a false alarm"), "It is a false alarm")
    };
    let page = form(
        guest,
        found,
        title,
        vec![why(typed)],
        Button::submit(button),
    );
    page
        .intro(if found.line.sealed.is_some() {
            "Its seal is lifted: unless it is sealed for another reason, everybody who may see its library can open it again."
        } else {
            "It is not sealed, and stays open to everybody who may see its library."
        })
        .intro("The same content raises no such alert again, wherever it is brought. Other content does.")
        .intro(when_false_alarm(found.line.kind))
        .intro(BACK)
}

pub(super) async fn ask_false_alarm(guest: Guest, Named(id): Named<Alert>) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    if !offers(&found, "false-alarm") {
        return go(&here(id));
    }
    false_alarm_page(&guest, &found, &Typed::default()).ask()
}

pub(super) async fn false_alarm(
    guest: Guest,
    Named(id): Named<Alert>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    let again = false_alarm_page(&guest, &found, &typed);
    let outcome = assurance::false_alarm(&guest.actor, id, &typed.reason).await;
    again.after(outcome, |()| {
        done(
            &here(id),
            "The alert is decided. A seal that the document had for it is lifted.",
        )
    })
}

async fn downgrade_page(
    guest: &Guest,
    found: &AlertDetails,
    typed: &Typed,
) -> Result<FormPage, Failure> {
    let rules = assurance::in_force(&guest.actor).await?;
    let mut choices = vec![Choice::new("", "Choose a marking")];
    if let Some(rules) = &rules {
        choices.extend(rules.allowed().map(|(scheme, one)| {
            let value = format!("{}/{}", one.scheme, one.level);
            let chosen = value == typed.marking;
            Choice::new(value, one.name.clone())
                .group(scheme.name.clone())
                .checked(chosen)
        }));
    }
    let fields = vec![
        Field::select("marking", "The marking that it should have had", choices),
        why(typed),
    ];
    let title = format!("Correct the marking of {}", found.line.name);
    let page = form(
        guest,
        found,
        title,
        fields,
        Button::submit("Correct the marking"),
    );
    Ok(page
        .intro("Whoever may see what carries this marking can open it from then on: a seal on it is lifted. The document itself is not changed: its author should mark the next version so.")
        .intro("Only markings that this realm may hold are listed. What is above them can only be kept sealed or destroyed.")
        .intro(WHEN_CORRECTED)
        .intro(BACK))
}

pub(super) async fn ask_downgrade(guest: Guest, Named(id): Named<Alert>) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    if !offers(&found, "downgrade") {
        return go(&here(id));
    }
    downgrade_page(&guest, &found, &Typed::default())
        .await?
        .ask()
}

pub(super) async fn downgrade(
    guest: Guest,
    Named(id): Named<Alert>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    let again = downgrade_page(&guest, &found, &typed).await?;
    let (scheme, level) = typed.marking.split_once('/').unwrap_or_default();
    let outcome = assurance::downgrade(&guest.actor, id, scheme, level, &typed.reason).await;
    again.after(outcome, |()| {
        done(
            &here(id),
            "The marking is corrected. A seal that the document had for it is lifted.",
        )
    })
}

fn keep_page(guest: &Guest, found: &AlertDetails, typed: &Typed) -> FormPage {
    let (title, button) = if found.line.sealed.is_some() {
        (format!("Keep {} sealed", found.line.name), "Keep it sealed")
    } else {
        (format!("Seal {}", found.line.name), "Seal it")
    };
    let page = form(
        guest,
        found,
        title,
        vec![why(typed)],
        Button::submit(button),
    );
    page
        .intro("Nobody can open it, its author included. Its content stays in the store, in backups that are made from now on too.")
        .intro(WHEN_KEPT)
        .intro("The alert counts as decided. You can still find that it was a false alarm, correct its marking or destroy it later.")
}

pub(super) async fn ask_keep_sealed(guest: Guest, Named(id): Named<Alert>) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    if !offers(&found, "keep-sealed") {
        return go(&here(id));
    }
    keep_page(&guest, &found, &Typed::default()).ask()
}

pub(super) async fn keep_sealed(
    guest: Guest,
    Named(id): Named<Alert>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    let again = keep_page(&guest, &found, &typed);
    let outcome = assurance::keep_sealed(&guest.actor, id, &typed.reason).await;
    again.after(outcome, |()| {
        done(&here(id), "The document is sealed to everybody.")
    })
}

async fn destroy_page(
    guest: &Guest,
    found: &AlertDetails,
    typed: &Typed,
) -> Result<FormPage, Failure> {
    let goes = assurance::destruction(&guest.actor, found.line.id).await?;
    let title = format!("Destroy all content of {}", found.line.name);
    let page = form(
        guest,
        found,
        title,
        vec![why(typed)],
        Button::submit("Destroy all content").warning(),
    );
    let mut page = page
        .warning("Nobody can bring it back after this, in this realm.")
        .intro("What stays: the name of the document, who added which version and when, its trail, the alert without the words that were found, and a certificate that lists what was removed.")
        .intro("Backups that were made before still hold the content until they are deleted. Copies that somebody downloaded are where they took them.");
    if !found.elsewhere.is_empty() {
        let places: Vec<String> = found
            .elsewhere
            .iter()
            .map(|(name, library)| format!("{name} in {library}"))
            .collect();
        page = page.intro(format!(
            "The same content is also in other documents, which stay and have alerts of their own: {}.",
            places.join("; ")
        ));
    }
    let page = page.intro(elsewhere_said(&found.kept, "is"));
    Ok(page
        .intro("What goes for good, with the keys that it is encrypted under and the pages that were made of it:")
        .what(goes.iter().map(removed_said).collect()))
}

pub(super) async fn ask_destroy(guest: Guest, Named(id): Named<Alert>) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    if !offers(&found, "destroy") {
        return go(&here(id));
    }
    destroy_page(&guest, &found, &Typed::default()).await?.ask()
}

pub(super) async fn destroy(
    guest: Guest,
    Named(id): Named<Alert>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    let again = destroy_page(&guest, &found, &typed).await?;
    let outcome = assurance::destroy(&guest.actor, id, &typed.reason).await;
    again.after(outcome, |certificate| {
        done(
            &format!("/alerts/certificates/{certificate}"),
            "All content of the document is destroyed. This is the certificate.",
        )
    })
}
