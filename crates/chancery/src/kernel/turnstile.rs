//! How much may be under way at once on this node, for each person and for each address that
//! nobody has signed in from yet. What waits in a queue of its own (passwords, commits) is bounded
//! where it is; this bounds the crowd before all of them.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Id, Limits, Time, thing};
use crate::{Error, Result};

const REQUESTS: &str =
    "You have as many requests under way as one person may have at the same time";
const UPLOADS: &str = "You have as many uploads under way as one person may have at the same time";
const STRANGERS: &str = "From your network address there are as many requests under way as it may have before anybody signs in";

/// How many links that lead nowhere an address may follow in a row, and how soon each is forgiven.
const MISSES: u32 = 20;
const FORGIVEN_EVERY: Duration = Duration::from_secs(6);

tokio::task_local! {
    static PASSAGE: Passage;
}

/// Counts what is under way.
#[derive(Clone)]
pub(super) struct Turnstile(Arc<Inner>);

struct Inner {
    allowed: Limits,
    counted: Mutex<Counted>,
}

#[derive(Default)]
struct Counted {
    inside: HashMap<Whose, Load>,
    /// When the misses of an address would all be forgiven.
    missed: HashMap<IpAddr, Time>,
    requests: u32,
    uploads: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whose {
    Address(IpAddr),
    Person(Id<thing::Person>),
}

#[derive(Default)]
struct Load {
    requests: u32,
    uploads: u32,
}

/// One request on its way through the product. It counts until the last clone is gone, which
/// is when its answer was sent.
#[derive(Clone)]
pub struct Passage(Arc<Passing>);

struct Passing {
    turnstile: Turnstile,
    address: IpAddr,
    whose: Mutex<Whose>,
}

/// One upload under way.
pub(crate) struct Uploading(Option<(Passage, Whose)>);

impl Turnstile {
    pub(super) fn new(allowed: Limits) -> Self {
        Self(Arc::new(Inner {
            allowed,
            counted: Mutex::default(),
        }))
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0
            .counted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A request from this address; nobody knows yet whose it is.
    pub(super) fn enter(&self, address: IpAddr) -> Result<Passage> {
        let address = subscriber(address);
        let whose = Whose::Address(address);
        let mut counted = self.counted();
        let most = self.0.allowed.requests_per_address;
        counted.enter(whose, most, STRANGERS)?;
        drop(counted);
        Ok(Passage(Arc::new(Passing {
            turnstile: self.clone(),
            address,
            whose: Mutex::new(whose),
        })))
    }
}

impl Counted {
    fn enter(&mut self, whose: Whose, most: u32, why: &'static str) -> Result<()> {
        let load = self.inside.entry(whose).or_default();
        if load.requests >= most {
            metrics::counter!("chancery_throttled_total", "what" => "requests").increment(1);
            return Err(Error::Busy(why));
        }
        load.requests += 1;
        self.requests += 1;
        metrics::gauge!("chancery_requests_under_way").set(self.requests);
        Ok(())
    }

    fn leave(&mut self, whose: Whose) {
        self.requests = self.requests.saturating_sub(1);
        metrics::gauge!("chancery_requests_under_way").set(self.requests);
        self.lighten(whose, |load| {
            load.requests = load.requests.saturating_sub(1);
        });
    }

    fn lighten(&mut self, whose: Whose, by: impl FnOnce(&mut Load)) {
        if let Some(load) = self.inside.get_mut(&whose) {
            by(load);
            if load.requests == 0 && load.uploads == 0 {
                self.inside.remove(&whose);
            }
        }
    }
}

impl Passage {
    /// Does something as this request: what happens inside knows whose it is.
    pub async fn walk<F: Future>(&self, future: F) -> F::Output {
        PASSAGE.scope(self.clone(), future).await
    }

    /// Who it turned out to be.
    pub fn person(&self) -> Option<Id<thing::Person>> {
        match *self.whose() {
            Whose::Person(person) => Some(person),
            Whose::Address(_) => None,
        }
    }

    fn whose(&self) -> MutexGuard<'_, Whose> {
        self.0.whose.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn here() -> Option<Self> {
        PASSAGE.try_with(Self::clone).ok()
    }

    /// The request is this person's. Asked by whatever proves who somebody is, whichever way they came.
    pub(crate) fn arrived(person: Id<thing::Person>) -> Result<()> {
        let Some(passage) = Self::here() else {
            return Ok(());
        };
        let mut whose = passage.whose();
        let person = Whose::Person(person);
        if *whose == person {
            return Ok(());
        }
        let turnstile = &passage.0.turnstile;
        let mut counted = turnstile.counted();
        counted.enter(person, turnstile.0.allowed.requests_per_person, REQUESTS)?;
        counted.leave(*whose);
        *whose = person;
        Ok(())
    }

    /// Content is coming in. Asked where it is taken, whichever way it came.
    pub(crate) fn uploading() -> Result<Uploading> {
        let Some(passage) = Self::here() else {
            return Ok(Uploading(None));
        };
        let whose = *passage.whose();
        let turnstile = &passage.0.turnstile;
        let mut counted = turnstile.counted();
        let load = counted.inside.entry(whose).or_default();
        if load.uploads >= turnstile.0.allowed.uploads_per_person {
            metrics::counter!("chancery_throttled_total", "what" => "uploads").increment(1);
            return Err(Error::Busy(UPLOADS));
        }
        load.uploads += 1;
        counted.uploads += 1;
        metrics::gauge!("chancery_uploads_under_way").set(counted.uploads);
        drop(counted);
        Ok(Uploading(Some((passage, whose))))
    }

    /// Refuses an address that followed too many links that lead nowhere.
    pub(crate) fn knock(now: Time) -> Result<()> {
        let Some(passage) = Self::here() else {
            return Ok(());
        };
        let counted = passage.0.turnstile.counted();
        let forgiven = counted.missed.get(&passage.0.address);
        // So many misses are forgiven so late that one more does not fit.
        let full = now.plus(FORGIVEN_EVERY * (MISSES - 1));
        match forgiven {
            Some(forgiven) if *forgiven > full => {
                metrics::counter!("chancery_throttled_total", "what" => "links").increment(1);
                let early = u64::try_from(forgiven.micros() - full.micros()).unwrap_or(0);
                let until = now.plus(Duration::from_micros(early));
                Err(Error::TooMany { until })
            }
            _ => Ok(()),
        }
    }

    /// This address followed a link that leads nowhere.
    pub(crate) fn missed(now: Time) {
        const MANY: usize = 10_000;
        let Some(passage) = Self::here() else { return };
        let mut counted = passage.0.turnstile.counted();
        if counted.missed.len() >= MANY {
            counted.missed.retain(|_, forgiven| *forgiven > now);
        }
        let forgiven = counted.missed.entry(passage.0.address).or_insert(now);
        *forgiven = (*forgiven).max(now).plus(FORGIVEN_EVERY);
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        let whose = *self.whose.lock().unwrap_or_else(PoisonError::into_inner);
        self.turnstile.counted().leave(whose);
    }
}

impl Drop for Uploading {
    fn drop(&mut self) {
        let Some((passage, whose)) = self.0.take() else {
            return;
        };
        let mut counted = passage.0.turnstile.counted();
        counted.uploads = counted.uploads.saturating_sub(1);
        metrics::gauge!("chancery_uploads_under_way").set(counted.uploads);
        counted.lighten(whose, |load| {
            load.uploads = load.uploads.saturating_sub(1);
        });
    }
}

/// What counts as one address where something is counted: a subscriber of IPv6 has a whole /64.
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(
            address.to_bits() & !u128::from(u64::MAX),
        )),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn turnstile() -> Turnstile {
        Turnstile::new(Limits {
            requests_per_person: 2,
            uploads_per_person: 1,
            requests_per_address: 3,
            ..Limits::default()
        })
    }

    fn one() -> IpAddr {
        "192.0.2.1".parse().unwrap()
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one_address() {
        let of = |text: &str| subscriber(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), one());
    }

    #[tokio::test]
    async fn strangers_share_their_address_and_people_do_not() {
        let turnstile = turnstile();
        let all: Vec<_> = (0..3).map(|_| turnstile.enter(one()).unwrap()).collect();
        assert!(matches!(turnstile.enter(one()), Err(Error::Busy(_))));
        assert!(turnstile.enter("192.0.2.2".parse().unwrap()).is_ok());
        // Two of them turn out to be the same person, who may not have a third.
        let person = Id::from_raw(7);
        for (passage, fits) in all.iter().zip([true, true, false]) {
            let arrived = passage.walk(async { Passage::arrived(person) }).await;
            assert_eq!(arrived.is_ok(), fits);
            assert_eq!(passage.person(), fits.then_some(person));
        }
        // Their places at the address are free again.
        let more: Vec<_> = (0..2).map(|_| turnstile.enter(one()).unwrap()).collect();
        assert!(turnstile.enter(one()).is_err());
        drop((all, more));
        assert!(turnstile.counted().inside.is_empty());
        assert_eq!(turnstile.counted().requests, 0);
    }

    #[tokio::test]
    async fn uploads_are_counted_while_they_last() {
        let turnstile = turnstile();
        let passage = turnstile.enter(one()).unwrap();
        let first = passage.walk(async { Passage::uploading() }).await.unwrap();
        assert!(passage.walk(async { Passage::uploading() }).await.is_err());
        drop(first);
        assert!(passage.walk(async { Passage::uploading() }).await.is_ok());
        // Commands on the machine itself pass no turnstile.
        assert!(Passage::uploading().is_ok());
        drop(passage);
        assert!(turnstile.counted().inside.is_empty());
    }

    #[tokio::test]
    async fn links_that_lead_nowhere_are_forgiven_in_time() {
        let turnstile = turnstile();
        let passage = turnstile.enter(one()).unwrap();
        let now = Time::from_micros(1_000_000_000);
        let until = passage
            .walk(async {
                for _ in 0..MISSES {
                    Passage::knock(now).unwrap();
                    Passage::missed(now);
                }
                match Passage::knock(now) {
                    Err(Error::TooMany { until }) => until,
                    other => panic!("{other:?}"),
                }
            })
            .await;
        assert_eq!(until, now.plus(FORGIVEN_EVERY));
        assert!(passage.walk(async { Passage::knock(until) }).await.is_ok());
        let elsewhere = turnstile.enter("192.0.2.2".parse().unwrap()).unwrap();
        assert!(elsewhere.walk(async { Passage::knock(now) }).await.is_ok());
    }
}
