//! Who can see a place, and by which grants.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::SubjectName;
use crate::Result;
use crate::kernel::{FromRow, Id, Role, Row, Time, thing};
use crate::people::{PersonLine, Sector};

/// How many people a page names at most; the counts beside them are of everybody.
pub const HOLDERS_SHOWN: u32 = 2000;

/// A grant that gives somebody a role: the explanation of their access is all of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The grant.
    pub grant: Id<thing::Grant>,
    /// The role it gives.
    pub role: Role,
    /// Through whom.
    pub subject: SubjectName,
    /// Whether it is on the site, and the library takes it over.
    pub inherited: bool,
    /// When it ends.
    pub until: Option<Time>,
}

/// Somebody who can see a place.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Who.
    pub line: PersonLine,
    /// The sector of their organisation.
    pub sector: Sector,
    /// The greatest role they have.
    pub role: Role,
    /// Every grant that gives them a role here, the greatest role first.
    pub because: Vec<Because>,
    /// When they last opened or downloaded a document here. None for never, and for viewers who
    /// do not own the place.
    pub last_opened: Option<Time>,
}

/// One reason of one person.
#[derive(Debug)]
pub(super) struct HolderRow {
    line: PersonLine,
    sector: Sector,
    organisation_key: String,
    name_key: String,
    because: Because,
}

impl FromRow for Because {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            grant: row.get("grant_id")?,
            role: row.get("role")?,
            subject: SubjectName::of(row.get("subject_kind")?, row.get("subject_name")?),
            inherited: row.get("inherited")?,
            until: row.get::<Time>("until_at")?.ends(),
        })
    }
}

impl FromRow for HolderRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            line: PersonLine::from_row(row)?,
            sector: row.get("sector")?,
            organisation_key: row.get("organisation_key")?,
            name_key: row.get("name_key")?,
            because: Because::from_row(row)?,
        })
    }
}

/// The reasons of one person: the greatest role first, and the place's own grants before inherited ones.
pub(super) fn ordered(mut because: Vec<Because>) -> Vec<Because> {
    because.sort_by_key(|one| (Reverse(one.role), one.inherited, one.grant));
    because
}

/// One holder for each person, by organisation, then the greatest role, then name.
pub(super) fn gather(rows: Vec<HolderRow>, opened: &HashMap<i64, Time>) -> Vec<Holder> {
    let mut people: BTreeMap<Id<thing::Person>, (HolderRow, Vec<Because>)> = BTreeMap::new();
    for row in rows {
        let because = row.because.clone();
        people
            .entry(row.line.id)
            .or_insert_with(|| (row, Vec::new()))
            .1
            .push(because);
    }
    let mut holders: Vec<(String, String, Holder)> = people
        .into_values()
        .map(|(row, because)| {
            let because = ordered(because);
            let role = because.first().map_or(row.because.role, |first| first.role);
            let last_opened = opened.get(&row.line.id.raw()).copied();
            let holder = Holder {
                line: row.line,
                sector: row.sector,
                role,
                because,
                last_opened,
            };
            (row.organisation_key, row.name_key, holder)
        })
        .collect();
    holders.sort_by(|one, other| {
        let key = |(organisation, name, holder): &(String, String, Holder)| {
            (
                organisation.clone(),
                holder.line.organisation_id,
                Reverse(holder.role),
                name.clone(),
                holder.line.id,
            )
        };
        key(one).cmp(&key(other))
    });
    holders.into_iter().map(|(_, _, holder)| holder).collect()
}
