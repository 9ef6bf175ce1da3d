//! An append-only log in which no entry can be changed unnoticed. It knows nothing of what the
//! entries say.
//!
//! Each entry is hashed together with the hash of everything before it, so that one [`Head`] of
//! forty bytes stands for the whole log up to a [`Position`]:
//!
//! ```text
//! hash(0) = SHA-256("chancery-ledger-v1" ‖ 0x00)
//! hash(n) = SHA-256("chancery-ledger-v1" ‖ 0x01 ‖ hash(n-1) ‖ n as u64 BE ‖ length as u64 BE ‖ entry)
//! ```
//!
//! Positions count from one: the first entry is at position 1, and position 0 is the empty log.
//!
//! # What a bare chain does not show
//!
//! [`verify`] finds an entry that was edited, dropped, put in or moved, as long as the hashes kept
//! beside the entries were left alone. It cannot find that entries are missing from the *end*, nor
//! that somebody who can write to the database replaced the entries *and* all later hashes. Both
//! show only against a head that was kept where that person cannot reach it, so keep heads
//! elsewhere. A Merkle log with signed checkpoints will come behind this same interface, so that
//! an outsider can check one entry, or that one checkpoint extends another, without having the
//! whole log.
//!
//! ```
//! use ledger::{Head, verify};
//!
//! let first = Head::empty().append(b"opened");
//! let second = first.append(b"closed");
//! let kept = [(first.hash, "opened"), (second.hash, "closed")];
//! assert_eq!(verify(Head::empty(), kept), Ok(second));
//!
//! let edited = [(first.hash, "opened"), (second.hash, "never closed")];
//! assert_eq!(verify(Head::empty(), edited).unwrap_err().position, second.position);
//! ```

use std::{fmt, str::FromStr};

use aws_lc_rs::digest::{Context, SHA256};

#[cfg(test)]
mod tests;

const DOMAIN: &[u8] = b"chancery-ledger-v1";
const EMPTY: u8 = 0x00;
const ENTRY: u8 = 0x01;

/// Where an entry stands in the log, counted from one; also how many entries there are up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl Position {
    /// The position after this one.
    ///
    /// # Panics
    /// After 2⁶⁴ - 1 entries, which no log reaches.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("no log reaches 2^64 entries"))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A SHA-256 over the whole log up to some position. Written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash with these bytes, as kept beside an entry.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to keep.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn finish(context: Context) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.finish().as_ref());
        Self(bytes)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits in lower case")]
pub struct NotAHash;

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digit = |c: u8| match c {
            b'0'..=b'9' => Ok(c - b'0'),
            b'a'..=b'f' => Ok(c - b'a' + 10),
            _ => Err(NotAHash),
        };
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return Err(NotAHash);
        };
        let pairs: &[[u8; 2]; 32] = pairs.try_into().map_err(|_| NotAHash)?;
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(bytes))
    }
}

/// The whole log up to a position, in forty bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// How many entries there are, which is the position of the last one.
    pub position: Position,
    /// The hash over all of them.
    pub hash: Hash,
}

impl Head {
    /// The head of a log without entries.
    #[must_use]
    pub fn empty() -> Self {
        let mut context = Context::new(&SHA256);
        context.update(DOMAIN);
        context.update(&[EMPTY]);
        Self {
            position: Position(0),
            hash: Hash::finish(context),
        }
    }

    /// The head after one more entry.
    ///
    /// # Panics
    /// After 2⁶⁴ - 1 entries, which no log reaches.
    #[must_use]
    pub fn append(&self, entry: &[u8]) -> Self {
        let position = self.position.next();
        let mut context = Context::new(&SHA256);
        context.update(DOMAIN);
        context.update(&[ENTRY]);
        context.update(self.hash.as_bytes());
        context.update(&position.0.to_be_bytes());
        context.update(&(entry.len() as u64).to_be_bytes());
        context.update(entry);
        Self {
            position,
            hash: Hash::finish(context),
        }
    }
}

/// The log is not what it was when its hashes were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {position} does not fit the log before it")]
pub struct Broken {
    /// The first entry that does not fit.
    pub position: Position,
}

/// Checks that `entries`, each with the hash that was kept for it, follow `before` in order and
/// without a gap, and gives the head after the last. Compare that with a head kept elsewhere: see
/// [what a bare chain does not show](self#what-a-bare-chain-does-not-show).
pub fn verify<B: AsRef<[u8]>>(
    before: Head,
    entries: impl IntoIterator<Item = (Hash, B)>,
) -> Result<Head, Broken> {
    entries.into_iter().try_fold(before, |head, (kept, entry)| {
        let next = head.append(entry.as_ref());
        if next.hash == kept {
            Ok(next)
        } else {
            Err(Broken {
                position: next.position,
            })
        }
    })
}
