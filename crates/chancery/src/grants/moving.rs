//! What moving something from one library to another does to who can see it, before it is moved.

use std::collections::HashSet;

use super::preview::fingerprint;
use super::rules::{self, Seen};
use super::{Differ, Moved, PreviewMove, sql};
use crate::Result;
use crate::kernel::{Actor, Id, Queries as _, Read, Time, args, thing};

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
        self.gain_count.0 == 0 && self.lose_count.0 == 0 && self.differ.is_empty()
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
    let before = seen(&mut here, at).await?;
    let after = seen(&mut there, at).await?;
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
        before: rules::exposure(&before),
        after: rules::exposure(&after),
        fingerprint,
    })
}

/// Everybody who can see the library at this moment.
async fn seen(proof: &mut Read<PreviewMove>, at: Time) -> Result<Vec<Seen>> {
    let target = proof.target();
    let mut seen: Vec<Seen> = proof.all(sql::SNAPSHOT, args![at, target]).await?;
    seen.sort_by(|one, other| one.order().cmp(&other.order()));
    Ok(seen)
}
