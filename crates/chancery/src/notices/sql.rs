//! The SQL of notices.

use crate::Result;
use crate::kernel::{
    Column as _, Entry, Following, FromRow, Id, Queries as _, Realm, Row, Scope, Time, args,
    holders, holds, record, seen_by_role, thing::Notice,
};
use crate::libraries::cleared;
use crate::people::{Author, author};

/// How many notices one page holds.
const PAGE: u64 = 50;

/// My notices. What a place is called now is told only to those who can see it now, or decide who can.
const LIST: &str = concat!(
    "WITH ", holds!(),
    " SELECT n.id, n.reason, n.read_at, j.at, j.action, j.data, j.item_id, j.library_id, j.site_id, ",
    author!("j.person_id", "author"), ",
        (SELECT l.name FROM libraries l WHERE l.id = j.library_id
            AND (l.id IN (SELECT h.place_id FROM holds h)
              OR (j.sort = 'access' AND l.site_id IN (SELECT h.place_id FROM holds h WHERE h.role = 3)))) AS library_name,
        CASE WHEN j.library_id IN (SELECT h.place_id FROM holds h) THEN 1 ELSE 0 END AS sees_library,
        (SELECT s.name FROM sites s WHERE s.id = j.site_id
            AND (s.id IN (SELECT h.place_id FROM holds h)
              OR s.id IN (SELECT l.site_id FROM libraries l JOIN holds h ON h.place_id = l.id))) AS site_name,
        CASE WHEN n.reason = 'asked' THEN (SELECT MAX(r.outcome) FROM publication_requests r
               WHERE r.document_id = j.item_id AND r.from_at = j.at) END AS outcome,
        CASE WHEN EXISTS (SELECT 1 FROM holds h WHERE h.place_id = j.library_id AND h.role >= 2) THEN 1 ELSE 0 END AS changes_library,
        CASE WHEN EXISTS (SELECT 1 FROM items i JOIN holds h ON h.place_id = i.library_id
               WHERE i.id = j.item_id AND i.is_document = 1 AND i.gone_at = 0 AND (i.binned_at = 0 OR h.role >= 2) AND ", seen_by_role!("h.role"), " AND ", cleared!("i.id"), ")
             THEN 1 ELSE 0 END AS sees_document,
        CASE WHEN EXISTS (SELECT 1 FROM items i JOIN holds h ON h.place_id = i.library_id
               WHERE i.id = j.item_id AND i.is_document = 1 AND (i.binned_at = 0 OR i.gone_at > 0 OR h.role >= 2)
                 AND ", seen_by_role!("h.role"), " AND ", cleared!("i.id"), ")
             THEN 1 ELSE 0 END AS knows_document,
        CASE WHEN EXISTS (SELECT 1 FROM holds h WHERE h.place_id = j.library_id AND h.role = 3) THEN 1 ELSE 0 END AS owns_library,
        CASE WHEN EXISTS (SELECT 1 FROM reachable_offices o WHERE o.person_id = $2 AND o.office = 'assurance'
               AND o.from_at <= $1 AND $1 < o.until_at) THEN 1 ELSE 0 END AS assures
       FROM notices n JOIN journal j ON j.id = n.entry_id
      WHERE n.person_id = $2 AND n.id < $3
        AND EXISTS (SELECT 1 FROM accounts mine WHERE mine.person_id = $2
              AND mine.from_at <= $1 AND $1 < mine.until_at)
      ORDER BY n.id DESC LIMIT $4"
);
const READ: &str = "UPDATE notices SET read_at = $1 WHERE person_id = $2 AND read_at = 0";
const PUT: &str = "INSERT INTO notices (id, person_id, entry_id, reason, made_at, read_at) VALUES ($1, $2, $3, $4, $5, 0)";
const OWNERS: &str = concat!(
    "WITH ",
    holders!(" AND g.role = 3"),
    " SELECT DISTINCT h.person_id AS value FROM holds h WHERE h.place_id = $2"
);
/// Whether a change at `$1` gave the person `$3` a role on the place `$2` by name that they did not
/// have by name the moment before (`$4`).
const GIVEN: &str = "SELECT COUNT(*) AS value FROM grants g
  WHERE g.place_id = $2 AND g.subject_kind = 1 AND g.subject_id = $3 AND g.from_at = $1 AND g.until_at > $1
    AND NOT EXISTS (SELECT 1 FROM grants e
      WHERE e.subject_kind = 1 AND e.subject_id = $3 AND e.role >= g.role
        AND e.from_at <= $4 AND $4 < e.until_at
        AND (e.place_id = $2 OR e.place_id IN (
          SELECT l.site_id FROM libraries l
            JOIN inheritances i ON i.library_id = l.id AND i.from_at <= $4 AND $4 < i.until_at
           WHERE l.id = $2)))";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[LIST, READ, PUT, OWNERS, GIVEN];

/// A notice with the entry that it was made of.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that its reader may know"
)]
pub(super) struct NoticeRow {
    pub(super) id: Id<Notice>,
    pub(super) reason: String,
    pub(super) read_at: Time,
    pub(super) at: Time,
    pub(super) action: String,
    pub(super) data: serde_json::Value,
    pub(super) author: Author,
    pub(super) item_id: i64,
    pub(super) library_id: i64,
    pub(super) site_id: i64,
    pub(super) library_name: Option<String>,
    pub(super) site_name: Option<String>,
    /// What became of what was asked for: empty while it waits; none of anything else.
    pub(super) outcome: Option<String>,
    pub(super) sees_library: bool,
    /// Whether they change what is in the library, and so know of its drafts.
    pub(super) changes_library: bool,
    pub(super) sees_document: bool,
    /// Whether they knew of the document while it was there.
    pub(super) knows_document: bool,
    pub(super) owns_library: bool,
    /// Whether they are an assurance officer.
    pub(super) assures: bool,
}

impl FromRow for NoticeRow {
    fn from_row(row: &Row) -> Result<Self> {
        let data: String = row.get("data")?;
        Ok(Self {
            id: row.get("id")?,
            reason: row.get("reason")?,
            read_at: row.get("read_at")?,
            at: row.get("at")?,
            action: row.get("action")?,
            data: serde_json::from_str(&data).map_err(crate::Error::unavailable)?,
            author: Author::read(row, "author")?,
            item_id: row.get("item_id")?,
            library_id: row.get("library_id")?,
            site_id: row.get("site_id")?,
            library_name: row.get("library_name")?,
            site_name: row.get("site_name")?,
            outcome: Option::<String>::read(row, "outcome")?,
            sees_library: row.get("sees_library")?,
            changes_library: row.get("changes_library")?,
            sees_document: row.get("sees_document")?,
            knows_document: row.get("knows_document")?,
            owns_library: row.get("owns_library")?,
            assures: row.get("assures")?,
        })
    }
}

pub(super) async fn list(scope: &mut Scope, before: Option<Id<Notice>>) -> Result<Vec<NoticeRow>> {
    let before = before.map_or(i64::MAX, Id::raw);
    scope.all(LIST, args![before, PAGE]).await
}

/// Nobody's act: that I have read what I was told.
pub(super) async fn read(realm: &Realm, person: i64, at: Time) -> Result<()> {
    realm.upkeep(READ, args![at, person]).await?;
    Ok(())
}

pub(super) async fn put(
    following: &mut Following<'_>,
    person: i64,
    entry: &Entry,
    reason: &str,
) -> Result<()> {
    let (id, now): (Id<Notice>, Time) = (following.new_id(), following.now());
    following
        .execute(PUT, args![id, person, entry.id, reason, now])
        .await?;
    Ok(())
}

/// Who owned the place at this moment.
pub(super) async fn owners(
    following: &mut Following<'_>,
    place: i64,
    at: Time,
) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = following.all(OWNERS, args![at, place]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether the change gave this person more by name than they had.
pub(super) async fn given(
    following: &mut Following<'_>,
    place: i64,
    person: i64,
    at: Time,
) -> Result<bool> {
    let before = Time::from_micros(at.micros() - 1);
    let (count,): (i64,) = following
        .one(GIVEN, args![at, place, person, before])
        .await?;
    Ok(count > 0)
}

/// The assurance officers of that moment.
pub(super) async fn officers(following: &mut Following<'_>, at: Time) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = following.all(crate::assurance::OFFICERS, args![at]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The kind of an alert, and who made the version that it is about.
pub(super) async fn alert(
    following: &mut Following<'_>,
    alert: Id<crate::kernel::thing::Alert>,
) -> Result<Option<AboutAlert>> {
    following.first(crate::assurance::ABOUT, args![alert]).await
}

record! {
    /// What an alert is about.
    pub(super) struct AboutAlert { pub(super) kind: String, pub(super) placed_by: i64 }
}
