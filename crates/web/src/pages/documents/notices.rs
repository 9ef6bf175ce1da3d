//! What to know before anything else about a document: who holds it, and what work is waiting.

use chancery::documents::{DocumentPage, DraftLine, Holding};
use chancery::kernel::{Id, Time, thing};
use chancery::people::Author;
use jiff::tz::TimeZone;

use super::page::label_of;
use crate::components::Link;
use crate::format;
use crate::guest::Guest;
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
            can_remove: found.can.own && !found.kept.held && found.kept.until.is_none(),
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

/// How it stands towards its readers, where publishing is required and there is something to know or to do.
pub(super) struct Towards {
    pub(super) title: String,
    pub(super) says: String,
    /// Who took it back from readers, and why; empty where nobody did.
    pub(super) unpublished: String,
    pub(super) links: Vec<Link>,
}

impl Towards {
    pub(super) fn of(guest: &Guest, found: &DocumentPage) -> Option<Self> {
        let standing = found.standing.as_ref().filter(|_| found.binned.is_none())?;
        let here = format!("/documents/{}", found.id);
        let label = &found.label;
        let title = if standing.draft {
            format!("Draft {label}")
        } else {
            format!("Published version {label}")
        };
        let mut says = match &standing.readers_see {
            Some(_) if !standing.draft => "Readers see this version.".to_owned(),
            Some((_, shown)) => format!("Readers see version {shown}."),
            None => "Readers do not know of this document.".to_owned(),
        };
        let can = standing.can;
        match standing.asked {
            Some(number) if number == found.version => {
                says.push_str(" This draft waits for an owner to publish it.");
            }
            Some(_) => says.push_str(" An earlier draft waits for an owner to publish it."),
            None if standing.draft && standing.approval && can.ask => {
                says.push_str(" An owner publishes it when you ask for it.");
            }
            None => {}
        }
        if standing.draft && standing.asked.is_none() && standing.withdrawn == Some(found.version) {
            says.push_str(" The request to publish it was withdrawn.");
        }
        let mut links = Vec::new();
        if can.decide {
            let asked = standing.asked.unwrap_or(found.version);
            let decide = format!("{here}/publish?version={asked}");
            links.push(Link::new("Publish what was asked for", decide));
            links.push(Link::new("Send it back", format!("{here}/send-back")));
        }
        if can.publish && standing.asked != Some(found.version) {
            let publish = format!("{here}/publish?version={}", found.version);
            links.push(Link::new(format!("Publish draft {label}"), publish));
        }
        if can.ask {
            links.push(Link::new(
                "Ask for approval",
                format!("{here}/ask-to-publish"),
            ));
        }
        if can.withdraw {
            links.push(Link::new(
                "Withdraw the request",
                format!("{here}/withdraw-request"),
            ));
        }
        if can.unpublish {
            links.push(Link::new("Unpublish", format!("{here}/unpublish")));
        }
        let unpublished = standing.unpublished.as_ref().map(|unpublished| {
            format!(
                "{} unpublished it on {}: “{}”",
                guest.who(&unpublished.by),
                format::moment(unpublished.at.timestamp(), guest.portal.zone()),
                unpublished.reason
            )
        });
        Some(Self {
            title,
            says,
            unpublished: unpublished.unwrap_or_default(),
            links,
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
    /// What the version is called that it began from.
    pub(super) based_on: String,
    pub(super) stale: bool,
}

impl Draft {
    fn new(found: &DocumentPage, draft: &DraftLine, zone: &TimeZone) -> Self {
        Self {
            saved: When::moment(draft.saved_at, zone),
            size: format::size(draft.size),
            based_on: label_of(found, draft.based_on),
            stale: draft.stale,
        }
    }
}

/// The person who looks holds it.
pub(super) struct Mine {
    pub(super) since: When,
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
            since: When::moment(held.since, zone),
            until: When::moment(held.until, zone),
            note: held.note.clone(),
            draft: found
                .draft
                .as_ref()
                .map(|draft| Draft::new(found, draft, zone)),
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
    pub(super) fn new(found: &DocumentPage, draft: &DraftLine, zone: &TimeZone) -> Self {
        let can = &found.can;
        Self {
            draft: Draft::new(found, draft, zone),
            can_publish: can.publish_draft,
            can_discard: can.discard,
        }
    }
}
