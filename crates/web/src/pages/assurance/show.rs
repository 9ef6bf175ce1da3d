//! One alert: what was found, who saw it meanwhile, and what can be decided.

use askama::Template;
use chancery::assurance::{
    self, AlertDetails, AlertKind, Decided, Exposed, Finding, Removed, TakenBack, rule_says,
};
use chancery::kernel::{Id, thing};

use super::destroy_version::elsewhere_said;
use super::guidance::{Decision, decisions, look_at, whom_to_ask};
use super::{decision, kind_tag, sealed_said, under_alerts};
use crate::components::{Link, Tag};
use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::pages::libraries::When;

struct Evidence {
    before: String,
    text: String,
    after: String,
    place: String,
    label: String,
    rule: String,
    strength: &'static str,
    disguised: bool,
}

struct Saw {
    who: String,
    did: String,
    first: When,
    last: When,
}

#[derive(Template)]
#[template(path = "assurance/alert.html")]
struct Alert {
    frame: Frame,
    here: String,
    kind: Tag,
    says: String,
    label: String,
    /// None where nothing was found of which one could be sure.
    sure: Option<String>,
    rule: String,
    place: String,
    version: String,
    state: &'static str,
    placed_by: String,
    placed: When,
    raised: When,
    in_hand: Option<(String, When)>,
    mine: bool,
    evidence: Vec<Evidence>,
    destroyed: bool,
    remarks: Vec<String>,
    unread: Vec<String>,
    exposed: Vec<Saw>,
    elsewhere: Vec<(String, String)>,
    decided: Option<(String, When, String)>,
    certificate: Option<String>,
    decisions: Vec<Decision>,
    own: bool,
    kept: String,
    /// What to look at before that is decided.
    look_at: &'static [&'static str],
    /// Whom to ask where the evidence does not say enough.
    ask: String,
    take_back: Option<Link>,
    taken_back: Vec<Before>,
}

/// What was decided before and taken back.
struct Before {
    decided: String,
    at: When,
    reason: String,
    taken_back: String,
    back_at: When,
    why: String,
}

impl Before {
    fn of(guest: &Guest, one: TakenBack) -> Self {
        let zone = guest.portal.zone();
        let decided = one.decided.label();
        Self {
            decided: if one.by.is_console() {
                decided.to_owned()
            } else {
                format!("{decided} by {}", guest.by(&one.by))
            },
            at: When::moment(one.at, zone),
            reason: one.reason,
            taken_back: format!("Taken back by {}", guest.by(&one.undone_by)),
            back_at: When::moment(one.undone_at, zone),
            why: one.why,
        }
    }
}

/// What was found, in plain English.
fn says(found: &AlertDetails) -> String {
    let label = &found.line.label;
    if matches!(found.line.decided, Some((Decided::Destroyed, ..))) && !label.is_empty() {
        let version = found.line.version;
        return match found.line.kind {
            AlertKind::Malware => format!("Version {version} was malware: {label}."),
            _ => format!("Version {version} was marked {label}."),
        };
    }
    match found.line.kind {
        AlertKind::Malware => format!("This file is malware: {label}."),
        AlertKind::Above => {
            format!("This document is marked {label}, which is above what this realm may hold.")
        }
        AlertKind::Unread => "This document could not be read wholly, so nobody can say whether it carries a marking.".to_owned(),
        AlertKind::Ask => format!("This document is marked {label}. Whoever marked it must say whether it may be here."),
        AlertKind::Doubtful if label.is_empty() => {
            "This document may carry a marking that may not be here.".to_owned()
        }
        AlertKind::Doubtful => format!("This document may be marked {label}, which may not be here."),
        AlertKind::Unmarked => "This document carries no marking, and documents here need one.".to_owned(),
        AlertKind::Odd => "This document may be here, and something about its marking is odd.".to_owned(),
    }
}

fn strength(name: &str) -> &'static str {
    match name {
        "certain" => "Certain",
        "likely" => "Likely",
        "possible" => "Possible",
        "mention" => "Only mentioned",
        _ => "Counted",
    }
}

impl Evidence {
    fn of(one: Finding) -> Self {
        Self {
            rule: rule_says(&one.rule).to_owned(),
            strength: strength(&one.strength),
            before: one.before,
            text: one.text,
            after: one.after,
            place: one.place,
            label: one.label,
            disguised: one.disguised,
        }
    }
}

fn saw(one: &Exposed, guest: &Guest) -> Saw {
    let times = |number: u64, did: &str| match number {
        0 => None,
        1 => Some(format!("{did} once")),
        _ => Some(format!("{did} {}", format::count(number, "time", "times"))),
    };
    let did: Vec<String> = [
        times(one.opened, "opened it"),
        times(one.downloaded, "downloaded it"),
        times(one.told, "was told of it"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let zone = guest.portal.zone();
    Saw {
        who: one.who.in_full(),
        did: format::list(&did),
        first: When::moment(one.first, zone),
        last: When::moment(one.last, zone),
    }
}

pub(super) async fn show(guest: Guest, Named(id): Named<Id<thing::Alert>>) -> Answer {
    let found = assurance::alert(&guest.actor, id).await?;
    let zone = guest.portal.zone();
    let here = format!("/alerts/{id}");
    let line = &found.line;
    let exposed = found.exposed.iter().map(|one| saw(one, &guest)).collect();
    page(&Alert {
        frame: under_alerts(&guest, line.name.clone(), Vec::new()),
        kind: kind_tag(line.kind),
        says: says(&found),
        label: line.label.clone(),
        sure: (found.confidence > 0).then(|| format!("{}%", found.confidence)),
        rule: rule_says(&found.rule).to_owned(),
        place: format!("{} in {}", line.library.1, line.site),
        version: line.version.to_string(),
        state: sealed_said(line.sealed),
        placed_by: line.placed_by.in_full(),
        placed: When::moment(found.placed_at, zone),
        raised: When::moment(line.raised_at, zone),
        in_hand: line
            .in_hand
            .as_ref()
            .map(|(by, at)| (guest.who(by), When::moment(*at, zone))),
        mine: line
            .in_hand
            .as_ref()
            .is_some_and(|(by, _)| guest.who(by) == "You"),
        destroyed: matches!(line.decided, Some((Decided::Destroyed, ..))),
        decided: match &found.corrected {
            Some(label) => decision(&guest, line).map(|said| format!("{said}, to {label}")),
            None => decision(&guest, line),
        }
        .zip(line.decided.as_ref())
        .map(|(said, (_, _, at, reason))| (said, When::moment(*at, zone), reason.clone())),
        decisions: decisions(&found, &here),
        look_at: look_at(line.kind),
        ask: whom_to_ask(&guest, line, &found),
        take_back: found
            .can_take_back
            .then(|| Link::new("Take this decision back", format!("{here}/take-back"))),
        taken_back: found
            .taken_back
            .iter()
            .cloned()
            .map(|one| Before::of(&guest, one))
            .collect(),
        own: found.own && !matches!(&line.decided, Some((one, ..)) if *one != Decided::Kept),
        kept: elsewhere_said(&found.kept, "is"),
        certificate: found
            .certificate
            .map(|one| format!("/alerts/certificates/{one}")),
        exposed,
        evidence: found
            .findings
            .evidence
            .into_iter()
            .map(Evidence::of)
            .collect(),
        remarks: found.findings.remarks,
        unread: found.findings.unread,
        elsewhere: found.elsewhere,
        here,
    })
}

/// A version or draft that goes, or went, in words.
pub(super) fn removed_said(one: &Removed) -> String {
    let what = match one.version {
        0 => "A draft that was not checked in".to_owned(),
        number => format!("Version {number}"),
    };
    format!("{what}, {}", format::size(one.size))
}
