//! How an alert is judged: said where it is decided about, and nowhere decided.

use chancery::assurance::{AlertDetails, AlertKind, AlertLine, Decided};

use crate::components::Link;
use crate::format;
use crate::guest::Guest;

/// Something that can be decided.
pub(super) struct Decision {
    pub(super) link: Link,
    /// What it does.
    pub(super) means: &'static str,
    /// When to choose it.
    pub(super) when: &'static str,
    /// Whether it can be taken back, and what that does not undo.
    pub(super) back: &'static str,
}

/// When it is a false alarm, and whether that can be taken back.
pub(super) const fn when_false_alarm(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Malware => {
            "Choose it when the people who look after the scanner say that this file is none."
        }
        AlertKind::Unread => {
            "Choose it when somebody you trust has read the whole file and says that it may be here."
        }
        AlertKind::Unmarked => {
            "Choose it when it needs no marking, and whoever added it cannot be asked."
        }
        AlertKind::Ask => {
            "Choose it when whoever marked it has told you that it may be here as it is."
        }
        _ => {
            "Choose it when the words are not the marking of this document: they quote another, name a thing, or describe markings."
        }
    }
}

pub(super) const WHEN_CORRECTED: &str = "Choose it when the marking was real and is out of date or a mistake, and whoever marked it agrees.";
pub(super) const WHEN_KEPT: &str =
    "Choose it when it may not be here, or while you find out whether it may.";
const WHEN_DESTROYED: &str = "Choose it when it must not be here, and nobody needs it as evidence any more. It is not possible under legal hold.";
const WHEN_VERSION_DESTROYED: &str =
    "Choose it when this version must not be here, and what was there before it may.";
/// What taking a decision back does not undo.
pub(super) const BACK: &str = "You can take it back later: the document is closed again from then on. Whoever opens it meanwhile has seen it.";

/// What can be decided about an alert, and what each means.
pub(super) fn decisions(found: &AlertDetails, here: &str) -> Vec<Decision> {
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
    let mut all = vec![Decision {
        link: Link::new(
            if kind == AlertKind::Unread {
                "It may be here"
            } else {
                "False alarm"
            },
            format!("{here}/false-alarm"),
        ),
        means: if sealed {
            "The document is opened again, and the same content raises no such alert again, wherever it is."
        } else {
            "The document stays open, and the same content raises no such alert again, wherever it is."
        },
        when: when_false_alarm(kind),
        back: BACK,
    }];
    if kind != AlertKind::Malware {
        all.push(Decision {
            link: Link::new("Correct the marking", format!("{here}/downgrade")),
            means: "Give it the marking that it should have had, if that may be here. Those who may see that can open it.",
            when: WHEN_CORRECTED,
            back: BACK,
        });
    }
    if !kept {
        all.push(Decision {
            link: Link::new(
                if sealed { "Keep sealed" } else { "Seal it" },
                format!("{here}/keep-sealed"),
            ),
            means: "Nobody can open it from now on, its author included.",
            when: WHEN_KEPT,
            back: "You can decide otherwise at any time.",
        });
    }
    if found.leaves {
        all.push(Decision {
            link: Link::new("Destroy this version only", format!("{here}/destroy-version")),
            means: "It goes for good, and the document goes on with its other versions. A certificate says what was removed.",
            when: WHEN_VERSION_DESTROYED,
            back: "Nobody can take it back.",
        });
    }
    all.push(Decision {
        link: Link::new("Destroy its content", format!("{here}/destroy")),
        means: "Every version and draft goes for good, and a certificate says what was removed.",
        when: WHEN_DESTROYED,
        back: "Nobody can take it back.",
    });
    all
}

/// Whether this can be decided about an alert now, by the end of the address of its page.
pub(super) fn offers(found: &AlertDetails, page: &str) -> bool {
    let all = decisions(found, "");
    all.iter().any(|one| one.link.href[1..] == *page)
}

/// What to look at, by what the alert was raised for.
pub(super) const fn look_at(kind: AlertKind) -> &'static [&'static str] {
    match kind {
        AlertKind::Malware => &[
            "Do not ask anybody to open it or to send it to you.",
            "Give the name that was found to the people who look after the scanner, and ask whether it is a false alarm.",
        ],
        AlertKind::Above => &[
            "Look where the words stand. A marking stands at the top or bottom of pages, on the cover, or after words such as “protective marking”. A word in a sentence is not one.",
            "If it is the marking of this document, it may not be here. Whoever added it is told what to do; whoever marked it needs to know too.",
            "Look who opened it meanwhile: they may have it on their own machines.",
        ],
        AlertKind::Unread => &[
            "Look at what was not read, and why: a password, a damaged file, a kind of file that nobody can read here.",
            "It is best to have it added again without what is in the way. Then keep this one sealed, or destroy it.",
        ],
        AlertKind::Ask => &[
            "Only whoever marked it can say whether it may be here. Whoever added it is asked who that was and what they say.",
            "If they do not answer, keep it sealed.",
        ],
        AlertKind::Doubtful => &[
            "Look where the words stand, and whether they are a marking there. Whoever added it is asked the same, and may answer before you.",
            "Where you cannot tell, ask them. Keep it sealed until you know.",
        ],
        AlertKind::Unmarked => &[
            "Whoever added it is asked what its marking is, and their answer ends the alert.",
            "Decide yourself only if they cannot be asked any more.",
        ],
        AlertKind::Odd => &[
            "Look at what stands under “Besides”: places that disagree, letters that only look like others, a label that is in no table.",
            "If its marking should be higher, seal it and have it marked anew. If nothing is wrong, it is a false alarm.",
        ],
    }
}

/// Whom to ask where the evidence does not say enough: "Ann Brook of Harbour Lights, who added it, or an owner of Papers: …".
pub(super) fn whom_to_ask(guest: &Guest, line: &AlertLine, found: &AlertDetails) -> String {
    let owners: Vec<String> = found
        .owners
        .iter()
        .filter(|owner| owner.id != line.placed_by.id)
        .map(|owner| guest.by(owner))
        .collect();
    let author = guest.by(&line.placed_by);
    match (line.placed_by.is_console(), owners.is_empty()) {
        (true, true) => "Ask the people who run this realm.".to_owned(),
        (true, false) => format!(
            "Ask an owner of {}: {}.",
            line.library.1,
            format::list(&owners)
        ),
        (false, true) => format!("Ask {author}, who added it."),
        (false, false) => format!(
            "Ask {author}, who added it, or an owner of {}: {}.",
            line.library.1,
            format::list(&owners)
        ),
    }
}
