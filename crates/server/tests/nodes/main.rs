//! Two nodes, real processes, over one PostgreSQL and one S3-compatible store: what one does holds
//! for the other at once, and losing one, or the database's primary, loses nothing.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of what they share"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "how long real processes take is measured, and they are asked again until it is so"
)]

#[path = "../program/mod.rs"]
mod program;
#[path = "../workplace/mod.rs"]
mod workplace;

mod failover;
mod realm;
mod together;
