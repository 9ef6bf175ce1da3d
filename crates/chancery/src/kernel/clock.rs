//! Time is handed in, so that tests never sleep and the past can be asked about.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment: microseconds since 1970-01-01 UTC.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// Later than every other moment: the `until` of an interval that nobody has closed.
    pub const FOREVER: Self = Self(i64::MAX);

    /// From microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This much later; saturates at [`Time::FOREVER`].
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// This much earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// `None` for [`Time::FOREVER`]: an end that is shown only when there is one.
    pub fn ends(self) -> Option<Self> {
        (self != Self::FOREVER).then_some(self)
    }

    /// As a calendar timestamp; moments outside the calendar are clamped to its ends.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

/// The text is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a moment is a date and time with its offset, like 2026-03-12T09:00:00Z")]
pub struct NotAMoment;

impl std::str::FromStr for Time {
    type Err = NotAMoment;

    /// From RFC 3339.
    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        text.parse::<jiff::Timestamp>()
            .map(Self::from)
            .map_err(|_| NotAMoment)
    }
}

impl From<jiff::Timestamp> for Time {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

/// Where *now* comes from.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Time;

    /// Whether it is a machine's, which the database's clock puts right.
    fn is_a_machines(&self) -> bool {
        false
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where the ambient clock enters"
    )]
    fn now(&self) -> Time {
        Time::from(jiff::Timestamp::now())
    }

    fn is_a_machines(&self) -> bool {
        true
    }
}

/// The clock of a realm in one process. A machine's clock follows the database's, so that all nodes
/// agree to within some milliseconds, and it never goes back.
pub(super) struct RealmClock {
    clock: Arc<dyn Clock>,
    /// What the machine's clock lacks, in microseconds.
    offset: AtomicI64,
    /// The latest moment that was given out.
    latest: AtomicI64,
}

impl RealmClock {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            offset: AtomicI64::new(0),
            latest: AtomicI64::new(i64::MIN),
        }
    }

    /// The present moment.
    pub(super) fn now(&self) -> Time {
        let own = self.own();
        if !self.clock.is_a_machines() {
            return own;
        }
        self.at_least(own.0.saturating_add(self.offset.load(Ordering::Relaxed)))
    }

    /// What the machine itself says.
    pub(super) fn own(&self) -> Time {
        self.clock.now()
    }

    fn at_least(&self, micros: i64) -> Time {
        let before = self.latest.fetch_max(micros, Ordering::Relaxed);
        Time(before.max(micros))
    }

    /// Takes what the database said between the moments `asked` and `answered` of the machine's clock.
    pub(super) fn put_right(&self, asked: Time, told: Time, answered: Time) {
        const LARGE: i64 = 1_000_000;
        let offset = told.0 - (asked.0 / 2 + answered.0 / 2);
        let before = self.offset.swap(offset, Ordering::Relaxed);
        if self.clock.is_a_machines() && offset.abs() > LARGE && before.abs() <= LARGE {
            let seconds = offset / LARGE;
            tracing::warn!(
                seconds,
                "the clock of this machine is wrong; the database's is used"
            );
        }
    }
}

/// A clock that moves only when told to: for tests, and for playing a history into a demonstration realm.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at this moment.
    pub const fn at(now: Time) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Puts the clock to this moment.
    pub fn set(&self, now: Time) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Moves the clock forward.
    pub fn advance(&self, span: Duration) {
        self.set(self.now().plus(span));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine whose clock is wrong, and that a test moves.
    struct Wrong(ManualClock);

    impl Clock for Wrong {
        fn now(&self) -> Time {
            self.0.now()
        }

        fn is_a_machines(&self) -> bool {
            true
        }
    }

    #[test]
    fn a_machines_clock_follows_the_databases_and_never_goes_back() {
        let machine = Arc::new(Wrong(ManualClock::at(Time(100_000_000))));
        let clock = RealmClock::new(Arc::clone(&machine) as _);
        assert_eq!(clock.now(), Time(100_000_000));
        // 30 seconds behind the database.
        clock.put_right(Time(100_000_000), Time(130_000_100), Time(100_000_200));
        assert_eq!(clock.now(), Time(130_000_000));
        machine.0.set(Time(101_000_000));
        assert_eq!(clock.now(), Time(131_000_000));
        // The machine's clock is put back by somebody.
        machine.0.set(Time(90_000_000));
        assert_eq!(clock.now(), Time(131_000_000));
    }

    #[test]
    fn a_clock_that_is_handed_in_is_left_alone() {
        let clock = RealmClock::new(Arc::new(ManualClock::at(Time(7))));
        clock.put_right(Time(7), Time(1_000), Time(7));
        assert_eq!(clock.now(), Time(7));
    }
}
