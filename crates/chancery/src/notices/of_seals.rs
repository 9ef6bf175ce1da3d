//! What people are told when a document is sealed, and when that is decided.
//!
//! Officers are told of every new alert, and lead to it. Owners of the library are told that something of theirs was sealed, and
//! whoever made it why, and what to do; both are told what was decided. Nobody is told the name of a document that they may not
//! know of when they read the notice.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{About, sql};
use crate::Result;
use crate::assurance::{
    self, AlertKind, DestroyContent, DestroyVersion, Downgrade, FindFalseAlarm, KeepSealed,
    LiftSeal, TakeBackDecision, says::AnswerAlert, says::ReportSpill,
};
use crate::capabilities::spoken;
use crate::kernel::{Action as _, Entry, Following, Id, thing};
use crate::mail::{self, Message};

/// To officers: an alert waits.
const ALERT: &str = "alert";
/// To owners: something of the library was sealed.
const SEALED: &str = "sealed";
/// To whoever made it.
const MINE_SEALED: &str = "mine sealed";
/// To owners: it was decided.
const DECIDED: &str = "decided";
/// To whoever made it.
const MINE_DECIDED: &str = "mine decided";

/// Whether a notice is about a seal.
pub(super) fn is_one(reason: &str) -> bool {
    [ALERT, SEALED, MINE_SEALED, DECIDED, MINE_DECIDED].contains(&reason)
}

pub(super) async fn follow(following: &mut Following<'_>, entry: &Entry) -> Result<()> {
    match entry.action.as_str() {
        assurance::SealDocument::NAME | assurance::RaiseAlert::NAME | ReportSpill::NAME => {
            raised(following, entry).await
        }
        FindFalseAlarm::NAME
        | Downgrade::NAME
        | KeepSealed::NAME
        | DestroyContent::NAME
        | DestroyVersion::NAME
        | AnswerAlert::NAME
        | TakeBackDecision::NAME
        | LiftSeal::NAME => decided(following, entry).await,
        _ => Ok(()),
    }
}

fn alert_of(data: &Value) -> Option<Id<thing::Alert>> {
    data.get("alert")?.as_str()?.parse().ok()
}

async fn about_alert(
    following: &mut Following<'_>,
    entry: &Entry,
) -> Result<Option<sql::AboutAlert>> {
    match alert_of(&entry.data) {
        Some(alert) => sql::alert(following, alert).await,
        None => Ok(None),
    }
}

/// Whether it was sealed: by the realm itself, or because somebody said so.
fn seals(action: &str) -> bool {
    action == assurance::SealDocument::NAME || action == ReportSpill::NAME
}

/// Each is told once: whoever made it before officers, and officers before owners. Whoever said so knows.
async fn raised(following: &mut Following<'_>, entry: &Entry) -> Result<()> {
    let Some(alert) = about_alert(following, entry).await? else {
        return Ok(());
    };
    let mut told = BTreeSet::from([0, entry.person_id]);
    // Without a seal there is nothing that whoever made it would have to do.
    if seals(&entry.action) && told.insert(alert.placed_by) {
        sql::put(following, alert.placed_by, entry, MINE_SEALED).await?;
    }
    // Only its author can say what the marking is of what carries none.
    if alert.kind == AlertKind::Unmarked.name() {
        return Ok(());
    }
    for officer in sql::officers(following, entry.at).await? {
        if told.insert(officer) {
            sql::put(following, officer, entry, ALERT).await?;
            if alert.kind != AlertKind::Odd.name() {
                write_to(following, entry, officer).await?;
            }
        }
    }
    for owner in sql::owners(following, entry.library_id, entry.at).await? {
        if told.insert(owner) {
            sql::put(following, owner, entry, SEALED).await?;
        }
    }
    Ok(())
}

/// Officers are written to as well, once for all alerts of ten minutes: thousands of files can be brought at once. Of the
/// document nothing is said, since the letter leaves the realm.
async fn write_to(following: &mut Following<'_>, entry: &Entry, officer: i64) -> Result<()> {
    const BURST: i64 = 10 * 60 * 1_000_000;
    let realm = following.realm().settings().name.clone();
    let message = Message {
        kind: "alert",
        event: entry.at.micros() / BURST,
        happened: entry.at,
        to: Id::from_raw(officer),
        subject: format!("{realm}: an alert waits for an assurance officer"),
        body: "Something was found in a document that an assurance officer must decide about. The page of alerts says what, and whether there is more."
            .to_owned(),
        path: "/alerts".to_owned(),
    };
    mail::queue(following, &message).await
}

/// Whoever decided knows.
async fn decided(following: &mut Following<'_>, entry: &Entry) -> Result<()> {
    let Some(alert) = about_alert(following, entry).await? else {
        return Ok(());
    };
    let mut told = BTreeSet::from([0, entry.person_id]);
    if told.insert(alert.placed_by) {
        sql::put(following, alert.placed_by, entry, MINE_DECIDED).await?;
    }
    if alert.kind == AlertKind::Unmarked.name() && entry.action != AnswerAlert::NAME {
        return Ok(());
    }
    for owner in sql::owners(following, entry.library_id, entry.at).await? {
        if told.insert(owner) {
            sql::put(following, owner, entry, DECIDED).await?;
        }
    }
    Ok(())
}

/// The notice in words, if it is about a seal.
pub(super) fn says(row: &sql::NoticeRow, who: &str, place: &str) -> Option<String> {
    let of = |field: &str| row.data.get(field).and_then(Value::as_str).unwrap_or("");
    let (document, why) = (of("document"), of("why"));
    let sealed = seals(&row.action);
    // An officer may know of every document that there is an alert about.
    let knows = row.knows_document || row.assures;
    Some(match row.reason.as_str() {
        ALERT if !row.assures => "There was an alert when you were an assurance officer".to_owned(),
        ALERT if sealed => format!("{document} was sealed, because {why}. Decide about it"),
        ALERT => format!("There is an alert about {document}: {why}. Decide about it"),
        SEALED if !knows => format!("There is an alert about a document in {place}"),
        SEALED if sealed => format!(
            "{document} in {place} was sealed, because {why}. An assurance officer decides about it"
        ),
        SEALED => format!("There is an alert about {document} in {place}: {why}"),
        MINE_SEALED if !knows => {
            "Something that you added was sealed. An assurance officer decides about it".to_owned()
        }
        MINE_SEALED => format!(
            "Your document {document} was sealed, because {why}. See what happens now, and what to do"
        ),
        DECIDED | MINE_DECIDED if !knows => {
            format!("It was decided about a sealed document in {place}")
        }
        DECIDED | MINE_DECIDED => {
            let what =
                spoken(&row.action).map_or_else(String::new, |spoken| spoken.speak(&row.data));
            if row.action == LiftSeal::NAME {
                let besides = of("besides");
                // Where nothing is said of it, it was a seal: entries from before there was more to say.
                match of("did") {
                    "" | "lifted the seal on" => {
                        format!("The seal on {document} was lifted: {why}")
                    }
                    _ => format!("An alert about {document} is over: {why}{besides}"),
                }
            } else {
                let certificate = if row.action == DestroyContent::NAME {
                    ". Its name and its trail stay, and a certificate lists what was destroyed"
                } else {
                    ""
                };
                format!("{who} {what}{certificate}")
            }
        }
        _ => return None,
    })
}

/// Where it leads: nowhere for whoever may not (any more) know of it.
pub(super) fn about(row: &sql::NoticeRow) -> Option<About> {
    let library = Id::from_raw(row.library_id);
    match row.reason.as_str() {
        ALERT if row.assures => alert_of(&row.data).map(About::Alert),
        MINE_SEALED | MINE_DECIDED if row.sees_document => {
            Some(About::Seal(Id::from_raw(row.item_id)))
        }
        SEALED | DECIDED | MINE_DECIDED if row.owns_library => Some(About::LibraryAlerts(library)),
        _ => None,
    }
}
