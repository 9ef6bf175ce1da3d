//! How versions are called and what may be done about publishing them: decisions without a database.

use std::fmt;

use super::{CanPublish, Publishing, Withdrawn};
use crate::kernel::{Role, Standing};
use crate::people::text::clean_line;
use crate::{Error, Result};

/// The longest note, comment or reason, in characters.
const LONGEST: usize = 500;

/// What a version is called where publishing is required: 2.0 was published, 2.1 is a draft after it. Elsewhere it is
/// called by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// How many versions were published until then.
    pub major: u64,
    /// How many drafts there were since; 0 for what was published.
    pub minor: u64,
}

impl Label {
    /// A draft: nobody published it.
    pub fn is_draft(self) -> bool {
        self.minor > 0 || self.major == 0
    }

    /// What it will be called once it is published, after the greatest that was.
    pub(super) fn published(self, greatest: u64) -> Self {
        if self.is_draft() {
            Self {
                major: greatest + 1,
                minor: 0,
            }
        } else {
            self
        }
    }

    /// What the draft is called that comes after it, where it is the latest and publishing is required.
    pub(crate) fn next(self) -> Self {
        Self {
            major: self.major,
            minor: self.minor + 1,
        }
    }

    /// What this version of this number is called.
    pub(crate) fn name(self, number: u64) -> String {
        if self.major == 0 && self.minor == 0 {
            number.to_string()
        } else {
            self.to_string()
        }
    }

    /// The same in a sentence: "version 2.0", "draft 2.1".
    pub(super) fn in_words(self, number: u64) -> String {
        let kind = if self.is_draft() { "draft" } else { "version" };
        format!("{kind} {}", self.name(number))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)
    }
}

/// How a document stands towards its readers, as far as deciding needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub(super) approval: bool,
    /// The latest version.
    pub(super) latest: u64,
    /// The version that readers see; 0 for none.
    pub(super) shown: u64,
    /// The version that somebody asked to be published; 0 for none.
    pub(super) asked: u64,
    /// Whoever acts asked for that.
    pub(super) mine: bool,
}

/// What the page offers: what the verbs would decide.
pub(super) fn can(standing: &Standing, state: State) -> CanPublish {
    let role = standing.effective().filter(|_| !standing.binned);
    let contributes = role >= Some(Role::Contributor);
    let owns = role == Some(Role::Owner);
    let decides = owns || (contributes && !state.approval);
    let draft = state.latest > state.shown;
    CanPublish {
        publish: decides && draft,
        unpublish: decides && state.shown > 0,
        ask: contributes && !owns && state.approval && draft && state.asked != state.latest,
        decide: owns && state.asked > 0,
        withdraw: contributes && state.mine && state.asked > 0,
    }
}

/// The same of what a page knows: the latest version, that which readers see, and that which waits; and whether that was
/// asked for by whoever looks.
pub(crate) fn offers(
    standing: &Standing,
    approval: bool,
    (latest, shown, asked): (u64, u64, u64),
    mine: bool,
) -> CanPublish {
    can(
        standing,
        State {
            approval,
            latest,
            shown,
            asked,
            mine,
        },
    )
}

/// That whoever acts decides about publishing here.
pub(super) fn decides(standing: &Standing, approval: bool) -> Result<()> {
    if approval && standing.role != Some(Role::Owner) {
        return Err(Error::Refused(
            "An owner decides what is published in this library. Ask for it to be published",
        ));
    }
    Ok(())
}

/// Which version may be published: the latest, or that which somebody asked for.
pub(super) fn publishable(state: State, number: u64) -> Result<()> {
    if number == 0 || number > state.latest {
        return Err(Error::NotFound);
    }
    if number == state.shown {
        return Err(Error::Conflict(
            "Readers see this version already".to_owned(),
        ));
    }
    if number == state.latest || number == state.asked {
        return Ok(());
    }
    Err(Error::Conflict(
        "There is a newer version now. Look at it, and decide again".to_owned(),
    ))
}

pub(super) fn not_required() -> Error {
    Error::Conflict(
        "This library does not require publishing: readers see every version of it".to_owned(),
    )
}

pub(super) fn contributors_publish() -> Error {
    Error::Conflict("Contributors publish in this library. Publish it yourself".to_owned())
}

/// That nobody waits for a version to be published.
pub(super) fn not_waiting(withdrawn: Option<&Withdrawn>) -> String {
    match withdrawn {
        Some(withdrawn) => format!(
            "{} has withdrawn the request to publish {}. Nobody waits for it any more",
            withdrawn.by.in_words(),
            withdrawn.version.1.in_words(withdrawn.version.0)
        ),
        None => "Nobody waits for this version to be published any more".to_owned(),
    }
}

/// What an owner has chosen, in the trail.
pub(super) fn how(publishing: Option<Publishing>) -> &'static str {
    match publishing {
        None => "readers see every version at once",
        Some(Publishing { approval: false }) => "readers see what contributors publish",
        Some(Publishing { approval: true }) => "readers see what an owner publishes or approves",
    }
}

pub(super) fn line(field: &'static str, text: &str) -> Result<String> {
    clean_line(text, LONGEST).map_err(|unfit| Error::invalid(field, unfit))
}

pub(super) fn reason(text: &str) -> Result<String> {
    let reason = line("reason", text)?;
    if reason.is_empty() {
        return Err(Error::invalid("reason", "Say why, in a few words"));
    }
    Ok(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(role: Option<Role>) -> Standing {
        let mut standing = Standing::nobody();
        standing.active = true;
        standing.role = role;
        standing.publishing = true;
        standing
    }

    #[test]
    fn who_may_do_what_is_this_table() {
        const READER: Option<Role> = Some(Role::Reader);
        const CONTRIBUTOR: Option<Role> = Some(Role::Contributor);
        const OWNER: Option<Role> = Some(Role::Owner);
        // Role, approval, (latest, shown, asked), and publish, unpublish, ask, decide.
        let table = [
            (READER, false, (2, 0, 0), [false, false, false, false]),
            (READER, true, (2, 1, 2), [false, false, false, false]),
            (CONTRIBUTOR, false, (2, 0, 0), [true, false, false, false]),
            (CONTRIBUTOR, false, (2, 1, 0), [true, true, false, false]),
            (CONTRIBUTOR, false, (2, 2, 0), [false, true, false, false]),
            (CONTRIBUTOR, true, (2, 1, 0), [false, false, true, false]),
            (CONTRIBUTOR, true, (2, 1, 2), [false, false, false, false]),
            (CONTRIBUTOR, true, (3, 1, 2), [false, false, true, false]),
            (CONTRIBUTOR, true, (2, 2, 0), [false, false, false, false]),
            (OWNER, false, (2, 0, 0), [true, false, false, false]),
            (OWNER, true, (2, 1, 2), [true, true, false, true]),
            (OWNER, true, (2, 2, 0), [false, true, false, false]),
            (None, false, (2, 1, 0), [false, false, false, false]),
        ];
        for (role, approval, (latest, shown, asked), expected) in table {
            let state = State {
                approval,
                latest,
                shown,
                asked,
                mine: false,
            };
            let can = can(&standing(role), state);
            let found = [can.publish, can.unpublish, can.ask, can.decide];
            assert_eq!(found, expected, "{role:?} {state:?}");
            // Only whoever asked withdraws, while it waits and while they still change the library.
            assert!(!can.withdraw);
            let state = State {
                mine: true,
                ..state
            };
            let withdraws = super::can(&standing(role), state).withdraw;
            assert_eq!(
                withdraws,
                asked > 0 && role >= CONTRIBUTOR,
                "{role:?} {state:?}"
            );
            let mut binned = standing(role);
            binned.binned = true;
            assert_eq!(super::can(&binned, state), CanPublish::default());
        }
    }

    #[test]
    fn only_the_latest_and_what_was_asked_for_can_be_published() {
        let state = State {
            approval: true,
            latest: 5,
            shown: 2,
            asked: 4,
            mine: false,
        };
        let outcome = |number| publishable(state, number);
        assert!(outcome(5).is_ok() && outcome(4).is_ok());
        assert!(matches!(outcome(3), Err(Error::Conflict(_))));
        assert!(matches!(outcome(2), Err(Error::Conflict(_))));
        assert!(matches!(outcome(6), Err(Error::NotFound)));
        assert!(matches!(outcome(0), Err(Error::NotFound)));
    }

    #[test]
    fn a_version_is_called_by_what_it_is() {
        let label = |major, minor| Label { major, minor };
        assert_eq!(label(0, 0).name(7), "7");
        assert_eq!(label(1, 2).in_words(5), "draft 1.2");
        assert_eq!(label(2, 0).in_words(5), "version 2.0");
        assert_eq!(label(1, 2).published(1), label(2, 0));
        assert_eq!(label(0, 1).published(0), label(1, 0));
        assert_eq!(label(2, 0).published(2), label(2, 0), "published again");
        assert_eq!(label(2, 0).next(), label(2, 1));
        assert_eq!(label(0, 1).next().to_string(), "0.2");
    }

    #[test]
    fn who_reads_knows_nothing_of_what_is_not_published() {
        use crate::kernel::Needs;
        for role in Role::ALL {
            let mut standing = standing(Some(role));
            standing.unpublished = true;
            let decided = standing.decide(Needs::Role(Role::Reader), true);
            assert_eq!(decided.is_ok(), role >= Role::Contributor, "{role:?}");
            assert_eq!(standing.effective().is_some(), role >= Role::Contributor);
            assert_eq!(standing.sees_only_published(), role == Role::Reader);
        }
    }
}
