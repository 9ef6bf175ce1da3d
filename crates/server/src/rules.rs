//! `chancery rules`: by which rules documents are judged, from the machine itself.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chancery::assurance::{self, RulebookPage, RulebookState, Written};
use chancery::kernel::{Actor, Id, thing};
use clap::Subcommand;

use crate::{Fault, Opened};

/// What `chancery rules` does.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Print the policy in force, as its file: one can begin one's own from it.
    Show,
    /// Have rules tried on everything that is here, without doing anything about what they find. The realm must be serving.
    Propose {
        /// The file of the policy, or il2, il3 or official.
        #[arg(long)]
        policy: String,
        /// The file of a scheme of markings besides those that come with the program. May be given several times.
        #[arg(long)]
        scheme: Vec<PathBuf>,
    },
    /// How far the trial of what is proposed is, and how much would change. Which documents, officers see on their pages.
    Report,
    /// Switch on the rules that are proposed.
    Use {
        /// Also when they were not tried on everything yet.
        #[arg(long)]
        unfinished: bool,
    },
    /// Take back the rules that are proposed.
    Withdraw,
    /// Read no markings any more, on every node of this realm. It is in the journal, with the reason.
    Off {
        /// Why, in a few words: it is kept.
        #[arg(long)]
        reason: String,
        /// Also open what nobody has read yet.
        #[arg(long)]
        open_unread: bool,
    },
    /// Read markings again, by the rules that were in force before that was switched off.
    On,
    /// Judge with this program, where a newer release did: after going back to the release before.
    TakeOver,
}

pub(crate) async fn perform(config: &Path, task: &Task) -> Result<(), Fault> {
    let opened = Opened::from_file(config).await?;
    let outcome = answer(&Actor::console(&opened.realm), task).await;
    opened.realm.close().await;
    print!("{}", outcome?);
    Ok(())
}

async fn answer(console: &Actor, task: &Task) -> Result<String, Fault> {
    Ok(match task {
        Task::Show => show(console).await?,
        Task::Propose { policy, scheme } => {
            let written = Written {
                policy: match markings::Policy::text(policy) {
                    Some(text) => text.to_owned(),
                    None => text(Path::new(policy))?,
                },
                schemes: scheme
                    .iter()
                    .map(|file| text(file))
                    .collect::<Result<_, _>>()?,
            };
            let id = assurance::propose(console, &written).await?;
            format!(
                "The rules are proposed as {id}, and tried while the realm serves. See how far that is with: chancery rules report\n"
            )
        }
        Task::Report => {
            let id = proposed(console).await?;
            report(&assurance::rulebook(console, id).await?)
        }
        Task::Use { unfinished } => {
            let id = proposed(console).await?;
            let new = assurance::switch_on(console, id, *unfinished)
                .await
                .map_err(|error| match error {
                    chancery::Error::Invalid(problems) if problems.of("unfinished").is_some() => {
                        Fault::Said(format!(
                            "{}: chancery rules use --unfinished",
                            problems.of("unfinished").unwrap_or_default()
                        ))
                    }
                    other => other.into(),
                })?;
            format!(
                "The rules are in force as {new}. Everything is read again while the realm serves.\n"
            )
        }
        Task::Withdraw => {
            assurance::withdraw(console, proposed(console).await?).await?;
            "The rules are taken back.\n".to_owned()
        }
        Task::Off {
            reason,
            open_unread,
        } => {
            let opened = assurance::stop_reading(console, reason, *open_unread)
                .await
                .map_err(|error| match error {
                    chancery::Error::Invalid(problems) if problems.of("unread").is_some() => {
                        Fault::Said(format!(
                            "{}: chancery rules off --open-unread",
                            problems.of("unread").unwrap_or_default()
                        ))
                    }
                    other => other.into(),
                })?;
            format!(
                "No markings are read in this realm any more; {opened} versions that nobody had read are open now. Read them again with: chancery rules on\n"
            )
        }
        Task::On => format!(
            "Markings are read again, by {}. Everything is read while the realm serves.\n",
            assurance::read_again(console).await?
        ),
        Task::TakeOver => format!(
            "This program judges from now on, by {}. Everything is read again while the realm serves.\n",
            assurance::take_over(console).await?
        ),
    })
}

fn text(file: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(file).map_err(Fault::machine(format!("reading {}", file.display())))
}

async fn proposed(console: &Actor) -> Result<Id<thing::Rulebook>, Fault> {
    let (_, proposed) = assurance::rules_now(console).await?;
    proposed.ok_or_else(|| Fault::Said("no rules are proposed".to_owned()))
}

async fn show(console: &Actor) -> Result<String, Fault> {
    let (in_force, proposed) = assurance::rules_now(console).await?;
    let none = || Fault::Said("markings are not read in this realm".to_owned());
    let page = assurance::rulebook(console, in_force.ok_or_else(none)?).await?;
    if page.written.is_off() {
        return Err(none());
    }
    let id = page.line.id;
    let mut said = format!("# {}, in force as {id}", page.line.name);
    if let Some(from) = page.line.from {
        let _ = write!(said, " since {from}");
    }
    said.push('\n');
    if let Some(proposed) = proposed {
        let _ = writeln!(
            said,
            "# Other rules are proposed as {proposed}: chancery rules report"
        );
    }
    if !page.written.schemes.is_empty() {
        let _ = writeln!(
            said,
            "# It is used with schemes of the realm's own: {}",
            page.written.schemes.len()
        );
    }
    said.push('\n');
    said.push_str(&page.written.policy);
    Ok(said)
}

/// What a trial found, in lines.
fn report(page: &RulebookPage) -> String {
    let line = &page.line;
    let mut said = format!(
        "{} ({}), proposed by {} on {}\n",
        line.name,
        line.id,
        line.proposed_by.in_words(),
        line.proposed_at
    );
    if let Some(trial) = &page.trial {
        let _ = writeln!(said, "tried on {} of {} versions", trial.done, trial.total);
        if !trial.is_whole() && line.state == RulebookState::Proposed {
            said.push_str("the report is not whole yet\n");
        }
        for (effect, number) in &trial.counts {
            let _ = writeln!(said, "{number:>8}  {}", effect.label());
        }
        if trial.counts.is_empty() {
            said.push_str("nothing would change\n");
        }
    }
    said
}
