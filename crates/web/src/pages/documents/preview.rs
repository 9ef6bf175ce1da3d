//! What of a document can be shown on a page.

use askama::Template;
use chancery::Error;
use chancery::documents::{self, Preview, Unread, View};
use chancery::kernel::{Id, thing};
use serde::Deserialize;
use wire::content::opens;

use super::check_out::{address, frame};
use crate::components::Link;
use crate::failure::Answer;
use crate::format;
use crate::frame::{Frame, Scripted};
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::posted::Asked;

/// The largest document whose pages are drawn, in bytes.
const DRAWN: u64 = 200 * 1024 * 1024;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    version: Option<u64>,
    /// `text` for what it says instead of how it looks.
    r#as: String,
    /// Its pages were asked for and could not be made.
    failed: String,
}

#[derive(Template)]
#[template(path = "documents/preview.html")]
struct Previewed {
    worker: &'static str,
    parts: &'static str,
    frame: Frame,
    name: String,
    version: String,
    links: Vec<Link>,
    shown: Shown,
}

enum Shown {
    Picture(String),
    /// Drawn by our script from this address.
    Pages(String),
    /// What it says; a sentence where that is not all that there is to it.
    Text(String, &'static str),
    /// Markup that the reader has made harmless.
    Html(String),
    Table(Vec<Vec<String>>),
    Mail(Vec<(String, String)>, String, Vec<String>),
    /// Why there is nothing to see.
    Nothing(String),
}

pub(super) async fn show(
    guest: Guest,
    Named(id): Named<Id<thing::Document>>,
    Asked(query): Asked<Query>,
) -> Answer {
    let before = match query.version {
        Some(number) => Some(number.checked_add(1).ok_or(Error::NotFound)?),
        None => None,
    };
    let found = documents::document(&guest.actor, id, before).await?;
    let version = query.version.unwrap_or(found.version);
    let line = found
        .versions
        .iter()
        .find(|line| line.number == version)
        .ok_or(Error::NotFound)?;
    let (media_type, label) = (line.media_type.clone(), line.label.clone());
    let content = format!("{}/versions/{version}", address(id));
    let pages = documents::has_pages(&guest.actor, &found.name, &media_type);
    let here = format!("{}/preview?version={version}", address(id));
    // A browser holds all of a PDF in memory to draw it.
    let pages = pages && line.size <= DRAWN;
    let (shown, truncated) = if pages && query.r#as != "text" {
        (Shown::Pages(format!("{content}/pages")), false)
    } else {
        let shown = documents::preview(&guest.actor, id, version, &media_type).await?;
        told(shown, &content)
    };
    let mut links = Vec::new();
    if let Shown::Pages(pages) = &shown {
        links.push(Link::new(
            format!("Open the pages of version {label} as a PDF"),
            pages.clone(),
        ));
        links.push(Link::new("Read only its text", format!("{here}&as=text")));
    } else if pages {
        links.push(Link::new("See its pages", here));
    }
    if opens(&media_type) && media_type != "application/pdf" {
        links.push(Link::new(
            format!("Open version {label} in the browser"),
            content.clone(),
        ));
    }
    links.push(Link::new(
        format!("Download version {label}"),
        format!("{content}?download=1"),
    ));
    let mut frame = frame(&guest, &found, format!("Preview of {}", found.name));
    if matches!(shown, Shown::Pages(_)) {
        frame.scripted = Scripted::ToRead;
    }
    if !query.failed.is_empty() {
        frame.flash = Some(crate::frame::Flash::important(if query.failed == "busy" {
            "The pages of this document could not be made in time. This is its text. Ask for its pages again later."
        } else {
            "The pages of this document could not be made: it may be damaged, protected by a password, or too large. This is its text."
        }));
    } else if truncated {
        frame.flash = Some(crate::frame::Flash::important(
            "There is more in this document than is shown here. Download it to see all of it.",
        ));
    }
    page(&Previewed {
        worker: assets::pdf_worker(),
        parts: assets::pdfjs(),
        frame,
        name: found.name,
        version: label,
        links,
        shown,
    })
}

/// What is shown, and whether there is more of it.
fn told(shown: Result<Preview, Unread>, content: &str) -> (Shown, bool) {
    match shown {
        Err(unread) => (Shown::Nothing(unread.to_string()), false),
        Ok(Preview::Picture) => (Shown::Picture(content.to_owned()), false),
        Ok(Preview::View(view)) => match view {
            View::Plain(text) => (Shown::Text(text.text, ""), text.truncated),
            View::Extract(text) => (
                Shown::Text(
                    text.text,
                    "This is only its text, without pictures and without how it looks.",
                ),
                text.truncated,
            ),
            View::Html { html, truncated } => (Shown::Html(html), truncated),
            View::Table { rows, truncated } => (Shown::Table(rows), truncated),
            View::Mail(mail) => (
                Shown::Mail(
                    mail.headers,
                    mail.body.text,
                    mail.attachments
                        .into_iter()
                        .map(|one| format!("{} ({})", one.name, format::size(one.size)))
                        .collect(),
                ),
                mail.body.truncated,
            ),
        },
    }
}
