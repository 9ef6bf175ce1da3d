//! Several PostgreSQL servers, of which one takes writes: the primary, and standbys that may be
//! promoted in its place.
//!
//! A node follows whichever server takes writes. When a connection is lost, or a server says that
//! it only reads, all are asked at once; meanwhile requests are told to come again. After a change
//! every connection to the old server is dropped. If two servers take writes, as when an old primary
//! comes back, it is the one that was promoted later (the higher timeline).
//!
//! A server may also fall silent: its machine or the network is gone, and nothing tells the waiting that
//! nobody will answer. When an answer is long in coming, the server is asked on a connection of its own.
//! Should that be silent too, whoever waits is told to come again, and so is everybody else, at once, until it answers.
//! One connection alone that is silent for much longer is given up with all the others.

use std::future::pending;
use std::str::FromStr as _;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::hot::Kept;
use crate::{Error, Result};

/// How long a server has for an answer when all are asked.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the server in use is asked when nobody complains.
const EVERY: Duration = Duration::from_secs(2);
/// After how many of these all are asked.
const ALL: u32 = 5;

/// How long a statement waits for its answer before the server is asked whether it is there at all.
const LONG: Duration = Duration::from_secs(2);
/// How long it then has for an answer, twice.
const SILENCE: Duration = Duration::from_secs(2);
/// How long a statement waits at most: longer than the server itself lets one run (`statement_timeout`).
const LONGEST: Duration = Duration::from_secs(65);

/// Empty where the server only reads; else its timeline, which goes up with each promotion.
const TIMELINE: &str = "SELECT CASE
    WHEN pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' THEN ''
    ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END";

/// The server in use, the connections to it, and those of them that readings keep.
type Current = (usize, PgPool, Arc<Kept>);

/// The servers, and the connections to the one in use.
pub(super) struct Hosts {
    list: Vec<PgConnectOptions>,
    options: PgPoolOptions,
    current: RwLock<Current>,
    trouble: Notify,
    /// Somebody waits for long.
    suspicion: Notify,
    /// The server in use does not answer.
    silent: watch::Sender<bool>,
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
        Ok(Self::using(list, options, 0, pool))
    }

    fn using(
        list: Vec<PgConnectOptions>,
        options: PgPoolOptions,
        at: usize,
        pool: PgPool,
    ) -> Arc<Self> {
        let hosts = Arc::new(Self {
            list,
            options,
            current: RwLock::new((at, pool, Arc::default())),
            trouble: Notify::new(),
            suspicion: Notify::new(),
            silent: watch::Sender::new(false),
        });
        tokio::spawn(listen(Arc::downgrade(&hosts)));
        hosts
    }

    async fn open_many(list: Vec<PgConnectOptions>, options: PgPoolOptions) -> Result<Arc<Self>> {
        let first = primary(&list, 0)
            .await
            .ok_or_else(|| Error::unavailable("none of the database servers takes writes"))?;
        let pool = options.clone().connect_lazy_with(list[first].clone());
        let hosts = Self::using(list, options, first, pool);
        tokio::spawn(follow(Arc::downgrade(&hosts)));
        Ok(hosts)
    }

    /// The connections to the server in use.
    #[cfg(test)]
    pub(super) fn pool(&self) -> PgPool {
        self.read().1
    }

    /// The connections to the server in use, with those of them that readings keep.
    pub(super) fn connections(&self) -> (PgPool, Arc<Kept>) {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        (current.1.clone(), Arc::clone(&current.2))
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

    /// Waits for an answer, and no longer than there is hope for one; for what is `patient`, as long as
    /// the server is there.
    pub(super) fn answered<'a, T: Send + 'a>(
        &'a self,
        patient: bool,
        answer: impl Future<Output = Result<T>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T>> {
        // Boxed: it is in the future of every verb, as often as that asks the database.
        Box::pin(async move {
            if patient {
                return self.hoped_for(answer).await;
            }
            let (at, pool) = self.read();
            let limit = async {
                let _ = timeout(LONGEST, pending::<()>()).await;
                self.give_up(at, &pool);
            };
            tokio::select! {
                biased;
                answer = self.hoped_for(answer) => answer,
                () = limit => Err(unanswered()),
            }
        })
    }

    async fn hoped_for<T>(&self, answer: impl Future<Output = Result<T>>) -> Result<T> {
        let mut silent = self.silent.subscribe();
        let suspect = async {
            loop {
                let _ = timeout(LONG, pending::<()>()).await;
                self.suspicion.notify_one();
            }
        };
        tokio::select! {
            biased;
            _ = silent.wait_for(|silent| *silent) => Err(unanswered()),
            answer = answer => answer,
            () = suspect => Err(unanswered()),
        }
    }

    /// Whoever asks next does so on connections of their own; unless that was done already, or nodes
    /// follow another server.
    fn give_up(&self, at: usize, pool: &PgPool) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if pool.is_closed() || current.0 != at || current.1.size() == 0 {
            return;
        }
        tracing::warn!("a connection to the database is silent: all are made anew");
        self.renew(&mut current, at);
    }

    fn renew(&self, current: &mut Current, to: usize) {
        let options = self.options.clone();
        let pool = options.connect_lazy_with(self.list[to].clone());
        let (_, old, kept) = std::mem::replace(current, (to, pool, Arc::default()));
        kept.end();
        // What is under way there ends with an error or is never acknowledged.
        tokio::spawn(async move { old.close().await });
    }

    /// Asks the server in use whether it is there, until it is.
    async fn listen(&self) {
        let (at, _) = self.read();
        if answers(&self.list[at]).await || answers(&self.list[at]).await {
            return;
        }
        tracing::error!("the database is silent: everybody is told to come again");
        self.silent.send_replace(true);
        self.trouble.notify_one();
        while !answers(&self.list[self.read().0]).await {
            if self.read().1.is_closed() {
                return;
            }
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let at = current.0;
        self.renew(&mut current, at);
        drop(current);
        tracing::warn!("the database answers again");
        self.silent.send_replace(false);
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
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        self.renew(&mut current, to);
    }
}

/// Nobody answered, and whoever asked is told to come again.
fn unanswered() -> Error {
    Error::unavailable("the database does not answer")
}

/// Whether the server is there, whatever it says.
async fn answers(options: &PgConnectOptions) -> bool {
    let mut pace = interval(PATIENCE / 4);
    pace.tick().await;
    let ask = async {
        let mut connection: PgConnection = options.connect().await?;
        connection.ping().await?;
        connection.close().await
    };
    let answered = timeout(SILENCE, ask).await.is_ok();
    // One that refuses does so at once.
    pace.tick().await;
    answered
}

async fn listen(hosts: Weak<Hosts>) {
    loop {
        let Some(hosts) = hosts.upgrade() else {
            return;
        };
        if timeout(EVERY, hosts.suspicion.notified()).await.is_ok() {
            hosts.listen().await;
        }
    }
}

async fn follow(hosts: Weak<Hosts>) {
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
