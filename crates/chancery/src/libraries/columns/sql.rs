//! The SQL of columns.

use super::{Column, ColumnKind, Shape, View};
use crate::kernel::{Id, fence, holders, holds, record, thing};
use crate::libraries::sql::set::{places, rows_of};
use crate::libraries::{cleared, is_closed};

record! {
    pub(super) struct ColumnRow {
        id: Id<thing::Column>,
        name: String,
        kind: String,
        choices: String,
        hint: String,
        required: bool,
    }
}

impl ColumnRow {
    pub(super) fn column(self) -> Option<Column> {
        Some(Column {
            id: self.id,
            name: self.name,
            kind: ColumnKind::from_name(&self.kind)?,
            choices: serde_json::from_str(&self.choices).unwrap_or_default(),
            hint: self.hint,
            required: self.required,
        })
    }
}

record! {
    pub(super) struct ViewRow {
        id: Id<thing::View>,
        pub(super) person_id: i64,
        name: String,
        said: String,
        is_default: bool,
    }
}

impl ViewRow {
    pub(super) fn view(self) -> View {
        View {
            id: self.id,
            name: self.name,
            shared: self.person_id == 0,
            is_default: self.is_default,
            shape: serde_json::from_str::<Shape>(&self.said).unwrap_or_default(),
        }
    }
}

record! {
    pub(super) struct CellRow {
        pub(super) item_id: i64,
        pub(super) column_id: i64,
        pub(super) number: i64,
        pub(super) text: String,
        pub(super) person_id: i64,
        pub(super) value: String,
    }
}
record! {
    pub(super) struct KnownRow {
        pub(super) id: Id<thing::Person>,
        pub(super) name: String,
        pub(super) name_key: String,
        pub(super) organisation: String,
    }
}
record! {
    pub(super) struct FilledRow {
        pub(super) id: i64,
        pub(super) name: String,
        pub(super) is_document: bool,
        pub(super) sealed: bool,
    }
}

pub(super) const COLUMNS: &str =
    "SELECT c.id, c.name, c.kind, c.choices, c.hint, c.required FROM library_columns c
  WHERE c.library_id = $2 AND c.from_at <= $1 AND $1 < c.until_at ORDER BY c.position, c.id";
pub(super) const INSERT_COLUMN: &str =
    "INSERT INTO library_columns (id, library_id, name, name_key, kind, choices, hint, required, position, from_at, until_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// Every document of the library `$2`, also in its bin, says nothing in the column `$1` yet.
pub(super) const NEW_COLUMN: &str =
    "INSERT INTO cells (id, column_id, item_id, lacks, number, text, person_id, value)
  SELECT CAST(CAST($1 AS BIGINT) AS TEXT) || '.' || CAST(i.id AS TEXT), CAST($1 AS BIGINT), i.id, 1, 0, '', 0, ''
    FROM items i WHERE i.library_id = $2 AND i.is_document = 1";
/// A document `$3` that came into the library `$2` at `$1` says nothing in any of its columns yet.
pub(crate) const NEW_CELLS: &str =
    "INSERT INTO cells (id, column_id, item_id, lacks, number, text, person_id, value)
  SELECT CAST(c.id AS TEXT) || '.' || CAST(CAST($3 AS BIGINT) AS TEXT), c.id, CAST($3 AS BIGINT), 1, 0, '', 0, ''
    FROM library_columns c WHERE c.library_id = $2 AND c.from_at <= $1 AND $1 < c.until_at";
pub(super) const UPDATE_COLUMN: &str = "UPDATE library_columns SET name = $2, name_key = $3, choices = $4, hint = $5, required = $6 WHERE id = $1";
pub(super) const PLACE_COLUMN: &str = "UPDATE library_columns SET position = $2 WHERE id = $1";
pub(super) const END_COLUMN: &str = "UPDATE library_columns SET until_at = $1 WHERE id = $2";
/// What ends with its column is no longer sorted by. What was said in it stays in `column_values`.
pub(super) const FORGET_COLUMN: &str = "DELETE FROM cells WHERE column_id = $1";

/// The views of the library `$3` that the person `$2` has: everybody's, and their own.
pub(super) const VIEWS: &str =
    "SELECT v.id, v.person_id, v.name, v.said, v.is_default FROM library_views v
  WHERE v.library_id = $3 AND v.from_at <= $1 AND $1 < v.until_at AND v.person_id IN (0, $2)
  ORDER BY v.person_id, v.name_key, v.id LIMIT 200";
/// Ends the view of this name, if it is there: saving it again makes it anew.
pub(super) const END_NAMED: &str = "UPDATE library_views SET until_at = $1
  WHERE library_id = $2 AND person_id = $3 AND name_key = $4 AND from_at <= $1 AND $1 < until_at";
/// There is one view that everybody sees at first.
pub(super) const NO_DEFAULT: &str = "UPDATE library_views SET is_default = 0
  WHERE library_id = $2 AND person_id = 0 AND from_at <= $1 AND $1 < until_at AND is_default = 1";
pub(super) const INSERT_VIEW: &str =
    "INSERT INTO library_views (id, library_id, person_id, name, name_key, said, is_default, from_at, until_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
pub(super) const END_VIEW: &str = "UPDATE library_views SET until_at = $1
  WHERE id = $3 AND library_id = $2 AND person_id = $4 AND from_at <= $1 AND $1 < until_at RETURNING name AS value";

/// Who goes by this e-mail address or name `$3`, or this id `$4`, of those of whom the person `$2` may know.
pub(super) const MET: &str = concat!(
    "WITH ",
    holds!(),
    ", ",
    fence!(),
    " SELECT p.id, p.name, p.name_key, o.name AS organisation FROM people p
       JOIN belongings b ON b.person_id = p.id AND b.from_at <= $1 AND $1 < b.until_at
       JOIN organisations o ON o.id = b.organisation_id
      WHERE (p.email_key = $3 OR p.name_key = $3 OR p.id = $4)
        AND b.organisation_id IN (SELECT m.organisation_id FROM met m)
      ORDER BY p.id LIMIT 20"
);

/// Those of these people of whom the person `$2` may know.
pub(super) fn known(count: usize) -> String {
    format!(
        "WITH {}, {} SELECT p.id, p.name, p.name_key, o.name AS organisation FROM people p
           JOIN belongings b ON b.person_id = p.id AND b.from_at <= $1 AND $1 < b.until_at
           JOIN organisations o ON o.id = b.organisation_id
          WHERE p.id IN ({}) AND b.organisation_id IN (SELECT m.organisation_id FROM met m)",
        holds!(),
        fence!(),
        places(3, count)
    )
}

/// Those of these people who can see the library `$2`.
pub(super) fn can_see(count: usize) -> String {
    format!(
        "WITH {} SELECT DISTINCT h.person_id AS value FROM holds h WHERE h.place_id = $2 AND h.person_id IN ({})",
        holders!(),
        places(3, count)
    )
}

/// What is said of these documents.
pub(super) fn cells(count: usize) -> String {
    format!(
        "SELECT f.item_id, f.column_id, f.number, f.text, f.person_id, f.value FROM cells f
          WHERE f.lacks = 0 AND f.item_id IN ({})",
        places(1, count)
    )
}

/// What is said of these documents in the columns of the library `$2` that have the same name and kind as their own.
pub(super) fn same_cells(count: usize) -> String {
    format!(
        "SELECT f.item_id, b.id AS column_id, f.number, f.text, f.person_id, f.value
           FROM cells f JOIN library_columns a ON a.id = f.column_id
           JOIN library_columns b ON b.library_id = $2 AND b.name_key = a.name_key AND b.kind = a.kind
            AND b.from_at <= $1 AND $1 < b.until_at
          WHERE f.lacks = 0 AND f.item_id IN ({})",
        places(3, count)
    )
}

/// These documents of the library `$3`, as far as the person `$2` may know of them.
pub(super) fn documents(count: usize) -> String {
    format!(
        "SELECT i.id, i.name, i.is_document, CASE WHEN {} THEN 1 ELSE 0 END AS sealed FROM items i
          WHERE i.id IN ({}) AND i.library_id = $3 AND i.binned_at = 0 AND {} ORDER BY i.id",
        is_closed!("i.id"),
        places(4, count),
        cleared!("i.id")
    )
}

/// Ends what the column `$2` says of these documents.
pub(super) fn end_values(count: usize) -> String {
    format!(
        "UPDATE column_values SET until_at = $1 WHERE column_id = $2 AND until_at > $1 AND item_id IN ({})",
        places(3, count)
    )
}

/// Ends whatever is said of these documents.
pub(super) fn end_all(count: usize) -> String {
    format!(
        "UPDATE column_values SET until_at = $1 WHERE until_at > $1 AND item_id IN ({})",
        places(2, count)
    )
}

/// These documents are in no list of their library any more.
pub(super) fn forget(count: usize) -> String {
    format!("DELETE FROM cells WHERE item_id IN ({})", places(1, count))
}

/// These documents say nothing yet in the columns of the library `$2`, which they came into at `$1`.
pub(super) fn new_cells(count: usize) -> String {
    format!(
        "INSERT INTO cells (id, column_id, item_id, lacks, number, text, person_id, value)
         SELECT CAST(c.id AS TEXT) || '.' || CAST(i.id AS TEXT), c.id, i.id, 1, 0, '', 0, ''
           FROM library_columns c CROSS JOIN items i
          WHERE c.library_id = $2 AND c.from_at <= $1 AND $1 < c.until_at AND i.id IN ({})",
        places(3, count)
    )
}

pub(super) fn insert_values(count: usize) -> String {
    format!(
        "INSERT INTO column_values (id, column_id, item_id, value, person_id, set_by, from_at, until_at) VALUES {}",
        rows_of(
            1,
            count,
            &[
                "BIGINT", "BIGINT", "BIGINT", "TEXT", "BIGINT", "BIGINT", "BIGINT", "BIGINT"
            ]
        )
    )
}

pub(super) fn put_cells(count: usize) -> String {
    format!(
        "INSERT INTO cells (id, column_id, item_id, lacks, number, text, person_id, value) VALUES {}
          ON CONFLICT (id) DO UPDATE SET lacks = excluded.lacks, number = excluded.number, text = excluded.text,
            person_id = excluded.person_id, value = excluded.value",
        rows_of(
            1,
            count,
            &["TEXT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "TEXT", "BIGINT", "TEXT"]
        )
    )
}

/// These documents are another edition now.
pub(super) fn filled(count: usize) -> String {
    format!(
        "UPDATE items SET filled = filled + 1 WHERE id IN ({})",
        places(1, count)
    )
}

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(in crate::libraries) fn statements() -> Vec<String> {
    let mut all: Vec<String> = [
        COLUMNS,
        INSERT_COLUMN,
        NEW_COLUMN,
        NEW_CELLS,
        UPDATE_COLUMN,
        PLACE_COLUMN,
        END_COLUMN,
        FORGET_COLUMN,
        VIEWS,
        END_NAMED,
        NO_DEFAULT,
        INSERT_VIEW,
        END_VIEW,
        MET,
    ]
    .map(str::to_owned)
    .to_vec();
    all.extend(
        super::earlier::STATEMENTS
            .iter()
            .map(|text| (*text).to_owned()),
    );
    for count in [1, 8] {
        all.extend(
            [
                known,
                can_see,
                cells,
                same_cells,
                documents,
                end_values,
                end_all,
                forget,
                new_cells,
                insert_values,
                put_cells,
                filled,
            ]
            .map(|statement| statement(count)),
        );
    }
    all
}
