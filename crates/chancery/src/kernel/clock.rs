//! Time is handed in, so that tests never sleep and the past can be asked about.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// The clock of a realm in one process.
///
/// Where many nodes share a database, the time is what the database's clock says. A write is told it
/// with its turn. Between two answers a node knows it only to within some time, so it keeps both ends of that:
///
/// - [`now`](Self::now) is not before it. What was written and acknowledged anywhere is in the past of
///   whoever asks next, on any node: access that ended has ended.
/// - [`surely`](Self::surely) is not after it. Ids are made by this end, so that no id is ahead of a write
///   that comes after it.
///
/// Neither goes back, whatever happens to the clocks.
pub(super) struct RealmClock {
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

/// What is known of the database's clock, in microseconds.
#[derive(Debug)]
struct Known {
    /// When that was, by the machine's clock.
    as_of: i64,
    /// What the machine's clock lacked at least, and at most.
    lacks: (i64, i64),
    /// The latest moments that were given out: the end that is surely past, and the other.
    latest: (i64, i64),
    /// Said already: the database's clock was put back.
    back: bool,
}

/// Two clocks drift apart by no more than one part in this many: ten times what is usual.
const DRIFT: i64 = 5_000;

impl RealmClock {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            known: Mutex::new(Known {
                as_of: i64::MAX,
                lacks: (0, 0),
                latest: (i64::MIN, i64::MIN),
                back: false,
            }),
        }
    }

    /// Whether it follows a machine's.
    pub(super) fn is_a_machines(&self) -> bool {
        self.clock.is_a_machines()
    }

    /// The present moment: not before what the database's clock says.
    pub(super) fn now(&self) -> Time {
        self.ends().1
    }

    /// A moment that is past or present by the database's clock.
    pub(super) fn surely(&self) -> Time {
        self.ends().0
    }

    /// What the machine itself says.
    pub(super) fn own(&self) -> Time {
        self.clock.now()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ends(&self) -> (Time, Time) {
        let own = self.own();
        if !self.is_a_machines() {
            return (own, own);
        }
        let mut known = self.known();
        let drift = own.0.saturating_sub(known.as_of).max(0) / DRIFT;
        let least = own.0.saturating_add(known.lacks.0) - drift;
        let most = own.0.saturating_add(known.lacks.1) + drift;
        known.latest.0 = known.latest.0.max(least);
        known.latest.1 = known.latest.1.max(most);
        (Time(known.latest.0), Time(known.latest.1))
    }

    /// From now on it is not before this, which was written.
    pub(super) fn not_before(&self, written: Time) {
        let mut known = self.known();
        known.latest.1 = known.latest.1.max(written.0);
    }

    /// Takes what the database said between the moments `asked` and `answered` of the machine's clock.
    pub(super) fn put_right(&self, asked: Time, told: Time, answered: Time) {
        const LARGE: i64 = 1_000_000;
        let lacks = (told.0 - answered.0, told.0 - asked.0);
        let mut known = self.known();
        let before = std::mem::replace(&mut known.lacks, lacks);
        known.as_of = answered.0;
        if self.is_a_machines() && lacks.0.abs() > LARGE && before.0.abs() <= LARGE {
            let seconds = lacks.0 / LARGE;
            tracing::warn!(
                seconds,
                "the clock of this machine is wrong; the database's is used"
            );
        }
    }

    /// How long to wait until a write, whose turn came at `at`, is not behind the journal, whose latest
    /// entry is of the moment `latest`. A clock that was put back by more than can be waited for goes
    /// on from where it is, and that is said once.
    pub(super) fn behind(&self, at: Time, latest: Time) -> Option<Duration> {
        let micros = u64::try_from(latest.0.saturating_sub(at.0)).unwrap_or(0);
        let behind = Duration::from_micros(micros);
        let back = behind > WAITED_FOR;
        let said = std::mem::replace(&mut self.known().back, back);
        if back && !said {
            let seconds = behind.as_secs();
            tracing::error!(
                seconds,
                "the clock was put back: the journal has later entries than now"
            );
        }
        (!behind.is_zero() && !back).then_some(behind)
    }
}

/// By how much a clock may be put back for writes to wait until it has caught up: another database server has
/// taken over, or somebody has set the clock.
const WAITED_FOR: Duration = Duration::from_secs(1);

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
        let ends = || (clock.surely().0, clock.now().0);
        assert_eq!(ends(), (100_000_000, 100_000_000));
        // 30 seconds behind the database, whose answer took 200 microseconds.
        clock.put_right(Time(100_000_000), Time(130_000_100), Time(100_000_200));
        machine.0.set(Time(100_000_200));
        assert_eq!(ends(), (130_000_100, 130_000_300));
        // What is known becomes less exact with time.
        machine.0.set(Time(101_000_200));
        assert_eq!(ends(), (130_999_900, 131_000_500));
        clock.not_before(Time(131_000_600));
        assert_eq!(ends(), (130_999_900, 131_000_600));
        // The machine's clock is put back by somebody.
        machine.0.set(Time(90_000_000));
        assert_eq!(ends(), (130_999_900, 131_000_600));
    }

    #[test]
    fn a_clock_that_was_put_back_a_little_is_waited_for() {
        let clock = RealmClock::new(Arc::new(Wrong(ManualClock::at(Time(0)))));
        let behind = |at, latest| clock.behind(Time(at), Time(latest));
        assert_eq!(behind(7, 7), None);
        assert_eq!(behind(7, 5), None);
        assert_eq!(behind(7, 9), Some(Duration::from_micros(2)));
        assert_eq!(behind(0, 1_000_000), Some(Duration::from_secs(1)));
        assert_eq!(behind(0, 1_000_001), None);
    }

    #[test]
    fn a_clock_that_is_handed_in_is_left_alone() {
        let clock = RealmClock::new(Arc::new(ManualClock::at(Time(7))));
        clock.put_right(Time(7), Time(1_000), Time(7));
        assert_eq!(clock.now(), Time(7));
    }
}
