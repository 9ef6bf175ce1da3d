//! Randomness is handed in, so that tests are repeatable.

use std::sync::{Mutex, PoisonError};

use rand::{Rng as _, SeedableRng as _};

/// Where random bytes come from.
pub trait Rng: Send + Sync + 'static {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness: the only one fit for tokens and keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes)
            .expect("the operating system gives randomness, or nothing here can be safe");
    }
}

/// A repeatable stream for tests and demonstration data.
#[derive(Debug)]
pub struct SeededRng(Mutex<rand_chacha::ChaCha12Rng>);

impl SeededRng {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(rand_chacha::ChaCha12Rng::seed_from_u64(seed)))
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(bytes);
    }
}
