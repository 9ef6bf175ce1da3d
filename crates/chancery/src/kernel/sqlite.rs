//! SQLite, asked on the thread that asks.
//!
//! A statement whose pages are in memory takes some ten microseconds: less than it takes to wake
//! another thread and to be woken by it. So a statement runs where it is sent from, and nothing
//! waits for another process in it: the one write lock is tried for again and again by a timer.
//! The program has more worker threads than cores for the statements that take longer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::sync::SharedSync;
use super::{Arg, Row, dialect};
use crate::{Error, Result};

/// How long another process, or another writer of this one, may keep the write lock.
const PATIENCE: Duration = Duration::from_secs(20);
const LONGEST_TURN: Duration = Duration::from_mins(1);
/// How many readers are kept open when nobody needs them: each has its pages in memory.
const KEPT: usize = 8;
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 512;

/// What every connection is told. 16 MB of log: a page that many commits change is copied into the
/// database once, not each time.
const WRITER: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = 4096;
    PRAGMA cache_size = -65536;";
/// 16 MB of pages each: what the readers do not hold, the machine's own cache does, once for all.
const READER: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA query_only = ON;
    PRAGMA cache_size = -16384;";

/// One database file. Cheap to clone.
#[derive(Clone)]
pub(super) struct Sqlite(Arc<Inner>);

struct Inner {
    path: PathBuf,
    writer: Arc<Turn<Option<Held>>>,
    readers: Mutex<Readers>,
    sync: SharedSync,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    open: u32,
    closed: bool,
}

/// A connection that threads hand on to each other: used by one at a time, through `get_mut`.
struct Held(Mutex<Connection>);

impl Held {
    fn new(connection: Connection) -> Self {
        Self(Mutex::new(connection))
    }

    fn get(&mut self) -> &mut Connection {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sqlite {
    /// Opens the file, which is made if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let writer = connect(path, WRITER)?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let database = Self(Arc::new(Inner {
            path: path.to_owned(),
            writer: Arc::new(Turn::new(Some(Held::new(writer)))),
            readers: Mutex::default(),
            sync: SharedSync::new(PathBuf::from(log)),
        }));
        drop(database.reader()?);
        Ok(database)
    }

    /// How many connections there are, and how many of them nobody is using.
    pub(super) fn connections(&self) -> (u32, u32) {
        let readers = self.readers();
        let idle = u32::try_from(readers.idle.len()).unwrap_or(u32::MAX);
        let writing = self.0.writer.try_lock().is_err();
        (readers.open + 1, idle + u32::from(!writing))
    }

    /// Closes every connection that nobody uses, and each other one when its work is done. The
    /// last one copies the log into the database.
    pub(super) async fn close(&self) {
        let mut writer = self.0.writer.lock().await;
        // Whoever committed and waits for the log to be synced is answered while it is still there. A
        // sync that fails is theirs to hear of.
        let _ = self.0.sync.wait().await;
        let idle = {
            let mut readers = self.readers();
            readers.closed = true;
            std::mem::take(&mut readers.idle)
        };
        drop(idle);
        writer.take();
    }

    /// Whether what is committed is kept: no sync has failed.
    pub(super) fn keeps(&self) -> bool {
        self.0.sync.check().is_ok()
    }

    /// Runs a statement that reads.
    pub(super) fn rows(&self, sql: &str, args: &[Arg]) -> Result<Vec<Row>> {
        self.reader()?.rows(sql, args)
    }

    /// Prepares a statement without running it.
    #[cfg(test)]
    pub(super) fn prepare(&self, sql: &str) -> Result<()> {
        let mut reader = self.reader()?;
        reader.connection()?.prepare(sql)?;
        Ok(())
    }

    /// Takes the turn of writing, and opens a transaction.
    pub(super) async fn begin(&self) -> Result<SqliteTx> {
        self.0.sync.check()?;
        let turn = timeout(LONGEST_TURN, Arc::clone(&self.0.writer).lock_owned())
            .await
            .map_err(|_| Error::unavailable("the database is busy writing for others"))?;
        let mut tx = SqliteTx {
            on: On::Writer(turn),
            sync: self.0.sync.clone(),
        };
        let connection = tx.connection()?;
        // SQLite ends a transaction by itself when the disk is full or fails; one that it could
        // not end is ended here.
        undo(connection);
        connection.busy_timeout(Duration::ZERO)?;
        let mut tries = interval(Duration::from_millis(2));
        tries.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let begun = timeout(PATIENCE, async {
            loop {
                match tx.connection()?.execute_batch(dialect::BEGIN_SQLITE) {
                    Err(error) if is_busy(&error) => {
                        tries.tick().await;
                    }
                    outcome => return Ok::<_, Error>(outcome?),
                }
            }
        });
        match begun.await {
            Ok(outcome) => outcome?,
            Err(_) => {
                return Err(Error::unavailable(
                    "another process keeps the database locked",
                ));
            }
        }
        tx.connection()?.busy_timeout(PATIENCE)?;
        Ok(tx)
    }

    /// Opens a transaction in which the database stands still, for reading alone.
    pub(super) fn begin_snapshot(&self) -> Result<SqliteTx> {
        let mut reader = self.reader()?;
        reader.connection()?.execute_batch("BEGIN")?;
        Ok(SqliteTx {
            on: On::Reader(reader),
            sync: self.0.sync.clone(),
        })
    }

    fn readers(&self) -> MutexGuard<'_, Readers> {
        self.0
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The reader that was used last: its pages are the warmest. There are as many as threads that
    /// read at this moment, and one more for each snapshot.
    fn reader(&self) -> Result<Reader> {
        let idle = {
            let mut readers = self.readers();
            if readers.closed {
                return Err(closed());
            }
            let idle = readers.idle.pop();
            readers.open += u32::from(idle.is_none());
            idle
        };
        let mut reader = Reader {
            home: self.clone(),
            connection: idle.map(Held::new),
        };
        if reader.connection.is_none() {
            reader.connection = Some(Held::new(connect(&self.0.path, READER)?));
        }
        Ok(reader)
    }
}

fn connect(path: &Path, pragmas: &str) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // A plan does not depend on what is asked for: otherwise SQLite would make it anew each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(pragmas)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Ends a transaction that was neither committed nor undone.
fn undo(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::warn!(%error, "a transaction could not be undone");
    }
}

/// A reader until it goes home.
struct Reader {
    home: Sqlite,
    connection: Option<Held>,
}

impl Reader {
    fn connection(&mut self) -> Result<&mut Connection> {
        let connection = self.connection.as_mut();
        connection.map(Held::get).ok_or_else(closed)
    }

    fn rows(&mut self, sql: &str, args: &[Arg]) -> Result<Vec<Row>> {
        rows(self.connection()?, sql, args)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let connection = self.connection.take().map(|held| {
            let connection = held.0.into_inner().unwrap_or_else(PoisonError::into_inner);
            undo(&connection);
            connection
        });
        let mut readers = self.home.readers();
        let surplus = match connection {
            Some(connection)
                if !readers.closed && readers.idle.len() < KEPT && connection.is_autocommit() =>
            {
                readers.idle.push(connection);
                return;
            }
            surplus => surplus,
        };
        readers.open -= 1;
        drop(readers);
        drop(surplus);
    }
}

/// A transaction; undone when dropped without [`SqliteTx::commit`].
pub(super) struct SqliteTx {
    on: On,
    sync: SharedSync,
}

enum On {
    Writer(OwnedMutexGuard<Option<Held>>),
    Reader(Reader),
}

impl SqliteTx {
    fn connection(&mut self) -> Result<&mut Connection> {
        match &mut self.on {
            On::Writer(held) => held.as_mut().map(Held::get).ok_or_else(closed),
            On::Reader(reader) => reader.connection(),
        }
    }

    /// Runs a statement and gives its rows.
    pub(super) fn rows(&mut self, sql: &str, args: &[Arg]) -> Result<Vec<Row>> {
        rows(self.connection()?, sql, args)
    }

    /// Runs a statement and says how many rows it changed.
    pub(super) fn execute(&mut self, sql: &str, args: &[Arg]) -> Result<u64> {
        let connection = self.connection()?;
        let mut statement = connection.prepare_cached(sql)?;
        bind(&mut statement, args)?;
        let changed = statement.raw_execute()?;
        Ok(changed as u64)
    }

    /// Runs a script of several statements.
    pub(super) fn script(&mut self, script: &str) -> Result<()> {
        Ok(self.connection()?.execute_batch(script)?)
    }

    /// Commits; returns once the commit is on the disk.
    pub(super) async fn commit(mut self) -> Result<()> {
        let sync = self.sync.clone();
        match self.connection()?.execute_batch("COMMIT") {
            // Others write while this waits for the disk.
            Ok(()) => drop(self),
            Err(error) => {
                if sync_failed(&error) {
                    sync.fail();
                }
                return Err(error.into());
            }
        }
        sync.wait().await
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        // A reader is undone on its way home.
        if let On::Writer(held) = &mut self.on
            && let Some(held) = held.as_mut()
        {
            undo(held.get());
        }
    }
}

fn closed() -> Error {
    Error::unavailable("the database was closed")
}

fn rows(connection: &Connection, sql: &str, args: &[Arg]) -> Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, args)?;
    let names: Arc<[Box<str>]> = statement.column_names().map(Box::from).collect();
    let mut found = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let values = (0..names.len())
            .map(|column| Value::try_from(row.get_ref(column)?).map_err(Error::unavailable))
            .collect::<Result<_>>()?;
        rows.push(Row::Sqlite(SqliteRow {
            names: Arc::clone(&names),
            values,
        }));
    }
    Ok(rows)
}

/// To SQLite `$3` is a name. It stands for the third argument, wherever it is first written.
fn bind(statement: &mut Statement<'_>, args: &[Arg]) -> Result<()> {
    for place in 1..=statement.parameter_count() {
        let arg = statement
            .parameter_name(place)
            .and_then(|name| name[1..].parse::<usize>().ok())
            .and_then(|number| args.get(number.checked_sub(1)?))
            .ok_or_else(|| Error::unavailable("a statement lacks an argument"))?;
        statement.raw_bind_parameter(place, arg)?;
    }
    Ok(())
}

impl ToSql for Arg {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Self::Int(Some(value)) => ValueRef::Integer(*value),
            Self::Text(Some(value)) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(Some(value)) => ValueRef::Blob(value),
            Self::Int(None) | Self::Text(None) | Self::Bytes(None) => ValueRef::Null,
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

/// One row, taken out of the database.
pub(crate) struct SqliteRow {
    names: Arc<[Box<str>]>,
    values: Vec<Value>,
}

impl SqliteRow {
    /// The value of a column.
    pub(super) fn value(&self, name: &str) -> Result<&Value> {
        let place = self.names.iter().position(|column| **column == *name);
        place
            .and_then(|place| self.values.get(place))
            .ok_or_else(|| Error::unavailable("there is no such column"))
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

/// SQLite's extended code of an error.
fn code(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}

/// Whether it is SQLite's `SQLITE_IOERR_FSYNC` or `SQLITE_IOERR_DIR_FSYNC`.
fn sync_failed(error: &rusqlite::Error) -> bool {
    matches!(code(error), Some(1034 | 1290))
}

/// Whether a statement was refused because its table is not there, which SQLite only says in words.
pub(super) fn is_no_such_table(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(words))
        | rusqlite::Error::SqlInputError { msg: words, .. } => words.starts_with("no such table"),
        _ => false,
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match code(&error) {
            // SQLITE_FULL and SQLITE_IOERR_SHMSIZE.
            Some(13 | 4874) => Self::no_room(error),
            // SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY.
            Some(2067 | 1555) => Self::clash(),
            _ => Self::unavailable(error),
        }
    }
}
