//! How long things are kept: seen and changed by the owners of a library.

use super::keep_sql::{self as sql, DueRow, RuleRow};
use super::rules::{NOTICE_DAYS, says_of_document};
use super::{
    DocumentRetentionSet, Keep, Retention, RetentionSet, SetDocumentRetention, SetRetention, Since,
    ViewRetention,
};
use crate::kernel::{Action, Actor, Id, Queries, Read, Time, Write, args, thing};
use crate::libraries::{LibraryHead, head_of};
use crate::people::Author;
use crate::{Error, Result};

/// Something that goes to the recycle bin by a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Which document.
    pub id: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// When it was changed last.
    pub changed_at: Time,
    /// When it goes, unless somebody changes it.
    pub on: Time,
    /// It is under legal hold, and stays.
    pub held: bool,
}

/// A document that is kept by a rule of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRule {
    /// Which document.
    pub id: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// For how long.
    pub keep: Keep,
}

/// How long the things of a library are kept, and what that means soon.
#[derive(Debug, Clone)]
pub struct RetentionPage {
    /// The library.
    pub head: LibraryHead,
    /// The rules in force.
    pub retention: Retention,
    /// For how many days the realm's recycle bins keep things.
    pub realm_days: u32,
    /// Who changed the rules last, and when.
    pub set: Option<(Author, Time)>,
    /// What goes to the recycle bin within 30 days, the first first; at most 200.
    pub due: Vec<Due>,
    /// Documents with rules of their own, by name; at most 200.
    pub own: Vec<OwnRule>,
}

/// How long a document is kept, as its page says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// It is under legal hold: nobody can delete it or move it to another library.
    pub held: bool,
    /// Why, since when, and who said so; for owners only.
    pub holds: Vec<(String, Time, Author)>,
    /// Until when a rule keeps it from going for good.
    pub until: Option<Time>,
    /// When it goes for good, where it is in the recycle bin and not held.
    pub goes_at: Option<Time>,
}

/// How long the things of a library are kept.
pub async fn retention(actor: &Actor, library: Id<thing::Library>) -> Result<RetentionPage> {
    let mut proof: Read<ViewRetention> = actor.read(library).await?;
    let head = head_of(&mut proof).await?;
    let (at, me, library) = (proof.at(), actor.me()?, proof.target());
    let rule = in_force(&mut proof, at, library, 0).await?;
    let soon = at.plus(days(NOTICE_DAYS));
    let due: Vec<DueRow> = proof.all(sql::DUE, args![at, me, library, soon]).await?;
    let own: Vec<sql::OwnRow> = proof.all(sql::OWN, args![at, me, library]).await?;
    Ok(RetentionPage {
        head,
        retention: rule.as_ref().map(RuleRow::retention).unwrap_or_default(),
        realm_days: actor.realm().settings().limits.bin_days,
        set: rule.map(|rule| (rule.set_by, rule.from_at)),
        due: due
            .into_iter()
            .map(|row| Due {
                id: row.id,
                name: row.name,
                changed_at: row.changed_at,
                // What became due while nobody was told of it waits until its owners have been.
                on: row.due_at.max(
                    row.warned_at
                        .map_or(soon, |told| told.plus(days(NOTICE_DAYS))),
                ),
                held: row.held,
            })
            .collect(),
        own: own
            .into_iter()
            .map(|row| OwnRule {
                id: row.id,
                name: row.name,
                keep: Keep {
                    years: row.keep_years,
                    since: Since::from_name(&row.keep_since).unwrap_or_default(),
                },
            })
            .collect(),
    })
}

/// Says how long the things of a library are kept, in place of what was said before. Problems are on `bin_days`,
/// `keep_years` and `delete_years`.
pub async fn set_retention(
    actor: &Actor,
    library: Id<thing::Library>,
    retention: Retention,
) -> Result<()> {
    let mut w: Write<SetRetention> = actor.write(library).await?;
    retention.check()?;
    let at = w.at();
    let head: (String,) = w.one(super::sql::LIBRARY, args![library]).await?;
    let before = in_force(&mut w, at, library, 0).await?;
    let was = before.as_ref().map(RuleRow::retention).unwrap_or_default();
    if was == retention {
        return Ok(());
    }
    replace(&mut w, library, 0, retention).await?;
    // What was announced was announced under another rule.
    w.execute(sql::FORGET_WARNINGS, args![library]).await?;
    let realm_days = actor.realm().settings().limits.bin_days;
    w.commit(RetentionSet {
        library: head.0,
        says: retention.says(realm_days),
        was: was.says(realm_days),
    })
    .await
}

/// How long one document is kept by a rule of its own, with its name.
pub async fn document_retention(
    actor: &Actor,
    document: Id<thing::Document>,
) -> Result<(String, Option<Keep>)> {
    let mut proof: Read<SetDocumentRetention> = actor.read(document).await?;
    let at = proof.at();
    let (name,): (String,) = proof.one(sql::NAME, args![document]).await?;
    let library = proof.standing().place.library.ok_or(Error::NotFound)?;
    let rule = in_force(&mut proof, at, library, document.raw()).await?;
    Ok((name, rule.and_then(|rule| rule.retention().keep)))
}

/// Says how long one document is kept, whatever its library says; with nothing, its library's rules are all that is said
/// of it. Problems are on `keep_years`.
pub async fn set_document_retention(
    actor: &Actor,
    document: Id<thing::Document>,
    keep: Option<Keep>,
) -> Result<()> {
    let mut w: Write<SetDocumentRetention> = actor.write(document).await?;
    let retention = Retention {
        keep,
        ..Retention::default()
    };
    retention.check()?;
    let library = w.standing().place.library.ok_or(Error::NotFound)?;
    // The turn of the library is that of whoever removes things for good.
    w.lock(library).await?;
    let at = w.at();
    let (name,): (String,) = w.one(sql::NAME, args![document]).await?;
    let before = in_force(&mut w, at, library, document.raw()).await?;
    let was = before.and_then(|rule| rule.retention().keep);
    if was == keep {
        return Ok(());
    }
    replace(&mut w, library, document.raw(), retention).await?;
    w.commit(DocumentRetentionSet {
        name,
        says: says_of_document(keep),
        was: says_of_document(was),
    })
    .await
}

async fn in_force(
    proof: &mut impl Queries,
    at: Time,
    library: Id<thing::Library>,
    document: i64,
) -> Result<Option<RuleRow>> {
    if document == 0 {
        proof.first(sql::RULE, args![at, library]).await
    } else {
        proof.first(sql::DOCUMENT_RULE, args![at, document]).await
    }
}

async fn replace<A: Action>(
    w: &mut Write<A>,
    library: Id<thing::Library>,
    document: i64,
    retention: Retention,
) -> Result<()> {
    let (at, by) = (w.at(), w.by());
    if document == 0 {
        w.execute(sql::END_RULE, args![at, library]).await?;
    } else {
        w.execute(sql::END_DOCUMENT_RULE, args![at, document])
            .await?;
    }
    if retention == Retention::default() {
        return Ok(());
    }
    let id: Id<thing::RetentionRule> = w.new_id();
    let keep = retention.keep;
    w.execute(
        sql::SET_RULE,
        args![
            id,
            library,
            document,
            i64::from(retention.bin_days.unwrap_or(0)),
            i64::from(keep.map_or(0, |keep| keep.years)),
            keep.map_or("", |keep| keep.since.name()),
            i64::from(retention.delete_years.unwrap_or(0)),
            by,
            at,
            Time::FOREVER
        ],
    )
    .await?;
    Ok(())
}

pub(super) fn days(number: u32) -> std::time::Duration {
    std::time::Duration::from_hours(24 * u64::from(number))
}
