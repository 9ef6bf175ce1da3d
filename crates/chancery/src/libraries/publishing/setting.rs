//! Whether a library requires publishing.

use super::sql::{self, CountsRow, RuleRow};
use super::{
    ChangePublishing, Publishing, PublishingChanged, ViewPublishing, ViewRequests, rules, within,
};
use crate::kernel::{Actor, Arg, Id, Queries as _, Time, args, thing};
use crate::libraries::{LibraryHead, head_of};
use crate::{Error, Result};

/// Whether a library requires publishing, and what a change of that is about.
#[derive(Debug, Clone)]
pub struct PublishingPage {
    /// The library.
    pub head: LibraryHead,
    /// What is required now.
    pub publishing: Option<Publishing>,
    /// How many documents there are.
    pub documents: u64,
    /// How many of them have a draft that readers do not see: what they would see if this were turned off.
    pub drafts: u64,
    /// How many of these readers do not know of at all.
    pub unpublished: u64,
}

/// Whether the library requires publishing: for its owners.
pub async fn setting(actor: &Actor, library: Id<thing::Library>) -> Result<PublishingPage> {
    let mut proof = actor.read::<ViewPublishing>(library).await?;
    let (at, library) = (proof.at(), proof.target());
    let rule: Option<RuleRow> = proof.first(sql::RULE, args![at, library]).await?;
    let counts: CountsRow = proof.one(sql::COUNTS, args![library]).await?;
    Ok(PublishingPage {
        head: head_of(&mut proof).await?,
        publishing: rule.map(Publishing::from),
        documents: counts.documents,
        drafts: counts.drafts,
        unpublished: counts.unpublished,
    })
}

impl From<RuleRow> for Publishing {
    fn from(row: RuleRow) -> Self {
        Self {
            approval: row.approval,
        }
    }
}

/// Says whether the library requires publishing. What readers see at that moment counts as published; when publishing is
/// no longer required they see every version, so `drafts` is of how many documents with drafts whoever decides was told:
/// [`Error::Conflict`] where there are more by now.
pub async fn change_publishing(
    actor: &Actor,
    library: Id<thing::Library>,
    wanted: Option<Publishing>,
    drafts: u64,
) -> Result<()> {
    let mut w = actor.write::<ChangePublishing>(library).await?;
    let (at, by, library) = (w.at(), w.by(), w.target());
    let rule: Option<RuleRow> = w.first(sql::RULE, args![at, library]).await?;
    let now = rule.map(Publishing::from);
    if now == wanted {
        return Ok(());
    }
    if now.is_some() && wanted.is_none() {
        let counts: CountsRow = w.one(sql::COUNTS, args![library]).await?;
        if counts.drafts > drafts {
            return Err(Error::Conflict(format!(
                "Documents with drafts that readers would see: {} now, and you were shown {drafts}. Look again",
                counts.drafts
            )));
        }
    }
    w.execute(sql::END_RULE, args![at, library]).await?;
    if let Some(wanted) = wanted {
        let id: Id<thing::Interval> = w.new_id();
        let approval = i64::from(wanted.approval);
        w.execute(
            sql::SET_RULE,
            args![id, library, approval, by, at, Time::FOREVER],
        )
        .await?;
    }
    if now.is_some() != wanted.is_some() {
        within::all_of(&mut w, library, wanted.is_some()).await?;
    }
    let (name,): (String,) = w.one(sql::LIBRARY_NAME, args![library]).await?;
    w.commit(PublishingChanged {
        library: name,
        how: rules::how(wanted).to_owned(),
    })
    .await
}

/// How many of these things of a library, with what is in them, are documents with a draft that readers of the other
/// library would see, because that does not require publishing. For those who may move them.
pub async fn drafts_shown_by_moving(
    actor: &Actor,
    library: Id<thing::Library>,
    items: &[Id<thing::Item>],
    to: Id<thing::Library>,
) -> Result<u64> {
    let mut here = actor.read::<ViewRequests>(library).await?;
    let there = actor.read::<ViewRequests>(to).await?;
    if !here.standing().publishing || there.standing().publishing {
        return Ok(0);
    }
    let mut drafts = 0;
    for some in items.chunks(sql::CHUNK) {
        let last = some.last().map_or(0, |item| item.raw());
        let mut args = args![here.target()];
        let filled = some.iter().map(|item| item.raw());
        let filled = filled.chain(std::iter::repeat(last)).take(sql::CHUNK);
        args.extend(filled.map(Arg::from));
        let (found,): (u64,) = here.one(&sql::drafts_in(), args).await?;
        drafts += found;
    }
    Ok(drafts)
}
