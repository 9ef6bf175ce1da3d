//! What goes for good: what is known of it stays, with who deleted it and who removed it; its content does not.
//!
//! Everything here takes the turn of the library and asks in that transaction what must stay, as a hold does that is placed:
//! neither overtakes the other. What a person removes goes in one transaction; what goes because its time is over goes in
//! parts, each one transaction with its entries: a process that is killed has let go of whole documents, and the rest goes
//! the next time.

use super::keep_sql::{self as sql, ExpiredRow, ReasonRow, RootRow, WentRow};
use super::rules::day;
use super::{ExpireItems, ItemExpired, RemoveForGood, RemovedForGood, ViewGone, ViewRemoval};
use crate::kernel::{
    Action, Actor, FromRow, Id, Place, Queries, Read, Realm, Row, Scope, Time, Write, args, thing,
};
use crate::libraries::rules::shown;
use crate::libraries::{LibraryHead, head_of};
use crate::people::Author;
use crate::{Error, Result, assurance};

/// How many things go in one transaction.
const BATCH: i64 = 200;
/// How many lines a page of what is gone has.
const PAGE: usize = 50;

/// What would be removed for good.
#[derive(Debug, Clone)]
pub struct Removal {
    /// The library.
    pub head: LibraryHead,
    /// Its name.
    pub name: String,
    /// A document; otherwise a folder.
    pub is_document: bool,
    /// How many versions the document has.
    pub versions: u64,
    /// For a folder: how many documents were deleted with it.
    pub inside: u64,
    /// When it was deleted.
    pub binned_at: Time,
    /// What stands in the way, in a sentence.
    pub hindrance: Option<String>,
}

/// Something that went for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoneLine {
    /// Which.
    pub id: Id<thing::Item>,
    /// What it was called.
    pub name: String,
    /// A document; otherwise a folder.
    pub is_document: bool,
    /// How many versions it had.
    pub versions: u64,
    /// When it was deleted.
    pub binned_at: Time,
    /// Who deleted it.
    pub binned_by: Author,
    /// When it went for good.
    pub gone_at: Time,
    /// Who removed it; the console where its time was over.
    pub gone_by: Author,
    /// Why, where an assurance officer destroyed its content.
    pub destroyed: Option<String>,
}

impl FromRow for GoneLine {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            is_document: row.get("is_document")?,
            versions: row.get("version")?,
            binned_at: row.get("binned_at")?,
            binned_by: Author::read(row, "binned_by")?,
            gone_at: row.get("gone_at")?,
            gone_by: Author::read(row, "gone_by")?,
            destroyed: row.get("destroyed")?,
        })
    }
}

/// A page of what went for good.
#[derive(Debug, Clone)]
pub struct GonePage {
    /// The library.
    pub head: LibraryHead,
    /// What went last comes first.
    pub lines: Vec<GoneLine>,
    /// What to ask for the lines after these.
    pub next: Option<String>,
}

/// What would go if this were removed from the recycle bin, and what stands in the way.
pub async fn removal(
    actor: &Actor,
    library: Id<thing::Library>,
    item: Id<thing::Item>,
) -> Result<Removal> {
    let mut proof: Read<ViewRemoval> = actor.read(library).await?;
    let head = head_of(&mut proof).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let root: RootRow = proof
        .first(sql::ROOT, args![at, me, library, item])
        .await?
        .ok_or(Error::NotFound)?;
    let reason: Option<ReasonRow> = proof.first(sql::REASON, args![at, me, item]).await?;
    Ok(Removal {
        head,
        name: root.name,
        is_document: root.is_document,
        versions: root.version,
        inside: root.inside,
        binned_at: root.binned_at,
        hindrance: reason.map(|reason| reason.says(actor.realm())),
    })
}

impl ReasonRow {
    fn says(&self, realm: &Realm) -> String {
        // Nothing of it is told, nor why it stays.
        if !self.known {
            return "Something in it has to stay for now".to_owned();
        }
        let name = format!("“{}”", shown(&self.name));
        match self.kept_until {
            _ if self.sealed => format!("{name} is sealed. It stays for now"),
            _ if self.held => format!(
                "{name} is under legal hold. Nobody can remove it until an owner lifts the hold"
            ),
            Some(until) => format!(
                "A retention rule keeps {name} until {}. Nobody can remove it before then",
                day(until, realm)
            ),
            None => format!("{name} has to stay"),
        }
    }
}

/// Removes something from the recycle bin for good, with everything that was deleted with it: says how many documents that
/// was, of those that this person may know of. [`Error::Conflict`] says what keeps it.
pub async fn remove_for_good(
    actor: &Actor,
    library: Id<thing::Library>,
    item: Id<thing::Item>,
) -> Result<u64> {
    let mut w: Write<RemoveForGood> = actor.write(library).await?;
    let (at, me) = (w.at(), actor.me()?);
    let root: Option<RootRow> = w.first(sql::ROOT, args![at, me, library, item]).await?;
    root.ok_or(Error::NotFound)?;
    let reason: Option<ReasonRow> = w.first(sql::REASON, args![at, me, item]).await?;
    if let Some(reason) = reason {
        return Err(Error::Conflict(reason.says(actor.realm())));
    }
    let place = w.standing().place;
    let mut removed = 0;
    loop {
        let gone = go(
            &mut w,
            library,
            item.raw(),
            "It was removed from the recycle bin for good",
        )
        .await?;
        if gone.is_empty() {
            break;
        }
        for left in gone {
            removed += u64::from(left.version > 0 && left.known);
            let place = Place {
                item: Some(left.id),
                ..place
            };
            let event = RemovedForGood {
                name: left.name,
                versions: left.version,
            };
            w.also(place, &event)?;
        }
    }
    w.commit_each().await?;
    Ok(removed)
}

/// Lets a part of it go, in this transaction.
async fn go<A: Action>(
    w: &mut Write<A>,
    library: Id<thing::Library>,
    root: i64,
    why: &str,
) -> Result<Vec<WentRow>> {
    let (at, by) = (w.at(), w.by());
    let gone: Vec<WentRow> = w.all(sql::GO, args![at, by, root, library, BATCH]).await?;
    w.execute(sql::KEEP_FACTS, args![library, at]).await?;
    w.execute(sql::A_DAY_MORE, args![library, at]).await?;
    for statement in sql::LET_GO {
        w.execute(statement, args![library, at]).await?;
    }
    w.execute(sql::END_CHECK_OUTS, args![library, at]).await?;
    assurance::end_with_documents(w, library, why).await?;
    Ok(gone)
}

/// Lets everything go whose time in the recycle bin was over already when this was done before, and that nothing keeps; says
/// how many things that was. A clock that is put forward makes nothing go at once, and there is a day to see that it is wrong.
pub(super) async fn expire(realm: &Realm) -> Result<u64> {
    let now = realm.now();
    let Some(due) = realm.done_before("recycle bins").await? else {
        return Ok(0);
    };
    // It may have been put back meanwhile.
    let due = due.min(now);
    let console = Actor::console(realm);
    let days = i64::from(realm.settings().limits.bin_days);
    let (mut count, mut after) = (0, 0);
    loop {
        let mut proof: Read<ExpireItems> = console.read(Id::REALM).await?;
        let roots: Vec<ExpiredRow> = proof
            .all(sql::EXPIRED, args![proof.at(), days, after, due])
            .await?;
        let Some(last) = roots.last() else {
            return Ok(count);
        };
        after = last.id;
        for root in roots {
            loop {
                match expire_part(&console, &root, days, due).await {
                    Ok(Some(gone)) => count += gone,
                    Ok(None) => break,
                    // What is wrong with one thing keeps no other.
                    Err(error) => {
                        tracing::warn!(%error, item = root.id, "what was deleted stays for another day");
                        break;
                    }
                }
            }
        }
    }
}

/// Lets one part go; none when there is nothing more of it that may.
pub(super) async fn expire_part(
    console: &Actor,
    root: &ExpiredRow,
    days: i64,
    due: Time,
) -> Result<Option<u64>> {
    let mut w: Write<ExpireItems> = console.write(Id::REALM).await?;
    w.lock(root.library_id).await?;
    // Asked in the turn of the library: what was held, restored or kept for longer since it was found stays.
    let args = args![w.at(), days, root.id, root.library_id, due];
    let still: Vec<ExpiredRow> = w.all(sql::EXPIRED_STILL, args).await?;
    if still.is_empty() {
        return Ok(None);
    }
    let gone = go(
        &mut w,
        root.library_id,
        root.id,
        "Its time in the recycle bin was over",
    )
    .await?;
    let count = gone.len() as u64;
    for left in gone {
        let place = Place {
            site: Some(root.site_id),
            library: Some(root.library_id),
            item: Some(left.id),
            subject: None,
        };
        let event = ItemExpired {
            name: left.name,
            versions: left.version,
        };
        w.also(place, &event)?;
    }
    w.commit_each().await?;
    Ok(Some(count))
}

/// What went for good from a library, what went last first, 50 at a time.
pub async fn gone_list(
    actor: &Actor,
    library: Id<thing::Library>,
    after: Option<&str>,
) -> Result<GonePage> {
    let mut proof: Read<ViewGone> = actor.read(library).await?;
    let (at, id) = match after {
        Some(after) => cursor(after)?,
        None => (i64::MAX, i64::MAX),
    };
    let head = head_of(&mut proof).await?;
    let mut lines: Vec<GoneLine> = proof
        .all(
            sql::GONE,
            args![
                proof.at(),
                actor.me()?,
                proof.target(),
                at,
                id,
                PAGE as u64 + 1
            ],
        )
        .await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more);
    Ok(GonePage {
        head,
        next: next.map(|line| format!("{}.{}", line.gone_at.micros(), line.id)),
        lines,
    })
}

fn cursor(text: &str) -> Result<(i64, i64)> {
    let read = || {
        let (at, id) = text.split_once('.')?;
        let id: Id<thing::Item> = id.parse().ok()?;
        Some((at.parse().ok()?, id.raw()))
    };
    read().ok_or_else(|| {
        Error::invalid(
            "after",
            "This is not where a list goes on: leave it out to begin anew",
        )
    })
}

/// The library that it was in, and what is known of a document that went for good, for those who own that library;
/// [`Error::NotFound`] for everybody else, and of what is here.
pub async fn gone(
    scope: &mut Scope,
    document: Id<thing::Document>,
) -> Result<(Id<thing::Library>, GoneLine)> {
    let rows = scope.rows(sql::GONE_ONE, args![document]).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    Ok((row.get("library_id")?, GoneLine::from_row(row)?))
}

/// That nothing forbids to destroy content of this document; the turn of its library is taken. [`Error::Conflict`] when it is under
/// legal hold.
pub(crate) async fn may_go<A: Action<Target = thing::Document>>(w: &mut Write<A>) -> Result<()> {
    let (at, document) = (w.at(), w.target());
    let (held,): (i64,) = w.one(sql::HELD_ONE, args![at, document]).await?;
    if held > 0 {
        return Err(Error::Conflict(
            "This is under legal hold. Nothing of it can be destroyed until an owner of its library lifts the hold"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Lets one document go, for whoever has decided to destroy its content, whatever the rules of its library say; the turn of the
/// library is theirs. [`Error::Conflict`] when it is under legal hold.
pub(crate) async fn destroy<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    library: Id<thing::Library>,
) -> Result<()> {
    may_go(w).await?;
    let (at, by, document) = (w.at(), w.by(), w.target());
    w.execute(sql::GO_ONE, args![at, by, document]).await?;
    w.execute(sql::KEEP_FACTS, args![library, at]).await?;
    for statement in sql::LET_GO {
        w.execute(statement, args![library, at]).await?;
    }
    w.execute(sql::END_CHECK_OUTS, args![library, at]).await?;
    Ok(())
}
