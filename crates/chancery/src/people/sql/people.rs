//! The directory and the pages of people, by the fence.

use super::looks_after;
use crate::Result;
use crate::kernel::{
    Action, FromRow, Id, Queries as _, Read, Row, Scope, args, fence, holds, like, record,
    thing::Person, thing::Team,
};
use crate::people::{
    PersonLine, Sector, ViewMe, ViewOperations, ViewPerson, person_columns, person_joins, viewer,
};

/// How many people one page of the directory holds.
pub(in crate::people) const PAGE: usize = 50;

/// The people that `$2` may know of: those of the organisations they meet, and of those they look after.
const DIRECTORY: &str = concat!(
    "WITH ", holds!(), ", ", fence!(), ", ", looks_after!(), ",
     known(organisation_id) AS (
       SELECT m.organisation_id FROM met m UNION SELECT l.organisation_id FROM looks_after l)
     SELECT ", person_columns!(), ", who.name_key
       FROM known k
       JOIN belongings x ON x.organisation_id = k.organisation_id AND x.from_at <= $1 AND $1 < x.until_at",
    person_joins!("x.person_id"),
    " JOIN accounts act ON act.person_id = who.id AND act.from_at <= $1 AND $1 < act.until_at
      WHERE (who.name_key LIKE $3 ESCAPE '\\' OR who.email_key LIKE $3 ESCAPE '\\'
          OR who_organisation.name_key LIKE $3 ESCAPE '\\')
        AND (who.name_key > $4 OR (who.name_key = $4 AND who.id > $5))
        AND EXISTS (SELECT 1 FROM accounts mine WHERE mine.person_id = $2
              AND mine.from_at <= $1 AND $1 < mine.until_at)
      ORDER BY who.name_key, who.id LIMIT $6"
);
const PERSON: &str = concat!(
    "SELECT ",
    person_columns!(),
    ", who.email, who.phone, who_organisation.sector,
       CASE WHEN EXISTS (SELECT 1 FROM accounts act WHERE act.person_id = x.person_id
         AND act.from_at <= $1 AND $1 < act.until_at) THEN 1 ELSE 0 END AS active
       FROM belongings x",
    person_joins!("x.person_id"),
    " WHERE x.person_id = $2 AND x.from_at <= $1 AND $1 < x.until_at"
);
/// The teams of `$3` that `$2` may know of (`$4` = 1: all).
const TEAMS_OF: &str = concat!(
    "WITH ",
    holds!(),
    ", ",
    fence!(),
    " SELECT t.id, t.name, m.duty FROM memberships m JOIN teams t ON t.id = m.team_id
       WHERE m.person_id = $3 AND m.from_at <= $1 AND $1 < m.until_at
         AND ($4 = 1
           OR EXISTS (SELECT 1 FROM reachable_memberships n WHERE n.team_id = t.id AND n.person_id = $2
                AND n.from_at <= $1 AND $1 < n.until_at)
           OR t.id IN (SELECT v.subject_id FROM shared v WHERE v.kind = 2))
       ORDER BY t.name_key, t.id"
);
const BY_EMAIL: &str = "SELECT id AS value FROM people WHERE email_key = $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[DIRECTORY, PERSON, TEAMS_OF, BY_EMAIL];

/// A line of the directory, with what it is ordered by.
#[derive(Debug, Clone)]
pub(in crate::people) struct DirectoryRow {
    pub(in crate::people) line: PersonLine,
    pub(in crate::people) name_key: String,
}

impl FromRow for DirectoryRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            line: PersonLine::from_row(row)?,
            name_key: row.get("name_key")?,
        })
    }
}

/// A person, with how to reach them.
#[derive(Debug, Clone)]
pub(in crate::people) struct PersonRow {
    pub(in crate::people) line: PersonLine,
    pub(in crate::people) email: String,
    pub(in crate::people) phone: String,
    pub(in crate::people) sector: Sector,
    pub(in crate::people) active: bool,
}

impl FromRow for PersonRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            line: PersonLine::from_row(row)?,
            email: row.get("email")?,
            phone: row.get("phone")?,
            sector: row.get("sector")?,
            active: row.get("active")?,
        })
    }
}

record! {
    pub(in crate::people) struct TeamRow {
        pub(in crate::people) id: Id<Team>,
        pub(in crate::people) name: String,
        pub(in crate::people) duty: String,
    }
}

pub(in crate::people) async fn directory(
    scope: &mut Scope,
    find: &str,
    after: (String, i64),
) -> Result<Vec<DirectoryRow>> {
    let limit = PAGE as u64 + 1;
    scope
        .all(DIRECTORY, args![like(find), after.0, after.1, limit])
        .await
}

pub(in crate::people) async fn person<A: LooksAtPerson>(read: &mut Read<A>) -> Result<PersonRow> {
    let (at, id) = (read.at(), read.target());
    read.one(PERSON, args![at, id]).await
}

pub(in crate::people) async fn teams_of<A: LooksAtPerson>(
    read: &mut Read<A>,
    all: bool,
) -> Result<Vec<TeamRow>> {
    let (at, me, id) = (read.at(), viewer(read.actor()), read.target());
    read.all(TEAMS_OF, args![at, me, id, all]).await
}

pub(in crate::people) async fn by_email(
    read: &mut Read<ViewOperations>,
    email_key: &str,
) -> Result<Id<Person>> {
    let (id,): (Id<Person>,) = read.one(BY_EMAIL, args![email_key]).await?;
    Ok(id)
}

/// The views of one person.
pub(in crate::people) trait LooksAtPerson: Action<Target = Person> {}
impl LooksAtPerson for ViewMe {}
impl LooksAtPerson for ViewPerson {}
