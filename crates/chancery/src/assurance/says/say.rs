//! Saying what the marking of a document is.

use super::super::raise::put_alert;
use super::super::record::put_marking;
use super::super::rules::Closed;
use super::super::sql::{self as found, VersionRow};
use super::super::{Findings, told_sql, verdict_name};
use super::request::{self, Asked};
use super::rules::{Chosen, Way, optional, rules_of, said_so, with_reason};
use super::sql::{self, CountsRow, StateRow, WhoRow};
use super::{MarkingSaid, ReportSpill, SAID, SayMarking, SpillReported};
use crate::kernel::{Action, Actor, Id, Queries as _, Rules, Write, args, thing};
use crate::libraries::as_expected;
use crate::people::Author;
use crate::{Error, Result};
use markings::{Outcome, Verdict};

/// What somebody says of the marking of a document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Saying<'a> {
    /// The scheme of the marking.
    pub scheme: &'a str,
    /// The marking in it.
    pub marking: &'a str,
    /// Why; must be there where it is lower than what the document carries.
    pub reason: &'a str,
    /// It may not be here, and whoever says so knows that this seals the document.
    pub seals: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The document is marked so.
    Marked,
    /// Somebody else has to agree.
    Asked(Id<thing::MarkingRequest>),
    /// It may not be here: an alert was raised, and the document is sealed.
    Sealed(Id<thing::Alert>),
}

/// What counts of a document.
pub(super) async fn counts<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
) -> Result<Option<CountsRow>> {
    let (at, document) = (w.at(), w.target());
    w.first(told_sql::COUNTS, args![at, document]).await
}

/// The latest version of a document.
pub(super) async fn latest<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
) -> Result<VersionRow> {
    let document = w.target();
    w.first(sql::LATEST, args![document])
        .await?
        .ok_or(Error::NotFound)
}

/// Who acts, by name.
pub(super) async fn who<A: Action<Target = thing::Document>>(w: &mut Write<A>) -> Result<Author> {
    let (at, by) = (w.at(), w.by());
    let row: WhoRow = w.one(sql::WHO, args![at, by]).await?;
    Ok(row.0)
}

/// The document carries what this person said, and not any more what somebody said before, nor what its library says of those in
/// which nothing is found.
pub(super) async fn mark<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    chosen: &Chosen,
    by: i64,
) -> Result<()> {
    let (at, document) = (w.at(), w.target());
    for source in ["person", "library"] {
        w.execute(found::END_MARKINGS, args![at, document, source])
            .await?;
    }
    put_marking(w, &chosen.carries, "person", by).await
}

/// Says what the marking of a document is. Upwards it counts at once; downwards an owner of its library is asked to agree; what may
/// not be here seals the document, to whoever says so too. Problems are on `marking`, `reason` and `seals`.
pub async fn say(
    actor: &Actor,
    document: Id<thing::Document>,
    saying: &Saying<'_>,
) -> Result<Said> {
    let mut w = actor.write::<SayMarking>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let rules = rules_of(actor)?;
    let chosen = Chosen::of(&rules, saying.scheme, saying.marking)?;
    let reason = optional("reason", saying.reason)?;
    let counts = counts(&mut w).await?;
    let way = chosen.way(counts.as_ref());
    if let Way::Out(..) = way {
        let version = latest(&mut w).await?;
        let spill = Spill {
            chosen: &chosen,
            reason: &reason,
            version: &version,
            seals: saying.seals,
        };
        let alert = spill.report(&mut w, &rules, Findings::default()).await?;
        w.commit_each().await?;
        return Ok(Said::Sealed(alert));
    }
    let at = w.at();
    let state: StateRow = w.one(sql::STATE, args![at, document]).await?;
    if state.held {
        return Err(Error::Conflict(
            "This document is held until a question about it is answered. Answer that first"
                .to_owned(),
        ));
    }
    match way {
        Way::Same => Err(Error::Conflict(format!(
            "It carries {} already",
            chosen.label()
        ))),
        Way::Down => {
            let asked = Asked {
                chosen: &chosen,
                instead: counts.map(|now| now.label).unwrap_or_default(),
                reason: needed(reason)?,
                alert: None,
            };
            let id = request::ask(&mut w, asked).await?;
            w.commit_each().await?;
            Ok(Said::Asked(id))
        }
        Way::Up | Way::Out(..) => {
            let by = w.by();
            mark(&mut w, &chosen, by).await?;
            let label = chosen.carries.label;
            w.commit(MarkingSaid {
                document: state.name,
                said: with_reason(&label, &reason),
                label,
                reason,
            })
            .await?;
            Ok(Said::Marked)
        }
    }
}

fn needed(reason: String) -> Result<String> {
    if reason.is_empty() {
        return Err(Error::invalid(
            "reason",
            "Say why it should carry less than it does: whoever agrees to it reads this",
        ));
    }
    Ok(reason)
}

/// Somebody says that a document is marked so that it may not be here.
pub(super) struct Spill<'a> {
    pub(super) chosen: &'a Chosen,
    pub(super) reason: &'a str,
    pub(super) version: &'a VersionRow,
    /// They know what that does.
    pub(super) seals: bool,
}

impl Spill<'_> {
    /// Raises the alert, and seals the document, as reading would; the evidence is that somebody said so, and what was found before,
    /// where that is why they were asked.
    pub(super) async fn report<A: Action<Target = thing::Document>>(
        &self,
        w: &mut Write<A>,
        rules: &Rules,
        mut findings: Findings,
    ) -> Result<Id<thing::Alert>> {
        let Way::Out(kind, closed) = self.chosen.way(None) else {
            return Err(Error::unavailable("what may be here is no spill"));
        };
        let label = self.chosen.label();
        if !self.seals {
            return Err(Error::invalid(
                "seals",
                match closed {
                    Closed::All => format!(
                        "{label} may not be here: this seals the document at once, to everybody and to you. Confirm that"
                    ),
                    Closed::Others => format!(
                        "Whoever marked it {label} must say whether it may be here: this closes the document at once to everybody but whoever added it. Confirm that"
                    ),
                },
            ));
        }
        let (at, document, mut place) = (w.at(), w.target(), w.standing().place);
        let said = said_so(&who(w).await?.in_words(), label);
        let why = match closed {
            Closed::All => {
                let designation = &w.actor().realm().settings().designation;
                format!("{said}, which is above {designation}")
            }
            Closed::Others => {
                format!("{said}, and whoever marked it must say whether it may be here")
            }
        };
        let mut remarks = vec![said];
        if !self.reason.is_empty() {
            remarks.push(format!("They said: {}", self.reason));
        }
        remarks.append(&mut findings.remarks);
        findings.remarks = remarks;
        let verdict = match self.chosen.outcome {
            Outcome::Above => Verdict::Above,
            _ => Verdict::Ask,
        };
        let scan: Id<thing::Scan> = w.new_id();
        let evidence = serde_json::to_string(&findings).map_err(Error::unavailable)?;
        w.execute(
            found::PUT_SCAN,
            args![
                scan,
                document,
                0_u64,
                self.version.content_id,
                rules.id,
                at,
                verdict_name(verdict),
                label,
                100_u32,
                SAID,
                "",
                evidence,
                &self.chosen.carries.scheme,
                &self.chosen.carries.marking
            ],
        )
        .await?;
        let alert = put_alert(w, kind, label, scan, self.version, Some(closed), &why).await?;
        place.subject = Some(self.version.author_id);
        let placed_by: Id<thing::Person> = Id::from_raw(self.version.author_id);
        w.also_of::<ReportSpill>(
            place,
            &SpillReported {
                document: self.version.name.clone(),
                version: self.version.number,
                label: label.to_owned(),
                why,
                alert: alert.to_string(),
                placed_by: placed_by.to_string(),
                open_to_author: closed == Closed::Others,
            },
        )?;
        Ok(alert)
    }
}
