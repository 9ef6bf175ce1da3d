//! What people are told when somebody asks for a document to be marked otherwise, and when that is decided.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{About, sql};
use crate::Result;
use crate::assurance::says::{AgreeToMarking, RefuseMarking, RequestMarking};
use crate::capabilities::spoken;
use crate::kernel::{Action as _, Entry, Following, Id};

/// To those who decide: somebody asks.
const ASKED: &str = "marking asked";
/// To whoever asked: it was decided.
const ANSWERED: &str = "marking answered";

/// Whether a notice is about that.
pub(super) fn is_one(reason: &str) -> bool {
    [ASKED, ANSWERED].contains(&reason)
}

pub(super) async fn follow(following: &mut Following<'_>, entry: &Entry) -> Result<()> {
    match entry.action.as_str() {
        RequestMarking::NAME => asked(following, entry).await,
        AgreeToMarking::NAME | RefuseMarking::NAME => {
            if entry.subject_id != 0 && entry.subject_id != entry.person_id {
                sql::put(following, entry.subject_id, entry, ANSWERED).await?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The owners of the library are told, and officers where owners may not be able to decide: each once.
async fn asked(following: &mut Following<'_>, entry: &Entry) -> Result<()> {
    let mut told = BTreeSet::from([0, entry.person_id]);
    let mut all = sql::owners(following, entry.library_id, entry.at).await?;
    if entry.data.get("for_officers").and_then(Value::as_bool) == Some(true) {
        all.extend(sql::officers(following, entry.at).await?);
    }
    for one in all {
        if told.insert(one) {
            sql::put(following, one, entry, ASKED).await?;
        }
    }
    Ok(())
}

/// The notice in words, if it is about that.
pub(super) fn says(row: &sql::NoticeRow, who: &str, place: &str) -> Option<String> {
    // An officer may know of every document about whose marking something is asked.
    let knows = row.knows_document || row.assures;
    let what = || spoken(&row.action).map_or_else(String::new, |spoken| spoken.speak(&row.data));
    Some(match row.reason.as_str() {
        ASKED if !knows => format!("{who} asked for a document in {place} to be marked otherwise"),
        ASKED => format!("{who} {}. Decide about it", what()),
        ANSWERED if !row.knows_document => {
            format!("{who} decided about the marking that you asked for in {place}")
        }
        ANSWERED => format!("{who} {}", what()),
        _ => return None,
    })
}

/// Where it leads: nowhere for whoever may not (any more) know of it.
pub(super) fn about(row: &sql::NoticeRow) -> Option<About> {
    let document = Id::from_raw(row.item_id);
    match row.reason.as_str() {
        ASKED if row.assures || row.owns_library && row.sees_document => {
            Some(About::MarkingRequest(document))
        }
        ANSWERED if row.sees_document => Some(About::Document(document)),
        _ => None,
    }
}
