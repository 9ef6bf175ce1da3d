//! Who appears in a trail, each so that they can be told from the others.

use std::collections::HashMap;

use super::Appearing;
use super::moves::padded;
use super::sql::{self, EmailRow, PersonRow};
use crate::Result;
use crate::kernel::{Arg, Id, Queries, Time, args, thing};
use crate::people::Author;

/// The people of these rows, by name. Two of one name and organisation are told apart by their job titles, by
/// their e-mail addresses where the viewer may know those (one query more), or else by a reference.
pub(super) async fn apart(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    mut rows: Vec<PersonRow>,
) -> Result<Vec<Appearing>> {
    rows.sort_by(|one, other| (&one.name_key, one.who_id).cmp(&(&other.name_key, other.who_id)));
    let mut named: HashMap<_, u32> = HashMap::new();
    let mut titled: HashMap<_, u32> = HashMap::new();
    for row in &rows {
        *named.entry(name(row)).or_default() += 1;
        *titled.entry((name(row), row.title.as_str())).or_default() += 1;
    }
    let is_named_alone = |row: &PersonRow| named.get(&name(row)) == Some(&1);
    let is_titled_alone =
        |row: &PersonRow| titled.get(&(name(row), row.title.as_str())) == Some(&1);
    let same: Vec<i64> = rows
        .iter()
        .filter(|row| !is_titled_alone(row))
        .map(|row| row.who_id)
        .collect();
    let emails = emails(proof, at, me, same).await?;
    let told: Vec<String> = rows
        .iter()
        .map(|row| {
            if is_named_alone(row) {
                String::new()
            } else if is_titled_alone(row) && !row.title.is_empty() {
                row.title.clone()
            } else if is_titled_alone(row) {
                "no job title".to_owned()
            } else {
                emails.get(&row.who_id).cloned().unwrap_or_else(|| {
                    format!("reference {}", Id::<thing::Person>::from_raw(row.who_id))
                })
            }
        })
        .collect();
    Ok(rows
        .into_iter()
        .zip(told)
        .map(|(row, apart)| Appearing {
            who: Author {
                id: row.who_id,
                name: row.who_name,
                organisation: row.who_organisation.unwrap_or_default(),
            },
            apart,
        })
        .collect())
}

fn name(row: &PersonRow) -> (&str, &str) {
    (
        &row.name_key,
        row.who_organisation.as_deref().unwrap_or_default(),
    )
}

async fn emails(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    people: Vec<i64>,
) -> Result<HashMap<i64, String>> {
    let mut known = HashMap::new();
    // A statement has room for so many.
    for some in people.chunks(256) {
        let ids = padded(some.to_vec());
        let mut args = args![at, me];
        args.extend(ids.iter().map(|id| Arg::from(*id)));
        let rows: Vec<EmailRow> = proof.all(&sql::emails(ids.len()), args).await?;
        known.extend(rows.into_iter().map(|row| (row.id, row.email)));
    }
    Ok(known)
}
