//! By which rules this realm judges: to look at.

use askama::Template;
use chancery::assurance::{self, InForce, Outcome, Unmarked, Unreadable};

use super::under_alerts;
use crate::components::{Hue, Row, Tag};
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::pages::libraries::When;

struct Scheme {
    name: String,
    markings: Vec<(String, Tag, u64)>,
}

#[derive(Template)]
#[template(path = "assurance/rules.html")]
struct Rules {
    frame: Frame,
    /// Whether markings are read at all.
    reads: bool,
    rows: Vec<Row>,
    schemes: Vec<Scheme>,
    /// Proposed and earlier rules: where each is shown, its name, what became of it, and when it was proposed.
    books: Vec<(String, String, String, When)>,
}

fn outcome(outcome: Outcome) -> Tag {
    let (said, hue) = match outcome {
        Outcome::Allowed => ("May be here", Hue::Green),
        Outcome::Clearance => ("For cleared people", Hue::Blue),
        Outcome::Ask => ("Originator is asked", Hue::Orange),
        Outcome::Above => ("Above: sealed", Hue::Red),
    };
    Tag::new(said, hue)
}

fn unreadable(what: Unreadable) -> &'static str {
    match what {
        Unreadable::Block => "Sealed to everybody but its author, until an officer decides",
        Unreadable::Flag => "Open, and an officer is told",
        Unreadable::Accept => "Taken as it is",
    }
}

fn rows(rules: &InForce) -> Vec<Row> {
    let mut rows = vec![
        Row::new("Policy", rules.name.clone()),
        Row::new("What could not be read", unreadable(rules.unread)),
        Row::new(
            "Pictures within documents",
            match rules.pictures {
                Unreadable::Block => "Sealed to everybody but its author, until an officer decides",
                Unreadable::Flag => "Open, and said beside what was found",
                Unreadable::Accept => "Taken as they are",
            },
        ),
        Row::new(
            "What carries no marking",
            match rules.unmarked {
                Unmarked::Accept => "Taken as it is",
                Unmarked::Ask => "Sealed to everybody but its author, who is asked",
            },
        ),
        Row::new(
            "A marking that contradicts its scheme",
            outcome(rules.malformed).text,
        ),
    ];
    if let Some(progress) = rules.progress {
        let count = |number| format::count(number, "version", "versions");
        rows.push(Row::new(
            "How far reading is",
            match (progress.unread, progress.behind) {
                (0, 0) => format!(
                    "{} read, by these rules",
                    match progress.total {
                        0 => "Nothing to be".to_owned(),
                        1 => "The one version is".to_owned(),
                        total => format!("All {} are", count(total)),
                    }
                ),
                (unread, behind) => format!(
                    "Of {}, {} not read yet, and {} still to be judged by these rules",
                    count(progress.total),
                    format::number(unread),
                    format::number(behind)
                ),
            },
        ));
    }
    rows
}

pub(super) async fn show(guest: Guest) -> Answer {
    let rules = assurance::in_force(&guest.actor).await?;
    let (books, _) = assurance::rulebooks(&guest.actor, None).await?;
    let zone = guest.portal.zone();
    page(&Rules {
        frame: under_alerts(&guest, "Rules in force", Vec::new()),
        reads: rules.is_some(),
        books: books
            .into_iter()
            .map(|line| {
                let state = crate::pages::rulebooks::state(&guest, &line);
                let proposed = When::moment(line.proposed_at, zone);
                (
                    format!("/alerts/rules/{}", line.id),
                    line.name,
                    state,
                    proposed,
                )
            })
            .collect(),
        rows: rules.as_ref().map(rows).unwrap_or_default(),
        schemes: rules
            .map(|rules| rules.schemes)
            .unwrap_or_default()
            .into_iter()
            .map(|scheme| Scheme {
                name: scheme.name,
                markings: scheme
                    .markings
                    .into_iter()
                    .map(|one| {
                        let number = u64::try_from(one.number).unwrap_or_default();
                        (one.name, outcome(one.outcome), number)
                    })
                    .collect(),
            })
            .collect(),
    })
}
