//! What a document carries, where that is from, and what it may be marked.

use super::super::told::{Marked, MarkedBy};
use super::super::{AlertKind, ViewReading, told_sql};
use super::ViewMarking;
use super::request::{Request, waits_for};
use super::rules::{Chosen, Way, rules_of};
use super::sql::{self, CountsRow, LineRow, StateRow};
use crate::kernel::{
    Actor, FromRow, Id, Queries as _, Read, Role, Row, Rules, Standing, Time, args, thing,
};
use crate::libraries::{LibraryHead, head_of};
use crate::{Error, Result};

/// How many markings of before are shown.
const HISTORY: u64 = 50;

/// What saying a marking does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// The document carries it already.
    Nothing,
    /// It counts at once.
    Marks,
    /// Somebody else has to agree.
    Asks,
    /// The document is closed to everybody but whoever made its latest version.
    Holds,
    /// The document is sealed to everybody.
    Seals,
}

impl Does {
    /// As programs are told it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Marks => "marks",
            Self::Asks => "asks",
            Self::Holds => "holds",
            Self::Seals => "seals",
        }
    }
}

/// A marking that somebody can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkingChoice {
    /// The id of its scheme.
    pub scheme: String,
    /// What people call that.
    pub scheme_name: String,
    /// The id of the marking in it.
    pub marking: String,
    /// As it is written.
    pub label: String,
    /// What saying it does.
    pub does: Does,
    /// Only people who are cleared for it see what carries it.
    pub needs_clearance: bool,
}

impl MarkingChoice {
    /// Whether the realm may hold what is marked so.
    pub fn may_be_here(&self) -> bool {
        !matches!(self.does, Does::Holds | Does::Seals)
    }
}

/// Every marking of every scheme, and what saying it does where this counts.
pub(super) fn choices(rules: &Rules, counts: Option<&CountsRow>) -> Vec<MarkingChoice> {
    let mut all = Vec::new();
    for scheme in rules
        .policy
        .schemes
        .iter()
        .filter_map(|id| rules.schemes.get(id))
    {
        for level in &scheme.levels {
            let Ok(chosen) = Chosen::of(rules, &scheme.id, &level.id) else {
                continue;
            };
            all.push(MarkingChoice {
                does: match chosen.way(counts) {
                    Way::Same => Does::Nothing,
                    Way::Up => Does::Marks,
                    Way::Down => Does::Asks,
                    Way::Out(AlertKind::Ask, _) => Does::Holds,
                    Way::Out(..) => Does::Seals,
                },
                needs_clearance: chosen.carries.clearance > 0,
                scheme: scheme.id.clone(),
                scheme_name: scheme.name.clone(),
                marking: level.id.clone(),
                label: chosen.carries.label,
            });
        }
    }
    all
}

/// A marking that a document carries or carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedLine {
    /// The marking.
    pub label: String,
    /// Where it is from.
    pub by: MarkedBy,
    /// Since when.
    pub since: Time,
    /// Until when; none while it is in force.
    pub until: Option<Time>,
}

impl From<LineRow> for MarkedLine {
    fn from(row: LineRow) -> Self {
        Self {
            label: row.label,
            by: row.by,
            since: row.since,
            until: (row.until != Time::FOREVER).then_some(row.until),
        }
    }
}

/// What is known of the marking of a document, and what can be said of it.
#[derive(Debug, Clone)]
pub struct MarkingPage {
    /// Its library.
    pub head: LibraryHead,
    /// The document.
    pub id: Id<thing::Document>,
    /// What it is called.
    pub name: String,
    /// The marking that counts: the highest of those in force.
    pub counts: Option<Marked>,
    /// What it carries and carried, the newest first; at most 50.
    pub lines: Vec<MarkedLine>,
    /// What can be said, where this person may say something.
    pub choices: Vec<MarkingChoice>,
    /// What waits to be agreed to: for owners of the library, and whoever asked.
    pub request: Option<Request>,
    /// It is held until a question about it is answered.
    pub held: bool,
}

/// What counts, for people and for deciding.
struct Both(Marked, CountsRow);

impl FromRow for Both {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self(Marked::from_row(row)?, CountsRow::from_row(row)?))
    }
}

fn can_say(actor: &Actor, standing: &Standing) -> bool {
    standing.effective() >= Some(Role::Contributor)
        && !standing.binned
        && actor.realm().rules().is_some()
}

/// What is known of the marking of a document, for everybody who may read it.
pub async fn marking(actor: &Actor, document: Id<thing::Document>) -> Result<MarkingPage> {
    let mut proof: Read<ViewMarking> = actor.read(document).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let state: Option<StateRow> = proof.first(sql::STATE, args![at, document]).await?;
    let state = state.ok_or(Error::NotFound)?;
    let both: Option<Both> = proof.first(told_sql::COUNTS, args![at, document]).await?;
    let (marked, counts) = both.map(|both| (both.0, both.1)).unzip();
    let lines: Vec<LineRow> = proof
        .all(sql::HISTORY, args![at, document, HISTORY])
        .await?;
    let choices = if can_say(actor, proof.standing()) {
        choices(rules_of(actor)?.as_ref(), counts.as_ref())
    } else {
        Vec::new()
    };
    // A reader of what is published is told of what counts, and not of what was read in drafts.
    let only_in_force = proof.standing().sees_only_published();
    Ok(MarkingPage {
        request: waits_for(&mut proof, me).await?,
        head: head_of(&mut proof).await?,
        id: document,
        name: state.name,
        held: state.held,
        counts: marked,
        lines: lines
            .into_iter()
            .map(MarkedLine::from)
            .filter(|line| line.until.is_none() || !only_in_force)
            .collect(),
        choices,
    })
}

/// What the page of a document says of it: what waits, and whether this person may say something.
pub(in super::super) async fn of_page(
    proof: &mut Read<ViewReading>,
) -> Result<(Option<Request>, bool)> {
    let actor = proof.actor().clone();
    let can_say = can_say(&actor, proof.standing());
    Ok((waits_for(proof, actor.me()?).await?, can_say))
}
