//! Reading everything back: whether each content that a row names is there and whole.

use vault::Address;

use super::CollectGarbage;
use crate::kernel::{Actor, Id, Queries as _, Realm, args, record};
use crate::{Error, Result};

/// How many contents are asked for at a time.
const BATCH: i64 = 500;

const CONTENTS: &str =
    "SELECT id, address, inline FROM contents WHERE id > $1 ORDER BY id LIMIT $2";

/// The statements here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[CONTENTS];

record! {
    struct ContentRow { id: i64, address: Vec<u8>, inline: Option<Vec<u8>> }
}

/// What reading everything back found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many contents were read back whole.
    pub whole: u64,
    /// Those that were not, each with what is wrong.
    pub damaged: Vec<String>,
}

/// Reads every content back and checks each segment and address: `chancery check`. Takes as long as
/// reading all of it takes.
pub async fn verify(realm: &Realm) -> Result<Verified> {
    let mut proof = Actor::console(realm)
        .read::<CollectGarbage>(Id::REALM)
        .await?;
    let mut verified = Verified::default();
    let mut after = 0;
    loop {
        let rows: Vec<ContentRow> = proof.all(CONTENTS, args![after, BATCH]).await?;
        let Some(last) = rows.last() else {
            return Ok(verified);
        };
        after = last.id;
        for row in rows {
            let address = <[u8; 32]>::try_from(row.address.as_slice())
                .map(Address::from_bytes)
                .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?;
            match realm.vault().verify(&address, row.inline).await {
                Ok(_) => verified.whole += 1,
                Err(error) => verified.damaged.push(format!("{address}: {error}")),
            }
        }
    }
}
