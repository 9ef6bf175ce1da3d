//! One alert with all that is known about it, for assurance officers.

use super::alerts::{AlertLine, Decided};
use super::reopen::{TakenBack, can_take_back, taken_back};
use super::sql::{self, ElsewhereRow, ExposedRow, PlacedRow, WhoRow};
use super::{Elsewhere, Findings, ViewAlerts, told_sql};
use crate::kernel::{Actor, Id, Queries as _, Read, Time, args, thing};
use crate::people::Author;
use crate::{Error, Result};

/// How many people are named who opened a document.
const EXPOSED: u64 = 1000;
/// How many owners of its library are named, who can be asked about a document.
const OWNERS: u64 = 5;

/// Somebody who opened a document, or was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// Who.
    pub who: Author,
    /// How often they opened it.
    pub opened: u64,
    /// How often they downloaded it, also with others or by a file program.
    pub downloaded: u64,
    /// How often they were told of it in a notice.
    pub told: u64,
    /// When that was first.
    pub first: Time,
    /// And last.
    pub last: Time,
}

/// All that is known about an alert.
#[derive(Debug, Clone)]
pub struct AlertDetails {
    /// The alert.
    pub line: AlertLine,
    /// What was found.
    pub findings: Findings,
    /// How sure that is, in per cent.
    pub confidence: u64,
    /// The rule that decided.
    pub rule: String,
    /// When that version was made.
    pub placed_at: Time,
    /// Who opened it since then, or was told of it: whoever made it aside.
    pub exposed: Vec<Exposed>,
    /// What else there is of the same content, by name and library: the first of it.
    pub elsewhere: Vec<(String, String)>,
    /// The same counted, with what is nobody's to see.
    pub kept: Elsewhere,
    /// The marking that it was given, where that was decided.
    pub corrected: Option<String>,
    /// The certificate of its destruction.
    pub certificate: Option<Id<thing::Certificate>>,
    /// Who owns its library, and can be asked about it: the first of them.
    pub owners: Vec<Author>,
    /// What was decided before and taken back, the newest first.
    pub taken_back: Vec<TakenBack>,
    /// Whether what was decided can be taken back.
    pub can_take_back: bool,
    /// The document has other versions, which would be left if that of the alert was destroyed alone.
    pub leaves: bool,
    /// Whoever asks made the version: somebody else decides.
    pub own: bool,
}

/// All that is known about an alert.
pub async fn alert(actor: &Actor, id: Id<thing::Alert>) -> Result<AlertDetails> {
    let mut proof: Read<ViewAlerts> = actor.read(Id::REALM).await?;
    let line: AlertLine = proof
        .first(sql::ALERT, args![proof.at(), id])
        .await?
        .ok_or(Error::NotFound)?;
    let placed: PlacedRow = proof.one(sql::PLACED, args![id]).await?;
    let exposed: Vec<ExposedRow> = proof
        .all(
            sql::EXPOSED,
            args![
                proof.at(),
                line.document,
                placed.placed_at,
                line.placed_by.id,
                EXPOSED
            ],
        )
        .await?;
    let elsewhere: Vec<ElsewhereRow> = proof
        .all(sql::ELSEWHERE, args![placed.content_id, line.document])
        .await?;
    let owners: Vec<WhoRow> = proof
        .all(sql::OWNERS_OF, args![proof.at(), line.library.0, OWNERS])
        .await?;
    let corrected = match line.decided {
        Some((Decided::Downgraded, _, at, _)) => proof
            .first(told_sql::CORRECTED, args![line.document, at])
            .await?
            .map(|(label,): (String,)| label),
        _ => None,
    };
    let (at, me) = (proof.at(), actor.me()?.raw());
    let content = Some(placed.content_id);
    let own = line.placed_by.id == me;
    Ok(AlertDetails {
        owners: owners.into_iter().map(|row| row.0).collect(),
        taken_back: taken_back(&mut proof, id).await?,
        can_take_back: !own && !placed.gone && can_take_back(&line).is_ok(),
        kept: Elsewhere::of(&mut proof, at, line.document, content).await?,
        own,
        line,
        findings: serde_json::from_str(&placed.evidence).map_err(Error::unavailable)?,
        confidence: placed.confidence,
        rule: placed.rule,
        placed_at: placed.placed_at,
        exposed: exposed.into_iter().map(|row| row.0).collect(),
        elsewhere: elsewhere
            .into_iter()
            .map(|row| (row.name, row.library))
            .collect(),
        corrected,
        certificate: placed.certificate,
        leaves: placed.leaves,
    })
}
