//! What a document says: its text, and what of it can be shown on a page. Its content is read by a process that is shut
//! in (`inspect`); it goes there from the vault through a pipe, so nothing of it is written anywhere in clear.

use inspect::{Failure, Inspector, Text, View};

use super::{Content, document, open};
use crate::Result;
use crate::kernel::{Actor, Id, thing};

/// What was found in one version of a document, or why nothing was.
#[derive(Debug, Clone)]
pub struct Reading<T> {
    /// The document's name.
    pub name: String,
    /// The version that was read.
    pub version: u64,
    /// What kind of content it is said to be (RFC 6838).
    pub media_type: String,
    /// What was found.
    pub found: std::result::Result<T, Unread>,
}

/// Why the text of a document is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is of a kind that has no text, or whose text nobody can read here.
    #[error("It is not of a kind whose text can be read here")]
    NotText,
    /// It says that it is of a kind whose text can be read, and is damaged, protected by a password, or something else.
    #[error("It could not be read: it may be damaged or protected by a password")]
    Broken,
    /// It is larger than what is read here.
    #[error("It is too large to be read here")]
    TooLarge,
    /// Reading it took longer than it may.
    #[error("Reading it took too long")]
    TimedOut,
    /// This realm has nothing that reads files.
    #[error("Text cannot be read in this realm at the moment")]
    NoReader,
}

/// What of a document can be shown on a page.
#[derive(Debug, Clone)]
pub enum Preview {
    /// A picture that browsers show by themselves. It has not been read: the browser asks for its content.
    Picture,
    /// What was found in it.
    View(View),
}

/// Pictures that browsers show by themselves.
const PICTURES: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The text of a version of a document, or of its current one. It is opened for this: decided about, and in the journal.
pub async fn text(
    actor: &Actor,
    id: Id<thing::Document>,
    number: Option<u64>,
) -> Result<Reading<Text>> {
    let number = match number {
        Some(number) => number,
        None => document(actor, id, None).await?.version,
    };
    let content = open(actor, id, Some(number), false).await?;
    let (name, media_type) = (content.name.clone(), content.media_type.clone());
    let found = match reader(actor, &content) {
        Err(unread) => Err(unread),
        Ok(inspector) => {
            let read = inspector.text(&name, &media_type, content.read(0..u64::MAX));
            read.await.map_err(unread)
        }
    };
    Ok(Reading {
        name,
        version: number,
        media_type,
        found,
    })
}

/// What of a version of a document can be shown on a page. Where that is more than a picture it is opened for this:
/// decided about, and in the journal. A picture is when the browser asks for it.
pub async fn preview(
    actor: &Actor,
    id: Id<thing::Document>,
    number: u64,
    media_type: &str,
) -> Result<std::result::Result<Preview, Unread>> {
    if PICTURES.contains(&media_type) {
        return Ok(Ok(Preview::Picture));
    }
    let content = open(actor, id, Some(number), false).await?;
    let (name, media_type) = (content.name.clone(), content.media_type.clone());
    Ok(match reader(actor, &content) {
        Err(unread) => Err(unread),
        Ok(inspector) => {
            let read = inspector.view(&name, &media_type, content.read(0..u64::MAX));
            read.await.map(Preview::View).map_err(unread)
        }
    })
}

fn reader<'a>(actor: &'a Actor, content: &Content) -> std::result::Result<&'a Inspector, Unread> {
    let inspector = actor.realm().inspector().ok_or(Unread::NoReader)?;
    if content.size > inspector.limits().input {
        return Err(Unread::TooLarge);
    }
    Ok(inspector)
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it is what errors are mapped with"
)]
pub(super) fn unread(failure: Failure) -> Unread {
    match failure {
        Failure::NotText => Unread::NotText,
        Failure::TooLarge => Unread::TooLarge,
        Failure::TimedOut => Unread::TimedOut,
        // What a parser said of a file may quote it, and is not for the log.
        Failure::Unreadable(_) => Unread::Broken,
        Failure::Crashed(why) => {
            tracing::warn!(%why, "a file brought down the process that read it");
            Unread::Broken
        }
        Failure::NoWorker(why) => {
            tracing::warn!(%why, "the text of files cannot be read");
            Unread::NoReader
        }
        Failure::Content(error) => {
            tracing::warn!(%error, "content could not be handed to whoever reads it");
            Unread::NoReader
        }
    }
}
