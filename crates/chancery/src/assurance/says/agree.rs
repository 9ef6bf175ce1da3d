//! What an owner of the library, or an assurance officer, says to what somebody has asked for.

use std::collections::BTreeSet;

use super::super::alerts::{AlertLine, Decided};
use super::super::decide::{checked, except, settle_by, undecided};
use super::super::record::put_marking;
use super::super::rules::{Carries, row_of};
use super::super::sql::{self as found, CarriedRow, MarkedRow};
use super::super::told_sql;
use super::request::{Deciding, Request, RequestPage};
use super::rules::{Chosen, rules_of};
use super::say::{mark, who};
use super::sql::{self, CountsRow, LevelRow, StateRow};
use super::{
    AgreeToMarking, MarkingAgreed, MarkingRefused, READING, RefuseMarking, ViewMarkingRequest,
};
use crate::kernel::{Action, Actor, Id, Queries, Read, Rules, Standing, Time, Write, args, thing};
use crate::libraries::{as_expected, head_of};
use crate::{Error, Result};

/// What an officer has set is lowered by officers only.
pub(super) async fn officers_only(
    queries: &mut impl Queries,
    at: Time,
    document: Id<thing::Document>,
    chosen: &Chosen,
) -> Result<bool> {
    let set: Option<LevelRow> = queries.first(sql::BY_OFFICER, args![at, document]).await?;
    Ok(set.is_some_and(|set| chosen.is_below((set.level, set.rank))))
}

/// Who decides about a request.
fn deciding(standing: &Standing, me: i64, request: &Request, officers_only: bool) -> Deciding {
    if request.asked_by.id == me {
        Deciding::Mine
    } else if officers_only && !standing.assurance {
        Deciding::Officers
    } else {
        Deciding::Yes
    }
}

/// The request that is decided about, which must be the one that whoever decides has seen.
pub(super) async fn waiting<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    id: Id<thing::MarkingRequest>,
) -> Result<Request> {
    let (at, document) = (w.at(), w.target());
    let waiting: Option<Request> = w.first(sql::REQUEST, args![at, document]).await?;
    match waiting.filter(|waiting| waiting.id == id) {
        Some(waiting) => Ok(waiting),
        // An officer knows of what waits, and of nothing else that they have no role on.
        None if w.standing().role.is_none() => Err(Error::NotFound),
        None => Err(Error::Conflict(
            "That does not wait to be decided any more: it was decided or taken back".to_owned(),
        )),
    }
}

async fn may_decide<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    request: &Request,
    chosen: &Chosen,
) -> Result<()> {
    let (at, by, document) = (w.at(), w.by(), w.target());
    let officers_only = officers_only(w, at, document, chosen).await?;
    match deciding(w.standing(), by, request, officers_only) {
        Deciding::Yes => Ok(()),
        Deciding::Mine => Err(Error::Refused(
            "You asked for this yourself. Another owner or an assurance officer decides about it",
        )),
        Deciding::Officers => Err(Error::Refused(
            "An assurance officer set the marking that it carries. Only they can lower it",
        )),
    }
}

/// Agrees to what somebody asked for. What was read in the versions that it was asked about counts no more in this document, as far
/// as it is more than that.
pub async fn agree(
    actor: &Actor,
    document: Id<thing::Document>,
    id: Id<thing::MarkingRequest>,
) -> Result<()> {
    let mut w = actor.write::<AgreeToMarking>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let request = waiting(&mut w, id).await?;
    let rules = rules_of(actor)?;
    let chosen = Chosen::allowed(&rules, &request.scheme, &request.marking).map_err(|_| {
        Error::Conflict(format!(
            "By the rules now in force, {} may not be here",
            request.label
        ))
    })?;
    may_decide(&mut w, &request, &chosen).await?;
    let at = w.at();
    let state: StateRow = w.one(sql::STATE, args![at, document]).await?;
    if state.held && request.alert.is_none() {
        return Err(Error::Conflict(
            "This document was sealed meanwhile. What it may carry is for assurance officers to decide, with its alert"
                .to_owned(),
        ));
    }
    let alert = match request.alert {
        None => None,
        Some(alert) => {
            let at = w.at();
            let line: AlertLine = w.one(found::ALERT, args![at, alert]).await?;
            undecided(&line)?;
            Some(line)
        }
    };
    let (at, by) = (w.at(), w.by());
    lower(&mut w, &rules, &request, &chosen).await?;
    w.execute(sql::CLOSE, args![at, request.id, "agreed", by, ""])
        .await?;
    if let Some(line) = &alert {
        let agreed = who(&mut w).await?.in_words();
        let reason = format!(
            "{}. It is {} here; {agreed} agreed",
            request.reason, request.label
        );
        except(&mut w, line, &reason, true).await?;
        settle_by(
            &mut w,
            line,
            Decided::Answered,
            &reason,
            request.asked_by.id,
        )
        .await?;
    }
    w.place_mut().subject = Some(request.asked_by.id);
    w.commit(MarkingAgreed {
        document: request.name,
        label: request.label,
        instead: request.instead,
        reason: request.reason,
        request: id.to_string(),
    })
    .await
}

/// Refuses what somebody asked for. Problems are on `reason`.
pub async fn refuse(
    actor: &Actor,
    document: Id<thing::Document>,
    id: Id<thing::MarkingRequest>,
    reason: &str,
) -> Result<()> {
    let mut w = actor.write::<RefuseMarking>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let request = waiting(&mut w, id).await?;
    let by = w.by();
    if request.asked_by.id == by {
        return Err(Error::Refused(
            "You asked for this yourself. You can take it back",
        ));
    }
    let reason = checked(reason)?;
    let at = w.at();
    w.execute(sql::CLOSE, args![at, request.id, "refused", by, &reason])
        .await?;
    w.place_mut().subject = Some(request.asked_by.id);
    w.commit(MarkingRefused {
        document: request.name,
        label: request.label,
        reason,
        request: id.to_string(),
    })
    .await
}

/// What was read in the versions of a document and is above what is asked for.
fn above(rules: &Rules, chosen: &Chosen, read: Vec<MarkedRow>) -> (Vec<MarkedRow>, Vec<MarkedRow>) {
    read.into_iter().partition(|one| {
        row_of(&rules.policy, &one.scheme, &one.marking, &one.label)
            .is_some_and(|row| chosen.is_below((row.clearance, row.rank)))
    })
}

/// The document carries what was asked for, and what is read in other versions of it.
async fn lower(
    w: &mut Write<AgreeToMarking>,
    rules: &Rules,
    request: &Request,
    chosen: &Chosen,
) -> Result<()> {
    let (at, by, document) = (w.at(), w.by(), w.target());
    let read: Vec<MarkedRow> = w.all(found::MARKED, args![at, document]).await?;
    let (higher, mut stays) = above(rules, chosen, read);
    let (excepted, later): (Vec<MarkedRow>, Vec<MarkedRow>) = higher
        .into_iter()
        .partition(|one| one.version <= request.version);
    let mut done = BTreeSet::new();
    for one in &excepted {
        if !done.insert((one.content_id, one.scheme.clone(), one.marking.clone())) {
            continue;
        }
        let id: Id<thing::Interval> = w.new_id();
        w.execute(
            sql::EXCEPT_READING,
            args![
                id,
                one.content_id,
                READING,
                &one.label,
                &request.reason,
                by,
                at,
                Time::FOREVER,
                document,
                &one.scheme,
                &one.marking
            ],
        )
        .await?;
    }
    // The same content in a later version does not count either.
    stays.extend(
        later.into_iter().filter(|one| {
            !done.contains(&(one.content_id, one.scheme.clone(), one.marking.clone()))
        }),
    );
    let carried: Option<CarriedRow> = w.first(found::CARRIED, args![at, document]).await?;
    if carried.is_some_and(|now| chosen.is_below((now.level, now.rank))) {
        w.execute(found::END_MARKINGS, args![at, document, "read"])
            .await?;
        let highest: Option<Carries> = stays
            .iter()
            .filter_map(|one| {
                let row = row_of(&rules.policy, &one.scheme, &one.marking, &one.label)?;
                Some((row.clearance, row.rank, one.version, row))
            })
            .max_by_key(|(clearance, rank, version, _)| (*clearance, *rank, *version))
            .map(|(_, _, _, row)| row);
        if let Some(highest) = highest {
            put_marking(w, &highest, "read", 0).await?;
        }
    }
    let set: Option<LevelRow> = w.first(sql::BY_OFFICER, args![at, document]).await?;
    if set.is_some_and(|set| chosen.is_below((set.level, set.rank))) {
        // An officer decides here: nobody else came so far.
        w.execute(found::END_MARKINGS, args![at, document, "officer"])
            .await?;
    }
    mark(w, chosen, request.asked_by.id).await
}

/// What somebody asks for, for whoever decides about it.
pub async fn request(actor: &Actor, document: Id<thing::Document>) -> Result<RequestPage> {
    let mut proof: Read<ViewMarkingRequest> = actor.read(document).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let found: Option<Request> = proof.first(sql::REQUEST, args![at, document]).await?;
    let Some(request) = found else {
        if proof.standing().role.is_none() {
            return Err(Error::NotFound);
        }
        return Err(Error::Conflict(
            "Nothing waits to be decided about its marking: it was decided or taken back"
                .to_owned(),
        ));
    };
    let rules = rules_of(actor)?;
    let chosen = Chosen::of(&rules, &request.scheme, &request.marking)?;
    let officers_only = officers_only(&mut proof, at, document, &chosen).await?;
    let read: Vec<MarkedRow> = proof.all(found::MARKED, args![at, document]).await?;
    let (mut higher, _) = above(&rules, &chosen, read);
    higher.sort_by_key(|one| one.version);
    let carries: Option<CountsRow> = proof.first(told_sql::COUNTS, args![at, document]).await?;
    let standing = *proof.standing();
    Ok(RequestPage {
        head: match standing.role {
            Some(_) => Some(head_of(&mut proof).await?),
            None => None,
        },
        carries: carries.map(|now| now.label),
        versions: higher
            .into_iter()
            .map(|one| (one.version, one.label, one.version <= request.version))
            .collect(),
        deciding: deciding(&standing, me.raw(), &request, officers_only),
        request,
    })
}
