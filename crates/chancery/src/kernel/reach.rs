//! How far a token reaches: never further than the person who made it, and often less far.
//!
//! The limit is part of the one rule of access. What the rule reads about whoever acts, it reads
//! from four names (`reachable_grants`, `reachable_offices`, `reachable_belongings`,
//! `reachable_memberships`), which are the whole tables unless the actor has a reach: then each
//! statement that asks the rule begins with narrower tables of the same names. So roles, listings,
//! counts and what a page offers are limited without any capability knowing. What is asked about
//! other people (`holders!`) reads the whole tables: a limit on one person's token changes nobody's role.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Arg, Id, Needs, Role, thing};
use crate::{Error, Result};

/// What a token may do of what its person may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum May {
    /// See and read.
    Read,
    /// Add and change documents too.
    Contribute,
    /// All that the person may.
    Everything,
}

impl May {
    /// Every one, least first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Contribute, Self::Everything];

    /// As it is stored and as a form names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Contribute => "contribute",
            Self::Everything => "everything",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|may| may.name() == name)
    }

    /// The greatest role that counts.
    pub const fn ceiling(self) -> Role {
        match self {
            Self::Read => Role::Reader,
            Self::Contribute => Role::Contributor,
            Self::Everything => Role::Owner,
        }
    }

    const fn refusal(self) -> &'static str {
        match self {
            Self::Read => "This token may only read",
            Self::Contribute => "This token may only read, and add and change documents",
            Self::Everything => "This token is for one site, and this is not of that site",
        }
    }
}

/// How far an actor reaches when it is a program with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// What it may do.
    pub may: May,
    /// On this site only.
    pub site: Option<Id<thing::Site>>,
}

impl Reach {
    /// All that the person may, wherever they may.
    pub fn is_whole(self) -> bool {
        self.may == May::Everything && self.site.is_none()
    }

    /// Refuses what lies beyond one site, and one's own account, unless the reach is whole.
    pub(super) fn whole(self) -> Result<()> {
        if self.is_whole() {
            Ok(())
        } else {
            Err(self.refused())
        }
    }

    fn refused(self) -> Error {
        Error::Refused(self.may.refusal())
    }

    /// The decision that the rule made about what this reach lets be seen, with the reach's own
    /// word on it. A write is refused where only the token stands in the way of knowing better.
    pub(crate) fn weigh(self, decided: Result<()>, needs: Needs, writes: bool) -> Result<()> {
        match decided {
            // The person may be allowed more than their token: say which of the two is the limit.
            Err(Error::Refused(_)) if self.limits(needs) => Err(self.refused()),
            Ok(()) if writes && !self.writes(needs) => Err(self.refused()),
            Ok(()) if needs == Needs::OpenSites => self.whole(),
            decided => decided,
        }
    }

    fn limits(self, needs: Needs) -> bool {
        match needs {
            Needs::Role(least) => self.may.ceiling() < least,
            Needs::Govern | Needs::Settle => self.may < May::Everything,
            _ => !self.is_whole(),
        }
    }

    fn writes(self, needs: Needs) -> bool {
        match self.may {
            May::Read => false,
            May::Contribute => matches!(needs, Needs::Role(_) | Needs::Know),
            May::Everything => {
                self.is_whole()
                    || matches!(
                        needs,
                        Needs::Role(_)
                            | Needs::Know
                            | Needs::Settle
                            | Needs::Govern
                            | Needs::Glimpse
                    )
            }
        }
    }

    /// The statement with the narrower tables before it, when it asks the rule. A site is one more
    /// argument: there are few texts, whatever many tokens are for, and each is prepared once.
    pub(super) fn narrow<'a>(self, sql: &'a str, args: &mut Vec<Arg>) -> Cow<'a, str> {
        if self.is_whole() || !sql.contains("reachable_") {
            return Cow::Borrowed(sql);
        }
        let site = self.site.map(|site| {
            args.push(Arg::from(site));
            args.len()
        });
        let (before, rest) = match sql.split_once("WITH ") {
            Some(("", rest)) => match rest.strip_prefix("RECURSIVE ") {
                Some(rest) => ("WITH RECURSIVE ", Some(rest)),
                None => ("WITH ", Some(rest)),
            },
            _ => ("WITH ", None),
        };
        let mut narrowed = String::with_capacity(sql.len() + 1024);
        narrowed.push_str(before);
        self.tables(&mut narrowed, site);
        if let Some(rest) = rest {
            narrowed.push_str(", ");
            narrowed.push_str(rest);
        } else {
            narrowed.push(' ');
            narrowed.push_str(sql);
        }
        Cow::Owned(narrowed)
    }

    /// Every limit that is not whole ends the offices; a site, which is the argument of this number,
    /// ends what is of no place too.
    fn tables(self, sql: &mut String, site: Option<usize>) {
        // The level is a number of ours: there is nothing in it to escape.
        let (here, of_no_place) = match site {
            Some(site) => (
                format!(
                    "g.place_id = ${site} OR g.place_id IN (SELECT l.id FROM libraries l WHERE l.site_id = ${site})"
                ),
                "1 = 0",
            ),
            None => ("1 = 1".to_owned(), "1 = 1"),
        };
        let ceiling = self.may.ceiling().level();
        // Writing to a String cannot fail.
        let _ = write!(
            sql,
            "reachable_grants(id, place_id, subject_kind, subject_id, role, from_at, until_at) AS NOT MATERIALIZED (
               SELECT g.id, g.place_id, g.subject_kind, g.subject_id,
                      CASE WHEN g.role > {ceiling} THEN {ceiling} ELSE g.role END, g.from_at, g.until_at
                 FROM grants g WHERE {here}),
             reachable_offices(id, person_id, office, organisation_id, from_at, until_at) AS NOT MATERIALIZED (
               SELECT o.id, o.person_id, o.office, o.organisation_id, o.from_at, o.until_at
                 FROM offices o WHERE 1 = 0),
             reachable_belongings(id, person_id, organisation_id, from_at, until_at) AS NOT MATERIALIZED (
               SELECT b.id, b.person_id, b.organisation_id, b.from_at, b.until_at
                 FROM belongings b WHERE {of_no_place}),
             reachable_memberships(id, team_id, person_id, from_at, until_at) AS NOT MATERIALIZED (
               SELECT m.id, m.team_id, m.person_id, m.from_at, m.until_at
                 FROM memberships m WHERE {of_no_place})"
        );
    }
}
