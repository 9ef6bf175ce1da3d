//! Reading what was brought: every version, by the realm itself, in the background of whichever node is free first.

use std::sync::Arc;

use futures::StreamExt as _;
use inspect::Reading;
use markings::Decision;

use super::desk::{self, AT_ONCE};
use super::found::{Findings, input};
use super::reading::{Came, Leave, Looked, read_in_turn};
use super::record::record;
use super::sql::WaitingRow;
use crate::kernel::{Realm, Rules};
use crate::{Error, Result};

/// Reads some of what waits, new versions before old ones, and comes back when all of that is done; says how many those were. A
/// node that serves uses [`keep_reading`](super::keep_reading), which waits for none of them.
pub async fn read_waiting(realm: &Realm) -> Result<u64> {
    let Some(rules) = realm.rules_to_read_by() else {
        return Ok(0);
    };
    let most = 2 * AT_ONCE as u64;
    let mut rows = desk::waiting(realm, most).await?;
    if rows.is_empty() {
        rows = desk::behind(realm, rules.id, most, AT_ONCE).await?;
    }
    let done = futures::stream::iter(rows)
        .map(|row| {
            let rules = &rules;
            async move {
                match read_one(realm, rules, &row, &Leave::default()).await {
                    Ok(came) => u64::from(came == Came::Done),
                    Err(error) => {
                        tracing::warn!(%error, document = %row.document_id, version = row.number, "a version could not be read; trying again");
                        0
                    }
                }
            }
        })
        .buffer_unordered(AT_ONCE)
        .fold(0, async |sum, read| sum + read)
        .await;
    Ok(done)
}

/// Decides about what was read, where it keeps nobody waiting.
pub(super) async fn decided(rules: &Arc<Rules>, reading: Reading) -> Result<(Decision, Findings)> {
    let rules = Arc::clone(rules);
    tokio::task::spawn_blocking(move || {
        let decision = markings::decide(&input(&reading), &rules.schemes, &rules.policy);
        let findings = Findings::of(&reading, &decision);
        (decision, findings)
    })
    .await
    .map_err(Error::unavailable)
}

/// Reads one, if it is not another's to read, until it is to make room for others.
pub(super) async fn read_one(
    realm: &Realm,
    rules: &Arc<Rules>,
    row: &WaitingRow,
    leave: &Leave,
) -> Result<Came> {
    match read_in_turn(realm, row, leave).await? {
        Looked::NotOurs | Looked::Gone => Ok(Came::NotOurs),
        Looked::PutOff => Ok(Came::PutOff),
        Looked::Says(reading, threat) => {
            let (decision, findings) = decided(rules, *reading).await?;
            record(realm, rules, row, &decision, &threat, &findings).await?;
            Ok(Came::Done)
        }
    }
}
