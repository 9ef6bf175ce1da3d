//! What whoever made a version answers when it is asked about it: a form on the page that says why the document is held.

use chancery::assurance::says::{self, Answer as Says, MarkingChoice, Said};
use chancery::assurance::{self, AlertKind, Closing, SealPage, Why};
use chancery::kernel::{Id, thing};
use chancery::{Error, Problems};
use serde::Deserialize;

use super::marking::{Waits, marked};
use super::{confirm_seal, document, offered, parts};
use crate::components::{Button, Choice, Field, Problem};
use crate::failure::{Answer, Failure};
use crate::forms::{day_field, mark, read_day};
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::pages::assurance::sealed_again;
use crate::posted::Posted;

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::pages) struct Typed {
    alert: String,
    answer: String,
    marking: String,
    reason: String,
    seals: String,
    who: String,
    on: String,
}

/// What somebody is asked.
pub(in crate::pages) struct Asking {
    pub(in crate::pages) alert: String,
    pub(in crate::pages) title: &'static str,
    pub(in crate::pages) intro: &'static str,
    pub(in crate::pages) fields: Vec<Field>,
    pub(in crate::pages) submit: Button,
    pub(in crate::pages) problems: Vec<Problem>,
    /// What they have said, while it waits.
    pub(in crate::pages) waits: Option<Waits>,
}

fn choose(first: Choice, choices: &[MarkingChoice], typed: &Typed, all: bool) -> Vec<Choice> {
    let mut list = vec![first];
    let some = choices.iter().filter(|one| all || one.may_be_here());
    list.extend(offered(some, &typed.marking, false));
    list
}

fn reason(label: &str, typed: &Typed) -> Field {
    Field::textarea("reason", label)
        .hint("Assurance officers and the owners of the library read this. Do not repeat what is protected")
        .rows(3)
        .limit(500)
        .value(&typed.reason)
        .bold()
}

fn asked(why: &Why, choices: &[MarkingChoice], typed: &Typed) -> Asking {
    let (title, intro, fields, button) = match why.alert.kind {
        AlertKind::Unmarked => (
            "Say what its marking is",
            "It is checked once more, and open again to those who may see it in a few seconds. Put its marking into its next version too.",
            vec![
                Field::select(
                    "marking",
                    "Its marking",
                    choose(Choice::new("", "Choose a marking"), choices, typed, true),
                )
                .bold(),
                reason("What else there is to say (optional)", typed),
            ],
            "Say so",
        ),
        AlertKind::Doubtful => (
            "Say what that is",
            "If it may be here, it is checked once more and open again to those who may see it in a few seconds.",
            vec![
                Field::radios(
                    "answer",
                    "Is what was found a marking?",
                    [
                        Choice::new("marked", "Yes, it is marked so"),
                        Choice::new("none", "No, that is no marking"),
                    ],
                )
                .value(&typed.answer)
                .bold(),
                Field::select(
                    "marking",
                    "Its marking",
                    choose(Choice::new("", "No marking"), choices, typed, true),
                )
                .bold(),
                reason("Why you say so", typed),
            ],
            "Say so",
        ),
        _ => (
            "Say that whoever marked it agreed",
            "If whoever marked it agreed that it may be here, say who that was and when. An owner of this library or an assurance officer agrees to that before it is opened.",
            vec![
                Field::text("who", "Who agreed")
                    .hint("Their name, and the organisation that marked it")
                    .value(&typed.who)
                    .bold(),
                day_field("on", "When they agreed", &typed.on).bold(),
                Field::select(
                    "marking",
                    "The marking that it has here",
                    choose(Choice::new("", "Choose a marking"), choices, typed, false),
                )
                .bold(),
                reason("What else there is to say (optional)", typed),
            ],
            "Ask for it to be opened",
        ),
    };
    Asking {
        alert: why.alert.id.to_string(),
        title,
        intro,
        fields,
        submit: Button::submit(button),
        problems: Vec::new(),
        waits: None,
    }
}

/// What this person is asked about the document, if they are: about the newest version of those that wait for them.
pub(in crate::pages) async fn asking(
    guest: &Guest,
    found: &SealPage,
    typed: &Typed,
    problems: Option<&Problems>,
) -> Result<Option<Asking>, Failure> {
    let mut mine = found.why.iter().filter(|why| why.asks_me());
    let Some(why) = mine.next() else {
        return Ok(None);
    };
    let page = match says::marking(&guest.actor, found.id).await {
        Ok(page) => page,
        // Another seal closes it to them too: an officer decides about that first.
        Err(Error::Sealed | Error::BeingRead) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    if page.choices.is_empty() {
        return Ok(None);
    }
    let mut asking = asked(why, &page.choices, typed);
    if let Some(problems) = problems {
        let mut fields: Vec<&mut Field> = asking.fields.iter_mut().collect();
        asking.problems = mark(&mut fields, problems);
    }
    asking.waits = page
        .request
        .filter(|request| request.alert == Some(why.alert.id))
        .map(|request| Waits::of(guest, &request, false));
    Ok(Some(asking))
}

/// What its author asks of an owner, who cannot open it meanwhile.
pub(in crate::pages) async fn asked_of(
    guest: &Guest,
    found: &SealPage,
) -> Result<Option<Waits>, Failure> {
    if !found.head.can_own || found.closing != Some(Closing::Held) {
        return Ok(None);
    }
    match says::request(&guest.actor, found.id).await {
        Ok(page) if page.request.alert.is_some() => Ok(Some(Waits::of(guest, &page.request, true))),
        Ok(_) | Err(Error::Conflict(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// The answer that was typed, to an alert of this kind.
fn spoken<'a>(kind: AlertKind, typed: &'a Typed, on: &'a str) -> Result<Says<'a>, Problems> {
    let (scheme, marking) = parts(&typed.marking);
    let seals = typed.seals == "yes";
    let chosen = !typed.marking.is_empty();
    Ok(match (kind, typed.answer.as_str()) {
        (AlertKind::Doubtful, "none") => Says::NoMarking {
            marking: chosen.then_some((scheme, marking)),
            reason: &typed.reason,
        },
        (AlertKind::Doubtful, answer) if answer != "marked" => {
            return Err(Problems::one(
                "answer",
                "Say whether what was found is a marking",
            ));
        }
        (AlertKind::Ask, _) => Says::Agreed {
            who: &typed.who,
            on,
            marking: (scheme, marking),
            reason: &typed.reason,
        },
        _ if !chosen => return Err(Problems::one("marking", "Choose its marking")),
        _ => Says::Marked {
            scheme,
            marking,
            reason: &typed.reason,
            seals,
        },
    })
}

pub(super) async fn answer(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let found = assurance::sealed(&guest.actor, id).await?;
    let alert: Id<thing::Alert> = typed.alert.parse().map_err(|_| Failure(Error::NotFound))?;
    let why = found.why.iter().find(|why| why.alert.id == alert);
    let on = read_day(&typed.on).map_or_else(|| typed.on.clone(), |day| day.to_string());
    // What is not among these any more is answered or decided: the verb says by whom.
    let kind = why.map_or(AlertKind::Unmarked, |why| why.alert.kind);
    let here = document(id);
    let problems = match spoken(kind, &typed, &on) {
        Err(problems) => problems,
        Ok(spoken) => match says::answer(&guest.actor, id, alert, &spoken).await {
            Ok(Said::Marked) => {
                return marked(
                    &guest,
                    id,
                    found.head.id,
                    "You answered. It is checked once more, and open again to others in a few seconds.",
                )
                .await;
            }
            Ok(Said::Asked(_)) => {
                return done(
                    &format!("{here}/sealed"),
                    "The owners of this library and assurance officers have been asked. You are told what they say.",
                );
            }
            Ok(Said::Sealed(_)) => {
                return done(
                    &format!("{here}/sealed"),
                    "You said so, and the document is closed. Assurance officers have been told.",
                );
            }
            Err(Error::Invalid(problems)) => problems,
            Err(Error::Conflict(why)) if found.why.iter().any(Why::asks_me) => {
                Problems::one("form", why)
            }
            Err(other) => return Err(other.into()),
        },
    };
    if let Some(says) = problems.of("seals") {
        return confirm_seal(&guest, &found.head, id, &found.name, says)
            .hidden("alert", &typed.alert)
            .hidden("answer", &typed.answer)
            .hidden("marking", &typed.marking)
            .hidden("reason", &typed.reason)
            .ask();
    }
    sealed_again(&guest, &found, &typed, &problems).await
}
