//! E-mail (RFC 5322, MIME): every header, every body, and what came with it, which may be e-mail again.

use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

use super::gather::Gather;
use super::{illustration, markup, nested, plain};
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

pub(super) fn read(gather: &mut Gather<'_>, file: &[u8]) {
    if let Some(message) = MessageParser::default().parse(file) {
        self::message(gather, &message);
    } else {
        gather.missing("", Why::Damaged("it is no e-mail".to_owned()));
        plain::read(gather, file);
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
    if let Some(subject) = message.subject() {
        gather.place("subject", None);
        gather.piece(PieceKind::Subject, subject);
    }
    let raw: Vec<(String, String)> = message
        .headers_raw()
        .map(|(name, value)| {
            (
                name.to_owned(),
                value.split_whitespace().collect::<Vec<_>>().join(" "),
            )
        })
        .collect();
    for (name, value) in raw {
        let lower = name.to_ascii_lowercase();
        if SILENT.contains(&lower.as_str()) || lower == "subject" {
            continue;
        }
        let decoded = message
            .header(name.as_str())
            .and_then(|value| value.as_text())
            .filter(|_| value.contains("=?"))
            .map_or(value.clone(), str::to_owned);
        gather.property("headers", &name, &decoded);
    }
}

fn message(gather: &mut Gather<'_>, message: &Message<'_>) {
    put_headers(gather, message);
    for (number, part) in message.parts.iter().enumerate() {
        let name = part.attachment_name().unwrap_or_default();
        let is_attached = message.attachments.iter().any(|at| *at as usize == number);
        match &part.body {
            PartType::Text(text) if !is_attached => {
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
            PartType::Multipart(_) => {}
        }
        if gather.is_full() {
            return;
        }
    }
}

fn called<'a>(name: &'a str, otherwise: &'a str) -> &'a str {
    if name.is_empty() { otherwise } else { name }
}
