//! Rules that are proposed: what they say, what a trial of them finds, switching them on and taking them back. For assurance officers.

use std::collections::BTreeMap;

use askama::Template;
use chancery::assurance::{
    self, Effect, RulebookLine, RulebookPage, RulebookState, Trial, TrialChange, Written,
};
use chancery::kernel::{Id, thing};
use serde::Deserialize;

use super::libraries::When;
use crate::components::{Button, Crumb, Field, Link, PageLink};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, Part, done, page};
use crate::named::Named;
use crate::posted::{Asked, Posted};
use crate::routes::routes;

routes! {
    get "/alerts/rules/propose" => ask;
    post "/alerts/rules/propose" => propose;
    get "/alerts/rules/{id}" => show;
    get "/alerts/rules/{id}/switch-on" => ask_to_switch_on;
    post "/alerts/rules/{id}/switch-on" => switch_on;
    get "/alerts/rules/{id}/withdraw" => ask_to_withdraw;
    post "/alerts/rules/{id}/withdraw" => withdraw;
}

fn here(id: Id<thing::Rulebook>) -> String {
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
        ..guest.frame(title, Part::None)
    }
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
                .map(|(place, text)| (format!("scheme-{:02}", place + 1), text))
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
            .value(&typed.policy),
    ];
    let schemes = typed.schemes();
    for (place, text) in schemes.iter().map(String::as_str).chain([""]).enumerate() {
        let number = place + 1;
        let field = Field::textarea(
            format!("scheme-{number:02}"),
            format!("Scheme of your own {number} (optional)"),
        )
        .rows(6)
        .attribute("spellcheck", "false")
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

async fn propose(guest: Guest, Posted(typed): Posted<Typed>) -> Answer {
    let outcome = assurance::propose(&guest.actor, &typed.written()).await;
    form(&guest, &typed).await?.after(outcome, |id| {
        done(
            &here(id),
            "The rules are tried from now on. Nothing else has changed.",
        )
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Onwards {
    effect: String,
    after: String,
}

struct Row {
    document: String,
    version: String,
    place: String,
    effect: &'static str,
    before: String,
    after: String,
    why: String,
}

struct Filter {
    text: String,
    href: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "assurance/rulebook.html")]
struct Show {
    frame: Frame,
    line: RulebookLine,
    proposed: When,
    proposed_by: String,
    state: String,
    trial: Option<Trial>,
    open: bool,
    here: String,
    filters: Vec<Filter>,
    rows: Vec<Row>,
    policy: String,
    schemes: Vec<String>,
    first: Option<PageLink>,
    next: Option<PageLink>,
}

/// A verdict and a marking as a cell of the table says them.
fn found((verdict, label): &(String, String)) -> String {
    let verdict = match verdict.as_str() {
        "unmarked" => "No marking",
        "doubtful" => "In doubt",
        "ask" => "Originator to be asked",
        "unread" => "Not wholly read",
        "above" => "Above",
        _ => "",
    };
    match (verdict, label.as_str()) {
        ("", "") => "Nothing".to_owned(),
        ("", label) => label.to_owned(),
        (verdict, "") => verdict.to_owned(),
        (verdict, label) => format!("{label} ({})", verdict.to_lowercase()),
    }
}

fn row(change: TrialChange) -> Row {
    Row {
        before: found(&change.before),
        after: found(&change.after),
        version: change.version.map_or_else(
            || "All versions".to_owned(),
            |number| format!("Version {number}"),
        ),
        place: format!("{}, {}", change.library.1, change.site),
        document: change.name,
        effect: change.effect.label(),
        why: change.why,
    }
}

fn filters(here: &str, trial: &Trial, chosen: Option<Effect>) -> Vec<Filter> {
    let all: u64 = trial.counts.iter().map(|(_, number)| number).sum();
    let mut filters = vec![Filter {
        text: format!("All changes ({all})"),
        href: here.to_owned(),
        chosen: chosen.is_none(),
    }];
    filters.extend(trial.counts.iter().map(|(effect, number)| Filter {
        text: format!("{} ({number})", effect.label()),
        href: format!("{here}?effect={}", effect.name()),
        chosen: chosen == Some(*effect),
    }));
    filters
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

async fn show(
    guest: Guest,
    Named(id): Named<Id<thing::Rulebook>>,
    Asked(from): Asked<Onwards>,
) -> Answer {
    let RulebookPage {
        line,
        written,
        trial,
    } = assurance::rulebook(&guest.actor, id).await?;
    let effect = Effect::from_name(&from.effect);
    let after = from.after.parse().ok();
    let (changes, next) = match trial {
        Some(_) => assurance::trial_changes(&guest.actor, id, effect, after).await?,
        None => (Vec::new(), None),
    };
    let here = here(id);
    let filtered = effect.map_or_else(String::new, |effect| format!("effect={}", effect.name()));
    let state = state(&guest, &line);
    page(&Show {
        frame: under_rules(&guest, line.name.clone(), Vec::new()),
        proposed: When::moment(line.proposed_at, guest.portal.zone()),
        proposed_by: line.proposed_by.in_full(),
        state,
        open: line.state == RulebookState::Proposed,
        filters: trial
            .as_ref()
            .map_or_else(Vec::new, |trial| filters(&here, trial, effect)),
        rows: changes.into_iter().map(row).collect(),
        policy: written.policy,
        schemes: written.schemes,
        first: (!from.after.is_empty())
            .then(|| PageLink::new(format!("{here}?{filtered}"), "From the beginning")),
        next: next.map(|next| PageLink::new(format!("{here}?{filtered}&after={next}"), "")),
        here,
        trial,
        line,
    })
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
    fn what_was_found_is_said_in_words() {
        for (verdict, label, says) in [
            ("above", "SECRET", "SECRET (above)"),
            ("allowed", "OFFICIAL", "OFFICIAL"),
            ("unmarked", "", "No marking"),
            ("", "", "Nothing"),
        ] {
            assert_eq!(found(&(verdict.to_owned(), label.to_owned())), says);
        }
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
