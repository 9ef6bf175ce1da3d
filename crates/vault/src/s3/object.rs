//! What stands in an object under `blobs/`: the state of one address.

use bytes::{BufMut as _, Bytes, BytesMut};

use crate::{HEAD, Head};

/// The tag and the nonce before everything else.
pub(super) const FRAME: usize = 24;
/// The length of a card, which is also as much as has to be read to know any state.
pub(super) const CARD: usize = FRAME + HEAD + 4 + 8 + 16;

const TAG: usize = 8;
const WHOLE: &[u8; TAG] = b"CHWHOLE1";
const PARTED: &[u8; TAG] = b"CHPARTS1";
const GONE: &[u8; TAG] = b"CHGONE_1";

/// Makes two writes of the same state different, so that their `ETag`s differ.
pub(super) type Nonce = [u8; 16];
/// Under which name the parts of a long blob are.
pub(super) type Name = [u8; 16];

/// What an address stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The blob follows, after the frame.
    Whole,
    /// The blob is this head, and the parts under this name.
    Parted(Card),
    /// It was removed.
    Gone,
}

/// Where a long blob is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) head: Head,
    /// How long each part is but the last.
    pub(super) part: u32,
    /// How long the parts are together.
    pub(super) body: u64,
    pub(super) name: Name,
}

/// The object of a blob that is kept in one.
pub(super) fn whole(nonce: &Nonce, head: &Head, body: Vec<Bytes>) -> Vec<Bytes> {
    let mut start = BytesMut::with_capacity(FRAME + HEAD);
    start.put_slice(WHOLE);
    start.put_slice(nonce);
    start.put_slice(head);
    let mut object = vec![start.freeze()];
    object.extend(body);
    object
}

/// The object of a blob that is kept in parts.
pub(super) fn card(nonce: &Nonce, card: &Card) -> Vec<Bytes> {
    let mut object = BytesMut::with_capacity(CARD);
    object.put_slice(PARTED);
    object.put_slice(nonce);
    object.put_slice(&card.head);
    object.put_u32(card.part);
    object.put_u64(card.body);
    object.put_slice(&card.name);
    vec![object.freeze()]
}

/// The object of a blob that was removed.
pub(super) fn gone(nonce: &Nonce) -> Vec<Bytes> {
    vec![[&GONE[..], nonce].concat().into()]
}

/// The same object with another nonce.
pub(super) fn renewed(object: &Bytes, nonce: &Nonce) -> Vec<Bytes> {
    vec![
        object.slice(..TAG),
        Bytes::copy_from_slice(nonce),
        object.slice(FRAME..),
    ]
}

/// Reads the state from the first [`CARD`] bytes of an object, or all of a shorter one. `None` if
/// it is no object of ours.
pub(super) fn state(start: &[u8]) -> Option<(State, Nonce)> {
    let (tag, rest) = start.split_first_chunk::<TAG>()?;
    let (nonce, rest) = rest.split_first_chunk::<16>()?;
    let state = match tag {
        WHOLE if rest.len() >= HEAD => State::Whole,
        GONE if rest.is_empty() => State::Gone,
        PARTED => {
            let (head, rest) = rest.split_first_chunk::<HEAD>()?;
            let (part, rest) = rest.split_first_chunk::<4>()?;
            let (body, rest) = rest.split_first_chunk::<8>()?;
            let (name, _) = rest.split_first_chunk::<16>()?;
            State::Parted(Card {
                head: *head,
                part: Some(u32::from_be_bytes(*part)).filter(|part| *part > 0)?,
                body: u64::from_be_bytes(*body),
                name: *name,
            })
        }
        _ => return None,
    };
    Some((state, *nonce))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn every_state_is_read_back_and_nothing_else_is() {
        let nonce = [9; 16];
        let parted = Card {
            head: [3; HEAD],
            part: 4,
            body: 9,
            name: [7; 16],
        };
        let read = |object: Vec<Bytes>| {
            let bytes = object.concat();
            let read = state(&bytes[..bytes.len().min(CARD)]);
            assert_eq!(read.as_ref().unwrap().1, nonce);
            read.unwrap().0
        };
        assert_eq!(read(whole(&nonce, &[1; HEAD], vec![])), State::Whole);
        let long = vec![Bytes::from_static(&[5; 1000])];
        assert_eq!(read(whole(&nonce, &[1; HEAD], long)), State::Whole);
        assert_eq!(read(gone(&nonce)), State::Gone);
        assert_eq!(read(card(&nonce, &parted)), State::Parted(parted));
        let again = Bytes::from(card(&[0; 16], &parted).concat());
        assert_eq!(again.len(), CARD);
        assert_eq!(read(renewed(&again, &nonce)), State::Parted(parted));
        for cut in 0..CARD {
            assert_eq!(state(&again[..cut]), None, "{cut}");
        }
        assert_eq!(state(&[0; 200]), None);
    }
}
