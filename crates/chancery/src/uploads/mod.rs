//! Content on its way in, piece by piece: when the line breaks or the server restarts, whoever sends
//! it goes on where it stopped.
//!
//! An upload that is not whole is a row that only its sender can see, and its pieces are blobs of the
//! vault, encrypted like any other. A piece counts once the row that names it is committed, so what
//! was acknowledged is on the disk, and any node can take the next one. When it is whole it is read
//! through once more and becomes a document, or the next version of one, by the same verb as content
//! that came at once; the row says in the same commit what it became, so it becomes that once.
//!
//! Where something has to be asked first, because the name is used or the content is here already, a whole upload waits for
//! its sender's answer (`answer`).
//!
//! Nothing here is journalled: nobody sees an upload before it has become something, and that is an
//! entry. What is not whole when its time is over is garbage.

mod actions;
mod answer;
mod begin;
mod checksum;
mod nouns;
mod receive;
mod rules;
mod source;
mod sql;
#[cfg(test)]
mod tests;
mod whole;

pub use actions::*;
pub use answer::{Answer, Brought, Namesake, Waiting, answer, bring, waiting, waiting_one};
pub use begin::{begin, cancel, look};
pub use checksum::{Algorithm, Checksum};
pub use nouns::{Became, Beginning, Outcome, To, UploadLine};
pub use receive::receive;
#[cfg(test)]
pub(crate) use sql::STATEMENTS;
pub(crate) use sql::{EXPIRED, IN_VAULT, ORPHANS};
pub(crate) use whole::became;
