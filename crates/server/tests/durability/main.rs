//! Durability, proved from outside: the real program, ended at any moment, on disks that fill, fail
//! and go dark, over a database that goes and comes back. docs/durability.md says what is promised.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod full;
mod gone;
mod harness;
mod kill;
mod sync;
