//! The SQL of uploads.

use crate::kernel::{Id, Time, holds, record, seen_by_role, thing};
use crate::libraries::{cleared, is_closed};
use crate::people::known_as;

record! {
    /// An upload, as far as it has come.
    pub(super) struct UploadRow {
        pub(super) id: Id<thing::Upload>,
        pub(super) library_id: Id<thing::Library>,
        pub(super) folder_id: i64,
        pub(super) document_id: i64,
        pub(super) seen: u64,
        pub(super) name: String,
        pub(super) comment: String,
        pub(super) size: u64,
        pub(super) expires_at: Time,
        pub(super) became_id: i64,
        pub(super) received: u64,
        pub(super) pieces: u64,
        pub(super) asks: bool,
        /// Why it is kept besides what has the same content: told with the answer, and never stored here.
        pub(super) because: Option<String>,
        /// Its sender has just said what becomes of it, so what is in the way of that is an error.
        pub(super) answered: bool,
    }
}
record! {
    /// An upload that is whole and waits, with the document that has its name.
    pub(super) struct WaitingRow {
        pub(super) id: Id<thing::Upload>, pub(super) name: String, pub(super) size: u64, pub(super) expires_at: Time,
        pub(super) library_id: Id<thing::Library>, pub(super) folder_id: i64,
        pub(super) namesake_id: Option<Id<thing::Document>>, pub(super) namesake: Option<String>,
        pub(super) version: Option<u64>, pub(super) held_by: Option<String>,
        pub(super) major: Option<u64>, pub(super) minor: Option<u64>,
    }
}
record! {
    pub(super) struct SameRow {
        pub(super) upload_id: Id<thing::Upload>, pub(super) id: Id<thing::Document>, pub(super) name: String,
        pub(super) library: String,
    }
}
record! {
    pub(super) struct PartRow {
        pub(super) from_byte: i64,
        pub(super) address: Vec<u8>,
        pub(super) inline: Option<Vec<u8>>,
    }
}

macro_rules! found {
    ($which:literal) => {
        concat!(
            "SELECT u.id, u.library_id, u.folder_id, u.document_id, u.seen, u.name, u.comment, u.size,
    u.expires_at, u.became_id, u.asks, CAST(NULL AS TEXT) AS because, 0 AS answered,
    COALESCE((SELECT p.until_byte FROM upload_parts p WHERE p.upload_id = u.id ORDER BY p.from_byte DESC LIMIT 1), 0) AS received,
    COALESCE((SELECT p.place FROM upload_parts p WHERE p.upload_id = u.id ORDER BY p.from_byte DESC LIMIT 1), 0) AS pieces
  FROM uploads u WHERE u.person_id = $2 AND u.expires_at > $3 AND ",
            $which
        )
    };
}
/// The upload `$1` of the person `$2`, where its time at `$3` is not over.
pub(super) const FIND: &str = found!("u.id = $1");
/// The one that its sender calls `$1`.
pub(super) const FIND_ONCE: &str = found!("u.once_key = $1");
/// How many unfinished uploads the person `$1` has at `$2`.
pub(super) const COUNT: &str = "SELECT COUNT(*) AS value FROM uploads u
  WHERE u.person_id = $1 AND u.expires_at > $2 AND u.became_id = 0";
pub(super) const BEGIN: &str = "INSERT INTO uploads
    (id, person_id, once_key, library_id, folder_id, document_id, seen, name, comment, size, created_at, expires_at, became_id, asks)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13) ON CONFLICT (person_id, once_key) DO NOTHING";
/// A piece, unless another begins where it does.
pub(super) const PUT: &str =
    "INSERT INTO upload_parts (id, upload_id, from_byte, until_byte, place, address, inline)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (upload_id, from_byte) DO NOTHING";
/// Some pieces of the upload `$1`, from the byte after `$2` on.
pub(super) const PARTS: &str = "SELECT p.from_byte, p.address, p.inline FROM upload_parts p
  WHERE p.upload_id = $1 AND p.from_byte > $2 ORDER BY p.from_byte LIMIT $3";
/// The upload `$2` of the person `$3` has become the document `$1`, or a version of it.
pub(super) const BECAME: &str = "UPDATE uploads SET became_id = $1
  WHERE id = $2 AND person_id = $3 AND became_id = 0 AND expires_at > $4";
pub(super) const FORGET_PARTS: &str = "DELETE FROM upload_parts WHERE upload_id = $1";
pub(super) const CANCEL: &str =
    "DELETE FROM uploads WHERE id = $1 AND person_id = $2 AND became_id = 0";

/// What the whole of the upload `$3` of the person `$4` is called and which content it is.
pub(super) const KNOWN_AS: &str = "UPDATE uploads SET name_key = $1, address = $2, asks = 1
  WHERE id = $3 AND person_id = $4 AND became_id = 0";
pub(super) const RENAME: &str = "UPDATE uploads SET name = $1, name_key = $2
  WHERE id = $3 AND person_id = $4 AND became_id = 0";
macro_rules! waiting {
    () => {
        "u.person_id = $2 AND u.expires_at > $3 AND u.became_id = 0 AND u.document_id = 0 AND u.asks = 1 AND u.address IS NOT NULL
         AND ($4 = 0 OR u.id = $4)"
    };
}
/// The uploads of the person `$2` that wait at `$3` for an answer (the one `$4`, or all for 0), in libraries to which they can still add.
pub(super) const WAITING: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT u.id, u.name, u.size, u.expires_at, u.library_id, u.folder_id, i.id AS namesake_id, i.name AS namesake, i.version, ",
    known_as!("c.person_id"),
    " AS held_by,
       CASE WHEN i.published IS NOT NULL THEN (SELECT o.major FROM versions o WHERE o.document_id = i.id AND o.number = i.version) END AS major,
       CASE WHEN i.published IS NOT NULL THEN (SELECT o.minor FROM versions o WHERE o.document_id = i.id AND o.number = i.version) END AS minor
      FROM uploads u LEFT JOIN items i ON i.library_id = u.library_id AND i.folder_id = u.folder_id
          AND i.name_key = u.name_key AND i.binned_at = 0 AND i.is_document = 1 AND ",
    cleared!("i.id"),
    "
      LEFT JOIN check_outs c ON c.document_id = i.id AND c.person_id <> $2 AND c.from_at <= $1 AND $1 < c.until_at
     WHERE ",
    waiting!(),
    " AND u.library_id IN (SELECT h.place_id FROM holds h WHERE h.role >= 2)
     ORDER BY u.id LIMIT 100"
);
/// Documents whose version that the person `$2` sees is what one of them is: the latest, or for readers the published one.
pub(super) const WAITING_SAME: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT u.id AS upload_id, i.id, i.name, l.name AS library
      FROM uploads u JOIN contents t ON t.address = u.address JOIN versions v ON v.content_id = t.id
      JOIN items i ON i.id = v.document_id AND i.binned_at = 0
      JOIN libraries l ON l.id = i.library_id
      JOIN (SELECT m.place_id, MAX(m.role) AS role FROM holds m GROUP BY m.place_id) h ON h.place_id = i.library_id
     WHERE ",
    waiting!(),
    " AND u.size > 0
        AND v.number = CASE WHEN h.role >= 2 THEN i.version ELSE COALESCE(i.published, i.version) END AND ",
    seen_by_role!("h.role"),
    " AND NOT ",
    is_closed!("i.id"),
    " AND ",
    cleared!("i.id"),
    "
     ORDER BY u.id, i.name_key, i.id LIMIT 300"
);

/// What was not whole when its time was over, and what became something long ago.
pub(crate) const EXPIRED: &str = "DELETE FROM uploads WHERE expires_at <= $1";
/// Pieces of uploads that are not there any more, or that have become something.
pub(crate) const ORPHANS: &str =
    "DELETE FROM upload_parts WHERE NOT EXISTS (SELECT 1 FROM uploads u
    WHERE u.id = upload_parts.upload_id AND u.became_id = 0)";

/// The addresses of pieces that are in the vault, after `$1`, in their order.
pub(crate) const IN_VAULT: &str = "SELECT DISTINCT p.address FROM upload_parts p
  WHERE p.inline IS NULL AND p.address > $1 ORDER BY p.address LIMIT $2";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    FIND,
    FIND_ONCE,
    COUNT,
    BEGIN,
    PUT,
    PARTS,
    BECAME,
    FORGET_PARTS,
    CANCEL,
    KNOWN_AS,
    RENAME,
    WAITING,
    WAITING_SAME,
    EXPIRED,
    ORPHANS,
    IN_VAULT,
];
