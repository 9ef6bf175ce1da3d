//! How far reading is, and what waits to be read.

use super::ReadMarkings;
use super::sql::{self, ProgressRow, UnreadRow};
use crate::Result;
use crate::kernel::{Actor, Id, Queries, Realm, Time, args};

/// How far reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Versions that nobody has read yet.
    pub unread: u64,
    /// Versions that were judged by earlier rules and are read again.
    pub behind: u64,
    /// All versions.
    pub total: u64,
}

/// How far reading is; none where markings are not read. For the operator's console and pages of officers.
pub async fn progress(realm: &Realm) -> Result<Option<Progress>> {
    let Some(rules) = realm.rules() else {
        return Ok(None);
    };
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    let row: ProgressRow = proof.one(sql::PROGRESS, args![rules.id]).await?;
    Ok(Some(Progress {
        unread: row.unread,
        behind: row.behind,
        total: row.total,
    }))
}

/// What waits to be read for the first time: until then only its authors open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// How many versions.
    pub versions: u64,
    /// Since when the oldest of them waits; none where nothing waits.
    pub since: Option<Time>,
}

impl Unread {
    pub(super) async fn of(queries: &mut impl Queries) -> Result<Self> {
        let row: UnreadRow = queries.one(sql::UNREAD, args![]).await?;
        Ok(Self {
            versions: row.versions,
            since: row.since,
        })
    }
}

/// What waits to be read for the first time; nothing does where markings are not read. For the figures.
pub async fn unread(realm: &Realm) -> Result<Unread> {
    if realm.rules().is_none() {
        return Ok(Unread {
            versions: 0,
            since: None,
        });
    }
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    Unread::of(&mut proof).await
}
