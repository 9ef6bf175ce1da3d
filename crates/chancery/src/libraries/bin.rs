//! The recycle bin. Nothing in it is ever removed silently.

use std::collections::HashSet;

use super::cursor::{Cursor, Key};
use super::edition::all_as_expected;
use super::head::head_of;
use super::rules::restored_name;
use super::selection::{OnSelection, chosen, hindered, selected, with_ids};
use super::sql::{self, BinRow, Binned, Name, Obstacle, Selected, Touched, batches, padded};
use super::{BinItems, BinLine, BinPage, ItemBinned, ItemRestored, RestoreItems, Sort, ViewBin};
use crate::kernel::{Actor, Arg, Id, Place, Queries as _, Time, Write, args, thing};
use crate::{Error, Result};

const PAGE: usize = 50;

/// Puts documents and folders in the recycle bin, with everything in them. Says how many of what
/// was selected; each document has its own entry in the journal.
pub async fn bin(
    actor: &Actor,
    library: Id<thing::Library>,
    items: &[Id<thing::Item>],
) -> Result<u64> {
    let ids = chosen(items)?;
    let me = actor.me()?;
    let mut w = actor.write::<BinItems>(library).await?;
    let library = w.target();
    let roots = selected(&mut w, me, library, &ids).await?;
    all_as_expected(&mut w, &ids).await?;
    let place = w.standing().place;
    put_in_bin(&mut w, me, place, &roots).await?;
    w.commit_each().await?;
    Ok(roots.len() as u64)
}

/// The same within another change of the library: what takes a thing's place puts it in the bin.
pub(crate) async fn bin_within<A: OnSelection>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    place: Place,
    item: Id<thing::Item>,
) -> Result<()> {
    let library = place.library.ok_or(Error::NotFound)?;
    let roots = selected(w, me, library, &[item.raw()]).await?;
    put_in_bin(w, me, place, &roots).await
}

async fn put_in_bin<A: OnSelection>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    place: Place,
    roots: &[Selected],
) -> Result<()> {
    let library = place.library.ok_or(Error::NotFound)?;
    let ids = padded(&roots.iter().map(|root| root.id.raw()).collect::<Vec<_>>());
    let first = with_ids(args![w.at(), me, library], &ids);
    let mut touched: Vec<Touched> = w.all(&sql::bin(ids.len()), first.clone()).await?;
    let inside: Vec<Touched> = w.all(&sql::bin_inside(ids.len()), first).await?;
    touched.extend(inside.into_iter().filter(|item| item.is_document));
    // Asked after the rows are ours: who checks out meanwhile waits, and finds it in the bin.
    let obstacle: Option<Obstacle> = w
        .first(
            &sql::bin_obstacle(ids.len()),
            with_ids(args![w.at(), me], &ids),
        )
        .await?;
    hindered(obstacle)?;
    for item in touched {
        let place = Place {
            item: Some(item.id),
            ..place
        };
        w.also_of::<BinItems>(place, &ItemBinned { name: item.name })?;
    }
    Ok(())
}

/// Brings documents and folders back from the recycle bin, each with everything that its deletion
/// took along. Says how many of what was selected.
///
/// Something whose folder is gone comes back at the top of the library; something whose name is
/// taken meanwhile comes back as "Name (restored)".
pub async fn restore(
    actor: &Actor,
    library: Id<thing::Library>,
    items: &[Id<thing::Item>],
) -> Result<u64> {
    let ids = chosen(items)?;
    let me = actor.me()?;
    let mut w = actor.write::<RestoreItems>(library).await?;
    let library = w.target();
    let count = ids.len();
    let list = padded(&ids);
    let args = with_ids(args![w.at(), me, library], &list);
    let roots: Vec<Binned> = w.all(&sql::binned(list.len()), args).await?;
    if roots.len() != count {
        return Err(Error::NotFound);
    }
    all_as_expected(&mut w, &ids).await?;
    let names: Vec<Name> = w
        .all(&sql::clashes(list.len()), with_ids(args![library], &list))
        .await?;
    for batch in batches(&settled(&roots, &names)) {
        let args = batch.iter().flatten().cloned().collect();
        w.execute(&sql::settle(batch.len()), args).await?;
    }
    let back: Vec<Touched> = w
        .all(&sql::restore(list.len()), with_ids(args![], &list))
        .await?;
    let selected: HashSet<i64> = ids.into_iter().collect();
    let told = back
        .into_iter()
        .filter(|item| item.is_document || selected.contains(&item.id.raw()))
        .collect();
    tell(&mut w, told, |name| ItemRestored { name })?;
    w.commit_each().await?;
    Ok(count as u64)
}

/// What comes back elsewhere or under another name: the arguments of its row in `settle`.
fn settled(roots: &[Binned], names: &[Name]) -> Vec<Vec<Arg>> {
    let mut taken: HashSet<(i64, String)> = names
        .iter()
        .map(|name| (name.folder_id, name.name_key.clone()))
        .collect();
    let mut rows = Vec::new();
    for root in roots {
        let folder = root.back_in;
        let (mut name, mut key) = (root.name.clone(), root.name_key.clone());
        if taken.contains(&(folder, key.clone())) {
            let other = restored_name(&root.name, root.is_document, |key| {
                taken.contains(&(folder, key.to_owned()))
            });
            (name, key) = (other.name, other.key);
        }
        taken.insert((folder, key.clone()));
        if folder != root.folder_id || name != root.name {
            rows.push(args![root.id, folder, name, key]);
        }
    }
    rows
}

/// An entry for each.
fn tell<A: OnSelection>(
    w: &mut Write<A>,
    items: Vec<Touched>,
    event: impl Fn(String) -> A::Event,
) -> Result<()> {
    let library = w.standing().place;
    for item in items {
        let place = Place {
            item: Some(item.id),
            ..library
        };
        w.also(place, &event(item.name))?;
    }
    Ok(())
}

/// What is in the recycle bin of a library, what was deleted last first, 50 at a time.
pub async fn bin_list(
    actor: &Actor,
    library: Id<thing::Library>,
    after: Option<&str>,
) -> Result<BinPage> {
    let mut proof = actor.read::<ViewBin>(library).await?;
    let me = actor.me()?;
    let (at, id) = match after {
        Some(after) => Cursor::read(after, Sort::Changed, true)?.into_number(),
        None => (i64::MAX, i64::MAX),
    };
    let head = head_of(&mut proof).await?;
    let mut rows: Vec<BinRow> = proof
        .all(
            sql::BIN_PAGE,
            args![
                proof.at(),
                me,
                proof.target(),
                at,
                id,
                PAGE as u64 + 1,
                i64::from(actor.realm().settings().limits.bin_days)
            ],
        )
        .await?;
    let now = proof.at();
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| {
        let cursor = Cursor {
            folder: false,
            key: Key::Number(row.binned_at.micros()),
            id: row.id.raw(),
        };
        cursor.write(Sort::Changed, true)
    });
    Ok(BinPage {
        head,
        items: rows.into_iter().map(|row| row.line(now)).collect(),
        next,
    })
}

impl BinRow {
    fn line(self, at: Time) -> BinLine {
        BinLine {
            id: self.id,
            name: self.name,
            is_document: self.is_document,
            binned_at: self.binned_at,
            binned_by: self.binned_by,
            was_in: self.was_in.unwrap_or_default(),
            inside: self.inside,
            goes_at: (!self.held).then(|| self.over_at.max(self.kept_until.unwrap_or_default())),
            held: self.held,
            kept_until: self.kept_until.filter(|until| *until > at),
        }
    }
}
