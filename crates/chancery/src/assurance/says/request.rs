//! Asking for a document to carry less, and what waits to be agreed to.

use super::super::ViewAlerts;
use super::agree::{officers_only, waiting};
use super::rules::Chosen;
use super::say::{counts, latest};
use super::sql;
use super::{
    MarkingRequestWithdrawn, MarkingRequested, RequestMarking, ViewMarkingRequests,
    WithdrawMarkingRequest,
};
use crate::kernel::{Action, Actor, Id, Queries as _, Read, Role, Time, Write, args, thing};
use crate::libraries::{LibraryHead, as_expected, head_of};
use crate::people::Author;
use crate::{Error, Result};

/// How many requests a page shows.
const PAGE: usize = 50;

/// That somebody asks for a document to carry another marking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub id: Id<thing::MarkingRequest>,
    /// The document.
    pub document: Id<thing::Document>,
    /// What it is called.
    pub name: String,
    /// Its library.
    pub library: String,
    /// The latest version when it was asked.
    pub version: u64,
    /// There is a later one, whose own marking counts.
    pub moved_on: bool,
    /// The alert that it answers.
    pub alert: Option<Id<thing::Alert>>,
    /// The scheme of the marking that is asked for.
    pub scheme: String,
    /// The marking in it.
    pub marking: String,
    /// As it is written.
    pub label: String,
    /// What the document carried when it was asked; may be empty.
    pub instead: String,
    /// Why.
    pub reason: String,
    /// When.
    pub asked_at: Time,
    /// Who.
    pub asked_by: Author,
}

/// Whether somebody decides about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deciding {
    /// They do.
    Yes,
    /// They asked for it themselves.
    Mine,
    /// What the document carries was set by an assurance officer: only officers decide.
    Officers,
}

/// What there is to know for whoever decides.
#[derive(Debug, Clone)]
pub struct RequestPage {
    /// Its library; none for an officer who has no role on it.
    pub head: Option<LibraryHead>,
    /// What is asked for.
    pub request: Request,
    /// What the document carries now.
    pub carries: Option<String>,
    /// The versions that carry more than is asked for, with what was read in them, and whether the request is about them.
    pub versions: Vec<(u64, String, bool)>,
    /// Whether this person decides.
    pub deciding: Deciding,
}

/// What is asked for.
pub(super) struct Asked<'a> {
    pub(super) chosen: &'a Chosen,
    pub(super) instead: String,
    pub(super) reason: String,
    pub(super) alert: Option<Id<thing::Alert>>,
}

/// Puts a request down. One waits for each document.
pub(super) async fn ask<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    asked: Asked<'_>,
) -> Result<Id<thing::MarkingRequest>> {
    let (at, by, document) = (w.at(), w.by(), w.target());
    let waiting: Option<Request> = w.first(sql::REQUEST, args![at, document]).await?;
    if let Some(waiting) = waiting {
        let who = if waiting.asked_by.id == by {
            "You have".to_owned()
        } else {
            format!("{} has", waiting.asked_by.in_words())
        };
        return Err(Error::Conflict(format!(
            "{who} asked for it to be marked {} already, and nobody has decided about that yet",
            waiting.label
        )));
    }
    let version = latest(w).await?;
    let id: Id<thing::MarkingRequest> = w.new_id();
    let alert = asked.alert.map_or(0, Id::raw);
    let label = asked.chosen.label();
    w.execute(
        sql::ASK,
        args![
            id,
            document,
            version.number,
            alert,
            &asked.chosen.carries.scheme,
            &asked.chosen.carries.marking,
            label,
            &asked.instead,
            &asked.reason,
            by,
            at,
            Time::FOREVER
        ],
    )
    .await?;
    // Officers are told where owners may not be able to decide.
    let for_officers = alert != 0
        || w.standing().role == Some(Role::Owner)
        || officers_only(w, at, document, asked.chosen).await?;
    let place = w.standing().place;
    w.also_of::<RequestMarking>(
        place,
        &MarkingRequested {
            document: version.name,
            label: label.to_owned(),
            instead: asked.instead,
            reason: asked.reason,
            request: id.to_string(),
            for_officers,
        },
    )?;
    Ok(id)
}

/// Takes back what one has asked for.
pub async fn withdraw(
    actor: &Actor,
    document: Id<thing::Document>,
    id: Id<thing::MarkingRequest>,
) -> Result<()> {
    let mut w = actor.write::<WithdrawMarkingRequest>(document).await?;
    as_expected(&mut w, document.item()).await?;
    let request = match waiting(&mut w, id).await {
        // Others are told of no request.
        Err(Error::Conflict(why)) if w.standing().role >= Some(Role::Contributor) => {
            return Err(Error::Conflict(why));
        }
        Err(Error::Conflict(_)) => return Err(Error::NotFound),
        request => request?,
    };
    let (at, by) = (w.at(), w.by());
    if request.asked_by.id != by {
        return Err(Error::NotFound);
    }
    w.execute(sql::CLOSE, args![at, request.id, "withdrawn", by, ""])
        .await?;
    w.commit(MarkingRequestWithdrawn {
        document: request.name,
        label: request.label,
    })
    .await
}

/// What waits for a document was settled otherwise: all of it, or what answers this alert.
pub(in super::super) async fn overtaken<A: Action>(
    w: &mut Write<A>,
    document: Id<thing::Document>,
    alert: Option<Id<thing::Alert>>,
) -> Result<()> {
    let at = w.at();
    let alert = alert.map_or(0, Id::raw);
    w.execute(sql::OVERTAKE, args![at, document, alert]).await?;
    Ok(())
}

fn page(mut rows: Vec<Request>) -> (Vec<Request>, Option<Id<thing::MarkingRequest>>) {
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    (rows, next)
}

/// What waits in a library, for its owners: the longest first, 50 at a time.
pub async fn requests_of_library(
    actor: &Actor,
    library: Id<thing::Library>,
    after: Option<Id<thing::MarkingRequest>>,
) -> Result<(LibraryHead, Vec<Request>, Option<Id<thing::MarkingRequest>>)> {
    let mut proof = actor.read::<ViewMarkingRequests>(library).await?;
    let head = head_of(&mut proof).await?;
    let rows: Vec<Request> = proof
        .all(
            sql::OF_LIBRARY,
            args![
                proof.at(),
                actor.me()?,
                proof.target(),
                after.map_or(0, Id::raw),
                PAGE as u64 + 1
            ],
        )
        .await?;
    let (rows, next) = page(rows);
    Ok((head, rows, next))
}

/// What waits anywhere, for assurance officers: the longest first, 50 at a time.
pub async fn requests(
    actor: &Actor,
    after: Option<Id<thing::MarkingRequest>>,
) -> Result<(Vec<Request>, Option<Id<thing::MarkingRequest>>)> {
    let mut proof = actor.read::<ViewAlerts>(Id::REALM).await?;
    let rows: Vec<Request> = proof
        .all(
            sql::OF_REALM,
            args![proof.at(), after.map_or(0, Id::raw), PAGE as u64 + 1],
        )
        .await?;
    Ok(page(rows))
}

/// What waits for a document, for those who decide about it and for whoever asked.
pub(super) async fn waits_for<A: Action<Target = thing::Document>>(
    proof: &mut Read<A>,
    me: Id<thing::Person>,
) -> Result<Option<Request>> {
    let (at, document, standing) = (proof.at(), proof.target(), *proof.standing());
    if standing.role < Some(Role::Contributor) && !standing.assurance {
        return Ok(None);
    }
    let found: Option<Request> = proof.first(sql::REQUEST, args![at, document]).await?;
    Ok(found.filter(|one| {
        one.asked_by.id == me.raw() || standing.assurance || standing.role == Some(Role::Owner)
    }))
}

/// What counts of the document is that, at least.
pub(super) async fn not_below<A: Action<Target = thing::Document>>(
    w: &mut Write<A>,
    chosen: &Chosen,
) -> Result<()> {
    match counts(w).await? {
        Some(now) if chosen.is_below((now.level, now.rank)) => Err(Error::invalid(
            "marking",
            format!(
                "It carries {}. Choose that or more: once it is open again you can ask for less",
                now.label
            ),
        )),
        _ => Ok(()),
    }
}
