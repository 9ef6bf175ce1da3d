//! Tests of documents, on both databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod adding;
mod checking_out;
mod deciding;
mod garbage;
mod printing;
mod reading;
mod sound;
mod versions;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::TryStreamExt as _;
use tokio::io::{AsyncRead, ReadBuf};

use super::Content;
use crate::kernel::{Actor, Id, thing};
use crate::testing::{World, both, makes_all_publications};

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    both(async |world| {
        world.prepares(super::sql::STATEMENTS).await;
        let mut reads = super::sql::STATEMENTS.iter();
        assert!(!reads.any(|sql| makes_all_publications(sql)));
        world.prepares(super::verify::STATEMENTS).await;
        world.prepares(super::printing::STATEMENTS).await;
        world.prepares(&super::sound::statements()).await;
    })
    .await;
}

/// A face can send every verb to another thread.
#[allow(dead_code, reason = "it need only compile")]
fn verbs_are_send(actor: &Actor, library: Id<thing::Library>, document: Id<thing::Document>) {
    fn sends<T: Send>(_: T) {}
    sends(super::add(actor, library, None, "", tokio::io::empty()));
    sends(super::add_version(
        actor,
        document,
        "",
        tokio::io::empty(),
        "",
    ));
    sends(super::check_in(
        actor,
        document,
        Some(tokio::io::empty()),
        "",
    ));
    sends(super::save_draft(actor, document, tokio::io::empty()));
    sends(super::open(actor, document, None, false));
    sends(super::pages(actor, document, 1));
    sends(super::document(actor, document, None));
    sends(super::collect_garbage(actor.realm()));
    sends(crate::libraries::list(
        actor,
        library,
        &crate::libraries::Listing::default(),
    ));
    sends(crate::libraries::relocate(
        actor,
        library,
        &[],
        library,
        None,
    ));
    sends(crate::libraries::bin(actor, library, &[]));
    sends(crate::libraries::restore(actor, library, &[]));
}

/// All of some content.
async fn read(content: Content) -> Vec<u8> {
    let size = content.size;
    let pieces: Vec<bytes::Bytes> = content.read(0..size).try_collect().await.unwrap();
    pieces.concat()
}

/// No content.
const NONE: Option<tokio::io::Empty> = None;

/// A sender who hangs up after some bytes.
struct HangsUp(usize);

impl AsyncRead for HangsUp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let some = self.0.min(buffer.remaining());
        buffer.initialize_unfilled_to(some).fill(b'x');
        buffer.advance(some);
        self.0 -= some;
        Poll::Ready(Ok(()))
    }
}

/// A sender whose content must not be asked for.
struct MustNotBeRead;

impl AsyncRead for MustNotBeRead {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        panic!("the content was read before it was decided that it may come")
    }
}

async fn blobs(world: &World) -> usize {
    let stored: Vec<_> = world.realm.vault().stored().try_collect().await.unwrap();
    stored.len()
}

async fn rows(world: &World, table: &str) -> i64 {
    world
        .count(&format!("SELECT COUNT(*) AS value FROM {table}"), vec![])
        .await
}
