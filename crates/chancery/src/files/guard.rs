//! What stands in the way of a change: the locks that cover it, and what it was made a condition. Both
//! are looked at in the transaction of the change, so that nothing can come between.

use super::look::{look, tag};
use super::sql::{self, Facts, LockRow};
use super::{Address, Conditions, LockLine, Looked, Outcome, Property, State, Stop, Tags, What};
use crate::documents::within;
use crate::kernel::{Action, Actor, Id, Queries as _, Time, Write, args, thing};
use crate::people::text::name_key;
use crate::{Error, Result};

/// A lock as a program is told of it. The token of another's is nobody's business.
pub(super) fn line(row: LockRow, me: Id<thing::Person>, at: Time) -> LockLine {
    let mine = row.person_id == me;
    let left = (row.until_at.micros() - at.micros()).max(0) / 1_000_000;
    LockLine {
        token: if mine { row.token } else { String::new() },
        shared: row.shared,
        deep: row.deep,
        owner: row.owner,
        seconds: u64::try_from(left).unwrap_or_default(),
        above: u64::try_from(row.distance).unwrap_or_default(),
        mine,
    }
}

/// What programs said of a thing, as it is kept.
pub(super) fn said(text: &str) -> Result<Vec<Property>> {
    let rows: Vec<[String; 3]> = serde_json::from_str(text).map_err(Error::unavailable)?;
    Ok(rows
        .into_iter()
        .map(|[space, name, xml]| Property { space, name, xml })
        .collect())
}

/// What a change is about, of the things that locks and conditions look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) library: Id<thing::Library>,
    /// The folder or document; 0 for the library itself.
    pub(super) item: i64,
    /// Its entity tag, when it has content; `None` where there is nothing.
    pub(super) state: Being<'a>,
}

/// Whether something is there, and which entity tag it has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Being<'a> {
    /// Nothing.
    Nothing,
    /// A folder or library.
    Folder,
    /// Something with content of this tag.
    Content(&'a str),
}

/// How far a change reaches, and so which locks it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touches {
    /// The thing itself.
    Itself,
    /// What is in the folder: something is added to it or taken out.
    Members,
    /// The thing, and the folder that it is in.
    Both,
}

/// The locks that cover something, and everything that a request was made conditional on.
pub(super) struct Guard<'a> {
    me: Id<thing::Person>,
    conditions: &'a Conditions,
    /// What the tagged lists of `If` are about, each looked up once before the transaction.
    others: Vec<(Address, Option<Other>)>,
}

struct Other {
    library: Id<thing::Library>,
    item: i64,
    etag: String,
    /// For a document: the folder and the name that it had. Its tag is asked for again in the transaction.
    document: Option<(i64, String)>,
}

impl<'a> Guard<'a> {
    /// Looks up whatever else than the things of the request itself the conditions speak of.
    pub(super) async fn of(
        actor: &Actor,
        conditions: &'a Conditions,
        known: &[&Looked],
    ) -> Result<Guard<'a>> {
        let mut others: Vec<(Address, Option<Other>)> = Vec::new();
        for list in &conditions.lists {
            let Some(of) = &list.of else { continue };
            if others.iter().any(|(there, _)| there == of) {
                continue;
            }
            let found = match known.iter().find(|looked| looked.address == *of) {
                Some(looked) => Some((*looked).clone()),
                None => match look(actor, of).await {
                    Ok(looked) => Some(looked),
                    Err(Error::NotFound) => None,
                    Err(error) => return Err(error),
                },
            };
            let other = found.and_then(|looked| {
                let spot = looked.spot.as_ref()?;
                let (item, etag) = match looked.entry() {
                    Some(entry) => (entry.id.raw(), entry.etag.clone()),
                    // For what is not there yet, what covers it covers its folder.
                    None => (spot.folder.map_or(0, Id::raw), String::new()),
                };
                let document = match &looked.what {
                    What::Document(entry) => {
                        Some((spot.folder.map_or(0, Id::raw), entry.name.clone()))
                    }
                    _ => None,
                };
                Some(Other {
                    library: spot.library,
                    item,
                    etag,
                    document,
                })
            });
            others.push((of.clone(), other));
        }
        Ok(Guard {
            me: actor.me()?,
            conditions,
            others,
        })
    }

    fn submitted(&self, token: &str) -> bool {
        self.conditions.tokens().any(|given| given == token)
    }

    /// That the locks on something let this change through. A lock lets through who holds it and says so.
    pub(super) fn locks(&self, locks: &[LockRow], touches: Touches) -> Outcome<()> {
        let concerns = |row: &&LockRow| {
            row.deep
                || match touches {
                    Touches::Itself | Touches::Members => row.distance == 0,
                    Touches::Both => row.distance <= 1,
                }
        };
        let mut targets: Vec<i64> = locks
            .iter()
            .filter(concerns)
            .map(|row| row.target_id)
            .collect();
        targets.dedup();
        for target in targets {
            // Of several shared locks on one thing, the one of whoever acts is enough.
            let opened = locks.iter().filter(concerns).any(|row| {
                row.target_id == target && row.person_id == self.me && self.submitted(&row.token)
            });
            if !opened {
                return Err(Stop::Locked);
            }
        }
        Ok(())
    }

    /// That what the request was made conditional on is so (RFC 9110 §13, RFC 4918 §10.4).
    pub(super) async fn conditions<A: Action>(
        &self,
        w: &mut Write<A>,
        subject: Subject<'_>,
        address: &Address,
        locks: &[LockRow],
    ) -> Outcome<()> {
        let (there, etag) = match subject.state {
            Being::Nothing => (false, None),
            Being::Folder => (true, None),
            Being::Content(etag) => (true, Some(etag)),
        };
        let holds = match &self.conditions.matches {
            Tags::Unsaid => true,
            Tags::Any => there,
            Tags::These(tags) => etag.is_some_and(|etag| tags.iter().any(|tag| tag == etag)),
        } && match &self.conditions.matches_not {
            Tags::Unsaid => true,
            Tags::Any => !there,
            Tags::These(tags) => !etag
                .is_some_and(|etag| tags.iter().any(|tag| tag.trim_start_matches("W/") == etag)),
        };
        if !holds {
            return Err(Stop::Condition);
        }
        if self.conditions.lists.is_empty() {
            return Ok(());
        }
        for list in &self.conditions.lists {
            let other = list.of.as_ref().filter(|of| !same(of, address));
            let true_of_all = match other {
                None => holds_of(&list.all, etag, locks),
                Some(of) => match self.others.iter().find(|(there, _)| there == of) {
                    Some((_, Some(other))) => {
                        let locks = cover(w, other.item, other.library).await?;
                        let etag = self.etag_now(w, other).await?;
                        holds_of(&list.all, etag.as_deref(), &locks)
                    }
                    _ => holds_of(&list.all, None, &[]),
                },
            };
            if true_of_all {
                return Ok(());
            }
        }
        Err(Stop::Condition)
    }

    /// The entity tag of another thing than the change is of, as it is in this transaction; `None` when that is
    /// not there any more.
    async fn etag_now<A: Action>(&self, w: &mut Write<A>, other: &Other) -> Result<Option<String>> {
        let Some((folder, name)) = &other.document else {
            return Ok((!other.etag.is_empty()).then(|| other.etag.clone()));
        };
        match facts(w, self.me, Id::from_raw(other.item)).await {
            Ok(now) => {
                let same_place = now.library_id == other.library
                    && now.folder_id == *folder
                    && now.name == *name;
                Ok(same_place.then(|| now.etag(self.me)))
            }
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Both, for a change of one thing: at most one statement unless the conditions speak of others.
    pub(super) async fn check<A: Action>(
        &self,
        w: &mut Write<A>,
        subject: Subject<'_>,
        address: &Address,
        touches: Touches,
    ) -> Outcome<Vec<LockRow>> {
        let locks = cover(w, subject.item, subject.library).await?;
        let open = self.locks(&locks, touches);
        // Who claims no lock at all learns first that their condition is not so (RFC 4918 §10.4.8).
        if open.is_ok() || self.conditions.tokens().all(|token| token == "DAV:no-lock") {
            self.conditions(w, subject, address, &locks).await?;
        }
        open?;
        Ok(locks)
    }
}

fn same(one: &Address, other: &Address) -> bool {
    one.names().len() == other.names().len()
        && one
            .names()
            .iter()
            .zip(other.names())
            .all(|(one, other)| name_key(one) == name_key(other))
}

fn holds_of(all: &[super::Said], etag: Option<&str>, locks: &[LockRow]) -> bool {
    all.iter().all(|said| {
        let so = match &said.state {
            State::Tag(tag) => etag == Some(tag.as_str()),
            State::Token(token) => locks
                .iter()
                .any(|row| row.token == *token && (row.distance == 0 || row.deep)),
        };
        so != said.not
    })
}

/// The locks on something and those above that cover it.
pub(super) async fn cover<A: Action>(
    w: &mut Write<A>,
    item: i64,
    library: Id<thing::Library>,
) -> Result<Vec<LockRow>> {
    let at = w.at();
    w.all(sql::COVER, args![at, item, library]).await
}

/// The locks on what is in a folder: all of them, or a refusal.
pub(super) async fn below<A: Action>(w: &mut Write<A>, folder: i64) -> Outcome<Vec<LockRow>> {
    let at = w.at();
    let most = super::rules::LOCKS_BELOW_MOST;
    let locks: Vec<LockRow> = w
        .all(sql::BELOW, args![at, folder, most as u64 + 1])
        .await?;
    if locks.len() > most {
        return Err(Stop::Full(
            "There are more than 2,000 locks in this folder. Wait until some of them end",
        ));
    }
    Ok(locks)
}

/// A folder or document as it is now. [`Error::NotFound`] when it went away meanwhile.
pub(super) async fn facts<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    item: Id<thing::Item>,
) -> Result<Facts> {
    let at = w.at();
    w.one(sql::FACTS, args![at, me, item]).await
}

/// The same of a document that is about to be written over by a change of something else. Its row is taken first: a
/// check-out at this moment waits for us, or we see it, even when it began after our moment.
pub(super) async fn facts_in_turn<A: Action>(
    w: &mut Write<A>,
    me: Id<thing::Person>,
    item: Id<thing::Item>,
) -> Result<Facts> {
    within::take_row(w, item).await?;
    facts(w, me, item).await
}

impl<'a> Being<'a> {
    /// Of what is there, with the tag that it has.
    pub(super) fn of(etag: &'a str) -> Self {
        if etag.is_empty() {
            Self::Folder
        } else {
            Self::Content(etag)
        }
    }
}

impl Facts {
    /// That it is still in the library that was decided about: it may have moved since it was looked up.
    pub(super) fn still_in(&self, library: Id<thing::Library>) -> Result<()> {
        if self.library_id == library {
            return Ok(());
        }
        Err(Error::NotFound)
    }

    pub(super) fn document(&self) -> Result<Id<thing::Document>> {
        self.is_document
            .then(|| Id::from_raw(self.id.raw()))
            .ok_or(Error::NotFound)
    }

    /// Whether the person holds it; an error when somebody else does.
    pub(super) fn held_by(&self, me: Id<thing::Person>) -> Result<bool> {
        match (self.holder_id, &self.holder, self.held_since) {
            (None, ..) => Ok(false),
            (Some(holder), ..) if holder == me => Ok(true),
            (Some(_), holder, since) => Err(Error::CheckedOut {
                by: holder.clone().unwrap_or_default(),
                since: since.unwrap_or_default(),
            }),
        }
    }

    /// The person's draft, if it was made since they took the document.
    pub(super) fn current_draft(&self, me: Id<thing::Person>) -> Option<Id<thing::Draft>> {
        let since = self.held_since.filter(|_| self.holder_id == Some(me))?;
        self.draft_id
            .filter(|_| self.draft_saved_at.is_some_and(|saved| saved >= since))
    }

    /// The entity tag of what the person sees; empty for a folder.
    pub(super) fn etag(&self, me: Id<thing::Person>) -> String {
        match (self.current_draft(me), self.version_id) {
            (Some(draft), _) => tag(draft),
            (None, Some(version)) => tag(version),
            (None, None) => String::new(),
        }
    }
}
