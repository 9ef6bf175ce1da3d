//! Being built.

mod actions;
pub use actions::*;
