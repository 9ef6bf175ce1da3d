//! Pictures. The words in them are made out elsewhere ([`Recogniser`](crate::Recogniser)); what stands beside them in the file is read.

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::gather::Gather;
use super::{find, plain, tree};
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

/// Whether what is called a picture is something else that is read: programs go by what they are told of it, and not by its name.
pub(super) fn is_something_else(start: &[u8]) -> bool {
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        // A letter may be cut in two at its end.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => "",
    };
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    text.starts_with('<')
        || text.starts_with("{\\rtf")
        || start.starts_with(b"\xff\xfe<\0")
        || start.starts_with(b"\xfe\xff\0<")
        || [&b"PK\x03\x04"[..], b"\xd0\xcf\x11\xe0", b"%PDF"]
            .iter()
            .any(|magic| start.starts_with(magic))
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
                | "emz"
                | "wmz"
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

/// What stands beside a picture: XMP, EXIF, IPTC, and the texts and remarks that its format has.
pub(super) fn beside(gather: &mut Gather<'_>, file: &[u8]) {
    xmp(gather, file);
    exif(gather, file);
    if file.starts_with(b"\x89PNG") {
        png(gather, file.get(8..).unwrap_or_default());
    } else if file.starts_with(b"\xff\xd8") {
        jpeg(gather, file);
    } else if file.starts_with(b"GIF8") {
        gif(gather, file);
    }
}

/// What cameras and programs say of a picture, in its tags.
fn exif(gather: &mut Gather<'_>, file: &[u8]) {
    /// Programs put it where it belongs, or beside.
    const COMMENT: u16 = 0x9286;
    let Ok(tags) = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(file)) else {
        return;
    };
    for field in tags.fields() {
        // Windows writes its own tags in letters of two bytes.
        let number = field.tag.number();
        let wide = (0x9c9b..=0x9c9f).contains(&number);
        let said: Vec<String> = match &field.value {
            exif::Value::Ascii(all) => all.iter().map(|one| plain::decoded(one)).collect(),
            exif::Value::Byte(bytes) if wide => vec![UTF_16LE.decode(bytes).0.into_owned()],
            exif::Value::Undefined(bytes, _) if number == COMMENT => {
                // In which letters it is stands before it.
                let (how, text) = bytes.split_at(bytes.len().min(8));
                vec![if how.starts_with(b"UNICODE") {
                    wide_letters(text, tags.little_endian())
                } else {
                    plain::decoded(text)
                }]
            }
            _ => continue,
        };
        let name = match number {
            0x9c9b => "title".to_owned(),
            0x9c9e => "keywords".to_owned(),
            0x9c9f => "subject".to_owned(),
            0x9c9c | COMMENT => "comments".to_owned(),
            _ => field.tag.to_string(),
        };
        for one in said {
            gather.property("EXIF", &name, &one);
        }
    }
}

fn wide_letters(text: &[u8], little: bool) -> String {
    let of = if little { UTF_16LE } else { UTF_16BE };
    of.decode(text).0.into_owned()
}

/// The texts of a PNG (11.3.3), packed or not. No library that we have gives these without drawing the picture.
fn png(gather: &mut Gather<'_>, mut rest: &[u8]) {
    while let Some(head) = rest.get(..8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some(body) = rest.get(8..8 + length.min(rest.len() - 8)) else {
            break;
        };
        let (name, text) = divided(body);
        match &head[4..] {
            b"tEXt" => gather.property("PNG", &plain::decoded(name), &plain::decoded(text)),
            b"zTXt" => packed(gather, name, text.get(1..).unwrap_or_default()),
            b"iTXt" => {
                // Whether it is packed, and how; its language, and its name in that.
                let is_packed = text.first() == Some(&1);
                let (_, text) = divided(text.get(2..).unwrap_or_default());
                let (_, text) = divided(text);
                if is_packed {
                    packed(gather, name, text);
                } else {
                    gather.property("PNG", &plain::decoded(name), &plain::decoded(text));
                }
            }
            _ => {}
        }
        let is_last = &head[4..] == b"IEND";
        rest = rest.get(12 + length..).unwrap_or_default();
        if is_last {
            plain::behind(gather, rest);
            break;
        }
    }
}

/// What stands before the first zero, and what after it.
fn divided(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == 0);
    end.map_or((bytes, &[]), |end| (&bytes[..end], &bytes[end + 1..]))
}

fn packed(gather: &mut Gather<'_>, name: &[u8], text: &[u8]) {
    let outcome = gather.unpack(flate2::read::ZlibDecoder::new(text));
    let (Ok(text) | Err((text, _))) = outcome.inspect_err(|(_, why)| {
        gather.missing("text", why.clone());
    });
    gather.property("PNG", &plain::decoded(name), &plain::decoded(&text));
}

/// The remark of a JPEG, and what Photoshop and news agencies say of it (IPTC), up to where it is drawn.
fn jpeg(gather: &mut Gather<'_>, file: &[u8]) {
    let mut at = 2;
    while let Some([0xff, kind]) = file.get(at..at + 2) {
        let length = file
            .get(at + 2..at + 4)
            .map_or(0, |two| usize::from(u16::from_be_bytes([two[0], two[1]])));
        match kind {
            0xff => {
                at += 1;
                continue;
            }
            0xd8 | 0x01 | 0xd0..=0xd7 => {
                at += 2;
                continue;
            }
            0xd9 | 0xda => break,
            _ => {}
        }
        let end = (at + 2 + length).min(file.len());
        let body = file.get(at + 4..end).unwrap_or_default();
        match kind {
            0xfe => gather.property("JPEG", "comments", &plain::decoded(body)),
            0xed => iptc(gather, body),
            _ => {}
        }
        if length < 2 {
            break;
        }
        at = end;
    }
    // A picture may have others behind it; a text is none.
    let end = file.windows(2).rposition(|two| two == b"\xff\xd9");
    if let Some(end) = end {
        plain::behind(gather, &file[end + 2..]);
    }
}

/// Blocks of Photoshop, of which one has the records of IPTC: a mark, a record, which it is, its length, its text.
fn iptc(gather: &mut Gather<'_>, body: &[u8]) {
    let mut rest = body;
    while let Some(at) = find(rest, b"8BIM\x04\x04") {
        rest = &rest[at + 6..];
        // A name, made even with its length, and how long the block is.
        let name = rest.first().map_or(0, |length| usize::from(*length) + 1);
        let mut records = rest.get(name.next_multiple_of(2) + 4..).unwrap_or_default();
        while let Some([0x1c, record, which, high, low]) = records.get(..5) {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let text = records.get(5..5 + length).unwrap_or_default();
            let name = match (record, which) {
                (2, 5) => "title".to_owned(),
                (2, 25) => "keywords".to_owned(),
                (2, 120) => "description".to_owned(),
                (record, which) => format!("{record}:{which}"),
            };
            gather.property("IPTC", &name, &plain::decoded(text));
            records = records.get(5 + length..).unwrap_or_default();
        }
    }
}

/// The remarks of a GIF: each in pieces of at most 255 bytes, with their length before them.
fn gif(gather: &mut Gather<'_>, file: &[u8]) {
    const MOST: usize = 100;
    let mut rest = file;
    for _ in 0..MOST {
        let Some(at) = find(rest, b"\x21\xfe") else {
            return;
        };
        rest = &rest[at + 2..];
        let mut text = Vec::new();
        while let Some((length, body)) = rest.split_first().filter(|(length, _)| **length > 0) {
            let length = usize::from(*length).min(body.len());
            text.extend_from_slice(&body[..length]);
            rest = &body[length..];
        }
        let text = plain::decoded(&text);
        if text
            .chars()
            .all(|letter| !letter.is_control() || letter.is_whitespace())
        {
            gather.property("GIF", "comments", &text);
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
