//! Streams as they are when unpacked, by filters too that the library does not know.

use pdf_extract::{Dictionary, Object, Stream};

/// What a stream holds; what it is packed by is known to nobody, and it is given as it stands, where the second is false.
pub(super) fn unpacked(stream: &Stream) -> (Vec<u8>, bool) {
    if let Ok(bytes) = stream.decompressed_content() {
        return (bytes, true);
    }
    let filters: Vec<&[u8]> = match stream.dict.get(b"Filter") {
        Ok(Object::Name(one)) => vec![one],
        Ok(Object::Array(all)) => all.iter().filter_map(|one| one.as_name().ok()).collect(),
        _ => Vec::new(),
    };
    let mut bytes = stream.content.clone();
    for (number, filter) in filters.iter().enumerate() {
        bytes = match *filter {
            b"ASCIIHexDecode" | b"AHx" => hexadecimal(&bytes),
            b"RunLengthDecode" | b"RL" => run_lengths(&bytes),
            // Of itself, or as whoever may read it is known.
            b"Crypt" => bytes,
            other => match by_library(&stream.dict, other, number, bytes) {
                Ok(bytes) => bytes,
                Err(bytes) => return (bytes, false),
            },
        };
    }
    (bytes, true)
}

/// One step of several, as the library does it.
fn by_library(
    of: &Dictionary,
    filter: &[u8],
    number: usize,
    bytes: Vec<u8>,
) -> Result<Vec<u8>, Vec<u8>> {
    let filter = match filter {
        b"Fl" => &b"FlateDecode"[..],
        b"A85" => b"ASCII85Decode",
        b"LZW" => b"LZWDecode",
        other => other,
    };
    let mut one = Dictionary::new();
    one.set("Filter", Object::Name(filter.to_vec()));
    let parameters = match of.get(b"DecodeParms") {
        Ok(Object::Array(all)) => all.get(number),
        Ok(all) => Some(all),
        Err(_) => None,
    };
    if let Some(Object::Dictionary(parameters)) = parameters {
        one.set("DecodeParms", Object::Dictionary(parameters.clone()));
    }
    let step = Stream::new(one, bytes);
    step.decompressed_content().map_err(|_| step.content)
}

/// Bytes that are written as two digits each.
pub(super) fn hexadecimal(written: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(written.len() / 2);
    let mut half = None;
    for digit in written
        .iter()
        .take_while(|byte| **byte != b'>')
        .filter_map(|byte| char::from(*byte).to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
    {
        match half.take() {
            None => half = Some(digit),
            Some(first) => out.push(first << 4 | digit),
        }
    }
    out.extend(half.map(|first| first << 4));
    out
}

/// Bytes of which what stands often is said once: at most 128 for two.
fn run_lengths(packed: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(length) = packed.get(at).copied().filter(|length| *length != 128) {
        at += 1;
        if length < 128 {
            let end = (at + usize::from(length) + 1).min(packed.len());
            out.extend_from_slice(&packed[at..end]);
            at = end;
        } else if let Some(byte) = packed.get(at) {
            out.extend(std::iter::repeat_n(*byte, 257 - usize::from(length)));
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_every_kind_are_known_or_said_not_to_be() {
        let stream = |filter: Object, content: &[u8]| {
            let mut dictionary = Dictionary::new();
            dictionary.set("Filter", filter);
            unpacked(&Stream::new(dictionary, content.to_vec()))
        };
        let name = |name: &str| Object::Name(name.into());
        assert_eq!(
            stream(name("ASCIIHexDecode"), b"53 45 43 7>rest"),
            (b"SECp".to_vec(), true)
        );
        assert_eq!(
            stream(
                name("RunLengthDecode"),
                &[2, b'S', b'E', b'C', 254, b'R', 128]
            ),
            (b"SECRRR".to_vec(), true)
        );
        let both = Object::Array(vec![name("AHx"), name("RL")]);
        assert_eq!(stream(both, b"00 53 80>"), (b"S".to_vec(), true));
        assert!(!stream(name("JBIG2Decode"), b"x").1);
    }
}
