//! The SQL of retention rules and of what they let go.

use super::{Keep, Retention, Since};
use crate::Result;
use crate::kernel::{FromRow, Id, Row, Time, holds, record, thing};
use crate::libraries::{bin_over, cleared, is_legally_held, is_sealed, retained_until, years};
use crate::people::{Author, author};

/// A rule in force.
#[derive(Debug)]
pub(super) struct RuleRow {
    bin_days: u32,
    keep_years: u32,
    keep_since: String,
    delete_years: u32,
    pub(super) from_at: Time,
    pub(super) set_by: Author,
}

impl FromRow for RuleRow {
    fn from_row(row: &Row) -> Result<Self> {
        let small = |name: &str| -> Result<u32> {
            let number: i64 = row.get(name)?;
            Ok(u32::try_from(number).unwrap_or_default())
        };
        Ok(Self {
            bin_days: small("bin_days")?,
            keep_years: small("keep_years")?,
            keep_since: row.get("keep_since")?,
            delete_years: small("delete_years")?,
            from_at: row.get("from_at")?,
            set_by: Author::read(row, "setter")?,
        })
    }
}

impl RuleRow {
    pub(super) fn retention(&self) -> Retention {
        let some = |number: u32| (number > 0).then_some(number);
        Retention {
            bin_days: some(self.bin_days),
            keep: some(self.keep_years).map(|years| Keep {
                years,
                since: Since::from_name(&self.keep_since).unwrap_or_default(),
            }),
            delete_years: some(self.delete_years),
        }
    }
}

record! {
    pub(super) struct DueRow {
        pub(super) id: Id<thing::Document>, pub(super) name: String, pub(super) changed_at: Time,
        pub(super) due_at: Time, pub(super) warned_at: Option<Time>, pub(super) held: bool,
    }
}
#[derive(Debug)]
pub(super) struct OwnRow {
    pub(super) id: Id<thing::Document>,
    pub(super) name: String,
    pub(super) keep_years: u32,
    pub(super) keep_since: String,
}

impl FromRow for OwnRow {
    fn from_row(row: &Row) -> Result<Self> {
        let years: i64 = row.get("keep_years")?;
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            keep_years: u32::try_from(years).unwrap_or_default(),
            keep_since: row.get("keep_since")?,
        })
    }
}
record! {
    /// What was deleted by itself, with how many documents are in it.
    pub(super) struct RootRow {
        pub(super) name: String, pub(super) is_document: bool, pub(super) version: u64,
        pub(super) binned_at: Time, pub(super) inside: u64,
    }
}
record! {
    /// What keeps something in the recycle bin.
    pub(super) struct ReasonRow {
        pub(super) name: String, pub(super) known: bool, pub(super) sealed: bool, pub(super) held: bool,
        pub(super) kept_until: Option<Time>,
    }
}
record! {
    pub(super) struct ExpiredRow {
        pub(super) library_id: Id<thing::Library>, pub(super) site_id: Id<thing::Site>, pub(super) id: i64,
    }
}
record! {
    pub(super) struct LeftRow {
        pub(super) id: Id<thing::Item>, pub(super) name: String,
    }
}
record! {
    /// What went for good, and whether whoever removed it may know of it.
    pub(super) struct WentRow {
        pub(super) id: Id<thing::Item>, pub(super) name: String, pub(super) version: u64, pub(super) known: bool,
    }
}
record! {
    pub(super) struct DisposingRow {
        pub(super) library_id: Id<thing::Library>, pub(super) site_id: Id<thing::Site>, pub(super) library: String,
        pub(super) years: i64,
    }
}

macro_rules! rule {
    ($of:literal) => {
        concat!(
            "SELECT r.bin_days, r.keep_years, r.keep_since, r.delete_years, r.from_at, ",
            author!("r.set_by", "setter", "r.from_at"),
            " FROM retention_rules r WHERE ",
            $of,
            " AND r.from_at <= $1 AND $1 < r.until_at ORDER BY r.id DESC LIMIT 1"
        )
    };
}
/// The rule in force for the library `$2`.
pub(super) const RULE: &str = rule!("r.library_id = $2 AND r.document_id = 0");
/// The rule in force for the document `$2` alone.
pub(super) const DOCUMENT_RULE: &str = rule!("r.document_id = $2");
pub(super) const END_RULE: &str = "UPDATE retention_rules SET until_at = $1
  WHERE library_id = $2 AND document_id = 0 AND from_at <= $1 AND $1 < until_at";
pub(super) const END_DOCUMENT_RULE: &str = "UPDATE retention_rules SET until_at = $1
  WHERE document_id = $2 AND from_at <= $1 AND $1 < until_at";
pub(super) const SET_RULE: &str = "INSERT INTO retention_rules (id, library_id, document_id, bin_days, keep_years,
    keep_since, delete_years, set_by, from_at, until_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
pub(super) const NAME: &str = "SELECT i.name AS value FROM items i WHERE i.id = $1";
/// What nobody will have changed for the years of the library's rule by `$4`, of what the person `$2` may know of.
pub(super) const DUE: &str = concat!(
    "SELECT i.id, i.name, i.changed_at, i.changed_at + ", years!("r.delete_years"), " AS due_at,
       (SELECT w.warned_at FROM retention_warnings w WHERE w.document_id = i.id AND w.library_id = i.library_id
           AND w.changed_at = i.changed_at) AS warned_at,
       CASE WHEN ", is_legally_held!("i.library_id"), " THEN 1 ELSE 0 END AS held
      FROM retention_rules r JOIN items i ON i.library_id = r.library_id AND i.is_document = 1 AND i.binned_at = 0
     WHERE r.library_id = $3 AND r.document_id = 0 AND r.delete_years > 0 AND r.from_at <= $1 AND $1 < r.until_at
       AND i.changed_at + ", years!("r.delete_years"), " <= $4 AND ", cleared!("i.id"), "
     ORDER BY i.changed_at, i.id LIMIT 200"
);
/// Documents of the library `$3` with rules of their own, of what the person `$2` may know of.
pub(super) const OWN: &str = concat!(
    "SELECT i.id, i.name, r.keep_years, r.keep_since FROM retention_rules r JOIN items i ON i.id = r.document_id
      WHERE i.library_id = $3 AND i.gone_at = 0 AND r.document_id > 0 AND r.keep_years > 0
        AND r.from_at <= $1 AND $1 < r.until_at AND ",
    cleared!("i.id"),
    " ORDER BY i.name_key, i.id LIMIT 200"
);
/// What was deleted by itself as `$4` and is in the bin of the library `$3`, if the person `$2` may know of it.
pub(super) const ROOT: &str = concat!(
    "SELECT i.name, i.is_document, i.version, i.binned_at,
       (SELECT COUNT(*) FROM items d WHERE d.binned_with = i.id AND d.id <> i.id AND d.is_document = 1
           AND ", cleared!("d.id"), ") AS inside
      FROM items i WHERE i.id = $4 AND i.library_id = $3 AND i.binned_with = i.id AND i.gone_at = 0 AND ",
    cleared!("i.id")
);

macro_rules! stays {
    ($moment:literal) => {
        concat!(
            "(",
            is_sealed!("i.id"),
            " OR ",
            is_legally_held!("i.library_id"),
            " OR COALESCE(",
            retained_until!(),
            ", 0) > ",
            $moment,
            ")"
        )
    };
}
/// What keeps the deleted thing `$3`, or something in it, from going; whether the person `$2` may know of it.
pub(super) const REASON: &str = concat!(
    "SELECT i.name, CASE WHEN ",
    cleared!("i.id"),
    " THEN 1 ELSE 0 END AS known,
       CASE WHEN ",
    is_sealed!("i.id"),
    " THEN 1 ELSE 0 END AS sealed,
       CASE WHEN ",
    is_legally_held!("i.library_id"),
    " THEN 1 ELSE 0 END AS held, ",
    retained_until!(),
    " AS kept_until
      FROM items i WHERE (i.binned_with = $3 OR i.id = $3) AND i.gone_at = 0 AND ",
    stays!("$1"),
    "
     ORDER BY known DESC, i.name_key, i.id LIMIT 1"
);

macro_rules! expired {
    ($due:literal, $which:literal) => {
        concat!(
            "SELECT b.library_id, l.site_id, b.id FROM items b JOIN libraries l ON l.id = b.library_id
              WHERE b.binned_at > 0 AND b.gone_at = 0 AND b.binned_with IN (b.id, 0)
                AND ", $due, " >= ",
            bin_over!("b", "b.library_id", "$2"),
            "
                AND ", $which, "
                AND NOT EXISTS (SELECT 1 FROM items i WHERE (i.binned_with = b.id OR i.id = b.id) AND ", stays!($due), ")
              ORDER BY b.id LIMIT 100"
        )
    };
}
/// Deleted things after `$3` whose time was over at `$4`, where nothing keeps them at `$1`, nor a rule kept them then; a bin keeps them `$2` days where its library says
/// nothing else, and 30 at the least.
pub(super) const EXPIRED: &str = expired!(
    "$4",
    "b.id > $3 AND b.binned_at <= $4 - CAST(30 AS BIGINT) * 86400000000"
);
/// The same of the one `$3` of the library `$4`, at `$5`: asked again when its library's turn was taken.
pub(super) const EXPIRED_STILL: &str = expired!("$5", "b.id = $3 AND b.library_id = $4");

/// A part of what was deleted with `$3` goes: documents first, what it all was in last. The marks `$1` and `$2` are when and
/// by whom, and stand for this part alone in the statements that follow, since the library `$4` has one turn.
pub(super) const GO: &str = concat!(
    "UPDATE items SET gone_at = $1, gone_by = $2, binned_with = 0
  WHERE library_id = $4 AND gone_at = 0 AND id IN (SELECT d.id FROM items d
    WHERE (d.binned_with = $3 OR d.id = $3) AND d.binned_at > 0 AND d.gone_at = 0
    ORDER BY d.is_document DESC, CASE WHEN d.id = $3 THEN 1 ELSE 0 END, d.id LIMIT $5)
  RETURNING id, name, version, CASE WHEN ",
    cleared!("items.id"),
    " THEN 1 ELSE 0 END AS known"
);
/// The document `$3` alone goes, from wherever it is.
pub(super) const GO_ONE: &str = "UPDATE items SET gone_at = $1, gone_by = $2, binned_with = 0,
    binned_by = CASE WHEN binned_at = 0 THEN $2 ELSE binned_by END, binned_at = CASE WHEN binned_at = 0 THEN $1 ELSE binned_at END
  WHERE id = $3 AND gone_at = 0";
/// Whether the document `$2` is under legal hold.
pub(super) const HELD_ONE: &str = concat!(
    "SELECT COUNT(*) AS value FROM items i WHERE i.id = $2 AND ",
    is_legally_held!("i.library_id")
);
pub(super) const KEEP_FACTS: &str = "INSERT INTO gone_versions (id, document_id, number, size, media_type, comment, author_id,
    created_at, restored_from)
  SELECT v.id, v.document_id, v.number, v.size, v.media_type, v.comment, v.author_id, v.created_at, v.restored_from
    FROM items i JOIN versions v ON v.document_id = i.id WHERE i.library_id = $1 AND i.gone_at = $2";

macro_rules! of_gone {
    ($table:literal, $column:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE ",
            $column,
            " IN (SELECT i.id FROM items i WHERE i.library_id = $1 AND i.gone_at = $2)"
        )
    };
}
/// The content of what goes is as young as new: garbage is collected of it a day later at the earliest.
pub(super) const A_DAY_MORE: &str = "UPDATE contents SET stored_at = $2 WHERE stored_at < $2 AND id IN (
    SELECT v.content_id FROM items i JOIN versions v ON v.document_id = i.id WHERE i.library_id = $1 AND i.gone_at = $2
    UNION SELECT d.content_id FROM items i JOIN drafts d ON d.document_id = i.id WHERE i.library_id = $1 AND i.gone_at = $2)";
/// No row refers to the content of what went at `$2` from the library `$1`, and nothing of programs to the thing.
pub(super) const LET_GO: [&str; 7] = [
    of_gone!("versions", "document_id"),
    of_gone!("drafts", "document_id"),
    of_gone!("scraps", "item_id"),
    // What stands for a document that a program is about to replace has its content, and names it in the negative.
    "DELETE FROM scraps WHERE item_id < 0 AND item_id IN
       (SELECT 0 - i.id FROM items i WHERE i.library_id = $1 AND i.gone_at = $2)",
    of_gone!("file_locks", "target_id"),
    of_gone!("file_properties", "target_id"),
    of_gone!("retention_warnings", "document_id"),
];
pub(super) const END_CHECK_OUTS: &str = "UPDATE check_outs SET until_at = $2, outcome = 'discarded'
  WHERE until_at > $2 AND document_id IN (SELECT i.id FROM items i WHERE i.library_id = $1 AND i.gone_at = $2)";

/// Why an assurance officer destroyed the content of the item `i`, all of it; NULL where nobody did.
macro_rules! destroyed {
    () => {
        "(SELECT MAX(y.reason) FROM certificates y WHERE y.document_id = i.id AND y.whole = 1) AS destroyed"
    };
}
/// What went for good from the library `$3`, before `$4` and `$5`, of what the person `$2` may know of.
pub(super) const GONE: &str = concat!(
    "SELECT i.id, i.name, i.is_document, i.version, i.binned_at, i.gone_at, ",
    destroyed!(),
    ", ",
    author!("i.binned_by", "binned_by", "i.binned_at"),
    ", ",
    author!("i.gone_by", "gone_by", "i.gone_at"),
    " FROM items i WHERE i.library_id = $3 AND i.gone_at > 0 AND (i.gone_at, i.id) < ($4, $5) AND ",
    cleared!("i.id"),
    " ORDER BY i.gone_at DESC, i.id DESC LIMIT $6"
);
/// The same of the document `$3` alone, where the person `$2` owns the library that it was in.
pub(super) const GONE_ONE: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT i.id, i.name, i.is_document, i.version, i.binned_at, i.gone_at, i.library_id, ",
    destroyed!(),
    ", ",
    author!("i.binned_by", "binned_by", "i.binned_at"),
    ", ",
    author!("i.gone_by", "gone_by", "i.gone_at"),
    " FROM items i WHERE i.id = $3 AND i.gone_at > 0
        AND i.library_id IN (SELECT h.place_id FROM holds h WHERE h.role = 3) AND ",
    cleared!("i.id")
);

macro_rules! disposing {
    () => {
        concat!(
            " FROM retention_rules r JOIN libraries l ON l.id = r.library_id
               JOIN items i ON i.library_id = r.library_id AND i.is_document = 1 AND i.binned_at = 0
               LEFT JOIN retention_warnings w ON w.document_id = i.id AND w.library_id = i.library_id
                AND w.changed_at = i.changed_at
              WHERE r.document_id = 0 AND r.delete_years > 0 AND r.from_at <= $1 AND $1 < r.until_at
                AND NOT ", is_sealed!("i.id"), " AND NOT ", is_legally_held!("i.library_id"),
            " AND i.changed_at + ", years!("r.delete_years")
        )
    };
}
/// Libraries whose owners are to be told that something will be deleted, up to `$2`.
pub(super) const TO_WARN: &str = concat!(
    "SELECT DISTINCT l.id AS library_id, l.site_id, l.name AS library, r.delete_years AS years",
    disposing!(),
    " <= $2 AND w.document_id IS NULL ORDER BY l.id LIMIT 100"
);
/// That they were told of all of it, in the library `$3`.
pub(super) const WARN: &str = concat!(
    "INSERT INTO retention_warnings (document_id, library_id, changed_at, warned_at)
     SELECT i.id, i.library_id, i.changed_at, CAST($1 AS BIGINT)",
    disposing!(),
    " <= $2 AND w.document_id IS NULL AND l.id = $3
     ON CONFLICT (document_id) DO UPDATE SET library_id = excluded.library_id, changed_at = excluded.changed_at,
       warned_at = excluded.warned_at"
);
/// What was deleted at `$2` from the library `$1`: brought back, it is announced anew.
pub(super) const WARNED_ENOUGH: &str = "DELETE FROM retention_warnings
  WHERE document_id IN (SELECT i.id FROM items i WHERE i.library_id = $1 AND i.binned_at = $2)";
pub(super) const FORGET_WARNINGS: &str = "DELETE FROM retention_warnings WHERE library_id = $1";
/// Libraries in which something is due of which was told before `$2`, after `$3`.
pub(super) const TO_DISPOSE: &str = concat!(
    "SELECT DISTINCT l.id AS library_id, l.site_id, l.name AS library, r.delete_years AS years",
    disposing!(),
    " <= $1 AND w.warned_at <= $2 AND l.id > $3
        AND NOT EXISTS (SELECT 1 FROM check_outs c WHERE c.document_id = i.id AND c.from_at <= $1 AND $1 < c.until_at)
     ORDER BY l.id LIMIT 100"
);
/// Puts up to `$4` of it in the recycle bin of the library `$3`.
pub(super) const DISPOSE: &str = concat!(
    "UPDATE items SET binned_at = $1, binned_by = 0, binned_with = id WHERE binned_at = 0 AND changed_at <= $2 AND id IN (SELECT i.id",
    disposing!(),
    " <= $1 AND w.warned_at <= $2 AND l.id = $3
        AND NOT EXISTS (SELECT 1 FROM check_outs c WHERE c.document_id = i.id AND c.from_at <= $1 AND $1 < c.until_at)
      ORDER BY i.id LIMIT $4) RETURNING id, name"
);
/// Takes out again what somebody checked out at this very moment.
pub(super) const SPARE: &str = "UPDATE items SET binned_at = 0, binned_with = 0
  WHERE library_id = $2 AND binned_at = $1 AND binned_by = 0 AND gone_at = 0
    AND EXISTS (SELECT 1 FROM check_outs c WHERE c.document_id = items.id AND c.from_at <= $1 AND $1 < c.until_at)
  RETURNING id AS value";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let mut all = vec![
        RULE,
        DOCUMENT_RULE,
        END_RULE,
        END_DOCUMENT_RULE,
        SET_RULE,
        NAME,
        DUE,
        OWN,
        ROOT,
        REASON,
        EXPIRED,
        EXPIRED_STILL,
        GO,
        KEEP_FACTS,
        A_DAY_MORE,
        END_CHECK_OUTS,
        GONE,
        GONE_ONE,
        GO_ONE,
        HELD_ONE,
        TO_WARN,
        WARN,
        FORGET_WARNINGS,
        WARNED_ENOUGH,
        TO_DISPOSE,
        DISPOSE,
        SPARE,
    ];
    all.extend(LET_GO);
    all
}
