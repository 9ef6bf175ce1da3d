//! What was said, by other rules than those of then: it needs the clearance that they ask for, and may not be here where they say so.

use markings::{Outcome, Verdict};

use super::super::plan::Plan;
use super::super::raise::put_alert;
use super::super::record::put_marking;
use super::super::rules::Closed;
use super::super::sql::{self as found, SaidRow};
use super::super::{AlertKind, DocumentSealed, Findings, RecordScan, SealDocument, verdict_name};
use super::SAID;
use super::rules::{Chosen, Way, said_so};
use super::sql::{self, WhoRow};
use crate::kernel::{Id, Queries as _, Rules, Write, args, thing};
use crate::{Error, Result};

/// What becomes of what was said.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct ByRules {
    /// What has another place on the realm's line now, or needs another clearance.
    restated: Vec<(SaidRow, Chosen)>,
    /// What may not be here any more, the highest of it.
    out: Option<(SaidRow, Chosen, AlertKind, Closed)>,
}

impl ByRules {
    /// Of what was said, by these rules. What may not be here closes a document once: with its latest version.
    pub(in super::super) fn of(rules: &Rules, said: &[SaidRow], is_latest: bool) -> Self {
        let mut all = Self::default();
        for row in said {
            // What was said before it was kept how a policy names it stays.
            let Ok(chosen) = Chosen::of(rules, &row.scheme, &row.marking) else {
                continue;
            };
            match chosen.way(None) {
                Way::Out(kind, closed) if is_latest => {
                    let higher = all.out.as_ref().is_none_or(|(_, other, ..)| {
                        (other.outcome, other.carries.rank) < (chosen.outcome, chosen.carries.rank)
                    });
                    if higher {
                        all.out = Some((row.clone(), chosen, kind, closed));
                    }
                }
                Way::Out(..) => {}
                _ if (chosen.carries.clearance, chosen.carries.rank) != (row.level, row.rank) => {
                    all.restated.push((row.clone(), chosen));
                }
                _ => {}
            }
        }
        all
    }

    /// Whom the document is closed to because of it.
    pub(in super::super) fn closes(&self) -> Option<Closed> {
        self.out.as_ref().map(|(.., closed)| *closed)
    }

    pub(in super::super) fn is_nothing(&self) -> bool {
        self.restated.is_empty() && self.out.is_none()
    }

    /// The marking that would have another clearance or place, and what that means, for a trial.
    pub(in super::super) fn told(&self) -> Option<(&str, &'static str)> {
        let (row, chosen) = self.restated.first()?;
        let why = match (row.level, chosen.carries.clearance) {
            (before, after) if before == after => "",
            (_, 0) => "it needs no clearance any more",
            (0, _) => "it needs a clearance",
            _ => "it needs another clearance",
        };
        Some((chosen.label(), why))
    }
}

/// Does that in the commit in which a version was judged by the rules.
pub(in super::super) async fn by_rules(
    w: &mut Write<RecordScan>,
    rules: &Rules,
    plan: &Plan,
) -> Result<()> {
    let at = w.at();
    for (row, chosen) in &plan.said.restated {
        w.execute(sql::END_ONE, args![at, row.id]).await?;
        put_marking(w, &chosen.carries, &row.source, row.set_by).await?;
    }
    let Some((row, chosen, kind, closed)) = &plan.said.out else {
        return Ok(());
    };
    let (document, mut place) = (w.target(), w.standing().place);
    let who: Option<WhoRow> = w.first(sql::WHO, args![at, row.set_by]).await?;
    let who = who.map_or_else(|| "Somebody".to_owned(), |who| who.0.in_words());
    let said = said_so(&who, chosen.label());
    let why = format!("{said}, which may not be here by the rules now in force");
    let findings = Findings {
        remarks: vec![
            said,
            "It could be here by the rules of then, and may not by those that are in force now"
                .to_owned(),
        ],
        ..Findings::default()
    };
    let evidence = serde_json::to_string(&findings).map_err(Error::unavailable)?;
    let verdict = match chosen.outcome {
        Outcome::Above => Verdict::Above,
        _ => Verdict::Ask,
    };
    let scan: Id<thing::Scan> = w.new_id();
    w.execute(
        found::PUT_SCAN,
        args![
            scan,
            document,
            0_u64,
            plan.version.content_id,
            rules.id,
            at,
            verdict_name(verdict),
            chosen.label(),
            100_u32,
            SAID,
            "",
            evidence,
            &row.scheme,
            &row.marking
        ],
    )
    .await?;
    // The alert is in its place.
    w.execute(sql::END_ONE, args![at, row.id]).await?;
    let version = &plan.version;
    let alert = put_alert(w, *kind, chosen.label(), scan, version, Some(*closed), &why).await?;
    place.subject = Some(version.author_id);
    let placed_by: Id<thing::Person> = Id::from_raw(version.author_id);
    w.also_of::<SealDocument>(
        place,
        &DocumentSealed {
            document: version.name.clone(),
            version: version.number,
            why,
            alert: alert.to_string(),
            placed_by: placed_by.to_string(),
            open_to_author: *closed == Closed::Others,
        },
    )
}
