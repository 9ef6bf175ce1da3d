//! The SQL of publishing several documents at once. Whoever runs it holds the turn of the library.

use crate::kernel::{now_and_on, record};
use crate::libraries::sql::set::{places, rows_of};
use crate::libraries::{cleared, is_closed};
use crate::people::known_as;

record! {
    /// One of several documents or folders, as it stands.
    pub(in crate::libraries::publishing) struct OneRow {
        pub(in crate::libraries::publishing) id: i64,
        pub(in crate::libraries::publishing) name: String,
        pub(in crate::libraries::publishing) is_document: bool,
        pub(in crate::libraries::publishing) closed: bool,
        pub(in crate::libraries::publishing) version: u64,
        pub(in crate::libraries::publishing) major: Option<u64>,
        pub(in crate::libraries::publishing) minor: Option<u64>,
        pub(in crate::libraries::publishing) published: u64,
        pub(in crate::libraries::publishing) shown_major: Option<u64>,
        pub(in crate::libraries::publishing) shown_minor: Option<u64>,
        /// The version that waits for an owner; 0 for none.
        pub(in crate::libraries::publishing) asked: u64,
        pub(in crate::libraries::publishing) asked_by: i64,
        pub(in crate::libraries::publishing) asked_major: Option<u64>,
        pub(in crate::libraries::publishing) asked_minor: Option<u64>,
        /// The greatest number under which a version of it was published.
        pub(in crate::libraries::publishing) greatest: u64,
        /// Who has it checked out, in words.
        pub(in crate::libraries::publishing) holder: Option<String>,
        pub(in crate::libraries::publishing) holder_id: i64,
    }
}

/// Those of these things that are in the library `$3`, of what the person `$2` may know of at `$1`; by name.
pub(in crate::libraries::publishing) fn several(count: usize) -> String {
    format!(
        "SELECT i.id, i.name, i.is_document, CASE WHEN {closed} THEN 1 ELSE 0 END AS closed, i.version,
           latest.major, latest.minor, COALESCE(i.published, 0) AS published,
           shown.major AS shown_major, shown.minor AS shown_minor,
           COALESCE(r.number, 0) AS asked, COALESCE(r.asked_by, 0) AS asked_by,
           wanted.major AS asked_major, wanted.minor AS asked_minor,
           (SELECT COALESCE(MAX(g.major), 0) FROM versions g WHERE g.document_id = i.id) AS greatest,
           {holder} AS holder, COALESCE(c.person_id, 0) AS holder_id
          FROM items i
          LEFT JOIN versions latest ON latest.document_id = i.id AND latest.number = i.version
          LEFT JOIN versions shown ON shown.document_id = i.id AND shown.number = i.published
          LEFT JOIN publication_requests r ON r.document_id = i.id AND r.until_at = {forever}
          LEFT JOIN versions wanted ON wanted.document_id = i.id AND wanted.number = r.number
          LEFT JOIN check_outs c ON c.document_id = i.id AND c.from_at <= $1 AND $1 < c.until_at
         WHERE i.id IN ({ids}) AND i.library_id = $3 AND i.binned_at = 0 AND {cleared}
         ORDER BY i.name_key, i.id",
        closed = is_closed!("i.id"),
        holder = known_as!("c.person_id"),
        forever = now_and_on!(),
        ids = places(4, count),
        cleared = cleared!("i.id"),
    )
}

/// Takes the rows of these documents of the library `$1`: whoever adds a version to one of them, moves or publishes it waits.
pub(in crate::libraries::publishing) fn take(count: usize) -> String {
    format!(
        "UPDATE items SET binned_at = 0 WHERE library_id = $1 AND binned_at = 0 AND is_document = 1 AND id IN ({})",
        places(2, count)
    )
}

/// Readers see these versions from `$2` on, of documents of the library `$1`.
pub(in crate::libraries::publishing) fn show_several(count: usize) -> String {
    format!(
        "WITH picked(doc, num) AS (VALUES {})
         UPDATE items SET
           first_published_at = CASE WHEN published = 0 THEN $2 ELSE first_published_at END,
           first_published_by = CASE WHEN published = 0
             THEN (SELECT v.author_id FROM versions v WHERE v.document_id = picked.doc AND v.number = picked.num)
             ELSE first_published_by END,
           published = picked.num, published_at = $2,
           published_size = (SELECT v.size FROM versions v WHERE v.document_id = picked.doc AND v.number = picked.num),
           published_by = (SELECT v.author_id FROM versions v WHERE v.document_id = picked.doc AND v.number = picked.num)
          FROM picked WHERE id = picked.doc AND library_id = $1 AND published IS NOT NULL
            AND published < picked.num AND binned_at = 0",
        rows_of(3, count, &["BIGINT", "BIGINT"])
    )
}

/// These versions are called by these numbers, and the drafts after each go on from there.
pub(in crate::libraries::publishing) fn name_several(count: usize) -> String {
    format!(
        "WITH picked(doc, num, called) AS (VALUES {})
         UPDATE versions SET major = picked.called, minor = number - picked.num
           FROM picked WHERE document_id = picked.doc AND number >= picked.num",
        rows_of(1, count, &["BIGINT", "BIGINT", "BIGINT"])
    )
}

/// What waits for these documents is decided at `$1` by `$2` in these words: what was asked for in the first way, anything
/// else in the second.
pub(in crate::libraries::publishing) fn close_several(count: usize) -> String {
    format!(
        "WITH picked(doc, num) AS (VALUES {})
         UPDATE publication_requests SET until_at = $1, decided_by = $2, reason = $3,
           outcome = CASE WHEN number = picked.num THEN $4 ELSE 'overtaken' END
           FROM picked WHERE document_id = picked.doc AND until_at = {}",
        rows_of(5, count, &["BIGINT", "BIGINT"]),
        now_and_on!()
    )
}

/// So many requests.
pub(in crate::libraries::publishing) fn ask_several(count: usize) -> String {
    format!(
        "INSERT INTO publication_requests (id, document_id, number, note, asked_by, outcome, decided_by, reason, from_at, until_at)
         VALUES {}",
        rows_of(
            1,
            count,
            &[
                "BIGINT", "BIGINT", "BIGINT", "TEXT", "BIGINT", "TEXT", "BIGINT", "TEXT", "BIGINT",
                "BIGINT"
            ]
        )
    )
}

#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    let mut all = Vec::new();
    for count in [1, 8] {
        all.extend([
            several(count),
            take(count),
            show_several(count),
            name_several(count),
            close_several(count),
            ask_several(count),
        ]);
    }
    all
}
