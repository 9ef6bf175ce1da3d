//! What documents of a library carry in which no marking is found.

use super::super::record::put_marking;
use super::super::rules::row_of;
use super::super::{RecordScan, Unmarked};
use super::rules::{Chosen, rules_of};
use super::shown::{MarkingChoice, choices};
use super::sql::{self, DefaultOf, DefaultRow};
use super::{DefaultMarkingSet, SetDefaultMarking, ViewDefaultMarking};
use crate::kernel::{Actor, Id, Queries as _, Rules, Time, Write, args, thing};
use crate::libraries::{LibraryHead, TAKE_ROW, head_of};
use crate::people::Author;
use crate::{Error, Result};

/// What documents of a library carry in which no marking is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultMarking {
    /// The scheme of the marking.
    pub scheme: String,
    /// The marking in it.
    pub marking: String,
    /// As it is written.
    pub label: String,
    /// Since when.
    pub since: Time,
    /// Who said so.
    pub by: Author,
    /// Whether the realm may hold it, by the rules now in force.
    pub allowed: bool,
}

/// What an owner chooses from.
#[derive(Debug, Clone)]
pub struct DefaultPage {
    /// The library.
    pub head: LibraryHead,
    /// What is in force.
    pub set: Option<DefaultMarking>,
    /// What can be chosen.
    pub choices: Vec<MarkingChoice>,
    /// Markings are read in this realm.
    pub reads: bool,
    /// Documents in which no marking is found are accepted here; otherwise their authors are asked, and this counts for nothing.
    pub counts: bool,
}

/// What documents of a library carry in which no marking is found, for its owners.
pub async fn default_marking(actor: &Actor, library: Id<thing::Library>) -> Result<DefaultPage> {
    let mut proof = actor.read::<ViewDefaultMarking>(library).await?;
    let rules = actor.realm().rules();
    let rules = rules.as_deref();
    let head = head_of(&mut proof).await?;
    let row: Option<DefaultRow> = proof
        .first(sql::DEFAULT, args![proof.at(), library])
        .await?;
    let set = row.map(|row| {
        let chosen = rules.and_then(|rules| Chosen::of(rules, &row.scheme, &row.marking).ok());
        DefaultMarking {
            allowed: rules.is_some_and(|rules| {
                row_of(&rules.policy, &row.scheme, &row.marking, "").is_some()
            }),
            // A scheme that the realm has no more says nothing of how it is written.
            label: chosen.map_or_else(|| row.marking.clone(), |chosen| chosen.carries.label),
            scheme: row.scheme,
            marking: row.marking,
            since: row.since,
            by: row.by,
        }
    });
    Ok(DefaultPage {
        head,
        set,
        reads: rules.is_some(),
        choices: rules
            .map_or_else(Vec::new, |rules| choices(rules, None))
            .into_iter()
            .filter(MarkingChoice::may_be_here)
            .collect(),
        counts: rules.is_some_and(|rules| rules.policy.unmarked == Unmarked::Accept),
    })
}

/// Says what documents of a library carry in which no marking is found, or that they carry none. It counts for versions that are
/// read for the first time from then on. Problems are on `marking`.
pub async fn set_default_marking(
    actor: &Actor,
    library: Id<thing::Library>,
    wanted: Option<(&str, &str)>,
) -> Result<()> {
    let mut w = actor.write::<SetDefaultMarking>(library).await?;
    let (at, by) = (w.at(), w.by());
    let chosen = wanted
        .map(|(scheme, marking)| Chosen::allowed(rules_of(actor)?.as_ref(), scheme, marking))
        .transpose()?;
    let now: Option<DefaultRow> = w.first(sql::DEFAULT, args![at, library]).await?;
    let same = match (&now, &chosen) {
        (None, None) => true,
        (Some(now), Some(chosen)) => {
            now.scheme == chosen.carries.scheme && now.marking == chosen.carries.marking
        }
        _ => false,
    };
    if same {
        return Ok(());
    }
    w.execute(sql::END_DEFAULT, args![at, library]).await?;
    if let Some(chosen) = &chosen {
        let id: Id<thing::Interval> = w.new_id();
        w.execute(
            sql::SET_DEFAULT,
            args![
                id,
                library,
                &chosen.carries.scheme,
                &chosen.carries.marking,
                by,
                at,
                Time::FOREVER
            ],
        )
        .await?;
    }
    let (name,): (String,) = w.one(sql::LIBRARY_NAME, args![library]).await?;
    w.commit(DefaultMarkingSet {
        library: name,
        label: chosen.map_or_else(|| "no marking".to_owned(), |chosen| chosen.carries.label),
    })
    .await
}

/// A version in which no marking is found, of a document that carries nothing, has what its library says; where the realm asks the
/// author instead, or may not hold it any more, it has nothing.
pub(in super::super) async fn mark_by_default(
    w: &mut Write<RecordScan>,
    rules: &Rules,
) -> Result<()> {
    if rules.policy.unmarked != Unmarked::Accept {
        return Ok(());
    }
    let (at, document) = (w.at(), w.target());
    // Whoever moves it to another library at this moment is before this, or sees what it carries by it.
    w.execute(TAKE_ROW, args![document]).await?;
    let row: Option<DefaultOf> = w.first(sql::DEFAULT_OF, args![at, document]).await?;
    let Some(row) = row else {
        return Ok(());
    };
    match Chosen::allowed(rules, &row.scheme, &row.marking) {
        Ok(chosen) => put_marking(w, &chosen.carries, "library", row.set_by).await,
        Err(Error::Invalid(_)) => Ok(()),
        Err(other) => Err(other),
    }
}
