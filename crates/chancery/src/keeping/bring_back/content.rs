//! The content of what comes back: in the vault before the rows that refer to it.

use std::collections::HashMap;

use vault::{Address, Kept};

use super::find::Found;
use crate::keeping::manifest::ContentLine;
use crate::keeping::missing::whole;
use crate::keeping::{BringBack, Target};
use crate::kernel::{Id, Queries as _, Read, Write, args, record, thing};
use crate::{Error, Result};

const KNOWN: &str = "SELECT id, inline FROM contents WHERE address = $1";
const KEEP: &str =
    "INSERT INTO contents (id, address, size, inline, stored_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (address) DO UPDATE SET stored_at = excluded.stored_at RETURNING id AS value";
const PUT: &str = "UPDATE contents SET inline = $1 WHERE address = $2";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[KNOWN, KEEP, PUT];

record! {
    struct KnownRow { id: i64, inline: Option<Vec<u8>> }
}

/// What has been done about the content that is needed, by the id that it has in the snapshot.
pub(super) struct Contents {
    /// Content that has no row here, and how it is kept now.
    new: HashMap<i64, (Address, u64, Option<Vec<u8>>)>,
    /// Content that has a row here.
    known: HashMap<i64, i64>,
    /// Content whose row is here and that could not be opened: how it is kept now.
    mended: Vec<(Address, Option<Vec<u8>>)>,
    /// Content that no longer exists anywhere.
    lost: HashMap<i64, Address>,
}

impl Contents {
    /// Looks at everything that is needed, and puts into the vault what it lacks.
    pub(super) async fn of(
        mut proof: Read<BringBack>,
        target: &Target,
        found: &Found<'_>,
        dry_run: bool,
    ) -> Result<Self> {
        let backup = target.vault().await?;
        let realm = proof.actor().realm().clone();
        let mut contents = Self {
            new: HashMap::new(),
            known: HashMap::new(),
            mended: Vec::new(),
            lost: HashMap::new(),
        };
        for line in found.contents.values() {
            let address = line.address.as_bytes().to_vec();
            let known: Option<KnownRow> = proof.first(KNOWN, args![address]).await?;
            if let Some(row) = &known {
                contents.known.insert(line.id, row.id);
                if realm
                    .vault()
                    .verify(&line.address, row.inline.clone())
                    .await
                    .is_ok()
                {
                    continue;
                }
            }
            let Ok(blob) = whole(&backup, line).await else {
                if known.is_none() {
                    contents.lost.insert(line.id, line.address);
                }
                continue;
            };
            let inline = if dry_run {
                None
            } else {
                match realm.vault().put_back(&blob).await? {
                    Kept::Inline(bytes) => Some(bytes),
                    Kept::Stored => None,
                }
            };
            contents.take(line, known.is_some(), inline);
        }
        Ok(contents)
    }

    fn take(&mut self, line: &ContentLine, known: bool, inline: Option<Vec<u8>>) {
        if known {
            self.mended.push((line.address, inline));
        } else {
            self.new.insert(line.id, (line.address, line.size, inline));
        }
    }

    /// The row here of content that the snapshot calls `id`, made when there is none.
    pub(super) async fn row(&mut self, w: &mut Write<BringBack>, id: i64) -> Result<Option<i64>> {
        if let Some(row) = self.known.get(&id) {
            return Ok(Some(*row));
        }
        if self.lost.contains_key(&id) {
            return Ok(None);
        }
        let Some((address, size, inline)) = self.new.remove(&id) else {
            return Err(Error::unavailable(
                "a version of content that the snapshot does not have",
            ));
        };
        let fresh: Id<thing::Content> = w.new_id();
        let (row,): (i64,) = w
            .one(
                KEEP,
                args![fresh, address.as_bytes().to_vec(), size, inline, w.at()],
            )
            .await?;
        self.known.insert(id, row);
        Ok(Some(row))
    }

    pub(super) fn mended(&self) -> bool {
        !self.mended.is_empty()
    }

    /// Says how the content is kept now whose row is here and that could not be opened.
    pub(super) async fn mend(
        &self,
        w: &mut Write<BringBack>,
        said: &mut Vec<String>,
    ) -> Result<()> {
        for (address, inline) in &self.mended {
            w.execute(PUT, args![inline.clone(), address.as_bytes().to_vec()])
                .await?;
            said.push(format!(
                "content {address} was lost or damaged and comes back"
            ));
        }
        for address in self.lost.values() {
            said.push(format!(
                "content {address} is whole nowhere, and what refers to it stays away"
            ));
        }
        Ok(())
    }
}
