//! What several pages of libraries and documents show.

use askama::Template;
use askama::filters::HtmlSafe;
use chancery::kernel::{Id, Time, thing};
use chancery::libraries::{self, LibraryHead};
use chancery::{Error, Result};
use jiff::tz::TimeZone;

use super::CHANGERS;
use crate::components::Crumb;
use crate::format;
use crate::guest::Guest;

/// Who can see a library, as one sentence: "23 people from 5 organisations can see this". It leads
/// to the answer for those who may change it.
#[derive(Debug, Template)]
#[template(
    source = r#"{% if let Some(href) = href %}<a class="govuk-link" href="{{ href }}">{{ who }}{{ tail }}</a>{% else %}{{ who }}{{ tail }}{% endif %}"#,
    ext = "html"
)]
pub(crate) struct Exposure {
    who: String,
    href: Option<String>,
    tail: &'static str,
    /// What is added is a draft first.
    drafts: bool,
}

impl HtmlSafe for Exposure {}

impl Exposure {
    /// Of this library: "… can see this".
    pub(in crate::pages) fn of(head: &LibraryHead) -> Self {
        Self {
            who: format::people(head.people, head.organisations),
            href: head
                .can_govern
                .then(|| format!("/libraries/{}/access", head.id)),
            tail: " can see this",
            drafts: head.publishing.is_some(),
        }
    }

    /// The same of what is about to be added: who sees it at once, or once it is published.
    pub(in crate::pages) fn added(self, tail: &'static str) -> Self {
        if self.drafts {
            self.tail(" can see this library. Its readers see what is added once it is published")
        } else {
            self.tail(tail)
        }
    }

    /// Ends the sentence in another way; begin it with a blank.
    pub(in crate::pages) fn tail(self, tail: &'static str) -> Self {
        Self { tail, ..self }
    }
}

/// A moment or a day, drawn with what machines read.
#[derive(Debug, Template)]
#[template(
    source = r#"<time datetime="{{ machine }}">{{ said }}</time>"#,
    ext = "html"
)]
pub(in crate::pages) struct When {
    machine: String,
    said: String,
}

impl HtmlSafe for When {}

impl When {
    /// "3 March 2026 at 2:15pm".
    pub(in crate::pages) fn moment(at: Time, zone: &TimeZone) -> Self {
        Self {
            machine: format::machine(at.timestamp()),
            said: format::moment(at.timestamp(), zone),
        }
    }

    /// "3 March 2026".
    pub(in crate::pages) fn day(at: Time, zone: &TimeZone) -> Self {
        Self {
            machine: format::machine_day(at.timestamp(), zone),
            said: format::day(at.timestamp(), zone),
        }
    }
}

/// The address of a library, or of a folder in it.
pub(in crate::pages) fn library_address(
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
) -> String {
    match folder {
        Some(folder) => format!("/libraries/{library}?folder={folder}"),
        None => format!("/libraries/{library}"),
    }
}

/// The folder that a query or a hidden field names; empty is the top of the library.
pub(in crate::pages) fn folder_named(text: &str) -> Result<Option<Id<thing::Folder>>> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Error::NotFound),
    }
}

/// The places between a library and what is in a folder, as breadcrumbs.
pub(in crate::pages) fn crumbs(
    library: Id<thing::Library>,
    path: &[(Id<thing::Folder>, String)],
) -> Vec<Crumb> {
    path.iter()
        .map(|(folder, name)| Crumb::new(name, library_address(library, Some(*folder))))
        .collect()
}

/// The top of a library, or a folder in it: where something is about to be put.
#[derive(Debug)]
pub(in crate::pages) struct Place {
    pub(in crate::pages) head: LibraryHead,
    pub(in crate::pages) folder: Option<Id<thing::Folder>>,
    /// The name of the folder, or of the library.
    pub(in crate::pages) name: String,
    /// Down to the folder itself.
    pub(in crate::pages) crumbs: Vec<Crumb>,
}

impl Place {
    /// The place of this library that a query or a hidden field names.
    pub(in crate::pages) async fn find(
        guest: &Guest,
        library: Id<thing::Library>,
        folder: &str,
    ) -> Result<Self> {
        let Some(folder) = folder_named(folder)? else {
            let head = libraries::head(&guest.actor, library).await?;
            return Ok(Self {
                name: head.name.clone(),
                folder: None,
                crumbs: Vec::new(),
                head,
            });
        };
        let item = libraries::item(&guest.actor, folder.item()).await?;
        if item.is_document || item.head.id != library {
            return Err(Error::NotFound);
        }
        let mut crumbs = crumbs(library, &item.path);
        crumbs.push(Crumb::new(
            item.name.clone(),
            library_address(library, Some(folder)),
        ));
        Ok(Self {
            head: item.head,
            folder: Some(folder),
            name: item.name,
            crumbs,
        })
    }

    /// Its address.
    pub(in crate::pages) fn address(&self) -> String {
        library_address(self.head.id, self.folder)
    }

    /// What a hidden field says of the folder.
    pub(in crate::pages) fn folder_text(&self) -> String {
        self.folder.map(|id| id.to_string()).unwrap_or_default()
    }

    /// Refuses those who may not put anything here, in the words of the rule.
    pub(in crate::pages) fn must_contribute(&self) -> Result<()> {
        if self.head.can_contribute {
            Ok(())
        } else {
            Err(Error::Refused(CHANGERS))
        }
    }
}
