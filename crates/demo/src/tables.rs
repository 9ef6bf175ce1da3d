//! Reading the plain tables under `data/`: cells between bars, `#` before a remark.

/// The rows of a table with `N` columns. The tables are part of the program, so a wrong row is a mistake in the
/// program and panics; the tests read every table.
pub(crate) fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let lines = table.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            // A row may leave out empty cells at its end.
            let mut cells = line.split('|').map(str::trim);
            let row = std::array::from_fn(|_| cells.next().unwrap_or_default());
            assert!(
                cells.next().is_none(),
                "a row with more than {N} cells: {line}"
            );
            row
        })
}

/// The cell, where it is not empty.
pub(crate) fn filled(cell: &'static str) -> Option<&'static str> {
    (!cell.is_empty()).then_some(cell)
}
