//! Calendars and cards (RFC 5545, RFC 6350, vCard 2.1): properties, each on a line that may be folded.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use super::gather::Gather;
use super::{illustration, markup, plain};
use crate::reading::{PieceKind, Why};

pub(super) fn is_one(text: &str) -> bool {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    ["BEGIN:VCALENDAR", "BEGIN:VCARD", "BEGIN:VNOTE"]
        .iter()
        .any(|start| {
            text.get(..start.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
        })
}

pub(super) fn read(gather: &mut Gather<'_>, text: &str) {
    gather.place("text", None);
    let mut number = 0;
    for line in unfolded(text) {
        number += 1;
        one(gather, &line, number);
        if gather.is_full() {
            return;
        }
    }
    gather.unit();
}

/// Lines as they were before they were cut. A line of quoted letters goes on after an `=`.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        if let Some(last) = lines.last_mut() {
            if goes_on {
                last.pop();
                last.push_str(line);
                goes_on = is_quoted(last) && line.ends_with('=');
                continue;
            }
            if let Some(rest) = line.strip_prefix([' ', '\t']) {
                last.push_str(rest);
                continue;
            }
        }
        lines.push(line.to_owned());
        goes_on = is_quoted(line) && line.ends_with('=');
    }
    lines
}

fn is_quoted(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(head, _)| head.to_ascii_uppercase().contains("QUOTED-PRINTABLE"))
}

/// Where the head of a line ends: a colon may stand in it between quotes.
fn divided(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ':' if !quoted => return Some((&line[..at], &line[at + 1..])),
            _ => {}
        }
    }
    None
}

fn one(gather: &mut Gather<'_>, line: &str, number: u32) {
    let Some((head, value)) = divided(line) else {
        gather.piece_at(PieceKind::Body, number, line);
        return;
    };
    let upper = head.to_ascii_uppercase();
    let name = upper.split(';').next().unwrap_or_default();
    // What stands before a dot groups several.
    let name = name.rsplit('.').next().unwrap_or_default();
    if upper.contains("ENCODING=BASE64")
        || upper.contains("ENCODING=B;")
        || upper.ends_with("ENCODING=B")
    {
        match base64_decode(value.trim().as_bytes()) {
            Some(bytes) => illustration(gather, &name.to_ascii_lowercase(), &bytes),
            None => gather.missing(
                name,
                Why::Damaged("its letters are none of base64".to_owned()),
            ),
        }
        gather.place("text", None);
        return;
    }
    let decoded = is_quoted(line)
        .then(|| quoted_printable_decode(value.as_bytes()))
        .flatten()
        .map(|bytes| plain::decoded(&bytes));
    let value = unescaped(decoded.as_deref().unwrap_or(value));
    match name {
        "SUMMARY" => gather.piece_at(PieceKind::Subject, number, &value),
        "CATEGORIES" => {
            for one in value.split(',') {
                gather.property("calendar", name, one);
            }
        }
        _ if upper.contains("TEXT/HTML") => {
            markup::read(gather, value.as_bytes());
            gather.place("text", None);
        }
        "DESCRIPTION" | "NOTE" | "COMMENT" | "BODY" => {
            gather.unit();
            for line in value.split('\n') {
                gather.piece_at(PieceKind::Body, number, line);
            }
            gather.unit();
        }
        _ => {
            if name.starts_with("X-") {
                gather.property("calendar", name, &value);
            }
            gather.piece_at(PieceKind::Body, number, &format!("{head}:{value}"));
        }
    }
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n' | 'N') => out.push('\n'),
            Some(letter @ (',' | ';' | '\\' | ':' | '"')) => out.push(letter),
            Some(letter) => out.extend(['\\', letter]),
            None => out.push('\\'),
        }
    }
    out
}
