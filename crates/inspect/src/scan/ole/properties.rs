//! Property sets (MS-OLEPS): what an old document says of itself.

use super::super::gather::Gather;
use super::bytes::{narrow, size_at, u16_at, u32_at, wide};

const USER_DEFINED: [u8; 16] = [
    0x05, 0xd5, 0xcd, 0xd5, 0x9c, 0x2e, 0x1b, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2b, 0x2c, 0xf9, 0xae,
];
const MOST: usize = 5000;

pub(super) fn read(gather: &mut Gather<'_>, part: &str, bytes: &[u8]) {
    let sets = size_at(bytes, 24).unwrap_or(0).min(16);
    for set in 0..sets {
        let at = 28 + 20 * set;
        let (Some(id), Some(start)) = (bytes.get(at..at + 16), size_at(bytes, at + 16)) else {
            return;
        };
        let Some(body) = bytes.get(start..) else {
            continue;
        };
        self::set(
            gather,
            part,
            part.contains("document"),
            id == USER_DEFINED,
            body,
        );
    }
}

fn set(gather: &mut Gather<'_>, part: &str, of_document: bool, own: bool, body: &[u8]) {
    let count = size_at(body, 4).unwrap_or(0).min(MOST);
    let entries: Vec<(u32, usize)> = (0..count)
        .filter_map(|n| Some((u32_at(body, 8 + 8 * n)?, size_at(body, 12 + 8 * n)?)))
        .collect();
    let page = entries
        .iter()
        .find(|(id, _)| *id == 1)
        .and_then(|(_, at)| u16_at(body, at + 4))
        .map_or(1252, u32::from);
    let names = entries
        .iter()
        .find(|(id, _)| *id == 0 && own)
        .map(|(_, at)| dictionary(body, *at, page))
        .unwrap_or_default();
    for (id, at) in entries {
        if id < 2 {
            continue;
        }
        let Some(value) = value(body, at, page) else {
            continue;
        };
        let name = if own {
            names
                .iter()
                .find(|(of, _)| *of == id)
                .map_or_else(|| format!("property {id}"), |(_, name)| name.clone())
        } else {
            name(of_document, id).to_owned()
        };
        gather.property(part, &name, &value);
    }
}

fn name(of_document: bool, id: u32) -> &'static str {
    match (of_document, id) {
        (false, 2) => "title",
        (false, 3) => "subject",
        (false, 4) => "author",
        (false, 5) => "keywords",
        (false, 6) => "comments",
        (false, 7) => "template",
        (false, 8) => "last author",
        (false, 18) => "program",
        (true, 2) => "category",
        (true, 14) => "manager",
        (true, 15) => "company",
        (true, 26) => "content type",
        (true, 27) => "contentStatus",
        _ => "other",
    }
}

/// Text; what is a number, a time or a list says no marking.
fn value(body: &[u8], at: usize, page: u32) -> Option<String> {
    let length = size_at(body, at + 4)?;
    match u16_at(body, at)? {
        0x1e => {
            let text = body.get(at + 8..at.checked_add(8)?.checked_add(length)?)?;
            Some(narrow(text, page).trim_end_matches('\0').to_owned())
        }
        0x1f => {
            let text = body.get(at + 8..at.checked_add(8)?.checked_add(length.checked_mul(2)?)?)?;
            Some(wide(text).trim_end_matches('\0').to_owned())
        }
        _ => None,
    }
}

/// What an organisation called its own properties.
fn dictionary(body: &[u8], at: usize, page: u32) -> Vec<(u32, String)> {
    let count = size_at(body, at).unwrap_or(0).min(MOST);
    let mut names = Vec::new();
    let mut next = at + 4;
    for _ in 0..count {
        let (Some(id), Some(length)) = (u32_at(body, next), size_at(body, next + 4)) else {
            break;
        };
        let bytes = if page == 1200 {
            length.saturating_mul(2)
        } else {
            length
        };
        let Some(text) = body.get(next + 8..(next + 8).saturating_add(bytes)) else {
            break;
        };
        names.push((id, narrow(text, page).trim_end_matches('\0').to_owned()));
        next += 8 + bytes;
        if page == 1200 {
            next = next.next_multiple_of(4);
        }
    }
    names
}
