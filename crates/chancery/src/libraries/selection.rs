//! What somebody selected in a list, and what stands in the way of moving or deleting it.

use super::rules::shown;
use super::sql::{self, Obstacle, Selected, padded};
use crate::kernel::{Action, Arg, Id, Queries as _, Write, args, thing};
use crate::{Error, Result};

/// How many things can be selected at once.
pub const SELECTED_MAX: usize = 1_000;

/// The actions that are done to what somebody selected.
pub(super) trait OnSelection: Action<Target = thing::Library> {}
impl OnSelection for super::MoveItems {}
impl OnSelection for super::BinItems {}
impl OnSelection for super::RestoreItems {}

/// The ids that came with the form: not yet known to be anything.
pub(super) fn chosen(items: &[Id<thing::Item>]) -> Result<Vec<i64>> {
    let mut ids: Vec<i64> = items.iter().map(|item| item.raw()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(Error::invalid(
            "items",
            "Select at least one document or folder",
        ));
    }
    if ids.len() > SELECTED_MAX {
        return Err(Error::invalid(
            "items",
            format!("Select up to {SELECTED_MAX} documents and folders at a time"),
        ));
    }
    Ok(ids)
}

/// What was selected in this library. Every one must be there; one that is in a folder that was
/// selected too goes with that folder.
pub(super) async fn selected<A: OnSelection>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    library: Id<thing::Library>,
    ids: &[i64],
) -> Result<Vec<Selected>> {
    let list = padded(ids);
    let args = with_ids(args![w.at(), me, library], &list);
    let mut rows: Vec<Selected> = w.all(&sql::selected(list.len()), args).await?;
    if rows.len() != ids.len() {
        return Err(Error::NotFound);
    }
    rows.retain(|row| !row.nested);
    Ok(rows)
}

/// The arguments, with the ids of what was selected at their end.
pub(super) fn with_ids(mut args: Vec<Arg>, ids: &[i64]) -> Vec<Arg> {
    args.extend(ids.iter().map(|id| Arg::from(*id)));
    args
}

/// The error that an obstacle is.
pub(super) fn hindered(obstacle: Option<Obstacle>) -> Result<()> {
    match obstacle {
        None => Ok(()),
        Some(Obstacle { sealed: true, .. }) => Err(Error::Sealed),
        Some(Obstacle { name, holder, .. }) => Err(Error::Conflict(format!(
            "{} has “{}” checked out. It can be moved or deleted when they have checked it in",
            holder.unwrap_or_default(),
            shown(&name)
        ))),
    }
}
