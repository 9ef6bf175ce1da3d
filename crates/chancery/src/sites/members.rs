//! Who is in a site.

use std::collections::{BTreeSet, HashMap};

use super::ViewMembers;
use super::sql::{self, MemberRow};
use crate::Result;
use crate::kernel::{Actor, FromRow as _, Id, Queries as _, Read, Role, args, record, thing};
use crate::people::PersonLine;

/// How many members a page shows at most; the count beside them says how many there are.
pub const MEMBERS_SHOWN: u32 = 1000;

/// Somebody in a site.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// Who.
    pub line: PersonLine,
    /// How to reach them.
    pub email: String,
    /// How to reach them; empty where they gave none.
    pub phone: String,
    /// The greatest role they have on the site by more than a grant to everyone.
    pub role: Role,
    /// What they do in the teams that are let in: "Chair, Resettlement casework".
    pub team_duties: Vec<String>,
}

/// Who is in a site.
#[derive(Debug, Clone)]
pub struct Members {
    /// The people, greatest role first, then by name; at most [`MEMBERS_SHOWN`].
    pub people: Vec<MemberLine>,
    /// The role that everyone in the realm has besides: they are not listed.
    pub open_to_everyone: Option<Role>,
    /// How many people there are who could be listed.
    pub total: u64,
}

record! {
    struct InAll { people: u64, everyone: i64 }
}

/// Who is in a site, with what it takes to reach them. Somebody who is let in with everyone has
/// not met the others: they see the owners, and the people of organisations that they know of.
pub async fn members(actor: &Actor, site: Id<thing::Site>) -> Result<Members> {
    let mut proof = actor.read::<ViewMembers>(site).await?;
    let (at, target) = (proof.at(), proof.target());
    let in_all: InAll = proof.one(sql::MEMBERS_IN_ALL, args![at, target]).await?;
    let rows: Vec<MemberRow> = proof
        .all(sql::MEMBERS, args![at, target, MEMBERS_SHOWN])
        .await?;
    let mut people = gather(rows);
    let mut total = in_all.people;
    if let Some(met) = fenced(actor, &mut proof).await? {
        people.retain(|member| {
            member.role == Role::Owner || met.contains(&member.line.organisation_id.raw())
        });
        total = people.len() as u64;
    }
    Ok(Members {
        people,
        open_to_everyone: Role::from_level(in_all.everyone),
        total,
    })
}

/// The organisations that the person has met, when that is all they may see.
async fn fenced(actor: &Actor, proof: &mut Read<ViewMembers>) -> Result<Option<BTreeSet<i64>>> {
    let (at, me, target) = (proof.at(), actor.me()?, proof.target());
    let named: (i64,) = proof.one(sql::NAMED, args![at, me, target]).await?;
    if named.0 > 0 {
        return Ok(None);
    }
    let rows = proof.rows(sql::MET, args![at, me]).await?;
    let met = rows
        .iter()
        .map(|row| <(i64,)>::from_row(row).map(|value| value.0))
        .collect::<Result<_>>()?;
    Ok(Some(met))
}

fn gather(mut rows: Vec<MemberRow>) -> Vec<MemberLine> {
    rows.sort_by(|one, other| {
        (other.role, &one.key, one.line.id, &one.team).cmp(&(
            one.role,
            &other.key,
            other.line.id,
            &other.team,
        ))
    });
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut people: Vec<MemberLine> = Vec::new();
    for row in rows {
        let place = *places.entry(row.line.id.raw()).or_insert(people.len());
        if place == people.len() {
            people.push(MemberLine {
                line: row.line,
                email: row.email,
                phone: row.phone,
                role: row.role,
                team_duties: Vec::new(),
            });
        }
        if let (Some(duty), Some(team)) = (row.duty, row.team) {
            people[place].team_duties.push(if duty.is_empty() {
                team
            } else {
                format!("{duty}, {team}")
            });
        }
    }
    people
}
