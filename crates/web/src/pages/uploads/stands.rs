//! How something stands that was just brought: being read for its marking, open, or held or sealed because of what was found.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use chancery::Error;
use chancery::assurance::{self, Closed, Closing, SealPage};
use chancery::kernel::{Id, thing};
use chancery::libraries::LibraryHead;

use crate::components::Link;
use crate::format;
use crate::guest::Guest;

/// How it stands, towards whoever brought it.
pub(in crate::pages) struct Stands {
    /// As programs are told it: `open`, `being_read`, `held`, `sealed` or `gone`.
    pub(super) state: &'static str,
    pub(super) says: String,
    /// The page that says what to do about it.
    pub(super) link: Option<Link>,
}

impl Stands {
    /// How this document stands.
    pub(super) async fn look(guest: &Guest, id: Id<thing::Document>) -> Result<Self, Error> {
        match assurance::sealed(&guest.actor, id).await {
            Ok(found) => Ok(Self::of(guest, &found)),
            Err(Error::NotFound) => Ok(Self::gone()),
            Err(other) => Err(other),
        }
    }

    /// The same of what is known without looking it up alone: none where it was stopped, because then it is said why.
    pub(super) fn known(head: &LibraryHead, closed: Closed) -> Option<Self> {
        match closed.closing {
            None => Some(Self::open(head)),
            Some(Closing::BeingRead) => Some(Self::being_read(closed.open_to_me)),
            Some(Closing::Held | Closing::Sealed) => None,
        }
    }

    /// Whoever brought it does not see it any more.
    pub(super) fn gone() -> Self {
        Self {
            state: "gone",
            says: "You do not see it any more. If it carries a marking that you are not cleared for, only people who are cleared for that see it."
                .to_owned(),
            link: None,
        }
    }

    /// Everybody can open it who may see its library.
    fn open(head: &LibraryHead) -> Self {
        let people = format::people(head.people, head.organisations);
        Self {
            state: "open",
            says: match head.publishing {
                None => format!("In the library. {people} can see it."),
                Some(_) => format!(
                    "In the library, as a draft. {people} can see this library, and its readers see this once it is published."
                ),
            },
            link: None,
        }
    }

    /// It has yet to be read: a version that whoever asks brought, or somebody else.
    fn being_read(open_to_me: bool) -> Self {
        Self {
            state: Closing::BeingRead.name(),
            says: if open_to_me {
                "Only you can open it yet. It is being read for its marking. Others can open it when that is done, usually within seconds."
            } else {
                "It is being read for its marking. You can open it when that is done, usually within seconds."
            }
            .to_owned(),
            link: None,
        }
    }

    /// It is there, and more could not be looked up.
    pub(super) fn unknown(error: &Error) -> Self {
        tracing::warn!(%error, "it could not be looked how what was added stands");
        Self {
            state: "unknown",
            says: "In the library. It is read for its marking first: its page says what was found."
                .to_owned(),
            link: None,
        }
    }

    /// The same of what is known of it.
    pub(in crate::pages) fn of(guest: &Guest, found: &SealPage) -> Self {
        let closed = Closed {
            closing: found.closing,
            open_to_me: found.open_to_me,
        };
        if let Some(known) = Self::known(&found.head, closed) {
            return known;
        }
        let designation = &guest.portal.realm().settings().designation;
        let why = found
            .why
            .iter()
            .find(|why| why.mine)
            .map_or_else(String::new, |why| {
                format!(", because {}", why.says(designation))
            });
        let (closing, says) = match found.closing {
            Some(Closing::Sealed) => (
                Closing::Sealed,
                format!(
                    "It was sealed{why}. Nobody can open it until an assurance officer has decided about it."
                ),
            ),
            _ if found.open_to_me => (
                Closing::Held,
                format!(
                    "Only you can open it. It is held until somebody has decided about it{why}."
                ),
            ),
            _ => (
                Closing::Held,
                format!(
                    "Only whoever added it can open it until somebody has decided about it{why}."
                ),
            ),
        };
        Self {
            state: closing.name(),
            says,
            link: Some(Link::new(
                "See why, and what to do",
                format!("/documents/{}/sealed", found.id),
            )),
        }
    }

    /// Whether somebody has to decide about it.
    pub(super) fn is_stopped(&self) -> bool {
        self.link.is_some() || self.state == "gone"
    }

    /// For the script.
    pub(in crate::pages) fn json(self) -> Response {
        let (href, link) = self.link.map(|link| (link.href, link.text)).unzip();
        Json(serde_json::json!({
            "state": self.state,
            "says": self.says,
            "href": href,
            "link": link,
        }))
        .into_response()
    }
}

/// What is said before something is brought, where markings are read.
pub(in crate::pages) fn read_first(guest: &Guest) -> Option<&'static str> {
    assurance::reads(guest.portal.realm()).then_some(
        "It is read for its marking first: until that is done, usually within seconds, only you can open it.",
    )
}
