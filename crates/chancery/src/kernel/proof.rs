//! The proofs that somebody may do or see something, and what each of them can do.
//!
//! A [`Read`] or a [`Write`] cannot be made outside this file, so SQL that takes one cannot run
//! before the rule of access was applied:
//!
//! ```compile_fail,E0451
//! // A proof cannot be forged: its fields are private.
//! use chancery::kernel::{Read, Place};
//! fn forge(actor: chancery::kernel::Actor) -> Read<chancery::sites::ViewSite> {
//!     Read { actor, target: chancery::kernel::Id::from_raw(1) }
//! }
//! ```
//!
//! ```compile_fail,E0308
//! // The proof of one action is not the proof of another.
//! use chancery::kernel::Write;
//! fn wants(_: Write<chancery::sites::EditSite>) {}
//! fn has(proof: Write<chancery::libraries::EditLibrary>) { wants(proof) }
//! ```
//!
//! ```compile_fail,E0061
//! // A change cannot be committed without its entry in the journal.
//! async fn forgets(proof: chancery::kernel::Write<chancery::sites::EditSite>) {
//!     proof.commit().await.ok();
//! }
//! ```
//!
//! ```compile_fail,E0624
//! // The database answers only to a proof.
//! async fn bare(db: chancery::kernel::Db) {
//!     db.rows("SELECT 1 AS value", Vec::new()).await.ok();
//! }
//! ```
//!
//! ```compile_fail,E0308
//! // An id of one kind is not an id of another.
//! use chancery::kernel::{Id, thing};
//! fn site(_: Id<thing::Site>) {}
//! fn mixed(library: Id<thing::Library>) { site(library) }
//! ```

use std::borrow::Cow;
use std::future::pending;
use std::marker::PhantomData;
use std::time::Duration;

use tokio::time::timeout;

use super::access::standing;
use super::db::Tx;
use super::id::Ids;
use super::journal::{self, NewEntry};
use super::published::published;
use super::{Action, Actor, Arg, Id, Place, Queries, Realm, Row, Standing, Target, Time, Who};
#[cfg(test)]
use super::{Reach, thing};
use crate::{Error, Result};

impl Actor {
    async fn decide<A: Action>(
        &self,
        queries: &mut impl Queries,
        target: Id<A::Target>,
        t: Time,
        writes: bool,
    ) -> Result<Standing> {
        if self.who == Who::Nobody {
            return if A::NEEDS == super::Needs::Nobody {
                Ok(Standing::NOBODY)
            } else {
                Err(Error::SignedOut)
            };
        }
        let kind = <A::Target as Target>::KIND;
        let person = self.person_id();
        let standing = standing(&mut *queries, person, self.reach(), kind, target.raw(), t).await?;
        self.weigh(standing.decide(A::NEEDS, A::IN_BIN), A::NEEDS, writes)?;
        Ok(standing)
    }

    fn weigh(&self, decided: Result<()>, needs: super::Needs, writes: bool) -> Result<()> {
        match self.reach() {
            Some(reach) => reach.weigh(decided, needs, writes),
            None => decided,
        }
    }

    /// Proof that this person may look at the target in this way, now.
    pub async fn read<A: Action>(&self, target: Id<A::Target>) -> Result<Read<A>> {
        let at = self.now();
        let mut pool = Pool(&self.realm);
        let standing = self.decide::<A>(&mut pool, target, at, false).await?;
        Ok(Read {
            actor: self.clone(),
            target,
            at,
            standing,
            action: PhantomData,
        })
    }

    /// Proof that this person may do this to the target, now, with the transaction to do it in.
    /// Others who would write to the same target wait until it is committed or dropped.
    pub async fn write<A: Action>(&self, target: Id<A::Target>) -> Result<Write<A>> {
        let (mut tx, told) = self.realm.db().begin_on(target.raw()).await?;
        // The moment is that of the turn, by a clock that all nodes share, and not behind what is in
        // the journal already: so intervals of one target never cross.
        let mut at = self.moment(told);
        let standing = loop {
            let mut held = Held(&mut tx);
            let standing = self.decide::<A>(&mut held, target, at, true).await?;
            if self.lags(at, &standing).is_none() {
                break standing;
            }
            let Some(told) = tx.time().await? else {
                // There is no clock but this machine's, and the journal's ids were ahead of it, as they
                // are when many are made while it stands still: it goes on from there.
                at = at.max(Ids::made_at(standing.latest));
                continue;
            };
            at = self.moment(Some(told));
            if let Some(behind) = self.lags(at, &standing) {
                let _ = timeout(behind, pending::<()>()).await;
                at = self.moment(tx.time().await?);
            }
        };
        // The next write is later, also by a clock that stands still.
        let next = at.plus(Duration::from_micros(1));
        self.realm.clock().not_before(next);
        Ok(Write {
            tx,
            actor: self.clone(),
            target,
            at,
            standing,
            place: standing.place,
            changes: Vec::new(),
            entries: Vec::new(),
            action: PhantomData,
        })
    }

    /// The moment of a write that was told this one by the database.
    fn moment(&self, told: Option<Time>) -> Time {
        told.filter(|_| self.realm.clock().is_a_machines())
            .unwrap_or_else(|| self.now())
    }

    /// How long the journal is ahead of this moment, where that can be waited for.
    fn lags(&self, at: Time, standing: &Standing) -> Option<Duration> {
        let clock = self.realm.clock();
        let latest = Ids::made_at(standing.latest);
        clock.is_a_machines().then(|| clock.behind(at, latest))?
    }

    /// The set of things that this person may see, now: for lists. Empty for the console.
    pub fn scope(&self) -> Result<Scope> {
        self.scope_at(self.now())
    }

    /// The set of things that this person could see at `t`.
    pub(crate) fn scope_at(&self, at: Time) -> Result<Scope> {
        match self.who {
            Who::Nobody => Err(Error::SignedOut),
            Who::Console | Who::Person { .. } => Ok(Scope {
                actor: self.clone(),
                at,
            }),
        }
    }

    /// The role that a person has (or had, or will have) on a place or item at `t`, by the one
    /// rule of access; `None` when they may not know of it. For owners' questions about access,
    /// which ask with a proof that they may.
    #[cfg(test)]
    pub(crate) async fn access_at<A: Action>(
        proof: &Read<A>,
        person: Id<thing::Person>,
        reach: Option<Reach>,
        kind: super::Kind,
        target: i64,
        t: Time,
    ) -> Result<Option<super::Role>> {
        let mut pool = Pool(proof.actor.realm());
        match standing(&mut pool, Some(person), reach, kind, target, t).await {
            Ok(standing) => Ok(standing.effective()),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

struct Pool<'a>(&'a Realm);

impl Queries for Pool<'_> {
    async fn rows(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.0.db().rows(sql, args).await
    }
}

struct Held<'a>(&'a mut Tx);

impl Queries for Held<'_> {
    async fn rows(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.0.rows(sql, args).await
    }
}

/// Proof that a person may look at a target in the way of `A`.
#[must_use = "a proof is asked for in order to read"]
pub struct Read<A: Action> {
    actor: Actor,
    target: Id<A::Target>,
    at: Time,
    standing: Standing,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Read<A> {
    /// What may be looked at. SQL takes its id from here, never from the form.
    pub fn target(&self) -> Id<A::Target> {
        self.target
    }

    /// When this was decided.
    pub fn at(&self) -> Time {
        self.at
    }

    /// Where the person stands: pages ask this what to offer.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Who looks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Keeps the reading in the journal; returns once the entry is on the disk. Many readers share one commit.
    pub async fn record(&self, event: &A::Event) -> Result<()> {
        let entry = NewEntry::of::<A>(&self.actor, self.at, self.standing.place, event)?;
        self.actor
            .realm
            .reads()
            .record(&self.actor.realm, entry)
            .await
    }
}

impl<A: Action> Queries for Read<A> {
    /// Who sees only what is published is shown that, whatever the statement asks for.
    async fn rows(&mut self, sql: &str, mut args: Vec<Arg>) -> Result<Vec<Row>> {
        let sql = if self.standing.sees_only_published() {
            published(sql)
        } else {
            Cow::Borrowed(sql)
        };
        let sql = self.actor.narrow(&sql, &mut args);
        self.actor.realm.db().rows(&sql, args).await
    }
}

/// Proof that a person may do `A` to a target, and the transaction to do it in. Dropped without
/// [`Write::commit`], it leaves no trace.
#[must_use = "dropping a write undoes it"]
pub struct Write<A: Action> {
    tx: Tx,
    actor: Actor,
    target: Id<A::Target>,
    at: Time,
    standing: Standing,
    place: Place,
    changes: Vec<(String, Vec<Arg>)>,
    entries: Vec<NewEntry>,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Write<A> {
    /// What may be changed. SQL takes its id from here, never from the form.
    pub fn target(&self) -> Id<A::Target> {
        self.target
    }

    /// When this was decided: the `from` and `until` of everything this write opens and closes.
    pub fn at(&self) -> Time {
        self.at
    }

    /// Where the person stands.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Who does it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The person who does it, as it is stored: 0 for the console.
    pub(crate) fn by(&self) -> i64 {
        self.actor.person_id().map_or(0, Id::raw)
    }

    /// A new id.
    pub(crate) fn new_id<T: ?Sized>(&self) -> Id<T> {
        self.actor.realm.new_id_at(self.at)
    }

    /// Says where the entry belongs when the action made the place itself, or when it concerns somebody.
    pub(crate) fn place_mut(&mut self) -> &mut Place {
        &mut self.place
    }

    /// One more entry of the same action, for another thing that it touched: each document of a
    /// deleted folder has its own line.
    pub(crate) fn also(&mut self, place: Place, event: &A::Event) -> Result<()> {
        self.entries
            .push(NewEntry::of::<A>(&self.actor, self.at, place, event)?);
        Ok(())
    }

    /// An entry of another action that is a part of this one: what a move puts in the bin is in the trail as
    /// deleted. Only of an action that needs no more than this one, which was decided.
    pub(crate) fn also_of<B: Action>(&mut self, place: Place, event: &B::Event) -> Result<()> {
        let covered = match (A::NEEDS, B::NEEDS) {
            (super::Needs::Role(decided), super::Needs::Role(needed)) => needed <= decided,
            // Whoever has a role on it knows of it, and so does the realm of what it does by itself.
            (super::Needs::Role(_) | super::Needs::Operate, super::Needs::Know) => true,
            (decided, needed) => decided == needed,
        };
        if !covered {
            return Err(Error::unavailable(
                "a part of a change needs something else than the change",
            ));
        }
        self.entries
            .push(NewEntry::of::<B>(&self.actor, self.at, place, event)?);
        Ok(())
    }

    /// Runs a statement that changes rows, and says how many.
    pub(crate) async fn execute(&mut self, sql: &str, mut args: Vec<Arg>) -> Result<u64> {
        let sql = self.actor.narrow(sql, &mut args);
        self.tx.execute(&sql, args).await
    }

    /// A change that is made together with the entry, in one message to the database, when this is
    /// committed. Nothing that this write does before then may need to see it, and no such change another.
    pub(crate) fn with_commit(&mut self, sql: &str, args: Vec<Arg>) {
        self.changes.push((sql.to_owned(), args));
    }

    /// Takes another target's turn as well: whoever writes to both waits. From then on the moment is
    /// that of this turn: what others did to this target while it was waited for is in the past.
    pub(crate) async fn lock<T: ?Sized>(&mut self, other: Id<T>) -> Result<()> {
        if let Some(told) = self.tx.lock(other.raw()).await? {
            self.at = self.at.max(self.actor.moment(Some(told)));
            self.actor.realm.clock().not_before(self.at);
        }
        Ok(())
    }

    /// Where the person stands towards another place that this action touches too (the library
    /// that something moves to), decided in the same transaction and at the same moment.
    pub(crate) async fn also_needs<T: Target>(
        &mut self,
        other: Id<T>,
        needs: super::Needs,
    ) -> Result<Standing> {
        let standing = standing(
            &mut Held(&mut self.tx),
            self.actor.person_id(),
            self.actor.reach(),
            T::KIND,
            other.raw(),
            self.at,
        )
        .await?;
        let decided = standing.decide(needs, false);
        self.actor.weigh(decided, needs, true)?;
        Ok(standing)
    }

    /// Commits the rows and the journal's entries together; returns once both are on the disk.
    pub async fn commit(mut self, event: A::Event) -> Result<()> {
        let entry = NewEntry::of::<A>(&self.actor, self.at, self.place, &event)?;
        self.entries.push(entry);
        self.finish().await
    }

    /// Whether [`Write::also`] has gathered anything.
    pub(crate) fn has_entries(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Commits with the entries that [`Write::also`] gathered and none for the target as a whole.
    pub(crate) async fn commit_each(self) -> Result<()> {
        if self.entries.is_empty() {
            return Err(Error::unavailable(
                "a change without an entry in the journal",
            ));
        }
        self.finish().await
    }

    async fn finish(mut self) -> Result<()> {
        if let Some(expectation) = self.actor.expects() {
            expectation.was_met()?;
        }
        let (realm, at) = (&self.actor.realm, Some(self.at));
        let (entries, last) = journal::insertions(realm, at, &self.entries);
        let mut entries = entries.into_iter();
        let mut first = self.changes;
        first.extend(entries.next());
        self.tx.execute_all(first).await?;
        // A statement has room for so many arguments only.
        for (sql, args) in entries {
            self.tx.execute(&sql, args).await?;
        }
        if let Some(once) = &self.actor.once {
            once.put(&mut self.tx, &self.actor, self.at, last).await?;
        }
        self.tx.commit().await?;
        if let Some(once) = &self.actor.once {
            once.keep();
        }
        self.actor.realm.wake();
        Ok(())
    }
}

impl<A: Action> Queries for Write<A> {
    async fn rows(&mut self, sql: &str, mut args: Vec<Arg>) -> Result<Vec<Row>> {
        let sql = self.actor.narrow(sql, &mut args);
        self.tx.rows(&sql, args).await
    }
}

/// The set of things that one person may see at one moment. Every statement it runs gets the
/// moment as `$1` and the person as `$2`, and joins [`holds!`](super::holds) to see only those.
pub struct Scope {
    actor: Actor,
    at: Time,
}

impl Scope {
    /// When.
    pub fn at(&self) -> Time {
        self.at
    }

    /// Who.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

impl Queries for Scope {
    /// `args` begin at `$3`.
    async fn rows(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        let mut all = Vec::with_capacity(args.len() + 2);
        all.push(Arg::from(self.at));
        all.push(Arg::from(self.actor.person_id().map_or(0, Id::raw)));
        all.extend(args);
        let sql = self.actor.narrow(sql, &mut all);
        self.actor.realm.db().rows(&sql, all).await
    }
}
