//! Changing the wrapping key while the realm serves: what is under which key, who has loaded which,
//! and moving everything to the newest.
//!
//! The steps are: add the key, so that every node loads it; use it, once all of them have; rewrap
//! what is under the old one; retire that, once nothing needs it. Each can be interrupted and done again.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use futures::TryStreamExt as _;
use vault::{Address, Kept, KeyId, Keys};

use super::{KeyRotated, RotateKey, ViewKeys};
use crate::kernel::{Actor, Arg, CONTENT, Id, Queries, Realm, Time, args, record, thing};
use crate::{Error, Result};

/// A node that has said nothing for so long is gone.
const GONE: Duration = Duration::from_mins(1);
/// How often a node says that it is there.
const SAYS: Duration = Duration::from_secs(20);
/// How long a node must have used another key before the old one can go: longer than it takes to
/// finish an upload whose head was written just before.
const SETTLED: Duration = Duration::from_mins(1);
/// How many rows are looked at, and rewrapped in one commit, at a time.
const BATCH: i64 = 200;

/// What is kept in rows: whole contents, pieces of uploads that are not whole yet, and pages that were made. Ids are of no table alone.
const INLINE: &str = "SELECT id, address, inline FROM contents WHERE inline IS NOT NULL AND id > $1
  UNION ALL SELECT id, address, inline FROM upload_parts WHERE inline IS NOT NULL AND id > $1
  UNION ALL SELECT id, address, inline FROM printed WHERE inline IS NOT NULL AND id > $1
  ORDER BY id LIMIT $2";
const PUT_INLINE: &str = "UPDATE contents SET inline = $1 WHERE id = $2 AND inline IS NOT NULL";
const PUT_PIECE: &str = "UPDATE upload_parts SET inline = $1 WHERE id = $2 AND inline IS NOT NULL";
const PUT_PAGES: &str = "UPDATE printed SET inline = $1 WHERE id = $2 AND inline IS NOT NULL";
const RINGS: &str = "SELECT node, keys, since_at FROM key_rings WHERE seen_at > $1 ORDER BY node";
const SAY: &str = "INSERT INTO key_rings (node, keys, since_at, seen_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (node) DO UPDATE SET keys = excluded.keys, since_at = excluded.since_at, seen_at = excluded.seen_at";
const FORGET: &str = "DELETE FROM key_rings WHERE node = $1 OR seen_at < $2";

/// The statements here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[INLINE, PUT_INLINE, PUT_PIECE, PUT_PAGES, RINGS, SAY, FORGET];

record! {
    struct InlineRow { id: i64, address: Vec<u8>, inline: Vec<u8> }
}
record! {
    struct RingRow { node: Id<thing::Interval>, keys: String, since_at: Time }
}

impl InlineRow {
    fn address(&self) -> Result<Address> {
        <[u8; 32]>::try_from(self.address.as_slice())
            .map(Address::from_bytes)
            .map_err(|_| Error::unavailable("an address of content is not 32 bytes"))
    }
}

/// The keys that one running node has loaded, and says that it has.
pub struct Ring {
    realm: Realm,
    node: Id<thing::Interval>,
    loaded: Mutex<(Vec<KeyId>, Time)>,
}

impl Ring {
    /// Of this node.
    pub fn new(realm: &Realm) -> Self {
        Self {
            realm: realm.clone(),
            node: realm.new_id(),
            loaded: Mutex::default(),
        }
    }

    /// Loads the keys whenever their file changes, until the future is dropped.
    pub async fn keep(&self, read: impl Fn() -> std::result::Result<Keys, vault::Error>) {
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        let mut said = Time::default();
        let mut failed = false;
        loop {
            ticks.tick().await;
            match self.load(&read) {
                Ok(changed) => {
                    failed = false;
                    if changed {
                        said = Time::default();
                    }
                }
                Err(error) if !failed => {
                    failed = true;
                    tracing::error!(%error, "the key file cannot be used; going on with the keys as they were");
                }
                Err(_) => {}
            }
            let now = self.realm.now();
            if now >= said.plus(SAYS) {
                match self.say(now).await {
                    Ok(()) => said = now,
                    Err(error) => tracing::warn!(%error, "which keys are loaded could not be said"),
                }
            }
        }
    }

    fn load(&self, read: impl Fn() -> std::result::Result<Keys, vault::Error>) -> Result<bool> {
        let keys = read()?;
        let ids: Vec<KeyId> = keys.ids().collect();
        let Ok(mut loaded) = self.loaded.lock() else {
            return Err(Error::unavailable("the keys are being loaded"));
        };
        if loaded.0 == ids {
            return Ok(false);
        }
        self.realm.load_keys(keys)?;
        if loaded.0.last() != ids.last() {
            loaded.1 = self.realm.now();
        }
        tracing::info!(current = ?ids.last(), known = ids.len(), "the keys of the vault were loaded");
        loaded.0 = ids;
        Ok(true)
    }

    async fn say(&self, now: Time) -> Result<()> {
        let (keys, since) = match self.loaded.lock() {
            Ok(loaded) => (words(&loaded.0), loaded.1),
            Err(_) => return Ok(()),
        };
        let args = args![self.node, keys, since, now];
        self.realm.upkeep(SAY, args).await.map(drop)
    }

    /// Says that this node has stopped.
    pub async fn leave(&self) -> Result<()> {
        let long_gone = self.realm.now().minus(Duration::from_hours(24));
        self.realm
            .upkeep(FORGET, args![self.node, long_gone])
            .await
            .map(drop)
    }
}

fn words(keys: &[KeyId]) -> String {
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    keys.join(" ")
}

/// How much of the content is under which wrapping key.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct InUse {
    /// Contents under each key, those in rows and those in the vault together.
    pub under: BTreeMap<KeyId, u64>,
    /// Contents that cannot be looked at.
    pub unknown: u64,
}

/// Looks at the head of every content: `chancery check`, and before a key is retired.
pub async fn keys_in_use(actor: &Actor) -> Result<InUse> {
    let mut proof = actor.read::<ViewKeys>(Id::REALM).await?;
    let vault = actor.realm().vault();
    let mut found = InUse::default();
    let mut count = |key: std::result::Result<KeyId, vault::Error>| match key {
        Ok(key) => *found.under.entry(key).or_default() += 1,
        Err(_) => found.unknown += 1,
    };
    let mut after = 0_i64;
    loop {
        let rows: Vec<InlineRow> = proof.all(INLINE, args![after, BATCH]).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = last.id;
        for row in &rows {
            count(vault.wrapped_by(&row.address()?, Some(&row.inline)).await);
        }
    }
    let mut stored = vault.stored();
    while let Some(address) = stored.try_next().await? {
        match vault.wrapped_by(&address, None).await {
            // Collected as garbage since it was listed.
            Err(vault::Error::NotFound) => {}
            key => count(key),
        }
    }
    Ok(found)
}

/// What rewrapping did.
#[derive(Debug, Default)]
pub struct Rewrapped {
    /// Contents that are under the newest key now and were not before.
    pub moved: u64,
    /// Contents that could not be opened and stay as they are, each with what is wrong.
    pub left: Vec<String>,
}

/// Moves everything to the newest key, while the realm serves. Interrupted, it goes on where it was
/// when it is asked again.
pub async fn rewrap(actor: &Actor, newest: KeyId) -> Result<Rewrapped> {
    let mut proof = actor.read::<RotateKey>(Id::REALM).await?;
    let realm = actor.realm();
    let hold = realm.hold(CONTENT).await?;
    let mut done = Rewrapped::default();
    let mut after = 0_i64;
    loop {
        let rows: Vec<InlineRow> = proof.all(INLINE, args![after, BATCH]).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = last.id;
        let mut statements = Vec::new();
        for row in rows {
            let address = row.address()?;
            match realm.vault().rewrap(&address, Some(row.inline)).await {
                Ok(Some(Kept::Inline(inline))) => {
                    statements.push((PUT_INLINE, args![inline.clone(), row.id]));
                    statements.push((PUT_PIECE, args![inline.clone(), row.id]));
                    statements.push((PUT_PAGES, args![inline, row.id]));
                }
                Ok(_) => {}
                Err(error) => done.left.push(format!("{address}: {error}")),
            }
        }
        if !statements.is_empty() {
            done.moved += realm.upkeep_all(statements).await?;
        }
    }
    let mut stored = realm.vault().stored();
    while let Some(address) = stored.try_next().await? {
        match realm.vault().rewrap(&address, None).await {
            Ok(Some(_)) => done.moved += 1,
            Ok(None) | Err(vault::Error::NotFound) => {}
            Err(error) => done.left.push(format!("{address}: {error}")),
        }
    }
    hold.release().await?;
    say(actor, "moved everything to", newest, done.moved).await?;
    Ok(done)
}

/// Lets every node write under this key, once all of them have loaded it: waits for those that have
/// not, and then refuses and names them.
pub async fn adopt(actor: &Actor, keys: &mut Keys, id: KeyId) -> Result<()> {
    let mut tries = tokio::time::interval(Duration::from_millis(500));
    let mut lacking = Vec::new();
    for _ in 0..60 {
        tries.tick().await;
        let rings = rings(actor).await?;
        lacking = rings
            .iter()
            .filter(|ring| !ring.keys.split(' ').any(|key| key == id.to_string()))
            .map(|ring| ring.node.to_string())
            .collect();
        if lacking.is_empty() {
            keys.adopt(id)?;
            return say(actor, "began to use", id, 0).await;
        }
    }
    Err(Error::Conflict(format!(
        "these nodes have not loaded key {id} yet: {}. Copy the key file to their machines; they load it by themselves",
        lacking.join(", ")
    )))
}

/// Adds a key that every node is to load before it is used.
pub async fn prepare(actor: &Actor, keys: &mut Keys) -> Result<KeyId> {
    let _proof = actor.read::<RotateKey>(Id::REALM).await?;
    let id = keys.prepare()?;
    say(actor, "added", id, 0).await?;
    Ok(id)
}

/// Takes an old key out of the file for good. Refuses while anything is under it, or while a node
/// could still finish something under it.
pub async fn retire(actor: &Actor, keys: &mut Keys, id: KeyId) -> Result<()> {
    let proof = actor.read::<RotateKey>(Id::REALM).await?;
    if keys.current() == id {
        return Err(Error::invalid(
            "retire",
            format!("key {id} is the one in use"),
        ));
    }
    if keys.ids().all(|known| known != id) {
        return Err(Error::invalid(
            "retire",
            format!("there is no key {id} in the key file"),
        ));
    }
    let hold = actor.realm().hold(CONTENT).await?;
    let outcome = async {
        // Before anything is looked at: who writes under another key only from now on may still finish
        // something behind this look.
        let unsettled = rings(actor).await?.into_iter().find(|ring| {
            ring.keys.ends_with(&id.to_string()) || ring.since_at.plus(SETTLED) > proof.at()
        });
        let in_use = keys_in_use(actor).await?;
        let under = in_use.under.get(&id).copied().unwrap_or_default();
        if under > 0 {
            return Err(Error::Conflict(format!(
                "{under} contents are under key {id}: move them with `chancery rotate-key --rewrap` first"
            )));
        }
        if let Some(ring) = unsettled {
            return Err(Error::Conflict(format!(
                "node {} wrote under another key until a moment ago: try again in a minute",
                ring.node
            )));
        }
        keys.retire(id)?;
        say(actor, "retired", id, 0).await
    }
    .await;
    hold.release().await?;
    outcome
}

async fn rings(actor: &Actor) -> Result<Vec<RingRow>> {
    let mut proof = actor.read::<ViewKeys>(Id::REALM).await?;
    let gone = proof.at().minus(GONE);
    proof.all(RINGS, vec![Arg::from(gone)]).await
}

async fn say(actor: &Actor, step: &str, key: KeyId, contents: u64) -> Result<()> {
    let proof = actor.read::<RotateKey>(Id::REALM).await?;
    proof
        .record(&KeyRotated {
            step: step.to_owned(),
            key: key.to_string(),
            contents,
        })
        .await
}
