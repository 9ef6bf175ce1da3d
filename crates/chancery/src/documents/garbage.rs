//! What is stored and no longer referred to: uploads whose transaction never committed.

use std::collections::HashSet;
use std::future::ready;
use std::time::{Duration, SystemTime};

use futures::StreamExt as _;
use vault::Address;

use super::sql::{self, AddressRow};
use super::{CollectGarbage, Garbage, printing};
use crate::kernel::{Actor, CONTENT, Id, Queries as _, Read, Realm, args};
use crate::{Error, Result, assurance, uploads};

/// How long content is kept that nothing refers to: much longer than any upload takes to commit.
const GRACE: Duration = Duration::from_hours(24);
/// How long pages are kept that were made of a document: they are made again when somebody looks.
const PAGES: Duration = Duration::from_hours(90 * 24);
/// How many addresses are read at a time.
const BATCH: i64 = 10_000;

/// Removes the rows of content that nothing refers to, and then the blobs in the vault that no row
/// names, where both have been there for a day. Nothing that a version or draft refers to is ever
/// garbage, nor is a piece of an upload whose time is not over. What was asked to be done once is forgotten after a day too. By the realm's clock, which must be right within that day.
pub async fn collect_garbage(realm: &Realm) -> Result<Garbage> {
    let mut proof = Actor::console(realm)
        .read::<CollectGarbage>(Id::REALM)
        .await?;
    // Not while a backup copies what a row named when it began, or keys are rotated.
    let hold = realm.hold(CONTENT).await?;
    let collected = collect(&mut proof, realm).await;
    hold.release().await?;
    collected
}

async fn collect(proof: &mut Read<CollectGarbage>, realm: &Realm) -> Result<Garbage> {
    let contents = realm
        .upkeep(sql::FORGET_CONTENTS, args![proof.at().minus(GRACE)])
        .await?;
    // After the content that they were made of: what is destroyed leaves no pages.
    realm
        .upkeep(printing::FORGET, args![proof.at().minus(PAGES)])
        .await?;
    realm.forget_done_once().await?;
    realm.upkeep(assurance::FORGET_CLAIMS, args![]).await?;
    realm.upkeep(uploads::EXPIRED, args![proof.at()]).await?;
    realm.upkeep(uploads::ORPHANS, args![]).await?;
    // Read after the rows are gone. What is deposited from now on is younger than the grace, and
    // what was deposited before and is not named here was not committed within it.
    let named = named(proof).await?;
    let micros = u64::try_from(proof.at().micros()).unwrap_or_default();
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(micros);
    let collected = realm
        .vault()
        .collect(
            move |address: &Address| ready(Ok::<_, Error>(named.contains(address.as_bytes()))),
            GRACE,
            now,
        )
        .await?;
    Ok(Garbage {
        contents,
        blobs: collected.removed,
        freed: collected.freed,
    })
}

/// How many blobs in the vault no row names: uploads that were cut off before they were committed,
/// or that are just on their way.
pub async fn unreferred(realm: &Realm) -> Result<u64> {
    let mut proof = Actor::console(realm)
        .read::<CollectGarbage>(Id::REALM)
        .await?;
    let named = named(&mut proof).await?;
    let mut stored = realm.vault().stored();
    let mut count = 0;
    while let Some(address) = stored.next().await {
        count += u64::from(!named.contains(address?.as_bytes()));
    }
    Ok(count)
}

/// The addresses of everything in the vault that a row names: 32 bytes each.
async fn named(proof: &mut Read<CollectGarbage>) -> Result<HashSet<[u8; 32]>> {
    let mut named = HashSet::new();
    // Pieces of what is not whole yet are named too.
    for sql in [sql::IN_VAULT, uploads::IN_VAULT, printing::IN_VAULT] {
        let mut after = Vec::new();
        loop {
            let rows: Vec<AddressRow> = proof.all(sql, args![after.clone(), BATCH]).await?;
            let Some(last) = rows.last() else {
                break;
            };
            after.clone_from(&last.address);
            for row in &rows {
                let address = <[u8; 32]>::try_from(row.address.as_slice())
                    .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?;
                named.insert(address);
            }
        }
    }
    Ok(named)
}
