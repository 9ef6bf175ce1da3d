//! Can this person see it, on this date, and why?

use super::Governed;
use super::holders::{Because, ordered};
use super::sql;
use crate::Result;
use crate::kernel::{Actor, Id, Queries as _, Role, Time, args, thing};
use crate::people::PersonLine;

/// What a person could do on a place at a moment.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Who.
    pub line: PersonLine,
    /// What they could do; none when they could not see it.
    pub role: Option<Role>,
    /// Every grant that gave it to them.
    pub because: Vec<Because>,
    /// When.
    pub at: Time,
    /// Whether their account was active then: without one, no grant gives anything.
    pub account: bool,
}

/// Whether a person could see the place at `at` (now, for none), and by which grants. Asks the one rule of access.
pub async fn why<P: Governed>(
    actor: &Actor,
    place: Id<P>,
    person: Id<thing::Person>,
    at: Option<Time>,
) -> Result<Answer> {
    let mut proof = actor.read::<P::View>(place).await?;
    let (now, target) = (proof.at(), proof.target());
    let at = at.unwrap_or(now);
    let line: PersonLine = proof.one(sql::PERSON, args![now, person]).await?;
    let because = ordered(proof.all(sql::BECAUSE, args![at, person, target]).await?);
    let account: (bool,) = proof.one(sql::ACCOUNT, args![at, person]).await?;
    Ok(Answer {
        line,
        role: because.first().map(|greatest| greatest.role),
        because,
        at,
        account: account.0,
    })
}
