//! What a folder or document is at one moment: its version, name, place and properties. A program that changes
//! what it has seen says which edition that was.

use super::sql;
use crate::Result;
use crate::kernel::{Action, Id, Queries as _, Read, Write, args, record, thing};

/// What a folder or document is at one moment: 32 letters and digits that are others as soon as its version,
/// name, place or properties are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition(String);

impl Edition {
    pub(crate) fn of(
        version: u64,
        name: &str,
        library: Id<thing::Library>,
        folder: Option<Id<thing::Folder>>,
        binned: bool,
        filled: u64,
    ) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&version.to_be_bytes());
        hasher.update(&library.raw().to_be_bytes());
        hasher.update(&folder.map_or(0, Id::raw).to_be_bytes());
        hasher.update(&[u8::from(binned)]);
        hasher.update(name.as_bytes());
        // A name has no NUL in it. What was never filled in has the edition that it always had.
        if filled > 0 {
            hasher.update(&[0]);
            hasher.update(&filled.to_be_bytes());
        }
        Self(hasher.finalize().to_hex()[..32].to_owned())
    }

    /// As a face hands it on.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

record! {
    pub(super) struct EditionRow {
        version: u64, name: String, library_id: Id<thing::Library>, folder_id: i64, binned_at: i64,
        filled: u64,
    }
}

impl EditionRow {
    fn edition(&self) -> Edition {
        let folder = (self.folder_id != 0).then(|| Id::from_raw(self.folder_id));
        let binned = self.binned_at != 0;
        Edition::of(
            self.version,
            &self.name,
            self.library_id,
            folder,
            binned,
            self.filled,
        )
    }
}

/// When the actor expects an edition of this one thing: that it still is that. The row is taken first, so
/// that nobody changes it meanwhile.
pub(crate) async fn as_expected<A: Action>(w: &mut Write<A>, item: Id<thing::Item>) -> Result<()> {
    if w.actor().expects().is_none() {
        return Ok(());
    }
    let row: EditionRow = w.one(sql::TAKE_EDITION, args![item]).await?;
    match w.actor().expects() {
        Some(expected) => expected.meets(row.edition().as_str()),
        None => Ok(()),
    }
}

/// The same before content is read, so that nobody sends all of it in vain.
pub(crate) async fn as_expected_yet<A: Action>(
    proof: &mut Read<A>,
    item: Id<thing::Item>,
) -> Result<()> {
    if proof.actor().expects().is_none() {
        return Ok(());
    }
    let row: EditionRow = proof.one(sql::EDITION, args![item]).await?;
    match proof.actor().expects() {
        Some(expected) => expected.would_meet(row.edition().as_str()),
        None => Ok(()),
    }
}

/// The same for a selection: an edition is of one thing.
pub(super) async fn all_as_expected<A: Action>(w: &mut Write<A>, items: &[i64]) -> Result<()> {
    match items {
        [item] => as_expected(w, Id::from_raw(*item)).await,
        // Whoever expects something of many commits nothing (see the kernel's `Expectation`).
        _ => Ok(()),
    }
}
