//! Numbers and letters in bytes, least first; nothing where there are not enough of them.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes([two[0], two[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// The same as a length or a place.
pub(super) fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    u32_at(bytes, at).map(|number| number as usize)
}

/// Letters of two bytes.
pub(super) fn wide(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|two| u16::from_le_bytes([two[0], two[1]]))
        .collect();
    String::from_utf16_lossy(&units)
}

/// Letters of one byte, of a page of Windows.
pub(super) fn narrow(bytes: &[u8], page: u32) -> String {
    let encoding = match page {
        1200 => return wide(bytes),
        65001 => UTF_8,
        10000 => encoding_rs::MACINTOSH,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        page => Encoding::for_label(format!("windows-{page}").as_bytes()).unwrap_or(WINDOWS_1252),
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}
