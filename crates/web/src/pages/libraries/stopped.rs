//! What stands in the way of moving or deleting something, and what can be done about it.

use askama::Template;
use askama::filters::HtmlSafe;
use chancery::libraries::Hindrance;

use crate::components::Link;
use crate::format;
use crate::guest::Guest;

/// Says once what stands in the way, drawn where the form would be that cannot work.
#[derive(Debug, Template)]
#[template(path = "libraries/stopped.html")]
pub(crate) struct Stopped {
    says: String,
    document: Link,
    release: Option<Link>,
}

impl HtmlSafe for Stopped {}

impl Stopped {
    /// `until` is what can be done once they have checked it in: "moved to another library".
    pub(super) fn new(guest: &Guest, hindrance: Hindrance, until: &str) -> Self {
        let Hindrance {
            says,
            document,
            name,
            held,
            can_release,
        } = hindrance;
        let here = format!("/documents/{document}");
        Self {
            says: match held {
                Some((by, since)) => format!(
                    "{by} has had “{name}” checked out since {}. It can be {until} when they have checked it in.",
                    format::moment(since.timestamp(), guest.portal.zone())
                ),
                None => format!("{says}."),
            },
            document: Link::new(format!("See {name}"), here.clone()),
            release: can_release
                .then(|| Link::new("Release the check-out", format!("{here}/release"))),
        }
    }
}
