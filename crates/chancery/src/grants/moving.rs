//! What moving something from one library to another does to who can see it, before it is moved.

use std::collections::HashSet;

use super::preview::fingerprint;
use super::rules::{self, Seen};
use super::{Differ, Moved, PreviewMove, sql};
use crate::kernel::{Actor, Id, Queries, Time, args, thing};
use crate::libraries::Relocation;
use crate::{Error, Result};

/// Who gains and who loses sight of what is moved from one library to another.
#[derive(Debug, Clone)]
pub struct MovePreview {
    /// Who gains access, by organisation and name: those of whom this person may know.
    pub gain: Vec<Moved>,
    /// Who loses it, likewise.
    pub lose: Vec<Moved>,
    /// Whose role changes, likewise.
    pub differ: Vec<Differ>,
    /// How many gain access, named or not, from how many organisations.
    pub gain_count: (u64, u64),
    /// How many lose it.
    pub lose_count: (u64, u64),
    /// How many get another role.
    pub differ_count: u64,
    /// How many can see it now.
    pub before: (u64, u64),
    /// How many will.
    pub after: (u64, u64),
    /// What it showed, in short: the same for the same people gaining, losing and changing the same.
    pub fingerprint: String,
}

impl MovePreview {
    /// Whether it makes no difference to anybody who can see it.
    pub fn changes_nothing(&self) -> bool {
        self.gain_count.0 == 0 && self.lose_count.0 == 0 && self.differ_count == 0
    }
}

/// What moving something from `from` to `to` does to who can see it: access follows the library, so it is
/// the one rule, asked about both at one moment. For those who may move it. Everybody counts; named are
/// the people of organisations that the mover meets, as in the directory.
pub async fn preview_move(
    actor: &Actor,
    from: Id<thing::Library>,
    to: Id<thing::Library>,
) -> Result<MovePreview> {
    let mut here = actor.read::<PreviewMove>(from).await?;
    let mut there = actor.read::<PreviewMove>(to).await?;
    let at = there.at();
    let before = seen(&mut here, at, from).await?;
    let after = seen(&mut there, at, to).await?;
    let met: Vec<(Id<thing::Organisation>,)> = here.all(sql::MET, args![at, actor.me()?]).await?;
    let met: HashSet<_> = met.into_iter().map(|(id,)| id).collect();
    let everybody = here.standing().operator;
    let mut difference = rules::difference(&before, &after);
    let fingerprint = fingerprint(&difference);
    let count = |moved: &[Moved]| {
        (
            moved.len() as u64,
            rules::organisations(moved.iter().map(|one| &one.line)),
        )
    };
    let (gain_count, lose_count) = (count(&difference.gain), count(&difference.lose));
    let differ_count = difference.differ.len() as u64;
    let known = |organisation| everybody || met.contains(&organisation);
    difference
        .gain
        .retain(|one| known(one.line.organisation_id));
    difference
        .lose
        .retain(|one| known(one.line.organisation_id));
    difference
        .differ
        .retain(|one| known(one.line.organisation_id));
    Ok(MovePreview {
        gain: difference.gain,
        lose: difference.lose,
        differ: difference.differ,
        gain_count,
        lose_count,
        differ_count,
        before: rules::exposure(&before),
        after: rules::exposure(&after),
        fingerprint,
    })
}

const NEWS: &str = "Who gains and who loses access is different now: something was changed since you looked, perhaps by you. Choose the place again to see it";

/// Moves documents and folders to another library as [`relocate`](libraries::relocate) does, if that still does what the
/// preview with this fingerprint said, and if no more of them have drafts that readers come to see than the `drafts` that
/// were told of; [`Error::Conflict`] if it does not.
pub async fn move_as_shown(
    actor: &Actor,
    library: Id<thing::Library>,
    items: &[Id<thing::Item>],
    to: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
    shown: &str,
    drafts: u64,
) -> Result<u64> {
    let mut relocation = Relocation::begin(actor, library, items, to, folder).await?;
    relocation.shows_drafts(drafts);
    let w = relocation.write();
    let at = w.at();
    let (before, after) = (seen(w, at, library).await?, seen(w, at, to).await?);
    if fingerprint(&rules::difference(&before, &after)) != shown {
        return Err(Error::Conflict(NEWS.to_owned()));
    }
    relocation.finish().await
}

/// Everybody who can see the library at this moment. Asked with a proof that is about it.
async fn seen(
    proof: &mut impl Queries,
    at: Time,
    library: Id<thing::Library>,
) -> Result<Vec<Seen>> {
    let mut seen: Vec<Seen> = proof.all(sql::SNAPSHOT, args![at, library]).await?;
    seen.sort_by(|one, other| one.order().cmp(&other.order()));
    Ok(seen)
}
