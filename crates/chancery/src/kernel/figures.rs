//! Figures about the machinery, for those who watch over it. They name nobody and nothing.

use std::time::Instant;

use super::{Arg, Realm, Row, Time};
use crate::Result;

const JOURNAL: &str = "SELECT (SELECT COUNT(*) FROM journal WHERE position = 0) AS unsealed,
  (SELECT COALESCE(MIN(at), 0) FROM journal WHERE position = 0) AS oldest,
  (SELECT COALESCE(MAX(position), 0) FROM chain) AS sealed";
const FOLLOWERS: &str = "SELECT name, position FROM followers ORDER BY name";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[JOURNAL, FOLLOWERS];

/// How the machinery is doing at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Entries of the journal that are sealed.
    pub sealed: u64,
    /// Entries that wait for the sealer.
    pub unsealed: u64,
    /// When the oldest of those was written.
    pub oldest: Option<Time>,
    /// How far each follower has read.
    pub followers: Vec<(String, u64)>,
    /// Connections to the database.
    pub connections: u32,
    /// Those that nobody is using.
    pub idle: u32,
}

impl Realm {
    /// Asks the database how the journal is doing: two small statements.
    pub async fn figures(&self) -> Result<Figures> {
        let rows = self.db().rows(JOURNAL, Vec::<Arg>::new()).await?;
        let of = |name: &str| rows.first().map_or(Ok(0), |row: &Row| row.get::<u64>(name));
        let oldest: Time = rows
            .first()
            .map_or(Ok(Time::default()), |row| row.get("oldest"))?;
        let followers = self
            .db()
            .rows(FOLLOWERS, Vec::<Arg>::new())
            .await?
            .iter()
            .map(|row| Ok((row.get("name")?, row.get("position")?)))
            .collect::<Result<_>>()?;
        let (connections, idle) = self.db().connections();
        Ok(Figures {
            sealed: of("sealed")?,
            unsealed: of("unsealed")?,
            oldest: (oldest != Time::default()).then_some(oldest),
            followers,
            connections,
            idle,
        })
    }
}

/// Counts one question to the database and how long it takes.
pub(super) struct Question(Instant);

impl Question {
    #[allow(
        clippy::disallowed_methods,
        reason = "how long the database takes is measured, never stored or shown"
    )]
    pub(super) fn asked() -> Self {
        Self(Instant::now())
    }

    pub(super) fn answered<T>(self, outcome: Result<T>) -> Result<T> {
        metrics::counter!("chancery_queries_total").increment(1);
        metrics::histogram!("chancery_query_seconds").record(self.0.elapsed().as_secs_f64());
        if matches!(outcome, Err(crate::Error::Unavailable(_))) {
            metrics::counter!("chancery_query_errors_total").increment(1);
        }
        outcome
    }
}
