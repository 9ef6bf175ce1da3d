//! Several documents of a library published in one decision, or asked for at once.
//!
//! What can be done is done, all of it in one commit with an entry for each document; what cannot is named with the reason,
//! and stays as it is. Which version of each is meant comes with the decision: of a document that has another by then,
//! nothing is published that nobody looked at.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};

use super::rules::{self, Label};
use super::sql::{self, OneRow, RuleRow};
use super::{
    AskForSeveral, PublicationRequested, PublishSeveral, PublishVersion, RequestPublication,
    VersionPublished, ViewRequests,
};
use crate::kernel::{Action, Actor, Id, Place, Queries, Time, Write, args, thing};
use crate::libraries::edition::all_as_expected;
use crate::libraries::rules::shown;
use crate::libraries::selection::{chosen, with_ids};
use crate::libraries::sql::{batches, padded};
use crate::libraries::{LibraryHead, SELECTED_MAX, head_of};
use crate::{Error, Result};

/// How many documents an error names.
const NAMED: usize = 5;

/// What would become of several things that somebody selected.
#[derive(Debug, Clone)]
pub struct Several {
    /// The library.
    pub head: LibraryHead,
    /// This person asks an owner for it; otherwise they publish.
    pub asks: bool,
    /// What can be published or asked for, by name.
    pub ready: Vec<Ready>,
    /// What cannot, and why.
    pub left_out: Vec<LeftOut>,
}

/// One that can be published or asked for.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The document.
    pub document: Id<thing::Document>,
    /// Its name.
    pub name: String,
    /// The version that is meant, and what it is called now.
    pub version: (u64, Label),
    /// What it is called once it is published.
    pub becomes: Label,
    /// What readers see now; none where they do not know of the document.
    pub readers_see: Option<Label>,
    /// Somebody waits for this version to be published.
    pub asked: bool,
    /// There is a later version, which stays a draft.
    pub moved_on: bool,
}

/// One of which nothing is published or asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which.
    pub item: Id<thing::Item>,
    /// Its name; none for what is not there, as far as this person may know.
    pub name: Option<String>,
    /// Why.
    pub why: WhyNot,
}

/// Why nothing is published of something, or asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// It is not in this library, as far as this person may know.
    NotHere,
    /// It is a folder.
    Folder,
    /// Readers see its latest version.
    Nothing,
    /// This person has it checked out.
    CheckedOutByYou,
    /// Somebody else does: who, in words.
    CheckedOut(String),
    /// It waits for an owner already.
    Waits,
    /// It is sealed, or a version of it has yet to be read.
    Closed,
    /// The version that was meant is not the one to be decided about any more.
    Changed,
}

impl WhyNot {
    /// As programs are told it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotHere => "not_here",
            Self::Folder => "folder",
            Self::Nothing => "nothing_new",
            Self::CheckedOutByYou | Self::CheckedOut(_) => "checked_out",
            Self::Waits => "waiting",
            Self::Closed => "closed",
            Self::Changed => "changed",
        }
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHere => out.write_str("It is not here any more"),
            Self::Folder => out.write_str("It is a folder. Open it and select the documents in it"),
            Self::Nothing => out.write_str("Readers see its latest version already"),
            Self::CheckedOutByYou => out.write_str("You have it checked out. Check it in first"),
            Self::CheckedOut(by) => write!(
                out,
                "{by} has it checked out. Open it to decide about it by itself"
            ),
            Self::Waits => out.write_str("It waits for an owner already"),
            Self::Closed => {
                out.write_str("It cannot be opened for now: it is sealed or being checked")
            }
            Self::Changed => out.write_str(
                "It was changed or decided about meanwhile. Look at it, and decide again",
            ),
        }
    }
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was published or asked for: the document, its name, the version, and what that is called now.
    pub done: Vec<(Id<thing::Document>, String, (u64, Label))>,
    /// What was not, and why.
    pub left_out: Vec<LeftOut>,
}

/// What would become of these things of a library. Three queries after the decision.
pub async fn several(
    actor: &Actor,
    library: Id<thing::Library>,
    items: &[Id<thing::Item>],
) -> Result<Several> {
    let ids = chosen(items)?;
    let mut proof = actor.read::<ViewRequests>(library).await?;
    let (at, me, library) = (proof.at(), actor.me()?, proof.target());
    let head = head_of(&mut proof).await?;
    let rule = head.publishing.ok_or_else(rules::not_required)?;
    let asks = rules::decides(proof.standing(), rule.approval).is_err();
    let rows = found(&mut proof, at, me, library, &ids).await?;
    let mut left_out = not_here(&ids, &rows);
    let mut ready = Vec::new();
    for row in rows {
        match row.wanted(asks, me) {
            Ok(version) => ready.push(Ready {
                document: Id::from_raw(row.id),
                becomes: version.1.published(row.greatest),
                readers_see: label(row.shown_major, row.shown_minor).filter(|_| row.published > 0),
                asked: row.asked == version.0,
                moved_on: row.version > version.0,
                version,
                name: row.name,
            }),
            Err(why) => left_out.push(row.left_out(why)),
        }
    }
    Ok(Several {
        head,
        asks,
        ready,
        left_out,
    })
}

/// Lets readers see these versions from now on: of each document the latest, or that which somebody asked for. Gives what
/// was published and what was not; [`Error::Conflict`] where nothing was.
pub async fn publish_several(
    actor: &Actor,
    library: Id<thing::Library>,
    documents: &[(Id<thing::Document>, u64)],
    comment: &str,
) -> Result<Outcome> {
    let wanted = wanted(documents)?;
    let mut w = actor.write::<PublishSeveral>(library).await?;
    let approval = required(&mut w).await?;
    rules::decides(w.standing(), approval)?;
    let comment = rules::line("comment", comment)?;
    let (picked, left_out) = pick(&mut w, &wanted, false).await?;
    if picked.is_empty() {
        return Err(nothing("Nothing was published", &left_out));
    }
    let (at, by, library) = (w.at(), w.by(), w.target());
    for some in batches(&picked) {
        let mut args = args![library, at];
        for (row, (number, _)) in some {
            args.extend(args![row.id, *number]);
        }
        // The rows are ours, and were looked at since.
        let shown = w.execute(&sql::show_several(some.len()), args).await?;
        if shown != some.len() as u64 {
            return Err(super::version::elsewhere());
        }
        let named: Vec<_> = some
            .iter()
            .filter(|(row, (_, label))| label.published(row.greatest) != *label)
            .collect();
        if !named.is_empty() {
            let mut args = Vec::new();
            for (row, (number, label)) in &named {
                args.extend(args![row.id, *number, label.published(row.greatest).major]);
            }
            w.execute(&sql::name_several(named.len()), args).await?;
        }
        let mut args = Vec::new();
        for (row, (number, _)) in some {
            let id: Id<thing::Interval> = w.new_id();
            args.extend(args![id, row.id, *number, by, at, at, Time::FOREVER]);
        }
        w.execute(&sql::publish(some.len()), args).await?;
        close(&mut w, some, "published", &comment).await?;
    }
    // Whoever asked for several of them is told once.
    let mut asked_by: HashMap<i64, u32> = HashMap::new();
    for (row, _) in &picked {
        *asked_by.entry(row.asked_by).or_default() += 1;
    }
    let mut told = HashSet::new();
    let mut done = Vec::new();
    for (row, (number, label)) in picked {
        let called = label.published(row.greatest);
        let place = Place {
            item: Some(Id::from_raw(row.id)),
            subject: (row.asked_by != 0).then_some(row.asked_by),
            ..w.standing().place
        };
        let event = VersionPublished {
            document: row.name.clone(),
            version: i64::try_from(number).unwrap_or(i64::MAX),
            label: called.to_string(),
            comment: comment.clone(),
            several: row.asked_by != 0 && asked_by.get(&row.asked_by) > Some(&1),
            quiet: row.asked_by != 0 && !told.insert(row.asked_by),
        };
        w.also_of::<PublishVersion>(place, &event)?;
        done.push((Id::from_raw(row.id), row.name, (number, called)));
    }
    w.commit_each().await?;
    Ok(Outcome { done, left_out })
}

/// Asks an owner to publish these versions, each of which is the latest of its document. Gives what was asked for and what
/// was not; [`Error::Conflict`] where nothing was.
pub async fn ask_for_several(
    actor: &Actor,
    library: Id<thing::Library>,
    documents: &[(Id<thing::Document>, u64)],
    note: &str,
) -> Result<Outcome> {
    let wanted = wanted(documents)?;
    let mut w = actor.write::<AskForSeveral>(library).await?;
    if !required(&mut w).await? {
        return Err(rules::contributors_publish());
    }
    let note = rules::line("note", note)?;
    let (picked, left_out) = pick(&mut w, &wanted, true).await?;
    if picked.is_empty() {
        return Err(nothing("Nothing was asked for", &left_out));
    }
    let (at, me) = (w.at(), actor.me()?);
    for some in batches(&picked) {
        // What waited for one of them was for an earlier version.
        close(&mut w, some, "overtaken", "").await?;
        let mut args = Vec::new();
        for (row, (number, _)) in some {
            let id: Id<thing::Interval> = w.new_id();
            args.extend(args![
                id,
                row.id,
                *number,
                &note,
                me,
                "",
                0_i64,
                "",
                at,
                Time::FOREVER
            ]);
        }
        w.execute(&sql::ask_several(some.len()), args).await?;
    }
    let several = picked.len() > 1;
    let mut done = Vec::new();
    for (row, (number, label)) in picked {
        let place = Place {
            item: Some(Id::from_raw(row.id)),
            ..w.standing().place
        };
        let event = PublicationRequested {
            document: row.name.clone(),
            version: i64::try_from(number).unwrap_or(i64::MAX),
            label: label.in_words(number),
            note: note.clone(),
            several,
            // The owners are told once.
            quiet: !done.is_empty(),
        };
        w.also_of::<RequestPublication>(place, &event)?;
        done.push((Id::from_raw(row.id), row.name, (number, label)));
    }
    w.commit_each().await?;
    Ok(Outcome { done, left_out })
}

/// Which version of which document; what is named twice is meant once.
fn wanted(documents: &[(Id<thing::Document>, u64)]) -> Result<BTreeMap<i64, u64>> {
    let wanted: BTreeMap<i64, u64> = documents
        .iter()
        .map(|(document, number)| (document.raw(), *number))
        .collect();
    if wanted.is_empty() {
        return Err(Error::invalid("documents", "Select at least one document"));
    }
    if wanted.len() > SELECTED_MAX {
        return Err(Error::invalid(
            "documents",
            format!("Select up to {SELECTED_MAX} documents at a time"),
        ));
    }
    Ok(wanted)
}

/// Whether an owner approves here; otherwise that the library does not require publishing.
async fn required<A: Action<Target = thing::Library>>(w: &mut Write<A>) -> Result<bool> {
    let (at, library) = (w.at(), w.target());
    let rule: Option<RuleRow> = w.first(sql::RULE, args![at, library]).await?;
    Ok(rule.ok_or_else(rules::not_required)?.approval)
}

/// A document with the version of it that is published or asked for.
type Picked = (OneRow, (u64, Label));

/// Of these versions those that can be published or asked for now, and the rest with the reason.
async fn pick<A: Action<Target = thing::Library>>(
    w: &mut Write<A>,
    wanted: &BTreeMap<i64, u64>,
    asks: bool,
) -> Result<(Vec<Picked>, Vec<LeftOut>)> {
    let me = w.actor().me()?;
    let ids: Vec<i64> = wanted.keys().copied().collect();
    all_as_expected(w, &ids).await?;
    let (at, library) = (w.at(), w.target());
    let list = padded(&ids);
    w.execute(&sql::take(list.len()), with_ids(args![library], &list))
        .await?;
    let rows = found(w, at, me, library, &ids).await?;
    let mut left_out = not_here(&ids, &rows);
    let mut picked = Vec::new();
    for row in rows {
        match row.wanted(asks, me) {
            Ok((number, label)) if wanted.get(&row.id) == Some(&number) => {
                picked.push((row, (number, label)));
            }
            Ok(_) => left_out.push(row.left_out(WhyNot::Changed)),
            Err(why) => left_out.push(row.left_out(why)),
        }
    }
    Ok((picked, left_out))
}

async fn found(
    proof: &mut impl Queries,
    at: Time,
    me: Id<thing::Person>,
    library: Id<thing::Library>,
    ids: &[i64],
) -> Result<Vec<OneRow>> {
    let list = padded(ids);
    proof
        .all(
            &sql::several(list.len()),
            with_ids(args![at, me, library], &list),
        )
        .await
}

fn not_here(ids: &[i64], rows: &[OneRow]) -> Vec<LeftOut> {
    let there: HashSet<i64> = rows.iter().map(|row| row.id).collect();
    ids.iter()
        .filter(|id| !there.contains(id))
        .map(|id| LeftOut {
            item: Id::from_raw(*id),
            name: None,
            why: WhyNot::NotHere,
        })
        .collect()
}

/// What waited for these documents is over.
async fn close<A: Action>(
    w: &mut Write<A>,
    some: &[Picked],
    outcome: &str,
    reason: &str,
) -> Result<()> {
    if some.iter().all(|(row, _)| row.asked == 0) {
        return Ok(());
    }
    let mut args = args![w.at(), w.by(), reason, outcome];
    for (row, (number, _)) in some {
        args.extend(args![row.id, *number]);
    }
    w.execute(&sql::close_several(some.len()), args).await?;
    Ok(())
}

fn nothing(what: &str, left_out: &[LeftOut]) -> Error {
    let mut says = what.to_owned();
    for one in left_out.iter().take(NAMED) {
        let name = one.name.as_deref().unwrap_or("Something that you selected");
        // Writing to a String cannot fail.
        let _ = write!(says, ". {}: {}", shown(name), one.why);
    }
    if left_out.len() > NAMED {
        let _ = write!(says, ". And {} more", left_out.len() - NAMED);
    }
    Error::Conflict(says)
}

fn label(major: Option<u64>, minor: Option<u64>) -> Option<Label> {
    major
        .zip(minor)
        .map(|(major, minor)| Label { major, minor })
}

impl OneRow {
    /// Which version is to be decided about, where there is something to decide.
    fn wanted(
        &self,
        asks: bool,
        me: Id<thing::Person>,
    ) -> std::result::Result<(u64, Label), WhyNot> {
        if !self.is_document {
            return Err(WhyNot::Folder);
        }
        if self.closed {
            return Err(WhyNot::Closed);
        }
        // What was asked for is exactly that version, whoever works on the next.
        if let Some(label) = label(self.asked_major, self.asked_minor).filter(|_| !asks) {
            return Ok((self.asked, label));
        }
        if self.version <= self.published {
            return Err(WhyNot::Nothing);
        }
        if self.asked == self.version {
            return Err(WhyNot::Waits);
        }
        match &self.holder {
            Some(_) if self.holder_id == me.raw() => Err(WhyNot::CheckedOutByYou),
            Some(by) => Err(WhyNot::CheckedOut(by.clone())),
            None => label(self.major, self.minor)
                .map(|label| (self.version, label))
                .ok_or(WhyNot::Nothing),
        }
    }

    fn left_out(self, why: WhyNot) -> LeftOut {
        LeftOut {
            item: Id::from_raw(self.id),
            name: Some(self.name),
            why,
        }
    }
}
