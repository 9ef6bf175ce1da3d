//! What whoever made a version answers when it is asked about it.

use jiff::civil::Date;

use super::super::alerts::{AlertLine, Decided};
use super::super::decide::{checked, except, settle, undecided};
use super::super::sql::{self as found, VersionRow};
use super::super::{AlertKind, Findings};
use super::request::{self, Asked, not_below};
use super::rules::{Chosen, Way, optional, rules_of, with_reason};
use super::say::{Said, Spill, counts, latest, mark};
use super::sql::{self, ScanOfAlert};
use super::{AlertAnswered, AnswerAlert};
use crate::kernel::{Actor, Id, Queries as _, Role, Write, args, thing};
use crate::libraries::as_expected;
use crate::people::text::clean_line;
use crate::{Error, Result};
use markings::Unmarked;

/// The longest name of who agreed.
const LONGEST_NAME: usize = 200;

/// An answer to an alert.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'a> {
    /// It is marked so.
    Marked {
        /// The scheme of the marking.
        scheme: &'a str,
        /// The marking in it.
        marking: &'a str,
        /// What else there is to say; may be empty.
        reason: &'a str,
        /// It may not be here, and whoever says so knows that this seals the document.
        seals: bool,
    },
    /// What was found is no marking.
    NoMarking {
        /// The marking that it has; none where it needs none.
        marking: Option<(&'a str, &'a str)>,
        /// Why it is none.
        reason: &'a str,
    },
    /// Whoever marked it agreed that it may be here.
    Agreed {
        /// Who that was.
        who: &'a str,
        /// On which day: 2026-03-27.
        on: &'a str,
        /// The marking that it has here: the scheme and the marking in it.
        marking: (&'a str, &'a str),
        /// What else there is to say; may be empty.
        reason: &'a str,
    },
}

/// Answers an alert about a version that one has made: which asks what its marking is, whether it has one, or whether its originator
/// agreed. What may be here is open again once the version was judged once more; that its originator agreed is agreed to by an
/// owner of the library or an assurance officer first. Problems are on `answer`, `marking`, `reason`, `seals`, `who` and `on`.
pub async fn answer(
    actor: &Actor,
    document: Id<thing::Document>,
    alert: Id<thing::Alert>,
    answer: &Answer<'_>,
) -> Result<Said> {
    let mut w = actor.write::<AnswerAlert>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let line = asked(&mut w, alert).await?;
    match (line.kind, *answer) {
        (
            AlertKind::Unmarked | AlertKind::Doubtful,
            Answer::Marked {
                scheme,
                marking,
                reason,
                seals,
            },
        ) => {
            let chosen = Chosen::of(rules_of(actor)?.as_ref(), scheme, marking)?;
            let reason = optional("reason", reason)?;
            marked(w, &line, chosen, reason, seals).await
        }
        (AlertKind::Doubtful, Answer::NoMarking { marking, reason }) => {
            no_marking(w, &line, marking, reason).await
        }
        (
            AlertKind::Ask,
            Answer::Agreed {
                who,
                on,
                marking,
                reason,
            },
        ) => originator_agreed(w, &line, (who, on), marking, reason).await,
        (AlertKind::Unmarked, _) => Err(Error::invalid("answer", "Say what its marking is")),
        (AlertKind::Doubtful, _) => Err(Error::invalid(
            "answer",
            "Say whether it is marked, or that what was found is no marking",
        )),
        (AlertKind::Ask, _) => Err(Error::invalid(
            "answer",
            "Say who of those who marked it agreed, and when",
        )),
        _ => Err(Error::Refused(
            "Nobody is asked about this. An assurance officer decides",
        )),
    }
}

/// The alert, where it is this person who is asked about it.
async fn asked(w: &mut Write<AnswerAlert>, alert: Id<thing::Alert>) -> Result<AlertLine> {
    let (at, by, document) = (w.at(), w.by(), w.target());
    let line: Option<AlertLine> = w.first(found::ALERT, args![at, alert]).await?;
    let line = line
        .filter(|line| line.document == document)
        .ok_or(Error::NotFound)?;
    let role = w.standing().role;
    if line.placed_by.id != by {
        // Owners know of alerts; others do not.
        return Err(if role == Some(Role::Owner) {
            Error::Refused("Only whoever added this version is asked about it")
        } else {
            Error::NotFound
        });
    }
    if role < Some(Role::Contributor) {
        return Err(Error::Refused(
            "You can read this, and only contributors and owners can change it",
        ));
    }
    if let Some((Decided::Kept, by, ..)) = &line.decided {
        return Err(Error::Conflict(format!(
            "{} decided that it stays sealed",
            by.in_words()
        )));
    }
    undecided(&line)?;
    Ok(line)
}

async fn marked(
    mut w: Write<AnswerAlert>,
    line: &AlertLine,
    chosen: Chosen,
    reason: String,
    seals: bool,
) -> Result<Said> {
    let says = with_reason(&format!("It is marked {}", chosen.label()), &reason);
    let mut said = Said::Marked;
    if let Way::Out(..) = chosen.way(None) {
        let rules = rules_of(w.actor())?;
        let row: ScanOfAlert = w.one(sql::SCAN_OF, args![line.id]).await?;
        let findings: Findings = serde_json::from_str(&row.evidence).map_err(Error::unavailable)?;
        let version: VersionRow = latest(&mut w).await?;
        let spill = Spill {
            chosen: &chosen,
            reason: &reason,
            version: &version,
            seals,
        };
        said = Said::Sealed(spill.report(&mut w, &rules, findings).await?);
    } else {
        not_below(&mut w, &chosen).await?;
        let by = w.by();
        mark(&mut w, &chosen, by).await?;
    }
    finish(w, line, says, chosen.carries.label).await?;
    Ok(said)
}

async fn no_marking(
    mut w: Write<AnswerAlert>,
    line: &AlertLine,
    marking: Option<(&str, &str)>,
    reason: &str,
) -> Result<Said> {
    let reason = checked(reason)?;
    let rules = rules_of(w.actor())?;
    let label = if let Some((scheme, marking)) = marking {
        let chosen = Chosen::allowed(&rules, scheme, marking)?;
        not_below(&mut w, &chosen).await?;
        let by = w.by();
        mark(&mut w, &chosen, by).await?;
        chosen.carries.label
    } else {
        if rules.policy.unmarked == Unmarked::Ask && counts(&mut w).await?.is_none() {
            return Err(Error::invalid(
                "marking",
                "Select the marking that it has: documents here need one",
            ));
        }
        String::new()
    };
    let mut says = format!("That is no marking: {reason}");
    if !label.is_empty() {
        says = format!("{says}. It is marked {label}");
    }
    finish(w, line, says, label).await?;
    Ok(Said::Marked)
}

/// The alert is over, and does not come back for this content in this document. The version is judged once more.
async fn finish(
    mut w: Write<AnswerAlert>,
    line: &AlertLine,
    says: String,
    label: String,
) -> Result<()> {
    except(&mut w, line, &says, true).await?;
    settle(&mut w, line, Decided::Answered, &says).await?;
    w.commit(AlertAnswered {
        document: line.name.clone(),
        answer: says,
        alert: line.id.to_string(),
        label,
    })
    .await
}

async fn originator_agreed(
    mut w: Write<AnswerAlert>,
    line: &AlertLine,
    (who, on): (&str, &str),
    (scheme, marking): (&str, &str),
    reason: &str,
) -> Result<Said> {
    let who = clean_line(who, LONGEST_NAME).map_err(|unfit| Error::invalid("who", unfit))?;
    if who.is_empty() {
        return Err(Error::invalid(
            "who",
            "Say who agreed: their name, and the organisation that marked it",
        ));
    }
    let realm = w.actor().realm();
    let zone = realm.settings().time_zone.clone();
    let today = w.at().timestamp().to_zoned(zone).date();
    let on: Date = on
        .trim()
        .parse()
        .map_err(|_| Error::invalid("on", "Say on which day they agreed, such as 2026-03-27"))?;
    if on > today {
        return Err(Error::invalid(
            "on",
            "The day on which they agreed is not to come",
        ));
    }
    let rules = rules_of(w.actor())?;
    let chosen = Chosen::allowed(&rules, scheme, marking)?;
    let reason = optional("reason", reason)?;
    let agreed = format!("{who} agreed on {}", on.strftime("%-d %B %Y"));
    let asked = Asked {
        chosen: &chosen,
        instead: line.label.clone(),
        reason: with_reason(&agreed, &reason),
        alert: Some(line.id),
    };
    let id = request::ask(&mut w, asked).await?;
    w.commit_each().await?;
    Ok(Said::Asked(id))
}
