//! From which library to which something was moved, for those who may see both; and whom a document names, for those who
//! may know of them.
//!
//! The journal of a library does not name the other, because whoever reads it may not know of that. It keeps
//! the ids of both, and whoever reads the line learns the names of those that they can see. It is the same with persons.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::TrailLine;
use super::sql::{self, LineRow, PlaceRow};
use crate::Result;
use crate::kernel::{Action as _, Arg, Id, Queries, Time, args, thing};
use crate::libraries::columns;
use crate::libraries::{FillIn, MoveItems};

/// The lines that these rows are, each in words. One query more where something was moved to another library, and one where
/// somebody was named in a column.
pub(super) async fn spoken(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    rows: Vec<LineRow>,
) -> Result<Vec<TrailLine>> {
    let mut told = Vec::with_capacity(rows.len());
    let mut asked = BTreeSet::new();
    let mut people: BTreeSet<Id<thing::Person>> = BTreeSet::new();
    for row in rows {
        let data = row.kept()?;
        let crossing = (row.action == MoveItems::NAME)
            .then(|| Crossing::read(&data))
            .flatten();
        asked.extend(crossing.iter().flat_map(|one| [one.from, one.to]));
        if row.action == FillIn::NAME {
            people.extend(named_in(&data));
        }
        told.push((row, data, crossing));
    }
    let places = places(proof, at, me, &asked).await?;
    let people: Vec<i64> = people.into_iter().map(Id::raw).collect();
    let known = columns::known(proof, at, me, &people).await?;
    told.into_iter()
        .map(|(row, data, crossing)| {
            let said = match crossing {
                Some(one) => Some(one.named(&data, row.site_id, &places)),
                None if row.action == FillIn::NAME => with_names(&data, &known),
                None => None,
            };
            row.line(data, said)
        })
        .collect()
}

/// The persons who are named by their ids in what was said of a document.
fn named_in(data: &Value) -> impl Iterator<Item = Id<thing::Person>> {
    let people = data
        .get("people")
        .and_then(Value::as_str)
        .unwrap_or_default();
    people.split(' ').filter_map(|id| id.parse().ok())
}

/// What was said before and after, with the names of those of whom whoever reads it may know.
fn with_names(data: &Value, known: &HashMap<i64, String>) -> Option<(String, String)> {
    let mut said = ["before", "after"].map(|field| {
        let said = data.get(field).and_then(Value::as_str);
        said.unwrap_or_default().to_owned()
    });
    let mut any = false;
    for person in named_in(data) {
        any = true;
        let name = known.get(&person.raw());
        let name = name.map_or(columns::UNKNOWN, String::as_str);
        for said in &mut said {
            *said = said.replace(&person.to_string(), name);
        }
    }
    let [before, after] = said;
    any.then_some((before, after))
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
