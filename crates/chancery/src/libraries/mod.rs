//! Libraries, and the folders and documents in them as things with a name and a place. What a
//! document contains, its versions and check-outs are in [`documents`](crate::documents).
//!
//! A library is the unit of access. A name is used once in its folder, among folders and documents
//! alike. Moving changes neither an address nor a history; what is deleted goes to the recycle
//! bin and takes what is in it along.

mod actions;
mod bin;
pub(crate) mod carried;
mod closing;
pub mod columns;
mod cursor;
mod edition;
mod folders;
mod gather;
mod head;
mod library;
mod list;
mod nouns;
pub mod publishing;
mod relocate;
pub(crate) mod rules;
mod selection;
mod sql;
#[cfg(test)]
pub(crate) mod tests;

pub use crate::sites::LibraryLine;
pub use actions::*;
pub(crate) use bin::bin_within;
pub use bin::{bin, bin_list, restore};
pub use closing::Closing;
pub(crate) use closing::closing;
pub use edition::Edition;
pub(crate) use edition::{as_expected, as_expected_yet};
pub use folders::{create_folder, destinations, item, rename};
pub(crate) use folders::{folder_within, taken};
pub(crate) use gather::{Gathered, Gathering, gather};
pub use head::head;
pub(crate) use head::{folder_of, head_of, path_of};
pub use library::{create, edit};
pub use list::list;
pub use nouns::*;
pub use relocate::relocate;
pub(crate) use relocate::{ELSEWHERE, Relocation, place_anew, place_of};
pub(crate) use selection::OnSelection;
pub use selection::{SELECTED_MAX, hindrance};
pub(crate) use sql::{
    TAKE_ROW, bin_days, bin_over, cleared, is_closed, is_legally_held, is_sealed, marking,
    opens_at, reads_markings, retained_until, years,
};
