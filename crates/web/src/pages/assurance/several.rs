//! Several alerts that were ticked in the list: what is done about all of them at once.

use askama::Template;
use chancery::assurance::several::{self, Act, LeftOut, Outcome, Several};
use chancery::assurance::{AlertKind, AlertLine};
use chancery::kernel::{Id, thing};
use chancery::{Error, Problems};
use serde::Deserialize;

use super::guidance::{BACK, WHEN_KEPT};
use super::{kind_tag, list, sealed_said, under_alerts};
use crate::components::{Button, Field, Left, Problem, Tag};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::forms::mark;
use crate::frame::Frame;
use crate::guest::{Guest, done, page, problem_page};
use crate::posted::{Asked, Posted};

/// The columns of what is asked about, and of what was done.
const BEFORE: [&str; 4] = ["Document", "Found", "In hand", "State"];
const AFTER: [&str; 2] = ["Document", "Found"];

/// Says what becomes of each, or became of it.
#[derive(Template)]
#[template(path = "assurance/several.html")]
struct SeveralPage {
    frame: Frame,
    problems: Vec<Problem>,
    says: Vec<String>,
    caption: &'static str,
    columns: &'static [&'static str],
    lines: Vec<Line>,
    left_caption: &'static str,
    left_out: Vec<Left>,
    fields: Vec<Field>,
    hidden: Vec<(&'static str, String)>,
    /// None where there is nothing to do.
    submit: Option<Button>,
    back: String,
}

struct Line {
    name: String,
    href: String,
    place: String,
    kind: Tag,
    label: String,
    state: &'static str,
    in_hand: String,
}

impl Line {
    fn of(guest: &Guest, line: &AlertLine) -> Self {
        Self {
            name: line.name.clone(),
            href: format!("/alerts/{}", line.id),
            place: format!("{} in {}", line.library.1, line.site),
            kind: kind_tag(line.kind),
            label: line.label.clone(),
            state: sealed_said(line.sealed),
            in_hand: match &line.in_hand {
                Some((by, _)) => guest.who(by),
                None => "Nobody".to_owned(),
            },
        }
    }
}

/// Something that is left out.
fn left_out(left: &LeftOut) -> Left {
    Left::new(
        left.name.as_deref(),
        format!("/alerts/{}", left.alert),
        &left.why,
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ticked {
    alert: Vec<String>,
    act: String,
    reason: String,
    /// The query of the list.
    back: String,
}

impl Ticked {
    fn alerts(&self) -> Vec<Id<thing::Alert>> {
        self.alert
            .iter()
            .filter_map(|text| text.parse().ok())
            .collect()
    }

    fn act(&self) -> Option<Act> {
        Act::from_name(&self.act)
    }

    fn query(&self) -> list::Query {
        serde_html_form::from_str(&self.back).unwrap_or_default()
    }
}

/// What a button of the list says.
pub(super) const fn button(act: Act) -> &'static str {
    match act {
        Act::TakeInHand => "Take in hand",
        Act::FalseAlarm => "False alarm",
        Act::KeepSealed => "Keep sealed",
    }
}

fn title(act: Act, count: u64) -> String {
    let alerts = format::count(count, "alert", "alerts");
    match (act, count) {
        (Act::TakeInHand, 0) => "There is nothing to take in hand".to_owned(),
        (_, 0) => "There is nothing to decide".to_owned(),
        (Act::TakeInHand, _) => format!("Take {alerts} in hand"),
        (Act::FalseAlarm, 1) => "1 alert is a false alarm".to_owned(),
        (Act::FalseAlarm, _) => format!("{alerts} are false alarms"),
        (Act::KeepSealed, _) => format!(
            "Keep {} sealed",
            format::count(count, "document", "documents")
        ),
    }
}

/// What it does, and what it cannot undo.
fn says(act: Act, ready: &[AlertLine]) -> Vec<String> {
    let mut says = Vec::new();
    if ready.is_empty() {
        says.push("None of what you selected can be decided so now. The list says why.".to_owned());
        return says;
    }
    match act {
        Act::TakeInHand => {
            says.push("Other officers see that you deal with them.".to_owned());
        }
        Act::FalseAlarm => {
            says.push("Each document that was sealed for its alert is opened again, and the same content raises no such alert again, wherever it is. Choose this only when you have looked at the evidence of each of them.".to_owned());
            says.push(BACK.to_owned());
        }
        Act::KeepSealed => {
            says.push(
                "Nobody can open these documents from now on, their authors included.".to_owned(),
            );
            says.push(format!(
                "{WHEN_KEPT} You can decide otherwise at any time, one by one."
            ));
        }
    }
    let of = |wanted: AlertKind| ready.iter().filter(|line| line.kind == wanted).count() as u64;
    let open = ready.iter().filter(|line| line.sealed.is_none()).count() as u64;
    if act == Act::KeepSealed && open > 0 {
        says.push(format!(
            "{} not sealed now, and will be closed to everybody.",
            format::count(open, "of them is", "of them are")
        ));
    }
    let malware = of(AlertKind::Malware);
    if act == Act::FalseAlarm && malware > 0 {
        says.push(format!(
            "{} raised because of malware. Ask the people who look after the scanner first.",
            format::count(malware, "of them was", "of them were")
        ));
    }
    says
}

impl SeveralPage {
    /// What would become of them.
    fn asking(guest: &Guest, act: Act, several: &Several, typed: &Ticked) -> Self {
        let count = several.ready.len() as u64;
        let mut hidden = vec![("back", typed.back.clone()), ("act", act.name().to_owned())];
        hidden.extend(
            several
                .ready
                .iter()
                .map(|line| ("alert", line.id.to_string())),
        );
        let mut fields = Vec::new();
        if act.decides() && count > 0 {
            fields.push(
                Field::textarea("reason", "Why")
                    .hint("It is kept with the decision about each of them, and whoever added the documents and the owners of their libraries read it. Do not repeat what is protected")
                    .rows(3)
                    .limit(500)
                    .value(&typed.reason)
                    .bold(),
            );
        }
        let submit = match act {
            Act::TakeInHand => Button::submit("Take them in hand"),
            Act::FalseAlarm => Button::submit("They are false alarms"),
            Act::KeepSealed => Button::submit("Keep them sealed"),
        };
        Self {
            frame: under_alerts(guest, title(act, count), Vec::new()),
            problems: Vec::new(),
            says: says(act, &several.ready),
            caption: "What it will be done about",
            columns: if count > 0 { &BEFORE } else { &AFTER },
            lines: several
                .ready
                .iter()
                .map(|line| Line::of(guest, line))
                .collect(),
            left_caption: "What is left out",
            left_out: several.left_out.iter().map(left_out).collect(),
            fields,
            hidden,
            submit: (count > 0).then_some(submit),
            back: typed.query().address(),
        }
    }

    /// What became of them, where something was left out.
    fn told(guest: &Guest, act: Act, outcome: &Outcome, back: String) -> Self {
        let left = format::count(outcome.left_out.len() as u64, "was", "were");
        Self {
            frame: under_alerts(
                guest,
                format!("{}, {left} not", done_said(act, outcome.done.len() as u64)),
                Vec::new(),
            ),
            problems: Vec::new(),
            says: vec![
                "What was left out stays as it is. Look at it, and decide about it by itself."
                    .to_owned(),
            ],
            caption: "What it was done about",
            columns: &AFTER,
            lines: outcome
                .done
                .iter()
                .map(|line| Line {
                    state: "",
                    in_hand: String::new(),
                    ..Line::of(guest, line)
                })
                .collect(),
            left_caption: "What was left out",
            left_out: outcome.left_out.iter().map(left_out).collect(),
            fields: Vec::new(),
            hidden: Vec::new(),
            submit: None,
            back,
        }
    }

    /// The page again, saying what is wrong.
    fn refuse(mut self, problems: &Problems) -> Answer {
        let mut fields: Vec<&mut Field> = self.fields.iter_mut().collect();
        self.problems = mark(&mut fields, problems);
        self.frame.error = true;
        problem_page(&self)
    }
}

/// What was done, without a full stop: "3 alerts were decided as false alarms".
fn done_said(act: Act, count: u64) -> String {
    match act {
        Act::TakeInHand => format!(
            "{} taken in hand",
            format::count(count, "alert was", "alerts were")
        ),
        Act::FalseAlarm => format!(
            "{} decided as {}",
            format::count(count, "alert was", "alerts were"),
            if count == 1 {
                "a false alarm"
            } else {
                "false alarms"
            }
        ),
        Act::KeepSealed => format!(
            "{} sealed to everybody",
            format::count(count, "document was", "documents were")
        ),
    }
}

/// The list again, where nothing was ticked or too much was.
async fn list_again(guest: &Guest, ticked: &Ticked, act: Act, why: Option<String>) -> Answer {
    let why = why.unwrap_or_else(|| {
        format!(
            "Tick the alerts that you want to decide about, then choose {}",
            button(act)
        )
    });
    list::again(guest, ticked.query(), why).await
}

pub(super) async fn ask(guest: Guest, Asked(ticked): Asked<Ticked>) -> Answer {
    let act = ticked.act().unwrap_or(Act::TakeInHand);
    let alerts = ticked.alerts();
    match several::look(&guest.actor, &alerts, act).await {
        Ok(found) => page(&SeveralPage::asking(&guest, act, &found, &ticked)),
        Err(Error::Invalid(problems)) => {
            let why = problems.of("alerts").filter(|_| !alerts.is_empty());
            list_again(&guest, &ticked, act, why.map(str::to_owned)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The page as things are now, after something came between.
async fn again(guest: &Guest, act: Act, ticked: &Ticked) -> Result<SeveralPage, Failure> {
    let found = several::look(&guest.actor, &ticked.alerts(), act).await?;
    Ok(SeveralPage::asking(guest, act, &found, ticked))
}

pub(super) async fn decide(guest: Guest, Posted(ticked): Posted<Ticked>) -> Answer {
    let act = ticked.act().ok_or(Error::NotFound)?;
    let back = ticked.query().address();
    match several::decide(&guest.actor, &ticked.alerts(), act, &ticked.reason).await {
        Ok(outcome) if outcome.left_out.is_empty() => {
            let mut says = done_said(act, outcome.done.len() as u64);
            says.push('.');
            if act == Act::FalseAlarm {
                says.push_str(" Where a document was sealed for it, it is opened again.");
            }
            done(&back, says)
        }
        Ok(outcome) => page(&SeveralPage::told(&guest, act, &outcome, back)),
        Err(Error::Invalid(problems)) if problems.of("alerts").is_some() => {
            let why = problems.of("alerts").map(str::to_owned);
            list_again(&guest, &ticked, act, why).await
        }
        Err(Error::Invalid(problems)) => again(&guest, act, &ticked).await?.refuse(&problems),
        Err(Error::Conflict(why)) => again(&guest, act, &ticked)
            .await?
            .refuse(&Problems::one("form", why)),
        Err(other) => Err(other.into()),
    }
}
