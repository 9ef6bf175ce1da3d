//! Adding, changing, ordering and ending columns.

use super::rules::{self, Defined, MOST};
use super::{Column, ColumnForm, of_library, sql};
use crate::kernel::{Action, Actor, Id, Time, Write, args, thing};
use crate::libraries::{
    AddColumn, ColumnAdded, ColumnChanged, ColumnEnded, ColumnPlaced, EditColumn, EndColumn,
    LibraryHead, PlaceColumn, ViewLibrary, head_of,
};
use crate::people::text::name_key;
use crate::{Error, Result};

/// The library and its columns in their order.
pub async fn columns(
    actor: &Actor,
    library: Id<thing::Library>,
) -> Result<(LibraryHead, Vec<Column>)> {
    let mut proof = actor.read::<ViewLibrary>(library).await?;
    let head = head_of(&mut proof).await?;
    let (at, library) = (proof.at(), proof.target());
    Ok((head, of_library(&mut proof, at, library).await?))
}

/// Adds a column at the end. Problems are on `name`, `kind`, `choices`, `hint`.
pub async fn add_column(
    actor: &Actor,
    library: Id<thing::Library>,
    form: &ColumnForm,
) -> Result<Id<thing::Column>> {
    let mut w = actor.write::<AddColumn>(library).await?;
    let said = rules::define(form, None)?;
    let (at, library) = (w.at(), w.target());
    let others = of_library(&mut w, at, library).await?;
    if others.len() >= MOST {
        return Err(Error::Conflict(format!(
            "A library can have up to {MOST} columns. End one that is not needed any more"
        )));
    }
    free(&others, &said, None)?;
    let column: Id<thing::Column> = w.new_id();
    w.execute(
        sql::INSERT_COLUMN,
        args![
            column,
            library,
            &said.name,
            &said.key,
            said.kind.name(),
            written(&said.choices)?,
            &said.hint,
            said.required,
            // After every one there is: positions need not follow one another.
            column,
            at,
            Time::FOREVER
        ],
    )
    .await?;
    w.execute(sql::NEW_COLUMN, args![column, library]).await?;
    w.commit(ColumnAdded {
        column: said.name,
        kind: said.kind.name().to_owned(),
    })
    .await?;
    Ok(column)
}

/// Changes what is said of a column; its kind stays. A choice that is taken away stays where it was chosen.
pub async fn edit_column(
    actor: &Actor,
    library: Id<thing::Library>,
    column: Id<thing::Column>,
    form: &ColumnForm,
) -> Result<()> {
    let mut w = actor.write::<EditColumn>(library).await?;
    let (others, before) = found(&mut w, column).await?;
    let said = rules::define(form, Some(before.kind))?;
    free(&others, &said, Some(column))?;
    w.execute(
        sql::UPDATE_COLUMN,
        args![
            column,
            &said.name,
            &said.key,
            written(&said.choices)?,
            &said.hint,
            said.required
        ],
    )
    .await?;
    w.commit(ColumnChanged {
        before: described(&before.name, &before.choices, before.required),
        after: described(&said.name, &said.choices, said.required),
    })
    .await
}

/// Puts a column at this place among the others, 0 being the first.
pub async fn place_column(
    actor: &Actor,
    library: Id<thing::Library>,
    column: Id<thing::Column>,
    place: usize,
) -> Result<()> {
    let mut w = actor.write::<PlaceColumn>(library).await?;
    let (mut others, moved) = found(&mut w, column).await?;
    others.retain(|other| other.id != column);
    let place = place.min(others.len());
    others.insert(place, moved.clone());
    for (position, other) in (0_u64..).zip(&others) {
        w.execute(sql::PLACE_COLUMN, args![other.id, position])
            .await?;
    }
    w.commit(ColumnPlaced {
        column: moved.name,
        place: place as u64 + 1,
    })
    .await
}

/// Ends a column: it is asked no more. What was said in it stays in the past of each document.
pub async fn end_column(
    actor: &Actor,
    library: Id<thing::Library>,
    column: Id<thing::Column>,
) -> Result<()> {
    let mut w = actor.write::<EndColumn>(library).await?;
    let (_, ended) = found(&mut w, column).await?;
    let at = w.at();
    w.execute(sql::END_COLUMN, args![at, column]).await?;
    w.execute(sql::FORGET_COLUMN, args![column]).await?;
    w.commit(ColumnEnded { column: ended.name }).await
}

/// The columns of the library, and this one of them.
async fn found<A: Action<Target = thing::Library>>(
    w: &mut Write<A>,
    column: Id<thing::Column>,
) -> Result<(Vec<Column>, Column)> {
    let (at, library) = (w.at(), w.target());
    let columns = of_library(w, at, library).await?;
    let found = columns.iter().find(|other| other.id == column).cloned();
    found.map(|found| (columns, found)).ok_or(Error::NotFound)
}

/// A name is used once among the columns of a library, and is none of those that every list has.
fn free(others: &[Column], said: &Defined, except: Option<Id<thing::Column>>) -> Result<()> {
    let taken = others
        .iter()
        .any(|other| Some(other.id) != except && name_key(&other.name) == said.key);
    if taken {
        return Err(Error::invalid(
            "name",
            "This library already has a column with this name. Enter another",
        ));
    }
    Ok(())
}

fn written(choices: &[String]) -> Result<String> {
    serde_json::to_string(choices).map_err(Error::unavailable)
}

fn described(name: &str, choices: &[String], required: bool) -> String {
    let mut said = name.to_owned();
    if !choices.is_empty() {
        said.push_str(" (");
        said.push_str(&choices.join(", "));
        said.push(')');
    }
    if required {
        said.push_str(", to be filled in");
    }
    said
}
