//! Rules that are proposed: writing them, switching them on and taking them back. For assurance officers.

use std::collections::BTreeMap;

use chancery::assurance::{self, RulebookLine, RulebookState, RulesFile, Trial, Written, first_of};
use chancery::kernel::{Id, thing};
use chancery::{Error, Problems};
use serde::Deserialize;

use crate::components::{Button, Crumb, Field, Link};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, Part, done};
use crate::named::Named;
use crate::posted::Posted;
use crate::routes::routes;

#[path = "report.rs"]
pub(super) mod report;

routes! {
    get "/alerts/rules/propose" => ask;
    post "/alerts/rules/propose" => propose;
    get "/alerts/rules/{id}" => report::show;
    get "/alerts/rules/{id}/libraries" => report::libraries;
    get "/alerts/rules/{id}/switch-on" => ask_to_switch_on;
    post "/alerts/rules/{id}/switch-on" => switch_on;
    get "/alerts/rules/{id}/withdraw" => ask_to_withdraw;
    post "/alerts/rules/{id}/withdraw" => withdraw;
}

pub(super) fn here(id: Id<thing::Rulebook>) -> String {
    format!("/alerts/rules/{id}")
}

fn under_rules(guest: &Guest, title: impl Into<String>, more: Vec<Crumb>) -> Frame {
    let mut crumbs = vec![
        Crumb::new("Alerts", "/alerts"),
        Crumb::new("Rules", "/alerts/rules"),
    ];
    crumbs.extend(more);
    Frame {
        crumbs,
        ..guest.frame(title, Part::Alerts)
    }
}

/// What the box of a scheme is called.
fn scheme_box(number: usize) -> String {
    format!("scheme-{number:02}")
}

/// What was typed: the schemes of the realm's own are numbered boxes, because each is a file.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default)]
    policy: String,
    #[serde(flatten)]
    others: BTreeMap<String, String>,
}

impl Typed {
    fn of(written: Written) -> Self {
        Self {
            policy: written.policy,
            others: written
                .schemes
                .into_iter()
                .enumerate()
                .map(|(place, text)| (scheme_box(place + 1), text))
                .collect(),
        }
    }

    fn schemes(&self) -> Vec<String> {
        self.others
            .iter()
            .filter(|(name, text)| name.starts_with("scheme-") && !text.trim().is_empty())
            .map(|(_, text)| text.clone())
            .collect()
    }

    fn written(&self) -> Written {
        Written {
            policy: self.policy.clone(),
            schemes: self.schemes(),
        }
    }
}

/// The form, for those who may: to others it is not there.
async fn form(guest: &Guest, typed: &Typed) -> Result<FormPage, Failure> {
    let (_, proposed) = assurance::rules_now(&guest.actor).await?;
    let mut fields = vec![
        Field::textarea("policy", "Policy")
            .hint("The text of its file: what is done with every marking of every scheme")
            .rows(24)
            .attribute("spellcheck", "false")
            // What is wrong is told by its line: a line of the file is one here too.
            .attribute("wrap", "off")
            .value(&typed.policy),
    ];
    let schemes = typed.schemes();
    for (place, text) in schemes.iter().map(String::as_str).chain([""]).enumerate() {
        let number = place + 1;
        let field = Field::textarea(
            scheme_box(number),
            format!("Scheme of your own {number} (optional)"),
        )
        .rows(6)
        .attribute("spellcheck", "false")
        .attribute("wrap", "off")
        .value(text);
        fields.push(if text.is_empty() {
            field.hint(
                "The text of the file of a scheme of markings that does not come with the program",
            )
        } else {
            field
        });
    }
    let form = FormPage::new(
        under_rules(guest, "Propose rules", Vec::new()),
        fields,
        Button::submit("Try these rules"),
        "/alerts/rules",
    )
    .intro("Every version is read by the rules that you propose, in the background, and nothing is done about what they find. You are shown what would change, and decide then whether to switch them on.");
    Ok(match proposed {
        Some(id) => form.look(Link::new(
            "See the rules that are proposed already",
            here(id),
        )),
        None => form,
    })
}

async fn ask(guest: Guest) -> Answer {
    let (in_force, _) = assurance::rules_now(&guest.actor).await?;
    let typed = match in_force {
        Some(id) => Typed::of(assurance::rulebook(&guest.actor, id).await?.written),
        None => Typed::default(),
    };
    form(&guest, &typed).await?.ask()
}

/// What is wrong with what was typed, each in the box that it was typed in.
fn in_its_box(written: &Written) -> Problems {
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, one) in written.broken() {
        let name = match file {
            RulesFile::Policy => "policy".to_owned(),
            RulesFile::Scheme(number) => scheme_box(number),
        };
        wrong.entry(name).or_default().push(one.to_string());
    }
    let mut problems = Problems::new();
    for (name, all) in wrong {
        problems.add(&name, first_of(&all));
    }
    problems
}

async fn propose(guest: Guest, Posted(typed): Posted<Typed>) -> Answer {
    let written = typed.written();
    let outcome = match assurance::propose(&guest.actor, &written).await {
        Err(Error::Invalid(problems)) => {
            let in_its_box = in_its_box(&written);
            // What is wrong is not always in a line: too long, or the rules that are in force already.
            Err(Error::Invalid(
                if in_its_box.is_empty() || written.policy.trim().is_empty() {
                    problems
                } else {
                    in_its_box
                },
            ))
        }
        outcome => outcome,
    };
    form(&guest, &typed).await?.after(outcome, |id| {
        done(
            &here(id),
            "The rules are tried from now on. Nothing else has changed.",
        )
    })
}

/// What became of rules.
pub(super) fn state(guest: &Guest, line: &RulebookLine) -> String {
    let ended = line
        .ended
        .as_ref()
        .map_or_else(String::new, |(by, _)| guest.by(by));
    match line.state {
        RulebookState::Proposed => "Proposed, and not in force".to_owned(),
        RulebookState::Withdrawn => format!("Taken back by {ended}"),
        RulebookState::SwitchedOn(_) => format!("Switched on by {ended}"),
        RulebookState::InForce => "In force".to_owned(),
        RulebookState::Over => "No longer in force".to_owned(),
    }
}

/// The numbers of a trial in a sentence.
fn in_numbers(trial: &Trial) -> String {
    let changes: u64 = trial.counts.iter().map(|(_, number)| number).sum();
    format!(
        "They were tried on {} of {}, and would change {}.",
        trial.done,
        format::count(trial.total, "version", "versions"),
        format::count(changes, "thing", "things")
    )
}

async fn switch_on_page(guest: &Guest, id: Id<thing::Rulebook>) -> Result<FormPage, Failure> {
    let found = assurance::rulebook(&guest.actor, id).await?;
    let above = vec![Crumb::new(found.line.name.clone(), here(id))];
    let title = format!("Switch on {}", found.line.name);
    let mut fields = Vec::new();
    let mut says = String::new();
    if let Some(trial) = &found.trial {
        says = in_numbers(trial);
        if !trial.is_whole() {
            fields.push(Field::tick(
                "unfinished",
                "Switch them on although their trial is not finished",
                false,
            ));
        }
    }
    Ok(FormPage::new(
        under_rules(guest, title, above),
        fields,
        Button::submit("Switch on these rules").warning(),
        here(id),
    )
    .intro(says)
    .intro("Documents are judged by these rules from then on, and everything is read again in the background: what they say may not be here is sealed, and seals that they do not ask for are lifted."))
}

async fn ask_to_switch_on(guest: Guest, Named(id): Named<Id<thing::Rulebook>>) -> Answer {
    switch_on_page(&guest, id).await?.ask()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sure {
    unfinished: String,
}

async fn switch_on(
    guest: Guest,
    Named(id): Named<Id<thing::Rulebook>>,
    Posted(sure): Posted<Sure>,
) -> Answer {
    let asked_again = switch_on_page(&guest, id).await?;
    let unfinished = sure.unfinished == "yes";
    let outcome = assurance::switch_on(&guest.actor, id, unfinished).await;
    asked_again.after(outcome, |new| {
        done(
            &here(new),
            "The rules are in force. Everything is read again in the background.",
        )
    })
}

async fn withdraw_page(guest: &Guest, id: Id<thing::Rulebook>) -> Result<FormPage, Failure> {
    let found = assurance::rulebook(&guest.actor, id).await?;
    let above = vec![Crumb::new(found.line.name.clone(), here(id))];
    let title = format!("Take back {}", found.line.name);
    Ok(FormPage::new(
        under_rules(guest, title, above),
        Vec::new(),
        Button::submit("Take back these rules"),
        here(id),
    )
    .intro("They are tried on nothing more. What was found so far can still be seen, and the rules in force stay."))
}

async fn ask_to_withdraw(guest: Guest, Named(id): Named<Id<thing::Rulebook>>) -> Answer {
    withdraw_page(&guest, id).await?.ask()
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn withdraw(
    guest: Guest,
    Named(id): Named<Id<thing::Rulebook>>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let asked_again = withdraw_page(&guest, id).await?;
    let outcome = assurance::withdraw(&guest.actor, id).await;
    asked_again.after(outcome, |()| done(&here(id), "The rules are taken back."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_beside_the_box_that_it_was_typed_in() {
        let typed = Typed {
            policy: "id = 3".to_owned(),
            others: [(scheme_box(1), "id = \"ours\"\n".to_owned())].into(),
        };
        let problems = in_its_box(&typed.written());
        assert_eq!(
            problems.of("policy"),
            Some(
                "Line 1 (id = 3): here stands a number, where text belongs. Put it between quotation marks: \"…\""
            )
        );
        assert!(
            problems
                .of("scheme-01")
                .is_some_and(|says| says.contains("“name” is missing"))
        );
    }

    #[test]
    fn schemes_come_back_in_the_order_in_which_they_stood() {
        let written = Written {
            policy: "p".to_owned(),
            schemes: (0..12).map(|number| format!("scheme {number}")).collect(),
        };
        assert_eq!(Typed::of(written.clone()).written(), written);
    }
}
