//! What a document said in the columns of its library while one version and another was the current one.

use super::fill::{UNKNOWN, known};
use super::{Column, ColumnKind, Property, of_library};
use crate::Result;
use crate::kernel::{Id, Queries, Time, args, record, thing};

/// What was said of the document `$1` until the version after `$2`, and until the one after `$3`, or is said now (`$4`).
const SAID: &str = "SELECT v.column_id, v.value, v.person_id,
    CASE WHEN v.from_at < t.one AND t.one <= v.until_at THEN 1 ELSE 0 END AS before,
    CASE WHEN v.from_at < t.other AND t.other <= v.until_at THEN 1 ELSE 0 END AS after
  FROM (SELECT
      COALESCE((SELECT n.created_at FROM versions n WHERE n.document_id = $1 AND n.number = $2 + 1), $4) AS one,
      COALESCE((SELECT n.created_at FROM versions n WHERE n.document_id = $1 AND n.number = $3 + 1), $4) AS other) t
  CROSS JOIN column_values v
 WHERE v.item_id = $1 AND ((v.from_at < t.one AND t.one <= v.until_at) OR (v.from_at < t.other AND t.other <= v.until_at))
 ORDER BY v.id";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[SAID];

record! {
    struct SaidRow { column_id: i64, value: String, person_id: i64, before: bool, after: bool }
}

/// What a column said of a document while each of two versions was current; nothing where it said nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Became {
    /// The column.
    pub column: Column,
    /// What it said of the one.
    pub before: Option<Property>,
    /// And of the other.
    pub after: Option<Property>,
}

/// What each column said of a document while the one version, and the other, was current. At most three queries.
pub(crate) async fn became(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    library: Id<thing::Library>,
    document: Id<thing::Document>,
    versions: (u64, u64),
) -> Result<Vec<Became>> {
    let columns = of_library(proof, at, library).await?;
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    // The end of an interval is shut out, and what is said at this moment counts.
    let now = Time::from_micros(at.micros() + 1);
    let rows: Vec<SaidRow> = proof
        .all(SAID, args![document, versions.0, versions.1, now])
        .await?;
    let mut people: Vec<i64> = rows.iter().map(|row| row.person_id).collect();
    people.retain(|person| *person != 0);
    people.sort_unstable();
    people.dedup();
    let known = known(proof, at, me, &people).await?;
    let says = |column: &Column, which: fn(&SaidRow) -> bool| {
        let row = rows
            .iter()
            .rfind(|row| row.column_id == column.id.raw() && which(row))?;
        let (value, shown) = match (column.kind, known.get(&row.person_id)) {
            (ColumnKind::Person, None) => (String::new(), UNKNOWN.to_owned()),
            (ColumnKind::Person, Some(name)) => (row.value.clone(), name.clone()),
            _ => (row.value.clone(), row.value.clone()),
        };
        Some(Property {
            column: column.id,
            value,
            shown,
        })
    };
    Ok(columns
        .into_iter()
        .map(|column| Became {
            before: says(&column, |row| row.before),
            after: says(&column, |row| row.after),
            column,
        })
        .collect())
}
