//! Teams and who is in them.

use crate::Result;
use crate::kernel::{
    Action, FromRow, Id, Queries as _, Read, Row, Time, Write, args, fence, holds, record,
    thing::Interval, thing::Person, thing::Team,
};
use crate::people::{
    AddToTeam, CreateTeam, EditTeam, Member, PersonLine, RemoveFromTeam, ViewTeam, ViewTeams,
    person_columns, person_joins, viewer,
};

/// The teams that `$2` may know of (`$3` = 1: all).
const LIST: &str = concat!(
    "WITH ",
    holds!(),
    ", ",
    fence!(),
    " SELECT t.id, t.name, t.purpose,
        (SELECT COUNT(*) FROM memberships m
           JOIN accounts a ON a.person_id = m.person_id AND a.from_at <= $1 AND $1 < a.until_at
          WHERE m.team_id = t.id AND m.from_at <= $1 AND $1 < m.until_at) AS people
       FROM teams t
      WHERE $3 = 1
         OR EXISTS (SELECT 1 FROM reachable_memberships n WHERE n.team_id = t.id AND n.person_id = $2
              AND n.from_at <= $1 AND $1 < n.until_at)
         OR t.id IN (SELECT v.subject_id FROM shared v WHERE v.kind = 2)
      ORDER BY t.name_key, t.id"
);
const ONE: &str = "SELECT id, name, purpose FROM teams WHERE id = $1";
const MEMBERS: &str = concat!(
    "SELECT ",
    person_columns!(),
    ", x.duty, who.email, who.phone FROM memberships x",
    person_joins!("x.person_id"),
    " JOIN accounts act ON act.person_id = who.id AND act.from_at <= $1 AND $1 < act.until_at
      WHERE x.team_id = $2 AND x.from_at <= $1 AND $1 < x.until_at ORDER BY who.name_key, who.id"
);
const PUT: &str = "INSERT INTO teams (id, name, name_key, purpose, created_at)
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name_key) DO NOTHING";
const EDIT: &str = "UPDATE teams SET name = $2, name_key = $3, purpose = $4 WHERE id = $1";
const BY_EMAIL: &str = "SELECT p.id, p.name,
    (SELECT m.duty FROM memberships m WHERE m.person_id = p.id AND m.team_id = $2
        AND m.from_at <= $1 AND $1 < m.until_at) AS duty
  FROM people p WHERE p.email_key = $3";
const BY_ID: &str =
    "SELECT p.id, p.name, m.duty FROM memberships m JOIN people p ON p.id = m.person_id
 WHERE m.team_id = $2 AND m.person_id = $3 AND m.from_at <= $1 AND $1 < m.until_at";
const PUT_MEMBER: &str = "INSERT INTO memberships (id, team_id, person_id, duty, from_at, until_at)
  VALUES ($1, $2, $3, $4, $5, 9223372036854775807)";
const CLOSE_MEMBER: &str =
    "UPDATE memberships SET until_at = $1 WHERE team_id = $2 AND person_id = $3 AND until_at > $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    LIST,
    ONE,
    MEMBERS,
    PUT,
    EDIT,
    BY_EMAIL,
    BY_ID,
    PUT_MEMBER,
    CLOSE_MEMBER,
];

record! {
    pub(in crate::people) struct TeamLineRow {
        pub(in crate::people) id: Id<Team>,
        pub(in crate::people) name: String,
        pub(in crate::people) purpose: String,
        pub(in crate::people) people: u64,
    }
}
record! {
    pub(in crate::people) struct TeamNameRow {
        pub(in crate::people) id: Id<Team>,
        pub(in crate::people) name: String,
        pub(in crate::people) purpose: String,
    }
}
record! {
    pub(in crate::people) struct MemberRow {
        pub(in crate::people) id: Id<Person>,
        pub(in crate::people) name: String,
        pub(in crate::people) duty: Option<String>,
    }
}

impl FromRow for Member {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            line: PersonLine::from_row(row)?,
            duty: row.get("duty")?,
            email: row.get("email")?,
            phone: row.get("phone")?,
        })
    }
}

pub(in crate::people) async fn list(read: &mut Read<ViewTeams>) -> Result<Vec<TeamLineRow>> {
    let list = args![read.at(), viewer(read.actor()), read.standing().operator];
    read.all(LIST, list).await
}

pub(in crate::people) async fn team(read: &mut Read<ViewTeam>) -> Result<TeamNameRow> {
    let id = read.target();
    read.one(ONE, args![id]).await
}

pub(in crate::people) async fn members(read: &mut Read<ViewTeam>) -> Result<Vec<Member>> {
    let (at, id) = (read.at(), read.target());
    read.all(MEMBERS, args![at, id]).await
}

/// What is said of the team, in the transaction that changes it.
pub(in crate::people) async fn held(write: &mut Write<EditTeam>) -> Result<TeamNameRow> {
    let id = write.target();
    write.one(ONE, args![id]).await
}

/// The team's name, in a transaction that changes it.
pub(in crate::people) async fn name<A: ChangesTeam>(write: &mut Write<A>) -> Result<String> {
    let id = write.target();
    let row: TeamNameRow = write.one(ONE, args![id]).await?;
    Ok(row.name)
}

/// `false` when the name is taken.
pub(in crate::people) async fn put(
    write: &mut Write<CreateTeam>,
    id: Id<Team>,
    name: &str,
    key: &str,
    purpose: &str,
) -> Result<bool> {
    let at = write.at();
    Ok(write
        .execute(PUT, args![id, name, key, purpose, at])
        .await?
        == 1)
}

pub(in crate::people) async fn edit(
    write: &mut Write<EditTeam>,
    name: &str,
    key: &str,
    purpose: &str,
) -> Result<()> {
    let id = write.target();
    write.execute(EDIT, args![id, name, key, purpose]).await?;
    Ok(())
}

/// Whoever has this address, and their present duty in the team.
pub(in crate::people) async fn by_email(
    write: &mut Write<AddToTeam>,
    email_key: &str,
) -> Result<Option<MemberRow>> {
    let (at, id) = (write.at(), write.target());
    write.first(BY_EMAIL, args![at, id, email_key]).await
}

pub(in crate::people) async fn member(
    write: &mut Write<RemoveFromTeam>,
    person: Id<Person>,
) -> Result<MemberRow> {
    let (at, id) = (write.at(), write.target());
    write.one(BY_ID, args![at, id, person]).await
}

pub(in crate::people) async fn put_member(
    write: &mut Write<AddToTeam>,
    person: Id<Person>,
    duty: &str,
) -> Result<()> {
    let (id, team, at): (Id<Interval>, _, Time) = (write.new_id(), write.target(), write.at());
    write
        .execute(PUT_MEMBER, args![id, team, person, duty, at])
        .await?;
    Ok(())
}

pub(in crate::people) async fn close_member<A: ChangesTeam>(
    write: &mut Write<A>,
    person: Id<Person>,
) -> Result<()> {
    let (at, id) = (write.at(), write.target());
    write.execute(CLOSE_MEMBER, args![at, id, person]).await?;
    Ok(())
}

/// The actions on a team.
pub(in crate::people) trait ChangesTeam: Action<Target = Team> {}
impl ChangesTeam for EditTeam {}
impl ChangesTeam for AddToTeam {}
impl ChangesTeam for RemoveFromTeam {}
