//! Several processes over one PostgreSQL, here as several realms in one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use testkit::postgres::{FreshDatabase, fresh};
use vault::{Keys, Memory, Vault};

use super::{Knock, Knocked};
use crate::kernel::id::Ids;
use crate::kernel::{
    Actor, Arg, Clock, Db, Id, Limits, Realm, RealmSettings, SystemClock, SystemRng, Time, args,
};

/// A machine whose clock is wrong by this many seconds.
struct Skewed(i64);

impl Clock for Skewed {
    fn now(&self) -> Time {
        Time::from_micros(SystemClock.now().micros() + self.0 * 1_000_000)
    }

    fn is_a_machines(&self) -> bool {
        true
    }
}

async fn node(database: &FreshDatabase, skew: i64) -> Realm {
    node_at(&database.url, skew).await
}

pub(super) async fn node_at(url: &str, skew: i64) -> Realm {
    opened(url, Skewed(skew)).await
}

async fn opened(address: &str, clock: impl Clock + 'static) -> Realm {
    Realm::open(
        Db::open(address).await.unwrap(),
        Vault::new(Keys::ephemeral().unwrap(), Arc::new(Memory::new())),
        Arc::new(clock),
        Arc::new(SystemRng),
        RealmSettings {
            name: "Northmoor Partnership".to_owned(),
            designation: "OFFICIAL".to_owned(),
            run_by: "Northmoor Probation Trust".to_owned(),
            time_zone: jiff::tz::TimeZone::UTC,
            limits: Limits::default(),
        },
    )
    .await
    .unwrap()
}

async fn knock(realm: &Realm) -> Time {
    let write = Actor::console(realm)
        .write::<Knock>(Id::REALM)
        .await
        .unwrap();
    let at = write.at();
    let (door, times) = ("front".to_owned(), 1);
    write.commit(Knocked { door, times }).await.unwrap();
    at
}

async fn count(realm: &Realm, sql: &str) -> i64 {
    realm.behind(sql, Vec::new()).await.unwrap()[0]
        .get("value")
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_of_one_target_go_up_in_time_whatever_the_clocks_say() {
    let database = fresh();
    let nodes = [
        node(&database, 0).await,
        node(&database, 30).await,
        node(&database, -30).await,
    ];
    let mut last = Time::default();
    for turn in 0..60 {
        let at = knock(&nodes[turn % 3]).await;
        assert!(at > last, "turn {turn} is not after the one before it");
        // What was just written is in the past for everybody who asks next.
        for realm in &nodes {
            let behind = at.micros() - realm.now().micros();
            assert!(behind <= 0, "{behind} microseconds in the future");
        }
        last = at;
    }
    assert_eq!(
        count(&nodes[0], OUT_OF_ORDER).await,
        0,
        "ids are not in the order of time"
    );
}

/// How many entries come before another by their id, and not in time.
const OUT_OF_ORDER: &str = "SELECT COUNT(*) AS value FROM journal a JOIN journal b ON a.id >> 22 < b.id >> 22 AND a.at >= b.at";

/// A database whose clock is put back, as when a standby takes over whose clock is behind.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_waits_until_it_is_not_behind_the_journal() {
    let database = fresh();
    let realm = node(&database, 0).await;
    let before = knock(&realm).await;
    let ahead = |millis: i64| {
        let sql = "UPDATE journal SET id = id + $1, at = at + $2";
        let args = args![millis << 22, millis * 1000];
        let realm = realm.clone();
        async move { realm.upkeep(sql, args).await.unwrap() }
    };
    ahead(400).await;
    let after = knock(&realm).await;
    assert!(after > before.plus(Duration::from_millis(400)), "{after}");
    // Hours cannot be waited for: somebody's clock was wrong, and the day's work goes on.
    ahead(3_600_000).await;
    let goes_on = tokio::time::timeout(Duration::from_secs(30), knock(&realm));
    let at = goes_on.await.unwrap();
    assert!(at < before.plus(Duration::from_mins(30)), "{at}");
}

/// A machine whose clock can be set.
struct Set(Arc<AtomicI64>);

impl Clock for Set {
    fn now(&self) -> Time {
        Time::from_micros(SystemClock.now().micros() + self.0.load(Ordering::SeqCst))
    }

    fn is_a_machines(&self) -> bool {
        true
    }
}

/// On one machine there is no other clock to ask: the work goes on from where it was, and forwards.
#[tokio::test]
async fn a_clock_that_is_put_back_stops_nobody_on_one_machine() {
    let directory = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", directory.path().join("realm.db").display());
    let wrong = Arc::new(AtomicI64::new(0));
    let realm = opened(&address, Set(Arc::clone(&wrong))).await;
    let mut last = knock(&realm).await;
    for minutes in [10, 60 * 24] {
        wrong.fetch_sub(minutes * 60_000_000, Ordering::SeqCst);
        for _ in 0..20 {
            // Many ids of one moment are ahead of it: the journal orders by them.
            for _ in 0..1000 {
                realm.new_id::<()>();
            }
            let goes_on = tokio::time::timeout(Duration::from_secs(20), knock(&realm));
            let at = goes_on.await.unwrap();
            assert!(at > last, "{at} is not after {last}");
            last = at;
        }
    }
    assert_eq!(count(&realm, OUT_OF_ORDER).await, 0);
}

/// Who asks after a change was acknowledged is answered by it, whichever node they ask.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_wrote_is_past_on_the_others_at_once() {
    let database = fresh();
    let nodes = [node(&database, 0).await, node(&database, -30).await];
    for _ in 0..200 {
        let at = knock(&nodes[0]).await;
        assert!(nodes[1].now() >= at);
        // And ids, which order the journal, are never ahead of the next write.
        let id = nodes[1].new_id::<()>().raw();
        let next = knock(&nodes[0]).await;
        assert!(Ids::made_at(id) <= next);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_seal_at_the_same_time_make_one_chain() {
    let database = fresh();
    let nodes = [node(&database, 0).await, node(&database, 0).await];
    let mut work = tokio::task::JoinSet::new();
    for turn in 0..4 {
        let realm = nodes[turn % 2].clone();
        work.spawn(async move {
            for _ in 0..60 {
                knock(&realm).await;
                if turn > 1 {
                    realm.seal().await.unwrap();
                }
            }
        });
    }
    work.join_all().await;
    let (one, other) = tokio::join!(nodes[0].seal(), nodes[1].seal());
    assert!(one.is_ok() && other.is_ok());
    let report = nodes[0].check_journal().await.unwrap();
    assert_eq!(
        (report.sealed, report.waiting, report.fault),
        (240, 0, None)
    );
}

/// A node that stops in the middle of a transaction keeps its turn until the database ends it.
#[tokio::test(flavor = "multi_thread")]
async fn who_sleeps_in_the_middle_is_undone_and_the_others_go_on() {
    let database = fresh();
    let nodes = [node(&database, 0).await, node(&database, 0).await];
    let sleeper = Actor::console(&nodes[0])
        .write::<Knock>(Id::REALM)
        .await
        .unwrap();
    // The database's own limit for a transaction that does nothing is twenty seconds.
    let other = Actor::console(&nodes[1]);
    let turn = async { while other.write::<Knock>(Id::REALM).await.is_err() {} };
    let waited = tokio::time::timeout(Duration::from_secs(45), turn);
    assert!(waited.await.is_ok(), "the turn was never given up");
    knock(&nodes[1]).await;
    let (door, times) = ("late".to_owned(), 1);
    assert!(sleeper.commit(Knocked { door, times }).await.is_err());
    assert_eq!(
        count(&nodes[1], "SELECT COUNT(*) AS value FROM journal").await,
        1
    );
}

#[tokio::test]
async fn nodes_come_and_go() {
    let database = fresh();
    let nodes = [node(&database, 0).await, node(&database, 0).await];
    nodes[0].join().await.unwrap();
    nodes[1].beat().await.unwrap();
    assert_eq!(nodes[0].nodes().await.unwrap().len(), 2);
    assert_eq!(
        count(&nodes[0], "SELECT COUNT(DISTINCT slot) AS value FROM nodes").await,
        2
    );
    // Both make ids that end with their slot.
    let slots = nodes
        .each_ref()
        .map(|realm| realm.new_id::<()>().raw() & 63);
    assert_eq!(slots, [0, 1]);
    nodes[0].leave().await.unwrap();
    assert_eq!(nodes[1].nodes().await.unwrap().len(), 1);
    // One that was taken for dead joins again with its next beat.
    nodes[0].beat().await.unwrap();
    assert_eq!(nodes[1].nodes().await.unwrap().len(), 2);
}

/// What a newer program did to the schema, as this one sees it.
async fn newer(realm: &Realm, sort: &str) {
    realm
        .upkeep(
            "INSERT INTO migrations (number, name, checksum, applied_at, sort) VALUES (9001, 'newer', 'x', 1, $1)
             ON CONFLICT (number) DO UPDATE SET sort = excluded.sort",
            vec![Arg::from(sort)],
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn what_a_newer_program_added_is_no_obstacle_and_what_it_took_away_is() {
    let database = fresh();
    let older = node(&database, 0).await;
    older.join().await.unwrap();
    newer(&older, "expand").await;
    // Goes on, and starts again.
    older.beat().await.unwrap();
    node(&database, 0).await.join().await.unwrap();
    assert!(older.readiness(Duration::from_secs(5)).await.ready());

    newer(&older, "contract").await;
    let db = Db::open(&database.url).await.unwrap();
    let refused = db.migrate(SystemClock.now()).await.unwrap_err().to_string();
    assert!(
        refused.contains("9001") && refused.contains("older than the realm"),
        "{refused}"
    );
    assert!(older.join().await.is_err());
    // One that slept through it, and was taken for dead, finds out with its next beat.
    older.upkeep("DELETE FROM nodes", args![]).await.unwrap();
    assert!(older.beat().await.is_err());
    assert!(!older.readiness(Duration::from_secs(5)).await.schema);
}

#[tokio::test]
async fn a_contraction_waits_for_the_nodes_that_need_what_it_takes() {
    let database = fresh();
    let realm = node(&database, 0).await;
    realm.join().await.unwrap();
    let before = async |number| {
        let mut tx = realm.db().begin().await.unwrap();
        Db::nodes_before(&mut tx, number, realm.now())
            .await
            .unwrap()
    };
    assert_eq!(before(7).await, 0);
    assert_eq!(
        before(9002).await,
        1,
        "a node of this program does not know it"
    );
    realm
        .upkeep("UPDATE nodes SET seen_at = 1", args![])
        .await
        .unwrap();
    assert_eq!(before(9002).await, 0, "the dead need nothing");
}
