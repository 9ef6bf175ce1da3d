//! Messages of Outlook (MS-OXMSG): what each property says, what came with it, and messages within messages.

use std::collections::BTreeMap;

use super::super::gather::Gather;
use super::super::{find, illustration, mail, markup, nested, plain, rtf};
use super::Streams;
use super::bytes::{narrow, size_at, u16_at, u32_at, wide};
use crate::reading::{PieceKind, Why};

const PREFIX: &str = "__substg1.0_";

pub(super) fn read(gather: &mut Gather<'_>, streams: &Streams, within: &str) {
    let mut body = false;
    let mut attachments: Vec<String> = Vec::new();
    let mut rich = None;
    let names = names(streams, within);
    for (path, bytes) in streams
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix(within)?, bytes)))
    {
        if let Some((folder, _)) = path.split_once('/') {
            if folder.starts_with("__attach_")
                && attachments.last().is_none_or(|last| last != folder)
            {
                attachments.push(folder.to_owned());
            }
            continue;
        }
        let Some((tag, of)) = tag(path) else {
            continue;
        };
        let text = match of {
            // A list of texts: a stream for each, which has its number behind it. The stream without one says how long they are.
            0x101f if path.contains('-') => wide(bytes),
            0x101e if path.contains('-') => narrow(bytes, 1252),
            0x1f => wide(bytes),
            0x1e => narrow(bytes, 1252),
            0x102 if tag == 0x1013 => {
                gather.place("text as HTML", None);
                markup::read(gather, bytes);
                body = true;
                continue;
            }
            0x102 if tag == 0x1009 => {
                rich = Some(bytes);
                continue;
            }
            _ => continue,
        };
        match tag {
            0x0037 => {
                gather.place("subject", None);
                gather.piece(PieceKind::Subject, &text);
            }
            0x1000 => {
                gather.place("text", None);
                plain::lines(gather, PieceKind::Body, &text);
                body = true;
            }
            0x1013 => {
                gather.place("text as HTML", None);
                markup::read(gather, text.as_bytes());
                body = true;
            }
            0x007d => mail::headers(gather, text.as_bytes()),
            0x0070 | 0x0e1d => gather.property("message", "subject", &text),
            // What is called by a number everywhere in one message is called by a name in all of them, in a list of its own.
            0x8000.. => match names.get(&tag) {
                Some(name) => gather.property("message", name, &text),
                None => gather.property("message", &format!("property {tag:04X}"), &text),
            },
            _ => gather.property("message", &format!("{tag:04X}"), &text),
        }
    }
    if let Some(bytes) = rich {
        match unpacked(bytes, gather.limits().scan) {
            // It holds what was read already, in other letters.
            Some(text)
                if body
                    && [&b"\\fromhtml"[..], b"\\fromtext"]
                        .iter()
                        .any(|from| find(&text[..text.len().min(1024)], from).is_some()) => {}
            Some(text) => {
                gather.place("text as rich text", None);
                rtf::read(gather, &text);
            }
            None => gather.missing(
                "text as rich text",
                Why::Damaged("it cannot be unpacked".to_owned()),
            ),
        }
    }
    for folder in attachments {
        attachment(gather, streams, &format!("{within}{folder}/"));
    }
}

/// What the properties from 8000 on are called (MS-OXMSG 2.2.3): one list for a message and all messages in it.
fn names(streams: &Streams, within: &str) -> BTreeMap<u32, String> {
    const MOST: usize = 0x8000;
    let list = |of: &str| {
        // The outermost message has it; a message in a document has its own.
        let mut folder = within;
        loop {
            if let Some(bytes) = streams.get(&format!("{folder}__nameid_version1.0/{PREFIX}{of}")) {
                return Some(bytes);
            }
            let inner = folder.strip_suffix('/')?;
            folder = inner.rfind('/').map_or("", |at| &inner[..=at]);
        }
    };
    let (Some(entries), Some(texts)) = (list("00030102"), list("00040102")) else {
        return BTreeMap::new();
    };
    let mut names = BTreeMap::new();
    for entry in entries.chunks_exact(8).take(MOST) {
        let (Some(place), Some(kind), Some(number)) = (
            size_at(entry, 0),
            u16_at(entry, 4),
            u16_at(entry, 6).map(u32::from),
        ) else {
            break;
        };
        // The others are called by a number, whose name is in a book of Microsoft's.
        if kind & 1 == 1
            && let Some(length) = size_at(texts, place)
            && let Some(name) = texts.get(place + 4..(place + 4).saturating_add(length))
        {
            names.insert(0x8000 + number, wide(name));
        }
    }
    names
}

fn attachment(gather: &mut Gather<'_>, streams: &Streams, within: &str) {
    let text = |tag: &str| {
        let of = |of: &str| streams.get(&format!("{within}{PREFIX}{tag}{of}"));
        of("001F")
            .map(|bytes| wide(bytes))
            .or_else(|| of("001E").map(|bytes| narrow(bytes, 1252)))
    };
    let name = ["3707", "3704", "3001"]
        .into_iter()
        .find_map(text)
        .unwrap_or_else(|| "attachment".to_owned());
    if let Some(bytes) = streams.get(&format!("{within}{PREFIX}37010102")) {
        // What the text shows within itself has a name for that.
        if text("3712").is_some() {
            illustration(gather, name.trim_end_matches('\0'), bytes);
        } else {
            nested(gather, name.trim_end_matches('\0'), bytes);
        }
        return;
    }
    let inside = format!("{within}{PREFIX}3701000D/");
    if streams.keys().any(|path| path.starts_with(&inside)) {
        if gather.depth() > gather.limits().nesting {
            gather.missing(&name, Why::TooDeep);
            return;
        }
        let entered = gather.enter(name.trim_end_matches('\0'), Some(gather.file()));
        super::storage(gather, streams, &inside);
        gather.leave(entered);
    } else {
        gather.missing(
            &name,
            Why::NoReader("an attachment that is kept elsewhere".to_owned()),
        );
    }
}

fn tag(name: &str) -> Option<(u32, u32)> {
    let digits = name.strip_prefix(PREFIX)?.get(..8)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    Some((number >> 16, number & 0xffff))
}

/// Rich text as Outlook packs it (MS-OXRTFCP).
fn unpacked(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    const BEGUN: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
    const PACKED: u32 = 0x7546_5a4c;
    const SIZE: usize = 4096;
    let size = size_at(bytes, 4)?.min(most);
    if u32_at(bytes, 8)? != PACKED {
        return Some(bytes.get(16..)?.to_vec());
    }
    let mut window = [0_u8; SIZE];
    window[..BEGUN.len()].copy_from_slice(BEGUN);
    let mut write = BEGUN.len();
    let mut out = Vec::new();
    let mut at = 16;
    while out.len() < size {
        let Some(control) = bytes.get(at).copied() else {
            break;
        };
        at += 1;
        for bit in 0..8 {
            if control & (1 << bit) == 0 {
                let Some(byte) = bytes.get(at).copied() else {
                    return Some(out);
                };
                at += 1;
                out.push(byte);
                window[write] = byte;
                write = (write + 1) % SIZE;
                continue;
            }
            // A place and a length, the highest byte first.
            let Some(pair) = u16_at(bytes, at).map(u16::swap_bytes) else {
                return Some(out);
            };
            at += 2;
            let (place, length) = (usize::from(pair >> 4), usize::from(pair & 0xf) + 2);
            if place == write {
                return Some(out);
            }
            for step in 0..length {
                let byte = window[(place + step) % SIZE];
                out.push(byte);
                window[write] = byte;
                write = (write + 1) % SIZE;
            }
        }
    }
    Some(out)
}
