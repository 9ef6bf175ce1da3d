//! How many connections are open, and from where.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use chancery::kernel::subscriber;

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
        let address = address.map(subscriber);
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
}
