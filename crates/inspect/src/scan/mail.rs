//! E-mail (RFC 5322, MIME): every header, every body, and what came with it, which may be e-mail again.

use std::collections::BTreeSet;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::gather::Gather;
use super::{data, encoded, find, illustration, markup, nested, plain};
use crate::reading::{PieceKind, Why};

/// Whether a text begins as what stands above an e-mail does.
pub(super) fn begins(text: &str) -> bool {
    text.lines().next().is_some_and(|line| {
        line.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
        })
    })
}

/// Whether it is an e-mail, though nothing says so: several of its first lines are headers that only e-mail has.
pub(super) fn is_one(text: &str) -> bool {
    const KNOWN: &[&str] = &[
        "received",
        "return-path",
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "delivered-to",
        "x-mailer",
        "content-type",
        "cc",
        "reply-to",
        "x-protective-marking",
        "sender",
    ];
    let head = text.split("\n\n").next().unwrap_or_default();
    let head = head.split("\r\n\r\n").next().unwrap_or_default();
    let mut known = 0;
    for line in head.lines().take(60) {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            return false;
        };
        if KNOWN.contains(&name.to_ascii_lowercase().as_str()) {
            known += 1;
        }
    }
    known >= 3
}

/// What a header says that is written in letters of RFC 2047. The library makes that out for headers that it knows, of which the
/// subject is one.
fn made_out(written: &str) -> String {
    let as_subject = format!("Subject: {written}\n\n");
    MessageParser::default()
        .parse(as_subject.as_bytes())
        .and_then(|message| message.subject().map(str::to_owned))
        .unwrap_or_else(|| written.to_owned())
}

/// Before a message that Mail of macOS keeps stands how long it is.
fn without_length(file: &[u8]) -> &[u8] {
    const LONGEST: usize = 12;
    let start = &file[..file.len().min(LONGEST)];
    match start.iter().position(|byte| *byte == b'\n') {
        Some(line) if line > 0 && start[..line].trim_ascii().iter().all(u8::is_ascii_digit) => {
            &file[line + 1..]
        }
        _ => file,
    }
}

/// Whether a text is a message behind its length.
pub(super) fn is_kept(text: &str) -> bool {
    let rest = without_length(text.as_bytes());
    rest.len() < text.len() && std::str::from_utf8(rest).is_ok_and(is_one)
}

pub(super) fn read(gather: &mut Gather<'_>, file: &[u8]) {
    let file = without_length(file);
    if let Some(message) = MessageParser::default().parse(file) {
        self::message(gather, &message);
        if find(file, b"=ybegin ").is_some() {
            for (name, bytes) in encoded::yenc(file) {
                nested(gather, &name, &bytes);
            }
        }
    } else {
        gather.missing("", Why::Damaged("it is no e-mail".to_owned()));
        plain::read(gather, "", file);
    }
}

/// Many messages in one file, each after a line that begins with `From `.
pub(super) fn mailbox(gather: &mut Gather<'_>, file: &[u8]) {
    const MOST: usize = 10_000;
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        let after_empty =
            at == 0 || file[..at].ends_with(b"\n\n") || file[..at].ends_with(b"\r\n\r\n");
        if line.starts_with(b"From ") && after_empty {
            starts.push(at);
        }
        at += line.len();
    }
    if starts.len() > MOST {
        gather.missing("", Why::TooLarge);
    }
    for (number, start) in starts.iter().enumerate().take(MOST) {
        let end = starts.get(number + 1).copied().unwrap_or(file.len());
        let one = &file[*start..end];
        let body = one
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(one, |line| &one[line + 1..]);
        let entered = gather.enter(&format!("message {}", number + 1), Some(gather.file()));
        gather.read_as("e-mail");
        read(gather, body);
        gather.leave(entered);
        if gather.is_full() {
            return;
        }
    }
}

/// What stands above a message, when it stands alone.
pub(super) fn headers(gather: &mut Gather<'_>, text: &[u8]) {
    if let Some(message) = MessageParser::default().parse(text) {
        put_headers(gather, &message);
    }
}

fn put_headers(gather: &mut Gather<'_>, message: &Message<'_>) {
    // Who it went to and by which way says no marking; everything else may.
    const SILENT: &[&str] = &[
        "from",
        "to",
        "cc",
        "bcc",
        "date",
        "received",
        "message-id",
        "references",
        "in-reply-to",
        "return-path",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "dkim-signature",
        "authentication-results",
        "reply-to",
        "sender",
        "delivered-to",
        "arc-seal",
        "arc-message-signature",
        "arc-authentication-results",
        "received-spf",
    ];
    gather.place("subject", None);
    // There may be several, of which a reader shows one or the other; and Outlook keeps one more.
    let subjects = message.headers().iter().filter(|header| {
        let name = header.name.as_str();
        ["subject", "thread-topic"]
            .iter()
            .any(|subject| name.eq_ignore_ascii_case(subject))
    });
    let mut said: Vec<&str> = Vec::new();
    for subject in subjects
        .filter_map(|header| header.value.as_text())
        .take(20)
    {
        if !said.contains(&subject) {
            gather.piece(PieceKind::Subject, subject);
            said.push(subject);
        }
    }
    for (name, written) in message.headers_raw() {
        let lower = name.to_ascii_lowercase();
        if SILENT.contains(&lower.as_str()) || lower == "subject" {
            continue;
        }
        let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let decoded = if written.contains("=?") {
            made_out(&written)
        } else {
            written
        };
        gather.property("headers", name, &decoded);
        // Titus packs what it says of a message, as programs read it.
        if decoded.starts_with("ey")
            && let Some(text) = base64_decode(decoded.replace(' ', "").as_bytes())
        {
            data::json(gather, &plain::decoded(&text));
        }
    }
}

/// What stands before and after the parts of a message, which few programs show.
fn around(gather: &mut Gather<'_>, part: &MessagePart<'_>, raw: &[u8]) {
    let Some(boundary) = part
        .content_type()
        .and_then(|kind| kind.attribute("boundary"))
    else {
        return;
    };
    let from = part.offset_body as usize;
    let to = (part.offset_end as usize).max(from);
    let text = raw
        .get(
            from..if to > from {
                to.min(raw.len())
            } else {
                raw.len()
            },
        )
        .unwrap_or_default();
    let begin = format!("--{boundary}");
    let first = find(text, begin.as_bytes()).unwrap_or(0);
    let end = format!("\n--{boundary}--");
    let after = text
        .windows(end.len())
        .rposition(|window| window == end.as_bytes())
        .map_or(text.len(), |at| at + end.len());
    for (place, text) in [
        ("before the parts", &text[..first]),
        ("after the parts", &text[after..]),
    ] {
        if text.iter().any(u8::is_ascii_alphanumeric) {
            gather.place(place, None);
            plain::lines(gather, PieceKind::Hidden, &plain::decoded(text));
        }
    }
}

/// The body of a part that is not written as it says it is, as far as it can be made out.
fn broken(gather: &mut Gather<'_>, part: &MessagePart<'_>, text: &str) {
    let name = part.attachment_name().unwrap_or_default();
    gather.missing(
        called(name, "text"),
        Why::Damaged("it is not written as it says".to_owned()),
    );
    let letters = text
        .bytes()
        .filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let mut letters: Vec<u8> = letters.collect();
    letters.truncate(letters.len() / 4 * 4);
    let Some(bytes) = base64_decode(&letters) else {
        plain::text(gather, text);
        return;
    };
    let kind = part
        .content_type()
        .map(|kind| (kind.ctype(), kind.subtype()));
    match kind {
        None | Some(("text", Some("plain"))) => plain::text(gather, &plain::decoded(&bytes)),
        Some(("text", Some("html"))) => markup::read(gather, &bytes),
        _ => nested(gather, called(name, "part"), &bytes),
    }
}

/// Letters that stand for others than ours (EBCDIC), or that nobody knows.
fn is_strange(part: &MessagePart<'_>) -> bool {
    part.content_type()
        .and_then(|kind| kind.attribute("charset"))
        .is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            [
                "cp0", "cp2", "cp3", "cp4", "cp500", "cp10", "cp11", "cp12", "ibm0", "ibm2",
                "ibm3", "ibm4", "ibm5", "ibm10", "ibm11", "ebcdic", "csebcdic",
            ]
            .iter()
            .any(|start| name.starts_with(start))
                && !matches!(
                    &*name,
                    "cp437"
                        | "ibm437"
                        | "cp1250"
                        | "cp1251"
                        | "cp1252"
                        | "cp1253"
                        | "cp1254"
                        | "cp1255"
                        | "cp1256"
                        | "cp1257"
                        | "cp1258"
                )
        })
}

fn message(gather: &mut Gather<'_>, message: &Message<'_>) {
    const MULTIPARTS: usize = 20;
    put_headers(gather, message);
    let attached: BTreeSet<u32> = message.attachments.iter().copied().collect();
    let mut multiparts = 0;
    for (number, part) in message.parts.iter().enumerate() {
        let name = part.attachment_name().unwrap_or_default();
        let is_attached = u32::try_from(number).is_ok_and(|number| attached.contains(&number));
        if let Some(said) = part.content_description() {
            gather.piece(PieceKind::Aside, said);
        }
        if number > 0 {
            headers_of(gather, part);
        }
        if is_strange(part) && matches!(part.body, PartType::Text(_) | PartType::Html(_)) {
            gather.missing(
                called(name, "text"),
                Why::NoReader("letters of another kind than ours (EBCDIC)".to_owned()),
            );
        }
        let is_divided = part
            .content_type()
            .is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("multipart"));
        if let (true, PartType::Text(text)) = (is_divided, &part.body) {
            gather.missing(
                "",
                Why::Damaged("its parts are not divided as it says".to_owned()),
            );
            plain::text(gather, text);
            continue;
        }
        let said = part.content_transfer_encoding().unwrap_or_default();
        if part.is_encoding_problem
            && said.eq_ignore_ascii_case("base64")
            && let PartType::Text(text) | PartType::Html(text) = &part.body
        {
            broken(gather, part, text);
            continue;
        }
        match &part.body {
            PartType::Text(text) if !is_attached && is_plain(part) => {
                plain::text(gather, text);
            }
            PartType::Html(text) if !is_attached => {
                gather.place("text as HTML", None);
                markup::read(gather, text.as_bytes());
            }
            PartType::Text(text) | PartType::Html(text) => {
                nested(gather, called(name, "text"), text.as_bytes());
            }
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                let kind = part.content_type().map(|kind| {
                    format!(
                        "{}/{}",
                        kind.c_type,
                        kind.c_subtype.as_deref().unwrap_or_default()
                    )
                });
                if matches!(
                    kind.as_deref(),
                    Some(
                        "application/pkcs7-mime"
                            | "application/x-pkcs7-mime"
                            | "multipart/encrypted"
                            | "application/octet-stream"
                    )
                ) && (name.ends_with(".p7m") || bytes.starts_with(b"-----BEGIN PGP"))
                {
                    gather.missing(
                        called(name, "part"),
                        Why::NoReader("an encrypted or signed part".to_owned()),
                    );
                }
                if matches!(part.body, PartType::InlineBinary(_)) || part.content_id().is_some() {
                    illustration(gather, called(name, "part"), bytes);
                } else {
                    nested(gather, called(name, "part"), bytes);
                }
            }
            PartType::Message(inner) => {
                if gather.depth() > gather.limits().nesting {
                    gather.missing(called(name, "message"), Why::TooDeep);
                    continue;
                }
                let entered = gather.enter(called(name, "message"), Some(gather.file()));
                gather.read_as("e-mail");
                self::message(gather, inner);
                gather.leave(entered);
            }
            PartType::Multipart(_) => {
                multiparts += 1;
                if multiparts <= MULTIPARTS {
                    around(gather, part, &message.raw_message);
                }
            }
        }
        if gather.is_full() {
            return;
        }
    }
}

/// What is said of a part, beside what it is.
fn headers_of(gather: &mut Gather<'_>, part: &MessagePart<'_>) {
    for header in &part.headers {
        let name = header.name.as_str();
        if let HeaderValue::Text(said) = &header.value
            && !name.to_ascii_lowercase().starts_with("content-")
        {
            gather.property("headers of a part", name, &made_out(said.trim()));
        }
    }
}

/// Text that is nothing else: no rich text, no calendar.
fn is_plain(part: &MessagePart<'_>) -> bool {
    part.content_type()
        .and_then(|kind| kind.subtype())
        .is_none_or(|of| of.eq_ignore_ascii_case("plain"))
}

fn called<'a>(name: &'a str, otherwise: &'a str) -> &'a str {
    if name.is_empty() { otherwise } else { name }
}
