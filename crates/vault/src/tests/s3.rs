//! The object store, over real HTTP: the suite, two nodes, and a server that does not do its part.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use futures::{StreamExt as _, TryStreamExt as _, future};
use tempfile::TempDir;
use testkit::s3::{BUCKET, Server, Weather};

use super::{Failing, content, overwrite, raw, read, read_all, store};
use crate::{Error, Existing, HEAD, Keys, S3, S3Settings, Store, Vault, conformance};

fn settings(server: &Server, prefix: &str) -> S3Settings {
    S3Settings {
        endpoint: server.endpoint(),
        bucket: BUCKET.to_owned(),
        region: "eu-west-2".to_owned(),
        prefix: prefix.to_owned(),
        access_key_id: server.access_key().to_owned(),
        secret_access_key: server.secret_key().to_owned(),
        patience: Duration::from_secs(1),
    }
}

async fn connect(server: &Server) -> S3 {
    S3::connect(&settings(server, "content")).await.unwrap()
}

/// A vault of one node; the nodes of a realm have the same keys.
fn vault(keys: &TempDir, store: &S3) -> Vault {
    let keys = Keys::load_or_create(keys.path().join("vault.keys")).unwrap();
    Vault::new(keys, Arc::new(store.clone()))
}

/// Later than anything in the store by more than every grace.
fn much_later() -> SystemTime {
    SystemTime::now() + Duration::from_hours(100)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_store_conforms() {
    let server = Server::start().unwrap();
    let mut count = 0;
    conformance::check(async || {
        count += 1;
        S3::connect(&settings(&server, &format!("realms/{count}")))
            .await
            .unwrap()
    })
    .await;
    // Uploads that were dropped are cleared up behind them.
    let abandoned = || server.keys("realms/4/parts");
    for _ in 0..500 {
        if abandoned().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(abandoned(), Vec::<String>::new());
    assert_eq!(server.keys("realms/1/probes"), Vec::<String>::new());
}

#[tokio::test]
async fn wrong_credentials_and_buckets_are_said() {
    let server = Server::start().unwrap();
    let right = settings(&server, "");
    for wrong in [
        S3Settings {
            secret_access_key: "guessed".to_owned(),
            ..right.clone()
        },
        S3Settings {
            bucket: "nowhere".to_owned(),
            ..right.clone()
        },
        S3Settings {
            endpoint: "http://127.0.0.1:1".to_owned(),
            ..right.clone()
        },
    ] {
        let error = S3::connect(&wrong).await.unwrap_err();
        let said = error.to_string();
        assert!(
            matches!(error, Error::Remote { doing: "list", .. }),
            "{said}"
        );
        assert!(!said.contains(&wrong.secret_access_key), "{said}");
    }
    assert!(!format!("{right:?}").contains(server.secret_key()));
    S3::connect(&right).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_stores_another_reads_and_stores_once() {
    let server = Server::start().unwrap();
    let keys = tempfile::tempdir().unwrap();
    let (one, other) = (connect(&server).await, connect(&server).await);
    let (one, other) = (vault(&keys, &one), vault(&keys, &other));
    // A whole blob, one with a single part, and one with several.
    for size in [100_000, 2_000_000, 9_500_000] {
        let bytes = content(size);
        let (first, second) = future::join(store(&one, &bytes), store(&other, &bytes)).await;
        assert_eq!(first, second);
        store(&other, &bytes).await;
        assert!(read_all(&one, &first, None).await.unwrap() == bytes);
        let blob = other.open(&first, None).await.unwrap();
        let (from, to) = (size / 3, size - 7);
        let part = read(&blob, from as u64..to as u64).await.unwrap();
        assert!(part == bytes[from..to]);
        other.verify(&first, None).await.unwrap();
    }
    assert_eq!(server.keys("content/blobs").len(), 3);
    assert_eq!(
        server.keys("content/parts").len(),
        1 + 3,
        "equal content is kept once"
    );
}

#[tokio::test]
async fn uploads_that_fail_leave_nothing() {
    use tokio::io::AsyncReadExt as _;
    let server = Server::start().unwrap();
    let keys = tempfile::tempdir().unwrap();
    let vault = vault(&keys, &connect(&server).await);
    let bytes = content(9_000_000);
    let failed = vault.deposit((&bytes[..]).chain(Failing), u64::MAX).await;
    assert!(matches!(failed, Err(Error::Source(_))));
    let failed = vault.deposit(&bytes[..], 8_000_000).await;
    assert!(matches!(failed, Err(Error::TooLarge { .. })));
    assert_eq!(server.keys("content/"), Vec::<String>::new());
}

#[tokio::test]
async fn what_the_dead_left_is_swept_and_nothing_else() {
    let server = Server::start().unwrap();
    let keys = tempfile::tempdir().unwrap();
    let object_store = connect(&server).await;
    let vault = vault(&keys, &object_store);
    let kept = store(&vault, &content(3_000_000)).await;
    // What a process that died in the middle of an upload leaves behind.
    let left = "content/parts/00000000000000000000000000000001";
    let left = server.bucket().join(left);
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("00000000"), content(1000)).unwrap();

    let now = SystemTime::now();
    let day = Duration::from_hours(24);
    let refer = async |address: &crate::Address| Ok::<_, Error>(*address == kept);
    let young = vault.collect(refer, day, now).await.unwrap();
    assert_eq!((young.removed, young.freed), (0, 0));
    let swept = vault.collect(refer, day, much_later()).await.unwrap();
    assert_eq!((swept.kept, swept.removed, swept.freed), (1, 0, 1000));
    vault.verify(&kept, None).await.unwrap();

    // Nobody refers to it any more: its parts go with it, and it can come back.
    let nobody = async |_: &crate::Address| Ok::<_, Error>(false);
    let removed = vault.collect(nobody, day, much_later()).await.unwrap();
    assert_eq!((removed.kept, removed.removed), (0, 1));
    assert_eq!(server.keys("content/parts"), Vec::<String>::new());
    assert_eq!(vault.stored().count().await, 0);
    assert!(matches!(
        vault.open(&kept, None).await,
        Err(Error::NotFound)
    ));
    assert_eq!(store(&vault, &content(3_000_000)).await, kept);
    vault.verify(&kept, None).await.unwrap();
}

#[tokio::test]
async fn a_replaced_blob_is_the_new_one_for_every_node() {
    let server = Server::start().unwrap();
    let keys = tempfile::tempdir().unwrap();
    let (one, other) = (connect(&server).await, connect(&server).await);
    let vault = vault(&keys, &one);
    let bytes = content(5_000_000);
    let address = store(&vault, &bytes).await;
    let right = raw(&other, &address).await;
    let mut damaged = right.clone();
    damaged[40] ^= 1;
    overwrite(&other, &address, &damaged).await;
    assert!(matches!(
        vault.open(&address, None).await,
        Err(Error::Damaged { .. })
    ));
    // A deposit of the same content mends it.
    store(&vault, &bytes).await;
    assert!(read_all(&vault, &address, None).await.unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_weather_is_an_error_and_nothing_is_acknowledged_that_is_not_there() {
    let server = Server::start().unwrap();
    let keys = tempfile::tempdir().unwrap();
    let vault = vault(&keys, &connect(&server).await);
    let there = store(&vault, &content(2_500_000)).await;
    let small = store(&vault, &content(300_000)).await;
    for weather in [Weather::Away, Weather::Silent, Weather::Failing] {
        server.turn(weather);
        for size in [200_000, 9_100_000] {
            let failed = vault.deposit(&content(size)[..], u64::MAX).await;
            assert!(
                matches!(failed, Err(Error::Remote { .. })),
                "{weather:?} {failed:?}"
            );
        }
        let failed = read_all(&vault, &there, None).await;
        assert!(
            matches!(failed, Err(Error::Remote { .. })),
            "{weather:?} {failed:?}"
        );
        server.turn(Weather::Fair);
    }
    let blobs = server.keys("content/blobs");
    assert_eq!(blobs.len(), 2, "nothing that failed is there: {blobs:?}");

    server.turn(Weather::CutShort);
    for address in [&there, &small] {
        let failed = read_all(&vault, address, None).await;
        assert!(failed.is_err(), "half of it was taken for the whole");
    }
    server.turn(Weather::Fair);
    for address in [&there, &small] {
        vault.verify(address, None).await.unwrap();
    }
}

/// A write that was done and whose answer was lost is not an error of its own doing: whatever was
/// answered, the content is whole, once, and can be deposited again.
#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_do_no_harm() {
    let server = Server::start().unwrap();
    let keys = tempfile::tempdir().unwrap();
    let object_store = connect(&server).await;
    let vault = vault(&keys, &object_store);
    for size in [200_000, 6_000_000] {
        let bytes = content(size);
        server.turn(Weather::Forgetful);
        let outcome = vault.deposit(&bytes[..], u64::MAX).await;
        server.turn(Weather::Fair);
        if let Ok(deposit) = outcome {
            vault.verify(&deposit.address, None).await.unwrap();
        }
        let address = store(&vault, &bytes).await;
        vault.verify(&address, None).await.unwrap();
        server.turn(Weather::Forgetful);
        let _ = object_store.refresh(&address).await;
        server.turn(Weather::Fair);
        vault.verify(&address, None).await.unwrap();
    }
    let day = Duration::from_hours(24);
    let all = async |_: &crate::Address| Ok::<_, Error>(true);
    vault.collect(all, day, much_later()).await.unwrap();
    assert_eq!(
        server.keys("content/parts").len(),
        2,
        "what the lost answers left is swept"
    );
}

#[tokio::test]
async fn where_conditions_are_ignored_nothing_is_removed() {
    let server = Server::start().unwrap();
    server.turn(Weather::Unconditional);
    let keys = tempfile::tempdir().unwrap();
    let object_store = connect(&server).await;
    assert!(!object_store.removes());
    let vault = vault(&keys, &object_store);
    let address = store(&vault, &content(2_000_000)).await;
    store(&vault, &content(2_000_000)).await;
    let nobody = async |_: &crate::Address| Ok::<_, Error>(false);
    let day = Duration::from_hours(24);
    let collected = vault.collect(nobody, day, much_later()).await.unwrap();
    assert_eq!(
        (collected.kept, collected.removed, collected.freed),
        (1, 0, 0)
    );
    vault.verify(&address, None).await.unwrap();

    server.turn(Weather::Fair);
    assert!(connect(&server).await.removes());
}

#[tokio::test]
async fn foreign_objects_are_left_alone() {
    let server = Server::start().unwrap();
    let object_store = connect(&server).await;
    let address = crate::Address::from_bytes([7; 32]);
    conformance_put(&object_store, &address).await;
    let blobs = server.bucket().join("content/blobs");
    std::fs::write(blobs.join("note.txt"), "not a blob").unwrap();
    let damaged = crate::Address::from_bytes([8; 32]);
    std::fs::write(blobs.join(damaged.to_string()), [1; 144]).unwrap();
    let mut listed: Vec<_> = object_store
        .list()
        .map_ok(|listed| listed.address)
        .try_collect()
        .await
        .unwrap();
    listed.sort();
    // What is damaged is listed, so that a check finds it.
    assert_eq!(listed, [address, damaged]);
    let failed = object_store.get(&damaged, 0..10).await;
    assert!(matches!(failed, Err(Error::Damaged { .. })));
}

async fn conformance_put(store: &dyn Store, address: &crate::Address) {
    let upload = store.begin().await.unwrap();
    upload
        .finish(address, &[1; HEAD], Existing::Keep)
        .await
        .unwrap();
}
