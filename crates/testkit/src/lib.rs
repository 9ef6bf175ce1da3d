//! What tests share: a PostgreSQL that a run starts itself, with a database of
//! its own for every test that asks, and a real browser with an accessibility
//! checker.
//!
//! It knows nothing of Chancery, so every crate's tests may use it.

mod process;

#[cfg(feature = "browser")]
pub mod browser;
pub mod postgres;
