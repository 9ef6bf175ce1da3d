//! The marking of a document: what it carries, where that is from, what it carried, and saying another.

use askama::Template;
use chancery::assurance::says::{self, MarkedLine, MarkingPage, Request, Said, Saying};
use chancery::kernel::{Id, thing};
use chancery::{Error, Problems};
use serde::Deserialize;

use super::{confirm_seal, document, from_whom, offered, parts};
use crate::components::{Button, Crumb, Field, Problem};
use crate::failure::{Answer, Failure};
use crate::forms::mark;
use crate::frame::Frame;
use crate::guest::{Guest, done, page, problem_page};
use crate::named::Named;
use crate::pages::assurance::sealed_answer;
use crate::pages::libraries::When;
use crate::posted::Posted;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    marking: String,
    reason: String,
    seals: String,
}

struct Line {
    label: String,
    from: String,
    since: When,
    until: Option<When>,
}

/// What waits to be agreed to.
pub(in crate::pages) struct Waits {
    pub(in crate::pages) id: String,
    pub(in crate::pages) says: String,
    pub(in crate::pages) reason: String,
    pub(in crate::pages) mine: bool,
    /// Where to decide about it.
    pub(in crate::pages) decide: Option<String>,
}

impl Waits {
    pub(in crate::pages) fn of(guest: &Guest, request: &Request, owns: bool) -> Self {
        let when = crate::format::moment(request.asked_at.timestamp(), guest.portal.zone());
        let instead = if request.instead.is_empty() {
            String::new()
        } else {
            format!(" instead of {}", request.instead)
        };
        let mine = guest
            .actor
            .me()
            .is_ok_and(|me| me.raw() == request.asked_by.id);
        Self {
            id: request.id.to_string(),
            says: format!(
                "{} asked on {when} for this document to carry {}{instead}.",
                guest.who(&request.asked_by),
                request.label
            ),
            reason: request.reason.clone(),
            mine,
            decide: (owns && !mine)
                .then(|| format!("{}/marking/decide", document(request.document))),
        }
    }
}

#[derive(Template)]
#[template(path = "says/marking.html")]
struct Marking {
    frame: Frame,
    here: String,
    name: String,
    problems: Vec<Problem>,
    carries: String,
    waits: Option<Waits>,
    held: bool,
    fields: Vec<Field>,
    submit: Button,
    lines: Vec<Line>,
}

fn line(guest: &Guest, one: MarkedLine) -> Line {
    let zone = guest.portal.zone();
    let from = from_whom(guest, &one.by);
    let from = from.trim_start_matches(", ");
    let mut letters = from.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    Line {
        from: first.map_or_else(
            || "Carried over with a copy".to_owned(),
            |first| first + letters.as_str(),
        ),
        label: one.label,
        since: When::moment(one.since, zone),
        until: one.until.map(|until| When::moment(until, zone)),
    }
}

fn made(guest: &Guest, found: MarkingPage, typed: &Typed, problems: Option<&Problems>) -> Marking {
    let here = document(found.id);
    let mut fields = Vec::new();
    if !found.choices.is_empty() && !found.held {
        fields.push(
            Field::radios(
                "marking",
                "What is its marking?",
                offered(found.choices.iter(), &typed.marking, true),
            )
            .bold(),
        );
        fields.push(
            Field::textarea("reason", "Why")
                .hint("You can leave this out, unless it should carry less than it does. Do not repeat what is protected")
                .rows(3)
                .limit(500)
                .value(&typed.reason)
                .bold(),
        );
    }
    let marked = problems.map(|problems| {
        let mut fields: Vec<&mut Field> = fields.iter_mut().collect();
        mark(&mut fields, problems)
    });
    let crumb = Crumb::new(found.name.clone(), here.clone());
    let mut frame = guest.in_library(
        format!("Marking of {}", found.name),
        &found.head,
        vec![crumb],
    );
    frame.error = problems.is_some();
    Marking {
        frame,
        carries: found.counts.as_ref().map_or_else(
            || "It carries no marking.".to_owned(),
            |counts| {
                format!(
                    "It carries {}{}.",
                    counts.label,
                    from_whom(guest, &counts.by)
                )
            },
        ),
        waits: found
            .request
            .as_ref()
            .map(|request| Waits::of(guest, request, found.head.can_own)),
        held: found.held,
        fields,
        submit: Button::submit("Say so"),
        lines: found
            .lines
            .into_iter()
            .map(|one| line(guest, one))
            .collect(),
        problems: marked.unwrap_or_default(),
        name: found.name,
        here,
    }
}

pub(super) async fn show(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    match says::marking(&guest.actor, id).await {
        Ok(found) => page(&made(&guest, found, &Typed::default(), None)),
        Err(Error::Sealed) => sealed_answer(&guest, id).await,
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn say(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (scheme, marking) = parts(&typed.marking);
    let saying = Saying {
        scheme,
        marking,
        reason: &typed.reason,
        seals: typed.seals == "yes",
    };
    let here = document(id);
    let before = match says::marking(&guest.actor, id).await {
        Err(Error::Sealed) => return sealed_answer(&guest, id).await,
        before => before?,
    };
    let problems = match says::say(&guest.actor, id, &saying).await {
        Ok(Said::Marked) => {
            return marked(&guest, id, before.head.id, "The document is marked so.").await;
        }
        Ok(Said::Asked(_)) => {
            return done(
                &format!("{here}/marking"),
                "The owners of this library have been asked. You are told what they say.",
            );
        }
        Ok(Said::Sealed(_)) => {
            return done(
                &format!("{here}/sealed"),
                "You said so, and the document is closed. Assurance officers have been told.",
            );
        }
        Err(Error::Invalid(problems)) => problems,
        Err(Error::Conflict(why)) => Problems::one("form", why),
        Err(Error::Sealed) => return sealed_answer(&guest, id).await,
        Err(other) => return Err(other.into()),
    };
    let found = says::marking(&guest.actor, id).await?;
    if let Some(says) = problems.of("seals") {
        return confirm_seal(&guest, &found.head, id, &found.name, says)
            .hidden("marking", &typed.marking)
            .hidden("reason", &typed.reason)
            .ask();
    }
    problem_page(&made(&guest, found, &typed, Some(&problems)))
}

/// To the document, or to its library where whoever marked it is not cleared for that.
pub(super) async fn marked(
    guest: &Guest,
    id: Id<thing::Document>,
    library: Id<thing::Library>,
    said: &str,
) -> Answer {
    match says::marking(&guest.actor, id).await {
        Err(Error::NotFound) => done(
            &format!("/libraries/{library}"),
            format!("{said} Only people who are cleared for that see it now, and you are not."),
        ),
        _ => done(&document(id), said),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    request: String,
}

/// The request that a form names.
pub(super) fn request_of(text: &str) -> Result<Id<thing::MarkingRequest>, Failure> {
    text.parse().map_err(|_| Failure(Error::NotFound))
}

pub(super) async fn withdraw(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(which): Posted<Which>,
) -> Answer {
    says::withdraw(&guest.actor, id, request_of(&which.request)?).await?;
    done(&document(id), "You have taken your request back.")
}
