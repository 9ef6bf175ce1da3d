//! The SQL of this capability, by subject. Private to it.

pub(super) mod accounts;
pub(super) mod offices;
pub(super) mod organisations;
pub(super) mod people;
pub(super) mod sign_in;
pub(super) mod teams;
pub(super) mod throttle;
pub(super) mod tokens;

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [
        accounts::STATEMENTS,
        offices::STATEMENTS,
        organisations::STATEMENTS,
        people::STATEMENTS,
        sign_in::STATEMENTS,
        teams::STATEMENTS,
        throttle::STATEMENTS,
        tokens::STATEMENTS,
    ]
    .concat()
}

/// The organisations that the person `$2` looks after at `$1`: `looks_after(organisation_id)`.
/// A coordinator of an umbrella body looks after its members too; an operator after all.
macro_rules! looks_after {
    () => {
        "looks_after(organisation_id) AS (
           SELECT o.organisation_id FROM reachable_offices o
            WHERE o.person_id = $2 AND o.office = 'coordinator' AND o.from_at <= $1 AND $1 < o.until_at
           UNION SELECT u.member_id FROM reachable_offices o
             JOIN umbrellas u ON u.umbrella_id = o.organisation_id AND u.from_at <= $1 AND $1 < u.until_at
            WHERE o.person_id = $2 AND o.office = 'coordinator' AND o.from_at <= $1 AND $1 < o.until_at
           UNION SELECT t.id FROM organisations t
            WHERE EXISTS (SELECT 1 FROM reachable_offices o WHERE o.person_id = $2 AND o.office = 'operator'
                    AND o.from_at <= $1 AND $1 < o.until_at))"
    };
}
use looks_after;
