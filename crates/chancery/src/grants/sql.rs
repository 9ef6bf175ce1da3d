//! The SQL of access. Who holds which role is never decided here: every statement about that
//! begins with the kernel's rule.

use crate::Result;
use crate::kernel::{FromRow, Id, Role, Row, Time, fence, holders, holds, record, thing};
use crate::people::{Author, author, person_columns, person_joins};

record! {
    pub(super) struct CountsRow {
        pub(super) owners: u64, pub(super) contributors: u64, pub(super) readers: u64, pub(super) organisations: u64,
    }
}
record! {
    pub(super) struct OpenedRow { pub(super) person_id: i64, pub(super) at: Time }
}
record! {
    /// To whom access is given: the name, and an organisation's sector or a person's organisation.
    pub(super) struct SubjectRow { pub(super) name: String, pub(super) note: String }
}
record! {
    /// A grant in force, with to whom it was given.
    pub(super) struct HeldRow {
        pub(super) place_id: i64,
        pub(super) subject_kind: i64,
        pub(super) subject_id: i64,
        pub(super) role: Role,
        pub(super) from_at: Time,
        pub(super) until_at: Time,
        pub(super) name: String,
        pub(super) note: String,
    }
}
record! {
    pub(super) struct ChoiceRow {
        pub(super) kind: i64,
        pub(super) id: i64,
        pub(super) name: String,
        pub(super) name_key: String,
        pub(super) email_key: String,
        pub(super) note: String,
        pub(super) people: Option<u64>,
        pub(super) organisations: Option<u64>,
    }
}

record! {
    pub(super) struct LibraryRow {
        pub(super) id: Id<thing::Library>,
        pub(super) name: String,
        pub(super) name_key: String,
        pub(super) inherits: bool,
    }
}

/// A grant on the access page.
#[derive(Debug)]
pub(super) struct GrantRow {
    pub(super) id: Id<thing::Grant>,
    pub(super) subject_kind: i64,
    pub(super) subject_id: i64,
    pub(super) role: Role,
    pub(super) from_at: Time,
    pub(super) until_at: Time,
    pub(super) inherited: bool,
    pub(super) given_by: Author,
    pub(super) name: String,
    pub(super) name_key: String,
    pub(super) note: String,
    pub(super) people: Option<u64>,
    pub(super) organisations: Option<u64>,
}

impl FromRow for GrantRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            subject_kind: row.get("subject_kind")?,
            subject_id: row.get("subject_id")?,
            role: row.get("role")?,
            from_at: row.get("from_at")?,
            until_at: row.get("until_at")?,
            inherited: row.get("inherited")?,
            given_by: Author::read(row, "giver")?,
            name: row.get("name")?,
            name_key: row.get("name_key")?,
            note: row.get("note")?,
            people: row.get("people")?,
            organisations: row.get("organisations")?,
        })
    }
}

/// Whether the library `$2` takes its site's access at `$1`.
pub(super) const INHERITS: &str =
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM inheritances i WHERE i.library_id = $2
      AND i.from_at <= $1 AND $1 < i.until_at) THEN 1 ELSE 0 END AS value";

/// Everybody who can see the place `$2` at `$1`, with the greatest role of each.
macro_rules! everybody {
    () => {
        concat!(
            holders!(), ", everybody(person_id, role) AS (
               SELECT h.person_id, MAX(h.role) FROM holds h WHERE h.place_id = $2 GROUP BY h.person_id)"
        )
    };
}

/// A reason, from `holds h`, `grants g` and the names of teams `t` and organisations `u`.
macro_rules! because {
    ($person:literal) => {
        concat!(
            "h.role, h.grant_id, h.subject_kind, h.inherited, g.until_at,
             COALESCE(t.name, u.name, CASE WHEN h.subject_kind = 1 THEN ",
            $person,
            " ELSE '' END) AS subject_name"
        )
    };
}
macro_rules! subjects_of_holds {
    () => {
        " LEFT JOIN teams t ON h.subject_kind = 2 AND t.id = h.subject_id
          LEFT JOIN organisations u ON h.subject_kind = 3 AND u.id = h.subject_id "
    };
}

/// Of the people in `named`, from `holds h`. Within a CASE PostgreSQL puts them into a table of its own and looks there;
/// as a join it would go through all of them for each, because it cannot know how many the rule finds.
macro_rules! of_the_named {
    () => {
        "CASE WHEN h.person_id IN (SELECT n.person_id FROM named n) THEN 1 ELSE 0 END = 1"
    };
}

/// Every reason of each of the first `$3` people, by organisation, role and name.
pub(super) const HOLDERS: &str = concat!(
    "WITH ", everybody!(), ",
     named(person_id) AS (SELECT e.person_id FROM everybody e", person_joins!("e.person_id"), "
        ORDER BY who_organisation.name_key, who_organisation.id, e.role DESC, who.name_key, who.id LIMIT $3)
     SELECT ", person_columns!(), ", who.name_key, who_organisation.name_key AS organisation_key,
       who_organisation.sector, ", because!("who.name"), "
      FROM holds h JOIN grants g ON g.id = h.grant_id", person_joins!("h.person_id"), subjects_of_holds!(), "
     WHERE h.place_id = $2 AND ", of_the_named!()
);

/// Every reason of each of the first `$4` people after the person `$3`, by their ids.
pub(super) const HOLDERS_AFTER: &str = concat!(
    "WITH ",
    everybody!(),
    ",
     named(person_id) AS (SELECT e.person_id FROM everybody e",
    person_joins!("e.person_id"),
    "
        WHERE e.person_id > $3 ORDER BY e.person_id LIMIT $4)
     SELECT ",
    person_columns!(),
    ", who.name_key, who_organisation.name_key AS organisation_key,
       who_organisation.sector, ",
    because!("who.name"),
    "
      FROM holds h JOIN grants g ON g.id = h.grant_id",
    person_joins!("h.person_id"),
    subjects_of_holds!(),
    "
     WHERE h.place_id = $2 AND ",
    of_the_named!()
);

/// Everybody who can see the place, with their greatest role: what a preview compares.
pub(super) const SNAPSHOT: &str = concat!(
    "WITH ",
    everybody!(),
    " SELECT ",
    person_columns!(),
    ", who.name_key,
       who_organisation.name_key AS organisation_key, who_organisation.sector, e.role
      FROM everybody e",
    person_joins!("e.person_id")
);

/// The organisations whose people the person `$2` meets.
pub(super) const MET: &str = concat!(
    "WITH ",
    holds!(),
    ", ",
    fence!(),
    " SELECT m.organisation_id AS value FROM met m"
);

pub(super) const COUNTS: &str = concat!(
    "WITH ",
    everybody!(),
    " SELECT
       COALESCE(CAST(SUM(CASE WHEN e.role = 3 THEN 1 ELSE 0 END) AS BIGINT), 0) AS owners,
       COALESCE(CAST(SUM(CASE WHEN e.role = 2 THEN 1 ELSE 0 END) AS BIGINT), 0) AS contributors,
       COALESCE(CAST(SUM(CASE WHEN e.role = 1 THEN 1 ELSE 0 END) AS BIGINT), 0) AS readers,
       COUNT(DISTINCT b.organisation_id) AS organisations
      FROM everybody e
      LEFT JOIN belongings b ON b.person_id = e.person_id AND b.from_at <= $1 AND $1 < b.until_at"
);

/// How many people own the place `$2` at `$1`.
pub(super) const OWNERS: &str = concat!(
    "WITH ",
    holders!(" AND g.role = 3"),
    " SELECT COUNT(DISTINCT h.person_id) AS value FROM holds h WHERE h.place_id = $2"
);

/// Every grant that gives the person `$2` a role on the place `$3` at `$1`.
pub(super) const BECAUSE: &str = concat!(
    "WITH ",
    holds!(),
    " SELECT ",
    because!("p.name"),
    "
      FROM holds h JOIN grants g ON g.id = h.grant_id JOIN people p ON p.id = h.person_id",
    subjects_of_holds!(),
    "WHERE h.place_id = $3"
);
pub(super) const PERSON: &str = concat!(
    "SELECT ",
    person_columns!(),
    " FROM people x",
    person_joins!("x.id"),
    " WHERE x.id = $2"
);
pub(super) const ACCOUNT: &str =
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = $2
    AND a.from_at <= $1 AND $1 < a.until_at) THEN 1 ELSE 0 END AS value";

/// When each person last opened or downloaded a document, in the place `$3` or the libraries of
/// the site `$3`, as far as the person `$2` owns them.
pub(super) const LAST_OPENED: &str = concat!(
    "WITH ", holds!(), ",
     owned(id) AS (SELECT DISTINCT l.id FROM libraries l JOIN holds h ON h.place_id = l.id AND h.role = 3
        WHERE l.id = $3 OR l.site_id = $3)
     SELECT j.person_id, MAX(j.at) AS at FROM owned o
       JOIN journal j ON j.library_id = o.id AND j.sort = 'read' AND j.action IN ('OpenVersion', 'DownloadVersion')
      GROUP BY j.person_id"
);

/// How many people are in a team or an organisation, or in the realm, with an active account.
macro_rules! counted {
    ($what:literal, $kind:literal, $id:literal) => {
        concat!(
            "CASE ", $kind, "
              WHEN 0 THEN (SELECT COUNT(DISTINCT ", $what, ") FROM accounts a
                 JOIN belongings b ON b.person_id = a.person_id AND b.from_at <= $1 AND $1 < b.until_at
                WHERE a.from_at <= $1 AND $1 < a.until_at)
              WHEN 2 THEN (SELECT COUNT(DISTINCT ", $what, ") FROM memberships m
                 JOIN accounts a ON a.person_id = m.person_id AND a.from_at <= $1 AND $1 < a.until_at
                 JOIN belongings b ON b.person_id = a.person_id AND b.from_at <= $1 AND $1 < b.until_at
                WHERE m.team_id = ", $id, " AND m.from_at <= $1 AND $1 < m.until_at)
              WHEN 3 THEN (SELECT COUNT(DISTINCT ", $what, ") FROM belongings b
                 JOIN accounts a ON a.person_id = b.person_id AND a.from_at <= $1 AND $1 < a.until_at
                WHERE b.organisation_id = ", $id, " AND b.from_at <= $1 AND $1 < b.until_at)
            END"
        )
    };
}

/// The name of whoever a grant `g` is to, from people `p`, teams `t` and organisations `u`.
macro_rules! subject {
    () => {
        "COALESCE(p.name, t.name, u.name, 'Everyone in the realm') AS name,
         COALESCE(po.name, u.sector, '') AS note"
    };
}
macro_rules! of_subject {
    () => {
        " LEFT JOIN people p ON g.subject_kind = 1 AND p.id = g.subject_id
          LEFT JOIN belongings pb ON pb.person_id = p.id AND pb.from_at <= $1 AND $1 < pb.until_at
          LEFT JOIN organisations po ON po.id = pb.organisation_id
          LEFT JOIN teams t ON g.subject_kind = 2 AND t.id = g.subject_id
          LEFT JOIN organisations u ON g.subject_kind = 3 AND u.id = g.subject_id "
    };
}

/// The grants in force on the place `$2` at `$1`, and those of its site where it inherits.
pub(super) const GRANTS: &str = concat!(
    "WITH here(place_id, inherited) AS (
       SELECT s.id, 0 FROM sites s WHERE s.id = $2
       UNION ALL SELECT l.id, 0 FROM libraries l WHERE l.id = $2
       UNION ALL SELECT l.site_id, 1 FROM libraries l
         JOIN inheritances i ON i.library_id = l.id AND i.from_at <= $1 AND $1 < i.until_at WHERE l.id = $2)
     SELECT g.id, g.subject_kind, g.subject_id, g.role, g.from_at, g.until_at, n.inherited, ",
    author!("g.given_by", "giver", "g.from_at"), ", ", subject!(), ",
       COALESCE(p.name_key, t.name_key, u.name_key, '') AS name_key, ",
    counted!("a.person_id", "g.subject_kind", "g.subject_id"), " AS people, ",
    counted!("b.organisation_id", "g.subject_kind", "g.subject_id"), " AS organisations
      FROM here n JOIN grants g ON g.place_id = n.place_id AND g.from_at <= $1 AND $1 < g.until_at", of_subject!()
);

macro_rules! held {
    () => {
        concat!(
            "SELECT g.place_id, g.subject_kind, g.subject_id, g.role, g.from_at, g.until_at, ",
            subject!(),
            " FROM grants g",
            of_subject!(),
            "WHERE g.from_at <= $1 AND $1 < g.until_at AND "
        )
    };
}
/// The grant `$2`, when it is in force at `$1`.
pub(super) const HELD: &str = concat!(held!(), "g.id = $2");
/// The grants in force on the place `$2` itself.
pub(super) const HELD_HERE: &str = concat!(held!(), "g.place_id = $2");

/// To whom: the person, team or organisation `$2`.
pub(super) const SUBJECT_PERSON: &str = "SELECT p.name, COALESCE(o.name, '') AS note FROM people p
    LEFT JOIN belongings b ON b.person_id = p.id AND b.from_at <= $1 AND $1 < b.until_at
    LEFT JOIN organisations o ON o.id = b.organisation_id WHERE p.id = $2";
pub(super) const SUBJECT_TEAM: &str =
    "SELECT t.name, '' AS note FROM teams t WHERE t.id = $2 AND $1 >= 0";
pub(super) const SUBJECT_ORGANISATION: &str =
    "SELECT o.name, o.sector AS note FROM organisations o WHERE o.id = $2 AND $1 >= 0";

/// Whom a text can mean: `$3` a pattern for names, `$4` an exact e-mail address, `$5` 1 for
/// somebody who may know of everybody, `$6` how many of each kind.
pub(super) const CHOICES: &str = concat!(
    "WITH ", holds!(), ", ", fence!(), ",
     people_found(id) AS (SELECT p.id FROM people p
        JOIN accounts a ON a.person_id = p.id AND a.from_at <= $1 AND $1 < a.until_at
        JOIN belongings b ON b.person_id = p.id AND b.from_at <= $1 AND $1 < b.until_at
       WHERE p.email_key = $4
          OR (p.name_key LIKE $3 ESCAPE '\\' AND ($5 = 1 OR b.organisation_id IN (SELECT m.organisation_id FROM met m)))
       ORDER BY CASE WHEN p.email_key = $4 THEN 0 ELSE 1 END, p.name_key, p.id LIMIT $6),
     teams_found(id) AS (SELECT t.id FROM teams t WHERE t.name_key LIKE $3 ESCAPE '\\'
         AND ($5 = 1 OR t.id IN (SELECT v.subject_id FROM shared v WHERE v.kind = 2)
           OR t.id IN (SELECT m.team_id FROM memberships m WHERE m.person_id = $2 AND m.from_at <= $1 AND $1 < m.until_at))
       ORDER BY t.name_key LIMIT $6),
     organisations_found(id) AS (SELECT o.id FROM organisations o WHERE o.name_key LIKE $3 ESCAPE '\\'
       ORDER BY o.name_key LIMIT $6)
     SELECT 1 AS kind, p.id, p.name, p.name_key, CASE WHEN p.email_key = $4 THEN p.email_key ELSE '' END AS email_key,
         CASE WHEN p.title = '' THEN o.name ELSE p.title || ', ' || o.name END AS note,
         CAST(NULL AS BIGINT) AS people, CAST(NULL AS BIGINT) AS organisations
       FROM people_found f JOIN people p ON p.id = f.id
       JOIN belongings b ON b.person_id = p.id AND b.from_at <= $1 AND $1 < b.until_at
       JOIN organisations o ON o.id = b.organisation_id
     UNION ALL SELECT 2, t.id, t.name, t.name_key, '', '', ",
    counted!("a.person_id", "2", "t.id"), ", ", counted!("b.organisation_id", "2", "t.id"), "
       FROM teams_found f JOIN teams t ON t.id = f.id
     UNION ALL SELECT 3, o.id, o.name, o.name_key, '', o.sector, NULL, NULL
       FROM organisations_found f JOIN organisations o ON o.id = f.id"
);

/// The libraries of the site `$2`, and which take its access at `$1`.
pub(super) const LIBRARIES: &str = "SELECT l.id, l.name, l.name_key,
    CASE WHEN EXISTS (SELECT 1 FROM inheritances i WHERE i.library_id = l.id
           AND i.from_at <= $1 AND $1 < i.until_at) THEN 1 ELSE 0 END AS inherits
  FROM libraries l WHERE l.site_id = $2";

/// How many libraries of the site `$2` take its access at `$1`.
pub(super) const INHERITING: &str = "SELECT COUNT(*) AS value FROM libraries l
    JOIN inheritances i ON i.library_id = l.id AND i.from_at <= $1 AND $1 < i.until_at WHERE l.site_id = $2";

pub(super) const GIVE: &str =
    "INSERT INTO grants (id, place_id, subject_kind, subject_id, role, from_at, until_at, given_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/// Ends the grant `$2` on the place `$3`.
pub(super) const END: &str = "UPDATE grants SET until_at = $1, ended_by = $4
  WHERE id = $2 AND place_id = $3 AND from_at <= $1 AND $1 < until_at";
/// Ends every grant on the place `$2` to one subject.
pub(super) const END_OF: &str = "UPDATE grants SET until_at = $1, ended_by = $5
  WHERE place_id = $2 AND subject_kind = $3 AND subject_id = $4 AND from_at <= $1 AND $1 < until_at";
pub(super) const INHERIT: &str =
    "INSERT INTO inheritances (id, library_id, from_at, until_at) VALUES ($1, $2, $3, $4)";
pub(super) const STOP_INHERITING: &str = "UPDATE inheritances SET until_at = $1
  WHERE library_id = $2 AND from_at <= $1 AND $1 < until_at";

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    INHERITS,
    HOLDERS,
    HOLDERS_AFTER,
    SNAPSHOT,
    MET,
    COUNTS,
    OWNERS,
    BECAUSE,
    PERSON,
    ACCOUNT,
    LAST_OPENED,
    GRANTS,
    HELD,
    HELD_HERE,
    SUBJECT_PERSON,
    SUBJECT_TEAM,
    SUBJECT_ORGANISATION,
    CHOICES,
    LIBRARIES,
    INHERITING,
    GIVE,
    END,
    END_OF,
    INHERIT,
    STOP_INHERITING,
];
