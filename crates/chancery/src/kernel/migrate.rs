//! One numbered line of migrations for both engines.

use super::db::{Tx, is_no_such_table};
use super::node::ALIVE;
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
    /// `None` where it expands: programs that do not know it go on working. A contraction takes
    /// away what only programs use that do not know the migration of this number.
    contracts: Option<i64>,
}

macro_rules! migrations {
    ($($number:literal $name:literal $(contracts $since:literal)?)*) => {
        &[$(Migration {
            number: $number,
            name: $name,
            text: include_str!(concat!("../../migrations/", $name, ".sql")),
            contracts: None$(.or(Some($since)))?,
        }),*]
    };
}

/// Every migration, in order. One that expands is a number and a name. One that takes something
/// away says `contracts` and the number of the migration whose programs no longer use it; it comes
/// in a later release than that one.
pub const MIGRATIONS: &[Migration] = migrations! {
    1 "0001_journal"
    2 "0002_people"
    3 "0003_places"
    4 "0004_documents"
    5 "0005_notices"
    6 "0006_tokens"
    7 "0007_nodes"
    9 "0009_backup"
    10 "0010_speed"
    11 "0011_files"
    12 "0012_uploads"
    13 "0013_app_passwords"
    14 "0014_legal_holds"
    15 "0015_publishing"
    16 "0016_columns"
    17 "0017_retention"
    18 "0018_origins"
    20 "0020_printed"
    21 "0021_assurance"
    22 "0022_mail"
    23 "0023_trials"
    24 "0024_says"
    25 "0025_drafts"
    26 "0026_taken_back"
    27 "0027_destroyed"
    28 "0028_waiting"
};

/// The newest that this program knows.
pub(super) const NEWEST: i64 = MIGRATIONS[MIGRATIONS.len() - 1].number;

/// The turn of those who change the schema, and of nodes that begin.
pub(super) const TURN: i64 = i64::from_be_bytes(*b"chancery");

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
        let mut tx = self.begin().await?.patient().await?;
        tx.lock(TURN).await?;
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
                None if migration.waits(tx, now).await? => {
                    tracing::warn!(
                        migration = migration.name,
                        "a contraction waits until the nodes of older programs have stopped; it is made at a later start"
                    );
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
                    if migration.contracts.is_some() {
                        mark_contraction(tx, migration.number, now).await?;
                    }
                    done.push(migration.name);
                }
            }
        }
        check_known(tx).await?;
        Ok(done)
    }

    /// Whether the database lacks what this program needs. A contraction that waits is not needed.
    /// A database that does not answer is an error.
    pub(super) async fn lacks_migrations(&self) -> Result<bool> {
        let rows = self.rows(APPLIED, Vec::new()).await?;
        let numbers = rows
            .iter()
            .map(|row| row.get::<i64>("number"))
            .collect::<Result<Vec<_>>>()?;
        Ok(MIGRATIONS
            .iter()
            .any(|migration| migration.contracts.is_none() && !numbers.contains(&migration.number)))
    }

    /// The migrations that this program has and the database has not.
    pub async fn pending_migrations(&self) -> Result<Vec<&'static str>> {
        let rows = self.rows(APPLIED, Vec::new()).await;
        let applied: Vec<Applied> = match rows {
            Ok(rows) => rows.iter().map(Applied::from_row).collect::<Result<_>>()?,
            // Only where there is no such table has nothing been applied: a database that does not
            // answer may hold a whole realm, and must not be taken for a new one.
            Err(Error::Unavailable(source)) if is_no_such_table(&*source) => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(MIGRATIONS
            .iter()
            .filter(|migration| applied.iter().all(|row| row.number != migration.number))
            .map(|migration| migration.name)
            .collect())
    }
}

impl Migration {
    /// Whether it would take something away from a node that lives.
    async fn waits(&self, tx: &mut Tx, now: Time) -> Result<bool> {
        match self.contracts {
            None => Ok(false),
            Some(since) => Ok(Db::nodes_before(tx, since, now).await? > 0),
        }
    }
}

/// Says that programs which do not know this migration cannot work on the schema any more. Of those,
/// a node that has not been heard of for a while has to join again, and is refused.
async fn mark_contraction(tx: &mut Tx, number: i64, now: Time) -> Result<()> {
    tx.execute(
        "UPDATE migrations SET sort = 'contract' WHERE number = $1",
        vec![Arg::from(number)],
    )
    .await?;
    tx.execute(
        "DELETE FROM nodes WHERE seen_at <= $1",
        vec![Arg::from(now.minus(ALIVE))],
    )
    .await?;
    Ok(())
}

/// Refuses a database with a contraction that this program does not know. What newer programs only
/// added is no obstacle.
pub(super) async fn check_known(tx: &mut Tx) -> Result<()> {
    for row in applied(tx).await? {
        if MIGRATIONS
            .iter()
            .any(|migration| migration.number == row.number)
        {
            continue;
        }
        let sort = tx
            .rows(
                "SELECT sort AS value FROM migrations WHERE number = $1",
                vec![Arg::from(row.number)],
            )
            .await?;
        let sort: String = sort
            .first()
            .map_or(Ok(String::new()), |row| row.get("value"))?;
        if sort != "expand" {
            return Err(Error::unavailable(format!(
                "the database has migration {} ({}), which this program does not know and which took away what it needs: the program is older than the realm",
                row.number, row.name
            )));
        }
    }
    Ok(())
}

async fn applied(tx: &mut Tx) -> Result<Vec<Applied>> {
    tx.rows(APPLIED, Vec::new())
        .await?
        .iter()
        .map(Applied::from_row)
        .collect()
}

/// What an expansion may not do, because programs that do not know it would fail: the first
/// statement that does, if any.
#[cfg(test)]
fn narrows(text: &str) -> Option<String> {
    let code: String = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join(" ");
    let mut made = Vec::new();
    for statement in code.split(';') {
        let words: Vec<String> = statement
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .map(str::to_uppercase)
            .collect();
        let line = words.join(" ");
        let has = |phrase: &str| format!(" {line} ").contains(&format!(" {phrase} "));
        if line.starts_with("CREATE TABLE ") {
            made.extend(words.get(2).cloned());
        }
        let of_its_own = words.iter().any(|word| made.contains(word));
        let alters = line.starts_with("ALTER ");
        let narrow = has("DROP")
            || has("RENAME")
            || has("DELETE FROM")
            || has("TRUNCATE")
            || (alters && has("TYPE"))
            || (alters && has("NOT NULL") && !has("DEFAULT"))
            || (alters
                && (has("CONSTRAINT") || has("UNIQUE") || has("CHECK") || has("REFERENCES")))
            || (line.starts_with("CREATE UNIQUE INDEX") && !of_its_own)
            || has("TRIGGER");
        if narrow {
            return Some(line);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expansion_takes_nothing_away() {
        for migration in MIGRATIONS {
            if migration.contracts.is_none() {
                assert_eq!(narrows(migration.text), None, "{}", migration.name);
            }
        }
    }

    #[test]
    fn a_contraction_says_since_when_and_comes_later() {
        for migration in MIGRATIONS {
            if let Some(since) = migration.contracts {
                assert!(since < migration.number, "{}", migration.name);
                assert!(migration.number > 7, "nodes are known since 7");
            }
        }
        assert!(MIGRATIONS.is_sorted_by(|one, next| one.number < next.number));
    }

    #[test]
    fn what_narrows_is_found() {
        for narrow in [
            "ALTER TABLE items DROP COLUMN size;",
            "CREATE TABLE x (a BIGINT);\ndrop table items",
            "ALTER TABLE items RENAME COLUMN size TO bytes",
            "ALTER TABLE items ALTER COLUMN size TYPE BIGINT",
            "ALTER TABLE items ADD COLUMN shade TEXT NOT NULL",
            "ALTER TABLE items ALTER COLUMN size SET NOT NULL",
            "CREATE UNIQUE INDEX items_shade ON items (shade)",
            "DELETE FROM items",
        ] {
            assert!(narrows(narrow).is_some(), "{narrow}");
        }
        for fine in [
            "-- DROP nothing\nCREATE TABLE x (a TEXT NOT NULL); CREATE UNIQUE INDEX x_a ON x (a);",
            "ALTER TABLE items ADD COLUMN shade TEXT NOT NULL DEFAULT '';",
            "ALTER TABLE items ADD COLUMN shade TEXT; CREATE INDEX items_shade ON items (shade)",
        ] {
            assert_eq!(narrows(fine), None, "{fine}");
        }
    }
}
