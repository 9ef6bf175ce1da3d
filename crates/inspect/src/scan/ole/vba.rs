//! The programs of macros (MS-OVBA): their source as people wrote it, with the remarks in it, for a marking may stand there.
//!
//! There is a library for these (`ovba`); it takes a project only where it lies at the root of its own compound file, which it
//! never does in a document of before 2007, and gives nothing at all where one record is not as it should be. The decompressor
//! (2.4.1) is a page, and gives what it has made out until then.

use super::super::gather::Gather;
use super::bytes::{narrow, size_at, u16_at, u32_at, wide};
use super::{Streams, plain};
use crate::reading::{PieceKind, Why};

/// How many modules of a project are read.
const MODULES: usize = 2000;

/// A module, as the list of them says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Module {
    name: String,
    /// The stream that it is in.
    stream: String,
    /// Where in there its source begins.
    offset: usize,
}

/// Reads every project below this storage, down to its forms. Says whether there was one.
pub(super) fn read(gather: &mut Gather<'_>, streams: &Streams, within: &str) -> bool {
    let projects: Vec<String> = streams
        .keys()
        .filter(|path| path.starts_with(within))
        .filter_map(|path| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let last = folder.rsplit('/').next().unwrap_or_default();
            (name.eq_ignore_ascii_case("dir") && last.eq_ignore_ascii_case("VBA"))
                .then(|| folder.to_owned())
        })
        .collect();
    for project in &projects {
        read_project(gather, streams, project);
    }
    !projects.is_empty()
}

fn read_project(gather: &mut Gather<'_>, streams: &Streams, folder: &str) {
    let stream = |name: &str| {
        let path = format!("{folder}/{name}");
        let same = |(other, _): &(&String, &Vec<u8>)| other.eq_ignore_ascii_case(&path);
        streams.get(&path).or_else(|| {
            let found = streams.iter().find(same);
            found.map(|(_, bytes)| bytes)
        })
    };
    let listed = stream("dir").and_then(|dir| unpacked(gather, dir));
    let (page, mut modules) = listed.as_deref().map_or((1252, Vec::new()), list);
    // What the list leaves out, or all where it cannot be read: a module says in its own first words that it is one.
    for path in streams.keys() {
        let Some(name) = path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
        else {
            continue;
        };
        let known = |module: &Module| module.stream.eq_ignore_ascii_case(name);
        let is_cache = name.starts_with("__SRP_") || name.starts_with("_VBA_PROJECT");
        if name.contains('/')
            || is_cache
            || name.eq_ignore_ascii_case("dir")
            || modules.iter().any(known)
        {
            continue;
        }
        modules.push(Module {
            name: name.to_owned(),
            stream: name.to_owned(),
            offset: usize::MAX,
        });
    }
    for module in modules.iter().take(MODULES) {
        let source = stream(&module.stream).and_then(|bytes| {
            let from = bytes
                .get(module.offset..)
                .filter(|from| from.first() == Some(&1));
            let from = from.or_else(|| begun(bytes).and_then(|at| bytes.get(at..)))?;
            unpacked(gather, from)
        });
        let part = format!("macro {}", module.name);
        match source {
            Some(source) => lines(gather, &part, &narrow(&source, page)),
            None => gather.missing(&part, Why::Macros),
        }
        if gather.is_full() {
            return;
        }
    }
    if modules.len() > MODULES {
        gather.missing("macros", Why::TooLarge);
    }
    forms(gather, streams, folder);
}

/// What stands on the forms of a project, which lie beside it.
fn forms(gather: &mut Gather<'_>, streams: &Streams, folder: &str) {
    let beside = folder.rsplit_once('/').map_or("", |(above, _)| above);
    for (path, bytes) in streams {
        let Some((of, name)) = path.rsplit_once('/') else {
            continue;
        };
        let near = beside.is_empty()
            || of
                .strip_prefix(beside)
                .is_some_and(|rest| rest.starts_with('/'));
        if near && of != folder && matches!(name, "f" | "o" | "\u{3}VBFrame") {
            plain::strings(gather, bytes);
        }
    }
}

/// The lines of a module. What people wrote for people is a remark; the rest is read by programs.
fn lines(gather: &mut Gather<'_>, part: &str, source: &str) {
    gather.place(part, None);
    for line in source.split(['\r', '\n']).filter(|line| !line.is_empty()) {
        let trimmed = line.trim_start();
        let remark = trimmed.strip_prefix('\'').or_else(|| {
            let (word, rest) = trimmed.split_at_checked(4)?;
            word.eq_ignore_ascii_case("rem ").then_some(rest)
        });
        if remark.is_none() {
            gather.piece(PieceKind::Aside, trimmed);
        }
        if let Some(said) = remark.or_else(|| behind(trimmed)) {
            gather.piece(PieceKind::Comment, said.trim_start_matches('\''));
        }
    }
}

/// A remark that follows on a line: it begins with a mark that is not within a text.
fn behind(line: &str) -> Option<&str> {
    let mut quoted = false;
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '\'' if !quoted => return line.get(at + 1..),
            _ => {}
        }
    }
    None
}

/// The letters that a project is written in, and its modules (2.3.4.2): records of a number, a length and so many bytes.
fn list(dir: &[u8]) -> (u32, Vec<Module>) {
    const VERSION: u16 = 0x0009;
    let mut page = 1252;
    let mut modules: Vec<Module> = Vec::new();
    let mut at = 0_usize;
    while let (Some(id), Some(length)) = (u16_at(dir, at), size_at(dir, at + 2)) {
        // This one says that it is two shorter than it is.
        let length = if id == VERSION { 6 } else { length };
        let end = (at + 6).saturating_add(length);
        let Some(body) = dir.get(at + 6..end) else {
            break;
        };
        at = end;
        match id {
            0x0003 => page = u16_at(body, 0).map_or(page, u32::from),
            0x0019 => modules.push(Module {
                name: narrow(body, page),
                stream: narrow(body, page),
                offset: usize::MAX,
            }),
            0x0047 => change(&mut modules, |module| module.name = wide(body)),
            0x001a => change(&mut modules, |module| module.stream = narrow(body, page)),
            0x0032 => change(&mut modules, |module| module.stream = wide(body)),
            0x0031 => change(&mut modules, |module| {
                module.offset = u32_at(body, 0).map_or(usize::MAX, |offset| offset as usize);
            }),
            _ => {}
        }
    }
    (page, modules)
}

fn change(modules: &mut [Module], how: impl FnOnce(&mut Module)) {
    if let Some(last) = modules.last_mut() {
        how(last);
    }
}

/// Where the source of a module begins by what it begins with: its first line is `Attribute VB_Name`, most of which is the same
/// in every compressed form.
fn begun(bytes: &[u8]) -> Option<usize> {
    let at = super::super::find(bytes, b"\0Attribut\0e ")?;
    let start = at.checked_sub(3)?;
    (bytes.get(start) == Some(&1)).then_some(start)
}

/// What was compressed (2.4.1.3), as far as it can be made out; nothing where it is no such thing.
fn unpacked(gather: &mut Gather<'_>, packed: &[u8]) -> Option<Vec<u8>> {
    let most = usize::try_from(gather.left()).unwrap_or(usize::MAX);
    let bytes = decompress(packed, most)?;
    let within = gather.unpacked(bytes.len() as u64);
    if within.is_none() {
        gather.missing("macros", Why::TooLarge);
    }
    within.map(|()| bytes)
}

/// The container: a one, and chunks of 4096 bytes each when they are unpacked.
fn decompress(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    const CHUNK: usize = 4096;
    let mut rest = packed.strip_prefix(&[1])?;
    let mut out = Vec::new();
    while let Some(head) = u16_at(rest, 0) {
        if head & 0x7000 != 0x3000 || out.len() > most {
            break;
        }
        let size = usize::from(head & 0x0fff) + 3;
        let body = rest.get(2..size.min(rest.len()))?;
        let start = out.len();
        if head & 0x8000 == 0 {
            out.extend_from_slice(&body[..body.len().min(CHUNK)]);
        } else {
            tokens(body, &mut out, start, CHUNK);
        }
        rest = rest.get(size..).unwrap_or_default();
    }
    (!out.is_empty()).then_some(out)
}

/// The tokens of a chunk: a byte as it is, or how far back to copy from and how many.
fn tokens(mut body: &[u8], out: &mut Vec<u8>, start: usize, chunk: usize) {
    while let Some((flags, rest)) = body.split_first() {
        body = rest;
        for bit in 0..8 {
            let made = out.len() - start;
            if made >= chunk {
                return;
            }
            if flags >> bit & 1 == 0 {
                let Some((byte, rest)) = body.split_first() else {
                    return;
                };
                out.push(*byte);
                body = rest;
                continue;
            }
            let Some(token) = u16_at(body, 0) else {
                return;
            };
            body = &body[2..];
            // The more there is to copy from, the more bits say from where, and the fewer say how many.
            let mut bits = 4;
            while 1_usize << bits < made && bits < 12 {
                bits += 1;
            }
            let length = usize::from(token & (0xffff >> bits)) + 3;
            let back = usize::from(token >> (16 - bits)) + 1;
            if back > made {
                return;
            }
            for _ in 0..length.min(chunk - made) {
                out.push(out[out.len() - back]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the specification (3.2).
    #[test]
    fn what_the_specification_compresses_is_unpacked() {
        let plain: &[u8] = &[
            0x01, 0x19, 0xb0, 0x00, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x00, 0x69,
            0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x00, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76,
            0x2e,
        ];
        assert_eq!(
            decompress(plain, 100).as_deref(),
            Some(&b"abcdefghijklmnopqrstuv."[..])
        );
        let normal: &[u8] = &[
            0x01, 0x2f, 0xb0, 0x00, 0x23, 0x61, 0x61, 0x61, 0x62, 0x63, 0x64, 0x65, 0x82, 0x66,
            0x00, 0x70, 0x61, 0x67, 0x68, 0x69, 0x6a, 0x01, 0x38, 0x08, 0x61, 0x6b, 0x6c, 0x00,
            0x30, 0x6d, 0x6e, 0x6f, 0x70, 0x06, 0x71, 0x02, 0x70, 0x04, 0x10, 0x72, 0x73, 0x74,
            0x75, 0x76, 0x10, 0x77, 0x78, 0x79, 0x7a, 0x00, 0x3c,
        ];
        assert_eq!(
            decompress(normal, 100).as_deref(),
            Some(&b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"[..])
        );
        let most: &[u8] = &[0x01, 0x03, 0xb0, 0x02, 0x61, 0x45, 0x00];
        assert_eq!(decompress(most, 100), Some(vec![b'a'; 73]));
    }

    #[test]
    fn what_is_not_compressed_is_nothing_and_what_breaks_off_counts() {
        assert_eq!(decompress(b"", 100), None);
        assert_eq!(decompress(b"text", 100), None);
        assert_eq!(
            decompress(&[1, 0x19, 0xb0, 0, b'a'], 100).as_deref(),
            Some(&b"a"[..])
        );
        // It copies from before its beginning.
        assert_eq!(
            decompress(&[1, 0x03, 0xb0, 2, b'a', 0xff, 0xff], 100).as_deref(),
            Some(&b"a"[..])
        );
    }

    #[test]
    fn a_remark_is_told_from_a_text() {
        assert_eq!(behind("x = 1 ' SECRET"), Some(" SECRET"));
        assert_eq!(behind("x = \"it's\""), None);
        assert_eq!(behind("x = \"it's\" 'so"), Some("so"));
    }

    #[test]
    fn the_list_of_modules_names_their_streams_and_where_they_begin() {
        let record = |id: u16, body: &[u8]| {
            let length = u32::try_from(body.len()).unwrap_or_default();
            [&id.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
        };
        let dir = [
            record(0x0003, &1251_u16.to_le_bytes()),
            [&[9, 0][..], &4_u32.to_le_bytes(), &[1, 0, 0, 0, 2, 0]].concat(),
            record(0x0019, b"One"),
            record(0x001a, b"Eins"),
            record(0x0031, &7_u32.to_le_bytes()),
            record(0x0019, b"Two"),
        ]
        .concat();
        let (page, modules) = list(&dir);
        assert_eq!(page, 1251);
        assert_eq!(modules.len(), 2);
        assert_eq!(
            modules[0],
            Module {
                name: "One".to_owned(),
                stream: "Eins".to_owned(),
                offset: 7
            }
        );
    }
}
