//! Who can see a place, and what gives it to them.

use std::collections::HashMap;

use super::holders::{HolderRow, gather};
use super::place::{PlaceHead, place_head};
use super::rules;
use super::sql::{self, CountsRow, GrantRow, LibraryRow, OpenedRow};
use super::{Governed, HOLDERS_SHOWN, Holder, Subject};
use crate::Result;
use crate::kernel::{Action, Actor, Id, Queries as _, Read, Role, Time, args, thing};
use crate::people::Author;

/// A grant in force.
#[derive(Debug, Clone)]
pub struct GrantLine {
    /// The grant.
    pub id: Id<thing::Grant>,
    /// To whom.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// Who that is: "Team, 14 people from 3 organisations".
    pub detail: String,
    /// What it lets them do.
    pub role: Role,
    /// Who gave it.
    pub given_by: Author,
    /// Since when.
    pub from: Time,
    /// Until when.
    pub until: Option<Time>,
    /// Whether it is on the site, and is changed there.
    pub inherited: bool,
}

/// A library of a site whose access is looked at: whoever governs the site governs it too, even
/// where they cannot read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GovernedLibrary {
    /// Which.
    pub id: Id<thing::Library>,
    /// Its name.
    pub name: String,
    /// Whether it takes the site's access as well as its own.
    pub inherits: bool,
}

/// Who can see a place and why.
#[derive(Debug, Clone)]
pub struct AccessPage {
    /// The place.
    pub place: PlaceHead,
    /// The people by organisation, greatest role first, at most [`HOLDERS_SHOWN`].
    pub people: Vec<Holder>,
    /// From how many organisations they are, all of them counted.
    pub organisations: u64,
    /// What gives them access: the place's own grants by role, then inherited ones.
    pub grants: Vec<GrantLine>,
    /// The libraries of the site, by name; of a library, none.
    pub libraries: Vec<GovernedLibrary>,
    /// How many people own it.
    pub owners: u64,
    /// How many can change documents and do not own it.
    pub contributors: u64,
    /// How many can only read.
    pub readers: u64,
    /// Whether the viewer can read it themselves: operators and site owners may change access to
    /// a library that they cannot read.
    pub i_can_read: bool,
    /// Whether the viewer owns it, and so may know when others last opened something.
    pub shows_last_opened: bool,
}

impl AccessPage {
    /// How many people can see the place.
    pub fn total(&self) -> u64 {
        self.owners + self.contributors + self.readers
    }
}

/// How many can see a place, without naming them.
#[derive(Debug, Clone)]
pub struct AccessSummary {
    /// The place.
    pub place: PlaceHead,
    /// Of a site: its libraries by name.
    pub libraries: Vec<GovernedLibrary>,
    /// From how many organisations the people are who can see it.
    pub organisations: u64,
    /// How many people own it.
    pub owners: u64,
    /// How many can change documents and do not own it.
    pub contributors: u64,
    /// How many can only read.
    pub readers: u64,
    /// Whether the viewer can read it themselves.
    pub i_can_read: bool,
    /// Whether the viewer owns it, and so may know when others last opened something.
    pub shows_last_opened: bool,
}

/// How many can see a place: for its owners, the owners of its site, and operators.
pub async fn summary<P: Governed>(actor: &Actor, place: Id<P>) -> Result<AccessSummary> {
    let mut proof = actor.read::<P::View>(place).await?;
    let now = proof.at();
    summary_of::<P>(&mut proof, now).await
}

async fn summary_of<P: Governed>(proof: &mut Read<P::View>, at: Time) -> Result<AccessSummary> {
    let target = proof.target();
    let head = place_head(proof).await?;
    let counts: CountsRow = proof.one(sql::COUNTS, args![at, target]).await?;
    let libraries = if P::IS_LIBRARY {
        Vec::new()
    } else {
        libraries(proof.all(sql::LIBRARIES, args![at, target]).await?)
    };
    Ok(AccessSummary {
        libraries,
        organisations: counts.organisations,
        owners: counts.owners,
        contributors: counts.contributors,
        readers: counts.readers,
        i_can_read: proof.standing().role.is_some(),
        shows_last_opened: proof.standing().role == Some(Role::Owner),
        place: head,
    })
}

/// Who can see a place and why: for its owners, the owners of its site, and operators. A constant
/// number of queries.
pub async fn access<P: Governed>(actor: &Actor, place: Id<P>) -> Result<AccessPage> {
    seen(actor, place, None).await
}

/// Who could see a place (or will, as things stand) at another moment, and why: the same rule with
/// another time. The place itself is as it is now.
pub async fn access_at<P: Governed>(actor: &Actor, place: Id<P>, at: Time) -> Result<AccessPage> {
    seen(actor, place, Some(at)).await
}

async fn seen<P: Governed>(actor: &Actor, place: Id<P>, then: Option<Time>) -> Result<AccessPage> {
    let mut proof = actor.read::<P::View>(place).await?;
    let (at, target) = (then.unwrap_or(proof.at()), proof.target());
    let summary = summary_of::<P>(&mut proof, at).await?;
    let opened = match then {
        None => opened(&mut proof).await?,
        Some(_) => HashMap::new(),
    };
    let rows: Vec<HolderRow> = proof
        .all(sql::HOLDERS, args![at, target, HOLDERS_SHOWN])
        .await?;
    Ok(AccessPage {
        people: gather(rows, &opened),
        grants: grant_lines(&mut proof, at).await?,
        libraries: summary.libraries,
        organisations: summary.organisations,
        owners: summary.owners,
        contributors: summary.contributors,
        readers: summary.readers,
        i_can_read: summary.i_can_read,
        shows_last_opened: summary.shows_last_opened && then.is_none(),
        place: summary.place,
    })
}

fn libraries(mut rows: Vec<LibraryRow>) -> Vec<GovernedLibrary> {
    // The engines order text differently; the page orders it one way.
    rows.sort_by(|one, other| (&one.name_key, one.id).cmp(&(&other.name_key, other.id)));
    rows.into_iter()
        .map(|row| GovernedLibrary {
            id: row.id,
            name: row.name,
            inherits: row.inherits,
        })
        .collect()
}

/// What gives access to a place: its own grants by role, then inherited ones.
pub async fn grants<P: Governed>(actor: &Actor, place: Id<P>) -> Result<Vec<GrantLine>> {
    let mut proof = actor.read::<P::View>(place).await?;
    let now = proof.at();
    grant_lines(&mut proof, now).await
}

/// Some of the people who can see a place, by their ids: those after `after`, `limit` of them at
/// most, and where the next ones begin. However many there are, all of them can be visited.
pub async fn holders<P: Governed>(
    actor: &Actor,
    place: Id<P>,
    after: Option<Id<thing::Person>>,
    limit: u32,
) -> Result<(Vec<Holder>, Option<Id<thing::Person>>)> {
    let mut proof = actor.read::<P::View>(place).await?;
    let opened = opened(&mut proof).await?;
    let limit = limit.clamp(1, HOLDERS_SHOWN);
    let after = after.unwrap_or(Id::from_raw(0));
    let rows: Vec<HolderRow> = proof
        .all(
            sql::HOLDERS_AFTER,
            args![proof.at(), proof.target(), after, limit + 1],
        )
        .await?;
    let mut people = gather(rows, &opened);
    people.sort_by_key(|holder| holder.line.id);
    let more = people.len() > limit as usize;
    people.truncate(limit as usize);
    let next = people.last().filter(|_| more).map(|holder| holder.line.id);
    Ok((people, next))
}

async fn grant_lines<A: Action>(proof: &mut Read<A>, at: Time) -> Result<Vec<GrantLine>> {
    let mut grants: Vec<GrantRow> = proof.all(sql::GRANTS, args![at, proof.target()]).await?;
    grants.sort_by(|one, other| {
        (one.inherited, other.role, &one.name_key, one.id).cmp(&(
            other.inherited,
            one.role,
            &other.name_key,
            other.id,
        ))
    });
    Ok(grants.into_iter().map(grant_line).collect())
}

/// When each person last opened a document, in the libraries of the place that the viewer owns;
/// nothing for viewers who do not own the place.
async fn opened<A: Action>(proof: &mut Read<A>) -> Result<HashMap<i64, Time>> {
    if proof.standing().role != Some(Role::Owner) {
        return Ok(HashMap::new());
    }
    let me = proof.actor().me()?;
    let rows: Vec<OpenedRow> = proof
        .all(sql::LAST_OPENED, args![proof.at(), me, proof.target()])
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.person_id, row.at))
        .collect())
}

fn grant_line(row: GrantRow) -> GrantLine {
    let subject = Subject::from_stored(row.subject_kind, row.subject_id);
    GrantLine {
        id: row.id,
        subject,
        detail: rules::detail(subject, row.people, row.organisations, &row.note),
        name: row.name,
        role: row.role,
        given_by: row.given_by,
        from: row.from_at,
        until: row.until_at.ends(),
        inherited: row.inherited,
    }
}
