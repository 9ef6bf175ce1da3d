//! What the tests of every capability stand on: a fresh realm on each database, a clock that
//! moves when told to, repeatable randomness, a vault in memory.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::future::Future;
use std::sync::Arc;

use vault::{Keys, Memory, Vault};

use crate::kernel::published;
use crate::kernel::{
    Actor, Arg, Db, Engine, Id, Limits, ManualClock, Queries, Realm, RealmSettings, Row, SeededRng,
    Time, thing,
};
use crate::{Error, Result};

/// 2026-03-12T09:00:00Z: when every test begins.
pub(crate) const START: Time = Time::from_micros(1_773_306_000_000_000);

/// A realm of its own for one test.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) realm: Realm,
    pub(crate) clock: Arc<ManualClock>,
    /// The text of the key file that its vault would have.
    pub(crate) keys: String,
    _keep: Arc<dyn std::any::Any + Send + Sync>,
}

/// Runs the test on SQLite and on PostgreSQL.
pub(crate) async fn both<F, T>(test: F)
where
    F: Fn(World) -> T,
    T: Future<Output = ()>,
{
    test(world(Engine::Sqlite).await).await;
    test(world(Engine::Postgres).await).await;
}

/// A fresh realm on this engine.
pub(crate) async fn world(engine: Engine) -> World {
    world_with(
        engine,
        Limits {
            hash_memory: 64,
            ..Limits::default()
        },
    )
    .await
}

/// A fresh realm on this engine with these limits.
pub(crate) async fn world_with(engine: Engine, limits: Limits) -> World {
    let (address, keep): (String, Arc<dyn std::any::Any + Send + Sync>) = match engine {
        Engine::Sqlite => {
            let directory = tempfile::tempdir().unwrap();
            let file = directory.path().join("realm.db");
            (format!("sqlite:{}", file.display()), Arc::new(directory))
        }
        Engine::Postgres => {
            let database = testkit::postgres::fresh();
            (database.url.clone(), Arc::new(database))
        }
    };
    let clock = Arc::new(ManualClock::at(START));
    let keys = Keys::ephemeral().unwrap();
    let text = keys.text().to_string();
    let realm = Realm::open(
        Db::open(&address).await.unwrap(),
        Vault::new(keys, Arc::new(Memory::new())),
        Arc::clone(&clock) as _,
        Arc::new(SeededRng::new(7)),
        RealmSettings {
            name: "Northmoor Partnership".to_owned(),
            designation: "OFFICIAL-SENSITIVE".to_owned(),
            run_by: "Northmoor Probation Trust".to_owned(),
            time_zone: jiff::tz::TimeZone::UTC,
            limits,
        },
    )
    .await
    .unwrap();
    World {
        realm,
        clock,
        keys: text,
        _keep: keep,
    }
}

impl World {
    /// The console of this realm.
    pub(crate) fn console(&self) -> Actor {
        Actor::console(&self.realm)
    }

    /// This person, on the machine itself.
    pub(crate) fn as_person(&self, id: Id<thing::Person>) -> Actor {
        Actor::person(&self.realm, id)
    }

    /// Asks the database directly: for what a test looks at behind the product's back.
    pub(crate) async fn look(&self, sql: &str, args: Vec<Arg>) -> Vec<Row> {
        Behind(&self.realm).rows(sql, args).await.unwrap()
    }

    /// One integer, called `value`.
    pub(crate) async fn count(&self, sql: &str, args: Vec<Arg>) -> i64 {
        self.look(sql, args).await[0].get("value").unwrap()
    }

    /// Prepares every statement on this engine.
    pub(crate) async fn prepares(&self, statements: &[&str]) {
        for sql in statements {
            if let Err(error) = self.realm.prepare(sql).await {
                panic!("{:?} does not accept {sql}\n{error}", self.realm.engine());
            }
            // What reads can be run for somebody who sees only what is published.
            let changes = ["INSERT INTO", "UPDATE ", "DELETE FROM"];
            let shown = published(sql);
            if changes.iter().any(|change| sql.contains(change)) || shown == *sql {
                continue;
            }
            if let Err(error) = self.realm.prepare(&shown).await {
                panic!("{:?} does not accept {shown}\n{error}", self.realm.engine());
            }
        }
    }
}

struct Behind<'a>(&'a Realm);

impl Queries for Behind<'_> {
    async fn rows(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.0.behind(sql, args).await
    }
}

/// That this is the error that looks like absence.
#[track_caller]
#[allow(
    clippy::needless_pass_by_value,
    reason = "a test hands over what it has just got"
)]
pub(crate) fn assert_not_found<T: std::fmt::Debug>(outcome: Result<T>) {
    assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
}

/// Whether the statement, for a reader, has SQLite make a table of all publications of the realm first: it does so with
/// whatever is joined to the left, however little of it is asked for.
pub(crate) fn makes_all_publications(sql: &str) -> bool {
    published(sql).contains("LEFT JOIN published_versions")
}
