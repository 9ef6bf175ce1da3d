//! Statements about many things at once.

/// How many rows one statement inserts or changes one by one.
const BATCH: usize = 64;

/// The placeholders of a list: "$4, $5, $6".
pub(in crate::libraries) fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count)
        .map(|number| format!("${number}"))
        .collect();
    places.join(", ")
}

/// The placeholders of rows whose columns are of these types, from `$first`:
/// "(CAST($2 AS BIGINT), CAST($3 AS TEXT)), …".
pub(in crate::libraries) fn rows_of(first: usize, count: usize, columns: &[&str]) -> String {
    let rows: Vec<String> = (0..count)
        .map(|row| {
            let cells: Vec<String> = columns
                .iter()
                .enumerate()
                .map(|(column, kind)| {
                    format!("CAST(${} AS {kind})", first + row * columns.len() + column)
                })
                .collect();
            format!("({})", cells.join(", "))
        })
        .collect();
    rows.join(", ")
}

/// Ids filled up to a power of two by repeating the last, so that there are few texts of each
/// statement for the databases to prepare. Repeating changes nothing in an IN list.
pub(in crate::libraries) fn padded(ids: &[i64]) -> Vec<i64> {
    let mut all = ids.to_vec();
    if let Some(last) = ids.last() {
        all.resize(ids.len().next_power_of_two(), *last);
    }
    all
}

/// The rows in batches.
pub(in crate::libraries) fn batches<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    rows.chunks(BATCH)
}
