//! What a snapshot says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vault::Address;

use crate::kernel::{ColumnOf, Line, Step, Time};
use crate::{Error, Result};

/// The format that this program writes and reads: docs/backup.md.
pub(super) const FORMAT: &str = "chancery-backup 1";

/// What a snapshot says of itself. It is written last: without it there is no snapshot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    pub(super) format: String,
    /// Its name: 13 letters and digits, later ones greater.
    pub id: String,
    /// When the database was held still.
    pub taken_at: Time,
    /// The version of the program that took it.
    pub program: String,
    /// The name of the realm.
    pub realm: String,
    /// Which engine the realm was on; it can be restored to either.
    pub engine: String,
    pub(super) under: Vec<Step>,
    /// How far the journal was sealed, and its head there.
    pub journal: Reached,
    pub(super) tables: Vec<Kept>,
    /// The part that holds the realm's key file.
    pub(super) keys: String,
    /// What the content amounts to.
    pub content: Amount,
    /// The realm's configuration, without its secrets.
    pub configuration: String,
}

/// How far the journal was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The position of the last sealed entry.
    pub position: u64,
    /// The hash of the whole journal up to it, in hexadecimal digits.
    pub hash: String,
}

/// How much content there is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Amount {
    /// How many contents.
    pub contents: u64,
    /// Their size in all, in bytes.
    pub bytes: u64,
    /// Those of them that were lost or damaged in the realm already when the snapshot was taken.
    pub damaged: Vec<String>,
}

/// The rows of one table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) name: String,
    pub(super) columns: Vec<ColumnOf>,
    pub(super) rows: u64,
    pub(super) parts: Vec<Part>,
}

/// Some rows of a table, in a blob of their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) address: String,
    pub(super) rows: u64,
}

impl Manifest {
    /// How many rows there are in all.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The parts that each table consists of: the same for the same rows, whichever engine they
    /// came from.
    pub fn consists_of(&self) -> BTreeMap<&str, Vec<&str>> {
        self.tables
            .iter()
            .map(|table| {
                let parts = table.parts.iter().map(|part| part.address.as_str());
                (table.name.as_str(), parts.collect())
            })
            .collect()
    }

    /// Whether it has a table of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tables.iter().any(|table| table.name == name)
    }

    pub(super) fn table(&self, name: &str) -> Result<&Kept> {
        self.tables
            .iter()
            .find(|table| table.name == name)
            .ok_or_else(|| Error::invalid("snapshot", format!("it has no table {name}")))
    }

    /// Every part that it consists of.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        self.tables
            .iter()
            .flat_map(|table| table.parts.iter().map(|part| part.address.as_str()))
            .chain([self.keys.as_str()])
    }
}

impl Kept {
    pub(super) fn lines<'a>(&'a self, text: &str) -> Result<Vec<Line<'a>>> {
        text.lines()
            .map(|line| Line::parse(&self.columns, line))
            .collect()
    }
}

pub(super) fn address(text: &str) -> Result<Address> {
    text.parse().map_err(Error::unavailable)
}

/// A row of `contents`, as a backup and a restore look at it.
pub(super) struct ContentLine {
    pub(super) id: i64,
    pub(super) address: Address,
    pub(super) size: u64,
    pub(super) inline: Option<Vec<u8>>,
}

impl ContentLine {
    pub(super) fn of(line: &Line<'_>) -> Result<Self> {
        let address = line.bytes("address")?.unwrap_or_default();
        Ok(Self {
            id: line.int("id")?,
            address: <[u8; 32]>::try_from(address.as_slice())
                .map(Address::from_bytes)
                .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?,
            size: u64::try_from(line.int("size")?).map_err(Error::unavailable)?,
            inline: line.bytes("inline")?,
        })
    }
}
