//! The SQL of files. By custom `$1` is the moment and `$2` the person.

use std::fmt::Write as _;

use crate::kernel::{Id, Time, holds, record, seen_by_role, thing};
use crate::libraries::{cleared, is_closed};
use crate::people::known_as;

record! {
    pub(super) struct SiteRow { pub(super) name: String, pub(super) created_at: Time }
}
record! {
    pub(super) struct LibraryRow {
        pub(super) name: String, pub(super) created_at: Time,
    }
}
record! {
    pub(super) struct SpotRow {
        pub(super) library_id: Id<thing::Library>,
        pub(super) library_name: String,
        pub(super) role: i64,
    }
}
record! {
    pub(super) struct FoundRow {
        pub(super) library_id: Id<thing::Library>,
        pub(super) library_name: String,
        pub(super) role: i64,
        /// 0 at the top of the library; none where the folder is not there.
        pub(super) parent_id: Option<i64>,
        pub(super) id: Option<Id<thing::Item>>,
        pub(super) is_document: Option<bool>,
        pub(super) name: Option<String>,
        pub(super) size: Option<u64>,
        pub(super) media_type: Option<String>,
        pub(super) created_at: Option<Time>,
        pub(super) changed_at: Option<Time>,
        pub(super) version_id: Option<Id<thing::Version>>,
        pub(super) draft_id: Option<Id<thing::Draft>>,
        pub(super) draft_size: Option<u64>,
        pub(super) draft_saved_at: Option<Time>,
        pub(super) aside: bool,
        pub(super) scrap_id: Option<Id<thing::Item>>,
        pub(super) scrap_name: Option<String>,
        pub(super) scrap_size: Option<u64>,
        pub(super) scrap_made_at: Option<Time>,
        pub(super) scrap_item: Option<i64>,
    }
}
record! {
    pub(super) struct ChildRow {
        pub(super) id: Id<thing::Item>,
        pub(super) name: String,
        pub(super) name_key: String,
        pub(super) size: u64,
        pub(super) media_type: String,
        pub(super) created_at: Time,
        pub(super) changed_at: Time,
        pub(super) version_id: Option<Id<thing::Version>>,
        pub(super) properties: Option<String>,
    }
}
record! {
    pub(super) struct DraftRow {
        pub(super) document_id: i64,
        pub(super) id: Id<thing::Draft>,
        pub(super) size: u64,
        pub(super) saved_at: Time,
    }
}
record! {
    #[allow(dead_code, reason = "a row is read as it is")]
    pub(super) struct LockRow {
        pub(super) id: i64,
        pub(super) token: String,
        pub(super) target_id: i64,
        pub(super) person_id: Id<thing::Person>,
        pub(super) shared: bool,
        pub(super) deep: bool,
        pub(super) owner: String,
        pub(super) check_out_id: i64,
        pub(super) seconds: u64,
        pub(super) until_at: Time,
        pub(super) distance: i64,
    }
}
record! {
    pub(super) struct ScrapRow {
        pub(super) id: Id<thing::Item>,
        pub(super) name: String,
        pub(super) size: u64,
        pub(super) made_at: Time,
        pub(super) item_id: i64,
    }
}
record! {
    pub(super) struct ScrapContent {
        pub(super) content_id: i64, pub(super) size: u64, pub(super) item_id: i64,
    }
}
record! {
    /// A folder or document as it is now, towards one person.
    pub(super) struct Facts {
        pub(super) id: Id<thing::Item>,
        pub(super) name: String,
        pub(super) library_id: Id<thing::Library>,
        pub(super) folder_id: i64,
        pub(super) is_document: bool,
        pub(super) version: u64,
        pub(super) size: u64,
        pub(super) created_at: Time,
        pub(super) created_by: i64,
        pub(super) sealed: bool,
        pub(super) version_id: Option<Id<thing::Version>>,
        pub(super) content_id: Option<i64>,
        pub(super) hold_id: Option<i64>,
        pub(super) holder_id: Option<Id<thing::Person>>,
        pub(super) holder: Option<String>,
        pub(super) held_since: Option<Time>,
        pub(super) draft_id: Option<Id<thing::Draft>>,
        pub(super) draft_content_id: Option<i64>,
        pub(super) draft_size: Option<u64>,
        pub(super) draft_saved_at: Option<Time>,
    }
}
record! {
    pub(super) struct BranchRow {
        pub(super) id: Id<thing::Item>,
        pub(super) folder_id: i64,
        pub(super) is_document: bool,
        pub(super) name: String,
        pub(super) name_key: String,
        pub(super) version: u64,
        pub(super) size: u64,
        pub(super) content_id: Option<i64>,
        pub(super) major: Option<u64>,
        pub(super) minor: Option<u64>,
        pub(super) sealed: bool,
        pub(super) marked: bool,
        pub(super) said: bool,
    }
}
record! {
    pub(super) struct BinnedRow { pub(super) id: Id<thing::Document> }
}
record! {
    pub(super) struct EndedRow {
        pub(super) document_id: Id<thing::Document>, pub(super) person_id: Id<thing::Person>, pub(super) id: i64,
        pub(super) check_out_id: i64, pub(super) from_at: Time,
    }
}

/// The sites of which the person sees a library.
pub(super) const SITES: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT s.name, s.created_at FROM sites s
      WHERE s.id IN (SELECT l.site_id FROM libraries l JOIN holds h ON h.place_id = l.id)
         OR s.id IN (SELECT h.place_id FROM holds h)
      ORDER BY s.name_key, s.id LIMIT 5000"
);
/// The sites of the name `$3` that the person sees.
pub(super) const SITE: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT s.name, s.created_at FROM sites s
      WHERE s.name_key = $3 AND (s.id IN (SELECT l.site_id FROM libraries l JOIN holds h ON h.place_id = l.id)
         OR s.id IN (SELECT h.place_id FROM holds h))
      ORDER BY s.id LIMIT 1"
);
/// The libraries of those sites that the person sees.
pub(super) const LIBRARIES: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT l.name, l.created_at FROM sites s JOIN libraries l ON l.site_id = s.id
      WHERE s.name_key = $3 AND l.id IN (SELECT h.place_id FROM holds h)
      ORDER BY l.name_key, l.id LIMIT 5000"
);

/// That the person has moved the document `i` out of the way.
macro_rules! aside {
    () => {
        "EXISTS (SELECT 1 FROM scraps y WHERE y.item_id = i.id AND y.item_id > 0
           AND y.person_id = $2 AND y.until_at > $1)"
    };
}

/// What is at the end of a path of so many names in the library of the key `$4` on the site of the key `$3`.
/// The keys of the names are the arguments from `$5` on.
pub(super) fn found(names: usize) -> String {
    let mut sql = String::with_capacity(4096);
    sql.push_str(concat!(
        "WITH ",
        holds!(),
        ", seen(library_id, library_name, role) AS MATERIALIZED (
           SELECT l.id, l.name, MAX(h.role) FROM sites s JOIN libraries l ON l.site_id = s.id
             JOIN holds h ON h.place_id = l.id
            WHERE s.name_key = $3 AND l.name_key = $4
            GROUP BY l.id, l.name ORDER BY l.id LIMIT 1) "
    ));
    let Some(last) = names.checked_sub(1) else {
        sql.push_str("SELECT w.library_id, w.library_name, w.role FROM seen w");
        return sql;
    };
    let parent = match last {
        0 => "CAST(0 AS BIGINT)".to_owned(),
        above => format!("f{above}.id"),
    };
    // Writing to a String cannot fail.
    let _ = write!(
        sql,
        "SELECT w.library_id, w.library_name, w.role, {parent} AS parent_id,
           i.id, i.is_document, i.name, i.media_type,
           (SELECT v.id FROM versions v WHERE v.document_id = i.id
              AND v.number = CASE WHEN w.role >= 2 THEN i.version ELSE COALESCE(i.published, i.version) END) AS version_id,
           CASE WHEN w.role >= 2 THEN i.size ELSE COALESCE(i.published_size, i.size) END AS size,
           CASE WHEN w.role >= 2 THEN i.created_at ELSE COALESCE(i.first_published_at, i.created_at) END AS created_at,
           CASE WHEN w.role >= 2 THEN i.changed_at ELSE COALESCE(i.published_at, i.changed_at) END AS changed_at,
           d.id AS draft_id, d.size AS draft_size, d.saved_at AS draft_saved_at,
           CASE WHEN {} THEN 1 ELSE 0 END AS aside,
           z.id AS scrap_id, z.name AS scrap_name, z.size AS scrap_size, z.made_at AS scrap_made_at,
           z.item_id AS scrap_item
          FROM seen w",
        aside!()
    );
    let mut inside = "0".to_owned();
    for depth in 1..names {
        let _ = write!(
            sql,
            " LEFT JOIN items f{depth} ON f{depth}.library_id = w.library_id AND f{depth}.folder_id = {inside}
               AND f{depth}.name_key = ${} AND f{depth}.binned_at = 0 AND f{depth}.is_document = 0",
            depth + 4
        );
        inside = format!("f{depth}.id");
    }
    let _ = write!(
        sql,
        " LEFT JOIN items i ON i.library_id = w.library_id AND i.folder_id = {inside} AND i.name_key = ${key}
            AND i.binned_at = 0 AND {known} AND {shown}
          LEFT JOIN check_outs c ON c.document_id = i.id AND c.person_id = $2 AND c.from_at <= $1 AND $1 < c.until_at
          LEFT JOIN drafts d ON d.document_id = i.id AND d.person_id = $2 AND d.until_at > $1
            AND d.saved_at >= c.from_at
          LEFT JOIN scraps z ON z.person_id = $2 AND z.library_id = w.library_id AND z.folder_id = {inside}
            AND z.name_key = ${key} AND z.until_at > $1",
        key = names + 4,
        known = cleared!("i.id"),
        shown = seen_by_role!("w.role"),
    );
    sql
}

/// That the lock `k` stands at `$1`: its time is not over, and the check-out that it is was not ended by a page.
macro_rules! stands {
    () => {
        "k.until_at > $1 AND (k.check_out_id = 0 OR EXISTS (
           SELECT 1 FROM check_outs e WHERE e.id = k.check_out_id AND e.until_at > $1))"
    };
}

/// A page of the folders or documents in the folder `$4` of the library `$3`: after the key `$5` and the id `$6`,
/// at most `$7`.
pub(super) fn children(documents: bool, with_properties: bool) -> String {
    let (kind, version, known) = if documents {
        (
            1,
            "(SELECT v.id FROM versions v WHERE v.document_id = i.id AND v.number = i.version)",
            concat!(" AND NOT ", aside!(), " AND ", cleared!("i.id")),
        )
    } else {
        (0, "CAST(NULL AS BIGINT)", "")
    };
    let (said, beside) = if with_properties {
        (
            "p.properties",
            " LEFT JOIN file_properties p ON p.target_id = i.id",
        )
    } else {
        ("CAST(NULL AS TEXT)", "")
    };
    // Folders have no clearance, so the person is asked about in documents only; PostgreSQL wants each argument used.
    format!(
        "SELECT i.id, i.name, i.name_key, i.size, i.media_type, i.created_at, i.changed_at,
           {version} AS version_id, {said} AS properties
          FROM items i{beside}
         WHERE i.library_id = $3 AND i.folder_id = $4 AND i.binned_at = 0 AND i.is_document = {kind}
           AND (i.name_key, i.id) > ($5, $6) AND CAST($1 AS BIGINT) > 0 AND CAST($2 AS BIGINT) > 0{known}
         ORDER BY i.name_key, i.id LIMIT $7"
    )
}
/// The locks on what is in the folder `$4` of the library `$3`, from the key `$5` to the key `$6`.
pub(super) const CHILD_LOCKS: &str = concat!(
    "SELECT k.id, k.token, k.target_id, k.person_id, k.shared, k.deep, k.owner,
    k.check_out_id, k.seconds, k.until_at, 0 AS distance
   FROM items i CROSS JOIN file_locks k
  WHERE i.library_id = $2 AND i.folder_id = $3 AND i.binned_at = 0 AND i.name_key >= $4 AND i.name_key <= $5
    AND k.target_id = i.id AND ",
    stands!()
);
/// Whether anything in the library `$2` is locked.
pub(super) const ANY_LOCK: &str =
    "SELECT k.id AS value FROM file_locks k WHERE k.library_id = $2 AND k.until_at > $1 LIMIT 1";
/// The person's drafts of what they hold in the folder `$4` of the library `$3`.
pub(super) const MY_DRAFTS: &str = "SELECT d.document_id, d.id, d.size, d.saved_at
   FROM check_outs c JOIN drafts d ON d.document_id = c.document_id AND d.person_id = c.person_id
    AND d.until_at > $1 AND d.saved_at >= c.from_at
   JOIN items i ON i.id = d.document_id AND i.library_id = $3 AND i.folder_id = $4
  WHERE c.person_id = $2 AND c.from_at <= $1 AND $1 < c.until_at LIMIT 5000";
/// What the person put in the folder `$4` of the library `$3` beside the documents.
pub(super) const MY_SCRAPS: &str = "SELECT z.id, z.name, z.size, z.made_at, z.item_id FROM scraps z
  WHERE z.person_id = $2 AND z.library_id = $3 AND z.folder_id = $4 AND z.until_at > $1 ORDER BY z.name_key LIMIT 1000";
/// How many bytes the documents of the library `$3` have that the person may know of.
pub(super) const USED: &str = concat!(
    "SELECT CAST(COALESCE(SUM(i.size), 0) AS BIGINT) AS value FROM items i
      WHERE i.library_id = $3 AND i.binned_at = 0 AND ",
    cleared!("i.id")
);
/// What was said of a thing.
pub(super) const SAID: &str =
    "SELECT p.properties AS value FROM file_properties p WHERE p.target_id = $1";
pub(super) const SAY: &str = "INSERT INTO file_properties (target_id, properties) VALUES ($1, $2)
     ON CONFLICT (target_id) DO UPDATE SET properties = excluded.properties";
pub(super) const UNSAY: &str = "DELETE FROM file_properties WHERE target_id = $1";
/// What was said of one thing is said of another.
pub(super) const SAY_THE_SAME: &str = "INSERT INTO file_properties (target_id, properties)
    SELECT CAST($2 AS BIGINT), p.properties FROM file_properties p WHERE p.target_id = $1";

/// The folder or document `$3` that the person may know of.
pub(super) const FACTS: &str = concat!(
    "SELECT i.id, i.name, i.library_id, i.folder_id, i.is_document, i.version, i.size, i.created_at, i.created_by,
       CASE WHEN ",
    is_closed!("i.id"),
    " THEN 1 ELSE 0 END AS sealed, v.id AS version_id, v.content_id,
       c.id AS hold_id, c.person_id AS holder_id, c.from_at AS held_since, ",
    known_as!("c.person_id"),
    " AS holder,
       d.id AS draft_id, d.content_id AS draft_content_id, d.size AS draft_size, d.saved_at AS draft_saved_at
      FROM items i
      LEFT JOIN versions v ON v.document_id = i.id AND v.number = i.version
      LEFT JOIN check_outs c ON c.document_id = i.id AND c.outcome = '' AND $1 < c.until_at
      LEFT JOIN drafts d ON d.document_id = i.id AND d.person_id = $2 AND d.until_at > $1
     WHERE i.id = $3 AND i.binned_at = 0 AND ",
    cleared!("i.id")
);
/// Which folder or document has the key `$3` in the folder `$2` of the library `$1`.
pub(super) const NAMED: &str = "SELECT i.id AS value FROM items i
  WHERE i.library_id = $1 AND i.folder_id = $2 AND i.name_key = $3 AND i.binned_at = 0";
/// That the folder `$2` is in the library `$1`.
pub(super) const FOLDER: &str = "SELECT i.id AS value FROM items i
  WHERE i.library_id = $1 AND i.id = $2 AND i.is_document = 0 AND i.binned_at = 0";
/// Whether the folder `$1` is in the folder `$2`, or is it.
pub(super) const IS_IN: &str = "WITH RECURSIVE up(id, folder_id) AS (
     SELECT i.id, i.folder_id FROM items i WHERE i.id = $1
     UNION ALL SELECT f.id, f.folder_id FROM up u JOIN items f ON f.id = u.folder_id)
   SELECT u.id AS value FROM up u WHERE u.id = $2";
/// What the person deleted in the folder `$4` of the library `$3` under the key `$5` since `$6`, last first.
pub(super) const JUST_BINNED: &str = concat!(
    "SELECT i.id FROM items i
      WHERE i.library_id = $3 AND i.binned_at > $6 AND i.is_document = 1 AND i.folder_id = $4 AND i.name_key = $5
        AND i.binned_with = i.id AND i.binned_by = $2 AND ",
    cleared!("i.id"),
    " ORDER BY i.binned_at DESC, i.id DESC LIMIT 1"
);
pub(super) const UNBIN: &str = "UPDATE items SET binned_at = 0, binned_by = 0, binned_with = 0 WHERE id = $1 AND binned_with = $1";
/// That nobody else made a version of the document `$3`, and that nobody marked it, and it is neither sealed nor under a legal
/// hold of its own.
pub(super) const IS_PLAIN: &str = concat!(
    "SELECT i.id AS value FROM items i
      WHERE i.id = $3 AND i.is_document = 1 AND i.binned_at = 0
        AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.document_id = i.id AND v.author_id <> $2)
        AND NOT EXISTS (SELECT 1 FROM markings m WHERE m.document_id = i.id AND m.source NOT IN ('read', 'library')
          AND m.from_at <= $1 AND $1 < m.until_at)
        AND NOT EXISTS (SELECT 1 FROM legal_holds g WHERE g.document_id = i.id AND g.from_at <= $1 AND $1 < g.until_at)
        AND NOT ",
    is_closed!("i.id")
);
/// What became a version of another document is neither in its folder nor in the bin.
pub(super) const ABSORB: &str = "UPDATE items SET binned_at = $2, binned_by = $3, binned_with = 0 WHERE id = $1 AND binned_at = 0";
/// Another name, in another folder of its library.
pub(super) const PUT_ELSEWHERE: &str = "UPDATE items SET folder_id = $2, name = $3, name_key = $4, media_type = $5 WHERE id = $1 AND binned_at = 0";

/// The locks on and above the item `$2` of the library `$3`: on itself, on the folder that it is in, and those
/// further up that cover everything inside. For a library alone, `$2` is 0.
pub(super) const COVER: &str = concat!(
    "WITH RECURSIVE up(id, folder_id, distance) AS (
     SELECT i.id, i.folder_id, CAST(0 AS BIGINT) FROM items i WHERE i.id = $2
     UNION ALL SELECT f.id, f.folder_id, u.distance + 1 FROM up u JOIN items f ON f.id = u.folder_id),
   around(id, distance) AS (
     SELECT u.id, u.distance FROM up u UNION ALL SELECT CAST($3 AS BIGINT), (SELECT COUNT(*) FROM up))
   SELECT k.id, k.token, k.target_id, k.person_id, k.shared, k.deep, k.owner, k.check_out_id, k.seconds, k.until_at,
     a.distance
     FROM around a CROSS JOIN file_locks k
    WHERE k.target_id = a.id AND ",
    stands!(),
    " AND (k.deep = 1 OR a.distance <= 1)
    ORDER BY a.distance, k.id"
);
/// The locks on what is in the folder `$2`, at most `$3`.
pub(super) const BELOW: &str = concat!(
    "WITH RECURSIVE tree(id) AS (
     SELECT i.id FROM items i WHERE i.folder_id = $2 AND i.binned_at = 0
     UNION ALL SELECT c.id FROM tree t JOIN items c ON c.folder_id = t.id AND c.binned_at = 0)
   SELECT k.id, k.token, k.target_id, k.person_id, k.shared, k.deep, k.owner, k.check_out_id, k.seconds, k.until_at,
     CAST(0 AS BIGINT) AS distance
     FROM tree t CROSS JOIN file_locks k WHERE k.target_id = t.id AND ",
    stands!(),
    " ORDER BY k.id LIMIT $3"
);
pub(super) const COUNT_LOCKS: &str = "SELECT COUNT(*) AS value FROM (SELECT 1 AS one FROM file_locks k WHERE k.person_id = $2 AND k.until_at > $1 LIMIT 1001) mine";
/// How many locks there are on the thing `$2`.
pub(super) const COUNT_LOCKS_ON: &str =
    "SELECT COUNT(*) AS value FROM file_locks k WHERE k.target_id = $2 AND k.until_at > $1";
pub(super) const INSERT_LOCK: &str =
    "INSERT INTO file_locks (id, token, library_id, target_id, person_id, shared, deep, owner, check_out_id, seconds, from_at, until_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
pub(super) const REFRESH_LOCK: &str =
    "UPDATE file_locks SET until_at = $2, seconds = $3 WHERE id = $1";
pub(super) const DELETE_LOCK: &str = "DELETE FROM file_locks WHERE id = $1";
/// The check-outs that locks on the item `$1` and on what is in the bin with it were.
pub(super) const RELEASE_BINNED: &str =
    "UPDATE check_outs SET until_at = $2, outcome = 'discarded' WHERE until_at > $2 AND id IN (
       SELECT k.check_out_id FROM items i JOIN file_locks k ON k.target_id = i.id
        WHERE (i.binned_with = $1 OR i.id = $1) AND k.check_out_id > 0)";
pub(super) const UNLOCK_BINNED: &str = "DELETE FROM file_locks WHERE target_id IN (SELECT i.id FROM items i WHERE i.binned_with = $1 OR i.id = $1)";
/// Whatever lies in the folder `$1` moved: locks stay behind.
pub(super) const RELEASE_TREE: &str = "WITH RECURSIVE tree(id) AS (
     SELECT i.id FROM items i WHERE i.id = $1
     UNION ALL SELECT c.id FROM tree t JOIN items c ON c.folder_id = t.id AND c.binned_at = 0)
   UPDATE check_outs SET until_at = $2, outcome = 'discarded' WHERE until_at > $2 AND id IN (
     SELECT k.check_out_id FROM tree t JOIN file_locks k ON k.target_id = t.id WHERE k.check_out_id > 0)";
pub(super) const UNLOCK_TREE: &str = "WITH RECURSIVE tree(id) AS (
     SELECT i.id FROM items i WHERE i.id = $1
     UNION ALL SELECT c.id FROM tree t JOIN items c ON c.folder_id = t.id AND c.binned_at = 0)
   DELETE FROM file_locks WHERE target_id IN (SELECT t.id FROM tree t)";

/// Something of the current version of the item `i`.
macro_rules! of_version {
    ($what:literal) => {
        concat!(
            "(SELECT v.",
            $what,
            " FROM versions v WHERE v.document_id = i.id AND v.number = i.version) AS ",
            $what
        )
    };
}

/// The item `$3` of the library `$5` and what is in it, the outermost first, at most `$4`, that the person may know of.
pub(super) const TREE: &str = concat!(
    "WITH RECURSIVE tree(id, depth) AS (
       SELECT i.id, 0 FROM items i WHERE i.id = $3 AND i.library_id = $5 AND i.binned_at = 0
       UNION ALL SELECT c.id, t.depth + 1 FROM tree t JOIN items c ON c.folder_id = t.id AND c.binned_at = 0)
     SELECT i.id, i.folder_id, i.is_document, i.name, i.name_key, i.version, i.size, ",
    of_version!("content_id"),
    ", ",
    of_version!("major"),
    ", ",
    of_version!("minor"),
    ",
       CASE WHEN ",
    is_closed!("i.id"),
    " THEN 1 ELSE 0 END AS sealed,
       CASE WHEN EXISTS (SELECT 1 FROM markings m WHERE m.document_id = i.id AND m.from_at <= $1 AND $1 < m.until_at)
            THEN 1 ELSE 0 END AS marked,
       CASE WHEN EXISTS (SELECT 1 FROM file_properties p WHERE p.target_id = i.id) THEN 1 ELSE 0 END AS said
      FROM tree t JOIN items i ON i.id = t.id
     WHERE ",
    cleared!("i.id"),
    " ORDER BY t.depth, i.id LIMIT $4"
);
record! {
    pub(super) struct MarkingRow { pub(super) id: Id<thing::Interval> }
}
pub(super) const MARKINGS: &str =
    "SELECT m.id FROM markings m WHERE m.document_id = $2 AND m.from_at <= $1 AND $1 < m.until_at";
/// The document `$2` carries what this row says, as what was said of what it is a copy of: also what was read in an earlier
/// version of that.
pub(super) const MARK: &str = "INSERT INTO markings (id, document_id, level, label, from_at, until_at, source, scheme, marking, set_by, rank)
   SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), m.level, m.label, CAST($4 AS BIGINT), CAST($5 AS BIGINT),
     CASE WHEN m.source = 'read' THEN 'person' ELSE m.source END, m.scheme, m.marking, m.set_by, m.rank
     FROM markings m WHERE m.id = $3";

impl BranchRow {
    /// What its version is called in the journal, where publishing is required.
    pub(super) fn label(&self) -> String {
        crate::documents::within::called(self.major.unwrap_or(0), self.minor.unwrap_or(0))
    }
}

/// The scrap `$3` of the person.
pub(super) const SCRAP: &str = "SELECT z.content_id, z.size, z.item_id FROM scraps z WHERE z.id = $3 AND z.person_id = $2 AND z.until_at > $1";
record! {
    pub(super) struct StoredScrap {
        pub(super) size: u64, pub(super) address: Vec<u8>, pub(super) inline: Option<Vec<u8>>,
    }
}
/// Its content.
pub(super) const SCRAP_CONTENT: &str =
    "SELECT z.size, t.address, t.inline FROM scraps z JOIN contents t ON t.id = z.content_id
  WHERE z.id = $3 AND z.person_id = $2 AND z.until_at > $1";
pub(super) const COUNT_SCRAPS: &str = "SELECT COUNT(*) AS value FROM (SELECT 1 AS one FROM scraps z WHERE z.person_id = $2 AND z.until_at > $1 LIMIT 1001) mine";
/// Nobody's act, like what follows: what is beside the documents is in no trail.
pub(super) const STORE_SCRAP: &str =
    "INSERT INTO contents (id, address, size, inline, stored_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (address) DO UPDATE SET stored_at = excluded.stored_at";
pub(super) const PUT_SCRAP: &str =
    "INSERT INTO scraps (id, person_id, library_id, folder_id, name, name_key, content_id, size, item_id, made_at, until_at)
     SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT),
       CAST($6 AS TEXT), t.id, t.size, 0, CAST($8 AS BIGINT), CAST($9 AS BIGINT) FROM contents t WHERE t.address = $7
     ON CONFLICT (person_id, library_id, folder_id, name_key) DO UPDATE SET id = excluded.id, name = excluded.name,
       content_id = excluded.content_id, size = excluded.size, item_id = 0, made_at = excluded.made_at,
       until_at = excluded.until_at";
pub(super) const STAND_FOR: &str =
    "INSERT INTO scraps (id, person_id, library_id, folder_id, name, name_key, content_id, size, item_id, made_at, until_at)
     VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10)
     ON CONFLICT (person_id, library_id, folder_id, name_key) DO UPDATE SET id = excluded.id, name = excluded.name,
       content_id = 0, size = excluded.size, item_id = excluded.item_id, made_at = excluded.made_at,
       until_at = excluded.until_at";
pub(super) const RENAME_SCRAP: &str = "UPDATE scraps SET folder_id = $4, name = $5, name_key = $6 WHERE id = $1 AND person_id = $2 AND library_id = $3";
pub(super) const DELETE_SCRAP: &str = "DELETE FROM scraps WHERE id = $1 AND person_id = $2";
pub(super) const DELETE_SCRAP_NAMED: &str = "DELETE FROM scraps WHERE person_id = $1 AND library_id = $2 AND folder_id = $3 AND name_key = $4 AND id <> $5";
/// What stands for the document `$1` for the person stands for nothing any more.
pub(super) const STAND_NO_MORE: &str =
    "DELETE FROM scraps WHERE item_id = $1 AND item_id > 0 AND person_id = $2";
/// The document `$1` has something in its place again: what stood for it shows the version `$3` that it had before.
/// Such a scrap has no content of its own: the document's id is kept with a minus, and the version's number where
/// other scraps have their content.
pub(super) const STEP_BACK: &str =
    "UPDATE scraps SET item_id = 0 - item_id, content_id = $3, size = $4
  WHERE item_id = $1 AND item_id > 0 AND person_id = $2";
/// The content of the version `$2` of the document `$1`.
pub(super) const EARLIER: &str = "SELECT v.content_id, v.size, v.document_id AS item_id FROM versions v WHERE v.document_id = $1 AND v.number = $2";
pub(super) const SWEEP_SCRAPS: &str = "DELETE FROM scraps WHERE until_at <= $1";
/// Locks that ended before `$1`, and the check-out that each was, if nobody ended that.
pub(super) const ENDED: &str = "SELECT k.target_id AS document_id, k.person_id, k.id, k.from_at,
   CASE WHEN c.outcome = '' THEN k.check_out_id ELSE 0 END AS check_out_id
  FROM file_locks k LEFT JOIN check_outs c ON c.id = k.check_out_id WHERE k.until_at <= $1 ORDER BY k.until_at LIMIT 200";
pub(super) const SWEEP_LOCK: &str = "DELETE FROM file_locks WHERE id = $1 AND until_at <= $2";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    let mut all: Vec<String> = [
        SITES,
        SITE,
        LIBRARIES,
        CHILD_LOCKS,
        ANY_LOCK,
        MY_DRAFTS,
        MY_SCRAPS,
        USED,
        SAID,
        SAY,
        UNSAY,
        SAY_THE_SAME,
        FACTS,
        NAMED,
        FOLDER,
        IS_IN,
        JUST_BINNED,
        UNBIN,
        IS_PLAIN,
        ABSORB,
        PUT_ELSEWHERE,
        COVER,
        BELOW,
        COUNT_LOCKS,
        COUNT_LOCKS_ON,
        INSERT_LOCK,
        REFRESH_LOCK,
        DELETE_LOCK,
        RELEASE_BINNED,
        UNLOCK_BINNED,
        RELEASE_TREE,
        UNLOCK_TREE,
        TREE,
        MARKINGS,
        MARK,
        SCRAP,
        SCRAP_CONTENT,
        COUNT_SCRAPS,
        STORE_SCRAP,
        PUT_SCRAP,
        STAND_FOR,
        RENAME_SCRAP,
        DELETE_SCRAP,
        DELETE_SCRAP_NAMED,
        STAND_NO_MORE,
        STEP_BACK,
        EARLIER,
        SWEEP_SCRAPS,
        ENDED,
        SWEEP_LOCK,
    ]
    .map(str::to_owned)
    .to_vec();
    all.extend([0, 1, 2, 5].map(found));
    for documents in [false, true] {
        for said in [false, true] {
            all.push(children(documents, said));
        }
    }
    all
}
