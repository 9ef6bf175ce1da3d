//! The SQL of scans, seals and alerts, by what it is about.

mod alerts;
mod destroying;
mod judging;
mod reading;

pub(super) use alerts::*;
pub(super) use destroying::*;
pub(super) use judging::*;
pub(crate) use reading::FORGET_CLAIMS;
pub(super) use reading::*;

/// Every statement here, for the test that prepares each on both engines.
#[cfg(test)]
pub(super) const STATEMENTS: &[&[&str]] = &[
    alerts::STATEMENTS,
    destroying::STATEMENTS,
    judging::STATEMENTS,
    reading::STATEMENTS,
];
