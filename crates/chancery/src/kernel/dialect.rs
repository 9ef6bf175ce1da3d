//! Where the two engines truly differ. Nothing else in the product asks which one it is on.

use super::Engine;
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

/// Serialises the writers of one target until commit. SQLite has one writer anyway.
pub(super) const LOCK_POSTGRES: &str = "SELECT pg_advisory_xact_lock($1)";

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
