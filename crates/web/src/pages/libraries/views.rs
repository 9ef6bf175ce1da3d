//! Views of a library: saving what a list shows now, and ending one that was saved.

use askama::Template;
use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries::LibraryHead;
use chancery::libraries::columns::{self, BUILT_IN, Column, View, ViewForm};

use super::list::resolved;
use super::properties::Pairs;
use super::query::Query;
use super::{ConfirmPage, library_address};
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::Answer;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, done, page};
use crate::named::Named;
use crate::posted::{Asked, Posted};

/// How many columns after the name a view is asked for.
const ASKED: usize = 8;

struct Line {
    id: Id<thing::View>,
    name: String,
    whose: &'static str,
    can_end: bool,
}

#[derive(Template)]
#[template(path = "libraries/views.html")]
struct List {
    frame: Frame,
    head: LibraryHead,
    lines: Vec<Line>,
}

fn here(library: Id<thing::Library>) -> String {
    format!("/libraries/{library}/views")
}

pub(super) async fn list(guest: Guest, Named(id): Named<Id<thing::Library>>) -> Answer {
    let (head, _, views) = columns::views(&guest.actor, id).await?;
    let line = |view: View| Line {
        id: view.id,
        name: view.name,
        whose: match (view.shared, view.is_default) {
            (true, true) => "Everybody's, and what they see at first",
            (true, false) => "Everybody's",
            (false, _) => "Yours",
        },
        can_end: !view.shared || head.can_own,
    };
    page(&List {
        lines: views.into_iter().map(line).collect(),
        frame: guest.in_library("Views", &head, Vec::new()),
        head,
    })
}

/// The columns that can be shown, as addresses name them, and in words.
fn known(columns: &[Column]) -> Vec<(String, String)> {
    let built_in = BUILT_IN.map(|name| {
        let said = match name {
            "version" => "Version",
            "size" => "Size",
            "changed" => "Changed",
            "by" => "Changed by",
            _ => "Type",
        };
        (name.to_owned(), said.to_owned())
    });
    let own = columns
        .iter()
        .map(|column| (column.id.to_string(), column.name.clone()));
    built_in.into_iter().chain(own).collect()
}

fn place_name(place: usize) -> String {
    format!("column-{}", place + 1)
}

fn form(
    guest: &Guest,
    head: &LibraryHead,
    columns: &[Column],
    typed: &Pairs,
    back: &str,
) -> FormPage {
    let known = known(columns);
    let mut fields = vec![
        Field::text("name", "Name of the view")
            .hint("A view of this name that is there already is saved anew")
            .value(typed.first("name")),
    ];
    for place in 0..ASKED.min(known.len()) {
        let mut choices = vec![Choice::new("", "None")];
        choices.extend(known.iter().map(|(value, text)| Choice::new(value, text)));
        let name = place_name(place);
        let value = typed.first(&name).to_owned();
        fields.push(
            Field::select(
                name,
                format!("Column {} after the name", place + 1),
                choices,
            )
            .value(value),
        );
    }
    if head.can_own {
        fields.push(Field::tick(
            "shared",
            "Everybody who can see this library has this view",
            typed.first("shared") == "yes",
        ));
        fields.push(Field::tick(
            "default",
            "It is what they see at first",
            typed.first("default") == "yes",
        ));
    }
    FormPage::new(
        guest.in_library(
            "Save this view",
            head,
            vec![Crumb::new("Views", here(head.id))],
        ),
        fields,
        Button::submit("Save the view"),
        library_address(head.id, None),
    )
    .intro("The order and the filters are those of the list that you came from.")
    .hidden("back", back)
}

pub(super) async fn ask(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(query): Asked<Query>,
) -> Answer {
    let (head, all, _) = columns::views(&guest.actor, id).await?;
    let (query, views) = resolved(&guest, id, query).await?;
    let open = views.iter().find(|view| view.id.to_string() == query.view);
    let shown: Vec<String> = match open {
        Some(view) if !view.shape.columns.is_empty() => view.shape.columns.clone(),
        _ => ["version", "size", "changed"]
            .map(str::to_owned)
            .into_iter()
            .chain(all.iter().map(|column| column.id.to_string()))
            .collect(),
    };
    let mut typed = Pairs::default();
    for (place, key) in shown.into_iter().enumerate() {
        typed.0.push((place_name(place), key));
    }
    if let Some(view) = open {
        typed.0.push(("name".to_owned(), view.name.clone()));
        let yes = |yes: bool| if yes { "yes" } else { "" }.to_owned();
        typed
            .0
            .push(("shared".to_owned(), yes(view.shared && head.can_own)));
        typed.0.push(("default".to_owned(), yes(view.is_default)));
    }
    form(&guest, &head, &all, &typed, &query.written()).ask()
}

pub(super) async fn save(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(typed): Posted<Pairs>,
) -> Answer {
    let (head, all, _) = columns::views(&guest.actor, id).await?;
    let back = typed.first("back").to_owned();
    let query: Query = serde_html_form::from_str(&back).unwrap_or_default();
    let mut shown: Vec<String> = Vec::new();
    for place in 0..ASKED {
        let key = typed.first(&place_name(place)).to_owned();
        if !key.is_empty() && !shown.contains(&key) {
            shown.push(key);
        }
    }
    let view = ViewForm {
        name: typed.first("name").to_owned(),
        shared: typed.first("shared") == "yes",
        is_default: typed.first("default") == "yes",
        shape: query.shape(shown),
    };
    let outcome = columns::save_view(&guest.actor, id, &view).await;
    let again = form(&guest, &head, &all, &typed, &back);
    again.after(outcome, |view| {
        done(
            &format!("/libraries/{id}?view={view}"),
            "The view was saved.",
        )
    })
}

type OfLibrary = Named<(Id<thing::Library>, Id<thing::View>)>;

pub(super) async fn ask_end(guest: Guest, Named((id, view)): OfLibrary) -> Answer {
    let (head, _, views) = columns::views(&guest.actor, id).await?;
    let found = views.into_iter().find(|other| other.id == view);
    let found = found.ok_or(Error::NotFound)?;
    if found.shared && !head.can_own {
        return Err(Error::Refused(super::OWNERS).into());
    }
    let frame = guest.in_library(
        format!("End the view {}", found.name),
        &head,
        vec![Crumb::new("Views", here(id))],
    );
    let says = if found.shared {
        "Nobody has this view any more. The documents stay as they are."
    } else {
        "You no longer have this view. The documents stay as they are."
    };
    ConfirmPage::new(frame, "End the view", here(id))
        .says(says)
        .ask()
}

pub(super) async fn end(
    guest: Guest,
    Named((id, view)): OfLibrary,
    Posted(Pairs(_)): Posted<Pairs>,
) -> Answer {
    columns::end_view(&guest.actor, id, view).await?;
    done(&here(id), "The view has ended.")
}
