//! What a person is told in the portal: made of the journal by a follower, so that no other
//! capability has to know whom to tell.
//!
//! What is worth it: an owner took back what I had checked out; somebody who does not own
//! a place of mine changed who can see it; a library of a site of mine stopped taking the site's access, or
//! took it again; I was given access by name; something of a library of mine will be deleted by a rule; somebody asks me, who own the
//! library, to publish a version; what I asked to be published was published or sent back; somebody asks me to agree to another
//! marking, or answers me who asked for one; what I brought was sealed, or that was decided; and what assurance officers and owners must know of that. A notice is kept as a
//! reference to its entry and put in words when it is read, by what its reader may know then.

mod of_says;
mod of_seals;
mod sql;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde_json::Value;

use crate::capabilities::spoken;
use crate::kernel::{
    Action as _, Entry, Follower, Following, Id, Scope, Time, thing::Alert, thing::Document,
    thing::Library, thing::Notice, thing::Person, thing::Site,
};
use crate::libraries::publishing;
use crate::{Result, documents, grants, retention};

/// What a notice is about, for the page to lead there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A document.
    Document(Id<Document>),
    /// A library.
    Library(Id<Library>),
    /// A site.
    Site(Id<Site>),
    /// Who can see a library, which the person decides without seeing it themselves.
    Access(Id<Library>),
    /// What waits for approval in a library, for those who own it.
    Approvals(Id<Library>),
    /// How long things of a library are kept, and what goes soon.
    Retention(Id<Library>),
    /// An alert, for assurance officers.
    Alert(Id<Alert>),
    /// The alerts of a library, for those who own it.
    LibraryAlerts(Id<Library>),
    /// Why a document is sealed, for whoever made it.
    Seal(Id<Document>),
    /// That somebody asks for a document to be marked otherwise, for those who decide about that.
    MarkingRequest(Id<Document>),
}

/// Something a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeLine {
    /// The notice: the list goes on before it.
    pub id: Id<Notice>,
    /// When it happened.
    pub at: Time,
    /// What, in a sentence.
    pub says: String,
    /// What it is about, when the person can (still) see it.
    pub href_kind: Option<About>,
    /// Whether it was read.
    pub read: bool,
}

const RELEASED: &str = "released";
const ACCESS: &str = "access";
const GIVEN: &str = "given";
const DISPOSAL: &str = "disposal";
const ASKED: &str = "asked";
const ANSWERED: &str = "answered";
/// In the entries of several things that were done at once: one tells of all of them.
const SEVERAL: &str = "several";
/// In those by which nobody is told.
const QUIET: &str = "quiet";

/// Makes notices of what happens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Notices;

#[async_trait]
impl Follower for Notices {
    fn name(&self) -> &'static str {
        "notices"
    }

    async fn follow(&self, following: &mut Following<'_>, entries: &[Entry]) -> Result<()> {
        for entry in entries {
            match entry.action.as_str() {
                documents::ReleaseCheckOut::NAME => released(following, entry).await?,
                grants::ChangeSiteAccess::NAME => {
                    access_changed(following, entry, entry.site_id).await?;
                }
                grants::ChangeLibraryAccess::NAME => {
                    access_changed(following, entry, entry.library_id).await?;
                }
                retention::WarnOfDisposal::NAME => {
                    for owner in sql::owners(following, entry.library_id, entry.at).await? {
                        sql::put(following, owner, entry, DISPOSAL).await?;
                    }
                }
                publishing::RequestPublication::NAME => asked(following, entry).await?,
                publishing::PublishVersion::NAME | publishing::SendBack::NAME => {
                    answered(following, entry).await?;
                }
                _ => {
                    of_says::follow(following, entry).await?;
                    of_seals::follow(following, entry).await?;
                }
            }
        }
        Ok(())
    }
}

/// Whether an entry says this of itself.
fn is(data: &Value, what: &str) -> bool {
    data.get(what).and_then(Value::as_bool) == Some(true)
}

/// The owners of the library are told that a version waits for one of them.
async fn asked(following: &mut Following<'_>, entry: &Entry) -> Result<()> {
    if is(&entry.data, QUIET) {
        return Ok(());
    }
    for owner in sql::owners(following, entry.library_id, entry.at).await? {
        if owner != entry.person_id {
            sql::put(following, owner, entry, ASKED).await?;
        }
    }
    Ok(())
}

/// Who asked for a version to be published is told what became of it.
async fn answered(following: &mut Following<'_>, entry: &Entry) -> Result<()> {
    if entry.subject_id != 0 && entry.subject_id != entry.person_id && !is(&entry.data, QUIET) {
        sql::put(following, entry.subject_id, entry, ANSWERED).await?;
    }
    Ok(())
}

/// The holder is told, unless they did it themselves.
async fn released(following: &mut Following<'_>, entry: &Entry) -> Result<()> {
    let holder = entry
        .data
        .get("holder_id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse::<Id<Person>>().ok())
        .map_or(entry.subject_id, Id::raw);
    if holder != 0 && holder != entry.person_id {
        sql::put(following, holder, entry, RELEASED).await?;
    }
    Ok(())
}

/// Whoever was given a role by name is told; and when it was not an owner who changed the access,
/// so are those who own the place now and those who did until then. When a library stops taking its site's
/// access, or takes it again, the owners of the site are told whoever did it.
async fn access_changed(following: &mut Following<'_>, entry: &Entry, place: i64) -> Result<()> {
    let of = |field: &str| entry.data.get(field).and_then(Value::as_str);
    let by_name = of("to") == Some("person") && matches!(of("what"), Some("give" | "alter"));
    let given = entry.subject_id;
    let is_told = by_name
        && given != entry.person_id
        && sql::given(following, place, given, entry.at).await?;
    if is_told {
        sql::put(following, given, entry, GIVEN).await?;
    }
    let mut places = Vec::new();
    if entry.data.get("by_owner").and_then(Value::as_bool) == Some(false) {
        places.push(place);
    }
    // Whoever owns the site gives access to its libraries by it, and has to know which take it.
    if matches!(of("what"), Some("stop inheriting" | "inherit")) {
        places.push(entry.site_id);
    }
    let before = Time::from_micros(entry.at.micros() - 1);
    let mut owners: BTreeSet<i64> = BTreeSet::new();
    for place in places {
        owners.extend(sql::owners(following, place, entry.at).await?);
        owners.extend(sql::owners(following, place, before).await?);
    }
    for owner in owners {
        if owner != entry.person_id && !(is_told && owner == given) {
            sql::put(following, owner, entry, ACCESS).await?;
        }
    }
    Ok(())
}

/// What I was told, newest first, 50 at a time; `before` is the last of the page before.
pub async fn list(scope: &mut Scope, before: Option<Id<Notice>>) -> Result<Vec<NoticeLine>> {
    scope.actor().reaches_every_site()?;
    let rows = sql::list(scope, before).await?;
    Ok(rows.iter().map(line).collect())
}

/// Everything I was told counts as read.
pub async fn mark_all_read(scope: &Scope) -> Result<()> {
    scope.actor().reaches_everything()?;
    let me = scope.actor().me()?;
    sql::read(scope.actor().realm(), me.raw(), scope.at()).await
}

fn line(row: &sql::NoticeRow) -> NoticeLine {
    NoticeLine {
        id: row.id,
        at: row.at,
        says: says(row),
        href_kind: about(row),
        read: row.read_at != Time::default(),
    }
}

fn says(row: &sql::NoticeRow) -> String {
    let who = if row.author.organisation.is_empty() {
        row.author.name.clone()
    } else {
        format!("{} ({})", row.author.name, row.author.organisation)
    };
    let place = match (&row.library_name, &row.site_name) {
        (Some(library), Some(site)) => format!("{library} in {site}"),
        (None, Some(site)) if row.library_id == 0 => site.clone(),
        _ => "a place that you can no longer see".to_owned(),
    };
    let said = of_says::says(row, &who, &place).or_else(|| of_seals::says(row, &who, &place));
    if let Some(says) = said {
        return says;
    }
    let several = is(&row.data, SEVERAL);
    let withdrawn = match row.outcome.as_deref() {
        Some("withdrawn") if several => "; the first was withdrawn since",
        Some("withdrawn") => ", and has withdrawn this since",
        _ => "",
    };
    let published = row.action == publishing::PublishVersion::NAME;
    match row.reason.as_str() {
        RELEASED => {
            let document = row
                .data
                .get("document")
                .and_then(Value::as_str)
                .unwrap_or("a document");
            format!(
                "{who} released your check-out of {document}. What you had saved as a draft is kept"
            )
        }
        DISPOSAL => {
            let years = row.data.get("years").and_then(Value::as_i64).unwrap_or(1);
            let on = row.data.get("on").and_then(Value::as_str).unwrap_or("soon");
            format!(
                "Documents of {place} that nobody has changed for {years} {} will be deleted from {on} on. See which, and change how long they are kept if they should stay",
                if years == 1 { "year" } else { "years" }
            )
        }
        // What was asked and why it was sent back is about a draft, and for those who change the library.
        ASKED | ANSWERED if !row.sees_document || !(published || row.changes_library) => {
            if row.reason == ASKED {
                format!("{who} asked for something to be published in {place}{withdrawn}")
            } else {
                format!("{who} answered your request to publish something in {place}")
            }
        }
        ASKED | ANSWERED => {
            let what =
                spoken(&row.action).map_or_else(String::new, |spoken| spoken.speak(&row.data));
            let of = |field: &str| row.data.get(field).and_then(Value::as_str).unwrap_or("");
            let said = if row.reason == ASKED {
                of("note")
            } else {
                of("comment")
            };
            let others = match row.reason.as_str() {
                ASKED if several => ", and others with it",
                _ if several => ", and others that you asked for",
                _ => "",
            };
            if said.is_empty() {
                format!("{who} {what}{others}{withdrawn}")
            } else {
                format!("{who} {what}{others}{withdrawn}: {said}")
            }
        }
        GIVEN => format!("{who} gave you access to {place}"),
        _ => {
            let change =
                spoken(&row.action).map_or_else(String::new, |spoken| spoken.speak(&row.data));
            format!("{who} changed who can see {place}: {change}")
        }
    }
}

fn about(row: &sql::NoticeRow) -> Option<About> {
    if of_says::is_one(&row.reason) {
        return of_says::about(row);
    }
    if of_seals::is_one(&row.reason) {
        return of_seals::about(row);
    }
    if is(&row.data, SEVERAL) && row.changes_library {
        let library = Id::from_raw(row.library_id);
        return Some(if row.reason == ASKED {
            About::Approvals(library)
        } else {
            About::Library(library)
        });
    }
    if row.item_id != 0 {
        row.sees_document
            .then(|| About::Document(Id::from_raw(row.item_id)))
    } else if row.library_id != 0 {
        row.library_name.as_ref().map(|_| {
            let library = Id::from_raw(row.library_id);
            if row.reason == DISPOSAL {
                About::Retention(library)
            } else if row.sees_library {
                About::Library(library)
            } else {
                About::Access(library)
            }
        })
    } else {
        row.site_name
            .as_ref()
            .map(|_| About::Site(Id::from_raw(row.site_id)))
    }
}
