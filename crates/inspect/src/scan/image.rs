//! Pictures. The words in them are made out elsewhere ([`Recogniser`](crate::Recogniser)); what stands beside them in the file is read.

use super::gather::Gather;
use super::{find, tree};
use crate::reading::Why;

pub(super) fn is_one(file: &[u8]) -> bool {
    let begins = |with: &[u8]| file.starts_with(with);
    begins(b"\x89PNG\r\n\x1a\n")
        || begins(b"\xff\xd8\xff")
        || begins(b"GIF8")
        || begins(b"II*\0")
        || begins(b"MM\0*")
        || begins(b"BM") && file.get(6..10) == Some(&[0, 0, 0, 0])
        || begins(b"RIFF") && file.get(8..12) == Some(b"WEBP")
        || file.get(4..8) == Some(b"ftyp")
            && matches!(file.get(8..12), Some(b"heic" | b"avif" | b"mif1" | b"heix"))
        || begins(b"\xd7\xcd\xc6\x9a")
        || begins(&[1, 0, 0, 0]) && file.get(40..44) == Some(b" EMF")
}

/// What is called a picture in the folders of office documents.
pub(super) fn is_called_one(name: &str) -> bool {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    matches!(
        ending.as_deref(),
        Some(
            "png"
                | "jpg"
                | "jpeg"
                | "gif"
                | "tif"
                | "tiff"
                | "bmp"
                | "emf"
                | "wmf"
                | "webp"
                | "svg"
                | "wdp"
                | "pict"
                | "pct"
        )
    )
}

pub(super) fn read(gather: &mut Gather<'_>, file: &[u8]) {
    beside(gather, file);
    gather.picture("", Why::NoText, file);
}

/// Pictures that lie in a stream of other things, each up to where the next begins: what follows a picture is passed over by
/// whoever looks at it.
pub(super) fn within(gather: &mut Gather<'_>, part: &str, stream: &[u8]) {
    const MOST: usize = 50;
    const SHORTEST: usize = 100;
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some(four) = stream.get(at..at + 4) {
        let is_jpeg = matches!(four, [0xff, 0xd8, 0xff, 0xc0..=0xfe]);
        if is_jpeg || four == b"\x89PNG" && stream[at..].starts_with(b"\x89PNG\r\n\x1a\n") {
            starts.push(at);
            if starts.len() > MOST {
                break;
            }
            // Within a JPEG lies a smaller one, for those who are in a hurry.
            at += SHORTEST;
        } else {
            at += 1;
        }
    }
    for (number, start) in starts.iter().take(MOST).enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(stream.len());
        let name = format!("{part}, picture {}", number + 1);
        gather.picture(&name, Why::Picture, &stream[*start..end]);
    }
}

/// What stands beside a picture: XMP, and in PNG its texts.
pub(super) fn beside(gather: &mut Gather<'_>, file: &[u8]) {
    xmp(gather, file);
    if file.starts_with(b"\x89PNG") {
        let mut rest = file.get(8..).unwrap_or_default();
        while let Some(head) = rest.get(..8) {
            let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
            let Some(body) = rest.get(8..8 + length.min(rest.len())) else {
                break;
            };
            if matches!(&head[4..], b"tEXt" | b"iTXt") {
                let text = super::plain::decoded(body);
                let (name, value) = text.split_once('\0').unwrap_or(("text", &text));
                gather.property("PNG", name, value);
            }
            rest = rest.get(12 + length..).unwrap_or_default();
        }
    }
    if file.starts_with(b"\xff\xd8") {
        let at = 0;
        // The comment of a JPEG.
        if let Some(comment) = find(&file[at..file.len().min(at + 64 * 1024)], b"\xff\xfe")
            && let Some(body) = file.get(at + comment + 4..)
            && let Some(length) = file.get(at + comment + 2..at + comment + 4)
        {
            let length = usize::from(u16::from_be_bytes([length[0], length[1]])).saturating_sub(2);
            let text = super::plain::decoded(&body[..length.min(body.len())]);
            if text.chars().all(|letter| !letter.is_control()) {
                gather.property("JPEG", "comment", &text);
            }
        }
    }
}

/// A packet of XMP, wherever it stands.
pub(super) fn xmp(gather: &mut Gather<'_>, file: &[u8]) {
    let Some(start) = find(file, b"<x:xmpmeta") else {
        return;
    };
    let end = find(&file[start..], b"</x:xmpmeta>").map_or(file.len(), |end| start + end + 12);
    tree::properties(gather, "XMP", &file[start..end]);
}
