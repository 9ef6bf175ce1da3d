//! A database that falls silent: nobody is told that it is gone.

use std::time::Duration;

use testkit::line::Line;
use testkit::postgres::fresh;
use tokio::time::{Instant, timeout};

use super::nodes::node_at;
use super::{Knock, Knocked};
use crate::kernel::{Actor, Id, Realm};
use crate::{Error, Result};

async fn knock(realm: &Realm) -> Result<()> {
    let write = Actor::console(realm).write::<Knock>(Id::REALM).await?;
    let (door, times) = ("front".to_owned(), 1);
    write.commit(Knocked { door, times }).await
}

async fn entries(realm: &Realm) -> i64 {
    let sql = "SELECT COUNT(*) AS value FROM journal";
    let rows = realm.behind(sql, Vec::new()).await.unwrap();
    rows[0].get("value").unwrap()
}

#[allow(
    clippy::disallowed_methods,
    reason = "how long people wait is measured"
)]
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_silent_database_is_told_and_it_goes_on_by_itself() {
    let database = fresh();
    let (line, url) = Line::to_database(&database.url).unwrap();
    let realm = node_at(&url, 0).await;
    knock(&realm).await.unwrap();
    for round in 0..2 {
        let before = entries(&realm).await;
        line.fall_silent();
        let since = Instant::now();
        // More than there are connections: those who ask, and those who wait for a connection.
        let mut work = tokio::task::JoinSet::new();
        for turn in 0..40 {
            let realm = realm.clone();
            work.spawn(async move {
                if turn % 2 == 0 {
                    knock(&realm).await
                } else {
                    realm
                        .behind("SELECT 1 AS value", Vec::new())
                        .await
                        .map(|_| ())
                }
            });
        }
        let told = timeout(Duration::from_secs(30), work.join_all()).await;
        for outcome in told.expect("everybody is told") {
            assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
        }
        eprintln!("everybody was told after {:?}", since.elapsed());
        // Who comes later is told at once.
        let since = Instant::now();
        assert!(knock(&realm).await.is_err());
        assert!(
            since.elapsed() < Duration::from_secs(1),
            "{:?}",
            since.elapsed()
        );
        assert!(!realm.readiness(Duration::from_secs(2)).await.database);

        line.go_on();
        let since = Instant::now();
        let goes_on = async { while knock(&realm).await.is_err() {} };
        timeout(Duration::from_secs(30), goes_on)
            .await
            .expect("it goes on by itself");
        eprintln!("round {round}: it went on after {:?}", since.elapsed());
        // Of what nobody was told that it was done, each is there wholly or not at all.
        let after = entries(&realm).await;
        assert!(after > before && after <= before + 42, "{before} {after}");
        // All connections are good again.
        let mut work = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let realm = realm.clone();
            work.spawn(async move { knock(&realm).await });
        }
        for outcome in work.join_all().await {
            outcome.unwrap();
        }
    }
    realm.seal().await.unwrap();
    assert_eq!(realm.check_journal().await.unwrap().fault, None);
}
