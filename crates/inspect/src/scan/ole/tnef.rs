//! Messages as Exchange sends them to others (MS-OXTNEF, `winmail.dat`): the same properties as a message of Outlook has, one after
//! the other. They are read as those of such a message.

use super::super::gather::Gather;
use super::Streams;
use super::bytes::{narrow, size_at, u16_at, u32_at, wide};
use super::message;
use crate::reading::Why;

/// How many attachments are read, and how many properties of each.
const ATTACHMENTS: usize = 1000;
const PROPERTIES: usize = 5000;

/// Attributes (MS-OXTNEF 2.1.3.2), by what they are called without their kind.
const SUBJECT: u32 = 0x8004;
const BODY: u32 = 0x800c;
const MESSAGE: u32 = 0x9003;
const BEGINS: u32 = 0x9002;
const TITLE: u32 = 0x8010;
const DATA: u32 = 0x800f;
const ATTACHED: u32 = 0x9005;
const PAGE: u32 = 0x9007;

pub(in super::super) fn read(gather: &mut Gather<'_>, file: &[u8]) {
    let mut streams = Streams::new();
    let mut attachments = 0;
    let mut page = 1252;
    let mut folder = String::new();
    // Behind the signature and a key.
    let mut at = 6;
    let mut whole = true;
    while at < file.len() {
        let (Some(id), Some(length)) = (u32_at(file, at + 1), size_at(file, at + 5)) else {
            whole = false;
            break;
        };
        let from = at + 9;
        let Some(data) = from.checked_add(length).and_then(|end| file.get(from..end)) else {
            whole = false;
            break;
        };
        // A sum stands behind it.
        at = from + length + 2;
        let mut keep = |tag: &str, data: &[u8]| {
            streams.insert(format!("{folder}__substg1.0_{tag}"), data.to_vec());
        };
        match id & 0xffff {
            PAGE => page = u32_at(data, 0).unwrap_or(page),
            SUBJECT => keep("0037001F", &as_wide(&narrow(data, page))),
            BODY => keep("1000001F", &as_wide(&narrow(data, page))),
            TITLE => keep("3704001F", &as_wide(&narrow(data, page))),
            DATA => keep("37010102", data),
            BEGINS => {
                attachments += 1;
                if attachments > ATTACHMENTS {
                    gather.missing("attachments", Why::TooLarge);
                    break;
                }
                folder = format!("__attach_version1.0_#{attachments:08X}/");
            }
            MESSAGE | ATTACHED => {
                whole &= properties(gather, &mut streams, &folder, data, page).is_some();
            }
            _ => {}
        }
    }
    if !whole {
        gather.missing("", Why::Damaged("it breaks off".to_owned()));
    }
    let bytes: usize = streams.values().map(Vec::len).sum();
    if gather.unpacked(bytes as u64).is_none() {
        gather.missing("", Why::TooLarge);
        return;
    }
    message::read(gather, &streams, "");
}

fn as_wide(text: &str) -> Vec<u8> {
    text.trim_end_matches('\0')
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// Properties one after the other; nothing where they break off.
fn properties(
    gather: &mut Gather<'_>,
    streams: &mut Streams,
    folder: &str,
    data: &[u8],
    page: u32,
) -> Option<()> {
    const ALIGN: usize = 4;
    /// A class stands before what is a file or a message of its own.
    const CLASS: usize = 16;
    let count = size_at(data, 0)?.min(PROPERTIES);
    let mut at = 4;
    for _ in 0..count {
        let (of, tag) = (u16_at(data, at)?, u16_at(data, at + 2)?);
        at += 4;
        let mut name = None;
        if tag >= 0x8000 {
            let kind = u32_at(data, at + CLASS)?;
            let number = size_at(data, at + CLASS + 4)?;
            at += CLASS + 8;
            if kind == 1 {
                let said = data.get(at..at.checked_add(number)?)?;
                name = Some(wide(said).trim_end_matches('\0').to_owned());
                at = at.checked_add(number.next_multiple_of(ALIGN))?;
            }
        }
        let single = of & 0xfff;
        let is_long = matches!(single, 0x1e | 0x1f | 0x102 | 0xd);
        let many = of & 0x1000 != 0;
        let values = if many || is_long {
            let values = size_at(data, at)?;
            at += 4;
            values
        } else {
            1
        };
        for number in 0..values.min(PROPERTIES) {
            let length = if is_long {
                let length = size_at(data, at)?;
                at += 4;
                length
            } else {
                match single {
                    5..=7 | 0x14 | 0x40 => 8,
                    0x48 => 16,
                    _ => 4,
                }
            };
            let value = data.get(at..at.checked_add(length)?)?;
            at = at.checked_add(length.next_multiple_of(ALIGN))?;
            let said = match single {
                0x1e => as_wide(&narrow(value, page)),
                0x1f | 0x102 => value.to_vec(),
                0x0d => value.get(CLASS..).unwrap_or_default().to_vec(),
                _ => continue,
            };
            if let Some(name) = &name {
                if matches!(single, 0x1e | 0x1f) {
                    gather.property("message", name, &wide(&said));
                }
                continue;
            }
            let of = if matches!(single, 0x1e | 0x1f) {
                0x1f
            } else {
                0x102
            };
            let one = if many {
                format!(
                    "{folder}__substg1.0_{tag:04X}{:04X}-{number:08X}",
                    of | 0x1000
                )
            } else {
                format!("{folder}__substg1.0_{tag:04X}{of:04X}")
            };
            streams.insert(one, said);
        }
    }
    Some(())
}
