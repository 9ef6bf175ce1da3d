//! The versions of a document, and an old one brought back.

use chancery::Error;
use chancery::documents::{self, DocumentPage, VersionLine};
use chancery::kernel::{Id, thing};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::check_in::{called, next_called};
use super::check_out::{address, frame};
use super::kind::kind;
use super::meanwhile::{Meanwhile, SEEN, on_version};
use wire::content::opens;

use crate::components::Link;
use crate::failure::Answer;
use crate::format;
use crate::guest::{Guest, done};
use crate::named::Named;
use crate::pages::libraries::{CHANGERS, ConfirmPage};
use crate::posted::Posted;

/// A version in the timeline.
pub(super) struct VersionItem {
    pub(super) title: String,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) machine_at: String,
    /// What its author said, or what it brought back.
    pub(super) comment: String,
    pub(super) restored: String,
    pub(super) facts: String,
    pub(super) links: Vec<Link>,
}

impl VersionItem {
    pub(super) fn new(found: &DocumentPage, line: &VersionLine, zone: &TimeZone) -> Self {
        let (number, label) = (line.number, &line.label);
        let called = move |number: u64| -> String {
            found
                .versions
                .iter()
                .find(|line| line.number == number)
                .map_or_else(|| number.to_string(), |line| line.label.clone())
        };
        let at = format!("/documents/{}/versions/{number}", found.id);
        let of = format!(" of {}", found.name);
        let mut links = vec![
            Link::new(
                format!("Preview version {label}"),
                format!("/documents/{}/preview?version={number}", found.id),
            )
            .hidden(of.clone()),
        ];
        if opens(&line.media_type) {
            links.push(Link::new(format!("Open version {label}"), at.clone()).hidden(of.clone()));
        }
        links.push(
            Link::new(
                format!("Download version {label}"),
                format!("{at}?download=1"),
            )
            .hidden(of.clone()),
        );
        // The one before it, of those that this person sees: across the pages of the list it is the number before.
        let before = found
            .versions
            .iter()
            .map(|line| line.number)
            .find(|other| *other < number)
            .or_else(|| found.older.is_some().then(|| number - 1))
            .filter(|_| number > 1);
        if let Some(before) = before {
            links.push(
                Link::new(
                    format!("Compare with version {}", called(before)),
                    format!("/documents/{}/compare?from={before}&to={number}", found.id),
                )
                .hidden(of.clone()),
            );
        }
        if found.can.add_version && number != found.version {
            links.push(
                Link::new(format!("Restore version {label}"), format!("{at}/restore")).hidden(of),
            );
        }
        Self {
            title: match line.shown {
                None => format!("Version {label}"),
                Some(true) if found.standing.is_none() => format!("Version {label}"),
                Some(true) => format!("Version {label}: published"),
                Some(false) if line.draft => format!("Draft {label}"),
                Some(false) => format!("Version {label}: unpublished"),
            },
            by: line.author.in_full(),
            at: format::moment(line.at.timestamp(), zone),
            machine_at: format::machine(line.at.timestamp()),
            comment: line.comment.clone(),
            restored: line
                .restored_from
                .map(|from| format!("Brought back from version {}", called(from)))
                .unwrap_or_default(),
            facts: format!("{}, {}", kind(&line.media_type), format::size(line.size)),
            links,
        }
    }
}

/// A form that only proves where it came from.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Confirmed {}

/// The same, on the condition that the document has the version that the page was opened on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Restoring {
    seen: String,
}

/// The document with this version, and the page that asks about bringing it back.
async fn restore_page(
    guest: &Guest,
    id: Id<thing::Document>,
    number: u64,
) -> Result<ConfirmPage, Error> {
    let before = number.checked_add(1).ok_or(Error::NotFound)?;
    let found = documents::document(&guest.actor, id, Some(before)).await?;
    let line = found
        .versions
        .iter()
        .find(|line| line.number == number && number != found.version)
        .ok_or(Error::NotFound)?;
    if !found.can.add_version {
        return Err(refusal(&found));
    }
    let on = format::moment(line.at.timestamp(), guest.portal.zone());
    let next = next_called(&found);
    let label = &line.label;
    let mut page = ConfirmPage::new(
        frame(
            guest,
            &found,
            format!("Restore version {label} of {}", found.name),
        ),
        match &found.next_label {
            Some(next) => format!("Restore version {label} as draft {next}"),
            None => format!("Restore version {label} as {next}"),
        },
        format!("{}#versions", address(id)),
    )
    .harmless()
    .hidden(SEEN, found.version.to_string())
    .says(format!(
        "Version {label} was published by {} on {on}. It becomes {next}{}.",
        guest.by(&line.author),
        if found.head.publishing.is_some() {
            ""
        } else {
            ", and everybody who can see the document sees that version first"
        }
    ));
    if !line.comment.is_empty() {
        page = page.says(format!("Its comment is “{}”.", line.comment));
    }
    Ok(page.says(format!(
        "Version {} and all the others stay where they are.",
        found.label
    )))
}

pub(super) async fn ask_restore(
    guest: Guest,
    Named((id, number)): Named<(Id<thing::Document>, u64)>,
) -> Answer {
    restore_page(&guest, id, number).await?.ask()
}

pub(super) async fn restore(
    guest: Guest,
    Named((id, number)): Named<(Id<thing::Document>, u64)>,
    Posted(Restoring { seen }): Posted<Restoring>,
) -> Answer {
    let made = match on_version(&guest, id, &seen).await {
        Ok(actor) => documents::restore_version(&actor, id, number).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => {
            let old = called(&guest, id, number).await?;
            let mut said = format!("{old} was brought back as {}.", made.in_words());
            said[..1].make_ascii_uppercase();
            done(&address(id), said)
        }
        Err(Error::Changed) => {
            let found = documents::document(&guest.actor, id, None).await?;
            let news = Meanwhile::since(&guest, &found, &seen, "Nothing was changed.");
            restore_page(&guest, id, number).await?.overtaken(news)
        }
        Err(other) => Err(other.into()),
    }
}

/// Why a version cannot be added now, in the words of the rule.
pub(super) fn refusal(found: &DocumentPage) -> Error {
    match &found.held {
        _ if !found.head.can_contribute => Error::Refused(CHANGERS),
        Some(held) if held.mine => Error::Conflict(
            "You have this checked out. Check it in, or discard the check-out".to_owned(),
        ),
        Some(held) => Error::CheckedOut {
            by: format!("{} of {}", held.by.name, held.by.organisation),
            since: held.since,
        },
        None if found.binned.is_some() => {
            Error::Conflict("This is in the recycle bin. Restore it first".to_owned())
        }
        None => Error::Refused(CHANGERS),
    }
}
