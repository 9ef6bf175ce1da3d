//! Assurance: every version is read for its marking and for malware, what may not be here is sealed, and an assurance officer
//! decides about it.
//!
//! How markings are found and judged is in the leaf `markings`, how files are read in `inspect`; here is what the realm does
//! about it, and what people do.

mod actions;
mod alerts;
mod decide;
mod desk;
mod destroy;
mod destroy_version;
mod details;
mod elsewhere;
mod ended;
mod export;
mod found;
mod gone;
mod in_force;
mod malware;
mod plan;
mod progress;
mod propose;
mod raise;
mod reading;
mod record;
mod reopen;
mod reopen_sql;
mod report;
mod rulebook;
mod rules;
pub mod says;
mod scan;
pub mod several;
mod several_sql;
mod sql;
mod switch;
mod trial;
mod trial_sql;

#[cfg(test)]
mod tests;
mod told;
mod told_sql;
mod until;

pub use crate::libraries::Closing;
pub use actions::*;
pub use alerts::{
    AlertCount, AlertLine, AlertPage, AlertState, AlertsWaiting, Decided, Sealed, alerts,
    alerts_waiting, library_alerts,
};
pub use decide::{downgrade, false_alarm, keep_sealed, take_in_hand};
pub use desk::keep_reading;
pub use destroy::{CertificateOf, Removed, certificate, destroy, destruction};
pub use destroy_version::{destroy_version, version_destruction};
pub use details::{AlertDetails, Exposed, alert};
pub use elsewhere::Elsewhere;
pub use export::export_alerts;
pub use found::{Finding, Findings, in_words, input, line, place, spoken};
pub(crate) use gone::end_with_documents;
pub use in_force::{InForce, MarkingRule, SchemeRules, in_force};
pub use malware::Threat;
pub use markings::{Broken, Outcome, Unmarked, Unreadable, Verdict};
pub use progress::{Progress, Unread, progress, unread};
pub use propose::{
    RulebookLine, RulebookPage, RulebookState, Trial, propose, rulebook, rulebooks, rules_now,
    switch_on, withdraw,
};
pub use reopen::{TakenBack, take_back};
pub use report::{
    LibraryTotals, TrialChange, WhichChanges, export_trial, trial_changes, trial_libraries,
};
pub use rulebook::{Begun, RulesFile, Written, begin, first_of, follow, in_force_name};
pub use rules::AlertKind;
pub use scan::read_waiting;
pub(crate) use sql::FORGET_CLAIMS;
pub use switch::{read_again, stop_reading, take_over};
pub use told::{Marked, MarkedBy, ReadingOf, SealPage, WasRead, Why, reading_of, sealed};
pub(crate) use told_sql::{ABOUT, OFFICERS};
pub use trial::Effect;
pub use until::{Closed, HowClosed, reads, until_read};

/// What each rule that finds markings says, for people.
pub fn rule_says(id: &str) -> &'static str {
    if id == says::SAID {
        return "Somebody said so";
    }
    markings::RULES
        .iter()
        .find(|rule| rule.id == id)
        .map_or("", |rule| rule.says)
}

/// A verdict as it is stored and as programs are told it.
pub const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unmarked => "unmarked",
        Verdict::Allowed => "allowed",
        Verdict::Clearance => "clearance",
        Verdict::Doubtful => "doubtful",
        Verdict::Ask => "ask",
        Verdict::Unread => "unread",
        Verdict::Above => "above",
    }
}

/// A verdict from its name.
pub fn verdict_of(name: &str) -> Option<Verdict> {
    [
        Verdict::Unmarked,
        Verdict::Allowed,
        Verdict::Clearance,
        Verdict::Doubtful,
        Verdict::Ask,
        Verdict::Unread,
        Verdict::Above,
    ]
    .into_iter()
    .find(|verdict| verdict_name(*verdict) == name)
}
