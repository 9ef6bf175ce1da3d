//! What people do about rules: they propose them, see what a trial found, and switch them on or take them back.

use std::sync::Arc;

use super::rulebook::{PROGRAM, Written, put};
use super::trial::Effect;
use super::trial_sql::{self, BookRow, EffectRow, HowFarRow, TextsRow};
use super::{
    ChangeRules, ProposeRules, RulesChanged, RulesProposed, RulesWithdrawn, ViewRules,
    WithdrawRules,
};
use crate::kernel::{Actor, FromRow, Id, Queries, Row, Time, args, thing};
use crate::people::Author;
use crate::{Error, Result};

/// How many lines a page has.
const PAGE: usize = 50;
/// The longest text of rules, in bytes.
const LONGEST: usize = 200_000;
/// The most schemes of a realm's own.
const MOST_SCHEMES: usize = 20;

/// What became of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulebookState {
    /// They are tried, and not in force.
    Proposed,
    /// They were taken back.
    Withdrawn,
    /// They were tried and switched on: under this name, because what is in force is never older than what was.
    SwitchedOn(Id<thing::Rulebook>),
    /// Documents are judged by them.
    InForce,
    /// Documents were judged by them.
    Over,
}

impl RulebookState {
    /// As programs are told it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Withdrawn => "withdrawn",
            Self::SwitchedOn(_) => "switched on",
            Self::InForce => "in force",
            Self::Over => "over",
        }
    }
}

/// Rules, and what became of them.
#[derive(Debug, Clone)]
pub struct RulebookLine {
    /// Which.
    pub id: Id<thing::Rulebook>,
    /// What their policy is called.
    pub name: String,
    /// What became of them.
    pub state: RulebookState,
    /// Who proposed them; the console where they came with the realm's settings or with a new program.
    pub proposed_by: Author,
    /// When.
    pub proposed_at: Time,
    /// Since when they are or were in force.
    pub from: Option<Time>,
    /// Until when they were.
    pub until: Option<Time>,
    /// Who ended their trial, and when.
    pub ended: Option<(Author, Time)>,
    /// How far their trial was when it ended.
    ended_at: HowFarRow,
}

impl FromRow for RulebookLine {
    fn from_row(row: &Row) -> Result<Self> {
        let facts = BookRow::from_row(row)?;
        let ended = facts.tried && facts.ended_at < Time::FOREVER;
        let state = match (facts.tried, ended, facts.became.raw()) {
            (true, false, _) => RulebookState::Proposed,
            (true, true, 0) => RulebookState::Withdrawn,
            (true, true, _) => RulebookState::SwitchedOn(facts.became),
            (false, ..) if facts.until_at == Time::FOREVER => RulebookState::InForce,
            (false, ..) => RulebookState::Over,
        };
        Ok(Self {
            id: facts.id,
            name: facts.name,
            state,
            proposed_by: Author::read(row, "proposed_by")?,
            proposed_at: facts.proposed_at,
            from: (!facts.tried).then_some(facts.from_at),
            until: (state == RulebookState::Over).then_some(facts.until_at),
            ended: ended
                .then(|| Ok::<_, Error>((Author::read(row, "ended_by")?, facts.ended_at)))
                .transpose()?,
            ended_at: HowFarRow {
                done: facts.done,
                total: facts.total,
            },
        })
    }
}

/// How far a trial is, and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// How many versions it has read.
    pub done: u64,
    /// How many there are.
    pub total: u64,
    /// How many changes there would be of each kind, the gravest first.
    pub counts: Vec<(Effect, u64)>,
}

impl Trial {
    /// Whether every version was read.
    pub fn is_whole(&self) -> bool {
        self.done >= self.total
    }
}

/// Rules as they are written, with what became of them and what a trial found.
#[derive(Debug, Clone)]
pub struct RulebookPage {
    /// What became of them.
    pub line: RulebookLine,
    /// The rules.
    pub written: Written,
    /// What a trial found; none for rules that were in force without one.
    pub trial: Option<Trial>,
}

/// The rules of the realm, those in force, proposed and earlier: the newest first, 50 at a time, with what to ask for the next.
pub async fn rulebooks(
    actor: &Actor,
    after: Option<Id<thing::Rulebook>>,
) -> Result<(Vec<RulebookLine>, Option<Id<thing::Rulebook>>)> {
    let mut proof = actor.read::<ViewRules>(Id::REALM).await?;
    let from = after.map_or(i64::MAX, Id::raw);
    let mut lines: Vec<RulebookLine> = proof
        .all(trial_sql::BOOKS, args![from, PAGE as u64 + 1])
        .await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(|line| line.id);
    Ok((lines, next))
}

/// The rules that are in force, and those that are proposed.
pub async fn rules_now(
    actor: &Actor,
) -> Result<(Option<Id<thing::Rulebook>>, Option<Id<thing::Rulebook>>)> {
    let mut proof = actor.read::<ViewRules>(Id::REALM).await?;
    let in_force: Option<super::sql::RulebookRow> =
        proof.first(super::sql::RULEBOOK, args![proof.at()]).await?;
    let open: Option<super::sql::RulebookRow> = proof.first(trial_sql::OPEN, args![]).await?;
    Ok((in_force.map(|row| row.id), open.map(|row| row.id)))
}

/// These rules.
pub async fn rulebook(actor: &Actor, id: Id<thing::Rulebook>) -> Result<RulebookPage> {
    let mut proof = actor.read::<ViewRules>(Id::REALM).await?;
    let line: RulebookLine = proof.one(trial_sql::BOOK, args![id]).await?;
    let texts: TextsRow = proof.one(trial_sql::TEXTS, args![id]).await?;
    let trial = match line.state {
        RulebookState::InForce | RulebookState::Over => None,
        RulebookState::Proposed => {
            let far: HowFarRow = proof.one(trial_sql::HOW_FAR, args![id]).await?;
            Some(trial(&mut proof, id, &far).await?)
        }
        RulebookState::Withdrawn | RulebookState::SwitchedOn(_) => {
            Some(trial(&mut proof, id, &line.ended_at).await?)
        }
    };
    Ok(RulebookPage {
        line,
        written: Written {
            policy: texts.policy,
            schemes: serde_json::from_str(&texts.schemes).map_err(Error::unavailable)?,
        },
        trial,
    })
}

async fn trial(
    queries: &mut impl Queries,
    id: Id<thing::Rulebook>,
    far: &HowFarRow,
) -> Result<Trial> {
    let rows: Vec<EffectRow> = queries.all(trial_sql::EFFECTS, args![id]).await?;
    let mut counts: Vec<(Effect, u64)> = rows
        .into_iter()
        .filter_map(|row| Some((Effect::from_name(&row.effect)?, row.number)))
        .collect();
    counts.sort_unstable_by_key(|(effect, _)| *effect);
    Ok(Trial {
        done: far.done,
        total: far.total,
        counts,
    })
}

/// Proposes rules: from now on every version is read by them in the background, and nothing is done but writing down what would
/// change. One proposal at a time. Problems are on `policy` and `schemes`.
pub async fn propose(actor: &Actor, written: &Written) -> Result<Id<thing::Rulebook>> {
    let mut w = actor.write::<ProposeRules>(Id::REALM).await?;
    let Some(in_force) = actor.realm().rules() else {
        return Err(Error::Refused("Markings are not read in this realm"));
    };
    let written = plain(written)?;
    let id: Id<thing::Rulebook> = w.new_id();
    let rules = written.checked(id)?;
    let current: TextsRow = w.one(trial_sql::TEXTS, args![in_force.id]).await?;
    let schemes = serde_json::to_string(&written.schemes).map_err(Error::unavailable)?;
    if (current.policy.as_str(), current.schemes.as_str())
        == (written.policy.as_str(), schemes.as_str())
    {
        return Err(Error::invalid(
            "policy",
            "Change something: these are the rules in force, word for word",
        ));
    }
    let open: Option<super::sql::RulebookRow> = w.first(trial_sql::OPEN, args![]).await?;
    if let Some(open) = open {
        let line: RulebookLine = w.one(trial_sql::BOOK, args![open.id]).await?;
        return Err(Error::Conflict(format!(
            "{} has proposed rules already ({}). Switch those on or take them back first",
            line.proposed_by.in_words(),
            line.name
        )));
    }
    let (at, by) = (w.at(), w.by());
    let name = rules.policy.name;
    w.execute(
        trial_sql::PROPOSE,
        args![
            id,
            &name,
            &written.policy,
            schemes,
            PROGRAM,
            by,
            at,
            Time::FOREVER
        ],
    )
    .await?;
    w.execute(trial_sql::BEGIN_TRIAL, args![id, Time::FOREVER])
        .await?;
    w.commit(RulesProposed {
        name,
        rulebook: id.to_string(),
    })
    .await?;
    Ok(id)
}

/// As forms and files of other systems send them, with ends of lines as they are kept; what is empty is no scheme.
fn plain(written: &Written) -> Result<Written> {
    let lines = |text: &String| text.replace("\r\n", "\n");
    let written = Written {
        policy: lines(&written.policy),
        schemes: written
            .schemes
            .iter()
            .map(lines)
            .filter(|text| !text.trim().is_empty())
            .collect(),
    };
    let too_long = format!("Rules have at most {LONGEST} characters. Take something out");
    if written.policy.trim().is_empty() {
        return Err(Error::invalid("policy", "Enter the text of a policy"));
    }
    if written.policy.len() > LONGEST {
        return Err(Error::invalid("policy", too_long));
    }
    if written.schemes.iter().map(String::len).sum::<usize>() > LONGEST {
        return Err(Error::invalid("schemes", too_long));
    }
    if written.schemes.len() > MOST_SCHEMES {
        return Err(Error::invalid(
            "schemes",
            format!("A realm has at most {MOST_SCHEMES} schemes of its own"),
        ));
    }
    Ok(written)
}

/// That this rulebook is one whose trial is open.
async fn open_trial(queries: &mut impl Queries, id: Id<thing::Rulebook>) -> Result<RulebookLine> {
    let line: RulebookLine = queries.one(trial_sql::BOOK, args![id]).await?;
    match (line.state, &line.ended) {
        (RulebookState::Proposed, _) => Ok(line),
        (state, Some((by, _))) => Err(Error::Conflict(format!(
            "{} has {} these rules already",
            by.in_words(),
            if state == RulebookState::Withdrawn {
                "taken back"
            } else {
                "switched on"
            }
        ))),
        _ => Err(Error::Conflict(
            "These rules are not proposed: they are or were in force".to_owned(),
        )),
    }
}

/// Switches on rules that were proposed: documents are judged by them from now on, and every version is read again in the
/// background. Before their trial is finished only where that is said. Problems are on `unfinished`.
///
/// What is in force has an id that is newer than that of what was, so that no node goes back to what it has not heard the end of.
pub async fn switch_on(
    actor: &Actor,
    id: Id<thing::Rulebook>,
    unfinished: bool,
) -> Result<Id<thing::Rulebook>> {
    let mut w = actor.write::<ChangeRules>(Id::REALM).await?;
    if actor.realm().rules().is_none() {
        return Err(Error::Refused("Markings are not read in this realm"));
    }
    if actor.realm().is_judged_by_another() {
        return Err(Error::Refused(
            "A newer release of the program judges in this realm. Switch rules on there",
        ));
    }
    let line = open_trial(&mut w, id).await?;
    let far: HowFarRow = w.one(trial_sql::HOW_FAR, args![id]).await?;
    if far.done < far.total && !unfinished {
        return Err(Error::invalid(
            "unfinished",
            format!(
                "These rules were tried on {} of {} versions so far, so the report is not whole. Wait, or say that you switch them on all the same",
                far.done, far.total
            ),
        ));
    }
    let texts: TextsRow = w.one(trial_sql::TEXTS, args![id]).await?;
    let written = Written {
        policy: texts.policy,
        schemes: serde_json::from_str(&texts.schemes).map_err(Error::unavailable)?,
    };
    let rules = put(&mut w, &written, line.proposed_by.id).await?;
    let (at, by, new) = (w.at(), w.by(), rules.id);
    w.execute(
        trial_sql::END_TRIAL,
        args![id, at, by, new, far.done, far.total],
    )
    .await?;
    w.commit(RulesChanged {
        name: rules.policy.name.clone(),
        rulebook: new.to_string(),
    })
    .await?;
    actor.realm().judge_by(Arc::new(rules));
    Ok(new)
}

/// Takes back rules that were proposed. What their trial has found so far stays to be seen.
pub async fn withdraw(actor: &Actor, id: Id<thing::Rulebook>) -> Result<()> {
    let mut w = actor.write::<WithdrawRules>(Id::REALM).await?;
    let line = open_trial(&mut w, id).await?;
    let far: HowFarRow = w.one(trial_sql::HOW_FAR, args![id]).await?;
    let (at, by) = (w.at(), w.by());
    w.execute(
        trial_sql::END_TRIAL,
        args![id, at, by, 0_i64, far.done, far.total],
    )
    .await?;
    w.commit(RulesWithdrawn {
        name: line.name,
        rulebook: id.to_string(),
    })
    .await
}
