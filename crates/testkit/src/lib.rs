//! What tests share: a PostgreSQL that a run starts itself, with a database of
//! its own for every test that asks, an S3-compatible store, a scanner of malware, a mail server, and
//! a real browser with an accessibility checker.
//!
//! It knows nothing of Chancery, so every crate's tests may use it.

mod process;
pub use process::on_path;

#[cfg(feature = "browser")]
pub mod browser;
pub mod clamd;
pub use clamd::Clamd;
pub mod line;
pub mod post;
pub mod postgres;
pub use post::Post;
#[cfg(feature = "s3")]
pub mod s3;

use std::fmt::Write as _;
use std::io::Read as _;

/// 128 random bits: names and passwords that nothing else on the machine guesses.
fn random_hex() -> String {
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .expect("every Unix has /dev/urandom");
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
