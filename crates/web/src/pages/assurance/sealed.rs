//! That a document is closed: what happened, what happens now, and what to do.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use chancery::Problems;
use chancery::assurance::{self, AlertKind, Closing, Decided, SealPage};
use chancery::kernel::{Id, thing};

use crate::failure::{Answer, Failure, wants_json};
use crate::frame::Frame;
use crate::guest::{Guest, go, page, problem_page};
use crate::named::Named;
use crate::pages::libraries::{When, library_address};
use crate::pages::says::{Answered, Asking, Waits, asked_of, asking};
use crate::pages::uploads::Stands;

struct Reason {
    /// Since the page is about one document, and may be about several versions of it.
    says: String,
    version: u64,
    by: String,
    in_hand: Option<String>,
    kept: Option<String>,
}

#[derive(Template)]
#[template(path = "assurance/sealed.html")]
struct SealedPage {
    frame: Frame,
    says: &'static str,
    since: Option<When>,
    reasons: Vec<Reason>,
    /// What whoever made it should do.
    todo: Vec<&'static str>,
    /// It is open to this person.
    open: Option<String>,
    being_read: bool,
    /// "held" or "sealed", as lists say it.
    closed: &'static str,
    here: String,
    library: String,
    alerts: Option<String>,
    run_by: String,
    /// What this person is asked.
    asking: Option<Asking>,
    /// What its author asks to be agreed to.
    waits: Option<Waits>,
}

/// What whoever made it should do about it.
fn todo(found: &SealPage) -> Vec<&'static str> {
    let Some(why) = found.why.iter().find(|why| why.mine) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    match why.alert.kind {
        AlertKind::Malware => {
            all.push("Do not open the file on your computer, and do not send it to anybody.");
            all.push("Tell the people who look after your computer at once, and say where you got the file.");
        }
        AlertKind::Above => {
            all.push(
                "Do not send it again here, and do not send it on by email or in any other way.",
            );
            all.push("Tell the security officer of your organisation today, and say where you got it and who else has it.");
            all.push("Keep it only where what is marked so may be kept.");
            all.push("If the marking is a mistake, tell the assurance officer so: nobody else can mark it lower here. Do not take the marking out and add it again.");
        }
        AlertKind::Unread => {
            all.push("If it is protected by a password or damaged, save it without that and add it as a new document.");
            all.push("Otherwise wait: an assurance officer looks at it.");
        }
        AlertKind::Ask | AlertKind::Doubtful => {
            all.push("Do not send it on until it is decided.");
            all.push("Ask whoever marked it what its marking is today, and tell the assurance officer what they say.");
        }
        AlertKind::Unmarked => {
            all.push("Put its marking at the top of the document, and add it as a new document.");
        }
        AlertKind::Odd => {
            all.push(
                "Look at the marking in the document. If it is wrong, tell the assurance officer.",
            );
        }
    }
    all
}

async fn made(
    guest: &Guest,
    found: &SealPage,
    typed: &Answered,
    problems: Option<&Problems>,
) -> Result<SealedPage, Failure> {
    let mut asking = asking(guest, found, typed, problems).await?;
    let waits = match asking.as_mut().and_then(|asking| asking.waits.take()) {
        None => asked_of(guest, found).await?,
        waits => waits,
    };
    let mut frame = guest.in_library(found.name.clone(), &found.head, Vec::new());
    frame.error = problems.is_some();
    let zone = guest.portal.zone();
    let settings = guest.portal.realm().settings();
    let here = format!("/documents/{}", found.id);
    let being_read = found.closing == Some(Closing::BeingRead);
    let says = match found.closing {
        Some(Closing::Sealed) => {
            "Nobody can open this document until an assurance officer has decided about it."
        }
        Some(Closing::Held) if found.open_to_me => {
            "Only you can open this document until an assurance officer has decided about it."
        }
        Some(Closing::Held) => {
            "Only whoever added it can open this document until an assurance officer has decided about it."
        }
        _ if found.open_to_me => {
            "A version that you added is being read for its protective marking. Until that is done, which usually takes a few seconds, only you can open this document."
        }
        _ => {
            "Somebody has just added a version, which is being read for its protective marking. That usually takes a few seconds."
        }
    };
    // What they are asked is what there is to do.
    let todo = match &asking {
        Some(_) => Vec::new(),
        None => todo(found),
    };
    let owns = found.head.can_own;
    Ok(SealedPage {
        // What is said already waits.
        asking: asking.filter(|_| waits.is_none()),
        waits,
        says,
        since: found.since.map(|since| When::moment(since, zone)),
        todo,
        open: found.open_to_me.then(|| here.clone()),
        being_read,
        closed: match found.closing {
            Some(Closing::Held) => "held",
            _ => "sealed",
        },
        library: library_address(found.head.id, None),
        alerts: owns.then(|| format!("/libraries/{}/alerts", found.head.id)),
        run_by: settings.run_by.clone(),
        frame,
        reasons: found
            .why
            .iter()
            .map(|why| Reason {
                says: why.says(&settings.designation),
                version: why.alert.version,
                by: guest.by(&why.alert.placed_by),
                in_hand: why.alert.in_hand.as_ref().map(|(by, _)| guest.who(by)),
                kept: match &why.alert.decided {
                    Some((Decided::Kept, by, _, reason)) => Some(format!(
                        "{} decided that it stays sealed: “{reason}”",
                        guest.who(by)
                    )),
                    _ => None,
                },
            })
            .collect(),
        here,
    })
}

/// A page, and for the script that has just sent it how it stands.
pub(super) async fn show(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    headers: HeaderMap,
) -> Answer {
    let found = assurance::sealed(&guest.actor, id).await?;
    if wants_json(&headers) {
        return Ok(Stands::of(&guest, &found).json());
    }
    if found.closing.is_none() {
        return go(&format!("/documents/{id}"));
    }
    page(&made(&guest, &found, &Answered::default(), None).await?)
}

/// The page again, with what is wrong with an answer.
pub(in crate::pages) async fn again(
    guest: &Guest,
    found: &SealPage,
    typed: &Answered,
    problems: &Problems,
) -> Answer {
    problem_page(&made(guest, found, typed, Some(problems)).await?)
}

/// In place of the page of a document that is sealed to this person.
pub(in crate::pages) async fn answer(guest: &Guest, id: Id<thing::Document>) -> Answer {
    let found = assurance::sealed(&guest.actor, id).await?;
    if found.closing.is_none() {
        // It was opened at this very moment.
        return Err(Failure(chancery::Error::Conflict(
            "This document was opened meanwhile. Reload the page".to_owned(),
        )));
    }
    let mut answer = page(&made(guest, &found, &Answered::default(), None).await?)?;
    *answer.status_mut() = StatusCode::FORBIDDEN;
    Ok(answer)
}
