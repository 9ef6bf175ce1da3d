//! Content goes in and comes out as it was.

use std::{io, sync::Arc};

use proptest::prelude::*;
use tokio::io::AsyncReadExt as _;

use super::{Failing, content, overwrite, raw, read, read_all, row, store, vault};
use crate::{
    Address, Error, HEAD, INLINE_LIMIT, Kept, Keys, Memory, NotAnAddress, Store as _, Vault,
};

#[tokio::test]
async fn small_content_is_kept_inline_and_the_rest_is_stored() {
    let memory = Memory::new();
    let vault = Vault::new(Keys::ephemeral().unwrap(), Arc::new(memory.clone()));
    for size in [0, 1, INLINE_LIMIT] {
        let content = content(size);
        let deposit = vault.deposit(&content[..], u64::MAX).await.unwrap();
        assert_eq!(deposit.size, size as u64);
        let row = row(&deposit);
        assert_eq!(row.len(), HEAD + size + 16);
        assert!(!memory.exists(&deposit.address).await.unwrap());
        assert_eq!(
            read_all(&vault, &deposit.address, Some(row.clone()))
                .await
                .unwrap(),
            content
        );
        assert_eq!(
            vault.verify(&deposit.address, Some(row)).await.unwrap(),
            size as u64
        );
        assert!(matches!(
            vault.open(&deposit.address, None).await,
            Err(Error::NotFound)
        ));
    }
    let content = content(INLINE_LIMIT + 1);
    let address = store(&vault, &content).await;
    assert!(memory.exists(&address).await.unwrap());
    assert_eq!(read_all(&vault, &address, None).await.unwrap(), content);
}

#[tokio::test]
async fn the_inline_limit_is_at_most_a_segment() {
    let vault = vault().0.with_inline_limit(usize::MAX);
    let deposit = vault.deposit(&content(65_536)[..], u64::MAX).await.unwrap();
    assert!(matches!(deposit.kept, Kept::Inline(_)));
    store(&vault, &content(65_537)).await;
}

#[tokio::test]
async fn equal_content_is_stored_once() {
    let (vault, memory) = vault();
    let content = content(200_000);
    let address = store(&vault, &content).await;
    let before = raw(&memory, &address).await;
    assert_eq!(store(&vault, &content).await, address);
    assert_eq!(
        raw(&memory, &address).await,
        before,
        "the blob that was there stays"
    );
    // Chunks of another length, and inline or not, make no difference to the address.
    let dribble = content.chunks(777).fold(
        Box::new(tokio::io::empty()) as Box<dyn tokio::io::AsyncRead + Send + Unpin>,
        |before, piece| Box::new(before.chain(piece)),
    );
    assert_eq!(
        vault.deposit(dribble, u64::MAX).await.unwrap().address,
        address
    );
    let small = store(&vault, b"small").await;
    let vault = vault.with_inline_limit(100);
    assert_eq!(
        vault
            .deposit(&b"small"[..], u64::MAX)
            .await
            .unwrap()
            .address,
        small
    );
}

#[tokio::test]
async fn another_realm_gives_another_address_and_other_bytes() {
    let ((one, first), (other, second)) = (vault(), vault());
    let content = content(1000);
    let (here, there) = (store(&one, &content).await, store(&other, &content).await);
    assert_ne!(here, there);
    assert_ne!(
        raw(&first, &here).await[HEAD..],
        raw(&second, &there).await[HEAD..]
    );
    assert_ne!(here.as_bytes(), blake3::hash(&content).as_bytes());
}

#[tokio::test]
async fn content_over_the_limit_leaves_nothing() {
    let (vault, memory) = vault();
    for size in [1, 65_536, 65_537, 300_000] {
        let content = content(size);
        let limit = size as u64 - 1;
        let refused = vault.deposit(&content[..], limit).await;
        assert!(matches!(refused, Err(Error::TooLarge { limit: named }) if named == limit));
        assert_eq!(vault.stored_count().await, 0);
        vault.deposit(&content[..], size as u64).await.unwrap();
        let listed = futures::TryStreamExt::try_collect::<Vec<_>>(memory.list())
            .await
            .unwrap();
        for listed in listed {
            assert!(
                memory
                    .remove(&listed.address, listed.refreshed)
                    .await
                    .unwrap()
            );
        }
    }
}

#[tokio::test]
async fn endless_content_is_cut_off() {
    let (vault, _) = vault();
    let refused = vault.deposit(tokio::io::repeat(7), 1_000_000).await;
    assert!(matches!(refused, Err(Error::TooLarge { limit: 1_000_000 })));
}

#[tokio::test]
async fn a_source_that_fails_is_told_from_a_store_that_fails() {
    let (vault, _) = vault();
    for before in [0, 100, 300_000] {
        let before = content(before);
        let failed = vault.deposit((&before[..]).chain(Failing), u64::MAX).await;
        assert!(
            matches!(failed, Err(Error::Source(error)) if error.kind() == io::ErrorKind::ConnectionReset)
        );
        assert_eq!(vault.stored_count().await, 0);
    }
}

#[tokio::test]
async fn depositing_again_mends_what_is_damaged() {
    let (vault, memory) = vault();
    let content = content(100_000);
    let address = store(&vault, &content).await;
    let mut bytes = raw(&memory, &address).await;
    bytes.truncate(1000);
    overwrite(&memory, &address, &bytes).await;
    assert!(matches!(
        read_all(&vault, &address, None).await,
        Err(Error::Damaged { .. })
    ));
    assert_eq!(store(&vault, &content).await, address);
    assert_eq!(read_all(&vault, &address, None).await.unwrap(), content);
}

#[tokio::test]
async fn debug_shows_no_keys() {
    let (vault, _) = vault();
    let keys = Keys::ephemeral().unwrap();
    let shown = format!("{keys:?}");
    assert!(shown.contains(&keys.current().to_string()), "{shown}");
    for secret in [&keys.newest().secret, &keys.address.secret] {
        let mut hex = String::new();
        crate::hex::push(&mut hex, secret.bytes());
        assert!(!shown.contains(&hex[..16]), "{shown}");
        assert!(
            !shown.contains(&format!("{:?}", &secret.bytes()[..4])[1..]),
            "{shown}"
        );
    }
    let address = store(&vault, b"content").await;
    let blob = vault.open(&address, None).await.unwrap();
    assert_eq!(
        format!("{blob:?}"),
        format!("Blob {{ address: {address:?}, size: 7, .. }}")
    );
}

#[test]
fn addresses_survive_being_written_down() {
    let address = Address::from_bytes(std::array::from_fn(|n| u8::try_from(n * 8 + 5).unwrap()));
    assert_eq!(address.to_string().parse(), Ok(address));
    assert_eq!(Address::from_bytes(*address.as_bytes()), address);
    let text = address.to_string();
    for wrong in [
        "",
        "05",
        &text[1..],
        &text.to_uppercase(),
        &format!("{text}00"),
        &"é".repeat(32),
    ] {
        assert_eq!(wrong.parse::<Address>(), Err(NotAnAddress));
    }
}

impl Vault {
    async fn stored_count(&self) -> usize {
        futures::StreamExt::count(self.stored()).await
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_range_of_any_content_comes_back(
        size in prop_oneof![0_usize..200, 65_000_usize..66_000, 0_usize..400_000],
        inline in any::<bool>(),
        ranges in prop::collection::vec((0_u64..420_000, 0_u64..420_000), 8),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let vault = vault().0.with_inline_limit(if inline { usize::MAX } else { 0 });
            let content = content(size);
            let deposit = vault.deposit(&content[..], size as u64).await.unwrap();
            let row = match deposit.kept { Kept::Inline(row) => Some(row), Kept::Stored => None };
            let blob = vault.open(&deposit.address, row.clone()).await.unwrap();
            prop_assert_eq!(blob.size(), size as u64);
            prop_assert!(read(&blob, 0..u64::MAX).await.unwrap() == content);
            prop_assert_eq!(vault.verify(&deposit.address, row).await.unwrap(), size as u64);
            for (from, to) in ranges {
                let at = |offset: u64| usize::try_from(offset).unwrap().min(size);
                let expected = &content[at(from)..at(to).max(at(from))];
                prop_assert!(read(&blob, from..to).await.unwrap() == expected);
            }
            Ok(())
        })?;
    }
}
