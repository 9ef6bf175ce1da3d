//! Reading a snapshot back, as a restore would.

use futures::{StreamExt as _, stream};

use super::Target;
use super::manifest::{ContentLine, Manifest, address};
use crate::Result;
use crate::kernel::{ChainCheck, kept};

/// How many contents are read at a time: each keeps a core busy.
const AT_A_TIME: usize = 4;

/// What reading a snapshot back found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Rows read.
    pub rows: u64,
    /// Contents read back whole.
    pub contents: u64,
    /// What is wrong.
    pub faults: Vec<String>,
}

/// Reads everything of a snapshot back: that every part opens and its rows are right, that the
/// journal's chain leads to the head that was recorded, and that every content is whole.
pub async fn verify(target: &Target, manifest: &Manifest) -> Result<Checked> {
    let mut checked = Checked::default();
    for (name, _) in kept() {
        if manifest.table(name).is_err() {
            tracing::info!(table = name, "the snapshot is older than this table");
        }
    }
    let mut chain = ChainCheck::default();
    for table in &manifest.tables {
        let mut rows = 0;
        for part in &table.parts {
            let outcome = async {
                target.parts.verify(&address(&part.address)?, None).await?;
                let text = target.rows(part).await?;
                let lines = table.lines(&text)?;
                if table.name == "journal" {
                    for line in &lines {
                        if let Some(fault) = chain.take(line)? {
                            checked.faults.push(format!("journal: {fault}"));
                        }
                    }
                }
                Ok::<_, crate::Error>(lines.len() as u64)
            }
            .await;
            match outcome {
                Ok(read) => rows += read,
                Err(error) => checked.faults.push(format!(
                    "table {}, part {}: {error}",
                    table.name, part.address
                )),
            }
        }
        if rows != table.rows {
            checked.faults.push(format!(
                "table {}: {rows} of {} rows can be read",
                table.name, table.rows
            ));
        }
        checked.rows += rows;
    }
    let (head, whole) = chain.finish();
    if !whole
        || head.position.0 != manifest.journal.position
        || head.hash.to_string() != manifest.journal.hash
    {
        checked.faults.push(format!(
            "journal: its chain leads to entry {}, and not to the head that was recorded at entry {}",
            head.position, manifest.journal.position
        ));
    }
    contents(target, manifest, &mut checked).await?;
    Ok(checked)
}

async fn contents(target: &Target, manifest: &Manifest, checked: &mut Checked) -> Result<()> {
    let vault = match target.vault().await {
        Ok(vault) => vault,
        Err(error) => {
            checked.faults.push(format!("the realm's keys: {error}"));
            return Ok(());
        }
    };
    let vault = &vault;
    let table = manifest.table("contents")?;
    for part in &table.parts {
        // That a part cannot be read has been said already.
        let Ok(text) = target.rows(part).await else {
            continue;
        };
        let lines = table
            .lines(&text)?
            .iter()
            .map(ContentLine::of)
            .collect::<Result<Vec<_>>>()?;
        let mut outcomes = stream::iter(lines)
            .map(|line| async move {
                let outcome = vault.verify(&line.address, line.inline).await;
                (line.address, outcome)
            })
            .buffer_unordered(AT_A_TIME);
        while let Some((address, outcome)) = outcomes.next().await {
            let address = address.to_string();
            match outcome {
                Ok(_) => checked.contents += 1,
                // It was damaged before the snapshot was taken, and the snapshot says so.
                Err(_) if manifest.content.damaged.contains(&address) => {}
                Err(error) => checked.faults.push(format!("content {address}: {error}")),
            }
        }
    }
    Ok(())
}
