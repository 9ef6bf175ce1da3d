//! From which library to which something was moved, for those who may see both.
//!
//! The journal of a library does not name the other, because whoever reads it may not know of that. It keeps
//! the ids of both, and whoever reads the line learns the names of those that they can see.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::TrailLine;
use super::sql::{self, LineRow, PlaceRow};
use crate::Result;
use crate::kernel::{Action as _, Arg, Id, Queries, Time, args, thing};
use crate::libraries::MoveItems;

/// The lines that these rows are, each in words. One query more where something was moved to another library.
pub(super) async fn spoken(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    rows: Vec<LineRow>,
) -> Result<Vec<TrailLine>> {
    let mut told = Vec::with_capacity(rows.len());
    let mut asked = BTreeSet::new();
    for row in rows {
        let data = row.kept()?;
        let crossing = (row.action == MoveItems::NAME)
            .then(|| Crossing::read(&data))
            .flatten();
        asked.extend(crossing.iter().flat_map(|one| [one.from, one.to]));
        told.push((row, data, crossing));
    }
    let places = places(proof, at, me, &asked).await?;
    told.into_iter()
        .map(|(row, data, crossing)| {
            let moved = crossing.map(|one| one.named(&data, row.site_id, &places));
            row.line(data, moved)
        })
        .collect()
}

type Places = HashMap<Id<thing::Library>, PlaceRow>;

async fn places(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    asked: &BTreeSet<Id<thing::Library>>,
) -> Result<Places> {
    if asked.is_empty() {
        return Ok(Places::new());
    }
    let ids = padded(asked.iter().map(|id| id.raw()).collect());
    let mut args = args![at, me];
    args.extend(ids.iter().map(|id| Arg::from(*id)));
    let rows: Vec<PlaceRow> = proof.all(&sql::places(ids.len()), args).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Filled up to a power of two by repeating the last, so that there are few texts of a statement.
pub(super) fn padded(mut ids: Vec<i64>) -> Vec<i64> {
    if let Some(last) = ids.last().copied() {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    ids
}

/// A move from one library to another.
struct Crossing {
    from: Id<thing::Library>,
    to: Id<thing::Library>,
}

impl Crossing {
    fn read(data: &Value) -> Option<Self> {
        let id = |field: &str| data.get(field)?.as_str()?.parse().ok();
        let crossing = Self {
            from: id("library_before")?,
            to: id("library_after")?,
        };
        (crossing.from != crossing.to).then_some(crossing)
    }

    /// From where to where. Of the two places the journal names the one that is in the library of its line.
    fn named(&self, data: &Value, site: i64, places: &Places) -> (String, String) {
        let said = |field: &str, library| {
            let kept = data.get(field).and_then(Value::as_str).unwrap_or_default();
            match places.get(&library) {
                Some(place) if kept == crate::libraries::ELSEWHERE => called(place, site),
                _ => kept.to_owned(),
            }
        };
        (said("before", self.from), said("after", self.to))
    }
}

fn called(place: &PlaceRow, site: i64) -> String {
    if place.site_id == site {
        format!("the library {}", place.name)
    } else {
        format!("the library {} on {}", place.name, place.site_name)
    }
}
