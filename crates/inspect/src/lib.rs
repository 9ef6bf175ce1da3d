//! What an untrusted file says, found out in a process of its own.
//!
//! Whoever sends a file may have written it to break whatever reads it. So no file is parsed in the program
//! that holds the keys and the database: an [`Inspector`] starts the same program anew as `… worker inspect`
//! (which calls [`worker`]), one process for each file, hands it the file over a pipe, and takes back text.
//!
//! **Invariant:** an untrusted file is parsed only in a process that can open nothing. Before it reads a byte of the file,
//! the worker shuts itself in ([`shut_in`]): limits on memory, time, files and processes, and on Linux also
//! Landlock without a single path and a seccomp filter that lets through what memory and pipes need and nothing
//! else. A worker without its limits, or on Linux without its filter, answers that it will not read; one without
//! Landlock reads and says so ([`Inspector::check`]), so that operators see it.
//!
//! This crate knows nothing of people, sites or documents.

mod agreed;
mod answer;
mod failure;
#[cfg(fuzzing)]
pub mod fuzz;
mod inspector;
mod limits;
mod printer;
mod read;
mod reading;
mod recogniser;
mod room;
mod scan;
mod walls;
mod worker;

pub use answer::{Attachment, Mail, Text, View};
pub use failure::Failure;
pub use inspector::Inspector;
pub use limits::Limits;
pub use printer::{PrintLimits, Printer, Turn, prints};
pub use reading::{Inner, Missing, Piece, PieceKind, Place, Property, Reading, Why};
pub use recogniser::{RecogniseLimits, Recogniser};
pub use walls::{Landlock, Walls, shut_in};
pub use worker::worker;
