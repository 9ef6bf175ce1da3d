//! Making changes of access in a transaction: for good, or for a preview that is then dropped.

use jiff::tz::TimeZone;

use super::rules::{self, Owners};
use super::sql::{self, HeldRow, SubjectRow};
use super::{Change, Governed, Subject};
use crate::kernel::{Action, Arg, Id, Queries as _, Role, Time, Write, args, thing};
use crate::{Error, Result};

/// How many changes are made together at most.
const MOST: usize = 100;

/// A change that was made.
#[derive(Debug)]
pub(super) struct Applied {
    /// What it does: "Give Harbour Lights reader".
    pub(super) sentence: String,
    /// What was done, after the person's name: "gave Harbour Lights reader".
    pub(super) past: String,
    pub(super) what: &'static str,
    pub(super) to: &'static str,
    pub(super) role: Option<Role>,
    pub(super) subject: Option<i64>,
}

/// What came of the changes.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) applied: Vec<Applied>,
    /// Why some of them made no difference.
    pub(super) idle: Vec<String>,
}

/// How many people own the place now, and how many of them with no end in sight.
pub(super) async fn owners<A: Action>(w: &mut Write<A>) -> Result<Owners> {
    // The last moment of all: only what has no end still counts then.
    let last = Time::from_micros(Time::FOREVER.micros() - 1);
    let now: (u64,) = w.one(sql::OWNERS, args![w.at(), w.target()]).await?;
    let lasting: (u64,) = w.one(sql::OWNERS, args![last, w.target()]).await?;
    Ok(Owners {
        now: now.0,
        lasting: lasting.0,
    })
}

/// Makes the changes, one after the other.
pub(super) async fn apply<P: Governed>(
    w: &mut Write<P::Change>,
    changes: &[Change],
) -> Result<Outcome> {
    if changes.is_empty() {
        return Err(Error::invalid("change", "Choose what to change"));
    }
    if changes.len() > MOST {
        return Err(Error::invalid(
            "change",
            "Make at most 100 changes at a time",
        ));
    }
    let mut outcome = Outcome::default();
    for change in changes {
        match *change {
            Change::Give { to, role, until } => give(w, to, role, until, &mut outcome).await?,
            Change::End { grant } => end::<P>(w, grant, &mut outcome).await?,
            Change::Alter { grant, role, until } => {
                alter::<P>(w, grant, role, until, &mut outcome).await?;
            }
            Change::StopInheriting { .. } | Change::Inherit if !P::IS_LIBRARY => {
                return Err(Error::invalid(
                    "change",
                    "A site has no other place to take its access from",
                ));
            }
            Change::StopInheriting { keep } => stop_inheriting(w, keep, &mut outcome).await?,
            Change::Inherit => inherit(w, &mut outcome).await?,
        }
    }
    Ok(outcome)
}

fn zone<A: Action>(w: &Write<A>) -> TimeZone {
    w.actor().realm().settings().time_zone.clone()
}

async fn subject<A: Action>(w: &mut Write<A>, to: Subject) -> Result<SubjectRow> {
    let (statement, id) = match to {
        Subject::Everyone => {
            return Ok(SubjectRow {
                name: String::new(),
                note: String::new(),
            });
        }
        Subject::Person(id) => (sql::SUBJECT_PERSON, id.raw()),
        Subject::Team(id) => (sql::SUBJECT_TEAM, id.raw()),
        Subject::Organisation(id) => (sql::SUBJECT_ORGANISATION, id.raw()),
    };
    w.first(statement, args![w.at(), id])
        .await?
        .ok_or_else(|| Error::invalid("to", "Choose a person, team or organisation of this realm"))
}

async fn give<A: Action>(
    w: &mut Write<A>,
    to: Subject,
    role: Role,
    until: Option<Time>,
    outcome: &mut Outcome,
) -> Result<()> {
    rules::may_give(to, role, until, w.at())?;
    let who = subject(w, to).await?;
    let who = rules::called(to, &who.name, &who.note);
    let (kind, id) = to.stored();
    let mut had: Vec<HeldRow> = w.all(sql::HELD_HERE, args![w.at(), w.target()]).await?;
    had.retain(|held| (held.subject_kind, held.subject_id) == (kind, id));
    had.sort_by_key(|held| std::cmp::Reverse((held.role, held.until_at)));
    let zone = zone(w);
    let then = rules::term(role, until, &zone);
    let said = match had.first() {
        Some(held) if had.len() == 1 && held.role == role && held.until_at.ends() == until => {
            outcome.idle.push(rules::idle(&who, &then));
            return Ok(());
        }
        Some(held) => {
            let args = args![w.at(), w.target(), kind, id, w.by()];
            w.execute(sql::END_OF, args).await?;
            rules::altered(&who, held.role, held.until_at.ends(), role, until, &zone)
        }
        None => rules::given(&who, &then),
    };
    insert(w, to, role, until.unwrap_or(Time::FOREVER)).await?;
    outcome.applied.push(Applied {
        sentence: said.sentence,
        past: said.past,
        what: if had.is_empty() { "give" } else { "alter" },
        to: to.kind(),
        role: Some(role),
        subject: Some(id),
    });
    Ok(())
}

async fn insert<A: Action>(w: &mut Write<A>, to: Subject, role: Role, until: Time) -> Result<()> {
    let grant: Id<thing::Grant> = w.new_id();
    let (kind, id) = to.stored();
    let args = args![grant, w.target(), kind, id, role, w.at(), until, w.by()];
    w.execute(sql::GIVE, args).await?;
    Ok(())
}

/// The grant, when it is in force and on this place itself.
async fn held<P: Governed>(w: &mut Write<P::Change>, grant: Id<thing::Grant>) -> Result<HeldRow> {
    let row: Option<HeldRow> = w.first(sql::HELD, args![w.at(), grant]).await?;
    let here = w.target().raw();
    let site = w.standing().place.site.map(Id::raw);
    match row {
        Some(row) if row.place_id == here => Ok(row),
        Some(row) if P::IS_LIBRARY && Some(row.place_id) == site => Err(Error::invalid(
            "change",
            "This access comes from the site. Change it there, or stop taking access from the site",
        )),
        _ => Err(Error::invalid("change", "This access has already ended")),
    }
}

async fn end<P: Governed>(
    w: &mut Write<P::Change>,
    grant: Id<thing::Grant>,
    outcome: &mut Outcome,
) -> Result<()> {
    let row = held::<P>(w, grant).await?;
    let args = args![w.at(), grant, w.target(), w.by()];
    w.execute(sql::END, args).await?;
    let subject = Subject::from_stored(row.subject_kind, row.subject_id);
    let who = rules::called(subject, &row.name, &row.note);
    let said = rules::ended(&who, row.role, row.from_at, &zone(w));
    outcome.applied.push(Applied {
        sentence: said.sentence,
        past: said.past,
        what: "end",
        to: subject.kind(),
        role: Some(row.role),
        subject: Some(row.subject_id),
    });
    Ok(())
}

async fn alter<P: Governed>(
    w: &mut Write<P::Change>,
    grant: Id<thing::Grant>,
    role: Role,
    until: Option<Time>,
    outcome: &mut Outcome,
) -> Result<()> {
    let row = held::<P>(w, grant).await?;
    let subject = Subject::from_stored(row.subject_kind, row.subject_id);
    rules::may_give(subject, role, until, w.at())?;
    let who = rules::called(subject, &row.name, &row.note);
    let zone = zone(w);
    if row.role == role && row.until_at.ends() == until {
        let then = rules::term(role, until, &zone);
        outcome.idle.push(rules::idle(&who, &then));
        return Ok(());
    }
    let args = args![w.at(), grant, w.target(), w.by()];
    w.execute(sql::END, args).await?;
    insert(w, subject, role, until.unwrap_or(Time::FOREVER)).await?;
    let said = rules::altered(&who, row.role, row.until_at.ends(), role, until, &zone);
    outcome.applied.push(Applied {
        sentence: said.sentence,
        past: said.past,
        what: "alter",
        to: subject.kind(),
        role: Some(role),
        subject: Some(row.subject_id),
    });
    Ok(())
}

async fn stop_inheriting<A: Action>(
    w: &mut Write<A>,
    keep: bool,
    outcome: &mut Outcome,
) -> Result<()> {
    let Some(site) = w.standing().place.site else {
        return Err(Error::NotFound);
    };
    // The site's grants must not change while they are copied.
    w.lock(site).await?;
    let args = args![w.at(), w.target()];
    if w.execute(sql::STOP_INHERITING, args).await? == 0 {
        let idle = "This library does not take its access from the site: nothing to stop";
        outcome.idle.push(idle.to_owned());
        return Ok(());
    }
    if keep {
        keep_grants(w, site).await?;
    }
    let said = rules::stopped(keep);
    outcome.applied.push(Applied {
        sentence: said.sentence,
        past: said.past,
        what: "stop inheriting",
        to: "place",
        role: None,
        subject: None,
    });
    Ok(())
}

/// Makes the site's present grants the library's own, where it has not got at least as much already.
async fn keep_grants<A: Action>(w: &mut Write<A>, site: Id<thing::Site>) -> Result<()> {
    let own: Vec<HeldRow> = w.all(sql::HELD_HERE, args![w.at(), w.target()]).await?;
    let from_site: Vec<HeldRow> = w.all(sql::HELD_HERE, args![w.at(), site]).await?;
    for grant in from_site {
        let covered = own.iter().any(|held| {
            (held.subject_kind, held.subject_id) == (grant.subject_kind, grant.subject_id)
                && held.role >= grant.role
                && held.until_at >= grant.until_at
        });
        if !covered {
            let subject = Subject::from_stored(grant.subject_kind, grant.subject_id);
            insert(w, subject, grant.role, grant.until_at).await?;
        }
    }
    Ok(())
}

async fn inherit<A: Action>(w: &mut Write<A>, outcome: &mut Outcome) -> Result<()> {
    let inherits: (bool,) = w.one(sql::INHERITS, args![w.at(), w.target()]).await?;
    if inherits.0 {
        let idle = "This library takes its access from the site already";
        outcome.idle.push(idle.to_owned());
        return Ok(());
    }
    let interval: Id<thing::Interval> = w.new_id();
    let args: Vec<Arg> = args![interval, w.target(), w.at(), Time::FOREVER];
    w.execute(sql::INHERIT, args).await?;
    let said = rules::inherited();
    outcome.applied.push(Applied {
        sentence: said.sentence,
        past: said.past,
        what: "inherit",
        to: "place",
        role: None,
        subject: None,
    });
    Ok(())
}
