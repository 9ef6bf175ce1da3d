//! By which rules documents are judged at the moment, for officers to look at.

use super::{Progress, ViewAlerts, progress};
use crate::Result;
use crate::kernel::{Actor, Id};
use markings::{Outcome, Unmarked, Unreadable};

/// What is done with one marking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkingRule {
    /// The id of its scheme.
    pub scheme: String,
    /// The id of the marking in it.
    pub level: String,
    /// As it is written.
    pub name: String,
    /// What is done with it.
    pub outcome: Outcome,
    /// Where it is on the realm's line of markings: a person's clearance is such a number.
    pub number: i64,
}

/// What is done with the markings of one scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeRules {
    /// What people call it.
    pub name: String,
    /// Its markings, the lowest first.
    pub markings: Vec<MarkingRule>,
}

/// The rules in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// What the policy is called.
    pub name: String,
    /// What is done with what could not be read.
    pub unread: Unreadable,
    /// What is done with pictures within documents.
    pub pictures: Unreadable,
    /// What is done with what carries no marking.
    pub unmarked: Unmarked,
    /// What is done with a marking that contradicts its scheme.
    pub malformed: Outcome,
    /// Every scheme, in the order in which a word is taken for one of it.
    pub schemes: Vec<SchemeRules>,
    /// How far reading is.
    pub progress: Option<Progress>,
}

impl InForce {
    /// The markings that this realm may hold: what an officer can give a document.
    pub fn allowed(&self) -> impl Iterator<Item = (&SchemeRules, &MarkingRule)> {
        self.schemes
            .iter()
            .flat_map(|scheme| scheme.markings.iter().map(move |one| (scheme, one)))
            .filter(|(_, one)| matches!(one.outcome, Outcome::Allowed | Outcome::Clearance))
    }
}

/// The rules in force, for officers; none where markings are not read in this realm.
pub async fn in_force(actor: &Actor) -> Result<Option<InForce>> {
    let _officer = actor.read::<ViewAlerts>(Id::REALM).await?;
    let Some(rules) = actor.realm().rules() else {
        return Ok(None);
    };
    let policy = &rules.policy;
    let schemes = policy
        .schemes
        .iter()
        .filter_map(|id| rules.schemes.get(id))
        .map(|scheme| SchemeRules {
            name: scheme.name.clone(),
            markings: scheme
                .levels
                .iter()
                .filter_map(|level| {
                    let row = policy.row(&scheme.id, &level.id)?;
                    Some(MarkingRule {
                        scheme: scheme.id.clone(),
                        level: level.id.clone(),
                        name: level.name.clone(),
                        outcome: row.outcome,
                        number: row.number,
                    })
                })
                .collect(),
        })
        .collect();
    Ok(Some(InForce {
        name: policy.name.clone(),
        unread: policy.unread,
        pictures: policy.pictures,
        unmarked: policy.unmarked,
        malformed: policy.malformed,
        schemes,
        progress: progress(actor.realm()).await?,
    }))
}
