//! What is done about what was found: pure.

use markings::{Decision, Outcome, Policy, Unmarked, Unreadable, Verdict};

use super::Threat;

/// Why an alert is raised, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertKind {
    /// It is malware.
    Malware,
    /// Its marking is above what the realm may hold.
    Above,
    /// It was not wholly read.
    Unread,
    /// Its originator must say whether it may be here.
    Ask,
    /// It may carry a marking that may not be here.
    Doubtful,
    /// It carries no marking, and this realm wants one.
    Unmarked,
    /// It may be here, and something about its marking is odd.
    Odd,
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Malware,
        Self::Above,
        Self::Unread,
        Self::Ask,
        Self::Doubtful,
        Self::Unmarked,
        Self::Odd,
    ];

    /// As it is stored and as a filter names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malware => "malware",
            Self::Above => "above",
            Self::Unread => "unread",
            Self::Ask => "ask",
            Self::Doubtful => "doubtful",
            Self::Unmarked => "unmarked",
            Self::Odd => "odd",
        }
    }

    /// In a few words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malware => "Malware",
            Self::Above => "Above the designation",
            Self::Unread => "Not wholly read",
            Self::Ask => "Originator to be asked",
            Self::Doubtful => "In doubt",
            Self::Unmarked => "No marking",
            Self::Odd => "Marking to look at",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Whom a document is closed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// Everybody.
    All,
    /// Everybody but whoever made the version.
    Others,
}

/// The marking that a document has by what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Carries {
    pub(super) scheme: String,
    pub(super) marking: String,
    pub(super) label: String,
    /// The clearance that it needs; 0 where everybody may see it.
    pub(super) clearance: i64,
    /// Where it is on the realm's line of markings.
    pub(super) rank: i64,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) carries: Option<Carries>,
    pub(super) closed: Option<Closed>,
    pub(super) alert: Option<AlertKind>,
    /// The marking or the malware that the alert is about; may be empty.
    pub(super) label: String,
    /// In a sentence without a capital, for the trail and for whoever made it.
    pub(super) why: String,
}

/// What an alert says instead of a marking where nobody looked for malware.
const UNSCANNED: &str = "not looked through for malware";

/// Whom what an alert was raised for closes a document to, by these rules: where nobody knows by which, as much as any does. As
/// [`judge`] has it, without reading anything.
pub(super) fn closes(
    kind: AlertKind,
    label: &str,
    policy: Option<&Policy>,
    scanner_blocks: bool,
) -> Option<Closed> {
    match kind {
        AlertKind::Malware | AlertKind::Above => Some(Closed::All),
        AlertKind::Unread if label == UNSCANNED => scanner_blocks.then_some(Closed::Others),
        AlertKind::Unread => policy
            .is_none_or(|policy| policy.unread == Unreadable::Block)
            .then_some(Closed::Others),
        AlertKind::Ask | AlertKind::Doubtful | AlertKind::Unmarked => Some(Closed::Others),
        AlertKind::Odd => None,
    }
}

/// What is done about this decision and this threat. `excepted` says whether an officer has found, of this very content, that
/// an alert of this kind with this label was a false alarm.
pub(super) fn judge(
    decision: &Decision,
    threat: &Threat,
    policy: &Policy,
    designation: &str,
    excepted: impl Fn(AlertKind, &str) -> bool,
) -> Judgement {
    let label = decision
        .marking
        .as_ref()
        .map_or_else(String::new, markings::Marking::label);
    if let Threat::Malware(name) = threat {
        let why = format!("it is malware ({name})");
        if !excepted(AlertKind::Malware, name) {
            return Judgement {
                carries: None,
                closed: Some(Closed::All),
                alert: Some(AlertKind::Malware),
                label: name.clone(),
                why,
            };
        }
    }
    let odd = decision
        .alerts
        .iter()
        .any(|alert| !matches!(alert, markings::Alert::Pictures { .. }));
    let (kind, closed, why) = match decision.verdict {
        Verdict::Above => (
            Some(AlertKind::Above),
            Some(Closed::All),
            format!("it is marked {label}, which is above {designation}"),
        ),
        Verdict::Unread => (
            Some(AlertKind::Unread),
            (policy.unread == Unreadable::Block).then_some(Closed::Others),
            "it could not be read wholly, so nobody can say whether it carries a marking"
                .to_owned(),
        ),
        Verdict::Ask => (
            Some(AlertKind::Ask),
            Some(Closed::Others),
            format!("it is marked {label}, and whoever marked it must say whether it may be here"),
        ),
        Verdict::Doubtful => (
            Some(AlertKind::Doubtful),
            Some(Closed::Others),
            "it may carry a marking that may not be here".to_owned(),
        ),
        Verdict::Unmarked if policy.unmarked == Unmarked::Ask => (
            Some(AlertKind::Unmarked),
            Some(Closed::Others),
            "it carries no marking, and documents here need one".to_owned(),
        ),
        Verdict::Unmarked => (None, None, "no marking found".to_owned()),
        Verdict::Allowed | Verdict::Clearance => (None, None, label.clone()),
    };
    // What an officer has decided about one ground leaves the others.
    let (kind, closed, why) = match kind {
        Some(kind) if excepted(kind, &label) => (
            None,
            None,
            match kind {
                AlertKind::Unmarked => "no marking found; somebody has said what it is".to_owned(),
                AlertKind::Doubtful | AlertKind::Ask => {
                    format!("{why}; it was decided that it may be here")
                }
                _ => format!("{why}; an assurance officer has decided that it may be here"),
            },
        ),
        kind => (kind, closed, why),
    };
    let carries = carries(decision, policy, &label);
    // Nobody looked through it, and the realm says that this is to be known.
    if let (None, Threat::Unscanned { block }) = (kind, threat)
        && !excepted(AlertKind::Unread, UNSCANNED)
    {
        return Judgement {
            carries,
            closed: block.then_some(Closed::Others),
            alert: Some(AlertKind::Unread),
            label: UNSCANNED.to_owned(),
            why: "it could not be looked through for malware".to_owned(),
        };
    }
    let (kind, why) = match kind {
        None if odd && !excepted(AlertKind::Odd, &label) => (
            Some(AlertKind::Odd),
            if label.is_empty() {
                "something about its marking is odd".to_owned()
            } else {
                format!("{label}, and something about its marking is odd")
            },
        ),
        kind => (kind, why),
    };
    Judgement {
        carries,
        closed,
        alert: kind,
        label,
        why,
    }
}

/// What may be here is marked so; what is sealed has no marking that anybody could be cleared for.
fn carries(decision: &Decision, policy: &Policy, label: &str) -> Option<Carries> {
    let marking = decision.marking.as_ref()?;
    row_of(policy, &marking.scheme, &marking.level, label)
}

/// What a document carries whose marking is this, by a policy.
pub(super) fn row_of(policy: &Policy, scheme: &str, marking: &str, label: &str) -> Option<Carries> {
    let row = policy.row(scheme, marking)?;
    let clearance = match row.outcome {
        Outcome::Allowed => 0,
        Outcome::Clearance => row.number,
        Outcome::Ask | Outcome::Above => return None,
    };
    Some(Carries {
        scheme: scheme.to_owned(),
        marking: marking.to_owned(),
        label: label.to_owned(),
        clearance,
        rank: row.number,
    })
}
