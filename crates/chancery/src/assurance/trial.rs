//! Trying rules that are proposed: every version is read by them in the background, and nothing is done but writing down what
//! would change.
//!
//! **Invariant:** a version counts once, on however many nodes it is read: what was found in it and that it was tried are one
//! commit, in the turn of its document, and a second such commit says the same again.

use std::sync::Arc;

use markings::Decision;

use super::plan::Plan;
use super::reading::{Came, Leave, Looked, read_in_turn};
use super::rules::Closed;
use super::scan::decided;
use super::sql::{self, RulebookRow, WaitingRow};
use super::{ReadMarkings, ScanVersion, Threat, Written, trial_sql};
use crate::kernel::{Actor, Id, Queries as _, Realm, Rules, args, thing};
use crate::{Error, Result};

/// What switching rules on would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The document would be sealed to everybody.
    Sealed,
    /// It would be sealed to everybody but whoever made the version.
    Held,
    /// An alert would be raised, without a seal.
    Alerted,
    /// An alert would be over, and its seal with it where it has one.
    Lifted,
    /// The document would carry another marking, or need another clearance.
    Marked,
    /// Something else would be found in it, and nothing would be done.
    Read,
}

impl Effect {
    /// Every effect, the gravest first.
    pub const ALL: [Self; 6] = [
        Self::Sealed,
        Self::Held,
        Self::Alerted,
        Self::Lifted,
        Self::Marked,
        Self::Read,
    ];

    /// As it is stored and as programs are told it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sealed => "sealed",
            Self::Held => "held",
            Self::Alerted => "alerted",
            Self::Lifted => "lifted",
            Self::Marked => "marked",
            Self::Read => "read",
        }
    }

    /// In a few words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sealed => "Sealed to everybody",
            Self::Held => "Open to its author only",
            Self::Alerted => "Alert raised, not sealed",
            Self::Lifted => "Alert over, with its seal if it has one",
            Self::Marked => "Marking changed",
            Self::Read => "Read as something else, nothing done",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.name() == name)
    }

    fn of(plan: &Plan) -> Option<Self> {
        // What was said and may not be here any more closes it as well.
        let out = plan.said.closes();
        let by_reading = plan.judged.closed.filter(|_| plan.raise.is_some());
        if out == Some(Closed::All) || by_reading == Some(Closed::All) {
            return Some(Self::Sealed);
        }
        if out.is_some() {
            return Some(Self::Held);
        }
        match (plan.raise, plan.judged.closed) {
            (Some(_), Some(Closed::All)) => Some(Self::Sealed),
            (Some(_), Some(Closed::Others)) => Some(Self::Held),
            (Some(_), None) => Some(Self::Alerted),
            (None, _) if !plan.over.is_empty() => Some(Self::Lifted),
            (None, _) => plan
                .before
                .as_ref()
                .is_some_and(|scan| scan.verdict != plan.verdict || scan.label != plan.label)
                .then_some(Self::Read),
        }
    }
}

/// The rules that are tried, as this node has read them last.
#[derive(Debug, Default)]
pub(super) struct Trying(Option<Arc<Rules>>);

impl Trying {
    /// Those that are proposed at the moment, if any are.
    pub(super) async fn rules(&mut self, realm: &Realm) -> Result<Option<Arc<Rules>>> {
        let mut proof = Actor::console(realm)
            .read::<ReadMarkings>(Id::REALM)
            .await?;
        let row: Option<RulebookRow> = proof.first(trial_sql::OPEN, args![]).await?;
        self.0 = match (row, self.0.take()) {
            (None, _) => None,
            (Some(row), Some(known)) if known.id == row.id => Some(known),
            (Some(row), _) => Some(Arc::new(Written::of(&row)?.rules(row.id)?)),
        };
        Ok(self.0.clone())
    }
}

/// Versions that these rules were not tried on and that nobody reads at the moment; what takes long only where there is room for it.
pub(super) async fn waiting(
    realm: &Realm,
    rules: &Rules,
    most: u64,
    room_for_long: usize,
) -> Result<Vec<WaitingRow>> {
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    let room = room_for_long as u64;
    proof
        .all(trial_sql::TO_TRY, args![proof.at(), rules.id, most, room])
        .await
}

/// Tries them on one version, if it is not another's to read, until it is to make room for others.
pub(super) async fn try_one(
    realm: &Realm,
    rules: &Arc<Rules>,
    row: &WaitingRow,
    leave: &Leave,
) -> Result<Came> {
    match read_in_turn(realm, row, leave).await? {
        Looked::NotOurs | Looked::Gone => Ok(Came::NotOurs),
        Looked::PutOff => Ok(Came::PutOff),
        Looked::Says(reading, threat) => {
            let (decision, _) = decided(rules, *reading).await?;
            note(realm, rules, row, &decision, &threat).await?;
            Ok(Came::Done)
        }
    }
}

/// Writes down what would be done about a version by these rules.
pub(super) async fn note(
    realm: &Realm,
    rules: &Rules,
    row: &WaitingRow,
    decision: &Decision,
    threat: &Threat,
) -> Result<()> {
    let console = Actor::console(realm);
    let plan = match console.read::<ScanVersion>(row.document_id).await {
        Err(Error::NotFound) => None,
        Err(error) => return Err(error),
        Ok(mut proof) => {
            let at = proof.at();
            Plan::of(&mut proof, rules, row, at, decision, threat).await?
        }
    };
    let Some(plan) = plan else {
        realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
        return Ok(());
    };
    let effect = Effect::of(&plan).map_or("", Effect::name);
    let told = plan.said.told().map(|(label, why)| (label.to_owned(), why));
    let (verdict, label) = plan
        .before
        .map(|scan| (scan.verdict, scan.label))
        .unwrap_or_default();
    let (carries, clearance, rank) = plan
        .judged
        .carries
        .map(|one| (one.label, one.clearance, one.rank))
        .unwrap_or_default();
    let found = if plan.malware.is_empty() {
        plan.label
    } else {
        plan.malware
    };
    let (finding, marked): (Id<thing::Interval>, Id<thing::Interval>) =
        (realm.new_id(), realm.new_id());
    let (trial, document) = (rules.id, row.document_id);
    let mut statements = vec![
        (
            trial_sql::NOTE,
            args![
                finding,
                trial,
                row.id,
                document,
                row.number,
                effect,
                verdict,
                label,
                plan.verdict,
                found,
                plan.judged.why,
                carries,
                clearance,
                rank
            ],
        ),
        (trial_sql::TRIED, args![row.id, trial]),
        (trial_sql::FORGET_MARKED, args![trial, document]),
        // Once the last of its versions was tried, it is known what the document would carry.
        (
            trial_sql::NOTE_MARKED,
            args![marked, trial, document, realm.now()],
        ),
        (sql::UNCLAIM, args![row.id]),
    ];
    if let Some((label, why)) = told {
        let said: Id<thing::Interval> = realm.new_id();
        statements.push((
            trial_sql::NOTE_SAID,
            args![said, trial, document, label, why],
        ));
    }
    realm.upkeep_in_turn(document, statements).await?;
    Ok(())
}
