//! What waits to be read, whose turn that is, and how far it is.

use crate::kernel::{Id, Time, now_and_on, record, thing};

record! {
    pub(in crate::assurance) struct WaitingRow {
        pub(in crate::assurance) id: Id<thing::Version>, pub(in crate::assurance) document_id: Id<thing::Document>, pub(in crate::assurance) number: u64,
        pub(in crate::assurance) takes_long: bool,
    }
}

record! {
    pub(in crate::assurance) struct ToReadRow {
        pub(in crate::assurance) name: String, pub(in crate::assurance) folder: String, pub(in crate::assurance) media_type: String,
        pub(in crate::assurance) address: Vec<u8>, pub(in crate::assurance) inline: Option<Vec<u8>>,
    }
}

record! {
    pub(in crate::assurance) struct ProgressRow { pub(in crate::assurance) unread: u64, pub(in crate::assurance) behind: u64, pub(in crate::assurance) total: u64 }
}

record! {
    pub(in crate::assurance) struct UnreadRow { pub(in crate::assurance) versions: u64, pub(in crate::assurance) since: Option<Time> }
}

/// The first version of this author that nobody has read, nor reads, and that is not known to take long.
macro_rules! first_of {
    ($author:literal, $after:literal) => {
        concat!(
            "(SELECT v.id FROM versions v WHERE v.read_at = ",
            now_and_on!(),
            " AND v.author_id = ", $author, $after,
            " AND NOT EXISTS (SELECT 1 FROM scan_claims c WHERE c.version_id = v.id AND (c.takes_long = 1 OR c.until_at > $1))
              ORDER BY v.id LIMIT 1)"
        )
    };
}
/// Versions that were never read and that nobody reads at the moment: everybody's first before anybody's second, so that whoever
/// brings thousands of files keeps nobody else waiting; what is being read counts as theirs. `$2` of those that are known to take
/// long, and as many of the others. Found by the first of each author, however many wait.
pub(in crate::assurance) const WAITING: &str = concat!(
    "WITH RECURSIVE authors(author_id) AS (
       SELECT MIN(v.author_id) FROM versions v WHERE v.read_at = ",
    now_and_on!(),
    " UNION ALL
       SELECT (SELECT MIN(v.author_id) FROM versions v WHERE v.read_at = ",
    now_and_on!(),
    " AND v.author_id > a.author_id) FROM authors a WHERE a.author_id IS NOT NULL),
     heads(author_id, id, many) AS (
       SELECT a.author_id, ",
    first_of!("a.author_id", ""),
    ", CAST(1 AS BIGINT) FROM authors a WHERE a.author_id IS NOT NULL
       UNION ALL
       SELECT h.author_id, ",
    first_of!("h.author_id", " AND v.id > h.id"),
    ", h.many + 1 FROM heads h WHERE h.id IS NOT NULL AND h.many < CAST($2 AS BIGINT)),
     claimed(id, author_id, until_at, takes_long) AS (
       SELECT v.id, v.author_id, c.until_at, c.takes_long FROM scan_claims c JOIN versions v ON v.id = c.version_id
        WHERE v.read_at = ",
    now_and_on!(),
    "),
     free(id, author_id, takes_long) AS (
       SELECT h.id, h.author_id, CAST(0 AS BIGINT) FROM heads h WHERE h.id IS NOT NULL
       UNION ALL SELECT c.id, c.author_id, c.takes_long FROM claimed c WHERE c.takes_long = 1 AND c.until_at <= $1),
     turns(id, takes_long, turn) AS (
       SELECT f.id, f.takes_long, (SELECT COUNT(*) FROM claimed c WHERE c.author_id = f.author_id AND c.until_at > $1)
           + ROW_NUMBER() OVER (PARTITION BY f.author_id ORDER BY f.id) FROM free f),
     in_line(id, takes_long, turn, place) AS (
       SELECT t.id, t.takes_long, t.turn, ROW_NUMBER() OVER (PARTITION BY t.takes_long ORDER BY t.turn, t.id) FROM turns t)
     SELECT v.id, v.document_id, v.number, l.takes_long FROM in_line l JOIN versions v ON v.id = l.id
      WHERE l.place <= CAST($2 AS BIGINT) ORDER BY l.turn, l.id"
);
/// Versions that were judged by other rules than `$2`; those that are known to take long only where `$4` of them may be begun.
pub(in crate::assurance) const BEHIND: &str = concat!(
    "SELECT v.id, v.document_id, v.number, COALESCE(c.takes_long, 0) AS takes_long
       FROM versions v LEFT JOIN scan_claims c ON c.version_id = v.id WHERE v.judged_by < $2 AND v.read_at <> ",
    now_and_on!(),
    " AND COALESCE(c.until_at, 0) <= $1 AND (COALESCE(c.takes_long, 0) = 0 OR $4 > 0)
      ORDER BY v.judged_by, v.id LIMIT $3"
);
/// How much is still to be read, and how much there is.
pub(in crate::assurance) const PROGRESS: &str = concat!(
    "SELECT (SELECT COUNT(*) FROM versions u WHERE u.read_at = ",
    now_and_on!(),
    ") AS unread, (SELECT COUNT(*) FROM versions b WHERE b.judged_by < $1 AND b.read_at <> ",
    now_and_on!(),
    ") AS behind, (SELECT COUNT(*) FROM versions) AS total"
);
/// How many versions nobody has read yet, and since when the oldest of them waits.
pub(in crate::assurance) const UNREAD: &str = concat!(
    "SELECT COUNT(*) AS versions, MIN(v.created_at) AS since FROM versions v WHERE v.read_at = ",
    now_and_on!()
);
pub(in crate::assurance) const CLAIM: &str =
    "INSERT INTO scan_claims (version_id, holder, attempts, until_at) VALUES ($1, $2, 1, $3)
     ON CONFLICT (version_id) DO UPDATE SET holder = excluded.holder, attempts = scan_claims.attempts + 1,
       until_at = excluded.until_at WHERE scan_claims.until_at <= $4";
pub(in crate::assurance) const ATTEMPTS: &str =
    "SELECT c.attempts AS value FROM scan_claims c WHERE c.version_id = $1";
/// It is still being read, which takes long.
pub(in crate::assurance) const STILL: &str =
    "UPDATE scan_claims SET until_at = $2, takes_long = 1 WHERE version_id = $1 AND holder = $3";
/// It has made room for others: it is read when there is a place for what takes long, and that it was begun does not count.
pub(in crate::assurance) const PUT_OFF: &str = "UPDATE scan_claims SET until_at = 0, takes_long = 1, attempts = attempts - 1 WHERE version_id = $1 AND holder = $2";
/// It is tried again from then on.
pub(in crate::assurance) const LATER: &str =
    "UPDATE scan_claims SET until_at = $2 WHERE version_id = $1 AND holder = $3";
pub(in crate::assurance) const UNCLAIM: &str = "DELETE FROM scan_claims WHERE version_id = $1";
/// Claims of versions that are not there any more.
pub(crate) const FORGET_CLAIMS: &str =
    "DELETE FROM scan_claims WHERE version_id NOT IN (SELECT v.id FROM versions v)";
pub(in crate::assurance) const TO_READ: &str =
    "SELECT i.name, COALESCE((SELECT f.name FROM items f WHERE f.id = i.folder_id), '') AS folder, v.media_type,
       t.address, t.inline
      FROM versions v JOIN items i ON i.id = v.document_id JOIN contents t ON t.id = v.content_id
     WHERE v.document_id = $1 AND v.number = $2";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    WAITING,
    BEHIND,
    PROGRESS,
    UNREAD,
    CLAIM,
    ATTEMPTS,
    STILL,
    PUT_OFF,
    LATER,
    UNCLAIM,
    FORGET_CLAIMS,
    TO_READ,
];
