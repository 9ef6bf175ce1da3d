//! What to know before anything else about a document: who holds it, and what work is waiting.

use chancery::documents::{Can, DocumentPage, DraftLine, Holding};
use chancery::kernel::{Id, Time, thing};
use chancery::people::Author;
use jiff::tz::TimeZone;

use crate::format;
use crate::pages::libraries::When;

/// It is in the recycle bin.
pub(super) struct Binned {
    pub(super) at: When,
    pub(super) by: String,
    pub(super) can_restore: bool,
    /// When it goes for good; none while it is held.
    pub(super) goes: Option<When>,
    pub(super) can_remove: bool,
}

impl Binned {
    pub(super) fn new(found: &DocumentPage, at: Time, by: String, zone: &TimeZone) -> Self {
        Self {
            at: When::moment(at, zone),
            by,
            can_restore: found.can.restore,
            goes: found.kept.goes_at.map(|goes| When::day(goes, zone)),
            can_remove: found.can.own && !found.kept.held,
        }
    }
}

/// It is under legal hold; why is for its owners.
pub(super) struct LegallyHeld {
    pub(super) why: Vec<(String, When, String)>,
}

impl LegallyHeld {
    pub(super) fn new(found: &DocumentPage, zone: &TimeZone) -> Option<Self> {
        let why = |(reason, since, by): &(String, Time, Author)| {
            (reason.clone(), When::day(*since, zone), by.in_full())
        };
        found.kept.held.then(|| Self {
            why: found.kept.holds.iter().map(why).collect(),
        })
    }
}

/// Somebody else holds it.
pub(super) struct Held {
    pub(super) name: String,
    pub(super) organisation: String,
    /// The page that says how to reach them, where there is one.
    pub(super) person: Option<Id<thing::Person>>,
    pub(super) since: When,
    pub(super) until: When,
    pub(super) note: String,
    pub(super) can_release: bool,
}

impl Held {
    pub(super) fn new(
        found: &DocumentPage,
        held: &Holding,
        reachable: bool,
        zone: &TimeZone,
    ) -> Self {
        Self {
            name: held.by.name.clone(),
            organisation: held.by.organisation.clone(),
            person: reachable.then_some(held.by.id),
            since: When::moment(held.since, zone),
            until: When::moment(held.until, zone),
            note: held.note.clone(),
            can_release: found.can.release,
        }
    }

    pub(super) fn title(&self) -> String {
        format!("Checked out by {} of {}", self.name, self.organisation)
    }
}

/// One's own saved work.
pub(super) struct Draft {
    pub(super) saved: When,
    pub(super) size: String,
    pub(super) based_on: u64,
    pub(super) stale: bool,
}

impl Draft {
    fn new(draft: &DraftLine, zone: &TimeZone) -> Self {
        Self {
            saved: When::moment(draft.saved_at, zone),
            size: format::size(draft.size),
            based_on: draft.based_on,
            stale: draft.stale,
        }
    }
}

/// The person who looks holds it.
pub(super) struct Mine {
    pub(super) until: When,
    pub(super) note: String,
    pub(super) draft: Option<Draft>,
    pub(super) can_renew: bool,
    pub(super) can_discard: bool,
    pub(super) can_save: bool,
}

impl Mine {
    pub(super) fn new(found: &DocumentPage, held: &Holding, zone: &TimeZone) -> Self {
        Self {
            until: When::moment(held.until, zone),
            note: held.note.clone(),
            draft: found.draft.as_ref().map(|draft| Draft::new(draft, zone)),
            can_renew: found.can.renew,
            can_discard: found.can.discard,
            can_save: found.can.check_in,
        }
    }
}

/// Work that was left over when its check-out ended.
pub(super) struct Left {
    pub(super) draft: Draft,
    pub(super) can_publish: bool,
    pub(super) can_discard: bool,
}

impl Left {
    pub(super) fn new(draft: &DraftLine, can: &Can, zone: &TimeZone) -> Self {
        Self {
            draft: Draft::new(draft, zone),
            can_publish: can.publish_draft,
            can_discard: can.discard,
        }
    }
}
