//! What the owners of a library want to know of each document: columns that they add, what people fill in, views of the
//! library by them, and a list of any view as a file.
//!
//! What was said of a document is an interval, so what it said at any moment can be found out. What it says *now* is in
//! `cells` as well, in the order in which a list is sorted, with a row for every document and every column. **Invariant:**
//! whatever puts a document into a library gives it its row in every column ([`NEW_CELLS`]), and whatever says something
//! changes both in one transaction. (`tests::cells_say_what_values_say`.)

mod define;
mod earlier;
mod export;
mod fill;
mod filter;
mod nouns;
mod rules;
mod sql;
#[cfg(test)]
mod tests;
mod views;

pub use define::{add_column, columns, edit_column, end_column, place_column};
pub use earlier::Became;
pub(crate) use earlier::became;
pub use export::{ViewFile, export};
pub use fill::{FILLED_MAX, fill_in, properties, said};
pub(crate) use fill::{UNKNOWN, copy_values, known};
pub(in crate::libraries) use fill::{carry, look_up};
pub use filter::{DRAFTS, Filter, KINDS, Kind, PUBLISHING, WAITING, faults};
pub(in crate::libraries) use filter::{checked, narrow};
pub use nouns::*;
pub use rules::MOST as COLUMNS_MOST;
pub(crate) use sql::NEW_CELLS;
#[cfg(test)]
pub(in crate::libraries) use sql::statements;
pub use views::{BUILT_IN, end_view, known_views, save_view, views};

use crate::Result;
use crate::kernel::{Id, Queries, Time, args, thing};

/// The columns of a library in their order. One query.
pub(in crate::libraries) async fn of_library(
    proof: &mut impl Queries,
    at: Time,
    library: Id<thing::Library>,
) -> Result<Vec<Column>> {
    let rows: Vec<sql::ColumnRow> = proof.all(sql::COLUMNS, args![at, library]).await?;
    Ok(rows
        .into_iter()
        .filter_map(sql::ColumnRow::column)
        .collect())
}
