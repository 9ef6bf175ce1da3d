#![allow(clippy::unwrap_used, reason = "a test may panic")]

use super::{Broken, Hash, Head, NotAHash, Position, verify};

type Entries = Vec<(Hash, Vec<u8>)>;

/// Ten entries and the head after each.
fn log() -> (Entries, Head) {
    let mut head = Head::empty();
    let entries = (1..=10)
        .map(|n| {
            let entry = format!("entry {n}").into_bytes();
            head = head.append(&entry);
            (head.hash, entry)
        })
        .collect();
    (entries, head)
}

fn broken_at(entries: Entries, before: Head) -> Option<u64> {
    verify(before, entries)
        .err()
        .map(|Broken { position }| position.0)
}

#[test]
fn an_untouched_log_verifies_from_any_head() {
    let (entries, last) = log();
    assert_eq!(last.position, Position(10));
    assert_eq!(verify(Head::empty(), entries.clone()), Ok(last));
    let mut head = Head::empty();
    for known in 0..entries.len() {
        assert_eq!(verify(head, entries[known..].to_vec()), Ok(last));
        head = head.append(&entries[known].1);
    }
    assert_eq!(verify(last, Entries::new()), Ok(last));
}

#[test]
fn an_edited_entry_is_named() {
    let (entries, _) = log();
    for at in 0..entries.len() {
        let mut edited = entries.clone();
        edited[at].1[0] ^= 1;
        assert_eq!(broken_at(edited, Head::empty()), Some(at as u64 + 1));
    }
}

#[test]
fn an_edited_hash_is_named() {
    let (entries, _) = log();
    let mut edited = entries.clone();
    edited[6].0 = edited[5].0;
    assert_eq!(broken_at(edited, Head::empty()), Some(7));
}

#[test]
fn a_dropped_entry_is_named() {
    let (entries, _) = log();
    for at in 0..entries.len() - 1 {
        let mut dropped = entries.clone();
        dropped.remove(at);
        assert_eq!(broken_at(dropped, Head::empty()), Some(at as u64 + 1));
    }
}

#[test]
fn reordered_entries_are_named() {
    let (entries, _) = log();
    for at in 0..entries.len() - 1 {
        let mut moved = entries.clone();
        moved.swap(at, at + 1);
        assert_eq!(broken_at(moved, Head::empty()), Some(at as u64 + 1));

        // Moving only the content and leaving the hashes in place is found as well.
        let mut moved = entries.clone();
        let taken = moved[at].1.clone();
        moved[at].1 = moved[at + 1].1.clone();
        moved[at + 1].1 = taken;
        assert_eq!(broken_at(moved, Head::empty()), Some(at as u64 + 1));
    }
}

#[test]
fn an_inserted_entry_is_named() {
    let (entries, _) = log();
    for at in 0..entries.len() {
        let mut longer = entries.clone();
        longer.insert(at, (entries[at].0, b"never happened".to_vec()));
        assert_eq!(broken_at(longer, Head::empty()), Some(at as u64 + 1));

        // A correct hash for the forged entry only moves the break to the entry after it.
        let mut forged = entries.clone();
        let before = verify(Head::empty(), entries[..at].to_vec()).unwrap();
        forged.insert(
            at,
            (
                before.append(b"never happened").hash,
                b"never happened".to_vec(),
            ),
        );
        assert_eq!(broken_at(forged, Head::empty()), Some(at as u64 + 2));
    }
}

#[test]
fn a_shortened_log_shows_only_against_a_head_kept_elsewhere() {
    let (mut entries, last) = log();
    entries.pop();
    let shorter = verify(Head::empty(), entries).unwrap();
    assert_ne!(shorter, last);
    assert_eq!(shorter.position, Position(9));
}

#[test]
fn where_one_entry_ends_and_the_next_begins_matters() {
    let one = Head::empty().append(b"ab").append(b"c");
    let other = Head::empty().append(b"a").append(b"bc");
    assert_ne!(one.hash, other.hash);
    assert_ne!(Head::empty().append(b"").hash, Head::empty().hash);
}

#[test]
fn hashes_survive_being_written_down() {
    let hash = Head::empty().hash;
    assert_eq!(hash.to_string().parse(), Ok(hash));
    assert_eq!(Hash::from_bytes(*hash.as_bytes()), hash);
    for wrong in [
        "",
        "ab",
        &hash.to_string()[1..],
        &hash.to_string().to_uppercase(),
        &format!("{hash}00"),
        &"é".repeat(32),
    ] {
        assert_eq!(wrong.parse::<Hash>(), Err(NotAHash));
    }
}

/// Made apart from this code, with Python's `hashlib`:
/// `sha256(b"chancery-ledger-v1\x00")`, then
/// `sha256(b"chancery-ledger-v1\x01" + previous + pack(">QQ", position, len(entry)) + entry)`.
#[test]
fn vectors() {
    let empty = Head::empty();
    let first = empty.append(b"");
    let second = first.append(b"chancery");
    let third = second.append(&[0xff; 1000]);
    let written = [empty, first, second, third].map(|head| head.hash.to_string());
    assert_eq!(
        written,
        [
            "b18ac5b34eb8b581c7f5dafc22ead1065196ec9d9e2c968bac66fd08216e44a3",
            "7fa6f4294abe61593321cdf01fddb49020a8479923b2d4574c64d14b9b6fba55",
            "d6fc15f76fae21dc1f335bf38da2bf9f8c322739fb1c64b03b280b5869f97093",
            "b2d1f491db47009a1347b64805ac795a89005a5ae18496b1706baa89027f0311",
        ]
    );
}
