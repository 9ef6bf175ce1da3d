//! What documents of a library carry in which no marking is found.

use chancery::assurance::says::{self, DefaultPage};
use chancery::kernel::{Id, thing};
use serde::Deserialize;

use super::{offered, parts};
use crate::components::{Button, Choice, Field};
use crate::failure::Answer;
use crate::format;
use crate::forms::FormPage;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::posted::Posted;

const NONE: &str = "none";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    marking: String,
}

fn form(guest: &Guest, found: &DefaultPage, chosen: &str) -> FormPage {
    let head = &found.head;
    let mut choices = vec![Choice::new(NONE, "No marking").checked(chosen == NONE)];
    choices.extend(offered(found.choices.iter(), chosen, false));
    let field = Field::radios(
        "marking",
        "What do documents carry in which no marking is found?",
        choices,
    );
    let mut form = FormPage::new(
        guest.in_library("Marking of unmarked documents", head, Vec::new()),
        vec![field],
        Button::submit("Save"),
        format!("/libraries/{}", head.id),
    );
    if !found.reads {
        form = form.warning("Markings are not read in this realm, so there is nothing to choose.");
    } else if !found.counts {
        form = form.warning(
            "This counts for nothing now: in this realm, whoever adds a document without a marking is asked what it is.",
        );
    }
    if let Some(set) = &found.set {
        let since = format::moment(set.since.timestamp(), guest.portal.zone());
        form = form.intro(format!(
            "They carry {} since {since}, when {} said so.",
            set.label,
            guest.by(&set.by)
        ));
        if !set.allowed {
            form = form.intro("By the rules now in force this realm may not hold that, so they carry no marking until you choose another.");
        }
    }
    form.intro("It counts for versions that are read for the first time from now on, of documents that carry nothing else. What is here already stays as it is.")
        .intro("Whatever is read in a document, or said of it, counts instead. Of a marking that needs a clearance, those who are not cleared do not see such documents.")
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Library>>) -> Answer {
    let found = says::default_marking(&guest.actor, id).await?;
    let chosen = found.set.as_ref().map_or_else(
        || NONE.to_owned(),
        |set| format!("{}/{}", set.scheme, set.marking),
    );
    form(&guest, &found, &chosen).ask()
}

pub(super) async fn set(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = says::default_marking(&guest.actor, id).await?;
    let wanted = (typed.marking != NONE).then(|| parts(&typed.marking));
    let outcome = says::set_default_marking(&guest.actor, id, wanted).await;
    form(&guest, &found, &typed.marking).after(outcome, |()| {
        let said = match wanted {
            Some(_) => "Documents in which no marking is found carry this from now on.",
            None => "Documents in which no marking is found carry none from now on.",
        };
        done(&format!("/libraries/{id}"), said)
    })
}
