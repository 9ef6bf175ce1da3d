//! What may be done to a document as it is now, decided once for the page and for the verbs.

use super::Can;
use super::sql::{Hold, Now};
use crate::kernel::{Id, Role, Standing, thing};
use crate::people::text::{LONGEST_TEXT, clean_line, clean_text};
use crate::{Error, Result};

/// The longest note of a check-out, in characters.
const LONGEST_NOTE: usize = 200;

/// Anybody may make the next version while nobody holds the document.
pub(super) fn nobody_holds(now: &Now, me: Id<thing::Person>) -> Result<()> {
    match &now.hold {
        None => Ok(()),
        Some(hold) if hold.holder_id == me => Err(Error::Conflict(
            "You have this checked out. Check it in, or discard your check-out first".to_owned(),
        )),
        Some(hold) => Err(hold.by_another()),
    }
}

/// Only the holder may do this.
pub(super) fn i_hold(now: &Now, me: Id<thing::Person>) -> Result<&Hold> {
    match &now.hold {
        Some(hold) if hold.holder_id == me => Ok(hold),
        Some(hold) => Err(hold.by_another()),
        None => Err(Error::Conflict(
            "You do not have this checked out, or your check-out has ended. Check it out first"
                .to_owned(),
        )),
    }
}

/// The holder checks in; and whoever has a draft left over publishes it while nobody holds the
/// document.
pub(super) fn may_check_in(now: &Now, me: Id<thing::Person>) -> Result<()> {
    match (&now.hold, &now.draft) {
        (Some(hold), _) if hold.holder_id == me => Ok(()),
        (Some(hold), _) => Err(hold.by_another()),
        (None, Some(_)) => Ok(()),
        (None, None) => Err(Error::Conflict(
            "You do not have this checked out, or your check-out has ended. Add your file as a new version"
                .to_owned(),
        )),
    }
}

/// What the page offers: what the verbs would decide.
pub(super) fn can(standing: &Standing, now: &Now, me: Id<thing::Person>) -> Can {
    let role = standing.effective();
    let mine = now.hold.as_ref().is_some_and(|hold| hold.holder_id == me);
    let free = now.hold.is_none();
    let contribute = role >= Some(Role::Contributor);
    let change = contribute && !standing.binned;
    let own = role == Some(Role::Owner);
    Can {
        add_version: change && nobody_holds(now, me).is_ok(),
        check_out: change && free,
        check_in: change && mine,
        discard: role.is_some() && (mine || now.draft.is_some()),
        renew: change && mine,
        release: own && !free && !mine,
        rename: change && (free || mine),
        delete: change && (free || mine),
        restore: contribute && standing.binned,
        own,
        publish_draft: change && free && may_check_in(now, me).is_ok(),
    }
}

/// A version of a document is of its document's kind: what is refused is the file that was chosen
/// by mistake. A document or file without an extension says nothing of its kind.
pub(super) fn same_kind(document: &str, file: &str) -> Result<()> {
    let (Some(ours), Some(theirs)) = (kind(document), kind(file)) else {
        return Ok(());
    };
    if ours == theirs {
        return Ok(());
    }
    let shown = crate::libraries::rules::shown;
    Err(Error::invalid(
        "file",
        format!(
            "“{}” is of another kind than “{}”. Choose a file of the same kind, or add it as a new document",
            shown(file),
            shown(document)
        ),
    ))
}

fn kind(name: &str) -> Option<&'static str> {
    mime_guess::from_path(name).first_raw()
}

/// What somebody says of a version.
pub(super) fn comment(text: &str) -> Result<String> {
    clean_text(text, LONGEST_TEXT).map_err(|unfit| Error::invalid("comment", unfit))
}

/// What somebody says they are doing.
pub(super) fn note(text: &str) -> Result<String> {
    clean_line(text, LONGEST_NOTE).map_err(|unfit| Error::invalid("note", unfit))
}
