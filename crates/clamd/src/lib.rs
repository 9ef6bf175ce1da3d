//! Whether ClamAV's daemon finds malware in a stream of bytes. The bytes go to it as they come (its command
//! `INSTREAM`) and are nowhere whole in our memory.
//!
//! **Invariant:** what was not looked at to its end is never [`Verdict::Clean`].
//!
//! The protocol is spoken here and not by the crate `clamav-client` (2.3), because that one sends everything before it
//! listens: when clamd closes the connection in the middle, because the stream is longer than it takes, a client sees a
//! broken pipe and cannot tell that from a daemon that died. It has no timeouts either, reads answers of any length, and
//! ends the stream early when it is handed an empty piece.

mod address;
mod talk;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use tokio::time::timeout;

pub use address::NotAnAddress;
use address::{Address, Line};
use talk::{Heard, answer, talk};

/// What one question can cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest content that is handed over, in bytes. It must not be more than clamd looks through (the least of its
    /// `StreamMaxLength`, `MaxFileSize` and `MaxScanSize`): of what is longer than `MaxFileSize` clamd says that it is
    /// clean without having looked, unless `AlertExceedsMax` is set.
    pub largest: u64,
    /// How long connecting may take, and answering a ping.
    pub connect: Duration,
    /// How long one content may take, from the first byte to the answer.
    pub whole: Duration,
}

impl Default for Limits {
    /// As ClamAV's own defaults: 100 MiB.
    fn default() -> Self {
        Self {
            largest: 100 * 1024 * 1024,
            connect: Duration::from_secs(5),
            whole: Duration::from_mins(5),
        }
    }
}

/// What clamd says of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was looked at to its end, and nothing was found.
    Clean,
    /// Malware of this name was found.
    Infected {
        /// As the signature is called.
        name: String,
    },
    /// It is longer than clamd takes, or there is more in it than clamd looks through: nobody knows what is in it.
    TooLarge,
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// clamd cannot be reached, or went away before it answered.
    #[error("clamd is away: {0}")]
    Away(io::Error),
    /// It took longer than it may.
    #[error("clamd took too long")]
    TimedOut,
    /// It says that it could not do it, or answered something that is no answer.
    #[error("clamd answered {0:?}")]
    Nonsense(String),
    /// What was to be looked at could not be read to its end.
    #[error("what was to be scanned could not be read: {0}")]
    Content(io::Error),
}

/// A clamd, at its address. Cheap to clone; nothing is connected until something is asked.
#[derive(Debug, Clone)]
pub struct Clamd(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: Address,
    limits: Limits,
}

impl Clamd {
    /// The clamd at `unix:/run/clamav/clamd.ctl` or `tcp://host:3310`.
    pub fn at(address: &str, limits: Limits) -> Result<Self, NotAnAddress> {
        Ok(Self(Arc::new(Inner {
            address: address.parse()?,
            limits,
        })))
    }

    /// What one question can cost at most.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<(), Failure> {
        match self.ask(b"zPING\0").await?.as_str() {
            "PONG" => Ok(()),
            other => Err(Failure::Nonsense(other.to_owned())),
        }
    }

    /// Which version it is, and of which day its signatures are: `ClamAV 1.4.3/27800/Mon Mar  2 08:00:00 2026`.
    pub async fn version(&self) -> Result<String, Failure> {
        let version = self.ask(b"zVERSION\0").await?;
        if version.starts_with("ClamAV") {
            Ok(version)
        } else {
            Err(Failure::Nonsense(version))
        }
    }

    /// What it says of this content.
    pub async fn scan(
        &self,
        content: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<Verdict, Failure> {
        let looked = async {
            let line = self.connect().await?;
            talk(line, content, self.0.limits.largest).await
        };
        let heard = timeout(self.0.limits.whole, looked)
            .await
            .map_err(|_| Failure::TimedOut)??;
        match heard {
            Heard::TooMuch => Ok(Verdict::TooLarge),
            Heard::Said { text, after_all } => verdict(text, after_all),
        }
    }

    async fn connect(&self) -> Result<Line, Failure> {
        match timeout(self.0.limits.connect, self.0.address.connect()).await {
            Ok(line) => line.map_err(Failure::Away),
            Err(_) => Err(Failure::Away(io::ErrorKind::TimedOut.into())),
        }
    }

    async fn ask(&self, command: &[u8]) -> Result<String, Failure> {
        let mut line = self.connect().await?;
        timeout(self.0.limits.connect, answer(&mut line, command))
            .await
            .map_err(|_| Failure::TimedOut)?
    }
}

impl std::fmt::Display for Clamd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.address.fmt(f)
    }
}

/// What an answer to `INSTREAM` means. `after_all`: it was given after everything was sent.
fn verdict(text: String, after_all: bool) -> Result<Verdict, Failure> {
    /// What clamd "finds" where it gave up on a content that is too much for it (`AlertExceedsMax`).
    const GAVE_UP: &str = "Heuristics.Limits.Exceeded";
    let said = text.strip_prefix("stream: ").unwrap_or(&text);
    if said == "OK" && after_all {
        return Ok(Verdict::Clean);
    }
    if let Some(name) = said.strip_suffix(" FOUND") {
        if name.starts_with(GAVE_UP) {
            return Ok(Verdict::TooLarge);
        }
        return Ok(Verdict::Infected {
            name: name.to_owned(),
        });
    }
    match said {
        "INSTREAM size limit exceeded. ERROR" => Ok(Verdict::TooLarge),
        "COMMAND READ TIMED OUT" => Err(Failure::TimedOut),
        _ => Err(Failure::Nonsense(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ok_after_everything_was_sent_is_clean() {
        let of = |text: &str, after_all| verdict(text.to_owned(), after_all);
        assert!(matches!(of("stream: OK", true), Ok(Verdict::Clean)));
        for not_clean in ["OK.", "", "ok", "stream: OK ERROR", "stream: "] {
            assert!(of(not_clean, true).is_err(), "{not_clean:?}");
        }
        assert!(matches!(of("stream: OK", false), Err(Failure::Nonsense(_))));
        assert!(matches!(
            of("COMMAND READ TIMED OUT", true),
            Err(Failure::TimedOut)
        ));
        assert!(matches!(
            of("Can't allocate memory ERROR", true),
            Err(Failure::Nonsense(_))
        ));
    }

    #[test]
    fn what_is_found_is_named_and_what_was_given_up_is_not_found() {
        let of = |text: &str| verdict(text.to_owned(), true).ok();
        let infected = |name: &str| {
            Some(Verdict::Infected {
                name: name.to_owned(),
            })
        };
        assert_eq!(of("stream: Win.Test.X-1 FOUND"), infected("Win.Test.X-1"));
        // Also before everything was sent.
        assert_eq!(
            verdict("stream: A FOUND".to_owned(), false).ok(),
            infected("A")
        );
        for too_large in [
            "INSTREAM size limit exceeded. ERROR",
            "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND",
        ] {
            assert_eq!(of(too_large), Some(Verdict::TooLarge), "{too_large}");
        }
    }
}
