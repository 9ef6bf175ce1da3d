//! What rules that are or were proposed say, and what a trial of them finds: in numbers, by library, change by change, and as a file.

use askama::Template;
use chancery::assurance::{
    self, Effect, LibraryTotals, RulebookLine, RulebookPage, RulebookState, Trial, TrialChange,
    WhichChanges,
};
use chancery::kernel::{Id, thing};
use chancery::trail::Format;
use serde::Deserialize;

use super::super::libraries::When;
use super::{here, state, under_rules};
use crate::components::{Crumb, Link, PageLink};
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::posted::Asked;

/// How many libraries the report itself has.
const LIBRARIES: usize = 10;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::pages) struct Onwards {
    effect: String,
    library: String,
    after: String,
    format: String,
}

impl Onwards {
    fn which(&self) -> WhichChanges {
        WhichChanges {
            effect: Effect::from_name(&self.effect),
            library: self.library.parse().ok(),
        }
    }
}

/// The query that asks for these.
fn query(which: WhichChanges) -> String {
    let mut all = Vec::new();
    if let Some(effect) = which.effect {
        all.push(format!("effect={}", effect.name()));
    }
    if let Some(library) = which.library {
        all.push(format!("library={library}"));
    }
    all.join("&")
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
    /// The trial goes on: how far it is changes by itself where scripts run.
    live: bool,
    exports: Vec<Link>,
    filters: Vec<Filter>,
    /// The libraries in which most would change, and where all of them are.
    libraries: Vec<LibraryRow>,
    all_libraries: Option<String>,
    /// The library whose changes are shown alone, and where all are.
    only: Option<(String, String)>,
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

fn filters(here: &str, trial: &Trial, chosen: WhichChanges) -> Vec<Filter> {
    let all: u64 = trial.counts.iter().map(|(_, number)| number).sum();
    let address = |effect| {
        let query = query(WhichChanges { effect, ..chosen });
        if query.is_empty() {
            here.to_owned()
        } else {
            format!("{here}?{query}")
        }
    };
    let in_numbers = |text: &str, number: u64| match chosen.library {
        // These numbers are of all libraries.
        Some(_) => text.to_owned(),
        None => format!("{text} ({})", format::number(number)),
    };
    let mut filters = vec![Filter {
        text: in_numbers("All changes", all),
        href: address(None),
        chosen: chosen.effect.is_none(),
    }];
    filters.extend(trial.counts.iter().map(|(effect, number)| Filter {
        text: in_numbers(effect.label(), *number),
        href: address(Some(*effect)),
        chosen: chosen.effect == Some(*effect),
    }));
    filters
}

/// What would change in a library, in numbers.
struct LibraryRow {
    name: String,
    site: String,
    href: String,
    closed: String,
    alerted: String,
    opened: String,
    marked: String,
    read: String,
}

impl LibraryRow {
    fn of(here: &str, one: LibraryTotals) -> Self {
        let (id, name) = one.library;
        let [sealed, held, alerted, lifted, marked, read] = one.counts.map(|(_, number)| number);
        Self {
            name,
            site: one.site,
            href: format!("{here}?library={id}"),
            closed: match (sealed, held) {
                (0, 0) => "0".to_owned(),
                (sealed, 0) => format!("{} to everybody", format::number(sealed)),
                (0, held) => format!("{} to all but the author", format::number(held)),
                (sealed, held) => format!(
                    "{} to everybody, {} to all but the author",
                    format::number(sealed),
                    format::number(held)
                ),
            },
            alerted: format::number(alerted),
            opened: format::number(lifted),
            marked: format::number(marked),
            read: format::number(read),
        }
    }
}

pub(in crate::pages) async fn show(
    guest: Guest,
    Named(id): Named<Id<thing::Rulebook>>,
    Asked(from): Asked<Onwards>,
) -> Answer {
    let RulebookPage {
        line,
        written,
        trial,
    } = assurance::rulebook(&guest.actor, id).await?;
    let which = from.which();
    let after = from.after.parse().ok();
    let here = here(id);
    let (changes, next) = match trial {
        Some(_) => assurance::trial_changes(&guest.actor, id, which, after).await?,
        None => (Vec::new(), None),
    };
    let (mut libraries, more) = match trial {
        Some(_) => assurance::trial_libraries(&guest.actor, id, None).await?,
        None => (Vec::new(), None),
    };
    let all_libraries =
        (more.is_some() || libraries.len() > LIBRARIES).then(|| format!("{here}/libraries"));
    libraries.truncate(LIBRARIES);
    // What is shown of one library is named by what is there.
    let only = which.library.map(|library| {
        let name = changes
            .first()
            .map(|change| change.library.1.clone())
            .or_else(|| {
                let mut all = libraries.iter();
                all.find(|one| one.library.0 == library)
                    .map(|one| one.library.1.clone())
            })
            .unwrap_or_else(|| "one library".to_owned());
        let all = query(WhichChanges {
            library: None,
            ..which
        });
        (name, format!("{here}?{all}"))
    });
    let filtered = query(which);
    let state = state(&guest, &line);
    page(&Show {
        frame: under_rules(&guest, line.name.clone(), Vec::new()),
        proposed: When::moment(line.proposed_at, guest.portal.zone()),
        proposed_by: line.proposed_by.in_full(),
        state,
        open: line.state == RulebookState::Proposed,
        filters: trial
            .as_ref()
            .map_or_else(Vec::new, |trial| filters(&here, trial, which)),
        live: line.state == RulebookState::Proposed
            && trial.as_ref().is_some_and(|trial| !trial.is_whole()),
        exports: trial.as_ref().map_or_else(Vec::new, |_| {
            Format::ALL
                .map(|format| {
                    let href = format!("{here}/export?{filtered}&format={}", format.name());
                    Link::new(format!("As {}", format.label()), href)
                })
                .into()
        }),
        libraries: libraries
            .into_iter()
            .map(|one| LibraryRow::of(&here, one))
            .collect(),
        all_libraries,
        only,
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

/// What would change in every library.
#[derive(Template)]
#[template(path = "assurance/rulebook_libraries.html")]
struct EveryLibrary {
    frame: Frame,
    libraries: Vec<LibraryRow>,
    here: String,
    first: Option<PageLink>,
    next: Option<PageLink>,
}

pub(in crate::pages) async fn libraries(
    guest: Guest,
    Named(id): Named<Id<thing::Rulebook>>,
    Asked(from): Asked<Onwards>,
) -> Answer {
    let line = assurance::rulebook(&guest.actor, id).await?.line;
    let (found, next) =
        assurance::trial_libraries(&guest.actor, id, from.after.parse().ok()).await?;
    let here = here(id);
    page(&EveryLibrary {
        frame: under_rules(
            &guest,
            "What would change in each library",
            vec![Crumb::new(line.name, here.clone())],
        ),
        libraries: found
            .into_iter()
            .map(|one| LibraryRow::of(&here, one))
            .collect(),
        first: (!from.after.is_empty())
            .then(|| PageLink::new(format!("{here}/libraries"), "From the beginning")),
        next: next.map(|next| PageLink::new(format!("{here}/libraries?after={next}"), "")),
        here,
    })
}

pub(in crate::pages) async fn export(
    guest: Guest,
    Named(id): Named<Id<thing::Rulebook>>,
    Asked(from): Asked<Onwards>,
) -> Answer {
    let format = Format::from_name(&from.format).unwrap_or(Format::Csv);
    let lines = assurance::export_trial(&guest.actor, id, from.which(), format).await?;
    let name = format!(
        "What would change {}.{}",
        format::machine_day(guest.portal.now().timestamp(), guest.portal.zone()),
        format.name()
    );
    Ok(wire::trail_file(&name, format, lines))
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
}
