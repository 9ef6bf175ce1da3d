//! The one rule of access, in one place.
//!
//! A person may do a thing at time *t* exactly when, at *t*, the account is active; some grant
//! gives a role that includes it, on the library or (where it inherits) on its site, to the
//! person, a team of theirs, their organisation or everyone; and the document is not sealed (which a seal can be to all
//! but one person), no version of it that somebody else made has yet to be read for its marking, and
//! its marking is not above their clearance; and, for a reader of a library that requires publishing at *t*, a version
//! of it is published. There is no deny. *Now* is one value of *t*.
//!
//! The rule is one text of SQL, [`holds!`](super::holds): who holds which role on which place at `$1`, by which
//! grant. It is asked in three ways: about one person and one place ([`Standing`]), about one person
//! and every place ([`Scope`](super::Scope)), and about one place and every person
//! ([`holders!`](super::holders)). A property test replays random histories against it. What a token may do less
//! than its person is part of it: [`Reach`](super::Reach).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::rule::{fence, holds, offices, rule};
use super::{Arg, FromRow, Id, Kind, Place, Queries, Reach, Time, record, thing};
use crate::{Error, Result};

/// What a grant lets somebody do on a site or library; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// See and read.
    Reader,
    /// Add and change documents too.
    Contributor,
    /// Decide who can see it, and change the place itself.
    Owner,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Contributor, Self::Owner];

    /// As it is stored: greater includes lesser.
    pub const fn level(self) -> i64 {
        match self {
            Self::Reader => 1,
            Self::Contributor => 2,
            Self::Owner => 3,
        }
    }

    /// From how it is stored; 0 is no role.
    pub const fn from_level(level: i64) -> Option<Self> {
        match level {
            1 => Some(Self::Reader),
            2 => Some(Self::Contributor),
            3 => Some(Self::Owner),
            _ => None,
        }
    }

    /// As a page and a form name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Contributor => "contributor",
            Self::Owner => "owner",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What an action needs of the person who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: anybody who can reach the sign-in page.
    Nobody,
    /// To be signed in, with an active account.
    SignedIn,
    /// To be that person.
    Oneself,
    /// To share a place with that person or team, or to look after them.
    Meet,
    /// To run the realm.
    Operate,
    /// To look after that organisation, or the organisation of that person.
    Coordinate,
    /// To own a site, look after an organisation, or run the realm: those who may open a site.
    OpenSites,
    /// To have a role on the site or on any library in it.
    Glimpse,
    /// To have at least this role: on the site, or on the library (of the item).
    Role(Role),
    /// To know of the item: to have a role on its library, whether or not it is sealed or being read.
    Know,
    /// To own the library of the item, whether or not the item is sealed, or to be an assurance officer.
    Settle,
    /// To own the place or its site, or to run the realm: those who may change access.
    Govern,
    /// To be an assurance officer.
    Assure,
    /// To be an assurance officer, or whoever runs the realm, at the machine itself.
    SetRules,
    /// To be the realm itself, at work on what was brought to it: no person is.
    Itself,
}

/// Where a person stands towards a target at one moment: what every decision is made from.
#[derive(Debug, Clone, Copy)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one fact that the rule weighs"
)]
pub struct Standing {
    /// The account is active at that moment.
    pub active: bool,
    /// The person is the target.
    pub oneself: bool,
    /// The person runs the realm.
    pub operator: bool,
    /// The person is an assurance officer.
    pub assurance: bool,
    /// No person, but the realm itself.
    pub itself: bool,
    /// The person looks after the organisation concerned (for the realm: any organisation).
    pub coordinator: bool,
    /// The person owns a site somewhere.
    pub opens_sites: bool,
    /// They may know of each other.
    pub met: bool,
    /// The role on the target's library; for a site, on the site.
    pub role: Option<Role>,
    /// The role on the site.
    pub site_role: Option<Role>,
    /// The person has some role on the site or on a library in it.
    pub glimpse: bool,
    /// The document is sealed, also to this person.
    pub sealed: bool,
    /// A version of the document that somebody else made has yet to be read for its marking.
    pub being_read: bool,
    /// The document's marking is above the person's clearance.
    pub above_clearance: bool,
    /// The item is in the recycle bin.
    pub binned: bool,
    /// The library requires publishing: its readers see what is published.
    pub publishing: bool,
    /// The document is in such a library, and no version of it is published.
    pub unpublished: bool,
    /// Where the target is.
    pub place: Place,
    /// The latest entry of the journal at that time.
    pub(super) latest: i64,
}

impl Standing {
    /// Who is nobody stands nowhere: what every other standing adds to.
    pub(super) const NOBODY: Self = Self {
        active: false,
        oneself: false,
        operator: false,
        assurance: false,
        itself: false,
        coordinator: false,
        opens_sites: false,
        met: false,
        role: None,
        site_role: None,
        glimpse: false,
        sealed: false,
        being_read: false,
        above_clearance: false,
        binned: false,
        publishing: false,
        unpublished: false,
        place: Place::NOWHERE,
        latest: 0,
    };

    /// Who is nobody, for tests of what is made from a standing.
    #[cfg(test)]
    pub(crate) const fn nobody() -> Self {
        Self::NOBODY
    }

    /// The role that counts at this moment: none for an inactive account or a document above the clearance.
    pub fn effective(&self) -> Option<Role> {
        self.role.filter(|role| {
            self.active
                && !self.above_clearance
                && !self.sealed
                && !self.being_read
                && !self.hides(*role)
        })
    }

    /// Whether this is a draft that nobody of this role knows of.
    fn hides(&self, role: Role) -> bool {
        self.unpublished && role < Role::Contributor
    }

    /// Whether all that the person may see in this library is what is published there.
    pub fn sees_only_published(&self) -> bool {
        self.publishing && !self.itself && self.role < Some(Role::Contributor)
    }

    /// Whether the person may govern the place: change who can see it.
    pub fn governs(&self) -> bool {
        self.active
            && (self.operator
                || self.role == Some(Role::Owner)
                || self.site_role == Some(Role::Owner))
    }

    /// The rule, applied. `Ok` is permission; [`Error::NotFound`] when the person may not know of
    /// the thing; [`Error::Refused`] when they see it and may not do this.
    pub fn decide(&self, needs: Needs, in_bin: bool) -> Result<()> {
        if needs == Needs::Nobody {
            return Ok(());
        }
        if !self.active {
            return Err(Error::SignedOut);
        }
        match needs {
            Needs::Nobody | Needs::SignedIn => Ok(()),
            Needs::Oneself => self.oneself.then_some(()).ok_or(Error::NotFound),
            Needs::Meet => (self.oneself || self.met || self.operator || self.coordinator)
                .then_some(())
                .ok_or(Error::NotFound),
            Needs::Operate => self.operator.then_some(()).ok_or(Error::NotFound),
            Needs::Coordinate => (self.operator || self.coordinator)
                .then_some(())
                .ok_or(Error::NotFound),
            Needs::OpenSites => (self.operator || self.coordinator || self.opens_sites)
                .then_some(())
                .ok_or(Error::Refused(
                    "Sites are opened by people who own a site, coordinators and operators",
                )),
            Needs::Glimpse => (self.glimpse || self.role.is_some())
                .then_some(())
                .ok_or(Error::NotFound),
            Needs::Role(least) => self.decide_role(least, in_bin),
            Needs::Know => self.knows().map(|_| ()),
            Needs::Settle if self.assurance => Ok(()),
            Needs::Settle => match self.knows()? {
                Role::Owner => Ok(()),
                _ => Err(Error::Refused("Only an owner can do this")),
            },
            Needs::Assure => self.assurance.then_some(()).ok_or(Error::NotFound),
            Needs::SetRules => (self.assurance || self.itself)
                .then_some(())
                .ok_or(Error::NotFound),
            Needs::Itself => self.itself.then_some(()).ok_or(Error::NotFound),
            Needs::Govern if self.governs() => Ok(()),
            Needs::Govern if self.role.is_some() => Err(Error::Refused(
                "Only the owners of this place decide who can see it",
            )),
            Needs::Govern => Err(Error::NotFound),
        }
    }

    /// The role of somebody who may know of the thing, whatever they may do with it.
    fn knows(&self) -> Result<Role> {
        let Some(role) = self.role.filter(|_| !self.above_clearance) else {
            return Err(Error::NotFound);
        };
        // The recycle bin belongs to those who can change the library.
        if self.binned && role < Role::Contributor {
            return Err(Error::NotFound);
        }
        if self.hides(role) {
            return Err(Error::NotFound);
        }
        Ok(role)
    }

    fn decide_role(&self, least: Role, in_bin: bool) -> Result<()> {
        let role = self.knows()?;
        if self.sealed {
            return Err(Error::Sealed);
        }
        if self.being_read {
            return Err(Error::BeingRead);
        }
        if role < least {
            return Err(Error::Refused(match least {
                Role::Owner => "Only an owner can do this",
                _ => "You can read this, and only contributors and owners can change it",
            }));
        }
        if self.binned && !in_bin {
            return Err(Error::Conflict(
                "This is in the recycle bin. Restore it first".to_owned(),
            ));
        }
        Ok(())
    }
}

macro_rules! place_standing {
    ($placed:literal) => {
        concat!(
            "WITH placed(site_id, library_id, item_id, binned) AS MATERIALIZED (", $placed, "), ",
            rule!(
                " AND x.person_id = $2",
                " AND x.person_id = $2",
                " AND x.person_id = $2",
                " AND x.person_id = $2",
                "placed q CROSS JOIN subjects s CROSS JOIN reachable_grants g",
                " AND (g.place_id = q.site_id
                    OR EXISTS (SELECT 1 FROM libraries n WHERE n.id = g.place_id AND n.site_id = q.site_id))",
                "",
                "reached r CROSS JOIN libraries l CROSS JOIN inheritances i",
                ""
            ),
            ", roles(library_role, site_role, any_role) AS (
               SELECT MAX(CASE WHEN h.place_id = q.library_id THEN h.role END),
                 MAX(CASE WHEN h.place_id = q.site_id THEN h.role END), MAX(h.role)
                 FROM placed q CROSS JOIN holds h)
             SELECT q.site_id, q.library_id, q.item_id, q.binned,
               COALESCE(r.library_role, 0) AS library_role, COALESCE(r.site_role, 0) AS site_role,
               COALESCE(r.any_role, 0) AS any_role,
               CASE WHEN EXISTS (SELECT 1 FROM seals e WHERE e.document_id = q.item_id
                      AND e.from_at <= $1 AND $1 < e.until_at AND (e.open_to = 0 OR e.open_to <> $2))
                    THEN 1 ELSE 0 END AS sealed,
               CASE WHEN EXISTS (SELECT 1 FROM versions v WHERE v.document_id = q.item_id AND v.read_at > $1
                      AND v.created_at <= $1 AND v.author_id <> $2) THEN 1 ELSE 0 END AS being_read,
               CASE WHEN EXISTS (SELECT 1 FROM versions v JOIN publications n ON n.document_id = v.document_id
                      AND n.number = v.number AND n.from_at <= $1 AND $1 < n.until_at
                      WHERE v.document_id = q.item_id AND v.read_at > $1
                      AND v.created_at <= $1 AND v.author_id <> $2) THEN 1 ELSE 0 END AS shown_being_read,
               CASE WHEN COALESCE((SELECT MAX(k.level) FROM markings k WHERE k.document_id = q.item_id
                      AND k.from_at <= $1 AND $1 < k.until_at), 0)
                    > COALESCE((SELECT MAX(c.level) FROM clearances c WHERE c.person_id = $2
                      AND c.from_at <= $1 AND $1 < c.until_at), 0) THEN 1 ELSE 0 END AS above_clearance,
               CASE WHEN EXISTS (SELECT 1 FROM publishing_rules u WHERE u.library_id = q.library_id
                      AND u.from_at <= $1 AND $1 < u.until_at) THEN 1 ELSE 0 END AS publishing,
               CASE WHEN q.item_id <> 0
                     AND EXISTS (SELECT 1 FROM publishing_rules u WHERE u.library_id = q.library_id
                      AND u.from_at <= $1 AND $1 < u.until_at)
                     AND NOT EXISTS (SELECT 1 FROM publications n WHERE n.document_id = q.item_id
                      AND n.from_at <= $1 AND $1 < n.until_at)
                     AND EXISTS (SELECT 1 FROM items f WHERE f.id = q.item_id AND f.is_document = 1)
                    THEN 1 ELSE 0 END AS unpublished, ",
            offices!(),
            " FROM placed q CROSS JOIN roles r"
        )
    };
}

const SITE: &str = place_standing!("SELECT s.id, 0, 0, 0 FROM sites s WHERE s.id = $3");
const LIBRARY: &str =
    place_standing!("SELECT l.site_id, l.id, 0, 0 FROM libraries l WHERE l.id = $3");
/// A document is where its placement at `$1` says; a folder stays in its library. What went for good is not there.
const ITEM: &str = place_standing!(
    "SELECT l.site_id, l.id, i.id, CASE WHEN i.binned_at > 0 THEN 1 ELSE 0 END
       FROM items i
       LEFT JOIN placements p ON p.document_id = i.id AND p.from_at <= $1 AND $1 < p.until_at
       JOIN libraries l ON l.id = COALESCE(p.library_id, i.library_id)
      WHERE i.id = $3 AND i.gone_at = 0 AND (i.is_document = 0 OR p.id IS NOT NULL)"
);

const REALM: &str = concat!(
    "WITH ", holds!(), " SELECT ", offices!(),
    ", CASE WHEN EXISTS (SELECT 1 FROM reachable_offices o WHERE o.person_id = $2 AND o.office = 'coordinator'
            AND o.from_at <= $1 AND $1 < o.until_at) THEN 1 ELSE 0 END AS coordinator,
      CASE WHEN EXISTS (SELECT 1 FROM holds h JOIN sites s ON s.id = h.place_id WHERE h.role = 3)
           THEN 1 ELSE 0 END AS opens_sites, 0 AS met, $3 AS target"
);

macro_rules! coordinates {
    ($organisation:literal) => {
        concat!(
            ", CASE WHEN EXISTS (SELECT 1 FROM reachable_offices o WHERE o.person_id = $2 AND o.office = 'coordinator'
                 AND o.from_at <= $1 AND $1 < o.until_at
                 AND (o.organisation_id = ", $organisation, "
                   OR o.organisation_id IN (SELECT u.umbrella_id FROM umbrellas u WHERE u.member_id = ", $organisation, "
                        AND u.from_at <= $1 AND $1 < u.until_at))) THEN 1 ELSE 0 END AS coordinator, 0 AS opens_sites"
        )
    };
}

/// Organisations are known to everybody in the realm; their people are not.
const ORGANISATION: &str = concat!(
    "SELECT ",
    offices!(),
    coordinates!("t.id"),
    ", 1 AS met, t.id AS target FROM organisations t WHERE t.id = $3"
);
const PERSON: &str = concat!(
    "WITH ", holds!(), ", ", fence!(), " SELECT ", offices!(), coordinates!("b.organisation_id"),
    ", CASE WHEN b.organisation_id IN (SELECT m.organisation_id FROM met m) THEN 1 ELSE 0 END AS met,
       t.id AS target
      FROM people t
      JOIN belongings b ON b.person_id = t.id AND b.from_at <= $1 AND $1 < b.until_at
     WHERE t.id = $3"
);
const TEAM: &str = concat!(
    "WITH ",
    holds!(),
    ", ",
    fence!(),
    " SELECT ",
    offices!(),
    ", 0 AS coordinator, 0 AS opens_sites,
      CASE WHEN EXISTS (SELECT 1 FROM reachable_memberships m WHERE m.team_id = t.id AND m.person_id = $2
                AND m.from_at <= $1 AND $1 < m.until_at)
             OR EXISTS (SELECT 1 FROM shared v WHERE v.kind = 2 AND v.subject_id = t.id)
           THEN 1 ELSE 0 END AS met, t.id AS target
      FROM teams t WHERE t.id = $3"
);

/// Every statement of the rule, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[SITE, LIBRARY, ITEM, REALM, ORGANISATION, PERSON, TEAM];

record! {
    struct PlaceRow {
        site_id: Id<thing::Site>, library_id: i64, item_id: i64, binned: bool,
        library_role: i64, site_role: i64, any_role: i64,
        sealed: bool, being_read: bool, shown_being_read: bool, above_clearance: bool, assurance: bool, publishing: bool, unpublished: bool, active: bool, operator: bool, latest: i64,
    }
}
record! {
    struct BodyRow {
        active: bool, operator: bool, assurance: bool, coordinator: bool, opens_sites: bool, met: bool, latest: i64,
    }
}

/// Where a person (or, for `None`, the operator's console) stands towards a target at `t`, as far as
/// their token reaches: one query.
/// [`Error::NotFound`] when there is no such thing.
pub(super) async fn standing(
    queries: &mut impl Queries,
    person: Option<Id<thing::Person>>,
    reach: Option<Reach>,
    kind: Kind,
    target: i64,
    t: Time,
) -> Result<Standing> {
    let sql = match kind {
        Kind::Realm => REALM,
        Kind::Organisation => ORGANISATION,
        Kind::Person => PERSON,
        Kind::Team => TEAM,
        Kind::Site => SITE,
        Kind::Library => LIBRARY,
        Kind::Item => ITEM,
    };
    let who = person.map_or(0, Id::raw);
    let mut args = vec![Arg::from(t), Arg::from(who), Arg::from(target)];
    let sql = reach.map_or(Cow::Borrowed(sql), |reach| reach.narrow(sql, &mut args));
    let rows = queries.rows(&sql, args).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let mut standing = match kind {
        Kind::Site | Kind::Library | Kind::Item => from_place(kind, &PlaceRow::from_row(row)?),
        _ => from_body(kind, target, who, &BodyRow::from_row(row)?),
    };
    if person.is_none() {
        // The console is at the machine itself: it runs the realm and reads nothing.
        standing.active = true;
        standing.operator = true;
        standing.itself = true;
        standing.being_read = false;
    }
    Ok(standing)
}

fn from_place(kind: Kind, row: &PlaceRow) -> Standing {
    let some = |id: i64| (id != 0).then_some(id);
    let site_role = Role::from_level(row.site_role);
    let role = if kind == Kind::Site {
        site_role
    } else {
        Role::from_level(row.library_role)
    };
    // A draft that somebody is at work on closes nothing to those who are shown nothing of it.
    let being_read = if row.publishing && role < Some(Role::Contributor) {
        row.shown_being_read
    } else {
        row.being_read
    };
    Standing {
        active: row.active,
        oneself: false,
        operator: row.operator && row.active,
        assurance: row.assurance && row.active,
        itself: false,
        coordinator: false,
        opens_sites: false,
        met: false,
        role,
        site_role,
        glimpse: row.any_role > 0,
        sealed: row.sealed,
        being_read,
        above_clearance: row.above_clearance,
        binned: row.binned,
        publishing: row.publishing,
        unpublished: row.unpublished,
        place: Place {
            site: Some(row.site_id),
            library: some(row.library_id).map(Id::from_raw),
            item: some(row.item_id).map(Id::from_raw),
            subject: None,
        },
        latest: row.latest,
    }
}

fn from_body(kind: Kind, target: i64, who: i64, row: &BodyRow) -> Standing {
    Standing {
        active: row.active,
        oneself: kind == Kind::Person && target == who,
        operator: row.operator && row.active,
        assurance: row.assurance && row.active,
        coordinator: row.coordinator && row.active,
        opens_sites: row.opens_sites,
        met: row.met,
        place: Place {
            subject: (kind != Kind::Realm).then_some(target),
            ..Place::default()
        },
        latest: row.latest,
        ..Standing::NOBODY
    }
}
