//! What a person is told.

use async_trait::async_trait;

use crate::Result;
use crate::kernel::{
    Entry, Follower, Following, Id, Scope, Time, thing::Document, thing::Library, thing::Notice,
    thing::Site,
};

/// What a notice is about, for the page to lead there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A document.
    Document(Id<Document>),
    /// A library.
    Library(Id<Library>),
    /// A site.
    Site(Id<Site>),
}

/// Something a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeLine {
    /// The notice: the list goes on before it.
    pub id: Id<Notice>,
    /// When it happened.
    pub at: Time,
    /// What, in a sentence.
    pub says: String,
    /// What it is about, when the person can (still) see it.
    pub href_kind: Option<About>,
    /// Whether it was read.
    pub read: bool,
}

/// Makes notices of what happens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Notices;

#[async_trait]
impl Follower for Notices {
    fn name(&self) -> &'static str {
        "notices"
    }

    async fn follow(&self, _following: &mut Following<'_>, _entries: &[Entry]) -> Result<()> {
        Ok(())
    }
}

/// What I was told, newest first, 50 at a time.
#[allow(clippy::unused_async, clippy::todo, unused_variables)]
pub async fn list(scope: &mut Scope, before: Option<Id<Notice>>) -> Result<Vec<NoticeLine>> {
    todo!()
}

/// Everything I was told counts as read.
#[allow(clippy::unused_async, clippy::todo, unused_variables)]
pub async fn mark_all_read(scope: &Scope) -> Result<()> {
    todo!()
}
