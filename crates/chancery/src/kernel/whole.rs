//! The database as a whole: read in one moment for a backup, and filled from one when it is empty.
//!
//! What is read is neutral: columns are whole numbers, text and bytes on both engines, so what came
//! from one loads into the other. **Invariant:** every table of the schema is named in [`TABLES`],
//! to be kept or to be left out for the reason that stands there. (`every_table_is_named`.)

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ledger::{Hash, Head};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::db::Tx;
use super::seal::{self, Sealable};
use super::{Action, Arg, Db, Engine, MIGRATIONS, Queries, Read, Row, Time, dialect, record};
use crate::{Error, Result};

/// What becomes of a table in a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Its rows are kept, in the order of this column, which is its key.
    By(&'static str),
    /// It is empty after a restore, for this reason.
    LeftOut(&'static str),
}

/// A table of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What becomes of it in a backup.
    pub keep: Keep,
}

macro_rules! tables {
    ($($name:literal $keep:expr;)*) => { &[$(Table { name: $name, keep: $keep }),*] };
}

/// Every table, in an order in which each comes after those that it refers to.
pub const TABLES: &[Table] = {
    use Keep::{By, LeftOut};
    tables! {
        "migrations" LeftOut("made by the program that restores; the backup says which there were");
        "journal" By("id");
        "chain" By("id");
        "nodes" LeftOut("processes that are not there any more");
        "leases" LeftOut("who is at work in a process that is not there any more");
        "followers" By("name");
        "organisations" By("id");
        "umbrellas" By("id");
        "people" By("id");
        "accounts" By("id");
        "belongings" By("id");
        "teams" By("id");
        "memberships" By("id");
        "offices" By("id");
        "clearances" By("id");
        "passwords" By("person_id");
        "links" LeftOut("a link that was used since would work once more");
        "sessions" LeftOut("nobody is signed in on another machine without signing in there");
        "tokens" LeftOut("a token that was ended since would work once more");
        "done_once" LeftOut("what was asked of the realm within the last day of it");
        "throttles" LeftOut("they count attempts of the last minutes");
        "sites" By("id");
        "libraries" By("id");
        "inheritances" By("id");
        "grants" By("id");
        "items" By("id");
        "library_columns" By("id");
        "column_values" By("id");
        "cells" By("id");
        "library_views" By("id");
        "placements" By("id");
        "publishing_rules" By("id");
        "publications" By("id");
        "publication_requests" By("id");
        "seals" By("id");
        "legal_holds" By("id");
        "kept_apart" By("id");
        "retention_rules" By("id");
        "retention_warnings" By("document_id");
        "markings" By("id");
        "rulebooks" By("id");
        "trials" By("rulebook_id");
        "trial_findings" By("id");
        "scan_claims" LeftOut("who reads a document in a process that is not there any more");
        "scans" By("id");
        "alerts" By("id");
        "decisions_taken_back" By("id");
        "exceptions" By("id");
        "marking_requests" By("id");
        "library_markings" By("id");
        "certificates" By("id");
        "contents" By("id");
        "versions" By("id");
        "gone_versions" By("id");
        "check_outs" By("id");
        "drafts" By("id");
        "file_locks" LeftOut("they are held by programs that are connected to another machine");
        "file_properties" By("target_id");
        "scraps" LeftOut("what programs keep beside documents for a moment");
        "notices" By("id");
        "outgoing_mail" LeftOut("a realm that is brought back, perhaps only to be looked at, writes to nobody about what happened before");
        "uploads" LeftOut("what was not whole yet is sent again");
        "upload_parts" LeftOut("pieces of what was not whole yet");
        "printed" LeftOut("pages are made again from the content that they were made of");
        "key_rings" LeftOut("which keys are loaded in processes that are not there any more");
    }
};

/// The tables that a backup keeps, each with its key.
pub(crate) fn kept() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLES.iter().filter_map(|table| match table.keep {
        Keep::By(key) => Some((table.name, key)),
        Keep::LeftOut(_) => None,
    })
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Holds {
    /// A whole number of 64 bits: a JSON number.
    Integer,
    /// Text: a JSON string.
    Text,
    /// Bytes: a JSON string in base64 (RFC 4648 §4).
    Bytes,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ColumnOf {
    pub(crate) name: String,
    pub(crate) holds: Holds,
}

record! {
    struct ColumnRow { name: String, kind: String }
}

/// The columns of a table as this database has them; none if there is no such table.
async fn columns(queries: &mut impl Queries, engine: Engine, table: &str) -> Result<Vec<ColumnOf>> {
    let rows: Vec<ColumnRow> = queries
        .all(dialect::columns(engine), vec![Arg::from(table)])
        .await?;
    rows.into_iter()
        .map(|row| {
            let holds = match row.kind.to_ascii_lowercase().as_str() {
                "bigint" => Holds::Integer,
                "text" => Holds::Text,
                "blob" | "bytea" => Holds::Bytes,
                other => {
                    return Err(Error::unavailable(format!(
                        "{table}.{} holds {other}, which is not kept",
                        row.name
                    )));
                }
            };
            Ok(ColumnOf {
                name: row.name,
                holds,
            })
        })
        .collect()
}

fn value(row: &Row, column: &ColumnOf) -> Result<Value> {
    let name = column.name.as_str();
    Ok(match column.holds {
        Holds::Integer => row.get::<Option<i64>>(name)?.into(),
        Holds::Text => row.get::<Option<String>>(name)?.into(),
        Holds::Bytes => row
            .get::<Option<Vec<u8>>>(name)?
            .map(|bytes| STANDARD.encode(bytes))
            .into(),
    })
}

fn arg(value: &Value, column: &ColumnOf) -> Result<Arg> {
    let wrong = || Error::unavailable(format!("column {}: not what it should hold", column.name));
    Ok(match (column.holds, value) {
        (Holds::Integer, Value::Null) => Arg::Int(None),
        (Holds::Text, Value::Null) => Arg::Text(None),
        (Holds::Bytes, Value::Null) => Arg::Bytes(None),
        (Holds::Integer, Value::Number(number)) => {
            Arg::Int(Some(number.as_i64().ok_or_else(wrong)?))
        }
        (Holds::Text, Value::String(text)) => Arg::Text(Some(text.clone())),
        (Holds::Bytes, Value::String(text)) => {
            Arg::Bytes(Some(STANDARD.decode(text).map_err(|_| wrong())?))
        }
        _ => return Err(wrong()),
    })
}

/// One row of a table, with its columns' names.
#[derive(Debug, Clone)]
pub(crate) struct Line<'a> {
    columns: &'a [ColumnOf],
    values: Vec<Value>,
}

impl<'a> Line<'a> {
    /// From a line of a backup.
    pub(crate) fn parse(columns: &'a [ColumnOf], text: &str) -> Result<Self> {
        let values: Vec<Value> = serde_json::from_str(text).map_err(Error::unavailable)?;
        if values.len() != columns.len() {
            return Err(Error::unavailable("a row has another number of columns"));
        }
        for (value, column) in values.iter().zip(columns) {
            arg(value, column)?;
        }
        Ok(Self { columns, values })
    }

    fn at(&self, name: &str) -> Result<&Value> {
        let at = self.columns.iter().position(|column| column.name == name);
        at.and_then(|at| self.values.get(at))
            .ok_or_else(|| Error::unavailable(format!("there is no column {name}")))
    }

    pub(crate) fn int(&self, name: &str) -> Result<i64> {
        self.at(name)?
            .as_i64()
            .ok_or_else(|| Error::unavailable(format!("column {name} is not a number")))
    }

    pub(crate) fn text(&self, name: &str) -> Result<&str> {
        self.at(name)?
            .as_str()
            .ok_or_else(|| Error::unavailable(format!("column {name} is not a text")))
    }

    pub(crate) fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match self.at(name)? {
            Value::Null => Ok(None),
            Value::String(text) => STANDARD.decode(text).map(Some).map_err(Error::unavailable),
            _ => Err(Error::unavailable(format!("column {name} is not bytes"))),
        }
    }

    /// Puts another value in this column.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) -> Result<()> {
        let at = self.columns.iter().position(|column| column.name == name);
        let slot = at.and_then(|at| self.values.get_mut(at));
        *slot.ok_or_else(|| Error::unavailable(format!("there is no column {name}")))? =
            value.into();
        Ok(())
    }

    /// The statement that puts this row into its table.
    pub(crate) fn insert(&self, table: &str) -> Result<(String, Vec<Arg>)> {
        let args = self
            .values
            .iter()
            .zip(self.columns)
            .map(|(value, column)| arg(value, column))
            .collect::<Result<_>>()?;
        Ok((insert(table, self.columns, 1), args))
    }

    fn sealable(&self) -> Result<Sealable<'_>> {
        let mut ids = [0; 8];
        for (id, name) in ids.iter_mut().zip(seal::IDS) {
            *id = self.int(name)?;
        }
        Ok(Sealable {
            ids,
            texts: [self.text("action")?, self.text("sort")?, self.text("data")?],
        })
    }
}

fn insert(table: &str, columns: &[ColumnOf], rows: usize) -> String {
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", names.join(", "));
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns.len() {
            sql.push_str(if column == 1 { "$" } else { ", $" });
            sql.push_str(&(row * columns.len() + column).to_string());
        }
        sql.push(')');
    }
    sql
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The actions whose proof opens the whole database for reading.
pub(crate) trait Whole: Action {}

/// The whole database as it was at one moment, while others go on writing.
pub(crate) struct Snapshot {
    tx: Tx,
    engine: Engine,
}

const AT: &str = "SELECT hash FROM journal WHERE position = $1 AND position > 0";

/// The statements here that both engines share, for the test that prepares each.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[AT];

/// How many rows are in memory at a time; each may hold content of some tens of KB.
const BATCH: i64 = 256;

impl Snapshot {
    /// Holds the database still for this reader alone.
    pub(crate) async fn of<A: Whole>(proof: &Read<A>) -> Result<Self> {
        let db = proof.actor().realm().db();
        let mut tx = db.begin_snapshot().await?;
        // The first read is what fixes the moment.
        tx.rows(
            "SELECT position AS value FROM chain WHERE id = 1",
            Vec::new(),
        )
        .await?;
        Ok(Snapshot {
            tx,
            engine: db.engine(),
        })
    }
}

impl Queries for Snapshot {
    async fn rows(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.tx.rows(sql, args).await
    }
}

impl Snapshot {
    /// Where the journal's chain stood.
    pub(crate) async fn head(&mut self) -> Result<Head> {
        seal::stored_head(&self.tx.rows(seal::HEAD, Vec::new()).await?)
    }

    pub(crate) async fn columns(&mut self, table: &str) -> Result<Vec<ColumnOf>> {
        let engine = self.engine;
        columns(self, engine, table).await
    }

    /// The next rows of a table after this key, as lines, with the key of the last.
    pub(crate) async fn lines(
        &mut self,
        table: &str,
        key: &str,
        columns: &[ColumnOf],
        after: Option<&Arg>,
    ) -> Result<(Vec<String>, Option<Arg>)> {
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        let (names, limit) = (names.join(", "), Arg::from(BATCH));
        let rows = if let Some(after) = after {
            let sql =
                format!("SELECT {names} FROM {table} WHERE {key} > $1 ORDER BY {key} LIMIT $2");
            self.tx.rows(&sql, vec![after.clone(), limit]).await?
        } else {
            let sql = format!("SELECT {names} FROM {table} ORDER BY {key} LIMIT $1");
            self.tx.rows(&sql, vec![limit]).await?
        };
        let mut last = None;
        let mut lines = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut values = Vec::with_capacity(columns.len());
            for column in columns {
                let value = value(row, column)?;
                if column.name == key {
                    last = Some(arg(&value, column)?);
                }
                values.push(value);
            }
            lines.push(serde_json::to_string(&values).map_err(Error::unavailable)?);
        }
        Ok((lines, last))
    }
}

/// Recomputes the journal's chain from its rows in any order that is nearly that of their positions.
#[derive(Debug, Default)]
pub(crate) struct ChainCheck {
    reached: Option<Head>,
    ahead: BTreeMap<u64, (Vec<u8>, Vec<u8>)>,
}

impl ChainCheck {
    /// Takes one row of the journal; says what is wrong with the chain, if anything.
    pub(crate) fn take(&mut self, line: &Line<'_>) -> Result<Option<String>> {
        let position = u64::try_from(line.int("position")?).map_err(Error::unavailable)?;
        if position == 0 {
            return Ok(None);
        }
        let hash = line.bytes("hash")?.unwrap_or_default();
        self.ahead
            .insert(position, (line.sealable()?.encoding(), hash));
        let mut reached = self.reached.take().unwrap_or_else(Head::empty);
        while let Some((encoding, hash)) = self.ahead.remove(&(reached.position.0 + 1)) {
            reached = reached.append(&encoding);
            if reached.hash.as_bytes()[..] != hash[..] {
                return Ok(Some(format!(
                    "entry {} is not what was sealed",
                    reached.position
                )));
            }
        }
        self.reached = Some(reached);
        Ok(None)
    }

    /// How far the chain goes without a gap, and whether anything lies beyond.
    pub(crate) fn finish(self) -> (Head, bool) {
        (
            self.reached.unwrap_or_else(Head::empty),
            self.ahead.is_empty(),
        )
    }
}

/// A migration that a backup was made under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    number: i64,
    name: String,
    checksum: String,
}

/// Every migration of this program, for a backup to say.
pub(crate) fn steps() -> Vec<Step> {
    MIGRATIONS
        .iter()
        .map(|migration| Step {
            number: migration.number,
            name: migration.name.to_owned(),
            checksum: migration.checksum(),
        })
        .collect()
}

/// An empty database that is being filled from a backup, in one transaction: it is whole or empty.
pub(crate) struct Restoring {
    tx: Tx,
    engine: Engine,
}

impl Db {
    /// Whether there is no table at all in it.
    pub async fn is_empty(&self) -> Result<bool> {
        let rows = self
            .rows(dialect::tables(self.engine()), Vec::new())
            .await?;
        Ok(rows.is_empty())
    }

    /// The hash of the journal up to this position, if this is the database of a realm that has
    /// got so far.
    pub(crate) async fn journal_hash(&self, position: u64) -> Result<Option<Hash>> {
        for row in self
            .rows(dialect::tables(self.engine()), Vec::new())
            .await?
        {
            if row.get::<String>("name")? == "journal" {
                let rows = self.rows(AT, vec![Arg::from(position)]).await?;
                let found = rows
                    .first()
                    .map(|row| seal::hash(&row.get::<Vec<u8>>("hash")?));
                return found.transpose();
            }
        }
        Ok(None)
    }

    /// Begins to fill an empty database, with the schema that a backup was made under. This is the
    /// one door that needs no proof, since behind it is nothing yet.
    pub(crate) async fn begin_restoring(&self, under: &[Step], now: Time) -> Result<Restoring> {
        let known = steps();
        if let Some(step) = under.iter().find(|step| !known.contains(step)) {
            return Err(Error::invalid(
                "snapshot",
                format!(
                    "it was made under migration {} ({}), which this program does not have: restore it with the program that made it, or a newer one",
                    step.number, step.name
                ),
            ));
        }
        let mut tx = self.begin().await?.patient().await?;
        tx.lock(i64::from_be_bytes(*b"chancery")).await?;
        if !tx
            .rows(dialect::tables(self.engine()), Vec::new())
            .await?
            .is_empty()
        {
            return Err(Error::invalid("database", "it is not empty"));
        }
        Self::migrate_some(&mut tx, self.engine(), now, |migration| {
            under.iter().any(|step| step.number == migration.number)
        })
        .await?;
        Ok(Restoring {
            tx,
            engine: self.engine(),
        })
    }
}

impl Restoring {
    /// Puts rows into a table.
    pub(crate) async fn load(&mut self, table: &str, lines: &[Line<'_>]) -> Result<()> {
        let Some(first) = lines.first() else {
            return Ok(());
        };
        let engine = self.engine;
        let there = columns(&mut Rows(&mut self.tx), engine, table).await?;
        if let Some(column) = first.columns.iter().find(|column| !there.contains(column)) {
            return Err(Error::unavailable(format!(
                "{table}.{} is not in the schema that the backup names",
                column.name
            )));
        }
        for some in lines.chunks(64) {
            let sql = insert(table, first.columns, some.len());
            let mut args = Vec::with_capacity(some.len() * first.columns.len());
            for line in some {
                args.extend(line.insert(table)?.1);
            }
            self.tx.execute(&sql, args).await?;
        }
        Ok(())
    }

    /// Commits; the database is whole on the disk when this returns.
    pub(crate) async fn commit(self) -> Result<()> {
        self.tx.commit().await
    }
}

struct Rows<'a>(&'a mut Tx);

impl Queries for Rows<'_> {
    async fn rows(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.0.rows(sql, args).await
    }
}
