//! Raising an alert because of what was read, with its seal, and ending those that the rules now in force do not raise.

use super::ended::Ended;
use super::plan::Plan;
use super::rules::{Closed, Judgement};
use super::sql::{self, VersionRow};
use super::{
    AlertKind, AlertRaised, DocumentSealed, LiftSeal, RaiseAlert, RecordScan, SealDocument,
    SealLifted, says,
};
use crate::Result;
use crate::kernel::{Action, Id, Time, Write, args, thing};

/// The alerts that the rules now in force do not raise are over. All seals are lifted before it is said what stays.
pub(super) async fn end_all(w: &mut Write<RecordScan>, plan: &Plan) -> Result<()> {
    let (at, document) = (w.at(), w.target());
    let sealed_anew = plan.raise.is_some() && plan.judged.closed.is_some();
    let mut over = Vec::new();
    for one in &plan.over {
        over.push((one.id, w.execute(sql::LIFT, args![at, one.id]).await? > 0));
    }
    for (alert, lifted) in over {
        let ended = Ended::after(w, document, lifted)
            .await?
            .or_sealed(sealed_anew);
        end(w, alert, &plan.version, &plan.judged, ended).await?;
    }
    Ok(())
}

/// An alert that the rules now in force do not raise is over, and its seal with it where it has one.
async fn end(
    w: &mut Write<RecordScan>,
    alert: Id<thing::Alert>,
    version: &VersionRow,
    judged: &Judgement,
    ended: Ended,
) -> Result<()> {
    let (at, place) = (w.at(), w.standing().place);
    w.execute(sql::DECIDE, args![alert, "rules", &judged.why, 0_i64, at])
        .await?;
    let document = w.target();
    says::overtaken(w, document, Some(alert)).await?;
    w.also_of::<LiftSeal>(
        place,
        &SealLifted {
            document: version.name.clone(),
            version: version.number,
            did: ended.did().to_owned(),
            why: judged.why.clone(),
            besides: ended.besides().to_owned(),
            alert: alert.to_string(),
        },
    )
}

/// Raises an alert, and seals the document where that is to be.
pub(super) async fn raise(
    w: &mut Write<RecordScan>,
    kind: AlertKind,
    label: &str,
    scan: Id<thing::Scan>,
    version: &VersionRow,
    judged: &Judgement,
) -> Result<()> {
    let mut place = w.standing().place;
    place.subject = Some(version.author_id);
    let alert = put_alert(w, kind, label, scan, version, judged.closed, &judged.why).await?;
    let placed_by: Id<thing::Person> = Id::from_raw(version.author_id);
    let Some(closed) = judged.closed else {
        return w.also_of::<RaiseAlert>(
            place,
            &AlertRaised {
                document: version.name.clone(),
                version: version.number,
                why: judged.why.clone(),
                alert: alert.to_string(),
                placed_by: placed_by.to_string(),
            },
        );
    };
    w.also_of::<SealDocument>(
        place,
        &DocumentSealed {
            document: version.name.clone(),
            version: version.number,
            why: judged.why.clone(),
            alert: alert.to_string(),
            placed_by: placed_by.to_string(),
            open_to_author: closed == Closed::Others,
        },
    )
}

/// An alert, and the seal that goes with it.
pub(super) async fn put_alert<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    kind: AlertKind,
    label: &str,
    scan: Id<thing::Scan>,
    version: &VersionRow,
    closed: Option<Closed>,
    why: &str,
) -> Result<Id<thing::Alert>> {
    let (at, document) = (w.at(), w.target());
    let alert: Id<thing::Alert> = w.new_id();
    w.execute(
        sql::RAISE,
        args![
            alert,
            document,
            version.number,
            scan,
            kind.name(),
            label,
            at,
            version.author_id
        ],
    )
    .await?;
    let open_to = match closed {
        None => return Ok(alert),
        Some(Closed::All) => 0,
        Some(Closed::Others) => version.author_id,
    };
    let seal: Id<thing::Interval> = w.new_id();
    w.execute(
        sql::SEAL,
        args![seal, document, why, at, Time::FOREVER, open_to, alert],
    )
    .await?;
    Ok(alert)
}
