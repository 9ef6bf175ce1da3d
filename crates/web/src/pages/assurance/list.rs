//! The alerts of the realm, for officers, as a page and as a file.

use askama::Template;
use chancery::assurance::several::Act;
use chancery::assurance::{self, AlertKind, AlertLine, AlertState, Unread};
use chancery::kernel::{Id, Time, thing};
use chancery::trail::Format;
use serde::Deserialize;

use super::{age, ago, decision, kind_tag, sealed_said, several, state_said};
use crate::components::{Choice, Field, Link, PageLink, Problem, Tag};
use crate::failure::{Answer, Failure};
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, Part, page, problem_page};
use crate::pages::libraries::When;
use crate::posted::Asked;

/// Reading is late where a version has waited for so long, in microseconds.
const LATE: i64 = 10 * 60_000_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    state: String,
    kind: String,
    after: String,
    format: String,
}

impl Query {
    fn state(&self) -> AlertState {
        AlertState::from_name(&self.state).unwrap_or_default()
    }

    fn kind(&self) -> Option<AlertKind> {
        AlertKind::from_name(&self.kind)
    }

    /// The list again, from its beginning.
    pub(super) fn address(&self) -> String {
        format!("/alerts?{}", self.written())
    }

    fn written(&self) -> String {
        let kind = self.kind().map_or("", AlertKind::name);
        format!("state={}&kind={kind}", self.state().name())
    }

    fn fields(&self) -> Vec<Field> {
        let states = [AlertState::Open, AlertState::Decided, AlertState::All]
            .map(|one| Choice::new(one.name(), state_said(one)).checked(one == self.state()));
        let mut kinds = vec![Choice::new("", "Every kind").checked(self.kind().is_none())];
        kinds.extend(
            AlertKind::ALL
                .map(|one| Choice::new(one.name(), one.label()).checked(self.kind() == Some(one))),
        );
        vec![
            Field::select("state", "Which", states),
            Field::select("kind", "Kind", kinds),
        ]
    }
}

struct Count {
    tag: Tag,
    href: String,
    open: String,
    in_hand: String,
    oldest: String,
}

struct Line {
    id: String,
    /// It waits for a decision, so it can be ticked.
    waits: bool,
    kind: Tag,
    href: String,
    name: String,
    place: String,
    label: String,
    by: String,
    age: String,
    raised: When,
    state: String,
    in_hand: String,
}

impl Line {
    /// The words for those who hear the box.
    fn tick_label(&self) -> String {
        format!("Select {}, {}", self.name, self.kind.text)
    }
}

/// What nobody has read yet.
struct Waits {
    said: String,
    /// For longer than reading takes: something is wrong.
    late: bool,
}

impl Waits {
    fn of(unread: Unread, now: Time) -> Option<Self> {
        let since = unread.since?;
        let waits = now.micros() - since.micros();
        Some(Self {
            said: format!(
                "{} not read for {} marking yet. The oldest has waited for {}.",
                match unread.versions {
                    1 => "1 version is".to_owned(),
                    many => format!("{} versions are", format::number(many)),
                },
                if unread.versions == 1 { "its" } else { "their" },
                age(since, now)
            ),
            late: waits > LATE,
        })
    }
}

#[derive(Template)]
#[template(path = "assurance/list.html")]
struct Alerts {
    frame: Frame,
    problems: Vec<Problem>,
    /// The query of this list, to come back to it.
    back: String,
    /// What can be done about several of them at once: the name and what its button says. Empty where none waits.
    acts: Vec<(&'static str, &'static str)>,
    fields: Vec<Field>,
    filtered: bool,
    exports: Vec<Link>,
    counts: Vec<Count>,
    unread: Option<Waits>,
    lines: Vec<Line>,
    said: &'static str,
    first: Option<PageLink>,
    next: Option<PageLink>,
}

fn line(guest: &Guest, line: AlertLine) -> Line {
    let now = guest.portal.now();
    Line {
        id: line.id.to_string(),
        waits: line.decided.is_none(),
        kind: kind_tag(line.kind),
        href: format!("/alerts/{}", line.id),
        place: format!("{} in {}", line.library.1, line.site),
        by: line.placed_by.in_full(),
        age: ago(line.raised_at, now),
        raised: When::moment(line.raised_at, guest.portal.zone()),
        state: decision(guest, &line).unwrap_or_else(|| sealed_said(line.sealed).to_owned()),
        in_hand: match (&line.in_hand, &line.decided) {
            // Nobody has to deal with it any more.
            (_, Some(_)) => String::new(),
            (Some((by, _)), None) => guest.who(by),
            (None, None) => "Nobody".to_owned(),
        },
        label: line.label,
        name: line.name,
    }
}

pub(super) async fn show(guest: Guest, Asked(query): Asked<Query>) -> Answer {
    page(&find(&guest, query).await?)
}

/// The list, saying why nothing was done about what was ticked in it.
pub(super) async fn again(guest: &Guest, query: Query, why: String) -> Answer {
    let mut list = find(guest, query).await?;
    list.problems = vec![match list.lines.iter().find(|line| line.waits) {
        Some(line) => Problem::on(&format!("alert-{}", line.id), why),
        None => Problem::whole(why),
    }];
    list.frame.error = true;
    problem_page(&list)
}

async fn find(guest: &Guest, query: Query) -> Result<Alerts, Failure> {
    let after: Option<Id<thing::Alert>> = query.after.parse().ok();
    let found = assurance::alerts(&guest.actor, query.state(), query.kind(), after).await?;
    let now = guest.portal.now();
    let written = query.written();
    let counts = found
        .counts
        .iter()
        .map(|count| Count {
            tag: kind_tag(count.kind),
            href: format!("/alerts?state=open&kind={}", count.kind.name()),
            open: format::count(count.open, "alert", "alerts"),
            in_hand: match (count.open, count.in_hand) {
                (1, 0) => "not in hand".to_owned(),
                (_, 0) => "none of them in hand".to_owned(),
                (1, 1) => "in hand".to_owned(),
                (open, all) if open == all => "all of them in hand".to_owned(),
                (_, some) => format!("{} in hand", format::number(some)),
            },
            oldest: age(count.oldest, now),
        })
        .collect();
    let lines: Vec<Line> = found
        .lines
        .into_iter()
        .map(|one| line(guest, one))
        .collect();
    Ok(Alerts {
        problems: Vec::new(),
        back: written.clone(),
        acts: if lines.iter().any(|line| line.waits) {
            Act::ALL
                .map(|act| (act.name(), several::button(act)))
                .into()
        } else {
            Vec::new()
        },
        frame: guest.frame("Alerts", Part::Alerts),
        fields: query.fields(),
        filtered: query.state() != AlertState::Open || query.kind().is_some(),
        exports: Format::ALL
            .map(|format| {
                let href = format!("/alerts/export?{written}&format={}", format.name());
                Link::new(format!("As {}", format.label()), href)
            })
            .into(),
        counts,
        unread: found.unread.and_then(|unread| Waits::of(unread, now)),
        lines,
        said: state_said(query.state()),
        first: after.map(|_| PageLink::new(format!("/alerts?{written}"), "From the beginning")),
        next: found
            .next
            .map(|next| PageLink::new(format!("/alerts?{written}&after={next}"), "")),
    })
}

pub(super) async fn export(guest: Guest, Asked(query): Asked<Query>) -> Answer {
    let format = Format::from_name(&query.format).unwrap_or(Format::Csv);
    let lines = assurance::export_alerts(&guest.actor, query.state(), query.kind(), format).await?;
    let name = format!(
        "Alerts {}.{}",
        format::machine_day(guest.portal.now().timestamp(), guest.portal.zone()),
        format.name()
    );
    Ok(wire::trail_file(&name, format, lines))
}
