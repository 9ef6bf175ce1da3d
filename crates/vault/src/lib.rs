//! Encrypted, content-addressed bytes. It knows nothing of people or documents.
//!
//! Give a [`Vault`] a stream of content and it gives back an [`Address`]; give it the address and
//! it gives back the content, whole or any range of it. On the way the content is encrypted in
//! segments of 64 KiB, each of which is checked before a byte of it is handed out. Memory use does
//! not grow with the size of the content.
//!
//! - Equal content has the same address and is stored once. The address is a keyed hash: it tells
//!   nothing about the content to somebody without the [`Keys`].
//! - Each blob has a random key of its own, wrapped by a key of the realm that can be rotated.
//! - Small content is handed back encrypted, [`Kept::Inline`], for the caller to keep in its own
//!   database row, where it shares the fsync of that row.
//! - The bytes live behind the small [`Store`] trait: [`Disk`], [`S3`], [`Memory`], or one of your own that
//!   passes the `conformance` suite.
//!
//! The format, the key file and what all this does and does not protect against are specified in
//! `docs/vault-format.md`.
//!
//! ```
//! # use std::sync::Arc;
//! # use futures::TryStreamExt;
//! # use vault::{Error, Keys, Kept, Memory, Vault};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let vault = Vault::new(Keys::ephemeral()?, Arc::new(Memory::new()));
//!
//! let deposit = vault.deposit(&b"the minutes of the meeting"[..], 1_000_000).await?;
//! let Kept::Inline(row) = deposit.kept else { panic!("this small, it is kept in a row") };
//!
//! let blob = vault.open(&deposit.address, Some(row)).await?;
//! let part: Vec<_> = blob.read(4..11).try_collect().await?;
//! assert_eq!(part.concat(), b"minutes");
//! # Ok(())
//! # }
//! ```

mod address;
mod blob;
mod disk;
mod error;
mod files;
mod format;
mod hex;
mod key_file;
mod keys;
mod memory;
mod moving;
mod s3;
mod store;
mod vault;

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(test)]
mod tests;

pub use address::{Address, NotAnAddress};
pub use blob::Blob;
pub use disk::Disk;
pub use error::Error;
pub use format::{HEAD, Head};
pub use keys::{KeyId, Keys, NotAKeyId};
pub use memory::Memory;
pub use s3::{S3, S3Settings};
pub use store::{Bytestream, Existing, Found, Listed, Store, Upload};
pub use vault::{Collected, Deposit, INLINE_LIMIT, INLINE_LIMIT_MAX, Kept, Vault};
