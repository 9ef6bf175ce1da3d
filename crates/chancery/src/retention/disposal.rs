//! What nobody has changed for years goes to the recycle bin, where a rule of its library says so: its owners are told
//! first, and have 30 days to change the document, the rule or their mind.

use super::keep::days;
use super::keep_sql::{self as sql, DisposingRow, LeftRow};
use super::rules::{NOTICE_DAYS, day};
use super::{DisposalAnnounced, DisposeItems, ItemDisposed, WarnOfDisposal, gone};
use crate::Result;
use crate::kernel::{Actor, Id, Place, Queries as _, Read, Realm, Write, args};

/// How many documents are deleted in one transaction.
const BATCH: i64 = 200;

/// What a day's upkeep of retention did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Upkept {
    /// Libraries whose owners were told that something will be deleted.
    pub announced: u64,
    /// Documents that a rule put in the recycle bin.
    pub deleted: u64,
    /// Things that went for good, because their time in the recycle bin was over.
    pub gone: u64,
}

/// Announces what will be deleted by rules, deletes what was announced 30 days ago and is unchanged, and lets what was
/// over its time in a recycle bin when this was done the time before go for good. What is under legal hold stays, whatever a rule says.
pub async fn upkeep(realm: &Realm) -> Result<Upkept> {
    Ok(Upkept {
        announced: announce(realm).await?,
        deleted: dispose(realm).await?,
        gone: gone::expire(realm).await?,
    })
}

async fn announce(realm: &Realm) -> Result<u64> {
    let console = Actor::console(realm);
    let mut count = 0;
    loop {
        let mut proof: Read<WarnOfDisposal> = console.read(Id::REALM).await?;
        let at = proof.at();
        let soon = at.plus(days(NOTICE_DAYS));
        let libraries: Vec<DisposingRow> = proof.all(sql::TO_WARN, args![at, soon]).await?;
        if libraries.is_empty() {
            return Ok(count);
        }
        for row in libraries {
            let mut w: Write<WarnOfDisposal> = console.write(Id::REALM).await?;
            w.lock(row.library_id).await?;
            let at = w.at();
            let soon = at.plus(days(NOTICE_DAYS));
            if w.execute(sql::WARN, args![at, soon, row.library_id])
                .await?
                == 0
            {
                continue;
            }
            *w.place_mut() = place(&row);
            w.commit(DisposalAnnounced {
                library: row.library,
                years: row.years,
                on: day(soon, realm),
            })
            .await?;
            count += 1;
        }
    }
}

async fn dispose(realm: &Realm) -> Result<u64> {
    let console = Actor::console(realm);
    let (mut count, mut after) = (0, 0);
    loop {
        let mut proof: Read<DisposeItems> = console.read(Id::REALM).await?;
        let at = proof.at();
        let told = at.minus(days(NOTICE_DAYS));
        let libraries: Vec<DisposingRow> =
            proof.all(sql::TO_DISPOSE, args![at, told, after]).await?;
        let Some(last) = libraries.last() else {
            return Ok(count);
        };
        after = last.library_id.raw();
        for row in libraries {
            while let Some(deleted) = dispose_part(&console, &row).await? {
                count += deleted;
            }
        }
    }
}

async fn dispose_part(console: &Actor, row: &DisposingRow) -> Result<Option<u64>> {
    let mut w: Write<DisposeItems> = console.write(Id::REALM).await?;
    w.lock(row.library_id).await?;
    let at = w.at();
    let told = at.minus(days(NOTICE_DAYS));
    let mut deleted: Vec<LeftRow> = w
        .all(sql::DISPOSE, args![at, told, row.library_id, BATCH])
        .await?;
    // Asked after the rows are ours: who checks out meanwhile waits, and finds it in the bin.
    let spared: Vec<(i64,)> = w.all(sql::SPARE, args![at, row.library_id]).await?;
    deleted.retain(|item| !spared.contains(&(item.id.raw(),)));
    if deleted.is_empty() {
        return Ok(None);
    }
    w.execute(sql::WARNED_ENOUGH, args![row.library_id, at])
        .await?;
    let count = deleted.len() as u64;
    for item in deleted {
        let place = Place {
            item: Some(item.id),
            ..place(row)
        };
        let event = ItemDisposed {
            name: item.name,
            years: row.years,
        };
        w.also(place, &event)?;
    }
    w.commit_each().await?;
    Ok(Some(count))
}

fn place(row: &DisposingRow) -> Place {
    Place {
        site: Some(row.site_id),
        library: Some(row.library_id),
        item: None,
        subject: None,
    }
}
