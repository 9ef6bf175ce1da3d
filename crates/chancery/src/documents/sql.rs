//! The SQL of documents. By custom `$1` is the moment, `$2` the document, `$3` the person.

use crate::kernel::{
    Column as _, FromRow, Id, Row, Time, holds, now_and_on, record, seen_by_role, thing,
};
use crate::libraries::publishing::Label;
use crate::libraries::{
    bin_days, cleared, is_closed, is_legally_held, marking, opens_at, retained_until,
};
use crate::people::{Author, author, known_as, person_columns, person_joins};
use crate::{Error, Result};

/// A document as it is now, towards one person.
#[derive(Debug)]
pub(super) struct Now {
    pub(super) name: String,
    pub(super) version: u64,
    /// The content of its current version.
    pub(super) content_id: i64,
    pub(super) hold: Option<Hold>,
    /// The person's own.
    pub(super) draft: Option<Draft>,
}

/// Who has it checked out.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) id: i64,
    pub(super) holder_id: Id<thing::Person>,
    pub(super) holder: String,
    pub(super) since: Time,
}

#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) id: i64,
    pub(super) content_id: i64,
    pub(super) size: u64,
    pub(super) media_type: String,
    pub(super) saved_at: Time,
    pub(super) based_on: u64,
}

impl Hold {
    pub(super) fn by_another(&self) -> Error {
        Error::CheckedOut {
            by: self.holder.clone(),
            since: self.since,
        }
    }
}

impl FromRow for Now {
    fn from_row(row: &Row) -> Result<Self> {
        let hold = match Option::<i64>::read(row, "hold_id")? {
            None => None,
            Some(id) => Some(Hold {
                id,
                holder_id: row.get("holder_id")?,
                holder: row.get("holder")?,
                since: row.get("held_since")?,
            }),
        };
        let draft = match Option::<i64>::read(row, "draft_id")? {
            None => None,
            Some(id) => Some(Draft {
                id,
                content_id: row.get("draft_content_id")?,
                size: row.get("draft_size")?,
                media_type: row.get("draft_media_type")?,
                saved_at: row.get("draft_saved_at")?,
                based_on: row.get("draft_based_on")?,
            }),
        };
        Ok(Self {
            name: row.get("name")?,
            version: row.get("version")?,
            content_id: row.get("content_id")?,
            hold,
            draft,
        })
    }
}

/// What the page of a document says of it.
#[derive(Debug)]
pub(super) struct PageRow {
    /// Whether an owner approves; none where publishing is not required.
    pub(super) approval: Option<bool>,
    /// The version that readers see, where it is.
    pub(super) published: Option<u64>,
    /// The version that waits for an owner.
    pub(super) asked: Option<u64>,
    /// Who asked for that.
    pub(super) asked_by: Option<i64>,
    /// The version for which a request was made last and withdrawn.
    pub(super) withdrawn: Option<u64>,
    pub(super) label: Label,
    pub(super) shown: Option<Label>,
    pub(super) media_type: String,
    pub(super) folder_id: Option<Id<thing::Folder>>,
    pub(super) size: u64,
    pub(super) changed_at: Time,
    pub(super) changed_by: Author,
    pub(super) created_at: Time,
    pub(super) created_by: Author,
    pub(super) marking: Option<String>,
    pub(super) binned_at: Time,
    pub(super) binned_by: Author,
    pub(super) filled: u64,
    pub(super) legally_held: bool,
    pub(super) kept_until: Option<Time>,
    pub(super) over_at: Option<Time>,
    pub(super) closing: i64,
}

impl FromRow for PageRow {
    fn from_row(row: &Row) -> Result<Self> {
        let shown = match Option::<u64>::read(row, "shown_major")? {
            None => None,
            Some(major) => Some(Label {
                major,
                minor: row.get("shown_minor")?,
            }),
        };
        Ok(Self {
            approval: Option::<bool>::read(row, "approval")?,
            published: Option::<u64>::read(row, "published")?,
            asked: Option::<u64>::read(row, "asked")?,
            asked_by: Option::<i64>::read(row, "asked_by")?,
            withdrawn: Option::<u64>::read(row, "withdrawn")?,
            label: Label {
                major: row.get("major")?,
                minor: row.get("minor")?,
            },
            shown,
            media_type: row.get("media_type")?,
            folder_id: row.get("folder_id")?,
            size: row.get("size")?,
            changed_at: row.get("changed_at")?,
            changed_by: Author::read(row, "changed_by")?,
            created_at: row.get("created_at")?,
            created_by: Author::read(row, "created_by")?,
            marking: row.get("marking")?,
            binned_at: row.get("binned_at")?,
            binned_by: Author::read(row, "binned_by")?,
            filled: row.get("filled")?,
            legally_held: row.get("legally_held")?,
            kept_until: row.get("kept_until")?,
            over_at: row.get("over_at")?,
            closing: row.get("closing")?,
        })
    }
}

/// What the owners of a document may know besides.
#[derive(Debug)]
pub(super) struct OwnersRow {
    pub(super) readers: u64,
    /// A hold on it: why, since when, and who placed it.
    pub(super) hold: Option<(String, Time, Author)>,
}

impl FromRow for OwnersRow {
    fn from_row(row: &Row) -> Result<Self> {
        let reason: Option<String> = row.get("reason")?;
        let (since, placer) = (row.get("since")?, Author::read(row, "placer")?);
        Ok(Self {
            readers: row.get("readers")?,
            hold: reason.map(|reason| (reason, since, placer)),
        })
    }
}

record! {
    pub(super) struct StoredRow {
        pub(super) name: String,
        pub(super) number: i64,
        /// Of the version or the draft.
        pub(super) row_id: Id<thing::Version>,
        pub(super) content_id: i64,
        pub(super) size: u64,
        pub(super) media_type: String,
        pub(super) address: Vec<u8>,
        pub(super) inline: Option<Vec<u8>>,
        pub(super) major: u64,
        pub(super) minor: u64,
    }
}
record! {
    /// What a new version is called where publishing is required.
    pub(super) struct LabelRow { pub(super) major: u64, pub(super) minor: u64 }
}
record! {
    pub(super) struct SameRow { pub(super) id: Id<thing::Document>, pub(super) name: String, pub(super) library: String }
}
record! {
    pub(super) struct HeldRow {
        pub(super) id: Id<thing::Document>, pub(super) name: String, pub(super) site: String,
        pub(super) library: String, pub(super) since: Time, pub(super) until: Time,
        pub(super) note: String, pub(super) draft: bool,
    }
}
record! {
    pub(super) struct LeftRow {
        pub(super) id: Id<thing::Document>, pub(super) name: String, pub(super) site: String,
        pub(super) library: String, pub(super) saved_at: Time, pub(super) size: u64,
        pub(super) based_on: u64, pub(super) stale: bool, pub(super) held: bool,
    }
}
record! {
    pub(super) struct AddressRow { pub(super) address: Vec<u8> }
}

/// A document as it is now: who holds it, and the person's own draft.
pub(super) const NOW: &str = concat!(
    "SELECT i.name, i.version, v.content_id,
    c.id AS hold_id, c.person_id AS holder_id, c.from_at AS held_since, ",
    known_as!("c.person_id"),
    " AS holder,
    d.id AS draft_id, d.content_id AS draft_content_id, d.size AS draft_size,
    d.media_type AS draft_media_type, d.saved_at AS draft_saved_at, d.based_on AS draft_based_on
  FROM items i
  JOIN versions v ON v.document_id = i.id AND v.number = i.version
  LEFT JOIN check_outs c ON c.document_id = i.id AND c.from_at <= $1 AND $1 < c.until_at
  LEFT JOIN drafts d ON d.document_id = i.id AND d.person_id = $3 AND d.until_at > $1
 WHERE i.id = $2 AND i.is_document = 1"
);
/// The bin keeps it `$3` days where its library says nothing else.
pub(super) const PAGE: &str = concat!(
    "SELECT u.approval, r.number AS asked, r.asked_by,
       (SELECT MAX(t.number) FROM publication_requests t WHERE t.document_id = i.id AND t.outcome = 'withdrawn'
          AND t.until_at = (SELECT MAX(q.until_at) FROM publication_requests q WHERE q.document_id = i.id)) AS withdrawn, i.published, latest.major, latest.minor,
       (SELECT shown.major FROM versions shown WHERE shown.document_id = i.id AND shown.number = i.published) AS shown_major,
       (SELECT shown.minor FROM versions shown WHERE shown.document_id = i.id AND shown.number = i.published) AS shown_minor,
       i.media_type, NULLIF(i.folder_id, 0) AS folder_id, i.size, i.changed_at, i.created_at, i.binned_at, i.filled, ",
    author!("i.changed_by", "changed_by", "i.changed_at"),
    ", ",
    author!("i.created_by", "created_by", "i.created_at"),
    ", ",
    author!("i.binned_by", "binned_by", "i.binned_at"),
    ", ",
    marking!("i.id"),
    " AS marking, CASE WHEN ",
    is_legally_held!("i.library_id"),
    " THEN 1 ELSE 0 END AS legally_held, ",
    retained_until!(),
    " AS kept_until,
    CASE WHEN i.binned_at > 0 THEN i.binned_at + COALESCE(",
    bin_days!("i.library_id"),
    ", $3) * 86400000000 END AS over_at,
    CASE WHEN EXISTS (SELECT 1 FROM seals y WHERE y.document_id = i.id AND y.from_at <= $1 AND $1 < y.until_at) THEN 2
         WHEN EXISTS (SELECT 1 FROM versions e WHERE e.document_id = i.id AND e.read_at > $1) THEN 1 ELSE 0 END AS closing
  FROM items i
  JOIN versions latest ON latest.document_id = i.id AND latest.number = i.version
  LEFT JOIN publishing_rules u ON u.library_id = i.library_id AND u.from_at <= $1 AND $1 < u.until_at
  LEFT JOIN publication_requests r ON r.document_id = i.id AND r.until_at = ", now_and_on!(), "
 WHERE i.id = $2 AND i.is_document = 1"
);
pub(super) const HOLDING: &str = concat!(
    "SELECT ",
    person_columns!(),
    ", c.from_at AS since, c.until_at AS until, c.note FROM check_outs c",
    person_joins!("c.person_id"),
    " WHERE c.document_id = $2 AND c.from_at <= $1 AND $1 < c.until_at"
);
pub(super) const VERSIONS: &str = concat!(
    "SELECT v.number, v.created_at, v.size, v.media_type, v.comment, v.restored_from, v.major, v.minor,
       CASE WHEN EXISTS (SELECT 1 FROM publications n WHERE n.document_id = v.document_id AND n.number = v.number
              AND n.until_at = ", now_and_on!(), ") THEN 1 ELSE 0 END AS shown, ",
    author!("v.author_id", "author", "v.created_at"),
    " FROM versions v WHERE v.document_id = $1 AND v.number < $2 ORDER BY v.number DESC LIMIT $3"
);
/// What its owners may know: how many have read it, and why it is under legal hold; one row at the least.
pub(super) const FOR_OWNERS: &str = concat!(
    "SELECT (SELECT COUNT(DISTINCT j.person_id) FROM journal j WHERE j.item_id = i.id AND j.person_id <> 0
         AND j.action IN ('OpenVersion', 'DownloadVersion')) AS readers, y.reason, COALESCE(y.from_at, 0) AS since, ",
    author!("COALESCE(y.placed_by, 0)", "placer", "y.from_at"),
    " FROM items i LEFT JOIN legal_holds y ON y.library_id = i.library_id AND y.document_id IN (0, i.id)
         AND y.from_at <= $1 AND $1 < y.until_at
      WHERE i.id = $2 ORDER BY y.id DESC LIMIT 20"
);

macro_rules! stored {
    ($row:literal, $number:literal, $label:literal) => {
        concat!(
            "SELECT i.name, ",
            $number,
            " AS number, ",
            $row,
            ".id AS row_id, ",
            $row,
            ".content_id, ",
            $row,
            ".size, ",
            $row,
            ".media_type, t.address, t.inline, ",
            $label,
            " FROM items i "
        )
    };
}
/// The version `$3` of a document; its current one for 0.
pub(super) const VERSION: &str = concat!(
    stored!("v", "v.number", "v.major, v.minor"),
    "JOIN versions v ON v.document_id = i.id AND v.number = CASE WHEN $2 = 0 THEN i.version ELSE $2 END
     JOIN contents t ON t.id = v.content_id
    WHERE i.id = $1 AND i.is_document = 1"
);
/// The draft of the person `$3`.
pub(super) const DRAFT: &str = concat!(
    stored!("d", "0", "0 AS major, 0 AS minor"),
    "JOIN drafts d ON d.document_id = i.id AND d.person_id = $3 AND d.until_at > $1
     JOIN contents t ON t.id = d.content_id
    WHERE i.id = $2 AND i.is_document = 1"
);

/// Finds stored content by its address or inserts it, and makes its row as young as new, so that a
/// collection of garbage that runs at this moment leaves it alone.
pub(super) const KEEP_CONTENT: &str =
    "INSERT INTO contents (id, address, size, inline, stored_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (address) DO UPDATE SET stored_at = excluded.stored_at
     RETURNING id AS value";
pub(super) const INSERT_DOCUMENT: &str =
    "INSERT INTO items (id, is_document, library_id, folder_id, name, name_key, created_at, created_by,
       changed_at, changed_by, version, size, media_type, binned_at, binned_by, binned_with, author_key, published)
     VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $6, $7, 1, $8, $9, 0, 0, 0,
       COALESCE((SELECT p.name_key FROM people p WHERE p.id = $7), ''),
       CASE WHEN EXISTS (SELECT 1 FROM publishing_rules u WHERE u.library_id = $2
              AND u.from_at <= $6 AND $6 < u.until_at) THEN 0 ELSE NULL END)";
pub(super) const INSERT_PLACEMENT: &str = "INSERT INTO placements (id, document_id, library_id, from_at, until_at) VALUES ($1, $2, $3, $4, $5)";
/// The first version of a document of the library `$8`: a draft, where that requires publishing. Until it was read it is open to
/// its author alone.
pub(super) const INSERT_FIRST_VERSION: &str = concat!(
    "INSERT INTO versions (id, document_id, number, content_id, size, media_type, comment, author_id,
       created_at, read_at, restored_from, major, minor)
     VALUES ($1, $2, 1, $3, $4, $5, '', $6, $7, ",
    opens_at!("$7"),
    ", 0, 0,
       CASE WHEN EXISTS (SELECT 1 FROM publishing_rules u WHERE u.library_id = $8
              AND u.from_at <= $7 AND $7 < u.until_at) THEN 1 ELSE 0 END)"
);
/// A version after others. Until it was read it is open to its author alone. Whether it is a draft, and which, is told by the rows of the document, which is ours by now.
pub(super) const INSERT_VERSION: &str = concat!(
    "INSERT INTO versions (id, document_id, number, content_id, size, media_type, comment, author_id,
       created_at, read_at, restored_from, major, minor)
     SELECT CAST($1 AS BIGINT), i.id, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS TEXT),
       CAST($7 AS TEXT), CAST($8 AS BIGINT), CAST($9 AS BIGINT), ",
    opens_at!("$9"),
    ", CAST($10 AS BIGINT),
       CASE WHEN i.published IS NULL THEN 0
         ELSE (SELECT COALESCE(MAX(m.major), 0) FROM versions m WHERE m.document_id = i.id) END,
       CASE WHEN i.published IS NULL THEN 0
         ELSE 1 + (SELECT COALESCE(MAX(m.minor), 0) FROM versions m WHERE m.document_id = i.id
           AND m.major = (SELECT COALESCE(MAX(g.major), 0) FROM versions g WHERE g.document_id = i.id)) END
      FROM items i WHERE i.id = $2
     RETURNING major, minor"
);
/// The next version becomes the current one, unless the document was put in the bin.
pub(super) const ADVANCE: &str =
    "UPDATE items SET version = $2, size = $3, media_type = $4, changed_at = $5, changed_by = $6,
       author_key = COALESCE((SELECT p.name_key FROM people p WHERE p.id = $6), '')
      WHERE id = $1 AND version = $2 - 1 AND binned_at = 0";
pub(super) const INSERT_CHECK_OUT: &str =
    "INSERT INTO check_outs (id, document_id, person_id, note, outcome, from_at, until_at)
     VALUES ($1, $2, $3, $4, '', $5, $6)";
pub(super) const RENEW: &str = "UPDATE check_outs SET until_at = $2 WHERE id = $1";
pub(super) const END_CHECK_OUT: &str =
    "UPDATE check_outs SET until_at = $2, outcome = $3 WHERE id = $1";
pub(super) const INSERT_DRAFT: &str =
    "INSERT INTO drafts (id, document_id, person_id, content_id, size, media_type, saved_at, based_on, until_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
pub(super) const END_DRAFT: &str = "UPDATE drafts SET until_at = $2 WHERE id = $1";

/// Documents whose current version is the content `$3`, other than `$4`, that the person `$2` can see.
pub(super) const SAME: &str = concat!(
    "WITH ",
    holds!(),
    "
     SELECT i.id, i.name, l.name AS library FROM versions v
       JOIN items i ON i.id = v.document_id AND i.binned_at = 0
       JOIN libraries l ON l.id = i.library_id
       JOIN (SELECT m.place_id, MAX(m.role) AS role FROM holds m GROUP BY m.place_id) h ON h.place_id = i.library_id
      WHERE v.content_id = $3 AND i.id <> $4
        AND v.number = CASE WHEN h.role >= 2 THEN i.version ELSE COALESCE(i.published, i.version) END
        AND NOT ",
    is_closed!("i.id"),
    " AND ",
    cleared!("i.id"),
    "
      ORDER BY i.name_key, i.id LIMIT 10"
);
/// What the person `$2` has checked out, of what they can see; what ends first comes first.
pub(super) const HELD_BY_ME: &str = concat!(
    "WITH ", holds!(), "
     SELECT i.id, i.name, s.name AS site, l.name AS library, c.from_at AS since, c.until_at AS until, c.note,
       CASE WHEN EXISTS (SELECT 1 FROM drafts d WHERE d.document_id = i.id AND d.person_id = $2
              AND d.until_at > $1) THEN 1 ELSE 0 END AS draft
      FROM check_outs c JOIN items i ON i.id = c.document_id AND i.binned_at = 0
      JOIN libraries l ON l.id = i.library_id JOIN sites s ON s.id = l.site_id
     WHERE c.person_id = $2 AND c.from_at <= $1 AND $1 < c.until_at
       AND i.library_id IN (SELECT h.place_id FROM holds h WHERE ", seen_by_role!("h.role"), ") AND ", cleared!("i.id"), "
     ORDER BY c.until_at, c.id LIMIT 200"
);
/// The drafts of the person `$2` whose check-out has ended, of what they can see.
pub(super) const MY_DRAFTS: &str = concat!(
    "WITH ",
    holds!(),
    "
     SELECT i.id, i.name, s.name AS site, l.name AS library, d.saved_at, d.size, d.based_on,
       CASE WHEN d.based_on < CASE WHEN i.published IS NULL
              OR EXISTS (SELECT 1 FROM holds w WHERE w.place_id = i.library_id AND w.role >= 2)
              THEN i.version ELSE i.published END THEN 1 ELSE 0 END AS stale,
       CASE WHEN c.id IS NOT NULL AND (i.published IS NULL
              OR EXISTS (SELECT 1 FROM holds w WHERE w.place_id = i.library_id AND w.role >= 2))
            THEN 1 ELSE 0 END AS held
      FROM drafts d JOIN items i ON i.id = d.document_id
      JOIN libraries l ON l.id = i.library_id JOIN sites s ON s.id = l.site_id
      LEFT JOIN check_outs c ON c.document_id = i.id AND c.from_at <= $1 AND $1 < c.until_at
     WHERE d.person_id = $2 AND d.until_at > $1 AND (c.id IS NULL OR c.person_id <> $2)
       AND i.library_id IN (SELECT h.place_id FROM holds h WHERE (i.binned_at = 0 OR h.role >= 2) AND ",
    seen_by_role!("h.role"),
    ")
       AND ",
    cleared!("i.id"),
    "
     ORDER BY d.saved_at DESC, d.id DESC LIMIT 200"
);

/// Rows of content that nothing refers to and that were stored before `$1`.
pub(super) const FORGET_CONTENTS: &str = "DELETE FROM contents WHERE stored_at <= $1
   AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.content_id = contents.id)
   AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.content_id = contents.id)
   AND NOT EXISTS (SELECT 1 FROM scraps z WHERE z.content_id = contents.id AND z.content_id > 0)";
/// The addresses of content that is in the vault, after `$1`, in their order.
pub(super) const IN_VAULT: &str = "SELECT t.address FROM contents t WHERE t.inline IS NULL AND t.address > $1 ORDER BY t.address LIMIT $2";

/// Notes of which version of which document this one began as a copy.
pub(super) const COPIED: &str =
    "UPDATE items SET copied_from = $2, copied_version = $3 WHERE id = $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    NOW,
    PAGE,
    HOLDING,
    VERSIONS,
    FOR_OWNERS,
    VERSION,
    DRAFT,
    KEEP_CONTENT,
    INSERT_DOCUMENT,
    INSERT_PLACEMENT,
    INSERT_FIRST_VERSION,
    INSERT_VERSION,
    ADVANCE,
    crate::libraries::TAKE_ROW,
    INSERT_CHECK_OUT,
    RENEW,
    END_CHECK_OUT,
    INSERT_DRAFT,
    END_DRAFT,
    SAME,
    HELD_BY_ME,
    MY_DRAFTS,
    FORGET_CONTENTS,
    IN_VAULT,
    COPIED,
];
