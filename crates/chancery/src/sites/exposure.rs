//! How many can see a place: shown wherever somebody is about to put something there.

use super::sql;
use crate::Result;
use crate::kernel::{Queries, Time, args};

/// How many people, from how many organisations, can see a site or library at this moment: one
/// query, by the one rule of access. `place` is the id that the proof was given for. Not for a
/// [`Scope`](crate::kernel::Scope), whose statements begin with the person.
pub(crate) async fn exposure(
    queries: &mut impl Queries,
    place: i64,
    at: Time,
) -> Result<(u64, u64)> {
    let row: sql::ExposureRow = queries.one(sql::EXPOSURE, args![at, place]).await?;
    Ok((row.people, row.organisations))
}
