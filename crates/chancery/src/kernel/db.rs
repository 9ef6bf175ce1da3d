//! Two engines behind one door, and the door opens only for a proof.
//!
//! The methods that run SQL are private to the kernel. The rest of the crate runs SQL through
//! [`Read`](super::Read), [`Write`](super::Write), [`Scope`](super::Scope) and
//! [`Following`](super::Following), each of which exists only once something was decided.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Executor as _, Postgres, Transaction};

use super::figures::Question;
use super::hosts::Hosts;
use super::sqlite::{self, Sqlite, SqliteTx};
use super::{Arg, FromRow, Row, Time, dialect};
use crate::{Error, Result};

/// Which engine a database is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file on this machine.
    Sqlite,
    /// A server that many nodes share.
    Postgres,
}

/// The realm's database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
}

#[derive(Clone)]
enum Pool {
    Sqlite(Sqlite),
    Postgres(Arc<Hosts>),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the address: it may hold a password.
        f.debug_tuple("Db").field(&self.engine()).finish()
    }
}

tokio::task_local! {
    static QUERIES: Arc<AtomicU64>;
}

/// Runs the future and says how many statements it sent to the database.
pub async fn count_queries<F: Future>(future: F) -> (F::Output, u64) {
    let counter = Arc::new(AtomicU64::new(0));
    let output = QUERIES.scope(Arc::clone(&counter), future).await;
    (output, counter.load(Ordering::Relaxed))
}

fn counted() {
    let _ = QUERIES.try_with(|counter| counter.fetch_add(1, Ordering::Relaxed));
}

impl Db {
    /// Opens `sqlite:/path/to/file` (created if absent) or `postgres://…`, which may name a primary
    /// and its standbys.
    pub async fn open(address: &str) -> Result<Self> {
        if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            Self::open_postgres(address).await
        } else if let Some(path) = address.strip_prefix("sqlite:") {
            let path = Path::new(path);
            make_private(path)?;
            let database = Sqlite::open(path)?;
            sync_directory(path)?;
            Ok(Self {
                pool: Pool::Sqlite(database),
            })
        } else {
            Err(Error::invalid(
                "database",
                "The database address must begin with sqlite: or postgres:",
            ))
        }
    }

    async fn open_postgres(address: &str) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .test_before_acquire(false)
            .acquire_timeout(PATIENCE);
        let hosts = Hosts::open(address, pool, |options| {
            options
                .application_name("chancery")
                .options(dialect::OPTIONS_POSTGRES)
                .statement_cache_capacity(512)
        })
        .await?;
        Ok(Self {
            pool: Pool::Postgres(hosts),
        })
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.pool {
            Pool::Sqlite(_) => Engine::Sqlite,
            Pool::Postgres(_) => Engine::Postgres,
        }
    }

    /// How many connections there are, and how many of them nobody is using.
    pub(super) fn connections(&self) -> (u32, u32) {
        match &self.pool {
            Pool::Sqlite(database) => database.connections(),
            Pool::Postgres(hosts) => {
                let (pool, kept) = hosts.connections();
                let idle = u32::try_from(pool.num_idle() + kept.idle()).unwrap_or(u32::MAX);
                (pool.size(), idle)
            }
        }
    }

    /// Whether what is committed is kept: `false` once a sync has failed, until a restart has read what
    /// the disk holds. PostgreSQL restarts by itself then.
    pub(super) fn keeps(&self) -> bool {
        match &self.pool {
            Pool::Sqlite(database) => database.keeps(),
            Pool::Postgres(_) => true,
        }
    }

    /// Closes every connection; what was acknowledged is already safe.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(database) => database.close().await,
            Pool::Postgres(hosts) => {
                let (pool, kept) = hosts.connections();
                kept.end();
                pool.close().await;
            }
        }
    }

    pub(super) async fn rows(&self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        counted();
        let question = Question::asked();
        question.answered(match &self.pool {
            Pool::Sqlite(database) => {
                // A statement of SQLite never waits, so nothing else would let others have the thread.
                tokio::task::coop::consume_budget().await;
                database.rows(sql, &args)
            }
            Pool::Postgres(hosts) => postgres_again(hosts, sql, args).await,
        })
    }

    /// Runs a script of several statements, for migrations.
    pub(super) async fn script(tx: &mut Tx, script: &str) -> Result<()> {
        let patient = tx.patient;
        match &mut tx.inner {
            TxInner::Sqlite(tx) => tx.script(script),
            TxInner::Postgres(tx, hosts) => {
                let done = async {
                    let script = sqlx::raw_sql(AssertSqlSafe(script.to_owned()));
                    tx.execute(script).await?;
                    Ok(())
                };
                hosts.answered(patient, done).await
            }
        }
    }

    /// Prepares a statement without running it: how a test knows that both engines accept it.
    #[cfg(test)]
    pub(crate) async fn prepare(&self, sql: &str) -> Result<()> {
        use sqlx::SqlSafeStr as _;
        match &self.pool {
            Pool::Sqlite(database) => database.prepare(sql)?,
            Pool::Postgres(hosts) => {
                let sql = AssertSqlSafe(dialect::in_postgres(sql));
                hosts.pool().prepare(sql.into_sql_str()).await?;
            }
        }
        Ok(())
    }

    /// What time it is by the clock that all nodes share, where there is one.
    pub(super) async fn time(&self) -> Result<Option<Time>> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let rows = self.rows(dialect::TIME_POSTGRES, Vec::new()).await?;
        rows.first().map(|row| row.get("value")).transpose()
    }

    /// Opens a writing transaction.
    pub(super) async fn begin(&self) -> Result<Tx> {
        let inner = match &self.pool {
            Pool::Sqlite(database) => TxInner::Sqlite(database.begin().await?),
            Pool::Postgres(hosts) => begin_postgres(hosts, None).await?,
        };
        Ok(Tx::new(inner))
    }

    /// Opens a writing transaction that holds the turn of a target, and says when the turn came, by
    /// the clock that all nodes share, where there is one. The turn is asked for within it, so that a
    /// turn that does not come in time ends the transaction too: one left open would meet whoever has
    /// the connection next.
    pub(super) async fn begin_on(&self, target: i64) -> Result<(Tx, Option<Time>)> {
        let mut tx = self.begin().await?;
        let at = tx.lock(target).await?;
        Ok((tx, at))
    }

    /// Opens a transaction in which the database stands still, for reading alone.
    pub(super) async fn begin_snapshot(&self) -> Result<Tx> {
        let inner = match &self.pool {
            Pool::Sqlite(database) => TxInner::Sqlite(database.begin_snapshot()?),
            Pool::Postgres(hosts) => {
                let begin = dialect::SNAPSHOT_POSTGRES.to_owned();
                begin_postgres(hosts, Some(begin)).await?
            }
        };
        Tx::new(inner).patient().await
    }
}

/// A new database is readable by its owner alone: it holds the journal and everybody's details in
/// clear. SQLite gives its log and its index the permissions of the file itself.
fn make_private(file: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::unavailable(format!(
            "{} cannot be made: {error}",
            file.display()
        ))),
    }
}

/// How many connections to PostgreSQL this process has at most.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a request waits for a connection before it is told to come again: longer than it takes to find out that the
/// server is silent (`hosts.rs`), so that whoever comes after those who waited is told at once.
const PATIENCE: Duration = Duration::from_secs(7);

/// A connection whose server was restarted is found out when it is used, and another takes its
/// place, perhaps to another server: nothing has happened yet that could happen twice.
async fn begin_postgres(hosts: &Arc<Hosts>, begin: Option<String>) -> Result<TxInner> {
    let mut tries = POSTGRES_CONNECTIONS;
    loop {
        let (pool, kept) = hosts.connections();
        kept.share(&pool);
        let tx = async {
            let tx = match &begin {
                None => pool.begin().await,
                Some(text) => pool.begin_with(AssertSqlSafe(text.clone())).await,
            };
            tx.map_err(Error::from)
        };
        match hosts.complained(hosts.answered(false, tx).await) {
            Err(Error::Unavailable(source)) if tries > 0 && went_away(&*source) => tries -= 1,
            tx => return Ok(TxInner::Postgres(tx?, Arc::clone(hosts))),
        }
    }
}

/// Asks again where a connection was lost: nothing but a reading runs outside a transaction.
async fn postgres_again(hosts: &Hosts, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
    let mut tries = POSTGRES_CONNECTIONS;
    loop {
        let (pool, kept) = hosts.connections();
        let args = args.clone();
        let rows = hosts.answered(false, async {
            let mut hot = kept.take(&pool).await?;
            let rows = postgres_rows(&mut *hot.connection, sql, args).await?;
            kept.keep(&pool, hot);
            Ok(rows)
        });
        match hosts.complained(rows.await) {
            Err(Error::Unavailable(source)) if tries > 0 && went_away(&*source) => tries -= 1,
            rows => return rows,
        }
    }
}

/// Whether a statement was refused because its table is not there.
pub(super) fn is_no_such_table(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref() {
        return sqlite::is_no_such_table(error);
    }
    let Some(sqlx::Error::Database(database)) = error.downcast_ref() else {
        return false;
    };
    // PostgreSQL's undefined_table.
    database.code().as_deref() == Some("42P01")
}

/// Whether the connection was lost, or its server ended it, or nodes follow another server now.
fn went_away(error: &(dyn std::error::Error + 'static)) -> bool {
    match error.downcast_ref() {
        Some(sqlx::Error::Io(_) | sqlx::Error::PoolClosed) => true,
        // admin_shutdown and crash_shutdown.
        Some(sqlx::Error::Database(database)) => {
            matches!(database.code().as_deref(), Some("57P01" | "57P02"))
        }
        _ => false,
    }
}

/// The directory entry of a new database file must survive a power cut too.
fn sync_directory(file: &Path) -> Result<()> {
    if let Some(directory) = file.parent().filter(|path| !path.as_os_str().is_empty()) {
        std::fs::File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(Error::unavailable)?;
    }
    Ok(())
}

/// A writing transaction; rolled back when dropped without [`Tx::commit`].
pub(super) struct Tx {
    inner: TxInner,
    /// It may take as long as it likes.
    patient: bool,
}

enum TxInner {
    Sqlite(SqliteTx),
    Postgres(Transaction<'static, Postgres>, Arc<Hosts>),
}

impl Tx {
    fn new(inner: TxInner) -> Self {
        Self {
            inner,
            patient: false,
        }
    }

    /// The same, which may take as long as it likes: a migration, a backup, a restore.
    pub(super) async fn patient(mut self) -> Result<Self> {
        self.patient = true;
        if let TxInner::Postgres(tx, hosts) = &mut self.inner {
            let patient = async {
                tx.execute(dialect::PATIENT_POSTGRES).await?;
                Ok(())
            };
            hosts.answered(false, patient).await?;
        }
        Ok(self)
    }

    /// Serialises the writers of one target; says when the turn came, as [`Db::time`] does.
    pub(super) async fn lock(&mut self, target: i64) -> Result<Option<Time>> {
        if matches!(self.inner, TxInner::Sqlite(_)) {
            return Ok(None);
        }
        let args = vec![Arg::Int(Some(target))];
        let rows = self.rows(dialect::LOCK_POSTGRES, args).await?;
        rows.first().map(|row| row.get("value")).transpose()
    }

    /// What time it is, as [`Db::time`] does.
    pub(super) async fn time(&mut self) -> Result<Option<Time>> {
        if matches!(self.inner, TxInner::Sqlite(_)) {
            return Ok(None);
        }
        let rows = self.rows(dialect::TIME_POSTGRES, Vec::new()).await?;
        rows.first().map(|row| row.get("value")).transpose()
    }

    pub(super) async fn rows(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        counted();
        let question = Question::asked();
        question.answered(match &mut self.inner {
            TxInner::Sqlite(tx) => tx.rows(sql, &args),
            TxInner::Postgres(tx, hosts) => {
                let rows = postgres_rows(&mut **tx, sql, args);
                hosts.complained(hosts.answered(self.patient, rows).await)
            }
        })
    }

    pub(super) async fn execute(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64> {
        counted();
        let question = Question::asked();
        question.answered(match &mut self.inner {
            TxInner::Sqlite(tx) => tx.execute(sql, &args),
            TxInner::Postgres(tx, hosts) => {
                let done = async {
                    let done = bind_postgres(sql, args).execute(&mut **tx).await;
                    done.map(|done| done.rows_affected()).map_err(Error::from)
                };
                hosts.complained(hosts.answered(self.patient, done).await)
            }
        })
    }

    /// Runs several statements that change rows in one go. None may depend on what another does.
    pub(super) async fn execute_all(&mut self, all: Vec<(String, Vec<Arg>)>) -> Result<()> {
        if let TxInner::Sqlite(tx) = &mut self.inner {
            counted();
            let question = Question::asked();
            let mut all = all.iter();
            return question
                .answered(all.try_for_each(|(sql, args)| tx.execute(sql, args).map(|_| ())));
        }
        if let Some((sql, args)) = dialect::together(all) {
            self.execute(&sql, args).await?;
        }
        Ok(())
    }

    /// Commits; returns once the commit is on the disk.
    pub(super) async fn commit(self) -> Result<()> {
        let question = Question::asked();
        question.answered(match self.inner {
            TxInner::Sqlite(tx) => tx.commit().await,
            TxInner::Postgres(tx, hosts) => {
                let done = async { tx.commit().await.map_err(Error::from) };
                hosts.complained(hosts.answered(self.patient, done).await)
            }
        })
    }
}

type PostgresQuery<'q> = sqlx::query::Query<'q, Postgres, sqlx::postgres::PgArguments>;

fn bind_postgres<'q>(sql: &str, args: Vec<Arg>) -> PostgresQuery<'q> {
    let mut query = sqlx::query(AssertSqlSafe(dialect::in_postgres(sql)));
    for arg in args {
        query = match arg {
            Arg::Int(value) => query.bind(value),
            Arg::Text(value) => query.bind(value),
            Arg::Bytes(value) => query.bind(value),
        };
    }
    query
}

async fn postgres_rows<'e, E>(executor: E, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>>
where
    E: sqlx::Executor<'e, Database = Postgres>,
{
    let rows = bind_postgres(sql, args).fetch_all(executor).await?;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}

/// What every proof can do: ask the database, in the crate and nowhere else.
pub(crate) trait Queries: Send {
    /// Runs a statement and gives its rows.
    fn rows(&mut self, sql: &str, args: Vec<Arg>) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// Every row, as records.
    fn all<R: FromRow>(
        &mut self,
        sql: &str,
        args: Vec<Arg>,
    ) -> impl Future<Output = Result<Vec<R>>> + Send {
        async move {
            let rows = self.rows(sql, args).await?;
            rows.iter().map(R::from_row).collect()
        }
    }

    /// The first row, if there is one.
    fn first<R: FromRow>(
        &mut self,
        sql: &str,
        args: Vec<Arg>,
    ) -> impl Future<Output = Result<Option<R>>> + Send {
        async move {
            let rows = self.rows(sql, args).await?;
            rows.first().map(R::from_row).transpose()
        }
    }

    /// The first row, or [`Error::NotFound`].
    fn one<R: FromRow>(
        &mut self,
        sql: &str,
        args: Vec<Arg>,
    ) -> impl Future<Output = Result<R>> + Send {
        async move { self.first(sql, args).await?.ok_or(Error::NotFound) }
    }
}
