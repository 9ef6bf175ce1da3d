//! Presentations of 97 to 2003 (MS-PPT): the atoms that hold text, by the container that they lie in.

use super::super::gather::Gather;
use super::super::nested;
use super::bytes::{size_at, u16_at, u32_at, wide};
use crate::reading::{PieceKind, Why};

const DEEPEST: usize = 40;

pub(super) fn read(gather: &mut Gather<'_>, show: &[u8], user: Option<&Vec<u8>>) {
    const ENCRYPTED: u32 = 0xf3d1_c4df;
    if user.and_then(|user| u32_at(user, 12)) == Some(ENCRYPTED) {
        gather.missing("", Why::Encrypted);
        return;
    }
    let mut slide = 0;
    records(gather, show, PieceKind::Body, 0, &mut slide);
}

fn records(gather: &mut Gather<'_>, bytes: &[u8], kind: PieceKind, depth: usize, slide: &mut u32) {
    let mut at = 0;
    while let (Some(head), Some(of), Some(length)) = (
        u16_at(bytes, at),
        u16_at(bytes, at + 2),
        size_at(bytes, at + 4),
    ) {
        let end = at.saturating_add(8).saturating_add(length).min(bytes.len());
        let Some(body) = bytes.get(at + 8..end) else {
            return;
        };
        let instance = head >> 4;
        at = end;
        // What programs after 97 say of a slide lies in a record that looks as if nothing lay in it: its comments.
        if head & 0xf == 0xf || of == 0x138b {
            let inside = match (of, instance) {
                (0x03ee, _) => {
                    *slide += 1;
                    gather.place("slide", Some(*slide));
                    PieceKind::Body
                }
                (0x0ff0, 0) => {
                    gather.place("text of slides", None);
                    PieceKind::Body
                }
                (0x03f8 | 0x0fc9, _) | (0x0ff0, 1) => {
                    gather.place("master", None);
                    PieceKind::Master
                }
                (0x03f0, _) | (0x0ff0, 2) => {
                    gather.place("notes", None);
                    PieceKind::Note
                }
                (0x0fd9, _) => {
                    gather.place("headers and footers", None);
                    PieceKind::Footer
                }
                (0x2ee0, _) => {
                    gather.place("comments", None);
                    PieceKind::Comment
                }
                _ => kind,
            };
            if depth < DEEPEST {
                records(gather, body, inside, depth + 1, slide);
            } else {
                gather.missing("", Why::TooDeep);
            }
            continue;
        }
        match of {
            0x0fa0 => lines(gather, kind, &wide(body)),
            0x0fa8 => {
                let text: String = body.iter().map(|byte| char::from(*byte)).collect();
                lines(gather, kind, &text);
            }
            0x0fba if matches!(kind, PieceKind::Footer | PieceKind::Comment) => {
                lines(gather, kind, &wide(body));
            }
            0x0fba => lines(gather, PieceKind::Aside, &wide(body)),
            0x1011 => object(gather, instance == 1, body),
            // Each slide of the list begins so.
            0x03f3 => gather.unit(),
            _ => {}
        }
    }
}

/// What is embedded, and the macros (2.10.34): a compound file, packed or as it is.
pub(super) fn object(gather: &mut Gather<'_>, packed: bool, body: &[u8]) {
    const NAME: &str = "embedded object";
    if !packed {
        nested(gather, NAME, body);
        return;
    }
    let stream = flate2::read::ZlibDecoder::new(body.get(4..).unwrap_or_default());
    let (Ok(bytes) | Err((bytes, _))) = gather.unpack(stream).inspect_err(|(_, why)| {
        gather.missing(NAME, why.clone());
    });
    nested(gather, NAME, &bytes);
}

fn lines(gather: &mut Gather<'_>, kind: PieceKind, text: &str) {
    for line in text.split(['\r', '\n']) {
        gather.piece(kind, &line.replace('\u{b}', "\n"));
    }
}
