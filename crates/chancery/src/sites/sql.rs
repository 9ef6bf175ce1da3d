//! The SQL of sites.

use crate::Result;
use crate::kernel::{FromRow, Id, Role, Row, Time, fence, holders, holds, record, thing};
use crate::people::{PersonLine, person_columns, person_joins};

record! {
    pub(super) struct SiteRow {
        pub(super) id: Id<thing::Site>,
        pub(super) name: String,
        pub(super) name_key: String,
        pub(super) kind: String,
        pub(super) purpose: String,
        pub(super) organisation_id: Id<thing::Organisation>,
        pub(super) organisation: String,
        pub(super) created_at: Time,
    }
}

record! {
    pub(super) struct LibraryRow {
        pub(super) id: Id<thing::Library>,
        pub(super) name: String,
        pub(super) name_key: String,
        pub(super) purpose: String,
        pub(super) inherits: bool,
        pub(super) documents: u64,
        pub(super) changed_at: Time,
    }
}

/// A person, and by what their name is sorted.
#[derive(Debug)]
pub(super) struct OwnerRow {
    pub(super) line: PersonLine,
    pub(super) key: String,
}

impl FromRow for OwnerRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            line: PersonLine::from_row(row)?,
            key: row.get("name_key")?,
        })
    }
}

/// A member, once for each duty of theirs.
#[derive(Debug)]
pub(super) struct MemberRow {
    pub(super) line: PersonLine,
    pub(super) key: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) role: Role,
    pub(super) duty: Option<String>,
    pub(super) team: Option<String>,
}

impl FromRow for MemberRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            line: PersonLine::from_row(row)?,
            key: row.get("name_key")?,
            email: row.get("email")?,
            phone: row.get("phone")?,
            role: row.get("role")?,
            duty: row.get("duty")?,
            team: row.get("team")?,
        })
    }
}

record! {
    pub(super) struct ExposureRow { pub(super) people: u64, pub(super) organisations: u64 }
}

record! {
    pub(super) struct OrganisationRow {
        pub(super) id: Id<thing::Organisation>,
        pub(super) name: String,
        pub(super) name_key: String,
        pub(super) mine: bool,
    }
}

macro_rules! site {
    () => {
        "SELECT s.id, s.name, s.name_key, s.kind, s.purpose, s.organisation_id, o.name AS organisation, s.created_at
           FROM sites s JOIN organisations o ON o.id = s.organisation_id "
    };
}

pub(super) const SITE: &str = concat!(site!(), "WHERE s.id = $1");
pub(super) const ALL: &str = site!();
pub(super) const MINE: &str = concat!(
    "WITH ",
    holds!(),
    " ",
    site!(),
    "WHERE s.id IN (SELECT h.place_id FROM holds h
       UNION SELECT l.site_id FROM holds h JOIN libraries l ON l.id = h.place_id)"
);

/// The documents of a library `l` that the person `$2` knows of.
macro_rules! known {
    () => {
        "FROM items i WHERE i.library_id = l.id AND i.is_document = 1 AND i.binned_at = 0
          AND (m.role >= 2 OR i.published IS NULL OR i.published > 0)
          AND NOT EXISTS (SELECT 1 FROM markings k JOIN cleared c ON k.level > c.level
               WHERE k.document_id = i.id AND k.from_at <= $1 AND $1 < k.until_at)"
    };
}

/// The libraries of the site `$3` that the person `$2` can read at `$1`. Their documents are counted up to
/// `$4`; those above the person's clearance are not: for that person they do not exist.
pub(super) const LIBRARIES: &str = concat!(
    "WITH ", holds!(), ",
     cleared(level) AS (SELECT COALESCE(MAX(c.level), 0) FROM clearances c
        WHERE c.person_id = $2 AND c.from_at <= $1 AND $1 < c.until_at),
     mine(id, role) AS (SELECT l.id, MAX(h.role) FROM holds h CROSS JOIN libraries l
        WHERE l.id = h.place_id AND l.site_id = $3 GROUP BY l.id)
     SELECT l.id, l.name, l.name_key, l.purpose,
       CASE WHEN EXISTS (SELECT 1 FROM inheritances i WHERE i.library_id = l.id
              AND i.from_at <= $1 AND $1 < i.until_at) THEN 1 ELSE 0 END AS inherits,
       (SELECT COUNT(*) FROM (SELECT 1 AS one ", known!(), " LIMIT $4) counted) AS documents,
       CASE WHEN m.role >= 2 OR NOT EXISTS (SELECT 1 FROM publishing_rules u WHERE u.library_id = l.id
              AND u.from_at <= $1 AND $1 < u.until_at)
         THEN COALESCE((SELECT i.changed_at ", known!(), " ORDER BY i.changed_at DESC LIMIT 1), 0)
         ELSE COALESCE((SELECT i.published_at ", known!(), " AND i.published > 0 ORDER BY i.published_at DESC LIMIT 1), 0)
         END AS changed_at
      FROM mine m CROSS JOIN libraries l WHERE l.id = m.id"
);

/// Who owns the site `$2` at `$1`.
pub(super) const OWNERS: &str = concat!(
    "WITH ",
    holders!(" AND g.role = 3"),
    " SELECT ",
    person_columns!(),
    ", who.name_key
      FROM (SELECT DISTINCT h.person_id FROM holds h WHERE h.place_id = $2) x",
    person_joins!("x.person_id")
);

/// Who is in the site `$2` at `$1` by more than a grant to everyone, one row for each duty in a
/// team that is let in; at most `$3` people, the greatest roles first.
pub(super) const MEMBERS: &str = concat!(
    "WITH ",
    holders!(),
    ",
     named(person_id, role) AS (
       SELECT h.person_id, MAX(h.role) FROM holds h JOIN people p ON p.id = h.person_id
        WHERE h.place_id = $2 AND h.subject_kind <> 0
        GROUP BY h.person_id, p.name_key ORDER BY 2 DESC, p.name_key, h.person_id LIMIT $3)
     SELECT ",
    person_columns!(),
    ", who.name_key, who.email, who.phone, n.role, m.duty, t.name AS team
      FROM named n",
    person_joins!("n.person_id"),
    "
      LEFT JOIN memberships m ON m.person_id = n.person_id AND m.from_at <= $1 AND $1 < m.until_at
        AND m.team_id IN (SELECT v.subject_id FROM given v WHERE v.subject_kind = 2)
      LEFT JOIN teams t ON t.id = m.team_id"
);
/// How many people there are in all by more than a grant to everyone, and the role that everyone has.
pub(super) const MEMBERS_IN_ALL: &str = concat!(
    "WITH ", holders!(), " SELECT
       (SELECT COUNT(DISTINCT h.person_id) FROM holds h WHERE h.place_id = $2 AND h.subject_kind <> 0) AS people,
       COALESCE((SELECT MAX(g.role) FROM grants g WHERE g.place_id = $2 AND g.subject_kind = 0
          AND g.from_at <= $1 AND $1 < g.until_at), 0) AS everyone"
);
/// Whether the person `$2` is in the site `$3` by more than a grant to everyone.
pub(super) const NAMED: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT COUNT(*) AS value FROM holds h WHERE h.place_id = $3 AND h.subject_kind <> 0"
);
/// The organisations whose people this person knows of.
pub(super) const MET: &str = concat!(
    "WITH ",
    holds!(),
    ", ",
    fence!(),
    " SELECT organisation_id AS value FROM met"
);

/// How many people of how many organisations can see the place `$2`. Whoever is in with their organisation is of that one.
pub(super) const EXPOSURE: &str = concat!(
    "WITH ", holders!(), " SELECT COUNT(DISTINCT h.person_id) AS people,
         COUNT(DISTINCT CASE WHEN h.subject_kind = 3 THEN h.subject_id ELSE
            (SELECT b.organisation_id FROM belongings b
              WHERE b.person_id = h.person_id AND b.from_at <= $1 AND $1 < b.until_at) END) AS organisations
       FROM holds h WHERE h.place_id = $2"
);

/// The organisation of the person `$2` at `$1`.
pub(super) const MY_ORGANISATION: &str = "SELECT b.organisation_id AS value FROM belongings b
  WHERE b.person_id = $2 AND b.from_at <= $1 AND $1 < b.until_at";
/// The organisations for which the person `$2` may open a site: their own, those that they look
/// after with the members of those, and every one for an operator (`$3`).
pub(super) const MAY_RUN: &str = "WITH looked_after(id) AS (
    SELECT o.organisation_id FROM reachable_offices o WHERE o.person_id = $2 AND o.office = 'coordinator'
       AND o.from_at <= $1 AND $1 < o.until_at),
  own(id) AS (SELECT b.organisation_id FROM belongings b
     WHERE b.person_id = $2 AND b.from_at <= $1 AND $1 < b.until_at)
  SELECT t.id, t.name, t.name_key, CASE WHEN t.id IN (SELECT id FROM own) THEN 1 ELSE 0 END AS mine
    FROM organisations t
   WHERE $3 = 1 OR t.id IN (SELECT id FROM own) OR t.id IN (SELECT id FROM looked_after)
      OR t.id IN (SELECT u.member_id FROM umbrellas u JOIN looked_after a ON a.id = u.umbrella_id
            WHERE u.from_at <= $1 AND $1 < u.until_at)";

pub(super) const INSERT_SITE: &str =
    "INSERT INTO sites (id, name, name_key, kind, purpose, organisation_id, created_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(super) const INSERT_OWNER: &str =
    "INSERT INTO grants (id, place_id, subject_kind, subject_id, role, from_at, until_at, given_by)
     VALUES ($1, $2, 1, $3, 3, $4, $5, $3)";
pub(super) const UPDATE_SITE: &str = "UPDATE sites SET name = $2, name_key = $3, kind = $4, purpose = $5, organisation_id = $6 WHERE id = $1";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    SITE,
    ALL,
    MINE,
    LIBRARIES,
    OWNERS,
    MEMBERS,
    MEMBERS_IN_ALL,
    NAMED,
    MET,
    EXPOSURE,
    MY_ORGANISATION,
    MAY_RUN,
    INSERT_SITE,
    INSERT_OWNER,
    UPDATE_SITE,
];
