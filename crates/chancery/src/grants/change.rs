//! Changing who can see a place.

use super::apply::{Applied, apply, owners};
use super::place::Done;
use super::preview::{fingerprint, snapshot};
use super::{Governed, Subject, rules};
use crate::kernel::{Actor, Id, Role, Time, thing};
use crate::people::text::{LONGEST_TEXT, clean_text};
use crate::{Error, Result};

/// One change of who can see a place. Several are made together or not at all, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Let somebody in. What they were given here before, this replaces.
    Give {
        /// To whom.
        to: Subject,
        /// What they may do.
        role: Role,
        /// The first moment at which they may not any more.
        until: Option<Time>,
    },
    /// Take back what a grant gives.
    End {
        /// Which.
        grant: Id<thing::Grant>,
    },
    /// Give another role or another end date in place of a grant.
    Alter {
        /// Which.
        grant: Id<thing::Grant>,
        /// What they may do from now on.
        role: Role,
        /// The first moment at which they may not any more.
        until: Option<Time>,
    },
    /// Stop taking the site's access: only the library's own grants count from now on.
    StopInheriting {
        /// Whether the site's present grants become the library's own, so that nobody loses access.
        keep: bool,
    },
    /// Take the site's access as well as the library's own.
    Inherit,
}

impl Change {
    /// The end date that it sets.
    pub(super) fn until(&self) -> Option<Time> {
        match self {
            Self::Give { until, .. } | Self::Alter { until, .. } => *until,
            Self::End { .. } | Self::StopInheriting { .. } | Self::Inherit => None,
        }
    }
}

/// Changes who can see a place, with one entry in the journal for each change. Refused when nobody
/// would own the place afterwards. Changes that make no difference leave no trace.
pub async fn change<P: Governed>(
    actor: &Actor,
    place: Id<P>,
    changes: &[Change],
    why: &str,
) -> Result<()> {
    save(actor, place, changes, why, None).await
}

/// The same, when it still does exactly what a preview with this fingerprint showed; otherwise
/// [`Error::Conflict`], and nothing is changed. Both are decided in the transaction that saves.
pub async fn change_as_shown<P: Governed>(
    actor: &Actor,
    place: Id<P>,
    changes: &[Change],
    why: &str,
    shown: &str,
) -> Result<()> {
    save(actor, place, changes, why, Some(shown)).await
}

const NEWS: &str = "What this change does is different now: something was changed since you looked, perhaps by you. Look at it again before you save it";

async fn save<P: Governed>(
    actor: &Actor,
    place: Id<P>,
    changes: &[Change],
    why: &str,
    shown: Option<&str>,
) -> Result<()> {
    let mut w = actor.write::<P::Change>(place).await?;
    let why = clean_text(why, LONGEST_TEXT).map_err(|message| Error::invalid("why", message))?;
    let before = owners(&mut w).await?;
    let seen = match shown {
        Some(shown) => Some((shown, snapshot(&mut w).await?)),
        None => None,
    };
    let done = match apply::<P>(&mut w, changes).await {
        // What was shown could be done then: it cannot be done now because something else was.
        Err(Error::Invalid(_)) if shown.is_some() => return Err(Error::Conflict(NEWS.to_owned())),
        done => done?,
    };
    if let Some((shown, before)) = seen {
        let after = snapshot(&mut w).await?;
        if fingerprint(&rules::difference(&before, &after)) != shown {
            return Err(Error::Conflict(NEWS.to_owned()));
        }
    }
    if done.applied.is_empty() {
        return Ok(());
    }
    let after = owners(&mut w).await?;
    if let Some(objection) = rules::objection(before, after) {
        return Err(Error::invalid("change", objection));
    }
    let by_owner = w.standing().role == Some(Role::Owner);
    for applied in done.applied {
        let mut at = w.standing().place;
        at.subject = applied.subject.filter(|id| *id != 0);
        let Applied {
            past,
            what,
            to,
            role,
            ..
        } = applied;
        let event = P::event(Done {
            change: past,
            why: why.clone(),
            by_owner,
            what,
            to,
            role: role.map_or("", Role::name),
        });
        w.also(at, &event)?;
    }
    w.commit_each().await
}
