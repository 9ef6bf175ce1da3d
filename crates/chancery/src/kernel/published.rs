//! What a reader of a library that requires publishing is shown in place of what is true of a document: what is
//! published of it.
//!
//! A statement that runs through the [`Read`](super::Read) of somebody who sees only what is published reads from narrower
//! tables. So no list, search, count or page has to know of drafts, and none can forget them: the texts are the same, and
//! a document without a published version, a version that is not published, and everything that says that somebody is at
//! work (check-outs, locks, what programs note of their own) are in none of these tables. A test prepares every statement
//! of every capability in this form too.

use std::borrow::Cow;

/// The end of an interval that nobody has closed, in a text of SQL.
macro_rules! now_and_on {
    () => {
        "9223372036854775807"
    };
}
pub(crate) use now_and_on;

/// That the document `i` is one that a person with this role on its library may know of: for lists over many libraries.
macro_rules! seen_by_role {
    ($role:literal) => {
        concat!(
            "(i.published IS NULL OR i.published > 0 OR ",
            $role,
            " >= 2)"
        )
    };
}
pub(crate) use seen_by_role;

/// Each table, and what is shown instead of it. When somebody is told that a document changed, that is when it was
/// published; that it was added, when it was first published.
const TABLES: [(&str, &str); 5] = [
    (
        "items",
        "published_items AS NOT MATERIALIZED (
           SELECT p.id, p.is_document, p.library_id, p.folder_id, p.name, p.name_key,
             COALESCE(p.first_published_at, p.created_at) AS created_at,
             COALESCE(p.first_published_by, p.created_by) AS created_by,
             COALESCE(p.published_at, p.changed_at) AS changed_at,
             COALESCE(p.published_by, p.changed_by) AS changed_by,
             COALESCE(p.published, p.version) AS version, COALESCE(p.published_size, p.size) AS size,
             p.media_type, p.binned_at, p.binned_by, p.binned_with, 0 AS copied_from, 0 AS copied_version, p.published,
             CASE WHEN p.published IS NULL THEN p.author_key
                  ELSE COALESCE((SELECT q.name_key FROM people q WHERE q.id = p.published_by), '') END AS author_key,
             p.filled, p.gone_at, p.gone_by,
             p.published_size, p.published_at, p.first_published_at
            FROM items p WHERE p.published IS NULL OR p.published > 0)",
    ),
    (
        "versions",
        concat!(
            "published_versions AS NOT MATERIALIZED (
           SELECT v.id, v.document_id, v.number, v.content_id, v.size, v.media_type, v.comment, v.author_id,
             n.dated_at AS created_at,
             CASE WHEN EXISTS (SELECT 1 FROM publications e WHERE e.document_id = v.document_id
                    AND e.number = v.restored_from AND e.until_at = ",
            now_and_on!(),
            ") THEN v.restored_from ELSE 0 END AS restored_from, v.major, v.minor, v.read_at, v.judged_by, v.tried_by
            FROM versions v JOIN publications n ON n.document_id = v.document_id AND n.number = v.number
             AND n.until_at = ",
            now_and_on!(),
            ")"
        ),
    ),
    (
        "check_outs",
        "published_check_outs AS NOT MATERIALIZED (SELECT w.* FROM check_outs w WHERE 1 = 0)",
    ),
    (
        "file_locks",
        "published_file_locks AS NOT MATERIALIZED (SELECT w.* FROM file_locks w WHERE 1 = 0)",
    ),
    (
        "file_properties",
        "published_file_properties AS NOT MATERIALIZED (SELECT w.* FROM file_properties w WHERE 1 = 0)",
    ),
];

/// The same statement for somebody who sees only what is published.
pub(crate) fn published(sql: &str) -> Cow<'_, str> {
    let mut body = Cow::Borrowed(sql);
    let mut tables = String::new();
    for (table, shown) in TABLES {
        let mut found = false;
        for word in ["FROM", "JOIN"] {
            for after in [' ', '\n', ')'] {
                let read = format!("{word} {table}{after}");
                if body.contains(&read) {
                    found = true;
                    body = Cow::Owned(
                        body.replace(&read, &format!("{word} published_{table}{after}")),
                    );
                }
            }
            let read = format!("{word} {table}");
            if body.ends_with(&read) {
                found = true;
                let start = body.len() - table.len();
                body = Cow::Owned(format!("{}published_{table}", &body[..start]));
            }
        }
        if found {
            if !tables.is_empty() {
                tables.push_str(", ");
            }
            tables.push_str(shown);
        }
    }
    if tables.is_empty() {
        return body;
    }
    let narrowed = match body.strip_prefix("WITH ") {
        Some(rest) => match rest.strip_prefix("RECURSIVE ") {
            Some(rest) => format!("WITH RECURSIVE {tables}, {rest}"),
            None => format!("WITH {tables}, {rest}"),
        },
        None => format!("WITH {tables} {body}"),
    };
    Cow::Owned(narrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the text still reads from one of the tables themselves.
    fn reads_the_whole(sql: &str) -> bool {
        let body = sql.split_once("published_").map_or(sql, |_| sql);
        TABLES.iter().any(|(table, _)| {
            body.match_indices(table).any(|(at, _)| {
                let before = body[..at].chars().next_back();
                let after = body[at + table.len()..].chars().next();
                let word =
                    |letter: Option<char>| letter.is_some_and(|c| c.is_alphanumeric() || c == '_');
                !word(before) && !word(after)
            })
        })
    }

    #[test]
    fn what_reads_from_a_table_reads_what_is_published() {
        assert_eq!(published("SELECT 1 AS one"), "SELECT 1 AS one");
        let narrowed = published(
            "WITH RECURSIVE up(id) AS (SELECT i.id FROM items i
               UNION ALL SELECT f.id FROM up u JOIN items f ON f.id = u.id)
             SELECT u.id FROM up u LEFT JOIN versions v ON v.id = u.id WHERE EXISTS (SELECT 1 FROM check_outs)",
        )
        .into_owned();
        assert!(narrowed.starts_with("WITH RECURSIVE published_items AS NOT MATERIALIZED"));
        let (_, body) = narrowed.split_once("up(id) AS").unwrap_or_default();
        assert!(!reads_the_whole(body), "{body}");
        assert!(reads_the_whole("SELECT 1 FROM folders, items i"));
    }
}
