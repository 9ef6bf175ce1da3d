//! Organisations and umbrella bodies.

use super::looks_after;
use crate::Result;
use crate::kernel::{
    Action, Id, Queries as _, Read, Time, Write, args, fence, holds, record, thing::Interval,
    thing::Organisation,
};
use crate::people::{
    CreateOrganisation, EditOrganisation, OrganisationLine, PersonLine, Sector, ViewCoordination,
    ViewOrganisation, ViewOrganisations, person_columns, person_joins, viewer,
};

/// How many people an organisation's page names.
pub(in crate::people) const PEOPLE: usize = 200;

/// `$3` = 1: the viewer runs the realm. People are counted where the viewer looks after them.
macro_rules! lines {
    ($where:literal) => {
        concat!(
            "WITH ", looks_after!(),
            " SELECT g.id, g.name, g.sector, u.name AS umbrella,
                CASE WHEN $3 = 1 OR g.id IN (SELECT l.organisation_id FROM looks_after l) THEN
                  (SELECT COUNT(*) FROM belongings b
                     JOIN accounts a ON a.person_id = b.person_id AND a.from_at <= $1 AND $1 < a.until_at
                    WHERE b.organisation_id = g.id AND b.from_at <= $1 AND $1 < b.until_at) END AS people
               FROM organisations g
               LEFT JOIN umbrellas m ON m.member_id = g.id AND m.from_at <= $1 AND $1 < m.until_at
               LEFT JOIN organisations u ON u.id = m.umbrella_id ",
            $where, " ORDER BY g.name_key, g.id"
        )
    };
}
const LIST: &str = lines!("");
const COORDINATED: &str =
    lines!("WHERE $3 = 1 OR g.id IN (SELECT l.organisation_id FROM looks_after l)");
const LINE: &str = lines!("WHERE g.id = $4");

const ONE: &str = "SELECT g.id, g.name, g.sector, g.about, u.id AS umbrella_id, u.name AS umbrella
  FROM organisations g
  LEFT JOIN umbrellas m ON m.member_id = g.id AND m.from_at <= $1 AND $1 < m.until_at
  LEFT JOIN organisations u ON u.id = m.umbrella_id WHERE g.id = $2";
const MEMBERS: &str =
    "SELECT g.id, g.name FROM umbrellas m JOIN organisations g ON g.id = m.member_id
 WHERE m.umbrella_id = $2 AND m.from_at <= $1 AND $1 < m.until_at ORDER BY g.name_key, g.id";
/// The people of `$3` whom `$2` may know of (`$4` = 1: all, because they look after them).
const PEOPLE_OF: &str = concat!(
    "WITH ",
    holds!(),
    ", ",
    fence!(),
    " SELECT ",
    person_columns!(),
    " FROM belongings x",
    person_joins!("x.person_id"),
    " JOIN accounts act ON act.person_id = who.id AND act.from_at <= $1 AND $1 < act.until_at
      WHERE x.organisation_id = $3 AND x.from_at <= $1 AND $1 < x.until_at
        AND ($4 = 1 OR EXISTS (SELECT 1 FROM met m WHERE m.organisation_id = $3))
      ORDER BY who.name_key, who.id LIMIT $5"
);

const PUT: &str = "INSERT INTO organisations (id, name, name_key, sector, about, created_at)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name_key) DO NOTHING";
const EDIT: &str =
    "UPDATE organisations SET name = $2, name_key = $3, sector = $4, about = $5 WHERE id = $1";
/// Whether the organisation `$2` is `$3` or stands under it, however far.
const STANDS_UNDER: &str = "WITH RECURSIVE above(organisation_id) AS (
    SELECT g.id FROM organisations g WHERE g.id = $2
    UNION SELECT m.umbrella_id FROM above v
      JOIN umbrellas m ON m.member_id = v.organisation_id AND m.from_at <= $1 AND $1 < m.until_at)
  SELECT COUNT(*) AS value FROM above v WHERE v.organisation_id = $3";
const PUT_UMBRELLA: &str = "INSERT INTO umbrellas (id, member_id, umbrella_id, from_at, until_at)
  VALUES ($1, $2, $3, $4, 9223372036854775807)";
const CLOSE_UMBRELLA: &str =
    "UPDATE umbrellas SET until_at = $1 WHERE member_id = $2 AND until_at > $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    LIST,
    COORDINATED,
    LINE,
    ONE,
    MEMBERS,
    PEOPLE_OF,
    PUT,
    EDIT,
    STANDS_UNDER,
    PUT_UMBRELLA,
    CLOSE_UMBRELLA,
];

record! {
    struct LineRow {
        id: Id<Organisation>, name: String, sector: Sector, umbrella: Option<String>,
        people: Option<u64>,
    }
}
record! {
    pub(in crate::people) struct OrganisationRow {
        pub(in crate::people) id: Id<Organisation>,
        pub(in crate::people) name: String,
        pub(in crate::people) sector: Sector,
        pub(in crate::people) about: String,
        pub(in crate::people) umbrella_id: Option<Id<Organisation>>,
        pub(in crate::people) umbrella: Option<String>,
    }
}
record! {
    struct MemberRow { id: Id<Organisation>, name: String }
}

/// What is said of an organisation, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::people) struct Description {
    pub(in crate::people) name: String,
    pub(in crate::people) name_key: String,
    pub(in crate::people) sector: Sector,
    pub(in crate::people) about: String,
}

fn lines(rows: Vec<LineRow>) -> Vec<OrganisationLine> {
    rows.into_iter()
        .map(|row| OrganisationLine {
            id: row.id,
            name: row.name,
            sector: row.sector,
            umbrella: row.umbrella,
            people: row.people,
        })
        .collect()
}

pub(in crate::people) async fn list(
    read: &mut Read<ViewOrganisations>,
    coordinated: bool,
) -> Result<Vec<OrganisationLine>> {
    let list = args![read.at(), viewer(read.actor()), read.standing().operator];
    let sql = if coordinated { COORDINATED } else { LIST };
    Ok(lines(read.all(sql, list).await?))
}

pub(in crate::people) async fn line(read: &mut Read<ViewCoordination>) -> Result<OrganisationLine> {
    let one = args![
        read.at(),
        viewer(read.actor()),
        read.standing().operator,
        read.target()
    ];
    lines(read.all(LINE, one).await?)
        .pop()
        .ok_or(crate::Error::NotFound)
}

pub(in crate::people) async fn organisation(
    read: &mut Read<ViewOrganisation>,
) -> Result<OrganisationRow> {
    let (at, id) = (read.at(), read.target());
    read.one(ONE, args![at, id]).await
}

pub(in crate::people) async fn members(
    read: &mut Read<ViewOrganisation>,
) -> Result<Vec<(Id<Organisation>, String)>> {
    let (at, id) = (read.at(), read.target());
    let rows: Vec<MemberRow> = read.all(MEMBERS, args![at, id]).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// One more than [`PEOPLE`], to know whether there are more.
pub(in crate::people) async fn people(
    read: &mut Read<ViewOrganisation>,
    all: bool,
) -> Result<Vec<PersonLine>> {
    let (at, me, id) = (read.at(), viewer(read.actor()), read.target());
    let limit = PEOPLE as u64 + 1;
    read.all(PEOPLE_OF, args![at, me, id, all, limit]).await
}

/// `false` when the name is taken.
pub(in crate::people) async fn put(
    write: &mut Write<CreateOrganisation>,
    id: Id<Organisation>,
    said: &Description,
) -> Result<bool> {
    let at = write.at();
    let put = args![
        id,
        &said.name,
        &said.name_key,
        said.sector.name(),
        &said.about,
        at
    ];
    Ok(write.execute(PUT, put).await? == 1)
}

pub(in crate::people) async fn edit(
    write: &mut Write<EditOrganisation>,
    said: &Description,
) -> Result<()> {
    let id = write.target();
    let edit = args![
        id,
        &said.name,
        &said.name_key,
        said.sector.name(),
        &said.about
    ];
    write.execute(EDIT, edit).await?;
    Ok(())
}

pub(in crate::people) async fn stands_under<A: SetsUmbrella>(
    write: &mut Write<A>,
    lower: Id<Organisation>,
    upper: Id<Organisation>,
) -> Result<bool> {
    let at = write.at();
    let (count,): (i64,) = write.one(STANDS_UNDER, args![at, lower, upper]).await?;
    Ok(count > 0)
}

/// The organisation, in the transaction that changes it.
pub(in crate::people) async fn held(
    write: &mut Write<EditOrganisation>,
) -> Result<OrganisationRow> {
    let (at, id) = (write.at(), write.target());
    write.one(ONE, args![at, id]).await
}

pub(in crate::people) async fn put_umbrella<A: SetsUmbrella>(
    write: &mut Write<A>,
    member: Id<Organisation>,
    umbrella: Id<Organisation>,
) -> Result<()> {
    let (id, at): (Id<Interval>, Time) = (write.new_id(), write.at());
    write
        .execute(PUT_UMBRELLA, args![id, member, umbrella, at])
        .await?;
    Ok(())
}

pub(in crate::people) async fn close_umbrella(write: &mut Write<EditOrganisation>) -> Result<()> {
    let (at, id) = (write.at(), write.target());
    write.execute(CLOSE_UMBRELLA, args![at, id]).await?;
    Ok(())
}

/// The actions that say under which umbrella body an organisation stands.
pub(in crate::people) trait SetsUmbrella: Action {}
impl SetsUmbrella for CreateOrganisation {}
impl SetsUmbrella for EditOrganisation {}
