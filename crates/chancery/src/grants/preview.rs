//! What a change of access would do, before it is made.

use super::apply::{Outcome, apply, owners};
use super::place::{PlaceHead, place_head};
use super::rules::{self, Difference, Facts, Seen};
use super::{Change, Governed, sql};
use crate::Result;
use crate::kernel::{Action, Actor, Id, Queries as _, Role, Time, Write, args, thing};
use crate::people::PersonLine;

/// Somebody who gains or loses access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Who.
    pub line: PersonLine,
    /// The role they gain or lose.
    pub role: Role,
}

/// Somebody who can see the place before and after, with another role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differ {
    /// Who.
    pub line: PersonLine,
    /// Their role now.
    pub before: Role,
    /// Their role afterwards.
    pub after: Role,
}

/// What an end date takes away, once it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// The first moment at which they may not any more.
    pub at: Time,
    /// Who would see the place then without the change, and does not with it.
    pub lose: Vec<Moved>,
    /// Of how many organisations those are.
    pub organisations: u64,
}

/// What a change of access would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The place, as it is now.
    pub place: PlaceHead,
    /// What the changes are, one sentence each: "Give Tessel Housing Ltd (private sector) reader until 30 June 2026".
    pub sentence: Vec<String>,
    /// Who gains access, by organisation and name.
    pub gain: Vec<Moved>,
    /// Who loses it.
    pub lose: Vec<Moved>,
    /// Whose role changes.
    pub differ: Vec<Differ>,
    /// Who loses access later, when an end date that the change sets has come.
    pub later: Option<Later>,
    /// Of how many organisations those are who gain access.
    pub gain_organisations: u64,
    /// Of how many organisations those are who lose it.
    pub lose_organisations: u64,
    /// How many people from how many organisations can see the place now.
    pub before: (u64, u64),
    /// How many will.
    pub after: (u64, u64),
    /// What somebody should know before they save it, most pressing first.
    pub warnings: Vec<String>,
    /// Whether it can be saved: somebody owns the place afterwards, and something changes.
    pub can_save: bool,
    /// What it showed, in short: the same for the same people gaining, losing and changing the same.
    /// [`change_as_shown`](super::change_as_shown) saves that and nothing else.
    pub fingerprint: String,
}

/// What the changes would do. They are made in a transaction, the one rule of access says who can
/// see the place then, and the transaction is dropped.
pub async fn preview<P: Governed>(
    actor: &Actor,
    place: Id<P>,
    changes: &[Change],
) -> Result<Preview> {
    let mut w = actor.write::<P::Change>(place).await?;
    let head = place_head(&mut w).await?;
    let owned_before = owners(&mut w).await?;
    let before = snapshot(&mut w).await?;
    let ends = changes.iter().filter_map(Change::until).min();
    let otherwise = match ends {
        Some(end) => Some((end, snapshot_at(&mut w, end).await?)),
        None => None,
    };
    let libraries: (u64,) = w.one(sql::INHERITING, args![w.at(), w.target()]).await?;
    let Outcome { applied, idle } = apply::<P>(&mut w, changes).await?;
    let after = snapshot(&mut w).await?;
    let owned_after = owners(&mut w).await?;
    let later = match otherwise {
        Some((at, otherwise)) => {
            let lose = rules::difference(&otherwise, &snapshot_at(&mut w, at).await?).lose;
            (!lose.is_empty()).then(|| Later {
                at,
                organisations: rules::organisations(lose.iter().map(|one| &one.line)),
                lose,
            })
        }
        None => None,
    };
    drop(w);

    let difference = rules::difference(&before, &after);
    let fingerprint = fingerprint(&difference);
    let objection = rules::objection(owned_before, owned_after);
    let warnings = rules::warnings(&Facts {
        before: &before,
        after: &after,
        me: actor.me().ok(),
        objection,
        opened_to_everyone: applied
            .iter()
            .any(|applied| applied.to == "everyone" && applied.what != "end"),
        inheriting: libraries.0,
        place: P::NAME,
        idle,
        stopped: applied
            .iter()
            .any(|applied| applied.what == "stop inheriting"),
    });
    Ok(Preview {
        place: head,
        can_save: objection.is_none() && !applied.is_empty(),
        fingerprint,
        sentence: applied
            .into_iter()
            .map(|applied| applied.sentence)
            .collect(),
        gain_organisations: rules::organisations(difference.gain.iter().map(|one| &one.line)),
        lose_organisations: rules::organisations(difference.lose.iter().map(|one| &one.line)),
        gain: difference.gain,
        later,
        lose: difference.lose,
        differ: difference.differ,
        before: rules::exposure(&before),
        after: rules::exposure(&after),
        warnings,
    })
}

/// Everybody who can see the place as the transaction has it.
pub(super) async fn snapshot<A: Action>(w: &mut Write<A>) -> Result<Vec<Seen>> {
    let now = w.at();
    snapshot_at(w, now).await
}

/// Everybody who can see the place at this moment, as the transaction has it.
async fn snapshot_at<A: Action>(w: &mut Write<A>, at: Time) -> Result<Vec<Seen>> {
    let mut seen: Vec<Seen> = w.all(sql::SNAPSHOT, args![at, w.target()]).await?;
    seen.sort_by(|one, other| one.order().cmp(&other.order()));
    Ok(seen)
}

/// A difference in short, to tell whether two are the same.
pub(super) fn fingerprint(difference: &Difference) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut note = |kind: u8, person: Id<thing::Person>, before: i64, after: i64| {
        hasher.update(&[kind]);
        for number in [person.raw(), before, after] {
            hasher.update(&number.to_be_bytes());
        }
    };
    for moved in &difference.gain {
        note(1, moved.line.id, 0, moved.role.level());
    }
    for moved in &difference.lose {
        note(2, moved.line.id, moved.role.level(), 0);
    }
    for differ in &difference.differ {
        note(
            3,
            differ.line.id,
            differ.before.level(),
            differ.after.level(),
        );
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Difference, Moved, fingerprint};
    use crate::kernel::{Id, Role};
    use crate::people::PersonLine;

    fn moved(number: i64, role: Role) -> Moved {
        Moved {
            line: PersonLine {
                id: Id::from_raw(number),
                name: format!("Person {number}"),
                title: String::new(),
                organisation_id: Id::from_raw(1),
                organisation: "Harbour Lights".to_owned(),
            },
            role,
        }
    }

    #[test]
    fn what_was_shown_is_the_same_only_for_the_same_people_and_roles() {
        let gain = |people: &[(i64, Role)]| Difference {
            gain: people.iter().map(|(id, role)| moved(*id, *role)).collect(),
            ..Difference::default()
        };
        let two = [(1, Role::Reader), (2, Role::Reader)];
        let shown = fingerprint(&gain(&two));
        assert_eq!(shown, fingerprint(&gain(&two)));
        let lost = Difference {
            lose: gain(&two).gain,
            ..Difference::default()
        };
        assert_ne!(shown, fingerprint(&lost));
        let other = [(1, Role::Reader), (2, Role::Contributor)];
        assert_ne!(shown, fingerprint(&gain(&other)));
    }
}
