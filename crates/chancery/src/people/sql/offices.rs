//! Offices: who runs the realm, and who looks after which organisation.

use super::accounts::ChangesAccount;
use super::looks_after;
use crate::Result;
use crate::kernel::{Id, Queries, Read, Time, Write, args, record, thing::Interval, thing::Person};
use crate::people::{Appoint, Dismiss, Office, ViewAccount, ViewCoordination};

macro_rules! offices_of {
    ($which:literal) => {
        concat!(
            "SELECT o.id, o.person_id, o.office, t.name AS organisation
               FROM offices o LEFT JOIN organisations t ON t.id = o.organisation_id
              WHERE o.from_at <= $1 AND $1 < o.until_at AND ",
            $which,
            " ORDER BY o.office, t.name_key, o.id"
        )
    };
}
const OFFICES: &str = offices_of!("o.person_id = $2");
const OFFICE: &str = offices_of!("o.person_id = $2 AND o.id = $3");
const ALL_OFFICES: &str = offices_of!(
    "o.person_id IN (SELECT b.person_id FROM belongings b WHERE b.organisation_id = $2
        AND b.from_at <= $1 AND $1 < b.until_at)"
);
/// The offices of `$3` that reach further than those of `$2`.
const OUTRANKS: &str = concat!(
    "WITH ", looks_after!(),
    " SELECT COUNT(*) AS value FROM offices o
       WHERE o.person_id = $3 AND o.from_at <= $1 AND $1 < o.until_at
         AND (o.office = 'operator' OR o.organisation_id NOT IN (SELECT l.organisation_id FROM looks_after l))"
);
const OTHER_OPERATORS: &str = "SELECT COUNT(DISTINCT o.person_id) AS value FROM offices o
   JOIN accounts a ON a.person_id = o.person_id AND a.from_at <= $1 AND $1 < a.until_at
  WHERE o.office = 'operator' AND o.from_at <= $1 AND $1 < o.until_at AND o.person_id <> $2";
const HOLDS_OFFICE: &str =
    "SELECT COUNT(*) AS value FROM offices o WHERE o.person_id = $2 AND o.office = $3
    AND o.organisation_id = $4 AND o.from_at <= $1 AND $1 < o.until_at";

const PUT_OFFICE: &str =
    "INSERT INTO offices (id, person_id, office, organisation_id, from_at, until_at)
  VALUES ($1, $2, $3, $4, $5, 9223372036854775807)";
const CLOSE_OFFICE: &str =
    "UPDATE offices SET until_at = $1 WHERE id = $2 AND person_id = $3 AND until_at > $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    OFFICES,
    OFFICE,
    ALL_OFFICES,
    OUTRANKS,
    OTHER_OPERATORS,
    HOLDS_OFFICE,
    PUT_OFFICE,
    CLOSE_OFFICE,
];

record! {
    pub(in crate::people) struct OfficeRow {
        pub(in crate::people) id: Id<Interval>,
        pub(in crate::people) person_id: Id<Person>,
        pub(in crate::people) office: String,
        pub(in crate::people) organisation: Option<String>,
    }
}

pub(in crate::people) async fn all_offices(
    read: &mut Read<ViewCoordination>,
) -> Result<Vec<OfficeRow>> {
    let (at, id) = (read.at(), read.target());
    read.all(ALL_OFFICES, args![at, id]).await
}

pub(in crate::people) async fn offices(read: &mut Read<ViewAccount>) -> Result<Vec<OfficeRow>> {
    let (at, id) = (read.at(), read.target());
    read.all(OFFICES, args![at, id]).await
}

pub(in crate::people) async fn office(
    write: &mut Write<Dismiss>,
    office: Id<Interval>,
) -> Result<OfficeRow> {
    let (at, id) = (write.at(), write.target());
    write.one(OFFICE, args![at, id, office]).await
}

/// Whether the person's offices reach further than the viewer's.
pub(in crate::people) async fn outranks(
    queries: &mut impl Queries,
    at: Time,
    viewer: i64,
    person: Id<Person>,
) -> Result<bool> {
    let (count,): (i64,) = queries.one(OUTRANKS, args![at, viewer, person]).await?;
    Ok(count > 0)
}

/// How many others run the realm.
pub(in crate::people) async fn other_operators<A: ChangesAccount>(
    write: &mut Write<A>,
) -> Result<i64> {
    let (at, id) = (write.at(), write.target());
    let (count,): (i64,) = write.one(OTHER_OPERATORS, args![at, id]).await?;
    Ok(count)
}

pub(in crate::people) async fn holds_office<A: ChangesAccount>(
    write: &mut Write<A>,
    office: Office,
    organisation: i64,
) -> Result<bool> {
    let (at, id) = (write.at(), write.target());
    let (count,): (i64,) = write
        .one(HOLDS_OFFICE, args![at, id, office.name(), organisation])
        .await?;
    Ok(count > 0)
}

pub(in crate::people) async fn put_office(
    write: &mut Write<Appoint>,
    office: Office,
    organisation: i64,
) -> Result<Id<Interval>> {
    let (id, person, at): (Id<Interval>, _, _) = (write.new_id(), write.target(), write.at());
    write
        .execute(
            PUT_OFFICE,
            args![id, person, office.name(), organisation, at],
        )
        .await?;
    Ok(id)
}

pub(in crate::people) async fn close_office(
    write: &mut Write<Dismiss>,
    office: Id<Interval>,
) -> Result<()> {
    let (at, id) = (write.at(), write.target());
    write.execute(CLOSE_OFFICE, args![at, office, id]).await?;
    Ok(())
}
