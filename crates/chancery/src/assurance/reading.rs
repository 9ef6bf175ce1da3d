//! Reading one version: whose turn it is, and what it says.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use inspect::{Failure, Reading};
use tokio::sync::Notify;
use tokio::time::timeout;
use vault::Address;

use super::sql::{self, ToReadRow, WaitingRow};
use super::{ScanVersion, Threat};
use crate::kernel::{Actor, Id, Queries as _, Realm, Time, args, thing};
use crate::{Error, Result};

/// How long a version is one node's to read, unless that node says that it still reads: so long others wait for what a node
/// was reading that is gone.
pub(super) const TURN: Duration = Duration::from_secs(15);
/// What has been looked at for longer than this takes long. Pictures of others that are looked at before one's own take less.
pub(super) const QUICK: Duration = Duration::from_secs(10);
/// How often reading is begun before what a file does to its reader is taken for what it is.
const ATTEMPTS: u64 = 3;

/// What came of reading a version.
pub(super) enum Looked {
    /// It is another's to read at the moment.
    NotOurs,
    /// It went for good: there is nothing to be read any more.
    Gone,
    /// It takes long, and has made room for others.
    PutOff,
    /// It says this, and is that.
    Says(Box<Reading>, Threat),
}

/// What came of a version that was to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// It was read, and that is written down.
    Done,
    /// It is another's to read, went, or could not be read: it is looked at again a little later, if it is there.
    NotOurs,
    /// It takes long, and has made room for others.
    PutOff,
}

/// Whether a version that is being looked at is to make room for others. Clones say the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Leave(Arc<Notify>);

impl Leave {
    /// It is to make room, now or as soon as it is looked at.
    pub(super) fn now(&self) {
        self.0.notify_one();
    }

    /// Waits until it is to make room.
    pub(super) async fn told(&self) {
        self.0.notified().await;
    }
}

/// Reads a version, if it is not another's to read, until it is to make room. Whoever asks writes down what was found and gives the turn back in the same
/// commit ([`sql::UNCLAIM`]); a turn that nobody gives back, because its node was killed, ends by itself soon. An error is to be
/// tried again later.
pub(super) async fn read_in_turn(realm: &Realm, row: &WaitingRow, leave: &Leave) -> Result<Looked> {
    in_turn(realm, row, leave, |version, attempts| async move {
        look(realm, &version, attempts).await
    })
    .await
}

/// The same with whatever looks at it.
pub(super) async fn in_turn<F>(
    realm: &Realm,
    row: &WaitingRow,
    leave: &Leave,
    look: impl FnOnce(ToReadRow, u64) -> F,
) -> Result<Looked>
where
    F: Future<Output = Result<(Reading, Threat)>>,
{
    let (now, holder): (Time, Id<thing::Interval>) = (realm.now(), realm.new_id());
    let claimed = realm
        .upkeep(sql::CLAIM, args![row.id, holder, now.plus(TURN), now])
        .await?;
    if claimed == 0 {
        return Ok(Looked::NotOurs);
    }
    let console = Actor::console(realm);
    let mut proof = match console.read::<ScanVersion>(row.document_id).await {
        Err(Error::NotFound) => {
            realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
            return Ok(Looked::Gone);
        }
        proof => proof?,
    };
    let (attempts,): (u64,) = proof.one(sql::ATTEMPTS, args![row.id]).await?;
    let found: Option<ToReadRow> = proof
        .first(sql::TO_READ, args![row.document_id, row.number])
        .await?;
    let Some(version) = found else {
        realm.upkeep(sql::UNCLAIM, args![row.id]).await?;
        return Ok(Looked::Gone);
    };
    let mut looking = pin!(look(version, attempts));
    let mut leaving = pin!(leave.told());
    let looked = loop {
        tokio::select! {
            biased;
            looked = timeout(TURN / 3, &mut looking) => if let Ok(looked) = looked {
                break looked;
            },
            () = &mut leaving => {
                realm.upkeep(sql::PUT_OFF, args![row.id, holder]).await?;
                return Ok(Looked::PutOff);
            }
        }
        // Where that cannot be said, another node may read it too, and what is found is written down once.
        let until = realm.now().plus(TURN);
        let said = realm.upkeep(sql::STILL, args![row.id, until, holder]).await;
        if let Err(error) = said {
            tracing::warn!(%error, "a version is still being read, which could not be said");
        }
    };
    match looked {
        Ok((reading, threat)) => Ok(Looked::Says(Box::new(reading), threat)),
        Err(error) => {
            let attempts = u32::try_from(attempts).unwrap_or(5).min(5);
            let again = realm
                .now()
                .plus(Duration::from_secs(2_u64.saturating_pow(attempts)));
            realm
                .upkeep(sql::LATER, args![row.id, again, holder])
                .await?;
            Err(error)
        }
    }
}

/// What a version says, and whether it is malware. Fails where that is to be tried again.
async fn look(realm: &Realm, version: &ToReadRow, attempts: u64) -> Result<(Reading, Threat)> {
    let address = <[u8; 32]>::try_from(version.address.as_slice())
        .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))?;
    let address = Address::from_bytes(address);
    let blob = realm.vault().open(&address, version.inline.clone()).await?;
    let content = || {
        blob.clone()
            .read(0..u64::MAX)
            .map(|piece| piece.map_err(std::io::Error::other))
    };
    let threat = super::malware::look(realm, content(), attempts >= ATTEMPTS).await?;
    let Some(inspector) = realm.scanner() else {
        return Err(Error::unavailable("there is nothing to read files with"));
    };
    let folders: Vec<&str> = Some(version.folder.as_str())
        .filter(|folder| !folder.is_empty())
        .into_iter()
        .collect();
    let reading = match inspector
        .scan(&version.name, &folders, &version.media_type, content())
        .await
    {
        Ok(reading) => reading,
        // That is the machine's fault, or may be: it is the file's once it was so several times.
        Err(failure @ (Failure::NoWorker(_) | Failure::Content(_))) => {
            return Err(Error::unavailable(failure));
        }
        Err(failure @ (Failure::TimedOut | Failure::Crashed(_))) if attempts < ATTEMPTS => {
            return Err(Error::unavailable(failure));
        }
        Err(failure) => Reading::failed(&version.name, &failure),
    };
    Ok((reading, threat))
}
