//! One numbered line of migrations for both engines.

use super::db::Tx;
use super::{Arg, Db, Engine, FromRow as _, Time, dialect, record};
use crate::{Error, Result};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place in the line, from 1.
    pub number: i64,
    /// What it is about.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal)*) => {
        &[$(Migration {
            number: $number,
            name: $name,
            text: include_str!(concat!("../../migrations/", $name, ".sql")),
        }),*]
    };
}

/// Every migration, in order.
pub const MIGRATIONS: &[Migration] = migrations! {
    1 "0001_journal"
    2 "0002_people"
    3 "0003_places"
    4 "0004_documents"
    5 "0005_notices"
    6 "0006_tokens"
    9 "0009_backup"
};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";

const APPLIED: &str = "SELECT number, name, checksum FROM migrations ORDER BY number";

record! {
    struct Applied { number: i64, name: String, checksum: String }
}

impl Migration {
    pub(super) fn checksum(&self) -> String {
        blake3::hash(self.text.as_bytes()).to_hex().to_string()
    }
}

impl Db {
    /// Brings the schema up to this program's. Nodes that start together take turns.
    pub(super) async fn migrate(&self, now: Time) -> Result<Vec<&'static str>> {
        let mut tx = self.begin().await?;
        tx.lock(i64::from_be_bytes(*b"chancery")).await?;
        let done = Self::migrate_some(&mut tx, self.engine(), now, |_| true).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Applies those of the migrations that are wanted and not there yet.
    pub(super) async fn migrate_some(
        tx: &mut Tx,
        engine: Engine,
        now: Time,
        wanted: impl Fn(&Migration) -> bool,
    ) -> Result<Vec<&'static str>> {
        Self::script(tx, TABLE).await?;
        let applied = applied(tx).await?;
        let mut done = Vec::new();
        for migration in MIGRATIONS.iter().filter(|migration| wanted(migration)) {
            match applied.iter().find(|row| row.number == migration.number) {
                Some(row) if row.checksum == migration.checksum() => {}
                Some(row) => {
                    return Err(Error::unavailable(format!(
                        "migration {} ({}) was applied from another text than this program's",
                        row.number, row.name
                    )));
                }
                None => {
                    Self::script(tx, &dialect::schema(engine, migration.text)).await?;
                    tx.execute(
                        "INSERT INTO migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                        vec![
                            Arg::from(migration.number),
                            Arg::from(migration.name),
                            Arg::from(migration.checksum()),
                            Arg::from(now),
                        ],
                    )
                    .await?;
                    done.push(migration.name);
                }
            }
        }
        let newest = MIGRATIONS.last().map_or(0, |migration| migration.number);
        if let Some(newer) = applied.iter().find(|row| row.number > newest) {
            return Err(Error::unavailable(format!(
                "the database has migration {} ({}), which this program does not know: it is older than the realm",
                newer.number, newer.name
            )));
        }
        Ok(done)
    }

    /// Whether the database lacks a migration of this program's. One that does not answer is an error.
    pub(super) async fn lacks_migrations(&self) -> Result<bool> {
        let rows = self.rows(APPLIED, Vec::new()).await?;
        let numbers = rows
            .iter()
            .map(|row| row.get::<i64>("number"))
            .collect::<Result<Vec<_>>>()?;
        Ok(MIGRATIONS
            .iter()
            .any(|migration| !numbers.contains(&migration.number)))
    }

    /// The migrations that this program has and the database has not.
    pub async fn pending_migrations(&self) -> Result<Vec<&'static str>> {
        let rows = self.rows(APPLIED, Vec::new()).await;
        let applied: Vec<Applied> = match rows {
            Ok(rows) => rows.iter().map(Applied::from_row).collect::<Result<_>>()?,
            Err(_) => Vec::new(),
        };
        Ok(MIGRATIONS
            .iter()
            .filter(|migration| applied.iter().all(|row| row.number != migration.number))
            .map(|migration| migration.name)
            .collect())
    }
}

async fn applied(tx: &mut Tx) -> Result<Vec<Applied>> {
    tx.rows(APPLIED, Vec::new())
        .await?
        .iter()
        .map(Applied::from_row)
        .collect()
}
