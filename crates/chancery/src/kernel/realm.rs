//! One installation: its database, its vault, its clock, its settings.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use clamd::Clamd;
use inspect::{Inspector, Printer};
use jiff::tz::TimeZone;
use tokio::sync::Notify;
use vault::Vault;

use super::clock::RealmClock;
use super::id::Ids;
use super::journal::Readings;
use super::node::{BEAT, Node};
use super::turnstile::{Passage, Turnstile};
use super::{Clock, Db, Follower, Id, Malware, Rng, Time, WhenAway, thing};
use crate::Result;

/// What an operator sets for a realm.
#[derive(Debug, Clone)]
pub struct RealmSettings {
    /// Its name, in the header of every page.
    pub name: String,
    /// The highest marking it may hold, in words, at the top of every page.
    pub designation: String,
    /// Who runs it, in the footer.
    pub run_by: String,
    /// The time zone that dates are shown in.
    pub time_zone: TimeZone,
    /// What a stranger or a mistake can cost at most.
    pub limits: Limits,
}

/// What a stranger or a mistake can cost at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest content of one version, in bytes.
    pub upload: u64,
    /// How long a check-out lasts unless renewed.
    pub check_out: Duration,
    /// For how many days a recycle bin keeps things, where the owners of its library say nothing else.
    pub bin_days: u32,
    /// How long a session lasts without being used.
    pub idle_session: Duration,
    /// How long a session lasts at most.
    pub session: Duration,
    /// How long a one-time link can be followed.
    pub link: Duration,
    /// How much memory one password hash takes, in KiB (argon2id).
    pub hash_memory: u32,
    /// How many requests of one person may be under way on one node.
    pub requests_per_person: u32,
    /// How many contents of one person may be coming in on one node.
    pub uploads_per_person: u32,
    /// The largest form without its files, in bytes.
    pub form_bytes: u64,
    /// How many fields a form may have.
    pub form_fields: u32,
    /// How many files a form may have.
    pub form_files: u32,
    /// How many requests of one address may be under way before anybody signs in.
    pub requests_per_address: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            upload: 10 * 1024 * 1024 * 1024,
            check_out: Duration::from_hours(7 * 24),
            bin_days: 93,
            idle_session: Duration::from_hours(1),
            session: Duration::from_hours(12),
            link: Duration::from_hours(3 * 24),
            hash_memory: 19 * 1024,
            requests_per_person: 64,
            uploads_per_person: 32,
            requests_per_address: 128,
            form_bytes: 512 * 1024,
            form_fields: 1000,
            form_files: 1000,
        }
    }
}

/// A realm that is open. Cheap to clone.
#[derive(Clone)]
pub struct Realm(Arc<Inner>);

struct Inner {
    db: Db,
    vault: Vault,
    clock: RealmClock,
    node: Node,
    rng: Arc<dyn Rng>,
    settings: RealmSettings,
    ids: Ids,
    readings: Readings,
    woken: Notify,
    turnstile: Turnstile,
    inspector: OnceLock<Inspector>,
    scanner: OnceLock<Inspector>,
    printer: OnceLock<Printer>,
    malware: OnceLock<Malware>,
    writes: OnceLock<()>,
    rules: RwLock<Judging>,
    arrived: Notify,
}

/// By which rules documents are judged when they are read for their markings.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Which rules these are, where they are kept.
    pub id: Id<thing::Rulebook>,
    /// The schemes of markings.
    pub schemes: markings::Schemes,
    /// What the realm does with each marking.
    pub policy: markings::Policy,
}

/// What this node knows of the rules of its realm.
#[derive(Debug, Clone, Default)]
struct Judging {
    /// None where markings are not read.
    rules: Option<Arc<Rules>>,
    /// Another program has put them in force: its nodes read.
    of_another: bool,
    /// This node was told to read nothing.
    reads_nothing: bool,
}

impl std::fmt::Debug for Realm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Realm")
            .field("name", &self.0.settings.name)
            .finish_non_exhaustive()
    }
}

impl Realm {
    /// Opens a realm and brings its schema up to this program's.
    pub async fn open(
        db: Db,
        vault: Vault,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        settings: RealmSettings,
    ) -> Result<Self> {
        for name in db.migrate(clock.now()).await? {
            tracing::info!(migration = name, "the schema was brought up to date");
        }
        let turnstile = Turnstile::new(settings.limits);
        let realm = Self(Arc::new(Inner {
            db,
            vault,
            clock: RealmClock::new(clock),
            node: Node::default(),
            rng,
            settings,
            ids: Ids::default(),
            readings: Readings::default(),
            woken: Notify::new(),
            turnstile,
            inspector: OnceLock::new(),
            scanner: OnceLock::new(),
            printer: OnceLock::new(),
            malware: OnceLock::new(),
            writes: OnceLock::new(),
            rules: RwLock::new(Judging::default()),
            arrived: Notify::new(),
        }));
        realm.synchronise().await?;
        realm.begin_clock().await?;
        Ok(realm)
    }

    pub(super) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(super) fn reads(&self) -> &Readings {
        &self.0.readings
    }

    /// Where content is kept.
    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// What files are read with, so that their text can be shown and compared. The first one that is named stays; a
    /// realm that is told of none says that text cannot be read here.
    pub fn read_files_with(&self, inspector: Inspector) {
        let _ = self.0.inspector.set(inspector);
    }

    /// What makes the pages of office documents. A realm that is told of nothing shows their text.
    pub fn print_with(&self, printer: Printer) {
        let _ = self.0.printer.set(printer);
    }

    fn judging(&self, change: impl FnOnce(&mut Judging)) {
        change(&mut self.0.rules.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Judges by these rules from now on; a realm that was never told of any reads no markings.
    pub(crate) fn judge_by(&self, rules: Arc<Rules>) {
        self.judging(|now| {
            now.rules = Some(rules);
            now.of_another = false;
        });
    }

    /// Rules that another program has put in force count, and its nodes judge by them: none where this program does not
    /// understand them.
    pub(crate) fn leave_judging(&self, rules: Option<Arc<Rules>>) {
        self.judging(|now| {
            now.rules = rules;
            now.of_another = true;
        });
    }

    /// Markings are not read in this realm from now on.
    pub(crate) fn judge_nothing(&self) {
        self.judging(|now| {
            now.rules = None;
            now.of_another = false;
        });
    }

    /// Whether this node reads by the rules that its realm has; otherwise others do.
    pub(crate) fn read_here(&self, reads: bool) {
        self.judging(|now| now.reads_nothing = !reads);
    }

    /// The rules that documents are judged by; none where markings are not read.
    pub(crate) fn rules(&self) -> Option<Arc<Rules>> {
        let now = self.0.rules.read().unwrap_or_else(PoisonError::into_inner);
        now.rules.clone()
    }

    /// The same where it is for this node to read by them.
    pub(crate) fn rules_to_read_by(&self) -> Option<Arc<Rules>> {
        let now = self.0.rules.read().unwrap_or_else(PoisonError::into_inner);
        now.rules
            .clone()
            .filter(|_| !now.of_another && !now.reads_nothing)
    }

    /// Whether another program has put the rules in force.
    pub(crate) fn is_judged_by_another(&self) -> bool {
        let now = self.0.rules.read().unwrap_or_else(PoisonError::into_inner);
        now.of_another
    }

    /// Waits until something was committed here, or for this long: another node may have something too.
    pub(crate) async fn arrival(&self, longest: Duration) {
        let _ = tokio::time::timeout(longest, self.0.arrived.notified()).await;
    }

    /// What looks for malware in content, and what becomes of content while it is away. The first one that is named stays; a
    /// realm that is told of none does not look for malware.
    pub fn scan_malware_with(&self, clamd: Clamd, when_away: WhenAway) {
        let _ = self.0.malware.set(Malware { clamd, when_away });
    }

    /// What looks for malware.
    pub fn malware(&self) -> Option<&Malware> {
        self.0.malware.get()
    }

    /// From now on people are written to by e-mail; a realm that was not told so puts nothing into the post.
    pub(crate) fn begin_to_write(&self) {
        let _ = self.0.writes.set(());
    }

    /// Whether people are written to by e-mail.
    pub(crate) fn writes_to_people(&self) -> bool {
        self.0.writes.get().is_some()
    }

    /// What makes the pages of office documents.
    pub(crate) fn printer(&self) -> Option<&Printer> {
        self.0.printer.get()
    }

    /// What versions are read for their markings with, where that is to make out what stands in pictures too.
    pub fn scan_files_with(&self, scanner: Inspector) {
        let _ = self.0.scanner.set(scanner);
    }

    /// What versions are read for their markings with.
    pub(crate) fn scanner(&self) -> Option<&Inspector> {
        self.0.scanner.get().or_else(|| self.inspector())
    }

    /// What files are read with.
    pub(crate) fn inspector(&self) -> Option<&Inspector> {
        self.0.inspector.get()
    }

    /// Uses other keys of the same vault from now on: their file has changed.
    pub fn load_keys(&self, keys: vault::Keys) -> Result<()> {
        Ok(self.0.vault.replace_keys(keys)?)
    }

    /// What the operator set.
    pub fn settings(&self) -> &RealmSettings {
        &self.0.settings
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    pub(super) fn clock(&self) -> &RealmClock {
        &self.0.clock
    }

    pub(super) fn node(&self) -> &Node {
        &self.0.node
    }

    pub(super) fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// Where random bytes come from.
    pub(crate) fn rng(&self) -> &dyn Rng {
        &*self.0.rng
    }

    /// A new id.
    pub(crate) fn new_id<T: ?Sized>(&self) -> Id<T> {
        self.new_id_at(self.0.clock.surely())
    }

    /// A new id for what is written at this moment.
    pub(super) fn new_id_at<T: ?Sized>(&self, at: Time) -> Id<T> {
        self.0.ids.next(at, &*self.0.rng)
    }

    /// A short random name for one request or one page: 12 letters and digits that can be read out.
    pub fn reference(&self) -> String {
        let mut bytes = [0_u8; 8];
        self.0.rng.fill(&mut bytes);
        let id: Id<thing::Interval> = Id::from_raw(i64::from_be_bytes(bytes) & i64::MAX);
        id.to_string().split_off(1)
    }

    /// Which engine the database is on.
    pub fn engine(&self) -> super::Engine {
        self.0.db.engine()
    }

    /// Rows that keep the house and are nobody's act: when a session was last seen, failed attempts.
    /// Everything else is written through [`Actor::write`](super::Actor::write), with its entry.
    pub(crate) async fn upkeep(&self, sql: &str, args: Vec<super::Arg>) -> Result<u64> {
        let mut tx = self.0.db.begin().await?;
        let changed = tx.execute(sql, args).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Several such rows in one commit.
    pub(crate) async fn upkeep_all(
        &self,
        statements: Vec<(&'static str, Vec<super::Arg>)>,
    ) -> Result<u64> {
        let mut tx = self.0.db.begin().await?;
        let mut changed = 0;
        for (sql, args) in statements {
            changed += tx.execute(sql, args).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// The same while it is this target's turn: what else writes to that waits, and is seen here.
    pub(crate) async fn upkeep_in_turn<T: ?Sized>(
        &self,
        target: Id<T>,
        statements: Vec<(&'static str, Vec<super::Arg>)>,
    ) -> Result<u64> {
        let (mut tx, _) = self.0.db.begin_on(target.raw()).await?;
        let mut changed = 0;
        for (sql, args) in statements {
            changed += tx.execute(sql, args).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Takes the turn of this name for a while: `false` when it was taken, here or on another node,
    /// less than that ago.
    pub async fn take_turn(&self, name: &str, every: Duration) -> Result<bool> {
        let (now, holder): (Time, Id<thing::Interval>) = (self.now(), self.new_id());
        self.db()
            .lease(name, holder.raw(), now, now.plus(every))
            .await
    }

    /// When this was done before, by whichever node; none the first time. From now on that is now, so whoever asks holds the
    /// turn of it.
    pub(crate) async fn done_before(&self, name: &str) -> Result<Option<Time>> {
        self.db().done_before(name, self.now()).await
    }

    /// What the database engine itself finds wrong with its file; empty when nothing is. PostgreSQL
    /// answers for its own.
    pub async fn check_database(&self) -> Result<Vec<String>> {
        if self.engine() == super::Engine::Postgres {
            return Ok(Vec::new());
        }
        let said = self
            .db()
            .rows(
                "SELECT integrity_check AS value FROM pragma_integrity_check",
                Vec::new(),
            )
            .await?;
        let dangling = self
            .db()
            .rows(
                "SELECT DISTINCT \"table\" AS value FROM pragma_foreign_key_check",
                Vec::new(),
            )
            .await?;
        let mut wrong = Vec::new();
        for row in &said {
            let line: String = row.get("value")?;
            if line != "ok" {
                wrong.push(line);
            }
        }
        for row in &dangling {
            let table: String = row.get("value")?;
            wrong.push(format!("a row of {table} refers to one that is not there"));
        }
        Ok(wrong)
    }

    /// Asks the database behind the product's back, for tests.
    #[cfg(test)]
    pub(crate) async fn behind(&self, sql: &str, args: Vec<super::Arg>) -> Result<Vec<super::Row>> {
        self.0.db.rows(sql, args).await
    }

    /// Prepares a statement without running it, for tests.
    #[cfg(test)]
    pub(crate) async fn prepare(&self, sql: &str) -> Result<()> {
        self.0.db.prepare(sql).await
    }

    /// Lets a request in from this address, or says that there is too much under way from there.
    pub fn enter(&self, address: IpAddr) -> Result<Passage> {
        self.0.turnstile.enter(address)
    }

    /// Tells the sealer, and whoever reads markings, that there is something new.
    pub(super) fn wake(&self) {
        self.0.woken.notify_one();
        self.0.arrived.notify_one();
    }

    /// Seals and follows until the future is dropped. One node at a time holds the lease; the
    /// others wait for it. A database that is gone is waited for.
    pub async fn keep_journal(&self, followers: &[Arc<dyn Follower>]) {
        const LEASE: Duration = Duration::from_secs(10);
        const GATHER: Duration = Duration::from_millis(100);
        let holder = self.node_id();
        let mut held_until = Time::default();
        let mut beaten_at = Time::default();
        loop {
            let outcome = async {
                if self.now() >= beaten_at.plus(BEAT) {
                    self.beat().await?;
                    beaten_at = self.now();
                }
                let now = self.now();
                // Renewed at half time: an idle realm writes nothing but this.
                if now.plus(LEASE / 2) >= held_until {
                    let until = now.plus(LEASE);
                    let held = self.db().lease("sealer", holder.raw(), now, until).await?;
                    held_until = if held { until } else { Time::default() };
                    metrics::gauge!("chancery_journal_sealer").set(f64::from(u8::from(held)));
                }
                if held_until > now {
                    self.keep_up(followers).await?;
                }
                Ok::<(), crate::Error>(())
            }
            .await;
            if let Err(error) = outcome {
                tracing::warn!(%error, "the journal could not be sealed; trying again");
            }
            // Woken at once by a commit in this process, and soon enough for those of other nodes.
            let _ = tokio::time::timeout(Duration::from_millis(800), self.0.woken.notified()).await;
            // What comes close together is sealed together: a sealer that ran after each commit would take
            // the one writer of SQLite, and a sync, as often as those who commit.
            let _ = tokio::time::timeout(GATHER, std::future::pending::<()>()).await;
        }
    }

    /// Seals what waits and lets every follower catch up.
    pub async fn keep_up(&self, followers: &[Arc<dyn Follower>]) -> Result<()> {
        self.seal().await?;
        for follower in followers {
            self.follow(&**follower).await?;
        }
        Ok(())
    }

    /// Closes the database's connections.
    pub async fn close(&self) {
        self.0.db.close().await;
    }
}
