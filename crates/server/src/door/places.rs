//! How many connections are open, and from where.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The places inside the door.
#[derive(Clone)]
pub(super) struct Places(Arc<Inner>);

struct Inner {
    most: usize,
    most_per_address: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// Every place is taken.
    All,
    /// This address has as many as it may.
    Address,
}

/// One place, given back when dropped.
pub(super) struct Place {
    places: Places,
    address: Option<IpAddr>,
}

impl Places {
    pub(super) fn new(most: usize, most_per_address: usize) -> Self {
        Self(Arc::new(Inner {
            most,
            most_per_address,
            taken: Mutex::default(),
        }))
    }

    /// A place, counted for this address if there is one to count it for.
    pub(super) fn take(&self, address: Option<IpAddr>) -> Result<Place, Full> {
        let address = address.map(network);
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.0.most {
            return Err(Full::All);
        }
        if let Some(address) = address {
            let of_address = taken.by_address.entry(address).or_default();
            if *of_address >= self.0.most_per_address {
                return Err(Full::Address);
            }
            *of_address += 1;
        }
        taken.all += 1;
        metrics::gauge!("chancery_connections_open").set(count(taken.all));
        Ok(Place {
            places: self.clone(),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let inner = &self.places.0;
        let mut taken = inner.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        metrics::gauge!("chancery_connections_open").set(count(taken.all));
        let Some(address) = self.address else { return };
        if let Some(left) = taken.by_address.get_mut(&address) {
            *left -= 1;
            if *left == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "there are never 2^52 connections"
)]
fn count(number: usize) -> f64 {
    number as f64
}

/// What counts as one address: a subscriber of IPv6 has a whole /64.
pub(crate) fn network(address: IpAddr) -> IpAddr {
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

    #[test]
    fn a_place_is_given_back() {
        let places = Places::new(3, 2);
        let one: IpAddr = "192.0.2.1".parse().unwrap();
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
        let first = places.take(Some(one)).ok().unwrap();
        let _second = places.take(Some(mapped)).ok().unwrap();
        assert_eq!(places.take(Some(one)).err(), Some(Full::Address));
        let _third = places.take(None).ok().unwrap();
        assert_eq!(places.take(None).err(), Some(Full::All));
        drop(first);
        assert!(places.take(Some(one)).is_ok());
        assert_eq!(places.0.taken.lock().unwrap().all, 2);
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
    }
}
