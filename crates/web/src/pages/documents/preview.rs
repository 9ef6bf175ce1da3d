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
use crate::frame::Frame;
use crate::guest::{Guest, page};
use crate::named::Named;
use crate::posted::Asked;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    version: Option<u64>,
}

#[derive(Template)]
#[template(path = "documents/preview.html")]
struct Previewed {
    frame: Frame,
    name: String,
    version: String,
    links: Vec<Link>,
    shown: Shown,
}

enum Shown {
    Picture(String),
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
    let shown = documents::preview(&guest.actor, id, version, &media_type).await?;
    let (shown, truncated) = told(shown, &content);
    let mut links = Vec::new();
    if opens(&media_type) {
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
    if truncated {
        frame.flash = Some(crate::frame::Flash::important(
            "There is more in this document than is shown here. Download it to see all of it.",
        ));
    }
    page(&Previewed {
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
