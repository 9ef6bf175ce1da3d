//! Views of a library that were saved.

use super::{Column, Filter, Shape, View, ViewForm, of_library, sql};
use crate::kernel::{Action, Actor, Id, Queries as _, Time, Write, args, thing};
use crate::libraries::{
    DropView, KeepView, LibraryHead, ShareView, Sort, State, UnshareView, ViewDropped, ViewKept,
    ViewLibrary, ViewShared, ViewUnshared, head_of,
};
use crate::people::text::{clean_name, name_key};
use crate::{Error, Result};

/// The columns that every library has, as views and addresses name them. The name is always there.
pub const BUILT_IN: [&str; 5] = ["version", "size", "changed", "by", "kind"];

/// How many columns and filters a view has at most.
const SHAPE_MOST: usize = 60;

/// The library, its columns, and its views: everybody's first, then one's own.
pub async fn views(
    actor: &Actor,
    library: Id<thing::Library>,
) -> Result<(LibraryHead, Vec<Column>, Vec<View>)> {
    let mut proof = actor.read::<ViewLibrary>(library).await?;
    let me = actor.me()?;
    let head = head_of(&mut proof).await?;
    let (at, library) = (proof.at(), proof.target());
    let columns = of_library(&mut proof, at, library).await?;
    let rows: Vec<sql::ViewRow> = proof.all(sql::VIEWS, args![at, me, library]).await?;
    let views = rows.into_iter().map(sql::ViewRow::view).collect();
    Ok((head, columns, views))
}

/// The views of a library alone. Two queries.
pub async fn known_views(actor: &Actor, library: Id<thing::Library>) -> Result<Vec<View>> {
    let mut proof = actor.read::<ViewLibrary>(library).await?;
    let me = actor.me()?;
    let (at, library) = (proof.at(), proof.target());
    let rows: Vec<sql::ViewRow> = proof.all(sql::VIEWS, args![at, me, library]).await?;
    Ok(rows.into_iter().map(sql::ViewRow::view).collect())
}

/// Saves a view, in place of one of the same name. Only owners save what everybody sees.
pub async fn save_view(
    actor: &Actor,
    library: Id<thing::Library>,
    form: &ViewForm,
) -> Result<Id<thing::View>> {
    if form.shared {
        let mut w = actor.write::<ShareView>(library).await?;
        let (id, view) = save(&mut w, form, 0).await?;
        w.commit(ViewShared { view }).await?;
        return Ok(id);
    }
    let me = actor.me()?;
    let mut w = actor.write::<KeepView>(library).await?;
    let (id, view) = save(&mut w, form, me.raw()).await?;
    w.commit(ViewKept { view }).await?;
    Ok(id)
}

/// Ends a view: one's own, or as an owner one of everybody's.
pub async fn end_view(
    actor: &Actor,
    library: Id<thing::Library>,
    view: Id<thing::View>,
) -> Result<()> {
    let me = actor.me()?;
    let mut w = actor.write::<DropView>(library).await?;
    let (at, target) = (w.at(), w.target());
    let own: Option<(String,)> = w.first(sql::END_VIEW, args![at, target, view, me]).await?;
    if let Some((view,)) = own {
        return w.commit(ViewDropped { view }).await;
    }
    drop(w);
    let mut w = actor.write::<UnshareView>(library).await?;
    let (at, target) = (w.at(), w.target());
    let ended: Option<(String,)> = w
        .first(sql::END_VIEW, args![at, target, view, 0_i64])
        .await?;
    let (view,) = ended.ok_or(Error::NotFound)?;
    w.commit(ViewUnshared { view }).await
}

async fn save<A: Action<Target = thing::Library>>(
    w: &mut Write<A>,
    form: &ViewForm,
    person: i64,
) -> Result<(Id<thing::View>, String)> {
    let name = clean_name(&form.name).map_err(|unfit| Error::invalid("name", unfit))?;
    let (at, library) = (w.at(), w.target());
    let columns = of_library(w, at, library).await?;
    let publishing = w.standing().publishing;
    check(&form.shape, &columns, publishing)?;
    let mut shape = form.shape.clone();
    // Everybody reads what is shared, and may not know of everybody's address.
    if person == 0 {
        let me = w.actor().me()?;
        for filter in &mut shape.filters {
            *filter = filter
                .without_address(w, at, me, &columns, publishing)
                .await?;
        }
    }
    let said = serde_json::to_string(&shape).map_err(Error::unavailable)?;
    let is_default = form.is_default && person == 0;
    if is_default {
        w.execute(sql::NO_DEFAULT, args![at, library]).await?;
    }
    let key = name_key(&name);
    w.execute(sql::END_NAMED, args![at, library, person, &key])
        .await?;
    let id: Id<thing::View> = w.new_id();
    w.execute(
        sql::INSERT_VIEW,
        args![
            id,
            library,
            person,
            &name,
            key,
            said,
            is_default,
            at,
            Time::FOREVER
        ],
    )
    .await?;
    Ok((id, name))
}

/// A view is of what the library has.
fn check(shape: &Shape, columns: &[Column], publishing: bool) -> Result<()> {
    let known = |name: &str| columns.iter().any(|column| column.id.to_string() == name);
    let fits = |name: &String| BUILT_IN.contains(&name.as_str()) || known(name);
    if shape.columns.len() > SHAPE_MOST || !shape.columns.iter().all(fits) {
        return Err(Error::invalid(
            "columns",
            "Show columns that this library has",
        ));
    }
    let sorts = match Sort::from_name(&shape.sort) {
        _ if shape.sort.is_empty() => true,
        Some(Sort::Column(_)) => known(&shape.sort),
        other => other.is_some(),
    };
    if !sorts {
        return Err(Error::invalid(
            "sort",
            "Order the list by something that it has",
        ));
    }
    if !shape.state.is_empty() && State::from_name(&shape.state).is_none() {
        return Err(Error::invalid("state", "Send any, checked-out or mine"));
    }
    crate::kernel::searchable(&shape.find)?;
    if shape.filters.len() > SHAPE_MOST {
        return Err(Error::invalid("filters", "A view has up to 60 filters"));
    }
    shape
        .filters
        .iter()
        .try_for_each(|filter: &Filter| filter.check(columns, publishing))
}
