//! What is said of documents, and saying it.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::civil::Date;

use super::rules::{self, Said};
use super::{Column, ColumnKind, Properties, Property, of_library, sql};
use crate::kernel::{Action, Actor, Arg, Id, Place, Queries, Read, Time, Write, args, thing};
use crate::libraries::edition::all_as_expected;
use crate::libraries::sql::{ItemFacts, batches, padded};
use crate::libraries::{
    Edition, FillIn, FilledIn, ItemLine, ViewItem, ViewLibrary, head_of, sql as places,
};
use crate::people::text::name_key;
use crate::{Error, Problems, Result};

/// How many documents are filled in at once.
pub const FILLED_MAX: usize = 5_000;
/// How many documents one statement names.
const AT_A_TIME: usize = 512;
/// How a person is called of whom whoever looks may not know.
pub(crate) const UNKNOWN: &str = "Somebody you may not know of";

/// What a document says in the columns of its library.
pub async fn properties(actor: &Actor, document: Id<thing::Document>) -> Result<Properties> {
    let mut proof = actor.read::<ViewItem>(document.item()).await?;
    let me = actor.me()?;
    let head = head_of(&mut proof).await?;
    let facts: ItemFacts = proof.one(places::ITEM, args![document, head.id]).await?;
    if !facts.is_document {
        return Err(Error::NotFound);
    }
    let at = proof.at();
    let columns = of_library(&mut proof, at, head.id).await?;
    let mut said = said_of(&mut proof, at, me, &columns, &[document.raw()]).await?;
    Ok(Properties {
        id: document,
        edition: Edition::of(
            facts.version,
            &facts.name,
            head.id,
            facts.folder_id,
            false,
            facts.filled,
        ),
        name: facts.name,
        values: said.remove(&document.raw()).unwrap_or_default(),
        columns,
        head,
    })
}

/// What the columns of its library say of a document, each with what it says, where it says something; for its page,
/// which has everything else already. At most four queries.
pub async fn said(
    actor: &Actor,
    document: Id<thing::Document>,
) -> Result<Vec<(Column, Option<Property>)>> {
    let mut proof = actor.read::<ViewItem>(document.item()).await?;
    let me = actor.me()?;
    let (at, library) = (proof.at(), proof.standing().place.library);
    let columns = of_library(&mut proof, at, library.ok_or(Error::NotFound)?).await?;
    let said = said_of(&mut proof, at, me, &columns, &[document.raw()]).await?;
    let mut said = said.into_values().next().unwrap_or_default();
    Ok(columns
        .into_iter()
        .map(|column| {
            let at = said.iter().position(|said| said.column == column.id);
            (column, at.map(|at| said.swap_remove(at)))
        })
        .collect())
}

/// Adds to the lines of a list what the columns say of them. At most two queries.
pub(in crate::libraries) async fn look_up(
    proof: &mut Read<ViewLibrary>,
    columns: &[Column],
    lines: &mut [ItemLine],
) -> Result<()> {
    let (at, me) = (proof.at(), proof.actor().me()?);
    let ids: Vec<i64> = lines
        .iter()
        .filter(|line| line.is_document)
        .map(|line| line.id.raw())
        .collect();
    let mut said = said_of(proof, at, me, columns, &ids).await?;
    for line in lines {
        line.properties = said.remove(&line.id.raw()).unwrap_or_default();
    }
    Ok(())
}

/// What these columns say of these documents, in the order of the columns; persons by name as far as the person who
/// looks may know of them.
async fn said_of(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    columns: &[Column],
    ids: &[i64],
) -> Result<HashMap<i64, Vec<Property>>> {
    let mut all: HashMap<i64, Vec<Property>> = HashMap::new();
    if columns.is_empty() || ids.is_empty() {
        return Ok(all);
    }
    let list = padded(ids);
    let cells: Vec<sql::CellRow> = proof.all(&sql::cells(list.len()), ids_of(&list)).await?;
    let known = if columns
        .iter()
        .any(|column| column.kind == ColumnKind::Person)
    {
        let mut people: Vec<i64> = cells.iter().map(|cell| cell.person_id).collect();
        people.sort_unstable();
        people.dedup();
        known(proof, at, me, &people).await?
    } else {
        HashMap::new()
    };
    for column in columns {
        for cell in cells
            .iter()
            .filter(|cell| cell.column_id == column.id.raw())
        {
            let (value, shown) = match (column.kind, known.get(&cell.person_id)) {
                (ColumnKind::Person, None) => (String::new(), UNKNOWN.to_owned()),
                (ColumnKind::Person, Some(name)) => (cell.value.clone(), name.clone()),
                _ => (cell.value.clone(), cell.value.clone()),
            };
            all.entry(cell.item_id).or_default().push(Property {
                column: column.id,
                value,
                shown,
            });
        }
    }
    Ok(all)
}

/// The names of these people with their organisations, of those of whom this person may know.
pub(crate) async fn known(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    people: &[i64],
) -> Result<HashMap<i64, String>> {
    let mut known = HashMap::new();
    for part in people.chunks(AT_A_TIME) {
        let list = padded(part);
        let mut args = args![at, me];
        args.extend(ids_of(&list));
        let rows: Vec<sql::KnownRow> = proof.all(&sql::known(list.len()), args).await?;
        known.extend(
            rows.into_iter()
                .map(|row| (row.id.raw(), format!("{}, {}", row.name, row.organisation))),
        );
    }
    Ok(known)
}

fn ids_of(ids: &[i64]) -> Vec<Arg> {
    ids.iter().map(|id| Arg::from(*id)).collect()
}

/// Says something of documents in columns of their library; an empty text says nothing any more. All of it is done or
/// nothing, with an entry for each document that it changes; says how many those are.
///
/// A day is `2026-03-27`, a number `1234.5`, yes or no `yes` or `no`, a person an id, an e-mail address or a full name: somebody
/// who can see the library. Problems are on the ids of the columns, and on `items`.
pub async fn fill_in(
    actor: &Actor,
    library: Id<thing::Library>,
    documents: &[Id<thing::Document>],
    says: &[(Id<thing::Column>, String)],
) -> Result<u64> {
    let ids = chosen(documents)?;
    let mut w = actor.write::<FillIn>(library).await?;
    let me = actor.me()?;
    let (at, library) = (w.at(), w.target());
    let columns = of_library(&mut w, at, library).await?;
    let said = read_all(&mut w, me, &columns, says).await?;
    all_as_expected(&mut w, &ids).await?;
    let documents = find(&mut w, me, &ids).await?;
    let mut changed: Vec<(i64, Vec<Change<'_>>)> = Vec::new();
    for part in ids.chunks(AT_A_TIME) {
        let list = padded(part);
        let cells: Vec<sql::CellRow> = w.all(&sql::cells(list.len()), ids_of(&list)).await?;
        let before: HashMap<(i64, i64), String> = cells
            .into_iter()
            .map(|cell| ((cell.item_id, cell.column_id), cell.value))
            .collect();
        for id in part {
            let columns: Vec<_> = said
                .iter()
                .filter_map(|(column, after)| Change::of(column, *id, &before, after.as_ref()))
                .collect();
            if !columns.is_empty() {
                changed.push((*id, columns));
            }
        }
    }
    if changed.is_empty() {
        return Ok(0);
    }
    let mut rows = Vec::new();
    for (column, after) in &said {
        let items: Vec<i64> = changed
            .iter()
            .filter(|(_, changes)| changes.iter().any(|change| change.column.id == column.id))
            .map(|(id, _)| *id)
            .collect();
        for part in items.chunks(AT_A_TIME) {
            let list = padded(part);
            let mut args = args![at, column.id];
            args.extend(ids_of(&list));
            w.execute(&sql::end_values(list.len()), args).await?;
        }
        rows.extend(
            items
                .into_iter()
                .map(|item| (column.id.raw(), item, after.clone())),
        );
    }
    let by = w.by();
    put(&mut w, by, &rows).await?;
    let items: Vec<i64> = changed.iter().map(|(id, _)| *id).collect();
    for part in items.chunks(AT_A_TIME) {
        let list = padded(part);
        w.execute(&sql::filled(list.len()), ids_of(&list)).await?;
    }
    for (id, changes) in &changed {
        let place = Place {
            item: Some(Id::from_raw(*id)),
            ..w.standing().place
        };
        let (mut before, mut after) = (String::new(), String::new());
        let mut people: Vec<&str> = Vec::new();
        for change in changes {
            listed(&mut before, change.column, &change.before);
            listed(&mut after, change.column, &change.after);
            if change.column.kind == ColumnKind::Person {
                let both = [change.before.as_str(), change.after.as_str()];
                people.extend(both.into_iter().filter(|person| !person.is_empty()));
            }
        }
        let event = FilledIn {
            name: documents.get(id).cloned().unwrap_or_default(),
            before,
            after,
            people: people.join(" "),
        };
        w.also(place, &event)?;
    }
    w.commit_each().await?;
    Ok(changed.len() as u64)
}

/// What a column says, as the journal keeps it for people to read: days in words.
fn listed(text: &mut String, column: &Column, value: &str) {
    let day = match column.kind {
        ColumnKind::Date => value.parse::<Date>().ok(),
        _ => None,
    };
    let value = match day {
        Some(day) => day.strftime("%-d %B %Y").to_string(),
        None if value.is_empty() => "nothing".to_owned(),
        None => value.to_owned(),
    };
    let semicolon = if text.is_empty() { "" } else { "; " };
    // Writing to a String cannot fail.
    let _ = write!(text, "{semicolon}{}: {value}", column.name);
}

/// What becomes of one column of one document.
struct Change<'a> {
    column: &'a Column,
    before: String,
    after: String,
}

impl<'a> Change<'a> {
    /// None where it says that already.
    fn of(
        column: &'a Column,
        item: i64,
        before: &HashMap<(i64, i64), String>,
        after: Option<&Said>,
    ) -> Option<Self> {
        let before = before
            .get(&(item, column.id.raw()))
            .map_or("", String::as_str);
        let after = after.map_or("", |after| after.value.as_str());
        (before != after).then(|| Self {
            column,
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }
}

fn chosen(documents: &[Id<thing::Document>]) -> Result<Vec<i64>> {
    let mut ids: Vec<i64> = documents.iter().map(|document| document.raw()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(Error::invalid("items", "Select at least one document"));
    }
    if ids.len() > FILLED_MAX {
        return Err(Error::invalid(
            "items",
            format!("Select up to {FILLED_MAX} documents at a time"),
        ));
    }
    Ok(ids)
}

/// The names of these documents, every one of which must be there.
async fn find(
    w: &mut Write<FillIn>,
    me: Id<thing::Person>,
    ids: &[i64],
) -> Result<HashMap<i64, String>> {
    let (at, library) = (w.at(), w.target());
    let mut found = HashMap::new();
    for part in ids.chunks(AT_A_TIME) {
        let list = padded(part);
        let mut args = args![at, me, library];
        args.extend(ids_of(&list));
        let rows: Vec<sql::FilledRow> = w.all(&sql::documents(list.len()), args).await?;
        for row in rows {
            if !row.is_document {
                return Err(Error::invalid(
                    "items",
                    "Folders have no properties. Select documents alone",
                ));
            }
            if row.sealed {
                return Err(Error::Sealed);
            }
            found.insert(row.id, row.name);
        }
    }
    if found.len() == ids.len() {
        Ok(found)
    } else {
        Err(Error::NotFound)
    }
}

/// What was typed into each column.
async fn read_all<'a>(
    w: &mut Write<FillIn>,
    me: Id<thing::Person>,
    columns: &'a [Column],
    says: &[(Id<thing::Column>, String)],
) -> Result<Vec<(&'a Column, Option<Said>)>> {
    let mut problems = Problems::new();
    let mut all: Vec<(&Column, Option<Said>)> = Vec::new();
    for (id, text) in says {
        let Some(column) = columns.iter().find(|column| column.id == *id) else {
            problems.add(
                &id.to_string(),
                "This library has no such column any more. Open its page again",
            );
            continue;
        };
        if all.iter().any(|(other, _)| other.id == *id) {
            problems.add(
                &id.to_string(),
                format!("Say only once what {} is", column.name),
            );
            continue;
        }
        let mut read = rules::read(column, text);
        if let (ColumnKind::Person, Ok(Some(said))) = (column.kind, &read) {
            read = whoever(w, me, column, &said.value).await?.map(Some);
        }
        match read {
            Ok(said) => all.push((column, said)),
            Err(why) => problems.add(&id.to_string(), why),
        }
    }
    problems.check()?;
    Ok(all)
}

/// The one person who goes by this and can see the library, of those of whom this person may know.
async fn whoever(
    w: &mut Write<FillIn>,
    me: Id<thing::Person>,
    column: &Column,
    text: &str,
) -> Result<std::result::Result<Said, String>> {
    let (at, library) = (w.at(), w.target());
    let id = text.parse::<Id<thing::Person>>().map_or(0, Id::raw);
    let args = args![at, me, name_key(text), id];
    let mut found: Vec<sql::KnownRow> = w.all(sql::MET, args).await?;
    if !found.is_empty() {
        let list = padded(&found.iter().map(|row| row.id.raw()).collect::<Vec<_>>());
        let mut args = args![at, library];
        args.extend(ids_of(&list));
        let can_see: Vec<(i64,)> = w.all(&sql::can_see(list.len()), args).await?;
        found.retain(|row| can_see.contains(&(row.id.raw(),)));
    }
    let name = &column.name;
    Ok(match found.pop() {
        None => Err(format!(
            "{name} must be somebody who can see this library: enter their e-mail address or full name"
        )),
        Some(_) if !found.is_empty() => Err(format!(
            "Several people go by this name. For {name}, enter an e-mail address"
        )),
        Some(one) => Ok(Said {
            value: one.id.to_string(),
            number: 0,
            text: one.name_key,
            person: one.id.raw(),
        }),
    })
}

/// Writes what is said from now on: column, document, and what.
async fn put<A: Action>(
    w: &mut Write<A>,
    by: i64,
    rows: &[(i64, i64, Option<Said>)],
) -> Result<()> {
    let at = w.at();
    let said: Vec<_> = rows.iter().filter(|(_, _, said)| said.is_some()).collect();
    for batch in batches(&said) {
        let mut args = Vec::with_capacity(batch.len() * 8);
        for (column, item, said) in batch {
            let said = said.clone().unwrap_or_default();
            let id: Id<thing::Interval> = w.new_id();
            args.extend(args![
                id,
                *column,
                *item,
                said.value,
                said.person,
                by,
                at,
                Time::FOREVER
            ]);
        }
        w.execute(&sql::insert_values(batch.len()), args).await?;
    }
    for batch in batches(rows) {
        let mut args = Vec::with_capacity(batch.len() * 8);
        for (column, item, said) in batch {
            let lacks = said.is_none();
            let said = said.clone().unwrap_or_default();
            args.extend(args![
                format!("{column}.{item}"),
                *column,
                *item,
                lacks,
                said.number,
                said.text,
                said.person,
                said.value
            ]);
        }
        w.execute(&sql::put_cells(batch.len()), args).await?;
    }
    Ok(())
}

/// Documents went to another library: what was said of them there is said on in columns of the same name and kind, and
/// ends otherwise.
pub(in crate::libraries) async fn carry<A: Action>(
    w: &mut Write<A>,
    from: Id<thing::Library>,
    to: Id<thing::Library>,
    documents: &[i64],
) -> Result<()> {
    let at = w.at();
    let here = of_library(w, at, from).await?;
    let there = of_library(w, at, to).await?;
    if here.is_empty() && there.is_empty() {
        return Ok(());
    }
    for part in documents.chunks(AT_A_TIME) {
        let list = padded(part);
        let with = |mut args: Vec<Arg>| {
            args.extend(ids_of(&list));
            args
        };
        let kept: Vec<sql::CellRow> = w
            .all(&sql::same_cells(list.len()), with(args![at, to]))
            .await?;
        w.execute(&sql::end_all(list.len()), with(args![at]))
            .await?;
        w.execute(&sql::forget(list.len()), ids_of(&list)).await?;
        w.execute(&sql::new_cells(list.len()), with(args![at, to]))
            .await?;
        put(w, 0, &kept.into_iter().map(said_on).collect::<Vec<_>>()).await?;
        w.execute(&sql::filled(list.len()), ids_of(&list)).await?;
    }
    Ok(())
}

/// A copy says what the document says that it was made of, in columns of the same name and kind.
pub(crate) async fn copy_values<A: Action>(
    w: &mut Write<A>,
    to: Id<thing::Library>,
    of: i64,
    copy: Id<thing::Document>,
) -> Result<()> {
    let at = w.at();
    let kept: Vec<sql::CellRow> = w.all(&sql::same_cells(1), args![at, to, of]).await?;
    let rows: Vec<_> = kept
        .into_iter()
        .map(said_on)
        .map(|(column, _, said)| (column, copy.raw(), said))
        .collect();
    put(w, 0, &rows).await
}

fn said_on(cell: sql::CellRow) -> (i64, i64, Option<Said>) {
    let said = Said {
        value: cell.value,
        number: cell.number,
        text: cell.text,
        person: cell.person_id,
    };
    (cell.column_id, cell.item_id, Some(said))
}
