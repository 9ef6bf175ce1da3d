//! One alert: what was found, who saw it meanwhile, and what can be decided.

use askama::Template;
use chancery::assurance::{
    self, AlertDetails, AlertKind, Decided, Exposed, Finding, Removed, rule_says,
};
use chancery::kernel::{Id, thing};

use super::destroy_version::elsewhere_said;
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
    decisions: Vec<(Link, &'static str)>,
    own: bool,
    kept: String,
}

/// What was found, in plain English.
fn says(found: &AlertDetails) -> String {
    let label = &found.line.label;
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
    let times = |number: u64, did: &str| {
        (number > 0).then(|| format!("{did} {}", format::count(number, "time", "times")))
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

/// What can be decided, and what each means.
fn decisions(found: &AlertDetails, here: &str) -> Vec<(Link, &'static str)> {
    // Nobody decides about what they have brought themselves.
    if found.own {
        return Vec::new();
    }
    let kept = match &found.line.decided {
        None => false,
        Some((Decided::Kept, ..)) => true,
        Some(_) => return Vec::new(),
    };
    let kind = found.line.kind;
    let sealed = found.line.sealed.is_some();
    let mut all = vec![(
        Link::new(
            if kind == AlertKind::Unread {
                "It may be here"
            } else {
                "False alarm"
            },
            format!("{here}/false-alarm"),
        ),
        if sealed {
            "The document is opened again, and the same content raises no such alert again."
        } else {
            "The document stays open, and the same content raises no such alert again."
        },
    )];
    if kind != AlertKind::Malware {
        all.push((
            Link::new("Correct the marking", format!("{here}/downgrade")),
            "Give it the marking that it should have had, if that may be here. Those who may see that can open it.",
        ));
    }
    if !kept {
        all.push((
            Link::new(
                if sealed { "Keep sealed" } else { "Seal it" },
                format!("{here}/keep-sealed"),
            ),
            "Nobody can open it from now on. You can still decide otherwise later.",
        ));
    }
    if found.leaves {
        all.push((
            Link::new("Destroy this version only", format!("{here}/destroy-version")),
            "It goes for good, and the document goes on with its other versions. A certificate says what was removed.",
        ));
    }
    all.push((
        Link::new("Destroy its content", format!("{here}/destroy")),
        "Every version and draft goes for good, and a certificate says what was removed.",
    ));
    all
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
        decided: decision(&guest, line)
            .zip(line.decided.as_ref())
            .map(|(said, (_, _, at, reason))| (said, When::moment(*at, zone), reason.clone())),
        decisions: decisions(&found, &here),
        own: found.own && !matches!(&line.decided, Some((one, ..)) if *one != Decided::Kept),
        kept: elsewhere_said(&found.kept),
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
