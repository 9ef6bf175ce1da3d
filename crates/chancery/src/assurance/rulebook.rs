//! By which rules a realm judges. They are kept with the realm, so every node judges by the same.

use std::fmt::Write as _;
use std::sync::Arc;

use markings::{Broken, Policy, Scheme, Schemes};

use super::sql::{self, RulebookRow};
use super::{ChangeRules, ReadMarkings, RulesChanged};
use crate::kernel::{Actor, Id, Queries as _, Realm, Rules, Time, args, thing};
use crate::{Error, Problems, Result};

/// How many things that are wrong with a file are told at once.
const TOLD: usize = 3;

/// Which of the files of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulesFile {
    /// The policy.
    Policy,
    /// The scheme of this number, from 1.
    Scheme(usize),
}

/// The first things that are wrong, in sentences, and how many there are besides.
pub fn first_of(wrong: &[String]) -> String {
    let mut says = wrong
        .iter()
        .take(TOLD)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(". ");
    if wrong.len() > TOLD {
        // Writing to a String cannot fail.
        let _ = write!(says, ". And {} more", wrong.len() - TOLD);
    }
    says
}

/// Rules as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The policy: the text of its file.
    pub policy: String,
    /// The schemes of markings besides those that come with the program: the texts of their files.
    pub schemes: Vec<String>,
}

impl Written {
    /// Checks them; the message says what is wrong where.
    pub fn parse(&self) -> std::result::Result<(Schemes, Policy), String> {
        let own: Vec<&str> = self.schemes.iter().map(String::as_str).collect();
        let schemes = Schemes::with(&own).map_err(|error| error.to_string())?;
        let policy = Policy::parse(&self.policy, &schemes).map_err(|error| error.to_string())?;
        Ok((schemes, policy))
    }

    /// What is wrong with them, for whoever wrote them: in which file, in which line, and what would be right. Nothing where they
    /// can be put in force.
    pub fn broken(&self) -> Vec<(RulesFile, Broken)> {
        let own: Vec<&str> = self.schemes.iter().map(String::as_str).collect();
        let mut all: Vec<(RulesFile, Broken)> = Vec::new();
        for (place, text) in own.iter().enumerate() {
            let file = RulesFile::Scheme(place + 1);
            let mut wrong = Scheme::broken(text);
            // Of two with one id the later is wrong.
            if wrong.is_empty()
                && all.is_empty()
                && let Err(error) = Schemes::with(&own[..=place])
            {
                wrong.push(error.broken(text));
            }
            all.extend(wrong.into_iter().map(|one| (file, one)));
        }
        match Schemes::with(&own) {
            Ok(schemes) => all.extend(
                Policy::broken(&self.policy, &schemes)
                    .into_iter()
                    .map(|one| (RulesFile::Policy, one)),
            ),
            // What it says of schemes is looked at when they are right.
            Err(_) => {
                all.extend(Policy::unreadable(&self.policy).map(|one| (RulesFile::Policy, one)));
            }
        }
        all
    }

    /// The same for whoever wrote them: problems are on `policy` and `schemes`.
    pub(super) fn checked(&self, id: Id<thing::Rulebook>) -> Result<Rules> {
        let mut problems = Problems::new();
        for file in [true, false] {
            let of: Vec<String> = self
                .broken()
                .into_iter()
                .filter_map(|(place, one)| match place {
                    RulesFile::Policy => file.then(|| one.to_string()),
                    RulesFile::Scheme(number) => (!file).then(|| format!("Scheme {number}: {one}")),
                })
                .collect();
            if !of.is_empty() {
                problems.add(if file { "policy" } else { "schemes" }, first_of(&of));
            }
        }
        problems.check()?;
        let (schemes, policy) = self
            .parse()
            .map_err(|wrong| Error::invalid("policy", wrong))?;
        Ok(Rules {
            id,
            schemes,
            policy,
        })
    }

    /// Whether they say that nothing is read.
    pub fn is_off(&self) -> bool {
        self.policy.is_empty()
    }

    pub(super) fn of(row: &RulebookRow) -> Result<Self> {
        Ok(Self {
            policy: row.policy.clone(),
            schemes: serde_json::from_str(&row.schemes).map_err(Error::unavailable)?,
        })
    }

    pub(super) fn rules(&self, id: Id<thing::Rulebook>) -> Result<Rules> {
        let unfit = |what: String| {
            Error::unavailable(format!("the rules that documents are judged by: {what}"))
        };
        let own: Vec<&str> = self.schemes.iter().map(String::as_str).collect();
        let schemes = Schemes::with(&own).map_err(|error| unfit(error.to_string()))?;
        let policy =
            Policy::kept(&self.policy, &schemes).map_err(|error| unfit(error.to_string()))?;
        Ok(Rules {
            id,
            schemes,
            policy,
        })
    }
}

/// The program whose rules these are: rules are functions of it too.
pub(super) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// What a node found when it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The rules in force are those of the settings.
    Same,
    /// Others are in force than the settings name; they count.
    Others,
    /// Reading was switched off in this realm.
    Off,
    /// A newer program has put the rules in force, which this one leaves alone: its nodes judge.
    Newer(String),
}

/// Whether this program is newer than that one, by their version numbers.
pub(super) fn is_newer(this: &str, that: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        let plain = text.split(['-', '+']).next().unwrap_or_default();
        plain
            .split('.')
            .map(|one| one.parse().unwrap_or(0))
            .collect()
    };
    numbers(this) > numbers(that)
}

/// Begins to judge documents by the rules that are in force in this realm, or by these where there are none yet. A program that is
/// new to the realm reads everything again; one that is older than that whose rules are in force does not take over.
pub async fn begin(realm: &Realm, first: &Written) -> Result<Begun> {
    realm.read_here(true);
    let console = Actor::console(realm);
    let mut w = console.write::<ChangeRules>(Id::REALM).await?;
    let at = w.at();
    let row: Option<RulebookRow> = w.first(sql::RULEBOOK, args![at]).await?;
    let written = match &row {
        None => first.clone(),
        Some(row) if row.is_off() => {
            realm.judge_nothing();
            return Ok(Begun::Off);
        }
        Some(row) if is_newer(&row.program, PROGRAM) => {
            adopt(realm, row)?;
            return Ok(Begun::Newer(row.program.clone()));
        }
        Some(row) => Written::of(row)?,
    };
    let begun = if written == *first {
        Begun::Same
    } else {
        Begun::Others
    };
    if let Some(row) = row
        && row.program == PROGRAM
    {
        realm.judge_by(Arc::new(written.rules(row.id)?));
        return Ok(begun);
    }
    bring_in_force(w, &written).await?;
    Ok(begun)
}

/// Puts rules in force for the realm itself, and begins to judge by them.
pub(super) async fn bring_in_force(
    mut w: crate::kernel::Write<ChangeRules>,
    written: &Written,
) -> Result<()> {
    let realm = w.actor().realm().clone();
    let rules = put(&mut w, written, 0).await?;
    let event = RulesChanged {
        name: rules.policy.name.clone(),
        rulebook: rules.id.to_string(),
    };
    w.commit(event).await?;
    realm.judge_by(Arc::new(rules));
    Ok(())
}

/// For a node whose settings say that nothing is read: the rules of the realm are the realm's all the same. What this node takes in
/// is left to others to read; says by which rules, where there are any.
pub async fn follow(realm: &Realm) -> Result<Option<String>> {
    realm.read_here(false);
    refresh(realm).await?;
    Ok(in_force_name(realm))
}

/// What the rules are called by which documents are judged in this realm; none where they are not.
pub fn in_force_name(realm: &Realm) -> Option<String> {
    realm.rules().map(|rules| rules.policy.name.clone())
}

/// Puts rules in force, in place of those that were.
pub(super) async fn put(
    w: &mut crate::kernel::Write<ChangeRules>,
    written: &Written,
    proposed_by: i64,
) -> Result<Rules> {
    let at = w.at();
    let id: Id<thing::Rulebook> = w.new_id();
    let rules = written.rules(id)?;
    w.execute(sql::END_RULEBOOKS, args![at]).await?;
    let schemes = serde_json::to_string(&written.schemes).map_err(Error::unavailable)?;
    w.execute(
        sql::PUT_RULEBOOK,
        args![
            id,
            &rules.policy.name,
            &written.policy,
            schemes,
            PROGRAM,
            proposed_by,
            at,
            Time::FOREVER
        ],
    )
    .await?;
    Ok(rules)
}

/// Takes over rules that another node has put in force meanwhile, and that reading was switched off.
pub(super) async fn refresh(realm: &Realm) -> Result<()> {
    let current = realm.rules().map(|rules| rules.id);
    let mut proof = Actor::console(realm)
        .read::<ReadMarkings>(Id::REALM)
        .await?;
    let row: Option<RulebookRow> = proof.first(sql::RULEBOOK, args![proof.at()]).await?;
    match row {
        Some(row) if current != Some(row.id) => adopt(realm, &row),
        _ => Ok(()),
    }
}

/// These are in force. Rules are functions of their program too: what another program has put in force is for its nodes to judge by.
fn adopt(realm: &Realm, row: &RulebookRow) -> Result<()> {
    if row.is_off() {
        realm.judge_nothing();
        return Ok(());
    }
    let rules = Written::of(row).and_then(|written| written.rules(row.id));
    if row.program == PROGRAM {
        realm.judge_by(Arc::new(rules?));
    } else {
        realm.leave_judging(rules.ok().map(Arc::new));
    }
    Ok(())
}
