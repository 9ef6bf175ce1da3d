//! Collection removes what nothing refers to, and nothing else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use futures::future;

use super::{content, raw, read_all, store, vault};
use crate::{Address, Collected, Disk, Error, Keys, Store as _, Vault};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn only_what_is_old_and_unreferred_goes() {
    let (vault, memory) = vault();
    let (kept, unreferred) = (
        store(&vault, b"kept").await,
        store(&vault, b"not kept").await,
    );
    let size = raw(&memory, &unreferred).await.len() as u64;
    let refers = async |address: &Address| Ok::<_, Error>(*address == kept);
    let now = SystemTime::now();

    let collected = vault.collect(refers, HOUR, now).await.unwrap();
    assert_eq!(
        collected,
        Collected {
            kept: 2,
            removed: 0,
            freed: 0
        },
        "both are too young"
    );
    let never = async |_: &Address| panic!("what is young is not even asked about");
    vault.collect::<Error>(never, HOUR, now).await.unwrap();

    let collected = vault.collect(refers, HOUR, now + 2 * HOUR).await.unwrap();
    assert_eq!(
        collected,
        Collected {
            kept: 1,
            removed: 1,
            freed: size
        }
    );
    assert_eq!(read_all(&vault, &kept, None).await.unwrap(), b"kept");
    assert!(matches!(
        vault.open(&unreferred, None).await,
        Err(Error::NotFound)
    ));
    // A grace longer than time itself collects nothing.
    let none = async |_: &Address| Ok::<_, Error>(false);
    assert_eq!(
        vault
            .collect(none, Duration::MAX, now)
            .await
            .unwrap()
            .removed,
        0
    );
}

#[tokio::test]
async fn a_question_that_fails_stops_the_collection() {
    #[derive(Debug)]
    enum Mine {
        Database,
        Vault(#[expect(dead_code, reason = "only shown")] Error),
    }
    impl From<Error> for Mine {
        fn from(error: Error) -> Self {
            Self::Vault(error)
        }
    }
    let (vault, memory) = vault();
    let address = store(&vault, b"content").await;
    let failing = async |_: &Address| Err(Mine::Database);
    let failed = vault
        .collect(failing, HOUR, SystemTime::now() + 2 * HOUR)
        .await;
    assert!(matches!(failed, Err(Mine::Database)));
    assert!(memory.exists(&address).await.unwrap());
}

/// The moment that matters: nothing refers to the content, the collection has asked about it, and
/// only then the same content is deposited once more.
#[tokio::test]
async fn depositing_during_a_collection_keeps_the_content() {
    let (vault, _) = vault();
    let address = store(&vault, b"content").await;
    std::thread::sleep(Duration::from_millis(20));
    let now = SystemTime::now();
    let deposit_now = async |asked: &Address| {
        assert_eq!(*asked, address);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(store(&vault, b"content").await, address);
        Ok::<_, Error>(false)
    };
    let collected = vault
        .collect(deposit_now, Duration::ZERO, now)
        .await
        .unwrap();
    assert_eq!((collected.kept, collected.removed), (1, 0));
    assert_eq!(read_all(&vault, &address, None).await.unwrap(), b"content");
}

/// Depositors and collectors, each a process of its own as far as the store can tell, on the same
/// few contents: what was deposited within the grace is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn depositors_and_collectors_get_along() {
    const GRACE: Duration = Duration::from_millis(60);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault.keys");
    Keys::create(&path).unwrap();
    let vault = || {
        let disk = Disk::open(directory.path().join("store")).unwrap();
        Arc::new(Vault::new(Keys::load(&path).unwrap(), Arc::new(disk)).with_inline_limit(0))
    };
    let none = async |_: &Address| Ok::<_, Error>(false);
    let (found, removed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let depositors = (0..4_usize).map(|n| {
        let (vault, found) = (vault(), Arc::clone(&found));
        tokio::spawn(async move {
            for round in 0..60 {
                let content = content(1 + (n + round) % 3);
                let begun = Instant::now();
                let address = store(&vault, &content).await;
                let read = read_all(&vault, &address, None).await;
                // On a busy machine the grace may be over before the content has been read.
                if begun.elapsed() < GRACE {
                    assert_eq!(read.unwrap(), content);
                    found.fetch_add(1, Ordering::Relaxed);
                }
                tokio::time::sleep(GRACE * u32::try_from(round % 4).unwrap()).await;
            }
        })
    });
    let depositors: Vec<_> = depositors.collect();
    let collector = tokio::spawn({
        let (vault, removed) = (vault(), Arc::clone(&removed));
        async move {
            loop {
                let collected = vault.collect(none, GRACE, SystemTime::now()).await.unwrap();
                removed.fetch_add(collected.removed, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    });
    for depositor in future::join_all(depositors).await {
        depositor.unwrap();
    }
    collector.abort();
    assert!(
        collector.await.unwrap_err().is_cancelled(),
        "it collected to the end"
    );
    assert!(found.load(Ordering::Relaxed) > 0 && removed.load(Ordering::Relaxed) > 0);
}
