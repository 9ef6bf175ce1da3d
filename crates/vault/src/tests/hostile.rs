//! Whatever is done to the stored bytes, what comes out is an error or the right content.

use proptest::prelude::*;

use super::{content, overwrite, raw, read, read_all, store, vault};
use crate::{Error, HEAD, Vault};

const SEGMENT: usize = 65_536 + 16;

/// One way to tamper with a blob.
#[derive(Clone, Debug)]
enum Change {
    Flip {
        at: prop::sample::Index,
        bit: u8,
    },
    FlipInHead {
        at: usize,
        bit: u8,
    },
    Set {
        at: prop::sample::Index,
        to: u8,
    },
    Truncate {
        to: prop::sample::Index,
    },
    Extend {
        by: Vec<u8>,
    },
    Cut {
        at: prop::sample::Index,
        length: usize,
    },
    Repeat {
        at: prop::sample::Index,
        length: usize,
    },
    SwapSegments {
        one: prop::sample::Index,
        other: prop::sample::Index,
    },
    DropSegment {
        at: prop::sample::Index,
    },
    Size {
        to: u64,
    },
}

fn change() -> impl Strategy<Value = Change> {
    let at = || any::<prop::sample::Index>();
    prop_oneof![
        4 => (at(), 0_u8..8).prop_map(|(at, bit)| Change::Flip { at, bit }),
        // Most bytes are not in the head, and each of its fields deserves as much.
        4 => (0..HEAD, 0_u8..8).prop_map(|(at, bit)| Change::FlipInHead { at, bit }),
        1 => (at(), any::<u8>()).prop_map(|(at, to)| Change::Set { at, to }),
        2 => at().prop_map(|to| Change::Truncate { to }),
        1 => prop::collection::vec(any::<u8>(), 1..100).prop_map(|by| Change::Extend { by }),
        1 => (at(), 1_usize..70_000).prop_map(|(at, length)| Change::Cut { at, length }),
        1 => (at(), 1_usize..70_000).prop_map(|(at, length)| Change::Repeat { at, length }),
        2 => (at(), at()).prop_map(|(one, other)| Change::SwapSegments { one, other }),
        1 => at().prop_map(|at| Change::DropSegment { at }),
        1 => any::<u64>().prop_map(|to| Change::Size { to }),
    ]
}

impl Change {
    fn make(&self, blob: &mut Vec<u8>) {
        if blob.is_empty() {
            return;
        }
        let length = blob.len();
        match self {
            Self::Flip { at, bit } => blob[at.index(length)] ^= 1 << bit,
            Self::FlipInHead { at, bit } if *at < length => blob[*at] ^= 1 << bit,
            Self::Set { at, to } => blob[at.index(length)] = *to,
            Self::Truncate { to } => blob.truncate(to.index(length)),
            Self::Extend { by } => blob.extend(by),
            Self::Cut { at, length: cut } => {
                let at = at.index(length);
                blob.drain(at..(at + cut).min(length));
            }
            Self::Repeat { at, length: more } => {
                let at = at.index(length);
                let piece = blob[at..(at + more).min(length)].to_vec();
                blob.splice(at..at, piece);
            }
            Self::SwapSegments { one, other } if length > HEAD => {
                let mut segments: Vec<_> =
                    blob[HEAD..].chunks(SEGMENT).map(<[u8]>::to_vec).collect();
                let (one, other) = (one.index(segments.len()), other.index(segments.len()));
                segments.swap(one, other);
                blob.truncate(HEAD);
                blob.extend(segments.concat());
            }
            Self::DropSegment { at } if length > HEAD => {
                let mut segments: Vec<_> =
                    blob[HEAD..].chunks(SEGMENT).map(<[u8]>::to_vec).collect();
                segments.remove(at.index(segments.len()));
                blob.truncate(HEAD);
                blob.extend(segments.concat());
            }
            Self::Size { to } if length >= 24 => blob[16..24].copy_from_slice(&to.to_be_bytes()),
            _ => {}
        }
    }
}

/// Opening a changed blob fails, or each read gives an error or the right bytes; and reading all
/// of it fails.
async fn never_wrong(
    vault: &Vault,
    address: &crate::Address,
    row: Option<Vec<u8>>,
    content: &[u8],
    range: std::ops::Range<u64>,
) -> Result<(), TestCaseError> {
    let refused = |error: &Error| matches!(error, Error::Damaged { .. } | Error::KeyUnknown { .. });
    prop_assert!(refused(
        &vault.verify(address, row.clone()).await.unwrap_err()
    ));
    prop_assert!(refused(
        &read_all(vault, address, row.clone()).await.unwrap_err()
    ));
    match vault.open(address, row).await {
        Err(error) => prop_assert!(refused(&error)),
        Ok(blob) => {
            prop_assert_eq!(blob.size(), content.len() as u64);
            match read(&blob, range.clone()).await {
                Err(error) => prop_assert!(refused(&error)),
                Ok(bytes) => {
                    let at = |offset: u64| usize::try_from(offset).unwrap().min(content.len());
                    prop_assert!(bytes == content[at(range.start)..at(range.end)]);
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_changed_blob_gives_an_error_or_the_right_content(
        size in prop_oneof![0_usize..40, 65_530_usize..65_545, 0_usize..280_000],
        changes in prop::collection::vec(change(), 1..4),
        from in 0_u64..280_000,
        length in 0_u64..100_000,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (vault, memory) = vault();
            let content = content(size);
            let deposit = vault.deposit(&content[..], u64::MAX).await.unwrap();
            let address = deposit.address;
            let before = match deposit.kept {
                crate::Kept::Inline(row) => row,
                crate::Kept::Stored => raw(&memory, &address).await,
            };
            let mut blob = before.clone();
            for change in &changes {
                change.make(&mut blob);
            }
            prop_assume!(blob != before);
            let range = from..from + length;
            never_wrong(&vault, &address, Some(blob.clone()), &content, range.clone()).await?;
            // `overwrite` fills up what is shorter than a head, which is no less of a change.
            overwrite(&memory, &address, &blob).await;
            never_wrong(&vault, &address, None, &content, range).await
        })?;
    }

    #[test]
    fn arbitrary_bytes_are_not_a_blob(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        magic in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (vault, _) = vault();
            let mut bytes = bytes;
            if magic && bytes.len() >= 9 {
                bytes[..9].copy_from_slice(b"CHVAULT\x01\x10");
            }
            let address = crate::Address::from_bytes([9; 32]);
            prop_assert!(vault.open(&address, Some(bytes)).await.is_err());
            Ok(())
        })?;
    }
}

/// Every single bit of a small blob, head, content and tag.
#[tokio::test]
async fn every_bit_counts() {
    let vault = vault().0.with_inline_limit(100);
    for content in [&b""[..], b"x", b"some content"] {
        let deposit = vault.deposit(content, 100).await.unwrap();
        let row = super::row(&deposit);
        for bit in 0..row.len() * 8 {
            let mut row = row.clone();
            row[bit / 8] ^= 1 << (bit % 8);
            let error = read_all(&vault, &deposit.address, Some(row))
                .await
                .unwrap_err();
            assert!(
                matches!(error, Error::Damaged { .. } | Error::KeyUnknown { .. }),
                "bit {bit}"
            );
        }
        for length in 0..row.len() {
            let row = row[..length].to_vec();
            let error = read_all(&vault, &deposit.address, Some(row))
                .await
                .unwrap_err();
            assert!(matches!(error, Error::Damaged { .. }), "length {length}");
        }
    }
}

/// Two blobs of the same vault and the same length: neither they nor their parts can be mixed up.
#[tokio::test]
async fn blobs_cannot_be_swapped() {
    let (vault, memory) = vault();
    let (mine, mut yours) = (content(150_000), content(150_000));
    yours[0] ^= 1;
    let (here, there) = (store(&vault, &mine).await, store(&vault, &yours).await);
    let (one, other) = (raw(&memory, &here).await, raw(&memory, &there).await);

    // All of the other, found out when it is opened, before anything is read.
    overwrite(&memory, &here, &other).await;
    assert!(matches!(
        vault.open(&here, None).await,
        Err(Error::Damaged { .. })
    ));

    // The head of the other; the frame of the other; the rest of the other; one of its segments.
    let second = HEAD + SEGMENT..HEAD + 2 * SEGMENT;
    for from_other in [0..HEAD, 0..16, 16..HEAD, HEAD..one.len(), second] {
        let mut mixed = one.clone();
        mixed[from_other.clone()].copy_from_slice(&other[from_other.clone()]);
        overwrite(&memory, &here, &mixed).await;
        let read = read_all(&vault, &here, None).await;
        assert!(matches!(read, Err(Error::Damaged { .. })), "{from_other:?}");
    }

    // A segment that was not touched can still be read, and only such a segment.
    let mut mixed = one.clone();
    mixed[HEAD] ^= 1;
    overwrite(&memory, &here, &mixed).await;
    let blob = vault.open(&here, None).await.unwrap();
    assert!(read(&blob, 0..1).await.is_err());
    assert_eq!(
        read(&blob, 65_536..65_600).await.unwrap(),
        &mine[65_536..65_600]
    );
    assert!(vault.verify(&here, None).await.is_err());
}

/// Somebody with the keys, or a fault in this program, could wrap other content under an address.
#[tokio::test]
async fn verify_finds_content_that_is_not_of_its_address() {
    let (vault, memory) = vault();
    let address = store(&vault, b"the content").await;
    let lie = crate::Address::from_bytes([1; 32]);
    let keys = vault.keys();
    let bytes = raw(&memory, &address).await;
    let (_, segments) = crate::format::open(bytes.first_chunk().unwrap(), &address, &keys).unwrap();
    let mut forged = bytes.clone();
    forged[..HEAD].copy_from_slice(&segments.head(11, &lie, keys.newest(), [0; 12]));
    overwrite(&memory, &lie, &forged).await;
    assert_eq!(read_all(&vault, &lie, None).await.unwrap(), b"the content");
    assert!(matches!(
        vault.verify(&lie, None).await,
        Err(Error::Damaged { .. })
    ));
    assert_eq!(vault.verify(&address, None).await.unwrap(), 11);
}
