//! What every [`Store`] must do. A crate that brings a store turns on the feature `conformance`
//! for its tests and calls [`check`].
//!
//! The blobs used here are not encrypted and their heads mean nothing: a store must not care.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::{TryStreamExt as _, future};

use crate::{Address, Error, Existing, HEAD, Head, Listed, Store};

/// The most that a store may give out in one piece.
const PIECE: usize = 128 * 1024;

/// Checks a kind of store. `fresh` gives an empty one whenever it is called.
///
/// # Panics
/// When the store does not do what [`Store`] asks, saying what.
pub async fn check<S: Store + 'static>(mut fresh: impl AsyncFnMut() -> S) {
    what_is_absent(&fresh().await).await;
    blobs_come_back_whole_and_in_ranges(&fresh().await).await;
    long_blobs_come_back(&fresh().await).await;
    unfinished_uploads_leave_nothing(&fresh().await).await;
    existing_blobs_are_kept_or_replaced(&fresh().await).await;
    every_blob_is_listed_once(&fresh().await).await;
    only_old_blobs_are_removed(&fresh().await).await;
    one_of_many_uploads_wins(&fresh().await).await;
    refresh_and_remove_do_not_overlap(&fresh().await).await;
}

fn address(n: u16) -> Address {
    let mut bytes = [0xa5; 32];
    bytes[30..].copy_from_slice(&n.to_be_bytes());
    // Some in one directory of a store that makes directories, some in another.
    bytes[0] = n.to_be_bytes()[1] & 3;
    Address::from_bytes(bytes)
}

fn body(length: usize, seed: u8) -> Bytes {
    let mut bytes = vec![0; length];
    blake3::Hasher::new()
        .update(&[seed])
        .finalize_xof()
        .fill(&mut bytes);
    bytes.into()
}

async fn put(store: &dyn Store, address: &Address, head: &Head, body: &[u8], existing: Existing) {
    let mut upload = store.begin().await.expect("an upload begins");
    for piece in body.chunks(PIECE) {
        upload
            .append(Bytes::copy_from_slice(piece))
            .await
            .expect("bytes are appended");
    }
    upload
        .finish(address, head, existing)
        .await
        .expect("an upload is finished");
}

async fn read(store: &dyn Store, address: &Address, from: u64, to: u64) -> (Vec<u8>, u64) {
    let found = store
        .get(address, from..to)
        .await
        .expect("a blob that is there is found");
    let pieces: Vec<Bytes> = found.bytes.try_collect().await.expect("a blob can be read");
    for piece in &pieces {
        assert!(!piece.is_empty(), "a piece is empty");
        assert!(
            piece.len() <= PIECE,
            "a piece has {} bytes, more than {PIECE}",
            piece.len()
        );
    }
    (pieces.concat(), found.size)
}

async fn list(store: &dyn Store) -> Vec<Listed> {
    let mut listed: Vec<_> = store
        .list()
        .try_collect()
        .await
        .expect("blobs can be listed");
    listed.sort_by_key(|listed| listed.address);
    listed
}

async fn refreshed(store: &dyn Store, address: &Address) -> SystemTime {
    let listed = list(store).await;
    listed
        .iter()
        .find(|listed| listed.address == *address)
        .expect("it is listed")
        .refreshed
}

async fn exists(store: &dyn Store, address: &Address) -> bool {
    store.exists(address).await.expect("exists works")
}

async fn size(store: &dyn Store, address: &Address) -> Option<u64> {
    store.size(address).await.expect("size works")
}

async fn refresh(store: &dyn Store, address: &Address) -> bool {
    store.refresh(address).await.expect("refresh works")
}

async fn remove(store: &dyn Store, address: &Address, unused_since: SystemTime) -> bool {
    store
        .remove(address, unused_since)
        .await
        .expect("remove works")
}

/// Until the coarsest clock of a store has moved on: some count whole seconds.
#[allow(clippy::disallowed_methods, reason = "what is waited for here is time")]
async fn clock_ticks() {
    tokio::time::sleep(Duration::from_millis(1100)).await;
}

async fn what_is_absent(store: &dyn Store) {
    let absent = address(1);
    assert!(list(store).await.is_empty(), "a fresh store is not empty");
    assert!(
        matches!(store.get(&absent, 0..10).await, Err(Error::NotFound)),
        "absent, yet found"
    );
    assert_eq!(size(store, &absent).await, None, "absent, yet with a size");
    assert!(!exists(store, &absent).await, "absent, yet there");
    assert!(!refresh(store, &absent).await, "absent, yet refreshed");
    let far = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 33);
    assert!(!remove(store, &absent, far).await, "absent, yet removed");
}

async fn blobs_come_back_whole_and_in_ranges(store: &dyn Store) {
    for (n, length) in [0, 1, 15, 65_535, 65_536, 300_000].into_iter().enumerate() {
        let n = u8::try_from(n).expect("few");
        let (address, head, body) = (address(n.into()), [n; HEAD], body(length, n));
        put(store, &address, &head, &body, Existing::Keep).await;
        let whole = [&head[..], &body].concat();
        let found = size(store, &address).await;
        let size = whole.len() as u64;

        assert_eq!(found, Some(size), "wrong size");
        assert!(exists(store, &address).await, "there, yet absent");
        let head = HEAD as u64;
        for (from, to) in [
            (0, size),
            (0, head),
            (head, size),
            (0, 0),
            (size / 2, size / 2 + 1),
            (size / 3, size / 2),
            (size - 1, size),
            (1, size + 1000),
            (size, size + 1),
            (size + 5, size + 10),
            (0, u64::MAX),
        ] {
            let at = |offset: u64| usize::try_from(offset.min(size)).expect("small");
            let (bytes, of) = read(store, &address, from, to).await;
            assert!(
                bytes == whole[at(from)..at(to)],
                "wrong bytes in {from}..{to} of {size}"
            );
            assert_eq!(of, size, "wrong size beside {from}..{to}");
        }
    }
}

/// Long enough for several parts of a multipart upload, in pieces of odd lengths.
async fn long_blobs_come_back(store: &dyn Store) {
    let (address, head, body) = (address(7), [7; HEAD], body(17_000_003, 7));
    let mut upload = store.begin().await.expect("an upload begins");
    let mut rest = body.clone();
    for length in (1..).map(|n: usize| n * 7919 % 100_000) {
        let piece = rest.split_to(length.min(rest.len()));
        upload
            .append(piece)
            .await
            .expect("bytes are appended, also none");
        if rest.is_empty() {
            break;
        }
    }
    upload
        .finish(&address, &head, Existing::Keep)
        .await
        .expect("an upload is finished");
    let (bytes, size) = read(store, &address, 0, u64::MAX).await;
    assert_eq!(
        size,
        (HEAD + body.len()) as u64,
        "a long blob has the wrong size"
    );
    assert!(
        bytes[..HEAD] == head && bytes[HEAD..] == body,
        "a long blob came back changed"
    );
    let (bytes, _) = read(store, &address, 6_000_000, 11_000_001).await;
    assert!(
        bytes == body[6_000_000 - HEAD..11_000_001 - HEAD],
        "wrong bytes in a long blob"
    );
}

async fn unfinished_uploads_leave_nothing(store: &dyn Store) {
    for length in [0, 100, 6_000_000] {
        for aborted in [true, false] {
            let mut upload = store.begin().await.expect("an upload begins");
            upload
                .append(body(length, 1))
                .await
                .expect("bytes are appended");
            assert!(
                list(store).await.is_empty(),
                "a blob is listed before it is finished"
            );
            if aborted {
                upload.abort().await.expect("an upload is aborted");
            } else {
                drop(upload);
            }
        }
    }
    assert!(
        list(store).await.is_empty(),
        "an upload that was not finished left something"
    );
}

async fn existing_blobs_are_kept_or_replaced(store: &dyn Store) {
    let address = address(3);
    put(store, &address, &[1; HEAD], b"first", Existing::Keep).await;
    put(store, &address, &[2; HEAD], b"second", Existing::Keep).await;
    let (bytes, _) = read(store, &address, 0, u64::MAX).await;
    assert_eq!(
        bytes,
        [&[1; HEAD][..], b"first"].concat(),
        "what was to be kept was replaced"
    );

    // Kept, and refreshed.
    let before = refreshed(store, &address).await;
    clock_ticks().await;
    put(store, &address, &[2; HEAD], b"second", Existing::Keep).await;
    assert!(
        refreshed(store, &address).await > before,
        "what was kept was not refreshed"
    );

    put(
        store,
        &address,
        &[3; HEAD],
        b"third, and longer",
        Existing::Replace,
    )
    .await;
    let (bytes, size) = read(store, &address, 0, u64::MAX).await;
    assert_eq!(
        bytes,
        [&[3; HEAD][..], b"third, and longer"].concat(),
        "it was not replaced"
    );
    assert_eq!(
        size,
        bytes.len() as u64,
        "the replaced blob has the wrong size"
    );
    assert_eq!(
        list(store).await.len(),
        1,
        "there is more than one blob for one address"
    );
}

async fn every_blob_is_listed_once(store: &dyn Store) {
    let mut expected = Vec::new();
    for n in 0..250 {
        put(
            store,
            &address(n),
            &[0; HEAD],
            &body(n.into(), 0),
            Existing::Keep,
        )
        .await;
        expected.push((address(n), HEAD as u64 + u64::from(n)));
    }
    expected.sort();
    let listed = list(store).await;
    let found: Vec<_> = listed
        .iter()
        .map(|listed| (listed.address, listed.size))
        .collect();
    assert_eq!(found, expected, "the list is not what was put");
}

async fn only_old_blobs_are_removed(store: &dyn Store) {
    let (address, other) = (address(4), address(8));
    put(store, &address, &[0; HEAD], b"content", Existing::Keep).await;
    put(store, &other, &[0; HEAD], b"other content", Existing::Keep).await;
    let stored = refreshed(store, &address).await;

    let before = stored - Duration::from_secs(1);
    assert!(!remove(store, &address, before).await, "removed too young");
    clock_ticks().await;
    assert!(refresh(store, &address).await, "there, yet not refreshed");
    let again = refreshed(store, &address).await;
    assert!(again > stored, "a refreshed blob is no younger");
    assert!(
        !remove(store, &address, stored).await,
        "removed once refreshed"
    );
    let (bytes, _) = read(store, &address, HEAD as u64, u64::MAX).await;
    assert_eq!(bytes, b"content", "a refreshed blob changed");

    assert!(remove(store, &address, again).await, "old, yet not removed");
    assert!(!exists(store, &address).await, "removed, yet there");
    assert!(
        matches!(store.get(&address, 0..1).await, Err(Error::NotFound)),
        "removed, yet found"
    );
    assert!(!remove(store, &address, again).await, "removed twice");
    assert_eq!(list(store).await.len(), 1, "another blob went as well");

    put(store, &address, &[0; HEAD], b"content", Existing::Keep).await;
    assert!(
        exists(store, &address).await,
        "removed and never again there"
    );
}

async fn one_of_many_uploads_wins(store: &dyn Store) {
    for existing in [Existing::Keep, Existing::Replace] {
        let address = address(existing as u16);
        let upload = async |n: u8| {
            put(store, &address, &[n; HEAD], &body(150_000, n), existing).await;
        };
        future::join_all((0..8).map(upload)).await;
        let (bytes, _) = read(store, &address, 0, u64::MAX).await;
        let winner = bytes[0];
        assert!(
            bytes[..HEAD] == [winner; HEAD],
            "the head is of more than one upload"
        );
        assert!(
            bytes[HEAD..] == body(150_000, winner),
            "the head of one, the rest of another"
        );
    }
    assert_eq!(
        list(store).await.len(),
        2,
        "there is more than one blob for one address"
    );
}

/// A depositor who was told that the content is there must find it there afterwards.
async fn refresh_and_remove_do_not_overlap(store: &dyn Store) {
    const BLOBS: u16 = 60;
    for n in 0..BLOBS {
        put(store, &address(n), &[0; HEAD], b"contested", Existing::Keep).await;
    }
    let listed = list(store).await;
    let youngest = listed
        .iter()
        .map(|listed| listed.refreshed)
        .max()
        .expect("there are some");
    clock_ticks().await;
    for n in 0..BLOBS {
        let address = address(n);
        let refresh = refresh(store, &address);
        let remove = async { remove(store, &address, youngest).await };
        let (refreshed, removed) = if n % 2 == 0 {
            future::join(refresh, remove).await
        } else {
            let (removed, refreshed) = future::join(remove, refresh).await;
            (refreshed, removed)
        };
        assert_ne!(refreshed, removed, "refreshed and removed, or neither");
        let there = exists(store, &address).await;
        assert_eq!(
            there, refreshed,
            "a blob that was refreshed is gone, or one removed is there"
        );
    }
}
