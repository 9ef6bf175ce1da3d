//! Passwords become argon2id hashes (RFC 9106), two at a time: each takes the realm's
//! `hash_memory`, and a crowd at the door must not take the machine's.

use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::kernel::Realm;
use crate::{Error, Result};

static PLACES: Semaphore = Semaphore::const_new(2);

/// How many may wait for a place: as many as are served in a few seconds. Whoever comes then is
/// better told to come again than kept waiting by a crowd.
const MOST_WAITING: usize = 128;

static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Somebody who waits for a place.
struct Waiting;

impl Waiting {
    fn begin() -> Result<Self> {
        let before = WAITING.fetch_add(1, Ordering::Relaxed);
        // Made before it is looked at, so that it is taken back in any case.
        let waiting = Self;
        if before >= MOST_WAITING {
            metrics::counter!("chancery_throttled_total", "what" => "passwords").increment(1);
            return Err(Error::Busy(
                "Many people are signing in at this very moment",
            ));
        }
        Ok(waiting)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a longer password is compared as: nobody's.
const LONGEST_BYTES: usize = 16 * 1024;

/// A password as it is compared: form KC, so that it is the same from every keyboard.
pub(super) fn normalised(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

/// What came of comparing a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// It is the one.
    pub(super) right: bool,
    /// It is the one, and its hash was made with less (or more) than the realm now asks for.
    pub(super) outdated: bool,
}

fn argon(realm: &Realm) -> Result<Argon2<'static>> {
    let params = Params::new(realm.settings().limits.hash_memory, 2, 1, None)
        .map_err(|error| Error::unavailable(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn work<T: Send + 'static>(job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let waiting = Waiting::begin()?;
    let place = PLACES.acquire().await.map_err(Error::unavailable)?;
    drop(waiting);
    let outcome = tokio::task::spawn_blocking(move || {
        // The place is given back when the work ends, even if whoever asked has gone away.
        let _place = place;
        job()
    })
    .await;
    outcome.map_err(Error::unavailable)?
}

/// The hash of a new password, with its parameters and salt (a PHC string).
pub(super) async fn hash(realm: &Realm, password: &str) -> Result<String> {
    let argon = argon(realm)?;
    let password = normalised(password);
    let mut salt = [0_u8; 16];
    realm.rng().fill(&mut salt);
    work(move || {
        let hash = argon
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|error| Error::unavailable(error.to_string()))?;
        Ok(hash.to_string())
    })
    .await
}

/// Compares a password with a hash. Where there is none, the same work is done for nothing, so
/// that the time it takes says nothing about whether there is.
pub(super) async fn verify(realm: &Realm, password: &str, stored: Option<&str>) -> Result<Verdict> {
    let argon = argon(realm)?;
    let too_long = password.len() > LONGEST_BYTES;
    let password = if too_long {
        Zeroizing::default()
    } else {
        normalised(password)
    };
    let stored = stored.filter(|_| !too_long).map(str::to_owned);
    work(move || {
        let Some(stored) = stored else {
            let _ = argon.hash_password_with_salt(password.as_bytes(), &[0_u8; 16]);
            return Ok(Verdict {
                right: false,
                outdated: false,
            });
        };
        let hash =
            PasswordHash::new(&stored).map_err(|error| Error::unavailable(error.to_string()))?;
        let right = argon.verify_password(password.as_bytes(), &hash).is_ok();
        let outdated = right
            && Params::try_from(&hash).ok().is_none_or(|params| {
                params.m_cost() != argon.params().m_cost()
                    || params.t_cost() != argon.params().t_cost()
                    || params.p_cost() != argon.params().p_cost()
            });
        Ok(Verdict { right, outdated })
    })
    .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_crowd_at_the_door_is_told_to_come_again() {
        let held = PLACES.acquire_many(2).await.unwrap();
        let mut crowd: Vec<_> = (0..MOST_WAITING)
            .map(|_| Box::pin(work(|| Ok(()))))
            .collect();
        for waiting in &mut crowd {
            assert!(waiting.now_or_never().is_none());
        }
        let late = work(|| Ok(())).await;
        assert!(matches!(late, Err(Error::Busy(_))), "{late:?}");
        drop(crowd.split_off(1));
        drop(held);
        assert!(work(|| Ok(())).await.is_ok());
        crowd.remove(0).await.unwrap();
        assert_eq!(WAITING.load(Ordering::Relaxed), 0);
    }
}
