//! What one file can cost at most.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one file can cost at most. A file that wants more ends in a [`Failure`](crate::Failure).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The largest file that is read, in bytes.
    pub input: u64,
    /// What the parts of an archive (an office document is one) may come to when unpacked, in bytes.
    pub unpacked: u64,
    /// How much text is given back, in bytes: what is longer is cut off there, and the answer says so.
    pub text: usize,
    /// How much text a scan gives back, in bytes: what is longer is said not to have been read.
    pub scan: usize,
    /// How deep files may lie in each other.
    pub nesting: usize,
    /// How many files one may hold, with all that those hold.
    pub files: usize,
    /// How deep elements may lie within each other.
    pub depth: usize,
    /// The addresses that the worker may take, in bytes: its program, its libraries, the file and all that is made of it.
    pub memory: u64,
    /// The time that it may compute.
    pub processor: Duration,
    /// The time that passes on the wall, from its start to its answer.
    pub time: Duration,
    /// How long a file waits for its turn.
    pub patience: Duration,
    /// How many workers may be at work at one time.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input: 64 * 1024 * 1024,
            unpacked: 256 * 1024 * 1024,
            text: 4 * 1024 * 1024,
            scan: 16 * 1024 * 1024,
            nesting: 8,
            files: 5000,
            depth: 1000,
            memory: 1024 * 1024 * 1024,
            processor: Duration::from_secs(10),
            time: Duration::from_secs(20),
            patience: Duration::from_secs(20),
            at_once: 4,
        }
    }
}

impl Limits {
    /// The largest answer that is taken from a worker, in bytes: text in JSON, each byte of which may take six.
    pub(crate) fn answer(&self) -> u64 {
        6 * self.text as u64 + 64 * 1024
    }

    /// The largest answer to a scan: its text, from which letters that take more than two are taken out first, and what is said
    /// beside each piece.
    pub(crate) fn answer_to_scan(&self) -> u64 {
        5 * self.scan as u64 + 4 * 1024 * 1024
    }
}
