//! The trail of a place: who did what and who read what, for its owners.

use askama::Template;
use chancery::kernel::Id;
use chancery::kernel::Sort;
use chancery::trail::{self, Format, TrailFilter, TrailLine};
use jiff::tz::TimeZone;

use super::days::by_day;
use super::filter::Filter;
use super::subject::{Subject, Trailed};
use super::told::{capital, changes, facts, thing};
use crate::components::{Field, Link, PageLink, Problem, problems};
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, InSite, page, problem_page};
use crate::named::Named;
use crate::posted::Asked;

/// A line of the table.
struct Line {
    clock: String,
    machine: String,
    name: String,
    /// Leads to what only this person did; none for the console, and where that is shown already.
    only: Option<String>,
    organisation: String,
    did: &'static str,
    /// Whether something was changed rather than read.
    changed: bool,
    thing: Option<Link>,
    /// The sentence, where there is nothing to lead to.
    says: String,
    facts: String,
    /// The library it happened in, on a site's trail.
    library: Option<Link>,
}

struct Day {
    title: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "trail/trail.html")]
struct TrailTemplate {
    frame: Frame,
    problems: Vec<Problem>,
    caption: String,
    heading: String,
    name: String,
    filters: Vec<Field>,
    filtered: bool,
    /// The filter cannot be read: what is wrong is said, and nothing is shown that could pass for its answer.
    unread: bool,
    here: String,
    exports: Vec<Link>,
    days: Vec<Day>,
    newest: Option<PageLink>,
    older: Option<PageLink>,
    /// That something is not listed because the viewer may not see it.
    left_out: String,
    /// For a printed copy: when and for whom it was made.
    printed: String,
}

pub(super) async fn show<T: Trailed>(
    guest: Guest,
    Named(id): Named<Id<T>>,
    Asked(filter): Asked<Filter>,
) -> Answer {
    let here = format!("/{}/{id}/trail", T::ROOT);
    let zone = guest.portal.zone();
    let unread = filter.check().is_err();
    let asked = if unread {
        // Only for who appears in it, which the filter offers.
        TrailFilter {
            limit: 1,
            ..TrailFilter::default()
        }
    } else {
        filter.asked(zone)
    };
    let mut found = trail::trail(&guest.actor, T::of(id), &asked).await?;
    let subject = Subject::find(&guest, T::of(id), "Trail of", InSite::Trail).await?;
    let filters = filter.fields(&found.people);
    let problems = problems(&filters);
    if unread {
        found.lines.clear();
        found.next = None;
        found.left_out = None;
    }
    let in_site = T::ROOT == "sites";
    let days = by_day(&guest, &found.lines)
        .into_iter()
        .map(|(first, lines)| Day {
            title: format::weekday(first.at.timestamp(), zone),
            lines: lines
                .iter()
                .map(|line| row(line, zone, &filter, &here, in_site))
                .collect(),
        })
        .collect();
    let exports = Format::ALL
        .into_iter()
        .filter(|_| !unread)
        .map(|format| {
            let path = format!("{here}.{}", format.name());
            Link::new(
                format!("Export as {}", format.label()),
                filter.address(&path),
            )
        })
        .collect();
    let shown = TrailTemplate {
        frame: Frame {
            error: !problems.is_empty(),
            ..subject.frame
        },
        problems,
        caption: format!("Trail of {}", subject.name),
        heading: if unread {
            Filter::default().heading(&found.people)
        } else {
            filter.heading(&found.people)
        },
        unread,
        left_out: found.left_out.map_or_else(String::new, |left| left.says()),
        name: subject.name,
        filters,
        filtered: filter.is_any(),
        exports,
        days,
        newest: (!filter.before.is_empty() && !unread)
            .then(|| PageLink::new(filter.address(&here), "Newest entries")),
        older: found
            .next
            .map(|entry| PageLink::new(filter.older(&here, entry), "Older entries")),
        printed: super::printed(&guest),
        here,
    };
    if unread {
        problem_page(&shown)
    } else {
        page(&shown)
    }
}

fn row(line: &TrailLine, zone: &TimeZone, filter: &Filter, here: &str, in_site: bool) -> Line {
    let at = line.at.timestamp();
    let thing = thing(line);
    let person = (!line.who.is_console())
        .then(|| Id::<chancery::kernel::thing::Person>::from_raw(line.who.id).to_string())
        .filter(|person| *person != filter.person);
    Line {
        clock: format::clock(at, zone),
        machine: format::machine(at),
        name: line.who.name.clone(),
        only: person.map(|person| filter.only(&person).address(here)),
        organisation: line.who.organisation.clone(),
        did: line.label,
        changed: changes(line),
        says: if thing.is_none() {
            capital(&line.says)
        } else {
            String::new()
        },
        facts: facts(line, zone),
        thing,
        library: line.library.as_ref().filter(|_| in_site).map(|(id, name)| {
            // Who can see it is decided also by some who cannot open it.
            let page = if line.sort == Sort::Access {
                "/access"
            } else {
                ""
            };
            Link::new(name, format!("/libraries/{id}{page}"))
        }),
    }
}
