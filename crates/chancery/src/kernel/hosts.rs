//! Several PostgreSQL servers, of which one takes writes: the primary, and standbys that may be
//! promoted in its place.
//!
//! A node follows whichever server takes writes. When a connection is lost, or a server says that
//! it only reads, all are asked at once; meanwhile requests are told to come again. After a change
//! every connection to the old server is dropped. If two servers take writes, as when an old primary
//! comes back, it is the one that was promoted later (the higher timeline).

use std::str::FromStr as _;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use futures::future::join_all;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::{Error, Result};

/// How long a server has for an answer when all are asked.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the server in use is asked when nobody complains.
const EVERY: Duration = Duration::from_secs(2);
/// After how many of these all are asked.
const ALL: u32 = 5;

/// Empty where the server only reads; else its timeline, which goes up with each promotion.
const TIMELINE: &str = "SELECT CASE
    WHEN pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' THEN ''
    ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END";

/// The servers, and the connections to the one in use.
pub(super) struct Hosts {
    list: Vec<PgConnectOptions>,
    options: PgPoolOptions,
    current: RwLock<(usize, PgPool)>,
    trouble: Notify,
}

impl Hosts {
    /// Connects to the server that takes writes. `address` may name several, as
    /// `postgres://user:password@one:5432,two:5432/realm`.
    pub(super) async fn open(
        address: &str,
        options: PgPoolOptions,
        dress: impl Fn(PgConnectOptions) -> PgConnectOptions,
    ) -> Result<Arc<Self>> {
        let mut list = Vec::new();
        for one in split(address) {
            list.push(dress(PgConnectOptions::from_str(&one)?));
        }
        let [only] = &list[..] else {
            return Self::open_many(list, options).await;
        };
        let pool = options.clone().connect_with(only.clone()).await?;
        Ok(Arc::new(Self {
            list,
            options,
            current: RwLock::new((0, pool)),
            trouble: Notify::new(),
        }))
    }

    async fn open_many(list: Vec<PgConnectOptions>, options: PgPoolOptions) -> Result<Arc<Self>> {
        let first = primary(&list, 0)
            .await
            .ok_or_else(|| Error::unavailable("none of the database servers takes writes"))?;
        let pool = options.clone().connect_lazy_with(list[first].clone());
        let hosts = Arc::new(Self {
            list,
            options,
            current: RwLock::new((first, pool)),
            trouble: Notify::new(),
        });
        tokio::spawn(watch(Arc::downgrade(&hosts)));
        Ok(hosts)
    }

    /// The connections to the server in use.
    pub(super) fn pool(&self) -> PgPool {
        self.read().1
    }

    fn read(&self) -> (usize, PgPool) {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        (current.0, current.1.clone())
    }

    /// Passes on what came of a statement. If it failed in a way that may mean that another server
    /// takes writes now, all are asked.
    pub(super) fn complained<T>(&self, outcome: Result<T>) -> Result<T> {
        if let Err(Error::Unavailable(source)) = &outcome
            && self.list.len() > 1
            && source.downcast_ref().is_some_and(is_elsewhere)
        {
            self.trouble.notify_one();
        }
        outcome
    }

    async fn look(&self, all: bool) {
        let (at, _) = self.read();
        if !all && timeline(&self.list[at]).await.is_some() {
            return;
        }
        match primary(&self.list, at).await {
            Some(found) if found != at => self.change(found),
            Some(_) => {}
            None => tracing::warn!("none of the database servers takes writes"),
        }
    }

    fn change(&self, to: usize) {
        let host = self.list[to].get_host();
        tracing::warn!(
            host,
            port = self.list[to].get_port(),
            "another database server takes writes"
        );
        let pool = self
            .options
            .clone()
            .connect_lazy_with(self.list[to].clone());
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let (_, old) = std::mem::replace(&mut *current, (to, pool));
        // What is under way there ends with an error or is never acknowledged.
        tokio::spawn(async move { old.close().await });
    }
}

async fn watch(hosts: Weak<Hosts>) {
    // However many complain, the servers are not asked more often than this.
    let mut pace = interval(PATIENCE / 4);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for turn in 1_u32.. {
        pace.tick().await;
        let Some(hosts) = hosts.upgrade() else {
            return;
        };
        if hosts.read().1.is_closed() {
            return;
        }
        let troubled = timeout(EVERY, hosts.trouble.notified()).await.is_ok();
        hosts.look(troubled || turn % ALL == 0).await;
    }
}

/// Which server takes writes; the present one if two seem equal.
async fn primary(list: &[PgConnectOptions], present: usize) -> Option<usize> {
    let timelines = join_all(list.iter().map(timeline)).await;
    let takes = timelines.into_iter().enumerate();
    takes
        .filter_map(|(index, timeline)| Some((timeline?, index == present, index)))
        .max_by_key(|(timeline, present, index)| (*timeline, *present, std::cmp::Reverse(*index)))
        .map(|(_, _, index)| index)
}

async fn timeline(options: &PgConnectOptions) -> Option<u32> {
    let ask = async {
        let mut connection: PgConnection = options.connect().await?;
        let answer: String = sqlx::query_scalar(TIMELINE)
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(answer)
    };
    let answer = timeout(PATIENCE, ask).await.ok()?.ok()?;
    u32::from_str_radix(&answer, 16).ok()
}

/// Whether a connection was lost or refused, or the server only reads.
fn is_elsewhere(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        // read_only_sql_transaction, admin_shutdown, crash_shutdown, cannot_connect_now.
        sqlx::Error::Database(database) => matches!(
            database.code().as_deref(),
            Some("25006" | "57P01" | "57P02" | "57P03")
        ),
        _ => false,
    }
}

/// One address for each server that is named.
fn split(address: &str) -> Vec<String> {
    let whole = || vec![address.to_owned()];
    let Some((scheme, rest)) = address.split_once("://") else {
        return whole();
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (who, hosts) = match authority.rsplit_once('@') {
        Some((who, hosts)) => (format!("{who}@"), hosts),
        None => (String::new(), authority),
    };
    if !hosts.contains(',') {
        return whole();
    }
    hosts
        .split(',')
        .map(|host| format!("{scheme}://{who}{host}{path}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_name_several_servers() {
        assert_eq!(
            split("postgres://ann:a,b@one:5433,two/realm?sslmode=require"),
            [
                "postgres://ann:a,b@one:5433/realm?sslmode=require",
                "postgres://ann:a,b@two/realm?sslmode=require"
            ]
        );
        for one in ["postgres://ann@one/realm", "postgres://one", "postgres:x"] {
            assert_eq!(split(one), [one]);
        }
    }
}
