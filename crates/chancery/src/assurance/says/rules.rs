//! What it means to say a marking: decisions without a database.

use std::sync::Arc;

use markings::Outcome;

use super::super::decide::LONGEST_REASON;
use super::super::rules::{Carries, Closed};
use super::super::{AlertKind, Findings};
use super::sql::CountsRow;
use crate::kernel::{Actor, Rules};
use crate::people::text::clean_line;
use crate::{Error, Result};

/// The rules by which this realm judges.
pub(super) fn rules_of(actor: &Actor) -> Result<Arc<Rules>> {
    actor
        .realm()
        .rules()
        .ok_or_else(|| Error::Conflict("Markings are not read in this realm".to_owned()))
}

/// A marking that somebody chose, and what the realm does with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) outcome: Outcome,
    /// The clearance is 0 where none is needed, and where it may not be here.
    pub(super) carries: Carries,
}

/// Which way it is from what counts of a document to what somebody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Nothing changes: it is said already.
    Same,
    /// Up, or to another marking of the same place.
    Up,
    /// Down.
    Down,
    /// It may not be here.
    Out(AlertKind, Closed),
}

impl Chosen {
    /// The marking of this name, by the rules in force. Problems are on `marking`.
    pub(super) fn of(rules: &Rules, scheme: &str, marking: &str) -> Result<Self> {
        let unfit = || Error::invalid("marking", "Select one of the markings that are listed");
        let row = rules.policy.row(scheme, marking).ok_or_else(unfit)?;
        let level = rules
            .schemes
            .get(scheme)
            .and_then(|one| one.level(marking))
            .ok_or_else(unfit)?;
        Ok(Self {
            outcome: row.outcome,
            carries: Carries {
                scheme: scheme.to_owned(),
                marking: marking.to_owned(),
                label: level.name.clone(),
                clearance: if row.outcome == Outcome::Clearance {
                    row.number
                } else {
                    0
                },
                rank: row.number,
            },
        })
    }

    /// The same, where it must be one that the realm may hold.
    pub(super) fn allowed(rules: &Rules, scheme: &str, marking: &str) -> Result<Self> {
        let chosen = Self::of(rules, scheme, marking)?;
        if chosen.alert().is_some() {
            return Err(Error::invalid(
                "marking",
                "Select a marking that this realm may hold",
            ));
        }
        Ok(chosen)
    }

    pub(super) fn label(&self) -> &str {
        &self.carries.label
    }

    fn alert(&self) -> Option<(AlertKind, Closed)> {
        match self.outcome {
            Outcome::Allowed | Outcome::Clearance => None,
            Outcome::Ask => Some((AlertKind::Ask, Closed::Others)),
            Outcome::Above => Some((AlertKind::Above, Closed::All)),
        }
    }

    /// Whether what carries so much would carry less by this. The highest counts: the clearance that it needs, and the place on
    /// the realm's line.
    pub(super) fn is_below(&self, (clearance, rank): (i64, i64)) -> bool {
        (self.carries.clearance, self.carries.rank) < (clearance, rank)
    }

    /// Which way it is from what counts now.
    pub(super) fn way(&self, counts: Option<&CountsRow>) -> Way {
        if let Some((kind, closed)) = self.alert() {
            return Way::Out(kind, closed);
        }
        match counts {
            Some(now) if self.is_below((now.level, now.rank)) => Way::Down,
            // Saying what nobody has said yet makes it somebody's word.
            Some(now) if now.label == self.label() && now.source != "library" => Way::Same,
            None | Some(_) => Way::Up,
        }
    }
}

/// A reason that may be left out.
pub(super) fn optional(field: &'static str, text: &str) -> Result<String> {
    clean_line(text, LONGEST_REASON).map_err(|unfit| Error::invalid(field, unfit))
}

/// What was said, with the reason where there is one.
pub(super) fn with_reason(said: &str, reason: &str) -> String {
    if reason.is_empty() {
        said.to_owned()
    } else {
        format!("{said}: {reason}")
    }
}

/// That somebody said so, as the evidence of an alert begins with it.
pub(super) fn said_so(who: &str, label: &str) -> String {
    format!("{who} said that it is marked {label}")
}

/// Who said so, from the evidence of what was said.
pub(in super::super) fn who_said(evidence: &str) -> Result<Option<String>> {
    let findings: Findings = serde_json::from_str(evidence).map_err(Error::unavailable)?;
    Ok(findings.remarks.into_iter().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Id;
    use markings::{Policy, Schemes};

    fn il3() -> Rules {
        let schemes = Schemes::with(&[]).unwrap();
        let policy = Policy::shipped("il3", &schemes).unwrap();
        Rules {
            id: Id::from_raw(1),
            schemes,
            policy,
        }
    }

    #[test]
    fn which_way_it_is_is_this_table() {
        let rules = il3();
        // What counts (label, source, clearance, place), what is said, and the way.
        let table = [
            (None, ("gsc", "official"), Way::Up),
            (
                Some(("OFFICIAL", "read", 0, 1)),
                ("gsc", "official"),
                Way::Same,
            ),
            (
                Some(("OFFICIAL", "person", 0, 1)),
                ("gsc", "official"),
                Way::Same,
            ),
            // Nobody has said it yet.
            (
                Some(("OFFICIAL", "library", 0, 1)),
                ("gsc", "official"),
                Way::Up,
            ),
            // Another marking of the same place.
            (
                Some(("PROTECT", "read", 0, 1)),
                ("gsc", "official"),
                Way::Up,
            ),
            (
                Some(("RESTRICTED", "read", 0, 2)),
                ("gsc", "official"),
                Way::Down,
            ),
            (
                Some(("OFFICIAL", "read", 0, 1)),
                ("gpms", "restricted"),
                Way::Up,
            ),
            // A clearance is more than none, wherever it is on the line.
            (
                Some(("RESTRICTED", "read", 0, 9)),
                ("gsc", "official-sensitive"),
                Way::Up,
            ),
            (
                Some(("OFFICIAL-SENSITIVE", "read", 3, 3)),
                ("gpms", "restricted"),
                Way::Down,
            ),
            // What may not be here is that, whatever counts.
            (
                Some(("OFFICIAL-SENSITIVE", "read", 3, 3)),
                ("gpms", "confidential"),
                Way::Out(AlertKind::Ask, Closed::Others),
            ),
            (
                None,
                ("nato", "unclassified"),
                Way::Out(AlertKind::Above, Closed::All),
            ),
        ];
        for (counts, (scheme, marking), way) in table {
            let counts =
                counts.map(
                    |(label, source, level, rank): (&str, &str, i64, i64)| CountsRow {
                        label: label.to_owned(),
                        source: source.to_owned(),
                        level,
                        rank,
                    },
                );
            let chosen = Chosen::of(&rules, scheme, marking).unwrap();
            assert_eq!(chosen.way(counts.as_ref()), way, "{counts:?} {marking}");
            assert_eq!(
                Chosen::allowed(&rules, scheme, marking).is_ok(),
                !matches!(way, Way::Out(..))
            );
        }
        assert!(Chosen::of(&rules, "gsc", "blue").is_err());
        assert!(Chosen::of(&rules, "mars", "official").is_err());
    }
}
