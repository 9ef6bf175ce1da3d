//! Why a file was not read.

use std::io;

use serde::{Deserialize, Serialize};

/// Why a file was not read. Nothing that a file holds ends in anything else than one of these.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It took too long: computing, on the wall, or waiting for a turn.
    #[error("reading it took too long")]
    TimedOut,
    /// The file, or what it unpacks to, is larger than what is read.
    #[error("it is too large to be read")]
    TooLarge,
    /// It is of a kind whose text nobody can read here, or has no text in it.
    #[error("it is not of a kind whose text can be read")]
    NotText,
    /// It says that it is of a kind, and is not whole or not right.
    #[error("it could not be read: {0}")]
    Unreadable(String),
    /// The worker ended without an answer: it ran out of memory, or was stopped by one of its walls.
    #[error("the process that read it came to a bad end ({0})")]
    Crashed(String),
    /// There is no worker: it could not be started, or could not be shut in.
    #[error("there is nothing to read it with: {0}")]
    NoWorker(String),
    /// The content could not be had.
    #[error("its content could not be had: {0}")]
    Content(#[source] io::Error),
}

/// What of it crosses the pipe.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Told {
    TooLarge,
    NotText,
    Unreadable(String),
    NoWorker(String),
}

impl From<Told> for Failure {
    fn from(told: Told) -> Self {
        match told {
            Told::TooLarge => Self::TooLarge,
            Told::NotText => Self::NotText,
            Told::Unreadable(why) => Self::Unreadable(why),
            Told::NoWorker(why) => Self::NoWorker(why),
        }
    }
}

impl Told {
    pub(crate) fn unreadable(why: impl std::fmt::Display) -> Self {
        // What a parser says may quote the file; no more of it than a line is worth repeating.
        Self::Unreadable(why.to_string().chars().take(200).collect())
    }
}
