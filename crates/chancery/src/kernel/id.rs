//! Names for things: small, ordered by time, and typed by what they name.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Rng, Time};

/// Crockford's base 32: no I, L, O or U, so that an id can be read out on the telephone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The id of a `T`: 63 bits, time-ordered with random low bits (as TSID), shown as 13 Crockford
/// base 32 characters. An id of one kind does not compile where another kind is asked for.
pub struct Id<T: ?Sized>(i64, PhantomData<fn() -> T>);

impl<T: ?Sized> Id<T> {
    /// From the integer in a row.
    pub const fn from_raw(raw: i64) -> Self {
        Self(raw, PhantomData)
    }

    /// The integer, as it is stored.
    pub const fn raw(self) -> i64 {
        self.0
    }
}

impl<T: ?Sized> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for Id<T> {}
impl<T: ?Sized> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T: ?Sized> Eq for Id<T> {}
impl<T: ?Sized> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T: ?Sized> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T: ?Sized> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T: ?Sized> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.cast_unsigned();
        for place in (0..13).rev() {
            let digit = (bits >> (place * 5)) & 31;
            let digit = usize::try_from(digit).unwrap_or_default();
            write!(f, "{}", char::from(ALPHABET[digit]))?;
        }
        Ok(())
    }
}

impl<T: ?Sized> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an id: 13 Crockford base 32 characters, the first below 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 13 letters and digits")]
pub struct NotAnId;

impl<T: ?Sized> FromStr for Id<T> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != 13 {
            return Err(NotAnId);
        }
        let mut bits: u64 = 0;
        for byte in text.bytes() {
            let upper = match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let digit = ALPHABET
                .iter()
                .position(|letter| *letter == upper)
                .ok_or(NotAnId)?;
            bits = bits
                .checked_mul(32)
                .and_then(|bits| bits.checked_add(digit as u64))
                .ok_or(NotAnId)?;
        }
        i64::try_from(bits).map(Self::from_raw).map_err(|_| NotAnId)
    }
}

impl<T: ?Sized> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T: ?Sized> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Microseconds from 1970 to the start of our ids, 2024-01-01T00:00:00Z: 41 bits of milliseconds last until 2093.
const START: i64 = 1_704_067_200_000_000;
const RANDOM_BITS: u32 = 22;

/// How many of the low bits say which node made an id, once it has a slot.
const SLOT_BITS: u32 = 6;

/// Makes ids, never the same twice in one process, nor in two nodes that have slots of their own.
#[derive(Debug, Default)]
pub(super) struct Ids(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    id: i64,
    slot: Option<i64>,
}

impl Ids {
    /// A new id, greater than every one made before it here.
    pub(super) fn next<T: ?Sized>(&self, now: Time, rng: &dyn Rng) -> Id<T> {
        let mut bytes = [0_u8; 4];
        rng.fill(&mut bytes);
        let random = i64::from(u32::from_le_bytes(bytes));
        let millis = (now.micros().saturating_sub(START) / 1000).clamp(1, (1 << 41) - 1);
        let fresh = (millis << RANDOM_BITS) | (random & ((1 << RANDOM_BITS) - 1));
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Within one millisecond, or when the clock steps back: a random step beyond the last one
        // keeps the order and stays hard to guess.
        let step = 1 + (random & 0xFF);
        last.id = match last.slot {
            None => fresh.max(last.id + step),
            Some(slot) => {
                let above = (fresh >> SLOT_BITS).max((last.id >> SLOT_BITS) + step);
                (above << SLOT_BITS) | slot
            }
        };
        Id::from_raw(last.id)
    }

    /// The latest moment at which an id can have been made, to the millisecond.
    pub(super) fn made_at(id: i64) -> Time {
        Time::from_micros((id >> RANDOM_BITS) * 1000 + START)
    }

    /// From now on ids end with this number, which no other node has.
    pub(super) fn use_slot(&self, slot: i64) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.slot = Some(slot & ((1 << SLOT_BITS) - 1));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kernel::SeededRng;

    #[test]
    fn nodes_with_slots_never_make_the_same_id_and_each_goes_up() {
        // The same random numbers and the same millisecond: all that is left is the slot.
        let now = Time::from_micros(START + 5_000_000_000);
        let mut all = BTreeSet::new();
        for slot in [0, 1, 63] {
            let (ids, rng) = (Ids::default(), SeededRng::new(1));
            let before: Id<()> = ids.next(now, &rng);
            ids.use_slot(slot);
            let mut last = before;
            for _ in 0..1000 {
                let id: Id<()> = ids.next(now, &rng);
                assert!(id > last);
                assert!(all.insert(id.raw()), "made twice");
                last = id;
            }
        }
    }
}
