//! Where the two engines truly differ. Nothing else in the product asks which one it is on.

use std::fmt::Write as _;

use super::{Arg, Engine};
use crate::{Error, Result};

/// The words of the schema: one text, in which BLOB is BYTEA for PostgreSQL.
pub(super) fn schema(engine: Engine, text: &str) -> String {
    match engine {
        Engine::Sqlite => text.to_owned(),
        Engine::Postgres => text.replace(" BLOB", " BYTEA"),
    }
}

/// Opens a writing transaction. SQLite takes its one write lock at once, so that a transaction
/// which has read never fails to write afterwards.
pub(super) const BEGIN_SQLITE: &str = "BEGIN IMMEDIATE";

/// Serialises the writers of one target until commit, and says what time it is once the turn has
/// come. SQLite has one writer anyway, and the machine's own clock.
pub(super) const LOCK_POSTGRES: &str =
    "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock($1))
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS value FROM turn";

/// What time it is, by the clock that all nodes share.
pub(super) const TIME_POSTGRES: &str =
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS value";

/// How PostgreSQL serves us.
pub(super) const OPTIONS_POSTGRES: [(&str, &str); 7] = [
    // Every statement is written to be served by its indexes whatever it is asked; planning each
    // anew would take longer than running it.
    ("plan_cache_mode", "force_generic_plan"),
    // A plan that does not know its arguments expects a tenth of a table: on disks without an arm, and
    // with most of what is asked for in memory, that is no reason to read all of it.
    ("random_page_cost", "1.1"),
    // What a page needs is a few lines, found by an index: starting others to help takes longer than finding them.
    ("max_parallel_workers_per_gather", "0"),
    // No statement runs for long enough to be worth compiling.
    ("jit", "off"),
    // A node that is stopped in the middle of a transaction keeps others from their turn no longer.
    ("idle_in_transaction_session_timeout", "20s"),
    // Who waits longer for a turn is told to come again.
    ("lock_timeout", "15s"),
    // Nobody waits for this long: what still runs is given up (`hosts.rs` gives up a little later).
    ("statement_timeout", "60s"),
];

/// A transaction that may take as long as it likes, and whose reader may be busy for a while with what was read.
pub(super) const PATIENT_POSTGRES: &str =
    "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0";

/// Several changes as one message to PostgreSQL, which prepares one statement at a time: the last with
/// the others before it in its WITH. They see nothing of each other; foreign keys are checked when all are done.
pub(super) fn together(all: Vec<(String, Vec<Arg>)>) -> Option<(String, Vec<Arg>)> {
    let (mut text, mut args) = (String::new(), Vec::new());
    let last = all.len().checked_sub(1)?;
    for (place, (sql, more)) in all.into_iter().enumerate() {
        let sql = renumbered(&sql, args.len());
        if place < last {
            text.push_str(if place == 0 { "WITH " } else { ", " });
            // Writing to a String cannot fail.
            let _ = write!(text, "change{place} AS ({sql})");
        } else {
            text.push_str(if last == 0 { "" } else { "\n" });
            text.push_str(&sql);
        }
        args.extend(more);
    }
    Some((text, args))
}

/// The statement with its arguments counted from beyond `offset`.
fn renumbered(sql: &str, offset: usize) -> String {
    if offset == 0 {
        return sql.to_owned();
    }
    let mut pieces = sql.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = piece.split_at(digits);
        text.push('$');
        match number.parse::<usize>() {
            Ok(number) => text.push_str(&(number + offset).to_string()),
            Err(_) => text.push_str(number),
        }
        text.push_str(rest);
    }
    text
}

/// The statement as PostgreSQL is asked it. A backslash escapes in its `LIKE` anyway; said by `ESCAPE`, the pattern is put
/// together anew for each line that is compared, which takes longer than comparing it.
pub(super) fn in_postgres(sql: &str) -> String {
    sql.replace(" ESCAPE '\\'", "")
}

/// A `LIKE` pattern (with `ESCAPE '\'`) that finds the text anywhere, taken literally.
pub(crate) fn like(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// The names of the tables there are, as `name`.
pub(super) fn tables(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        }
        Engine::Postgres => {
            "SELECT table_name::text AS name FROM information_schema.tables
              WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"
        }
    }
}

/// The columns of the table `$1` in their order, as `name` and `kind`.
pub(super) fn columns(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SELECT name, type AS kind FROM pragma_table_info($1) ORDER BY cid",
        Engine::Postgres => {
            "SELECT column_name::text AS name, data_type::text AS kind FROM information_schema.columns
              WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
        }
    }
}

/// Opens a transaction in which the database stands still for its reader and for nobody else.
pub(super) const SNAPSHOT_POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Refuses a text that is longer than anything worth looking for: each character of it is compared
/// with each name.
pub(crate) fn searchable(text: &str) -> Result<()> {
    const LONGEST: usize = 256;
    if text.chars().count() <= LONGEST {
        return Ok(());
    }
    Err(Error::invalid(
        "find",
        format!("Search for at most {LONGEST} characters"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_is_not_told_how_it_escapes_anyway() {
        let asked = "SELECT 1 FROM a WHERE a.b LIKE $1 ESCAPE '\\' AND a.c LIKE $2 ESCAPE '\\'";
        assert_eq!(
            in_postgres(asked),
            "SELECT 1 FROM a WHERE a.b LIKE $1 AND a.c LIKE $2"
        );
    }

    #[test]
    fn changes_that_go_together_count_their_arguments_on() {
        let all = || {
            vec![
                (
                    "INSERT INTO a VALUES ($1, $2, $1)".to_owned(),
                    vec![Arg::from(1_i64), Arg::from(2_i64)],
                ),
                (
                    "INSERT INTO b VALUES ($2, $1)".to_owned(),
                    vec![Arg::from(3_i64), Arg::from(4_i64)],
                ),
            ]
        };
        let (text, args) = together(all()).expect("two of them");
        assert_eq!(
            text,
            "WITH change0 AS (INSERT INTO a VALUES ($1, $2, $1))\nINSERT INTO b VALUES ($4, $3)"
        );
        assert_eq!(args.len(), 4);
        let one = all().into_iter().take(1).collect();
        let (text, _) = together(one).expect("one of them");
        assert_eq!(text, "INSERT INTO a VALUES ($1, $2, $1)");
        assert!(together(Vec::new()).is_none());
    }
}
