//! What all that was found comes to.

use std::collections::{BTreeMap, BTreeSet};

use super::Work;
use crate::decision::{Alert, Decision, Evidence, Verdict};
use crate::policy::{Outcome, Unreadable};
use crate::rules::Strength;

/// How many mentions a decision keeps.
const MENTIONS: usize = 50;

impl Work<'_> {
    pub(super) fn finish(mut self) -> Decision {
        let sure: Vec<Evidence> = self
            .evidence
            .iter()
            .filter(|one| one.strength >= Strength::Likely)
            .cloned()
            .collect();
        let highest = sure
            .iter()
            .max_by_key(|one| {
                let additions = one.marking.label().len();
                (self.row(&one.marking), one.strength, additions)
            })
            .cloned();
        let mut verdict = match &highest {
            None => Verdict::Unmarked,
            Some(one) => verdict_of(self.row(&one.marking).0),
        };
        let malformed = self.malformed(&sure);
        if malformed {
            verdict = verdict.max(verdict_of(self.policy.malformed));
        }
        if self
            .alerts
            .iter()
            .any(|alert| matches!(alert, Alert::CaveatAlone { .. }))
        {
            verdict = verdict.max(verdict_of(self.policy.malformed));
        }
        verdict = verdict.max(self.doubt(&sure));
        self.disagreements(&sure);
        for one in &self.evidence {
            if one.disguised && one.strength >= Strength::Possible {
                self.alerts.insert(Alert::Disguised {
                    text: one.text.clone(),
                });
            }
        }
        let mut unread = Vec::new();
        let mut pictures = 0;
        for (number, one) in self.input.unread.iter().enumerate() {
            if one.minor {
                pictures += 1;
                if self.policy.pictures == Unreadable::Block {
                    unread.push(number);
                }
            } else {
                unread.push(number);
            }
        }
        if pictures > 0 && self.policy.pictures != Unreadable::Accept {
            self.alerts.insert(Alert::Pictures { number: pictures });
        }
        if self.unmapped || self.too_many || !unread.is_empty() {
            verdict = verdict.max(Verdict::Unread);
        }
        let number = highest.as_ref().map(|one| self.row(&one.marking).1);
        let agreeing: Vec<&Evidence> = sure
            .iter()
            .filter(|one| {
                highest.as_ref().is_some_and(|high| {
                    high.marking.scheme == one.marking.scheme
                        && high.marking.level == one.marking.level
                })
            })
            .collect();
        let rule = agreeing
            .iter()
            .max_by_key(|one| one.strength)
            .map(|one| one.rule.clone());
        let confidence = confidence(&agreeing);
        let (mut evidence, mut mentions) = (Vec::new(), Vec::new());
        for one in self.evidence {
            if one.strength >= Strength::Possible {
                evidence.push(one);
            } else if mentions.len() < MENTIONS {
                mentions.push(one);
            }
        }
        Decision {
            verdict,
            marking: highest.map(|one| one.marking),
            number,
            confidence,
            rule,
            evidence,
            mentions,
            alerts: self.alerts.into_iter().collect(),
            unread,
        }
    }

    /// Caveats below the level from which they are valid.
    fn malformed(&mut self, sure: &[Evidence]) -> bool {
        let mut any = false;
        for one in sure {
            let Some(scheme) = self.schemes.get(&one.marking.scheme) else {
                continue;
            };
            let Some(from) = scheme.caveats_from else {
                continue;
            };
            let rank = scheme
                .level(&one.marking.level)
                .map_or(0, |level| level.rank);
            if rank < from && !one.marking.caveats.is_empty() {
                any = true;
                let lowest = scheme.levels.iter().find(|level| level.rank == from);
                self.alerts.insert(Alert::Malformed {
                    marking: one.marking.label(),
                    why: format!(
                        "a national caveat is valid from {} upwards",
                        lowest.map_or("a higher level", |level| level.name.as_str())
                    ),
                });
            }
        }
        any
    }

    /// What may be a marking, and would matter. Where a file says for certain what it is, that is no doubt.
    fn doubt(&self, sure: &[Evidence]) -> Verdict {
        let certain: BTreeSet<usize> = sure
            .iter()
            .filter(|one| one.strength == Strength::Certain)
            .map(|one| self.file(one.source))
            .collect();
        let any = self.evidence.iter().any(|one| {
            one.strength == Strength::Possible
                && self.row(&one.marking).0 >= Outcome::Ask
                && !(certain.contains(&self.file(one.source)) && one.rule == "cell")
        });
        if any {
            Verdict::Doubtful
        } else {
            Verdict::Unmarked
        }
    }

    fn disagreements(&mut self, sure: &[Evidence]) {
        let mut by_file: BTreeMap<usize, BTreeMap<(String, String), String>> = BTreeMap::new();
        for one in sure {
            by_file.entry(self.file(one.source)).or_default().insert(
                (one.marking.scheme.clone(), one.marking.level.clone()),
                one.marking.name.clone(),
            );
        }
        for (file, markings) in by_file {
            if markings.len() > 1 {
                self.alerts.insert(Alert::Disagreement {
                    file,
                    markings: markings.into_values().collect(),
                });
            }
        }
    }
}

fn verdict_of(outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Allowed => Verdict::Allowed,
        Outcome::Clearance => Verdict::Clearance,
        Outcome::Ask => Verdict::Ask,
        Outcome::Above => Verdict::Above,
    }
}

/// What agrees makes sure, each a little more.
fn confidence(agreeing: &[&Evidence]) -> u8 {
    let doubt = agreeing.iter().take(5).fold(1000_u32, |doubt, one| {
        let left = match one.strength {
            Strength::Certain => 30,
            Strength::Likely => 150,
            Strength::Possible => 500,
            Strength::Mention => 1000,
        };
        doubt * left / 1000
    });
    if agreeing.is_empty() {
        return 0;
    }
    u8::try_from((1000 - doubt).div_euclid(10).min(99)).unwrap_or(99)
}
