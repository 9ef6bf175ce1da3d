//! Where the two engines truly differ. Nothing else in the product asks which one it is on.

use super::Engine;

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
