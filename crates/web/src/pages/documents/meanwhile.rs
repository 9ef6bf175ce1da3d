//! What others published since a page was opened: nobody's version is passed over unread.

use askama::Template;
use askama::filters::HtmlSafe;
use chancery::Error;
use chancery::documents::{self, DocumentPage};
use chancery::kernel::{Actor, Id, thing};

use super::check_out::address;
use super::page::label_of;
use crate::components::Link;
use crate::format;
use crate::guest::Guest;

/// The name of the field that carries the version a page was opened on. It stands before any file, so that
/// what is out of date is refused before the file is read.
pub(super) const SEEN: &str = "seen";

/// More versions than this are in the list on the document's own page.
const NAMED: usize = 5;

/// Who acts, on the condition that the document still has the version that their page was opened on;
/// [`Error::Changed`] when it has another. A form that does not say which one makes no condition, as
/// a program that sends no `If-Match`.
pub(super) async fn on_version(
    guest: &Guest,
    id: Id<thing::Document>,
    seen: &str,
) -> Result<Actor, Error> {
    if seen.is_empty() {
        return Ok(guest.actor.clone());
    }
    let found = documents::document(&guest.actor, id, None).await?;
    if seen.parse() != Ok(found.version) {
        return Err(Error::Changed);
    }
    // From here on the verb looks itself: before it reads the content, and again under the lock.
    let edition = found.edition.as_str().to_owned();
    Ok(guest.actor.clone().expecting(vec![edition]))
}

/// One version that was published meanwhile.
#[derive(Debug)]
struct Made {
    said: String,
    comment: String,
    link: Link,
}

/// The versions that were published since a page was opened, drawn above the form that asks again.
#[derive(Debug, Template)]
#[template(path = "documents/meanwhile.html")]
pub(crate) struct Meanwhile {
    /// What happened, in a few words.
    title: String,
    /// What became of what was sent.
    kept: &'static str,
    made: Vec<Made>,
    /// The list of all, where there are too many to name.
    all: Option<Link>,
}

impl HtmlSafe for Meanwhile {}

impl Meanwhile {
    /// What is new to somebody whose page was opened on the version `seen`.
    pub(super) fn since(
        guest: &Guest,
        found: &DocumentPage,
        seen: &str,
        kept: &'static str,
    ) -> Self {
        let seen = seen.parse().unwrap_or(0).min(found.version);
        let zone = guest.portal.zone();
        let here = address(found.id);
        let new = found.version - seen;
        let title = match new {
            0 => "This document was renamed or moved since you opened the page".to_owned(),
            1 => format!(
                "Version {} was added since you opened the page",
                found.label
            ),
            _ => format!(
                "Versions {} to {} were added since you opened the page",
                label_of(found, seen + 1),
                found.label
            ),
        };
        let made: Vec<Made> = found
            .versions
            .iter()
            .filter(|line| line.number > seen)
            .take(NAMED)
            .map(|line| Made {
                said: format!(
                    "{} added version {} on {}.",
                    guest.who(&line.author),
                    line.label,
                    format::moment(line.at.timestamp(), zone)
                ),
                comment: line.comment.clone(),
                link: Link::new(
                    format!("See version {}", line.label),
                    format!("{here}/versions/{}", line.number),
                )
                .hidden(format!(" of {}", found.name)),
            })
            .collect();
        Self {
            title,
            kept,
            all: (made.len() as u64 != new)
                .then(|| Link::new("See all versions", format!("{here}#versions"))),
            made,
        }
    }

    /// What happened, in a few words.
    pub(crate) fn title(&self) -> &str {
        &self.title
    }
}
