//! What happens when a database cannot do as it is told.

use crate::kernel::{Db, Engine, MIGRATIONS, args};
use crate::testing::{both, world};
use crate::{Error, NoRoom};

const INSERT: &str =
    "INSERT INTO throttles (subject, failures, last_at, until_at) VALUES ($1, 0, 0, 0)";

/// SQLite ends a transaction by itself when the disk is full. The driver cannot end it again, and
/// would refuse to begin another on the one connection that writes, until a restart.
#[tokio::test]
async fn a_disk_that_was_full_is_written_again() {
    let world = world(Engine::Sqlite).await;
    let db = world.realm.db();
    for _ in 0..3 {
        let mut tx = db.begin().await.unwrap();
        tx.rows("PRAGMA max_page_count = 1", Vec::new())
            .await
            .unwrap();
        let large = "x".repeat(10_000_000);
        let full = tx.execute(INSERT, args![&large]).await.unwrap_err();
        let Error::Unavailable(source) = full else {
            panic!("{full:?}");
        };
        assert!(source.is::<NoRoom>(), "{source}");
        drop(tx);

        let mut tx = db.begin().await.unwrap();
        tx.execute("DELETE FROM throttles", Vec::new())
            .await
            .unwrap();
        tx.execute(INSERT, args!["small"]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// A database that does not answer may hold a whole realm: it must not be taken for a new one,
/// for which keys are made.
#[tokio::test]
async fn a_database_that_does_not_answer_is_not_a_new_one() {
    both(async |world| {
        let db = world.realm.db();
        assert_eq!(
            db.pending_migrations().await.unwrap(),
            Vec::<&'static str>::new()
        );
        db.close().await;
        assert!(db.pending_migrations().await.is_err());
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    let new = format!("sqlite:{}", directory.path().join("new.db").display());
    let new = Db::open(&new).await.unwrap();
    assert_eq!(
        new.pending_migrations().await.unwrap().len(),
        MIGRATIONS.len()
    );
    let database = testkit::postgres::fresh();
    let new = Db::open(&database.url).await.unwrap();
    assert_eq!(
        new.pending_migrations().await.unwrap().len(),
        MIGRATIONS.len()
    );
}
