//! Libraries, and the folders and documents in them as things with a name and a place. What a
//! document contains, its versions and check-outs are in [`documents`](crate::documents).
//!
//! A library is the unit of access. A name is used once in its folder, among folders and documents
//! alike. Moving changes neither an address nor a history; what is deleted goes to the recycle
//! bin and takes what is in it along.

mod actions;
mod nouns;

pub use crate::sites::LibraryLine;
pub use actions::*;
pub use nouns::*;

use crate::Result;
use crate::kernel::{Actor, Id, thing};
macro_rules! stub { ($(fn $name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)*) => {$(
    /// Being written.
    #[allow(clippy::unused_async, unused_variables, clippy::todo)]
    pub async fn $name($($arg: $ty),*) -> Result<$out> { todo!() }
)*} }
stub! {
    fn head(actor: &Actor, library: Id<thing::Library>) -> LibraryHead;
    fn list(actor: &Actor, library: Id<thing::Library>, listing: &Listing) -> LibraryPage;
    fn create(actor: &Actor, site: Id<thing::Site>, form: &LibraryForm) -> Id<thing::Library>;
    fn edit(actor: &Actor, library: Id<thing::Library>, form: &LibraryForm) -> ();
    fn create_folder(actor: &Actor, library: Id<thing::Library>, inside: Option<Id<thing::Folder>>, name: &str) -> Id<thing::Folder>;
    fn rename(actor: &Actor, item: Id<thing::Item>, name: &str) -> ();
    fn item(actor: &Actor, item: Id<thing::Item>) -> ItemPage;
    fn destinations(actor: &Actor, library: Id<thing::Library>) -> Vec<Destination>;
    fn relocate(actor: &Actor, library: Id<thing::Library>, items: &[Id<thing::Item>], to: Id<thing::Library>, folder: Option<Id<thing::Folder>>) -> u64;
    fn bin(actor: &Actor, library: Id<thing::Library>, items: &[Id<thing::Item>]) -> u64;
    fn bin_list(actor: &Actor, library: Id<thing::Library>, after: Option<&str>) -> BinPage;
    fn restore(actor: &Actor, library: Id<thing::Library>, items: &[Id<thing::Item>]) -> u64;
}
#[allow(dead_code, missing_docs, clippy::unused_async, unused_variables, clippy::todo)]
pub(crate) async fn head_of(proof: &mut impl crate::sites::Standpoint) -> Result<LibraryHead> { todo!() }
