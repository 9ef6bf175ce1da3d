//! Who can see a place, and what gives it to them.

use askama::Template;
use chancery::grants::{self, AccessPage, Governed, GovernedLibrary, GrantLine, Subject, last_day};
use chancery::kernel::{Id, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::holders::{Group, View, grouped};
use super::question::{self, Said};
use super::{address, can_see, frame, role_label};
use crate::components::{Field, Hue, Link, Problem, Tag, problems};
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, page, problem_page};
use crate::named::Named;
use crate::pages::trail::printed;
use crate::posted::Asked;

/// How many days before its end a grant is said to end soon.
const SOON: i32 = 30;

/// What the address asks for besides the place.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    /// Who the question is about, as typed.
    pub(super) who: String,
    /// The same person, once it is clear who is meant.
    pub(super) person: String,
    /// On which date.
    pub(super) on: String,
    /// The organisation whose people are all shown.
    organisation: String,
    /// Whether everybody is shown: `everybody`.
    show: String,
}

/// Something that gives access.
struct Grant {
    name: String,
    /// The page of whoever has it, where the viewer can open that.
    href: Option<String>,
    detail: String,
    role: &'static str,
    given_by: String,
    given: String,
    until: String,
    soon: Option<Tag>,
    /// Where it can be changed.
    change: Option<Link>,
    inherited: bool,
}

/// A library of the site.
struct Library {
    name: String,
    href: String,
    access: &'static str,
}

#[derive(Template)]
#[template(path = "access/access.html")]
struct AccessTemplate {
    frame: Frame,
    name: String,
    heading: String,
    facts: String,
    here: String,
    /// What can be done to the inheritance of a library.
    inherit: Option<&'static str>,
    trail: Option<String>,
    question: Vec<Field>,
    said: Said,
    groups: Vec<Group>,
    columns: usize,
    shows_last_opened: bool,
    /// Whether organisations are folded, so that there is a way to see everybody.
    folded: bool,
    /// How many people are not named at all.
    unnamed: Option<String>,
    grants: Vec<Grant>,
    /// The libraries of the site, each with the page of its access.
    libraries: Vec<Library>,
    /// The page shows another day than today.
    another_day: bool,
    printed: String,
}

impl AccessTemplate {
    /// Whether a question was asked, so that its form stays open on a phone.
    fn asked(&self) -> bool {
        !matches!(self.said, Said::Nothing)
    }
}

pub(super) async fn show<P: Governed>(
    guest: Guest,
    Named(id): Named<Id<P>>,
    Asked(query): Asked<Query>,
) -> Answer {
    let here = address(id);
    let (now, zone) = (guest.portal.now(), guest.portal.zone());
    let today = now.timestamp().to_zoned(zone.clone()).date();
    let question = question::fields(&query, today);
    let problems = problems(&question);
    if !problems.is_empty() {
        return unread(&guest, id, question, problems).await;
    }
    let then = question::moment(&query.on, today, zone);
    let access = match then {
        Some(then) => grants::access_at(&guest.actor, id, then).await?,
        None => grants::access(&guest.actor, id).await?,
    };
    let said = question::ask(&guest, id, &query, &here).await?;
    let facts = facts(&access);
    let named = access.people.len() as u64;
    let total = access.total();
    let heading = heading(total, access.organisations, then, now, zone);
    let view = View {
        zone,
        shares: can_see(&access.place),
        operator: guest.arrived.operator,
        all: query.show == "everybody",
        unfolded: &query.organisation,
        here: &here,
    };
    let groups = grouped(access.people, &view);
    let place = access.place;
    let site_access = format!("/sites/{}/access", place.site.line.id);
    let grants = access
        .grants
        .into_iter()
        .map(|line| {
            let change = if then.is_some() {
                None
            } else if !line.inherited {
                Some(format!("{here}/grants/{}", line.id))
            } else if place.site.can_govern {
                Some(site_access.clone())
            } else {
                None
            };
            grant(line, change, view.shares || view.operator, now, zone)
        })
        .collect();
    let owns = match &place.library {
        Some(library) => library.can_own,
        None => place.site.can_see_trail,
    };
    let title = format!("Access to {}", place.name);
    page(&AccessTemplate {
        frame: frame(&guest, &place, &title, &here, false),
        name: place.name,
        heading,
        facts,
        inherit: place.inherits.map(|inherits| {
            if inherits {
                "Stop taking the site’s access"
            } else {
                "Take the site’s access again"
            }
        }),
        trail: owns.then(|| here.replace("/access", "/trail?kind=access")),
        question,
        said,
        columns: if access.shows_last_opened { 4 } else { 3 },
        shows_last_opened: access.shows_last_opened,
        folded: groups.iter().any(|group| group.rest.is_some()),
        groups,
        unnamed: (total > named).then(|| {
            format!(
                "Only the first {} people are named here.",
                format::number(named)
            )
        }),
        grants,
        libraries: access.libraries.into_iter().map(library).collect(),
        another_day: then.is_some(),
        printed: printed(&guest),
        here,
    })
}

#[derive(Template)]
#[template(path = "access/unread.html")]
struct UnreadPage {
    frame: Frame,
    problems: Vec<Problem>,
    name: String,
    here: String,
    question: Vec<Field>,
}

/// The question again, and nothing that could pass for its answer.
async fn unread<P: Governed>(
    guest: &Guest,
    id: Id<P>,
    question: Vec<Field>,
    problems: Vec<Problem>,
) -> Answer {
    let place = grants::place(&guest.actor, id).await?;
    let here = address(id);
    let title = format!("Access to {}", place.name);
    problem_page(&UnreadPage {
        frame: Frame {
            error: true,
            ..frame(guest, &place, &title, &here, false)
        },
        problems,
        name: place.name,
        here,
        question,
    })
}

/// The answer to the page's question: "23 people from 5 organisations can see this".
fn heading(
    people: u64,
    organisations: u64,
    then: Option<Time>,
    now: Time,
    zone: &TimeZone,
) -> String {
    let who = match people {
        0 => "Nobody".to_owned(),
        people => format::people(people, organisations),
    };
    match then {
        None => format!("{who} can see this"),
        Some(then) => {
            let day = format::date(then.timestamp().to_zoned(zone.clone()).date());
            if then < now {
                format!("{who} could see this at the end of {day}")
            } else {
                format!("{who} will be able to see this at the end of {day}, as things stand")
            }
        }
    }
}

fn library(library: GovernedLibrary) -> Library {
    Library {
        href: address(library.id),
        name: library.name,
        access: if library.inherits {
            "Takes the site’s access"
        } else {
            "Has access of its own"
        },
    }
}

/// What the counts come to, and where access comes from.
fn facts(access: &AccessPage) -> String {
    let mut counts = Vec::new();
    let mut count = |number: u64, one: &str, many: &str| match number {
        0 => {}
        1 => counts.push(format!("1 {one}")),
        number => counts.push(format!("{} {many}", format::number(number))),
    };
    count(access.owners, "owns it", "own it");
    count(
        access.contributors,
        "can change documents",
        "can change documents",
    );
    count(access.readers, "can only read", "can only read");
    let mut said = format::list(&counts);
    if !said.is_empty() {
        said.push_str(". ");
    }
    said.push_str(match access.place.inherits {
        None => "Libraries that take the site’s access can be seen by the same people.",
        Some(true) => "The library takes the site’s access: whoever can see the site can see this.",
        Some(false) => "The library has its own access: being in the site is not enough.",
    });
    said
}

fn grant(
    line: GrantLine,
    change: Option<String>,
    links: bool,
    now: Time,
    zone: &TimeZone,
) -> Grant {
    let href = match line.subject {
        Subject::Everyone => None,
        Subject::Person(id) => Some(format!("/people/{id}")),
        Subject::Team(id) => Some(format!("/teams/{id}")),
        Subject::Organisation(id) => Some(format!("/organisations/{id}")),
    };
    Grant {
        href: href.filter(|_| links),
        role: role_label(line.role),
        given_by: line.given_by.in_words(),
        given: format::day(line.from.timestamp(), zone),
        until: line.until.map_or_else(
            || "No end date".to_owned(),
            |until| format::date(last_day(until, zone)),
        ),
        soon: line.until.and_then(|until| soon(until, now, zone)),
        change: change.map(|href| {
            let (text, hidden) = if line.inherited {
                ("Change on the site", format!(": access of {}", line.name))
            } else {
                ("Change", format!(" access of {}", line.name))
            };
            Link::new(text, href).hidden(hidden)
        }),
        name: line.name,
        detail: line.detail,
        inherited: line.inherited,
    }
}

/// A tag for access that ends within a month.
fn soon(until: Time, now: Time, zone: &TimeZone) -> Option<Tag> {
    let today = now.timestamp().to_zoned(zone.clone()).date();
    let days = (last_day(until, zone) - today).get_days();
    let text = match days {
        ..=0 => "Last day today".to_owned(),
        1 => "Ends tomorrow".to_owned(),
        2..=SOON => format!("Ends in {days} days"),
        _ => return None,
    };
    Some(Tag::new(text, Hue::Yellow))
}
