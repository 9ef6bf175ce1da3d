//! Content that is known by a few numbers and compared byte for byte.

use super::chance::Chance;

/// Bytes that its seed and its length decide. No two are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Content {
    seed: u64,
    length: usize,
}

impl Content {
    /// Some that is kept in the database.
    pub fn small(chance: &mut Chance) -> Self {
        let length = 8 + chance.below(32 * 1024 - 8);
        Self::of(chance, length)
    }

    /// Some that is kept as a file: mostly of some hundred kilobytes, seldom of two megabytes.
    pub fn large(chance: &mut Chance) -> Self {
        let length = if chance.once_in(12) {
            2 * 1024 * 1024
        } else {
            40_000 + chance.below(360_000)
        };
        Self::of(chance, length)
    }

    /// Either.
    pub fn any(chance: &mut Chance) -> Self {
        if chance.once_in(3) {
            Self::large(chance)
        } else {
            Self::small(chance)
        }
    }

    /// Of this length.
    pub fn of(chance: &mut Chance, length: usize) -> Self {
        Self {
            seed: chance.next(),
            length,
        }
    }

    /// How long it is.
    pub fn len(self) -> usize {
        self.length
    }

    /// The bytes.
    pub fn bytes(self) -> Vec<u8> {
        let mut chance = Chance::new(self.seed);
        let mut bytes = self.seed.to_be_bytes().to_vec();
        while bytes.len() < self.length {
            bytes.extend_from_slice(&chance.next().to_be_bytes());
        }
        bytes.truncate(self.length);
        bytes
    }
}
