//! Waiting a moment for what was just brought to be read, for pages that say what became of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Closing, told_sql};
use crate::kernel::{Actor, Arg, Id, Queries as _, Realm, thing};
use crate::{Error, Result};

/// How long it takes until it is looked again.
const STEP: Duration = Duration::from_millis(150);

/// Whether what is brought to this realm is read for its marking, and is its author's alone until then.
pub fn reads(realm: &Realm) -> bool {
    realm.rules().is_some()
}

/// How a document is closed, in a few words of many documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// How; none where it is open to everybody who may read it.
    pub closing: Option<Closing>,
    /// Whether whoever asks can open it all the same.
    pub open_to_me: bool,
}

impl Closed {
    /// Of the number that [`closing!`](crate::libraries::closing) gives.
    fn of(level: i64) -> Self {
        Self {
            closing: Closing::from_level(level).or(Closing::to_others(level)),
            open_to_me: level <= 0,
        }
    }
}

/// How these documents are closed: of those that whoever asks may know of.
pub type HowClosed = BTreeMap<Id<thing::Document>, Closed>;

/// How these documents are closed, after none of them is being read any more, or after so long; where markings are not read, at
/// once. What whoever asks may not know of is not in it, and not waited for. What was read is not asked about again.
pub async fn until_read(
    actor: &Actor,
    documents: &[Id<thing::Document>],
    longest: Duration,
) -> Result<HowClosed> {
    let mut found = look(actor, documents).await?;
    if !reads(actor.realm()) {
        return Ok(found);
    }
    let looking = async {
        loop {
            let unread: Vec<_> = found
                .iter()
                .filter(|(_, one)| one.closing == Some(Closing::BeingRead))
                .map(|(document, _)| *document)
                .collect();
            if unread.is_empty() {
                return Ok::<(), Error>(());
            }
            pause().await;
            let now = look(actor, &unread).await?;
            for document in unread {
                found.remove(&document);
            }
            found.extend(now);
        }
    };
    // What is not read by then is read later, and its page says so.
    tokio::time::timeout(longest, looking)
        .await
        .unwrap_or(Ok(()))?;
    Ok(found)
}

/// How these documents are closed now.
async fn look(actor: &Actor, documents: &[Id<thing::Document>]) -> Result<HowClosed> {
    let mut scope = actor.scope()?;
    let mut found = HowClosed::new();
    for some in documents.chunks(told_sql::AT_ONCE) {
        // Repeating the last changes nothing, and there is one text for the databases to prepare.
        let last = some.last().copied().into_iter().cycle();
        let all = some.iter().copied().chain(last).take(told_sql::AT_ONCE);
        let rows: Vec<told_sql::LevelRow> = scope
            .all(&told_sql::levels(), all.map(Arg::from).collect())
            .await?;
        found.extend(rows.into_iter().map(|row| (row.id, Closed::of(row.level))));
    }
    Ok(found)
}

#[allow(
    clippy::disallowed_methods,
    reason = "whichever node reads it says so in the database alone"
)]
async fn pause() {
    tokio::time::sleep(STEP).await;
}
