//! Documents: their versions, check-outs and drafts, and the content that these are made of.
//!
//! A document is an item of a library with numbered versions that never change. One person at a
//! time can hold it; what they save meanwhile is a draft that only they can see, and that outlives
//! their hold. Content goes into the vault outside any transaction, and counts once a row of a
//! committed transaction refers to it.

mod actions;
mod content;
mod nouns;

pub use actions::*;
pub use content::Content;
pub use nouns::*;

use crate::Result;
use crate::kernel::{Actor, Id, Realm, Scope, Time, thing};
use tokio::io::AsyncRead;
macro_rules! stub { ($(fn $name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)*) => {$(
    /// Being written.
    #[allow(clippy::unused_async, unused_variables, clippy::todo)]
    pub async fn $name($($arg: $ty),*) -> Result<$out> { todo!() }
)*} }
stub! {
    fn document(actor: &Actor, document: Id<thing::Document>, before: Option<u64>) -> DocumentPage;
    fn add(actor: &Actor, library: Id<thing::Library>, folder: Option<Id<thing::Folder>>, name: &str, content: impl AsyncRead + Send + Unpin) -> Added;
    fn add_version(actor: &Actor, document: Id<thing::Document>, file_name: &str, content: impl AsyncRead + Send + Unpin, comment: &str) -> u64;
    fn restore_version(actor: &Actor, document: Id<thing::Document>, number: u64) -> u64;
    fn check_out(actor: &Actor, document: Id<thing::Document>, note: &str) -> Time;
    fn renew(actor: &Actor, document: Id<thing::Document>) -> Time;
    fn save_draft(actor: &Actor, document: Id<thing::Document>, content: impl AsyncRead + Send + Unpin) -> ();
    fn check_in(actor: &Actor, document: Id<thing::Document>, content: Option<impl AsyncRead + Send + Unpin>, comment: &str) -> Option<u64>;
    fn discard(actor: &Actor, document: Id<thing::Document>) -> ();
    fn release(actor: &Actor, document: Id<thing::Document>) -> ();
    fn open(actor: &Actor, document: Id<thing::Document>, number: Option<u64>, download: bool) -> Content;
    fn open_draft(actor: &Actor, document: Id<thing::Document>) -> Content;
    fn held_by_me(scope: &mut Scope) -> Vec<HeldLine>;
    fn my_drafts(scope: &mut Scope) -> Vec<LeftDraft>;
    fn collect_garbage(realm: &Realm) -> Garbage;
}
