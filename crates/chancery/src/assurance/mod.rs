//! Assurance: every version is read for its marking and for malware, what may not be here is sealed, and an assurance officer
//! decides about it.
//!
//! How markings are found and judged is in the leaf `markings`, how files are read in `inspect`; here is what the realm does
//! about it, and what people do.

mod actions;
mod alerts;
mod decide;
mod found;
mod malware;
mod plan;
mod propose;
mod reading;
mod rulebook;
mod rules;
mod scan;
mod sql;
mod trial;
mod trial_sql;

#[cfg(test)]
mod tests;

pub use actions::*;
pub use alerts::{
    AlertCount, AlertDetails, AlertLine, AlertPage, AlertState, Decided, Exposed, Sealed, alert,
    alerts, library_alerts,
};
pub use decide::{
    CertificateOf, Removed, certificate, destroy, downgrade, false_alarm, keep_sealed, take_in_hand,
};
pub use found::{Finding, Findings, in_words, input, line, place, spoken};
pub use malware::Threat;
pub use propose::{
    RulebookLine, RulebookPage, RulebookState, Trial, TrialChange, propose, rulebook, rulebooks,
    rules_now, switch_on, trial_changes, withdraw,
};
pub use rulebook::{Written, begin};
pub use rules::AlertKind;
pub use scan::{Progress, keep_reading, progress, read_waiting};
pub(crate) use sql::FORGET_CLAIMS;
pub use trial::Effect;

use markings::Verdict;

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
