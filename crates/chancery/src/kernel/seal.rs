//! The sealer: gives the journal's entries their positions and chains them.
//!
//! **Invariant:** one sealer at a time. Whoever holds the lease `sealer` seals; the lease is taken
//! and renewed in the same transaction as the positions, so two can never give the same one.

use ledger::{Hash, Head, Position};

use super::db::Tx;
use super::{Arg, Column as _, Db, FromRow as _, Realm, Row, Time, record};
use crate::{Error, Result};

/// How many entries one transaction seals.
const BATCH: i64 = 500;

const UNSEALED: &str = "SELECT id, at, person_id, session_id, action, sort, site_id, library_id, item_id, subject_id, data
  FROM journal WHERE position = 0 ORDER BY id LIMIT $1";
pub(super) const HEAD: &str = "SELECT position, hash FROM chain WHERE id = 1";
const SEALED: &str = "SELECT id, at, person_id, session_id, action, sort, site_id, library_id, item_id, subject_id, data, position, hash
  FROM journal WHERE position > $1 AND position > 0 ORDER BY position LIMIT $2";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[UNSEALED, HEAD, SEALED];

/// How many entries one statement gives their positions: a few sizes, so that each is prepared once.
const SIZES: [usize; 3] = [64, 8, 1];

/// The rows in runs of these sizes, the largest that fit first.
fn in_sizes(mut rows: &[Row]) -> Vec<&[Row]> {
    let mut runs = Vec::new();
    for size in SIZES {
        while rows.len() >= size {
            let (run, rest) = rows.split_at(size);
            runs.push(run);
            rows = rest;
        }
    }
    runs
}

/// Gives `count` entries their positions: `id`, `position` and `hash` of each, one after the other.
fn seal_statement(count: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|row| format!("(${}, ${}, ${})", row * 3 + 1, row * 3 + 2, row * 3 + 3))
        .collect();
    format!(
        "WITH sealed(id, position, hash) AS (VALUES {})
         UPDATE journal SET position = s.position, hash = s.hash FROM sealed s WHERE journal.id = s.id",
        rows.join(", ")
    )
}

record! {
    struct HeadRow { position: u64, hash: Vec<u8> }
}

pub(super) fn stored_head(rows: &[Row]) -> Result<Head> {
    let Some(row) = rows.first() else {
        return Ok(Head::empty());
    };
    let row = HeadRow::from_row(row)?;
    Ok(Head {
        position: Position(row.position),
        hash: hash(&row.hash)?,
    })
}

pub(super) fn hash(bytes: &[u8]) -> Result<Hash> {
    <[u8; 32]>::try_from(bytes)
        .map(Hash::from_bytes)
        .map_err(|_| Error::unavailable("a hash in the journal is not 32 bytes"))
}

/// The numbers of an entry that are chained, in their order.
pub(super) const IDS: [&str; 8] = [
    "id",
    "at",
    "person_id",
    "session_id",
    "site_id",
    "library_id",
    "item_id",
    "subject_id",
];

/// What of an entry is chained: the numbers of [`IDS`], then action, sort and data.
pub(super) struct Sealable<'a> {
    pub(super) ids: [i64; 8],
    pub(super) texts: [&'a str; 3],
}

impl Sealable<'_> {
    /// The bytes that are chained: each text with its length before it, in a fixed order, so that
    /// no two entries share an encoding.
    pub(super) fn encoding(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        for id in self.ids {
            bytes.extend_from_slice(&id.to_be_bytes());
        }
        for text in self.texts {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }
}

fn encoding(row: &Row) -> Result<Vec<u8>> {
    let mut ids = [0; 8];
    for (id, name) in ids.iter_mut().zip(IDS) {
        *id = i64::read(row, name)?;
    }
    let [action, sort, data] = [
        String::read(row, "action")?,
        String::read(row, "sort")?,
        String::read(row, "data")?,
    ];
    let texts = [action.as_str(), sort.as_str(), data.as_str()];
    Ok(Sealable { ids, texts }.encoding())
}

/// What a check of the journal found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalReport {
    /// How many entries are sealed.
    pub sealed: u64,
    /// How many wait for the sealer.
    pub waiting: u64,
    /// The first entry that does not fit its chain.
    pub fault: Option<JournalFault>,
}

/// Where the journal is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalFault {
    /// The position of the first entry that does not fit; entries count from 1.
    pub position: u64,
    /// What is wrong with it.
    pub what: String,
}

impl Realm {
    /// Seals what waits; says how many entries. Called by the sealer's loop, and by tests.
    pub async fn seal(&self) -> Result<u64> {
        let mut total = 0;
        loop {
            let sealed = self.seal_batch().await?;
            total += sealed;
            if sealed < BATCH.unsigned_abs() {
                return Ok(total);
            }
        }
    }

    async fn seal_batch(&self) -> Result<u64> {
        // Looking first keeps an idle sealer from taking the one writer of SQLite.
        if self
            .db()
            .rows(UNSEALED, vec![Arg::from(1_i64)])
            .await?
            .is_empty()
        {
            return Ok(0);
        }
        let mut tx = self.db().begin().await?;
        tx.lock(i64::from_be_bytes(*b"journal\0")).await?;
        let mut head = stored_head(&tx.rows(HEAD, Vec::new()).await?)?;
        let rows = tx.rows(UNSEALED, vec![Arg::from(BATCH)]).await?;
        for some in in_sizes(&rows) {
            let mut args = Vec::with_capacity(some.len() * 3);
            for row in some {
                head = head.append(&encoding(row)?);
                args.push(Arg::from(i64::read(row, "id")?));
                args.push(Arg::from(head.position.0));
                args.push(Arg::from(head.hash.as_bytes().to_vec()));
            }
            tx.execute(&seal_statement(some.len()), args).await?;
        }
        put_head(&mut tx, &head).await?;
        tx.commit().await?;
        Ok(rows.len() as u64)
    }

    /// Reads the whole journal and checks its chain. The sealer may go on meanwhile: the journal
    /// passes the head that was recorded when this began, and ends at one that was recorded since.
    pub async fn check_journal(&self) -> Result<JournalReport> {
        let recorded = self.recorded_head().await?;
        let mut reached = Head::empty();
        let fault = loop {
            let rows = self
                .db()
                .rows(
                    SEALED,
                    vec![Arg::from(reached.position.0), Arg::from(BATCH)],
                )
                .await?;
            if rows.is_empty() {
                break self.check_end(&recorded, &reached).await?;
            }
            if let Some(fault) = check_rows(&rows, &mut reached, &recorded)? {
                break Some(fault);
            }
        };
        let waiting: Vec<Row> = self
            .db()
            .rows(
                "SELECT COUNT(*) AS value FROM journal WHERE position = 0",
                Vec::new(),
            )
            .await?;
        Ok(JournalReport {
            sealed: reached.position.0,
            waiting: waiting.first().map_or(Ok(0), |row| row.get("value"))?,
            fault,
        })
    }

    async fn recorded_head(&self) -> Result<Head> {
        stored_head(&self.db().rows(HEAD, Vec::new()).await?)
    }

    async fn check_end(&self, recorded: &Head, reached: &Head) -> Result<Option<JournalFault>> {
        let what = if reached.position.0 < recorded.position.0 {
            "the journal ends before its recorded head"
        } else if reached.position.0 > self.recorded_head().await?.position.0 {
            "the journal goes on after its recorded head"
        } else {
            return Ok(None);
        };
        Ok(Some(JournalFault {
            position: reached.position.0 + 1,
            what: what.to_owned(),
        }))
    }
}

fn check_rows(rows: &[Row], reached: &mut Head, recorded: &Head) -> Result<Option<JournalFault>> {
    for row in rows {
        let expected = reached.append(&encoding(row)?);
        let position: u64 = row.get("position")?;
        let stored = hash(&row.get::<Vec<u8>>("hash")?)?;
        if position != expected.position.0 {
            return Ok(Some(JournalFault {
                position: expected.position.0,
                what: format!("an entry is missing: the next one has position {position}"),
            }));
        }
        if stored != expected.hash {
            return Ok(Some(JournalFault {
                position,
                what: "the entry is not what was sealed".to_owned(),
            }));
        }
        if position == recorded.position.0 && expected != *recorded {
            return Ok(Some(JournalFault {
                position,
                what: "the entry is not the one that was recorded as the head".to_owned(),
            }));
        }
        *reached = expected;
    }
    Ok(None)
}

async fn put_head(tx: &mut Tx, head: &Head) -> Result<()> {
    tx.execute(
        "INSERT INTO chain (id, position, hash) VALUES (1, $1, $2)
         ON CONFLICT (id) DO UPDATE SET position = excluded.position, hash = excluded.hash",
        vec![
            Arg::from(head.position.0),
            Arg::from(head.hash.as_bytes().to_vec()),
        ],
    )
    .await?;
    Ok(())
}

impl Db {
    /// When this was done before, if ever; from now on that is `now`. Kept among the leases: a realm that was restored has
    /// done nothing yet.
    pub(super) async fn done_before(&self, name: &str, now: Time) -> Result<Option<Time>> {
        let mut tx = self.begin().await?;
        let rows = tx
            .rows(
                "SELECT z.until_at FROM leases z WHERE z.name = $1",
                vec![Arg::from(name)],
            )
            .await?;
        let before = rows.first().map(|row| row.get("until_at")).transpose()?;
        tx.execute(
            "INSERT INTO leases (name, holder, until_at) VALUES ($1, 0, $2)
             ON CONFLICT (name) DO UPDATE SET until_at = excluded.until_at",
            vec![Arg::from(name), Arg::from(now)],
        )
        .await?;
        tx.commit().await?;
        Ok(before)
    }

    /// Takes or renews the lease of this name until `until`; `false` when somebody else holds it.
    pub(super) async fn lease(
        &self,
        name: &str,
        holder: i64,
        now: Time,
        until: Time,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let taken = tx
            .execute(
                "INSERT INTO leases (name, holder, until_at) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
                 WHERE leases.holder = excluded.holder OR leases.until_at <= $4",
                vec![Arg::from(name), Arg::from(holder), Arg::from(until), Arg::from(now)],
            )
            .await?;
        tx.commit().await?;
        Ok(taken > 0)
    }
}
