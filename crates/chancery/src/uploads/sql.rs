//! The SQL of uploads.

use crate::kernel::{Id, Time, record, thing};

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
    u.expires_at, u.became_id,
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
    (id, person_id, once_key, library_id, folder_id, document_id, seen, name, comment, size, created_at, expires_at, became_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0) ON CONFLICT (person_id, once_key) DO NOTHING";
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
    EXPIRED,
    ORPHANS,
    IN_VAULT,
];
