//! Whether what arrived is what was sent.

use aws_lc_rs::digest::{self, Context};

/// How a checksum is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-1 (FIPS 180-4): against mishaps on the line, not against malice.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// Every one, in the order in which they are named.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// As a request names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

/// What the sender says of a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    /// How it was made.
    pub algorithm: Algorithm,
    /// What came out.
    pub sum: Vec<u8>,
}

/// A checksum that is being made of what arrives.
pub(super) struct Sum {
    context: Context,
    expected: Vec<u8>,
}

impl Sum {
    pub(super) fn of(checksum: Checksum) -> Self {
        Self {
            context: Context::new(checksum.algorithm.digest()),
            expected: checksum.sum,
        }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    pub(super) fn holds(self) -> bool {
        self.context.finish().as_ref() == self.expected
    }
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, Checksum, Sum};

    #[test]
    fn a_checksum_holds_for_what_it_was_made_of() {
        // FIPS 180-4, of "abc".
        let abc = [
            0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50,
            0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d,
        ];
        for (text, holds) in [("abc", true), ("abd", false), ("", false)] {
            let mut sum = Sum::of(Checksum {
                algorithm: Algorithm::Sha1,
                sum: abc.to_vec(),
            });
            let (one, other) = text.split_at(text.len() / 2);
            sum.add(one.as_bytes());
            sum.add(other.as_bytes());
            assert_eq!(sum.holds(), holds, "{text}");
        }
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
        assert_eq!(Algorithm::from_name("md5"), None);
    }
}
