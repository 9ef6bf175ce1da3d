//! What is left behind when a deposit does not come to its end: nothing.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use futures::StreamExt as _;
use tokio::io::AsyncReadExt as _;

use super::{Failing, content, files, read_all, store};
use crate::{Disk, Error, Kept, Keys, Store as _, Vault};

const DIRECTORY: &str = "VAULT_TEST_DIRECTORY";
const FROM: &str = "VAULT_TEST_FROM";

fn vault(directory: &Path) -> Vault {
    let keys = Keys::load_or_create(directory.join("vault.keys")).unwrap();
    Vault::new(keys, Arc::new(Disk::open(directory.join("store")).unwrap()))
}

fn incoming(directory: &Path) -> Vec<String> {
    files(&directory.join("store").join("incoming"))
}

/// Waits until an upload is under way.
async fn arriving(directory: &Path) {
    for _ in 0..500 {
        let length = |file: &String| fs::metadata(file).map_or(0, |found| found.len());
        if incoming(directory).iter().any(|file| length(file) > 65_536) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing arrives");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_is_dropped_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let vault = Arc::new(vault(directory.path()));
    let (mut sender, receiver) = tokio::io::duplex(65_536);
    let deposit = tokio::spawn({
        let vault = Arc::clone(&vault);
        async move { vault.deposit(receiver, u64::MAX).await }
    });
    // More than is gathered before it is written.
    tokio::io::AsyncWriteExt::write_all(&mut sender, &content(2_500_000))
        .await
        .unwrap();
    arriving(directory.path()).await;
    deposit.abort();
    assert!(deposit.await.unwrap_err().is_cancelled());
    // An operation that was under way ends in its own thread and clears up there.
    for _ in 0..500 {
        if incoming(directory.path()).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(files(&directory.path().join("store")).is_empty());
    assert_eq!(self::vault(directory.path()).stored().count().await, 0);
}

#[tokio::test]
async fn a_deposit_whose_source_fails_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let vault = vault(directory.path());
    // Before anything is written, and while something is.
    for length in [300_000, 2_500_000] {
        let before = content(length);
        let failed = vault.deposit((&before[..]).chain(Failing), u64::MAX).await;
        assert!(matches!(failed, Err(Error::Source(_))));
        let limit = length as u64 - 100_000;
        let failed = vault.deposit(&before[..], limit).await;
        assert!(matches!(failed, Err(Error::TooLarge { .. })));
    }
    assert!(files(&directory.path().join("store")).is_empty());
    assert_eq!(self::vault(directory.path()).stored().count().await, 0);
}

#[tokio::test]
async fn opening_clears_up_after_the_dead_and_not_after_the_living() {
    let directory = tempfile::tempdir().unwrap();
    let first = Disk::open(directory.path().join("store")).unwrap();
    let mut living = first.begin().await.unwrap();
    living.append(content(1000).into()).await.unwrap();
    let leftover = directory
        .path()
        .join("store")
        .join("incoming")
        .join("abcdef.part");
    fs::write(&leftover, "left behind").unwrap();
    assert_eq!(incoming(directory.path()).len(), 2);

    let second = Disk::open(directory.path().join("store")).unwrap();
    assert!(!leftover.exists());
    assert_eq!(incoming(directory.path()).len(), 1);
    let address = crate::Address::from_bytes([3; 32]);
    living
        .finish(&address, &[0; crate::HEAD], crate::Existing::Keep)
        .await
        .unwrap();
    assert!(second.exists(&address).await.unwrap());
    assert!(incoming(directory.path()).is_empty());
}

#[tokio::test]
async fn foreign_files_are_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let vault = vault(directory.path());
    let address = store(&vault, &content(100_000)).await;
    let blobs = directory.path().join("store").join("blobs");
    let name = address.to_string();
    let blob = blobs.join(&name[..2]).join(&name[2..4]).join(&name);
    assert!(blob.is_file(), "the documented place");
    for path in [blobs.join("note.txt"), blob.with_file_name("note.txt")] {
        fs::write(path, "not a blob").unwrap();
    }
    let found: Vec<_> = vault.stored().map(Result::unwrap).collect().await;
    assert_eq!(found, [address]);
}

/// The other half of the next test: deposits until it is killed, and says each address once the
/// deposit is acknowledged.
#[tokio::test]
#[ignore = "run by the test below, in a process of its own"]
async fn deposit_until_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let vault = vault(Path::new(&directory));
    let mut said = std::io::stdout();
    let from = std::env::var(FROM).unwrap().parse::<u64>().unwrap();
    for n in from.. {
        let mut content = content(100_000 + usize::try_from(n * 791_900 % 1_900_000).unwrap());
        content[..8].copy_from_slice(&n.to_be_bytes());
        let deposit = vault.deposit(&content[..], u64::MAX).await.unwrap();
        assert_eq!(deposit.kept, Kept::Stored);
        writeln!(said, "\nacknowledged {} {n}", deposit.address).unwrap();
        said.flush().unwrap();
    }
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..4 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "tests::crash::deposit_until_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(DIRECTORY, directory.path())
            .env(FROM, (round * 1000).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut wanted = 5 + round * 3;
        while wanted > 0 {
            let line = lines
                .next()
                .expect("it goes on until it is killed")
                .unwrap();
            if let Some(said) = line.strip_prefix("acknowledged ") {
                let (address, n) = said.split_once(' ').unwrap();
                acknowledged.push((address.parse().unwrap(), n.parse::<u64>().unwrap()));
                wanted -= 1;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let vault = vault(directory.path());
    assert!(incoming(directory.path()).is_empty());
    for (address, n) in acknowledged {
        let content = read_all(&vault, &address, None).await.unwrap();
        assert_eq!(content[..8], n.to_be_bytes());
        vault.verify(&address, None).await.unwrap();
    }
    // And what was not acknowledged is there whole or not at all.
    let mut stored = vault.stored();
    while let Some(address) = stored.next().await {
        vault.verify(&address.unwrap(), None).await.unwrap();
    }
}
