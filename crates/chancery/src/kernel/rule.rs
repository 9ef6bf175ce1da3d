//! The text of the one rule of access: who holds which role on which place, and what is built on it.
//! How it is asked stands in [`super::access`].

/// The rule as SQL: common table expressions `subjects`, `reached` and
/// `holds(person_id, place_id, role, grant_id, subject_kind, subject_id, inherited)` at time `$1`. A person is each of
/// their subjects; a grant reaches them on its own place, and from there on every library that takes its site's access.
///
/// The filters narrow the same text to a person or to a place, so that the database starts there: one for each arm of
/// `subjects` (each calls its table `x`), one for the grants `g`, one for what is held on its own place `r`, and one for
/// the libraries `l` that inherit. What is read `FROM` is written in the order to go through it: `CROSS JOIN … WHERE`
/// keeps SQLite to it, from one person's few subjects to what they were given, or from one place's few grants to whom
/// they were given; and `MATERIALIZED` keeps either engine from working a step out again wherever it is asked, or from
/// beginning the next one elsewhere.
macro_rules! rule {
    ($person:literal, $team:literal, $organisation:literal, $everyone:literal, $from:literal, $given:literal,
     $own:literal, $inheriting:literal, $library:literal) => {
        concat!(
            "subjects(person_id, kind, subject_id) AS MATERIALIZED (
               SELECT x.person_id, 1, x.person_id FROM accounts x
                WHERE x.from_at <= $1 AND $1 < x.until_at", $person, "
               UNION ALL SELECT x.person_id, 2, x.team_id FROM memberships x CROSS JOIN accounts a
                WHERE x.from_at <= $1 AND $1 < x.until_at", $team, "
                  AND a.person_id = x.person_id AND a.from_at <= $1 AND $1 < a.until_at
               UNION ALL SELECT x.person_id, 3, x.organisation_id FROM belongings x CROSS JOIN accounts a
                WHERE x.from_at <= $1 AND $1 < x.until_at", $organisation, "
                  AND a.person_id = x.person_id AND a.from_at <= $1 AND $1 < a.until_at
               UNION ALL SELECT x.person_id, 0, 0 FROM accounts x
                WHERE x.from_at <= $1 AND $1 < x.until_at", $everyone, "),
             reached(person_id, place_id, role, grant_id, subject_kind, subject_id) AS MATERIALIZED (
               SELECT s.person_id, g.place_id, g.role, g.id, g.subject_kind, g.subject_id
                 FROM ", $from, "
                WHERE g.subject_id = s.subject_id AND g.subject_kind = s.kind
                  AND g.from_at <= $1 AND $1 < g.until_at", $given, "),
             holds(person_id, place_id, role, grant_id, subject_kind, subject_id, inherited) AS MATERIALIZED (
               SELECT r.person_id, r.place_id, r.role, r.grant_id, r.subject_kind, r.subject_id, 0 FROM reached r", $own, "
               UNION ALL
               SELECT r.person_id, l.id, r.role, r.grant_id, r.subject_kind, r.subject_id, 1
                 FROM ", $inheriting, "
                WHERE l.site_id = r.place_id", $library, "
                  AND i.library_id = l.id AND i.from_at <= $1 AND $1 < i.until_at)"
        )
    };
}

/// The rule for one person (`$2`) over every place: for lists, through [`Scope`](super::Scope).
macro_rules! holds {
    () => {
        $crate::kernel::rule!(
            " AND x.person_id = $2",
            " AND x.person_id = $2",
            " AND x.person_id = $2",
            " AND x.person_id = $2",
            "subjects s CROSS JOIN reachable_grants g",
            "",
            "",
            "reached r CROSS JOIN libraries l CROSS JOIN inheritances i",
            ""
        )
    };
}
pub(crate) use {holds, rule};

/// The rule for one place (`$2`: a site or a library) over every person: who can see it, and why, and nothing of the site
/// that a library is in. With a condition on
/// the grants `g`, only what those give: `holders!(" AND g.role = 3")` tells the owners without looking for readers.
macro_rules! holders {
    () => {
        $crate::kernel::holders!("")
    };
    ($given:literal) => {
        concat!(
            "given(id, place_id, subject_kind, subject_id, role, from_at, until_at) AS MATERIALIZED (
               SELECT g.id, g.place_id, g.subject_kind, g.subject_id, g.role, g.from_at, g.until_at FROM grants g
                WHERE g.from_at <= $1 AND $1 < g.until_at",
            $given,
            "
                  AND (g.place_id = $2 OR g.place_id IN (SELECT l.site_id FROM libraries l WHERE l.id = $2))), ",
            $crate::kernel::rule!(
                " AND x.person_id IN (SELECT v.subject_id FROM given v WHERE v.subject_kind = 1)",
                " AND x.team_id IN (SELECT v.subject_id FROM given v WHERE v.subject_kind = 2)",
                " AND x.organisation_id IN (SELECT v.subject_id FROM given v WHERE v.subject_kind = 3)",
                " AND EXISTS (SELECT 1 FROM given v WHERE v.subject_kind = 0)",
                "given g CROSS JOIN subjects s",
                "",
                " WHERE r.place_id = $2",
                "libraries l CROSS JOIN inheritances i CROSS JOIN reached r",
                " AND l.id = $2"
            )
        )
    };
}
pub(crate) use holders;

/// Who may know of whom, for the person `$2` at `$1`: `met(organisation_id)`, the organisations
/// whose people they meet (their own, and every one that has a role on a place where they have one).
/// Places open to everyone do not count: being let in with the whole realm is not meeting it.
/// Follows [`holds!`] in the same WITH.
macro_rules! fence {
    () => {
        "my_places(place_id) AS (
           SELECT h.place_id FROM holds h WHERE h.subject_kind <> 0
           UNION SELECT l.site_id FROM holds h
             JOIN libraries l ON l.id = h.place_id
             JOIN inheritances i ON i.library_id = l.id AND i.from_at <= $1 AND $1 < i.until_at
            WHERE h.subject_kind <> 0),
         shared(kind, subject_id) AS (
           SELECT DISTINCT g.subject_kind, g.subject_id FROM my_places p CROSS JOIN grants g
            WHERE g.place_id = p.place_id AND g.from_at <= $1 AND $1 < g.until_at AND g.subject_kind <> 0),
         met(organisation_id) AS (
           SELECT b.organisation_id FROM reachable_belongings b
            WHERE b.person_id = $2 AND b.from_at <= $1 AND $1 < b.until_at
           UNION SELECT v.subject_id FROM shared v WHERE v.kind = 3
           UNION SELECT b.organisation_id FROM shared v
             JOIN belongings b ON b.person_id = v.subject_id AND b.from_at <= $1 AND $1 < b.until_at
            WHERE v.kind = 1
           UNION SELECT b.organisation_id FROM shared v
             JOIN memberships m ON m.team_id = v.subject_id AND m.from_at <= $1 AND $1 < m.until_at
             JOIN belongings b ON b.person_id = m.person_id AND b.from_at <= $1 AND $1 < b.until_at
            WHERE v.kind = 2)"
    };
}
pub(crate) use fence;

/// Whether the person `$2` runs the realm, and is an assurance officer, at `$1`; and the latest
/// entry of the journal, which no write may be behind.
macro_rules! offices {
    () => {
        "COALESCE((SELECT MAX(j.id) FROM journal j), 0) AS latest,
         CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = $2 AND a.from_at <= $1 AND $1 < a.until_at)
              THEN 1 ELSE 0 END AS active,
         CASE WHEN EXISTS (SELECT 1 FROM reachable_offices o WHERE o.person_id = $2 AND o.office = 'operator'
                AND o.from_at <= $1 AND $1 < o.until_at) THEN 1 ELSE 0 END AS operator,
         CASE WHEN EXISTS (SELECT 1 FROM reachable_offices o WHERE o.person_id = $2 AND o.office = 'assurance'
                AND o.from_at <= $1 AND $1 < o.until_at) THEN 1 ELSE 0 END AS assurance"
    };
}
pub(super) use offices;
