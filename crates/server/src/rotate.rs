//! `chancery rotate-key`: changing the key that the keys of content are wrapped under.

use std::path::Path;
use std::process::ExitCode;

use chancery::keeping;
use chancery::kernel::Actor;
use clap::Args;
use vault::{KeyId, Keys};

use crate::{Fault, Opened};

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Rotate {
    /// Add a key to the key file, for every node to load; nothing is written under it yet.
    #[arg(long)]
    add: bool,
    /// Write under this key from now on; waits until every node has loaded it.
    #[arg(long = "use", value_name = "KEY")]
    adopt: Option<KeyId>,
    /// Move everything to the key in use. Interrupted, it goes on where it was.
    #[arg(long)]
    rewrap: bool,
    /// Take this key out of the key file, when nothing is under it any more.
    #[arg(long, value_name = "KEY")]
    retire: Option<KeyId>,
}

pub(crate) async fn perform(config: &Path, asked: &Rotate) -> Result<ExitCode, Fault> {
    let opened = Opened::from_file(config).await?;
    let console = Actor::console(&opened.realm);
    let outcome = steps(&console, &opened, asked).await;
    opened.realm.close().await;
    outcome
}

/// The one step that was asked for, or all but the last.
async fn steps(console: &Actor, opened: &Opened, asked: &Rotate) -> Result<ExitCode, Fault> {
    let mut keys = Keys::load(&opened.settings.keys)?;
    if let Some(id) = asked.retire {
        keeping::retire(console, &mut keys, id).await?;
        println!(
            "Key {id} is retired. Backups that were taken before keep a copy of it, and need it: \
             if it is known to somebody who should not have it, remove them with `chancery backup prune`."
        );
        return Ok(ExitCode::SUCCESS);
    }
    let old = keys.current();
    let all = !asked.add && asked.adopt.is_none() && !asked.rewrap;
    let mut to = asked.adopt;
    if asked.add || all {
        let id = keeping::prepare(console, &mut keys).await?;
        println!("Key {id} is added to {}.", opened.settings.keys.display());
        if asked.add {
            println!(
                "Copy the file to every other machine of the realm, and keep a copy in your safe place. \
                 Then: chancery rotate-key --use {id}"
            );
        }
        to = all.then_some(id);
    }
    if let Some(id) = to {
        keeping::adopt(console, &mut keys, id).await?;
        println!("New content is written under key {id} from now on.");
        opened.realm.load_keys(Keys::load(&opened.settings.keys)?)?;
    }
    if !asked.rewrap && !all {
        return Ok(ExitCode::SUCCESS);
    }
    let done = keeping::rewrap(console, keys.current()).await?;
    println!(
        "{} contents were moved to key {}.",
        done.moved,
        keys.current()
    );
    for left in &done.left {
        println!("  WRONG  {left}");
    }
    if all {
        println!("When no node needs key {old} any more: chancery rotate-key --retire {old}");
    }
    Ok(if done.left.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
