//! The columns of a library, for its owners.

use askama::Template;
use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries::LibraryHead;
use chancery::libraries::columns::{self, Column, ColumnForm, ColumnKind};
use serde::Deserialize;

use super::{ConfirmPage, OWNERS, library_address};
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::Answer;
use crate::forms::FormPage;
use crate::frame::Frame;
use crate::guest::{Guest, done, page};
use crate::named::Named;
use crate::posted::Posted;

struct Line {
    id: Id<thing::Column>,
    name: String,
    kind: &'static str,
    note: String,
    /// The places above and below it, where there are any.
    up: Option<usize>,
    down: Option<usize>,
}

#[derive(Template)]
#[template(path = "libraries/columns.html")]
struct List {
    frame: Frame,
    head: LibraryHead,
    lines: Vec<Line>,
}

pub(super) fn kind_of(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "Text",
        ColumnKind::Choice => "Choice",
        ColumnKind::Date => "Date",
        ColumnKind::Person => "Person",
        ColumnKind::Number => "Number",
        ColumnKind::YesNo => "Yes or no",
    }
}

fn here(library: Id<thing::Library>) -> String {
    format!("/libraries/{library}/columns")
}

pub(super) async fn list(guest: Guest, Named(id): Named<Id<thing::Library>>) -> Answer {
    let (head, all) = columns::columns(&guest.actor, id).await?;
    let last = all.len().saturating_sub(1);
    let line = |(place, column): (usize, Column)| {
        let mut notes = Vec::new();
        if column.required {
            notes.push("To be filled in".to_owned());
        }
        if !column.choices.is_empty() {
            notes.push(column.choices.join(", "));
        }
        if !column.hint.is_empty() {
            notes.push(column.hint.clone());
        }
        Line {
            id: column.id,
            name: column.name,
            kind: kind_of(column.kind),
            note: notes.join(". "),
            up: place.checked_sub(1),
            down: (place < last).then_some(place + 1),
        }
    };
    page(&List {
        lines: all.into_iter().enumerate().map(line).collect(),
        frame: guest.in_library("Columns", &head, Vec::new()),
        head,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    name: String,
    kind: String,
    choices: String,
    hint: String,
    required: String,
}

impl Said {
    fn form(&self) -> ColumnForm {
        ColumnForm {
            name: self.name.clone(),
            kind: self.kind.clone(),
            choices: self.choices.lines().map(str::to_owned).collect(),
            hint: self.hint.clone(),
            required: self.required == "yes",
        }
    }
}

fn choices_field(said: &Said) -> Field {
    Field::textarea("choices", "Choices")
        .hint("Each on a line of its own, in the order in which they are offered")
        .rows(5)
        .value(said.choices.clone())
}

fn form(
    guest: &Guest,
    head: &LibraryHead,
    title: String,
    kind: Option<ColumnKind>,
    said: &Said,
) -> Result<FormPage, Error> {
    if !head.can_own {
        return Err(Error::Refused(OWNERS));
    }
    let mut fields = vec![Field::text("name", "Name of the column").value(said.name.clone())];
    match kind {
        None => {
            let kinds = ColumnKind::ALL.map(|kind| Choice::new(kind.name(), kind_of(kind)));
            fields.push(
                Field::radios("kind", "What it asks for", kinds)
                    .hint("This cannot be changed later")
                    .value(said.kind.clone()),
            );
            fields.push(choices_field(said).hint_too("Only for a choice"));
        }
        Some(ColumnKind::Choice) => fields.push(
            choices_field(said).hint_too("A choice that you take away stays where it was chosen"),
        ),
        Some(_) => {}
    }
    fields.push(
        Field::text("hint", "Help for whoever fills it in (optional)").value(said.hint.clone()),
    );
    fields.push(Field::tick(
        "required",
        "Point out documents in which it is not filled in",
        said.required == "yes",
    ));
    let frame = guest.in_library(title, head, vec![Crumb::new("Columns", here(head.id))]);
    Ok(FormPage::new(
        frame,
        fields,
        Button::submit("Save the column"),
        here(head.id),
    ))
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Library>>) -> Answer {
    let (head, _) = columns::columns(&guest.actor, id).await?;
    form(
        &guest,
        &head,
        "Add a column".to_owned(),
        None,
        &Said::default(),
    )?
    .ask()
}

pub(super) async fn add(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(said): Posted<Said>,
) -> Answer {
    let (head, _) = columns::columns(&guest.actor, id).await?;
    let outcome = columns::add_column(&guest.actor, id, &said.form()).await;
    let again = form(&guest, &head, "Add a column".to_owned(), None, &said)?;
    again.after(outcome, |_| done(&here(id), "The column was added."))
}

type OfLibrary = Named<(Id<thing::Library>, Id<thing::Column>)>;

async fn found(
    guest: &Guest,
    library: Id<thing::Library>,
    column: Id<thing::Column>,
) -> Result<(LibraryHead, Column), Error> {
    let (head, all) = columns::columns(&guest.actor, library).await?;
    let found = all.into_iter().find(|other| other.id == column);
    Ok((head, found.ok_or(Error::NotFound)?))
}

pub(super) async fn ask_change(guest: Guest, Named((id, column)): OfLibrary) -> Answer {
    let (head, column) = found(&guest, id, column).await?;
    let said = Said {
        name: column.name.clone(),
        kind: String::new(),
        choices: column.choices.join("\n"),
        hint: column.hint.clone(),
        required: if column.required { "yes" } else { "" }.to_owned(),
    };
    form(
        &guest,
        &head,
        format!("Change the column {}", column.name),
        Some(column.kind),
        &said,
    )?
    .ask()
}

pub(super) async fn change(
    guest: Guest,
    Named((id, column)): OfLibrary,
    Posted(said): Posted<Said>,
) -> Answer {
    let (head, before) = found(&guest, id, column).await?;
    let outcome = columns::edit_column(&guest.actor, id, column, &said.form()).await;
    let title = format!("Change the column {}", before.name);
    let again = form(&guest, &head, title, Some(before.kind), &said)?;
    again.after(outcome, |()| done(&here(id), "The column was changed."))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct To {
    place: usize,
}

pub(super) async fn place(
    guest: Guest,
    Named((id, column)): OfLibrary,
    Posted(to): Posted<To>,
) -> Answer {
    columns::place_column(&guest.actor, id, column, to.place).await?;
    done(&here(id), "The order of the columns was changed.")
}

pub(super) async fn ask_end(guest: Guest, Named((id, column)): OfLibrary) -> Answer {
    let (head, column) = found(&guest, id, column).await?;
    if !head.can_own {
        return Err(Error::Refused(OWNERS).into());
    }
    let frame = guest.in_library(
        format!("End the column {}", column.name),
        &head,
        vec![Crumb::new("Columns", here(id))],
    );
    ConfirmPage::new(frame, "End the column", here(id))
        .says("Nobody is asked for it any more, and lists no longer show it. What was filled in stays in the trail of each document.")
        .ask()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Nothing {}

pub(super) async fn end(
    guest: Guest,
    Named((id, column)): OfLibrary,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    columns::end_column(&guest.actor, id, column).await?;
    done(&here(id), "The column has ended.")
}

impl List {
    fn library(&self) -> String {
        library_address(self.head.id, None)
    }
}
