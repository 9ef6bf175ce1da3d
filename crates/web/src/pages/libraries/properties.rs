//! What documents say in the columns of their library: filling it in, of one or of many.

use std::collections::BTreeMap;

use chancery::Error;
use chancery::kernel::{Id, thing};
use chancery::libraries::columns::{self, Column, ColumnKind, Properties, Property};
use serde::Deserialize;

use super::CHANGERS;
use super::chosen::{Chosen, Ticked};
use crate::components::{Button, Choice, Crumb, Field};
use crate::failure::Answer;
use crate::format;
use crate::forms::{FormPage, day_field, read_day, typed_day};
use crate::guest::{Guest, done, go};
use crate::named::Named;
use crate::posted::{Asked, Posted};

/// What was posted, by name.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Pairs(pub(super) Vec<(String, String)>);

impl Pairs {
    pub(super) fn first(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map_or("", |(_, value)| value)
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// Whether this column was left as it stood when the form was opened.
    fn is_as_it_stood(&self, column: &Column) -> bool {
        let was = was_of(column);
        self.has(&was) && self.first(&was).trim() == self.first(&column.id.to_string()).trim()
    }
}

/// What a column says, to be read.
pub(in crate::pages) fn said_of(column: &Column, said: &Property) -> String {
    match column.kind {
        ColumnKind::Date => said
            .value
            .parse()
            .map_or_else(|_| said.shown.clone(), format::date),
        ColumnKind::YesNo if said.value == "yes" => "Yes".to_owned(),
        ColumnKind::YesNo => "No".to_owned(),
        _ => said.shown.clone(),
    }
}

/// The question that fills in a column.
fn field(column: &Column, name: &str, typed: &str) -> Field {
    let label = if column.required {
        column.name.clone()
    } else {
        format!("{} (optional)", column.name)
    };
    let field = match column.kind {
        ColumnKind::Text => Field::text(name, label),
        ColumnKind::Number => Field {
            inputmode: "decimal",
            ..Field::text(name, label).class("govuk-input--width-10")
        },
        ColumnKind::Person => Field::text(name, label)
            .hint("E-mail address or full name of somebody who can see this library"),
        ColumnKind::Date => day_field(name, &label, typed),
        ColumnKind::Choice => {
            let mut choices = vec![Choice::new("", "Choose")];
            choices.extend(
                column
                    .choices
                    .iter()
                    .map(|choice| Choice::new(choice, choice)),
            );
            if !typed.is_empty() && !column.choices.iter().any(|choice| choice == typed) {
                choices.push(Choice::new(typed, typed));
            }
            Field::select(name, label, choices)
        }
        ColumnKind::YesNo => Field::select(
            name,
            label,
            [
                Choice::new("", "Choose"),
                Choice::new("yes", "Yes"),
                Choice::new("no", "No"),
            ],
        ),
    };
    // An id that begins with a letter, as scripts and styles need it.
    let id = format!("p-{}", name.replace('.', "-"));
    let field = match column.kind {
        ColumnKind::Date => field.id(id),
        _ => field.value(typed).id(id),
    };
    if column.hint.is_empty() {
        field
    } else {
        field.hint_too(&column.hint)
    }
}

/// What was typed, as the library takes it: a day may be written as people write it.
fn said(column: &Column, typed: &str) -> String {
    match column.kind {
        ColumnKind::Date => read_day(typed).map_or(typed.to_owned(), |day| day.to_string()),
        _ => typed.to_owned(),
    }
}

/// What stands in the form before anything is typed.
fn to_type(column: &Column, said: &Property) -> String {
    match column.kind {
        ColumnKind::Date => said.value.parse().map_or(String::new(), typed_day),
        ColumnKind::Person => said.shown.clone(),
        _ => said.value.clone(),
    }
}

/// What stands in the form before anything is typed, of all columns.
fn standing(page: &Properties) -> impl Fn(&Column) -> String {
    |column| {
        page.of(column.id)
            .map(|said| to_type(column, said))
            .unwrap_or_default()
    }
}

/// The hidden field with what stood in the form for a column when it was opened.
fn was_of(column: &Column) -> String {
    format!("was.{}", column.id)
}

/// The form. It carries along what stood in it (`was`), so that what was left alone is nobody's to change: others may
/// have said something else meanwhile, and a choice that was taken away may stay where it was made.
fn form(
    guest: &Guest,
    page: &Properties,
    typed: impl Fn(&Column) -> String,
    was: impl Fn(&Column) -> String,
) -> Result<FormPage, Error> {
    if !page.head.can_contribute {
        return Err(Error::Refused(CHANGERS));
    }
    let address = format!("/documents/{}", page.id);
    let fields = page
        .columns
        .iter()
        .map(|column| field(column, &column.id.to_string(), &typed(column)))
        .collect();
    let crumbs = vec![Crumb::new(page.name.clone(), address.clone())];
    let frame = guest.in_library(format!("Properties of {}", page.name), &page.head, crumbs);
    let mut form = FormPage::new(frame, fields, Button::submit("Save"), address);
    for column in &page.columns {
        form = form.hidden(was_of(column), was(column));
    }
    Ok(if page.columns.is_empty() {
        form.intro("This library has no columns yet, so there is nothing to fill in. Its owners can add some.")
    } else {
        form
    })
}

pub(super) async fn ask(guest: Guest, Named(id): Named<Id<thing::Document>>) -> Answer {
    let page = columns::properties(&guest.actor, id).await?;
    form(&guest, &page, standing(&page), standing(&page))?.ask()
}

pub(super) async fn fill_in(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Posted(typed): Posted<Pairs>,
) -> Answer {
    let page = columns::properties(&guest.actor, id).await?;
    let says: Vec<_> = page
        .columns
        .iter()
        .filter(|column| typed.has(&column.id.to_string()) && !typed.is_as_it_stood(column))
        // A person stands in the form by name: left as it was it is nobody else's, and nobody's who may not be known of.
        .filter(|column| {
            let typed = typed.first(&column.id.to_string()).trim();
            let now = page.of(column.id);
            column.kind != ColumnKind::Person || now.is_none_or(|said| said.shown != typed)
        })
        .map(|column| (column.id, said(column, typed.first(&column.id.to_string()))))
        .collect();
    let outcome = columns::fill_in(&guest.actor, page.head.id, &[id], &says).await;
    let again = form(
        &guest,
        &page,
        |column| typed.first(&column.id.to_string()).to_owned(),
        |column| match was_of(column) {
            was if typed.has(&was) => typed.first(&was).to_owned(),
            _ => standing(&page)(column),
        },
    )?;
    again.after(outcome, |_| {
        done(&format!("/documents/{id}"), "The properties were saved.")
    })
}

/// What becomes of a column of all of them.
fn act_field(column: &Column, typed: &Pairs) -> Field {
    let name = format!("{}.act", column.id);
    let value = format!("{}.set", column.id);
    let act = match typed.first(&name) {
        "" => "leave",
        act => act,
    };
    let question = field(column, &value, typed.first(&value));
    let question = Field {
        label: format!("{} of all of them", column.name),
        ..question
    };
    let id = format!("p-{}-act", column.id);
    Field::radios(
        name,
        column.name.clone(),
        [
            Choice::new("leave", "Leave it as it is"),
            Choice::new("set", "Set it").reveal(question),
            Choice::new("clear", "Clear it"),
        ],
    )
    .value(act)
    .id(id)
}

async fn many(
    guest: &Guest,
    library: Id<thing::Library>,
    ticked: &Ticked,
    typed: &Pairs,
) -> Result<(FormPage, Vec<Column>), Error> {
    let chosen = Chosen::find(guest, library, ticked).await?;
    let (_, all) = columns::columns(&guest.actor, library).await?;
    let fields = all.iter().map(|column| act_field(column, typed)).collect();
    let mut page = FormPage::new(
        guest.in_library(
            format!("Edit properties of {}", chosen.called()),
            &chosen.head,
            chosen.crumbs.clone(),
        ),
        fields,
        Button::submit("Save"),
        ticked.query().address(library),
    )
    .intro("All of it is done, or nothing. Each document has an entry in the trail.")
    .what(chosen.several())
    .hidden("back", ticked.back.clone());
    for (name, value) in chosen.hidden() {
        page = page.hidden(name, value);
    }
    Ok((page, all))
}

pub(super) async fn ask_many(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Asked(ticked): Asked<Ticked>,
) -> Answer {
    if ticked.items().is_empty() {
        return go(&ticked.query().address(id));
    }
    many(&guest, id, &ticked, &Pairs::default()).await?.0.ask()
}

pub(super) async fn fill_in_many(
    guest: Guest,
    Named(id): Named<Id<thing::Library>>,
    Posted(typed): Posted<Pairs>,
) -> Answer {
    let ticked = Ticked::of_form(
        typed
            .0
            .iter()
            .filter(|(name, _)| name == "item")
            .map(|(_, value)| value.clone())
            .collect(),
        typed.first("back").to_owned(),
    );
    let documents: Vec<Id<thing::Document>> = ticked
        .items()
        .iter()
        .map(|item| Id::from_raw(item.raw()))
        .collect();
    let (page, all) = many(&guest, id, &ticked, &typed).await?;
    let mut says = Vec::new();
    let mut unclear = BTreeMap::new();
    for column in &all {
        let value = typed.first(&format!("{}.set", column.id));
        match typed.first(&format!("{}.act", column.id)) {
            "set" if value.trim().is_empty() => {
                unclear.insert(
                    column.id,
                    format!("Say what {} is, or leave it as it is", column.name),
                );
            }
            "set" => says.push((column.id, said(column, value))),
            // Where no script folds the box away, something can be typed beside another choice: which of the two was meant,
            // only whoever typed it knows.
            act if !value.trim().is_empty() => {
                let or = if act == "clear" {
                    "clear it"
                } else {
                    "leave it as it is"
                };
                unclear.insert(
                    column.id,
                    format!(
                        "You entered “{}” for {}. Choose “Set it” to save that, or remove it to {or}",
                        value.trim(),
                        column.name
                    ),
                );
            }
            "clear" => says.push((column.id, String::new())),
            _ => {}
        }
    }
    let outcome = if unclear.is_empty() {
        columns::fill_in(&guest.actor, id, &documents, &says).await
    } else {
        let mut problems = chancery::Problems::new();
        for (column, why) in unclear {
            problems.add(&column.to_string(), why);
        }
        Err(Error::Invalid(problems))
    };
    // What is wrong with a column stands beside its choice.
    let outcome = outcome.map_err(|error| match error {
        Error::Invalid(problems) => {
            let mut moved = chancery::Problems::new();
            for (name, why) in problems.iter() {
                let of_column = all.iter().any(|column| column.id.to_string() == name);
                let name = if of_column {
                    format!("{name}.act")
                } else {
                    name.to_owned()
                };
                moved.add(&name, why);
            }
            Error::Invalid(moved)
        }
        other => other,
    });
    page.after(outcome, |count| {
        let said = match count {
            0 => "Nothing was changed: that is what they say already.".to_owned(),
            count => format!(
                "The properties of {} were saved.",
                format::count(count, "document", "documents")
            ),
        };
        done(&ticked.query().address(id), said)
    })
}
