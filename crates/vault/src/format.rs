//! The bytes of a blob, as specified in `docs/vault-format.md`: a head of [`HEAD`] bytes, then the
//! content in encrypted segments.
//!
//! ```text
//!  0  8  "CHVAULT", 0x01          ┐ the frame: part of the associated
//!  8  1  0x10: log2 of 64 KiB     │ data of every segment, and never
//!  9  7  nonce prefix             ┘ changed
//! 16  8  size of the content, big-endian
//! 24  8  id of the wrapping key
//! 32 12  nonce of the wrapped key
//! 44 48  the blob's own key, wrapped
//! ```

use std::ops::Range;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use bytes::BytesMut;
use zeroize::Zeroizing;

use crate::{
    Address, Error, KeyId, Keys,
    keys::{Named, Secret, random},
};

/// How many bytes of a blob come before its first segment.
pub const HEAD: usize = 92;

/// The head of a blob. It is known only when all content has been read.
pub type Head = [u8; HEAD];

/// How much content a segment holds; the last may hold less.
pub(crate) const SEGMENT: usize = 64 * 1024;
/// How much longer a segment is when encrypted.
pub(crate) const TAG: usize = 16;
/// The largest content: as many segments as the counter in the nonce can count.
pub(crate) const LARGEST: u64 = (SEGMENT as u64) << 32;

const MAGIC: [u8; 8] = *b"CHVAULT\x01";
const SEGMENT_LOG2: u8 = 16;
const WRAP: &[u8; 25] = b"chancery vault v1 wrapped";

const FRAME: Range<usize> = 0..16;
const PREFIX: Range<usize> = 9..16;
const SIZE: Range<usize> = 16..24;
const KEY_ID: Range<usize> = 24..32;
/// What the wrapped key is bound to, besides the address.
const BOUND: Range<usize> = 0..32;
const WRAP_NONCE: Range<usize> = 32..44;
const WRAPPED: Range<usize> = 44..HEAD;

type Prefix = [u8; 7];
type Frame = [u8; 16];

/// Where things are in a blob.
pub(crate) mod place {
    use super::{HEAD, SEGMENT, TAG};

    /// How many segments hold content of this size. Empty content has one, empty segment, so that
    /// it is authenticated like any other.
    pub(crate) const fn segments(size: u64) -> u64 {
        let segments = size.div_ceil(SEGMENT as u64);
        if segments == 0 { 1 } else { segments }
    }

    /// Where an encrypted segment begins.
    pub(crate) const fn segment(index: u64) -> u64 {
        HEAD as u64 + index * (SEGMENT + TAG) as u64
    }

    /// How long the whole blob is.
    pub(crate) const fn end(size: u64) -> u64 {
        HEAD as u64 + size + segments(size) * TAG as u64
    }
}

/// What must be new and random for every blob.
pub(crate) struct Fresh {
    pub(crate) key: Secret,
    pub(crate) prefix: Prefix,
    pub(crate) wrap_nonce: [u8; NONCE_LEN],
}

impl Fresh {
    pub(crate) fn random() -> Result<Self, Error> {
        let mut fresh = Self {
            key: Secret::random()?,
            prefix: [0; 7],
            wrap_nonce: [0; NONCE_LEN],
        };
        random(&mut fresh.prefix)?;
        random(&mut fresh.wrap_nonce)?;
        Ok(fresh)
    }
}

fn cipher(key: &Secret) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, key.bytes()).expect("AES-256 keys have 32 bytes");
    LessSafeKey::new(key)
}

/// The key of one blob, ready to encrypt and decrypt its segments.
pub(crate) struct Segments {
    key: Secret,
    cipher: LessSafeKey,
    frame: Frame,
}

impl Segments {
    pub(crate) fn new(key: Secret, prefix: Prefix) -> Self {
        let mut frame = [0; 16];
        frame[..MAGIC.len()].copy_from_slice(&MAGIC);
        frame[MAGIC.len()] = SEGMENT_LOG2;
        frame[PREFIX].copy_from_slice(&prefix);
        Self {
            cipher: cipher(&key),
            key,
            frame,
        }
    }

    /// As in STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): prefix, counter, whether last.
    fn nonce(&self, index: u64, last: bool) -> Nonce {
        let index = u32::try_from(index).expect("sizes are limited so that the counter fits");
        let mut nonce = [0; NONCE_LEN];
        nonce[..7].copy_from_slice(&self.frame[PREFIX]);
        nonce[7..11].copy_from_slice(&index.to_be_bytes());
        nonce[11] = u8::from(last);
        Nonce::assume_unique_for_key(nonce)
    }

    fn associated(&self, index: u64) -> Aad<[u8; 24]> {
        let mut data = [0; 24];
        data[..16].copy_from_slice(&self.frame);
        data[16..].copy_from_slice(&index.to_be_bytes());
        Aad::from(data)
    }

    /// Encrypts a segment in place and appends its tag.
    pub(crate) fn seal(&self, index: u64, last: bool, segment: &mut BytesMut) {
        let (nonce, associated) = (self.nonce(index, last), self.associated(index));
        let tag = self
            .cipher
            .seal_in_place_separate_tag(nonce, associated, segment)
            .expect("a segment is far below the limits of AES-GCM");
        segment.extend_from_slice(tag.as_ref());
    }

    /// Checks a segment, decrypts it in place and takes off its tag.
    pub(crate) fn open(&self, index: u64, last: bool, segment: &mut BytesMut) -> Result<(), Error> {
        let (nonce, associated) = (self.nonce(index, last), self.associated(index));
        let opened = self
            .cipher
            .open_in_place(nonce, associated, segment)
            .map_err(|_| Error::damaged("a segment is not what was written"))?
            .len();
        segment.truncate(opened);
        Ok(())
    }

    /// The head for content of this size and address, with this blob's key wrapped under
    /// `wrapping`. `nonce` must be new and random.
    pub(crate) fn head(
        &self,
        size: u64,
        address: &Address,
        wrapping: &Named,
        nonce: [u8; NONCE_LEN],
    ) -> Head {
        let mut head = [0; HEAD];
        head[FRAME].copy_from_slice(&self.frame);
        head[SIZE].copy_from_slice(&size.to_be_bytes());
        head[KEY_ID].copy_from_slice(&wrapping.id.0);
        head[WRAP_NONCE].copy_from_slice(&nonce);

        let mut wrapped = Zeroizing::new(*self.key.bytes());
        let tag = cipher(&wrapping.secret)
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                bound(&head, address),
                &mut *wrapped,
            )
            .expect("a key is far below the limits of AES-GCM");
        let (key, rest) = head[WRAPPED].split_at_mut(wrapped.len());
        key.copy_from_slice(&*wrapped);
        rest.copy_from_slice(tag.as_ref());
        head
    }
}

fn bound(head: &Head, address: &Address) -> Aad<[u8; 89]> {
    let mut data = [0; 89];
    let (label, rest) = data.split_at_mut(WRAP.len());
    let (frame, rest) = rest.split_at_mut(BOUND.len());
    label.copy_from_slice(WRAP);
    frame.copy_from_slice(&head[BOUND]);
    rest.copy_from_slice(address.as_bytes());
    Aad::from(data)
}

fn field<const N: usize>(head: &Head, at: Range<usize>) -> [u8; N] {
    head[at]
        .try_into()
        .expect("the fields of a head have fixed lengths")
}

/// The wrapping key that a head names. Not authenticated until [`open`] succeeds.
pub(crate) fn key_id(head: &Head) -> KeyId {
    KeyId(field(head, KEY_ID))
}

/// Checks that a head belongs to `address` and gives the size of the content and the key to its
/// segments.
pub(crate) fn open(head: &Head, address: &Address, keys: &Keys) -> Result<(u64, Segments), Error> {
    if field::<7>(head, 0..7) != MAGIC[..7] {
        return Err(Error::damaged("it is not a blob of a vault"));
    }
    if head[7] != MAGIC[7] || head[8] != SEGMENT_LOG2 {
        return Err(Error::damaged(
            "it is of a version of the format that this program cannot read",
        ));
    }
    let size = u64::from_be_bytes(field(head, SIZE));
    if size > LARGEST {
        return Err(Error::damaged("its size is impossible"));
    }
    let wrapping = keys.wrapping(key_id(head))?;
    let mut wrapped = Zeroizing::new(field::<48>(head, WRAPPED));
    let opened = cipher(&wrapping.secret)
        .open_in_place(
            Nonce::assume_unique_for_key(field(head, WRAP_NONCE)),
            bound(head, address),
            &mut *wrapped,
        )
        .map_err(|_| Error::damaged("the head is not what was written for this address"))?;
    let mut key = Secret::zero();
    key.bytes_mut().copy_from_slice(opened);
    Ok((size, Segments::new(key, field(head, PREFIX))))
}
