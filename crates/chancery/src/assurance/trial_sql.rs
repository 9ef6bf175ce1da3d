//! The SQL of rules that are proposed, tried and switched on.

use crate::kernel::{Id, Time, now_and_on, record, thing};
use crate::people::author;

record! {
    /// A rulebook with what became of it.
    pub(super) struct BookRow {
        pub(super) id: Id<thing::Rulebook>, pub(super) name: String, pub(super) proposed_at: Time, pub(super) from_at: Time,
        pub(super) until_at: Time, pub(super) tried: bool, pub(super) ended_at: Time, pub(super) became: Id<thing::Rulebook>,
        pub(super) done: u64, pub(super) total: u64,
    }
}
record! {
    pub(super) struct TextsRow { pub(super) policy: String, pub(super) schemes: String }
}
record! {
    pub(super) struct HowFarRow { pub(super) done: u64, pub(super) total: u64 }
}
record! {
    pub(super) struct EffectRow { pub(super) effect: String, pub(super) number: u64 }
}
record! {
    pub(super) struct LibraryRow {
        pub(super) library_id: Id<thing::Library>, pub(super) library: String, pub(super) site: String,
        pub(super) sealed: u64, pub(super) held: u64, pub(super) alerted: u64, pub(super) lifted: u64, pub(super) marked: u64,
        pub(super) reads: u64,
    }
}
record! {
    pub(super) struct ChangeRow {
        pub(super) id: i64, pub(super) effect: String, pub(super) document_id: Id<thing::Document>, pub(super) name: String,
        pub(super) version: u64, pub(super) library_id: Id<thing::Library>, pub(super) library: String, pub(super) site: String,
        pub(super) verdict_before: String, pub(super) label_before: String, pub(super) verdict_after: String,
        pub(super) label_after: String, pub(super) why: String,
    }
}

/// The rules that are proposed.
pub(super) const OPEN: &str = concat!(
    "SELECT r.id, r.policy, r.schemes, r.program FROM trials t JOIN rulebooks r ON r.id = t.rulebook_id WHERE t.ended_at = ",
    now_and_on!()
);
/// Versions that the trial `$2` has not read and that nobody reads at the moment; those that are known to take long only where `$4`
/// of them may be begun. Those that were never read come first, and elsewhere.
pub(super) const TO_TRY: &str = concat!(
    "SELECT v.id, v.document_id, v.number, COALESCE(c.takes_long, 0) AS takes_long
       FROM versions v LEFT JOIN scan_claims c ON c.version_id = v.id WHERE v.tried_by < $2 AND v.read_at <> ",
    now_and_on!(),
    " AND COALESCE(c.until_at, 0) <= $1 AND (COALESCE(c.takes_long, 0) = 0 OR $4 > 0)
      ORDER BY v.tried_by, v.id LIMIT $3"
);
pub(super) const NOTE: &str =
    "INSERT INTO trial_findings (id, rulebook_id, version_id, document_id, version, effect, verdict_before, label_before,
       verdict_after, label_after, why, carries, clearance, rank)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     ON CONFLICT (rulebook_id, document_id, version) DO UPDATE SET effect = excluded.effect,
       verdict_before = excluded.verdict_before, label_before = excluded.label_before, verdict_after = excluded.verdict_after,
       label_after = excluded.label_after, why = excluded.why, carries = excluded.carries, clearance = excluded.clearance,
       rank = excluded.rank";
pub(super) const TRIED: &str = "UPDATE versions SET tried_by = $2 WHERE id = $1 AND tried_by < $2";
pub(super) const FORGET_MARKED: &str =
    "DELETE FROM trial_findings WHERE rulebook_id = $1 AND document_id = $2 AND version = 0";
/// What the document `$3` would carry, once all its versions were tried, where that is another marking than it carries: the highest
/// of its versions, as when they are read.
pub(super) const NOTE_MARKED: &str =
    "INSERT INTO trial_findings (id, rulebook_id, version_id, document_id, version, effect, verdict_before, label_before,
       verdict_after, label_after, why, carries, clearance, rank)
     SELECT CAST($1 AS BIGINT), f.rulebook_id, 0, f.document_id, 0, 'marked', '', COALESCE(k.label, d.label, ''), '', f.carries,
       CASE WHEN COALESCE(k.level, d.level, 0) = f.clearance THEN '' WHEN f.clearance = 0 THEN 'it needs no clearance any more'
         WHEN COALESCE(k.level, d.level, 0) = 0 THEN 'it needs a clearance' ELSE 'it needs another clearance' END, '', 0, 0
       FROM trial_findings f LEFT JOIN markings k ON k.id = (SELECT m.id FROM markings m WHERE m.document_id = f.document_id
          AND m.source = 'read' AND m.from_at <= $4 AND $4 < m.until_at ORDER BY m.level DESC, m.rank DESC, m.id DESC LIMIT 1)
         LEFT JOIN markings d ON d.id = (SELECT MAX(m.id) FROM markings m WHERE m.document_id = f.document_id
          AND m.source = 'library' AND m.from_at <= $4 AND $4 < m.until_at)
      WHERE f.id = (SELECT b.id FROM trial_findings b WHERE b.rulebook_id = $2 AND b.document_id = $3 AND b.version > 0
          AND b.carries <> '' ORDER BY b.clearance DESC, b.rank DESC, b.version DESC LIMIT 1)
        AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.document_id = $3 AND v.tried_by < $2)
        AND (k.id IS NULL OR k.label <> f.carries OR k.level <> f.clearance OR k.rank <> f.rank)";
/// What somebody said of the document `$3` would need another clearance, or have another place, unless another marking of it is
/// told already.
pub(super) const NOTE_SAID: &str =
    "INSERT INTO trial_findings (id, rulebook_id, version_id, document_id, version, effect, verdict_before, label_before,
       verdict_after, label_after, why, carries, clearance, rank)
     VALUES ($1, $2, 0, $3, 0, 'marked', '', $4, '', $4, $5, '', 0, 0) ON CONFLICT (rulebook_id, document_id, version) DO NOTHING";

macro_rules! books {
    ($which:literal) => {
        concat!(
            "SELECT r.id, r.name, r.proposed_at, r.from_at, r.until_at, CASE WHEN t.rulebook_id IS NULL THEN 0 ELSE 1 END AS tried,
               COALESCE(t.ended_at, 0) AS ended_at, COALESCE(t.became, 0) AS became, COALESCE(t.done, 0) AS done,
               COALESCE(t.total, 0) AS total, ",
            author!("r.proposed_by", "proposed_by", "r.proposed_at"),
            ", ",
            author!("COALESCE(t.ended_by, 0)", "ended_by", "COALESCE(t.ended_at, 0)"),
            " FROM rulebooks r LEFT JOIN trials t ON t.rulebook_id = r.id WHERE ",
            $which
        )
    };
}
/// The rules before `$1`, the newest first.
pub(super) const BOOKS: &str = books!("r.id < $1 ORDER BY r.id DESC LIMIT $2");
pub(super) const BOOK: &str = books!("r.id = $1");
pub(super) const TEXTS: &str = "SELECT r.policy, r.schemes FROM rulebooks r WHERE r.id = $1";
/// Rules that are proposed have both times at the end of all time.
pub(super) const PROPOSE: &str =
    "INSERT INTO rulebooks (id, name, policy, schemes, program, proposed_by, proposed_at, from_at, until_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
pub(super) const BEGIN_TRIAL: &str = "INSERT INTO trials (rulebook_id, ended_at, ended_by, became, done, total) VALUES ($1, $2, 0, 0, 0, 0)";
pub(super) const HOW_FAR: &str = "SELECT (SELECT COUNT(*) FROM versions v WHERE v.tried_by = $1) AS done, (SELECT COUNT(*) FROM versions) AS total";
pub(super) const END_TRIAL: &str = "UPDATE trials SET ended_at = $2, ended_by = $3, became = $4, done = $5, total = $6 WHERE rulebook_id = $1";
pub(super) const EFFECTS: &str = "SELECT f.effect, COUNT(*) AS number FROM trial_findings f
  WHERE f.rulebook_id = $1 AND f.effect <> '' GROUP BY f.effect";
macro_rules! changes {
    ($from:literal, $which:literal) => {
        concat!(
            "SELECT f.id, f.effect, f.document_id, i.name, f.version, l.id AS library_id, l.name AS library,
               s.name AS site, f.verdict_before, f.label_before, f.verdict_after, f.label_after, f.why FROM ",
            $from,
            " JOIN libraries l ON l.id = i.library_id JOIN sites s ON s.id = l.site_id
             WHERE f.rulebook_id = $1 AND f.effect <> '' AND f.id > $2 AND ($3 = '' OR f.effect = $3)",
            $which,
            " ORDER BY f.id LIMIT $4"
        )
    };
}
/// What would change by the rules `$1`, after `$2`.
pub(super) const CHANGES: &str =
    changes!("trial_findings f JOIN items i ON i.id = f.document_id", "");
/// The same in the library `$5`, whose documents are looked for first.
pub(super) const CHANGES_OF_LIBRARY: &str = changes!(
    "items i CROSS JOIN trial_findings f",
    " AND f.document_id = i.id AND i.library_id = $5"
);
/// What would change by the rules `$1` in each library: those in which most would be closed first, and then those in which most
/// would change; after the library `$2` in that order.
pub(super) const LIBRARIES: &str = "WITH totals(library_id, sealed, held, alerted, lifted, marked, reads, closed, changes) AS (
   SELECT i.library_id,
     CAST(SUM(CASE WHEN f.effect = 'sealed' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN f.effect = 'held' THEN 1 ELSE 0 END) AS BIGINT),
     CAST(SUM(CASE WHEN f.effect = 'alerted' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN f.effect = 'lifted' THEN 1 ELSE 0 END) AS BIGINT),
     CAST(SUM(CASE WHEN f.effect = 'marked' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN f.effect = 'read' THEN 1 ELSE 0 END) AS BIGINT),
     CAST(SUM(CASE WHEN f.effect IN ('sealed', 'held') THEN 1 ELSE 0 END) AS BIGINT), COUNT(*)
     FROM trial_findings f JOIN items i ON i.id = f.document_id WHERE f.rulebook_id = $1 AND f.effect <> '' GROUP BY i.library_id)
 SELECT t.library_id, l.name AS library, s.name AS site, t.sealed, t.held, t.alerted, t.lifted, t.marked, t.reads
   FROM totals t JOIN libraries l ON l.id = t.library_id JOIN sites s ON s.id = l.site_id
   LEFT JOIN totals h ON h.library_id = $2
  WHERE h.library_id IS NULL OR t.closed < h.closed OR (t.closed = h.closed AND t.changes < h.changes)
     OR (t.closed = h.closed AND t.changes = h.changes AND t.library_id > h.library_id)
  ORDER BY t.closed DESC, t.changes DESC, t.library_id LIMIT $3";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    OPEN,
    TO_TRY,
    NOTE,
    TRIED,
    FORGET_MARKED,
    NOTE_MARKED,
    NOTE_SAID,
    BOOKS,
    BOOK,
    TEXTS,
    PROPOSE,
    BEGIN_TRIAL,
    HOW_FAR,
    END_TRIAL,
    EFFECTS,
    CHANGES,
    CHANGES_OF_LIBRARY,
    LIBRARIES,
];
