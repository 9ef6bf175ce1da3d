//! The text of the one rule of access: who holds which role on which place, and what is built on it.
//! How it is asked stands in [`super::access`].

/// The rule as SQL: common table expressions `subjects` and
/// `holds(person_id, place_id, role, grant_id, subject_kind, subject_id, inherited)` at time `$1`.
/// The filters narrow the same text to a person or to a place, so that the database starts there: one for each arm of
/// `subjects` (each calls its table `x`), one for the grants `g` of a place itself, and one for those that a library `l`
/// takes from its site. `CROSS JOIN … WHERE` keeps SQLite to the order that is written: from one person's few subjects to
/// what they were given, or from one place's few grants to whom they were given; and `MATERIALIZED` keeps it from
/// working the rule out again wherever it is asked. PostgreSQL chooses for itself.
macro_rules! rule {
    ($person:literal, $team:literal, $organisation:literal, $everyone:literal, $from:literal, $direct:literal, $inherited:literal) => {
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
             holds(person_id, place_id, role, grant_id, subject_kind, subject_id, inherited) AS MATERIALIZED (
               SELECT s.person_id, g.place_id, g.role, g.id, g.subject_kind, g.subject_id, 0
                 FROM ", $from, "
                WHERE g.subject_id = s.subject_id AND g.subject_kind = s.kind
                  AND g.from_at <= $1 AND $1 < g.until_at", $direct, "
               UNION ALL
               SELECT s.person_id, l.id, g.role, g.id, g.subject_kind, g.subject_id, 1
                 FROM ", $from, " CROSS JOIN libraries l CROSS JOIN inheritances i
                WHERE g.subject_id = s.subject_id AND g.subject_kind = s.kind
                  AND g.from_at <= $1 AND $1 < g.until_at", $inherited, "
                  AND l.site_id = g.place_id
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
            ""
        )
    };
}
pub(crate) use {holds, rule};

/// The rule for one place (`$2`: a site or a library) over every person: who can see it, and why.
macro_rules! holders {
    () => {
        concat!(
            "given(kind, subject_id, grant_id) AS MATERIALIZED (
               SELECT g.subject_kind, g.subject_id, g.id FROM grants g
                WHERE g.from_at <= $1 AND $1 < g.until_at
                  AND (g.place_id = $2 OR g.place_id IN (SELECT l.site_id FROM libraries l WHERE l.id = $2))), ",
            $crate::kernel::rule!(
                " AND x.person_id IN (SELECT v.subject_id FROM given v WHERE v.kind = 1)",
                " AND x.team_id IN (SELECT v.subject_id FROM given v WHERE v.kind = 2)",
                " AND x.organisation_id IN (SELECT v.subject_id FROM given v WHERE v.kind = 3)",
                " AND 0 IN (SELECT v.kind FROM given v)",
                "given v CROSS JOIN grants g CROSS JOIN subjects s",
                " AND g.id = v.grant_id",
                " AND g.id = v.grant_id AND l.id = $2"
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

/// Whether the person `$2` runs the realm, and looks after any organisation, at `$1`; and the latest
/// entry of the journal, which no write may be behind.
macro_rules! offices {
    () => {
        "COALESCE((SELECT MAX(j.id) FROM journal j), 0) AS latest,
         CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = $2 AND a.from_at <= $1 AND $1 < a.until_at)
              THEN 1 ELSE 0 END AS active,
         CASE WHEN EXISTS (SELECT 1 FROM reachable_offices o WHERE o.person_id = $2 AND o.office = 'operator'
                AND o.from_at <= $1 AND $1 < o.until_at) THEN 1 ELSE 0 END AS operator"
    };
}
pub(super) use offices;
