//! What the tests of durability stand on: the real program, driven over HTTP by people whose every
//! act is remembered, ended at any moment, and looked over afterwards.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of the harness"
)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

pub mod acts;
pub mod chance;
pub mod changes;
pub mod content;
pub mod desk;
pub mod disk;
pub mod governing;
pub mod look;
pub mod person;
pub mod place;
pub mod program;
pub mod rounds;
pub mod shim;

/// Waits for something to be so, for ten seconds at most.
pub async fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if so() {
            return;
        }
        #[allow(
            clippy::disallowed_methods,
            reason = "nothing outside the program tells when it has cleared away but looking"
        )]
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{what}: it does not come about");
}
