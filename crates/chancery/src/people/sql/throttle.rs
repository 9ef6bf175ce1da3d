//! Failed attempts. They are nobody's act: the journal has an entry of each attempt anyway.

use crate::Result;
use crate::kernel::{Queries as _, Read, Realm, Time, args, record};
use crate::people::ViewSignIn;

const THROTTLE: &str = "SELECT failures, last_at, until_at FROM throttles WHERE subject = $1";
const PUT_THROTTLE: &str = "INSERT INTO throttles (subject, failures, last_at, until_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, until_at = excluded.until_at
  WHERE throttles.failures = $5 AND throttles.last_at = $6 AND throttles.until_at = $7";
const CLEAR_THROTTLE: &str = "DELETE FROM throttles WHERE subject = $1 OR last_at < $2";
const EASE_THROTTLE: &str = "UPDATE throttles SET failures = failures - 1,
    until_at = CASE WHEN until_at = $2 THEN 0 ELSE until_at END WHERE subject = $1 AND failures > 0";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[THROTTLE, PUT_THROTTLE, CLEAR_THROTTLE, EASE_THROTTLE];

record! {
    /// The failed attempts of an account or an address.
    #[allow(clippy::struct_field_names, reason = "the names are those of the columns")]
    #[derive(Copy, PartialEq, Eq, Default)]
    pub(in crate::people) struct Failures {
        pub(in crate::people) failures: i64,
        pub(in crate::people) last_at: Time,
        pub(in crate::people) until_at: Time,
    }
}

pub(in crate::people) async fn failures(
    read: &mut Read<ViewSignIn>,
    subject: &str,
) -> Result<Failures> {
    Ok(read
        .first(THROTTLE, args![subject])
        .await?
        .unwrap_or_default())
}

/// Nobody's act: counts an attempt, unless somebody else counted one since `before` was read.
pub(in crate::people) async fn put_failures(
    realm: &Realm,
    subject: &str,
    before: Failures,
    after: Failures,
) -> Result<bool> {
    let put = args![
        subject,
        after.failures,
        after.last_at,
        after.until_at,
        before.failures,
        before.last_at,
        before.until_at,
    ];
    Ok(realm.upkeep(PUT_THROTTLE, put).await? == 1)
}

/// Nobody's act: a success wipes the account's failures, and everybody's that are long past.
pub(in crate::people) async fn clear_failures(
    realm: &Realm,
    subject: &str,
    long_past: Time,
) -> Result<()> {
    realm
        .upkeep(CLEAR_THROTTLE, args![subject, long_past])
        .await?;
    Ok(())
}

/// Nobody's act: takes back the attempt that was counted for the address and the pause it began.
pub(in crate::people) async fn ease_failures(
    realm: &Realm,
    subject: &str,
    until: Time,
) -> Result<()> {
    realm.upkeep(EASE_THROTTLE, args![subject, until]).await?;
    Ok(())
}
