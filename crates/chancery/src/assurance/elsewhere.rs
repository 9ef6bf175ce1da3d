//! Where else in the realm the content is that an alert is about: content is stored once, and is known by its address.

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::kernel::{Action, Id, Queries, Time, Write, args, record, thing};

/// How many libraries are named.
const LIBRARIES: u64 = 50;

/// Where else the same content is. Drafts, uploads and what file programs keep beside documents are counted, and say neither whose
/// they are nor what they are called: that is nobody's but theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Other documents with a version of it, in recycle bins too.
    pub documents: u64,
    /// The libraries of those, by name; at most 50.
    pub libraries: Vec<String>,
    /// Drafts of other documents.
    pub drafts: u64,
    /// Uploads that wait for whoever sent them, as far as their content is known.
    pub uploads: u64,
    /// Files that file programs keep beside documents for a day.
    pub scraps: u64,
    /// Uploads that are not whole, of which nobody can say what they are: of the same length and by somebody who made it, or for the
    /// document where all of that goes. Destroying the content ends them.
    #[serde(default)]
    pub unfinished: u64,
}

impl Elsewhere {
    /// Whether it is nowhere else.
    pub const fn is_nowhere(&self) -> bool {
        self.documents + self.drafts + self.uploads + self.scraps == 0
    }

    /// Looks for this content besides in this document; for all of what the document has, where none is named.
    pub(super) async fn of(
        queries: &mut impl Queries,
        at: Time,
        document: Id<thing::Document>,
        content: Option<i64>,
    ) -> Result<Self> {
        let content = content.unwrap_or_default();
        let counts: CountsRow = queries.one(COUNTS, args![at, document, content]).await?;
        let libraries: Vec<(String,)> = if counts.documents > 0 {
            queries
                .all(LIBRARIES_OF, args![document, content, LIBRARIES])
                .await?
        } else {
            Vec::new()
        };
        Ok(Self {
            documents: counts.documents,
            libraries: libraries.into_iter().map(|(name,)| name).collect(),
            drafts: counts.drafts,
            uploads: counts.uploads,
            scraps: counts.scraps,
            unfinished: counts.unfinished,
        })
    }

    /// Ends the uploads that are not whole and may be of what is about to be destroyed; what was sent of them is garbage. Whoever goes
    /// on with one begins anew, and what it becomes is read as anything new.
    pub(super) async fn end_unfinished<A: Action>(
        w: &mut Write<A>,
        document: Id<thing::Document>,
        content: Option<i64>,
    ) -> Result<()> {
        let (at, content) = (w.at(), content.unwrap_or_default());
        for sql in [END_PIECES, END_UPLOADS] {
            w.execute(sql, args![at, document, content]).await?;
        }
        Ok(())
    }
}

record! {
    struct CountsRow { documents: u64, drafts: u64, uploads: u64, scraps: u64, unfinished: u64 }
}

macro_rules! these {
    ($document:literal, $content:literal) => {
        concat!(
            "WITH these(id, address) AS (SELECT t.id, t.address FROM contents t WHERE t.size > 0 AND (t.id = ",
            $content,
            " OR (CAST(", $content, " AS BIGINT) = 0 AND t.id IN (
                SELECT v.content_id FROM versions v WHERE v.document_id = ", $document,
            " UNION SELECT d.content_id FROM drafts d WHERE d.document_id = ", $document, "))))"
        )
    };
}
/// Uploads `u` that are not whole and may be of these, where all of the document `$2` goes for `$3` 0.
macro_rules! unfinished {
    () => {
        "u.became_id = 0 AND u.expires_at > $1 AND u.address IS NULL
          AND NOT EXISTS (SELECT 1 FROM upload_parts p WHERE p.upload_id = u.id AND p.address IN (SELECT h.address FROM these h))
          AND ((CAST($3 AS BIGINT) = 0 AND u.document_id = $2)
            OR EXISTS (SELECT 1 FROM these h JOIN versions v ON v.content_id = h.id
                 WHERE v.document_id = $2 AND v.size = u.size AND v.author_id = u.person_id)
            OR EXISTS (SELECT 1 FROM these h JOIN drafts d ON d.content_id = h.id
                 WHERE d.document_id = $2 AND d.size = u.size AND d.person_id = u.person_id))"
    };
}
const END_PIECES: &str = concat!(
    "DELETE FROM upload_parts WHERE upload_id IN (",
    these!("$2", "$3"),
    " SELECT u.id FROM uploads u WHERE ",
    unfinished!(),
    ")"
);
const END_UPLOADS: &str = concat!(
    "DELETE FROM uploads WHERE id IN (",
    these!("$2", "$3"),
    " SELECT u.id FROM uploads u WHERE ",
    unfinished!(),
    ")"
);
const COUNTS: &str = concat!(
    these!("$2", "$3"),
    " SELECT
       (SELECT COUNT(DISTINCT v.document_id) FROM these h JOIN versions v ON v.content_id = h.id
          WHERE v.document_id <> $2) AS documents,
       (SELECT COUNT(*) FROM these h JOIN drafts d ON d.content_id = h.id WHERE d.document_id <> $2) AS drafts,
       (SELECT COUNT(*) FROM these h JOIN scraps z ON z.content_id = h.id
          WHERE z.item_id <> $2 AND z.item_id <> 0 - $2) AS scraps,
       (SELECT COUNT(*) FROM uploads u WHERE u.became_id = 0 AND u.expires_at > $1
          AND (u.address IN (SELECT h.address FROM these h)
            OR EXISTS (SELECT 1 FROM upload_parts p WHERE p.upload_id = u.id AND p.address IN (SELECT h.address FROM these h))))
         AS uploads,
       (SELECT COUNT(*) FROM uploads u WHERE ",
    unfinished!(),
    ") AS unfinished"
);
const LIBRARIES_OF: &str = concat!(
    these!("$1", "$2"),
    " SELECT DISTINCT l.name AS value FROM these h JOIN versions v ON v.content_id = h.id JOIN items i ON i.id = v.document_id
        JOIN libraries l ON l.id = i.library_id WHERE i.id <> $1 ORDER BY l.name LIMIT $3"
);

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[COUNTS, LIBRARIES_OF, END_PIECES, END_UPLOADS];
