//! What somebody selected in a list, and what stands in the way of moving or deleting it.

use super::rules::shown;
use super::sql::{self, Obstacle, Selected, padded};
use super::{Hindrance, ViewHindrance};
use crate::kernel::{Action, Actor, Arg, Id, Queries, Role, Time, Write, args, thing};
use crate::{Error, Result};

/// How many things can be selected at once.
pub const SELECTED_MAX: usize = 1_000;

/// The actions that are done to what somebody selected.
pub(crate) trait OnSelection: Action<Target = thing::Library> {}
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
    let at = w.at();
    let mut rows = found(w, at, me, library, ids).await?;
    if rows.len() != ids.len() {
        return Err(Error::NotFound);
    }
    rows.retain(|row| !row.nested);
    Ok(rows)
}

/// As much of what was selected as is in this library, for this person.
async fn found(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    library: Id<thing::Library>,
    ids: &[i64],
) -> Result<Vec<Selected>> {
    let list = padded(ids);
    let args = with_ids(args![at, me, library], &list);
    proof.all(&sql::selected(list.len()), args).await
}

/// What would stand in the way of moving these to another library or deleting them now: for the page that
/// asks beforehand. `None` when nothing does. Two queries after the decision.
pub async fn hindrance(
    actor: &Actor,
    library: Id<thing::Library>,
    items: &[Id<thing::Item>],
) -> Result<Option<Hindrance>> {
    let ids = chosen(items)?;
    let mut proof = actor.read::<ViewHindrance>(library).await?;
    let (at, me, library) = (proof.at(), actor.me()?, proof.target());
    let there: Vec<i64> = found(&mut proof, at, me, library, &ids)
        .await?
        .iter()
        .map(|row| row.id.raw())
        .collect();
    if there.is_empty() {
        return Ok(None);
    }
    let list = padded(&there);
    let obstacle: Option<Obstacle> = proof
        .first(&sql::obstacle(list.len()), with_ids(args![at, me], &list))
        .await?;
    let can_release = proof.standing().role == Some(Role::Owner);
    Ok(obstacle.map(|obstacle| Hindrance {
        says: obstacle.says(),
        document: obstacle.id,
        name: obstacle.name,
        can_release: can_release && !obstacle.sealed,
        held: (!obstacle.sealed)
            .then_some(obstacle.holder.zip(obstacle.since))
            .flatten(),
    }))
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
        Some(held) => Err(Error::Conflict(held.says())),
    }
}

impl Obstacle {
    fn says(&self) -> String {
        let name = shown(&self.name);
        match &self.holder {
            _ if self.sealed => format!("“{name}” is sealed. It stays where it is for now"),
            holder => format!(
                "{} has “{name}” checked out. It can be moved or deleted when they have checked it in",
                holder.as_deref().unwrap_or_default()
            ),
        }
    }
}
