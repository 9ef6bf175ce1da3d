//! File programs, real ones and recorded ones, before the real program.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::too_many_lines,
    reason = "a test tells one story from beginning to end"
)]

mod clients;
mod dances;
mod hostile;
mod killed;
mod litmus;
mod locks;
mod matrix;
mod office;
mod people;
#[path = "../program/mod.rs"]
mod program;
#[path = "../stage/mod.rs"]
mod stage;

pub(crate) use people::Scene;
